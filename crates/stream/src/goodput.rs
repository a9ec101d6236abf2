//! How many bytes a second reach the viewer, and how long they take at least, told by the acknowledgements.
//!
//! The time that the viewer's own decoder and canvas took, which it tells, can be left out: a browser that is too slow for a film would get no
//! more pictures of it if they were smaller, only worse ones.
//!
//! A frame that took longer than the quickest ones waited in a queue: the link was full, and what arrived while the frame was on its way tells how
//! much it carries. A frame that did not wait tells only that the link carries no less than what went over it; what it could carry is then found out by
//! growing slowly until frames do wait. A segment that was lost makes frames wait too, for a round trip, and then many arrive at once: so the link is
//! not believed to be narrower than the most that went over it within a few seconds. There are two such numbers: what may be relied on, which grows only while what is sent keeps pace with it (as
//! RFC 7661 has it of TCP's window), and what makes frames wait, which is forgotten while none do.

use std::collections::VecDeque;

use crate::pacing::{UNTRIED, Way};

/// A frame waited if it took so much longer than the quickest and its own way over the link, in µs.
const WAITED_MICROS: u64 = 20_000;
/// For how long the quickest frame counts, in µs: routes change.
const MEMORY_MICROS: u64 = 10_000_000;
/// For how long what went over the link counts, in µs.
const WIDTH_MEMORY_MICROS: u64 = 4_000_000;
/// With each frame that did not wait the estimates grow by one part in so many; what may be relied on to at most [`UNTRIED`] times what went over the link.
const GROWTH: u64 = 64;
/// A link that carries so many bytes a second makes no frame wait that an encoder could make.
const NO_LIMIT_BYTES_PER_SECOND: u64 = 50_000_000;
/// A time on the way that is shorter, in µs, is counted as this: a viewer's clock may tell whole milliseconds only.
const MIN_WAY_MICROS: u64 = 1000;
/// Frames with fewer bytes say more of the way's length than of its width.
const MIN_BYTES: u64 = 1000;

/// Measures one viewer's link. Times are server time in µs.
#[derive(Debug)]
pub struct Goodput {
    on_the_way: VecDeque<Sent>,
    last_arrived: u64,
    /// How many bytes have arrived by then.
    arrived_bytes: u64,
    bytes_per_second: Option<u64>,
    limit: Option<u64>,
    /// From sending to arriving.
    quickest: Recent<Trip>,
    /// From sending to acknowledging.
    shortest: Recent<Trip>,
    /// How many bytes a second the link has carried.
    widest: Recent<u64>,
}

/// What a frame took, in µs; a part of it to go over the link itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Trip {
    micros: u64,
    bytes: u64,
}

impl Trip {
    const fn shorter(self, other: Self) -> Self {
        if other.micros < self.micros { other } else { self }
    }
}

impl Default for Goodput {
    fn default() -> Self {
        Self {
            on_the_way: VecDeque::new(),
            last_arrived: 0,
            arrived_bytes: 0,
            bytes_per_second: None,
            limit: None,
            quickest: Recent::new(Trip::shorter, MEMORY_MICROS),
            shortest: Recent::new(Trip::shorter, MEMORY_MICROS),
            widest: Recent::new(u64::max, WIDTH_MEMORY_MICROS),
        }
    }
}

#[derive(Debug)]
struct Sent {
    frame: u32,
    bytes: u64,
    at: u64,
    /// One part in so many of the link was to be used.
    parts: u64,
    /// What had arrived when it was sent, and since when the way was not empty: when the last of that arrived, or when the oldest was sent that was on
    /// the way, if there was nothing before it for a while.
    arrived_bytes: u64,
    arrived_at: u64,
}

/// The best value of the last seconds: that of this half of them, and that of the half before.
#[derive(Debug)]
struct Recent<T> {
    better: fn(T, T) -> T,
    /// In µs.
    half: u64,
    since: u64,
    now: Option<T>,
    before: Option<T>,
}

impl<T: Copy> Recent<T> {
    const fn new(better: fn(T, T) -> T, memory_micros: u64) -> Self {
        Self { better, half: memory_micros / 2, since: 0, now: None, before: None }
    }

    fn add(&mut self, value: T, at: u64) {
        if at.saturating_sub(self.since) > self.half {
            self.since = at;
            self.before = self.now.take();
        }
        self.now = Some(self.now.map_or(value, |known| (self.better)(known, value)));
    }

    fn get(&self) -> Option<T> {
        [self.now, self.before].into_iter().flatten().reduce(self.better)
    }
}

impl Goodput {
    /// A frame of so many bytes was sent, at a time when one part in so many of the link is used.
    pub fn sent(&mut self, frame: u32, bytes: usize, parts: u64, now: u64) {
        let oldest = self.on_the_way.front().map_or(now, |sent| sent.at);
        let arrived_at = self.last_arrived.max(oldest);
        let arrived_bytes = self.arrived_bytes;
        self.on_the_way.push_back(Sent {
            frame,
            bytes: bytes as u64,
            at: now,
            parts,
            arrived_bytes,
            arrived_at,
        });
    }

    /// A frame, and all before it, was acknowledged, by a viewer that says to have had it for `handled` µs until it was presented; 0 counts that
    /// time as the link's.
    pub fn acknowledged(&mut self, frame: u32, handled: u64, now: u64) {
        let Some(place) = self.on_the_way.iter().position(|sent| sent.frame == frame) else { return };
        let Sent { bytes: newest_bytes, at: newest, parts, arrived_bytes, arrived_at, .. } =
            self.on_the_way[place];
        let arrived = now.saturating_sub(handled).max(newest).max(self.last_arrived);
        let bytes: u64 = self.on_the_way.drain(..=place).map(|sent| sent.bytes).sum();
        (self.last_arrived, self.arrived_bytes) = (arrived, self.arrived_bytes + bytes);
        self.shortest.add(Trip { micros: now.saturating_sub(newest), bytes: newest_bytes }, now);
        let trip = Trip { micros: arrived - newest, bytes: newest_bytes };
        self.quickest.add(trip, now);
        let waited = self.quickest.get().is_some_and(|quickest| self.waited(trip, quickest));
        if bytes < MIN_BYTES {
            return;
        }
        // Over all of its way, not from one arrival to the next: after a segment that was lost many frames arrive at once.
        let micros = arrived.saturating_sub(arrived_at).max(MIN_WAY_MICROS);
        let measured = (self.arrived_bytes - arrived_bytes) * 1_000_000 / micros;
        let known = self.bytes_per_second.unwrap_or(measured);
        // Where only a part was to be used, a low figure says nothing of the rest.
        if parts == 1 || self.widest.get().is_none_or(|widest| widest < measured) {
            self.widest.add(measured, now);
        }
        let widest = self.widest.get().unwrap_or(measured);
        let known = if waited && widest < known {
            (known * 7 + widest) / 8
        } else if !waited && known < measured * UNTRIED {
            (known + known / GROWTH).max(measured)
        } else {
            known.max(measured)
        };
        self.bytes_per_second = Some(known);
        // A frame that did not wait refutes a limit below what it measured: otherwise one that came of a browser's hiccup among small frames would
        // make a long pause after each frame for many seconds.
        self.limit =
            if waited { Some(known) } else { self.limit.map(|limit| (limit + limit / GROWTH).max(measured)) };
        self.limit = self.limit.filter(|limit| *limit < NO_LIMIT_BYTES_PER_SECOND);
    }

    /// Whether a frame waited behind others. What it took itself to go over the link, beyond what the quickest one took for that, is no wait.
    fn waited(&self, trip: Trip, quickest: Trip) -> bool {
        trip.micros
            > quickest.micros + self.own_micros(trip.bytes.saturating_sub(quickest.bytes)) + WAITED_MICROS
    }

    /// How long so many bytes take to go over the link.
    fn own_micros(&self, bytes: u64) -> u64 {
        self.bytes_per_second.map_or(0, |known| bytes * 1_000_000 / known.max(1))
    }

    /// What may be relied on; none before the first frame of some size was acknowledged.
    pub const fn bytes_per_second(&self) -> Option<u64> {
        self.bytes_per_second
    }

    /// What frames are to be paced by; none before the first of some size was acknowledged.
    pub fn way(&self) -> Option<Way> {
        let (bytes_per_second, shortest) = self.bytes_per_second.zip(self.shortest.get())?;
        // Where there are none but large frames, much of the shortest time is theirs.
        let shortest_micros = shortest.micros.saturating_sub(self.own_micros(shortest.bytes));
        Some(Way { bytes_per_second, limit: self.limit, shortest_micros })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link of so many bytes a second and so long a round trip, over which frames of so many bytes go.
    struct Way {
        goodput: Goodput,
        rate: u64,
        round_trip: u64,
        now: u64,
        free: u64,
        frame: u32,
    }

    impl Way {
        fn new(rate: u64, round_trip: u64) -> Self {
            Self { goodput: Goodput::default(), rate, round_trip, now: 1_000_000, free: 0, frame: 0 }
        }

        /// Sends frames of `bytes` every `period` µs, for a time, and gives the estimate.
        fn run(&mut self, seconds: u64, period: u64, bytes: impl Fn(Option<u64>) -> u64) -> u64 {
            let end = self.now + seconds * 1_000_000;
            let mut arriving: VecDeque<(u64, u32)> = VecDeque::new();
            while self.now < end {
                while let Some((at, frame)) = arriving.front().copied().filter(|(at, _)| *at <= self.now) {
                    arriving.pop_front();
                    self.goodput.acknowledged(frame, 0, at);
                }
                let bytes = bytes(self.goodput.bytes_per_second());
                self.frame += 1;
                self.goodput.sent(self.frame, bytes as usize, 1, self.now);
                self.free = self.free.max(self.now) + bytes * 1_000_000 / self.rate;
                arriving.push_back((self.free + self.round_trip, self.frame));
                self.now += period;
            }
            self.goodput.bytes_per_second().unwrap()
        }
    }

    #[test]
    fn a_full_link_is_measured() {
        let mut way = Way::new(250_000, 150_000);
        let estimate = way.run(10, 33_333, |_| 8500);
        assert!((200_000..300_000).contains(&estimate), "{estimate}");
    }

    #[test]
    fn frames_that_follow_the_estimate_find_out_how_much_the_link_carries() {
        for (rate, round_trip) in [(250_000, 150_000), (2_000_000, 100_000), (100_000, 20_000)] {
            let mut way = Way::new(rate, round_trip);
            // The first ones are small, and say little.
            way.run(1, 50_000, |_| 1200);
            let estimate = way.run(30, 33_333, |known| (known.unwrap_or(0) / 36).max(1500));
            assert!(estimate > rate * 7 / 10 && estimate < rate * 16 / 10, "{estimate} of {rate}");
        }
    }

    #[test]
    fn what_is_not_used_is_not_believed() {
        // An hour of a film that takes a tenth of the link.
        let mut way = Way::new(10_000_000, 20_000);
        let estimate = way.run(3600, 16_667, |_| 14_000);
        assert!(estimate < 20_000_000, "{estimate}");
        // A large frame then tells how much it really is.
        let estimate = way.run(1, 500_000, |_| 1_000_000);
        assert!((6_000_000..11_000_000).contains(&estimate), "{estimate}");
    }

    #[test]
    fn a_far_link_is_not_a_thin_one() {
        let mut way = Way::new(12_500_000, 200_000);
        let estimate = way.run(10, 16_667, |_| 14_000);
        assert!(estimate > 800_000, "{estimate}");
    }

    #[test]
    fn a_slow_browser_is_not_a_thin_link() {
        let mut goodput = Goodput::default();
        // 25 KB each 50 ms, of which 45 are the browser's: the frames wait for it, and are the longer on their way.
        let mut now = 1_000_000;
        for frame in 1..100 {
            goodput.sent(frame, 25_000, 1, now);
            now += 50_000;
            let handled = if frame > 10 { 45_000 } else { 5000 };
            goodput.acknowledged(frame, handled, if frame > 10 { now } else { now - 40_000 });
        }
        assert!(goodput.bytes_per_second().unwrap() > 4_000_000, "{goodput:?}");
        // Whatever it says, nothing arrives before it was sent, nor before what was sent earlier.
        goodput.sent(100, 25_000, 1, now);
        goodput.acknowledged(100, u64::MAX, now + 10_000);
        goodput.sent(101, 25_000, 1, now + 10_000);
        goodput.acknowledged(101, u64::MAX, now + 20_000);
        assert_eq!(goodput.shortest.get().unwrap().micros, 10_000);
    }

    #[test]
    fn a_time_without_frames_says_nothing() {
        // The second frame is sent before the first one has arrived, and one acknowledgement tells of both: at the beginning, and after a pause.
        let mut goodput = Goodput::default();
        for (first, sent) in [(1, 90_000_000), (3, 150_000_000)] {
            goodput.sent(first, 5000, 1, sent);
            goodput.sent(first + 1, 5000, 1, sent + 2000);
            goodput.acknowledged(first + 1, 0, sent + 10_000);
            // 10 KB within 10 ms, and it grows.
            let estimate = goodput.bytes_per_second().unwrap();
            assert!((1_000_000..1_100_000).contains(&estimate), "{goodput:?}");
        }
    }

    #[test]
    fn a_hiccup_among_small_frames_is_forgotten_with_the_first_large_one() {
        let mut goodput = Goodput::default();
        let mut now = 1_000_000;
        // One of the small frames waits for a browser that is busy with something else.
        for frame in 1..20 {
            goodput.sent(frame, 2000, 1, now);
            goodput.acknowledged(frame, 0, now + if frame == 10 { 80_000 } else { 20_000 });
            now += 100_000;
        }
        let limit = goodput.way().unwrap().limit.unwrap();
        assert!(limit < 150_000, "{limit}");
        // 65 KB in 25 ms.
        goodput.sent(20, 65_000, 1, now);
        goodput.acknowledged(20, 0, now + 25_000);
        let limit = goodput.way().unwrap().limit.unwrap();
        assert!(limit > 2_000_000, "{limit}");
    }

    #[test]
    fn small_and_unknown_frames_say_nothing() {
        let mut goodput = Goodput::default();
        goodput.sent(1, 500, 1, 0);
        goodput.acknowledged(7, 0, 1);
        goodput.acknowledged(1, 0, 150_000);
        assert_eq!(goodput.bytes_per_second(), None);
        assert_eq!(goodput.shortest.get().unwrap().micros, 150_000);
    }

    #[test]
    fn the_shortest_time_is_forgotten() {
        let mut goodput = Goodput::default();
        for (frame, (sent, took)) in (1..).zip([(0, 10_000), (6_000_000, 90_000), (12_000_000, 80_000)]) {
            goodput.sent(frame, 10, 1, sent);
            goodput.acknowledged(frame, 0, sent + took);
        }
        assert_eq!(goodput.shortest.get().unwrap().micros, 80_000);
    }
}
