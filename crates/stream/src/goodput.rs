//! How many bytes a second reach the viewer's screen, told by the acknowledgements: network, decoder and canvas together.

use std::collections::VecDeque;

use crate::pacing::MAX_FRAMES_IN_FLIGHT;

/// Frames with fewer bytes say more of the way's length than of its width.
const MIN_BYTES: usize = 16 * 1024;

/// Measures one viewer's link. Times are server time in µs.
#[derive(Debug, Default)]
pub struct Goodput {
    on_the_way: VecDeque<Sent>,
    last_acknowledged: u64,
    bytes_per_second: Option<u64>,
}

#[derive(Debug)]
struct Sent {
    frame: u32,
    bytes: usize,
    at: u64,
}

impl Goodput {
    /// A frame of so many bytes was sent.
    pub fn sent(&mut self, frame: u32, bytes: usize, now: u64) {
        if self.on_the_way.len() == MAX_FRAMES_IN_FLIGHT {
            self.on_the_way.pop_front();
        }
        self.on_the_way.push_back(Sent { frame, bytes, at: now });
    }

    /// A frame, and all before it, was acknowledged.
    pub fn acknowledged(&mut self, frame: u32, now: u64) {
        let Some(place) = self.on_the_way.iter().position(|sent| sent.frame == frame) else { return };
        // It went on its way when the one before it had arrived, or later.
        let first = self.on_the_way[0].at.max(self.last_acknowledged);
        let bytes: usize = self.on_the_way.drain(..=place).map(|sent| sent.bytes).sum();
        self.last_acknowledged = now;
        if bytes < MIN_BYTES {
            return;
        }
        let micros = now.saturating_sub(first).max(1);
        let measured = bytes as u64 * 1_000_000 / micros;
        self.bytes_per_second =
            Some(self.bytes_per_second.map_or(measured, |known| (known * 7 + measured) / 8));
    }

    /// The smoothed measure; none before the first large frame was acknowledged.
    pub const fn bytes_per_second(&self) -> Option<u64> {
        self.bytes_per_second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_link() {
        let mut goodput = Goodput::default();
        // Small frames tell nothing.
        goodput.sent(1, 500, 0);
        goodput.acknowledged(1, 150_000);
        assert_eq!(goodput.bytes_per_second(), None);
        // 250,000 bytes a second, two frames at a time.
        let mut now = 1_000_000;
        for frame in (2..40).step_by(2) {
            goodput.sent(frame, 25_000, now);
            goodput.sent(frame + 1, 25_000, now);
            goodput.acknowledged(frame, now + 100_000);
            goodput.acknowledged(frame + 1, now + 200_000);
            now += 200_000;
        }
        assert_eq!(goodput.bytes_per_second(), Some(250_000));
        // Acknowledging the later one acknowledges both; unknown ones say nothing.
        goodput.sent(50, 1_000_000, now);
        goodput.sent(51, 1_000_000, now);
        goodput.acknowledged(77, now + 1);
        goodput.acknowledged(51, now + 100_000);
        assert!(goodput.bytes_per_second().unwrap() > 2_500_000);
    }
}
