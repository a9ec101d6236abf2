//! Instances: each serves at most one session, and is never used again.

use serde::{Deserialize, Serialize};

use crate::scope::{FleetKey, text_type};
use crate::session::SessionId;
use crate::time::Timestamp;

text_type!(
    /// Names one instance for ever.
    InstanceId,
    "an instance id of 1 to 40 characters of a-z, 0-9 and '-'",
    |text| (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
);

impl InstanceId {
    /// What the ids of image builders' instances begin with: whoever sees an instance on a host knows whose it is to keep or to end.
    pub const BUILDERS: &str = "ib-";

    /// Whether it is an image builder's.
    #[must_use]
    pub fn is_builders(&self) -> bool {
        self.0.starts_with(Self::BUILDERS)
    }
}

/// An instance that was recorded, and may or may not be on a host yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its name.
    pub id: InstanceId,
    /// The fleet it belongs to.
    pub fleet: FleetKey,
    /// The digest of the image it is made of.
    pub image_digest: String,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// Rises with every change; a change is written only over the generation it was decided on.
    pub generation: u64,
    /// What it is for at present.
    pub state: InstanceState,
}

/// What an instance is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceState {
    /// Recorded; it is, or is to be, made.
    Starting,
    /// Ready, and nobody uses it.
    Idle,
    /// It serves this session.
    Assigned {
        /// The one session that it will ever serve.
        session: SessionId,
    },
    /// It is, or is to be, ended; then its record goes too.
    Retiring,
}

/// Why an instance cannot change as asked: it is in another state by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the instance is in another state by now")]
pub struct WrongState;

impl Instance {
    /// A new instance, to be recorded before it is made.
    #[must_use]
    pub fn new(id: InstanceId, fleet: FleetKey, image_digest: String, now: Timestamp) -> Self {
        Self { id, fleet, image_digest, created_at: now, generation: 1, state: InstanceState::Starting }
    }

    /// It is up.
    ///
    /// # Errors
    /// [`WrongState`] if it is to be ended, or was up already.
    pub fn ready(&self) -> Result<Self, WrongState> {
        match self.state {
            InstanceState::Starting => Ok(self.changed(InstanceState::Idle)),
            InstanceState::Idle | InstanceState::Assigned { .. } | InstanceState::Retiring => Err(WrongState),
        }
    }

    /// It serves a session from now on.
    ///
    /// # Errors
    /// [`WrongState`] unless it is idle.
    pub fn assign(&self, session: SessionId) -> Result<Self, WrongState> {
        match self.state {
            InstanceState::Idle => Ok(self.changed(InstanceState::Assigned { session })),
            InstanceState::Starting | InstanceState::Assigned { .. } | InstanceState::Retiring => {
                Err(WrongState)
            }
        }
    }

    /// It is to be ended, whatever it does. Harmless for one that is.
    #[must_use]
    pub fn retire(&self) -> Self {
        match self.state {
            InstanceState::Retiring => self.clone(),
            InstanceState::Starting | InstanceState::Idle | InstanceState::Assigned { .. } => {
                self.changed(InstanceState::Retiring)
            }
        }
    }

    fn changed(&self, state: InstanceState) -> Self {
        Self { state, generation: self.generation + 1, ..self.clone() }
    }
}
