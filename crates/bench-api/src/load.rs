//! The two ways of loading a server.

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

/// Each connection sends its next request as soon as it has the answer to the last.
pub(crate) fn closed(
    address: SocketAddr,
    signer: &Signer,
    connections: usize,
    time: Duration,
    requests: Requests<'_>,
) -> anyhow::Result<Figures> {
    let numbers = AtomicU64::new(0);
    let began = Instant::now();
    run(connections, began, || {
        let mut connection = Connection::open(address)?;
        let (mut latencies, mut errors) = (Vec::new(), 0);
        while began.elapsed() < time {
            let (operation, body) = requests(numbers.fetch_add(1, Ordering::Relaxed));
            let sent = Instant::now();
            note(connection.call(signer, operation, &body)?.status, sent, &mut latencies, &mut errors);
        }
        Ok((latencies, errors))
    })
}

/// Requests are due at even intervals, and the next free connection sends what is due.
pub(crate) fn open(
    address: SocketAddr,
    signer: &Signer,
    connections: usize,
    per_second: u64,
    time: Duration,
    requests: Requests<'_>,
) -> anyhow::Result<Figures> {
    let numbers = AtomicU64::new(0);
    let began = Instant::now();
    run(connections, began, || {
        let mut connection = Connection::open(address)?;
        let (mut latencies, mut errors) = (Vec::new(), 0);
        loop {
            let number = numbers.fetch_add(1, Ordering::Relaxed);
            let due = began + Duration::from_nanos(number * 1_000_000_000 / per_second);
            if due >= began + time {
                return Ok((latencies, errors));
            }
            let (operation, body) = requests(number);
            // Not a wait for something to happen: the schedule is what is measured against.
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            note(connection.call(signer, operation, &body)?.status, due, &mut latencies, &mut errors);
        }
    })
}

fn note(status: u16, since: Instant, latencies: &mut Vec<u32>, errors: &mut u64) {
    if status == 200 {
        latencies.push(u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX));
    } else {
        *errors += 1;
    }
}

fn run(
    connections: usize,
    began: Instant,
    work: impl Fn() -> anyhow::Result<(Vec<u32>, u64)> + Sync,
) -> anyhow::Result<Figures> {
    let results: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..connections).map(|_| scope.spawn(&work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().map_err(|_| anyhow::anyhow!("a thread failed"))?)
            .collect()
    });
    let mut figures = Figures { latencies: Vec::new(), errors: 0, seconds: began.elapsed().as_secs_f64() };
    for result in results {
        let (latencies, errors) = result?;
        figures.latencies.extend(latencies);
        figures.errors += errors;
    }
    figures.latencies.sort_unstable();
    Ok(figures)
}
