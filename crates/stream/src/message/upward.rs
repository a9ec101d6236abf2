//! The bytes of what viewers send, and of what the gateway makes of it for the agent.

use super::codec::{decode_whole, screen};
use super::{
    AgentRequest, ClientMessage, Credential, Hello, Input, InputEvent, MAX_TEXT_BYTES, ScreenSize,
    SessionMessage, StartApplication, WindowAction,
};
use crate::clipboard::ClipboardPart;
use crate::framing::write_framed;
use crate::wire::{MAX_TO_AGENT_BYTES, ProtocolError, Reader, TooLong, check, put, put_bytes16, put_list16};

const HELLO: u8 = 0x01;
const ATTACH: u8 = 0x02;
const PROBE: u8 = 0x03;
const PREPARE: u8 = 0x04;
const POINTER_MOVE: u8 = 0x10;
const POINTER_BUTTON: u8 = 0x11;
const WHEEL: u8 = 0x12;
const KEY: u8 = 0x13;
const RELEASE_ALL: u8 = 0x14;
const TEXT: u8 = 0x15;
const FRAME_ACK: u8 = 0x20;
const REFRESH: u8 = 0x21;
const RESIZE: u8 = 0x22;
const DECODERS: u8 = 0x23;
const LAUNCH: u8 = 0x30;
const START_APPLICATION: u8 = 0x31;
const WINDOW: u8 = 0x32;
const ADOPT_APPLICATION: u8 = 0x34;
const END_PREPARED: u8 = 0x35;
const PING: u8 = 0x40;
const END: u8 = 0x50;
const CLIPBOARD: u8 = 0x60;

impl ScreenSize {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        let (width, height) = screen(reader)?;
        let scale_percent = reader.u16()?;
        check((10..=5000).contains(&scale_percent), "scale_percent")?;
        Ok(Self { width, height, scale_percent })
    }

    fn encode(self, out: &mut Vec<u8>) {
        put!(out, self.width, self.height, self.scale_percent);
    }
}

impl ClientMessage {
    /// Decodes a message of the WebSocket.
    ///
    /// # Errors
    /// Whatever breaks the protocol.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProtocolError> {
        decode_whole(bytes, MAX_TO_AGENT_BYTES, |kind, reader| match kind {
            HELLO => Hello::decode(reader).map(Self::Hello),
            LAUNCH => Ok(Self::Launch { name: reader.str16()?.to_owned() }),
            END => Ok(Self::End),
            _ => SessionMessage::decode(kind, reader).map(Self::Session),
        })
    }

    /// Appends type byte and fields.
    ///
    /// # Errors
    /// [`TooLong`] if a text does not fit its length.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        match self {
            Self::Hello(hello) => hello.encode(out),
            Self::Launch { name } => {
                out.push(LAUNCH);
                put_bytes16(out, name.as_bytes())
            }
            Self::End => {
                out.push(END);
                Ok(())
            }
            Self::Session(message) => message.encode(out),
        }
    }
}

impl Hello {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        let version = reader.u16()?;
        let kind = reader.u8()?;
        let text = reader.str16()?.to_owned();
        let credential = match kind {
            1 => Credential::Grant(text),
            2 => Credential::ResumeToken(text),
            _ => return Err(ProtocolError::OutOfRange("kind")),
        };
        Ok(Self { version, credential, size: ScreenSize::decode(reader)? })
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        out.push(HELLO);
        put!(out, self.version);
        let (kind, text) = match &self.credential {
            Credential::Grant(text) => (1, text),
            Credential::ResumeToken(text) => (2, text),
        };
        out.push(kind);
        put_bytes16(out, text.as_bytes())?;
        self.size.encode(out);
        Ok(())
    }
}

impl AgentRequest {
    /// Decodes a message of the agent's socket (without its length).
    ///
    /// # Errors
    /// Whatever breaks the protocol.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProtocolError> {
        decode_whole(bytes, MAX_TO_AGENT_BYTES, |kind, reader| match kind {
            ATTACH => Ok(Self::Attach {
                version: reader.u16()?,
                secret: reader.bytes16()?.to_owned(),
                size: ScreenSize::decode(reader)?,
            }),
            PROBE => Ok(Self::Probe { version: reader.u16()?, secret: reader.bytes16()?.to_owned() }),
            PREPARE => Ok(Self::Prepare {
                version: reader.u16()?,
                secret: reader.bytes16()?.to_owned(),
                application: StartApplication::decode(reader)?,
            }),
            START_APPLICATION => StartApplication::decode(reader).map(Self::StartApplication),
            ADOPT_APPLICATION => StartApplication::decode(reader).map(Self::AdoptApplication),
            END_PREPARED => Ok(Self::EndPrepared),
            _ => SessionMessage::decode(kind, reader).map(Self::Session),
        })
    }

    /// Appends type byte and fields.
    ///
    /// # Errors
    /// [`TooLong`] if a text or list does not fit its length.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        match self {
            Self::Attach { version, secret, size } => {
                out.push(ATTACH);
                put!(out, version);
                put_bytes16(out, secret)?;
                size.encode(out);
            }
            Self::Probe { version, secret } => {
                out.push(PROBE);
                put!(out, version);
                put_bytes16(out, secret)?;
            }
            Self::Prepare { version, secret, application } => {
                out.push(PREPARE);
                put!(out, version);
                put_bytes16(out, secret)?;
                application.encode(out)?;
            }
            Self::StartApplication(start) => {
                out.push(START_APPLICATION);
                start.encode(out)?;
            }
            Self::AdoptApplication(start) => {
                out.push(ADOPT_APPLICATION);
                start.encode(out)?;
            }
            Self::EndPrepared => out.push(END_PREPARED),
            Self::Session(message) => message.encode(out)?,
        }
        Ok(())
    }

    /// Appends the length and the message, as the socket wants it.
    ///
    /// # Errors
    /// [`TooLong`] if it is over 64 KiB.
    pub fn encode_framed(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        write_framed(out, MAX_TO_AGENT_BYTES, |out| self.encode(out))
    }
}

impl StartApplication {
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        let id = reader.u32()?;
        let argv = reader.list16()?;
        check(argv.first().is_some_and(|program| !program.is_empty()), "argv")?;
        check(argv.iter().all(|argument| !argument.contains('\0')), "argv")?;
        let environment = reader.list16()?;
        let valid = |pair: &String| !pair.contains('\0') && pair.find('=').is_some_and(|at| at > 0);
        check(environment.iter().all(valid), "environment")?;
        let working_directory = reader.str16()?.to_owned();
        check(!working_directory.contains('\0'), "working_directory")?;
        Ok(Self { id, argv, environment, working_directory })
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        put!(out, self.id);
        put_list16(out, &self.argv)?;
        put_list16(out, &self.environment)?;
        put_bytes16(out, self.working_directory.as_bytes())
    }
}

impl SessionMessage {
    fn decode(kind: u8, reader: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        match kind {
            POINTER_MOVE | POINTER_BUTTON | WHEEL | KEY | RELEASE_ALL | TEXT => {
                Input::decode(kind, reader).map(Self::Input)
            }
            FRAME_ACK => Ok(Self::FrameAck {
                frame: reader.u32()?,
                received: reader.u64()?,
                decoded: reader.u64()?,
                presented: reader.u64()?,
            }),
            REFRESH => Ok(Self::Refresh),
            RESIZE => ScreenSize::decode(reader).map(Self::Resize),
            DECODERS => Ok(Self::Decoders { h264: reader.bool("decoders")? }),
            CLIPBOARD => ClipboardPart::decode(reader).map(Self::Clipboard),
            WINDOW => Ok(Self::Window { id: reader.u32()?, action: WindowAction::decode(reader)? }),
            PING => Ok(Self::Ping { nonce: reader.u32()?, time: reader.u64()? }),
            _ => Err(ProtocolError::UnknownType(kind)),
        }
    }

    /// Appends type byte and fields.
    ///
    /// # Errors
    /// [`TooLong`] if a text does not fit its length.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        match self {
            Self::Input(input) => input.encode(out)?,
            Self::FrameAck { frame, received, decoded, presented } => {
                out.push(FRAME_ACK);
                put!(out, frame, received, decoded, presented);
            }
            Self::Refresh => out.push(REFRESH),
            Self::Resize(size) => {
                out.push(RESIZE);
                size.encode(out);
            }
            Self::Decoders { h264 } => out.extend_from_slice(&[DECODERS, u8::from(*h264)]),
            Self::Clipboard(part) => {
                out.push(CLIPBOARD);
                part.encode(out)?;
            }
            Self::Ping { nonce, time } => {
                out.push(PING);
                put!(out, nonce, time);
            }
            Self::Window { id, action } => {
                out.push(WINDOW);
                put!(out, id, *action as u8);
            }
        }
        Ok(())
    }
}

impl Input {
    fn decode(kind: u8, reader: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        let (sequence, time) = (reader.u32()?, reader.u64()?);
        check(sequence > 0, "sequence")?;
        let event = match kind {
            POINTER_MOVE => InputEvent::PointerMove { x: reader.u16()?, y: reader.u16()? },
            POINTER_BUTTON => {
                let (x, y, button) = (reader.u16()?, reader.u16()?, reader.u8()?);
                // 4 to 7 are X11's wheel, which has a message of its own.
                check(matches!(button, 1..=3 | 8 | 9), "button")?;
                InputEvent::PointerButton { x, y, button, pressed: reader.bool("pressed")? }
            }
            WHEEL => {
                InputEvent::Wheel { x: reader.u16()?, y: reader.u16()?, dx: reader.i16()?, dy: reader.i16()? }
            }
            KEY => {
                let code = reader.u16()?;
                // X11's key codes end at 255 and are the evdev code + 8.
                check((1..=247).contains(&code), "code")?;
                InputEvent::Key { code, pressed: reader.bool("pressed")? }
            }
            RELEASE_ALL => InputEvent::ReleaseAll,
            TEXT => {
                let text = reader.str16()?;
                check((1..=MAX_TEXT_BYTES).contains(&text.len()), "text")?;
                let typed = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
                check(text.chars().all(typed), "text")?;
                InputEvent::Text { text: text.to_owned() }
            }
            _ => return Err(ProtocolError::UnknownType(kind)),
        };
        Ok(Self { sequence, time, event })
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        out.push(match self.event {
            InputEvent::PointerMove { .. } => POINTER_MOVE,
            InputEvent::PointerButton { .. } => POINTER_BUTTON,
            InputEvent::Wheel { .. } => WHEEL,
            InputEvent::Key { .. } => KEY,
            InputEvent::ReleaseAll => RELEASE_ALL,
            InputEvent::Text { .. } => TEXT,
        });
        put!(out, self.sequence, self.time);
        match self.event {
            InputEvent::PointerMove { x, y } => put!(out, x, y),
            InputEvent::PointerButton { x, y, button, pressed } => {
                put!(out, x, y, button, u8::from(pressed));
            }
            InputEvent::Wheel { x, y, dx, dy } => put!(out, x, y, dx, dy),
            InputEvent::Key { code, pressed } => put!(out, code, u8::from(pressed)),
            InputEvent::ReleaseAll => {}
            InputEvent::Text { ref text } => put_bytes16(out, text.as_bytes())?,
        }
        Ok(())
    }
}
