//! H.264: a rectangle of the screen in, access units out.
//!
//! The stream tells how its colours are meant (BT.709's matrix, sRGB's transfer, full range), never reorders pictures, and has one slice each. The
//! encoder is told the rate as bits for each picture, so that it does not matter how often pictures come. It is openh264, or x264 where the agent
//! was built with that feature.
//!
//! Where the bytes that a picture may have are too few for its pixels it is made smaller, and the viewer stretches it: a film that is a little blurred is
//! more like what it was than one of blocks, and takes as few bytes as it is given.

use std::io;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use millrace_stream::frame::Rect;
use yuv::{
    BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix, bgra_to_yuv420,
};

use super::Picture;
use super::ladder::Ladder;
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

/// The quantisers below which a film's picture is given more pixels again, and above which fewer. Measured (SSIM, openh264, stretched as browsers do): the benchmark's film of
/// 1280 × 720 at 4 and 6.7 KB a picture is 0.82 and 0.90 like with all its pixels (quantisers 37 and 31), 0.87 and 0.90 with a quarter of them (28
/// and 24), 0.86 and 0.88 with a ninth; that of 1920 × 1080 at 6.7, 10 and 14 KB 0.77, 0.85 and 0.90 (40, 34, 31), 0.86, 0.88 and 0.90 (29, 26, 24), 0.86,
/// 0.88 and 0.89.
const REDUCTION: (f64, f64) = (20.0, 33.0);
/// The bytes for each pixel below which a film begins with a quarter of its pixels, and with a ninth.
const FEW_BYTES_PER_PIXEL: [f64; 2] = [0.006, 0.0025];
/// No side gets shorter than this by it, in pixels.
const MIN_REDUCED_SIDE: u16 = 96;

/// Encodes one rectangle, as one sequence or several.
pub(super) struct VideoEncoder {
    codec: Codec,
    planes: Planes,
    to: Rect,
    /// By how much each side of the picture is divided, less one.
    reduction: Ladder,
    /// None while it has all its pixels.
    reducer: Option<Reducer>,
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
        let bytes_per_pixel = f64::from(target) / f64::from(to.area().max(1));
        let begin = FEW_BYTES_PER_PIXEL.iter().filter(|few| bytes_per_pixel < **few).count();
        let most = to.width.min(to.height) / MIN_REDUCED_SIDE;
        let last = usize::from(most.saturating_sub(1)).min(FEW_BYTES_PER_PIXEL.len());
        // INVARIANT: neither is more than there are in FEW_BYTES_PER_PIXEL.
        let reduction = Ladder::new(REDUCTION, begin as u8, last as u8);
        let (codec, planes, reducer) = begin_sequence(to, &reduction, target)?;
        Ok(Self { codec, planes, to, reduction, reducer, target, data: Vec::new() })
    }

    /// The rectangle as it is now, in about so many bytes; says whether a sequence begins with it.
    pub(super) fn encode(&mut self, picture: &Picture, target: u32) -> io::Result<(bool, &[u8])> {
        if target.abs_diff(self.target) > self.target / TARGET_STEPS {
            self.codec.set_bit_rate(bit_rate(target))?;
            self.target = target;
        }
        let (pixels, stride) = match &mut self.reducer {
            Some(reducer) => reducer.reduce(picture, self.to)?,
            None => picture.bytes(self.to),
        };
        self.planes.fill(pixels, stride)?;
        self.data.clear();
        let begins = self.codec.encode(&self.planes, &mut self.data)?;
        if self.reduction.note(self.codec.quantiser()) {
            // From the next picture on.
            (self.codec, self.planes, self.reducer) = begin_sequence(self.to, &self.reduction, self.target)?;
        }
        Ok((begins, &self.data))
    }
}

/// What a sequence is made with. The sides of its pictures are even, and no longer than the rectangle's own, which are even too.
fn begin_sequence(to: Rect, reduction: &Ladder, target: u32) -> io::Result<(Codec, Planes, Option<Reducer>)> {
    let by = u16::from(reduction.step()) + 1;
    let [width, height] = [to.width, to.height].map(|side| side.div_ceil(by).next_multiple_of(2));
    let codec = Codec::new(width, height, bit_rate(target))?;
    let reducer = (reduction.step() > 0).then(|| Reducer::new(width, height));
    Ok((codec, Planes::new(width, height), reducer))
}

/// Makes pictures smaller: each pixel is the mean of those in whose place it is.
struct Reducer {
    resizer: Resizer,
    reduced: Image<'static>,
}

impl Reducer {
    /// For pictures that get this size.
    fn new(width: u16, height: u16) -> Self {
        let reduced = Image::new(width.into(), height.into(), PixelType::U8x4);
        Self { resizer: Resizer::new(), reduced }
    }

    /// The pixels of a rectangle, and the number of bytes from one row to the next.
    fn reduce(&mut self, picture: &Picture, from: Rect) -> io::Result<(&[u8], usize)> {
        let (width, height) = (picture.width().into(), picture.height().into());
        let whole =
            ImageRef::new(width, height, picture.all_bytes(), PixelType::U8x4).map_err(io::Error::other)?;
        let options = ResizeOptions::new()
            .crop(from.x.into(), from.y.into(), from.width.into(), from.height.into())
            .resize_alg(ResizeAlg::Convolution(FilterType::Box))
            .use_alpha(false);
        self.resizer.resize(&whole, &mut self.reduced, &options).map_err(io::Error::other)?;
        Ok((self.reduced.buffer(), self.reduced.width() as usize * 4))
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
    fn new(width: u16, height: u16) -> Self {
        let (width, height) = (usize::from(width), usize::from(height));
        let chroma = width * height / 4;
        Self { width, height, luma: vec![0; width * height], blue: vec![0; chroma], red: vec![0; chroma] }
    }

    fn fill(&mut self, pixels: &[u8], stride: usize) -> io::Result<()> {
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
