//! In an image builder the user may become root, in a user namespace below the pod's that is made here, before anything of the image runs.
//!
//! ```text
//! launcher (root of the pod's namespace, three capabilities) ──unshare──> below ──drop──> filter ──> the image's user
//!      └── helper, still above: maps the ids, and ends
//! ```
//!
//! Mapped are all ids of the pod but the display container's: what belongs to the X server and the agent belongs to nobody below, so that no root
//! there is asked. The pod's network, its IPC and its mounts are the upper namespace's, so that no capability below counts for them.
#![allow(unsafe_code)]

use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::str::FromStr;

use rustix::process::{Gid, Uid};
use rustix::thread::{CapabilitySet, UnshareFlags};

/// The first argument of the helper.
pub(crate) const MAP_IDS: &str = "--map-ids";
/// The display container's user and group.
const DISPLAY_ID: u32 = 900;
/// Ids of a pod.
const ID_COUNT: u32 = 65_536;

/// What root below may do: what package managers and their scripts need. Not among them, above all: CAP_NET_ADMIN, CAP_SYS_ADMIN, CAP_SYS_PTRACE.
const CAPABILITIES: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::DAC_READ_SEARCH)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::SETFCAP);

/// The user of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    uid: u32,
    gid: u32,
    groups: Vec<u32>,
}

impl FromStr for User {
    type Err = String;

    /// `UID:GID:GROUP,GROUP`
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is not UID:GID:GROUPS");
        let number = |text: &str| text.parse::<u32>().ok().filter(|id| *id < ID_COUNT && *id != DISPLAY_ID);
        let mut parts = text.splitn(3, ':');
        let mut id = || parts.next().and_then(number).ok_or_else(wrong);
        let (uid, gid) = (id()?, id()?);
        let groups = parts.next().ok_or_else(wrong)?;
        let groups = groups.split(',').filter(|group| !group.is_empty());
        let groups = groups.map(|group| number(group).ok_or_else(wrong)).collect::<Result<_, _>>()?;
        Ok(Self { uid, gid, groups })
    }
}

/// Goes below, and becomes the user. Must be called before any thread is started. What goes wrong ends the launcher: nothing of the image may run
/// otherwise.
pub(crate) fn become_administrator(user: &User) -> Result<(), String> {
    let failed = |what: &'static str| move |error: rustix::io::Errno| format!("{what}: {error}");
    let helper = Command::new("/proc/self/exe")
        .args([MAP_IDS.to_owned(), std::process::id().to_string()])
        .stdin(Stdio::piped())
        .spawn();
    let mut helper = helper.map_err(|error| format!("starting the helper: {error}"))?;
    // SAFETY: this process has one thread, and the flag touches neither memory nor the descriptor table.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWUSER) }
        .map_err(failed("making a user namespace"))?;
    let told = helper.stdin.take().map(|mut input| input.write_all(b"x"));
    let mapped = helper.wait().map_err(|error| format!("waiting for the helper: {error}"))?;
    if !matches!(told, Some(Ok(()))) || !mapped.success() {
        return Err("the ids could not be mapped".to_owned());
    }
    // Those of a newer kernel than this program knows as well.
    for number in 0..u64::BITS {
        let capability = CapabilitySet::from_bits_retain(1 << number);
        if CAPABILITIES.contains(capability) {
            continue;
        }
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            // The kernel has no such capability.
            Ok(()) | Err(rustix::io::Errno::INVAL) => {}
            Err(error) => return Err(failed("giving up a capability")(error)),
        }
    }
    refuse_namespaces().map_err(|error| format!("filtering system calls: {error}"))?;
    let groups: Vec<Gid> = user.groups.iter().map(|id| Gid::from_raw(*id)).collect();
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    rustix::thread::set_thread_groups(&groups).map_err(failed("setting the groups"))?;
    rustix::thread::set_thread_res_gid(gid, gid, gid).map_err(failed("setting the group"))?;
    rustix::thread::set_thread_res_uid(uid, uid, uid).map_err(failed("setting the user"))?;
    // For an image whose user is root: the bounding set alone does not take away what is held.
    let mut held = rustix::thread::capabilities(None).map_err(failed("looking at the capabilities"))?;
    held.effective &= CAPABILITIES;
    held.permitted &= CAPABILITIES;
    held.inheritable = CapabilitySet::empty();
    rustix::thread::set_capabilities(None, held).map_err(failed("giving up capabilities"))
}

/// The helper: waits for the word that the launcher is below, and maps the ids.
pub(crate) fn map_ids(launcher: &str) -> Result<(), String> {
    let launcher: u32 = launcher.parse().map_err(|_| "the launcher's process id is no number".to_owned())?;
    let mut word = [0];
    std::io::stdin().read_exact(&mut word).map_err(|error| format!("waiting for the launcher: {error}"))?;
    for file in ["uid_map", "gid_map"] {
        fs::write(format!("/proc/{launcher}/{file}"), map())
            .map_err(|error| format!("mapping ids ({file}): {error}"))?;
    }
    Ok(())
}

/// Every id of the pod to itself, but the display container's.
fn map() -> String {
    let above = DISPLAY_ID + 1;
    format!("0 0 {DISPLAY_ID}\n{above} {above} {}\n", ID_COUNT - above)
}

/// From here on `unshare` is not permitted: a namespace further below would have every capability again. (The runtime's own filter, which holds all
/// along, refuses the other ways into a namespace; it lets this one through for the one call above.)
fn refuse_namespaces() -> std::io::Result<()> {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    // The number of the call is at offset 0 of `struct seccomp_data`; calls of other architectures are refused by the runtime's filter.
    let mut steps = [
        step(LOAD, 0, 0, 0),
        step(IF_EQUAL, 0, 1, libc::SYS_unshare as u32),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: steps.len() as u16, filter: steps.as_mut_ptr() };
    // SAFETY: `program` points to as many live filter steps as it says; the kernel copies them.
    let result = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users() {
        let user = User { uid: 1000, gid: 1000, groups: vec![27, 44] };
        assert_eq!("1000:1000:27,44".parse::<User>(), Ok(user.clone()));
        assert_eq!("1000:1000:".parse::<User>(), Ok(User { groups: vec![], ..user }));
        for bad in ["", "1000", "1000:1000", "a:1:", "900:1:", "1:1:900", "65536:1:", "-1:1:"] {
            assert!(bad.parse::<User>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_display_s_id_is_the_only_one_that_is_not_mapped() {
        let mut mapped = std::collections::BTreeSet::new();
        for line in map().lines() {
            let numbers: Vec<u32> = line.split(' ').map(|number| number.parse().unwrap()).collect();
            assert_eq!(numbers[0], numbers[1]);
            mapped.extend(numbers[0]..numbers[0] + numbers[2]);
        }
        assert_eq!(mapped.len(), 65_535);
        assert!(!mapped.contains(&900) && mapped.contains(&65_535));
    }

    #[test]
    fn root_below_has_no_power_over_what_is_shared() {
        for never in [
            CapabilitySet::NET_ADMIN,
            CapabilitySet::SYS_ADMIN,
            CapabilitySet::SYS_PTRACE,
            CapabilitySet::IPC_OWNER,
            CapabilitySet::SYS_MODULE,
        ] {
            assert!(!CAPABILITIES.intersects(never), "{never:?}");
        }
    }
}
