//! When the server is to stop.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT, and the end of standard input if that counts.
pub(super) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
    stdin_counts: bool,
}

impl StopSignals {
    /// From here on the signals do not end the process by themselves.
    ///
    /// # Errors
    /// The system refuses.
    pub(super) fn listen(stdin_counts: bool) -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            stdin_counts,
        })
    }

    /// The first of them: says which.
    pub(super) async fn first(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
            () = end_of_stdin(), if self.stdin_counts => "the end of standard input",
        }
    }

    /// A further signal ends the process at once, whatever it is doing.
    pub(super) async fn second(mut self) -> ! {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        tracing::warn!("a second signal: stopping at once");
        std::process::exit(1)
    }
}

/// Waits in a thread that nobody joins: a read of standard input cannot be taken back, and must not hold up the end of the process.
async fn end_of_stdin() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // An error is an end as well. If nobody waits any more, the process is on its way out.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    // The sender always sends.
    let _ = end.await;
}
