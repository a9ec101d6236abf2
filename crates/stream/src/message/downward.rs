//! The bytes of what the agent and the gateway send to viewers.

use super::codec::{decode_whole, screen};
use super::{
    AgentMessage, ApplicationPhase, ApplicationState, Cursor, EndedReason, MAX_CURSOR_PIXELS, NoticeKind,
    ServerMessage, WindowState,
};
use crate::clipboard::ClipboardPart;
use crate::frame::FrameRef;
use crate::framing::write_framed;
use crate::wire::{MAX_FROM_AGENT_BYTES, ProtocolError, Reader, TooLong, check, put, put_bytes16};

const WELCOME: u8 = 0x81;
const SCREEN: u8 = 0x82;
pub(crate) const FRAME: u8 = 0x83;
const CURSOR: u8 = 0x84;
const PONG: u8 = 0x86;
const APPLICATION: u8 = 0x87;
const ENDED: u8 = 0x88;
const AGENT_READY: u8 = 0x89;
const AGENT_CLIPBOARD: u8 = 0x8a;
const NOTICE: u8 = 0x8b;
const WINDOWS: u8 = 0x8c;
const LAUNCHING: u8 = 0x8d;

impl<'a> AgentMessage<'a> {
    /// Decodes and checks a message of the agent's socket (without its length); pixels stay where they are.
    ///
    /// # Errors
    /// Whatever breaks the protocol.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, ProtocolError> {
        decode_whole(bytes, MAX_FROM_AGENT_BYTES, Self::fields)
    }

    fn fields(kind: u8, reader: &mut Reader<'a>) -> Result<Self, ProtocolError> {
        match kind {
            SCREEN => screen(reader).map(|(width, height)| Self::Screen { width, height }),
            FRAME => FrameRef::decode(reader).map(Self::Frame),
            CURSOR => Cursor::decode(reader).map(Self::Cursor),
            PONG => Ok(Self::Pong { nonce: reader.u32()?, time: reader.u64()?, agent_time: reader.u64()? }),
            APPLICATION => ApplicationState::decode(reader).map(Self::Application),
            AGENT_CLIPBOARD => ClipboardPart::decode(reader).map(Self::Clipboard),
            WINDOWS => WindowState::decode_list(reader).map(Self::Windows),
            AGENT_READY => {
                let agent_version = reader.str16()?.to_owned();
                let (width, height) = screen(reader)?;
                Ok(Self::Ready { agent_version, width, height })
            }
            _ => Err(ProtocolError::UnknownType(kind)),
        }
    }

    /// Appends type byte and fields.
    ///
    /// # Errors
    /// [`TooLong`] if a text does not fit its length.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        match self {
            Self::Screen { width, height } => {
                out.push(SCREEN);
                put!(out, width, height);
            }
            Self::Frame(frame) => frame.encode(out),
            Self::Cursor(cursor) => {
                out.push(CURSOR);
                put!(out, cursor.width, cursor.height, cursor.hotspot_x, cursor.hotspot_y);
                out.extend_from_slice(cursor.rgba);
            }
            Self::Pong { nonce, time, agent_time } => {
                out.push(PONG);
                put!(out, nonce, time, agent_time);
            }
            Self::Application(state) => state.encode(out)?,
            Self::Clipboard(part) => {
                out.push(AGENT_CLIPBOARD);
                part.encode(out)?;
            }
            Self::Windows(windows) => {
                out.push(WINDOWS);
                WindowState::encode_list(windows, out)?;
            }
            Self::Ready { agent_version, width, height } => {
                out.push(AGENT_READY);
                put_bytes16(out, agent_version.as_bytes())?;
                put!(out, width, height);
            }
        }
        Ok(())
    }

    /// Appends the length and the message, as the socket wants it.
    ///
    /// # Errors
    /// [`TooLong`] if it is over 4 MiB.
    pub fn encode_framed(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        write_framed(out, MAX_FROM_AGENT_BYTES, |out| self.encode(out))
    }
}

impl<'a> Cursor<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, ProtocolError> {
        let (width, height) = (reader.u16()?, reader.u16()?);
        check(width <= MAX_CURSOR_PIXELS, "width")?;
        check(height <= MAX_CURSOR_PIXELS, "height")?;
        let (hotspot_x, hotspot_y) = (reader.u16()?, reader.u16()?);
        check(hotspot_x <= width, "hotspot_x")?;
        check(hotspot_y <= height, "hotspot_y")?;
        let rgba = reader.bytes(usize::from(width) * usize::from(height) * 4)?;
        Ok(Self { width, height, hotspot_x, hotspot_y, rgba })
    }
}

impl ApplicationState {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        let id = reader.u32()?;
        let phase = match reader.u8()? {
            1 => ApplicationPhase::Started,
            2 => ApplicationPhase::Exited,
            3 => ApplicationPhase::Failed,
            _ => return Err(ProtocolError::OutOfRange("state")),
        };
        Ok(Self { id, phase, status: reader.i32()?, message: reader.str16()?.to_owned() })
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        out.push(APPLICATION);
        put!(out, self.id);
        out.push(match self.phase {
            ApplicationPhase::Started => 1,
            ApplicationPhase::Exited => 2,
            ApplicationPhase::Failed => 3,
        });
        put!(out, self.status);
        put_bytes16(out, self.message.as_bytes())
    }
}

impl<'a> ServerMessage<'a> {
    /// Decodes and checks a message of the WebSocket; pixels stay where they are.
    ///
    /// # Errors
    /// Whatever breaks the protocol.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, ProtocolError> {
        decode_whole(bytes, MAX_FROM_AGENT_BYTES, |kind, reader| match kind {
            WELCOME => Ok(Self::Welcome { json: reader.str16()?.to_owned() }),
            ENDED => {
                let number = reader.u8()?;
                let reason = EndedReason::ALL.into_iter().find(|reason| *reason as u8 == number);
                Ok(Self::Ended {
                    reason: reason.ok_or(ProtocolError::OutOfRange("reason"))?,
                    message: reader.str16()?.to_owned(),
                    redirect_url: reader.str16()?.to_owned(),
                })
            }
            NOTICE => {
                let number = reader.u8()?;
                let kind = NoticeKind::ALL.into_iter().find(|kind| *kind as u8 == number);
                Ok(Self::Notice {
                    kind: kind.ok_or(ProtocolError::OutOfRange("kind"))?,
                    seconds: reader.u32()?,
                })
            }
            LAUNCHING => Ok(Self::Launching { id: reader.u32()?, name: reader.str16()?.to_owned() }),
            AGENT_READY => Err(ProtocolError::UnknownType(kind)),
            _ => AgentMessage::fields(kind, reader).map(Self::Agent),
        })
    }

    /// Appends type byte and fields.
    ///
    /// # Errors
    /// [`TooLong`] if a text does not fit its length.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        match self {
            Self::Welcome { json } => {
                out.push(WELCOME);
                put_bytes16(out, json.as_bytes())
            }
            Self::Ended { reason, message, redirect_url } => {
                out.extend_from_slice(&[ENDED, *reason as u8]);
                put_bytes16(out, message.as_bytes())?;
                put_bytes16(out, redirect_url.as_bytes())
            }
            Self::Notice { kind, seconds } => {
                out.extend_from_slice(&[NOTICE, *kind as u8]);
                put!(out, seconds);
                Ok(())
            }
            Self::Launching { id, name } => {
                out.push(LAUNCHING);
                put!(out, id);
                put_bytes16(out, name.as_bytes())
            }
            Self::Agent(message) => message.encode(out),
        }
    }
}
