//! Processes that this server did not necessarily start: named by pid *and* start time, held by pidfd.

use std::io;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal};
use serde::{Deserialize, Serialize};

/// Names one process of this host for ever: pids are used again, pids with their start time are not, within one boot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessName {
    pub(crate) pid: i32,
    /// Field 22 of /proc/PID/stat, in clock ticks after boot.
    pub(crate) start_time: u64,
    /// /proc/sys/kernel/random/boot_id.
    pub(crate) boot_id: String,
}

impl ProcessName {
    /// The name of the process that has `pid` now; `None` when there is none (or only a zombie).
    pub(crate) fn of(pid: i32) -> io::Result<Option<Self>> {
        let Some(start_time) = start_time(pid)? else { return Ok(None) };
        Ok(Some(Self { pid, start_time, boot_id: boot_id()? }))
    }

    /// A handle to the process, or `None` if it has ended.
    pub(crate) fn open(&self) -> io::Result<Option<OwnedFd>> {
        if self.boot_id != boot_id()? {
            return Ok(None);
        }
        let Some(pid) = Pid::from_raw(self.pid) else { return Ok(None) };
        let pidfd = match rustix::process::pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => pidfd,
            Err(Errno::SRCH) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // Compared after opening: if the pid has been used again, the start time of what we hold differs.
        Ok((start_time(self.pid)? == Some(self.start_time)).then_some(pidfd))
    }

    pub(crate) fn is_alive(&self) -> io::Result<bool> {
        Ok(self.open()?.is_some())
    }

    /// Whether it is there only because it is frozen: a version 1 freezer holds back even SIGKILL.
    pub(crate) fn is_doomed(&self) -> io::Result<bool> {
        match std::fs::read_to_string(format!("/proc/{}/status", self.pid)) {
            Ok(status) => Ok(kill_is_pending(&status)),
            Err(error) if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(3) => {
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }
}

/// SIGKILL is the ninth bit of the signals that wait for the process.
fn kill_is_pending(status: &str) -> bool {
    let pending = status.lines().find_map(|line| line.strip_prefix("ShdPnd:"));
    pending.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 0x100 != 0)
}

/// Kills what `pidfd` holds; a process that has ended already is no error.
pub(crate) fn kill(pidfd: &OwnedFd) -> io::Result<()> {
    match rustix::process::pidfd_send_signal(pidfd, Signal::KILL) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn boot_id() -> io::Result<String> {
    Ok(std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

fn start_time(pid: i32) -> io::Result<Option<u64>> {
    match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => parse_start_time(&stat).ok_or_else(|| io::Error::other("unreadable /proc/PID/stat")),
        Err(error) if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(3) => Ok(None),
        Err(error) => Err(error),
    }
}

/// `Some(None)`: a zombie. The name in parentheses may hold spaces and parentheses itself, so the fields count from the last one.
fn parse_start_time(stat: &str) -> Option<Option<u64>> {
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = fields.next()?;
    let start_time = fields.nth(18)?.parse().ok()?;
    Some((!matches!(state, "Z" | "X")).then_some(start_time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_times_are_read_past_strange_names() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4242 1000 10";
        assert_eq!(parse_start_time(stat), Some(Some(4242)));
        assert_eq!(parse_start_time(&stat.replace(" S ", " Z ")), Some(None));
        assert_eq!(parse_start_time("7 (a"), None);
    }

    #[test]
    fn a_pending_kill_is_seen() {
        assert!(kill_is_pending("Name:\tx\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000100\n"));
        assert!(!kill_is_pending("SigPnd:\t0000000000000100\nShdPnd:\t0000000000004000\n"));
        assert!(!kill_is_pending(""));
    }

    #[test]
    fn a_process_is_itself_until_it_ends() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let name = ProcessName::of(child.id() as i32).unwrap().unwrap();
        assert!(name.is_alive().unwrap());
        let other = ProcessName { start_time: name.start_time + 1, ..name.clone() };
        assert!(!other.is_alive().unwrap());
        kill(&name.open().unwrap().unwrap()).unwrap();
        child.wait().unwrap();
        assert!(!name.is_alive().unwrap());
    }
}
