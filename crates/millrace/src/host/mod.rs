//! Two processes instead of one: what needs root, and what faces the network.
//!
//! ```text
//! millrace serve (root) ── opens files and sockets ── starts the host process ── gives up root ── serves: the front
//!                                                          │
//!                                     driver, images: the host (root) <──── socket pair: protocol.rs
//! ```
//!
//! The front is the process that people know: signals go to it, and it ends in order, the host after it. Whichever of them dies takes the other one
//! along; instances are nobody's children and go on. A server that does not start as root stays one process.

mod client;
mod files;
mod frames;
mod process;
mod protocol;
mod server;

use std::sync::Arc;

use millrace_control::Registries;
use millrace_driver::Driver;
use millrace_driver::images::Images;
use tokio_util::sync::CancellationToken;

pub(crate) use files::Files;
pub(crate) use process::{Beginning, in_this_process, run};

/// What the server needs of the host, in this process or in another.
#[derive(Clone)]
pub(crate) struct Host {
    /// Runs instances.
    pub(crate) driver: Arc<dyn Driver>,
    /// Keeps images.
    pub(crate) images: Arc<dyn Images>,
    /// Fetches images from elsewhere.
    pub(crate) registries: Arc<dyn Registries>,
    /// What is left to do with root's files.
    pub(crate) files: Arc<dyn Files>,
    /// Is cancelled when the host process has ended by itself: nothing can be done any more.
    pub(crate) lost: CancellationToken,
}

/// What the host process would take of these bytes as calls, written again: for the fuzz target alone.
pub(crate) fn read_calls(bytes: &[u8]) -> Vec<String> {
    let read = async {
        let (mut front, host) = std::os::unix::net::UnixStream::pair()?;
        host.set_nonblocking(true)?;
        // It fits into the socket.
        std::io::Write::write_all(&mut front, bytes)?;
        drop(front);
        let stream = tokio::net::UnixStream::from_std(host)?;
        let mut calls = Vec::new();
        while let Ok(Some((call, None))) =
            frames::receive::<protocol::Call>(&stream, protocol::LONGEST_CALL).await
        {
            calls.push(serde_json::to_string(&call)?);
        }
        std::io::Result::Ok(calls)
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    runtime.and_then(|runtime| runtime.block_on(read)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
