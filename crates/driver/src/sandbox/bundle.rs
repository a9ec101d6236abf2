//! The OCI bundles of a pod's two containers: pure functions from what an instance is to `config.json`.
//!
//! What each path inside is for stands in `docs/stream-protocol.md`. Two choices that are not the runtimes' usual ones:
//!
//! - No sysfs in either container: it tells much about the host and nothing that an application needs.
//! - The display container has CAP_IPC_OWNER, and nothing else has any capability. The X server runs under another uid than the applications, and
//!   toolkits make their MIT-SHM segments with mode 0600 (measured: GTK 2's stay unattached by an X server without the capability and are attached
//!   by one with it; without, every picture travels through the socket). It is a capability over the pod's own IPC namespace only, in which nobody
//!   else has anything; the X server itself still checks that the client that names a segment may use it.

use std::path::Path;

use serde_json::{Value, json};

use super::seccomp;
use crate::ScreenSize;
use crate::images::ImageUser;
use crate::internal::WRITTEN;

/// The display container's user inside the pod.
pub(crate) const DISPLAY_ID: u32 = 900;
/// Ids of each pod.
pub(crate) const ID_COUNT: u32 = 65_536;

const MEBIBYTE: u64 = 1 << 20;

/// What a container gets of the pod's processors while both want more than there is, as the OCI's `shares`: keys and pictures do not wait for an
/// application that computes. The display container mostly waits itself, so this takes little from applications.
const DISPLAY_SHARES: u64 = 8192;
const APP_SHARES: u64 = 1024;

/// What both bundles need to know.
#[derive(Clone, Debug)]
pub(crate) struct Pod<'a> {
    pub(crate) id: &'a str,
    pub(crate) screen: ScreenSize,
    pub(crate) id_base: u32,
    pub(crate) stage: &'a Path,
    /// Of the pod: each container gets a child of it.
    pub(crate) cgroup: &'a str,
    /// RLIMIT_NOFILE: at most the host's own.
    pub(crate) open_files: u64,
    pub(crate) memory_bytes: u64,
    /// It has a network, and with it a resolver.
    pub(crate) internet: bool,
}

/// The app container's own part.
#[derive(Clone, Debug)]
pub(crate) struct App<'a> {
    pub(crate) user: &'a ImageUser,
    /// The image's environment, `NAME=value`.
    pub(crate) environment: &'a [String],
    /// The display container's first process.
    pub(crate) display_pid: i32,
    /// runc wants the id mappings repeated when it joins a user namespace, crun wants them left out.
    pub(crate) repeat_mappings: bool,
    /// The user may become root, in a user namespace below the pod's that the launcher makes.
    pub(crate) is_builder: bool,
}

/// What the launcher of a builder needs for a moment to make that namespace: to map ids into it, those of root included. It gives all of them up with
/// the namespace of the pod, before anything of the image runs.
const TO_MAP_IDS: [&str; 3] = ["CAP_SETFCAP", "CAP_SETGID", "CAP_SETUID"];
/// Where a builder finds the programs that are the builder's.
const BUILDER_PROGRAMS: &str = "/run/millrace/bin";

/// The display container: a user, IPC, UTS and network namespace for both, X server and agent.
pub(crate) fn display(pod: &Pod<'_>) -> Value {
    let mut mounts = common_mounts(pod);
    mounts.extend([
        tmpfs("/run", "0755", 16 * MEBIBYTE),
        // Xvfb keeps the screen's pixels in a file here (4 bytes each), beside little else.
        tmpfs("/tmp", "1777", 64 * MEBIBYTE + 4 * u64::from(pod.screen.width) * u64::from(pod.screen.height)),
        bind(pod, "agent", "/run/millrace/agent", &["rw", "noexec"]),
        bind(pod, "pod", "/run/millrace/pod", &["rw", "noexec"]),
        bind(pod, "x11", "/tmp/.X11-unix", &["rw", "noexec"]),
        bind(pod, "millrace-agent", "/usr/bin/millrace-agent", &["ro"]),
    ]);
    let process = json!({
        "terminal": false,
        "user": {"uid": DISPLAY_ID, "gid": DISPLAY_ID, "umask": 0o22},
        "args": ["/usr/bin/tini", "--", "/usr/bin/millrace-agent"],
        "env": [
            "PATH=/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "DISPLAY=:0",
            format!("MILLRACE_SCREEN={}x{}", pod.screen.width, pod.screen.height),
        ],
        "cwd": "/",
        "capabilities": capabilities(&["CAP_IPC_OWNER"]),
        "rlimits": limits(pod),
        "noNewPrivileges": true,
        "oomScoreAdj": 0,
    });
    let namespaces =
        ["user", "ipc", "uts", "network", "pid", "mount", "cgroup"].map(|kind| json!({"type": kind}));
    bundle(pod, &process, &mounts, &namespaces, "display", true, true)
}

/// The app container: the image's files, the launcher, and through it the user's applications.
pub(crate) fn app(pod: &Pod<'_>, app: &App<'_>) -> Value {
    let user = app.user;
    let mut mounts = common_mounts(pod);
    let runtime_directory = format!("/run/user/{}", user.uid);
    mounts.extend([
        tmpfs("/run", "0755", 16 * MEBIBYTE),
        json!({"destination": runtime_directory, "type": "tmpfs", "source": "tmpfs", "options": [
            "nosuid", "nodev", "mode=0700", "size=16m", format!("uid={}", user.uid), format!("gid={}", user.gid)]}),
        bind(pod, "pod", "/run/millrace/pod", &["ro", "noexec"]),
        bind(pod, "launcher", "/run/millrace/launcher", &["ro"]),
        bind(pod, "x11", "/tmp/.X11-unix", &["ro", "noexec"]),
    ]);
    if pod.internet {
        mounts.push(bind(pod, "resolv.conf", "/etc/resolv.conf", &["ro", "noexec"]));
    }
    if app.is_builder {
        // `sudo` there is setuid.
        mounts.push(json!({"destination": BUILDER_PROGRAMS, "type": "bind",
            "source": pod.stage.join("bind/bin"), "options": ["bind", "nodev", "ro"]}));
        mounts.push(bind(pod, "builder", "/run/millrace/builder", &["ro", "noexec"]));
        mounts.push(bind(pod, WRITTEN, "/run/millrace/written", &["ro", "noexec"]));
    }
    let (ids, arguments, held) = if app.is_builder {
        (
            json!({"uid": 0, "gid": 0}),
            vec!["/run/millrace/launcher".to_owned(), administrator(user)],
            &TO_MAP_IDS[..],
        )
    } else {
        let ids = json!({"uid": user.uid, "gid": user.gid, "additionalGids": user.groups});
        (ids, vec!["/run/millrace/launcher".to_owned()], &[][..])
    };
    let process = json!({
        "terminal": false,
        "user": ids,
        "args": arguments,
        "env": environment(app, &runtime_directory),
        "cwd": "/",
        "capabilities": capabilities(held),
        "rlimits": limits(pod),
        "noNewPrivileges": !app.is_builder,
        // When memory runs out, an application goes before the X server does.
        "oomScoreAdj": 500,
    });
    let joined = [("user", "user"), ("ipc", "ipc"), ("uts", "uts"), ("network", "net")]
        .map(|(kind, file)| json!({"type": kind, "path": format!("/proc/{}/ns/{file}", app.display_pid)}));
    let own = ["pid", "mount", "cgroup"].map(|kind| json!({"type": kind}));
    let namespaces: Vec<Value> = joined.into_iter().chain(own).collect();
    let mut config = bundle(pod, &process, &mounts, &namespaces, "app", false, app.repeat_mappings);
    if app.is_builder {
        config["linux"]["seccomp"] = seccomp::builder_profile();
    }
    config
}

/// The launcher's argument: whom it becomes in the namespace that it makes.
fn administrator(user: &ImageUser) -> String {
    let groups: Vec<String> = user.groups.iter().map(u32::to_string).collect();
    format!("--administrator={}:{}:{}", user.uid, user.gid, groups.join(","))
}

fn bundle(
    pod: &Pod<'_>,
    process: &Value,
    mounts: &[Value],
    namespaces: &[Value],
    container: &str,
    read_only: bool,
    mappings: bool,
) -> Value {
    let shares = if container == "display" { DISPLAY_SHARES } else { APP_SHARES };
    let mut config = json!({
        "ociVersion": "1.0.2",
        "process": process,
        "root": {"path": pod.stage.join("rootfs"), "readonly": read_only},
        "mounts": mounts,
        "linux": {
            "namespaces": namespaces,
            "cgroupsPath": format!("/{}/{container}", pod.cgroup),
            "resources": {"devices": [{"allow": false, "access": "rwm"}], "cpu": {"shares": shares}},
            "rootfsPropagation": "private",
            "seccomp": seccomp::profile(),
            "maskedPaths": [
                "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
                "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
                // What the host and the neighbours do, and how the host was started.
                "/proc/cmdline", "/proc/diskstats", "/proc/pressure", "/proc/schedstat",
            ],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    });
    if container == "display" {
        // The app container joins this UTS namespace: the name is set once.
        config["hostname"] = json!(pod.id);
    }
    if mappings {
        let mapping = json!([{"containerID": 0, "hostID": pod.id_base, "size": ID_COUNT}]);
        config["linux"]["uidMappings"] = mapping.clone();
        config["linux"]["gidMappings"] = mapping;
    }
    config
}

fn common_mounts(pod: &Pod<'_>) -> Vec<Value> {
    let shared_memory = (pod.memory_bytes / 2).max(16 * MEBIBYTE);
    vec![
        json!({"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "nodev", "noexec"]}),
        json!({"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "noexec", "mode=0755", "size=64k"]}),
        json!({"destination": "/dev/pts", "type": "devpts", "source": "devpts",
            "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]}),
        json!({"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
            "options": ["nosuid", "nodev", "noexec", "mode=1777", format!("size={shared_memory}")]}),
    ]
}

fn tmpfs(destination: &str, mode: &str, bytes: u64) -> Value {
    json!({"destination": destination, "type": "tmpfs", "source": "tmpfs",
        "options": ["nosuid", "nodev", format!("mode={mode}"), format!("size={bytes}")]})
}

fn bind(pod: &Pod<'_>, name: &str, destination: &str, options: &[&str]) -> Value {
    let options: Vec<&str> = ["bind", "nosuid", "nodev"].iter().chain(options).copied().collect();
    json!({"destination": destination, "type": "bind", "source": pod.stage.join("bind").join(name), "options": options})
}

fn capabilities(names: &[&str]) -> Value {
    json!({"bounding": names, "effective": names, "permitted": names, "inheritable": names, "ambient": names})
}

fn limits(pod: &Pod<'_>) -> Value {
    json!([
        {"type": "RLIMIT_NOFILE", "hard": pod.open_files, "soft": pod.open_files.min(1024)},
        {"type": "RLIMIT_CORE", "hard": 0, "soft": 0},
    ])
}

/// The image's environment, and what every application must find, whatever the image says.
fn environment(app: &App<'_>, runtime_directory: &str) -> Vec<String> {
    let ours = [
        ("DISPLAY", ":0"),
        ("HOME", app.user.home.as_str()),
        ("USER", app.user.name.as_str()),
        ("LOGNAME", app.user.name.as_str()),
        ("XDG_RUNTIME_DIR", runtime_directory),
    ];
    let defaults =
        [("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("LANG", "C.UTF-8")];
    let names = |entry: &str, name: &str| entry.split('=').next() == Some(name);
    let mut result: Vec<String> = app
        .environment
        .iter()
        .filter(|entry| !ours.iter().any(|(name, _)| names(entry, name)))
        .cloned()
        .collect();
    for (name, value) in defaults {
        if !result.iter().any(|entry| names(entry, name)) {
            result.push(format!("{name}={value}"));
        }
    }
    if app.is_builder {
        for entry in result.iter_mut().filter(|entry| names(entry, "PATH")) {
            *entry = entry.replacen("PATH=", &format!("PATH={BUILDER_PROGRAMS}:"), 1);
        }
    }
    result.extend(ours.map(|(name, value)| format!("{name}={value}")));
    result
}
