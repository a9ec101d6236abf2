//! Which input a frame shows, and when each stage of its way was passed.
//!
//! The X server handles the agent's requests in their order and tells with each event how far it has come (the sequence number of the last
//! request). So a damage event whose mark is not below that of an injection came after the injection: no clock is needed to say so.

use std::collections::VecDeque;

/// Most injections that are remembered while nothing is damaged; of more, the newest count.
const MAX_REMEMBERED: usize = 256;

/// An injected input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Injected {
    mark: u64,
    sequence: u32,
    time: u64,
    injected: u64,
}

/// The stamps of a frame. See [`crate::frame::FrameHeader`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// The newest input before the damage; 0: none.
    pub input_sequence: u32,
    /// Its client time, µs.
    pub input_time: u64,
    /// When it was injected, server time, µs.
    pub injected: u64,
    /// When the first damage was seen, server time, µs.
    pub damaged: u64,
}

/// Remembers injections until a frame shows their effect.
#[derive(Debug, Default)]
pub struct InputTrace {
    waiting: VecDeque<Injected>,
    shown: Injected,
    damaged: u64,
}

impl InputTrace {
    /// An input went to the X server at `now` in a request with this mark; `sequence` 0 (no viewer's input) is not remembered.
    pub fn injected(&mut self, mark: u64, sequence: u32, time: u64, now: u64) {
        if sequence == 0 {
            return;
        }
        if self.waiting.len() == MAX_REMEMBERED {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Injected { mark, sequence, time, injected: now });
    }

    /// The X server reported damage, seen at `now`, when it had handled the requests up to `mark`.
    pub fn damaged(&mut self, mark: u64, now: u64) {
        if self.damaged == 0 {
            self.damaged = now;
        }
        while let Some(injected) = self.waiting.front()
            && injected.mark <= mark
        {
            self.shown = *injected;
            self.waiting.pop_front();
        }
    }

    /// The frame with these stamps changed no pixel, or was given up: the input is kept for the frame that shows its effect.
    pub const fn put_back(&mut self, stamps: Stamps) {
        if self.shown.sequence == 0 {
            self.shown = Injected {
                mark: 0,
                sequence: stamps.input_sequence,
                time: stamps.input_time,
                injected: stamps.injected,
            };
        }
    }

    /// The stamps for the frame that is made now; the next frame begins anew.
    pub fn take(&mut self) -> Stamps {
        let shown = std::mem::take(&mut self.shown);
        Stamps {
            input_sequence: shown.sequence,
            input_time: shown.time,
            injected: shown.injected,
            damaged: std::mem::take(&mut self.damaged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_carries_the_newest_input_before_its_damage() {
        let mut trace = InputTrace::default();
        trace.injected(10, 1, 100, 1000);
        trace.injected(11, 2, 200, 2000);
        trace.injected(20, 3, 300, 3000);
        trace.damaged(9, 3500);
        trace.damaged(12, 4000);
        let stamps = Stamps { input_sequence: 2, input_time: 200, injected: 2000, damaged: 3500 };
        assert_eq!(trace.take(), stamps);
        assert_eq!(trace.take(), Stamps::default());
        trace.damaged(20, 5000);
        let stamps = trace.take();
        assert_eq!(stamps.input_sequence, 3);
        trace.put_back(stamps);
        trace.damaged(21, 6000);
        assert_eq!(trace.take(), Stamps { damaged: 6000, ..stamps });
        // A newer one goes before one that was put back.
        trace.injected(30, 4, 400, 7000);
        trace.damaged(30, 8000);
        trace.put_back(stamps);
        assert_eq!(trace.take().input_sequence, 4);
    }

    #[test]
    fn its_memory_is_bounded() {
        let mut trace = InputTrace::default();
        for sequence in 1..10_000 {
            trace.injected(sequence.into(), sequence, 0, 0);
        }
        assert_eq!(trace.waiting.len(), MAX_REMEMBERED);
        trace.damaged(u64::MAX, 1);
        assert_eq!(trace.take().input_sequence, 9999);
    }
}
