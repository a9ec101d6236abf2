//! When a frame is due: on damage, the first after a pause at once, then at most once a frame period, and not while frames wait on the way to the
//! viewer. What changes meanwhile goes into the next frame, so nothing piles up before a slow viewer or in a thin link.
//!
//! Two frames may always be on the way. More may be where the way is long: as many as it takes to fill it, and a little more.
//!
//! An answer is a frame for its own sake, beside those of a film: what changed elsewhere after somebody pressed a key. It waits for no period and for
//! no other frame, only for the answers before it.

use std::collections::VecDeque;

use crate::wire::ProtocolError;

/// 60 frames a second, in µs.
pub const FRAME_PERIOD_MICROS: u64 = 16_667;
/// Frames that may be sent and not acknowledged however full the way is.
pub const FRAMES_IN_FLIGHT: usize = 2;
/// With more bytes than this on a way of which nothing is known, nothing follows: behind a first picture that takes seconds the second is as late again.
const UNKNOWN_WAY_BYTES: usize = 64 * 1024;
/// Most frames that are sent and not acknowledged.
pub const MAX_FRAMES_IN_FLIGHT: usize = 16;
/// How long a frame may wait on the way for those before it, in µs.
const MAX_WAIT_MICROS: u64 = 80_000;
/// How many times as much as it carried so far a way is given, and believed to carry, while no frame waits: whoever sends less learns nothing of how
/// much more it would.
pub(crate) const UNTRIED: u64 = 2;
/// Pauses are as if the link carried this share of what it is believed to: what waits on the way since that was too much grows less.
const PACED_SHARE: (u64, u64) = (7, 8);
/// Somebody types for so long after an answer, in µs. Meanwhile everything else has one part in so many of what it may have otherwise: with each
/// segment that is on its way before an answer it is likelier that one is lost, for which the answer waits.
const TYPING_MICROS: u64 = 1_000_000;
const PARTS_BESIDE_TYPING: u64 = 3;
/// The longest pause that a large frame makes after it, in µs.
const MAX_PAUSE_MICROS: u64 = 250_000;

/// What the pacer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing until there is damage or an acknowledgement.
    Idle,
    /// A frame at this server time (µs), unless something changes before.
    At(u64),
    /// A frame now.
    Now,
}

/// Decides when frames are made, for one viewer. Times are server time in µs and never go back.
#[derive(Debug)]
pub struct FramePacer {
    period: u64,
    next_due: u64,
    damaged: bool,
    in_flight: VecDeque<Sent>,
    way: Option<Way>,
    next_frame: u32,
    /// When the next answer may go.
    next_answer: u64,
    /// Until when somebody is taken to type.
    typing_until: u64,
}

#[derive(Clone, Copy, Debug)]
struct Sent {
    frame: u32,
    bytes: usize,
    at: u64,
}

/// The way to the viewer, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// How many bytes it carries a second at least.
    pub bytes_per_second: u64,
    /// With how many bytes a second frames wait; none while none do.
    pub limit: Option<u64>,
    /// The shortest time from sending to acknowledgement, in µs, less what that frame itself took to go over the link.
    pub shortest_micros: u64,
}

impl Default for FramePacer {
    fn default() -> Self {
        Self::new(FRAME_PERIOD_MICROS)
    }
}

impl FramePacer {
    /// For a viewer that has just attached, with this shortest time between frames on average (µs).
    pub const fn new(period: u64) -> Self {
        Self {
            period,
            next_due: 0,
            damaged: false,
            in_flight: VecDeque::new(),
            way: None,
            next_frame: 1,
            next_answer: 0,
            typing_until: 0,
        }
    }

    /// The picture changed.
    pub const fn damaged(&mut self) {
        self.damaged = true;
    }

    /// What is to be done at `now`.
    pub fn due(&self, now: u64) -> Due {
        if !self.damaged || self.is_full(now) {
            Due::Idle
        } else if now >= self.next_due {
            Due::Now
        } else {
            Due::At(self.next_due)
        }
    }

    /// What is known of the way by now.
    pub const fn set_way(&mut self, way: Option<Way>) {
        self.way = way;
    }

    /// What is known of the way.
    #[cfg(test)]
    pub(crate) const fn way(&self) -> Option<Way> {
        self.way
    }

    /// Whether a frame that is sent now would wait on its way.
    pub fn is_full(&self, now: u64) -> bool {
        let (count, Some(oldest)) = (self.in_flight.len(), self.in_flight.front()) else { return false };
        let bytes: usize = self.in_flight.iter().map(|sent| sent.bytes).sum();
        let Some(way) = self.way else { return count >= FRAMES_IN_FLIGHT || bytes > UNKNOWN_WAY_BYTES };
        if count < FRAMES_IN_FLIGHT {
            return false;
        }
        let micros = way.shortest_micros + MAX_WAIT_MICROS;
        let rate = way.limit.unwrap_or(way.bytes_per_second.saturating_mul(UNTRIED));
        let fits = rate.saturating_mul(micros) / 1_000_000;
        count >= MAX_FRAMES_IN_FLIGHT || bytes as u64 >= fits || now.saturating_sub(oldest.at) >= micros
    }

    /// The pixels of a frame are taken at `now`: what is damaged from here on belongs to the next one.
    pub fn taken(&mut self, now: u64) {
        self.damaged = false;
        // A quarter of a period is made good after a late frame, so that an animation of 60 a second that jitters loses none.
        self.next_due = self.next_due.max(now.saturating_sub(self.period / 4)) + self.period;
    }

    /// The damage turned out to have changed no pixel: no frame is made, and none is put off.
    pub const fn unchanged(&mut self) {
        self.damaged = false;
    }

    /// The number of the frame that is sent next.
    pub const fn next_frame(&self) -> u32 {
        self.next_frame
    }

    /// A frame of so many bytes is sent at `now`: gives its number. The next one is due once the link has had the time to carry it.
    pub fn sent(&mut self, bytes: usize, now: u64) -> u32 {
        if let Some(pause) = self.pause(bytes, self.parts(now)) {
            self.next_due = self.next_due.max(now + pause);
        }
        self.put_on_the_way(bytes, now)
    }

    /// Whether an answer may go at `now`: the way is known, so that it can be told when it is of no use to send more, and the one before has had its
    /// time.
    pub fn takes_answer(&self, now: u64) -> bool {
        self.way.is_some() && now >= self.next_answer && self.in_flight.len() < MAX_FRAMES_IN_FLIGHT
    }

    /// An answer of so many bytes is sent at `now`: gives its number. The frames that it overtook have what it took less.
    pub fn answered(&mut self, bytes: usize, now: u64) -> u32 {
        let pause = self.pause(bytes, 1);
        self.typing_until = now + TYPING_MICROS;
        if let Some(pause) = pause {
            self.next_due = self.next_due.max(now) + pause;
        }
        self.next_answer = now + pause.unwrap_or(0).max(self.period);
        self.put_on_the_way(bytes, now)
    }

    fn put_on_the_way(&mut self, bytes: usize, now: u64) -> u32 {
        let frame = self.next_frame;
        self.next_frame = self.next_frame.wrapping_add(1);
        self.in_flight.push_back(Sent { frame, bytes, at: now });
        frame
    }

    /// How long one part in so many of the link carries so many bytes, in µs, if frames have to wait for it.
    fn pause(&self, bytes: usize, parts: u64) -> Option<u64> {
        let rate = self.way?.limit?;
        let paced = (rate / PACED_SHARE.1 * PACED_SHARE.0 / parts).max(1);
        Some(((bytes as u64).saturating_mul(1_000_000) / paced).min(MAX_PAUSE_MICROS))
    }

    /// What is no answer is to have one part in so many of the link: all of it, but while somebody types.
    pub const fn parts(&self, now: u64) -> u64 {
        if now < self.typing_until { PARTS_BESIDE_TYPING } else { 1 }
    }

    /// The viewer has presented a frame, and with it all before it.
    ///
    /// # Errors
    /// [`ProtocolError::Unexpected`] for a frame that is not on its way.
    pub fn acknowledged(&mut self, frame: u32) -> Result<(), ProtocolError> {
        let place = self.in_flight.iter().position(|sent| sent.frame == frame);
        let place = place.ok_or(ProtocolError::Unexpected("FrameAck"))?;
        self.in_flight.drain(..=place);
        Ok(())
    }

    /// How many frames are on their way.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_change_goes_at_once_and_the_next_waits() {
        let mut pacer = FramePacer::new(16_000);
        assert_eq!(pacer.due(1_000_000), Due::Idle);
        pacer.damaged();
        assert_eq!(pacer.due(1_000_000), Due::Now);
        pacer.taken(1_000_000);
        let frame = pacer.sent(100, 1_000_000);
        assert_eq!((frame, pacer.due(1_000_000)), (1, Due::Idle));
        pacer.damaged();
        assert_eq!(pacer.due(1_000_001), Due::At(1_012_000));
        assert_eq!(pacer.due(1_012_000), Due::Now);
    }

    #[test]
    fn a_long_way_takes_more_frames_and_a_full_one_none() {
        let mut pacer = FramePacer::new(16_000);
        // 2 Mbit/s: 37,500 bytes fill it, and 20,000 more may wait.
        pacer.set_way(Some(Way {
            bytes_per_second: 250_000,
            limit: Some(250_000),
            shortest_micros: 150_000,
        }));
        let mut sent = 0;
        let mut now = 1_000_000;
        loop {
            pacer.damaged();
            match pacer.due(now) {
                Due::Now => {
                    pacer.taken(now);
                    pacer.sent(5250, now);
                    sent += 1;
                }
                Due::At(due) => now = due,
                Due::Idle => break,
            }
        }
        // One each 24 ms, until the first has been on its way for 230 ms.
        assert_eq!((sent, now), (10, 1_000_000 + 10 * 24_000));
        pacer.acknowledged(1).unwrap();
        assert_eq!(pacer.due(now), Due::Now);
        // A viewer that does not answer gets no more, however short its frames are.
        let mut pacer = FramePacer::new(1000);
        pacer.set_way(Some(Way { bytes_per_second: 10_000_000, limit: None, shortest_micros: 5000 }));
        let mut sent = 0;
        for now in (1_000_000..2_000_000).step_by(1000) {
            pacer.damaged();
            if pacer.due(now) == Due::Now {
                pacer.taken(now);
                pacer.sent(10, now);
                sent += 1;
            }
        }
        assert_eq!(sent, MAX_FRAMES_IN_FLIGHT);
    }

    #[test]
    fn nothing_follows_a_large_first_picture_before_the_way_is_known() {
        let mut pacer = FramePacer::new(16_000);
        pacer.damaged();
        pacer.taken(1_000_000);
        let frame = pacer.sent(500_000, 1_000_000);
        pacer.damaged();
        assert_eq!(pacer.due(1_100_000), Due::Idle);
        pacer.acknowledged(frame).unwrap();
        assert_eq!(pacer.due(1_100_000), Due::Now);
    }

    #[test]
    fn a_way_that_was_hardly_used_is_not_filled_at_once() {
        let mut pacer = FramePacer::default();
        pacer.set_way(Some(Way { bytes_per_second: 250_000, limit: None, shortest_micros: 150_000 }));
        let mut sent = 0;
        for now in (1_000_000..2_000_000).step_by(1000) {
            pacer.damaged();
            if pacer.due(now) == Due::Now {
                pacer.taken(now);
                pacer.sent(250_000, now);
                sent += 1;
            }
        }
        assert_eq!(sent, FRAMES_IN_FLIGHT);
    }

    #[test]
    fn an_answer_overtakes_the_film_and_takes_nothing_from_its_period() {
        let mut pacer = FramePacer::new(16_000);
        pacer.damaged();
        assert!(!pacer.takes_answer(1_000_000), "nothing is known of the way");
        pacer.set_way(Some(Way { bytes_per_second: 250_000, limit: None, shortest_micros: 5000 }));
        pacer.taken(1_000_000);
        pacer.sent(5000, 1_000_000);
        pacer.damaged();
        let due = pacer.due(1_002_000);
        assert!(matches!(due, Due::At(_)) && pacer.takes_answer(1_002_000));
        pacer.answered(300, 1_002_000);
        assert_eq!(pacer.due(1_002_000), due);
        // One a period, and none once the most are on the way.
        assert!(!pacer.takes_answer(1_017_999) && pacer.takes_answer(1_018_000));
        let mut now = 1_018_000;
        while pacer.takes_answer(now) {
            pacer.answered(300, now);
            now += 16_000;
        }
        assert_eq!(pacer.in_flight(), MAX_FRAMES_IN_FLIGHT);
        // Where frames have to wait, what an answer took is missing to the film, and a large one keeps the next back.
        let mut pacer = FramePacer::new(16_000);
        pacer.set_way(Some(Way { bytes_per_second: 250_000, limit: Some(250_000), shortest_micros: 5000 }));
        pacer.damaged();
        pacer.answered(21_875, 1_000_000);
        assert_eq!(pacer.due(1_000_000), Due::At(1_100_000));
        assert!(!pacer.takes_answer(1_099_999) && pacer.takes_answer(1_100_000));
    }

    #[test]
    fn a_frame_that_took_long_to_make_puts_nothing_off() {
        let mut pacer = FramePacer::new(16_000);
        pacer.taken(1_000_000);
        let due = pacer.next_due;
        pacer.sent(5000, 1_030_000);
        pacer.answered(300, 1_031_000);
        assert_eq!(pacer.next_due, due);
    }

    #[test]
    fn two_frames_in_flight_are_the_most_before_the_way_is_known() {
        let mut pacer = FramePacer::new(1000);
        for now in [10_000, 20_000] {
            pacer.damaged();
            assert_eq!(pacer.due(now), Due::Now);
            pacer.taken(now);
            pacer.sent(100, now);
        }
        pacer.damaged();
        assert_eq!(pacer.due(30_000), Due::Idle);
        assert!(pacer.acknowledged(3).is_err());
        pacer.acknowledged(1).unwrap();
        assert!(pacer.acknowledged(1).is_err());
        assert_eq!(pacer.due(30_000), Due::Now);
    }

    proptest! {
        /// Damage at any times, acknowledged at once: no more than 60 frames a second on average, none closer than three quarters of a
        /// period, and no damage is left unshown.
        #[test]
        fn rate_is_bounded_and_nothing_is_lost(gaps in prop::collection::vec(0_u64..40_000, 1..300)) {
            let mut pacer = FramePacer::default();
            let mut frames = Vec::new();
            let mut now = 1_000_000;
            let mut take = |pacer: &mut FramePacer, now: u64| {
                pacer.taken(now);
                let frame = pacer.sent(100, now);
                pacer.acknowledged(frame).unwrap();
                frames.push(now);
            };
            for gap in gaps {
                let next = now + gap;
                while let Due::At(due) = pacer.due(now) && due <= next {
                    take(&mut pacer, due);
                    now = due;
                }
                now = next;
                pacer.damaged();
                if pacer.due(now) == Due::Now { take(&mut pacer, now); }
            }
            if let Due::At(due) = pacer.due(now) { take(&mut pacer, due); }
            prop_assert_eq!(pacer.due(u64::MAX / 2), Due::Idle);
            for pair in frames.windows(2) {
                prop_assert!(pair[1] - pair[0] >= FRAME_PERIOD_MICROS * 3 / 4);
            }
            let span = frames[frames.len() - 1] - frames[0];
            prop_assert!(frames.len() as u64 <= span / FRAME_PERIOD_MICROS + 2);
        }
    }
}
