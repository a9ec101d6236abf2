//! The messages of the stream, in every direction, and the engine that input goes through.
//!
//! The gateway checks a message by decoding it and passes its *bytes* on: so a message must have one spelling only, or its reader could understand
//! it differently. That is what [`same`] asserts.

use std::fmt::Debug;

use millrace_stream::clipboard::{Assembler, ClipboardPart, Gate, MAX_PART_BYTES, parts};
use millrace_stream::framing::Deframer;
use millrace_stream::input::InputState;
use millrace_stream::launch::{LauncherCommand, LauncherReport};
use millrace_stream::message::{AgentMessage, AgentRequest, ClientMessage, ServerMessage, SessionMessage};
use millrace_stream::wire::{MAX_FROM_AGENT_BYTES, MAX_TO_AGENT_BYTES, ProtocolError, TooLong};

/// A message that was read and is written again has the bytes that it had.
fn same<T: Debug>(
    bytes: &[u8],
    decoded: Result<T, ProtocolError>,
    encode: impl FnOnce(&T, &mut Vec<u8>) -> Result<(), TooLong>,
) -> Option<T> {
    match decoded {
        Ok(message) => {
            let mut again = Vec::new();
            encode(&message, &mut again).expect("what was read can be written");
            assert_eq!(again, bytes, "{message:?}");
            Some(message)
        }
        Err(error) => {
            assert!(error.to_string().len() < 200);
            None
        }
    }
}

/// The same for messages that are only written with their length in front.
fn framed<T: Debug>(
    bytes: &[u8],
    decoded: Result<T, ProtocolError>,
    encode: impl FnOnce(&T, &mut Vec<u8>) -> Result<(), TooLong>,
) {
    same(bytes, decoded, |message, out| {
        encode(message, out)?;
        let length = u32::from_le_bytes(out[..4].try_into().expect("four bytes"));
        assert_eq!(length as usize, out.len() - 4);
        out.drain(..4);
        Ok(())
    });
}

pub(super) fn from_browser(input: &[u8]) {
    same(input, ClientMessage::decode(input), ClientMessage::encode);
}

pub(super) fn to_agent(input: &[u8]) {
    let decoded = same(input, AgentRequest::decode(input), AgentRequest::encode);
    if let Some(AgentRequest::Session(message)) = decoded {
        // What the gateway passes on is what the agent reads.
        assert_eq!(ClientMessage::decode(input).ok(), Some(ClientMessage::Session(message)));
    }
    deframed(input, MAX_TO_AGENT_BYTES);
}

pub(super) fn from_agent(input: &[u8]) {
    let decoded = same(input, AgentMessage::decode(input), AgentMessage::encode);
    match decoded {
        Some(AgentMessage::Frame(frame)) => {
            for (width, height) in [(1, 1), (1280, 720), (u16::MAX, u16::MAX)] {
                let all = frame.operations().all(|operation| operation.is_within(width, height));
                assert_eq!(frame.is_within(width, height), all);
            }
        }
        Some(AgentMessage::Cursor(cursor)) => {
            assert_eq!(cursor.rgba.len(), usize::from(cursor.width) * usize::from(cursor.height) * 4);
        }
        _ => {}
    }
    deframed(input, MAX_FROM_AGENT_BYTES);
}

pub(super) fn to_browser(input: &[u8]) {
    same(input, ServerMessage::decode(input), ServerMessage::encode);
}

pub(super) fn from_launcher(input: &[u8]) {
    framed(input, LauncherReport::decode(input), LauncherReport::encode_framed);
}

pub(super) fn to_launcher(input: &[u8]) {
    framed(input, LauncherCommand::decode(input), LauncherCommand::encode_framed);
}

/// However a stream of bytes is cut, the same messages come out; and no more is kept than came in.
fn deframed(input: &[u8], longest: usize) {
    let collect = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let (mut deframer, mut found) = (Deframer::new(longest), Vec::new());
        for piece in pieces {
            deframer.push(piece);
            loop {
                match deframer.next() {
                    Ok(Some(message)) => found.push(message.to_vec()),
                    Ok(None) => break,
                    Err(error) => return (found, Some(error)),
                }
            }
            assert!(deframer.pending_bytes() <= input.len());
        }
        (found, None)
    };
    let (whole, error) = collect(&mut std::iter::once(input));
    let (pieces, error_in_pieces) = collect(&mut input.chunks(3));
    assert_eq!(whole, pieces);
    assert_eq!(error, error_in_pieces);
}

/// A stream of messages from a browser, as the agent takes it: input is injected, clipboards are put together, and nothing stays pressed.
pub(super) fn input(input: &[u8]) {
    let mut deframer = Deframer::new(MAX_TO_AGENT_BYTES);
    let (mut keys, mut assembler, mut gate) =
        (InputState::new(1280, 720), Assembler::default(), Gate::new(Some(100)));
    deframer.push(input);
    let mut caused = Vec::new();
    while let Ok(Some(message)) = deframer.next() {
        let Ok(AgentRequest::Session(message)) = AgentRequest::decode(message) else { break };
        match message {
            SessionMessage::Input(event) if keys.apply(&event, &mut caused).is_err() => break,
            SessionMessage::Clipboard(part) => {
                gate.count(&part);
                match assembler.push(&part) {
                    Ok(Some(text)) => taken_apart(&text),
                    Ok(None) => {}
                    Err(_) => break,
                }
            }
            _ => {}
        }
    }
    keys.detach(&mut caused);
    let after = caused.len();
    keys.detach(&mut caused);
    assert_eq!(caused.len(), after, "something was still pressed after everything was let go");
}

fn taken_apart(text: &str) {
    let mut assembler = Assembler::default();
    let parts: Vec<ClipboardPart> = parts(text).collect();
    for (index, part) in parts.iter().enumerate() {
        assert!(part.text.len() <= MAX_PART_BYTES);
        let whole = assembler.push(part).expect("our own parts fit");
        assert_eq!(whole.is_some(), index + 1 == parts.len());
        assert!(whole.is_none_or(|whole| whole == text));
    }
}
