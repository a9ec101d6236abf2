//! The app container's first process: what it is told to start, and what became of it.

use std::collections::{BTreeMap, VecDeque};
use std::os::fd::BorrowedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use millrace_stream::PROTOCOL_VERSION;
use millrace_stream::launch::{LauncherCommand, LauncherReport, MAX_LAUNCH_BYTES};
use millrace_stream::message::{ApplicationPhase, ApplicationState, PREPARED_APPLICATION, StartApplication};
use rustix::event::PollFlags;

use crate::connection::Connection;

/// Most applications that wait for the launcher to come.
const MAX_QUEUED: usize = 16;
/// Most applications whose state is remembered for the next viewer; the oldest that have ended are forgotten.
const MAX_REMEMBERED: usize = 128;

/// The launcher, or the wait for it.
pub(crate) struct Launcher {
    state: State,
    queued: VecDeque<StartApplication>,
    /// What the prepared application is called since a user has it.
    adopted: Option<u32>,
    applications: BTreeMap<u32, ApplicationState>,
    /// The processes of the app container that were started for an application and run.
    processes: BTreeMap<u32, u32>,
}

enum State {
    /// INVARIANT: exactly one connection is ever accepted, and the launcher is the first that can come.
    Listening(UnixListener),
    /// Connected; `greeted` once it has said Hello.
    Connected { connection: Connection, greeted: bool },
}

impl Launcher {
    /// Listens in the directory that the two containers share.
    pub(crate) fn listen(directory: &Path) -> Result<Self> {
        let path = directory.join("launcher.sock");
        let listener =
            UnixListener::bind(&path).with_context(|| format!("listening on {}", path.display()))?;
        listener.set_nonblocking(true).context("making a socket non-blocking")?;
        // The launcher runs under another user.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666))
            .context("opening the launcher's socket to it")?;
        let state = State::Listening(listener);
        Ok(Self {
            state,
            queued: VecDeque::new(),
            adopted: None,
            applications: BTreeMap::new(),
            processes: BTreeMap::new(),
        })
    }

    /// Whether applications can be started.
    pub(crate) const fn is_ready(&self) -> bool {
        matches!(self.state, State::Connected { greeted: true, .. })
    }

    /// What is known of the applications.
    pub(crate) fn applications(&self) -> impl Iterator<Item = &ApplicationState> {
        self.applications.values()
    }

    /// The application that this process of the app container was started for; 0 if it is none that is known.
    pub(crate) fn application_of(&self, process: u32) -> u32 {
        self.processes.get(&process).copied().unwrap_or(0)
    }

    /// What to wait for.
    pub(crate) fn interest(&self) -> (BorrowedFd<'_>, PollFlags) {
        use std::os::fd::AsFd;
        match &self.state {
            State::Listening(listener) => (listener.as_fd(), PollFlags::IN),
            State::Connected { connection, .. } => (connection.fd(), connection.interest()),
        }
    }

    /// Asks for an application to be started; gives its state if that failed at once.
    pub(crate) fn start(&mut self, start: StartApplication) -> Result<Option<ApplicationState>> {
        if let State::Connected { connection, greeted: true } = &mut self.state {
            LauncherCommand::Start(start).encode_framed(connection.out())?;
            connection.flush().context("the launcher")?;
            return Ok(None);
        }
        if self.queued.len() == MAX_QUEUED {
            let message = "too many applications wait to be started".to_owned();
            return Ok(Some(self.remember(start.id, ApplicationPhase::Failed, 0, message)));
        }
        self.queued.push_back(start);
        Ok(None)
    }

    /// The prepared application becomes `id`; its state, if it runs.
    pub(crate) fn adopt(&mut self, id: u32) -> Option<ApplicationState> {
        let prepared = self.applications.get(&PREPARED_APPLICATION)?;
        if prepared.phase != ApplicationPhase::Started {
            return None;
        }
        self.applications.remove(&PREPARED_APPLICATION);
        self.adopted = Some(id);
        for application in self.processes.values_mut().filter(|known| **known == PREPARED_APPLICATION) {
            *application = id;
        }
        Some(self.remember(id, ApplicationPhase::Started, 0, String::new()))
    }

    /// Ends the prepared application.
    pub(crate) fn end_prepared(&mut self) -> Result<()> {
        self.queued.retain(|start| start.id != PREPARED_APPLICATION);
        if let State::Connected { connection, greeted: true } = &mut self.state {
            LauncherCommand::End { id: PREPARED_APPLICATION }.encode_framed(connection.out())?;
            connection.flush().context("the launcher")?;
        }
        Ok(())
    }

    /// The socket is ready: accepts, reads and writes. Gives what became of applications.
    ///
    /// # Errors
    /// If the launcher is gone or breaks the protocol: the instance is then of no use.
    pub(crate) fn serve(&mut self) -> Result<Vec<ApplicationState>> {
        if let State::Listening(listener) = &self.state {
            match listener.accept() {
                // Replacing the listener closes it.
                Ok((stream, _)) => {
                    let connection = Connection::new(stream, MAX_LAUNCH_BYTES)?;
                    self.state = State::Connected { connection, greeted: false };
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error).context("waiting for the launcher"),
            }
            return Ok(Vec::new());
        }
        let mut reports = Vec::new();
        if let State::Connected { connection, .. } = &mut self.state {
            connection.flush().context("the launcher")?;
            ensure!(
                connection.read().context("the launcher")?,
                "the launcher is gone: the app container ended"
            );
            while let Some(message) = connection.message().context("the launcher")? {
                reports.push(LauncherReport::decode(message).context("the launcher")?);
            }
        }
        let mut states = Vec::new();
        for report in reports {
            states.extend(self.report(report)?);
        }
        Ok(states)
    }

    fn report(&mut self, report: LauncherReport) -> Result<Option<ApplicationState>> {
        let state = match report {
            LauncherReport::Hello { version } => {
                ensure!(version == PROTOCOL_VERSION, "the launcher speaks version {version}");
                self.greet()?;
                return Ok(None);
            }
            LauncherReport::Started { id, pid } => {
                // As many as the launcher may run at once, which is bounded there.
                self.processes.insert(pid, id);
                self.remember(id, ApplicationPhase::Started, 0, String::new())
            }
            LauncherReport::Exited { id, status } => {
                let id = self.name_of(id);
                self.processes.retain(|_, application| *application != id);
                self.remember(id, ApplicationPhase::Exited, status, String::new())
            }
            LauncherReport::Failed { id, message } => self.remember(id, ApplicationPhase::Failed, 0, message),
        };
        Ok(Some(state))
    }

    /// What the viewer calls an application.
    fn name_of(&self, id: u32) -> u32 {
        self.adopted.filter(|_| id == PREPARED_APPLICATION).unwrap_or(id)
    }

    fn greet(&mut self) -> Result<()> {
        match &mut self.state {
            State::Connected { greeted, .. } if !*greeted => *greeted = true,
            State::Connected { .. } | State::Listening(_) => bail!("the launcher says hello twice"),
        }
        for start in std::mem::take(&mut self.queued) {
            self.start(start)?;
        }
        Ok(())
    }

    fn remember(
        &mut self,
        id: u32,
        phase: ApplicationPhase,
        status: i32,
        message: String,
    ) -> ApplicationState {
        if self.applications.len() >= MAX_REMEMBERED {
            let ended = |state: &&ApplicationState| state.phase != ApplicationPhase::Started;
            if let Some(oldest) = self.applications.values().find(ended).map(|state| state.id) {
                self.applications.remove(&oldest);
            }
        }
        let state = ApplicationState { id, phase, status, message };
        if self.applications.len() < MAX_REMEMBERED || self.applications.contains_key(&id) {
            self.applications.insert(id, state.clone());
        }
        state
    }
}
