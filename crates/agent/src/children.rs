//! The programs that are started with the agent and end with it, and whose end is the agent's; the X server among them.
#![allow(unsafe_code)]

use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, set_parent_process_death_signal};

use crate::clock;

/// How long the X server may take until it answers: it does within 0.1 s unless the host is busy starting many instances.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a child may take to end once it is told to.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// A child that can be waited for together with sockets.
pub(crate) struct Watched {
    name: &'static str,
    child: Child,
    pidfd: OwnedFd,
}

impl Watched {
    pub(crate) fn spawn(name: &'static str, command: &mut Command) -> Result<Self> {
        // SAFETY: between fork and exec only calls that are safe there may be made; this is one bare system call.
        unsafe {
            // Whatever ends the agent, its children clean up and end too.
            command.pre_exec(|| set_parent_process_death_signal(Some(Signal::TERM)).map_err(Into::into));
        }
        let child = command.spawn().with_context(|| format!("starting {name}"))?;
        let pid = Pid::from_child(&child);
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).with_context(|| format!("watching {name}"))?;
        Ok(Self { name, child, pidfd })
    }

    /// Becomes readable when the child has ended.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }

    /// An error if the child has ended.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.child.try_wait().with_context(|| format!("waiting for {}", self.name))? {
            None => Ok(()),
            Some(status) => bail!("{} has ended: {status}", self.name),
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // An error means that it has ended already, which is what is wanted.
        let _ = rustix::process::pidfd_send_signal(&self.pidfd, Signal::TERM);
        let mut polled = [PollFd::new(&self.pidfd, PollFlags::IN)];
        let timeout = clock::timespec(END_TIMEOUT.as_micros() as u64);
        if !matches!(poll(&mut polled, Some(&timeout)), Ok(1)) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// The X server, up.
pub(crate) struct XServer {
    /// Its process.
    pub(crate) process: Watched,
    /// Its display, such as `:0`.
    pub(crate) display: String,
    /// The file that holds its screen.
    pub(crate) framebuffer: PathBuf,
}

impl XServer {
    /// Starts Xvfb and waits until it answers. `display`: which one, such as `:0`, or any that is free.
    pub(crate) fn start(display: Option<&str>, width: u16, height: u16, directory: &Path) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        command.args(display);
        command.args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24"), "-dpi", "96"]);
        command.arg("-fbdir").arg(directory);
        // Whoever sees the path of its socket may use it.
        command.args(["-nolisten", "tcp", "-ac"]);
        if display.is_some() {
            // Nor by its abstract socket, through which whoever shares the network namespace could reach it. But an X server that looks for
            // a free display finds out by that socket whether one is.
            command.args(["-nolisten", "local"]);
        }
        // It stays as it is when its last client leaves, and its screen stays on.
        command.args(["-noreset", "-s", "0", "-dpms"]);
        // Nor does it repeat held keys by itself: the viewer says each repeat, so that a key whose release comes late (a slow link, a busy
        // host) types no more than its user sees.
        command.arg("-r");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = Watched::spawn("the X server (Xvfb)", &mut command)?;
        let display = read_display(&mut process)?;
        Ok(Self { process, display, framebuffer: directory.join("Xvfb_screen0") })
    }
}

/// Reads the number that the X server writes as soon as it answers.
fn read_display(process: &mut Watched) -> Result<String> {
    let mut stdout = process.child.stdout.take().context("the X server's output is not a pipe")?;
    let deadline = clock::now() + START_TIMEOUT.as_micros() as u64;
    let mut text = Vec::new();
    while !text.ends_with(b"\n") {
        ensure!(text.len() < 16, "the X server does not tell its display");
        let left = deadline.saturating_sub(clock::now());
        let mut polled = [PollFd::new(&stdout, PollFlags::IN)];
        match poll(&mut polled, Some(&clock::timespec(left))) {
            Ok(0) => bail!("the X server does not answer after {} s", START_TIMEOUT.as_secs()),
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error).context("waiting for the X server"),
        }
        let mut buffer = [0; 16];
        match stdout.read(&mut buffer) {
            Ok(0) => {
                let status = process.child.wait().context("waiting for the X server")?;
                bail!("the X server ended as it started: {status}");
            }
            Ok(count) => text.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error).context("waiting for the X server"),
        }
    }
    let number: u16 = str::from_utf8(&text)?.trim().parse().context("the X server's display")?;
    Ok(format!(":{number}"))
}
