//! The one secret key of a server, and the keys that are derived from it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A key of 32 bytes for HMAC-SHA-256. Tickets, grants and resume tokens each use a key derived from the server's one key, so that none
/// of them can be passed off as another.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey([u8; 32]);

impl SigningKey {
    /// The key made of these bytes; they must come from a cryptographic source of randomness.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be stored where only the server can read them.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose, from which neither this key nor that of another purpose can be computed.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        Self(self.mac(&[b"millrace key for ", purpose.as_bytes()]))
    }

    /// A name for these bytes: 32 hexadecimal digits, always the same for the same bytes, and not to be guessed by who has not this key.
    #[must_use]
    pub fn name(&self, bytes: &[u8]) -> String {
        self.mac(&[bytes])[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// HMAC-SHA-256 over the parts, one after the other.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.state(parts).finalize().into_bytes().into()
    }

    /// Whether `signature` is the HMAC of the parts; takes the same time wherever they differ.
    pub(crate) fn verifies(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        self.state(parts).verify_slice(signature).is_ok()
    }

    fn state(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        // INVARIANT: HMAC takes keys of any length; the error exists for other constructions.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKey(…)")
    }
}
