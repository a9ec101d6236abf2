//! One viewer of one session: a task from Hello to the end of its WebSocket.
//!
//! ```text
//! claim ──> connected ──> attach to the agent ──> launch ──> Welcome ──> both ways (up, down) ──> outcome ──> farewell (end)
//!   │stale      │over          │unreachable
//!   └───────────┴──────────────┴──────────────────────────────────────────────────────> outcome
//! ```
//!
//! Both directions run in this one task, each waiting for its own reader and writer: when a browser reads slowly nothing more is read from the
//! agent, whose socket fills up, and at most one message of each direction is in memory here.

mod down;
mod end;
mod up;

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::Instant;

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use millrace_stream::admission::{Grant, ResumeToken, View};
use millrace_stream::message::{EndedReason, ScreenSize, ServerMessage};
use millrace_stream::wire::TooLong;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::agent::{self, AgentError, AgentReader};
use crate::limits::Limits;
use crate::metrics::Awaited;
use crate::registry::{Claim, Presented, Stop};
use crate::socket::farewell;
use crate::{Context, icons, now_epoch_seconds};
use up::Upward;

/// What one direction has to say to the other's end, waiting to be sent; whoever says more waits.
const WAITING_NEWS: usize = 8;

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
    /// Frames on their way to the browser.
    awaited: Awaited,
    /// From where it is viewed.
    client: Option<IpAddr>,
    traffic: Traffic,
}

/// Bytes of messages of one stream.
#[derive(Debug, Default)]
struct Traffic {
    to_browser: AtomicU64,
    from_browser: AtomicU64,
}

/// A browser whose credential was verified.
pub(crate) struct Attaching {
    pub(crate) grant: Grant,
    pub(crate) presented: Presented,
    pub(crate) size: ScreenSize,
    pub(crate) client: Option<IpAddr>,
}

impl Viewer {
    /// Serves a browser whose credential was verified, until one side or the server ends it.
    pub(crate) async fn run(
        mut socket: WebSocket,
        context: Context,
        Attaching { grant, presented, size, client }: Attaching,
    ) {
        let session = grant.session_id.clone();
        let Ok(claim) = context.shared.registry.claim(&session, presented, now_epoch_seconds()) else {
            tracing::info!(session, "a credential was shown a second time");
            return farewell(&mut socket, &context, EndedReason::Credential, "").await;
        };
        let told = {
            let _order = claim.telling.lock().await;
            context.sessions.connected(&session, client).await
        };
        if let Err(reason) = told {
            tracing::info!(session, ?reason, "the session is over");
            context.shared.registry.end(&session, Stop::End(reason));
            return farewell(&mut socket, &context, end::ended(reason), end::redirect(&grant)).await;
        }
        let viewer = Self {
            context,
            grant,
            claim,
            size,
            screen: AtomicU32::new(0),
            began: Instant::now(),
            last_input: AtomicU64::new(0),
            awaited: Awaited::default(),
            client,
            traffic: Traffic::default(),
        };
        viewer.serve(socket).await;
    }

    async fn serve(mut self, socket: WebSocket) {
        let attached = tokio::select! {
            biased;
            // Or it would push out, at the agent, the viewer that took over meanwhile.
            stop = &mut self.claim.stopped => {
                let stop = stop.unwrap_or(Stop::TakenOver);
                self.tell_stream(Outcome::Stopped(stop).name()).await;
                return self.stopped(stop, socket).await;
            }
            attached = agent::attach(&self.context, &self.grant.instance_id, self.size) => attached,
        };
        let (reader, writer) = match attached {
            Ok(halves) => halves,
            Err(error) => {
                self.tell_stream("agent lost").await;
                return self.unreachable(socket, &error).await;
            }
        };
        let limits = self.context.shared.config.limits.clone();
        let (news, told) = mpsc::channel(WAITING_NEWS);
        let mut upward = Upward::new(writer, news, &limits, &self.grant);
        let (mut sink, mut stream) = socket.split();
        tracing::info!(session = self.grant.session_id, attach = self.claim.attach, "a viewer attached");
        let outcome = self.both_ways(&limits, (reader, told), &mut upward, &mut sink, &mut stream).await;
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
        (reader, told): (AgentReader, mpsc::Receiver<Message>),
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
                outcome = this.downward(limits, reader, told, sink) => outcome,
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
            // A toolkit reads the scale when it starts.
            let mut adopts = self.grant.may_adopt && self.size.scale_percent == 100;
            if !adopts || self.grant.launch.is_empty() {
                upward.end_prepared().await?;
            }
            for name in &self.grant.launch {
                if let Some(start) = self.application(name, limits, upward) {
                    if std::mem::take(&mut adopts) {
                        upward.adopt(start).await?;
                    } else {
                        upward.start(start).await?;
                    }
                }
            }
            self.context.shared.registry.set_launched(&self.grant.session_id);
        }
        let welcome = self.welcome().map_err(|error| {
            tracing::error!(session = self.grant.session_id, error, "no Welcome can be made");
            Outcome::Lost
        })?;
        send(sink, welcome, limits).await
    }

    fn welcome(&self) -> Result<Message, String> {
        let token = ResumeToken { counter: self.claim.counter, grant: self.grant.clone() };
        let token = token.sign(&self.context.shared.config.signing_key).map_err(|error| error.to_string())?;
        let applications: Vec<_> = (self.grant.applications.iter())
            .map(|application| {
                json!({
                    "name": application.name,
                    "display_name": application.display_name,
                    "icon": application.icon.as_deref().map(icons::address),
                })
            })
            .collect();
        let json = json!({
            "resume_token": token,
            "stack": self.grant.stack,
            "view": match self.grant.view {
                View::Applications => "applications",
                View::Desktop => "desktop",
            },
            "applications": applications,
            "started": self.context.shared.registry.started(&self.grant.session_id),
            "feedback_url": self.grant.feedback_url,
            "clipboard": {
                "from_local": self.grant.user_settings.copy_from_local_device,
                "to_local": self.grant.user_settings.copy_to_local_device,
            },
            "not_yet": self.grant.not_yet,
        });
        encoded(&ServerMessage::Welcome { json: json.to_string() }).map_err(|error| error.to_string())
    }
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

/// The bytes of a message of the gateway's own.
fn encoded(message: &ServerMessage<'_>) -> Result<Message, TooLong> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes)?;
    Ok(Message::Binary(Bytes::from(bytes)))
}
