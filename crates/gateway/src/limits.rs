//! How long the gateway waits and how much it takes.

use std::time::Duration;

/// Bounds of the gateway. The defaults are those of `docs/stream-protocol.md` where it names one.
#[derive(Clone, Debug)]
pub struct Limits {
    /// From the WebSocket's opening to its Hello.
    pub hello: Duration,
    /// Between blank lines of an admission's answer.
    pub admission_keep_alive: Duration,
    /// The longest admission, however long the fleet stays full.
    pub admission: Duration,
    /// Admissions under way at once; more are refused as unavailable.
    pub admissions: usize,
    /// WebSockets that have not been let in yet, at once; more are refused.
    pub newcomers: usize,
    /// One attempt to connect to an agent.
    pub agent_connect: Duration,
    /// Pauses before the attempts to connect to an agent; their number is that of the attempts.
    pub agent_retries: Vec<Duration>,
    /// How long an agent may leave a message to it unread.
    pub agent_write: Duration,
    /// Between pings to a browser.
    pub ping: Duration,
    /// A browser that gives no sign of life for this long is gone. Longer than two pings.
    pub silence: Duration,
    /// A browser that takes nothing of a message to it for this long is gone.
    pub stall: Duration,
    /// For the last words to a browser.
    pub farewell: Duration,
    /// For [`crate::Gateway::shutdown`].
    pub shutdown: Duration,
    /// Messages a second that a browser may send in the long run; beyond, it is read more slowly.
    pub messages_per_second: u32,
    /// Messages that it may send at once.
    pub message_burst: u32,
    /// Applications of one session that run at once.
    pub applications: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(10),
            admission_keep_alive: Duration::from_secs(10),
            admission: Duration::from_secs(15 * 60),
            admissions: 1024,
            newcomers: 1024,
            agent_connect: Duration::from_secs(3),
            agent_retries: [0, 100, 400, 1500].map(Duration::from_millis).to_vec(),
            agent_write: Duration::from_secs(10),
            ping: Duration::from_secs(15),
            silence: Duration::from_secs(40),
            stall: Duration::from_secs(30),
            farewell: Duration::from_secs(2),
            shutdown: Duration::from_secs(5),
            messages_per_second: 2000,
            message_burst: 4000,
            applications: 64,
        }
    }
}

/// A token bucket: how long the next message has to wait. Pure; times are since any fixed point.
#[derive(Debug)]
pub(crate) struct Pace {
    per_second: f64,
    burst: f64,
    tokens: f64,
    last: Duration,
}

impl Pace {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        Self {
            per_second: per_second.into(),
            burst: burst.into(),
            tokens: burst.into(),
            last: Duration::ZERO,
        }
    }

    /// Counts a message at `now`, and says how long to wait before the next is read.
    pub(crate) fn count(&mut self, now: Duration) -> Duration {
        let gained = now.saturating_sub(self.last).as_secs_f64() * self.per_second;
        self.last = now;
        self.tokens = (self.tokens + gained).min(self.burst) - 1.0;
        Duration::from_secs_f64((-self.tokens).max(0.0) / self.per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_then_the_rate_holds() {
        let mut pace = Pace::new(100, 10);
        for _ in 0..10 {
            assert_eq!(pace.count(Duration::ZERO), Duration::ZERO);
        }
        assert_eq!(pace.count(Duration::ZERO), Duration::from_millis(10));
        assert_eq!(pace.count(Duration::from_millis(10)), Duration::from_millis(10));
        assert_eq!(pace.count(Duration::from_secs(60)), Duration::ZERO);
        // A minute's rest does not save up more than a burst.
        for _ in 0..9 {
            assert_eq!(pace.count(Duration::from_secs(60)), Duration::ZERO);
        }
        assert!(pace.count(Duration::from_secs(60)) > Duration::ZERO);
    }
}
