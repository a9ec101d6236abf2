//! Pacer and goodput together over a link that is thin, far and lossy, in virtual time: how long somebody who types waits beside a film.

use std::collections::VecDeque;

use crate::goodput::Goodput;
use crate::pacing::{Due, FRAME_PERIOD_MICROS, FramePacer};

const BYTES_PER_SECOND: u64 = 250_000;
const ROUND_TRIP: u64 = 150_000;
const SEGMENT_BYTES: u64 = 1448;
/// A character in a text, and what a frame has beside it.
const ANSWER_BYTES: u64 = 600;
/// What a browser takes to decode and paint, in µs.
const HANDLED: u64 = 10_000;

/// What is on its way down: when it is presented, and the keys that it shows.
struct Frame {
    number: u32,
    presented: u64,
    keys: Vec<u64>,
}

struct Link {
    loss_per_thousand: u64,
    random: u64,
    free: u64,
    last: u64,
}

impl Link {
    fn random(&mut self) -> u64 {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.random >> 33
    }

    /// When the last of so many bytes arrives. What is lost comes a round trip later, and what was sent after it waits.
    fn carry(&mut self, bytes: u64, now: u64) -> u64 {
        for segment in 0..bytes.div_ceil(SEGMENT_BYTES) {
            let length = SEGMENT_BYTES.min(bytes - segment * SEGMENT_BYTES);
            self.free = self.free.max(now) + length * 1_000_000 / BYTES_PER_SECOND;
            let lost = self.random() % 1000 < self.loss_per_thousand;
            let arrives = self.free + ROUND_TRIP / 2 + if lost { ROUND_TRIP } else { 0 };
            self.last = self.last.max(arrives);
        }
        self.last
    }
}

/// Types beside a film for so many seconds; gives how long each key took until its effect was presented, in µs, and the pictures a second.
fn typing(seconds: u64, loss_per_thousand: u64, (least_bytes, good_bytes): (u64, u64)) -> (Vec<u64>, f64) {
    let (mut pacer, mut goodput) = (FramePacer::default(), Goodput::default());
    let mut link = Link { loss_per_thousand, random: 1, free: 0, last: 0 };
    let (start, mut frames, mut pending) = (1_000_000, VecDeque::<Frame>::new(), Vec::new());
    let (mut next_picture, mut next_key, mut answers, mut shown) = (start, start + 2_000_000, Vec::new(), 0);
    for now in (start..start + seconds * 1_000_000).step_by(500) {
        while frames.front().is_some_and(|frame| frame.presented + ROUND_TRIP / 2 <= now) {
            let Some(frame) = frames.pop_front() else { break };
            goodput.acknowledged(frame.number, HANDLED, now);
            pacer.set_way(goodput.way());
            pacer.acknowledged(frame.number).unwrap();
            answers.extend(frame.keys.iter().map(|pressed| frame.presented - pressed));
            shown += 1;
        }
        if now >= next_picture {
            next_picture += FRAME_PERIOD_MICROS;
            pacer.damaged();
        }
        if now >= next_key {
            pending.push(now);
            next_key = now + 200_000 + link.random() % 300_000;
        }
        let arrived = pending.iter().filter(|pressed| **pressed + ROUND_TRIP / 2 <= now).count();
        if arrived > 0 && pacer.takes_answer(now) {
            let number = pacer.answered(ANSWER_BYTES as usize, now);
            goodput.sent(number, ANSWER_BYTES as usize, now);
            let presented = link.carry(ANSWER_BYTES, now) + HANDLED;
            frames.push_back(Frame { number, presented, keys: pending.drain(..arrived).collect() });
        }
        if pacer.due(now) == Due::Now {
            pacer.taken(now);
            let bytes = goodput
                .bytes_per_second()
                .map_or(good_bytes, |rate| (rate * 8 / 300).clamp(least_bytes, good_bytes));
            let number = pacer.sent(bytes as usize, now);
            goodput.sent(number, bytes as usize, now);
            let presented = link.carry(bytes, now) + HANDLED;
            frames.push_back(Frame { number, presented, keys: Vec::new() });
        }
    }
    answers.sort_unstable();
    (answers, shown as f64 / seconds as f64)
}

/// The design's goal: a round trip and 150 ms; for a film in a small window and for one that fills a large screen.
#[test]
fn typing_does_not_wait_behind_a_film() {
    for (loss_per_thousand, sizes) in [
        (0, (1500, 5000)),
        (10, (1500, 5000)),
        (0, (1500, 14_000)),
        (10, (1500, 14_000)),
        (30, (1500, 14_000)),
        (10, (1500, 26_000)),
        // One that cannot be made smaller, however bad it looks.
        (0, (8500, 14_000)),
        (10, (8500, 14_000)),
    ] {
        for seconds in [12, 120] {
            let (answers, rate) = typing(seconds, loss_per_thousand, sizes);
            let at = |share: f64| answers[((answers.len() - 1) as f64 * share) as usize] / 1000;
            let told = format!(
                "{loss_per_thousand} ‰ lost, {sizes:?} bytes a picture, {seconds} s: p50 {} ms, p95 {} ms, {rate:.1} pictures a second",
                at(0.5),
                at(0.95)
            );
            assert!(at(0.5) <= 200 && at(0.95) <= 350 && rate >= 18.0, "{told}");
        }
    }
}
