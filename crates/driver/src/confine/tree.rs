//! A file tree that holds one directory, at the path that it has outside.

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::CWD;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, UnmountFlags, fsconfig_create,
    fsconfig_set_string, fsmount, fsopen, move_mount, unmount,
};

use crate::sys;

/// Leaves the host's file tree for an empty, read-only one that holds `own` alone. What is open stays open.
pub(super) fn enter(own: &Path) -> io::Result<()> {
    let below_root: PathBuf = own.components().filter(|part| matches!(part, Component::Normal(_))).collect();
    sys::private_mounts()?;
    let own_mount = sys::detached_mount(own, None, false)?;
    let context = fsopen("tmpfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    for (key, value) in [("mode", "0755"), ("size", "64k")] {
        fsconfig_set_string(context.as_fd(), key, value)?;
    }
    fsconfig_create(context.as_fd())?;
    let flags = MountAttrFlags::MOUNT_ATTR_NODEV
        | MountAttrFlags::MOUNT_ATTR_NOSUID
        | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    let root = fsmount(context.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, flags)?;
    let unnamed = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
    // Over a directory that exists: nobody else sees this namespace.
    move_mount(root.as_fd(), "", CWD, own, unnamed)?;
    std::env::set_current_dir(own)?;
    fs::create_dir_all(&below_root)?;
    move_mount(own_mount.as_fd(), "", CWD, below_root.as_path(), unnamed)?;
    // The old root ends up below the new one, at the same place, and is then taken away.
    rustix::process::pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    std::env::set_current_dir("/")?;
    sys::map_mount(root.as_fd(), None, true)
}
