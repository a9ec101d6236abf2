//! The u32 length in front of each message on a Unix socket, written and read piece by piece.

use crate::wire::{ProtocolError, TooLong};

const LENGTH_BYTES: usize = 4;

/// Appends a message with its length in front; `encode` appends type byte and fields.
///
/// # Errors
/// [`TooLong`] if the message is longer than `max_bytes` or `encode` says so; `out` is then as it was.
pub fn write_framed(
    out: &mut Vec<u8>,
    max_bytes: usize,
    encode: impl FnOnce(&mut Vec<u8>) -> Result<(), TooLong>,
) -> Result<(), TooLong> {
    let start = out.len();
    out.extend_from_slice(&[0; LENGTH_BYTES]);
    let result = encode(out);
    let length = out.len() - start - LENGTH_BYTES;
    match (result, u32::try_from(length)) {
        (Ok(()), Ok(length)) if length as usize <= max_bytes => {
            out[start..start + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
            Ok(())
        }
        _ => {
            out.truncate(start);
            Err(TooLong)
        }
    }
}

/// Finds the messages in a stream of bytes, however it is cut. Give it bytes with [`Deframer::push`], then take messages with
/// [`Deframer::next`] until there is none.
///
/// Its memory is bounded by the longest message and the largest push: a length over the bound is an error before anything of the message
/// is kept.
#[derive(Debug)]
pub struct Deframer {
    buffer: Vec<u8>,
    /// Where the next message's length begins in `buffer`.
    start: usize,
    max_bytes: usize,
}

impl Deframer {
    /// For messages of at most `max_bytes` (type byte and fields).
    pub const fn new(max_bytes: usize) -> Self {
        Self { buffer: Vec::new(), start: 0, max_bytes }
    }

    /// Takes what came from the socket.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message (type byte and fields), if it is there. (Not an `Iterator`: what it returns lives in the deframer.)
    ///
    /// # Errors
    /// [`ProtocolError::TooLong`] for a length over the bound, [`ProtocolError::Truncated`] for a length of 0, which has no type.
    #[expect(clippy::should_implement_trait, reason = "a lending iterator")]
    pub fn next(&mut self) -> Result<Option<&[u8]>, ProtocolError> {
        let waiting = &self.buffer[self.start..];
        let Some((length, rest)) = waiting.split_first_chunk::<LENGTH_BYTES>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*length) as usize;
        if length > self.max_bytes {
            return Err(ProtocolError::TooLong);
        }
        if length == 0 {
            return Err(ProtocolError::Truncated);
        }
        if rest.len() < length {
            return Ok(None);
        }
        let message = self.start + LENGTH_BYTES..self.start + LENGTH_BYTES + length;
        self.start = message.end;
        Ok(Some(&self.buffer[message]))
    }

    /// How many bytes wait for the rest of their message.
    pub fn pending_bytes(&self) -> usize {
        self.buffer.len() - self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_is_too_long_and_what_is_empty() {
        let mut deframer = Deframer::new(10);
        deframer.push(&11_u32.to_le_bytes());
        assert_eq!(deframer.next(), Err(ProtocolError::TooLong));
        let mut deframer = Deframer::new(10);
        deframer.push(&0_u32.to_le_bytes());
        assert_eq!(deframer.next(), Err(ProtocolError::Truncated));
        let mut out = vec![9];
        let long = write_framed(&mut out, 2, |out| {
            out.extend_from_slice(b"abc");
            Ok(())
        });
        assert_eq!((long, out), (Err(TooLong), vec![9]));
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_messages(
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..50), 0..10),
            cuts in prop::collection::vec(1_usize..40, 1..20),
        ) {
            let mut stream = Vec::new();
            for message in &messages {
                write_framed(&mut stream, 50, |out| { out.extend_from_slice(message); Ok(()) }).unwrap();
            }
            let mut deframer = Deframer::new(50);
            let mut found = Vec::new();
            let mut rest = stream.as_slice();
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                rest = later;
                deframer.push(now);
                while let Some(message) = deframer.next().unwrap() {
                    found.push(message.to_vec());
                }
                if rest.is_empty() { break; }
            }
            prop_assert_eq!(found, messages);
            prop_assert_eq!(deframer.pending_bytes(), 0);
        }
    }
}
