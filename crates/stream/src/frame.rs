//! Frames: what changed on the screen, as operations that apply in their order.
//!
//! [`FrameRef`] checks a whole frame without copying or allocating, so that the gateway can vouch for what it forwards and a client can
//! walk over the operations. [`FrameWriter`] writes one, in as many parts as the bound on messages asks for.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::framing::write_framed;
use crate::message::{FRAME, Hex};
use crate::wire::{MAX_FROM_AGENT_BYTES, ProtocolError, Reader, TooLong, check, put};

/// Largest width or height of a tile, so that a decoder's memory is bounded.
pub const MAX_TILE_PIXELS: u16 = 256;

const LAST_PART: u8 = 1;
const WHOLE_PICTURE: u8 = 2;
/// Type byte and fields before the operations.
const HEADER_BYTES: usize = 1 + 4 + 1 + 4 + 8 + 4 * 8 + 2;

/// A rectangle of at least one pixel whose far edges do not overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Rect {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Rect {
    /// The column after the last.
    pub fn right(&self) -> u32 {
        u32::from(self.x) + u32::from(self.width)
    }

    /// The row after the last.
    pub fn bottom(&self) -> u32 {
        u32::from(self.y) + u32::from(self.height)
    }

    /// How many pixels it has.
    pub fn area(&self) -> u32 {
        u32::from(self.width) * u32::from(self.height)
    }

    /// Whether it lies in a picture of this size.
    pub fn is_within(&self, width: u16, height: u16) -> bool {
        self.right() <= width.into() && self.bottom() <= height.into()
    }

    fn check(self) -> Result<Self, ProtocolError> {
        check(self.width > 0 && self.right() <= u16::MAX.into(), "width")?;
        check(self.height > 0 && self.bottom() <= u16::MAX.into(), "height")?;
        Ok(self)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        Self { x: reader.u16()?, y: reader.u16()?, width: reader.u16()?, height: reader.u16()? }.check()
    }

    fn encode(self, out: &mut Vec<u8>) {
        put!(out, self.x, self.y, self.width, self.height);
    }
}

/// How a tile's pixels are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[repr(u8)]
pub enum TileCodec {
    /// zstd of width × height × 4 bytes RGBA.
    Zstd = 1,
    /// `colours` − 1, colours × RGB, then zstd of width × height indexes.
    Palette = 2,
    /// A baseline JPEG of width × height, 4:4:4: a likeness, which a lossless tile replaces once it is still.
    Jpeg = 3,
}

/// A change of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation<'a> {
    /// Copies from the picture as the operations before left it; source and destination may overlap.
    Copy {
        /// First column to copy from.
        source_x: u16,
        /// First row to copy from.
        source_y: u16,
        /// Where to.
        to: Rect,
    },
    /// One colour.
    Fill {
        /// Where.
        to: Rect,
        /// Red, green, blue.
        colour: [u8; 3],
    },
    /// Pixels.
    Tile {
        /// Where; at most [`MAX_TILE_PIXELS`] a side.
        to: Rect,
        /// How they are written.
        codec: TileCodec,
        /// The pixels.
        data: &'a [u8],
    },
}

impl<'a> Operation<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, ProtocolError> {
        match reader.u8()? {
            1 => {
                let (source_x, source_y) = (reader.u16()?, reader.u16()?);
                let (width, height) = (reader.u16()?, reader.u16()?);
                let (x, y) = (reader.u16()?, reader.u16()?);
                Rect { x: source_x, y: source_y, width, height }.check()?;
                Ok(Self::Copy { source_x, source_y, to: Rect { x, y, width, height }.check()? })
            }
            2 => {
                let to = Rect::decode(reader)?;
                Ok(Self::Fill { to, colour: [reader.u8()?, reader.u8()?, reader.u8()?] })
            }
            3 => {
                let to = Rect::decode(reader)?;
                check(to.width <= MAX_TILE_PIXELS, "width")?;
                check(to.height <= MAX_TILE_PIXELS, "height")?;
                let codec = match reader.u8()? {
                    1 => TileCodec::Zstd,
                    2 => TileCodec::Palette,
                    3 => TileCodec::Jpeg,
                    _ => return Err(ProtocolError::OutOfRange("codec")),
                };
                let length = reader.u32()?;
                Ok(Self::Tile { to, codec, data: reader.bytes(length as usize)? })
            }
            _ => Err(ProtocolError::OutOfRange("operation kind")),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        match *self {
            Self::Copy { source_x, source_y, to } => {
                out.push(1);
                put!(out, source_x, source_y, to.width, to.height, to.x, to.y);
            }
            Self::Fill { to, colour } => {
                out.push(2);
                to.encode(out);
                out.extend_from_slice(&colour);
            }
            Self::Tile { to, codec, data } => {
                out.push(3);
                to.encode(out);
                out.push(codec as u8);
                put!(out, u32::try_from(data.len()).map_err(|_| TooLong)?);
                out.extend_from_slice(data);
            }
        }
        Ok(())
    }

    /// What it came as, for figures: a kind of operation, or a tile's codec.
    pub const fn name(&self) -> &'static str {
        match *self {
            Self::Copy { .. } => "copy",
            Self::Fill { .. } => "fill",
            Self::Tile { codec: TileCodec::Zstd, .. } => "zstd",
            Self::Tile { codec: TileCodec::Palette, .. } => "palette",
            Self::Tile { codec: TileCodec::Jpeg, .. } => "jpeg",
        }
    }

    /// Where it changes the picture.
    pub const fn to(&self) -> Rect {
        match *self {
            Self::Copy { to, .. } | Self::Fill { to, .. } | Self::Tile { to, .. } => to,
        }
    }

    /// Whether all that it reads and writes lies in a picture of this size.
    pub fn is_within(&self, width: u16, height: u16) -> bool {
        let source_within = match *self {
            Self::Copy { source_x, source_y, to } => {
                Rect { x: source_x, y: source_y, ..to }.is_within(width, height)
            }
            Self::Fill { .. } | Self::Tile { .. } => true,
        };
        source_within && self.to().is_within(width, height)
    }
}

impl Serialize for Operation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Operation", 4)?;
        match *self {
            Self::Copy { source_x, source_y, to } => {
                fields.serialize_field("kind", "Copy")?;
                fields.serialize_field("source_x", &source_x)?;
                fields.serialize_field("source_y", &source_y)?;
                fields.serialize_field("to", &to)?;
            }
            Self::Fill { to, colour } => {
                fields.serialize_field("kind", "Fill")?;
                fields.serialize_field("to", &to)?;
                fields.serialize_field("colour", &colour)?;
            }
            Self::Tile { to, codec, data } => {
                fields.serialize_field("kind", "Tile")?;
                fields.serialize_field("to", &to)?;
                fields.serialize_field("codec", &(codec as u8))?;
                fields.serialize_field("data", &Hex(data).to_string())?;
            }
        }
        fields.end()
    }
}

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
