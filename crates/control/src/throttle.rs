//! How much one account may ask for: token buckets for each class of operations, and a bound on what it has under way.
//!
//! The bound is what keeps accounts apart: however many requests of one account wait, only a few of them compete for the processors at any
//! moment, and another account's request waits for no more than those.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::{ControlConfig, Rates};
use crate::permissions::Access;

/// A request that finds no token waits for one, but no longer than this: a client that floods is slowed instead of answered as fast as it asks.
const LONGEST_WAIT: Duration = Duration::from_millis(200);
/// What may be saved up, in seconds.
const BURST_SECONDS: f64 = 2.0;
/// Reads of one account that are under way at once: enough to keep the database's readers busy.
const READS_UNDER_WAY: usize = 8;
/// Writes of one account that are under way at once: they share one wait for the disk.
const WRITES_UNDER_WAY: usize = 128;

/// The buckets of all accounts. There are as many as the configuration has accounts.
pub(crate) struct Throttle {
    accounts: HashMap<String, [Class; 2]>,
}

struct Class {
    bucket: Mutex<Bucket>,
    turns: Semaphore,
}

pub(crate) struct Bucket {
    per_second: f64,
    most: f64,
    tokens: f64,
    at: Instant,
}

/// The account asks for too much: when to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Throttled {
    pub(crate) retry_after_seconds: u32,
}

impl Throttle {
    pub(crate) fn new(config: &ControlConfig) -> Self {
        let Rates { reads_per_second, writes_per_second } = config.rates;
        let class = |per_second: u32, under_way| Class {
            bucket: Mutex::new(Bucket::full(per_second, BURST_SECONDS, Instant::now())),
            turns: Semaphore::new(under_way),
        };
        let accounts = config.accounts.iter().map(|account| {
            let classes =
                [class(reads_per_second, READS_UNDER_WAY), class(writes_per_second, WRITES_UNDER_WAY)];
            (account.id.as_str().to_owned(), classes)
        });
        Self { accounts: accounts.collect() }
    }

    /// Waits for a turn. It ends with what is returned.
    ///
    /// # Errors
    /// [`Throttled`].
    pub(crate) async fn enter(
        &self,
        account: &str,
        access: Access,
    ) -> Result<Option<SemaphorePermit<'_>>, Throttled> {
        let Some(classes) = self.accounts.get(account) else { return Ok(None) };
        let class = &classes[usize::from(access == Access::Write)];
        if let Err(wait) = class.take(Instant::now()) {
            if wait > LONGEST_WAIT {
                tokio::time::sleep(LONGEST_WAIT).await;
                return Err(throttled(wait));
            }
            tokio::time::sleep(wait).await;
            class.take(Instant::now()).map_err(throttled)?;
        }
        // The semaphore is never closed.
        Ok(class.turns.acquire().await.ok())
    }
}

fn throttled(wait: Duration) -> Throttled {
    Throttled { retry_after_seconds: u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX) }
}

impl Class {
    fn take(&self, now: Instant) -> Result<(), Duration> {
        // A bucket is whole after each of its methods.
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).take(now)
    }
}

impl Bucket {
    /// A bucket that is full, and holds what comes in `seconds`.
    pub(crate) fn full(per_second: u32, seconds: f64, now: Instant) -> Self {
        let per_second = f64::from(per_second);
        let most = per_second * seconds;
        Self { per_second, most, tokens: most, at: now }
    }

    /// Takes a token, or tells how long it takes until there is one.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.most);
        self.at = now;
        if self.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.tokens) / self.per_second));
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let now = Instant::now();
        let mut bucket = Bucket::full(10, 2.0, now);
        for number in 0..20 {
            assert!(bucket.take(now).is_ok(), "{number}");
        }
        let wait = bucket.take(now).unwrap_err();
        assert!(wait > Duration::from_millis(99) && wait < Duration::from_millis(101), "{wait:?}");
        assert!(bucket.take(now + Duration::from_millis(101)).is_ok());
        assert!(bucket.take(now + Duration::from_millis(102)).is_err());
        // However long nobody asks, no more is saved up than for two seconds.
        let later = now + Duration::from_secs(1000);
        assert_eq!((0..100).filter(|_| bucket.take(later).is_ok()).count(), 20);
    }
}
