//! The primitives of the encoding: little-endian integers, `bool`, `str16`, `bytes16`, `list16`.

/// Largest message to the agent (type byte and fields), in bytes.
pub const MAX_TO_AGENT_BYTES: usize = 64 * 1024;
/// Largest message from the agent (type byte and fields), in bytes.
pub const MAX_FROM_AGENT_BYTES: usize = 4 * 1024 * 1024;
/// Largest width or height of a screen, in pixels.
pub const MAX_SCREEN_PIXELS: u16 = 16_384;

/// A message that breaks the protocol. Who meets one closes the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// It ends before its fields do.
    #[error("the message is cut short")]
    Truncated,
    /// There are bytes after its last field.
    #[error("the message has bytes left over")]
    LeftOver,
    /// Longer than the bound of its direction.
    #[error("the message is too long")]
    TooLong,
    /// No message of this direction has this type byte.
    #[error("unknown message type {0:#04x}")]
    UnknownType(u8),
    /// A field is out of its range; the name is the field's in `docs/stream-protocol.md`.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8,
    /// A valid message at a time when it must not come.
    #[error("{0} at the wrong time")]
    Unexpected(&'static str),
}

/// A text, list or message is longer than its length field or its bound can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message would be longer than the protocol allows")]
pub struct TooLong;

/// Reads fields from the front of a slice. Never reads past its end, never allocates more than what is there.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Begins at the front of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`ProtocolError::Truncated`] if there are fewer. So for all that follow.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], ProtocolError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(ProtocolError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ProtocolError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(ProtocolError::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// A byte.
    pub fn u8(&mut self) -> Result<u8, ProtocolError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    /// Two bytes.
    pub fn u16(&mut self) -> Result<u16, ProtocolError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    /// Two bytes, signed.
    pub fn i16(&mut self) -> Result<i16, ProtocolError> {
        Ok(i16::from_le_bytes(self.array()?))
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Result<u32, ProtocolError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// Four bytes, signed.
    pub fn i32(&mut self) -> Result<i32, ProtocolError> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Result<u64, ProtocolError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A byte that is 0 or 1; `field` names it in the error.
    pub fn bool(&mut self, field: &'static str) -> Result<bool, ProtocolError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(ProtocolError::OutOfRange(field)),
        }
    }

    /// A u16 length and as many bytes.
    pub fn bytes16(&mut self) -> Result<&'a [u8], ProtocolError> {
        let length = self.u16()?;
        self.bytes(length.into())
    }

    /// A u16 length and as many bytes of UTF-8.
    pub fn str16(&mut self) -> Result<&'a str, ProtocolError> {
        std::str::from_utf8(self.bytes16()?).map_err(|_| ProtocolError::NotUtf8)
    }

    /// A u16 count and as many texts.
    pub fn list16(&mut self) -> Result<Vec<String>, ProtocolError> {
        let count = self.u16()?;
        // Not reserved ahead: the count is the other side's word, the bytes are not.
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(self.str16()?.to_owned());
        }
        Ok(list)
    }

    /// The end of the message.
    ///
    /// # Errors
    /// [`ProtocolError::LeftOver`] if it is not.
    pub const fn end(&self) -> Result<(), ProtocolError> {
        if self.rest.is_empty() { Ok(()) } else { Err(ProtocolError::LeftOver) }
    }
}

pub(crate) fn put_bytes16(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), TooLong> {
    let length = u16::try_from(bytes.len()).map_err(|_| TooLong)?;
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

pub(crate) fn put_list16(out: &mut Vec<u8>, list: &[String]) -> Result<(), TooLong> {
    let count = u16::try_from(list.len()).map_err(|_| TooLong)?;
    out.extend_from_slice(&count.to_le_bytes());
    list.iter().try_for_each(|item| put_bytes16(out, item.as_bytes()))
}

/// Appends integers in little-endian order.
macro_rules! put {
    ($out:expr, $($value:expr),+ $(,)?) => {{ $( $out.extend_from_slice(&$value.to_le_bytes()); )+ }};
}
pub(crate) use put;

/// Refuses a field that is out of its range.
pub(crate) fn check(holds: bool, field: &'static str) -> Result<(), ProtocolError> {
    if holds { Ok(()) } else { Err(ProtocolError::OutOfRange(field)) }
}
