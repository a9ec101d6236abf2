//! `internal unpack-layer TARGET BYTES ENTRIES ROOM IDS`: unpacks the layer on standard input into TARGET.
//!
//! What is unpacked was packed by strangers. So it is read by a process that is nobody on this host: root of a user namespace over the 65,536 host ids
//! from IDS, which nothing else has, writing through a mount that gives files on disk ids from 0. It has TARGET as its root before it reads the first
//! byte, no capabilities but over its own files, a network namespace of its own, bounded memory and a filter of system calls: no path and no link of the
//! archive leads out, and whoever took it over would find nothing that it may do. The server bounds its time.
//!
//! ```text
//! unpack-layer: root, chroot ──fork──> stranger: unpacks ──> report on standard output
//!        └── marks opaque directories <── their paths ──┘
//! ```
//!
//! What it does there is in [`super::unpack`]. `trusted.overlay.opaque` is what root alone may set: the first process does so, and nothing else.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{CWD, Gid, Mode, OFlags, Uid, XattrFlags, fsetxattr, open};
use rustix::io::Errno;
use rustix::mount::{MoveMountFlags, move_mount};
use rustix::pipe::PipeFlags;
use rustix::process::{Signal, WaitOptions};
use rustix::thread::{CapabilitySet, CapabilitySets, LinkNameSpaceType};

use super::filter;
use super::unpack::{Bounds, unpack};
use crate::sandbox::ID_COUNT;
use crate::sys;

/// Of the process that unpacks: zstd's largest window is 128 MiB, and the times of directories are remembered.
const MOST_MEMORY: u64 = 768 << 20;

pub(super) fn run(args: &[OsString]) -> Result<(), String> {
    let [target, bytes, entries, room, ids] = args else { return Err("unpack-layer: five arguments".into()) };
    let number = |text: &OsString| {
        text.to_str()
            .and_then(|text| text.parse::<u64>().ok())
            .ok_or_else(|| "unpack-layer: not a number".to_owned())
    };
    let bounds = Bounds { bytes: number(bytes)?, entries: number(entries)?, room: number(room)? };
    let ids = u32::try_from(number(ids)?).map_err(|_| "unpack-layer: not an id".to_owned())?;
    let confining = |error: io::Error| format!("confining the unpacking: {error}");
    let namespace = enter(Path::new(target), ids).map_err(confining)?;
    let (opaque, to_opaque) =
        rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(|error| confining(error.into()))?;
    let stranger = sys::fork(|| {
        let unpacked = stranger(&namespace).map_err(confining).and_then(|()| work(bounds, to_opaque.into()));
        super::exit_code(unpacked)
    });
    let stranger = stranger.map_err(confining)?;
    drop(namespace);
    keep_only(CapabilitySet::SYS_ADMIN | CapabilitySet::DAC_READ_SEARCH).map_err(confining)?;
    let mut paths = Vec::new();
    File::from(opaque).read_to_end(&mut paths).map_err(|error| error.to_string())?;
    match rustix::process::waitpid(Some(stranger), WaitOptions::empty()) {
        Ok(Some((_, status))) if status.exit_status() == Some(0) => mark_opaque(&paths),
        // It has said why.
        Ok(Some((_, status))) if status.exit_status().is_some() => Err(String::new()),
        _ => Err("the unpacking was killed: out of memory, perhaps".into()),
    }
}

/// Makes `target` the root of this process, and a mount in which the ids of the namespace that is returned are the ids on disk.
fn enter(target: &Path, ids: u32) -> io::Result<OwnedFd> {
    use rustix::thread::UnshareFlags;
    // Should the server be killed, nobody is left to clear away behind what is unpacked from then on.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    sys::private_mounts()?;
    let namespace = sys::user_namespace(ids, ID_COUNT)?;
    let mapped = sys::detached_mount(target, Some(namespace.as_fd()), false)?;
    move_mount(mapped.as_fd(), "", CWD, target, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)?;
    #[expect(unsafe_code, reason = "rustix marks every unshare unsafe")]
    // SAFETY: this process is single-threaded, and the flags touch neither memory nor the descriptor table.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET | UnshareFlags::NEWIPC) }?;
    rustix::process::chroot(target)?;
    std::env::set_current_dir("/")?;
    Ok(namespace)
}

/// Makes this process root of the namespace, and nobody on the host.
fn stranger(namespace: &OwnedFd) -> io::Result<()> {
    rustix::thread::move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::User))?;
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(Gid::ROOT, Gid::ROOT, Gid::ROOT)?;
    rustix::thread::set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT)?;
    // Only now: other ids take it back.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    keep_only(
        CapabilitySet::CHOWN
            | CapabilitySet::DAC_OVERRIDE
            | CapabilitySet::FOWNER
            | CapabilitySet::FSETID
            | CapabilitySet::SETFCAP, // security.capability
    )?;
    filter::bound_memory(MOST_MEMORY)?;
    filter::install()
}

fn keep_only(needed: CapabilitySet) -> io::Result<()> {
    let sets = CapabilitySets { effective: needed, permitted: needed, inheritable: CapabilitySet::empty() };
    rustix::thread::set_capabilities(None, sets)?;
    Ok(rustix::thread::set_no_new_privs(true)?)
}

/// The stranger's work. The paths of opaque directories go to `opaque`, each with a NUL behind it.
fn work(bounds: Bounds, mut opaque: File) -> Result<(), String> {
    let unpacked = unpack(io::stdin().lock(), Path::new("/"), bounds).map_err(|error| error.to_string())?;
    let mut paths = Vec::new();
    for path in &unpacked.opaque {
        paths.extend_from_slice(path.as_os_str().as_bytes());
        paths.push(0);
    }
    let report = serde_json::to_string(&unpacked).map_err(|error| error.to_string())?;
    opaque
        .write_all(&paths)
        .and_then(|()| io::stdout().write_all(report.as_bytes()))
        // The end of a process that was forked flushes nothing.
        .and_then(|()| io::stdout().flush())
        .map_err(|error| error.to_string())
}

/// The process's root is the target: no path leads out of it.
fn mark_opaque(paths: &[u8]) -> Result<(), String> {
    for path in paths.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let marked = match open(path, flags, Mode::empty()) {
            Ok(directory) => fsetxattr(&directory, "trusted.overlay.opaque", b"y", XattrFlags::empty()),
            // A later entry replaced the directory.
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(()),
            Err(error) => Err(error),
        };
        marked.map_err(|error| format!("{}: {error}", String::from_utf8_lossy(path)))?;
    }
    Ok(())
}
