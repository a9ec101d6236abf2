//! `internal start-container PLAN`: makes a container's root filesystem in a mount namespace of its own and becomes the OCI runtime there.
//!
//! The mounts exist only in this namespace and, once the runtime has copied it, in the container's: the host never sees one, and the last process of
//! the container takes them with it. Everything that the runtime opens is gathered under one small tmpfs that ids of the container may pass through
//! (the server's directories are closed to them).

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::io::FdFlags;
use rustix::mount::{MountFlags, MoveMountFlags, UnmountFlags, mount, move_mount, unmount};
use serde::{Deserialize, Serialize};

use super::hosts;
use super::upper::{self, NewDirectory, Upper, UpperPlace};
use crate::sys;

/// What to make and run. Written by the server, so trusted.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StartPlan {
    /// An existing directory of the host over which the tmpfs is mounted.
    pub(crate) stage: PathBuf,
    /// A mount to take away first: crun refuses hybrid cgroups.
    pub(crate) unmount: Option<PathBuf>,
    /// The container's id 0 on the host, and how many ids it has.
    pub(crate) id_base: u32,
    pub(crate) id_count: u32,
    /// Read-only layers, topmost first; at least two without an upper layer, at least one with one. Ids on disk start at 0.
    pub(crate) lowers: Vec<PathBuf>,
    /// The writable layer: `data` and `work` for overlayfs; ids on disk start at 0.
    pub(crate) upper: Option<Upper>,
    /// The name under which the container finds itself in its `/etc/hosts`; without one, that file is left as it is. Needs an upper layer.
    pub(crate) own_name: Option<String>,
    /// Host files and directories that the bundle names as `STAGE/bind/NAME`.
    pub(crate) binds: Vec<Bind>,
    /// config.json.
    pub(crate) bundle: serde_json::Value,
    /// The OCI runtime and its arguments; it runs in the bundle's directory.
    pub(crate) runtime: PathBuf,
    pub(crate) arguments: Vec<String>,
}

/// What the bundle of an image builder finds its written files as, beside the binds of the plan.
pub(crate) const WRITTEN: &str = "written";

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Bind {
    pub(crate) source: PathBuf,
    pub(crate) name: String,
    pub(crate) read_only: bool,
}

pub(super) fn run(args: &[OsString]) -> Result<(), String> {
    let [plan] = args else { return Err("start-container: one argument".into()) };
    let plan = fs::read(plan).map_err(|error| format!("reading the plan: {error}"))?;
    let plan: StartPlan =
        serde_json::from_slice(&plan).map_err(|error| format!("parsing the plan: {error}"))?;
    keep_lock().map_err(|error| format!("keeping the lock: {error}"))?;
    sys::private_mounts().map_err(|error| format!("making a mount namespace: {error}"))?;
    if let Some(mount) = &plan.unmount {
        unmount(mount, UnmountFlags::DETACH)
            .map_err(|error| format!("unmounting {}: {error}", mount.display()))?;
    }
    stage(&plan)?;
    let error = Command::new(&plan.runtime).args(&plan.arguments).exec();
    Err(format!("executing {}: {error}", plan.runtime.display()))
}

/// `internal check-overlay DIRECTORY [MKFS]`: tries an overlay of id-mapped layers below DIRECTORY, and writes a file through it; with MKFS, a file
/// system in a file instead. Leaves nothing.
pub(super) fn check(args: &[OsString]) -> Result<(), String> {
    let (parent, mkfs) = match args {
        [parent] => (parent, None),
        [parent, mkfs] => (parent, Some(mkfs)),
        _ => return Err("check-overlay: one or two arguments".into()),
    };
    let directory = Path::new(parent).join(format!(".millrace-check-{}", std::process::id()));
    make_directory(&directory)?;
    let result = match mkfs {
        None => try_overlay(&directory),
        Some(mkfs) => upper::check(&directory, Path::new(mkfs)),
    };
    let removed =
        fs::remove_dir_all(&directory).map_err(|error| format!("removing {}: {error}", directory.display()));
    result.and(removed)
}

fn try_overlay(directory: &Path) -> Result<(), String> {
    const ID_BASE: u32 = 0x2000_0000;
    for name in ["lower", "upper"] {
        make_directory(&directory.join(name))?;
    }
    sys::private_mounts().map_err(|error| format!("making a mount namespace: {error}"))?;
    let plan = StartPlan {
        stage: "/mnt".into(),
        unmount: None,
        id_base: ID_BASE,
        id_count: 65_536,
        lowers: vec![directory.join("lower")],
        upper: Some(Upper {
            place: UpperPlace::Directory(directory.join("upper")),
            kept: false,
            directories: ["data", "work"]
                .map(|path| NewDirectory { path: path.into(), uid: 0, gid: 0, mode: 0o755 })
                .into(),
        }),
        own_name: None,
        binds: Vec::new(),
        bundle: serde_json::Value::Null,
        runtime: PathBuf::new(),
        arguments: Vec::new(),
    };
    stage(&plan)?;
    let file = Path::new("/mnt/rootfs/file");
    let write = || {
        sys::set_file_system_ids(ID_BASE)?;
        fs::write(file, "x")?;
        sys::set_file_system_ids(0)
    };
    write().map_err(|error| format!("writing through an overlay of id-mapped layers: {error}"))?;
    unmount("/mnt", UnmountFlags::DETACH).map_err(|error| format!("unmounting the overlay: {error}"))
}

/// Standard input is the lock that says "a start is under way": held under another number until the runtime has ended, and /dev/null put in its
/// place, which is what the container gets. (Runtimes close all other descriptors before they execute the container's program.)
fn keep_lock() -> std::io::Result<()> {
    let lock = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    rustix::io::fcntl_setfd(&lock, FdFlags::empty())?;
    // Open until this process is replaced or ends.
    std::mem::forget(lock);
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    Ok(())
}

fn stage(plan: &StartPlan) -> Result<(), String> {
    // Opened before the tmpfs may hide them.
    let namespace = sys::user_namespace(plan.id_base, plan.id_count)
        .map_err(|error| format!("making the user namespace: {error}"))?;
    let clone = |path: &Path, mapped: bool, read_only: bool| {
        sys::detached_mount(path, mapped.then(|| namespace.as_fd()), read_only)
            .map_err(|error| format!("mounting {}: {error}", path.display()))
    };
    let lowers =
        plan.lowers.iter().map(|path| clone(path, true, true)).collect::<Result<Vec<OwnedFd>, _>>()?;
    let upper = plan.upper.as_ref().map(|upper| upper::open(upper, namespace.as_fd())).transpose()?;
    let binds = plan
        .binds
        .iter()
        .map(|bind| Ok((bind, clone(&bind.source, false, bind.read_only)?, bind.source.is_dir())))
        .collect::<Result<Vec<_>, String>>()?;

    let root = &plan.stage;
    mount("millrace", root, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, c"mode=0755,size=1m")
        .map_err(|error| format!("mounting a tmpfs at {}: {error}", root.display()))?;
    for name in ["bundle", "rootfs", "bind", "layers", "upper"] {
        make_directory(&root.join(name))?;
    }
    for (bind, tree, is_directory) in binds {
        let target = root.join("bind").join(&bind.name);
        if is_directory {
            make_directory(&target)?;
        } else {
            File::create(&target).map_err(|error| format!("making {}: {error}", target.display()))?;
        }
        attach(&tree, &target)?;
    }
    overlay(plan, &lowers, upper.as_ref())?;
    if let Some(name) = &plan.own_name {
        complete_hosts(plan, name)?;
    }
    let config = root.join("bundle/config.json");
    fs::write(&config, plan.bundle.to_string()).map_err(|error| format!("writing the bundle: {error}"))?;
    fs::set_permissions(&config, fs::Permissions::from_mode(0o644))
        .map_err(|error| format!("opening the bundle: {error}"))
}

/// What an image builder wrote, for its image assistant to look through and for nobody to write to. What overlayfs shows has no such difference.
fn show_written(root: &Path, upper: &Path) -> Result<(), String> {
    let data = upper.join("data");
    let written = sys::detached_mount(&data, None, true)
        .map_err(|error| format!("mounting {}: {error}", data.display()))?;
    let target = root.join("bind").join(WRITTEN);
    make_directory(&target)?;
    attach(&written, &target)
}

fn overlay(plan: &StartPlan, lowers: &[OwnedFd], upper: Option<&OwnedFd>) -> Result<(), String> {
    let root = &plan.stage;
    let mut mounted = Vec::new();
    for (index, tree) in lowers.iter().enumerate() {
        let target = root.join("layers").join(index.to_string());
        make_directory(&target)?;
        attach(tree, &target)?;
        mounted.push(target);
    }
    let list: Vec<String> = mounted.iter().map(|path| path.display().to_string()).collect();
    let mut options = format!("lowerdir={},metacopy=off", list.join(":"));
    let mut flags = MountFlags::NODEV;
    if let Some(tree) = upper {
        let target = root.join("upper");
        attach(tree, &target)?;
        options.push_str(&format!(",upperdir={0}/data,workdir={0}/work", target.display()));
        if plan.upper.as_ref().is_some_and(|upper| upper.kept) {
            // What a snapshot reads must be plain: no directory may point to another one of the lower layers.
            options.push_str(",redirect_dir=off,index=off");
        } else {
            // Nobody ever reads this upper layer again, so the application's fsync need not reach the disk.
            options.push_str(",volatile");
        }
        if plan.upper.as_ref().is_some_and(|upper| upper.kept) {
            show_written(root, &target)?;
        }
        mounted.push(target);
    } else {
        flags |= MountFlags::RDONLY;
    }
    let options = std::ffi::CString::new(options).map_err(|error| error.to_string())?;
    sys::set_file_system_ids(plan.id_base).map_err(|error| format!("changing ids: {error}"))?;
    let result = mount("overlay", root.join("rootfs"), "overlay", flags, options.as_c_str());
    sys::set_file_system_ids(0).map_err(|error| format!("changing ids back: {error}"))?;
    result.map_err(|error| format!("mounting the root filesystem: {error}"))?;
    // Overlayfs holds its layers by itself; nothing needs them by name any more.
    for path in mounted {
        unmount(&path, UnmountFlags::DETACH)
            .map_err(|error| format!("unmounting {}: {error}", path.display()))?;
    }
    Ok(())
}

/// As the container's root. A file that cannot be written, on a full disk of a builder perhaps, keeps nobody from working: the log tells.
fn complete_hosts(plan: &StartPlan, name: &str) -> Result<(), String> {
    let changed = |error| format!("changing ids: {error}");
    sys::set_file_system_ids(plan.id_base).map_err(changed)?;
    let completed = hosts::complete(&plan.stage.join("rootfs"), name);
    sys::set_file_system_ids(0).map_err(changed)?;
    if let Err(error) = completed {
        // Standard error is the instance's log; if it is gone, nobody reads.
        let _ = writeln!(std::io::stderr(), "/etc/hosts stays without the name {name}: {error}");
    }
    Ok(())
}

fn attach(tree: &OwnedFd, target: &Path) -> Result<(), String> {
    move_mount(tree, "", rustix::fs::CWD, target, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(|error| format!("attaching {}: {error}", target.display()))
}

/// Open to the container's ids, whatever the umask is.
fn make_directory(path: &Path) -> Result<(), String> {
    DirBuilder::new()
        .mode(0o755)
        .create(path)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o755)))
        .map_err(|error| format!("making {}: {error}", path.display()))
}
