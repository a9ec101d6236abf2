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

/// A key, or an acknowledgement.
const MESSAGE_BYTES: u64 = 60;

/// What is on its way down: when it was sent, when it is presented, and when the keys that it shows were pressed.
struct Frame {
    number: u32,
    sent: u64,
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
    const fn new(loss_per_thousand: u64, random: u64) -> Self {
        Self { loss_per_thousand, random, free: 0, last: 0 }
    }

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

/// What came of it.
struct Seen {
    /// How long each key took until its effect was presented, in µs, in order of length.
    answers: Vec<u64>,
    /// The same for the film's pictures, from sending to presenting.
    pictures: Vec<u64>,
    pictures_per_second: f64,
    /// The share of the link that the film took.
    share: f64,
}

/// A film for so many seconds, and somebody who `types` beside it or does not.
fn film(seconds: u64, loss_per_thousand: u64, (least_bytes, good_bytes): (u64, u64), types: bool) -> Seen {
    let (mut pacer, mut goodput) = (FramePacer::default(), Goodput::default());
    let (mut down, mut up) = (Link::new(loss_per_thousand, 1), Link::new(loss_per_thousand, 2));
    let (mut coming, mut acknowledged) = (VecDeque::<Frame>::new(), VecDeque::<(u64, u32)>::new());
    let (mut pressed, mut answers) = (VecDeque::<(u64, u64)>::new(), Vec::new());
    let (mut pictures, mut bytes_of_film) = (Vec::new(), 0);
    let start = 1_000_000;
    let (mut next_picture, mut next_key) = (start, start + 2_000_000);
    for now in (start..start + seconds * 1_000_000).step_by(500) {
        while coming.front().is_some_and(|frame| frame.presented <= now) {
            let Some(frame) = coming.pop_front() else { break };
            if frame.keys.is_empty() {
                pictures.push(frame.presented - frame.sent);
            }
            answers.extend(frame.keys.iter().map(|pressed| frame.presented - pressed));
            acknowledged.push_back((up.carry(MESSAGE_BYTES, now), frame.number));
        }
        while acknowledged.front().is_some_and(|(arrives, _)| *arrives <= now) {
            let Some((_, frame)) = acknowledged.pop_front() else { break };
            goodput.acknowledged(frame, HANDLED, now);
            pacer.set_way(goodput.way());
            pacer.acknowledged(frame).unwrap();
        }
        if now >= next_picture {
            next_picture += FRAME_PERIOD_MICROS;
            pacer.damaged();
        }
        if types && now >= next_key {
            pressed.push_back((up.carry(MESSAGE_BYTES, now), now));
            next_key = now + 200_000 + down.random() % 300_000;
        }
        let mut send = |pacer: &FramePacer, number, bytes, keys| {
            goodput.sent(number, bytes as usize, pacer.parts(now), now);
            let presented = down.carry(bytes, now) + HANDLED;
            coming.push_back(Frame { number, sent: now, presented, keys });
        };
        let arrived = pressed.iter().filter(|(arrives, _)| *arrives <= now).count();
        if arrived > 0 && pacer.takes_answer(now) {
            let number = pacer.answered(ANSWER_BYTES as usize, now);
            send(&pacer, number, ANSWER_BYTES, pressed.drain(..arrived).map(|(_, at)| at).collect());
        }
        if pacer.due(now) == Due::Now {
            pacer.taken(now);
            let film_bytes = |rate: u64| (rate / pacer.parts(now) * 8 / 300).clamp(least_bytes, good_bytes);
            let bytes = pacer.way().map_or(good_bytes, |way| film_bytes(way.bytes_per_second));
            bytes_of_film += bytes;
            let number = pacer.sent(bytes as usize, now);
            send(&pacer, number, bytes, Vec::new());
        }
    }
    answers.sort_unstable();
    let pictures_per_second = pictures.len() as f64 / seconds as f64;
    pictures.sort_unstable();
    Seen {
        answers,
        pictures,
        pictures_per_second,
        share: bytes_of_film as f64 / (seconds * BYTES_PER_SECOND) as f64,
    }
}

const SIZES: [(u64, u64); 4] = [
    (1500, 5000),
    (1500, 14_000),
    (1500, 26_000),
    // One that cannot be made smaller, however bad it looks.
    (8500, 14_000),
];

/// The design's goal: a round trip and 150 ms; for a film in a small window and for one that fills a large screen. Where each key and each
/// acknowledgement can be lost too, one in twenty takes a little longer yet.
#[test]
fn typing_does_not_wait_behind_a_film() {
    for (loss_per_thousand, sizes) in
        [0, 10, 30].into_iter().flat_map(|loss| SIZES.map(|sizes| (loss, sizes)))
    {
        for seconds in [12, 120] {
            let Seen { answers, pictures_per_second, .. } = film(seconds, loss_per_thousand, sizes, true);
            let at = |share: f64| answers[((answers.len() - 1) as f64 * share) as usize] / 1000;
            let told = format!(
                "{loss_per_thousand} ‰ lost, {sizes:?} bytes a picture, {seconds} s: p50 {} ms, p95 {} ms, {pictures_per_second:.1} pictures a second",
                at(0.5),
                at(0.95)
            );
            assert!(at(0.5) <= 180 && at(0.95) <= 350 && pictures_per_second >= 4.0, "{told}");
        }
    }
}

/// A segment that is lost is no sign of a link that is too narrow.
#[test]
fn a_film_alone_makes_use_of_the_link() {
    for (loss_per_thousand, least, fewest) in [(0, 0.8, 18.0), (10, 0.65, 18.0), (30, 0.4, 14.0)] {
        for sizes in SIZES {
            let Seen { share, pictures_per_second, .. } = film(60, loss_per_thousand, sizes, false);
            let told = format!(
                "{loss_per_thousand} ‰ lost, {sizes:?} bytes a picture: {share:.2} of the link, {pictures_per_second:.1} pictures a second"
            );
            assert!(share >= least && pictures_per_second >= fewest, "{told}");
        }
    }
}

/// A film of JPEGs, for a viewer without H.264: each picture alone keeps the link busy for long, and none waits behind more than one other.
#[test]
fn large_pictures_do_not_queue() {
    for (loss_per_thousand, bytes) in
        [0, 10, 30].into_iter().flat_map(|loss| [40_000, 80_000, 160_000].map(|bytes| (loss, bytes)))
    {
        let Seen { pictures, share, .. } = film(60, loss_per_thousand, (bytes, bytes), false);
        let at = |share: f64| pictures[((pictures.len() - 1) as f64 * share) as usize];
        let own = bytes * 1_000_000 / BYTES_PER_SECOND;
        let alone = own + ROUND_TRIP / 2 + HANDLED;
        let told = format!(
            "{loss_per_thousand} ‰ lost, {bytes} bytes a picture: p50 {} ms, p95 {} ms, {share:.2} of the link",
            at(0.5) / 1000,
            at(0.95) / 1000
        );
        assert!(at(0.5) <= alone + own && at(0.95) <= alone + 2 * own && share >= 0.75, "{told}");
    }
}
