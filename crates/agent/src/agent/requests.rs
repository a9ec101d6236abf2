//! What the viewer asks for: messages in, and what comes of them.

use anyhow::Result;
use millrace_stream::input::Caused;
use millrace_stream::message::{AgentRequest, SessionMessage};
use millrace_stream::wire::ProtocolError;

use super::Agent;
use crate::viewer::Viewer;

impl Agent {
    pub(super) fn serve_viewer(&mut self) -> Result<()> {
        let Some(viewer) = &mut self.viewer else { return Ok(()) };
        let open = viewer.connection.read();
        self.serve_viewer_messages()?;
        match open {
            Ok(true) => Ok(()),
            Ok(false) => self.detach("it closed"),
            Err(error) => self.detach(&format!("{error:#}")),
        }
    }

    /// Carries out what has come from the viewer.
    pub(super) fn serve_viewer_messages(&mut self) -> Result<()> {
        let mut inputs = Vec::new();
        let mut wrong = None;
        while let Some(viewer) = &mut self.viewer {
            let next = viewer
                .connection
                .message()
                .and_then(|message| Ok(message.map(AgentRequest::decode).transpose()?));
            let done = match next {
                Ok(None) => break,
                Ok(Some(AgentRequest::StartApplication(start))) => {
                    let failed = self.launcher.start(start)?;
                    failed.map_or(Ok(()), |state| viewer.send_application(state))
                }
                Ok(Some(AgentRequest::AdoptApplication(start))) => {
                    let state = self.adopt(start)?;
                    let told = self.viewer.as_mut().zip(state);
                    told.map_or(Ok(()), |(viewer, state)| viewer.send_application(state))
                }
                Ok(Some(AgentRequest::EndPrepared)) => self.end_prepared(),
                Ok(Some(AgentRequest::Session(SessionMessage::Clipboard(part)))) => {
                    match self.copied.push(&part) {
                        Ok(Some(text)) => self.clipboard.offer(text),
                        Ok(None) => Ok(()),
                        Err(error) => Err(error.into()),
                    }
                }
                Ok(Some(AgentRequest::Session(SessionMessage::Window { id, action }))) => {
                    self.screen.act_on_window(id, action)
                }
                Ok(Some(AgentRequest::Session(message))) => session_message(viewer, message, &mut inputs),
                Ok(Some(
                    AgentRequest::Attach { .. } | AgentRequest::Probe { .. } | AgentRequest::Prepare { .. },
                )) => Err(ProtocolError::Unexpected("Attach, Probe or Prepare").into()),
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                wrong = Some(error);
                break;
            }
        }
        if let Some(viewer) = &mut self.viewer {
            viewer.input.flush(&mut inputs);
        }
        self.inject(&inputs)?;
        wrong.map_or(Ok(()), |error| self.detach(&format!("{error:#}")))
    }
}

/// Carries out what the browser said.
fn session_message(viewer: &mut Viewer, message: SessionMessage, inputs: &mut Vec<Caused>) -> Result<()> {
    match message {
        SessionMessage::Input(input) => Ok(viewer.input.apply(&input, inputs)?),
        SessionMessage::FrameAck { frame, received, presented, .. } => {
            viewer.acknowledged(frame, presented.saturating_sub(received))
        }
        SessionMessage::Refresh => {
            viewer.refresh();
            Ok(())
        }
        SessionMessage::Resize(size) => {
            viewer.wanted_size = Some(size);
            Ok(())
        }
        SessionMessage::Decoders { h264 } => {
            viewer.h264 = h264;
            Ok(())
        }
        SessionMessage::Ping { nonce, time } => viewer.send_pong(nonce, time),
        // INVARIANT: the caller has taken these.
        SessionMessage::Clipboard(_) | SessionMessage::Window { .. } => Ok(()),
    }
}
