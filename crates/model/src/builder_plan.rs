//! Decides what is done next about image builders, as [`crate::plan`] does about fleets: the rows and what the host shows are compared, and the
//! difference is steps. Each step may be repeated without harm, and what one writes names the instance that it is about.
//!
//! INVARIANT for who makes the snapshot: the rows are read before the host is listed.

use std::collections::{BTreeMap, BTreeSet};

use crate::builder::{BuilderIntent, BuilderKey, ImageBuilder, InstancePhase};
use crate::fleet::FleetError;
use crate::instance::InstanceId;
use crate::plan::HostState;
use crate::room::{self, Resources};
use crate::time::Timestamp;

/// How long a builder that was started waits for the end of instances that have its room.
const WAIT_FOR_ROOM_SECONDS: u32 = 60;
/// How often it looks.
const LOOK_FOR_ROOM_EVERY_SECONDS: u32 = 1;

/// What is known when a plan is made.
#[derive(Clone, Debug, Default)]
pub struct BuilderSnapshot {
    /// All builders.
    pub builders: Vec<BuilderView>,
    /// What the host shows; `None` if it could not be asked.
    pub host: Option<BTreeMap<InstanceId, HostState>>,
    /// Builders that something is being done to right now.
    pub busy: BTreeSet<BuilderKey>,
    /// Instances without a builder that are being ended right now.
    pub busy_orphans: BTreeSet<InstanceId>,
    /// What the host has for all instances together; `None` for no bound.
    pub room: Option<Resources>,
    /// What the instances of fleets take of it.
    pub reserved: Resources,
    /// What of that they give back soon, because they are being ended, or are to be.
    pub leaving: Resources,
}

/// What a plan must know of a builder.
#[derive(Clone, Debug)]
pub struct BuilderView {
    /// Which one.
    pub key: BuilderKey,
    /// The builder.
    pub builder: ImageBuilder,
    /// Why it cannot run as it is set, if it cannot.
    pub obstacles: Vec<FleetError>,
    /// What its instance takes of the host.
    pub size: Resources,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuilderStep {
    /// Record a new instance, then make it.
    Begin {
        /// Of which builder.
        builder: BuilderKey,
    },
    /// Make an instance that is recorded, or carry on.
    Ensure {
        /// Of which builder.
        builder: BuilderKey,
        /// Which.
        instance: InstanceId,
    },
    /// Record that the instance is to end.
    End {
        /// Of which builder.
        builder: BuilderKey,
        /// Which.
        instance: InstanceId,
    },
    /// Record that the instance ended by itself.
    Lose {
        /// Of which builder.
        builder: BuilderKey,
        /// Which.
        instance: InstanceId,
    },
    /// End the instance on the host, then record that it is gone.
    Destroy {
        /// Of which builder.
        builder: BuilderKey,
        /// Which.
        instance: InstanceId,
    },
    /// Record that the builder cannot run, and why.
    Fail {
        /// Which.
        builder: BuilderKey,
        /// Why.
        errors: Vec<FleetError>,
    },
    /// Make an image of its disk, then record what came of it.
    Snapshot {
        /// Which.
        builder: BuilderKey,
    },
    /// Remove its disk, then its row.
    Remove {
        /// Which.
        builder: BuilderKey,
    },
    /// End what runs on the host without a row.
    DestroyOrphan {
        /// Which.
        instance: InstanceId,
    },
}

/// What to do now, and when to look again if nothing happens before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuilderPlan {
    /// In the order in which to do them: at most one for each builder.
    pub steps: Vec<BuilderStep>,
    /// When time alone will change the plan.
    pub look_again_at: Option<Timestamp>,
}

impl BuilderPlan {
    fn look_again(&mut self, at: Timestamp) {
        self.look_again_at = Some(self.look_again_at.map_or(at, |known| known.min(at)));
    }
}

/// Decides what to do next.
#[must_use]
pub fn plan_builders(snapshot: &BuilderSnapshot, now: Timestamp) -> BuilderPlan {
    let mut plan = BuilderPlan::default();
    let has_instance = |view: &&BuilderView| view.builder.runtime.instance.is_some();
    let sizes = snapshot.builders.iter().filter(has_instance).map(|view| view.size);
    let mut taken = sizes.fold(snapshot.reserved, Resources::plus);
    let leaving = leaving(snapshot);
    for view in &snapshot.builders {
        match (step(snapshot, view, now), snapshot.room) {
            (Some(BuilderStep::Begin { builder }), Some(room)) if room.fits(taken, view.size) == 0 => {
                if room.fits(taken.minus(leaving), view.size) > 0 && may_wait_for_room(view, now) {
                    plan.look_again(now.plus_seconds(LOOK_FOR_ROOM_EVERY_SECONDS));
                } else {
                    let errors = vec![room::no_room(room, taken, view.size)];
                    plan.steps.push(BuilderStep::Fail { builder, errors });
                }
            }
            (step, _) => {
                if matches!(step, Some(BuilderStep::Begin { .. })) {
                    taken = taken.plus(view.size);
                }
                plan.steps.extend(step);
            }
        }
        let waits = view.builder.runtime.instance.is_none()
            && matches!(view.builder.runtime.intent, BuilderIntent::Running { .. });
        if let Some(retry_at) = view.builder.runtime.health.retry_at.filter(|at| waits && *at > now) {
            plan.look_again(retry_at);
        }
    }
    let recorded: BTreeSet<_> = snapshot
        .builders
        .iter()
        .filter_map(|view| view.builder.runtime.instance.as_ref())
        .map(|instance| &instance.id)
        .collect();
    for id in snapshot.host.iter().flat_map(BTreeMap::keys) {
        if id.is_builders() && !recorded.contains(id) && !snapshot.busy_orphans.contains(id) {
            plan.steps.push(BuilderStep::DestroyOrphan { instance: id.clone() });
        }
    }
    plan
}

/// What instances that are being ended, or are to be, give back.
fn leaving(snapshot: &BuilderSnapshot) -> Resources {
    let leaves = |view: &&BuilderView| {
        let runtime = &view.builder.runtime;
        let wanted = matches!(runtime.intent, BuilderIntent::Running { .. });
        runtime.instance.as_ref().is_some_and(|known| !wanted || known.phase == InstancePhase::Ending)
    };
    let sizes = snapshot.builders.iter().filter(leaves).map(|view| view.size);
    sizes.fold(snapshot.leaving, Resources::plus)
}

/// A builder waits for room that is about to be there, but not for ever: an instance may not end. For room of which nobody can tell when it is there it
/// does not wait: its owner sees why, and starts it again.
fn may_wait_for_room(view: &BuilderView, now: Timestamp) -> bool {
    match view.builder.runtime.intent {
        BuilderIntent::Running { since } => now < since.plus_seconds(WAIT_FOR_ROOM_SECONDS),
        _ => false,
    }
}

fn step(snapshot: &BuilderSnapshot, view: &BuilderView, now: Timestamp) -> Option<BuilderStep> {
    let runtime = &view.builder.runtime;
    let builder = view.key.clone();
    let busy = snapshot.busy.contains(&view.key);
    let wanted = matches!(runtime.intent, BuilderIntent::Running { .. });
    if wanted && !view.obstacles.is_empty() {
        return Some(BuilderStep::Fail { builder, errors: view.obstacles.clone() });
    }
    let Some(instance) = &runtime.instance else {
        return match &runtime.intent {
            _ if busy => None,
            BuilderIntent::Running { .. } => {
                runtime.health.may_try(now).then_some(BuilderStep::Begin { builder })
            }
            BuilderIntent::Snapshotting { .. } => Some(BuilderStep::Snapshot { builder }),
            BuilderIntent::Deleting => Some(BuilderStep::Remove { builder }),
            BuilderIntent::Stopped | BuilderIntent::Failed => None,
        };
    };
    let id = instance.id.clone();
    if !wanted && instance.phase != InstancePhase::Ending {
        return Some(BuilderStep::End { builder, instance: id });
    }
    if busy {
        return None;
    }
    let on_host = snapshot.host.as_ref().map(|host| host.get(&id).copied());
    match (instance.phase, on_host) {
        (InstancePhase::Ending, _) => Some(BuilderStep::Destroy { builder, instance: id }),
        (InstancePhase::Starting, _) | (InstancePhase::Ready, Some(Some(HostState::Starting))) => {
            Some(BuilderStep::Ensure { builder, instance: id })
        }
        (InstancePhase::Ready, Some(None | Some(HostState::Exited))) => {
            Some(BuilderStep::Lose { builder, instance: id })
        }
        // Nobody freezes a builder; should somebody else have, the next connection lets it go on.
        (InstancePhase::Ready, Some(Some(HostState::Ready | HostState::Frozen)) | None) => None,
    }
}

#[cfg(test)]
#[path = "builder_plan_tests.rs"]
mod tests;
