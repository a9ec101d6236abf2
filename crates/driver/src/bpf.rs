//! Programs that filter the system calls of a thread (seccomp): the few instructions that ours are made of.
#![allow(unsafe_code)]

use std::io;

/// AUDIT_ARCH_* of linux/audit.h.
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xC000_003E;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xC000_00B7;

/// Offsets in `struct seccomp_data`; of an argument, its lower half (both architectures are little-endian).
const NUMBER: u32 = 0;
const ARCHITECTURE_AT: u32 = 4;
pub(crate) const fn argument(index: u32) -> u32 {
    16 + 8 * index
}

pub(crate) const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
pub(crate) const AND: u16 = (libc::BPF_ALU | libc::BPF_AND | libc::BPF_K) as u16;
const IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const IF_AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

pub(crate) const ALLOW: libc::sock_filter = step(RETURN, libc::SECCOMP_RET_ALLOW);
/// The call fails with EPERM.
pub(crate) const REFUSE: libc::sock_filter = refuse_with(libc::EPERM);

/// The call fails with this error.
pub(crate) const fn refuse_with(errno: i32) -> libc::sock_filter {
    step(RETURN, libc::SECCOMP_RET_ERRNO | errno as u32)
}

pub(crate) const fn step(code: u16, k: u32) -> libc::sock_filter {
    libc::sock_filter { code, jt: 0, jf: 0, k }
}

/// Goes on with the next step if the loaded value is `k`; leaves `skip` steps out if not.
pub(crate) const fn if_equal(k: u32, skip: u8) -> libc::sock_filter {
    libc::sock_filter { code: IF_EQUAL, jt: 0, jf: skip, k }
}

/// Goes on with the next step if the loaded value is at least `k`; leaves `skip` steps out if not.
const fn if_at_least(k: u32, skip: u8) -> libc::sock_filter {
    libc::sock_filter { code: IF_AT_LEAST, jt: 0, jf: skip, k }
}

/// How every program begins: calls of other architectures are refused, and the call's number is loaded.
fn beginning() -> Vec<libc::sock_filter> {
    vec![
        step(LOAD, ARCHITECTURE_AT),
        libc::sock_filter { code: IF_EQUAL, jt: 1, jf: 0, k: ARCHITECTURE },
        REFUSE,
        step(LOAD, NUMBER),
        // x86-64's second set of numbers (x32).
        if_at_least(0x4000_0000, 1),
        REFUSE,
    ]
}

/// Allows these system calls; what is none of them goes on to the steps that follow.
pub(crate) fn allowing(numbers: impl IntoIterator<Item = libc::c_long>) -> Vec<libc::sock_filter> {
    let mut program = beginning();
    for number in numbers {
        program.extend([if_equal(number as u32, 1), ALLOW]);
    }
    program
}

/// From here on the program decides on every call of this thread and of those that it starts. Needs no_new_privs.
pub(crate) fn install(mut steps: Vec<libc::sock_filter>) -> io::Result<()> {
    let length = u16::try_from(steps.len()).map_err(|_| io::Error::other("the filter is too long"))?;
    let program = libc::sock_fprog { len: length, filter: steps.as_mut_ptr() };
    // SAFETY: `program` points to `length` live filter steps; the kernel copies them.
    let result = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
