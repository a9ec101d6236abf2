//! How much one account may ask for: token buckets for each class of operations, and a bound on what it has under way.
//!
//! The bound keeps the database's own queues short. What keeps accounts apart is the share of the machine: while several accounts call, none
//! may call so fast that the processors are never idle, for then the others' calls wait at every step, however few are under way.

mod recent;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::recent::Recent;
use crate::config::{ControlConfig, Rates};
use crate::permissions::Access;

/// A request that finds no token waits for one, but no longer than this: a client that floods is slowed instead of answered as fast as it asks.
const LONGEST_WAIT: Duration = Duration::from_millis(200);
/// What may be saved up, in seconds.
const BURST_SECONDS: f64 = 2.0;
/// Of one account under way at once: enough reads to keep the database's readers busy, and enough writes that share one wait for the disk.
const READS_UNDER_WAY: usize = 8;
const WRITES_UNDER_WAY: usize = 128;
/// For each processor, how many calls a second one account may make while others call too: twice as many already double the time that another
/// account's calls take (`docs/figures.md`).
const READS_BESIDE_OTHERS: u32 = 1_000;
const WRITES_BESIDE_OTHERS: u32 = 200;
/// What may be saved up of that, in seconds: what a client asks for at once, but not what a flood does.
const BURST_BESIDE_OTHERS_SECONDS: f64 = 0.02;

/// The buckets of all accounts. There are as many as the configuration has accounts.
pub(crate) struct Throttle {
    accounts: HashMap<String, Account>,
    recent: Mutex<Recent>,
}

struct Account {
    number: usize,
    classes: [Class; 2],
}

struct Class {
    /// What the configuration allows.
    alone: Mutex<Bucket>,
    /// Counts only while other accounts call.
    beside_others: Mutex<Bucket>,
    turns: Arc<Semaphore>,
}

pub(crate) struct Bucket {
    per_second: f64,
    most: f64,
    /// Below zero: so many wait already.
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
        let now = Instant::now();
        let processors =
            available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(u32::MAX));
        let class = |per_second: u32, beside_others: u32, under_way| Class {
            alone: Mutex::new(Bucket::full(per_second, BURST_SECONDS, now)),
            beside_others: Mutex::new(Bucket::full(
                beside_others.saturating_mul(processors),
                BURST_BESIDE_OTHERS_SECONDS,
                now,
            )),
            turns: Arc::new(Semaphore::new(under_way)),
        };
        let accounts = config.accounts.iter().enumerate().map(|(number, account)| {
            let classes = [
                class(reads_per_second, READS_BESIDE_OTHERS, READS_UNDER_WAY),
                class(writes_per_second, WRITES_BESIDE_OTHERS, WRITES_UNDER_WAY),
            ];
            (account.id.as_str().to_owned(), Account { number, classes })
        });
        Self { accounts: accounts.collect(), recent: Mutex::default() }
    }

    /// Waits for a turn. It ends with what is returned.
    ///
    /// # Errors
    /// [`Throttled`].
    pub(crate) async fn enter(
        &self,
        account: &str,
        access: Access,
    ) -> Result<Option<OwnedSemaphorePermit>, Throttled> {
        let Some(account) = self.accounts.get(account) else { return Ok(None) };
        let now = Instant::now();
        let others = lock(&self.recent).note(account.number, now);
        let class = &account.classes[usize::from(access == Access::Write)];
        match class.reserve(now, others) {
            Ok(Duration::ZERO) => {}
            Ok(wait) => tokio::time::sleep(wait).await,
            Err(throttled) => {
                tokio::time::sleep(LONGEST_WAIT).await;
                return Err(throttled);
            }
        }
        // The semaphore is never closed.
        Ok(class.turns.clone().acquire_owned().await.ok())
    }
}

/// What is locked here is whole after each of its methods, so after a panic too.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn throttled(wait: Duration) -> Throttled {
    Throttled { retry_after_seconds: u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX) }
}

impl Class {
    /// How long a call that comes now has to wait.
    fn reserve(&self, now: Instant, others: bool) -> Result<Duration, Throttled> {
        // First, for it is the one that refuses: a call that is refused uses up nothing of what the account may ask for.
        let beside_others = if others {
            lock(&self.beside_others).reserve(now, LONGEST_WAIT).map_err(throttled)?
        } else {
            Duration::ZERO
        };
        let alone = lock(&self.alone).reserve(now, LONGEST_WAIT).map_err(throttled)?;
        Ok(alone.max(beside_others))
    }
}

impl Bucket {
    /// A bucket that is full, and holds what comes in `seconds`.
    pub(crate) fn full(per_second: u32, seconds: f64, now: Instant) -> Self {
        let per_second = f64::from(per_second);
        let most = per_second * seconds;
        Self { per_second, most, tokens: most, at: now }
    }

    /// Takes a token that there is.
    ///
    /// # Errors
    /// There is none: how long it takes until there is.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.reserve(now, Duration::ZERO).map(drop)
    }

    /// Takes a token, of those that are still to come if there is none, and tells when it is there. Whoever asks later gets a later one.
    ///
    /// # Errors
    /// That would take longer than `longest`: how long. Nothing is taken.
    fn reserve(&mut self, now: Instant, longest: Duration) -> Result<Duration, Duration> {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.most);
        self.at = self.at.max(now);
        let missing = (1.0 - self.tokens).max(0.0);
        let wait = Duration::from_secs_f64(missing / self.per_second);
        if wait > longest {
            return Err(wait);
        }
        self.tokens -= 1.0;
        Ok(wait)
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

    #[test]
    fn only_beside_others_is_an_account_slowed_to_its_share() {
        let now = Instant::now();
        let class = Class {
            alone: Mutex::new(Bucket::full(10_000, BURST_SECONDS, now)),
            beside_others: Mutex::new(Bucket::full(100, 0.01, now)),
            turns: Arc::new(Semaphore::new(1)),
        };
        let waits = |others, calls| -> Vec<_> {
            (0..calls).map(|_| class.reserve(now, others).map(|wait| wait.as_millis())).collect()
        };
        assert_eq!(waits(false, 1000), vec![Ok(0); 1000]);
        assert_eq!(waits(true, 3), [Ok(0), Ok(10), Ok(20)]);
        assert!(waits(true, 30).last().unwrap().is_err(), "nobody waits for longer than {LONGEST_WAIT:?}");
        assert_eq!(waits(false, 1), [Ok(0)]);
    }

    #[test]
    fn those_who_wait_come_one_after_the_other() {
        let now = Instant::now();
        let mut bucket = Bucket::full(100, 0.01, now);
        let longest = Duration::from_millis(25);
        let waits: Vec<_> =
            (0..3).map(|_| bucket.reserve(now, longest).map(|wait| wait.as_millis())).collect();
        assert_eq!(waits, [Ok(0), Ok(10), Ok(20)]);
        let refused = bucket.reserve(now, longest).unwrap_err();
        assert_eq!(refused.as_millis(), 30);
        // Who was refused has taken nothing.
        assert_eq!(
            bucket.reserve(now + Duration::from_millis(10), longest).map(|wait| wait.as_millis()),
            Ok(20)
        );
    }
}
