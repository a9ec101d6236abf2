//! What browser, gateway, agent and launcher say to each other, and the rules that both ends of a stream keep.
//!
//! The shapes are those of `docs/stream-protocol.md`. Everything here is pure: no sockets, no clock, no randomness. Bytes, times and
//! keys are handed in, and bytes, decisions and errors are handed back; whoever owns a socket or an X server does the rest.
//!
//! ```text
//! ticket, admission      who may come in: signed by one part, checked offline by another
//! message, frame         what is said on the WebSocket and on the agent's socket
//! assistant              what the image assistant of a builder and the server say to each other
//! launch                 what agent and launcher say to each other
//! framing                the length in front of each message on a Unix socket
//! clipboard              its text in parts, and how much of it may pass
//! input, pacing, trace   the agent's side of a session: what is pressed, when a frame is due, which input it shows
//! ```

pub mod admission;
pub mod assistant;
pub mod clipboard;
pub mod frame;
pub mod framing;
pub mod goodput;
pub mod input;
mod key;
pub mod launch;
pub mod message;
mod operation;
pub mod pacing;
mod signed;
#[cfg(test)]
mod thin_link;
pub mod ticket;
pub mod trace;
mod us_keymap;
pub mod wire;

pub use key::SigningKey;

/// The version of the protocol that this crate speaks: of Hello, Attach, Probe and the launcher's Hello.
pub const PROTOCOL_VERSION: u16 = 1;
