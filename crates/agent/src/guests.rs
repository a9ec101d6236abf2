//! Connections that have not said yet what they want, or wait to be told that the instance is ready.

use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use millrace_stream::PROTOCOL_VERSION;
use millrace_stream::message::{AgentMessage, AgentRequest, ScreenSize, StartApplication};
use millrace_stream::wire::MAX_TO_AGENT_BYTES;
use rustix::event::PollFlags;
use subtle::ConstantTimeEq;

use crate::clock;
use crate::connection::Connection;
use crate::log::log;

/// Most connections that wait; more are turned away.
const MAX_GUESTS: usize = 16;
/// How long a connection may take to say what it wants, in µs.
const HELLO_TIMEOUT_MICROS: u64 = 10_000_000;

/// The agent's socket and who is at its door.
pub(crate) struct Guests {
    listener: UnixListener,
    secret: Vec<u8>,
    guests: Vec<Guest>,
}

struct Guest {
    connection: Connection,
    since: u64,
    asks: Option<Question>,
}

/// What somebody waits to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// That the instance is ready.
    Ready,
    /// That the prepared application shows itself.
    Prepared,
}

/// What came of serving the guests.
#[derive(Default)]
pub(crate) struct Served {
    /// The last of those that attach: it takes over from the ones before.
    pub(crate) admitted: Option<Admitted>,
    /// What is to be prepared.
    pub(crate) prepare: Option<StartApplication>,
}

/// A connection that was let in as the viewer.
pub(crate) struct Admitted {
    pub(crate) connection: Connection,
    pub(crate) size: ScreenSize,
}

/// What becomes of a guest.
enum Verdict {
    Stay,
    Leave,
    Attach(ScreenSize),
    Prepare(StartApplication),
}

impl Guests {
    /// Reads the secret and listens, both in the agent's own directory.
    pub(crate) fn listen(directory: &Path) -> Result<Self> {
        let path = directory.join("secret");
        let secret = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        ensure!(secret.len() >= 16, "the secret has {} bytes, which are too few", secret.len());
        let path = directory.join("agent.sock");
        let listener =
            UnixListener::bind(&path).with_context(|| format!("listening on {}", path.display()))?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
            .context("closing the agent's socket to others")?;
        listener.set_nonblocking(true).context("making a socket non-blocking")?;
        Ok(Self { listener, secret, guests: Vec::new() })
    }

    /// What to wait for.
    pub(crate) fn interest(&self) -> impl Iterator<Item = (BorrowedFd<'_>, PollFlags)> {
        let guests = self.guests.iter().map(|guest| (guest.connection.fd(), PollFlags::IN));
        std::iter::once((self.listener.as_fd(), PollFlags::IN)).chain(guests)
    }

    /// When the next guest loses patience with us, or we with it (server time, µs).
    pub(crate) fn deadline(&self) -> Option<u64> {
        let silent = self.guests.iter().filter(|guest| guest.asks.is_none());
        silent.map(|guest| guest.since + HELLO_TIMEOUT_MICROS).min()
    }

    /// Accepts and reads.
    pub(crate) fn serve(&mut self) -> Result<Served> {
        self.accept()?;
        let mut served = Served::default();
        for mut guest in std::mem::take(&mut self.guests) {
            match guest.serve(&self.secret) {
                Ok(Verdict::Stay)
                    if clock::now() - guest.since < HELLO_TIMEOUT_MICROS || guest.asks.is_some() =>
                {
                    self.guests.push(guest);
                }
                Ok(Verdict::Stay) => log(format_args!("a connection said nothing for 10 s and is closed")),
                Ok(Verdict::Leave) => {}
                Ok(Verdict::Attach(size)) => {
                    served.admitted = Some(Admitted { connection: guest.connection, size });
                }
                Ok(Verdict::Prepare(application)) => {
                    served.prepare = Some(application);
                    self.guests.push(guest);
                }
                Err(error) => log(format_args!("a connection is refused: {error:#}")),
            }
        }
        Ok(served)
    }

    /// Answers all who wait for this: it is so.
    pub(crate) fn tell(&mut self, question: Question, (width, height): (u16, u16)) {
        for mut guest in self.guests.extract_if(.., |guest| guest.asks == Some(question)) {
            let agent_version = env!("CARGO_PKG_VERSION").to_owned();
            let ready = AgentMessage::Ready { agent_version, width, height };
            let told = ready.encode_framed(guest.connection.out()).map_err(Into::into);
            if let Err(error) = told.and_then(|()| guest.connection.flush()) {
                log(format_args!("answering a question: {error:#}"));
            }
        }
    }

    fn accept(&mut self) -> Result<()> {
        loop {
            match self.listener.accept() {
                Ok(_) if self.guests.len() >= MAX_GUESTS => {
                    log(format_args!("a connection is turned away: {MAX_GUESTS} are waiting"));
                }
                Ok((stream, _)) => {
                    let connection = Connection::new(stream, MAX_TO_AGENT_BYTES)?;
                    self.guests.push(Guest { connection, since: clock::now(), asks: None });
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error).context("accepting a connection"),
            }
        }
    }
}

impl Guest {
    fn serve(&mut self, secret: &[u8]) -> Result<Verdict> {
        if !self.connection.read()? {
            return Ok(Verdict::Leave);
        }
        let Some(message) = self.connection.message()? else { return Ok(Verdict::Stay) };
        ensure!(self.asks.is_none(), "a message after a question");
        let (version, told, verdict) = match AgentRequest::decode(message)? {
            AgentRequest::Attach { version, secret, size } => (version, secret, Verdict::Attach(size)),
            AgentRequest::Probe { version, secret } => (version, secret, Verdict::Stay),
            AgentRequest::Prepare { version, secret, application } => {
                (version, secret, Verdict::Prepare(application))
            }
            AgentRequest::StartApplication(_)
            | AgentRequest::AdoptApplication(_)
            | AgentRequest::EndPrepared
            | AgentRequest::Session(_) => bail!("its first message is none of Attach, Probe and Prepare"),
        };
        ensure!(bool::from(told.ct_eq(secret)), "it does not know the secret");
        ensure!(version == PROTOCOL_VERSION, "it speaks version {version} of the protocol");
        self.asks = match verdict {
            Verdict::Stay => Some(Question::Ready),
            Verdict::Prepare(_) => Some(Question::Prepared),
            Verdict::Leave | Verdict::Attach(_) => None,
        };
        Ok(verdict)
    }
}
