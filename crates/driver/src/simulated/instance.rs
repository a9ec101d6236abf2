//! `internal simulated-instance DIRECTORY WIDTH HEIGHT DELAY`: one simulated instance, a process that lives until it is killed or its directory
//! is gone, whatever becomes of the server that started it.
//!
//! ```text
//! instances/<id>/
//!   process      which process is the instance: made once, by itself, before anything else
//!   agent.sock   its agent listens: the instance is ready
//! ```

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;

use super::agent;
use crate::ScreenSize;
use crate::process::ProcessName;

pub(super) const PROCESS: &str = "process";
pub(super) const SOCKET: &str = "agent.sock";
/// How soon an instance whose directory was taken away ends.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Connections at once; further ones wait in the kernel's queue.
const CONNECTIONS: usize = 64;

pub(crate) fn run(arguments: &[OsString]) -> Result<(), String> {
    let [directory, width, height, delay] = arguments else {
        return Err("simulated-instance: four arguments".into());
    };
    let number = |text: &OsString| {
        text.to_str().and_then(|text| text.parse::<u16>().ok()).ok_or("simulated-instance: not a number")
    };
    let screen = ScreenSize { width: number(width)?, height: number(height)? };
    let delay = Duration::from_millis(number(delay)?.into());
    // Out of the reach of signals to the server's terminal.
    rustix::process::setsid().map_err(|error| error.to_string())?;
    // Sockets are named from here: their names must be short.
    std::env::set_current_dir(directory).map_err(|error| error.to_string())?;
    if !become_the_instance().map_err(|error| error.to_string())? {
        // A server that was killed had started another one already.
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(live(screen, delay)).map_err(|error| error.to_string())
}

/// Writes down that this process is the instance; false if another one is.
fn become_the_instance() -> io::Result<bool> {
    let own = std::process::id();
    let name =
        ProcessName::of(own.cast_signed())?.ok_or_else(|| io::Error::other("this process has no name"))?;
    let draft = format!("{PROCESS}.{own}");
    fs::write(&draft, serde_json::to_vec(&name)?)?;
    let first = fs::hard_link(&draft, PROCESS);
    fs::remove_file(&draft)?;
    match first {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

async fn live(screen: ScreenSize, delay: Duration) -> io::Result<()> {
    let answering = async {
        tokio::time::sleep(delay).await;
        let draft = "agent.sock.new";
        let listener = UnixListener::bind(draft)?;
        fs::rename(draft, SOCKET)?;
        answer(listener, screen).await
    };
    tokio::select! {
        ended = answering => ended,
        () = until_taken_away() => Ok(()),
    }
}

async fn answer(listener: UnixListener, screen: ScreenSize) -> io::Result<()> {
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let permit = permits.clone().acquire_owned().await.map_err(io::Error::other)?;
        let (stream, _): (UnixStream, _) = listener.accept().await?;
        tokio::spawn(async move {
            agent::serve(stream, screen).await;
            drop(permit);
        });
    }
}

async fn until_taken_away() {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        ticks.tick().await;
        if !Path::new(PROCESS).exists() {
            return;
        }
    }
}
