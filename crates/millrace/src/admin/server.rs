//! The server's end of `admin.sock`.

use std::fs::Permissions;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::protocol::{Answer, Command, LONGEST_REQUEST, Outcome, Request, VERSION};
use super::{socket_path, with_short_path};
use crate::data_dir::DataDir;
use crate::descriptors;

/// Commands at once. An import may take minutes, so there must be room beside it.
const CONNECTIONS: usize = 16;
/// A client that says nothing for so long is sent away.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// A client that reads nothing for so long is given up.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Progress lines that may wait for the client.
const PROGRESS_CAPACITY: usize = 16;

/// Does what the commands say.
#[async_trait]
pub(crate) trait Handler: Send + Sync + 'static {
    /// Runs one command; dropping the future gives it up. A full `progress` channel is no reason to wait. The error is for a person to read.
    async fn run(&self, asked: Asked, progress: mpsc::Sender<String>) -> Result<Outcome, String>;
}

/// What a client asks for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The command.
    pub(crate) command: Command,
    /// The open file that came with it.
    pub(crate) file: Option<OwnedFd>,
}

/// The socket, open for the owner of the data directory only.
pub(crate) struct AdminSocket {
    listener: std::os::unix::net::UnixListener,
}

impl AdminSocket {
    /// Makes the socket. Whoever holds the lock of the data directory may replace what an earlier server left.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn bind(data_dir: &DataDir) -> anyhow::Result<Self> {
        let path = socket_path(data_dir.path());
        let bind = || -> io::Result<_> {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            // The directory is closed to others (0700), so nobody can come in before the mode is set.
            let listener =
                with_short_path(data_dir.path(), |path| std::os::unix::net::UnixListener::bind(path))?;
            listener.set_nonblocking(true)?;
            std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            let (user, group) = data_dir.owner();
            if rustix::process::geteuid().is_root() {
                // A server that runs as root for the owner of the directory obeys that owner.
                chown(&path, Some(user), Some(group))?;
            }
            Ok(listener)
        };
        let listener = bind().with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self { listener })
    }

    /// Serves until `stop`; then lets running commands go. The socket stays, for [`super::remove_socket`].
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) async fn serve(self, handler: Arc<dyn Handler>, stop: CancellationToken) -> io::Result<()> {
        let listener = UnixListener::from_std(self.listener)?;
        let permits = Arc::new(Semaphore::new(CONNECTIONS));
        let tasks = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = accept(&listener, &permits) => accepted,
            };
            let (stream, permit) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "admin socket cannot accept");
                    // Too many open files, most likely: others must end first.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let (handler, stop) = (handler.clone(), stop.clone());
            tasks.spawn(async move {
                let _permit = permit;
                tokio::select! {
                    () = stop.cancelled() => {}
                    served = connection(stream, handler.as_ref()) => if let Err(error) = served {
                        tracing::debug!(%error, "admin connection ended early");
                    }
                }
            });
        }
        tasks.close();
        tasks.wait().await;
        Ok(())
    }
}

async fn accept(
    listener: &UnixListener,
    permits: &Arc<Semaphore>,
) -> io::Result<(UnixStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = permits.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, permit))
}

/// One command. The command is given up when the client goes away.
async fn connection(stream: UnixStream, handler: &dyn Handler) -> io::Result<()> {
    let asked = read_request(&stream).await?;
    let (mut read, mut write) = stream.into_split();
    let asked = match asked {
        Ok(asked) => asked,
        Err(message) => return send(&mut write, &Answer::Failed(message)).await,
    };
    let (progress, mut lines) = mpsc::channel(PROGRESS_CAPACITY);
    let mut running = handler.run(asked, progress);
    let mut nothing = [0u8; 1];
    let mut open = true;
    let answer = loop {
        tokio::select! {
            outcome = &mut running => break outcome.map_or_else(Answer::Failed, Answer::Done),
            Some(line) = lines.recv() => send(&mut write, &Answer::Progress(line)).await?,
            // A client that has only closed its sending side (socat, nc) still wants its answer: an error alone means that it is gone.
            read = read.read(&mut nothing), if open => { read?; open = false; }
        }
    };
    drop(running);
    while let Ok(line) = lines.try_recv() {
        send(&mut write, &Answer::Progress(line)).await?;
    }
    send(&mut write, &answer).await
}

/// The inner error is for the client.
async fn read_request(stream: &UnixStream) -> io::Result<Result<Asked, String>> {
    let (line, file) = match tokio::time::timeout(REQUEST_TIMEOUT, read_line(stream)).await {
        Ok(read) => read?,
        Err(_) => return Ok(Err("the request did not come in time".into())),
    };
    if line.last() != Some(&b'\n') {
        return Ok(Err(if line.len() == LONGEST_REQUEST {
            format!("the request is longer than {LONGEST_REQUEST} bytes")
        } else {
            "the request is not a whole line".into()
        }));
    }
    // The version is looked at first: another one may have other fields.
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: u32,
    }
    match serde_json::from_slice::<Versioned>(&line) {
        Ok(Versioned { version: VERSION }) => {}
        Ok(Versioned { version }) => {
            return Ok(Err(format!(
                "the server speaks version {VERSION} of the administration protocol, not {version}: use the millrace program of the \
                 server's version, {}",
                env!("CARGO_PKG_VERSION")
            )));
        }
        Err(error) => return Ok(Err(format!("the request cannot be understood: {error}"))),
    }
    Ok(serde_json::from_slice::<Request>(&line)
        .map(|Request { command, .. }| Asked { command, file })
        .map_err(|error| format!("the request cannot be understood: {error}")))
}

/// The line, with its newline if it is whole, and the file that came with it. What a client says after its line is dropped.
async fn read_line(stream: &UnixStream) -> io::Result<(Vec<u8>, Option<OwnedFd>)> {
    let mut line = Vec::new();
    let mut file = None;
    let mut buffer = vec![0; 4096];
    while line.len() < LONGEST_REQUEST {
        let room = buffer.len().min(LONGEST_REQUEST - line.len());
        let (count, came) = descriptors::receive(stream, &mut buffer[..room]).await?;
        file = file.or(came);
        let end = buffer[..count].iter().position(|byte| *byte == b'\n');
        line.extend_from_slice(&buffer[..end.map_or(count, |end| end + 1)]);
        if end.is_some() || count == 0 {
            break;
        }
    }
    Ok((line, file))
}

async fn send(write: &mut tokio::net::unix::OwnedWriteHalf, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer).map_err(io::Error::other)?;
    line.push(b'\n');
    tokio::time::timeout(WRITE_TIMEOUT, write.write_all(&line))
        .await
        .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")))
}
