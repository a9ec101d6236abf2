//! Notices when somebody sets the system's clock: an administrator, a time server, a host that was suspended.
//!
//! Sessions last for so long, users may stay away for so long: those are spans of time, while what is stored are moments. A clock that is set forwards by
//! a day must not end everybody's session, and one that is set back must not keep instances for a day longer. So the reconciler compares the
//! clock with one that nobody can set, and moves the moments of what lives along with it.

use std::time::Duration;

use millrace_model::Timestamp;

/// A clock is corrected all the time; what is less than this is no matter, in milliseconds.
const TOLERANCE: i64 = 10_000;

/// The clock as it was seen last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockWatch {
    now: Timestamp,
    steady: Duration,
    /// By how much it was set since the beginning, in milliseconds.
    set_by: i64,
}

/// The clock was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Jump {
    /// By so many milliseconds, forwards or back.
    pub(crate) by: i64,
    /// What was recorded from this moment on may have been recorded after it: by the clock as it is now.
    pub(crate) since: Timestamp,
}

impl ClockWatch {
    pub(crate) fn new(now: Timestamp, steady: Duration) -> Self {
        Self { now, steady, set_by: 0 }
    }

    /// Whether the clock was set since the last look.
    pub(crate) fn jump(&self, now: Timestamp, steady: Duration) -> Option<Jump> {
        let passed = i64::try_from(steady.saturating_sub(self.steady).as_millis()).unwrap_or(i64::MAX);
        let by = now.0.saturating_sub(self.now.0).saturating_sub(passed);
        (by.abs() > TOLERANCE).then_some(Jump { by, since: Timestamp(now.0 - passed) })
    }

    /// This look is over, and what followed from its jump is done.
    pub(crate) fn seen(&mut self, now: Timestamp, steady: Duration) {
        let by = self.jump(now, steady).map_or(0, |jump| jump.by);
        *self = Self { now, steady, set_by: self.set_by.saturating_add(by) };
    }

    /// By how much the clock was set since the beginning, in milliseconds.
    #[cfg(test)]
    pub(crate) fn set_by(&self) -> i64 {
        self.set_by
    }

    /// The present, but no later than it would be if nobody had set the clock: what is to be forgotten some time later must not be forgotten because of
    /// a clock that runs a year ahead for a minute.
    pub(crate) fn cautious(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_sub(self.set_by.max(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn only_what_is_set_is_a_jump() {
        let mut watch = ClockWatch::new(Timestamp(50 * HOUR), Duration::from_secs(7));
        let after = Duration::from_secs(17);
        assert_eq!(watch.jump(Timestamp(50 * HOUR + 10_000), after), None);
        assert_eq!(watch.jump(Timestamp(50 * HOUR + 15_000), after), None, "time servers do that");
        let forwards = Timestamp(60 * HOUR + 10_000);
        let jump = watch.jump(forwards, after).unwrap();
        assert_eq!(jump, Jump { by: 10 * HOUR, since: Timestamp(60 * HOUR) });
        watch.seen(forwards, after);
        assert_eq!(watch.jump(forwards, after), None);
        assert_eq!(watch.cautious(forwards), Timestamp(50 * HOUR + 10_000));
        let back = Timestamp(20 * HOUR);
        assert_eq!(watch.jump(back, after).unwrap().by, -40 * HOUR - 10_000);
        watch.seen(back, after);
        assert_eq!(watch.cautious(back), back, "never later than now");
    }
}
