//! A new session for each application, so that it and its children can be ended together and no terminal reaches it.
#![allow(unsafe_code)]

use std::os::unix::process::CommandExt;
use std::process::Command;

/// The command's process becomes the leader of a new session and process group.
pub(crate) fn own_session(command: &mut Command) {
    // SAFETY: between fork and exec only calls that are safe after a fork of a threaded program may be made. `setsid` is a bare system
    // call: it neither allocates nor locks.
    unsafe {
        command.pre_exec(|| rustix::process::setsid().map(drop).map_err(Into::into));
    }
}
