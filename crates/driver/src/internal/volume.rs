//! `internal attach-volume PLAN` and `internal settle-volume IMAGE STAGE`: a user's volume is mounted into a running app container, and given its free
//! room back after the last session that had it.
//!
//! The mount is made in this process's own mount namespace and then moved into the container's, so that the host never has it, and it ends with the
//! container's last process. Paths inside the container are followed from the container's root only, without links of /proc.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, Gid, Mode, OFlags, ResolveFlags, Uid, chmodat, chownat, fstat, mkdirat, openat, openat2,
};
use rustix::io::Errno;
use rustix::mount::{MountAttrFlags, MoveMountFlags, UnmountFlags, move_mount, unmount};
use rustix::process::Signal;
use rustix::thread::{ThreadNameSpaceType, move_into_thread_name_spaces};
use serde::{Deserialize, Serialize};

use super::file_system::mount_ext4;
use crate::process::ProcessName;
use crate::{loop_device, sys};

/// Who owns everything on a volume, whatever number the user has in an image.
const OWNER: u32 = 1000;
/// The directory of a volume that its user sees.
const FILES: &str = "files";

/// What to mount, and where. Written by the server, so trusted.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AttachPlan {
    /// The file with the volume's ext4: absolute, without links.
    pub(crate) image: PathBuf,
    /// A directory of the host that the mount passes through, in a namespace of this process's own.
    pub(crate) stage: PathBuf,
    /// The app container's first process.
    pub(crate) process: ProcessName,
    /// The user's ids on the host.
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// The user's home in the container: absolute.
    pub(crate) home: String,
    /// Directories below it, each in the one before; the last is mounted over.
    pub(crate) folders: Vec<String>,
}

pub(super) fn attach(args: &[OsString]) -> Result<(), String> {
    let [plan] = args else { return Err("attach-volume: one argument".into()) };
    let plan = fs::read(plan).map_err(|error| format!("reading the plan: {error}"))?;
    let plan: AttachPlan =
        serde_json::from_slice(&plan).map_err(|error| format!("parsing the plan: {error}"))?;
    let said = |what: &'static str| move |error: io::Error| format!("{what}: {error}");
    end_with_the_server()?;
    let process = plan
        .process
        .open()
        .map_err(said("opening the instance's process"))?
        .ok_or("the instance has ended")?;
    sys::private_mounts().map_err(said("making a mount namespace"))?;
    let volume = mount(&plan.image).map_err(said("mounting the volume"))?;
    make_files(volume.as_fd()).map_err(said("preparing the volume"))?;
    move_mount(&volume, "", CWD, &plan.stage, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(|error| format!("attaching the volume: {error}"))?;
    let namespace = sys::user_namespace_of((OWNER, plan.uid), (OWNER, plan.gid))
        .map_err(said("making the user namespace"))?;
    let tree = sys::detached_mount(&plan.stage.join(FILES), Some(namespace.as_fd()), false)
        .map_err(said("mapping the volume's ids"))?;
    // From here on, every path is one of the container's.
    move_into_thread_name_spaces(process.as_fd(), ThreadNameSpaceType::MOUNT)
        .map_err(|error| format!("entering the instance's mounts: {error}"))?;
    sys::set_file_system_owner(plan.uid, plan.gid).map_err(said("changing ids"))?;
    let root = openat(CWD, "/", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
        .map_err(|error| format!("opening the instance's root: {error}"))?;
    let (home, folder) = folder(root.as_fd(), &plan)?;
    if same_device(tree.as_fd(), folder.as_fd()).map_err(said("looking at the folder"))? {
        // An earlier attach did it.
        return Ok(());
    }
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    move_mount(&tree, "", &folder, "", flags).map_err(|error| format!("attaching the volume: {error}"))?;
    if let Err(error) = name_in_dialogs(home.as_fd(), &plan) {
        // Only a convenience: the folder is there.
        eprint_line(&format!("file dialogs do not name the folder: {error}"));
    }
    Ok(())
}

fn eprint_line(line: &str) {
    use std::io::Write;
    // Standard error is what the server logs; if it is gone, nobody reads.
    let _ = writeln!(io::stderr(), "{line}");
}

/// A server that was killed must not have children that go on changing what the next one looks at.
fn end_with_the_server() -> Result<(), String> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| format!("binding to the server: {error}"))
}

/// The volume's file system, as a detached mount. Two sessions of a user share one loop device, so that the kernel sees one file system.
fn mount(image: &Path) -> io::Result<OwnedFd> {
    let file = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOFOLLOW).open(image)?;
    let device = loop_device::attach_shared(&file, image)?;
    let attributes = MountAttrFlags::MOUNT_ATTR_NODEV
        | MountAttrFlags::MOUNT_ATTR_NOSUID
        | MountAttrFlags::MOUNT_ATTR_NOATIME;
    mount_ext4(&device, &["noinit_itable", "errors=remount-ro"], attributes)
}

/// The user's part of the volume, made at its first use.
fn make_files(volume: BorrowedFd<'_>) -> io::Result<()> {
    match mkdirat(volume, FILES, Mode::RWXU) {
        Err(Errno::EXIST) => return Ok(()),
        made => made?,
    }
    let flags = AtFlags::empty();
    chownat(volume, FILES, Some(Uid::from_raw(OWNER)), Some(Gid::from_raw(OWNER)), flags)?;
    // Whatever the umask is.
    Ok(chmodat(volume, FILES, Mode::RWXU, flags)?)
}

const DIRECTORY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// The user's home, and the folder to mount over, made as the user where it is missing.
fn folder(root: BorrowedFd<'_>, plan: &AttachPlan) -> Result<(OwnedFd, OwnedFd), String> {
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    let home = openat2(root, &plan.home, DIRECTORY, Mode::empty(), resolve)
        .map_err(|error| format!("opening the home {}: {error}", plan.home))?;
    let mut directory = home.try_clone().map_err(|error| error.to_string())?;
    for name in &plan.folders {
        directory = subdirectory(directory.as_fd(), name)
            .map_err(|error| format!("opening {name} in {}: {error}", plan.home))?;
    }
    Ok((home, directory))
}

fn subdirectory(parent: BorrowedFd<'_>, name: &str) -> io::Result<OwnedFd> {
    match mkdirat(parent, name, Mode::RWXU) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    Ok(openat2(parent, name, DIRECTORY | OFlags::NOFOLLOW, Mode::empty(), resolve)?)
}

fn same_device(one: BorrowedFd<'_>, other: BorrowedFd<'_>) -> io::Result<bool> {
    Ok(fstat(one)?.st_dev == fstat(other)?.st_dev)
}

/// Lets file dialogs begin in the folder, unless the image says itself where they do.
fn name_in_dialogs(home: BorrowedFd<'_>, plan: &AttachPlan) -> io::Result<()> {
    use std::io::Write;
    let path = plan.folders.join("/");
    let config = subdirectory(home, ".config")?;
    let gtk = subdirectory(config.as_fd(), "gtk-3.0")?;
    let bookmarks = format!("file://{}/{path} Home Folder\n", plan.home.trim_end_matches('/'));
    let directories = format!("XDG_DOCUMENTS_DIR=\"$HOME/{path}\"\n");
    for (directory, name, text) in [(gtk, "bookmarks", bookmarks), (config, "user-dirs.dirs", directories)] {
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY | OFlags::CLOEXEC;
        match openat(&directory, name, flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => fs::File::from(file).write_all(text.as_bytes())?,
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Replays the journal, and makes holes of what is free, so that a volume takes no more of the host's disk than is on it.
pub(super) fn settle(args: &[OsString]) -> Result<(), String> {
    let [image, stage] = args else { return Err("settle-volume: two arguments".into()) };
    let said = |what: &'static str| move |error: io::Error| format!("{what}: {error}");
    end_with_the_server()?;
    sys::private_mounts().map_err(said("making a mount namespace"))?;
    let volume = mount(Path::new(image)).map_err(said("mounting the volume"))?;
    move_mount(&volume, "", CWD, stage, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(|error| format!("attaching the volume: {error}"))?;
    drop(volume);
    let root = openat(CWD, stage, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
        .map_err(|error| format!("opening the volume: {error}"))?;
    sys::trim(root.as_fd()).map_err(said("trimming the volume"))?;
    drop(root);
    unmount(stage, UnmountFlags::empty()).map_err(|error| format!("unmounting the volume: {error}"))
}
