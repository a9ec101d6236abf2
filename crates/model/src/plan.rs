//! Decides what a reconciler does next: what should be, what was recorded and what the host shows are compared, and the difference is steps.
//!
//! The plan is made from a snapshot that may be out of date by the time a step is executed. So each step that writes is carried out only over
//! the generation it was decided on, each step that touches the host may be repeated without harm, and what was lost is planned again.
//!
//! INVARIANT for who makes the snapshot: the records are read *before* the host is listed. Otherwise an instance that became ready between
//! the two would look as if it had died.

use std::collections::{BTreeMap, BTreeSet};

use crate::fleet::{Fleet, FleetError, FleetErrorCode, FleetKind, Intent};
use crate::instance::{Instance, InstanceId, InstanceState};
use crate::room::{self, Resources};
use crate::scope::FleetKey;
use crate::session::{EndReason, Session, SessionId};
use crate::time::Timestamp;

/// The most instances that one plan begins to make; the next plan goes on.
pub const MOST_CREATED_AT_ONCE: u32 = 32;

/// What is known when a plan is made.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// All fleets.
    pub fleets: Vec<FleetView>,
    /// All recorded instances.
    pub instances: Vec<Instance>,
    /// All sessions that are not over.
    pub sessions: Vec<Session>,
    /// What the host shows; `None` if it could not be asked.
    pub host: Option<BTreeMap<InstanceId, HostState>>,
    /// Instances that are being made or ended by this process right now.
    pub busy: BTreeSet<InstanceId>,
    /// What the host has for all instances together; `None` for no bound.
    pub room: Option<Resources>,
    /// What image builders take of it.
    pub reserved: Resources,
    /// Whether idle instances are stopped where they are until their user comes.
    pub freezes: bool,
    /// Instances that are not to be frozen: that is under way, or failed.
    pub awake: BTreeSet<InstanceId>,
}

/// What a plan must know of a fleet.
#[derive(Clone, Debug)]
pub struct FleetView {
    /// Which one.
    pub key: FleetKey,
    /// The fleet.
    pub fleet: Fleet,
    /// The digest of its image; `None` if there is no such image.
    pub image_digest: Option<String>,
    /// Why it cannot run as it is set, if it cannot.
    pub obstacles: Vec<FleetError>,
    /// How many users wait for an instance.
    pub demand: u32,
    /// How many idle instances an on-demand fleet keeps ready for the next users.
    pub warm: u32,
    /// Until when none of those is made: who has just been let in needs the host more.
    pub warm_again_at: Option<Timestamp>,
    /// What one of its instances takes of the host.
    pub size: Resources,
}

/// What the host shows of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostState {
    /// Something of it exists.
    Starting,
    /// It is up.
    Ready,
    /// It is up, and stopped where it is.
    Frozen,
    /// It ended by itself.
    Exited,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The fleet can serve users now: record it.
    FleetReady {
        /// Which.
        fleet: FleetKey,
        /// In the run that began then.
        since: Timestamp,
    },
    /// The fleet cannot run as it is set: record that it stops, and why.
    FailStart {
        /// Which.
        fleet: FleetKey,
        /// In the run that began then.
        since: Timestamp,
        /// Why.
        errors: Vec<FleetError>,
    },
    /// End a session (its instance retires with it).
    EndSession {
        /// Which.
        session: SessionId,
        /// Over which generation.
        generation: u64,
        /// Why.
        reason: EndReason,
    },
    /// The instance ended by itself: record that it retires and its session is over.
    LoseInstance {
        /// Which.
        instance: InstanceId,
        /// Over which generation.
        generation: u64,
    },
    /// The instance is not wanted (any more): record that it retires.
    RetireInstance {
        /// Which.
        instance: InstanceId,
        /// Over which generation.
        generation: u64,
    },
    /// Record a new instance, then make it.
    CreateInstance {
        /// Of which fleet.
        fleet: FleetKey,
        /// Of which image.
        image_digest: String,
    },
    /// Make an instance that is recorded, or carry on.
    EnsureInstance {
        /// Which.
        instance: InstanceId,
    },
    /// The fleet has all that it should have: what kept instances from being made is over, or does not matter any more.
    ForgetErrors {
        /// Which.
        fleet: FleetKey,
    },
    /// The host has no room for all instances of the fleet, or has it again: record what the owner is told.
    TellShortage {
        /// Which.
        fleet: FleetKey,
        /// `None`: there is room for all.
        shortage: Option<FleetError>,
    },
    /// Stop an idle instance where it is, until its user comes.
    FreezeInstance {
        /// Which.
        instance: InstanceId,
    },
    /// Let an instance go on that serves a session: whoever should have done so ended before it could.
    ThawInstance {
        /// Which.
        instance: InstanceId,
    },
    /// End an instance on the host, then drop its record.
    DestroyInstance {
        /// Which.
        instance: InstanceId,
    },
    /// End what runs on the host without a record.
    DestroyOrphan {
        /// Which.
        instance: InstanceId,
    },
}

/// What to do now, and when to look again if nothing happens before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order in which to do them.
    pub steps: Vec<Step>,
    /// When time alone will change the plan.
    pub look_again_at: Option<Timestamp>,
}

/// Decides what to do next.
#[must_use]
pub fn plan(snapshot: &Snapshot, now: Timestamp) -> Plan {
    let mut planner = Planner::new(snapshot, now);
    planner.plan_sessions();
    planner.plan_instances();
    // What users were promised comes before what is only kept ready.
    let targets: Vec<_> = snapshot.fleets.iter().filter_map(|view| planner.plan_fleet(view)).collect();
    for target in targets {
        planner.plan_spare(target);
    }
    planner.plan_orphans();
    planner.plan
}

struct Planner<'a> {
    snapshot: &'a Snapshot,
    now: Timestamp,
    fleets: BTreeMap<&'a FleetKey, &'a FleetView>,
    live_sessions: BTreeSet<&'a SessionId>,
    /// Instances that this plan retires, directly or by ending their session.
    leaving: BTreeSet<&'a InstanceId>,
    created: u32,
    /// What all instances take, those that this plan makes included, and those that end as long as they are there.
    taken: Resources,
    /// Some fleet has no room for what it should have.
    short: bool,
    plan: Plan,
}

/// What is left to be planned for a fleet once all have what they need.
struct Target<'a> {
    view: &'a FleetView,
    image_digest: &'a str,
    staying: Vec<&'a Instance>,
    /// With what this plan makes.
    present: u32,
    needed: u32,
    wanted: u32,
}

impl<'a> Planner<'a> {
    fn new(snapshot: &'a Snapshot, now: Timestamp) -> Self {
        Self {
            snapshot,
            now,
            fleets: snapshot.fleets.iter().map(|view| (&view.key, view)).collect(),
            live_sessions: snapshot.sessions.iter().map(|session| &session.id).collect(),
            leaving: BTreeSet::new(),
            created: 0,
            taken: snapshot
                .instances
                .iter()
                .map(|instance| size_of(snapshot, instance))
                .fold(snapshot.reserved, Resources::plus),
            short: false,
            plan: Plan::default(),
        }
    }

    fn look_again_at(&mut self, moment: Timestamp) {
        let earlier = self.plan.look_again_at.map_or(moment, |known| known.min(moment));
        self.plan.look_again_at = Some(earlier);
    }

    fn runs(&self, key: &FleetKey) -> bool {
        self.fleets.get(key).is_some_and(|view| {
            matches!(view.fleet.intent, Intent::Running { .. }) && view.obstacles.is_empty()
        })
    }

    fn plan_sessions(&mut self) {
        for session in &self.snapshot.sessions {
            let reason = if !self.runs(&session.fleet) {
                EndReason::Owner
            } else if session.deadline().is_some_and(|deadline| self.now >= deadline) {
                EndReason::Time
            } else {
                if let Some(deadline) = session.deadline() {
                    self.look_again_at(deadline);
                }
                continue;
            };
            self.leaving.insert(&session.instance);
            self.plan.steps.push(Step::EndSession {
                session: session.id.clone(),
                generation: session.generation,
                reason,
            });
        }
    }

    fn plan_instances(&mut self) {
        for instance in &self.snapshot.instances {
            if self.leaving.contains(&instance.id) {
                continue;
            }
            let busy = self.snapshot.busy.contains(&instance.id);
            let on_host = self.snapshot.host.as_ref().map(|host| host.get(&instance.id).copied());
            let gone = matches!(on_host, Some(None | Some(HostState::Exited)));
            match &instance.state {
                InstanceState::Retiring => {
                    if !busy {
                        self.plan.steps.push(Step::DestroyInstance { instance: instance.id.clone() });
                    }
                }
                InstanceState::Idle | InstanceState::Assigned { .. } if gone && !busy => self.lose(instance),
                InstanceState::Assigned { session } if !self.live_sessions.contains(session) => {
                    self.retire(instance);
                }
                InstanceState::Assigned { .. } => {
                    if on_host == Some(Some(HostState::Frozen)) && !busy {
                        self.plan.steps.push(Step::ThawInstance { instance: instance.id.clone() });
                    }
                }
                InstanceState::Starting | InstanceState::Idle if self.is_unwanted(instance) => {
                    self.retire(instance);
                }
                InstanceState::Starting => self.ensure(instance, busy),
                InstanceState::Idle => match on_host.flatten() {
                    Some(HostState::Starting) => self.ensure(instance, busy),
                    Some(HostState::Ready) if !busy => self.freeze(instance),
                    _ => {}
                },
            }
        }
    }

    /// Whether the fleet does not run, or runs another image by now.
    fn is_unwanted(&self, instance: &Instance) -> bool {
        let wanted_digest = self.fleets.get(&instance.fleet).and_then(|view| view.image_digest.as_ref());
        !self.runs(&instance.fleet) || wanted_digest != Some(&instance.image_digest)
    }

    fn ensure(&mut self, instance: &Instance, busy: bool) {
        if !busy {
            self.plan.steps.push(Step::EnsureInstance { instance: instance.id.clone() });
        }
    }

    fn freeze(&mut self, instance: &Instance) {
        // Somebody is about to get it.
        let waited_for = self.fleets.get(&instance.fleet).is_some_and(|view| view.demand > 0);
        if self.snapshot.freezes && !waited_for && !self.snapshot.awake.contains(&instance.id) {
            self.plan.steps.push(Step::FreezeInstance { instance: instance.id.clone() });
        }
    }

    fn retire(&mut self, instance: &'a Instance) {
        self.leaving.insert(&instance.id);
        self.plan
            .steps
            .push(Step::RetireInstance { instance: instance.id.clone(), generation: instance.generation });
    }

    fn lose(&mut self, instance: &'a Instance) {
        self.leaving.insert(&instance.id);
        self.plan
            .steps
            .push(Step::LoseInstance { instance: instance.id.clone(), generation: instance.generation });
    }

    /// Plans what users and owner were promised. What is left for [`Planner::plan_spare`], if the fleet runs.
    fn plan_fleet(&mut self, view: &'a FleetView) -> Option<Target<'a>> {
        let Intent::Running { since, ready_at } = view.fleet.intent else { return None };
        if !view.obstacles.is_empty() {
            let (fleet, errors) = (view.key.clone(), view.obstacles.clone());
            self.plan.steps.push(Step::FailStart { fleet, since, errors });
            return None;
        }
        let Some(image_digest) = &view.image_digest else {
            let message = "The image of the fleet does not exist.".to_owned();
            let errors = vec![FleetError { code: FleetErrorCode::ImageNotFound, message }];
            self.plan.steps.push(Step::FailStart { fleet: view.key.clone(), since, errors });
            return None;
        };

        let staying: Vec<&'a Instance> = self
            .snapshot
            .instances
            .iter()
            .filter(|instance| instance.fleet == view.key && !self.leaving.contains(&instance.id))
            .filter(|instance| instance.state != InstanceState::Retiring)
            .collect();
        let assigned = count(&staying, |state| matches!(state, InstanceState::Assigned { .. }));
        let idle = count(&staying, |state| *state == InstanceState::Idle);
        let desired = view.fleet.settings.capacity.sessions();
        let (needed, wanted) = match view.fleet.settings.kind {
            FleetKind::AlwaysOn => (desired, desired),
            FleetKind::OnDemand => {
                let needed = assigned.saturating_add(view.demand);
                (desired.min(needed), desired.min(needed.saturating_add(view.warm)))
            }
            FleetKind::Elastic => (0, 0),
        };
        let present = u32::try_from(staying.len()).unwrap_or(u32::MAX);
        let fits = self.fits(view);
        self.tell_shortage(view, present, desired, fits);
        let can_serve = match view.fleet.settings.kind {
            FleetKind::AlwaysOn => desired == 0 || assigned > 0 || idle > 0,
            FleetKind::OnDemand => present > 0 || fits > 0,
            FleetKind::Elastic => true,
        };
        let made = self.create(view, image_digest, needed.saturating_sub(present));
        let complete = view.fleet.settings.kind == FleetKind::AlwaysOn && assigned + idle >= desired;
        if complete && !view.fleet.health.errors.is_empty() {
            self.plan.steps.push(Step::ForgetErrors { fleet: view.key.clone() });
        }
        if ready_at.is_none() && can_serve {
            self.plan.steps.push(Step::FleetReady { fleet: view.key.clone(), since });
        }
        Some(Target { view, image_digest, staying, present: present + made, needed, wanted })
    }

    /// Plans what is only kept ready; where a fleet lacks what it should have, nothing is.
    fn plan_spare(&mut self, target: Target<'a>) {
        let Target { view, image_digest, staying, present, needed, wanted } = target;
        let wanted = if self.short { needed } else { wanted };
        if present >= wanted {
            return self.shrink(&staying, present - wanted);
        }
        match view.warm_again_at.filter(|moment| self.now < *moment) {
            Some(moment) => self.look_again_at(moment),
            None => drop(self.create(view, image_digest, (wanted - present).min(wanted - needed))),
        }
    }

    /// How many more of the fleet's instances the host has room for.
    fn fits(&self, view: &FleetView) -> u32 {
        self.snapshot.room.map_or(u32::MAX, |room| room.fits(self.taken, view.size))
    }

    fn tell_shortage(&mut self, view: &FleetView, present: u32, desired: u32, fits: u32) {
        let lacks = present.saturating_add(fits) < desired;
        let shortage =
            self.snapshot.room.filter(|_| lacks).map(|room| {
                room::shortage(room, self.taken, view.size, present.saturating_add(fits), desired)
            });
        if view.fleet.health.shortage != shortage {
            self.plan.steps.push(Step::TellShortage { fleet: view.key.clone(), shortage });
        }
    }

    /// Makes instances, as many as the host has room for; how many.
    fn create(&mut self, view: &FleetView, image_digest: &str, missing: u32) -> u32 {
        let fitting = missing.min(self.fits(view));
        self.short |= fitting < missing;
        if fitting == 0 {
            return 0;
        }
        if let Some(retry_at) = view.fleet.health.retry_at
            && !view.fleet.health.may_try(self.now)
        {
            self.look_again_at(retry_at);
            return 0;
        }
        let now = fitting.min(MOST_CREATED_AT_ONCE - self.created);
        if now < fitting {
            self.look_again_at(self.now);
        }
        self.created += now;
        self.taken = self.taken.plus(view.size.times(now));
        for _ in 0..now {
            let (fleet, image_digest) = (view.key.clone(), image_digest.to_owned());
            self.plan.steps.push(Step::CreateInstance { fleet, image_digest });
        }
        now
    }

    /// Retires what is too much: first what is not ready yet, then what is idle, never what serves a session.
    fn shrink(&mut self, staying: &[&'a Instance], surplus: u32) {
        let starting = staying.iter().filter(|instance| instance.state == InstanceState::Starting);
        let idle = staying.iter().filter(|instance| instance.state == InstanceState::Idle);
        let retired: Vec<_> = starting.chain(idle).take(surplus as usize).copied().collect();
        for instance in retired {
            self.plan.steps.retain(|step| {
                !matches!(step, Step::EnsureInstance { instance: id } | Step::FreezeInstance { instance: id } if *id == instance.id)
            });
            self.retire(instance);
        }
    }

    fn plan_orphans(&mut self) {
        let Some(host) = &self.snapshot.host else { return };
        let recorded: BTreeSet<_> = self.snapshot.instances.iter().map(|instance| &instance.id).collect();
        for id in host.keys() {
            if !id.is_builders() && !recorded.contains(id) && !self.snapshot.busy.contains(id) {
                self.plan.steps.push(Step::DestroyOrphan { instance: id.clone() });
            }
        }
    }
}

/// What an instance takes of the host.
fn size_of(snapshot: &Snapshot, instance: &Instance) -> Resources {
    snapshot.fleets.iter().find(|view| view.key == instance.fleet).map(|view| view.size).unwrap_or_default()
}

fn count(instances: &[&Instance], matches: impl Fn(&InstanceState) -> bool) -> u32 {
    let matching = instances.iter().filter(|instance| matches(&instance.state)).count();
    u32::try_from(matching).unwrap_or(u32::MAX)
}
