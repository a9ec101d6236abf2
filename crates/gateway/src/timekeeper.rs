//! When a user who does nothing is warned and then disconnected, and when a session's end is announced. Pure: times are passed in.

use std::time::Duration;

use millrace_stream::message::NoticeKind;

/// How long before an idle stream ends its user is warned; half the time-out if that is shorter.
const IDLE_WARNING: Duration = Duration::from_secs(60);
/// How long before its longest duration is over a session's user is warned (AppStream's five minutes).
const END_WARNING: Duration = Duration::from_secs(5 * 60);

/// One attach's clocks.
#[derive(Debug)]
pub(crate) struct Timekeeper {
    idle: Option<Duration>,
    /// The last input after which it was told what happens: after another one it is told again.
    told_after: Option<Duration>,
    end_told: bool,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing, for this long.
    Wait(Duration),
    /// Tell the user what happens after this many seconds.
    Tell(NoticeKind, u32),
    /// The user did nothing for too long.
    Disconnect,
}

/// With nothing to watch for, it is looked again after this.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

impl Timekeeper {
    /// 0 seconds: who does nothing may stay.
    pub(crate) fn new(idle_disconnect_seconds: u32) -> Self {
        let idle = (idle_disconnect_seconds > 0).then(|| Duration::from_secs(idle_disconnect_seconds.into()));
        Self { idle, told_after: None, end_told: false }
    }

    /// What to do at `now`, when the last input was at `last_input` (both since the attach began), `until_end` before the session's end (none:
    /// unknown).
    pub(crate) fn step(&mut self, now: Duration, last_input: Duration, until_end: Option<Duration>) -> Step {
        let mut wait = LONGEST_WAIT;
        if let Some(timeout) = self.idle {
            let warning = IDLE_WARNING.min(timeout / 2);
            let left = timeout.saturating_sub(now.saturating_sub(last_input));
            if left.is_zero() {
                return Step::Disconnect;
            }
            if left > warning {
                wait = wait.min(left - warning);
            } else if self.told_after == Some(last_input) {
                wait = wait.min(left);
            } else {
                self.told_after = Some(last_input);
                return Step::Tell(NoticeKind::Idle, seconds(left));
            }
        }
        if let Some(left) = until_end
            && !self.end_told
        {
            if left <= END_WARNING {
                self.end_told = true;
                return Step::Tell(NoticeKind::Time, seconds(left));
            }
            wait = wait.min(left - END_WARNING);
        }
        Step::Wait(wait)
    }
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WAIT, Step, Timekeeper};
    use millrace_stream::message::NoticeKind;
    use std::time::Duration;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn who_does_nothing_is_warned_and_then_disconnected() {
        let mut keeper = Timekeeper::new(600);
        assert_eq!(keeper.step(s(0), s(0), None), Step::Wait(s(540)));
        assert_eq!(keeper.step(s(540), s(0), None), Step::Tell(NoticeKind::Idle, 60));
        assert_eq!(keeper.step(s(541), s(0), None), Step::Wait(s(59)));
        // Input, and then the same again.
        assert_eq!(keeper.step(s(600), s(590), None), Step::Wait(s(530)));
        assert_eq!(keeper.step(s(1135), s(590), None), Step::Tell(NoticeKind::Idle, 55));
        assert_eq!(keeper.step(s(1190), s(590), None), Step::Disconnect);
        assert_eq!(Timekeeper::new(60).step(s(30), s(0), None), Step::Tell(NoticeKind::Idle, 30));
        assert_eq!(Timekeeper::new(0).step(s(1_000_000), s(0), None), Step::Wait(LONGEST_WAIT));
    }

    #[test]
    fn who_is_idle_again_is_warned_again() {
        // The time after the warning is as long as that before it: input at that very moment is looked at when the next warning is due.
        let mut keeper = Timekeeper::new(60);
        assert_eq!(keeper.step(s(30), s(0), None), Step::Tell(NoticeKind::Idle, 30));
        assert_eq!(keeper.step(s(60), s(30), None), Step::Tell(NoticeKind::Idle, 30));
        assert_eq!(keeper.step(s(61), s(30), None), Step::Wait(s(29)));
        assert_eq!(keeper.step(s(90), s(30), None), Step::Disconnect);
    }

    #[test]
    fn the_end_is_announced_once_five_minutes_before() {
        let mut keeper = Timekeeper::new(0);
        assert_eq!(keeper.step(s(0), s(0), Some(s(1000))), Step::Wait(s(700)));
        assert_eq!(keeper.step(s(0), s(0), Some(s(299))), Step::Tell(NoticeKind::Time, 299));
        assert_eq!(keeper.step(s(0), s(0), Some(s(298))), Step::Wait(LONGEST_WAIT));
        assert_eq!(Timekeeper::new(0).step(s(0), s(0), Some(s(0))), Step::Tell(NoticeKind::Time, 0));
    }
}
