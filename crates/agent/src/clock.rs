//! Server time.

use rustix::event::Timespec;
use rustix::time::{ClockId, clock_gettime};

/// CLOCK_MONOTONIC in µs: the host's, which gateway and agent share.
pub(crate) fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    // INVARIANT: this clock counts from the start of the machine, so it is never negative.
    time.tv_sec.unsigned_abs() * 1_000_000 + time.tv_nsec.unsigned_abs() / 1000
}

/// What this thread has had of the processors, in µs.
pub(crate) fn thread_micros() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // INVARIANT: it counts from the start of the thread.
    time.tv_sec.unsigned_abs() * 1_000_000 + time.tv_nsec.unsigned_abs() / 1000
}

/// So many µs, for a wait.
pub(crate) fn timespec(micros: u64) -> Timespec {
    // INVARIANT: waits are at most minutes.
    Timespec { tv_sec: (micros / 1_000_000) as i64, tv_nsec: (micros % 1_000_000 * 1000) as i64 }
}
