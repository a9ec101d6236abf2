//! The window manager, openbox: started with the agent, and told how large to draw titles.

use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::children::Watched;
use crate::log::log;
use crate::resolution::SCALE_PERCENT;

/// With a size of titles to be put in.
const CONFIGURATION: &str = include_str!("openbox.xml");
const TITLE_POINTS: &str = "TITLE_POINTS";
/// Where a device pixel is one of the page's.
const POINTS: u32 = 8;

/// How often it is asked whether it serves, in µs. It takes some ten milliseconds to start.
const ASK_PERIOD_MICROS: u64 = 5000;
/// For how long it is asked now and then after it was told to read its configuration again, in µs, and how often: what comes while it does lies in
/// its queue until another event comes, as when it starts.
const SETTLING_MICROS: u64 = 1_000_000;
const SETTLING_PERIOD_MICROS: u64 = 50_000;

/// The running window manager. Times are server time in µs.
pub(crate) struct WindowManager {
    process: Watched,
    configuration: PathBuf,
    scale_percent: u16,
    /// The configuration changed since it was told to read it.
    unread: bool,
    state: State,
}

/// Whether windows are managed, and when it is to be asked (again).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Until it answers.
    Starting {
        ask_at: u64,
    },
    Settling {
        ask_at: u64,
        until: u64,
    },
    Serving,
}

impl WindowManager {
    /// Starts it on a display. Its configuration is written to `directory`.
    pub(crate) fn start(display: &str, directory: &Path) -> Result<Self> {
        let configuration = directory.join("openbox.xml");
        let scale_percent = *SCALE_PERCENT.start();
        write_configuration(&configuration, scale_percent)?;
        let mut command = Command::new("openbox");
        command.arg("--sm-disable").arg("--config-file").arg(&configuration).env("DISPLAY", display);
        // It keeps nothing: what it would write to a home goes where the agent's own files go and are removed.
        for name in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(name, directory);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let process = Watched::spawn("the window manager (openbox)", &mut command)?;
        Ok(Self {
            process,
            configuration,
            scale_percent,
            unread: false,
            state: State::Starting { ask_at: 0 },
        })
    }

    /// Becomes readable when it has ended.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.process.fd()
    }

    /// An error if it has ended.
    pub(crate) fn check(&mut self) -> Result<()> {
        self.process.check()
    }

    /// Whether it manages the windows that are made.
    pub(crate) const fn serves(&self) -> bool {
        !matches!(self.state, State::Starting { .. })
    }

    /// When it is to be asked whether it serves.
    pub(crate) const fn due(&self) -> Option<u64> {
        match self.state {
            State::Starting { ask_at } | State::Settling { ask_at, .. } => Some(ask_at),
            State::Serving => None,
        }
    }

    /// Whether it is to be asked now.
    pub(crate) fn takes_question(&mut self, now: u64) -> bool {
        if self.due().is_none_or(|at| at > now) {
            return false;
        }
        self.state = match self.state {
            State::Starting { .. } => State::Starting { ask_at: now + ASK_PERIOD_MICROS },
            State::Settling { until, .. } if now < until => {
                State::Settling { ask_at: now + SETTLING_PERIOD_MICROS, until }
            }
            State::Settling { .. } | State::Serving => State::Serving,
        };
        true
    }

    /// It answered.
    pub(crate) fn answered(&mut self) {
        if let State::Starting { .. } = self.state {
            self.state = State::Serving;
        }
    }

    /// Titles are to be as large as the rest of the screen: a hundredth of so many device pixels for each of the page's.
    pub(crate) fn follow_scale(&mut self, scale_percent: u16) {
        let scale_percent = scale_percent.clamp(*SCALE_PERCENT.start(), *SCALE_PERCENT.end());
        if scale_percent == self.scale_percent {
            return;
        }
        match write_configuration(&self.configuration, scale_percent) {
            Ok(()) => (self.scale_percent, self.unread) = (scale_percent, true),
            Err(error) => log(format_args!("titles stay as large as they are: {error:#}")),
        }
    }

    /// Whether it is to be told now to read its configuration again: what it is told while it starts may be lost.
    pub(crate) fn takes_change(&mut self, now: u64) -> bool {
        let takes = self.unread && self.serves();
        if takes {
            self.unread = false;
            self.state = State::Settling { ask_at: now, until: now + SETTLING_MICROS };
        }
        takes
    }
}

fn write_configuration(path: &Path, scale_percent: u16) -> Result<()> {
    let points = POINTS * u32::from(scale_percent) / 100;
    let text = CONFIGURATION.replace(TITLE_POINTS, &points.to_string());
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
