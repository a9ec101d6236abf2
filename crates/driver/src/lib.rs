//! Runs instances: `trait Driver` and its implementations.
//!
//! An instance is a pod of two containers (see `ARCHITECTURE.md`). The driver knows hosts, images on disk and containers; it knows neither the
//! store nor the wire. What should run is decided elsewhere: a reconciler calls [`Driver::list`], plans, and calls [`Driver::ensure`] and
//! [`Driver::destroy`]; each of them may be repeated without harm.

mod bpf;
mod builder;
pub mod confine;
#[doc(hidden)]
pub mod fuzzing;
pub mod host_check;
pub mod images;
pub mod internal;
mod io_error;
pub mod lock;
mod loop_device;
pub mod objects;
mod process;
pub mod recipes;
pub mod sandbox;
pub mod simulated;
mod sys;
mod volume;

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use async_trait::async_trait;
pub use builder::{BuilderSpec, DiskId, Snapshot, SnapshotApplication, SnapshotSpec};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
pub use volume::{AccessMode, HomeFolder, InvalidVolumeKey, VolumeKey};

/// Names one instance for ever: an instance is never used again, so neither is its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceId(String);

impl InstanceId {
    /// 1 to 40 characters of `a-z`, `0-9` and `-`, beginning with a letter or digit: it becomes part of paths, host names and cgroup names.
    ///
    /// # Errors
    /// [`InvalidInstanceId`] when `id` is anything else.
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidInstanceId> {
        let id = id.into();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let valid = (1..=40).contains(&id.len())
            && plain(id.as_bytes()[0])
            && id.bytes().all(|byte| plain(byte) || byte == b'-');
        if valid { Ok(Self(id)) } else { Err(InvalidInstanceId) }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for InstanceId {
    type Error = InvalidInstanceId;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        Self::new(id)
    }
}

impl From<InstanceId> for String {
    fn from(id: InstanceId) -> Self {
        id.0
    }
}

/// The text is not an instance id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an instance id is 1 to 40 characters of a-z, 0-9 and '-', beginning with a letter or digit")]
pub struct InvalidInstanceId;

/// The digest of an image's manifest, `sha256:` and 64 hexadecimal digits: what an image *is*, whatever it is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ImageDigest(pub String);

/// What an instance may use of the host. Enforced for both containers of the pod together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Processor time in thousandths of a processor.
    pub cpu_millis: u32,
    /// Processes and threads.
    pub processes: u32,
}

/// The remote screen in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenSize {
    /// 320 to 7680.
    pub width: u16,
    /// 200 to 4320.
    pub height: u16,
}

/// Everything a driver must know to start an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceSpec {
    /// Its name.
    pub id: InstanceId,
    /// The image whose root filesystem the app container gets.
    pub image: ImageDigest,
    /// What it may use.
    pub limits: Limits,
    /// The largest screen it can have: an X server cannot grow beyond its start.
    pub screen: ScreenSize,
    /// Set for an image builder's instance.
    #[serde(default)]
    pub builder: Option<BuilderSpec>,
    /// Whether it reaches the internet, and nothing else; without it there is no network at all.
    #[serde(default)]
    pub internet: bool,
}

/// What a driver sees of an instance on the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceStatus {
    /// Its name.
    pub id: InstanceId,
    /// What it is doing.
    pub state: InstanceState,
    /// It is ready, and stopped where it is ([`Driver::set_frozen`]).
    pub frozen: bool,
}

/// A program that is started before its user is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preparation {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// `NAME=value`, over the image's own: nothing of a user's.
    pub environment: Vec<String>,
    /// Where it starts; empty: the image's user's home.
    pub working_directory: String,
}

/// What an instance is doing, as far as the host shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InstanceState {
    /// Something of it exists, but it has not said that it is ready: `ensure` carries on, `destroy` clears it away.
    Starting,
    /// X server, agent and launcher are up.
    Ready,
    /// It ended by itself; only remains are left, which `destroy` clears away.
    Exited,
}

/// Something happened to an instance by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InstanceEvent {
    /// A container of the pod ended without `destroy`.
    Exited {
        /// The instance.
        id: InstanceId,
    },
}

/// A connection to an instance's agent, with the secret that the agent expects in the first message.
#[derive(Debug)]
pub struct AgentConnection {
    /// Speaks the gateway ↔ agent part of the stream protocol.
    pub stream: tokio::net::UnixStream,
    /// 32 bytes; never logged.
    pub secret: AgentSecret,
}

/// The secret of one instance's agent.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentSecret(pub Vec<u8>);

impl fmt::Debug for AgentSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AgentSecret(…)")
    }
}

/// Why a driver could not do what it was asked for. It can be told to another process, since the driver may run in one of its own.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub enum DriverError {
    /// The image is not in this host's image store.
    #[error("the image {} is not on this host", .0.0)]
    ImageMissing(ImageDigest),
    /// There is no such instance.
    #[error("there is no instance {0}")]
    NoSuchInstance(InstanceId),
    /// There is no such disk of an image builder.
    #[error("there is no disk {0}")]
    NoSuchDisk(DiskId),
    /// An instance has the disk of an image builder.
    #[error("the disk {0} is in use")]
    DiskInUse(DiskId),
    /// No host range of ids, memory or disk is left for another instance.
    #[error("this host has no room for another instance: {0}")]
    NoRoom(String),
    /// The instance did not become ready in time.
    #[error("instance {id} was not ready within {seconds} s: {detail}")]
    NotReady {
        /// The instance.
        id: InstanceId,
        /// The bound that passed, in seconds.
        seconds: u64,
        /// What was still missing, and the last lines that the instance said.
        detail: String,
    },
    /// The instance ended while it started.
    #[error("instance {id} ended while it started: {detail}")]
    Ended {
        /// The instance.
        id: InstanceId,
        /// The last lines that it said.
        detail: String,
    },
    /// A user's volume cannot be mounted. What is on it is as it was.
    #[error("the home folder cannot be opened: {0}")]
    Volume(String),
    /// The way to the internet could not be made.
    #[error("no network for instances: {0}")]
    Network(String),
    /// A system call or a file operation failed.
    #[error("{action} failed at {path}")]
    Io {
        /// What was tried.
        action: Cow<'static, str>,
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        #[serde(with = "io_error")]
        source: std::io::Error,
    },
    /// A program of the host (crun, runc) failed.
    #[error("{program} failed: {detail}")]
    Program {
        /// Which.
        program: String,
        /// What it said.
        detail: String,
    },
    /// Whoever does all this has ended, and with it what is known of the instances: they may run on.
    #[error("the host process of the server is lost: {0}")]
    Lost(String),
}

/// Starts, lists and ends instances on some kind of host.
#[async_trait]
pub trait Driver: Send + Sync + 'static {
    /// Brings the instance up, and returns once it is ready for a user (within a bound of the driver's own). Carries on with one that is half up; is
    /// immediate for one that is ready. If it fails, whatever was made is cleared away before it returns.
    async fn ensure(&self, spec: &InstanceSpec) -> Result<(), DriverError>;

    /// All instances of this installation that exist on the host in any form, also those that an earlier process started.
    async fn list(&self) -> Result<Vec<InstanceStatus>, DriverError>;

    /// Ends the instance and clears away all of it: processes, mounts, cgroups, files. Succeeds if there is nothing.
    async fn destroy(&self, id: &InstanceId) -> Result<(), DriverError>;

    /// A new connection to the instance's agent. A frozen instance goes on first.
    async fn connect(&self, id: &InstanceId) -> Result<AgentConnection, DriverError>;

    /// Starts a program in a ready instance that has had no user, and returns once it shows itself (within a bound of the agent's own, 10 s). May be
    /// repeated: a program is prepared once. What of it a user gets is agreed between gateway and agent (`docs/stream-protocol.md`).
    async fn prepare(&self, id: &InstanceId, program: &Preparation) -> Result<(), DriverError>;

    /// Stops all processes of a ready instance where they are, or lets them go on; may be repeated. A frozen instance takes no processor time, answers
    /// nobody, stays [`InstanceState::Ready`] for [`Driver::list`], also for a later server, and can be destroyed.
    async fn set_frozen(&self, id: &InstanceId, frozen: bool) -> Result<(), DriverError>;

    /// Mounts a user's home folder into a ready instance, at `MyFiles/HomeFolder` in the home of the image's user, and makes it at its first use. Must
    /// be called before the user comes; repeated, it does nothing. The folder stays when the instance goes.
    async fn attach(&self, id: &InstanceId, home: &HomeFolder) -> Result<(), DriverError>;

    /// Where the image assistant of a builder's instance calls. Each call replaces the listener before it, whose server may have been killed.
    async fn assistant(&self, id: &InstanceId) -> Result<tokio::net::UnixListener, DriverError>;

    /// Makes a new image of what an image builder wrote to its disk, above the image that the builder was made of. The disk stays as it is. It
    /// must not be in use.
    async fn snapshot(&self, disk: &DiskId, spec: &SnapshotSpec) -> Result<Snapshot, DriverError>;

    /// Removes the disk of an image builder with all that is on it. Succeeds if there is none; fails while an instance has it.
    async fn remove_disk(&self, disk: &DiskId) -> Result<(), DriverError>;

    /// What happens to instances from now on. A receiver that lags must call [`Driver::list`].
    fn events(&self) -> broadcast::Receiver<InstanceEvent>;
}
