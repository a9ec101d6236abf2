//! What code cannot compute: the time, and what is unique. Tests put their own in its place.

use std::time::SystemTime;

use millrace_model::Timestamp;
use uuid::Uuid;

/// The time, and what is unique.
pub trait Surroundings: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// A UUID that nothing else has: of requests, sessions, instances, tickets.
    fn unique(&self) -> Uuid;
}

/// The system's clock and random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemSurroundings;

impl Surroundings for SystemSurroundings {
    fn now(&self) -> Timestamp {
        // A clock before 1970 counts as 1970: signatures are refused then, and nothing expires.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn unique(&self) -> Uuid {
        Uuid::new_v4()
    }
}
