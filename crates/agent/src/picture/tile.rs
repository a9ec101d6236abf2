//! How a rectangle is written: as a fill, with a palette, as all its pixels, or as a likeness.

use millrace_stream::frame::{Operation, Rect, TileCodec};
use zstd::bulk::Compressor;

use super::Picture;

/// Slots of the palette's hash table: four for each colour that a palette may have, so that probes stay short.
const SLOTS: usize = 1024;
const EMPTY: u32 = u32::MAX;

/// Writes rectangles, reusing its memory.
pub(super) struct TileEncoder {
    zstd: Compressor<'static>,
    keys: Box<[u32; SLOTS]>,
    indexes: Box<[u8; SLOTS]>,
    colours: Vec<u32>,
    raw: Vec<u8>,
    data: Vec<u8>,
}

impl TileEncoder {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            zstd: Compressor::new(1)?,
            keys: Box::new([EMPTY; SLOTS]),
            indexes: Box::new([0; SLOTS]),
            colours: Vec::with_capacity(256),
            raw: Vec::new(),
            data: Vec::new(),
        })
    }

    /// The operation that paints `to` (of at most 256 × 256 pixels) as it is in `picture`; if it has many colours and `likeness` gives
    /// JPEG's quality, approximately so.
    pub(super) fn encode(
        &mut self,
        picture: &Picture,
        to: Rect,
        likeness: Option<u8>,
    ) -> std::io::Result<Operation<'_>> {
        self.data.clear();
        self.raw.clear();
        let codec = if self.index(picture, to) {
            if let [pixel] = self.colours[..] {
                let [_, red, green, blue] = pixel.to_be_bytes();
                return Ok(Operation::Fill { to, colour: [red, green, blue] });
            }
            // INVARIANT: 2 to 256 colours.
            self.data.push((self.colours.len() - 1) as u8);
            for pixel in &self.colours {
                self.data.extend_from_slice(&pixel.to_be_bytes()[1..]);
            }
            TileCodec::Palette
        } else if let Some(quality) = likeness {
            self.raw.clear();
            for row in picture.rows(to) {
                self.raw.extend_from_slice(bytemuck::cast_slice(row));
            }
            let mut jpeg = mozjpeg::Compress::new(mozjpeg::ColorSpace::JCS_EXT_BGRX);
            // Without what makes mozjpeg's files small and slow: then it is libjpeg-turbo.
            jpeg.set_fastest_defaults();
            jpeg.set_optimize_coding(false);
            jpeg.set_size(to.width.into(), to.height.into());
            jpeg.set_quality(quality.into());
            jpeg.set_chroma_sampling_pixel_sizes((1, 1), (1, 1));
            let mut jpeg = jpeg.start_compress(&mut self.data)?;
            jpeg.write_scanlines(&self.raw)?;
            jpeg.finish()?;
            return Ok(Operation::Tile { to, codec: TileCodec::Jpeg, data: &self.data });
        } else {
            self.raw.clear();
            for row in picture.rows(to) {
                self.raw.extend(row.iter().flat_map(|pixel| (pixel << 8 | 0xff).to_be_bytes()));
            }
            TileCodec::Zstd
        };
        let start = self.data.len();
        self.data.resize(start + zstd::zstd_safe::compress_bound(self.raw.len()), 0);
        let length = self.zstd.compress_to_buffer(&self.raw, &mut self.data[start..])?;
        self.data.truncate(start + length);
        Ok(Operation::Tile { to, codec, data: &self.data })
    }

    /// Whether a rectangle has at most 256 colours, as text has and a film has not.
    pub(super) fn has_few_colours(&mut self, picture: &Picture, rect: Rect) -> bool {
        self.raw.clear();
        self.index(picture, rect)
    }

    /// Gathers the colours and each pixel's index into `raw`; false if there are more than 256.
    fn index(&mut self, picture: &Picture, rect: Rect) -> bool {
        self.colours.clear();
        self.keys.fill(EMPTY);
        let (mut last, mut last_index) = (EMPTY, 0);
        for row in picture.rows(rect) {
            for pixel in row {
                // Neighbours are mostly equal, so most pixels need no look-up.
                if *pixel != last {
                    let Some(index) = self.look_up(*pixel) else { return false };
                    (last, last_index) = (*pixel, index);
                }
                self.raw.push(last_index);
            }
        }
        true
    }

    fn look_up(&mut self, pixel: u32) -> Option<u8> {
        let mut slot = (pixel.wrapping_mul(0x9e37_79b1) >> 22) as usize;
        loop {
            if self.keys[slot] == pixel {
                return Some(self.indexes[slot]);
            }
            if self.keys[slot] == EMPTY {
                let index = u8::try_from(self.colours.len()).ok()?;
                self.keys[slot] = pixel;
                self.indexes[slot] = index;
                self.colours.push(pixel);
                return Some(index);
            }
            // INVARIANT: at most 256 of 1,024 slots are taken, so there is an empty one.
            slot = (slot + 1) % SLOTS;
        }
    }
}
