//! Secrets at rest: sealed with a key that is not in the database.
//!
//! ChaCha20-Poly1305 with a random nonce and the access key's id as associated data: a stolen database shows nothing without the key file,
//! and a sealed secret cannot be moved to another access key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;

use crate::entropy::Entropy;

const NONCE_BYTES: usize = 12;

/// Seals and opens. Printing it shows nothing.
#[derive(Clone)]
pub struct Vault {
    secrets: ChaCha20Poly1305,
    tokens: ChaCha20Poly1305,
}

/// It was sealed with another key, for something else, or is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it cannot be opened with this key")]
pub struct Unsealable;

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Vault")
    }
}

impl Vault {
    /// A vault with the key of the key file.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        // Each use has a key of its own, so that what was sealed for one can never be taken for the other.
        let cipher = |purpose: &[u8]| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
            mac.update(purpose);
            let derived: [u8; 32] = mac.finalize().into_bytes().into();
            ChaCha20Poly1305::new(&Key::from(derived))
        };
        Self { secrets: cipher(b"millrace secret access keys"), tokens: cipher(b"millrace session tokens") }
    }

    /// Seals the secret of an access key.
    #[must_use]
    pub fn seal_secret(&self, access_key_id: &str, secret: &str, entropy: &mut dyn Entropy) -> String {
        seal(&self.secrets, access_key_id.as_bytes(), secret.as_bytes(), entropy)
    }

    /// Opens the secret of an access key.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn open_secret(&self, access_key_id: &str, sealed: &str) -> Result<String, Unsealable> {
        String::from_utf8(open(&self.secrets, access_key_id.as_bytes(), sealed)?).map_err(|_| Unsealable)
    }

    pub(crate) fn seal_token(&self, access_key_id: &str, token: &[u8], entropy: &mut dyn Entropy) -> String {
        seal(&self.tokens, access_key_id.as_bytes(), token, entropy)
    }

    pub(crate) fn open_token(&self, access_key_id: &str, sealed: &str) -> Result<Vec<u8>, Unsealable> {
        open(&self.tokens, access_key_id.as_bytes(), sealed)
    }
}

fn seal(cipher: &ChaCha20Poly1305, about: &[u8], plain: &[u8], entropy: &mut dyn Entropy) -> String {
    let mut nonce = [0; NONCE_BYTES];
    entropy.fill(&mut nonce);
    let payload = Payload { msg: plain, aad: about };
    let sealed = cipher
        .encrypt(&Nonce::from(nonce), payload)
        .expect("the text is far shorter than the cipher's limit");
    URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())
}

fn open(cipher: &ChaCha20Poly1305, about: &[u8], sealed: &str) -> Result<Vec<u8>, Unsealable> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Unsealable)?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(Unsealable)?;
    let payload = Payload { msg: sealed, aad: about };
    cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| Unsealable)
}

#[cfg(test)]
mod tests {
    use super::{Unsealable, Vault};
    use crate::Entropy;

    struct Counting(u8);

    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            }
        }
    }

    #[test]
    fn only_the_same_key_for_the_same_access_key_opens() {
        let (vault, other) = (Vault::new(&[1; 32]), Vault::new(&[2; 32]));
        let sealed = vault.seal_secret("AKIA1", "the secret", &mut Counting(0));
        assert!(!sealed.contains("secret"));
        assert_eq!(vault.open_secret("AKIA1", &sealed).unwrap(), "the secret");
        assert_eq!(vault.open_secret("AKIA2", &sealed), Err(Unsealable));
        assert_eq!(other.open_secret("AKIA1", &sealed), Err(Unsealable));
        assert_eq!(vault.open_token("AKIA1", &sealed), Err(Unsealable));
        assert_eq!(vault.open_secret("AKIA1", "!"), Err(Unsealable));
        assert_eq!(vault.open_secret("AKIA1", ""), Err(Unsealable));
        assert_ne!(sealed, vault.seal_secret("AKIA1", "the secret", &mut Counting(100)));
    }
}
