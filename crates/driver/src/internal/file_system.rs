//! Mounting an ext4 that is in a file.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsconfig_set_flag, fsconfig_set_string,
    fsmount, fsopen,
};

use crate::loop_device::LoopDevice;

/// The ext4 on `device`, as a detached mount. `options` are names of flags, or `name=value`.
pub(super) fn mount_ext4(
    device: &LoopDevice,
    options: &[&str],
    attributes: MountAttrFlags,
) -> io::Result<OwnedFd> {
    let context = fsopen("ext4", FsOpenFlags::FSOPEN_CLOEXEC)?;
    let context = context.as_fd();
    fsconfig_set_string(context, "source", device.path.as_str())?;
    for option in options {
        match option.split_once('=') {
            Some((name, value)) => fsconfig_set_string(context, name, value)?,
            None => fsconfig_set_flag(context, *option)?,
        }
    }
    fsconfig_create(context)?;
    // The mount keeps the device from here on, and the device ends with it.
    Ok(fsmount(context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?)
}
