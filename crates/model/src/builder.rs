//! Image builders: a writable instance that is kept, and becomes images.
//!
//! Held is what the owner intends and what was observed; [`BuilderState`] is derived.
//!
//! ```text
//! created ──> PENDING (UPDATING_AGENT) ──ready──> RUNNING ──stop──> STOPPING ──gone──> STOPPED ──start──> PENDING
//!                     │  too many failures          │ └──image──> SNAPSHOTTING ──done or failed──> STOPPED
//!                     └──> FAILED ──start──> …      └──ends by itself──> PENDING, on the same disk
//! any but SNAPSHOTTING ──delete──> DELETING ──instance and disk gone──> (gone)
//! ```

use serde::{Deserialize, Serialize};

use crate::backoff::{EARLY_DEATH_SECONDS, Health};
use crate::errand::Errand;
use crate::fleet::{FleetError, FleetErrorCode};
use crate::image::{Application, ImageReference, Platform};
use crate::instance::InstanceId;
use crate::machine::MachineSettings;
use crate::scope::{Name, Scope};
use crate::session::SessionId;
use crate::time::Timestamp;

/// After so many failures in a row a builder has FAILED: its owner looks at the reason, rather than at a start that goes on for ever.
pub const MOST_FAILURES: u32 = 3;
/// As many applications as a catalogue holds.
pub const MOST_APPLICATIONS: usize = 50;

/// A builder among those of all scopes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuilderKey {
    /// Whose it is.
    pub scope: Scope,
    /// What it is called.
    pub name: Name,
}

/// An image builder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageBuilder {
    /// What it is called.
    pub name: Name,
    /// When it was made.
    pub created_at: Timestamp,
    /// What its owner chose.
    pub settings: BuilderSettings,
    /// What happens to it.
    pub runtime: BuilderRuntime,
}

/// What a builder's owner chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuilderSettings {
    /// A name for people.
    pub display_name: Option<String>,
    /// A description.
    pub description: Option<String>,
    /// The image that it was made of.
    pub image: ImageReference,
    /// That image's content: a builder stays on it, whatever becomes of the name.
    pub image_digest: String,
    /// The operating system family of that image.
    pub platform: Platform,
    /// What its instance is like otherwise; the root volume is its disk.
    #[serde(flatten)]
    pub machine: MachineSettings,
    /// Interface endpoints through which its URL is reached: held and told, without effect.
    pub access_endpoints: Vec<AccessEndpoint>,
}

/// An interface endpoint, as its owner named it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEndpoint {
    /// `STREAMING`.
    pub kind: String,
    /// Its id.
    pub endpoint_id: Option<String>,
}

/// What happens to a builder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuilderRuntime {
    /// The name of its disk, on every host the same.
    pub disk: String,
    /// The catalogue of the images that will be made of it.
    pub catalogue: Vec<Application>,
    /// What is to happen.
    pub intent: BuilderIntent,
    /// Its instance, from its record to its end.
    pub instance: Option<BuilderInstance>,
    /// Its administrator's session; nobody has one while it does not run.
    pub session: Option<SessionId>,
    /// The version of the runtime that it had last.
    pub agent_version: String,
    /// The version that its next start gives it.
    pub next_agent_version: String,
    /// What went wrong of late.
    pub health: Health,
    /// Why it is in its state, if something went wrong.
    pub reason: Option<BuilderReason>,
    /// What it is for, if it has no administrator: nobody sees it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errand: Option<Errand>,
}

/// What is to happen to a builder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuilderIntent {
    /// It should not run.
    Stopped,
    /// It should.
    Running {
        /// Since when.
        since: Timestamp,
    },
    /// It should not run, and become this image, which exists in the state PENDING.
    Snapshotting {
        /// The image.
        image: Name,
    },
    /// It could not be started, and will not be tried again by itself.
    Failed,
    /// It is to go, with its disk.
    Deleting,
}

/// The instance of a builder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuilderInstance {
    /// Its name.
    pub id: InstanceId,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// What it does.
    pub phase: InstancePhase,
}

/// What the instance of a builder does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstancePhase {
    /// Recorded; it is, or is to be, made.
    Starting,
    /// It is up.
    Ready,
    /// It is, or is to be, ended.
    Ending,
}

/// Why a builder is in its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuilderReason {
    /// Its image is not to be had; otherwise it is something of the installation's.
    pub image_unavailable: bool,
    /// For people.
    pub message: String,
}

/// What is displayed of a builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuilderState {
    /// It should run, and does not yet.
    Pending,
    /// Likewise, and it gets another version of the runtime.
    UpdatingAgent,
    /// It runs.
    Running,
    /// It should not run, and does still.
    Stopping,
    /// It does not run.
    Stopped,
    /// An image is made of it.
    Snapshotting,
    /// It is going.
    Deleting,
    /// It could not be started.
    Failed,
}

/// The builder is in a state in which that cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the image builder is in another state")]
pub struct WrongBuilderState(pub BuilderState);

impl ImageBuilder {
    /// A new builder, which is to run.
    #[must_use]
    pub fn new(
        name: Name,
        settings: BuilderSettings,
        disk: String,
        catalogue: Vec<Application>,
        versions: (String, String),
        now: Timestamp,
    ) -> Self {
        let (agent_version, next_agent_version) = versions;
        let runtime = BuilderRuntime {
            disk,
            catalogue,
            intent: BuilderIntent::Running { since: now },
            instance: None,
            session: None,
            agent_version,
            next_agent_version,
            health: Health::default(),
            reason: None,
            errand: None,
        };
        Self { name, created_at: now, settings, runtime }
    }

    /// What is displayed.
    #[must_use]
    pub fn state(&self) -> BuilderState {
        let runtime = &self.runtime;
        let phase = runtime.instance.as_ref().map(|instance| instance.phase);
        match (&runtime.intent, phase) {
            (BuilderIntent::Deleting, _) => BuilderState::Deleting,
            (BuilderIntent::Snapshotting { .. }, _) => BuilderState::Snapshotting,
            (BuilderIntent::Failed, _) => BuilderState::Failed,
            (BuilderIntent::Running { .. }, Some(InstancePhase::Ready)) => BuilderState::Running,
            (BuilderIntent::Running { .. }, _) if runtime.agent_version != runtime.next_agent_version => {
                BuilderState::UpdatingAgent
            }
            (BuilderIntent::Running { .. }, _) => BuilderState::Pending,
            (BuilderIntent::Stopped, Some(_)) => BuilderState::Stopping,
            (BuilderIntent::Stopped, None) => BuilderState::Stopped,
        }
    }

    /// It should run, with this version of the runtime.
    ///
    /// # Errors
    /// [`WrongBuilderState`] unless it is stopped, or has failed (whose reason may be gone by now).
    pub fn start(&self, version: String, now: Timestamp) -> Result<Self, WrongBuilderState> {
        match self.state() {
            BuilderState::Stopped => {}
            BuilderState::Failed if self.runtime.instance.is_none() => {}
            other => return Err(WrongBuilderState(other)),
        }
        Ok(self.with(|runtime| {
            runtime.intent = BuilderIntent::Running { since: now };
            runtime.next_agent_version = version;
            runtime.health = Health::default();
            runtime.reason = None;
        }))
    }

    /// It should not run.
    ///
    /// # Errors
    /// [`WrongBuilderState`] unless it runs.
    pub fn stop(&self) -> Result<Self, WrongBuilderState> {
        self.while_running(|runtime| runtime.intent = BuilderIntent::Stopped)
    }

    /// It should become the image `image`, and stop.
    ///
    /// # Errors
    /// [`WrongBuilderState`] unless it runs.
    pub fn snapshot(&self, image: Name) -> Result<Self, WrongBuilderState> {
        self.while_running(|runtime| runtime.intent = BuilderIntent::Snapshotting { image })
    }

    /// It should go. Harmless if it should already.
    ///
    /// # Errors
    /// [`WrongBuilderState`] while an image is made of it.
    pub fn delete(&self) -> Result<Self, WrongBuilderState> {
        match self.state() {
            state @ BuilderState::Snapshotting => Err(WrongBuilderState(state)),
            _ => Ok(self.with(|runtime| runtime.intent = BuilderIntent::Deleting)),
        }
    }

    /// Something that its owner calls it changes.
    ///
    /// # Errors
    /// [`WrongBuilderState`] unless it is stopped.
    pub fn update(&self, settings: BuilderSettings) -> Result<Self, WrongBuilderState> {
        match self.state() {
            BuilderState::Stopped => Ok(Self { settings, ..self.clone() }),
            other => Err(WrongBuilderState(other)),
        }
    }

    /// It has another catalogue.
    ///
    /// # Errors
    /// [`WrongBuilderState`] unless it runs: the catalogue is changed from inside.
    pub fn with_catalogue(&self, catalogue: Vec<Application>) -> Result<Self, WrongBuilderState> {
        self.while_running(|runtime| runtime.catalogue = catalogue)
    }

    /// Its administrator comes: with the session that there is, or with `new`.
    ///
    /// # Errors
    /// [`WrongBuilderState`] unless it runs.
    pub fn admit(&self, new: SessionId) -> Result<Self, WrongBuilderState> {
        self.while_running(|runtime| {
            runtime.session.get_or_insert(new);
        })
    }

    /// Its administrator went, and will not come back to this session.
    #[must_use]
    pub fn session_ended(&self, session: &SessionId) -> Self {
        self.with(|runtime| {
            runtime.session.take_if(|known| known == session);
        })
    }

    /// An instance is to be made. Nothing changes if it should not run any more, or has one.
    #[must_use]
    pub fn began(&self, id: InstanceId, now: Timestamp) -> Self {
        let wanted = matches!(self.runtime.intent, BuilderIntent::Running { .. });
        if !wanted || self.runtime.instance.is_some() {
            return self.clone();
        }
        let instance = BuilderInstance { id, created_at: now, phase: InstancePhase::Starting };
        self.with(|runtime| runtime.instance = Some(instance))
    }

    /// The instance is up.
    #[must_use]
    pub fn became_ready(&self, id: &InstanceId) -> Self {
        self.on_instance(id, |runtime, instance| {
            if instance.phase != InstancePhase::Starting {
                return Some(instance);
            }
            runtime.health = runtime.health.succeeded(instance.created_at);
            runtime.agent_version.clone_from(&runtime.next_agent_version);
            runtime.reason = None;
            Some(BuilderInstance { phase: InstancePhase::Ready, ..instance })
        })
    }

    /// The instance could not be made, or ended by itself: it is to be cleared away, and, as long as that did not happen too often, another one
    /// to be made.
    #[must_use]
    pub fn lost(&self, id: &InstanceId, error: &FleetError, now: Timestamp) -> Self {
        self.on_instance(id, |runtime, instance| {
            if instance.phase == InstancePhase::Ending {
                return Some(instance);
            }
            let early = now < instance.created_at.plus_seconds(EARLY_DEATH_SECONDS);
            if instance.phase == InstancePhase::Starting || early {
                runtime.health = runtime.health.failed(instance.created_at, now, error.clone());
            }
            runtime.reason = Some(BuilderReason {
                image_unavailable: error.code == FleetErrorCode::ImageNotFound,
                message: error.message.clone(),
            });
            let wanted = matches!(runtime.intent, BuilderIntent::Running { .. });
            if wanted && runtime.health.failures >= MOST_FAILURES {
                runtime.intent = BuilderIntent::Failed;
            }
            runtime.session = None;
            Some(BuilderInstance { phase: InstancePhase::Ending, ..instance })
        })
    }

    /// The instance is not wanted any more.
    #[must_use]
    pub fn ending(&self, id: &InstanceId) -> Self {
        self.on_instance(id, |runtime, instance| {
            runtime.session = None;
            Some(BuilderInstance { phase: InstancePhase::Ending, ..instance })
        })
    }

    /// The instance is gone from its host.
    #[must_use]
    pub fn gone(&self, id: &InstanceId) -> Self {
        self.on_instance(id, |_, _| None)
    }

    /// It cannot run as it is set.
    #[must_use]
    pub fn cannot_run(&self, errors: Vec<FleetError>) -> Self {
        if !matches!(self.runtime.intent, BuilderIntent::Running { .. }) {
            return self.clone();
        }
        self.with(|runtime| {
            runtime.intent = BuilderIntent::Failed;
            runtime.reason = errors
                .first()
                .map(|error| BuilderReason { image_unavailable: false, message: error.message.clone() });
            runtime.health.errors = errors;
        })
    }

    /// The image was made, or could not be made: it is stopped now.
    #[must_use]
    pub fn snapshot_ended(&self, failure: Option<String>) -> Self {
        if !matches!(self.runtime.intent, BuilderIntent::Snapshotting { .. }) {
            return self.clone();
        }
        self.with(|runtime| {
            runtime.intent = BuilderIntent::Stopped;
            runtime.reason = failure.map(|message| BuilderReason { image_unavailable: false, message });
        })
    }

    fn while_running(&self, change: impl FnOnce(&mut BuilderRuntime)) -> Result<Self, WrongBuilderState> {
        match self.state() {
            BuilderState::Running => Ok(self.with(change)),
            other => Err(WrongBuilderState(other)),
        }
    }

    /// Changes the instance of that name; nothing if it is another one's turn by now.
    fn on_instance(
        &self,
        id: &InstanceId,
        change: impl FnOnce(&mut BuilderRuntime, BuilderInstance) -> Option<BuilderInstance>,
    ) -> Self {
        let Some(instance) = self.runtime.instance.clone().filter(|instance| instance.id == *id) else {
            return self.clone();
        };
        self.with(|runtime| runtime.instance = change(runtime, instance))
    }

    fn with(&self, change: impl FnOnce(&mut BuilderRuntime)) -> Self {
        let mut changed = self.clone();
        change(&mut changed.runtime);
        changed
    }
}

impl BuilderSettings {
    /// What the settings ask for that is not built, without which the builder runs all the same.
    #[must_use]
    pub fn ignored(&self) -> Vec<FleetError> {
        if self.access_endpoints.is_empty() {
            return Vec::new();
        }
        vec![FleetError::without_effect("AccessEndpoints")]
    }
}

#[cfg(test)]
#[path = "builder_tests.rs"]
pub(crate) mod tests;
