//! A small world for the plan to act on: random operations, random failures, and invariants that are checked after each.

mod histories;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::{Just, Strategy, any, prop_oneof};

use crate::backoff::EARLY_DEATH_SECONDS;
use crate::capacity::InstanceCounts;
use crate::fleet::tests::settings;
use crate::fleet::{Capacity, Fleet, FleetError, FleetErrorCode, FleetKind, FleetState};
use crate::instance::{Instance, InstanceId, InstanceState};
use crate::plan::{FleetView, HostState, Plan, Snapshot, Step, plan};
use crate::room::Resources;
use crate::scope::{AccountId, FleetKey, Name, Region, Scope};
use crate::session::{Authentication, EndReason, Session, SessionId, SessionState, User};
use crate::time::Timestamp;

/// What each instance takes.
const SIZE: Resources = Resources { memory_bytes: 1 << 30, cpu_millis: 1000 };

/// The store, the host and the users, in a few maps.
struct World {
    now: Timestamp,
    fleets: BTreeMap<FleetKey, Fleet>,
    instances: BTreeMap<InstanceId, Instance>,
    sessions: BTreeMap<SessionId, Session>,
    host: BTreeMap<InstanceId, HostState>,
    demand: BTreeMap<FleetKey, u32>,
    digest: String,
    /// Idle instances that on-demand fleets keep.
    warm: u32,
    /// What the host has.
    room: Option<Resources>,
    next_id: u32,
    /// How many of the next attempts to make an instance fail.
    failures: u32,
    /// Every (instance, session) pair ever bound.
    bound: BTreeMap<InstanceId, SessionId>,
}

#[derive(Clone, Debug)]
enum Operation {
    Start(usize),
    Stop(usize),
    Resize(usize, u32),
    Admit(usize),
    GiveUp(usize),
    Connect(usize),
    Disconnect(usize),
    EndByUser(usize),
    Die(usize),
    Orphan,
    Warm(u32),
    NewImage,
    FailNext(u32),
    Wait(u32),
    Reconcile,
}

fn operations() -> impl Strategy<Value = Operation> {
    let fleet = || 0..2usize;
    prop_oneof![
        3 => fleet().prop_map(Operation::Start),
        1 => fleet().prop_map(Operation::Stop),
        1 => (fleet(), 0..5u32).prop_map(|(fleet, desired)| Operation::Resize(fleet, desired)),
        4 => fleet().prop_map(Operation::Admit),
        1 => fleet().prop_map(Operation::GiveUp),
        2 => any::<usize>().prop_map(Operation::Connect),
        1 => any::<usize>().prop_map(Operation::Disconnect),
        1 => any::<usize>().prop_map(Operation::EndByUser),
        1 => any::<usize>().prop_map(Operation::Die),
        1 => Just(Operation::Orphan),
        1 => (0..3u32).prop_map(Operation::Warm),
        1 => Just(Operation::NewImage),
        1 => (1..4u32).prop_map(Operation::FailNext),
        1 => (1..2000u32).prop_map(Operation::Wait),
        8 => Just(Operation::Reconcile),
    ]
}

impl World {
    fn new() -> Self {
        let mut fleets = BTreeMap::new();
        for (name, kind) in [("always", FleetKind::AlwaysOn), ("demand", FleetKind::OnDemand)] {
            let fleet = Fleet::new(Name::new(name).unwrap(), settings(kind, 2), Timestamp(0));
            fleets.insert(key(name), fleet);
        }
        Self {
            now: Timestamp(0),
            fleets,
            instances: BTreeMap::new(),
            sessions: BTreeMap::new(),
            host: BTreeMap::new(),
            demand: BTreeMap::new(),
            digest: "one".to_owned(),
            warm: 0,
            room: None,
            next_id: 0,
            failures: 0,
            bound: BTreeMap::new(),
        }
    }

    fn fleet_key(&self, index: usize) -> FleetKey {
        self.fleets.keys().nth(index).unwrap().clone()
    }

    fn counts(&self, fleet: &FleetKey) -> InstanceCounts {
        let mut counts = InstanceCounts::default();
        for instance in self.instances.values().filter(|instance| instance.fleet == *fleet) {
            match instance.state {
                InstanceState::Starting => counts.starting += 1,
                InstanceState::Idle => counts.idle += 1,
                InstanceState::Assigned { .. } => counts.assigned += 1,
                InstanceState::Retiring => counts.retiring += 1,
            }
        }
        counts
    }

    fn live_sessions(&self, fleet: &FleetKey) -> u32 {
        let live = self.sessions.values().filter(|session| session.fleet == *fleet && session.is_live());
        u32::try_from(live.count()).unwrap()
    }

    fn id(&mut self, prefix: &str) -> String {
        self.next_id += 1;
        format!("{prefix}-{}", self.next_id)
    }

    fn live_session(&self, index: usize) -> Option<SessionId> {
        let live: Vec<_> = self.sessions.values().filter(|session| session.is_live()).collect();
        (!live.is_empty()).then(|| live[index % live.len()].id.clone())
    }

    fn apply(&mut self, operation: &Operation) {
        match *operation {
            Operation::Start(index) => {
                let key = self.fleet_key(index);
                let instances = self.counts(&key).total();
                if let Ok(started) = self.fleets[&key].start(instances, self.now) {
                    self.fleets.insert(key, started);
                }
            }
            Operation::Stop(index) => {
                let key = self.fleet_key(index);
                let stopped = self.fleets[&key].stop();
                self.fleets.insert(key, stopped);
            }
            Operation::Resize(index, desired) => {
                let key = self.fleet_key(index);
                let mut settings = self.fleets[&key].settings.clone();
                settings.capacity = Capacity::Instances(desired);
                if let Ok(updated) = self.fleets[&key].update(settings, self.counts(&key).total()) {
                    self.fleets.insert(key, updated);
                }
            }
            Operation::Admit(index) => self.admit(index),
            Operation::GiveUp(index) => {
                self.demand.remove(&self.fleet_key(index));
            }
            Operation::Connect(index) => {
                self.change_session(index, |session, now| session.connect(now).unwrap());
            }
            Operation::Disconnect(index) => self.change_session(index, Session::disconnect),
            Operation::EndByUser(index) => {
                if let Some(id) = self.live_session(index) {
                    self.end_session(&id, EndReason::User);
                }
            }
            Operation::Die(index) => {
                if !self.host.is_empty() {
                    let id = self.host.keys().nth(index % self.host.len()).unwrap().clone();
                    self.host.insert(id, HostState::Exited);
                }
            }
            Operation::Orphan => {
                let id = InstanceId::new(self.id("orphan")).unwrap();
                self.host.insert(id, HostState::Ready);
            }
            Operation::Warm(count) => self.warm = count,
            Operation::NewImage => self.digest = self.id("digest"),
            Operation::FailNext(count) => self.failures = count,
            Operation::Wait(seconds) => self.now = self.now.plus_seconds(seconds),
            Operation::Reconcile => {
                self.reconcile();
            }
        }
    }

    fn change_session(&mut self, index: usize, change: impl Fn(&Session, Timestamp) -> Session) {
        if let Some(id) = self.live_session(index) {
            let changed = change(&self.sessions[&id], self.now);
            self.sessions.insert(id, changed);
        }
    }

    /// What admission does in one transaction: bind an idle instance if the fleet has room, else wait for one.
    fn admit(&mut self, index: usize) {
        let key = self.fleet_key(index);
        let fleet = &self.fleets[&key];
        if fleet.state(self.counts(&key).total()) != FleetState::Running
            || self.live_sessions(&key) >= fleet.settings.capacity.sessions()
        {
            return;
        }
        let idle = self
            .instances
            .values()
            .find(|instance| instance.fleet == key && instance.state == InstanceState::Idle)
            .cloned();
        let Some(idle) = idle else {
            *self.demand.entry(key).or_default() = 1;
            return;
        };
        self.demand.remove(&key);
        let id = SessionId::new(self.id("session")).unwrap();
        let assigned = idle.assign(id.clone()).unwrap();
        // Admission lets it go on; half of the time it ends before it can.
        if self.next_id.is_multiple_of(2) && self.host.get(&idle.id) == Some(&HostState::Frozen) {
            self.host.insert(idle.id.clone(), HostState::Ready);
        }
        assert_eq!(self.bound.insert(idle.id.clone(), id.clone()), None, "an instance is never used again");
        let settings = &self.fleets[&key].settings;
        let session = Session {
            id: id.clone(),
            fleet: key,
            stack: Name::new("stack").unwrap(),
            user: User { authentication: Authentication::Api, id: "user".to_owned() },
            instance: idle.id.clone(),
            created_at: self.now,
            max_duration_seconds: settings.max_user_duration_seconds,
            disconnect_timeout_seconds: settings.disconnect_timeout_seconds,
            generation: 1,
            state: SessionState::Pending,
        };
        self.instances.insert(idle.id, assigned);
        self.sessions.insert(id, session);
    }

    fn end_session(&mut self, id: &SessionId, reason: EndReason) {
        let ended = self.sessions[id].end(reason, self.now);
        if let Some(instance) = self.instances.get_mut(&ended.instance) {
            *instance = instance.retire();
        }
        self.sessions.insert(id.clone(), ended);
    }

    fn snapshot(&self) -> Snapshot {
        let view = |(key, fleet): (&FleetKey, &Fleet)| FleetView {
            key: key.clone(),
            fleet: fleet.clone(),
            image_digest: Some(self.digest.clone()),
            obstacles: Vec::new(),
            demand: self.demand.get(key).copied().unwrap_or(0),
            warm: if fleet.settings.kind == FleetKind::OnDemand { self.warm } else { 0 },
            warm_again_at: None,
            size: SIZE,
        };
        Snapshot {
            fleets: self.fleets.iter().map(view).collect(),
            instances: self.instances.values().cloned().collect(),
            sessions: self.sessions.values().filter(|session| session.is_live()).cloned().collect(),
            host: Some(self.host.clone()),
            busy: BTreeSet::new(),
            room: self.room,
            reserved: Resources::default(),
            freezes: true,
            awake: BTreeSet::new(),
        }
    }

    fn reconcile(&mut self) -> Plan {
        let plan = plan(&self.snapshot(), self.now);
        for step in &plan.steps {
            self.execute(step);
        }
        plan
    }

    fn execute(&mut self, step: &Step) {
        match step {
            Step::FleetReady { fleet, since } => {
                let ready = self.fleets[fleet].became_ready(*since, self.now);
                self.fleets.insert(fleet.clone(), ready);
            }
            Step::FailStart { fleet, since, errors } => {
                let failed = self.fleets[fleet].start_failed(*since, errors.clone());
                self.fleets.insert(fleet.clone(), failed);
            }
            Step::EndSession { session, generation, reason } => {
                assert_eq!(self.sessions[session].generation, *generation);
                self.end_session(session, *reason);
            }
            Step::LoseInstance { instance, generation } => {
                let lost = self.instances[instance].clone();
                assert_eq!(lost.generation, *generation);
                if let InstanceState::Assigned { session } = &lost.state {
                    self.end_session(session, EndReason::Instance);
                }
                self.instances.insert(instance.clone(), self.instances[instance].retire());
                if self.now.millis_since(lost.created_at) < i64::from(EARLY_DEATH_SECONDS) * 1000 {
                    self.fail(&lost);
                }
            }
            Step::RetireInstance { instance, generation } => {
                let retired = &self.instances[instance];
                assert_eq!(retired.generation, *generation);
                assert!(
                    !matches!(&retired.state, InstanceState::Assigned { session } if self.sessions[session].is_live()),
                    "what serves a session is left alone"
                );
                self.instances.insert(instance.clone(), retired.retire());
            }
            Step::CreateInstance { fleet, image_digest } => {
                let id = InstanceId::new(self.id("instance")).unwrap();
                let made = Instance::new(id.clone(), fleet.clone(), image_digest.clone(), self.now);
                self.instances.insert(id.clone(), made);
                self.execute(&Step::EnsureInstance { instance: id });
            }
            Step::EnsureInstance { instance } => self.ensure(instance),
            Step::ForgetErrors { fleet } => {
                let fleet = self.fleets.get_mut(fleet).unwrap();
                assert!(!fleet.health.errors.is_empty());
                fleet.health = fleet.health.complete();
            }
            Step::TellShortage { fleet, shortage } => {
                let fleet = self.fleets.get_mut(fleet).unwrap();
                assert_ne!(&fleet.health.shortage, shortage, "what is known is not told again");
                fleet.health = fleet.health.short(shortage.clone());
            }
            Step::FreezeInstance { instance } => {
                assert_eq!(self.instances[instance].state, InstanceState::Idle, "nobody's user is stopped");
                assert_eq!(self.host.insert(instance.clone(), HostState::Frozen), Some(HostState::Ready));
            }
            Step::ThawInstance { instance } => {
                assert_eq!(self.host.insert(instance.clone(), HostState::Ready), Some(HostState::Frozen));
            }
            Step::DestroyInstance { instance } => {
                assert_eq!(self.instances[instance].state, InstanceState::Retiring);
                self.host.remove(instance);
                self.instances.remove(instance);
            }
            Step::DestroyOrphan { instance } => {
                assert!(!self.instances.contains_key(instance));
                self.host.remove(instance);
            }
        }
    }

    fn ensure(&mut self, id: &InstanceId) {
        let instance = self.instances[id].clone();
        if self.failures > 0 {
            self.failures -= 1;
            self.fail(&instance);
            self.host.remove(id);
            self.instances.insert(id.clone(), instance.retire());
            return;
        }
        self.host.insert(id.clone(), HostState::Ready);
        if let Ok(ready) = instance.ready() {
            self.instances.insert(id.clone(), ready);
        }
    }

    fn fail(&mut self, instance: &Instance) {
        let error = FleetError { code: FleetErrorCode::ProvisioningFailure, message: "no".to_owned() };
        let fleet = self.fleets.get_mut(&instance.fleet).unwrap();
        fleet.health = fleet.health.failed(instance.created_at, self.now, error);
    }

    fn check(&self) {
        for (key, fleet) in &self.fleets {
            let counts = self.counts(key);
            assert_eq!(
                counts.assigned,
                self.live_sessions(key),
                "a live session has one instance, and it one session"
            );
            let status = crate::capacity::status(fleet, counts);
            assert_eq!(status.in_use, counts.assigned);
        }
        for session in self.sessions.values().filter(|session| session.is_live()) {
            let assigned = InstanceState::Assigned { session: session.id.clone() };
            assert_eq!(self.instances[&session.instance].state, assigned);
        }
    }

    /// Reconciles until nothing is left to do, letting the time pass that back-off asks for.
    fn settle(&mut self) {
        self.failures = 0;
        self.demand.clear();
        for _ in 0..40 {
            let done = self.reconcile();
            self.check();
            let back_off = self.fleets.values().filter_map(|fleet| fleet.health.retry_at).max();
            match back_off {
                Some(retry_at) if retry_at > self.now => self.now = retry_at,
                _ if done.steps.is_empty() => return,
                _ => {}
            }
        }
        panic!("the plan does not come to rest: {:?}", plan(&self.snapshot(), self.now));
    }
}

fn key(name: &str) -> FleetKey {
    let scope = Scope { account: AccountId::new("123456789012").unwrap(), region: Region::new("r").unwrap() };
    FleetKey { scope, name: Name::new(name).unwrap() }
}
