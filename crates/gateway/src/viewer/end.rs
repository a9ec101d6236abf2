//! How an attach ends, and what is said of it: to the agent, to whoever owns the session, and to the browser.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use axum::extract::ws::WebSocket;
use millrace_stream::admission::Grant;
use millrace_stream::message::{EndedReason, SessionMessage};
use tokio::time::timeout;

use super::up::Upward;
use super::{Outcome, Viewer};
use crate::agent::{self, AgentError, AgentUnreachable};
use crate::ports::{EndReason, InstanceUnreachable, Streamed};
use crate::registry::Stop;
use crate::socket::{farewell, hang_up};

impl Viewer {
    pub(super) async fn conclude(self, outcome: Outcome, mut upward: Upward, mut socket: WebSocket) {
        let session = self.grant.session_id.as_str();
        tracing::info!(session, attach = self.claim.attach, outcome = outcome.name(), "an attach is over");
        self.context.shared.metrics.ended(outcome.name());
        self.tell_stream(outcome.name()).await;
        match outcome {
            Outcome::Lost => self.detach(&mut upward).await,
            Outcome::Broken(why) => {
                tracing::warn!(session, why, "a browser broke the protocol");
                self.detach(&mut upward).await;
                farewell(&mut socket, &self.context, EndedReason::Protocol, "").await;
            }
            Outcome::ServerStopping => {
                self.detach(&mut upward).await;
                farewell(&mut socket, &self.context, EndedReason::ServerStopping, "").await;
            }
            Outcome::Idle => {
                self.detach(&mut upward).await;
                farewell(&mut socket, &self.context, EndedReason::Idle, "").await;
            }
            Outcome::User => {
                self.context.shared.registry.end(session, Stop::End(EndReason::User));
                self.context.sessions.ended(session, EndReason::User).await;
                farewell(&mut socket, &self.context, EndedReason::User, redirect(&self.grant)).await;
            }
            Outcome::Stopped(stop) => self.stopped(stop, socket).await,
            Outcome::Agent(error) => self.agent_is_lost(socket, &error).await,
        }
    }

    /// Tells how long the stream was and how much it carried, whatever becomes of the session.
    pub(super) async fn tell_stream(&self, why: &'static str) {
        let streamed = Streamed {
            client: self.client,
            why,
            lasted: self.began.elapsed(),
            bytes_to_browser: self.traffic.to_browser.load(Ordering::Relaxed),
            bytes_from_browser: self.traffic.from_browser.load(Ordering::Relaxed),
        };
        self.context.sessions.streamed(&self.grant.session_id, streamed).await;
    }

    pub(super) async fn stopped(&self, stop: Stop, mut socket: WebSocket) {
        match stop {
            Stop::TakenOver => farewell(&mut socket, &self.context, EndedReason::TakenOver, "").await,
            Stop::End(reason) => {
                farewell(&mut socket, &self.context, ended(reason), redirect(&self.grant)).await;
            }
        }
    }

    /// The session goes on without a viewer: nothing stays pressed.
    async fn detach(&self, upward: &mut Upward) {
        let release = upward.release_all();
        if let Err(error) = upward.pass_on(SessionMessage::Input(release)).await {
            tracing::warn!(
                session = self.grant.session_id,
                ?error,
                "the agent was not told to release all keys"
            );
        }
        self.release().await;
    }

    /// Tells that the viewer is gone, unless another one or the session's end came first.
    async fn release(&self) {
        let session = self.grant.session_id.as_str();
        let _order = self.claim.telling.lock().await;
        if self.context.shared.registry.release(session, self.claim.attach) {
            self.context.sessions.disconnected(session).await;
        }
    }

    /// The agent's connection broke while the browser's holds. If the agent can still be reached the browser is sent away to come back by
    /// itself, which gives it a fresh attach and a whole picture; if not, the instance is gone.
    async fn agent_is_lost(self, mut socket: WebSocket, error: &AgentError) {
        tracing::warn!(
            session = self.grant.session_id,
            error = chain(error),
            "the agent's connection is lost"
        );
        if matches!(error, AgentError::Protocol(_)) {
            return self.instance_is_gone(socket, error).await;
        }
        match agent::connect(&self.context, &self.grant.instance_id).await {
            Ok(_) => {
                self.release().await;
                // A browser that is gone already need not be sent away.
                let _ = timeout(self.context.shared.config.limits.farewell, hang_up(&mut socket)).await;
            }
            Err(error) => self.unreachable(socket, &error).await,
        }
    }

    /// No agent could be attached to. Only what is known to be gone ends the session.
    pub(super) async fn unreachable(self, mut socket: WebSocket, error: &AgentUnreachable) {
        if matches!(error, AgentUnreachable::Instance(InstanceUnreachable::NotKnown(_))) {
            tracing::warn!(
                session = self.grant.session_id,
                error = chain(error),
                "the session waits for the next server"
            );
            self.release().await;
            return farewell(&mut socket, &self.context, EndedReason::ServerStopping, "").await;
        }
        self.instance_is_gone(socket, error).await;
    }

    async fn instance_is_gone(
        self,
        mut socket: WebSocket,
        error: &(dyn std::error::Error + Send + Sync + 'static),
    ) {
        let session = self.grant.session_id.as_str();
        tracing::warn!(
            session,
            instance = self.grant.instance_id,
            error = chain(error),
            "the instance is gone"
        );
        // Unless another viewer, or the session's end, came first.
        if self.context.shared.registry.release(session, self.claim.attach) {
            self.context.shared.registry.end(session, Stop::End(EndReason::Instance));
            self.context.sessions.ended(session, EndReason::Instance).await;
        }
        farewell(&mut socket, &self.context, EndedReason::Instance, redirect(&self.grant)).await;
    }
}

pub(super) fn redirect(grant: &Grant) -> &str {
    grant.redirect_url.as_deref().unwrap_or_default()
}

pub(super) fn ended(reason: EndReason) -> EndedReason {
    match reason {
        EndReason::User => EndedReason::User,
        EndReason::Owner => EndedReason::Owner,
        EndReason::Instance => EndedReason::Instance,
        EndReason::Time => EndedReason::Time,
    }
}

/// An error with what caused it, for the log.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        // Writing to a String does not fail.
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}
