//! openh264: Cisco's encoder, under the BSD licence.

use std::io;

use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, QpRange, RateControlMode, UsageType,
    VuiConfig,
};
use openh264::formats::YUVSource;

use super::openh264_options;
use super::video::{NOMINAL_RATE, Planes, QP};

/// One sequence of pictures of one size.
pub(super) struct Codec(Encoder);

impl Codec {
    /// For pictures of this size, whose sides are even, at so many bits a second.
    pub(super) fn new(_width: u16, _height: u16, bits_per_second: u32) -> io::Result<Self> {
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
        let mut encoder =
            Encoder::with_api_config(OpenH264API::from_source(), config).map_err(io::Error::other)?;
        openh264_options::be_quiet(&mut encoder)?;
        Ok(Self(encoder))
    }

    /// Another rate, in bits a second, for the pictures that follow.
    pub(super) fn set_bit_rate(&mut self, bits_per_second: u32) -> io::Result<()> {
        openh264_options::set_bit_rate(&mut self.0, bits_per_second)
    }

    /// Appends the next picture's access unit; `begins`: it is the first one.
    pub(super) fn encode(&mut self, planes: &Planes, begins: bool, out: &mut Vec<u8>) -> io::Result<()> {
        let stream = self.0.encode(planes).map_err(io::Error::other)?;
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
