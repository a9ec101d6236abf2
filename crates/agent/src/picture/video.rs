//! H.264 by openh264: a rectangle of the screen in, access units out.
//!
//! The stream tells how its colours are meant (BT.709's matrix, sRGB's transfer, full range), never reorders pictures, and has one slice each. The
//! encoder is told the rate as bits for each picture, so that it does not matter how often pictures come.

use std::io;

use millrace_stream::frame::Rect;
use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, QpRange, RateControlMode, UsageType,
    VuiConfig,
};
use openh264::formats::YUVSource;
use yuv::{
    BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix, bgra_to_yuv420,
};

use super::Picture;
use super::openh264_options;

/// What the encoder is told: rates are counted in pictures of this many a second.
const NOMINAL_RATE: u32 = 60;
/// The best and the worst quality (quantisation parameters of H.264).
const QP: QpRange = QpRange::new(18, 44);
/// A new target is told to the encoder when it differs by more than one part in so many.
const TARGET_STEPS: u32 = 8;
/// What openh264 takes, in pixels: the longer and the shorter side.
const MAX_SIDES: (u16, u16) = (3840, 2160);

/// Encodes one rectangle, as one sequence.
pub(super) struct VideoEncoder {
    encoder: Encoder,
    planes: Planes,
    to: Rect,
    /// Bytes that a picture is to have, as the encoder was last told.
    target: u32,
    begins: bool,
    data: Vec<u8>,
}

/// Luma and chroma.
struct Planes {
    width: usize,
    height: usize,
    luma: Vec<u8>,
    blue: Vec<u8>,
    red: Vec<u8>,
}

impl VideoEncoder {
    /// Whether a rectangle is not too large for it.
    pub(super) fn takes(to: Rect) -> bool {
        to.width.max(to.height) <= MAX_SIDES.0 && to.width.min(to.height) <= MAX_SIDES.1
    }

    /// For a rectangle with even sides that [`VideoEncoder::takes`], whose pictures are to have so many bytes.
    pub(super) fn new(to: Rect, target: u32) -> io::Result<Self> {
        let config = EncoderConfig::new()
            .usage_type(UsageType::CameraVideoRealTime)
            .complexity(Complexity::Low)
            .rate_control_mode(RateControlMode::Bitrate)
            .bitrate(bit_rate(target))
            .max_frame_rate(FrameRate::from_hz(NOMINAL_RATE as f32))
            .qp(QP)
            // A picture that is left out would leave the viewer behind what the agent believes it has.
            .skip_frames(false)
            // These cost more than they save on a screen.
            .adaptive_quantization(false)
            .background_detection(false)
            .scene_change_detect(false)
            .num_threads(1)
            .vui(VuiConfig::srgb());
        let mut encoder =
            Encoder::with_api_config(OpenH264API::from_source(), config).map_err(io::Error::other)?;
        openh264_options::be_quiet(&mut encoder)?;
        let (width, height) = (usize::from(to.width), usize::from(to.height));
        let planes = Planes {
            width,
            height,
            luma: vec![0; width * height],
            blue: vec![0; width * height / 4],
            red: vec![0; width * height / 4],
        };
        Ok(Self { encoder, planes, to, target, begins: true, data: Vec::new() })
    }

    /// The rectangle as it is now, in about so many bytes; says whether a sequence begins with it.
    pub(super) fn encode(&mut self, picture: &Picture, target: u32) -> io::Result<(bool, &[u8])> {
        if !self.begins && target.abs_diff(self.target) > self.target / TARGET_STEPS {
            openh264_options::set_bit_rate(&mut self.encoder, target.saturating_mul(NOMINAL_RATE * 8))?;
            self.target = target;
        }
        self.planes.fill(picture, self.to)?;
        let stream = self.encoder.encode(&self.planes).map_err(io::Error::other)?;
        let wanted = if self.begins { FrameType::IDR } else { FrameType::P };
        // An intra picture between would be as good, but nobody asked for it.
        if ![wanted, FrameType::I, FrameType::IDR].contains(&stream.frame_type()) {
            return Err(io::Error::other("openh264 made no picture"));
        }
        self.data.clear();
        stream.write_vec(&mut self.data);
        Ok((std::mem::take(&mut self.begins), &self.data))
    }
}

fn bit_rate(target: u32) -> BitRate {
    BitRate::from_bps(target.saturating_mul(NOMINAL_RATE * 8))
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

impl YUVSource for Planes {
    fn dimensions(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    fn strides(&self) -> (usize, usize, usize) {
        (self.width, self.width / 2, self.width / 2)
    }

    fn y(&self) -> &[u8] {
        &self.luma
    }

    fn u(&self) -> &[u8] {
        &self.blue
    }

    fn v(&self) -> &[u8] {
        &self.red
    }
}
