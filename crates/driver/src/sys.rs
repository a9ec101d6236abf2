//! The few system calls that no safe wrapper exists for. Only [`crate::internal`]'s single-threaded child processes use the ones that change the
//! calling thread or fork.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::process::{Pid, Signal, WaitOptions};
use rustix::thread::UnshareFlags;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A detached copy of the mount at `path` (not of mounts below it), with the ids of `user_namespace` if given, read-only if asked.
pub(crate) fn detached_mount(
    path: &Path,
    user_namespace: Option<BorrowedFd<'_>>,
    read_only: bool,
) -> io::Result<OwnedFd> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let flags = libc::OPEN_TREE_CLONE | libc::OPEN_TREE_CLOEXEC;
    // SAFETY: `path` is a NUL-terminated string that outlives the call; no other memory is passed.
    let fd = unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just returned this descriptor, and nothing else owns it.
    let tree = unsafe { OwnedFd::from_raw_fd(fd as i32) };
    map_mount(tree.as_fd(), user_namespace, read_only)?;
    Ok(tree)
}

/// Gives a detached mount that nobody uses yet the ids of `user_namespace`, and makes it read-only if asked.
pub(crate) fn map_mount(
    tree: BorrowedFd<'_>,
    user_namespace: Option<BorrowedFd<'_>>,
    read_only: bool,
) -> io::Result<()> {
    // SAFETY: all-zero is the documented "change nothing" value of mount_attr, a plain struct of integers.
    let mut attributes: libc::mount_attr = unsafe { std::mem::zeroed() };
    attributes.attr_set = libc::MOUNT_ATTR_NODEV;
    if read_only {
        attributes.attr_set |= libc::MOUNT_ATTR_RDONLY;
    }
    if let Some(namespace) = user_namespace {
        attributes.attr_set |= libc::MOUNT_ATTR_IDMAP;
        attributes.userns_fd = namespace.as_raw_fd() as u64;
    }
    // SAFETY: the empty path is a valid C string, and `attributes` is a live mount_attr whose size is passed.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A child process that runs `work` and ends with its result. For single-threaded processes.
pub(crate) fn fork(work: impl FnOnce() -> u8) -> io::Result<Pid> {
    // SAFETY: internal commands are single-threaded, so the child has the whole state of the process; it never returns from this function.
    match unsafe { libc::fork() } {
        0 => {
            let code = work();
            // SAFETY: ends the process. Nothing of the parent's is to be flushed or dropped a second time.
            unsafe { libc::_exit(code.into()) }
        }
        pid if pid > 0 => Pid::from_raw(pid).ok_or_else(|| io::Error::other("fork returned no process id")),
        _ => Err(io::Error::last_os_error()),
    }
}

/// A user namespace that maps ids 0 to `count` - 1 to the host's `base` and following. It lives as long as the descriptor.
pub(crate) fn user_namespace(base: u32, count: u32) -> io::Result<OwnedFd> {
    let map = format!("0 {base} {count}");
    mapped_namespace(&map, &map)
}

/// A user namespace with one user id and one group id: each pair is the id in it, and the host's.
pub(crate) fn user_namespace_of(user: (u32, u32), group: (u32, u32)) -> io::Result<OwnedFd> {
    mapped_namespace(&format!("{} {} 1", user.0, user.1), &format!("{} {} 1", group.0, group.1))
}

fn mapped_namespace(users: &str, groups: &str) -> io::Result<OwnedFd> {
    let (ready_reader, ready_writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    let parent = rustix::process::getpid();
    // SAFETY: internal commands are single-threaded, so the child has the whole state of the process; it only makes system calls and never
    // returns from this function.
    let pid = unsafe { libc::fork() };
    if pid < 0 {
        return Err(io::Error::last_os_error());
    }
    if pid == 0 {
        // SAFETY: this process is single-threaded and shares no file descriptor table with another.
        let unshared = unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWUSER) };
        // After the change of namespace, which takes it back. A parent that was killed before this left a process that has nothing to wait for.
        let bound = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
        if bound.is_err() || rustix::process::getppid() != Some(parent) {
            // SAFETY: ends the process. Nothing of the parent's is to be flushed or dropped a second time.
            unsafe { libc::_exit(1) }
        }
        let answer = [u8::from(unshared.is_ok())];
        // If the parent is gone there is nobody to tell; the process ends either way.
        let _ = rustix::io::write(&ready_writer, &answer);
        loop {
            // SAFETY: pause has no arguments and touches no memory. The parent kills this process.
            unsafe { libc::pause() };
        }
    }
    let child = Pid::from_raw(pid).ok_or_else(|| io::Error::other("fork returned no process id"))?;
    drop(ready_writer);
    let result = map_ids(&ready_reader, pid, users, groups);
    rustix::process::kill_process(child, Signal::KILL)?;
    rustix::process::waitpid(Some(child), WaitOptions::empty())?;
    result
}

fn map_ids(ready: &OwnedFd, pid: i32, users: &str, groups: &str) -> io::Result<OwnedFd> {
    let mut answer = [0];
    if rustix::io::read(ready, &mut answer)? != 1 || answer[0] != 1 {
        return Err(io::Error::other("the kernel refused a new user namespace"));
    }
    std::fs::write(format!("/proc/{pid}/uid_map"), users)?;
    std::fs::write(format!("/proc/{pid}/gid_map"), groups)?;
    Ok(File::open(format!("/proc/{pid}/ns/user"))?.into())
}

/// Makes file operations of this thread count as `id`'s, and keeps its capabilities (a change of fsuid away from 0 takes some away). Overlayfs works
/// on an id-mapped upper layer with the mounter's ids, which must be known to the mapping.
pub(crate) fn set_file_system_ids(id: u32) -> io::Result<()> {
    set_file_system_owner(id, id)
}

/// [`set_file_system_ids`] for a user and a group of different numbers.
pub(crate) fn set_file_system_owner(owner: u32, owning_group: u32) -> io::Result<()> {
    // SAFETY: these calls only change the credentials of the calling thread; they take no pointers.
    let (user, group) = unsafe {
        libc::setfsgid(owning_group);
        libc::setfsuid(owner);
        // An id that cannot be set asks for the present one: the calls report no errors themselves.
        (libc::setfsuid(u32::MAX), libc::setfsgid(u32::MAX))
    };
    if user != owner as i32 || group != owning_group as i32 {
        return Err(io::Error::other("the file system ids could not be changed"));
    }
    let mut sets = rustix::thread::capabilities(None)?;
    sets.effective = sets.permitted;
    rustix::thread::set_capabilities(None, sets)?;
    Ok(())
}

/// Registers a descriptor with the asynchronous runtime, for waiting until it is readable.
pub(crate) fn watch_readable(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an OwnedFd owns an open descriptor until it is dropped; it is moved in, and nobody replaces it.
    Ok(unsafe { AsyncFd::register_with_interest(fd, Interest::READABLE) }?)
}

/// `struct fstrim_range` of linux/fs.h.
#[repr(C)]
struct TrimRange {
    start: u64,
    length: u64,
    least: u64,
}

/// FITRIM of linux/fs.h.
const TRIM: libc::c_ulong = 0xC018_5879;

/// Gives what is free in a mounted file system back to the device below it.
pub(crate) fn trim(root: BorrowedFd<'_>) -> io::Result<()> {
    let mut range = TrimRange { start: 0, length: u64::MAX, least: 0 };
    // SAFETY: the argument is a live fstrim_range, which the kernel reads and writes during the call only.
    let result = unsafe { libc::ioctl(root.as_raw_fd(), TRIM, &raw mut range) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Gives this process a mount namespace of its own, from which nothing spreads to the host.
pub(crate) fn private_mounts() -> io::Result<()> {
    use rustix::mount::{MountPropagationFlags, mount_change};
    // SAFETY: internal commands are single-threaded; a new mount namespace affects no memory or descriptor.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS) }?;
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    Ok(())
}
