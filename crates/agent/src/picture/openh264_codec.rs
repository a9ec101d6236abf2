//! openh264: Cisco's encoder, under the BSD licence.

use std::io;

use super::openh264_raw::{Encoder, Parameters};
use super::smoothing::Smoothing;
use super::video::{self, Planes};

/// How many pixels level 3.1 holds: 3,600 macroblocks (H.264, table A-1). It takes 16.8 Mbit/s, more than a film of that size is given.
const LEVEL_3_1_PIXELS: u32 = 3600 * 16 * 16;

/// Sequences of pictures of one size.
pub(super) struct Codec {
    encoder: Encoder,
    width: u16,
    height: u16,
    /// In bits a second: as it was last told, and the highest that it was told so far; it takes none above without being told first.
    rate: u32,
    most: u32,
    smoothing: Smoothing,
    /// The next picture is a sequence's first.
    begins: bool,
}

impl Codec {
    /// For pictures of this size, whose sides are even, at so many bits a second.
    pub(super) fn new(width: u16, height: u16, bits_per_second: u32) -> io::Result<Self> {
        let area = u32::from(width) * u32::from(height);
        let smoothing = Smoothing::new(area, video::target(bits_per_second));
        let encoder = encoder(width, height, bits_per_second, &smoothing)?;
        let (rate, most) = (bits_per_second, bits_per_second);
        Ok(Self { encoder, width, height, rate, most, smoothing, begins: true })
    }

    /// Another rate, in bits a second, for the pictures that follow.
    pub(super) fn set_bit_rate(&mut self, bits_per_second: u32) -> io::Result<()> {
        if bits_per_second > self.most {
            self.encoder.set_most_bit_rate(bits_per_second)?;
            self.most = bits_per_second;
        }
        self.rate = bits_per_second;
        self.encoder.set_bit_rate(bits_per_second)
    }

    /// Appends the next picture's access unit; says whether a sequence begins with it.
    pub(super) fn encode(&mut self, planes: &Planes, out: &mut Vec<u8>) -> io::Result<bool> {
        self.encoder.encode(planes, out)?;
        let begins = std::mem::take(&mut self.begins);
        if self.smoothing.note(self.encoder.quantiser()?) {
            self.encoder = encoder(self.width, self.height, self.rate, &self.smoothing)?;
            self.most = self.rate;
            self.begins = true;
        }
        Ok(begins)
    }
}

fn encoder(width: u16, height: u16, bits_per_second: u32, smoothing: &Smoothing) -> io::Result<Encoder> {
    let pixels = u32::from(width.next_multiple_of(16)) * u32::from(height.next_multiple_of(16));
    let level_3_1 = pixels <= LEVEL_3_1_PIXELS;
    Encoder::new(&Parameters { width, height, bits_per_second, smooths: smoothing.is_on(), level_3_1 })
}
