//! The audit trail: lines of JSON in daily files, each bound to the one before.
//!
//! ```text
//! record ──queue (bounded)──> one thread: chain, append, one fsync for all that wait ──> those who asked for it are told
//! verify ──> every file in order: each line's digest over the line before and itself
//! ```
//!
//! A line is `{"event": …, "chain": {"sequence": N, "digest": "…"}}`. The digest is an HMAC over the digest before and the event's bytes, with a key
//! that is not in the directory: who can write the files cannot make up a chain. A line that was altered, removed, put in or moved is found; so
//! are lines that were cut off the end, since `head` remembers how far the trail had come. (Who can put back an old `head` together with what the
//! files were then has put back all of that moment: only a copy elsewhere shows it.)
//!
//! INVARIANT: an event that was recorded durably is on the disk before its recorder is told.

mod chain;
mod files;
mod trail;
mod verify;
mod writer;

pub use chain::ChainKey;
pub use trail::{Limits, RecordError, Trail};
pub use verify::{Problem, Report, verify};
