//! What the gateway needs of others: two small traits, so that it knows neither the model nor the store nor how instances are run.

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

    /// A viewer attached to the session. `Err` says that the session is over (ended by the owner meanwhile).
    async fn connected(&self, session_id: &str) -> Result<(), EndReason>;

    /// The viewer of the session is gone, without having ended it: the disconnect time-out begins.
    async fn disconnected(&self, session_id: &str);

    /// The domains whose pages may embed this stack's page; none, if there are none, or no such stack.
    async fn embed_host_domains(&self, stack: &StackToken) -> Vec<String>;

    /// The PNG of this name, which is that of an application of a [`Grant`].
    async fn icon(&self, name: &str) -> Option<Vec<u8>>;

    /// The session is over: its instance is to be discarded.
    async fn ended(&self, session_id: &str, reason: EndReason);
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

/// The instance's agent cannot be reached: it ended, or it does not answer.
#[derive(Debug, thiserror::Error)]
#[error("the instance cannot be reached")]
pub struct InstanceUnreachable(#[source] pub Box<dyn std::error::Error + Send + Sync>);
