//! What the gateway tells of sessions, and what it is told.

use std::net::IpAddr;
use std::time::Duration;

use millrace_model::session::EndReason;
use millrace_model::{AccountId, Name, Region, Scope, Session, SessionId};
use millrace_store::{ChangeError, StoreError};
use millrace_stream::admission::StackToken;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::builders::admission;
use crate::control::Control;
use crate::errors::chain;

/// What became of a viewer's stream.
#[derive(Clone, Copy, Debug)]
pub struct Streamed {
    /// From where it was viewed.
    pub client: Option<IpAddr>,
    /// What ended it.
    pub why: &'static str,
    /// How long it lasted.
    pub lasted: Duration,
    /// Bytes of messages to the viewer.
    pub bytes_to_client: u64,
    /// Bytes of messages from the viewer.
    pub bytes_from_client: u64,
}

/// A session is over: whoever streams it ends the stream now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    /// Which.
    pub session_id: String,
    /// Why.
    pub reason: EndReason,
}

impl Control {
    /// The ends of sessions from now on, whoever ended them. A receiver that lags must ask for its sessions with
    /// [`Control::session_is_live`].
    #[must_use]
    pub fn session_ends(&self) -> broadcast::Receiver<SessionEnd> {
        self.session_ends.subscribe()
    }

    /// The domains whose pages may embed the page of this stack's sessions; none if there is no such stack.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn embed_host_domains(&self, token: &StackToken) -> Result<Vec<String>, StoreError> {
        let scope = (AccountId::new(&token.account_id), Region::new(&token.region), Name::new(&token.stack));
        let (Ok(account), Ok(region), Ok(name)) = scope else { return Ok(Vec::new()) };
        let stack = self.store.stack(&Scope { account, region }, &name).await?;
        Ok(stack.map(|stack| stack.settings.embed_host_domains).unwrap_or_default())
    }

    /// A viewer attached to the session, from this address.
    ///
    /// # Errors
    /// Why the session is over. One that is not known counts as ended by its owner; so does one of which the store cannot tell, since a
    /// stream that nobody accounts for must not run.
    pub async fn session_connected(&self, session_id: &str, client: Option<IpAddr>) -> Result<(), EndReason> {
        let Ok(id) = SessionId::new(session_id) else { return Err(EndReason::Owner) };
        match self.store.session_connected(&id, self.now()).await {
            Ok(session) => {
                self.wake.notify_one();
                self.record_stream("StreamBegin", &session, client, json!({})).await;
                Ok(())
            }
            Err(ChangeError::NotFound) => {
                let connected = admission::connected(self, &id).await.unwrap_or(Err(EndReason::Owner));
                if connected.is_ok() {
                    self.record_stream_of(&id, "StreamBegin", client, json!({})).await;
                }
                connected
            }
            Err(ChangeError::Refused(over)) => Err(over.reason),
            Err(ChangeError::Store(error)) => {
                tracing::error!(
                    session = session_id,
                    error = chain(&error),
                    "a viewer could not be recorded"
                );
                Err(EndReason::Owner)
            }
        }
    }

    /// The viewer of the session is gone, without having ended it: the disconnect time-out begins.
    pub async fn session_disconnected(&self, session_id: &str) {
        let Ok(id) = SessionId::new(session_id) else { return };
        if let Err(error) = self.store.session_disconnected(&id, self.now()).await {
            // The session counts as connected until MaxUserDuration, or until a restart, ends that.
            tracing::error!(
                session = session_id,
                error = chain(&error),
                "a disconnect could not be recorded"
            );
        }
        self.wake.notify_one();
    }

    /// The session is over: its instance is discarded. Harmless if it was.
    pub async fn session_ended(&self, session_id: &str, reason: EndReason) {
        let Ok(id) = SessionId::new(session_id) else { return };
        match self.store.end_session(&id, None, reason, self.now()).await {
            Ok(Some(session)) => {
                self.tell_end(&session, reason).await;
            }
            Ok(None) => {
                if let Err(error) = admission::ended(self, &id).await {
                    tracing::error!(
                        session = session_id,
                        error = chain(&error),
                        "the end of an administrator's session could not be recorded"
                    );
                }
            }
            Err(error) => {
                tracing::error!(
                    session = session_id,
                    error = chain(&error),
                    "the end of a session could not be recorded"
                );
            }
        }
        self.wake.notify_one();
    }

    /// The stream of a viewer is over, whatever becomes of its session.
    pub async fn session_streamed(&self, session_id: &str, streamed: &Streamed) {
        let Ok(id) = SessionId::new(session_id) else { return };
        let details = json!({
            "reason": streamed.why,
            "milliseconds": u64::try_from(streamed.lasted.as_millis()).unwrap_or(u64::MAX),
            "bytesToClient": streamed.bytes_to_client,
            "bytesFromClient": streamed.bytes_from_client,
        });
        self.record_stream_of(&id, "StreamEnd", streamed.client, details).await;
    }

    /// Begins anew: what viewers an earlier process had when it was killed are gone. That is recorded first: if this process is killed here, the
    /// next one records it once more, rather than nobody.
    pub(crate) async fn end_streams_of_an_earlier_process(&self) -> Result<(), StoreError> {
        for session in self.store.viewed_sessions().await? {
            self.record_stream("StreamEnd", &session, None, json!({"reason": "the server was killed"})).await;
        }
        self.store.disconnect_all(self.now()).await?;
        Ok(())
    }

    /// Records an event of a stream whose session is to be looked up.
    async fn record_stream_of(&self, id: &SessionId, name: &str, client: Option<IpAddr>, mut details: Value) {
        if !self.recorder.records() {
            return;
        }
        match self.store.session(id).await {
            Ok(Some(session)) => return self.record_stream(name, &session, client, details).await,
            Ok(None) => {}
            Err(error) => {
                return tracing::error!(
                    session = id.as_str(),
                    event = name,
                    error = chain(&error),
                    "a stream's event is not recorded: its session cannot be read"
                );
            }
        }
        match self.store.image_builder_of_session(id).await {
            Ok(Some((key, _))) => {
                details["sessionId"] = id.as_str().into();
                details["imageBuilder"] = key.name.as_str().into();
                self.record_session(name, &key.scope, client, &details).await;
            }
            // An administrator's session that was ended meanwhile: nobody knows any more whose it was.
            Ok(None) => tracing::info!(session = id.as_str(), event = name, "a stream's session is gone"),
            Err(error) => tracing::error!(
                session = id.as_str(),
                event = name,
                error = chain(&error),
                "a stream's event is not recorded: its session cannot be read"
            ),
        }
    }

    /// Records what became of a session or its stream.
    async fn record_stream(&self, name: &str, session: &Session, client: Option<IpAddr>, mut details: Value) {
        details["sessionId"] = session.id.as_str().into();
        details["fleet"] = session.fleet.name.as_str().into();
        details["stack"] = session.stack.as_str().into();
        details["userId"] = session.user.id.as_str().into();
        self.record_session(name, &session.fleet.scope, client, &details).await;
    }

    /// Whether the session is not over.
    pub async fn session_is_live(&self, session_id: &str) -> bool {
        let Ok(id) = SessionId::new(session_id) else { return false };
        match self.store.session(&id).await {
            Ok(Some(session)) => session.is_live(),
            Ok(None) => admission::is_live(self, &id).await.unwrap_or_else(|error| {
                tracing::error!(session = session_id, error = chain(&error), "a session could not be read");
                false
            }),
            Err(error) => {
                tracing::error!(session = session_id, error = chain(&error), "a session could not be read");
                false
            }
        }
    }

    /// A session was ended in the store: records it, and tells the gateway, and those who wait for its place.
    pub(crate) async fn tell_end(&self, session: &Session, reason: EndReason) {
        self.announce_end(&session.id, reason);
        self.record_stream("SessionEnd", session, None, json!({"reason": format!("{reason:?}")})).await;
    }

    /// Tells the gateway that a session is over, and those who wait for its place.
    pub(crate) fn announce_end(&self, id: &SessionId, reason: EndReason) {
        tracing::info!(session = id.as_str(), reason = ?reason, "session ended");
        // An error only means that nobody listens.
        let _ = self.session_ends.send(SessionEnd { session_id: id.as_str().to_owned(), reason });
        self.changed();
    }
}
