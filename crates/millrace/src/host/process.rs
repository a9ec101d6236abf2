//! Starting and ending the host process.

use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use millrace_driver::confine;
use millrace_driver::images::HostImages;
use millrace_driver::objects::ObjectStore;
use tokio::net::UnixStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Host;
use super::client::RemoteHost;
use super::files::OwnFiles;
use super::frames::{self, Frame};
use super::protocol::{LONGEST_SETUP, Said, Setup};
use super::server;
use crate::config::Config;
use crate::logs;
use crate::registries::OwnRegistries;
use crate::serve::instances;

/// How long the host may take to end once the front has hung up.
const END_WITHIN: Duration = Duration::from_secs(5);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long the front may take to send the first message: it does so at once.
const SETUP_WITHIN: Duration = Duration::from_secs(10);

/// A host process that has been started, and is not used yet.
pub(crate) struct Beginning {
    child: Child,
    socket: StdUnixStream,
}

/// The host process, for the front's end.
pub(crate) struct Ending {
    child: Child,
    socket: StdUnixStream,
}

impl Beginning {
    /// Starts this program once more as the host process, which outlives the other end of its socket by no more than a moment.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let (socket, theirs) = StdUnixStream::pair().context("no socket pair")?;
        let child = Command::new("/proc/self/exe")
            .args(["internal", "host"])
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .spawn()
            .context("the host process cannot be started")?;
        Ok(Self { child, socket })
    }

    /// Tells the host what it is to be, and waits until it is that.
    ///
    /// # Errors
    /// It could not start: the message says why.
    pub(crate) async fn connect(self, path: &Path, config: &str) -> anyhow::Result<(Host, Ending)> {
        let Self { child, socket } = self;
        let ending = Ending { child, socket: socket.try_clone()? };
        socket.set_nonblocking(true)?;
        let stream = UnixStream::from_std(socket)?;
        let setup = Setup { config_path: path.to_owned(), config: config.to_owned() };
        Frame::new(&setup, None)?.send(&stream).await.context("the host process has ended")?;
        let remote = RemoteHost::attach(stream).await?;
        let lost = remote.lost().clone();
        let remote = Arc::new(remote);
        let host = Host {
            driver: remote.clone(),
            images: remote.clone(),
            registries: remote.clone(),
            files: remote,
            lost,
        };
        Ok((host, ending))
    }
}

impl Ending {
    /// Hangs up, and waits for the host's end. Blocks.
    ///
    /// # Errors
    /// It did not end well, or not in time.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        // The other process may have ended already.
        let _ = self.socket.shutdown(Shutdown::Both);
        let end = Instant::now() + END_WITHIN;
        loop {
            match self.child.try_wait().context("the host process cannot be waited for")? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => bail!("the host process ended with {status}"),
                None if Instant::now() > end => bail!("the host process does not end"),
                None => std::thread::sleep(LOOK_EVERY),
            }
        }
    }
}

/// The whole life of the host process: `millrace internal host`, with the front on standard input.
pub(crate) fn run() -> ExitCode {
    match host() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the host process ends with an error");
            ExitCode::FAILURE
        }
    }
}

fn host() -> anyhow::Result<()> {
    let socket = StdUnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    // What this process starts must not get hold of the front.
    rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    confine::hide_memory().context("hiding the memory")?;
    // Not no_new_privs: the administrator in an image builder becomes root (of a user namespace) by a program of root's with the set-user-ID bit, and what this
    // process starts could never take it off again. The runtimes set it for all other containers.
    confine::keep_capabilities(confine::needed_by_the_driver()).context("giving up what is not needed")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve(socket));
    // What still runs is what a killed server would leave too: the next one clears away or carries on.
    runtime.shutdown_background();
    served
}

async fn serve(socket: StdUnixStream) -> anyhow::Result<()> {
    let stream = {
        socket.set_nonblocking(true)?;
        UnixStream::from_std(socket)?
    };
    let setup = tokio::time::timeout(SETUP_WITHIN, frames::receive(&stream, LONGEST_SETUP));
    let Some((Setup { config_path, config }, _)) = setup.await.context("nothing to do")?? else {
        return Ok(());
    };
    let config = Config::parse(&config_path, &config)?;
    logs::start(&config.log)?;
    // A terminal's Ctrl-C and a service manager's SIGTERM reach both processes: the front ends in order, and this one after it.
    let ignored = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    let served = match in_this_process(&config).await {
        Ok(host) => server::serve(stream, host).await.context("the front broke the rules"),
        Err(error) => {
            Frame::new(&Said::Failed(format!("{error:#}")), None)?.send(&stream).await?;
            Ok(())
        }
    };
    drop(ignored);
    served
}

/// The driver and the image store themselves.
///
/// # Errors
/// The host lacks something: `millrace doctor` says what.
pub(crate) async fn in_this_process(config: &Config) -> anyhow::Result<Host> {
    let (path, instances, home_bytes) =
        (config.data_dir.clone(), config.instances.clone(), config.home_bytes);
    // Unpacking a runtime image blocks for seconds.
    let (images, objects, driver) = tokio::task::spawn_blocking(move || {
        let images = instances::images(&path, &instances)?;
        let objects =
            ObjectStore::open(path.join("objects")).context("the object storage cannot be opened")?;
        let driver = instances::driver(&instances, (&path, home_bytes), images.clone())?;
        anyhow::Ok((images, objects, driver))
    })
    .await??;
    let files = Arc::new(OwnFiles { data_dir: config.data_dir.clone(), tls: config.tls.clone() });
    let images = Arc::new(HostImages::new(images, Arc::new(objects)));
    let registries = Arc::new(OwnRegistries {
        settings: config.registries.clone(),
        directory: config.data_dir.clone(),
        child_id: config.instances.fetching_id(),
    });
    Ok(Host { driver, images, registries, files, lost: CancellationToken::new() })
}
