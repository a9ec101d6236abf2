//! The system calls that a process which serves strangers never needs, and that would help whoever took it over: new processes and programs, namespaces
//! and mounts, other processes' memory, rare corners of the kernel, other people's terminals.
//!
//! It is a list of what is refused: what the standard library, the asynchronous runtime and SQLite call changes with their versions, and a call that is
//! missed here is still one of an ordinary user without capabilities.

use std::io;

use crate::bpf::{self, ALLOW, AND, LOAD, REFUSE, argument, if_equal, refuse_with, step};

const REFUSED: &[libc::c_long] = &[
    // Programs.
    libc::SYS_execve,
    libc::SYS_execveat,
    // File trees and namespaces.
    libc::SYS_chroot,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_mknodat,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_pivot_root,
    libc::SYS_quotactl,
    libc::SYS_setns,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_umount2,
    libc::SYS_unshare,
    // Other processes.
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_open,
    libc::SYS_process_madvise,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    // What attacks on the kernel begin with.
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_fanotify_init,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_keyctl,
    libc::SYS_perf_event_open,
    libc::SYS_personality,
    libc::SYS_request_key,
    libc::SYS_userfaultfd,
    libc::SYS_vmsplice,
    // The machine.
    libc::SYS_acct,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_finit_module,
    libc::SYS_init_module,
    libc::SYS_kexec_file_load,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_setdomainname,
    libc::SYS_sethostname,
    libc::SYS_settimeofday,
    libc::SYS_syslog,
    libc::SYS_vhangup,
];

/// What other architectures do not have.
#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[libc::c_long] = &[
    libc::SYS_fork,
    libc::SYS_ioperm,
    libc::SYS_iopl,
    libc::SYS_mknod,
    libc::SYS_modify_ldt,
    libc::SYS_uselib,
    libc::SYS_vfork,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[libc::c_long] = &[];

fn program() -> Vec<libc::sock_filter> {
    let mut program = bpf::beginning();
    for number in REFUSED.iter().chain(REFUSED_HERE) {
        program.extend([if_equal(*number as u32, 1), REFUSE]);
    }
    let threads = libc::CLONE_THREAD as u32;
    program.extend([
        // Its flags are in memory, where a filter cannot look. Without it the C library uses clone.
        if_equal(libc::SYS_clone3 as u32, 1),
        refuse_with(libc::ENOSYS),
        // clone(flags, …): threads.
        if_equal(libc::SYS_clone as u32, 5),
        step(LOAD, argument(0)),
        step(AND, threads),
        if_equal(threads, 1),
        ALLOW,
        REFUSE,
        // socket(family, …): no netlink, no raw packets, none of the rare families.
        if_equal(libc::SYS_socket as u32, 8),
        step(LOAD, argument(0)),
        if_equal(libc::AF_UNIX as u32, 1),
        ALLOW,
        if_equal(libc::AF_INET as u32, 1),
        ALLOW,
        if_equal(libc::AF_INET6 as u32, 1),
        ALLOW,
        REFUSE,
        // ioctl(file, request, …): no input for the terminal that the server may have been started from.
        if_equal(libc::SYS_ioctl as u32, 5),
        step(LOAD, argument(1)),
        if_equal(libc::TIOCSTI as u32, 1),
        REFUSE,
        if_equal(libc::TIOCLINUX as u32, 1),
        REFUSE,
        ALLOW,
    ]);
    program
}

/// From here on, what is listed fails with EPERM. Needs no_new_privs.
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
            std::thread::spawn(|| ()).join().unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            assert!(std::fs::metadata("/").is_ok());
            assert!(std::process::Command::new("/bin/true").status().is_err());
            let refused = [
                rustix::process::chroot("/").err(),
                rustix::mount::unmount("/nowhere", rustix::mount::UnmountFlags::empty()).err(),
                socket(AddressFamily::NETLINK, SocketType::RAW, None).err(),
                socket(AddressFamily::PACKET, SocketType::RAW, None).err(),
            ];
            assert_eq!(refused, [Some(Errno::PERM); 4]);
        };
        std::thread::spawn(filtered).join().unwrap();
        assert!(std::process::Command::new("/bin/true").status().is_ok());
    }
}
