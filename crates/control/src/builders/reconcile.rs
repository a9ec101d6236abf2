//! The reconciler of image builders: a task beside that of the fleets, in the same form. A pass reads the rows, asks the driver, lets
//! [`plan_builders`] decide, writes, and begins what is to be done on the host; results are written when they come, and another pass follows.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use millrace_driver::{
    BuilderSpec, DiskId, DriverError, ImageDigest, InstanceEvent, InstanceId as HostId, InstanceSpec,
};
use millrace_model::builder::{BuilderIntent, BuilderKey, InstancePhase};
use millrace_model::builder_plan::{BuilderPlan, BuilderSnapshot, BuilderStep, BuilderView, plan_builders};
use millrace_model::fleet::{FleetError, FleetErrorCode};
use millrace_model::session::EndReason;
use millrace_model::{ImageBuilder, InstanceId, Timestamp};
use millrace_store::{ChangeError, StoreError};
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::assistant::Assistants;
use crate::control::Control;
use crate::errors::chain;
use crate::instance_types;
use crate::reconcile::{TakenByFleets, fleet_error, host_states, taken_by_fleets};

/// A look without any reason to: what no event told is seen then.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(10);
/// After something that failed.
pub(super) const LOOK_AGAIN_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What a job was about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Subject {
    Builder(BuilderKey),
    Orphan(InstanceId),
}

pub(crate) async fn run(control: Arc<Control>, stop: CancellationToken) {
    // The control must be able to end while its reconciler waits.
    let mut events = control.driver.events();
    let mut work = Work {
        jobs: JoinSet::new(),
        subjects: BTreeMap::new(),
        starts: Arc::new(Semaphore::new(control.config.concurrent_starts.max(1))),
        assistants: Assistants::default(),
    };
    let shared = Arc::downgrade(&control);
    drop(control);
    loop {
        let Some(control) = shared.upgrade() else { break };
        let wait = work.pass(&control).await;
        let wake = control.wake_builders.clone();
        drop(control);
        tokio::select! {
            () = stop.cancelled() => break,
            () = wake.notified() => {}
            event = events.recv() => log_event(&event),
            Some(done) = work.jobs.join_next_with_id() => work.finished(done),
            () = tokio::time::sleep(wait) => {}
        }
        while let Some(done) = work.jobs.try_join_next_with_id() {
            work.finished(done);
        }
    }
    work.assistants = Assistants::default();
    while let Some(done) = work.jobs.join_next_with_id().await {
        work.finished(done);
    }
}

/// The fleets' reconciler tells of every instance's end in the log.
fn log_event(event: &Result<InstanceEvent, RecvError>) {
    if let Err(error) = event {
        tracing::debug!(%error, "driver events missed");
    }
}

struct Work {
    jobs: JoinSet<()>,
    subjects: BTreeMap<tokio::task::Id, Subject>,
    starts: Arc<Semaphore>,
    assistants: Assistants,
}

impl Work {
    /// One look at everything; how long to wait for the next.
    async fn pass(&mut self, control: &Arc<Control>) -> Duration {
        let now = control.now();
        // Until what this pass takes of the host is written.
        let _room = control.room.lock().await;
        let planned = self.snapshot(control).await.map(|snapshot| (plan_builders(&snapshot, now), snapshot));
        let (plan, snapshot) = match planned {
            Ok(planned) => planned,
            Err(error) => {
                tracing::error!(error = chain(&error), "image builders cannot be read");
                return LOOK_AGAIN_AFTER_FAILURE;
            }
        };
        let builders: BTreeMap<_, _> =
            snapshot.builders.into_iter().map(|view| (view.key, view.builder)).collect();
        let whole = self.assistants.keep(control, &builders).await;
        let executed = match self.execute(control, &plan, &builders, now).await {
            Ok(()) => super::errands::pass(control, &builders, now).await,
            Err(error) => Err(error),
        };
        match executed {
            Ok(_) if !whole => LOOK_AGAIN_AFTER_FAILURE,
            Ok(errands_at) => match plan.look_again_at.into_iter().chain(errands_at).min() {
                None => LOOK_AT_LEAST_EVERY,
                Some(at) => {
                    let until = Duration::from_millis(u64::try_from(at.millis_since(now)).unwrap_or(0));
                    until.clamp(Duration::from_millis(10), LOOK_AT_LEAST_EVERY)
                }
            },
            Err(error) => {
                tracing::error!(error = chain(&error), "an image builder cannot be written");
                LOOK_AGAIN_AFTER_FAILURE
            }
        }
    }

    async fn snapshot(&self, control: &Control) -> Result<BuilderSnapshot, StoreError> {
        let rows = control.store.all_image_builders().await?;
        let room = control.config.room;
        let view = |(key, builder): (BuilderKey, ImageBuilder)| {
            let size = control.config.size_of(&builder.settings.machine.instance_type);
            BuilderView { obstacles: obstacles(&builder), key, builder, size }
        };
        let builders: Vec<_> = rows.into_iter().map(view).collect();
        let TakenByFleets { taken: reserved, leaving } = match room {
            Some(_) => taken_by_fleets(control).await?,
            None => TakenByFleets::default(),
        };
        // After the rows: see the invariant of the plan.
        let host = match control.driver.list().await {
            Ok(listed) => Some(host_states(listed)),
            Err(error) => {
                tracing::error!(error = chain(&error), "the driver could not list its instances");
                None
            }
        };
        let (mut busy, mut busy_orphans) = (BTreeSet::new(), BTreeSet::new());
        for subject in self.subjects.values() {
            match subject {
                Subject::Builder(key) => drop(busy.insert(key.clone())),
                Subject::Orphan(id) => drop(busy_orphans.insert(id.clone())),
            }
        }
        Ok(BuilderSnapshot { builders, host, busy, busy_orphans, room, reserved, leaving })
    }

    async fn execute(
        &mut self,
        control: &Arc<Control>,
        plan: &BuilderPlan,
        builders: &BTreeMap<BuilderKey, ImageBuilder>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for step in &plan.steps {
            match step {
                BuilderStep::Begin { builder } => {
                    let Ok(id) = InstanceId::new(instance_id(control)) else { continue };
                    let begun = change(control, builder, |known| known.began(id.clone(), now)).await?;
                    if let Some(begun) = begun.filter(|begun| has(begun, &id)) {
                        self.ensure(control, builder, &begun, &id);
                    }
                }
                BuilderStep::Ensure { builder, instance } => {
                    if let Some(known) = builders.get(builder) {
                        self.ensure(control, builder, known, instance);
                    }
                }
                BuilderStep::End { builder, instance } => {
                    change(control, builder, |known| known.ending(instance)).await?;
                    control.changed();
                    control.wake_builders.notify_one();
                }
                BuilderStep::Lose { builder, instance } => {
                    tracing::warn!(instance = instance.as_str(), "an image builder's instance is gone");
                    let message = "The instance of the image builder ended unexpectedly.".to_owned();
                    let error = FleetError { code: FleetErrorCode::ProvisioningFailure, message };
                    change(control, builder, |known| known.lost(instance, &error, now)).await?;
                    control.changed();
                    control.wake_builders.notify_one();
                }
                BuilderStep::Fail { builder, errors } => {
                    let errors = errors.clone();
                    change(control, builder, |known| known.cannot_run(errors)).await?;
                    control.changed();
                    control.wake_builders.notify_one();
                }
                BuilderStep::Destroy { builder, instance } => self.destroy(control, builder, instance),
                BuilderStep::DestroyOrphan { instance } => self.destroy_orphan(control, instance),
                BuilderStep::Snapshot { builder } => {
                    if let Some(known) = builders.get(builder) {
                        let (shared, key, known) = (control.clone(), builder.clone(), known.clone());
                        self.spawn(Subject::Builder(builder.clone()), async move {
                            super::snapshot::take(&shared, &key, &known).await;
                        });
                    }
                }
                BuilderStep::Remove { builder } => {
                    if let Some(known) = builders.get(builder) {
                        let (shared, key, disk) =
                            (control.clone(), builder.clone(), known.runtime.disk.clone());
                        self.spawn(Subject::Builder(builder.clone()), async move {
                            remove(&shared, &key, &disk).await;
                        });
                    }
                }
            }
        }
        Ok(())
    }

    fn ensure(
        &mut self,
        control: &Arc<Control>,
        key: &BuilderKey,
        builder: &ImageBuilder,
        instance: &InstanceId,
    ) {
        let names = (HostId::new(instance.as_str()), DiskId::new(&builder.runtime.disk));
        let (Ok(id), Ok(disk)) = names else { return };
        let size = builder.settings.machine.root_volume.and_then(|volume| volume.size_gib);
        let disk_bytes = size.map_or(control.config.builder_disk_bytes, |gib| u64::from(gib) << 30);
        let spec = InstanceSpec {
            id,
            image: ImageDigest(builder.settings.image_digest.clone()),
            limits: control.config.limits_of(&builder.settings.machine.instance_type),
            screen: control.config.screen,
            builder: Some(BuilderSpec { disk, disk_bytes }),
            internet: builder.settings.machine.internet_access,
        };
        let (shared, starts) = (control.clone(), self.starts.clone());
        let (key, instance) = (key.clone(), instance.clone());
        self.spawn(Subject::Builder(key.clone()), async move {
            // The semaphore is never closed.
            let _permit = starts.acquire_owned().await;
            ensure(&shared, &key, &instance, &spec).await;
        });
    }

    fn destroy(&mut self, control: &Arc<Control>, key: &BuilderKey, instance: &InstanceId) {
        let Ok(id) = HostId::new(instance.as_str()) else { return };
        let (shared, key, instance) = (control.clone(), key.clone(), instance.clone());
        self.spawn(Subject::Builder(key.clone()), async move {
            if destroyed(&shared, &id).await {
                write(change(&shared, &key, |known| known.gone(&instance)).await);
                shared.changed();
                // A fleet may wait for the room.
                shared.wake.notify_one();
            }
        });
    }

    fn destroy_orphan(&mut self, control: &Arc<Control>, instance: &InstanceId) {
        let Ok(id) = HostId::new(instance.as_str()) else { return };
        let shared = control.clone();
        self.spawn(Subject::Orphan(instance.clone()), async move {
            destroyed(&shared, &id).await;
        });
    }

    fn spawn(&mut self, subject: Subject, job: impl Future<Output = ()> + Send + 'static) {
        let handle = self.jobs.spawn(job);
        self.subjects.insert(handle.id(), subject);
    }

    fn finished(&mut self, done: Result<(tokio::task::Id, ()), tokio::task::JoinError>) {
        let id = match done {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(%error, "work on an image builder ended badly");
                error.id()
            }
        };
        self.subjects.remove(&id);
    }
}

/// Makes an instance, and writes what came of it. If the writing fails, the next pass finds the row as it was, and tries again.
async fn ensure(control: &Control, key: &BuilderKey, instance: &InstanceId, spec: &InstanceSpec) {
    let began = tokio::time::Instant::now();
    let written = match control.driver.ensure(spec).await {
        Ok(()) => {
            let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(
                image_builder = key.name.as_str(),
                instance = instance.as_str(),
                milliseconds,
                "image builder runs"
            );
            change(control, key, |known| known.became_ready(instance)).await
        }
        Err(error @ DriverError::Lost(_)) => {
            tracing::error!(
                image_builder = key.name.as_str(),
                instance = instance.as_str(),
                error = chain(&error),
                "what became of an image builder's instance is not known"
            );
            // It may be there, with its administrator: the next look finds the row as it was.
            tokio::time::sleep(LOOK_AGAIN_AFTER_FAILURE).await;
            return;
        }
        Err(error) => {
            tracing::error!(
                image_builder = key.name.as_str(),
                instance = instance.as_str(),
                error = chain(&error),
                "an image builder could not be started"
            );
            let error = builder_error(&error);
            let now = control.now();
            change(control, key, |known| known.lost(instance, &error, now)).await
        }
    };
    write(written);
    control.changed();
}

/// Ends an instance on its host. If it fails, the next pass tries again.
async fn destroyed(control: &Control, id: &HostId) -> bool {
    match control.driver.destroy(id).await {
        Ok(()) => true,
        Err(error) => {
            tracing::error!(instance = %id, error = chain(&error), "an instance could not be ended");
            // As long as it fails, not more often than this.
            tokio::time::sleep(LOOK_AGAIN_AFTER_FAILURE).await;
            false
        }
    }
}

/// Removes the disk of a builder that is to go, and then its row. If it fails, the next pass tries again.
async fn remove(control: &Control, key: &BuilderKey, disk: &str) {
    let Ok(disk) = DiskId::new(disk) else { return };
    if let Err(error) = control.driver.remove_disk(&disk).await {
        tracing::error!(disk = %disk, error = chain(&error), "a disk could not be removed");
        tokio::time::sleep(LOOK_AGAIN_AFTER_FAILURE).await;
        return;
    }
    match control.store.drop_image_builder(key).await {
        Ok(_) => {
            tracing::info!(image_builder = key.name.as_str(), "image builder deleted");
            control.changed();
        }
        Err(error) => {
            tracing::error!(error = chain(&error), "an image builder's row could not be dropped");
        }
    }
}

/// Changes a builder; none if there is no such builder (any more). Whoever streams a session that is over is told.
pub(crate) async fn change(
    control: &Control,
    key: &BuilderKey,
    change: impl FnOnce(&ImageBuilder) -> ImageBuilder + Send,
) -> Result<Option<ImageBuilder>, StoreError> {
    let changed = control
        .store
        .change_image_builder(&key.scope, &key.name, |known| Ok::<_, Infallible>(change(known)))
        .await;
    match changed {
        Ok((before, after)) => {
            tell_session_end(control, &before, &after);
            Ok(Some(after))
        }
        Err(ChangeError::NotFound) => Ok(None),
        Err(ChangeError::Store(error)) => Err(error),
        Err(ChangeError::Refused(never)) => match never {},
    }
}

fn tell_session_end(control: &Control, before: &ImageBuilder, after: &ImageBuilder) {
    if let Some(session) = &before.runtime.session
        && after.runtime.session.is_none()
    {
        let by_itself = matches!(after.runtime.intent, BuilderIntent::Running { .. } | BuilderIntent::Failed);
        control.announce_end(session, if by_itself { EndReason::Instance } else { EndReason::Owner });
    }
}

fn write(written: Result<Option<ImageBuilder>, StoreError>) {
    if let Err(error) = written {
        tracing::error!(error = chain(&error), "an image builder's state could not be written");
    }
}

fn has(builder: &ImageBuilder, id: &InstanceId) -> bool {
    let instance = builder.runtime.instance.as_ref();
    instance.is_some_and(|instance| instance.id == *id && instance.phase == InstancePhase::Starting)
}

/// What the owner is told; the log has the rest.
fn builder_error(error: &DriverError) -> FleetError {
    let told = fleet_error(error);
    FleetError { message: told.message.replace("of the fleet", "of the image builder"), ..told }
}

/// Why a builder cannot run as it is set.
fn obstacles(builder: &ImageBuilder) -> Vec<FleetError> {
    let machine = &builder.settings.machine;
    machine.unmet().into_iter().chain(instance_types::no_graphics(&machine.instance_type)).collect()
}

/// As those of fleets, but for the beginning.
fn instance_id(control: &Control) -> String {
    let digits = control.surroundings.unique().simple().to_string();
    format!("{}{}", InstanceId::BUILDERS, &digits[..17])
}
