//! Random bytes, which a pure crate is handed.

/// A source of random bytes that nobody can guess.
pub trait Entropy {
    /// Fills the bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A unique id of AWS's form: a prefix that tells the kind, and 16 letters and digits (80 random bits).
pub(crate) fn id(entropy: &mut dyn Entropy, prefix: &str) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    let letters = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    prefix.chars().chain(letters).collect()
}

/// A secret access key: 40 characters as AWS's, 240 random bits.
pub(crate) fn secret(entropy: &mut dyn Entropy) -> String {
    use base64::Engine;
    let mut bytes = [0; 30];
    entropy.fill(&mut bytes);
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
