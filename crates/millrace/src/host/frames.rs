//! Messages on the socket between the two processes: a length, whether an open file comes with it, and JSON.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;

use crate::descriptors;

/// Length of the JSON in bytes, and the number of files: two little-endian u32.
const HEADER_BYTES: usize = 8;

/// A message as bytes.
#[derive(Debug)]
pub(super) struct Frame {
    bytes: Vec<u8>,
    file: Option<OwnedFd>,
}

impl Frame {
    /// # Errors
    /// The message cannot be written as JSON, or is longer than 4 GiB.
    pub(super) fn new(message: &impl Serialize, file: Option<OwnedFd>) -> io::Result<Self> {
        let mut bytes = vec![0; HEADER_BYTES];
        serde_json::to_writer(&mut bytes, message)?;
        let length = u32::try_from(bytes.len() - HEADER_BYTES).map_err(io::Error::other)?;
        bytes[..4].copy_from_slice(&length.to_le_bytes());
        bytes[4] = u8::from(file.is_some());
        Ok(Self { bytes, file })
    }

    /// # Errors
    /// The other process has ended.
    pub(super) async fn send(self, stream: &UnixStream) -> io::Result<()> {
        descriptors::send(stream, &self.bytes, self.file.as_ref().map(AsFd::as_fd)).await
    }
}

/// The next message and its file; `None` when the other process has closed its end, or has ended.
///
/// # Errors
/// It broke off within a message, or sent one that is longer than `longest` bytes or not of the kind `T`.
pub(super) async fn receive<T: DeserializeOwned>(
    stream: &UnixStream,
    longest: usize,
) -> io::Result<Option<(T, Option<OwnedFd>)>> {
    let mut header = [0; HEADER_BYTES];
    let Some(file) = fill(stream, &mut header).await? else { return Ok(None) };
    let [a, b, c, d, files @ ..] = header;
    let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).map_err(io::Error::other)?;
    if length == 0 || length > longest {
        return Err(wrong(format!("a message of {length} bytes; {longest} are allowed")));
    }
    if u32::from_le_bytes(files) != u32::from(file.is_some()) {
        return Err(wrong("a file is missing, or one too many"));
    }
    let mut bytes = vec![0; length];
    match fill(stream, &mut bytes).await? {
        Some(None) => {}
        Some(Some(_)) => return Err(wrong("a file within a message")),
        None => return Err(io::ErrorKind::UnexpectedEof.into()),
    }
    let message = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    Ok(Some((message, file)))
}

/// Fills the buffer; the file that came with it. `None` if the stream ended before the first byte.
async fn fill(stream: &UnixStream, buffer: &mut [u8]) -> io::Result<Option<Option<OwnedFd>>> {
    let mut file = None;
    let mut filled = 0;
    while filled < buffer.len() {
        let (count, came) = descriptors::receive(stream, &mut buffer[filled..]).await?;
        if count == 0 {
            return if filled == 0 { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        filled += count;
        if came.is_some() && file.is_some() {
            return Err(wrong("two files with one message"));
        }
        file = file.or(came);
    }
    Ok(Some(file))
}

fn wrong(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}
