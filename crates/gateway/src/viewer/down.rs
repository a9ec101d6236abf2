//! Agent → browser: what the agent says, checked; pings; and what the clock says.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures_util::stream::SplitSink;
use millrace_stream::clipboard::{Gate, Passage};
use millrace_stream::message::{NoticeKind, ServerMessage};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval_at};

use super::{Outcome, Viewer, encoded, send};
use crate::agent::{AgentReader, FromAgent};
use crate::limits::Limits;
use crate::now_epoch_seconds;
use crate::timekeeper::{Step, Timekeeper};

impl Viewer {
    pub(super) async fn downward(
        &self,
        limits: &Limits,
        mut reader: AgentReader,
        mut told: mpsc::Receiver<Message>,
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
                biased;
                // First: what the agent says of an application names the id that is told here. The sender lives as long as the other
                // direction, which ends this one.
                Some(news) = told.recv() => Some(news),
                _ = ping.tick() => Some(Message::Ping(Bytes::new())),
                () = &mut look => {
                    let step = timekeeper.step(self.began.elapsed(), self.last_input(), self.until_end());
                    let wait = if let Step::Wait(wait) = step { wait } else { Duration::ZERO };
                    look.as_mut().reset(tokio::time::Instant::now() + wait);
                    match step {
                        Step::Wait(_) => None,
                        Step::Tell(kind, seconds) => notice(kind, seconds),
                        Step::Disconnect => return Outcome::Idle,
                    }
                }
                message = reader.next() => match message {
                    Ok(message) => self.to_browser(message, &mut clipboard),
                    Err(error) => return Outcome::Agent(error),
                },
            };
            let (width, height) = reader.screen();
            self.screen.store(u32::from(width) << 16 | u32::from(height), Ordering::Relaxed);
            let Some(message) = message else { continue };
            if let Message::Binary(bytes) = &message {
                self.context.shared.metrics.to_browser(bytes.len());
                self.traffic.to_browser.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            }
            if let Err(outcome) = send(sink, message, limits).await {
                return outcome;
            }
        }
    }

    /// When there was input last, since the attach began.
    fn last_input(&self) -> Duration {
        Duration::from_millis(self.last_input.load(Ordering::Relaxed))
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
            FromAgent::Frame { header, bytes } => {
                self.awaited.sent(&header);
                Some(Message::Binary(bytes))
            }
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
}

/// A notice to the browser. One that cannot be made is left out: it carries no more than two numbers.
fn notice(kind: NoticeKind, seconds: u32) -> Option<Message> {
    encoded(&ServerMessage::Notice { kind, seconds }).ok()
}
