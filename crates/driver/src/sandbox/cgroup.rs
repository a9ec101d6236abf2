//! One parent cgroup per pod, with the limits of both containers together; the runtime makes a child of it for each container.
//!
//! Version 1 has one hierarchy per controller, version 2 one for all. This machine-facing module is the only one that knows the difference. The
//! version 2 half is tested on fixture trees where no host with it is at hand; the tests of whole instances have passed on one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Limits;

/// How long processes of a killed cgroup may take to go, and the pause between looks.
const EMPTY_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// How long a freeze may take: a process that waits for a disk cannot be frozen before it has its answer.
const FROZEN_WITHIN: Duration = Duration::from_secs(5);
/// The period of the cpu controller in microseconds.
const CPU_PERIOD: u64 = 100_000;
/// What a whole processor's worth of limit weighs while there is not enough for all: as much as a process (version 1, cpu.shares) or a service
/// (version 2, cpu.weight) that nobody gave another weight.
const LEGACY_WEIGHT: u64 = 1024;
const UNIFIED_WEIGHT: u64 = 100;
/// The bounds of both, in the kernel's cpu controller.
const LEGACY_WEIGHTS: std::ops::RangeInclusive<u64> = 2..=262_144;
const UNIFIED_WEIGHTS: std::ops::RangeInclusive<u64> = 1..=10_000;
/// The controllers that carry limits.
const WANTED: [&str; 3] = ["memory", "cpu", "pids"];

/// How the host's cgroups are laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Version 2 alone.
    Unified,
    /// Version 1, with the names of all hierarchies' directories. `hybrid`: an (often empty) version 2 hierarchy beside it, at `unified`.
    Legacy { hierarchies: Vec<String>, hybrid: bool },
}

/// The host's cgroups.
#[derive(Clone, Debug)]
pub(crate) struct Cgroups {
    root: PathBuf,
    layout: Layout,
}

impl Cgroups {
    /// Reads the layout at `root`, which is `/sys/fs/cgroup` but in tests.
    pub(crate) fn detect(root: &Path) -> io::Result<Self> {
        if root.join("cgroup.controllers").exists() {
            return Ok(Self { root: root.to_owned(), layout: Layout::Unified });
        }
        let mut hierarchies = Vec::new();
        let mut hybrid = false;
        for entry in fs::read_dir(root)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Links such as cpu -> cpu,cpuacct name a hierarchy a second time.
            if !entry.file_type()?.is_dir() || !entry.path().join("cgroup.procs").exists() {
                continue;
            }
            if entry.path().join("cgroup.controllers").exists() {
                hybrid = true;
            } else {
                hierarchies.push(name);
            }
        }
        hierarchies.sort();
        Ok(Self { root: root.to_owned(), layout: Layout::Legacy { hierarchies, hybrid } })
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The limiting controllers that the host lacks.
    pub(crate) fn missing_controllers(&self) -> io::Result<Vec<&'static str>> {
        let present: Vec<String> = match &self.layout {
            Layout::Unified => fs::read_to_string(self.root.join("cgroup.controllers"))?
                .split_ascii_whitespace()
                .map(str::to_owned)
                .collect(),
            Layout::Legacy { hierarchies, .. } => {
                hierarchies.iter().flat_map(|name| name.split(',')).map(str::to_owned).collect()
            }
        };
        Ok(WANTED.into_iter().filter(|wanted| !present.iter().any(|name| name == wanted)).collect())
    }

    /// Makes `group/pod` with its limits. May be repeated.
    pub(crate) fn create(&self, group: &str, pod: &str, limits: &Limits) -> io::Result<()> {
        match &self.layout {
            Layout::Unified => {
                self.enable_controllers(&self.root)?;
                let parent = self.root.join(group);
                create_dir(&parent)?;
                self.enable_controllers(&parent)?;
                write(&parent, "cpu.weight", &weight(processors(), UNIFIED_WEIGHT, UNIFIED_WEIGHTS))?;
                let pod = parent.join(pod);
                create_dir(&pod)?;
                self.enable_controllers(&pod)?;
                write(&pod, "memory.max", &limits.memory_bytes.to_string())?;
                write_if_present(&pod, "memory.swap.max", "0")?;
                // The X server's and the application's memory are one budget, but one process that is out of it need not end the whole pod.
                write_if_present(&pod, "memory.oom.group", "0")?;
                write(&pod, "cpu.max", &format!("{} {CPU_PERIOD}", quota(limits)))?;
                write(&pod, "cpu.weight", &weight(limits.cpu_millis, UNIFIED_WEIGHT, UNIFIED_WEIGHTS))?;
                write(&pod, "pids.max", &limits.processes.to_string())
            }
            Layout::Legacy { hierarchies, .. } => {
                for hierarchy in hierarchies {
                    for controller in hierarchy.split(',').filter(|name| WANTED.contains(name)) {
                        let parent = self.root.join(hierarchy).join(group);
                        let pod = parent.join(pod);
                        create_dir_all(&pod)?;
                        if controller == "cpu" {
                            write(
                                &parent,
                                "cpu.shares",
                                &weight(processors(), LEGACY_WEIGHT, LEGACY_WEIGHTS),
                            )?;
                        }
                        set_legacy_limit(&pod, controller, limits)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Lets a version 2 directory's children have the wanted controllers.
    fn enable_controllers(&self, directory: &Path) -> io::Result<()> {
        let available = fs::read_to_string(directory.join("cgroup.controllers"))?;
        let enabled = fs::read_to_string(directory.join("cgroup.subtree_control"))?;
        for controller in WANTED {
            let has = |list: &str| list.split_ascii_whitespace().any(|name| name == controller);
            if has(&available) && !has(&enabled) {
                write(directory, "cgroup.subtree_control", &format!("+{controller}"))?;
            }
        }
        Ok(())
    }

    /// Kills every process of `group/pod`, and removes its cgroups in all hierarchies, and `group` when it was the last. Blocks until the processes
    /// are gone, 10 s at most.
    pub(crate) fn remove(&self, group: &str, pod: &str) -> io::Result<()> {
        for base in self.bases() {
            let directory = base.join(group).join(pod);
            if directory.exists() {
                kill_all(&directory)?;
                remove_tree(&directory)?;
            }
            // Fails while other pods are there; whoever is last removes it.
            match fs::remove_dir(base.join(group)) {
                Ok(()) => {}
                Err(error) if matches!(error.raw_os_error(), Some(2 | 16 | 39)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Stops every process of `group/pod` where it is, or lets all go on. Blocks until they have stopped, 5 s at most; if they do not, they go on.
    pub(crate) fn set_frozen(&self, group: &str, pod: &str, frozen: bool) -> io::Result<()> {
        let directory = self.freezer()?.join(group).join(pod);
        let (file, [on, off]) = match &self.layout {
            Layout::Unified => ("cgroup.freeze", ["1", "0"]),
            Layout::Legacy { .. } => ("freezer.state", ["FROZEN", "THAWED"]),
        };
        if !frozen {
            return write(&directory, file, off);
        }
        let deadline = Instant::now() + FROZEN_WITHIN;
        loop {
            // Version 1 wants to be asked again for processes that were not ready the first time.
            write(&directory, file, on)?;
            if is_frozen(&directory)? {
                return Ok(());
            }
            if Instant::now() > deadline {
                write(&directory, file, off)?;
                return Err(io::Error::new(io::ErrorKind::TimedOut, "processes could not be frozen"));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Whether every process of `group/pod` is stopped.
    pub(crate) fn is_frozen(&self, group: &str, pod: &str) -> io::Result<bool> {
        let frozen = self.freezer().and_then(|freezer| is_frozen(&freezer.join(group).join(pod)));
        match frozen {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::Unsupported) => {
                Ok(false)
            }
            result => result,
        }
    }

    /// Where the hierarchy is that can stop processes.
    fn freezer(&self) -> io::Result<PathBuf> {
        match &self.layout {
            Layout::Unified => Ok(self.root.clone()),
            Layout::Legacy { hierarchies, .. } => {
                let named = |name: &&String| name.split(',').any(|controller| controller == "freezer");
                let hierarchy = hierarchies.iter().find(named).ok_or_else(|| {
                    io::Error::new(io::ErrorKind::Unsupported, "this host has no freezer cgroups")
                })?;
                Ok(self.root.join(hierarchy))
            }
        }
    }

    /// Lets what is frozen go on; succeeds when there is nothing.
    pub(crate) fn thaw_if_there(&self, group: &str, pod: &str) -> io::Result<()> {
        match self.set_frozen(group, pod, false) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::Unsupported) => {
                Ok(())
            }
            result => result,
        }
    }

    fn bases(&self) -> Vec<PathBuf> {
        match &self.layout {
            Layout::Unified => vec![self.root.clone()],
            Layout::Legacy { hierarchies, hybrid } => hierarchies
                .iter()
                .map(|name| self.root.join(name))
                .chain(hybrid.then(|| self.root.join("unified")))
                .collect(),
        }
    }
}

fn is_frozen(directory: &Path) -> io::Result<bool> {
    match fs::read_to_string(directory.join("cgroup.events")) {
        Ok(events) => Ok(events.lines().any(|line| line == "frozen 1")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(fs::read_to_string(directory.join("freezer.state"))?.trim() == "FROZEN")
        }
        Err(error) => Err(error),
    }
}

fn quota(limits: &Limits) -> u64 {
    // The kernel refuses less than a millisecond.
    (u64::from(limits.cpu_millis) * CPU_PERIOD / 1000).max(1000)
}

/// All of the host's, in thousandths of one: all pods together weigh as much as their limits would allow.
fn processors() -> u32 {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(count).map_or(u32::MAX, |count| count.saturating_mul(1000))
}

/// Without this a pod, and all of them together, would have the weight of a single process.
fn weight(cpu_millis: u32, processor: u64, bounds: std::ops::RangeInclusive<u64>) -> String {
    (u64::from(cpu_millis) * processor / 1000).clamp(*bounds.start(), *bounds.end()).to_string()
}

fn set_legacy_limit(pod: &Path, controller: &str, limits: &Limits) -> io::Result<()> {
    match controller {
        "memory" => write(pod, "memory.limit_in_bytes", &limits.memory_bytes.to_string()),
        "cpu" => {
            write(pod, "cpu.shares", &weight(limits.cpu_millis, LEGACY_WEIGHT, LEGACY_WEIGHTS))?;
            write(pod, "cpu.cfs_period_us", &CPU_PERIOD.to_string())?;
            write(pod, "cpu.cfs_quota_us", &quota(limits).to_string())
        }
        _ => write(pod, "pids.max", &limits.processes.to_string()),
    }
}

fn write(directory: &Path, file: &str, value: &str) -> io::Result<()> {
    fs::write(directory.join(file), value)
        .map_err(|error| io::Error::new(error.kind(), format!("{file}={value}: {error}")))
}

fn write_if_present(directory: &Path, file: &str, value: &str) -> io::Result<()> {
    if directory.join(file).exists() { write(directory, file, value) } else { Ok(()) }
}

fn create_dir(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Another pod's removal may take the shared parent away between the two levels: then once more.
fn create_dir_all(path: &Path) -> io::Result<()> {
    let mut result = Ok(());
    for _ in 0..10 {
        result = fs::create_dir_all(path);
        if !matches!(&result, Err(error) if error.kind() == io::ErrorKind::NotFound) {
            break;
        }
    }
    result
}

fn kill_all(directory: &Path) -> io::Result<()> {
    let deadline = Instant::now() + EMPTY_WITHIN;
    let kill_file = directory.join("cgroup.kill");
    loop {
        let pids = processes(directory)?;
        if pids.is_empty() {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "processes did not end after SIGKILL"));
        }
        if kill_file.exists() {
            fs::write(&kill_file, "1")?;
        } else {
            for pid in pids {
                kill_in(directory, pid)?;
            }
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Kills `pid` by a handle that was checked to be of this cgroup: the pid in the list may have been used again since.
fn kill_in(directory: &Path, pid: i32) -> io::Result<()> {
    let Some(name) = crate::process::ProcessName::of(pid)? else { return Ok(()) };
    let Some(pidfd) = name.open()? else { return Ok(()) };
    if processes(directory)?.contains(&pid) {
        crate::process::kill(&pidfd)?;
    }
    Ok(())
}

/// The processes in `directory` and below.
fn processes(directory: &Path) -> io::Result<Vec<i32>> {
    let mut found = Vec::new();
    let text = match fs::read_to_string(directory.join("cgroup.procs")) {
        Ok(text) => text,
        Err(error) if matches!(error.raw_os_error(), Some(2 | 19)) => return Ok(found),
        Err(error) => return Err(error),
    };
    found.extend(text.lines().filter_map(|line| line.parse::<i32>().ok()));
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(processes(&entry.path())?);
        }
    }
    Ok(found)
}

fn remove_tree(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())?;
        }
    }
    let deadline = Instant::now() + EMPTY_WITHIN;
    loop {
        // Busy for a moment after its last process has gone.
        match fs::remove_dir(directory) {
            Err(error) if error.raw_os_error() == Some(16) && Instant::now() < deadline => {
                std::thread::sleep(LOOK_EVERY);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { memory_bytes: 1 << 30, cpu_millis: 1500, processes: 300 };

    fn file(path: PathBuf, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(path: PathBuf) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn version_two_gets_limits_and_controllers() {
        let root = tempfile::tempdir().unwrap();
        for level in ["", "millrace", "millrace/pod"] {
            file(root.path().join(level).join("cgroup.controllers"), "cpuset cpu io memory pids\n");
            file(root.path().join(level).join("cgroup.subtree_control"), "cpu\n");
        }
        let cgroups = Cgroups::detect(root.path()).unwrap();
        assert_eq!(cgroups.layout(), &Layout::Unified);
        assert!(cgroups.missing_controllers().unwrap().is_empty());
        cgroups.create("millrace", "pod", &LIMITS).unwrap();
        let pod = root.path().join("millrace/pod");
        assert_eq!(read(pod.join("memory.max")), "1073741824");
        assert_eq!(read(pod.join("cpu.max")), "150000 100000");
        assert_eq!(read(pod.join("cpu.weight")), "150");
        assert_eq!(
            read(root.path().join("millrace/cpu.weight")),
            (processors() / 10).min(10_000).to_string()
        );
        assert_eq!(read(pod.join("pids.max")), "300");
        assert!(!pod.join("memory.swap.max").exists());
        assert_eq!(read(pod.join("cgroup.subtree_control")), "+pids");
        assert_eq!(cgroups.bases(), [root.path().to_owned()]);
    }

    #[test]
    fn version_one_gets_limits_in_each_hierarchy() {
        let root = tempfile::tempdir().unwrap();
        for hierarchy in ["memory", "cpu,cpuacct", "pids", "systemd"] {
            file(root.path().join(hierarchy).join("cgroup.procs"), "");
        }
        file(root.path().join("unified/cgroup.procs"), "");
        file(root.path().join("unified/cgroup.controllers"), "hugetlb\n");
        std::os::unix::fs::symlink("cpu,cpuacct", root.path().join("cpu")).unwrap();
        let cgroups = Cgroups::detect(root.path()).unwrap();
        let Layout::Legacy { hierarchies, hybrid } = cgroups.layout() else { panic!("not legacy") };
        assert_eq!(hierarchies, &["cpu,cpuacct", "memory", "pids", "systemd"]);
        assert!(*hybrid);
        cgroups.create("millrace", "pod", &LIMITS).unwrap();
        assert_eq!(read(root.path().join("memory/millrace/pod/memory.limit_in_bytes")), "1073741824");
        assert_eq!(read(root.path().join("cpu,cpuacct/millrace/pod/cpu.cfs_quota_us")), "150000");
        assert_eq!(read(root.path().join("cpu,cpuacct/millrace/pod/cpu.shares")), "1536");
        assert!(root.path().join("cpu,cpuacct/millrace/cpu.shares").exists());
        assert!(!root.path().join("memory/millrace/cpu.shares").exists());
        assert_eq!(read(root.path().join("pids/millrace/pod/pids.max")), "300");
        assert!(!root.path().join("systemd/millrace").exists());
        assert!(cgroups.missing_controllers().unwrap().is_empty());
    }

    #[test]
    fn removal_takes_empty_trees_and_leaves_neighbours() {
        let root = tempfile::tempdir().unwrap();
        for hierarchy in ["memory", "pids"] {
            file(root.path().join(hierarchy).join("cgroup.procs"), "");
            fs::create_dir_all(root.path().join(hierarchy).join("millrace/pod/display")).unwrap();
        }
        fs::create_dir_all(root.path().join("pids/millrace/other")).unwrap();
        let cgroups = Cgroups::detect(root.path()).unwrap();
        cgroups.remove("millrace", "pod").unwrap();
        cgroups.remove("millrace", "pod").unwrap();
        assert!(!root.path().join("memory/millrace").exists());
        assert!(root.path().join("pids/millrace/other").exists());
        assert!(!root.path().join("pids/millrace/pod").exists());
    }

    #[test]
    fn version_two_is_frozen_and_thawed() {
        let root = tempfile::tempdir().unwrap();
        let pod = root.path().join("millrace/pod");
        file(root.path().join("cgroup.controllers"), "cpu memory pids\n");
        file(pod.join("cgroup.events"), "populated 1\nfrozen 1\n");
        let cgroups = Cgroups::detect(root.path()).unwrap();
        cgroups.set_frozen("millrace", "pod", true).unwrap();
        assert_eq!(read(pod.join("cgroup.freeze")), "1");
        cgroups.set_frozen("millrace", "pod", false).unwrap();
        assert_eq!(read(pod.join("cgroup.freeze")), "0");
        cgroups.thaw_if_there("millrace", "nobody").unwrap();
    }

    #[test]
    fn missing_controllers_are_named() {
        let root = tempfile::tempdir().unwrap();
        file(root.path().join("cgroup.controllers"), "cpu io\n");
        let cgroups = Cgroups::detect(root.path()).unwrap();
        assert_eq!(cgroups.missing_controllers().unwrap(), ["memory", "pids"]);
    }
}
