//! Requests as text, which both people and fuzzers can write: `METHOD target`, header lines, an empty line, the body.

use http::Request;

/// The request that `input` describes; `None` if it is none that hyper would hand on.
pub(crate) fn request(input: &[u8]) -> Option<Request<Vec<u8>>> {
    let (head, body) = split(input);
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let space = first.iter().position(|byte| *byte == b' ')?;
    let mut request = Request::builder().method(&first[..space]).uri(&first[space + 1..]);
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let value = line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..]);
        request = request.header(&line[..colon], value);
    }
    request.body(body.to_vec()).ok()
}

fn split(input: &[u8]) -> (&[u8], &[u8]) {
    match input.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (&input[..end], &input[end + 2..]),
        None => (input.strip_suffix(b"\n").unwrap_or(input), &[]),
    }
}
