//! What the bytes of messages in both directions have in common.

use crate::clipboard::{ClipboardPart, MAX_PART_BYTES};
use crate::wire::{MAX_SCREEN_PIXELS, ProtocolError, Reader, TooLong, check, put_bytes16};

pub(super) fn screen(reader: &mut Reader<'_>) -> Result<(u16, u16), ProtocolError> {
    let (width, height) = (reader.u16()?, reader.u16()?);
    check((1..=MAX_SCREEN_PIXELS).contains(&width), "width")?;
    check((1..=MAX_SCREEN_PIXELS).contains(&height), "height")?;
    Ok((width, height))
}

/// Checks the bound, takes the type byte, decodes the fields and sees that nothing is left over.
pub(super) fn decode_whole<'a, T>(
    bytes: &'a [u8],
    max_bytes: usize,
    fields: impl FnOnce(u8, &mut Reader<'a>) -> Result<T, ProtocolError>,
) -> Result<T, ProtocolError> {
    if bytes.len() > max_bytes {
        return Err(ProtocolError::TooLong);
    }
    let mut reader = Reader::new(bytes);
    let kind = reader.u8()?;
    let message = fields(kind, &mut reader)?;
    reader.end()?;
    Ok(message)
}

impl ClipboardPart {
    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        let part = reader.u8()?;
        check(part <= 3, "part")?;
        let text = reader.str16()?;
        check(text.len() <= MAX_PART_BYTES, "text")?;
        Ok(Self { first: part & 1 != 0, last: part & 2 != 0, text: text.to_owned() })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        out.push(u8::from(self.first) | u8::from(self.last) << 1);
        put_bytes16(out, self.text.as_bytes())
    }
}
