//! The canonical form of a request, which both sides sign.

use std::fmt::Write as _;

use http::header::HOST;
use http::request::Parts;

use crate::error::ApiError;

/// Method, path, query, signed headers and the body's digest, one a line.
///
/// # Errors
/// InvalidSignatureException if a header that is said to be signed is not there.
pub(super) fn request(
    parts: &Parts,
    signed_headers: &[String],
    body_digest: &str,
) -> Result<Vec<u8>, ApiError> {
    let mut text = format!(
        "{}\n{}\n{}\n",
        parts.method,
        encode(parts.uri.path().as_bytes(), true),
        query(parts.uri.query().unwrap_or_default())
    )
    .into_bytes();
    for name in signed_headers {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend_from_slice(&header(parts, name)?);
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(signed_headers.join(";").as_bytes());
    text.push(b'\n');
    text.extend_from_slice(body_digest.as_bytes());
    Ok(text)
}

/// All values of a header, trimmed, inner runs of spaces as one, joined by commas.
fn header(parts: &Parts, name: &str) -> Result<Vec<u8>, ApiError> {
    let mut values = parts.headers.get_all(name).iter().map(|value| squeeze(value.as_bytes())).peekable();
    if values.peek().is_some() {
        return Ok(values.collect::<Vec<_>>().join(&b','));
    }
    // HTTP/2 has the host in the address only.
    match parts.uri.authority() {
        Some(authority) if name == HOST.as_str() => Ok(authority.as_str().as_bytes().to_vec()),
        _ => Err(ApiError::invalid_signature(format!(
            "The header '{name}' is said to be signed, but the request does not have it."
        ))),
    }
}

fn squeeze(value: &[u8]) -> Vec<u8> {
    let words = value.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

/// The names of a query's parameters, decoded.
pub(super) fn names(query: &str) -> impl Iterator<Item = Vec<u8>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| decode(pair.split_once('=').map_or(pair, |(name, _)| name)))
}

/// Parameters decoded, encoded in one manner and sorted.
fn query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (encode(&decode(name), false), encode(&decode(value), false))
        })
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Percent-encodes all but the unreserved characters of RFC 3986. A path keeps its slashes, and is encoded as it came, so a
/// second time where the client had encoded it: so does every service but S3.
fn encode(bytes: &[u8], keep_slashes: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (keep_slashes && byte == b'/') {
            text.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let mut decoded = [0];
        match tail.get(..2) {
            Some(digits) if byte == b'%' && hex::decode_to_slice(digits, &mut decoded).is_ok() => {
                bytes.push(decoded[0]);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{encode, query, squeeze};

    #[test]
    fn queries_have_one_form() {
        let check = |given: &str, canonical: &str| assert_eq!(query(given), canonical);
        check("", "");
        check("b=2&a=1&a=0", "a=0&a=1&b=2");
        check("empty&%zz=%C3%A4%2F%20+", "%25zz=%C3%A4%2F%20%2B&empty=");
    }

    #[test]
    fn paths_keep_slashes_and_headers_lose_spaces() {
        assert_eq!(encode("/a b/%20".as_bytes(), true), "/a%20b/%2520");
        assert_eq!(squeeze(b"  a   b c "), b"a b c");
        assert_eq!(squeeze(b""), b"");
    }
}
