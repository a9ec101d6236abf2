//! The reconciler: one task that makes what is recorded and what the host shows what the owners intend.
//!
//! A pass reads the rows, asks the driver, lets [`millrace_model::plan`] decide, writes, and begins what is to be done on the host. Making and
//! ending instances takes seconds, so that runs beside, bounded; its results are written when they come, and another pass follows. New
//! instances are recorded before they are made: a crash in between leaves a record that the next process carries on with, never an orphan.

mod outcome;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use millrace_driver::{
    ImageDigest, InstanceEvent, InstanceId as HostId, InstanceSpec, InstanceState as OnHost,
};
use millrace_model::fleet::{FleetError, FleetSettings, Intent};
use millrace_model::instance::InstanceState;
use millrace_model::plan::{FleetView, HostState, Plan, Snapshot, Step, plan};
use millrace_model::room::{self, Resources};
use millrace_model::scope::FleetKey;
use millrace_model::{Instance, InstanceId, Timestamp};
use millrace_store::StoreError;
use tokio::sync::{Semaphore, broadcast};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::control::Control;
use crate::errors::chain;
use crate::instance_types;
use crate::pool::{self, Rest, Spare};
pub(crate) use outcome::fleet_error;

/// A look without any reason to: what no event told is seen then.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(10);
/// After a pass that failed.
const LOOK_AGAIN_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How many instances are ended at the same time.
const CONCURRENT_ENDS: usize = 8;
/// How long a session is told of after its end, in seconds.
const REMEMBER_SESSIONS_SECONDS: i64 = 3600;
/// How long a spent ticket is remembered beyond its expiry, in seconds: for a clock that was set back.
const REMEMBER_TICKETS_SECONDS: i64 = 3600;
/// Between two times of forgetting.
const FORGET_EVERY_SECONDS: i64 = 60;

pub(crate) async fn run(control: Arc<Control>, stop: CancellationToken) {
    // The control must be able to end while its reconciler waits.
    let mut events = control.driver.events();
    let mut work = Work::new(&control);
    let shared = Arc::downgrade(&control);
    drop(control);
    loop {
        let Some(control) = shared.upgrade() else { break };
        let wait = work.pass(&control).await;
        let wake = control.wake.clone();
        drop(control);
        tokio::select! {
            () = stop.cancelled() => break,
            () = wake.notified() => {}
            event = events.recv() => log_event(&event),
            Some(done) = work.jobs.join_next() => work.finished(done),
            Some(done) = work.rests.join_next() => work.rested(done),
            () = tokio::time::sleep(wait) => {}
        }
        while let Some(done) = work.jobs.try_join_next() {
            work.finished(done);
        }
    }
    // What is left half-way is seen, and put right, by the next process.
    work.rests.shutdown().await;
    while let Some(done) = work.jobs.join_next().await {
        work.finished(done);
    }
}

fn log_event(event: &Result<InstanceEvent, broadcast::error::RecvError>) {
    match event {
        Ok(InstanceEvent::Exited { id }) => {
            tracing::warn!(instance = id.as_str(), "instance ended by itself");
        }
        // Whatever was missed, the next look shows.
        Err(broadcast::error::RecvError::Lagged(missed)) => tracing::debug!(missed, "driver events missed"),
        Err(broadcast::error::RecvError::Closed) => tracing::debug!("the driver tells no more events"),
    }
}

/// What is being done on the host.
struct Work {
    jobs: JoinSet<InstanceId>,
    by_task: BTreeMap<tokio::task::Id, InstanceId>,
    /// Idle instances that are being frozen: nothing waits for that.
    rests: JoinSet<(InstanceId, Rest)>,
    /// Instances that are not to be frozen by this process any more: that was done, is under way, or failed.
    awake: BTreeSet<InstanceId>,
    starts: Arc<Semaphore>,
    ends: Arc<Semaphore>,
    forgot_at: Timestamp,
}

impl Work {
    fn new(control: &Control) -> Self {
        Self {
            jobs: JoinSet::new(),
            by_task: BTreeMap::new(),
            rests: JoinSet::new(),
            awake: BTreeSet::new(),
            starts: Arc::new(Semaphore::new(control.config.concurrent_starts.max(1))),
            ends: Arc::new(Semaphore::new(CONCURRENT_ENDS)),
            forgot_at: Timestamp(0),
        }
    }

    /// One look at everything; how long to wait for the next.
    async fn pass(&mut self, control: &Arc<Control>) -> Duration {
        let (now, steady) = control.surroundings.clocks();
        let room = control.room.lock().await;
        // Before anything is judged by the clock.
        let looked = match control.follow_clock(now, steady).await {
            Ok(()) => self.snapshot(control).await,
            Err(error) => Err(error),
        };
        let done = match looked {
            Ok(snapshot) => {
                let recorded: BTreeSet<_> = snapshot.instances.iter().map(|known| &known.id).collect();
                self.awake.retain(|id| recorded.contains(id));
                let plan = plan(&snapshot, now);
                let instances =
                    snapshot.instances.into_iter().map(|known| (known.id.clone(), known)).collect();
                let wanted = wanted_of(&snapshot.fleets);
                self.execute(control, &plan, instances, &wanted, now).await.map(|()| plan.look_again_at)
            }
            Err(error) => Err(error),
        };
        drop(room);
        self.forget(control, now).await;
        match done {
            Ok(None) => LOOK_AT_LEAST_EVERY,
            Ok(Some(at)) => {
                let until = Duration::from_millis(u64::try_from(at.millis_since(now)).unwrap_or(0));
                until.clamp(Duration::from_millis(10), LOOK_AT_LEAST_EVERY)
            }
            Err(error) => {
                tracing::error!(error = chain(&error), "the reconciler could not use the store");
                LOOK_AGAIN_AFTER_FAILURE
            }
        }
    }

    async fn snapshot(&self, control: &Control) -> Result<Snapshot, StoreError> {
        let gate = control.gate.lock().await;
        let rows = control.store.runtime().await?;
        let mut spare = Spare::new(&control.config.pool, control.calm_at());
        let view = |runtime: millrace_store::FleetRuntime| {
            let size = control.config.size_of(&runtime.fleet.settings.machine.instance_type);
            let obstacles = obstacles(&runtime.fleet.settings, size, control.config.room);
            let settings = &runtime.fleet.settings;
            let runs = obstacles.is_empty() && matches!(runtime.fleet.intent, Intent::Running { .. });
            let most = if runs { settings.capacity.sessions() } else { 0 };
            let (warm, warm_again_at) = spare.share(settings.kind, most);
            FleetView {
                demand: control.demand_of(&runtime.key),
                obstacles,
                key: runtime.key,
                fleet: runtime.fleet,
                image_digest: runtime.image_digest,
                warm,
                warm_again_at,
                size,
            }
        };
        let fleets = rows.fleets.into_iter().map(view).collect();
        drop(gate);
        // After the rows: see the invariant of the plan.
        let host = match control.driver.list().await {
            Ok(listed) => Some(host_states(listed)),
            Err(error) => {
                tracing::error!(error = chain(&error), "the driver could not list its instances");
                None
            }
        };
        let busy = self.by_task.values().cloned().collect();
        let reserved = match control.config.room {
            Some(_) => taken_by_builders(control).await?,
            None => Resources::default(),
        };
        Ok(Snapshot {
            fleets,
            instances: rows.instances,
            sessions: rows.sessions,
            host,
            busy,
            room: control.config.room,
            reserved,
            freezes: control.config.pool.freeze,
            awake: self.awake.clone(),
        })
    }

    async fn execute(
        &mut self,
        control: &Arc<Control>,
        plan: &Plan,
        instances: BTreeMap<InstanceId, Instance>,
        wanted: &BTreeMap<FleetKey, Wanted>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut new = Vec::new();
        for step in &plan.steps {
            match step {
                Step::CreateInstance { fleet, image_digest } => {
                    let Ok(id) = InstanceId::new(instance_id(control)) else { continue };
                    new.push(Instance::new(id, fleet.clone(), image_digest.clone(), now));
                }
                Step::EnsureInstance { instance } => {
                    if let Some(known) = instances.get(instance) {
                        self.ensure(control, known, wanted);
                    }
                }
                Step::DestroyInstance { instance } | Step::DestroyOrphan { instance } => {
                    self.destroy(control, instance);
                }
                Step::FreezeInstance { instance } => {
                    if let Some(known) = instances.get(instance) {
                        self.rest(control, known.clone());
                    }
                }
                Step::ThawInstance { instance } => {
                    let control = control.clone();
                    let id = instance.clone();
                    self.spawn(instance.clone(), async move { pool::wake(&control, &id).await });
                }
                Step::FleetReady { .. }
                | Step::FailStart { .. }
                | Step::ForgetErrors { .. }
                | Step::TellShortage { .. }
                | Step::EndSession { .. }
                | Step::LoseInstance { .. }
                | Step::RetireInstance { .. } => {
                    if outcome::record(control, step, &instances, now).await? {
                        control.changed();
                        control.wake.notify_one();
                    }
                }
            }
        }
        if !new.is_empty() {
            for made in control.store.record_instances(new).await? {
                tracing::info!(
                    instance = made.id.as_str(),
                    fleet = made.fleet.name.as_str(),
                    "instance planned"
                );
                self.ensure(control, &made, wanted);
            }
        }
        Ok(())
    }

    fn ensure(&mut self, control: &Arc<Control>, instance: &Instance, wanted: &BTreeMap<FleetKey, Wanted>) {
        let Ok(id) = HostId::new(instance.id.as_str()) else { return };
        let wanted = wanted.get(&instance.fleet);
        let instance_type = wanted.map(|wanted| wanted.instance_type.as_str()).unwrap_or_default();
        let spec = InstanceSpec {
            id,
            image: ImageDigest(instance.image_digest.clone()),
            limits: control.config.limits_of(instance_type),
            screen: control.config.screen,
            builder: None,
            internet: wanted.is_some_and(|wanted| wanted.internet),
        };
        let (shared, starts, name) = (control.clone(), self.starts.clone(), instance.id.clone());
        self.spawn(instance.id.clone(), async move {
            // The semaphore is never closed.
            let _permit = starts.acquire_owned().await;
            outcome::ensure(&shared, &name, &spec).await;
        });
    }

    fn destroy(&mut self, control: &Arc<Control>, instance: &InstanceId) {
        let Ok(id) = HostId::new(instance.as_str()) else { return };
        let (shared, ends, name) = (control.clone(), self.ends.clone(), instance.clone());
        self.spawn(instance.clone(), async move {
            let _permit = ends.acquire_owned().await;
            outcome::destroy(&shared, &name, &id).await;
        });
    }

    fn rest(&mut self, control: &Arc<Control>, instance: Instance) {
        self.awake.insert(instance.id.clone());
        let control = control.clone();
        self.rests.spawn(async move {
            let rest = pool::rest(&control, &instance).await;
            (instance.id, rest)
        });
    }

    fn rested(&mut self, done: Result<(InstanceId, Rest), tokio::task::JoinError>) {
        match done {
            Ok((id, Rest::Wanted)) => drop(self.awake.remove(&id)),
            // It stays as it is until it is gone: once more would come to the same.
            Ok((_, Rest::Frozen | Rest::Failed)) => {}
            Err(error) => tracing::error!(%error, "freezing an instance ended badly"),
        }
    }

    fn spawn(&mut self, id: InstanceId, job: impl Future<Output = ()> + Send + 'static) {
        let name = id.clone();
        let handle = self.jobs.spawn(async move {
            job.await;
            name
        });
        self.by_task.insert(handle.id(), id);
    }

    fn finished(&mut self, done: Result<InstanceId, tokio::task::JoinError>) {
        match done {
            Ok(id) => self.by_task.retain(|_, busy| *busy != id),
            Err(error) => {
                tracing::error!(%error, "work on an instance ended badly");
                self.by_task.remove(&error.id());
            }
        }
    }

    async fn forget(&mut self, control: &Control, now: Timestamp) {
        // A clock that was set back is no reason to wait for that moment.
        if (0..FORGET_EVERY_SECONDS * 1000).contains(&now.0.saturating_sub(self.forgot_at.0)) {
            return;
        }
        self.forgot_at = now;
        let cautious = control.clock().cautious(now);
        let before = |seconds: i64| Timestamp(cautious.0 - seconds * 1000);
        let (ended, expired) = (before(REMEMBER_SESSIONS_SECONDS), before(REMEMBER_TICKETS_SECONDS));
        if let Err(error) = control.store.prune(ended, expired).await {
            tracing::error!(error = chain(&error), "old sessions and tickets could not be forgotten");
        }
    }
}

/// Why a fleet cannot run as it is set.
fn obstacles(settings: &FleetSettings, size: Resources, room: Option<Resources>) -> Vec<FleetError> {
    let mut obstacles = settings.unmet();
    let instance_type = &settings.machine.instance_type;
    if let Some(graphics) = instance_types::no_graphics(instance_type) {
        obstacles.push(graphics);
    } else if let Some(room) = room.filter(|room| !room.can_hold(size)) {
        obstacles.push(room::too_large(room, size, instance_type));
    }
    obstacles
}

/// What image builders take of the host.
async fn taken_by_builders(control: &Control) -> Result<Resources, StoreError> {
    let builders = control.store.all_image_builders().await?;
    let running = builders.iter().filter(|(_, builder)| builder.runtime.instance.is_some());
    let sizes = running.map(|(_, builder)| control.config.size_of(&builder.settings.machine.instance_type));
    Ok(sizes.fold(Resources::default(), Resources::plus))
}

/// What the instances of fleets take of the host, and what they give back of that soon.
#[derive(Default)]
pub(crate) struct TakenByFleets {
    pub(crate) taken: Resources,
    pub(crate) leaving: Resources,
}

/// Looks at what is written.
pub(crate) async fn taken_by_fleets(control: &Control) -> Result<TakenByFleets, StoreError> {
    let rows = control.store.runtime().await?;
    let mut both = TakenByFleets::default();
    for millrace_store::FleetRuntime { key, fleet, .. } in &rows.fleets {
        let size = control.config.size_of(&fleet.settings.machine.instance_type);
        let (mut present, mut leaving) = (0_u32, 0_u32);
        for instance in rows.instances.iter().filter(|instance| instance.fleet == *key) {
            present = present.saturating_add(1);
            let stopped = fleet.intent == Intent::Stopped;
            leaving += u32::from(stopped || instance.state == InstanceState::Retiring);
        }
        // What is too many goes as soon as nobody uses it.
        let surplus = (present - leaving).saturating_sub(fleet.settings.capacity.sessions());
        both.taken = both.taken.plus(size.times(present));
        both.leaving = both.leaving.plus(size.times(leaving + surplus));
    }
    Ok(both)
}

/// What a fleet's instances are to be.
struct Wanted {
    instance_type: String,
    internet: bool,
}

fn wanted_of(fleets: &[FleetView]) -> BTreeMap<FleetKey, Wanted> {
    let wanted = |view: &FleetView| {
        let machine = &view.fleet.settings.machine;
        Wanted { instance_type: machine.instance_type.clone(), internet: machine.internet_access }
    };
    fleets.iter().map(|view| (view.key.clone(), wanted(view))).collect()
}

pub(crate) fn host_states(listed: Vec<millrace_driver::InstanceStatus>) -> BTreeMap<InstanceId, HostState> {
    let state = |status: &millrace_driver::InstanceStatus| match status.state {
        OnHost::Starting => HostState::Starting,
        OnHost::Ready if status.frozen => HostState::Frozen,
        OnHost::Ready => HostState::Ready,
        OnHost::Exited => HostState::Exited,
    };
    let known = listed
        .into_iter()
        .filter_map(|status| InstanceId::new(status.id.as_str()).ok().map(|id| (id, state(&status))));
    known.collect()
}

/// `i-` and 17 hexadecimal digits, as instance ids look elsewhere: short enough for every name that is made of it.
fn instance_id(control: &Control) -> String {
    let digits = control.surroundings.unique().simple().to_string();
    format!("i-{}", &digits[..17])
}
