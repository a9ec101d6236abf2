//! Frames: what changed on the screen, as operations that apply in their order.
//!
//! [`FrameRef`] checks a whole frame without copying or allocating, so that the gateway can vouch for what it forwards and a client can
//! walk over the operations. [`FrameWriter`] writes one, in as many parts as the bound on messages asks for.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::framing::write_framed;
use crate::message::FRAME;
pub use crate::operation::{MAX_TILE_PIXELS, Operation, Rect, TileCodec};
use crate::wire::{MAX_FROM_AGENT_BYTES, ProtocolError, Reader, TooLong, check, put};

const LAST_PART: u8 = 1;
const WHOLE_PICTURE: u8 = 2;
/// Type byte and fields before the operations.
const HEADER_BYTES: usize = 1 + 4 + 1 + 4 + 8 + 4 * 8 + 2;

/// What a frame says of itself. Times are server time in µs unless said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FrameHeader {
    /// Rises by one a frame.
    pub frame: u32,
    /// The last part of this frame.
    pub last_part: bool,
    /// The frame's operations, over all its parts, paint every pixel.
    pub whole_picture: bool,
    /// The newest input injected before the damage that this frame shows; 0: none since the last frame.
    pub input_sequence: u32,
    /// That input's time (client time, µs); 0: none.
    pub input_time: u64,
    /// When that input was injected; 0: none.
    pub injected: u64,
    /// When the first damage of this frame was seen; 0: none.
    pub damaged: u64,
    /// When its pixels had been read.
    pub captured: u64,
    /// When it had been encoded (each part has its own).
    pub encoded: u64,
}

/// A checked frame, or part of one, in the bytes in which it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRef<'a> {
    header: FrameHeader,
    count: u16,
    /// INVARIANT: `count` valid operations and nothing else.
    operations: &'a [u8],
}

impl<'a> FrameRef<'a> {
    /// What the frame says of itself.
    pub const fn header(&self) -> FrameHeader {
        self.header
    }

    /// How many operations it has.
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The operations in their order.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'a>> + use<'a> {
        let mut reader = Reader::new(self.operations);
        // All were decoded once before, so `ok()` hides nothing.
        (0..self.count).map_while(move |_| Operation::decode(&mut reader).ok())
    }

    /// Whether all that it reads and writes lies in a picture of this size.
    pub fn is_within(&self, width: u16, height: u16) -> bool {
        self.operations().all(|operation| operation.is_within(width, height))
    }

    pub(crate) fn decode(reader: &mut Reader<'a>) -> Result<Self, ProtocolError> {
        let frame = reader.u32()?;
        let flags = reader.u8()?;
        check(flags & !(LAST_PART | WHOLE_PICTURE) == 0, "flags")?;
        let header = FrameHeader {
            frame,
            last_part: flags & LAST_PART != 0,
            whole_picture: flags & WHOLE_PICTURE != 0,
            input_sequence: reader.u32()?,
            input_time: reader.u64()?,
            injected: reader.u64()?,
            damaged: reader.u64()?,
            captured: reader.u64()?,
            encoded: reader.u64()?,
        };
        let count = reader.u16()?;
        let start = reader.rest();
        for _ in 0..count {
            Operation::decode(reader)?;
        }
        let operations = &start[..start.len() - reader.rest().len()];
        Ok(Self { header, count, operations })
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_header(out, &self.header, self.count);
        out.extend_from_slice(self.operations);
    }
}

impl Serialize for FrameRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Frame", 2)?;
        fields.serialize_field("header", &self.header)?;
        fields.serialize_field("operations", &self.operations().collect::<Vec<_>>())?;
        fields.end()
    }
}

fn put_header(out: &mut Vec<u8>, header: &FrameHeader, count: u16) {
    out.push(FRAME);
    put!(out, header.frame);
    out.push(
        if header.last_part { LAST_PART } else { 0 } | if header.whole_picture { WHOLE_PICTURE } else { 0 },
    );
    put!(out, header.input_sequence, header.input_time);
    put!(out, header.injected, header.damaged, header.captured, header.encoded, count);
}

/// Writes a frame to a socket's buffer (lengths in front), part by part: a part is closed when the next operation might not fit.
#[derive(Debug)]
pub struct FrameWriter {
    header: FrameHeader,
    count: u16,
    operations: Vec<u8>,
    max_bytes: usize,
}

impl FrameWriter {
    /// A frame with this header; `last_part` and `encoded` are set by the writer.
    pub fn new(header: FrameHeader) -> Self {
        Self::with_bound(header, MAX_FROM_AGENT_BYTES)
    }

    /// As [`FrameWriter::new`], with parts of at most `max_bytes`.
    pub fn with_bound(header: FrameHeader, max_bytes: usize) -> Self {
        Self { header, count: 0, operations: Vec::new(), max_bytes }
    }

    /// Whether no operation has been pushed since the last part.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Appends an operation; if it does not fit, the part before it goes to `out` first, stamped `now` (server time, µs).
    ///
    /// # Errors
    /// [`TooLong`] if the operation alone is over the bound.
    pub fn push(&mut self, operation: &Operation<'_>, now: u64, out: &mut Vec<u8>) -> Result<(), TooLong> {
        let start = self.operations.len();
        operation.encode(&mut self.operations)?;
        let added = self.operations.len() - start;
        if HEADER_BYTES + added > self.max_bytes {
            self.operations.truncate(start);
            return Err(TooLong);
        }
        if self.count == u16::MAX || HEADER_BYTES + self.operations.len() > self.max_bytes {
            let next = self.operations.split_off(start);
            self.part(false, now, out)?;
            self.operations = next;
        }
        self.count += 1;
        Ok(())
    }

    /// Writes the last part, stamped `now` (server time, µs).
    ///
    /// # Errors
    /// None in practice: what was pushed fits.
    pub fn finish(mut self, now: u64, out: &mut Vec<u8>) -> Result<(), TooLong> {
        self.part(true, now, out)
    }

    fn part(&mut self, last_part: bool, now: u64, out: &mut Vec<u8>) -> Result<(), TooLong> {
        let header = FrameHeader { last_part, encoded: now, ..self.header };
        write_framed(out, self.max_bytes, |out| {
            put_header(out, &header, self.count);
            out.extend_from_slice(&self.operations);
            Ok(())
        })?;
        self.count = 0;
        self.operations.clear();
        Ok(())
    }
}
