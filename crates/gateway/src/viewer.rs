//! One viewer of one session: a task from Hello to the end of its WebSocket.
//!
//! ```text
//! claim ──> connected ──> attach to the agent ──> launch ──> Welcome ──> both ways ──> outcome ──> farewell
//!   │stale      │over          │unreachable
//!   └───────────┴──────────────┴──────────────────────────────────────────────────────> outcome
//! ```
//!
//! Both directions run in this one task, each waiting for its own reader and writer: when a browser reads slowly nothing more is read from the
//! agent, whose socket fills up, and at most one message of each direction is in memory here.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use millrace_stream::admission::{Grant, ResumeToken};
use millrace_stream::clipboard::{Gate, Passage};
use millrace_stream::message::{
    AgentRequest, ClientMessage, EndedReason, Input, InputEvent, NoticeKind, ScreenSize, ServerMessage,
    SessionMessage, StartApplication,
};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval_at, timeout};

use crate::agent::{self, AgentError, AgentReader, AgentWriter, FromAgent};
use crate::limits::{Limits, Pace};
use crate::ports::EndReason;
use crate::registry::{Claim, Presented, Stop};
use crate::socket::{farewell, hang_up};
use crate::timekeeper::{Step, Timekeeper};
use crate::{Context, now_epoch_seconds};

/// Ids of applications: the attach's counter above, a count below, so that no id is used twice in a session, even over a restart.
const APPLICATION_ID_BITS: u32 = 12;

/// What ended an attach.
#[derive(Debug)]
enum Outcome {
    /// The browser is gone.
    Lost,
    /// The browser broke the protocol; why, for the log.
    Broken(String),
    /// The browser ended the session.
    User,
    Stopped(Stop),
    ServerStopping,
    /// Its user did nothing for too long.
    Idle,
    Agent(AgentError),
}

impl Outcome {
    fn name(&self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Broken(_) => "broken",
            Self::User => "ended by the user",
            Self::Stopped(Stop::TakenOver) => "taken over",
            Self::Stopped(Stop::End(_)) => "ended",
            Self::ServerStopping => "server stopping",
            Self::Idle => "idle",
            Self::Agent(_) => "agent lost",
        }
    }
}

/// An attached viewer.
pub(crate) struct Viewer {
    context: Context,
    grant: Grant,
    claim: Claim,
    size: ScreenSize,
    /// Width × 65,536 + height of the remote screen.
    screen: AtomicU32,
    began: Instant,
    /// When the last input came, in ms since `began`.
    last_input: AtomicU64,
}

/// What the upward direction remembers.
struct Upward {
    writer: AgentWriter,
    pace: Pace,
    clipboard: Gate,
    confirmed: bool,
    sequence: u32,
    time: u64,
    applications: u32,
}

impl Viewer {
    /// Serves a browser whose credential was verified, until one side or the server ends it.
    pub(crate) async fn run(
        mut socket: WebSocket,
        context: Context,
        grant: Grant,
        presented: Presented,
        size: ScreenSize,
    ) {
        let session = grant.session_id.clone();
        let Ok(claim) = context.shared.registry.claim(&session, presented, now_epoch_seconds()) else {
            tracing::info!(session, "a credential was shown a second time");
            return farewell(&mut socket, &context, EndedReason::Credential, "").await;
        };
        let told = {
            let _order = claim.telling.lock().await;
            context.sessions.connected(&session).await
        };
        if let Err(reason) = told {
            tracing::info!(session, ?reason, "the session is over");
            context.shared.registry.end(&session, Stop::End(reason));
            return farewell(&mut socket, &context, ended(reason), redirect(&grant)).await;
        }
        let viewer = Self {
            context,
            grant,
            claim,
            size,
            screen: AtomicU32::new(0),
            began: Instant::now(),
            last_input: AtomicU64::new(0),
        };
        viewer.serve(socket).await;
    }

    async fn serve(mut self, socket: WebSocket) {
        let attached = tokio::select! {
            biased;
            // Or it would push out, at the agent, the viewer that took over meanwhile.
            stop = &mut self.claim.stopped => return self.stopped(stop.unwrap_or(Stop::TakenOver), socket).await,
            attached = agent::attach(&self.context, &self.grant.instance_id, self.size) => attached,
        };
        let (reader, writer) = match attached {
            Ok(halves) => halves,
            Err(error) => return self.instance_is_gone(socket, &error).await,
        };
        let limits = self.context.shared.config.limits.clone();
        let mut upward = Upward {
            writer,
            pace: Pace::new(limits.messages_per_second, limits.message_burst),
            clipboard: Gate::new(self.grant.user_settings.copy_from_local_device),
            confirmed: false,
            sequence: 0,
            time: 0,
            applications: 0,
        };
        let (mut sink, mut stream) = socket.split();
        tracing::info!(session = self.grant.session_id, attach = self.claim.attach, "a viewer attached");
        let outcome = self.both_ways(&limits, reader, &mut upward, &mut sink, &mut stream).await;
        let Ok(socket) = sink.reunite(stream) else {
            // INVARIANT: they are halves of one socket.
            tracing::error!("the halves of a socket do not fit");
            return;
        };
        self.conclude(outcome, upward, socket).await;
    }

    async fn both_ways(
        &mut self,
        limits: &Limits,
        reader: AgentReader,
        upward: &mut Upward,
        sink: &mut SplitSink<WebSocket, Message>,
        stream: &mut SplitStream<WebSocket>,
    ) -> Outcome {
        let stopping = self.context.shared.stopping.clone();
        // Taken out, so that the rest of `self` can be shared by both directions.
        let (_, never) = tokio::sync::oneshot::channel();
        let stopped = std::mem::replace(&mut self.claim.stopped, never);
        let this = &*self;
        let streaming = async {
            if let Err(outcome) = this.begin(limits, upward, sink).await {
                return outcome;
            }
            tokio::select! {
                outcome = this.downward(limits, reader, sink) => outcome,
                outcome = this.upward(limits, upward, stream) => outcome,
            }
        };
        tokio::select! {
            biased;
            // An entry that is gone without a word was ended together with its session.
            stop = stopped => Outcome::Stopped(stop.unwrap_or(Stop::TakenOver)),
            () = stopping.cancelled() => Outcome::ServerStopping,
            outcome = streaming => outcome,
        }
    }

    /// What is to be started at once, and Welcome.
    async fn begin(
        &self,
        limits: &Limits,
        upward: &mut Upward,
        sink: &mut SplitSink<WebSocket, Message>,
    ) -> Result<(), Outcome> {
        // Before Welcome, which names what was started.
        if self.claim.first {
            for name in &self.grant.launch {
                self.launch(name, limits, upward).await?;
            }
            self.context.shared.registry.set_launched(&self.grant.session_id);
        }
        let welcome = self.welcome().map_err(|error| {
            tracing::error!(session = self.grant.session_id, error, "no Welcome can be made");
            Outcome::Lost
        })?;
        send(sink, Message::Binary(welcome), limits).await
    }

    fn welcome(&self) -> Result<Bytes, String> {
        let token = ResumeToken { counter: self.claim.counter, grant: self.grant.clone() };
        let token = token.sign(&self.context.shared.config.signing_key).map_err(|error| error.to_string())?;
        let applications: Vec<_> = (self.grant.applications.iter())
            .map(|application| json!({ "name": application.name, "display_name": application.display_name }))
            .collect();
        let json = json!({
            "resume_token": token,
            "stack": self.grant.stack,
            "applications": applications,
            "started": self.context.shared.registry.started(&self.grant.session_id),
            "feedback_url": self.grant.feedback_url,
            "clipboard": {
                "from_local": self.grant.user_settings.copy_from_local_device,
                "to_local": self.grant.user_settings.copy_to_local_device,
            },
        });
        let mut bytes = Vec::new();
        let welcome = ServerMessage::Welcome { json: json.to_string() };
        welcome.encode(&mut bytes).map_err(|error| error.to_string())?;
        Ok(Bytes::from(bytes))
    }

    // --- agent → browser ---

    async fn downward(
        &self,
        limits: &Limits,
        mut reader: AgentReader,
        sink: &mut SplitSink<WebSocket, Message>,
    ) -> Outcome {
        let mut ping = interval_at(tokio::time::Instant::now() + limits.ping, limits.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut clipboard = Gate::new(self.grant.user_settings.copy_to_local_device);
        let mut timekeeper = Timekeeper::new(self.grant.idle_disconnect_seconds);
        let look = tokio::time::sleep(Duration::ZERO);
        tokio::pin!(look);
        loop {
            let message = tokio::select! {
                message = reader.next() => match message {
                    Ok(message) => self.to_browser(message, &mut clipboard),
                    Err(error) => return Outcome::Agent(error),
                },
                _ = ping.tick() => Some(Message::Ping(Bytes::new())),
                () = &mut look => {
                    let step = timekeeper.step(self.idle(), self.until_end());
                    let wait = if let Step::Wait(wait) = step { wait } else { Duration::ZERO };
                    look.as_mut().reset(tokio::time::Instant::now() + wait);
                    match step {
                        Step::Wait(_) => None,
                        Step::Tell(kind, seconds) => notice(kind, seconds),
                        Step::Disconnect => return Outcome::Idle,
                    }
                }
            };
            let (width, height) = reader.screen();
            self.screen.store(u32::from(width) << 16 | u32::from(height), Ordering::Relaxed);
            if let Some(message) = message
                && let Err(outcome) = send(sink, message, limits).await
            {
                return outcome;
            }
        }
    }

    /// How long there was no input.
    fn idle(&self) -> Duration {
        let last = Duration::from_millis(self.last_input.load(Ordering::Relaxed));
        self.began.elapsed().saturating_sub(last)
    }

    /// How long the session may still last.
    fn until_end(&self) -> Option<Duration> {
        let ends = self.grant.session_ends_epoch_seconds?;
        Some(Duration::from_secs(ends.saturating_sub(now_epoch_seconds())))
    }

    fn to_browser(&self, message: FromAgent, clipboard: &mut Gate) -> Option<Message> {
        match message {
            FromAgent::Clipboard { part, bytes } => match clipboard.count(&part) {
                Passage::Open => Some(Message::Binary(bytes)),
                Passage::TooLong => notice(NoticeKind::ClipboardTooLong, 0),
                Passage::Disabled | Passage::Dropped => None,
            },
            FromAgent::Forward(bytes) => Some(Message::Binary(bytes)),
            FromAgent::Application { id, over, bytes } => {
                let registry = &self.context.shared.registry;
                if !registry.has_started(&self.grant.session_id, id) {
                    return None;
                }
                if over {
                    registry.finish(&self.grant.session_id, id);
                }
                Some(Message::Binary(bytes))
            }
        }
    }

    // --- browser → agent ---

    async fn upward(
        &self,
        limits: &Limits,
        upward: &mut Upward,
        stream: &mut SplitStream<WebSocket>,
    ) -> Outcome {
        loop {
            let message = match timeout(limits.silence, stream.next()).await {
                Err(_) | Ok(None | Some(Ok(Message::Close(_)))) => return Outcome::Lost,
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
        let broken = |why: &str| Outcome::Broken(why.to_owned());
        match ClientMessage::decode(bytes).map_err(|error| broken(&error.to_string()))? {
            ClientMessage::Hello(_) => Err(broken("a second Hello")),
            ClientMessage::End => Err(Outcome::User),
            ClientMessage::Launch { name } => self.launch(&name, limits, upward).await,
            ClientMessage::Session(SessionMessage::Input(input)) => {
                if input.sequence != next_sequence(upward.sequence) {
                    return Err(broken("an input is out of sequence"));
                }
                self.last_input.store(self.began.elapsed().as_millis() as u64, Ordering::Relaxed);
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
            ClientMessage::Session(message) => upward.pass_on(message).await,
        }
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

    /// Starts an application of the catalogue. A name that is not in it, and one application too many, are the browser's fault and change
    /// nothing.
    async fn launch(&self, name: &str, limits: &Limits, upward: &mut Upward) -> Result<(), Outcome> {
        let session = &self.grant.session_id;
        let Some(application) = self.grant.applications.iter().find(|application| application.name == name)
        else {
            tracing::warn!(session, "an application that is not in the catalogue was not started");
            return Ok(());
        };
        upward.applications = upward.applications.wrapping_add(1) % (1 << APPLICATION_ID_BITS);
        let id = (self.claim.counter as u32).wrapping_shl(APPLICATION_ID_BITS) | upward.applications;
        if !self.context.shared.registry.start(session, id, name, limits.applications) {
            tracing::warn!(session, "too many applications run: one was not started");
            return Ok(());
        }
        let environment =
            self.grant.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let start = AgentRequest::StartApplication(StartApplication {
            id,
            argv: application.argv.clone(),
            environment,
            working_directory: application.working_directory.clone(),
        });
        upward.writer.send(&start).await.map_err(Outcome::Agent)
    }

    // --- the end ---

    async fn conclude(self, outcome: Outcome, mut upward: Upward, mut socket: WebSocket) {
        let session = self.grant.session_id.as_str();
        tracing::info!(session, attach = self.claim.attach, outcome = outcome.name(), "an attach is over");
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

    async fn stopped(&self, stop: Stop, mut socket: WebSocket) {
        match stop {
            Stop::TakenOver => farewell(&mut socket, &self.context, EndedReason::TakenOver, "").await,
            Stop::End(reason) => {
                farewell(&mut socket, &self.context, ended(reason), redirect(&self.grant)).await;
            }
        }
    }

    /// The session goes on without a viewer: nothing stays pressed.
    async fn detach(&self, upward: &mut Upward) {
        let release = Input {
            sequence: next_sequence(upward.sequence),
            time: upward.time,
            event: InputEvent::ReleaseAll,
        };
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
            Err(error) => self.instance_is_gone(socket, &error).await,
        }
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

impl Upward {
    async fn pass_on(&mut self, message: SessionMessage) -> Result<(), Outcome> {
        self.writer.send(&AgentRequest::Session(message)).await.map_err(Outcome::Agent)
    }
}

/// From 1, rising by one; past the end it begins at 1 again, since 0 means none.
fn next_sequence(sequence: u32) -> u32 {
    sequence.checked_add(1).unwrap_or(1)
}

async fn send(
    sink: &mut SplitSink<WebSocket, Message>,
    message: Message,
    limits: &Limits,
) -> Result<(), Outcome> {
    match timeout(limits.stall, sink.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Outcome::Lost),
    }
}

/// A notice to the browser. One that cannot be made is left out: it carries no more than two numbers.
fn notice(kind: NoticeKind, seconds: u32) -> Option<Message> {
    let mut bytes = Vec::new();
    ServerMessage::Notice { kind, seconds }.encode(&mut bytes).ok()?;
    Some(Message::Binary(Bytes::from(bytes)))
}

fn redirect(grant: &Grant) -> &str {
    grant.redirect_url.as_deref().unwrap_or_default()
}

fn ended(reason: EndReason) -> EndedReason {
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
