//! Fleets: what keeps instances of an image running.
//!
//! Held is what the owner intends ([`Intent`]) and what was observed of the present run; [`FleetState`] is derived from both and from the
//! instances there are.

use serde::{Deserialize, Serialize};

use crate::backoff::Health;
use crate::image::{ImageReference, Platform};
use crate::machine::MachineSettings;
use crate::scope::Name;
use crate::time::Timestamp;

/// A fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// What it is called.
    pub name: Name,
    /// When it was made.
    pub created_at: Timestamp,
    /// What its owner chose.
    pub settings: FleetSettings,
    /// Whether it should run.
    pub intent: Intent,
    /// What went wrong of late.
    pub health: Health,
}

/// Whether a fleet should run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// It should not; what still runs is being ended.
    Stopped,
    /// It should.
    Running {
        /// Since when.
        since: Timestamp,
        /// When it was first able to serve a user in this run.
        ready_at: Option<Timestamp>,
    },
}

/// What is displayed of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetState {
    /// It should run, and cannot serve anybody yet.
    Starting,
    /// It serves users.
    Running,
    /// It should not run, and something of it still does.
    Stopping,
    /// Nothing of it runs.
    Stopped,
}

/// When a fleet's instances are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FleetKind {
    /// Before anybody asks.
    AlwaysOn,
    /// When a user is admitted.
    OnDemand,
    /// From a pool that the installation shares: not built.
    Elastic,
}

/// How much a fleet may serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// So many instances, one session each.
    Instances(u32),
    /// So many sessions, several on an instance.
    Sessions(u32),
    /// So many sessions of an elastic fleet.
    Concurrent(u32),
}

/// What users see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamView {
    /// One application at a time, from a catalogue.
    App,
    /// The desktop.
    Desktop,
}

/// A script in a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectLocation {
    /// The bucket.
    pub bucket: String,
    /// The object.
    pub key: Option<String>,
}

/// What a fleet's owner chose. What is not built is held and told all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetSettings {
    /// A name for people.
    pub display_name: Option<String>,
    /// A description.
    pub description: Option<String>,
    /// What instances are made of; none for elastic fleets.
    pub image: Option<ImageReference>,
    /// What instances are like otherwise.
    #[serde(flatten)]
    pub machine: MachineSettings,
    /// When instances are made; never changes.
    pub kind: FleetKind,
    /// How much it may serve.
    pub capacity: Capacity,
    /// The longest session in seconds: 600 to 432000.
    pub max_user_duration_seconds: u32,
    /// How long a session outlives its viewer, in seconds: 60 to 57600.
    pub disconnect_timeout_seconds: u32,
    /// After how long without input a viewer is disconnected, in seconds: 0 (never), or 60 to 36000 in whole minutes.
    pub idle_disconnect_timeout_seconds: u32,
    /// What users see.
    pub view: StreamView,
    /// The platform of an elastic fleet.
    pub platform: Option<Platform>,
    /// USB devices that sessions may use.
    pub usb_device_filters: Option<Vec<String>>,
    /// A script that runs around sessions.
    pub session_script: Option<ObjectLocation>,
    /// How many sessions share an instance.
    pub max_sessions_per_instance: Option<u32>,
}

/// Something that went wrong with a fleet, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetError {
    /// What kind of thing.
    pub code: FleetErrorCode,
    /// What it is about.
    pub message: String,
}

/// Kinds of [`FleetError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FleetErrorCode {
    /// The network placement is not to be had.
    InvalidSubnetConfiguration,
    /// The directory cannot be joined.
    DomainJoinNotSupported,
    /// The machine role is not to be had.
    MachineRoleMissing,
    /// A setting asks for what is not built.
    Validation,
    /// The image is gone.
    ImageNotFound,
    /// An instance could not be made.
    ProvisioningFailure,
}

/// Why a fleet cannot be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartRefusal {
    /// An on-demand fleet that may have no instance.
    #[error("the fleet may have no instance")]
    NoCapacity,
    /// It still stops.
    #[error("the fleet is stopping")]
    Stopping,
}

/// Why a fleet cannot be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeleteRefusal {
    /// It is associated with a stack.
    #[error("the fleet is associated with a stack")]
    Associated,
    /// It is not stopped.
    #[error("the fleet is not stopped")]
    NotStopped,
}

/// Why a fleet's settings cannot be changed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateRefusal {
    /// It starts or stops: nothing can be changed.
    #[error("the fleet is starting or stopping")]
    Changing,
    /// It runs, and one of the settings can only be changed while it is stopped.
    #[error("the fleet must be stopped for that change")]
    Running,
    /// The kind of a fleet never changes.
    #[error("the kind of a fleet never changes")]
    Kind,
    /// A running on-demand fleet needs capacity.
    #[error("a running fleet needs capacity")]
    NoCapacity,
}

impl Fleet {
    /// A new fleet is stopped.
    #[must_use]
    pub fn new(name: Name, settings: FleetSettings, now: Timestamp) -> Self {
        Self { name, created_at: now, settings, intent: Intent::Stopped, health: Health::default() }
    }

    /// The state to display, given how many instances there are in whatever state.
    #[must_use]
    pub fn state(&self, instances: u32) -> FleetState {
        match self.intent {
            Intent::Running { ready_at: Some(_), .. } => FleetState::Running,
            Intent::Running { ready_at: None, .. } => FleetState::Starting,
            Intent::Stopped if instances > 0 => FleetState::Stopping,
            Intent::Stopped => FleetState::Stopped,
        }
    }

    /// The owner wants it to run. Harmless for one that does.
    ///
    /// # Errors
    /// [`StartRefusal`].
    pub fn start(&self, instances: u32, now: Timestamp) -> Result<Self, StartRefusal> {
        match self.state(instances) {
            FleetState::Starting | FleetState::Running => return Ok(self.clone()),
            FleetState::Stopping => return Err(StartRefusal::Stopping),
            FleetState::Stopped => {}
        }
        if self.settings.kind == FleetKind::OnDemand && self.settings.capacity.sessions() == 0 {
            return Err(StartRefusal::NoCapacity);
        }
        let intent = Intent::Running { since: now, ready_at: None };
        Ok(Self { intent, health: Health::default(), ..self.clone() })
    }

    /// The owner wants it to stop. Harmless for one that does, or did.
    #[must_use]
    pub fn stop(&self) -> Self {
        match self.intent {
            Intent::Stopped => self.clone(),
            Intent::Running { .. } => {
                Self { intent: Intent::Stopped, health: self.health.short(None), ..self.clone() }
            }
        }
    }

    /// It can serve a user: if it is still in the run that began at `run`, it counts as running from now on.
    #[must_use]
    pub fn became_ready(&self, run: Timestamp, now: Timestamp) -> Self {
        match self.intent {
            Intent::Running { since, ready_at: None } if since == run => {
                Self { intent: Intent::Running { since, ready_at: Some(now) }, ..self.clone() }
            }
            Intent::Running { .. } | Intent::Stopped => self.clone(),
        }
    }

    /// It cannot run as it is set: if it is still in the run that began at `run`, it stops and tells why.
    #[must_use]
    pub fn start_failed(&self, run: Timestamp, errors: Vec<FleetError>) -> Self {
        match self.intent {
            Intent::Running { since, .. } if since == run => Self {
                intent: Intent::Stopped,
                health: Health { errors, ..Health::default() },
                ..self.clone()
            },
            Intent::Running { .. } | Intent::Stopped => self.clone(),
        }
    }

    /// Whether it may be deleted.
    ///
    /// # Errors
    /// [`DeleteRefusal`].
    pub fn may_be_deleted(&self, instances: u32, associated: bool) -> Result<(), DeleteRefusal> {
        if associated {
            Err(DeleteRefusal::Associated)
        } else if self.state(instances) == FleetState::Stopped {
            Ok(())
        } else {
            Err(DeleteRefusal::NotStopped)
        }
    }

    /// The fleet with other settings, if its state allows the difference (`api-behaviour` § 3).
    ///
    /// # Errors
    /// [`UpdateRefusal`].
    pub fn update(&self, settings: FleetSettings, instances: u32) -> Result<Self, UpdateRefusal> {
        if settings.kind != self.settings.kind {
            return Err(UpdateRefusal::Kind);
        }
        match self.state(instances) {
            FleetState::Starting | FleetState::Stopping => return Err(UpdateRefusal::Changing),
            FleetState::Running
                if self.settings.frozen_while_running() != settings.frozen_while_running() =>
            {
                return Err(UpdateRefusal::Running);
            }
            FleetState::Running
                if settings.kind == FleetKind::OnDemand && settings.capacity.sessions() == 0 =>
            {
                return Err(UpdateRefusal::NoCapacity);
            }
            FleetState::Running | FleetState::Stopped => {}
        }
        Ok(Self { settings, ..self.clone() })
    }
}

impl FleetError {
    /// What cannot run with that parameter of the API, which is not built.
    #[must_use]
    pub fn unsupported(code: FleetErrorCode, parameter: &str) -> Self {
        Self { code, message: format!("{parameter} is not supported by this installation.") }
    }

    /// What runs all the same.
    #[must_use]
    pub fn without_effect(parameter: &str) -> Self {
        let message = format!("{parameter} is not supported by this installation and has no effect.");
        Self { code: FleetErrorCode::Validation, message }
    }
}

impl Capacity {
    /// How many sessions there may be at once.
    #[must_use]
    pub fn sessions(self) -> u32 {
        match self {
            Self::Instances(count) | Self::Sessions(count) | Self::Concurrent(count) => count,
        }
    }
}

impl FleetSettings {
    /// The settings with those blanked that may change while the fleet runs: what is left must be equal.
    fn frozen_while_running(&self) -> Self {
        let mut frozen = self.clone();
        frozen.display_name = None;
        frozen.disconnect_timeout_seconds = 0;
        frozen.idle_disconnect_timeout_seconds = 0;
        frozen.capacity = Capacity::Instances(0);
        if self.kind == FleetKind::Elastic {
            frozen.session_script = None;
            frozen.usb_device_filters = None;
        } else {
            frozen.image = None;
        }
        frozen
    }

    /// What the settings ask for that is not built, without which the fleet cannot run.
    #[must_use]
    pub fn unmet(&self) -> Vec<FleetError> {
        let shares = self.max_sessions_per_instance.is_some_and(|count| count > 1)
            || matches!(self.capacity, Capacity::Sessions(_));
        let needs =
            [(self.kind == FleetKind::Elastic, "FleetType ELASTIC"), (shares, "MaxSessionsPerInstance")];
        let unmet = needs.into_iter().filter(|(asked, _)| *asked);
        let unmet =
            unmet.map(|(_, parameter)| FleetError::unsupported(FleetErrorCode::Validation, parameter));
        self.machine.unmet().into_iter().chain(unmet).collect()
    }

    /// What the settings ask for that is not built, without which the fleet runs all the same.
    #[must_use]
    pub fn ignored(&self) -> Vec<FleetError> {
        let filters = self.usb_device_filters.as_ref().is_some_and(|filters| !filters.is_empty());
        let volume = self.machine.root_volume.is_some_and(|volume| volume.size_gib.is_some());
        let asked = [
            (self.session_script.is_some(), "SessionScriptS3Location"),
            (filters, "UsbDeviceFilterStrings"),
            (volume, "RootVolumeConfig"),
        ];
        let ignored = asked.into_iter().filter(|(asked, _)| *asked);
        ignored.map(|(_, parameter)| FleetError::without_effect(parameter)).collect()
    }
}

#[cfg(test)]
#[path = "fleet_tests.rs"]
pub(crate) mod tests;
