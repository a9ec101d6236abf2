//! Making and clearing away one instance: the blocking part.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::FlockOperation;
use rustix::process::Resource;

use super::bundle::{self, App, DISPLAY_ID, ID_COUNT, Pod};
use super::record::{InstancePaths, Record, failed, instance_ids};
use super::{Inner, disk, logs};
use crate::images::{ImageRecord, ImageUser};
use crate::internal::{Bind, NewDirectory, StartPlan, Upper, UpperPlace};
use crate::process::ProcessName;
use crate::{AgentSecret, DriverError};

/// How long a start that an earlier server left under way may take to end, and killed processes to go.
const GONE_WITHIN: Duration = Duration::from_secs(15);
/// Between looks at the lock of such a start.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// RLIMIT_NOFILE, unless the host allows less.
const OPEN_FILES: u64 = 65_536;

/// The file with the writable layer.
const UPPER_IMAGE: &str = "upper.ext4";

/// One of a pod's two containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Display,
    App,
}

impl Container {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Display => "display",
            Self::App => "app",
        }
    }
}

/// A container's start, ready to be run: `executable internal start-container PLAN`.
pub(crate) struct Start {
    pub(crate) plan: PathBuf,
    /// Its standard input.
    pub(crate) lock: File,
    /// Its standard output and error.
    pub(crate) output: File,
}

impl Inner {
    /// The first id of a slot.
    pub(crate) fn id_base(&self, slot: u32) -> u32 {
        self.config.id_base + slot * ID_COUNT
    }

    /// Makes the instance's directory with its record: before anything else of the instance.
    pub(crate) fn make_record(&self, record: &Record) -> Result<(), DriverError> {
        let paths = self.paths(&record.spec.id);
        let root = &paths.directory;
        DirBuilder::new().mode(0o700).create(root).map_err(failed("making", root))?;
        paths.write(record).inspect_err(|_| {
            // The first error is the one to report; an empty directory is cleared away with the next look.
            let _ = fs::remove_dir_all(root);
        })
    }

    /// Makes everything that the containers share, and the pod's cgroup.
    pub(crate) fn prepare(&self, record: &Record) -> Result<AgentSecret, DriverError> {
        let paths = self.paths(&record.spec.id);
        let root = &paths.directory;
        let base = self.id_base(record.slot);
        // Name, owner inside, mode. The X server wants its directory to be root's and sticky; only the agent may reach into `agent`.
        for (name, owner, mode) in
            [("agent", DISPLAY_ID, 0o700), ("pod", DISPLAY_ID, 0o755), ("x11", 0, 0o1777)]
        {
            make_directory(&paths.at(name), base + owner, mode)?;
        }
        for name in ["logs", "runtime", "files"] {
            make_directory(&paths.at(name), 0, 0o700)?;
        }
        if record.spec.internet {
            let path = paths.at("resolv.conf");
            let write = || {
                fs::write(&path, self.network.resolver_file())?;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o644))
            };
            write().map_err(failed("writing", &path))?;
        }
        let secret = self.make_secret(&paths, base + DISPLAY_ID)?;
        if record.spec.builder.is_some() {
            self.prepare_builder(record)?;
        }
        self.cgroups
            .create(&self.group, record.spec.id.as_str(), &record.spec.limits)
            .map_err(failed("making the cgroup", root))?;
        Ok(secret)
    }

    fn make_secret(&self, paths: &InstancePaths, owner: u32) -> Result<AgentSecret, DriverError> {
        let mut secret = vec![0; 32];
        rustix::rand::getrandom(&mut secret, rustix::rand::GetRandomFlags::empty())
            .map_err(|error| failed("asking for random bytes for", &paths.directory)(error.into()))?;
        // One for us, where the instance cannot change it, and one for the agent.
        for (name, owner) in [("secret", 0), ("agent/secret", owner)] {
            let path = paths.at(name);
            let write = || {
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&path)?;
                file.write_all(&secret)?;
                chown(&path, Some(owner), Some(owner))
            };
            write().map_err(failed("writing", &path))?;
        }
        Ok(AgentSecret(secret))
    }

    /// The app container's writable layer, empty.
    pub(crate) fn prepare_upper(&self, record: &Record) -> Result<(), DriverError> {
        if let Some(builder) = &record.spec.builder {
            return self.prepare_disk(builder, &record.spec.image);
        }
        match self.upper_place(record) {
            UpperPlace::Image(path) => {
                let Some(template) = &self.disk else { return Ok(()) };
                let others: Vec<u64> = instance_ids(&self.config.run_dir)?
                    .iter()
                    .filter(|id| **id != record.spec.id)
                    .map(|id| disk::taken(&self.paths(id).at(UPPER_IMAGE)))
                    .collect();
                template.copy_to(&path, others.len() as u64, others.iter().sum())
            }
            UpperPlace::Directory(path) => make_directory(&path, 0, 0o700),
        }
    }

    fn upper_place(&self, record: &Record) -> UpperPlace {
        if let Some(builder) = &record.spec.builder {
            return self.disk_place(&builder.disk);
        }
        let paths = self.paths(&record.spec.id);
        if self.disk.is_some() {
            UpperPlace::Image(paths.at(UPPER_IMAGE))
        } else {
            UpperPlace::Directory(paths.at("upper"))
        }
    }

    /// The writable layer's first directories: overlayfs's own, and the few that every image needs and some lack.
    fn upper(&self, record: &Record, image: &ImageRecord) -> Upper {
        let directory = |path: &str, uid, gid, mode| NewDirectory { path: path.to_owned(), uid, gid, mode };
        let mut directories = vec![
            directory("work", 0, 0, 0o755),
            directory("data", 0, 0, 0o755),
            directory("data/tmp", 0, 0, 0o1777),
        ];
        let ImageUser { home, uid, gid, .. } = &image.user;
        let relative = home.trim_start_matches('/');
        let exists = |layer: &PathBuf| fs::symlink_metadata(layer.join(relative)).is_ok();
        let kept = record.spec.builder.is_some();
        if self.config.images.lower_directories(image).iter().any(exists) {
            return Upper { place: self.upper_place(record), kept, directories };
        }
        let mut path = "data".to_owned();
        let parts: Vec<&str> = relative.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        for (index, part) in parts.iter().enumerate() {
            path = format!("{path}/{part}");
            if path == "data/tmp" {
                continue;
            }
            let last = index + 1 == parts.len();
            directories.push(directory(
                &path,
                if last { *uid } else { 0 },
                if last { *gid } else { 0 },
                0o755,
            ));
        }
        Upper { place: self.upper_place(record), kept, directories }
    }

    /// Writes the plan of a container's start. The app container's needs the display container's first process.
    pub(crate) fn plan(
        &self,
        container: Container,
        record: &Record,
        image: &ImageRecord,
    ) -> Result<Start, DriverError> {
        let paths = self.paths(&record.spec.id);
        let stage = &self.stage;
        let cgroup = format!("{}/{}", self.group, record.spec.id);
        let pod = Pod {
            id: record.spec.id.as_str(),
            screen: record.spec.screen,
            id_base: self.id_base(record.slot),
            stage,
            cgroup: &cgroup,
            open_files: open_files(),
            memory_bytes: record.spec.limits.memory_bytes,
            internet: record.spec.internet,
        };
        let bind = |name: &str, source: PathBuf, read_only| Bind { source, name: name.to_owned(), read_only };
        let shared = |name: &str, read_only| bind(name, paths.at(name), read_only);
        let own_name = (container == Container::App).then(|| record.spec.id.as_str().to_owned());
        let (bundle, binds, lowers, upper) = match container {
            Container::Display => {
                let agent = bind("millrace-agent", self.config.agent.clone(), true);
                let binds = vec![shared("agent", false), shared("pod", false), shared("x11", false), agent];
                (bundle::display(&pod), binds, self.display_layers(), None)
            }
            Container::App => {
                let display_pid = record.display.as_ref().map_or(0, |process| process.pid);
                let app = App {
                    user: &image.user,
                    environment: &image.environment,
                    display_pid,
                    repeat_mappings: self.runtime.repeats_mappings(),
                    is_builder: record.spec.builder.is_some(),
                };
                let launcher = bind("launcher", self.config.launcher.clone(), true);
                let mut binds = vec![shared("pod", true), shared("x11", true), launcher];
                if app.is_builder {
                    binds.extend([shared("bin", true), shared("builder", true)]);
                }
                if record.spec.internet {
                    binds.push(shared("resolv.conf", true));
                }
                let lowers = self.config.images.lower_directories(image);
                (bundle::app(&pod, &app), binds, lowers, Some(self.upper(record, image)))
            }
        };
        let plan = StartPlan {
            stage: stage.clone(),
            unmount: self.runtime.hidden_mount(&self.cgroups),
            id_base: pod.id_base,
            id_count: ID_COUNT,
            lowers,
            upper,
            own_name,
            binds,
            bundle,
            runtime: self.runtime.program().to_owned(),
            arguments: self.runtime.run_arguments(&paths, stage, container.name()),
        };
        self.write_start(&paths, container, &plan)
    }

    fn write_start(
        &self,
        paths: &InstancePaths,
        container: Container,
        plan: &StartPlan,
    ) -> Result<Start, DriverError> {
        let path = paths.at(&format!("{}.plan.json", container.name()));
        let text = serde_json::to_vec(plan).map_err(|error| failed("writing", &path)(error.into()))?;
        fs::write(&path, text).map_err(failed("writing", &path))?;
        let logs = paths.at("logs");
        let output = logs::make_pipe(&logs, container.name()).map_err(failed("making a pipe in", &logs))?;
        Ok(Start { plan: path, lock: lock(paths)?, output })
    }

    /// A layer above the runtime image's, so that every mount of the display container has something to be mounted on.
    fn display_layers(&self) -> Vec<PathBuf> {
        let mountpoints = self.config.run_dir.join("mountpoints");
        std::iter::once(mountpoints).chain(self.config.runtime_layers.iter().cloned()).collect()
    }

    /// The first process of a container that the runtime has just started.
    pub(crate) fn started(
        &self,
        container: Container,
        paths: &InstancePaths,
    ) -> Result<Option<ProcessName>, DriverError> {
        let path = paths.at(&format!("{}.pid", container.name()));
        let text = fs::read_to_string(&path).map_err(failed("reading", &path))?;
        let pid: i32 = text.trim().parse().map_err(|_| {
            failed("parsing", &path)(io::Error::new(io::ErrorKind::InvalidData, "not a process id"))
        })?;
        if container == Container::App {
            // For whoever must look at what an instance wrote while it runs: its files are mounted nowhere on the host.
            let link = paths.at("files/home");
            std::os::unix::fs::symlink(format!("/proc/{pid}/root/home"), &link)
                .map_err(failed("making the link", &link))?;
        }
        ProcessName::of(pid).map_err(failed("looking up the process of", &path))
    }

    /// The file with a builder's disk. (Of another instance's writable layer, its own directory says all.)
    fn disk_of(&self, paths: &InstancePaths) -> Result<Option<PathBuf>, DriverError> {
        let builder = paths.read()?.and_then(|record| record.spec.builder);
        Ok(builder.and_then(|builder| match self.disk_place(&builder.disk) {
            UpperPlace::Image(path) => Some(path),
            UpperPlace::Directory(_) => None,
        }))
    }

    /// Ends and removes everything of an instance: processes, mounts (with the processes), cgroups, files. Succeeds if there is nothing.
    ///
    /// The runtime is not asked: it knows nothing that the cgroup and the kernel do not, may have been killed half-way itself, and takes longer.
    pub(crate) fn clear(&self, paths: &InstancePaths) -> Result<(), DriverError> {
        let root = &paths.directory;
        let id = root.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !root.exists() {
            return Ok(());
        }
        // A start that outlived its server ends by itself within moments: until then it could add to what is removed here.
        let start = lock(paths)?;
        // What is frozen does not even die.
        self.cgroups.thaw_if_there(&self.group, id).map_err(failed("thawing", root))?;
        if let Some(record) = paths.read()? {
            for process in [record.display, record.app].into_iter().flatten() {
                end(&process).map_err(failed("ending the processes of", root))?;
            }
        }
        self.cgroups.remove(&self.group, id).map_err(failed("removing the cgroups of", root))?;
        let disk = self.disk_of(paths)?.unwrap_or_else(|| paths.at(UPPER_IMAGE));
        if disk.exists() {
            disk::wait_given_back(&disk).map_err(failed("giving back", &disk))?;
        }
        self.settle_volumes(paths);
        match fs::remove_dir_all(root) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed("removing", root)(error)),
        }
        drop(start);
        Ok(())
    }
}

impl Inner {
    /// What is on a volume is safe already: a volume that cannot be settled now is looked after when it is used next.
    fn settle_volumes(&self, paths: &InstancePaths) {
        let record = match paths.read() {
            Ok(Some(record)) => record,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(directory = %paths.directory.display(), %error, "an instance's volumes are unknown");
                return;
            }
        };
        for volume in &record.volumes {
            if let Err(error) = self.settle_volume(&record.spec.id, volume) {
                tracing::warn!(instance = %record.spec.id, %volume, %error, "a volume could not be settled");
            }
        }
    }
}

/// Kills a first process and waits until it, and so its whole PID namespace, is gone.
fn end(process: &ProcessName) -> io::Result<()> {
    let Some(pidfd) = process.open()? else { return Ok(()) };
    crate::process::kill(&pidfd)?;
    wait_for_end(&pidfd)
}

fn wait_for_end(pidfd: &OwnedFd) -> io::Result<()> {
    let mut polled = [PollFd::from_borrowed_fd(pidfd.as_fd(), PollFlags::IN)];
    let timeout = Timespec { tv_sec: GONE_WITHIN.as_secs() as i64, tv_nsec: 0 };
    if poll(&mut polled, Some(&timeout))? == 0 {
        return Err(io::Error::new(io::ErrorKind::TimedOut, "a process did not end after SIGKILL"));
    }
    Ok(())
}

/// Takes the lock that a start under way holds.
fn lock(paths: &InstancePaths) -> Result<File, DriverError> {
    let path = paths.at("start.lock");
    let file = File::create(&path).map_err(failed("making", &path))?;
    let deadline = Instant::now() + GONE_WITHIN;
    loop {
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) if Instant::now() < deadline => std::thread::sleep(LOOK_EVERY),
            Err(error) => return Err(failed("locking", &path)(error.into())),
        }
    }
}

pub(super) fn make_directory(path: &Path, owner: u32, mode: u32) -> Result<(), DriverError> {
    let make = || {
        DirBuilder::new().mode(0o700).create(path)?;
        chown(path, Some(owner), Some(owner))?;
        // Whatever the umask is.
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    };
    make().map_err(failed("making", path))
}

fn open_files() -> u64 {
    let hard = rustix::process::getrlimit(Resource::Nofile).maximum.unwrap_or(OPEN_FILES);
    hard.min(OPEN_FILES)
}
