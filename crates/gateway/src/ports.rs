//! What the gateway needs of others: two small traits, so that it knows neither the model nor the store nor how instances are run.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use millrace_stream::admission::{Grant, Progress, Refusal, StackToken};
use millrace_stream::ticket::Ticket;
use tokio::net::UnixStream;
use tokio::sync::mpsc;

/// Decides who is let in, and is told what became of a session. `control` stands behind it.
#[async_trait]
pub trait Sessions: Send + Sync + 'static {
    /// Spends the ticket (whose signature and time the gateway has checked) and binds an instance, starting or waiting for one if need be. Tells
    /// its progress on the way; a full or closed `progress` channel is no reason to wait or to stop. Dropping the future gives the admission up.
    async fn admit(&self, ticket: Ticket, progress: mpsc::Sender<Progress>) -> Result<Grant, Refusal>;

    /// A viewer attached to the session, from this address if it is known. `Err` says that the session is over (ended by the owner meanwhile).
    async fn connected(&self, session_id: &str, client: Option<IpAddr>) -> Result<(), EndReason>;

    /// The stream of a viewer that had attached is over. Whatever becomes of the session is told afterwards.
    async fn streamed(&self, session_id: &str, streamed: Streamed);

    /// The viewer of the session is gone, without having ended it: the disconnect time-out begins.
    async fn disconnected(&self, session_id: &str);

    /// The domains whose pages may embed this stack's page; none, if there are none, or no such stack.
    async fn embed_host_domains(&self, stack: &StackToken) -> Vec<String>;

    /// The PNG of this name, which is that of an application of a [`Grant`].
    async fn icon(&self, name: &str) -> Option<Vec<u8>>;

    /// The session is over: its instance is to be discarded.
    async fn ended(&self, session_id: &str, reason: EndReason);
}

/// What became of a viewer's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streamed {
    /// From where it was viewed.
    pub client: Option<IpAddr>,
    /// What ended it, in a few words.
    pub why: &'static str,
    /// How long it lasted.
    pub lasted: Duration,
    /// Bytes of messages to the viewer.
    pub bytes_to_browser: u64,
    /// Bytes of messages from the viewer.
    pub bytes_from_browser: u64,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The user chose to end it.
    User,
    /// The owner ended it (StopFleet, ExpireSession, DeleteStack …).
    Owner,
    /// Its instance ended by itself.
    Instance,
    /// MaxUserDuration or the disconnect time-out passed.
    Time,
}

/// Connects to an instance's agent. A driver stands behind it.
#[async_trait]
pub trait Instances: Send + Sync + 'static {
    /// A new connection to the agent and the secret for its first message.
    async fn connect(&self, instance_id: &str) -> Result<(UnixStream, Vec<u8>), InstanceUnreachable>;
}

/// The instance's agent cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum InstanceUnreachable {
    /// It ended, or it does not answer.
    #[error("the instance cannot be reached")]
    Gone(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Whoever could reach it has ended, and this server ends too. The instance may run on, and so its session does.
    #[error("nobody can tell whether there is the instance")]
    NotKnown(#[source] Box<dyn std::error::Error + Send + Sync>),
}
