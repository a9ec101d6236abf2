//! Instances on this host: pods of two containers under crun or runc.
//!
//! ```text
//! ensure ── record on disk ── files, cgroup ── display container ── app container ── Probe answered ── ready
//!                 └───────────────── any failure: everything is cleared away again ─────────────────┘
//! ```
//!
//! Containers are no children of this process: they go on when it ends, and a new [`SandboxDriver`] over the same directory finds them by their records.
//! INVARIANT: whatever exists on the host for an instance, the instance's directory exists; it is made first and removed last.

pub(crate) mod agent;
mod builder;
mod bundle;
pub(crate) mod cgroup;
mod disk;
mod driver;
mod logs;
pub(crate) mod network;
mod pod;
mod record;
pub(crate) mod runtime;
mod seccomp;
mod volumes;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::{broadcast, watch};

pub(crate) use bundle::{DISPLAY_ID, ID_COUNT};
pub(crate) use cgroup::Cgroups;
use network::Network;
pub use network::{InvalidSubnet, NetworkConfig, Subnet};
use record::{InstancePaths, failed, instance_ids};
pub(crate) use runtime::Runtime;
pub use runtime::RuntimeChoice;
pub(crate) use seccomp::profile as build_profile;
pub use volumes::VolumesConfig;

use crate::images::ImageStore;
use crate::{DiskId, DriverError, InstanceEvent, InstanceId};

/// Events that a slow receiver may have outstanding before it lags.
const EVENT_CAPACITY: usize = 1024;
/// Where the tmpfs of a start may be mounted, in a mount namespace of its own: directories that every host has and no start needs.
const STAGES: [&str; 4] = ["/mnt", "/media", "/srv", "/opt"];

/// What one instance may write to its own file system (its memory-backed /tmp/.X11-unix, /run and /dev/shm count as memory instead).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskLimit {
    /// Bytes, the file system's own tables included: at least 16 MiB. Taken from the host's disk only as they are written.
    pub bytes: u64,
    /// Files, directories and links: at least 64.
    pub inodes: u64,
}

impl DiskLimit {
    /// `bytes`, and as many files as such disks usually have: one for 16 KiB, at most 4 Mi.
    #[must_use]
    pub const fn of(bytes: u64) -> Self {
        let inodes = bytes >> 14;
        Self { bytes, inodes: if inodes > 1 << 22 { 1 << 22 } else { inodes } }
    }
}

/// Where a sandbox driver works, and with what.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Holds the instances' files. One driver at a time works here.
    pub run_dir: PathBuf,
    /// The images on this host.
    pub images: Arc<ImageStore>,
    /// The runtime image's root filesystem: directories, topmost first, whose ids start at 0.
    pub runtime_layers: Vec<PathBuf>,
    /// The program `millrace-agent`, linked against what the runtime image has.
    pub agent: PathBuf,
    /// The program `millrace-launcher`, linked against nothing.
    pub launcher: PathBuf,
    /// The first host id that instances may have; each has 65,536 of them. Ranges of other users of the host (/etc/subuid) must not overlap.
    pub id_base: u32,
    /// How many instances may exist at once.
    pub max_instances: u32,
    /// The OCI runtime.
    pub runtime: RuntimeChoice,
    /// The program that answers `internal …`: `/proc/self/exe` where [`crate::internal::run`] is called first thing.
    pub executable: PathBuf,
    /// What each instance may write; `None` for no bound but the host's disk (where it has no loop devices, say).
    pub disk: Option<DiskLimit>,
    /// How many times of the host's room for them the bounds of all instances may come to together.
    pub disk_overcommit: f64,
    /// How those instances reach the internet that are to.
    pub network: NetworkConfig,
    /// Where users' volumes are kept; `None` if there are none.
    pub volumes: Option<VolumesConfig>,
    /// From the start of an instance to its being ready.
    pub ready_timeout: Duration,
}

impl SandboxConfig {
    /// The usual configuration: crun or runc, ids from 0x2000_0000, at most 1,000 instances, 8 GiB and 524,288 files for each, 30 s
    /// to be ready.
    #[must_use]
    pub fn new(run_dir: PathBuf, images: Arc<ImageStore>, runtime_layers: Vec<PathBuf>) -> Self {
        Self {
            run_dir,
            images,
            runtime_layers,
            agent: "/usr/lib/millrace/millrace-agent".into(),
            launcher: "/usr/lib/millrace/millrace-launcher".into(),
            id_base: 0x2000_0000,
            max_instances: 1000,
            runtime: RuntimeChoice::Auto,
            executable: "/proc/self/exe".into(),
            disk: Some(DiskLimit::of(8 << 30)),
            disk_overcommit: 4.0,
            network: NetworkConfig::default(),
            volumes: None,
            ready_timeout: Duration::from_secs(30),
        }
    }
}

/// Runs instances on this host. Clones share everything.
#[derive(Clone)]
pub struct SandboxDriver {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    config: SandboxConfig,
    runtime: Runtime,
    cgroups: Cgroups,
    /// The cgroup of all this driver's pods.
    group: String,
    stage: PathBuf,
    /// The empty writable layer, if instances have a bound.
    disk: Option<disk::Template>,
    volumes: Option<volumes::Volumes>,
    network: Network,
    slots: Mutex<BTreeSet<u32>>,
    entries: Mutex<BTreeMap<InstanceId, Arc<Entry>>>,
    events: broadcast::Sender<InstanceEvent>,
    _lock: File,
}

/// What this process keeps of an instance.
struct Entry {
    /// One change at a time.
    lock: Arc<tokio::sync::Mutex<()>>,
    /// True from the moment that the instance is to go: ends a start under way, and silences its exit.
    ending: watch::Sender<bool>,
}

impl SandboxDriver {
    /// Takes `config.run_dir` over, with the instances that an earlier process left running there. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// No OCI runtime or no mkfs.ext4 is found, another process works in the directory, or it cannot be written.
    pub fn new(config: SandboxConfig) -> Result<Self, DriverError> {
        let instances = config.run_dir.join("instances");
        DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(&instances)
            .map_err(failed("making", &instances))?;
        let run_dir = config.run_dir.canonicalize().map_err(failed("resolving", &config.run_dir))?;
        let config = SandboxConfig { run_dir, ..config };
        let lock_path = config.run_dir.join("lock");
        let lock = File::create(&lock_path).map_err(failed("making", &lock_path))?;
        if !crate::lock::exclusively(&lock).map_err(failed("locking", &lock_path))? {
            return Err(failed("locking", &lock_path)(rustix::io::Errno::WOULDBLOCK.into()));
        }
        make_mountpoints(&config.run_dir.join("mountpoints"))?;
        let cgroup_root = Path::new("/sys/fs/cgroup");
        let digest = Sha256::digest(config.run_dir.as_os_str().as_encoded_bytes());
        let digest = hex::encode(&digest[..4]);
        let inner = Inner {
            runtime: Runtime::find(&config.runtime)?,
            cgroups: Cgroups::detect(cgroup_root).map_err(failed("reading", cgroup_root))?,
            group: format!("millrace-{digest}"),
            network: Network::new(config.network.clone(), &config.run_dir, &digest, &config.executable),
            stage: find_stage(&Runtime::find(&config.runtime)?, &config.run_dir)?,
            disk: config
                .disk
                .map(|limit| disk::Template::open(&config.run_dir, limit, config.disk_overcommit))
                .transpose()?,
            volumes: config.volumes.as_ref().map(volumes::Volumes::open).transpose()?,
            slots: Mutex::new(BTreeSet::new()),
            entries: Mutex::new(BTreeMap::new()),
            events: broadcast::channel(EVENT_CAPACITY).0,
            config,
            _lock: lock,
        };
        let driver = Self { inner: Arc::new(inner) };
        driver.adopt()?;
        Ok(driver)
    }

    /// Takes note of the slots of all instances, and watches the living.
    fn adopt(&self) -> Result<(), DriverError> {
        let config = &self.inner.config;
        let ids = instance_ids(&config.run_dir)?;
        config.images.pin(&config.runtime_layers);
        let disks = self.inner.disks()?;
        let living: Vec<&InstanceId> = ids.iter().chain(disks.iter().map(DiskId::as_lease)).collect();
        config.images.keep_leases(&living).map_err(driver::image_error)?;
        let mut members = BTreeSet::new();
        for id in ids {
            let paths = self.inner.paths(&id);
            let Some(record) = paths.read()? else { continue };
            lock(&self.inner.slots).insert(record.slot);
            if record.spec.internet {
                members.insert(id.clone());
            }
            // It may have been started over an earlier runtime image.
            config.images.pin(&record.runtime_layers);
            let alive = record.state().map_err(failed("looking at", &paths.directory))?;
            if record.ready && alive != crate::InstanceState::Exited {
                self.inner.watch(&id, &record)?;
                let logs = paths.at("logs");
                for container in [pod::Container::Display, pod::Container::App] {
                    logs::pump(&logs, container.name()).map_err(failed("reading the pipes in", &logs))?;
                }
            }
        }
        let inner = self.inner.clone();
        tokio::spawn(async move {
            if let Err(error) = inner.network.adopt(members).await {
                tracing::error!(%error, "the network of an earlier server's instances cannot be taken over");
            }
        });
        Ok(())
    }
}

impl Inner {
    fn paths(&self, id: &InstanceId) -> InstancePaths {
        InstancePaths::new(&self.config.run_dir, id)
    }

    fn entry(&self, id: &InstanceId) -> Arc<Entry> {
        let make = || Arc::new(Entry { lock: Arc::default(), ending: watch::Sender::new(false) });
        lock(&self.entries).entry(id.clone()).or_insert_with(make).clone()
    }
}

/// A panic while a lock was held leaves sets that are still whole: each change is one insertion or removal.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The display container's root is read-only, and its layers are everybody's: nothing may be made there when something is to be mounted.
fn make_mountpoints(root: &Path) -> Result<(), DriverError> {
    for name in ["", "proc", "dev", "sys", "run", "tmp", "usr", "usr/bin"] {
        let path = root.join(name);
        DirBuilder::new().mode(0o755).recursive(true).create(&path).map_err(failed("making", &path))?;
        // runc gives a tmpfs the mode of what it is mounted on, whatever the bundle says.
        let mode = if name == "tmp" { 0o1777 } else { 0o755 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).map_err(failed("opening", &path))?;
    }
    let agent = root.join("usr/bin/millrace-agent");
    File::create(&agent).map_err(failed("making", &agent))?;
    Ok(())
}

/// A directory to mount over that hides nothing the runtime and its user need.
pub(crate) fn find_stage(runtime: &Runtime, needed: &Path) -> Result<PathBuf, DriverError> {
    let program = runtime.program();
    STAGES
        .into_iter()
        .map(PathBuf::from)
        .find(|stage| stage.is_dir() && !needed.starts_with(stage) && !program.starts_with(stage))
        .ok_or_else(|| DriverError::Program {
            program: "millrace".into(),
            detail: format!("none of the directories {STAGES:?} can be used to mount over"),
        })
}
