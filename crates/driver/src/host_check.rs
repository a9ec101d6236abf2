//! What this host must have for the sandbox driver: for `millrace doctor`.
//!
//! The checks look, and run nothing but `--version` of the runtimes and one mount of an id-mapped overlay in a namespace of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::cgroup::{Cgroups, Layout};
use crate::sandbox::network::{firewall, links};
use crate::sandbox::runtime::in_path;
use crate::sandbox::{NetworkConfig, RuntimeChoice};

/// Below these, instances of a usual size do not start.
const LEAST_MEMORY: u64 = 2 << 30;
const LEAST_DISK: u64 = 5 << 30;
/// Id-mapped overlay layers came with 5.19.
const LEAST_KERNEL: (u32, u32) = (5, 19);

/// What to check for.
#[derive(Clone, Debug)]
pub struct HostCheckConfig {
    /// Where images and instances are or will be.
    pub data_dir: PathBuf,
    /// The OCI runtime that is configured.
    pub runtime: RuntimeChoice,
    /// The runtime image that is configured.
    pub runtime_image: Option<PathBuf>,
    /// How instances are to reach the internet.
    pub network: NetworkConfig,
    /// The program that answers `internal …`; see [`crate::sandbox::SandboxConfig::executable`].
    pub executable: PathBuf,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Ok,
    /// It will work, but not as it should.
    Warn,
    /// It will not work.
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What, in a few words.
    pub name: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// What was found.
    pub detail: String,
    /// How to mend it; empty if nothing needs mending.
    pub remedy: String,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Ok, detail: detail.into(), remedy: String::new() }
    }

    fn bad(
        name: &'static str,
        outcome: Outcome,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { name, outcome, detail: detail.into(), remedy: remedy.into() }
    }
}

/// Looks at everything, in the order in which it should be mended. Blocks for some tens of milliseconds.
#[must_use]
pub fn check_host(config: &HostCheckConfig) -> Vec<Check> {
    let mut checks = vec![
        root(),
        kernel(),
        user_namespaces(),
        overlay(config),
        writable_layer(config),
        cgroups(),
        seccomp(),
    ];
    checks.extend(runtimes(&config.runtime));
    checks.extend(network(&config.network));
    checks.extend([runtime_image(config.runtime_image.as_deref()), memory(), disk(&config.data_dir)]);
    checks
}

fn root() -> Check {
    const NAME: &str = "root";
    if rustix::process::geteuid().is_root() {
        Check::ok(NAME, "running as root")
    } else {
        Check::bad(
            NAME,
            Outcome::Fail,
            "not running as root",
            "run it with sudo: instances need mounts, namespaces and cgroups",
        )
    }
}

fn kernel() -> Check {
    const NAME: &str = "kernel";
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    match parse_release(&release) {
        Some(version) if version >= LEAST_KERNEL => Check::ok(NAME, release),
        _ => Check::bad(
            NAME,
            Outcome::Fail,
            release,
            format!(
                "Linux {}.{} or newer is needed for id-mapped overlay layers",
                LEAST_KERNEL.0, LEAST_KERNEL.1
            ),
        ),
    }
}

fn parse_release(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn user_namespaces() -> Check {
    const NAME: &str = "user namespaces";
    let path = Path::new("/proc/sys/user/max_user_namespaces");
    match fs::read_to_string(path).ok().and_then(|text| text.trim().parse::<u64>().ok()) {
        Some(0) => {
            Check::bad(NAME, Outcome::Fail, "none are allowed", "sysctl user.max_user_namespaces=10000")
        }
        Some(most) => Check::ok(NAME, format!("{most} are allowed")),
        None => Check::bad(
            NAME,
            Outcome::Fail,
            "the kernel has none",
            "use a kernel with CONFIG_USER_NS, as Debian's is",
        ),
    }
}

/// Tries what every instance needs, on the file system that instances will be on.
fn overlay(config: &HostCheckConfig) -> Check {
    const REMEDY: &str =
        "as root, on ext4, xfs or btrfs (not on NFS or another overlay), with the kernel module overlay";
    try_mount(config, "id-mapped overlay", None, REMEDY)
}

/// A file system in a file bounds what an instance can write.
fn writable_layer(config: &HostCheckConfig) -> Check {
    const NAME: &str = "writable layer";
    let Some(mkfs) = in_path("mkfs.ext4") else {
        return Check::bad(NAME, Outcome::Fail, "mkfs.ext4 is not installed", "apt install e2fsprogs");
    };
    try_mount(config, NAME, Some(&mkfs), "as root, with loop devices (modprobe loop; /dev/loop-control)")
}

fn try_mount(config: &HostCheckConfig, name: &'static str, mkfs: Option<&Path>, remedy: &str) -> Check {
    let parent = config.data_dir.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("/"));
    let output =
        Command::new(&config.executable).args(["internal", "check-overlay"]).arg(parent).args(mkfs).output();
    match output {
        Ok(output) if output.status.success() => Check::ok(name, format!("works on {}", parent.display())),
        Ok(output) => {
            Check::bad(name, Outcome::Fail, String::from_utf8_lossy(&output.stderr).trim().to_owned(), remedy)
        }
        Err(error) => {
            Check::bad(name, Outcome::Fail, error.to_string(), "the program itself cannot be started")
        }
    }
}

fn cgroups() -> Check {
    const NAME: &str = "cgroups";
    let cgroups = match Cgroups::detect(Path::new("/sys/fs/cgroup")) {
        Ok(cgroups) => cgroups,
        Err(error) => {
            return Check::bad(NAME, Outcome::Fail, error.to_string(), "mount cgroup2 at /sys/fs/cgroup");
        }
    };
    let layout = match cgroups.layout() {
        Layout::Unified => "version 2",
        Layout::Legacy { hybrid: true, .. } => "version 1, with version 2 beside it",
        Layout::Legacy { hybrid: false, .. } => "version 1",
    };
    match cgroups.missing_controllers() {
        Ok(missing) if missing.is_empty() => Check::ok(NAME, layout),
        Ok(missing) => Check::bad(
            NAME,
            Outcome::Fail,
            format!("{layout}; these controllers are missing: {}", missing.join(", ")),
            "enable them for the root cgroup; memory may need cgroup_enable=memory on the kernel's command line",
        ),
        Err(error) => Check::bad(NAME, Outcome::Fail, error.to_string(), "run it as root"),
    }
}

fn seccomp() -> Check {
    const NAME: &str = "seccomp";
    match fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail") {
        Ok(actions) if actions.contains("errno") => Check::ok(NAME, "filters are available"),
        _ => Check::bad(
            NAME,
            Outcome::Fail,
            "no filters",
            "use a kernel with CONFIG_SECCOMP_FILTER, as Debian's is",
        ),
    }
}

/// What fleets with EnableDefaultInternetAccess need; all others do without.
fn network(config: &NetworkConfig) -> Vec<Check> {
    const NAME: &str = "network of instances";
    const ONLY: &str = "needed only by fleets with EnableDefaultInternetAccess";
    if in_path("nft").is_none() {
        let remedy = format!("apt install nftables ({ONLY})");
        return vec![Check::bad(NAME, Outcome::Warn, "nft is not installed", remedy)];
    }
    let subnet = config.subnet;
    // Links of any installation of ours begin so.
    match links::networks("mr".into()) {
        Ok(networks) => {
            if let Some((base, prefix, link)) =
                networks.into_iter().find(|(base, prefix, _)| subnet.overlaps(*base, *prefix))
            {
                let detail = format!("{subnet} is used by {link} ({base}/{prefix})");
                return vec![Check::bad(
                    NAME,
                    Outcome::Warn,
                    detail,
                    "choose another instances.network.subnet",
                )];
            }
        }
        Err(error) => {
            let detail = format!("the host's routes cannot be read: {error}");
            return vec![Check::bad(NAME, Outcome::Warn, detail, "run it as root")];
        }
    }
    match firewall::dropping() {
        Ok(dropping) if dropping.is_empty() => {
            vec![Check::ok(NAME, format!("{subnet}; no firewall drops what is forwarded"))]
        }
        Ok(dropping) => dropping.into_iter().map(|found| firewall_check(NAME, &found)).collect(),
        Err(error) => {
            let remedy = format!("run it as root, with nf_tables in the kernel ({ONLY})");
            vec![Check::bad(NAME, Outcome::Warn, format!("nft: {error}"), remedy)]
        }
    }
}

fn firewall_check(name: &'static str, found: &firewall::Dropping) -> Check {
    let (what, remedy) = if found.hook == "forward" {
        (
            "drops what is forwarded, and with it instances' way to the internet",
            "accept what comes from and goes to the links mr*: iptables -I FORWARD -i mr+ -j ACCEPT, and -o mr+ (DOCKER-USER instead of FORWARD with \
             Docker; ufw route allow in on …): Millrace's own table keeps instances from everything else",
        )
    } else {
        (
            "drops what comes to the host, and with it instances' queries of names",
            "accept port 53, UDP and TCP, from the links mr*: iptables -I INPUT -i mr+ -p udp --dport 53 -j ACCEPT, and the same with tcp",
        )
    };
    Check::bad(name, Outcome::Warn, format!("{} {what}", found.chain), remedy)
}

fn runtimes(choice: &RuntimeChoice) -> Vec<Check> {
    const INSTALL: &str = "apt install crun";
    let found = match choice {
        RuntimeChoice::Crun(path) | RuntimeChoice::Runc(path) => Some(path.clone()),
        RuntimeChoice::Auto => in_path("crun").or_else(|| in_path("runc")),
    };
    let Some(path) = found else {
        return vec![Check::bad("OCI runtime", Outcome::Fail, "neither crun nor runc is installed", INSTALL)];
    };
    vec![match Command::new(&path).arg("--version").output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            Check::ok(
                "OCI runtime",
                format!("{}: {}", path.display(), text.lines().next().unwrap_or_default()),
            )
        }
        Ok(output) => Check::bad(
            "OCI runtime",
            Outcome::Fail,
            format!("{}: {}", path.display(), String::from_utf8_lossy(&output.stderr).trim()),
            INSTALL,
        ),
        Err(error) => {
            Check::bad("OCI runtime", Outcome::Fail, format!("{}: {error}", path.display()), INSTALL)
        }
    }]
}

fn runtime_image(path: Option<&Path>) -> Check {
    const NAME: &str = "runtime image";
    match path {
        Some(path) if path.exists() => Check::ok(NAME, path.display().to_string()),
        Some(path) => Check::bad(
            NAME,
            Outcome::Fail,
            format!("{} is missing", path.display()),
            "`cargo xtask images` builds it; name it in instances.runtime_image",
        ),
        None => Check::bad(NAME, Outcome::Fail, "none is configured", "set instances.runtime_image"),
    }
}

fn memory() -> Check {
    const NAME: &str = "memory";
    let available = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available_memory(&text));
    match available {
        Some(bytes) if bytes >= LEAST_MEMORY => Check::ok(NAME, format!("{} MiB available", bytes >> 20)),
        Some(bytes) => Check::bad(
            NAME,
            Outcome::Warn,
            format!("{} MiB available", bytes >> 20),
            "an instance of the smallest type may use 2 GiB",
        ),
        None => Check::bad(NAME, Outcome::Warn, "/proc/meminfo is unreadable", "mount /proc"),
    }
}

fn available_memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

fn disk(data_dir: &Path) -> Check {
    const NAME: &str = "disk";
    let parent = data_dir.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("/"));
    match rustix::fs::statvfs(parent) {
        Ok(stat) => {
            let free = stat.f_bavail * stat.f_frsize;
            let detail = format!("{} MiB free at {}", free >> 20, parent.display());
            if free >= LEAST_DISK {
                Check::ok(NAME, detail)
            } else {
                Check::bad(
                    NAME,
                    Outcome::Warn,
                    detail,
                    "images and instances need some GiB: make room, or move the data directory",
                )
            }
        }
        Err(error) => Check::bad(NAME, Outcome::Fail, error.to_string(), "choose another data directory"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_and_memory_are_read() {
        assert_eq!(parse_release("6.1.0-18-amd64"), Some((6, 1)));
        assert_eq!(parse_release("5.10"), Some((5, 10)));
        assert_eq!(parse_release("strange"), None);
        assert_eq!(available_memory("MemTotal: 9 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
    }

    #[test]
    fn every_failure_says_how_to_mend_it() {
        let config = HostCheckConfig {
            data_dir: "/nonexistent/data".into(),
            runtime: RuntimeChoice::Crun("/nonexistent/crun".into()),
            runtime_image: Some("/nonexistent/runtime.tar".into()),
            network: NetworkConfig::default(),
            executable: "/nonexistent/millrace".into(),
        };
        let checks = check_host(&config);
        for check in &checks {
            assert_eq!(check.remedy.is_empty(), check.outcome == Outcome::Ok, "{check:?}");
        }
        for name in ["OCI runtime", "runtime image", "id-mapped overlay"] {
            let check = checks.iter().find(|check| check.name == name).unwrap();
            assert_eq!(check.outcome, Outcome::Fail);
        }
    }
}
