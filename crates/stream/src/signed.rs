//! A signed token: base64url(JSON) "." base64url(HMAC-SHA-256 of the first part).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::SigningKey;
use crate::admission::TokenError;

/// Longest token in bytes. It has to fit into a Hello (64 KiB, credential str16) with room to spare; what is longer is refused unread.
pub(crate) const MAX_TOKEN_BYTES: usize = 48 * 1024;

pub(crate) fn sign<T: Serialize>(value: &T, key: &SigningKey) -> Result<String, TokenError> {
    let json = serde_json::to_vec(value).map_err(TokenError::Malformed)?;
    let body = URL_SAFE_NO_PAD.encode(json);
    let signature = URL_SAFE_NO_PAD.encode(key.mac(&[body.as_bytes()]));
    if body.len() + 1 + signature.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::TooLong);
    }
    Ok(format!("{body}.{signature}"))
}

pub(crate) fn verify<T: DeserializeOwned>(token: &str, key: &SigningKey) -> Result<T, TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::TooLong);
    }
    let (body, signature) = token.split_once('.').ok_or(TokenError::BadSignature)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenError::BadSignature)?;
    if !key.verifies(&[body.as_bytes()], &signature) {
        return Err(TokenError::BadSignature);
    }
    // Only what we signed is parsed, so an error from here on is our own mistake or another version's token.
    let json = URL_SAFE_NO_PAD.decode(body).map_err(|_| TokenError::BadSignature)?;
    serde_json::from_slice(&json).map_err(TokenError::Malformed)
}
