//! The test program as it runs inside an instance: everything here must fail there. Raw system calls, since what is tried has no safe wrapper.
#![allow(unsafe_code)]

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use libc::c_long;

/// What this program is told to do by its first argument.
pub(crate) const ESCAPE: &str = "try-to-escape";
pub(crate) const EAT_MEMORY: &str = "eat-memory";

/// Tries everything, and says what worked: that is the exit status.
pub(crate) fn escape() -> i32 {
    let mut worked: Vec<String> =
        calls().into_iter().filter(|(_, result)| *result >= 0).map(|(name, _)| name.to_owned()).collect();
    worked.extend(files());
    worked.extend(neighbours());
    for name in &worked {
        // Standard error is the instance's log.
        let _ = writeln!(io::stderr(), "ESCAPE: {name}");
    }
    i32::from(!worked.is_empty())
}

/// Takes memory until the kernel ends this.
pub(crate) fn eat_memory() -> i32 {
    let mut eaten: Vec<Vec<u8>> = Vec::new();
    for number in 0..4096_u32 {
        eaten.push(vec![number as u8 | 1; 1 << 20]);
    }
    i32::from(eaten.is_empty())
}

const NOTHING: usize = 0;

fn call(number: c_long, arguments: [usize; 5]) -> c_long {
    let [a, b, c, d, e] = arguments;
    // SAFETY: pointers among the arguments point to static strings or live arrays of the length that the call expects, or are null; a call that
    // succeeds though it should not is a failure of the test, after which this process ends.
    unsafe { libc::syscall(number, a, b, c, d, e) }
}

/// Calls that change or reach what is not the instance's. Each result is what the kernel returned: -1 for a refusal.
fn calls() -> Vec<(&'static str, c_long)> {
    let text = |text: &'static std::ffi::CStr| text.as_ptr() as usize;
    let (root, tmp, tmpfs) = (text(c"/"), text(c"/tmp"), text(c"tmpfs"));
    let zeros = [0_u8; 256];
    let zeros = zeros.as_ptr() as usize;
    let here = libc::AT_FDCWD as usize;
    let own = |kind: &str| fs::File::open(format!("/proc/self/ns/{kind}"));
    let mut found = vec![
        ("mount", call(libc::SYS_mount, [tmpfs, tmp, tmpfs, 0, 0])),
        ("mount cgroup", call(libc::SYS_mount, [tmpfs, tmp, text(c"cgroup"), 0, 0])),
        ("mount proc", call(libc::SYS_mount, [tmpfs, tmp, text(c"proc"), 0, 0])),
        (
            "remount",
            call(libc::SYS_mount, [root, root, NOTHING, (libc::MS_REMOUNT | libc::MS_BIND) as usize, 0]),
        ),
        ("umount", call(libc::SYS_umount2, [text(c"/proc/sys"), libc::MNT_DETACH as usize, 0, 0, 0])),
        ("fsopen", call(libc::SYS_fsopen, [tmpfs, 0, 0, 0, 0])),
        ("open_tree", call(libc::SYS_open_tree, [here, root, libc::OPEN_TREE_CLONE as usize, 0, 0])),
        ("pivot_root", call(libc::SYS_pivot_root, [tmp, tmp, 0, 0, 0])),
        ("chroot", call(libc::SYS_chroot, [tmp, 0, 0, 0, 0])),
        ("clone into a user namespace", clone(libc::CLONE_NEWUSER)),
        ("clone into a mount namespace", clone(libc::CLONE_NEWNS)),
        ("keyctl", call(libc::SYS_keyctl, [1, NOTHING, 0, 0, 0])),
        ("add_key", call(libc::SYS_add_key, [text(c"user"), text(c"x"), zeros, 1, 0xffff_fffd])),
        ("request_key", call(libc::SYS_request_key, [text(c"user"), text(c"x"), NOTHING, 0, 0])),
        ("bpf", call(libc::SYS_bpf, [0, zeros, 72, 0, 0])),
        ("perf_event_open", call(libc::SYS_perf_event_open, [zeros, 0, usize::MAX, usize::MAX, 0])),
        ("userfaultfd", call(libc::SYS_userfaultfd, [1, 0, 0, 0, 0])),
        ("io_uring_setup", call(libc::SYS_io_uring_setup, [4, zeros, 0, 0, 0])),
        ("open_by_handle_at", call(libc::SYS_open_by_handle_at, [here, zeros, 0, 0, 0])),
        ("init_module", call(libc::SYS_init_module, [zeros, 16, text(c""), 0, 0])),
        ("kexec_load", call(libc::SYS_kexec_load, [0, 0, NOTHING, 0, 0])),
        ("reboot", call(libc::SYS_reboot, [0xfee1_dead, 672_274_793, 0, 0, 0])),
        ("swapon", call(libc::SYS_swapon, [text(c"/tmp/x"), 0, 0, 0, 0])),
        ("acct", call(libc::SYS_acct, [NOTHING, 0, 0, 0, 0])),
        ("syslog", call(libc::SYS_syslog, [3, zeros, 0, 0, 0])),
        ("sethostname", call(libc::SYS_sethostname, [text(c"evil"), 4, 0, 0, 0])),
        ("settimeofday", call(libc::SYS_settimeofday, [zeros, NOTHING, 0, 0, 0])),
        ("clock_settime", call(libc::SYS_clock_settime, [0, zeros, 0, 0, 0])),
        ("setpriority", call(libc::SYS_setpriority, [0, 0, -20_isize as usize, 0, 0])),
        ("a raw socket", socket(libc::AF_INET, libc::SOCK_RAW, 1)),
        ("a packet socket", socket(libc::AF_PACKET, libc::SOCK_RAW, 0)),
        ("a socket of the kernel's ciphers", socket(libc::AF_ALG, libc::SOCK_SEQPACKET, 0)),
        ("a socket to the machine below", socket(libc::AF_VSOCK, libc::SOCK_STREAM, 0)),
    ];
    // The launcher, and through a later name whatever else is there.
    for pid in [1, 2, 3] {
        found.push(("ptrace", call(libc::SYS_ptrace, [libc::PTRACE_ATTACH as usize, pid, 0, 0, 0])));
        found.push(("process_vm_readv", call(libc::SYS_process_vm_readv, [pid, zeros, 0, zeros, 0])));
        found.push(("pidfd_getfd", call(libc::SYS_pidfd_getfd, [pid, 0, 0, 0, 0])));
    }
    for kind in ["user", "mnt", "net", "pid", "ipc", "uts", "cgroup"] {
        if let Ok(namespace) = own(kind) {
            found.push(("setns", call(libc::SYS_setns, [namespace.as_raw_fd() as usize, 0, 0, 0, 0])));
        }
    }
    for flag in [
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWNS,
        libc::CLONE_NEWNET,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWCGROUP,
    ] {
        found.push(("unshare", call(libc::SYS_unshare, [flag as usize, 0, 0, 0, 0])));
    }
    for (kind, device) in [
        (libc::S_IFBLK, libc::makedev(8, 0)),
        (libc::S_IFBLK, libc::makedev(7, 0)),
        (libc::S_IFCHR, libc::makedev(1, 1)),
        (libc::S_IFCHR, libc::makedev(10, 237)),
    ] {
        for path in [c"/tmp/node", c"/dev/shm/node"] {
            let mode = (kind | 0o666) as usize;
            found.push(("mknod", call(libc::SYS_mknodat, [here, text(path), mode, device as usize, 0])));
        }
    }
    // The first process of the other container has another uid, and another PID namespace: there is no name for it here.
    for pid in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let another = pid
            .metadata()
            .is_ok_and(|metadata| metadata.uid() != fs::metadata("/proc/self").map_or(0, |own| own.uid()));
        if let (true, Ok(pid)) = (another, pid.file_name().to_string_lossy().parse::<usize>()) {
            found.push(("ptrace of another uid", call(libc::SYS_ptrace, [16, pid, 0, 0, 0])));
        }
    }
    found
}

fn socket(family: i32, kind: i32, protocol: usize) -> c_long {
    call(libc::SYS_socket, [family as usize, kind as usize, protocol, 0, 0])
}

/// As fork does, into a new namespace.
fn clone(namespace: i32) -> c_long {
    let result = call(libc::SYS_clone, [(namespace | libc::SIGCHLD) as usize, 0, 0, 0, 0]);
    if result == 0 {
        // SAFETY: ends the child that should not be.
        unsafe { libc::_exit(0) };
    }
    result
}

/// Files that must not be written, and some that must not be read.
fn files() -> Vec<String> {
    let writable = [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sys/kernel/modprobe",
        "/proc/sys/kernel/ns_last_pid",
        "/proc/sys/net/ipv4/ip_forward",
        "/proc/sys/vm/drop_caches",
        "/proc/sys/fs/binfmt_misc/register",
        "/proc/sysrq-trigger",
        "/proc/irq/default_smp_affinity",
        "/sys/fs/cgroup/release_agent",
        "/sys/fs/cgroup/memory/release_agent",
        "/sys/kernel/uevent_helper",
        "/run/millrace/launcher",
        "/run/millrace/pod/evil",
        "/dev/loop-control",
        "/dev/mem",
        "/dev/kmsg",
        "/dev/fuse",
        "/dev/vda",
        "/dev/sda",
    ];
    let mut found: Vec<String> = writable
        .iter()
        .filter(|path| OpenOptions::new().write(true).open(path).is_ok())
        .map(|path| format!("writing {path}"))
        .collect();
    found.extend(settings(Path::new("/proc/sys")));
    found.extend(devices());
    let secret = [
        "/proc/kcore",
        "/proc/kmsg",
        "/proc/1/mem/x",
        "/proc/cmdline",
        "/proc/diskstats",
        "/proc/pressure/cpu",
        "/proc/pressure/io",
        "/proc/schedstat",
        "/run/millrace/agent/secret",
        "/etc/millrace",
    ];
    found.extend(
        secret
            .iter()
            .filter(|path| fs::read(path).is_ok_and(|text| !text.is_empty()))
            .map(|path| format!("reading {path}")),
    );
    if fs::write("/proc/self/oom_score_adj", "-1000").is_ok() {
        found.push("escaping the kernel's choice when memory runs out".into());
    }
    if fs::write("/proc/self/uid_map", "0 0 1").is_ok() {
        found.push("changing the ids".into());
    }
    found
}

/// Kernel settings that can be written, whatever they are called.
fn settings(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(settings(&path));
        } else if OpenOptions::new().write(true).open(&path).is_ok() {
            found.push(format!("writing {}", path.display()));
        }
    }
    found
}

/// Devices that an instance needs are six; no other is there, and none that can be opened.
fn devices() -> Vec<String> {
    let harmless = ["full", "null", "random", "tty", "urandom", "zero", "ptmx", "console"];
    let mut found = Vec::new();
    for entry in fs::read_dir("/dev").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_device = entry.file_type().is_ok_and(|kind| kind.is_block_device() || kind.is_char_device());
        if is_device && !harmless.contains(&name.as_str()) {
            found.push(format!("the device {name}"));
        }
    }
    found
}

/// The agent, other instances, the network.
fn neighbours() -> Vec<String> {
    let mut found = Vec::new();
    let sockets = fs::read_to_string("/proc/net/unix").unwrap_or_default();
    let named = sockets
        .lines()
        .filter_map(|line| line.split_whitespace().nth(7))
        .filter(|name| name.starts_with('/'));
    for path in
        named.chain(["/run/millrace/agent/agent.sock", "/run/docker.sock", "/run/dbus/system_bus_socket"])
    {
        let of_the_agent = Path::new(path).file_name().is_some_and(|name| name == "agent.sock")
            || path.starts_with("/run/d");
        if of_the_agent && UnixStream::connect(path).is_ok() {
            found.push(format!("connecting to {path}"));
        }
    }
    let addresses =
        ["169.254.169.254:80", "10.0.0.1:80", "192.168.0.1:53", "8.8.8.8:53", "[2001:4860:4860::8888]:53"];
    for address in addresses {
        let address: SocketAddr = address.parse().expect("an address");
        if TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok() {
            found.push(format!("connecting to {address}"));
        }
    }
    for ancestor in ["/proc/1/root/../..", "/proc/1/cwd/../../.."] {
        if Path::new(ancestor).join("work").exists() || Path::new(ancestor).join("root/.cargo").exists() {
            found.push(format!("{ancestor} is the host's"));
        }
    }
    found
}
