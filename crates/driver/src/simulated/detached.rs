//! Simulated instances that are processes of their own, so that a server which is killed leaves them running and the next one adopts them: what
//! happens to real instances happens to these, without containers, images or root.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::net::UnixListener;
use tokio::process::Command;
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::instance::{PROCESS, SOCKET};
use super::{EVENT_CAPACITY, SECRET, snapshot_of};
use crate::process::{ProcessName, kill};
use crate::{
    AgentConnection, AgentSecret, DiskId, Driver, DriverError, HomeFolder, InstanceEvent, InstanceId,
    InstanceSpec, InstanceState, InstanceStatus, Preparation, Snapshot, SnapshotSpec,
};

/// How much longer than its start delay an instance may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// Between two looks at an instance that starts.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Beside the instances, under a name that no instance has: a file for each disk of an image builder, which holds how many snapshots were taken.
const DISKS: &str = ".disks";
/// In a builder's directory: the name of its disk.
const DISK: &str = "disk";
/// How long a killed process may take to be gone.
const GONE_WITHIN: Duration = Duration::from_secs(10);

/// A driver whose instances are processes in directories. Clones share their instances; so do servers that come one after the other.
#[derive(Clone)]
pub struct DetachedDriver {
    inner: Arc<Inner>,
}

struct Inner {
    directory: PathBuf,
    executable: PathBuf,
    start_delay: Duration,
    events: broadcast::Sender<InstanceEvent>,
    /// Those that are being ended: their end is no news.
    ending: Mutex<BTreeSet<InstanceId>>,
}

impl DetachedDriver {
    /// Keeps instances in `directory`, made ready after `start_delay`; takes over those that an earlier server left running. `executable internal …`
    /// is an instance. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The directory cannot be made or read.
    pub fn new(
        directory: impl Into<PathBuf>,
        executable: impl Into<PathBuf>,
        start_delay: Duration,
    ) -> Result<Self, DriverError> {
        let directory = directory.into();
        fs::DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(directory.join(DISKS))
            .map_err(failed("making", &directory))?;
        let (events, _) = broadcast::channel(EVENT_CAPACITY);
        let executable = executable.into();
        let inner = Inner { directory, executable, start_delay, events, ending: Mutex::default() };
        let driver = Self { inner: Arc::new(inner) };
        for id in driver.inner.ids()? {
            driver.inner.watch(&id)?;
        }
        Ok(driver)
    }
}

#[async_trait]
impl Driver for DetachedDriver {
    async fn ensure(&self, spec: &InstanceSpec) -> Result<(), DriverError> {
        let inner = &self.inner;
        match inner.state(&spec.id)? {
            Some(InstanceState::Ready) => return Ok(()),
            Some(InstanceState::Exited) => {}
            Some(InstanceState::Starting) | None => inner.start(spec)?,
        }
        let ended = |detail: &str| DriverError::Ended { id: spec.id.clone(), detail: detail.into() };
        let bound = inner.start_delay + READY_WITHIN;
        let deadline = Instant::now() + bound;
        let error = loop {
            match inner.state(&spec.id)? {
                Some(InstanceState::Ready) => return inner.watch(&spec.id),
                Some(InstanceState::Exited) => break ended("it was killed"),
                None => return Err(ended("it was destroyed while it started")),
                Some(InstanceState::Starting) if Instant::now() < deadline => {}
                Some(InstanceState::Starting) => {
                    let detail = "the simulated instance's process says nothing".into();
                    break DriverError::NotReady { id: spec.id.clone(), seconds: bound.as_secs(), detail };
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        self.destroy(&spec.id).await?;
        Err(error)
    }

    async fn list(&self) -> Result<Vec<InstanceStatus>, DriverError> {
        let mut found = Vec::new();
        for id in self.inner.ids()? {
            if let Some(state) = self.inner.state(&id)? {
                found.push(InstanceStatus { id, state, frozen: false });
            }
        }
        Ok(found)
    }

    async fn destroy(&self, id: &InstanceId) -> Result<(), DriverError> {
        let inner = &self.inner;
        inner.ending().insert(id.clone());
        let directory = inner.directory_of(id);
        let ended = inner.end_process(&directory).await;
        // A process that was started and has not said so yet finds nothing to say it in, and ends.
        let removed = ended.and_then(|()| match fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed("removing", &directory)(error))
            }
            _ => Ok(()),
        });
        inner.ending().remove(id);
        removed
    }

    async fn connect(&self, id: &InstanceId) -> Result<AgentConnection, DriverError> {
        if self.inner.state(id)? != Some(InstanceState::Ready) {
            return Err(DriverError::NoSuchInstance(id.clone()));
        }
        let directory = self.inner.directory_of(id);
        let stream = crate::sandbox::agent::connect(&directory)
            .await
            .map_err(failed("connecting to the agent", &directory))?;
        Ok(AgentConnection { stream, secret: AgentSecret(SECRET.to_vec()) })
    }

    /// Nothing is started: the pictures of a simulated instance show no program.
    async fn prepare(&self, id: &InstanceId, _program: &Preparation) -> Result<(), DriverError> {
        self.set_frozen(id, false).await
    }

    /// A simulated instance has no files.
    async fn attach(&self, id: &InstanceId, _home: &HomeFolder) -> Result<(), DriverError> {
        self.set_frozen(id, false).await
    }

    /// A simulated instance does nothing by itself: it is as good as frozen.
    async fn set_frozen(&self, id: &InstanceId, _frozen: bool) -> Result<(), DriverError> {
        match self.inner.state(id)? {
            Some(InstanceState::Ready) => Ok(()),
            _ => Err(DriverError::NoSuchInstance(id.clone())),
        }
    }

    async fn assistant(&self, id: &InstanceId) -> Result<UnixListener, DriverError> {
        let path = self.inner.directory_of(id).join("assistant.sock");
        if self.inner.state(id)?.is_none() {
            return Err(DriverError::NoSuchInstance(id.clone()));
        }
        remove_if_there(&path)?;
        UnixListener::bind(&path).map_err(failed("listening at", &path))
    }

    async fn snapshot(&self, disk: &DiskId, spec: &SnapshotSpec) -> Result<Snapshot, DriverError> {
        tokio::time::sleep(self.inner.start_delay).await;
        let path = self.inner.free_disk(disk)?;
        let count = match fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().unwrap_or(0) + 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DriverError::NoSuchDisk(disk.clone()));
            }
            Err(error) => return Err(failed("reading", &path)(error)),
        };
        fs::write(&path, format!("{count}")).map_err(failed("writing", &path))?;
        Ok(snapshot_of(disk, count, spec))
    }

    async fn remove_disk(&self, disk: &DiskId) -> Result<(), DriverError> {
        remove_if_there(&self.inner.free_disk(disk)?)
    }

    fn events(&self) -> broadcast::Receiver<InstanceEvent> {
        self.inner.events.subscribe()
    }
}

impl Inner {
    fn directory_of(&self, id: &InstanceId) -> PathBuf {
        self.directory.join(id.as_str())
    }

    fn ending(&self) -> MutexGuard<'_, BTreeSet<InstanceId>> {
        // Each change is one insertion or removal: the set is whole after a panic too.
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of a disk that no instance has.
    fn free_disk(&self, disk: &DiskId) -> Result<PathBuf, DriverError> {
        let name = disk.to_string();
        for id in self.ids()? {
            // Instances of fleets have none.
            if fs::read_to_string(self.directory_of(&id).join(DISK)).is_ok_and(|found| found == name) {
                return Err(DriverError::DiskInUse(disk.clone()));
            }
        }
        Ok(self.directory.join(DISKS).join(name))
    }

    /// Gives the instance in `directory` its disk, if it is an image builder's.
    fn take_disk(&self, spec: &InstanceSpec, directory: &Path) -> Result<(), DriverError> {
        let Some(builder) = &spec.builder else { return Ok(()) };
        let name = builder.disk.to_string();
        let disk = self.directory.join(DISKS).join(&name);
        if !disk.exists() {
            fs::write(&disk, "0").map_err(failed("writing", &disk))?;
        }
        fs::write(directory.join(DISK), name).map_err(failed("writing", directory))
    }

    fn ids(&self) -> Result<Vec<InstanceId>, DriverError> {
        let reading = || failed("reading", &self.directory);
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(reading())? {
            let name = entry.map_err(reading())?.file_name();
            ids.extend(name.to_str().and_then(|name| InstanceId::new(name).ok()));
        }
        Ok(ids)
    }

    fn state(&self, id: &InstanceId) -> Result<Option<InstanceState>, DriverError> {
        let directory = self.directory_of(id);
        let looking = || failed("looking at", &directory);
        Ok(match process(&directory)? {
            Some(process) if !process.is_alive().map_err(looking())? => Some(InstanceState::Exited),
            Some(_) if directory.join(SOCKET).exists() => Some(InstanceState::Ready),
            Some(_) => Some(InstanceState::Starting),
            // Made, but its process was not, or has not said so yet.
            None => directory.exists().then_some(InstanceState::Starting),
        })
    }

    /// Starts the instance's process. If there is one already, the new one notices and ends.
    fn start(&self, spec: &InstanceSpec) -> Result<(), DriverError> {
        let directory = self.directory_of(&spec.id);
        match fs::DirBuilder::new().mode(0o700).create(&directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(failed("making", &directory)(error));
            }
            _ => {}
        }
        self.take_disk(spec, &directory)?;
        let milliseconds = u16::try_from(self.start_delay.as_millis()).unwrap_or(u16::MAX);
        // The child is reaped by tokio as long as this server lives, and by init afterwards.
        Command::new(&self.executable)
            .args(["internal", "simulated-instance"])
            .arg(&directory)
            .args([spec.screen.width, spec.screen.height, milliseconds].map(|number| number.to_string()))
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(drop)
            .map_err(failed("starting", &self.executable))
    }

    /// Kills the instance's process, and waits until it is gone.
    async fn end_process(&self, directory: &Path) -> Result<(), DriverError> {
        let ending = || failed("ending", directory);
        let Some(handle) = handle(directory)? else { return Ok(()) };
        kill(&handle).map_err(ending())?;
        let gone = crate::sys::watch_readable(handle).map_err(ending())?;
        match tokio::time::timeout(GONE_WITHIN, gone.readable()).await {
            Ok(readable) => readable.map(drop).map_err(ending()),
            Err(_) => Err(ending()(io::ErrorKind::TimedOut.into())),
        }
    }

    /// Announces the instance's end, should it end by itself.
    fn watch(self: &Arc<Self>, id: &InstanceId) -> Result<(), DriverError> {
        let directory = self.directory_of(id);
        // It ended in this moment: `list` shows it.
        let Some(handle) = handle(&directory)? else { return Ok(()) };
        let handle = crate::sys::watch_readable(handle).map_err(failed("watching", &directory))?;
        let (id, inner) = (id.clone(), self.clone());
        tokio::spawn(async move {
            if let Err(error) = handle.readable().await {
                tracing::error!(instance = %id, %error, "an instance can no longer be watched");
            }
            // Whoever destroys it is in the set, or has taken the directory away already.
            if !inner.ending().contains(&id) && inner.directory_of(&id).exists() {
                // An error only means that nobody listens at the moment.
                let _ = inner.events.send(InstanceEvent::Exited { id });
            }
        });
        Ok(())
    }
}

/// What the instance in `directory` wrote about itself.
fn process(directory: &Path) -> Result<Option<ProcessName>, DriverError> {
    let path = directory.join(PROCESS);
    match fs::read(&path) {
        Ok(text) => {
            serde_json::from_slice(&text).map(Some).map_err(|error| failed("parsing", &path)(error.into()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("reading", &path)(error)),
    }
}

fn remove_if_there(path: &Path) -> Result<(), DriverError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("removing", path)(error)),
        _ => Ok(()),
    }
}

fn handle(directory: &Path) -> Result<Option<OwnedFd>, DriverError> {
    match process(directory)? {
        Some(process) => process.open().map_err(failed("watching", directory)),
        None => Ok(None),
    }
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> DriverError + 'a {
    move |source| DriverError::Io { action: action.into(), path: path.to_owned(), source }
}
