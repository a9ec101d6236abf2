//! How long a fleet waits before it tries again to make an instance.
//!
//! The moments are those of a clock that may be set back: one that lies ahead of now says nothing, and must not make a fleet wait until then.

use serde::{Deserialize, Serialize};

use crate::fleet::FleetError;
use crate::time::Timestamp;

/// The first wait in seconds; each further failure doubles it.
pub const FIRST_DELAY_SECONDS: u32 = 2;
/// The longest wait in seconds.
pub const LONGEST_DELAY_SECONDS: u32 = 300;
/// A fleet that had no failure for so many seconds after its wait was over starts to count anew.
pub const FORGET_AFTER_SECONDS: u32 = 120;
/// An instance that ended by itself before it was so many seconds old counts as one that could not start.
pub const EARLY_DEATH_SECONDS: u32 = 60;

/// What went wrong with a fleet's instances of late, and what is shown of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Failures in a row; those of attempts that overlapped count once.
    pub failures: u32,
    /// When the newest one was seen.
    pub last_failure_at: Option<Timestamp>,
    /// Until when no further instance is made.
    pub retry_at: Option<Timestamp>,
    /// What is shown to the owner.
    pub errors: Vec<FleetError>,
    /// Why the fleet has fewer instances than it should, where the host has no room for more.
    #[serde(default)]
    pub shortage: Option<FleetError>,
}

impl Health {
    /// An attempt that began at `began_at` failed.
    #[must_use]
    pub fn failed(&self, began_at: Timestamp, now: Timestamp, error: FleetError) -> Self {
        let mut health = self.clone();
        let same_burst = self.last_failure_at.is_some_and(|last| began_at <= last && last <= now);
        if !same_burst {
            let forgotten =
                self.retry_at.is_some_and(|retry_at| now > retry_at.plus_seconds(FORGET_AFTER_SECONDS));
            health.failures = if forgotten { 1 } else { self.failures.saturating_add(1) };
            health.last_failure_at = Some(now);
            health.retry_at = Some(now.plus_seconds(delay_seconds(health.failures)));
        }
        health.errors.retain(|known| known.code != error.code);
        health.errors.push(error);
        health
    }

    /// An attempt that began at `began_at` succeeded: what failed before it is over, but not what failed beside it. The count stays, so that
    /// instances which become ready and then end at once do not spin.
    #[must_use]
    pub fn succeeded(&self, began_at: Timestamp) -> Self {
        if self.last_failure_at.is_some_and(|failed_at| began_at <= failed_at) {
            return self.clone();
        }
        self.complete()
    }

    /// Nothing is missing. The count stays, as in [`Health::succeeded`].
    #[must_use]
    pub fn complete(&self) -> Self {
        Self { errors: Vec::new(), ..self.clone() }
    }

    /// The host has no room for what is missing, or has it again.
    #[must_use]
    pub fn short(&self, shortage: Option<FleetError>) -> Self {
        Self { shortage, ..self.clone() }
    }

    /// All that the owner is shown.
    pub fn shown(&self) -> impl Iterator<Item = &FleetError> {
        self.errors.iter().chain(&self.shortage)
    }

    /// Whether another instance may be made now: the wait is over, or the clock was set back since it began.
    #[must_use]
    pub fn may_try(&self, now: Timestamp) -> bool {
        let set_back = self.last_failure_at.is_some_and(|last| last > now);
        set_back || self.retry_at.is_none_or(|retry_at| now >= retry_at)
    }
}

fn delay_seconds(failures: u32) -> u32 {
    let doublings = failures.saturating_sub(1).min(16);
    FIRST_DELAY_SECONDS.saturating_mul(1 << doublings).min(LONGEST_DELAY_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::FleetErrorCode;

    fn error() -> FleetError {
        FleetError { code: FleetErrorCode::ProvisioningFailure, message: "no".to_owned() }
    }

    #[test]
    fn waits_double_up_to_the_bound() {
        let mut health = Health::default();
        let mut now = Timestamp(1_000_000);
        let mut waits = Vec::new();
        for _ in 0..10 {
            health = health.failed(now, now, error());
            let retry_at = health.retry_at.unwrap();
            assert!(!health.may_try(now) && health.may_try(retry_at));
            waits.push(retry_at.millis_since(now) / 1000);
            now = retry_at;
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(health.errors.len(), 1, "one error of a kind is enough");
    }

    #[test]
    fn a_clock_that_is_set_back_neither_stops_nor_hurries() {
        let failed = Health::default().failed(Timestamp(9_000_000), Timestamp(9_000_000), error());
        let back = Timestamp(1_000_000);
        assert!(!failed.may_try(Timestamp(9_000_000)));
        assert!(failed.may_try(back), "or it would wait for hours");
        let again = failed.failed(back, back, error());
        assert_eq!((again.failures, again.may_try(back)), (2, false), "or it would try without a pause");
        assert!(again.may_try(again.retry_at.unwrap()));
    }

    #[test]
    fn overlapping_attempts_count_once_and_old_failures_are_forgotten() {
        let began = Timestamp(0);
        let first = Health::default().failed(began, Timestamp(10), error());
        assert_eq!(first.failed(began, Timestamp(20), error()).failures, 1);
        let later = Timestamp(10_000_000);
        assert_eq!(first.failed(later, later, error()).failures, 1);
        assert_eq!(first.succeeded(began), first, "one that began before the failure proves nothing");
        let soon = first.retry_at.unwrap();
        assert_eq!(first.succeeded(soon).errors, []);
        let second = first.succeeded(soon).failed(soon, soon, error());
        assert_eq!(second.failures, 2, "readiness alone does not reset the count");
    }
}
