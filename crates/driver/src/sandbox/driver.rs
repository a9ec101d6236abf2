//! The `Driver` of this host: order, time-outs and events round the blocking work of `pod`.

use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::unix::AsyncFd;
use tokio::net::UnixListener;
use tokio::process::Command;
use tokio::sync::broadcast;

use super::pod::{Container, Start};
use super::record::{Record, failed, free_slot, instance_ids};
use super::{ID_COUNT, Inner, SandboxDriver, agent, lock, logs};
use crate::images::{ImageRecord, ImportError};
use crate::process::ProcessName;
use crate::{
    AgentConnection, AgentSecret, DiskId, Driver, DriverError, HomeFolder, InstanceEvent, InstanceId,
    InstanceSpec, InstanceState, InstanceStatus, Preparation, Snapshot, SnapshotSpec,
};

/// How long an agent may take to prepare an application: longer than its own bound.
const PREPARED_WITHIN: Duration = Duration::from_secs(20);

#[async_trait]
impl Driver for SandboxDriver {
    async fn ensure(&self, spec: &InstanceSpec) -> Result<(), DriverError> {
        let entry = self.inner.entry(&spec.id);
        let _guard = entry.lock.lock().await;
        let ended = || DriverError::Ended { id: spec.id.clone(), detail: "it was destroyed".into() };
        if *entry.ending.borrow() {
            return Err(ended());
        }
        match self.inner.look(&spec.id).await? {
            Some(InstanceState::Ready) => return Ok(()),
            // Nobody has used it yet: beginning anew is carrying on, and needs no second way of starting.
            Some(InstanceState::Starting) => self.inner.clear_away(&spec.id).await?,
            Some(InstanceState::Exited) => {
                let detail = self.inner.quoted(&spec.id);
                self.inner.clear_away(&spec.id).await?;
                return Err(DriverError::Ended { id: spec.id.clone(), detail });
            }
            None => {}
        }
        let mut ending = entry.ending.subscribe();
        let timeout = self.inner.config.ready_timeout;
        let attempt = Arc::new(Attempt::default());
        let result = tokio::select! {
            result = tokio::time::timeout(timeout, self.inner.start(spec, &attempt)) => {
                result.unwrap_or_else(|_| Err(DriverError::NotReady {
                    id: spec.id.clone(),
                    seconds: timeout.as_secs(),
                    detail: self.inner.quoted(&spec.id),
                }))
            }
            _ = ending.wait_for(|ending| *ending) => Err(ended()),
        };
        if result.is_err() {
            blocking(move || {
                attempt.abandon();
                Ok(())
            })
            .await?;
            self.inner.clear_away(&spec.id).await?;
        }
        result
    }

    async fn list(&self) -> Result<Vec<InstanceStatus>, DriverError> {
        let inner = self.inner.clone();
        blocking(move || {
            let mut found = Vec::new();
            for id in instance_ids(&inner.config.run_dir)? {
                if let Some(state) = inner.state(&id)? {
                    let frozen = state == InstanceState::Ready && inner.is_frozen(&id)?;
                    let state = if frozen && inner.is_doomed(&id)? { InstanceState::Exited } else { state };
                    found.push(InstanceStatus { id, state, frozen });
                }
            }
            Ok(found)
        })
        .await
    }

    async fn destroy(&self, id: &InstanceId) -> Result<(), DriverError> {
        let entry = self.inner.entry(id);
        entry.ending.send_replace(true);
        let _guard = entry.lock.lock().await;
        self.inner.clear_away(id).await?;
        lock(&self.inner.entries).remove(id);
        Ok(())
    }

    async fn connect(&self, id: &InstanceId) -> Result<AgentConnection, DriverError> {
        if self.inner.look(id).await? != Some(InstanceState::Ready) {
            return Err(DriverError::NoSuchInstance(id.clone()));
        }
        self.inner.set_frozen(id, false).await?;
        let secret = self.inner.secret(id).await?;
        let path = self.inner.paths(id).at("agent");
        let stream = agent::connect(&path).await.map_err(failed("connecting to the agent", &path))?;
        Ok(AgentConnection { stream, secret: AgentSecret(secret) })
    }

    async fn prepare(&self, id: &InstanceId, program: &Preparation) -> Result<(), DriverError> {
        if self.inner.look(id).await? != Some(InstanceState::Ready) {
            return Err(DriverError::NoSuchInstance(id.clone()));
        }
        let mut ending = self.inner.entry(id).ending.subscribe();
        let secret = self.inner.secret(id).await?;
        let path = self.inner.paths(id).at("agent");
        // Without the instance's lock: an end must not wait for this.
        tokio::select! {
            prepared = tokio::time::timeout(PREPARED_WITHIN, agent::prepare(&path, &secret, program)) => {
                let prepared = prepared.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()));
                prepared.map_err(failed("preparing an application through the agent", &path))
            }
            _ = ending.wait_for(|ending| *ending) => Err(DriverError::NoSuchInstance(id.clone())),
        }
    }

    async fn set_frozen(&self, id: &InstanceId, frozen: bool) -> Result<(), DriverError> {
        let entry = self.inner.entry(id);
        let _guard = entry.lock.lock().await;
        if self.inner.look(id).await? != Some(InstanceState::Ready) {
            return Err(DriverError::NoSuchInstance(id.clone()));
        }
        self.inner.set_frozen(id, frozen).await
    }

    async fn attach(&self, id: &InstanceId, home: &HomeFolder) -> Result<(), DriverError> {
        let entry = self.inner.entry(id);
        let guard = entry.lock.clone().lock_owned().await;
        let (inner, id, home) = (self.inner.clone(), id.clone(), home.clone());
        blocking(move || {
            // Until the mount is made, even if nobody waits for it any more: the instance must not go meanwhile.
            let _guard = guard;
            inner.attach_volume(&id, &home)
        })
        .await
    }

    async fn assistant(&self, id: &InstanceId) -> Result<UnixListener, DriverError> {
        let spec = self.inner.paths(id).read()?.map(|record| record.spec);
        if spec.is_none_or(|spec| spec.builder.is_none()) {
            return Err(DriverError::NoSuchInstance(id.clone()));
        }
        self.inner.listen(id)
    }

    async fn snapshot(&self, disk: &DiskId, spec: &SnapshotSpec) -> Result<Snapshot, DriverError> {
        let (inner, disk, spec) = (self.inner.clone(), disk.clone(), spec.clone());
        blocking(move || inner.take_snapshot(&disk, &spec)).await
    }

    async fn remove_disk(&self, disk: &DiskId) -> Result<(), DriverError> {
        let (inner, disk) = (self.inner.clone(), disk.clone());
        blocking(move || inner.remove_disk(&disk)).await
    }

    fn events(&self) -> broadcast::Receiver<InstanceEvent> {
        self.inner.events.subscribe()
    }
}

/// One try at a start. Its blocking steps go on when the future that waits for them is dropped (the time is up, the instance is to go): no step
/// begins after [`Attempt::abandon`], and that waits for the one that runs, so that nothing is made behind the back of whoever clears away.
#[derive(Default)]
struct Attempt {
    abandoned: Mutex<bool>,
}

impl Attempt {
    fn abandon(&self) {
        *lock(&self.abandoned) = true;
    }

    async fn step<T: Send + 'static>(
        self: &Arc<Self>,
        id: &InstanceId,
        work: impl FnOnce() -> Result<T, DriverError> + Send + 'static,
    ) -> Result<T, DriverError> {
        let (attempt, id) = (self.clone(), id.clone());
        blocking(move || {
            let abandoned = lock(&attempt.abandoned);
            if *abandoned {
                return Err(DriverError::Ended { id, detail: "its start was given up".into() });
            }
            work()
        })
        .await
    }
}

impl Inner {
    pub(super) fn state(&self, id: &InstanceId) -> Result<Option<InstanceState>, DriverError> {
        let paths = self.paths(id);
        match paths.read()? {
            Some(record) => record.state().map(Some).map_err(failed("looking at", &paths.directory)),
            // Made, but the record was not yet: a server ended in this moment. There is something to clear away.
            None => Ok(paths.directory.exists().then_some(InstanceState::Starting)),
        }
    }

    async fn look(self: &Arc<Self>, id: &InstanceId) -> Result<Option<InstanceState>, DriverError> {
        let (inner, id) = (self.clone(), id.clone());
        blocking(move || inner.state(&id)).await
    }

    fn is_frozen(&self, id: &InstanceId) -> Result<bool, DriverError> {
        let directory = self.paths(id).directory;
        self.cgroups
            .is_frozen(&self.group, id.as_str())
            .map_err(failed("looking at the freezer of", &directory))
    }

    fn is_doomed(&self, id: &InstanceId) -> Result<bool, DriverError> {
        let paths = self.paths(id);
        let doomed = paths.read()?.map_or(Ok(false), |record| record.is_doomed());
        doomed.map_err(failed("looking at", &paths.directory))
    }

    async fn set_frozen(self: &Arc<Self>, id: &InstanceId, frozen: bool) -> Result<(), DriverError> {
        let (inner, id) = (self.clone(), id.clone());
        blocking(move || {
            let directory = inner.paths(&id).directory;
            let action = if frozen { "freezing" } else { "thawing" };
            inner.cgroups.set_frozen(&inner.group, id.as_str(), frozen).map_err(failed(action, &directory))
        })
        .await
    }

    /// The secret that the server made, and the agent believes.
    async fn secret(&self, id: &InstanceId) -> Result<Vec<u8>, DriverError> {
        let path = self.paths(id).at("secret");
        tokio::fs::read(&path).await.map_err(failed("reading", &path))
    }

    /// The whole start. Whoever drops it half-way must clear away.
    async fn start(self: &Arc<Self>, spec: &InstanceSpec, attempt: &Arc<Attempt>) -> Result<(), DriverError> {
        let (inner, first) = (self.clone(), spec.clone());
        let (mut record, image, secret) = attempt.step(&spec.id, move || inner.prepare_all(&first)).await?;
        self.start_container(Container::Display, &mut record, &image, attempt).await?;
        if spec.internet
            && let Some(display) = &record.display
        {
            self.network.join(&spec.id, record.slot, display.pid).await?;
        }
        self.start_container(Container::App, &mut record, &image, attempt).await?;
        let (display, app) = self.handles(&record)?;
        let directory = self.paths(&spec.id).at("agent");
        tokio::select! {
            ready = agent::wait_ready(&directory, &secret.0) => ready.map_err(failed("asking the agent", &directory))?,
            ended = either_ends(&display, &app) => {
                ended.map_err(failed("watching", &directory))?;
                return Err(DriverError::Ended { id: spec.id.clone(), detail: self.quoted(&spec.id) });
            }
        }
        record.ready = true;
        self.paths(&spec.id).write(&record)?;
        self.watch_handles(&spec.id, display, app);
        Ok(())
    }

    fn prepare_all(&self, spec: &InstanceSpec) -> Result<(Record, ImageRecord, AgentSecret), DriverError> {
        let image = self.config.images.get(&spec.image).map_err(image_error)?;
        let slot = self.take_slot()?;
        let record = Record {
            spec: spec.clone(),
            slot,
            display: None,
            app: None,
            ready: false,
            runtime_layers: self.config.runtime_layers.clone(),
            volumes: Vec::new(),
        };
        // From its record on, clearing away gives the slot free; until then we do.
        self.make_record(&record).inspect_err(|_| {
            lock(&self.slots).remove(&slot);
        })?;
        let secret = self.prepare(&record)?;
        self.config.images.lease(&spec.image, &spec.id).map_err(image_error)?;
        self.prepare_upper(&record)?;
        Ok((record, image, secret))
    }

    fn take_slot(&self) -> Result<u32, DriverError> {
        let mut slots = lock(&self.slots);
        // The highest ids are special to the kernel (-1, -2).
        let ids = (u32::MAX - ID_COUNT).saturating_sub(self.config.id_base) / ID_COUNT;
        let slot = free_slot(&slots, ids.min(self.config.max_instances))
            .ok_or_else(|| DriverError::NoRoom(format!("{} instances exist", slots.len())))?;
        slots.insert(slot);
        Ok(slot)
    }

    /// Starts a container, and writes its first process into the record.
    async fn start_container(
        self: &Arc<Self>,
        container: Container,
        record: &mut Record,
        image: &ImageRecord,
        attempt: &Arc<Attempt>,
    ) -> Result<(), DriverError> {
        let id = record.spec.id.clone();
        let (inner, at_start, image) = (self.clone(), record.clone(), image.clone());
        let start = attempt.step(&id, move || inner.plan(container, &at_start, &image)).await?;
        let paths = self.paths(&id);
        let logs = paths.at("logs");
        logs::pump(&logs, container.name()).map_err(failed("reading the pipes in", &logs))?;
        let status = self.run(start).await?;
        if !status.success() {
            return Err(DriverError::Program {
                program: format!("starting the {} container of {id}", container.name()),
                detail: format!("{status}: {}", logs::last_lines(&logs, container.name())),
            });
        }
        let (inner, mut with_process) = (self.clone(), record.clone());
        *record = attempt
            .step(&id, move || {
                let process = inner.started(container, &paths)?;
                match container {
                    Container::Display => with_process.display = process,
                    Container::App => with_process.app = process,
                }
                paths.write(&with_process)?;
                Ok(with_process)
            })
            .await?;
        let process = match container {
            Container::Display => &record.display,
            Container::App => &record.app,
        };
        match process {
            Some(_) => Ok(()),
            None => Err(DriverError::Ended { detail: self.quoted(&id), id }),
        }
    }

    async fn run(&self, start: Start) -> Result<std::process::ExitStatus, DriverError> {
        let executable = &self.config.executable;
        let errors = start.output.try_clone().map_err(failed("sharing the pipe of", &start.plan))?;
        // Not killed when this future is dropped: the lock tells whoever clears away to wait for it.
        Command::new(executable)
            .args(["internal", "start-container"])
            .arg(&start.plan)
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .current_dir("/")
            .stdin(Stdio::from(start.lock))
            .stdout(Stdio::from(start.output))
            .stderr(Stdio::from(errors))
            .status()
            .await
            .map_err(failed("starting", executable))
    }

    /// Handles of both first processes.
    fn handles(&self, record: &Record) -> Result<(AsyncFd<OwnedFd>, AsyncFd<OwnedFd>), DriverError> {
        let id = &record.spec.id;
        let directory = self.paths(id).directory;
        let open = |process: &Option<ProcessName>| {
            let process = process.as_ref().map_or(Ok(None), ProcessName::open);
            let handle = process.map_err(failed("watching", &directory))?;
            let handle =
                handle.ok_or_else(|| DriverError::Ended { id: id.clone(), detail: self.quoted(id) })?;
            crate::sys::watch_readable(handle).map_err(failed("watching", &directory))
        };
        Ok((open(&record.display)?, open(&record.app)?))
    }

    /// Announces the instance's end, should it end by itself.
    pub(super) fn watch(self: &Arc<Self>, id: &InstanceId, record: &Record) -> Result<(), DriverError> {
        match self.handles(record) {
            Ok((display, app)) => self.watch_handles(id, display, app),
            // It ended in this moment: `list` shows it.
            Err(DriverError::Ended { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn watch_handles(self: &Arc<Self>, id: &InstanceId, display: AsyncFd<OwnedFd>, app: AsyncFd<OwnedFd>) {
        let (id, entry) = (id.clone(), self.entry(id));
        let events = self.events.clone();
        tokio::spawn(async move {
            if let Err(error) = either_ends(&display, &app).await {
                tracing::error!(instance = %id, %error, "an instance can no longer be watched");
            }
            if !*entry.ending.borrow() {
                tracing::warn!(instance = %id, "an instance ended by itself");
                // An error only means that nobody listens at the moment.
                let _ = events.send(InstanceEvent::Exited { id });
            }
        });
    }

    /// Clears everything away, and gives slot and image free after it.
    async fn clear_away(self: &Arc<Self>, id: &InstanceId) -> Result<(), DriverError> {
        let (inner, cleared) = (self.clone(), id.clone());
        let record = blocking(move || inner.paths(&cleared).read()).await?;
        if let Some(record) = record.as_ref().filter(|record| record.spec.internet) {
            self.network.leave(id, record.slot).await?;
        }
        let (inner, id) = (self.clone(), id.clone());
        blocking(move || {
            inner.clear(&inner.paths(&id))?;
            if let Some(record) = record {
                if let Err(error) = inner.config.images.release(&record.spec.image, &id) {
                    tracing::warn!(instance = %id, %error, "an image could not be released");
                }
                lock(&inner.slots).remove(&record.slot);
            }
            Ok(())
        })
        .await
    }

    /// The last lines of both containers, for an error.
    fn quoted(&self, id: &InstanceId) -> String {
        let logs = self.paths(id).at("logs");
        [Container::Display, Container::App]
            .map(|container| format!("{}: {}", container.name(), logs::last_lines(&logs, container.name())))
            .join("\n")
    }
}

pub(super) fn image_error(error: ImportError) -> DriverError {
    match error {
        ImportError::NoSuchImage(digest) => DriverError::ImageMissing(digest),
        ImportError::Io { action, path, source } => DriverError::Io { action, path, source },
        other => DriverError::Program { program: "the image store".into(), detail: other.to_string() },
    }
}

async fn either_ends(display: &AsyncFd<OwnedFd>, app: &AsyncFd<OwnedFd>) -> std::io::Result<()> {
    // A pidfd is readable from the moment the process has ended.
    tokio::select! {
        ended = display.readable() => ended.map(drop),
        ended = app.readable() => ended.map(drop),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DriverError> + Send + 'static,
) -> Result<T, DriverError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(DriverError::Program { program: "millrace".into(), detail: error.to_string() })
    })
}
