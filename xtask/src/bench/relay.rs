//! The shaped link: 2 Mbit/s each way, 150 ms, 1 % of the segments lost.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::Context;

use crate::{install, paths, shell};

/// A relay in a process of its own, which ends with its input.
pub(super) struct Relay {
    child: Child,
    address: String,
}

impl Relay {
    /// To this port of the loopback interface.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn start(port: u16) -> anyhow::Result<Self> {
        let mut child = Command::new(install::python_program("python"))
            .arg(paths::root().join("tests/system/harness/link.py"))
            .args(["--to", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the relay cannot be started")?;
        let out = child.stdout.take().context("no standard output")?;
        let mut relay = Self { child, address: String::new() };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let port: u16 = line.trim().parse().context("the relay did not tell its port")?;
        relay.address = format!("127.0.0.1:{port}");
        shell::say(&format!("a link of 2 Mbit/s, 150 ms and 1 % loss at {}", relay.address));
        Ok(relay)
    }

    /// Where it listens: `127.0.0.1:PORT`.
    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        if let Err(error) = self.child.wait() {
            eprintln!("the relay could not be ended: {error}");
        }
    }
}
