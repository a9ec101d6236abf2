//! The messages between agent and launcher. All have a length in front and are at most 64 KiB.

use crate::framing::write_framed;
use crate::message::StartApplication;
use crate::wire::{MAX_TO_AGENT_BYTES, ProtocolError, Reader, TooLong, put, put_bytes16};

/// Largest message in either direction, in bytes.
pub const MAX_LAUNCH_BYTES: usize = MAX_TO_AGENT_BYTES;

/// Launcher → agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LauncherReport {
    /// The first message.
    Hello {
        /// [`crate::PROTOCOL_VERSION`] of the launcher.
        version: u16,
    },
    /// An application runs.
    Started {
        /// [`StartApplication::id`].
        id: u32,
        /// Its process in the app container.
        pid: u32,
    },
    /// An application has ended.
    Exited {
        /// [`StartApplication::id`].
        id: u32,
        /// Exit code, or 128 + signal.
        status: i32,
    },
    /// An application could not be started.
    Failed {
        /// [`StartApplication::id`].
        id: u32,
        /// Why.
        message: String,
    },
}

/// Agent → launcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LauncherCommand {
    /// Start a program.
    Start(StartApplication),
    /// End a program and all that it started; its end is reported as any other.
    End {
        /// [`StartApplication::id`].
        id: u32,
    },
}

impl LauncherReport {
    /// Decodes a message (without its length).
    ///
    /// # Errors
    /// Whatever breaks the protocol.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProtocolError> {
        let mut reader = Reader::new(bytes);
        let report = match reader.u8()? {
            0x01 => Self::Hello { version: reader.u16()? },
            0x03 => Self::Started { id: reader.u32()?, pid: reader.u32()? },
            0x04 => Self::Exited { id: reader.u32()?, status: reader.i32()? },
            0x05 => Self::Failed { id: reader.u32()?, message: reader.str16()?.to_owned() },
            kind => return Err(ProtocolError::UnknownType(kind)),
        };
        reader.end()?;
        Ok(report)
    }

    /// Appends the length and the message.
    ///
    /// # Errors
    /// [`TooLong`] if it is over 64 KiB.
    pub fn encode_framed(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        write_framed(out, MAX_LAUNCH_BYTES, |out| {
            match self {
                Self::Hello { version } => {
                    out.push(0x01);
                    put!(out, version);
                }
                Self::Started { id, pid } => {
                    out.push(0x03);
                    put!(out, id, pid);
                }
                Self::Exited { id, status } => {
                    out.push(0x04);
                    put!(out, id, status);
                }
                Self::Failed { id, message } => {
                    out.push(0x05);
                    put!(out, id);
                    put_bytes16(out, message.as_bytes())?;
                }
            }
            Ok(())
        })
    }
}

impl LauncherCommand {
    /// Decodes a message (without its length).
    ///
    /// # Errors
    /// Whatever breaks the protocol.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProtocolError> {
        let mut reader = Reader::new(bytes);
        let command = match reader.u8()? {
            0x02 => Self::Start(StartApplication::decode(&mut reader)?),
            0x06 => Self::End { id: reader.u32()? },
            kind => return Err(ProtocolError::UnknownType(kind)),
        };
        reader.end()?;
        Ok(command)
    }

    /// Appends the length and the message.
    ///
    /// # Errors
    /// [`TooLong`] if it is over 64 KiB.
    pub fn encode_framed(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        write_framed(out, MAX_LAUNCH_BYTES, |out| match self {
            Self::Start(start) => {
                out.push(0x02);
                start.encode(out)
            }
            Self::End { id } => {
                out.push(0x06);
                put!(out, id);
                Ok(())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(report: &LauncherReport) -> LauncherReport {
        let mut bytes = Vec::new();
        report.encode_framed(&mut bytes).unwrap();
        LauncherReport::decode(&bytes[4..]).unwrap()
    }

    proptest! {
        #[test]
        fn reports_round_trip(id: u32, pid: u32, status: i32, message in ".{0,40}") {
            for report in [
                LauncherReport::Hello { version: 1 },
                LauncherReport::Started { id, pid },
                LauncherReport::Exited { id, status },
                LauncherReport::Failed { id, message },
            ] {
                prop_assert_eq!(round_trip(&report), report);
            }
        }

        #[test]
        fn start_round_trips(
            id: u32,
            argv in prop::collection::vec("[^\\x00]{1,20}", 1..5),
            environment in prop::collection::vec("[A-Z]{1,5}=[^\\x00]{0,9}", 0..5),
            working_directory in "[^\\x00]{0,20}",
        ) {
            let command = LauncherCommand::Start(StartApplication { id, argv, environment, working_directory });
            let mut bytes = Vec::new();
            command.encode_framed(&mut bytes).unwrap();
            prop_assert_eq!(LauncherCommand::decode(&bytes[4..]).unwrap(), command);
        }

        #[test]
        fn end_round_trips(id: u32) {
            let mut bytes = Vec::new();
            LauncherCommand::End { id }.encode_framed(&mut bytes).unwrap();
            prop_assert_eq!(LauncherCommand::decode(&bytes[4..]).unwrap(), LauncherCommand::End { id });
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            // Whether they are a message is not the question here.
            let _ = LauncherReport::decode(&bytes);
            let _ = LauncherCommand::decode(&bytes);
        }
    }
}
