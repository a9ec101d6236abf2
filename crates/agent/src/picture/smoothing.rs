//! Whether the edges of blocks are smoothed (H.264's deblocking filter). Pure.
//!
//! It takes a tenth of the encoder's time and a fifth of the decoder's, and is worth it where pictures are quantised so coarsely that blocks would
//! be seen. Measured with the benchmark's film: likeness is equal at a quantiser of 26 (SSIM 0.963 without, 0.962 with), and at 37 it is 0.78
//! without and 0.82 with.

/// Bytes for each pixel from which on a film is at first taken for one that will not be quantised coarsely.
const FINE_BYTES_PER_PIXEL: f64 = 0.011;
/// Quantisers (of H.264) above which, and below which, the other choice is better for certain. Between them nothing changes: a change costs a
/// picture that refers to none before it.
const COARSE: f64 = 31.0;
const FINE: f64 = 24.0;
/// The quantiser is smoothed over so many pictures.
const MEMORY: f64 = 16.0;
/// Without smoothing for so many pictures at least, and with it for so many: blocks are seen, time is not.
const LEAST_OFF_PICTURES: u32 = 30;
const LEAST_ON_PICTURES: u32 = 120;

/// The choice, and what speaks for another.
pub(super) struct Smoothing {
    is_on: bool,
    /// Smoothed; nothing before the first picture.
    quantiser: Option<f64>,
    pictures: u32,
}

impl Smoothing {
    /// For a film of so many pixels, whose pictures are to have so many bytes.
    pub(super) fn new(area: u32, bytes: u32) -> Self {
        let is_on = f64::from(bytes) < f64::from(area) * FINE_BYTES_PER_PIXEL;
        Self { is_on, quantiser: None, pictures: 0 }
    }

    /// Whether edges are smoothed.
    pub(super) const fn is_on(&self) -> bool {
        self.is_on
    }

    /// Notes how coarsely a picture was quantised; says whether the choice is another now, for which a sequence must begin.
    pub(super) fn note(&mut self, quantiser: u32) -> bool {
        let now = f64::from(quantiser);
        let smoothed = self.quantiser.map_or(now, |known| known + (now - known) / MEMORY);
        self.quantiser = Some(smoothed);
        self.pictures = self.pictures.saturating_add(1);
        let (is_wrong, least) = if self.is_on {
            (smoothed < FINE, LEAST_ON_PICTURES)
        } else {
            (smoothed > COARSE, LEAST_OFF_PICTURES)
        };
        if !is_wrong || self.pictures < least {
            return false;
        }
        *self = Self { is_on: !self.is_on, quantiser: None, pictures: 0 };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many changes so many pictures with this quantiser make.
    fn changes(smoothing: &mut Smoothing, quantiser: u32, pictures: u32) -> usize {
        (0..pictures).filter(|_| smoothing.note(quantiser)).count()
    }

    #[test]
    fn a_film_with_bytes_enough_begins_without() {
        assert!(!Smoothing::new(1280 * 720, 14_000).is_on());
        assert!(!Smoothing::new(1920 * 1080, 26_000).is_on());
        assert!(Smoothing::new(1280 * 720, 5_000).is_on());
    }

    #[test]
    fn what_is_quantised_coarsely_is_smoothed_from_then_on() {
        let mut film = Smoothing::new(1280 * 720, 14_000);
        assert_eq!(changes(&mut film, 23, 1000), 0);
        // One coarse picture, as after a cut, changes nothing.
        assert_eq!(changes(&mut film, 44, 1), 0);
        assert_eq!(changes(&mut film, 23, 100), 0);
        assert_eq!(changes(&mut film, 38, 1000), 1);
        assert!(film.is_on());
    }

    #[test]
    fn it_is_left_out_again_when_bytes_suffice() {
        let mut film = Smoothing::new(1280 * 720, 5_000);
        assert_eq!((changes(&mut film, 28, 1000), film.is_on()), (0, true));
        assert_eq!((changes(&mut film, 20, 1000), film.is_on()), (1, false));
    }

    #[test]
    fn a_choice_holds_for_a_while() {
        let mut film = Smoothing::new(1280 * 720, 14_000);
        let changes: usize = (0..10).map(|round| changes(&mut film, [44, 18][round % 2], 60)).sum();
        assert!(changes <= 5, "{changes}");
    }
}
