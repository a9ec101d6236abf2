//! Browser → agent: what the browser says, checked and paced.

use std::sync::atomic::Ordering;

use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use millrace_stream::admission::Grant;
use millrace_stream::clipboard::{Gate, Passage};
use millrace_stream::message::{
    AgentRequest, ClientMessage, Input, InputEvent, ServerMessage, SessionMessage, StartApplication,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Outcome, Viewer, encoded};
use crate::agent::AgentWriter;
use crate::limits::{Limits, Pace};
use crate::metrics::Acknowledgement;

/// Ids of applications: the attach's counter above, a count below, so that no id is used twice in a session, even over a restart.
const APPLICATION_ID_BITS: u32 = 12;

/// What the upward direction remembers.
pub(super) struct Upward {
    writer: AgentWriter,
    pace: Pace,
    clipboard: Gate,
    confirmed: bool,
    sequence: u32,
    time: u64,
    applications: u32,
    /// For the browser.
    news: mpsc::Sender<Message>,
}

impl Viewer {
    pub(super) async fn upward(
        &self,
        limits: &Limits,
        upward: &mut Upward,
        stream: &mut SplitStream<WebSocket>,
    ) -> Outcome {
        loop {
            let message = match timeout(limits.silence, stream.next()).await {
                Err(_) | Ok(None | Some(Ok(Message::Close(_)))) => return Outcome::Lost,
                Ok(Some(Err(error))) if is_network(&error) => return Outcome::Lost,
                Ok(Some(Err(error))) => return Outcome::Broken(error.to_string()),
                Ok(Some(Ok(Message::Text(_)))) => return Outcome::Broken("a text message".to_owned()),
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => None,
                Ok(Some(Ok(Message::Binary(bytes)))) => Some(bytes),
            };
            if let Some(bytes) = message {
                // Anything that it says shows that it has its Welcome, and with that its new resume token.
                if !upward.confirmed {
                    upward.confirmed = true;
                    self.context.shared.registry.confirm(&self.grant.session_id, &self.claim);
                }
                if let Err(outcome) = self.to_agent(&bytes, limits, upward).await {
                    return outcome;
                }
            }
            let wait = upward.pace.count(self.began.elapsed());
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn to_agent(&self, bytes: &[u8], limits: &Limits, upward: &mut Upward) -> Result<(), Outcome> {
        let metrics = &self.context.shared.metrics;
        metrics.to_agent(bytes.len());
        self.traffic.from_browser.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        let broken = |why: &str| Outcome::Broken(why.to_owned());
        match ClientMessage::decode(bytes).map_err(|error| broken(&error.to_string()))? {
            ClientMessage::Hello(_) => Err(broken("a second Hello")),
            ClientMessage::End => Err(Outcome::User),
            ClientMessage::Launch { name } => {
                self.seen_active();
                let Some(start) = self.application(&name, limits, upward) else { return Ok(()) };
                // First: what the agent says of it names its id only.
                upward.tell(&ServerMessage::Launching { id: start.id, name }).await?;
                upward.start(start).await
            }
            ClientMessage::Session(SessionMessage::Input(input)) => {
                if input.sequence != next_sequence(upward.sequence) {
                    return Err(broken("an input is out of sequence"));
                }
                self.seen_active();
                metrics.input();
                upward.sequence = input.sequence;
                upward.time = input.time;
                let input = Input { event: self.within_screen(input.event), ..input };
                upward.pass_on(SessionMessage::Input(input)).await
            }
            ClientMessage::Session(SessionMessage::Clipboard(part)) => match upward.clipboard.count(&part) {
                Passage::Open => upward.pass_on(SessionMessage::Clipboard(part)).await,
                // The page knows what is allowed: this is not the page.
                Passage::Disabled | Passage::TooLong | Passage::Dropped => {
                    Err(broken("what the clipboard must not carry"))
                }
            },
            ClientMessage::Session(message) => {
                match message {
                    SessionMessage::Window { .. } => self.seen_active(),
                    SessionMessage::FrameAck { frame, received, decoded, presented } => {
                        let seen = Acknowledgement { received, decoded, presented };
                        self.awaited.acknowledged(frame, seen, metrics);
                    }
                    _ => {}
                }
                upward.pass_on(message).await
            }
        }
    }

    /// The user did something: the idle time begins anew.
    fn seen_active(&self) {
        self.last_input.store(self.began.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    /// A pointer that was right before the screen shrank is put at its edge; a browser cannot know in time.
    fn within_screen(&self, event: InputEvent) -> InputEvent {
        let screen = self.screen.load(Ordering::Relaxed);
        let column = |x: u16| x.min(((screen >> 16) as u16).saturating_sub(1));
        let row = |y: u16| y.min((screen as u16).saturating_sub(1));
        match event {
            InputEvent::PointerMove { x, y } => InputEvent::PointerMove { x: column(x), y: row(y) },
            InputEvent::PointerButton { x, y, button, pressed } => {
                InputEvent::PointerButton { x: column(x), y: row(y), button, pressed }
            }
            InputEvent::Wheel { x, y, dx, dy } => InputEvent::Wheel { x: column(x), y: row(y), dx, dy },
            InputEvent::Key { .. } | InputEvent::ReleaseAll | InputEvent::Text { .. } => event,
        }
    }

    /// What starts an application of the catalogue. A name that is not in it, and one application too many, are the browser's fault and change
    /// nothing.
    pub(super) fn application(
        &self,
        name: &str,
        limits: &Limits,
        upward: &mut Upward,
    ) -> Option<StartApplication> {
        let session = &self.grant.session_id;
        let Some(application) = self.grant.applications.iter().find(|application| application.name == name)
        else {
            tracing::warn!(session, "an application that is not in the catalogue was not started");
            return None;
        };
        upward.applications = upward.applications.wrapping_add(1) % (1 << APPLICATION_ID_BITS);
        let id = (self.claim.counter as u32).wrapping_shl(APPLICATION_ID_BITS) | upward.applications;
        if !self.context.shared.registry.start(session, id, name, limits.applications) {
            tracing::warn!(session, "too many applications run: one was not started");
            return None;
        }
        let environment =
            self.grant.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Some(StartApplication {
            id,
            argv: application.argv.clone(),
            environment,
            working_directory: application.working_directory.clone(),
        })
    }
}

impl Upward {
    pub(super) fn new(
        writer: AgentWriter,
        news: mpsc::Sender<Message>,
        limits: &Limits,
        grant: &Grant,
    ) -> Self {
        Self {
            writer,
            pace: Pace::new(limits.messages_per_second, limits.message_burst),
            clipboard: Gate::new(grant.user_settings.copy_from_local_device),
            confirmed: false,
            sequence: 0,
            time: 0,
            applications: 0,
            news,
        }
    }

    /// What a release of every key would be, now.
    pub(super) fn release_all(&self) -> Input {
        Input { sequence: next_sequence(self.sequence), time: self.time, event: InputEvent::ReleaseAll }
    }

    /// Says something to the browser. The other direction, which sends it, ends together with this one.
    async fn tell(&self, message: &ServerMessage<'_>) -> Result<(), Outcome> {
        // INVARIANT: what comes from a message of the browser fits one to it.
        let message = encoded(message).map_err(|error| Outcome::Broken(error.to_string()))?;
        self.news.send(message).await.map_err(|_| Outcome::Lost)
    }

    pub(super) async fn start(&mut self, start: StartApplication) -> Result<(), Outcome> {
        self.writer.send(&AgentRequest::StartApplication(start)).await.map_err(Outcome::Agent)
    }

    /// What was started before the user came becomes this one, if it is the same.
    pub(super) async fn adopt(&mut self, start: StartApplication) -> Result<(), Outcome> {
        self.writer.send(&AgentRequest::AdoptApplication(start)).await.map_err(Outcome::Agent)
    }

    /// What was started before the user came is not wanted.
    pub(super) async fn end_prepared(&mut self) -> Result<(), Outcome> {
        self.writer.send(&AgentRequest::EndPrepared).await.map_err(Outcome::Agent)
    }

    pub(super) async fn pass_on(&mut self, message: SessionMessage) -> Result<(), Outcome> {
        self.writer.send(&AgentRequest::Session(message)).await.map_err(Outcome::Agent)
    }
}

/// Whether an error is the network's, not the browser's: the connection was cut.
fn is_network(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        // The WebSocket's own word for an end without a farewell has no type that is visible here.
        if error.is::<std::io::Error>() || error.to_string().ends_with("without closing handshake") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// From 1, rising by one; past the end it begins at 1 again, since 0 means none.
fn next_sequence(sequence: u32) -> u32 {
    sequence.checked_add(1).unwrap_or(1)
}
