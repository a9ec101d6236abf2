//! Which accounts call at present.

use std::time::{Duration, Instant};

/// An account that has not called for so long does not count as one that calls.
const CALLS_STILL: Duration = Duration::from_secs(1);

/// The two accounts that have called last, and when.
#[derive(Default)]
pub(super) struct Recent {
    last: Option<(usize, Instant)>,
    /// Another one than the last.
    before: Option<(usize, Instant)>,
}

impl Recent {
    /// Notes a call, and tells whether another account has called a short while ago.
    pub(super) fn note(&mut self, account: usize, now: Instant) -> bool {
        if let Some((other, at)) = self.last
            && other != account
        {
            self.before = Some((other, at));
        }
        self.last = Some((account, now));
        self.before.is_some_and(|(_, at)| now.saturating_duration_since(at) < CALLS_STILL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_alone_until_another_calls_and_again_a_while_after() {
        let now = Instant::now();
        let mut recent = Recent::default();
        assert!(!recent.note(1, now));
        assert!(!recent.note(1, now));
        assert!(recent.note(2, now));
        assert!(recent.note(1, now));
        // A third one, and the first calls no more: it still counts for a while.
        assert!(recent.note(3, now));
        let later = now + CALLS_STILL;
        assert!(!recent.note(3, later));
        assert!(!recent.note(3, later));
        assert!(recent.note(2, later));
    }
}
