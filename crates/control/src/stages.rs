//! Where the time of requests goes: a few counters, told when the services stop.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::permissions::Access;

/// A part of answering a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    /// Who signed it.
    Signature,
    /// Whether they may.
    Policy,
    /// The handler, which is the database for the most part.
    Database,
    /// The audit trail.
    Audit,
}

/// Nanoseconds of each stage, waiting included: of calls that read, and of those that write.
#[derive(Debug, Default)]
pub(crate) struct Stages([[AtomicU64; 4]; 2]);

impl Stages {
    /// Counts the time since `began` for a stage, and returns the present.
    pub(crate) fn add(&self, access: Access, stage: Stage, began: Instant) -> Instant {
        let now = Instant::now();
        let nanoseconds = u64::try_from(now.duration_since(began).as_nanos()).unwrap_or(u64::MAX);
        self.0[access as usize][stage as usize].fetch_add(nanoseconds, Ordering::Relaxed);
        now
    }

    /// Writes the sums to the log, in milliseconds.
    pub(crate) fn tell(&self) {
        for (calls, access) in [("reads", Access::Read), ("writes", Access::Write)] {
            let [signature, policy, database, audit] =
                [Stage::Signature, Stage::Policy, Stage::Database, Stage::Audit]
                    .map(|stage| self.0[access as usize][stage as usize].load(Ordering::Relaxed) / 1_000_000);
            tracing::info!(
                calls,
                signature_ms = signature,
                policy_ms = policy,
                database_ms = database,
                audit_ms = audit,
                "time of requests"
            );
        }
    }
}
