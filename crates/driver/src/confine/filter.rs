//! The system calls of a process that serves strangers: files, memory, threads, sockets, time. Whatever is not listed does not exist for it, as on a kernel that is
//! too old: new processes and programs, namespaces and mounts, other processes' memory, the kernel's rare corners, other people's terminals, and what kernels
//! to come will bring.
//!
//! The list is what the standard library, the asynchronous runtime, SQLite and the C library call, with the forms that they may change to: where one of them tries
//! something newer first, "there is no such call" makes it use what is here.

use std::io;

use crate::bpf::{self, ALLOW, AND, LOAD, REFUSE, allowing, argument, if_equal, refuse_with, step};

const ALLOWED: &[libc::c_long] = &[
    // Files, in the process's own tree.
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_copy_file_range,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fadvise64,
    libc::SYS_fallocate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fcntl,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_fstat,
    libc::SYS_fstatfs,
    libc::SYS_fsync,
    libc::SYS_ftruncate,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_linkat,
    libc::SYS_lseek,
    libc::SYS_mkdirat,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_sendfile,
    libc::SYS_statfs,
    libc::SYS_statx,
    libc::SYS_sync_file_range,
    libc::SYS_umask,
    libc::SYS_unlinkat,
    libc::SYS_utimensat,
    libc::SYS_write,
    libc::SYS_writev,
    // Memory.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mincore,
    libc::SYS_mlock,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_msync,
    libc::SYS_munlock,
    libc::SYS_munmap,
    // Threads of its own (new ones: below), and their signals.
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_get_robust_list,
    libc::SYS_getcpu,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_gettid,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigsuspend,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_sigaltstack,
    libc::SYS_tgkill,
    // Its one child, the host process, which was started before.
    libc::SYS_wait4,
    libc::SYS_waitid,
    // Sockets (new ones: below), and waiting for them.
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_bind,
    libc::SYS_connect,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_eventfd2,
    libc::SYS_getpeername,
    libc::SYS_getsockname,
    libc::SYS_getsockopt,
    libc::SYS_listen,
    libc::SYS_pipe2,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_recvfrom,
    libc::SYS_recvmmsg,
    libc::SYS_recvmsg,
    libc::SYS_sendmmsg,
    libc::SYS_sendmsg,
    libc::SYS_sendto,
    libc::SYS_setsockopt,
    libc::SYS_shutdown,
    libc::SYS_socketpair,
    // Time, and what it is and where it runs.
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getgroups,
    libc::SYS_getrandom,
    libc::SYS_getresgid,
    libc::SYS_getresuid,
    libc::SYS_getrusage,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_nanosleep,
    libc::SYS_prlimit64,
    libc::SYS_sysinfo,
    libc::SYS_timerfd_create,
    libc::SYS_timerfd_settime,
    libc::SYS_times,
    libc::SYS_uname,
];

/// The older forms that C libraries prefer where they exist.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[libc::c_long] = &[
    libc::SYS_access,
    libc::SYS_chmod,
    libc::SYS_dup2,
    libc::SYS_epoll_create,
    libc::SYS_epoll_wait,
    libc::SYS_eventfd,
    libc::SYS_getrlimit,
    libc::SYS_link,
    libc::SYS_lstat,
    libc::SYS_mkdir,
    libc::SYS_open,
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_rename,
    libc::SYS_rmdir,
    libc::SYS_select,
    libc::SYS_stat,
    libc::SYS_time,
    libc::SYS_unlink,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[libc::c_long] = &[];

fn program() -> Vec<libc::sock_filter> {
    let mut program = allowing(ALLOWED.iter().chain(ALLOWED_HERE).copied());
    let threads = libc::CLONE_THREAD as u32;
    program.extend([
        // clone(flags, …): threads. (The flags of clone3 are in memory, where a filter cannot look: it does not exist, and the C library uses clone.)
        if_equal(libc::SYS_clone as u32, 5),
        step(LOAD, argument(0)),
        step(AND, threads),
        if_equal(threads, 1),
        ALLOW,
        REFUSE,
    ]);
    // socket(family, …): no netlink, no raw packets, none of the rare families.
    program.extend(only(
        libc::SYS_socket,
        0,
        &[libc::AF_UNIX as u32, libc::AF_INET as u32, libc::AF_INET6 as u32],
    ));
    // ioctl(file, request, …): non-blocking, close on exec, how much there is to read, and whether a file is a terminal.
    let requests = [libc::FIONBIO, libc::FIOCLEX, libc::FIONREAD, libc::TCGETS, libc::TIOCGWINSZ];
    program.extend(only(libc::SYS_ioctl, 1, &requests.map(|request| request as u32)));
    // prctl(option, …): the names of threads, and of memory (which the C library asks for where it may).
    let options = [libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_SET_VMA];
    program.extend(only(libc::SYS_prctl, 0, &options.map(|option| option as u32)));
    program.push(refuse_with(libc::ENOSYS));
    program
}

/// Steps that allow a call for these values of an argument, and refuse it for all others.
fn only(call: libc::c_long, index: u32, values: &[u32]) -> Vec<libc::sock_filter> {
    let allowed = values.iter().flat_map(|value| [if_equal(*value, 1), ALLOW]);
    let mut steps = vec![step(LOAD, argument(index))];
    steps.extend(allowed.chain([REFUSE]));
    // A handful of values: never near 255 steps.
    steps.insert(0, if_equal(call as u32, steps.len() as u8));
    steps
}

/// From here on, what is not listed fails with ENOSYS, and what is listed for some arguments with EPERM for others. Needs no_new_privs.
pub(super) fn install() -> io::Result<()> {
    bpf::install(program())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use rustix::io::Errno;
    use rustix::net::{AddressFamily, SocketType, socket};

    #[test]
    fn it_serves_and_does_nothing_else() {
        // The filter is this thread's alone, and that of the threads that it starts.
        let filtered = || {
            rustix::thread::set_no_new_privs(true).unwrap();
            super::install().unwrap();
            std::thread::Builder::new().name("one more".into()).spawn(|| ()).unwrap().join().unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            assert!(std::fs::metadata("/").is_ok());
            assert!(std::process::Command::new("/bin/true").status().is_err());
            let refused = [
                socket(AddressFamily::NETLINK, SocketType::RAW, None).err(),
                socket(AddressFamily::PACKET, SocketType::RAW, None).err(),
            ];
            assert_eq!(refused, [Some(Errno::PERM); 2]);
            let unknown = [
                rustix::process::chroot("/").err(),
                rustix::mount::unmount("/nowhere", rustix::mount::UnmountFlags::empty()).err(),
                rustix::process::kill_current_process_group(rustix::process::Signal::CONT).err(),
                rustix::fs::memfd_create("name", rustix::fs::MemfdFlags::empty()).err(),
            ];
            assert_eq!(unknown, [Some(Errno::NOSYS); 4]);
        };
        std::thread::spawn(filtered).join().unwrap();
        assert!(std::process::Command::new("/bin/true").status().is_ok());
    }
}
