//! From pixels to operations, without an X server: which cells changed ([`Grid`]), what only moved (`scroll`), which of them the viewer has a
//! likeness of (`history`), where a likeness will do (`choose`), where a film plays (`film`) and what becomes of it (`play`, `video`,
//! `ladder`), how each other rectangle is
//! written (`tile`), the whole of it ([`Encoder`]), and the way back ([`decode`]).

mod choose;
mod decode;
mod encode;
mod film;
mod grid;
mod history;
mod ladder;
#[cfg(not(feature = "x264"))]
mod openh264_codec;
#[cfg(not(feature = "x264"))]
mod openh264_raw;
mod play;
mod scroll;
mod tile;
mod video;
#[cfg(feature = "x264")]
mod x264_codec;

pub use choose::Link;
pub use decode::{DecodeError, Decoder, apply};
pub use encode::Encoder;
pub use grid::{CELL, Grid};

use millrace_stream::frame::Rect;

/// A picture in memory: a row after the other, each pixel `0x00RRGGBB`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: u16,
    height: u16,
    pixels: Vec<u32>,
}

impl Picture {
    /// A black picture.
    pub fn new(width: u16, height: u16) -> Self {
        // One row more than it shows: so a rectangle's last row, too, is followed by as many bytes as lie between two rows.
        Self { width, height, pixels: vec![0; usize::from(width) * (usize::from(height) + 1)] }
    }

    /// Columns.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Rows.
    pub const fn height(&self) -> u16 {
        self.height
    }

    /// The part of row `y` from column `x` on that is `width` long.
    ///
    /// # Panics
    /// If that is not within the picture. So for the others.
    pub fn row(&self, x: u16, y: u16, width: u16) -> &[u32] {
        let start = self.index(x, y);
        &self.pixels[start..start + usize::from(width)]
    }

    /// As [`Picture::row`], to be written.
    pub fn row_mut(&mut self, x: u16, y: u16, width: u16) -> &mut [u32] {
        let start = self.index(x, y);
        &mut self.pixels[start..start + usize::from(width)]
    }

    /// The rows of a rectangle.
    pub fn rows(&self, rect: Rect) -> impl Iterator<Item = &[u32]> {
        (rect.y..rect.y + rect.height).map(move |y| self.row(rect.x, y, rect.width))
    }

    /// A rectangle's pixels as blue, green, red and a byte without meaning, and the number of bytes from one row to the next.
    pub(crate) fn bytes(&self, rect: Rect) -> (&[u8], usize) {
        let start = self.index(rect.x, rect.y);
        let width = usize::from(self.width);
        let pixels = &self.pixels[start..start + width * usize::from(rect.height)];
        // On a big-endian machine the framebuffer itself would be another one, which the agent refuses.
        (bytemuck::cast_slice(pixels), width * 4)
    }

    /// All pixels as bytes, in rows without gaps: blue, green, red and a byte without meaning.
    pub(crate) fn all_bytes(&self) -> &[u8] {
        let count = usize::from(self.width) * usize::from(self.height);
        bytemuck::cast_slice(&self.pixels[..count])
    }

    /// Paints a rectangle in one colour.
    pub fn fill(&mut self, rect: Rect, pixel: u32) {
        for y in rect.y..rect.y + rect.height {
            self.row_mut(rect.x, y, rect.width).fill(pixel);
        }
    }

    /// Copies within the picture; source and destination may overlap.
    pub fn copy_within(&mut self, source_x: u16, source_y: u16, to: Rect) {
        let width = usize::from(to.width);
        let mut row = |offset: u16| {
            let source = self.index(source_x, source_y + offset);
            let target = self.index(to.x, to.y + offset);
            self.pixels.copy_within(source..source + width, target);
        };
        if source_y < to.y { (0..to.height).rev().for_each(&mut row) } else { (0..to.height).for_each(row) }
    }

    /// Copies a rectangle from another picture of the same size.
    pub fn copy_from(&mut self, other: &Self, rect: Rect) {
        for y in rect.y..rect.y + rect.height {
            self.row_mut(rect.x, y, rect.width).copy_from_slice(other.row(rect.x, y, rect.width));
        }
    }

    fn index(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.width) + usize::from(x)
    }
}
