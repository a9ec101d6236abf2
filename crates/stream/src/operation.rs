//! What changes the picture: a frame's operations, which apply in their order.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::message::Hex;
use crate::wire::{ProtocolError, Reader, TooLong, check, put};

/// Largest width or height of a tile, so that a decoder's memory is bounded.
pub const MAX_TILE_PIXELS: u16 = 256;

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
    /// The next picture of the video region, of which there is at most one: a likeness, shown over what is painted there.
    Video {
        /// Where; the sides are even. It stays the same until the next sequence begins.
        to: Rect,
        /// A sequence begins: the data start with its parameter sets and an IDR picture, and need nothing that was before.
        begins: bool,
        /// One access unit of H.264, as a byte stream (Annex B).
        data: &'a [u8],
    },
    /// There is no video region any more: what it shows is now painted there.
    EndVideo {
        /// Where it was.
        to: Rect,
    },
}

impl<'a> Operation<'a> {
    pub(crate) fn decode(reader: &mut Reader<'a>) -> Result<Self, ProtocolError> {
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
            4 => {
                let to = Rect::decode(reader)?;
                check(to.width % 2 == 0, "width")?;
                check(to.height % 2 == 0, "height")?;
                let begins = reader.bool("begins")?;
                let length = reader.u32()?;
                Ok(Self::Video { to, begins, data: reader.bytes(length as usize)? })
            }
            5 => Ok(Self::EndVideo { to: Rect::decode(reader)? }),
            _ => Err(ProtocolError::OutOfRange("operation kind")),
        }
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
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
            Self::Video { to, begins, data } => {
                out.push(4);
                to.encode(out);
                out.push(begins.into());
                put!(out, u32::try_from(data.len()).map_err(|_| TooLong)?);
                out.extend_from_slice(data);
            }
            Self::EndVideo { to } => {
                out.push(5);
                to.encode(out);
            }
        }
        Ok(())
    }

    /// What it came as, for figures: a kind of operation, or a codec.
    pub const fn name(&self) -> &'static str {
        match *self {
            Self::Copy { .. } => "copy",
            Self::Fill { .. } => "fill",
            Self::Tile { codec: TileCodec::Zstd, .. } => "zstd",
            Self::Tile { codec: TileCodec::Palette, .. } => "palette",
            Self::Tile { codec: TileCodec::Jpeg, .. } => "jpeg",
            Self::Video { .. } => "h264",
            Self::EndVideo { .. } => "h264-end",
        }
    }

    /// Where it changes the picture.
    pub const fn to(&self) -> Rect {
        match *self {
            Self::Copy { to, .. }
            | Self::Fill { to, .. }
            | Self::Tile { to, .. }
            | Self::Video { to, .. }
            | Self::EndVideo { to } => to,
        }
    }

    /// Whether all that it reads and writes lies in a picture of this size.
    pub fn is_within(&self, width: u16, height: u16) -> bool {
        let source_within = match *self {
            Self::Copy { source_x, source_y, to } => {
                Rect { x: source_x, y: source_y, ..to }.is_within(width, height)
            }
            Self::Fill { .. } | Self::Tile { .. } | Self::Video { .. } | Self::EndVideo { .. } => true,
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
            Self::Video { to, begins, data } => {
                fields.serialize_field("kind", "Video")?;
                fields.serialize_field("to", &to)?;
                fields.serialize_field("begins", &begins)?;
                fields.serialize_field("data", &Hex(data).to_string())?;
            }
            Self::EndVideo { to } => {
                fields.serialize_field("kind", "EndVideo")?;
                fields.serialize_field("to", &to)?;
            }
        }
        fields.end()
    }
}
