//! The way back, as a client goes it: applies operations to a picture. The tests and the benchmark judge the encoder with it.

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use millrace_stream::frame::{Operation, Rect, TileCodec};
use openh264::formats::YUVSource;

use super::Picture;

/// An operation that cannot be applied.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It reaches beyond the picture.
    #[error("an operation reaches beyond the picture")]
    Outside,
    /// The data are not as long as the tile.
    #[error("a tile's data have the wrong length")]
    Length,
    /// An index beyond the palette.
    #[error("a tile uses a colour that its palette lacks")]
    Colour,
    /// The data are no JPEG of the tile's size.
    #[error("a tile's data are not a JPEG of its size")]
    Jpeg,
    /// The data are no picture that the video region has room for.
    #[error("a video picture cannot be decoded, or is larger than its region")]
    Video,
    /// zstd refuses the data.
    #[error("a tile's data cannot be decompressed")]
    Zstd(#[source] std::io::Error),
}

/// What a client remembers beside its picture: the video region's decoder. Here the region's pictures are painted at once, and its end paints nothing.
#[derive(Default)]
pub struct Decoder {
    video: Option<openh264::decoder::Decoder>,
}

impl Decoder {
    /// Applies an operation.
    ///
    /// # Errors
    /// If the operation is not valid for this picture, which may then be painted in part.
    pub fn apply(&mut self, picture: &mut Picture, operation: &Operation<'_>) -> Result<(), DecodeError> {
        let Operation::Video { to, begins, data } = *operation else { return apply(picture, operation) };
        if !operation.is_within(picture.width(), picture.height()) {
            return Err(DecodeError::Outside);
        }
        if begins {
            self.video = Some(openh264::decoder::Decoder::new().map_err(|_| DecodeError::Video)?);
        }
        let decoder = self.video.as_mut().ok_or(DecodeError::Video)?;
        // A picture comes out for each that goes in: the stream says that none waits for a later one.
        let decoded = decoder.decode(data).ok().flatten().ok_or(DecodeError::Video)?;
        let (width, height) = decoded.dimensions();
        if width > to.width.into() || height > to.height.into() {
            return Err(DecodeError::Video);
        }
        let (luma_stride, blue_stride, red_stride) = decoded.strides();
        let image = yuv::YuvPlanarImage {
            y_plane: decoded.y(),
            y_stride: luma_stride as u32,
            u_plane: decoded.u(),
            u_stride: blue_stride as u32,
            v_plane: decoded.v(),
            v_stride: red_stride as u32,
            width: width as u32,
            height: height as u32,
        };
        let mut pixels = vec![0; width * height * 4];
        let (range, matrix) = (yuv::YuvRange::Full, yuv::YuvStandardMatrix::Bt709);
        yuv::yuv420_to_bgra(&image, &mut pixels, width as u32 * 4, range, matrix)
            .map_err(|_| DecodeError::Video)?;
        let pixels = stretch(pixels, (width, height), to).ok_or(DecodeError::Video)?;
        let (pixels, _) = pixels.as_chunks::<4>();
        paint(picture, to, pixels.iter().map(|[blue, green, red, _]| Some([*red, *green, *blue])))
    }
}

/// A picture with fewer pixels than its region fills it.
fn stretch(pixels: Vec<u8>, (width, height): (usize, usize), to: Rect) -> Option<Vec<u8>> {
    if (width, height) == (to.width.into(), to.height.into()) {
        return Some(pixels);
    }
    let picture = Image::from_vec_u8(width as u32, height as u32, pixels, PixelType::U8x4).ok()?;
    let mut stretched = Image::new(to.width.into(), to.height.into(), PixelType::U8x4);
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear)).use_alpha(false);
    Resizer::new().resize(&picture, &mut stretched, &options).ok()?;
    Some(stretched.into_vec())
}

/// Applies an operation that is not a video region's picture.
///
/// # Errors
/// As [`Decoder::apply`].
pub fn apply(picture: &mut Picture, operation: &Operation<'_>) -> Result<(), DecodeError> {
    if !operation.is_within(picture.width(), picture.height()) {
        return Err(DecodeError::Outside);
    }
    match *operation {
        Operation::Copy { source_x, source_y, to } => picture.copy_within(source_x, source_y, to),
        Operation::Fill { to, colour: [red, green, blue] } => {
            picture.fill(to, u32::from_be_bytes([0, red, green, blue]));
        }
        Operation::Tile { to, codec: TileCodec::Zstd, data } => {
            let bytes = decompress(data, to.area() as usize * 4)?;
            let (pixels, _) = bytes.as_chunks::<4>();
            paint(picture, to, pixels.iter().map(|[red, green, blue, _]| Some([*red, *green, *blue])))?;
        }
        Operation::Tile { to, codec: TileCodec::Palette, data } => {
            let (count, rest) = data.split_first().ok_or(DecodeError::Length)?;
            let (palette, rest) =
                rest.split_at_checked((usize::from(*count) + 1) * 3).ok_or(DecodeError::Length)?;
            let (palette, _) = palette.as_chunks::<3>();
            let indexes = decompress(rest, to.area() as usize)?;
            paint(picture, to, indexes.iter().map(|index| palette.get(usize::from(*index)).copied()))?;
        }
        Operation::Tile { to, codec: TileCodec::Jpeg, data } => {
            let mut decoder = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(data));
            let bytes = decoder.decode().map_err(|_| DecodeError::Jpeg)?;
            if decoder.dimensions() != Some((to.width.into(), to.height.into())) {
                return Err(DecodeError::Jpeg);
            }
            let (pixels, _) = bytes.as_chunks::<3>();
            paint(picture, to, pixels.iter().copied().map(Some))?;
        }
        Operation::Video { .. } => return Err(DecodeError::Video),
        Operation::EndVideo { .. } => {}
    }
    Ok(())
}

fn decompress(data: &[u8], length: usize) -> Result<Vec<u8>, DecodeError> {
    let bytes = zstd::bulk::decompress(data, length).map_err(DecodeError::Zstd)?;
    if bytes.len() == length { Ok(bytes) } else { Err(DecodeError::Length) }
}

fn paint(
    picture: &mut Picture,
    to: Rect,
    mut pixels: impl Iterator<Item = Option<[u8; 3]>>,
) -> Result<(), DecodeError> {
    for y in to.y..to.y + to.height {
        for target in picture.row_mut(to.x, y, to.width) {
            let [red, green, blue] = pixels.next().flatten().ok_or(DecodeError::Colour)?;
            *target = u32::from_be_bytes([0, red, green, blue]);
        }
    }
    Ok(())
}
