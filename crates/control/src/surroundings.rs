//! What code cannot compute: the time, and what is unique. Tests put their own in its place.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use millrace_model::Timestamp;
use uuid::Uuid;

/// The time, and what is unique.
pub trait Surroundings: Send + Sync + 'static {
    /// The present moment, and at the same time what a clock says that nobody can set: the time since some moment that stays the same.
    fn clocks(&self) -> (Timestamp, Duration);

    /// The present moment.
    fn now(&self) -> Timestamp {
        self.clocks().0
    }

    /// A UUID that nothing else has: of requests, sessions, instances, tickets. It comes from a source that nobody can guess.
    fn unique(&self) -> Uuid;
}

/// Random bytes out of the surroundings: of secrets, ids and nonces.
pub(crate) struct Random<'a>(pub(crate) &'a dyn Surroundings);

impl millrace_iam::Entropy for Random<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(6) {
            // Of a random UUID, these bytes are all random: version and variant are in others.
            let unique = self.0.unique();
            chunk.copy_from_slice(&unique.as_bytes()[10..10 + chunk.len()]);
        }
    }
}

/// The system's clock and random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemSurroundings;

impl Surroundings for SystemSurroundings {
    fn clocks(&self) -> (Timestamp, Duration) {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        let steady = BEGAN.elapsed();
        // A clock before 1970 counts as 1970: signatures are refused then, and nothing expires.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        (Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)), steady)
    }

    fn unique(&self) -> Uuid {
        Uuid::new_v4()
    }
}
