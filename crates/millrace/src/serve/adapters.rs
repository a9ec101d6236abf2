//! What the services ask of each other, where it is not the same trait on both sides already.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use millrace_control::{Control, EndReason as Reason};
use millrace_driver::{Driver, DriverError, InstanceId};
use millrace_gateway::Gateway;
use millrace_gateway::ports::{EndReason, InstanceUnreachable, Instances, Sessions, Streamed};
use millrace_stream::admission::{Grant, Progress, Refusal, StackToken};
use millrace_stream::ticket::Ticket;
use tokio::net::UnixStream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::chain;

/// The driver as the gateway sees it.
pub(super) struct AgentsOfDriver(pub(super) Arc<dyn Driver>);

#[async_trait]
impl Instances for AgentsOfDriver {
    async fn connect(&self, instance_id: &str) -> Result<(UnixStream, Vec<u8>), InstanceUnreachable> {
        let id = InstanceId::new(instance_id).map_err(|error| InstanceUnreachable::Gone(error.into()))?;
        let connection = self.0.connect(&id).await.map_err(|error| match error {
            DriverError::Lost(_) => InstanceUnreachable::NotKnown(error.into()),
            _ => InstanceUnreachable::Gone(error.into()),
        })?;
        Ok((connection.stream, connection.secret.0))
    }
}

/// `control` as the gateway sees it.
pub(super) struct SessionsOfControl {
    control: Arc<Control>,
    /// Sessions that have a viewer now: those whose end must not be missed.
    viewed: Mutex<HashSet<String>>,
}

impl SessionsOfControl {
    pub(super) fn new(control: Arc<Control>) -> Self {
        Self { control, viewed: Mutex::default() }
    }

    fn viewed(&self) -> MutexGuard<'_, HashSet<String>> {
        // Each change is one insertion or removal: the set is whole after a panic too.
        self.viewed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the streams of sessions that end otherwise than by the gateway: by the owner, by time. Runs until `stop`.
    pub(super) async fn end_streams(&self, gateway: &Gateway, stop: CancellationToken) {
        let mut ends = self.control.session_ends();
        loop {
            let end = tokio::select! {
                () = stop.cancelled() => return,
                end = ends.recv() => end,
            };
            match end {
                Ok(end) => {
                    gateway.end_session(&end.session_id, to_gateway(end.reason));
                    self.viewed().remove(&end.session_id);
                }
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "ends of sessions were missed: looking at all of them");
                    self.end_missed(gateway).await;
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    async fn end_missed(&self, gateway: &Gateway) {
        let viewed: Vec<_> = self.viewed().iter().cloned().collect();
        for session in viewed {
            if !self.control.session_is_live(&session).await {
                gateway.end_session(&session, EndReason::Owner);
                self.viewed().remove(&session);
            }
        }
    }
}

#[async_trait]
impl Sessions for SessionsOfControl {
    async fn admit(&self, ticket: Ticket, progress: mpsc::Sender<Progress>) -> Result<Grant, Refusal> {
        self.control.admit(ticket, progress).await
    }

    async fn embed_host_domains(&self, stack: &StackToken) -> Vec<String> {
        self.control.embed_host_domains(stack).await.unwrap_or_else(|error| {
            tracing::error!(error = chain(&error), "a stack cannot be read");
            Vec::new()
        })
    }

    async fn icon(&self, name: &str) -> Option<Vec<u8>> {
        self.control.icon(name).await.unwrap_or_else(|error| {
            tracing::error!(error = chain(&error), "an icon cannot be read");
            None
        })
    }

    async fn connected(&self, session_id: &str, client: Option<IpAddr>) -> Result<(), EndReason> {
        // First into the set: an end that comes meanwhile is then not missed.
        self.viewed().insert(session_id.to_owned());
        let connected = self.control.session_connected(session_id, client).await.map_err(to_gateway);
        if connected.is_err() {
            self.viewed().remove(session_id);
        }
        connected
    }

    async fn streamed(&self, session_id: &str, streamed: Streamed) {
        let Streamed { client, why, lasted, bytes_to_browser, bytes_from_browser } = streamed;
        let (bytes_to_client, bytes_from_client) = (bytes_to_browser, bytes_from_browser);
        let streamed = millrace_control::Streamed { client, why, lasted, bytes_to_client, bytes_from_client };
        self.control.session_streamed(session_id, &streamed).await;
    }

    async fn disconnected(&self, session_id: &str) {
        self.viewed().remove(session_id);
        self.control.session_disconnected(session_id).await;
    }

    async fn ended(&self, session_id: &str, reason: EndReason) {
        self.viewed().remove(session_id);
        self.control.session_ended(session_id, to_control(reason)).await;
    }
}

fn to_gateway(reason: Reason) -> EndReason {
    match reason {
        Reason::User => EndReason::User,
        Reason::Owner => EndReason::Owner,
        Reason::Instance => EndReason::Instance,
        Reason::Time => EndReason::Time,
    }
}

fn to_control(reason: EndReason) -> Reason {
    match reason {
        EndReason::User => Reason::User,
        EndReason::Owner => Reason::Owner,
        EndReason::Instance => Reason::Instance,
        EndReason::Time => Reason::Time,
    }
}
