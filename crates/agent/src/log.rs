//! The container's log: lines on standard error, as many as anybody will read.

use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};

/// Most lines in an agent's life: a viewer or application that provokes line after line must not fill the host's disk.
const MAX_LINES: u32 = 2000;

static LINES: AtomicU32 = AtomicU32::new(0);

/// Writes a line.
pub fn log(message: std::fmt::Arguments<'_>) {
    let line = LINES.fetch_add(1, Ordering::Relaxed);
    if line > MAX_LINES {
        LINES.store(MAX_LINES + 1, Ordering::Relaxed);
        return;
    }
    let mut stderr = std::io::stderr().lock();
    // There is nowhere else to say that it cannot be written.
    let _ = if line == MAX_LINES {
        writeln!(stderr, "millrace-agent: no more lines: the log has reached its bound")
    } else {
        writeln!(stderr, "millrace-agent: {message}")
    };
}
