//! Loading a server, as fast as it answers or at a given rate.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::connection::Connection;
use crate::signer::Signer;

/// What was measured.
pub(crate) struct Figures {
    /// Microseconds of each answer that was good, sorted.
    latencies: Vec<u32>,
    /// Answers that were not.
    pub(crate) errors: u64,
    /// One of those, with its status.
    pub(crate) an_error: Option<String>,
    seconds: f64,
}

/// A request by its number: operation and body.
pub(crate) type Requests<'a> = &'a (dyn Fn(u64) -> (&'static str, String) + Sync);

impl Figures {
    /// Good answers a second.
    pub(crate) fn per_second(&self) -> u64 {
        (self.latencies.len() as f64 / self.seconds) as u64
    }

    /// A quantile in milliseconds, to the hundredth.
    pub(crate) fn quantile(&self, quantile: f64) -> f64 {
        let at =
            ((self.latencies.len() as f64 * quantile) as usize).min(self.latencies.len().saturating_sub(1));
        let microseconds = self.latencies.get(at).copied().unwrap_or(0);
        (f64::from(microseconds) / 10.0).round() / 100.0
    }
}

/// When requests are sent.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// As soon as a connection has the answer to its last one.
    AsAnswered,
    /// So many a second at even intervals, by the next free connection, whether or not the server keeps up: latency counts from when a request was
    /// due.
    PerSecond(u64),
}

/// Whom the requests go to, and from whom.
#[derive(Clone, Copy)]
pub(crate) struct Load<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) signer: &'a Signer,
    pub(crate) connections: usize,
    pub(crate) pace: Pace,
    pub(crate) time: Duration,
}

impl Load<'_> {
    /// Loads the server, and measures.
    pub(crate) fn run(self, requests: Requests<'_>) -> anyhow::Result<Figures> {
        let numbers = AtomicU64::new(0);
        let began = Instant::now();
        let results: Vec<_> = std::thread::scope(|scope| {
            let work = || self.one_connection(&numbers, began, requests);
            let workers: Vec<_> = (0..self.connections).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .map(|worker| worker.join().map_err(|_| anyhow::anyhow!("a thread failed"))?)
                .collect()
        });
        let mut figures = Figures {
            latencies: Vec::new(),
            errors: 0,
            an_error: None,
            seconds: began.elapsed().as_secs_f64(),
        };
        for result in results {
            let (latencies, errors, an_error) = result?;
            figures.latencies.extend(latencies);
            figures.errors += errors;
            figures.an_error = figures.an_error.or(an_error);
        }
        figures.latencies.sort_unstable();
        Ok(figures)
    }

    fn one_connection(
        self,
        numbers: &AtomicU64,
        began: Instant,
        requests: Requests<'_>,
    ) -> anyhow::Result<(Vec<u32>, u64, Option<String>)> {
        let mut connection = Connection::open(self.address)?;
        let (mut latencies, mut errors, mut an_error) = (Vec::new(), 0, None);
        loop {
            let number = numbers.fetch_add(1, Ordering::Relaxed);
            let due = match self.pace {
                Pace::AsAnswered => Instant::now(),
                Pace::PerSecond(rate) => began + Duration::from_nanos(number * 1_000_000_000 / rate),
            };
            if due >= began + self.time {
                return Ok((latencies, errors, an_error));
            }
            let (operation, body) = requests(number);
            // Not a wait for something to happen: the schedule is what is measured against.
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let answer = connection.call(self.signer, operation, &body)?;
            if answer.status == 200 {
                latencies.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
            } else {
                errors += 1;
                an_error = Some(format!("{} {}", answer.status, answer.body));
            }
        }
    }
}
