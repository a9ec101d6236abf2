//! H.264: a rectangle of the screen in, access units out.
//!
//! The stream tells how its colours are meant (BT.709's matrix, sRGB's transfer, full range), never reorders pictures, and has one slice each. The
//! encoder is told the rate as bits for each picture, so that it does not matter how often pictures come. It is openh264, or x264 where the agent
//! was built with that feature.

use std::io;

use millrace_stream::frame::Rect;
use yuv::{
    BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix, bgra_to_yuv420,
};

use super::Picture;
#[cfg(not(feature = "x264"))]
use super::openh264_codec::Codec;
#[cfg(feature = "x264")]
use super::x264_codec::Codec;

/// What the encoder is told: rates are counted in pictures of this many a second.
pub(super) const NOMINAL_RATE: u32 = 60;
/// The best and the worst quality (quantisation parameters of H.264).
pub(super) const QP: (u8, u8) = (18, 44);
/// A new target is told to the encoder when it differs by more than one part in so many.
const TARGET_STEPS: u32 = 8;
/// What openh264 takes, in pixels: the longer and the shorter side.
const MAX_SIDES: (u16, u16) = (3840, 2160);

/// Encodes one rectangle, as one sequence or several.
pub(super) struct VideoEncoder {
    codec: Codec,
    planes: Planes,
    to: Rect,
    /// Bytes that a picture is to have, as the encoder was last told.
    target: u32,
    data: Vec<u8>,
}

/// Luma, and chroma of half the width and height. Rows follow each other without gaps.
pub(super) struct Planes {
    /// Even.
    pub(super) width: usize,
    /// Even.
    pub(super) height: usize,
    pub(super) luma: Vec<u8>,
    pub(super) blue: Vec<u8>,
    pub(super) red: Vec<u8>,
}

impl VideoEncoder {
    /// Whether a rectangle is not too large for it.
    pub(super) fn takes(to: Rect) -> bool {
        to.width.max(to.height) <= MAX_SIDES.0 && to.width.min(to.height) <= MAX_SIDES.1
    }

    /// For a rectangle with even sides that [`VideoEncoder::takes`], whose pictures are to have so many bytes.
    pub(super) fn new(to: Rect, target: u32) -> io::Result<Self> {
        let codec = Codec::new(to.width, to.height, bit_rate(target))?;
        let (width, height) = (usize::from(to.width), usize::from(to.height));
        let planes = Planes {
            width,
            height,
            luma: vec![0; width * height],
            blue: vec![0; width * height / 4],
            red: vec![0; width * height / 4],
        };
        Ok(Self { codec, planes, to, target, data: Vec::new() })
    }

    /// The rectangle as it is now, in about so many bytes; says whether a sequence begins with it.
    pub(super) fn encode(&mut self, picture: &Picture, target: u32) -> io::Result<(bool, &[u8])> {
        if target.abs_diff(self.target) > self.target / TARGET_STEPS {
            self.codec.set_bit_rate(bit_rate(target))?;
            self.target = target;
        }
        self.planes.fill(picture, self.to)?;
        self.data.clear();
        let begins = self.codec.encode(&self.planes, &mut self.data)?;
        Ok((begins, &self.data))
    }
}

/// In bits a second.
const fn bit_rate(target: u32) -> u32 {
    target.saturating_mul(NOMINAL_RATE * 8)
}

/// The bytes of a picture at so many bits a second.
#[cfg(not(feature = "x264"))]
pub(super) const fn target(bits_per_second: u32) -> u32 {
    bits_per_second / (NOMINAL_RATE * 8)
}

impl Planes {
    fn fill(&mut self, picture: &Picture, from: Rect) -> io::Result<()> {
        let (pixels, stride) = picture.bytes(from);
        // INVARIANT: sides are u16, and rows of a screen of at most 16,384 pixels.
        let (width, height) = (self.width as u32, self.height as u32);
        let mut image = YuvPlanarImageMut {
            y_plane: BufferStoreMut::Borrowed(&mut self.luma),
            y_stride: width,
            u_plane: BufferStoreMut::Borrowed(&mut self.blue),
            u_stride: width / 2,
            v_plane: BufferStoreMut::Borrowed(&mut self.red),
            v_stride: width / 2,
            width,
            height,
        };
        let (range, matrix) = (YuvRange::Full, YuvStandardMatrix::Bt709);
        bgra_to_yuv420(&mut image, pixels, stride as u32, range, matrix, YuvConversionMode::Balanced)
            .map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::super::choose::{Link, picture_bytes};
    use super::*;

    /// A link that turns out to be faster than it looked lets a film's pictures grow, up to the largest that are asked for.
    #[test]
    fn a_film_of_any_size_may_begin_small_and_grow() {
        for (width, height) in [(160, 128), (400, 240), (640, 384), (1280, 720), (1920, 1080), (2560, 1440)] {
            let to = Rect { x: 0, y: 0, width, height };
            let picture = Picture::new(width, height);
            let area = u32::from(width) * u32::from(height);
            let few = Link { arriving_bytes_per_second: Some(1), ..Link::default() };
            let (least, most) = (picture_bytes(area, few), picture_bytes(area, Link::default()));
            let mut encoder = VideoEncoder::new(to, least).unwrap();
            for target in [least, least + (most - least) / 2, most, least, most] {
                let made = encoder.encode(&picture, target);
                assert!(made.is_ok(), "{width} × {height}, {target} bytes: {}", made.unwrap_err());
            }
        }
    }
}
