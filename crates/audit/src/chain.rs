//! How a line is bound to the one before.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::Sha256;

/// Digest of a line.
pub(crate) type Digest = [u8; 32];

/// What the chain is made with. Printing it shows nothing.
#[derive(Clone)]
pub struct ChainKey(Hmac<Sha256>);

impl fmt::Debug for ChainKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ChainKey")
    }
}

/// Where the chain is: how many lines there were, and the digest of the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) sequence: u64,
    pub(crate) digest: Digest,
}

/// A line of the trail.
#[derive(Deserialize)]
pub(crate) struct Line<'a> {
    #[serde(borrow)]
    pub(crate) event: &'a RawValue,
    pub(crate) chain: Written,
}

#[derive(Deserialize)]
pub(crate) struct Written {
    pub(crate) sequence: u64,
    pub(crate) digest: String,
}

impl ChainKey {
    /// A key out of the installation's key file; other uses of that file have keys of their own.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(b"millrace audit trail");
        let derived = mac.finalize().into_bytes();
        Self(Hmac::new_from_slice(&derived).expect("HMAC takes keys of any length"))
    }

    /// Proves that a note of where the trail begins or ends is ours.
    pub(crate) fn note(&self, what: &str, link: &Link) -> Digest {
        let mut mac = self.0.clone();
        mac.update(what.as_bytes());
        mac.update(&link.sequence.to_be_bytes());
        mac.update(&link.digest);
        mac.finalize().into_bytes().into()
    }

    /// The link after `before` for an event.
    pub(crate) fn next(&self, before: &Link, event: &str) -> Link {
        let sequence = before.sequence + 1;
        let mut mac = self.0.clone();
        mac.update(&before.digest);
        mac.update(&sequence.to_be_bytes());
        mac.update(event.as_bytes());
        Link { sequence, digest: mac.finalize().into_bytes().into() }
    }
}

/// The bytes of a line.
pub(crate) fn write(event: &str, link: &Link, into: &mut Vec<u8>) {
    into.extend_from_slice(b"{\"event\":");
    into.extend_from_slice(event.as_bytes());
    into.extend_from_slice(b",\"chain\":{\"sequence\":");
    into.extend_from_slice(link.sequence.to_string().as_bytes());
    into.extend_from_slice(b",\"digest\":\"");
    into.extend_from_slice(hex::encode(link.digest).as_bytes());
    into.extend_from_slice(b"\"}}\n");
}

/// What a line says of itself; none if it is no line of a trail.
pub(crate) fn read(line: &str) -> Option<(&str, Link)> {
    let line: Line<'_> = serde_json::from_str(line).ok()?;
    let mut digest = Digest::default();
    hex::decode_to_slice(&line.chain.digest, &mut digest).ok()?;
    Some((line.event.get(), Link { sequence: line.chain.sequence, digest }))
}
