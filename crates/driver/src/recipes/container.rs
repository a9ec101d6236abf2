//! Runs one step: the image's own shell, in a container above the layers so far.

use std::fs::{self, File};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::{FILE_TIME, RecipeError, failed};
use crate::internal::{Bind, NewDirectory, StartPlan, Upper, UpperPlace};
use crate::sandbox::{Cgroups, ID_COUNT, Runtime, RuntimeChoice, build_profile, find_stage};

/// The first of the 65,536 host ids of containers that build: nothing else on the host has them.
const BUILDING_IDS: u32 = 0x1ffd_0000;
/// What a step may do in its namespace: what package managers need.
const CAPABILITIES: [&str; 10] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYS_CHROOT",
];

/// Where and how a step runs.
pub(super) struct Container<'a> {
    /// The program that answers `internal start-container`.
    pub(super) executable: &'a Path,
    /// A directory for it alone.
    pub(super) directory: &'a Path,
    /// Layers, topmost first.
    pub(super) lowers: Vec<PathBuf>,
    /// A directory that gets `data`: what the step wrote.
    pub(super) upper: &'a Path,
    /// For the image's shell.
    pub(super) script: &'a str,
    /// Shows itself at `/run/millrace/files`, if it is there.
    pub(super) files: Option<PathBuf>,
    /// The host's.
    pub(super) network: bool,
}

impl Container<'_> {
    /// Runs the step to its end; why it failed, if it did.
    pub(super) fn run(self) -> Result<Result<(), String>, RecipeError> {
        let runtime = Runtime::find(&RuntimeChoice::Auto)
            .map_err(|_| RecipeError::Host("neither crun nor runc is in the path".into()))?;
        let path = self.directory.join("runtime");
        fs::create_dir_all(&path).map_err(failed("making", &path))?;
        // Not a directory of the cache: the container's ids may not pass through that.
        let stage =
            find_stage(&runtime, self.directory).map_err(|error| RecipeError::Host(error.to_string()))?;
        let mut lowers = self.lowers.clone();
        if lowers.is_empty() {
            return Err(RecipeError::Host("there is nothing to run a step in".into()));
        }
        let mut binds = Vec::new();
        if let Some(source) = self.files.clone() {
            binds.push(Bind { source, name: "files".into(), read_only: true });
        }
        let resolver = Path::new("/etc/resolv.conf");
        let resolves = self.network && resolver.exists();
        if resolves {
            let source = fs::canonicalize(resolver).map_err(failed("reading", resolver))?;
            binds.push(Bind { source, name: "resolv.conf".into(), read_only: true });
        }
        // A layout that cannot be read is none that has to be hidden.
        let cgroups = Cgroups::detect(Path::new("/sys/fs/cgroup"));
        let directory = |path: &str, mode| NewDirectory { path: path.to_owned(), uid: 0, gid: 0, mode };
        let plan = StartPlan {
            stage: stage.clone(),
            unmount: cgroups.ok().and_then(|cgroups| runtime.hidden_mount(&cgroups)),
            id_base: BUILDING_IDS,
            id_count: ID_COUNT,
            lowers: std::mem::take(&mut lowers),
            upper: Some(Upper {
                place: UpperPlace::Directory(self.upper.to_owned()),
                kept: true,
                directories: vec![directory("work", 0o755), directory("data", 0o755)],
            }),
            own_name: None,
            bundle: bundle(&stage, self.script, &binds, self.network),
            binds,
            runtime: runtime.program().to_owned(),
            arguments: self.arguments(&runtime, &stage),
        };
        let path = self.directory.join("plan.json");
        let text = serde_json::to_vec(&plan).map_err(|error| failed("writing", &path)(error.into()))?;
        fs::write(&path, text).map_err(failed("writing", &path))?;
        let lock = self.directory.join("start.lock");
        let lock = File::create(&lock).map_err(failed("making", &lock))?;
        let child = Command::new(self.executable)
            .args(["internal", "start-container"])
            .arg(&path)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(lock)
            .stdout(own_error_output()?)
            .spawn()
            .map_err(failed("starting a container by", self.executable))?;
        succeeded(child)
    }

    fn arguments(&self, runtime: &Runtime, stage: &Path) -> Vec<String> {
        let text = |path: &Path| path.display().to_string();
        let mut arguments = vec!["--root".to_owned(), text(&self.directory.join("runtime"))];
        if matches!(runtime, Runtime::Crun(_)) {
            // Nothing is limited that whoever builds may not do anyway; and no cgroup can be left behind.
            arguments.push("--cgroup-manager=disabled".into());
        }
        arguments.extend(["run".to_owned(), "--bundle".into(), text(&stage.join("bundle"))]);
        arguments.extend(["--pid-file".into(), text(&self.directory.join("pid")), "step".into()]);
        arguments
    }
}

/// Ends the container whose files are in `directory`, if one runs there: whoever started it may have been killed.
pub(super) fn end(directory: &Path) {
    let Ok(text) = fs::read_to_string(directory.join("pid")) else { return };
    let Ok(pid) = text.trim().parse::<i32>() else { return };
    // The number may be another process's by now: only ours has these ids.
    let mapped = fs::read_to_string(format!("/proc/{pid}/uid_map")).unwrap_or_default();
    if mapped.split_whitespace().nth(1) == Some(&BUILDING_IDS.to_string())
        && let Ok(Some(name)) = crate::process::ProcessName::of(pid)
        && let Ok(Some(pidfd)) = name.open()
    {
        // Fails only if it ended in this moment.
        let _ = crate::process::kill(&pidfd);
    }
}

/// Standard output belongs to results.
pub(super) fn own_error_output() -> Result<Stdio, RecipeError> {
    let copy = std::io::stderr().as_fd().try_clone_to_owned();
    copy.map(Stdio::from).map_err(failed("opening", Path::new("/dev/stderr")))
}

/// Waits for its end; why it is no good one, if it is none.
pub(super) fn succeeded(mut child: Child) -> Result<Result<(), String>, RecipeError> {
    let status = child.wait().map_err(failed("waiting for", Path::new("a step")))?;
    Ok(if status.success() { Ok(()) } else { Err(format!("it ended with {status}")) })
}

fn bundle(stage: &Path, script: &str, binds: &[Bind], network: bool) -> Value {
    let mapping = json!([{"containerID": 0, "hostID": BUILDING_IDS, "size": ID_COUNT}]);
    let mut kinds = vec!["user", "ipc", "uts", "pid", "mount"];
    if !network {
        kinds.push("network");
    }
    let namespaces: Vec<Value> = kinds.into_iter().map(|kind| json!({"type": kind})).collect();
    let mut mounts = vec![
        json!({"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "nodev", "noexec"]}),
        json!({"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "noexec", "mode=0755", "size=64k"]}),
        json!({"destination": "/dev/pts", "type": "devpts", "source": "devpts",
            "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]}),
        json!({"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
            "options": ["nosuid", "nodev", "noexec", "mode=1777", "size=1g"]}),
        json!({"destination": "/run", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=0755", "size=64m"]}),
        json!({"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777"]}),
    ];
    for bind in binds {
        let destination = if bind.name == "files" {
            "/run/millrace/files".to_owned()
        } else {
            format!("/etc/{}", bind.name)
        };
        mounts.push(
            json!({"destination": destination, "type": "bind", "source": stage.join("bind").join(&bind.name),
            "options": ["bind", "nosuid", "nodev", "ro"]}),
        );
    }
    let mut environment: Vec<String> = [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/root",
        "LANG=C.UTF-8",
        "LC_ALL=C.UTF-8",
        "DEBIAN_FRONTEND=noninteractive",
    ]
    .map(str::to_owned)
    .into();
    environment.push(format!("SOURCE_DATE_EPOCH={FILE_TIME}"));
    if network {
        let proxies = ["http_proxy", "https_proxy", "no_proxy"];
        environment
            .extend(proxies.iter().filter_map(|name| Some(format!("{name}={}", std::env::var(name).ok()?))));
    }
    json!({
        "ociVersion": "1.0.2",
        "hostname": "build",
        "process": {
            "terminal": false,
            "user": {"uid": 0, "gid": 0, "umask": 0o22},
            "args": ["/bin/sh", "-e", "-c", script],
            "env": environment,
            "cwd": "/",
            "capabilities": {"bounding": CAPABILITIES, "effective": CAPABILITIES, "permitted": CAPABILITIES},
            "noNewPrivileges": true,
        },
        "root": {"path": stage.join("rootfs"), "readonly": false},
        "mounts": mounts,
        "linux": {
            "namespaces": namespaces,
            "uidMappings": mapping,
            "gidMappings": mapping,
            "cgroupsPath": "/millrace-build",
            "rootfsPropagation": "private",
            "seccomp": build_profile(),
            "maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/sched_debug", "/proc/timer_list"],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    })
}
