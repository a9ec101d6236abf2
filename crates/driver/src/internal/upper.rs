//! The writable layer of an app container: a file system of its own in a sparse file, so that what an instance writes has a bound in bytes and inodes
//! on any host (project quotas need a host file system that was made for them). It is mounted through a loop device that the kernel takes back with
//! the last mount, and only in the container's mount namespace.

use std::ffi::CString;
use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Gid, Mode, OFlags, Uid, chmodat, chownat, mkdirat, openat};
use rustix::mount::MountAttrFlags;
use serde::{Deserialize, Serialize};

use super::file_system::mount_ext4;
use crate::{loop_device, sys};

/// The writable layer and what is made in it first.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Upper {
    pub(crate) place: UpperPlace,
    /// It outlives the instance, and may have been used before: what is written must reach the disk in order, and what is there stays.
    #[serde(default)]
    pub(crate) kept: bool,
    /// Each after its parents; ids inside the instance.
    pub(crate) directories: Vec<NewDirectory>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum UpperPlace {
    /// An existing empty directory: no bound but the disk's.
    Directory(PathBuf),
    /// A file that holds an empty ext4.
    Image(PathBuf),
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NewDirectory {
    pub(crate) path: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mode: u32,
}

/// A detached, id-mapped mount of the layer, whose `data` and `work` are ready for overlayfs.
pub(super) fn open(upper: &Upper, namespace: BorrowedFd<'_>) -> Result<OwnedFd, String> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| format!("preparing the writable layer {path}: {error}")
    };
    match &upper.place {
        UpperPlace::Directory(path) => {
            let root = openat(CWD, path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
                .map_err(io::Error::from)
                .map_err(failed(path))?;
            make_directories(root.as_fd(), upper)?;
            sys::detached_mount(path, Some(namespace), false).map_err(failed(path))
        }
        UpperPlace::Image(path) => {
            let mount = mount_image(path, upper.kept).map_err(failed(path))?;
            // Before the mount is id-mapped: our own ids are not of the mapping.
            make_directories(mount.as_fd(), upper)?;
            sys::map_mount(mount.as_fd(), Some(namespace), false).map_err(failed(path))?;
            Ok(mount)
        }
    }
}

/// The file system in the file, as a detached mount.
pub(super) fn mount_image(path: &Path, kept: bool) -> io::Result<OwnedFd> {
    let image = OpenOptions::new().read(true).write(true).open(path)?;
    let device = loop_device::attach(&image)?;
    // What is deleted gives its room on the host back. The image is sparse: its inode tables are zero already.
    let mut options = vec!["discard", "noinit_itable"];
    if !kept {
        // Nothing here outlives the instance, let alone the host: no order of writes is worth waiting for.
        options.push("nobarrier");
    }
    mount_ext4(&device, &options, MountAttrFlags::MOUNT_ATTR_NODEV | MountAttrFlags::MOUNT_ATTR_NOATIME)
}

fn make_directories(root: BorrowedFd<'_>, upper: &Upper) -> Result<(), String> {
    for NewDirectory { path, uid, gid, mode } in &upper.directories {
        let make = || -> io::Result<()> {
            let name = CString::new(path.as_str())?;
            match mkdirat(root, &name, Mode::from_raw_mode(0o700)) {
                // Made at the first start; whose it is since then, and its mode, are the administrator's choice.
                Err(rustix::io::Errno::EXIST) if upper.kept => return Ok(()),
                made => made?,
            }
            let flags = rustix::fs::AtFlags::empty();
            chownat(root, &name, Some(Uid::from_raw(*uid)), Some(Gid::from_raw(*gid)), flags)?;
            // Whatever the umask is.
            Ok(chmodat(root, &name, Mode::from_raw_mode(*mode), flags)?)
        };
        make().map_err(|error| format!("making /{path} in the writable layer: {error}"))?;
    }
    Ok(())
}

/// `internal` check: an ext4 of 4 MiB made by `mkfs`, mounted, id-mapped and gone again. `directory` must be writable.
pub(super) fn check(directory: &Path, mkfs: &Path) -> Result<(), String> {
    let path = directory.join("image");
    let said = |error: io::Error| format!("trying a file system in a file: {error}");
    let size = loop_device::ImageSize { bytes: 4 << 20, inodes: 64, journal: false };
    loop_device::make_image(mkfs, &path, size).map_err(said)?;
    let mount = mount_image(&path, false).map_err(said)?;
    let file =
        openat(&mount, "file", OFlags::CREATE | OFlags::WRONLY, Mode::RUSR).map_err(|e| said(e.into()))?;
    rustix::io::write(&file, b"x").map_err(|error| said(error.into()))?;
    drop((file, mount));
    std::fs::remove_file(&path).map_err(said)
}
