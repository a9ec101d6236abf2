//! The client's end of `admin.sock`.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::UnixStream;

use super::protocol::{Answer, Command, LONGEST_ANSWER, Outcome, Request, VERSION};
use super::socket_path;
use crate::descriptors;

/// Has the server of this data directory run `command`, on `file` if it is about one; `progress` gets what it says on the way.
///
/// # Errors
/// No server is there, or it could not do it. The message says what to do.
pub(crate) async fn call(
    data_dir: &Path,
    command: Command,
    file: Option<BorrowedFd<'_>>,
    mut progress: impl FnMut(&str),
) -> anyhow::Result<Outcome> {
    let stream = connect(data_dir).await?;
    let mut line = serde_json::to_vec(&Request { version: VERSION, command })?;
    line.push(b'\n');
    // A server that refuses at once may close before it has read everything: its answer tells more than the broken pipe.
    let written = descriptors::send(&stream, &line, file).await;
    let mut read = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        let mut bounded = (&mut read).take(LONGEST_ANSWER as u64);
        bounded.read_until(b'\n', &mut line).await.context("the server's answer cannot be read")?;
        if line.last() != Some(&b'\n') {
            written.context("the server did not take the request")?;
            bail!("the server ended the connection before it was done: see the server's log");
        }
        match serde_json::from_slice(&line).context("the server's answer cannot be understood")? {
            Answer::Progress(text) => progress(&text),
            Answer::Done(outcome) => return Ok(outcome),
            Answer::Failed(message) => bail!("{message}"),
        }
    }
}

async fn connect(data_dir: &Path) -> anyhow::Result<UnixStream> {
    let path = socket_path(data_dir);
    let connect = || {
        let stream = super::with_short_path(data_dir, |path| std::os::unix::net::UnixStream::connect(path))?;
        stream.set_nonblocking(true)?;
        UnixStream::from_std(stream)
    };
    connect().map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                "no millrace server runs on this data directory: start it with `millrace serve`, or name its configuration with --config"
            }
            io::ErrorKind::PermissionDenied => {
                "only the owner of the data directory may administer the server: try again with sudo"
            }
            _ => "is this the data directory of a millrace server?",
        };
        anyhow::anyhow!("{}: {error}: {hint}", path.display())
    })
}
