//! Instances without containers. [`SimulatedDriver`]'s exist only in memory: for tests of what stands on the driver. [`DetachedDriver`]'s are
//! processes that outlive the server, as real ones do: for `instances.driver = "simulated"`.
//!
//! [`SimulatedDriver`] keeps the contract of [`Driver`] exactly (repeats are harmless, failures leave nothing, what dies by itself is announced), and adds what a
//! test needs to make things go wrong. With both, a connection leads to a minimal agent: it answers Attach with a screen of one colour, and Probe with
//! AgentReady, in the bytes of `docs/stream-protocol.md`.

mod agent;
mod detached;
pub(crate) mod instance;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::SocketAddr;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::broadcast;

pub use detached::DetachedDriver;

use crate::{
    AgentConnection, AgentSecret, DiskId, Driver, DriverError, HomeFolder, ImageDigest, InstanceEvent,
    InstanceId, InstanceSpec, InstanceState, InstanceStatus, Preparation, ScreenSize, Snapshot, SnapshotSpec,
};

/// Events that a slow receiver may have outstanding before it lags.
const EVENT_CAPACITY: usize = 256;
/// What the minimal agent takes for a secret: any.
const SECRET: [u8; 32] = [0x5a; 32];

/// A driver whose instances are entries of a map. Clones share their instances.
#[derive(Clone)]
pub struct SimulatedDriver {
    inner: Arc<Inner>,
}

struct Inner {
    state: Mutex<State>,
    events: broadcast::Sender<InstanceEvent>,
}

struct State {
    start_delay: Duration,
    failures_left: u32,
    losses_left: u32,
    capacity: Option<usize>,
    instances: BTreeMap<InstanceId, Simulated>,
    /// Disks of image builders, and how many snapshots were taken of each.
    disks: BTreeMap<DiskId, u64>,
}

struct Simulated {
    state: InstanceState,
    screen: ScreenSize,
    disk: Option<DiskId>,
    frozen: bool,
}

impl SimulatedDriver {
    /// Instances become ready after `start_delay`.
    #[must_use]
    pub fn new(start_delay: Duration) -> Self {
        let (events, _) = broadcast::channel(EVENT_CAPACITY);
        let state = State {
            start_delay,
            failures_left: 0,
            losses_left: 0,
            capacity: None,
            instances: BTreeMap::new(),
            disks: BTreeMap::new(),
        };
        Self { inner: Arc::new(Inner { state: Mutex::new(state), events }) }
    }

    /// From now on instances become ready after `start_delay`.
    pub fn set_start_delay(&self, start_delay: Duration) {
        self.state().start_delay = start_delay;
    }

    /// The next `count` calls of `ensure` that would start an instance fail, after the start delay, with [`DriverError::Program`].
    pub fn fail_next(&self, count: u32) {
        self.state().failures_left = count;
    }

    /// The next `count` calls of `ensure` and `snapshot` answer [`DriverError::Lost`], as if the host process had ended. `ensure` starts its instance
    /// all the same.
    pub fn lose_next(&self, count: u32) {
        self.state().losses_left = count;
    }

    /// At most this many instances fit; one more is refused with [`DriverError::NoRoom`]. `None`: no bound.
    pub fn set_capacity(&self, capacity: Option<usize>) {
        self.state().capacity = capacity;
    }

    /// Lets an instance die by itself, as when its X server crashes. False if there is no such living instance.
    pub fn kill(&self, id: &InstanceId) -> bool {
        let killed = match self.state().instances.get_mut(id) {
            Some(instance) if instance.state != InstanceState::Exited => {
                instance.state = InstanceState::Exited;
                instance.frozen = false;
                true
            }
            _ => false,
        };
        if killed {
            // An error only means that nobody listens at the moment.
            let _ = self.inner.events.send(InstanceEvent::Exited { id: id.clone() });
        }
        killed
    }

    /// The disks of image builders.
    #[must_use]
    pub fn disks(&self) -> Vec<DiskId> {
        self.state().disks.keys().cloned().collect()
    }

    /// The abstract name of the socket on which the server listens to a builder's image assistant.
    #[must_use]
    pub fn assistant_name(&self, id: &InstanceId) -> String {
        format!("millrace-simulated-{}-{:p}-{id}", std::process::id(), Arc::as_ptr(&self.inner))
    }

    fn free_disk(&self, disk: &DiskId) -> Result<MutexGuard<'_, State>, DriverError> {
        let state = self.state();
        if state.instances.values().any(|instance| instance.disk.as_ref() == Some(disk)) {
            return Err(DriverError::DiskInUse(disk.clone()));
        }
        Ok(state)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held leaves a map that is still whole: each change is one insertion or removal.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with an instance that is ready.
    fn ready<T>(&self, id: &InstanceId, act: impl FnOnce(&mut Simulated) -> T) -> Result<T, DriverError> {
        match self.state().instances.get_mut(id) {
            Some(instance) if instance.state == InstanceState::Ready => Ok(act(instance)),
            _ => Err(DriverError::NoSuchInstance(id.clone())),
        }
    }

    /// Registers the instance; the delay to wait, or `None` if it is ready already. The flag says whether this start is to fail.
    fn begin(&self, spec: &InstanceSpec) -> Result<Option<(Duration, bool)>, DriverError> {
        let mut state = self.state();
        match state.instances.get(&spec.id).map(|instance| instance.state) {
            Some(InstanceState::Ready) => return Ok(None),
            Some(InstanceState::Exited) => {
                return Err(DriverError::Ended { id: spec.id.clone(), detail: "it was killed".into() });
            }
            Some(InstanceState::Starting) => {}
            None => {
                if state.capacity.is_some_and(|capacity| state.instances.len() >= capacity) {
                    return Err(DriverError::NoRoom("the simulated host is full".into()));
                }
                let builder = spec.builder.clone();
                if let Some(builder) = &builder {
                    state.disks.entry(builder.disk.clone()).or_default();
                }
                let disk = builder.map(|builder| builder.disk);
                let instance =
                    Simulated { state: InstanceState::Starting, screen: spec.screen, disk, frozen: false };
                state.instances.insert(spec.id.clone(), instance);
            }
        }
        let fails = state.failures_left > 0;
        state.failures_left = state.failures_left.saturating_sub(1);
        Ok(Some((state.start_delay, fails)))
    }
}

#[async_trait]
impl Driver for SimulatedDriver {
    async fn ensure(&self, spec: &InstanceSpec) -> Result<(), DriverError> {
        let Some((delay, fails)) = self.begin(spec)? else { return Ok(()) };
        tokio::time::sleep(delay).await;
        let mut state = self.state();
        let is_lost = state.losses_left > 0;
        state.losses_left = state.losses_left.saturating_sub(1);
        if fails {
            state.instances.remove(&spec.id);
            return Err(DriverError::Program { program: "simulated".into(), detail: "told to fail".into() });
        }
        match state.instances.get_mut(&spec.id) {
            Some(instance) if instance.state != InstanceState::Exited => {
                instance.state = InstanceState::Ready;
                if is_lost { Err(lost()) } else { Ok(()) }
            }
            _ => {
                state.instances.remove(&spec.id);
                Err(DriverError::Ended {
                    id: spec.id.clone(),
                    detail: "it was killed while it started".into(),
                })
            }
        }
    }

    async fn list(&self) -> Result<Vec<InstanceStatus>, DriverError> {
        let state = self.state();
        Ok(state
            .instances
            .iter()
            .map(|(id, instance)| InstanceStatus {
                id: id.clone(),
                state: instance.state,
                frozen: instance.frozen,
            })
            .collect())
    }

    async fn destroy(&self, id: &InstanceId) -> Result<(), DriverError> {
        self.state().instances.remove(id);
        Ok(())
    }

    async fn connect(&self, id: &InstanceId) -> Result<AgentConnection, DriverError> {
        let screen = self.ready(id, |instance| {
            instance.frozen = false;
            instance.screen
        })?;
        let (stream, agent) = UnixStream::pair().map_err(|source| DriverError::Io {
            action: "making a socket pair".into(),
            path: "(simulated)".into(),
            source,
        })?;
        // The task ends with the connection: at the first error or end of file.
        tokio::spawn(agent::serve(agent, screen));
        Ok(AgentConnection { stream, secret: AgentSecret(SECRET.to_vec()) })
    }

    /// Nothing is started: the pictures of a simulated instance show no program.
    async fn prepare(&self, id: &InstanceId, _program: &Preparation) -> Result<(), DriverError> {
        self.ready(id, |_| ())
    }

    /// Nothing of a simulated instance runs by itself: it is only noted.
    async fn set_frozen(&self, id: &InstanceId, frozen: bool) -> Result<(), DriverError> {
        self.ready(id, |instance| instance.frozen = frozen)
    }

    /// Nothing of a simulated instance has files.
    async fn attach(&self, id: &InstanceId, _home: &HomeFolder) -> Result<(), DriverError> {
        self.ready(id, |_| ())
    }

    async fn assistant(&self, id: &InstanceId) -> Result<UnixListener, DriverError> {
        if !self.state().instances.contains_key(id) {
            return Err(DriverError::NoSuchInstance(id.clone()));
        }
        let listen = || {
            let address = SocketAddr::from_abstract_name(self.assistant_name(id))?;
            let listener = std::os::unix::net::UnixListener::bind_addr(&address)?;
            listener.set_nonblocking(true)?;
            UnixListener::from_std(listener)
        };
        listen().map_err(|source| DriverError::Io {
            action: "listening at".into(),
            path: self.assistant_name(id).into(),
            source,
        })
    }

    async fn snapshot(&self, disk: &DiskId, spec: &SnapshotSpec) -> Result<Snapshot, DriverError> {
        let delay = self.state().start_delay;
        tokio::time::sleep(delay).await;
        let mut state = self.free_disk(disk)?;
        if state.losses_left > 0 {
            state.losses_left -= 1;
            return Err(lost());
        }
        if state.failures_left > 0 {
            state.failures_left -= 1;
            return Err(DriverError::Program { program: "simulated".into(), detail: "told to fail".into() });
        }
        let count = state.disks.get_mut(disk).ok_or_else(|| DriverError::NoSuchDisk(disk.clone()))?;
        *count += 1;
        Ok(snapshot_of(disk, *count, spec))
    }

    async fn remove_disk(&self, disk: &DiskId) -> Result<(), DriverError> {
        self.free_disk(disk)?.disks.remove(disk);
        Ok(())
    }

    fn events(&self) -> broadcast::Receiver<InstanceEvent> {
        self.inner.events.subscribe()
    }
}

fn lost() -> DriverError {
    DriverError::Lost("told to be lost".into())
}

/// What the `count`-th snapshot of a disk is taken for: no two are the same.
fn snapshot_of(disk: &DiskId, count: u64, spec: &SnapshotSpec) -> Snapshot {
    let digest = hex::encode(Sha256::digest(format!("{disk} {count} {spec:?}")));
    Snapshot {
        image: ImageDigest(format!("sha256:{digest}")),
        layer_bytes: 0,
        cleaned: Vec::new(),
        applications: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use crate::{ImageDigest, Limits};

    fn spec(id: &str) -> InstanceSpec {
        InstanceSpec {
            id: InstanceId::new(id).unwrap(),
            image: ImageDigest("sha256:0".into()),
            limits: Limits { memory_bytes: 1 << 30, cpu_millis: 1000, processes: 100 },
            screen: ScreenSize { width: 1280, height: 720 },
            builder: None,
            internet: false,
        }
    }

    #[tokio::test]
    async fn an_instance_starts_dies_and_is_cleared_away() {
        let driver = SimulatedDriver::new(Duration::from_millis(1));
        let mut events = driver.events();
        let spec = spec("one");
        driver.ensure(&spec).await.unwrap();
        driver.ensure(&spec).await.unwrap();
        assert_eq!(driver.list().await.unwrap()[0].state, InstanceState::Ready);
        assert!(driver.kill(&spec.id));
        assert!(!driver.kill(&spec.id));
        assert_eq!(events.recv().await.unwrap(), InstanceEvent::Exited { id: spec.id.clone() });
        assert_eq!(driver.list().await.unwrap()[0].state, InstanceState::Exited);
        assert!(matches!(driver.connect(&spec.id).await, Err(DriverError::NoSuchInstance(_))));
        driver.destroy(&spec.id).await.unwrap();
        driver.destroy(&spec.id).await.unwrap();
        assert!(driver.list().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn failures_and_full_hosts_leave_nothing() {
        let driver = SimulatedDriver::new(Duration::ZERO);
        driver.fail_next(1);
        assert!(matches!(driver.ensure(&spec("one")).await, Err(DriverError::Program { .. })));
        assert!(driver.list().await.unwrap().is_empty());
        driver.set_capacity(Some(1));
        driver.ensure(&spec("one")).await.unwrap();
        assert!(matches!(driver.ensure(&spec("two")).await, Err(DriverError::NoRoom(_))));
        assert_eq!(driver.list().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn attach_shows_one_colour() {
        let driver = SimulatedDriver::new(Duration::ZERO);
        let spec = spec("one");
        driver.ensure(&spec).await.unwrap();
        let mut connection = driver.connect(&spec.id).await.unwrap();
        let mut attach = vec![0x02, 1, 0];
        attach.extend_from_slice(&32u16.to_le_bytes());
        attach.extend_from_slice(&connection.secret.0);
        for value in [800u16, 600, 100] {
            attach.extend_from_slice(&value.to_le_bytes());
        }
        let mut framed = Vec::new();
        agent::frame_message(&mut framed, &attach);
        connection.stream.write_all(&framed).await.unwrap();
        assert_eq!(connection.stream.read_u32_le().await.unwrap(), 5);
        let mut screen = [0; 5];
        connection.stream.read_exact(&mut screen).await.unwrap();
        assert_eq!(screen, [0x82, 0x20, 0x03, 0x58, 0x02]);
        let length = connection.stream.read_u32_le().await.unwrap() as usize;
        let mut frame = vec![0; length];
        connection.stream.read_exact(&mut frame).await.unwrap();
        assert_eq!(frame[0], 0x83);
        assert_eq!(&frame[length - 3..], [0x30, 0x60, 0x90]);
    }
}
