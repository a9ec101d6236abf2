//! The applications that run, and who is told of their end.

use std::collections::HashMap;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use millrace_stream::launch::LauncherReport;
use millrace_stream::message::StartApplication;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitOptions};

use crate::output::{self, Output};
use crate::session;

/// Most applications at a time.
const MAX_APPLICATIONS: usize = 64;
/// Longest message of a failure, in bytes.
const MAX_MESSAGE_BYTES: usize = 1000;

/// INVARIANT: children are made and reaped only with `running` locked, so that none is reaped before it is entered, and `Started` is always
/// said before `Exited`.
pub(crate) struct Table {
    running: Mutex<Running>,
    /// Told when there is a child to wait for.
    started: Condvar,
    output: Output,
}

struct Running {
    applications: HashMap<Pid, u32>,
    agent: UnixStream,
    ending: bool,
}

impl Table {
    pub(crate) fn new(agent: UnixStream, output: Output) -> Self {
        let running = Running { applications: HashMap::new(), agent, ending: false };
        Self { running: Mutex::new(running), started: Condvar::new(), output }
    }

    /// Tells the agent.
    pub(crate) fn report(&self, report: &LauncherReport) -> Result<(), String> {
        self.lock().report(report)
    }

    /// Starts an application and tells the agent whether that worked.
    pub(crate) fn start(&self, start: &StartApplication) -> Result<(), String> {
        let mut running = self.lock();
        let spawned = if running.applications.len() < MAX_APPLICATIONS {
            self.spawn(start)
        } else {
            Err(format!("{MAX_APPLICATIONS} applications are running already"))
        };
        match spawned {
            Ok(pid) => {
                running.applications.insert(pid, start.id);
                self.started.notify_one();
                running.report(&LauncherReport::Started {
                    id: start.id,
                    pid: pid.as_raw_nonzero().get().cast_unsigned(),
                })
            }
            Err(mut message) => {
                // Cut where a character ends.
                message.truncate(message.floor_char_boundary(MAX_MESSAGE_BYTES));
                running.report(&LauncherReport::Failed { id: start.id, message })
            }
        }
    }

    /// Ends an application, if it runs; the reaper reports it.
    pub(crate) fn end(&self, id: u32) {
        let running = self.lock();
        for (pid, _) in running.applications.iter().filter(|(_, known)| **known == id) {
            // It may have ended a moment ago: that is what is wanted.
            let _ = rustix::process::kill_process_group(*pid, Signal::KILL);
        }
    }

    fn spawn(&self, start: &StartApplication) -> Result<Pid, String> {
        let (program, arguments) = start.argv.split_first().ok_or("no program is named")?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null());
        let writer = || self.output.writer().map_err(|error| format!("no pipe for its output: {error}"));
        command.stdout(writer()?).stderr(writer()?);
        if std::env::var_os("DISPLAY").is_none() {
            command.env("DISPLAY", ":0");
        }
        for pair in &start.environment {
            let (name, value) = pair.split_once('=').ok_or("a variable without a value")?;
            command.env(name, value);
        }
        command.current_dir(match start.working_directory.as_str() {
            "" => home(),
            directory => directory.into(),
        });
        session::own_session(&mut command);
        match command.spawn() {
            // Its end is waited for by the reaper, so that orphans and applications are treated alike.
            Ok(child) => {
                Pid::from_raw(child.id().cast_signed()).ok_or_else(|| "it has no process id".to_owned())
            }
            Err(error) => Err(format!("{program}: {error}")),
        }
    }

    /// Waits for children for ever: applications, and orphans that came here.
    pub(crate) fn reap(&self) {
        loop {
            // Only looks: what is reaped outside the lock could be taken from under `spawn`, which waits for a child that cannot execute.
            match rustix::process::waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
                Ok(_) => self.reap_ended(),
                Err(rustix::io::Errno::CHILD) => self.wait_for_start(),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => {
                    // INVARIANT: waitid has no other errors for these arguments.
                    output::log(&format!("waiting for children: {error}"));
                    return;
                }
            }
        }
    }

    fn reap_ended(&self) {
        let mut running = self.lock();
        while let Ok(Some((pid, status))) = rustix::process::wait(WaitOptions::NOHANG) {
            let Some(id) = running.applications.remove(&pid) else { continue };
            let status =
                status.exit_status().or_else(|| status.terminating_signal().map(|signal| 128 + signal));
            let report = LauncherReport::Exited { id, status: status.unwrap_or(-1) };
            if let Err(error) = running.report(&report) {
                // The reading side ends with the connection and brings the launcher down.
                output::log(&error);
            }
        }
    }

    fn wait_for_start(&self) {
        let running = self.lock();
        // With the lock held no child can be made, so none can be missed; a child that has none left here leaves no orphans either.
        let childless = || {
            matches!(
                rustix::process::waitid(
                    WaitId::All,
                    WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG
                ),
                Err(rustix::io::Errno::CHILD)
            )
        };
        drop(self.started.wait_while(running, |_| childless()));
    }

    /// Ends every application and all that they started, as far as it stayed in their sessions. (As first process of the container the
    /// launcher takes all others with it anyway.)
    pub(crate) fn kill_all(&self) {
        let mut running = self.lock();
        running.ending = true;
        for pid in running.applications.keys() {
            // It may have ended a moment ago: that is what is wanted.
            let _ = rustix::process::kill_process_group(*pid, Signal::KILL);
        }
        while !running.applications.is_empty() {
            match rustix::process::wait(WaitOptions::empty()) {
                Ok(Some((pid, _))) => drop(running.applications.remove(&pid)),
                Ok(None) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    fn report(&mut self, report: &LauncherReport) -> Result<(), String> {
        if self.ending {
            return Ok(());
        }
        let mut bytes = Vec::new();
        report.encode_framed(&mut bytes).map_err(|error| error.to_string())?;
        self.agent.write_all(&bytes).map_err(|error| format!("writing to the agent: {error}"))
    }
}

/// The user's home, or the root if there is none.
fn home() -> std::path::PathBuf {
    let home = std::env::var_os("HOME").map(std::path::PathBuf::from);
    home.filter(|home| home.is_dir()).unwrap_or_else(|| "/".into())
}
