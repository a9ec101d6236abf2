//! The gateway's end of an agent's socket. An agent runs beside the user's own programs and is not trusted: every message is decoded and bounded
//! before its bytes go on to the browser.

use std::time::Duration;

use bytes::Bytes;
use millrace_stream::PROTOCOL_VERSION;
use millrace_stream::clipboard::ClipboardPart;
use millrace_stream::frame::FrameHeader;
use millrace_stream::framing::Deframer;
use millrace_stream::message::{AgentMessage, AgentRequest, ApplicationPhase, ScreenSize};
use millrace_stream::wire::{MAX_FROM_AGENT_BYTES, ProtocolError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use crate::Context;
use crate::metrics::Metrics;
use crate::ports::InstanceUnreachable;

const READ_BYTES: usize = 256 * 1024;

/// Why an agent's connection is over.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AgentError {
    #[error("the agent closed the connection")]
    Closed,
    #[error("the agent's socket failed")]
    Socket(#[from] std::io::Error),
    #[error("the agent does not take what is sent to it")]
    Stalled,
    #[error("the agent broke the protocol")]
    Protocol(#[from] ProtocolError),
}

/// Connects to an instance's agent, with several attempts if need be.
pub(crate) async fn connect(
    context: &Context,
    instance: &str,
) -> Result<(UnixStream, Vec<u8>), AgentUnreachable> {
    let limits = &context.shared.config.limits;
    let mut last = AgentUnreachable::Silent;
    for pause in &limits.agent_retries {
        tokio::time::sleep(*pause).await;
        last = match tokio::time::timeout(limits.agent_connect, context.instances.connect(instance)).await {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error @ InstanceUnreachable::NotKnown(_))) => return Err(error.into()),
            Ok(Err(error)) => error.into(),
            Err(_) => AgentUnreachable::Silent,
        };
    }
    Err(last)
}

/// Connects to an instance's agent and attaches.
pub(crate) async fn attach(
    context: &Context,
    instance: &str,
    size: ScreenSize,
) -> Result<(AgentReader, AgentWriter), AgentUnreachable> {
    let (stream, secret) = connect(context, instance).await?;
    let (read, write) = stream.into_split();
    let patience = context.shared.config.limits.agent_write;
    let mut writer = AgentWriter { write, buffer: Vec::new(), patience, torn: false };
    writer.send(&AgentRequest::Attach { version: PROTOCOL_VERSION, secret, size }).await?;
    Ok((AgentReader::new(read, context), writer))
}

/// No agent could be attached to; after several attempts, the reason is the last one's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AgentUnreachable {
    #[error("the agent does not accept connections in time")]
    Silent,
    #[error(transparent)]
    Instance(#[from] InstanceUnreachable),
    #[error("the agent could not be attached to")]
    Agent(#[from] AgentError),
}

/// What the gateway does with a message of the agent.
#[derive(Debug)]
pub(crate) enum FromAgent {
    /// For the browser, as it is.
    Forward(Bytes),
    /// A frame, or a part of one, for the browser as it is.
    Frame { header: FrameHeader, bytes: Bytes },
    /// News of an application; for the browser if it is one that this gateway started.
    Application { id: u32, over: bool, bytes: Bytes },
    /// What an application copied; for the browser if its user may copy out of the session.
    Clipboard { part: ClipboardPart, bytes: Bytes },
}

/// Reads and checks an agent's messages.
pub(crate) struct AgentReader {
    read: OwnedReadHalf,
    deframer: Deframer,
    buffer: Vec<u8>,
    screen: (u16, u16),
    context: Context,
}

impl AgentReader {
    fn new(read: OwnedReadHalf, context: &Context) -> Self {
        Self {
            context: context.clone(),
            read,
            deframer: Deframer::new(MAX_FROM_AGENT_BYTES),
            buffer: vec![0; READ_BYTES],
            screen: (0, 0),
        }
    }

    /// The screen's size as the agent last told it; 0 × 0 before.
    pub(crate) fn screen(&self) -> (u16, u16) {
        self.screen
    }

    /// The next message. Loses nothing when it is dropped half-way.
    pub(crate) async fn next(&mut self) -> Result<FromAgent, AgentError> {
        loop {
            if let Some(message) = self.deframer.next()? {
                return Ok(check(message, &mut self.screen, &self.context.shared.metrics)?);
            }
            let count = self.read.read(&mut self.buffer).await?;
            if count == 0 {
                return Err(AgentError::Closed);
            }
            self.deframer.push(&self.buffer[..count]);
        }
    }
}

fn check(bytes: &[u8], screen: &mut (u16, u16), metrics: &Metrics) -> Result<FromAgent, ProtocolError> {
    let copy = || Bytes::copy_from_slice(bytes);
    match AgentMessage::decode(bytes)? {
        AgentMessage::Screen { width, height } => {
            *screen = (width, height);
            Ok(FromAgent::Forward(copy()))
        }
        // Before the first Screen its size is 0 × 0, in which no operation lies.
        AgentMessage::Frame(frame) if frame.is_within(screen.0, screen.1) => {
            metrics.frame(&frame);
            Ok(FromAgent::Frame { header: frame.header(), bytes: copy() })
        }
        AgentMessage::Frame(_) => Err(ProtocolError::OutOfRange("operation")),
        AgentMessage::Cursor(_) | AgentMessage::Pong { .. } | AgentMessage::Windows(_) => {
            Ok(FromAgent::Forward(copy()))
        }
        AgentMessage::Application(state) => Ok(FromAgent::Application {
            id: state.id,
            over: state.phase != ApplicationPhase::Started,
            bytes: copy(),
        }),
        AgentMessage::Clipboard(part) => Ok(FromAgent::Clipboard { part, bytes: copy() }),
        AgentMessage::Ready { .. } => Err(ProtocolError::Unexpected("AgentReady")),
    }
}

/// Writes to an agent.
pub(crate) struct AgentWriter {
    write: OwnedWriteHalf,
    buffer: Vec<u8>,
    patience: Duration,
    /// A message was given up half-way: nothing that could be understood can follow it.
    torn: bool,
}

impl AgentWriter {
    /// Writes one message. A message that is too long to be said is an error of its own.
    pub(crate) async fn send(&mut self, request: &AgentRequest) -> Result<(), AgentError> {
        if self.torn {
            return Err(AgentError::Stalled);
        }
        self.buffer.clear();
        request.encode_framed(&mut self.buffer).map_err(|_| ProtocolError::TooLong)?;
        self.torn = true;
        match tokio::time::timeout(self.patience, self.write.write_all(&self.buffer)).await {
            Ok(written) => written?,
            Err(_) => return Err(AgentError::Stalled),
        }
        self.torn = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use millrace_stream::frame::{FrameHeader, FrameWriter, Operation, Rect};

    fn frame(to: Rect) -> Vec<u8> {
        let mut framed = Vec::new();
        let mut writer = FrameWriter::new(FrameHeader::default());
        writer.push(&Operation::Fill { to, colour: [1, 2, 3] }, 0, &mut framed).unwrap();
        writer.finish(0, &mut framed).unwrap();
        framed.split_off(4)
    }

    #[test]
    fn a_frame_must_lie_in_the_screen() {
        let mut screen = (0, 0);
        let one = Rect { x: 0, y: 0, width: 1, height: 1 };
        assert!(check(&frame(one), &mut screen, &Metrics::default()).is_err());
        let mut bytes = Vec::new();
        AgentMessage::Screen { width: 4, height: 4 }.encode(&mut bytes).unwrap();
        assert!(
            matches!(check(&bytes, &mut screen, &Metrics::default()), Ok(FromAgent::Forward(same)) if same == bytes)
        );
        assert!(check(&frame(one), &mut screen, &Metrics::default()).is_ok());
        assert!(check(&frame(Rect { x: 4, ..one }), &mut screen, &Metrics::default()).is_err());
    }

    #[test]
    fn what_is_not_for_a_browser_is_refused() {
        let mut bytes = Vec::new();
        AgentMessage::Ready { agent_version: "1".into(), width: 1, height: 1 }.encode(&mut bytes).unwrap();
        assert!(check(&bytes, &mut (0, 0), &Metrics::default()).is_err());
        assert!(check(&[0x81, 0, 0], &mut (0, 0), &Metrics::default()).is_err());
    }
}
