//! openh264: Cisco's encoder, under the BSD licence.

use std::io;

use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, Level, QpRange, RateControlMode,
    UsageType, VuiConfig,
};
use openh264::formats::YUVSource;

use super::openh264_options;
use super::video::{NOMINAL_RATE, Planes, QP};

/// How many pixels level 3.1 holds: 3,600 macroblocks (H.264, table A-1). It takes 16.8 Mbit/s, more than a film of that size is given.
const LEVEL_3_1_PIXELS: u32 = 3600 * 16 * 16;

/// One sequence of pictures of one size.
pub(super) struct Codec {
    encoder: Encoder,
    /// The highest rate that it was told so far, in bits a second: it takes none above without being told first.
    most: u32,
}

impl Codec {
    /// For pictures of this size, whose sides are even, at so many bits a second.
    pub(super) fn new(width: u16, height: u16, bits_per_second: u32) -> io::Result<Self> {
        let config = EncoderConfig::new()
            .usage_type(UsageType::CameraVideoRealTime)
            .complexity(Complexity::Low)
            .rate_control_mode(RateControlMode::Bitrate)
            .bitrate(BitRate::from_bps(bits_per_second))
            .max_frame_rate(FrameRate::from_hz(NOMINAL_RATE as f32))
            .qp(QpRange::new(QP.0, QP.1))
            // A picture that is left out would leave the viewer behind what the agent believes it has.
            .skip_frames(false)
            // These cost more than they save on a screen.
            .adaptive_quantization(false)
            .background_detection(false)
            .scene_change_detect(false)
            .num_threads(1)
            .vui(VuiConfig::srgb());
        // By itself it takes the lowest level that holds the first rate, which may be the lowest.
        let pixels = u32::from(width.next_multiple_of(16)) * u32::from(height.next_multiple_of(16));
        let config = if pixels <= LEVEL_3_1_PIXELS { config.level(Level::Level_3_1) } else { config };
        let mut encoder =
            Encoder::with_api_config(OpenH264API::from_source(), config).map_err(io::Error::other)?;
        openh264_options::be_quiet(&mut encoder)?;
        Ok(Self { encoder, most: bits_per_second })
    }

    /// Another rate, in bits a second, for the pictures that follow.
    pub(super) fn set_bit_rate(&mut self, bits_per_second: u32) -> io::Result<()> {
        if bits_per_second > self.most {
            openh264_options::set_most_bit_rate(&mut self.encoder, bits_per_second)?;
            self.most = bits_per_second;
        }
        openh264_options::set_bit_rate(&mut self.encoder, bits_per_second)
    }

    /// Appends the next picture's access unit; `begins`: it is the first one.
    pub(super) fn encode(&mut self, planes: &Planes, begins: bool, out: &mut Vec<u8>) -> io::Result<()> {
        let stream = self.encoder.encode(planes).map_err(io::Error::other)?;
        let wanted = if begins { FrameType::IDR } else { FrameType::P };
        // An intra picture between would be as good, but nobody asked for it.
        if ![wanted, FrameType::I, FrameType::IDR].contains(&stream.frame_type()) {
            return Err(io::Error::other("openh264 made no picture"));
        }
        stream.write_vec(out);
        Ok(())
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
