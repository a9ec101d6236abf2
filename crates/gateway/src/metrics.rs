//! What the streams come to, over all sessions together, as Prometheus reads it: the figures that the page's overlay shows for one. No session,
//! user or stack is named: who may read figures need not know who works here.
//!
//! Both ends are strangers. What they say of times is taken only as far as it can be true, and nothing depends on it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use millrace_stream::frame::{FrameHeader, FrameRef};
use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper ends of the buckets of latencies, in seconds: a frame period is 0.016.
const LATENCY_BUCKETS: [f64; 15] =
    [0.0005, 0.001, 0.002, 0.004, 0.008, 0.012, 0.016, 0.024, 0.033, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0];
/// A stage that took longer is a lie, or a computer that slept; in µs.
const LONGEST_MICROS: u64 = 60_000_000;
/// Frames whose acknowledgement is awaited; an agent has two on the way.
const MOST_AWAITED: usize = 16;

/// One label with its value; both come from this program, so that there are few.
type Label = [(&'static str, &'static str); 1];

/// All figures of one gateway.
pub(crate) struct Metrics {
    registry: Registry,
    latency: Family<Label, Histogram, fn() -> Histogram>,
    frames: Counter,
    inputs: Counter,
    bytes: Family<Label, Counter>,
    pixels: Family<Label, Counter>,
    viewers: Gauge,
    ends: Family<Label, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let made = Self {
            registry: Registry::with_prefix("millrace_stream"),
            latency: Family::new_with_constructor(|| Histogram::new(LATENCY_BUCKETS)),
            frames: Counter::default(),
            inputs: Counter::default(),
            bytes: Family::default(),
            pixels: Family::default(),
            viewers: Gauge::default(),
            ends: Family::default(),
        };
        made.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register_with_unit(
            "latency",
            "From an input to the picture that shows its effect, in all (stage total) and stage by stage",
            Unit::Seconds,
            self.latency.clone(),
        );
        registry.register("frames", "Frames that browsers acknowledged", self.frames.clone());
        registry.register("inputs", "Keys, buttons and moves of pointers", self.inputs.clone());
        registry.register_with_unit("sent", "To browsers and to agents", Unit::Bytes, self.bytes.clone());
        registry.register("pixels", "Pixels that changed, by how they were sent", self.pixels.clone());
        registry.register("viewers", "Browsers that are attached to a session now", self.viewers.clone());
        registry.register("ended", "Ends of browsers' attaches to sessions, by reason", self.ends.clone());
        self
    }

    /// The text that Prometheus reads (OpenMetrics 1.0).
    pub(crate) fn text(&self, viewers: usize) -> String {
        self.viewers.set(i64::try_from(viewers).unwrap_or(i64::MAX));
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }

    /// A message went to the browser.
    pub(crate) fn to_browser(&self, bytes: usize) {
        self.bytes.get_or_create(&[("to", "browser")]).inc_by(bytes as u64);
    }

    /// A message came from the browser, for the agent or for us.
    pub(crate) fn to_agent(&self, bytes: usize) {
        self.bytes.get_or_create(&[("to", "agent")]).inc_by(bytes as u64);
    }

    pub(crate) fn input(&self) {
        self.inputs.inc();
    }

    /// An attach is over.
    pub(crate) fn ended(&self, reason: &'static str) {
        self.ends.get_or_create(&[("reason", reason)]).inc();
    }

    /// Counts the pixels of a frame, or of a part of one.
    pub(crate) fn frame(&self, frame: &FrameRef<'_>) {
        for operation in frame.operations() {
            self.pixels.get_or_create(&[("codec", operation.name())]).inc_by(operation.to().area().into());
        }
    }

    fn acknowledged(&self, frame: &FrameHeader, acknowledgement: Acknowledgement) {
        self.frames.inc();
        if frame.input_sequence == 0 || frame.injected == 0 {
            return;
        }
        for (stage, micros) in stages(frame, acknowledgement) {
            if let Some(micros) = micros.filter(|micros| *micros <= LONGEST_MICROS) {
                self.latency.get_or_create(&[("stage", stage)]).observe(micros as f64 / 1e6);
            }
        }
    }
}

/// When a browser says that it had a frame (client time, µs).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acknowledgement {
    pub(crate) received: u64,
    pub(crate) decoded: u64,
    pub(crate) presented: u64,
}

/// The stages of the overlay, in µs; none where the times contradict each other. The clocks of both ends are compared only with themselves.
fn stages(frame: &FrameHeader, seen: Acknowledgement) -> [(&'static str, Option<u64>); 7] {
    let inside = frame.encoded.checked_sub(frame.injected);
    let outside = seen.received.checked_sub(frame.input_time);
    [
        ("total", seen.presented.checked_sub(frame.input_time)),
        ("network", outside.zip(inside).and_then(|(outside, inside)| outside.checked_sub(inside))),
        ("application", frame.damaged.checked_sub(frame.injected)),
        ("capture", frame.captured.checked_sub(frame.damaged)),
        ("encode", frame.encoded.checked_sub(frame.captured)),
        ("decode", seen.decoded.checked_sub(seen.received)),
        ("paint", seen.presented.checked_sub(seen.decoded)),
    ]
}

/// One attach's frames that are on their way.
#[derive(Debug, Default)]
pub(crate) struct Awaited(Mutex<VecDeque<FrameHeader>>);

impl Awaited {
    /// A frame goes to the browser. Of the parts of one the last counts: its stamps are those of the whole.
    pub(crate) fn sent(&self, frame: &FrameHeader) {
        if !frame.last_part {
            return;
        }
        let mut frames = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if frames.len() == MOST_AWAITED {
            frames.pop_front();
        }
        frames.push_back(*frame);
    }

    /// The browser had it.
    pub(crate) fn acknowledged(&self, frame: u32, acknowledgement: Acknowledgement, metrics: &Metrics) {
        let mut frames = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = frames.iter().position(|known| known.frame == frame) else { return };
        if let Some(header) = frames.remove(at) {
            drop(frames);
            metrics.acknowledged(&header, acknowledgement);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Acknowledgement, Awaited, Metrics};
    use millrace_stream::frame::FrameHeader;

    const FRAME: FrameHeader = FrameHeader {
        frame: 7,
        last_part: true,
        whole_picture: false,
        input_sequence: 1,
        input_time: 5_000_000,
        injected: 100_000,
        damaged: 101_000,
        captured: 101_500,
        encoded: 102_500,
    };

    fn seen(received: u64) -> Acknowledgement {
        Acknowledgement { received, decoded: received + 1_000, presented: received + 3_000 }
    }

    #[test]
    fn an_acknowledged_frame_tells_its_stages() {
        let (metrics, awaited) = (Metrics::default(), Awaited::default());
        awaited.sent(&FRAME);
        // A frame of which nobody knows, and the right one twice.
        for frame in [8, 7, 7] {
            awaited.acknowledged(frame, seen(5_012_500), &metrics);
        }
        metrics.ended("lost");
        let text = metrics.text(3);
        for line in [
            "millrace_stream_frames_total 1",
            "millrace_stream_viewers 3",
            "millrace_stream_latency_seconds_count{stage=\"total\"} 1",
            "millrace_stream_latency_seconds_sum{stage=\"total\"} 0.0155",
            "millrace_stream_latency_seconds_sum{stage=\"network\"} 0.01",
            "millrace_stream_latency_seconds_sum{stage=\"paint\"} 0.002",
            "millrace_stream_ended_total{reason=\"lost\"} 1",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} is not in:\n{text}");
        }
    }

    #[test]
    fn times_that_cannot_be_are_left_out() {
        let (metrics, awaited) = (Metrics::default(), Awaited::default());
        awaited.sent(&FrameHeader { encoded: 0, ..FRAME });
        awaited.acknowledged(7, seen(4_000_000), &metrics);
        let text = metrics.text(0);
        assert!(text.contains("frames_total 1") && !text.contains("stage=\"total\""), "{text}");
        assert!(!text.contains("stage=\"network\"") && !text.contains("stage=\"encode\""), "{text}");
        // As many as are kept, whoever acknowledges nothing.
        for frame in 0..100 {
            awaited.sent(&FrameHeader { frame, ..FRAME });
        }
        assert_eq!(awaited.0.lock().unwrap().len(), super::MOST_AWAITED);
    }
}
