//! openh264: Cisco's encoder, under the BSD licence.

use std::io;

use super::ladder::Ladder;
use super::openh264_raw::{Encoder, Parameters};
use super::video::{self, Planes};

/// How many pixels level 3.1 holds: 3,600 macroblocks (H.264, table A-1). It takes 16.8 Mbit/s, more than a film of that size is given.
const LEVEL_3_1_PIXELS: u32 = 3600 * 16 * 16;

/// Without smoothing the edges of blocks, and with (H.264's deblocking filter): the last quantiser that is fine enough to go back, and the first that
/// is too coarse. It takes a tenth of the encoder's time and a fifth of the decoder's, and is worth it where pictures are quantised so coarsely that
/// blocks would be seen. Measured with the benchmark's film: likeness is equal at a quantiser of 26 (SSIM 0.963 without, 0.962 with), and at 37 it is
/// 0.78 without and 0.82 with.
const SMOOTHING: (f64, f64) = (24.0, 31.0);
/// Bytes for each pixel from which on a film is at first taken for one that will not be quantised coarsely.
const FINE_BYTES_PER_PIXEL: f64 = 0.011;

/// Sequences of pictures of one size.
pub(super) struct Codec {
    encoder: Encoder,
    width: u16,
    height: u16,
    /// In bits a second: as it was last told, and the highest that it was told so far; it takes none above without being told first.
    rate: u32,
    most: u32,
    /// 0: edges are not smoothed, 1: they are. What changes that begins a sequence.
    smoothing: Ladder,
    /// Of the last picture.
    quantiser: u32,
    /// The next picture is a sequence's first.
    begins: bool,
}

impl Codec {
    /// For pictures of this size, whose sides are even, at so many bits a second.
    pub(super) fn new(width: u16, height: u16, bits_per_second: u32) -> io::Result<Self> {
        let area = u32::from(width) * u32::from(height);
        let bytes_per_pixel = f64::from(video::target(bits_per_second)) / f64::from(area.max(1));
        let smoothing = Ladder::new(SMOOTHING, u8::from(bytes_per_pixel < FINE_BYTES_PER_PIXEL), 1);
        let encoder = encoder(width, height, bits_per_second, &smoothing)?;
        let (rate, most) = (bits_per_second, bits_per_second);
        Ok(Self { encoder, width, height, rate, most, smoothing, quantiser: 0, begins: true })
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
        self.quantiser = self.encoder.quantiser()?;
        if self.smoothing.note(self.quantiser) {
            self.encoder = encoder(self.width, self.height, self.rate, &self.smoothing)?;
            self.most = self.rate;
            self.begins = true;
        }
        Ok(begins)
    }

    /// How coarsely the last picture was quantised, on average (quantisation parameter of H.264).
    pub(super) const fn quantiser(&self) -> u32 {
        self.quantiser
    }
}

fn encoder(width: u16, height: u16, bits_per_second: u32, smoothing: &Ladder) -> io::Result<Encoder> {
    let pixels = u32::from(width.next_multiple_of(16)) * u32::from(height.next_multiple_of(16));
    let level_3_1 = pixels <= LEVEL_3_1_PIXELS;
    Encoder::new(&Parameters { width, height, bits_per_second, smooths: smoothing.step() > 0, level_3_1 })
}
