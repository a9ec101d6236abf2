//! How `millrace image …` talks to the running server: `admin.sock` in the data directory, mode 0600.
//!
//! ```text
//! client                        server
//!   │── Request, one line ────────>│
//!   │<──────────── Answer::Progress│  any number, at most ten a second
//!   │<─── Answer::Done or ::Failed │  one, then the connection ends
//! ```
//!
//! Lines are JSON and end with a newline; a request has at most 64 KiB, an answer at most 4 MiB. What the server is to read, the client opens, and
//! passes on with the request: the server may read less than its operator. Who may open the socket may do everything: there is no further check.

pub(crate) mod client;
pub(crate) mod protocol;
pub(crate) mod server;

use std::io;
use std::path::{Path, PathBuf};

/// Name of the socket in the data directory.
const SOCKET: &str = "admin.sock";

/// Where the socket of a data directory is.
pub(crate) fn socket_path(data_dir: &Path) -> PathBuf {
    data_dir.join(SOCKET)
}

/// Takes the socket away, for a server that ends.
///
/// # Errors
/// The system refuses.
pub(crate) fn remove_socket(data_dir: &Path) -> io::Result<()> {
    match std::fs::remove_file(socket_path(data_dir)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Calls `use_path` with a path of the socket that is short enough for the system (107 bytes), whatever the data directory is called.
fn with_short_path<T>(data_dir: &Path, use_path: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let path = socket_path(data_dir);
    if path.as_os_str().len() <= 100 {
        return use_path(&path);
    }
    let directory = std::fs::File::open(data_dir)?;
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(&directory);
    use_path(&Path::new("/proc/self/fd").join(descriptor.to_string()).join(SOCKET))
}

#[cfg(test)]
mod tests;
