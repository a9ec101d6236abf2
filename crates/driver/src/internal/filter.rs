//! The system calls of the processes that read what strangers made: of the one that unpacks files, memory, and nothing else; of the one that
//! renders icons memory and pipes.
//!
//! The one that unpacks is root of a user namespace, which opens corners of the kernel to whoever took it over that others do not see. With this filter it
//! does not reach them: no mounts, no devices but whiteouts, no sockets, no namespaces.

use std::io;

use crate::bpf::{self, ALLOW, AND, LOAD, REFUSE, allowing, argument, if_equal, step};

/// What reading an archive and writing files takes, standard library included.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_close,
    libc::SYS_copy_file_range,
    libc::SYS_dup,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_faccessat,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_ftruncate,
    libc::SYS_futex,
    libc::SYS_getdents64,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_linkat,
    libc::SYS_lsetxattr,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_mkdirat,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_statx,
    libc::SYS_symlinkat,
    libc::SYS_tgkill,
    libc::SYS_unlinkat,
    libc::SYS_utimensat,
    libc::SYS_write,
    libc::SYS_writev,
];

/// The older forms that C libraries prefer where they exist.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[libc::c_long] = &[
    libc::SYS_access,
    libc::SYS_chmod,
    libc::SYS_lchown,
    libc::SYS_link,
    libc::SYS_lstat,
    libc::SYS_mkdir,
    libc::SYS_open,
    libc::SYS_readlink,
    libc::SYS_rmdir,
    libc::SYS_stat,
    libc::SYS_symlink,
    libc::SYS_unlink,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[libc::c_long] = &[];

/// What computing takes, with one pipe in and one out that are open already.
const COMPUTING: &[libc::c_long] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_read,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_tgkill,
    libc::SYS_write,
];

fn unpacking() -> Vec<libc::sock_filter> {
    let mut program = allowing(ALLOWED.iter().chain(ALLOWED_HERE).copied());
    // mknodat(directory, name, mode, device): fifos, and character devices 0:0.
    program.extend([
        if_equal(libc::SYS_mknodat as u32, 8),
        step(LOAD, argument(2)),
        step(AND, libc::S_IFMT),
        if_equal(libc::S_IFIFO, 1),
        ALLOW,
        if_equal(libc::S_IFCHR, 3),
        step(LOAD, argument(3)),
        if_equal(0, 1),
        ALLOW,
        REFUSE,
    ]);
    program
}

/// From here on, whatever this thread calls that is not listed fails with EPERM. Needs no_new_privs.
pub(super) fn install() -> io::Result<()> {
    bpf::install(unpacking())
}

/// The same for a thread that only computes, and reads and writes what is open.
pub(super) fn install_computing() -> io::Result<()> {
    let mut program = allowing(COMPUTING.iter().copied());
    program.push(REFUSE);
    bpf::install(program)
}

/// Bounds the memory of this process in bytes.
pub(super) fn bound_memory(bytes: u64) -> io::Result<()> {
    let limit = rustix::process::Rlimit { current: Some(bytes), maximum: Some(bytes) };
    Ok(rustix::process::setrlimit(rustix::process::Resource::As, limit)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use rustix::io::Errno;

    #[test]
    fn only_files_are_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_owned();
        // The filter is this thread's alone.
        let filtered = move || {
            rustix::thread::set_no_new_privs(true).unwrap();
            super::install().unwrap();
            let node = |kind, device| mknodat(CWD, path.join("node"), kind, Mode::RUSR, device);
            assert_eq!(node(FileType::BlockDevice, rustix::fs::makedev(8, 0)), Err(Errno::PERM));
            assert_eq!(node(FileType::CharacterDevice, rustix::fs::makedev(1, 1)), Err(Errno::PERM));
            assert_eq!(node(FileType::Fifo, 0), Ok(()));
            fs::remove_file(path.join("node")).unwrap();
            // A whiteout: nobody needs a capability for it.
            assert_eq!(node(FileType::CharacterDevice, 0), Ok(()));
            fs::create_dir(path.join("directory")).unwrap();
            fs::write(path.join("directory/file"), "x").unwrap();
            fs::hard_link(path.join("directory/file"), path.join("directory/link")).unwrap();
            fs::remove_dir_all(path.join("directory")).unwrap();
            let refused = [
                rustix::process::chroot("/").err(),
                rustix::mount::unmount("/nowhere", rustix::mount::UnmountFlags::empty()).err(),
                rustix::pipe::pipe().err(),
                rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::CONT).err(),
            ];
            assert_eq!(refused, [Some(Errno::PERM); 4]);
            assert!(std::os::unix::net::UnixDatagram::unbound().is_err());
        };
        std::thread::spawn(filtered).join().unwrap();
        assert!(std::os::unix::net::UnixDatagram::unbound().is_ok());
    }

    #[test]
    fn who_computes_opens_nothing() {
        let filtered = || {
            rustix::thread::set_no_new_privs(true).unwrap();
            super::install_computing().unwrap();
            let (opened, piped) = (fs::File::open("/proc/self/stat"), rustix::pipe::pipe());
            // Memory is still to be had.
            (opened.map(drop).map_err(|error| error.kind()), piped.err(), vec![1_u8; 1 << 24].len())
        };
        let seen = std::thread::spawn(filtered).join().unwrap();
        assert_eq!(seen, (Err(std::io::ErrorKind::PermissionDenied), Some(Errno::PERM), 1 << 24));
    }
}
