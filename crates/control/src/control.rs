//! [`Control`]: what the services share, and how they begin and end.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use millrace_audit::Trail;
use millrace_driver::Driver;
use millrace_driver::images::Images;
use millrace_model::Timestamp;
use millrace_model::scope::FleetKey;
use millrace_store::{Store, StoreError};
use tokio::sync::{Notify, OwnedRwLockReadGuard, RwLock, broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::Recorder;
use crate::clock_watch::ClockWatch;
use crate::config::ControlConfig;
use crate::identities::Identities;
use crate::registries::Registries;
use crate::sessions::SessionEnd;
use crate::stages::Stages;
use crate::surroundings::Surroundings;
use crate::throttle::Throttle;
use crate::{background, builders, exports, image_imports, image_removal, reconcile};

/// Ends of sessions that a slow receiver may have outstanding before it lags.
const SESSION_ENDS: usize = 1024;

/// Spare instances are made only so long after the last admission, in seconds: the new user's application has the host to itself until then.
const CALM_AFTER_SECONDS: u32 = 2;

/// The services behind API and gateway.
pub struct Control {
    pub(crate) config: ControlConfig,
    pub(crate) identities: Identities,
    pub(crate) recorder: Recorder,
    pub(crate) throttle: Throttle,
    pub(crate) stages: Stages,
    pub(crate) store: Store,
    pub(crate) driver: Arc<dyn Driver>,
    pub(crate) images: Arc<dyn Images>,
    pub(crate) registries: Arc<dyn Registries>,
    pub(crate) surroundings: Arc<dyn Surroundings>,
    /// Something is to be done: the reconciler looks.
    pub(crate) wake: Arc<Notify>,
    /// Likewise, the reconciler of image builders.
    pub(crate) wake_builders: Arc<Notify>,
    /// Something was done that an admission may wait for: those that wait look.
    pub(crate) changes: watch::Sender<u64>,
    pub(crate) session_ends: broadcast::Sender<SessionEnd>,
    /// How many users wait for an instance of a fleet.
    demand: Mutex<HashMap<FleetKey, u32>>,
    /// When the newest user was let in, in milliseconds of [`Timestamp`].
    admitted_at: AtomicI64,
    /// Held while an admission binds and takes back its demand, and while the reconciler reads rows and demand: else it could see a user both as
    /// waiting and as served, and make an instance too many.
    pub(crate) gate: tokio::sync::Mutex<()>,
    /// Held by a reconciler from when it looks what the host has room for until what it takes is written: fleets and image builders share it.
    pub(crate) room: tokio::sync::Mutex<()>,
    clock: Mutex<ClockWatch>,
    /// An image was marked as being deleted.
    pub(crate) image_removals: Arc<Notify>,
    /// An export was asked for.
    pub(crate) exports: Arc<Notify>,
    /// An import of an archive was asked for.
    pub(crate) imports: Arc<Notify>,
    /// An import of an image of a registry was asked for.
    pub(crate) fetches: Arc<Notify>,
    /// Held for reading while an image is added, for writing while one is removed.
    pub(crate) image_content: Arc<RwLock<()>>,
    stop: CancellationToken,
    /// Calls under way. They end even if their clients have gone.
    pub(crate) calls: TaskTracker,
    /// The reconcilers, and what is done in the background.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// The services could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration names no account or no region.
    #[error("the configuration names no {0}")]
    Nothing(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl fmt::Debug for Control {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Control").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Control {
    /// Begins: what viewers an earlier process had are gone, and the reconciler adopts what runs. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(
        config: ControlConfig,
        store: Store,
        driver: Arc<dyn Driver>,
        images: Arc<dyn Images>,
        registries: Arc<dyn Registries>,
        surroundings: Arc<dyn Surroundings>,
        trail: Option<Trail>,
    ) -> Result<Arc<Self>, StartError> {
        if config.accounts.is_empty() {
            return Err(StartError::Nothing("account"));
        }
        if config.regions.is_empty() {
            return Err(StartError::Nothing("region"));
        }
        let (now, steady) = surroundings.clocks();
        let clock = ClockWatch::new(now, steady);
        let control = Arc::new(Self {
            identities: Identities::load(&config, &store).await?,
            recorder: Recorder::new(trail),
            throttle: Throttle::new(&config),
            stages: Stages::default(),
            config,
            store,
            driver,
            images,
            registries,
            surroundings,
            wake: Arc::default(),
            wake_builders: Arc::default(),
            changes: watch::Sender::new(0),
            session_ends: broadcast::Sender::new(SESSION_ENDS),
            demand: Mutex::default(),
            admitted_at: AtomicI64::new(i64::MIN),
            gate: tokio::sync::Mutex::default(),
            room: tokio::sync::Mutex::default(),
            clock: Mutex::new(clock),
            image_removals: Arc::default(),
            exports: Arc::default(),
            imports: Arc::default(),
            fetches: Arc::default(),
            image_content: Arc::default(),
            stop: CancellationToken::new(),
            calls: TaskTracker::new(),
            tasks: Mutex::default(),
        });
        control.end_streams_of_an_earlier_process().await?;
        let fleets = tokio::spawn(reconcile::run(control.clone(), control.stop.clone()));
        let builders = tokio::spawn(builders::reconcile::run(control.clone(), control.stop.clone()));
        // Before anything is added: the first to ask for the content of images gets it.
        let removals = tokio::spawn({
            let (control, stop) = (control.clone(), control.stop.clone());
            async move {
                image_removal::remove_unknown(&control).await;
                let wake = control.image_removals.clone();
                background::run(control, wake, |control| Box::pin(image_removal::pass(control)), stop).await;
            }
        });
        let work = |wake: &Arc<Notify>, pass: background::Pass| {
            tokio::spawn(background::run(control.clone(), wake.clone(), pass, control.stop.clone()))
        };
        let exports = work(&control.exports, |control| Box::pin(exports::pass(control)));
        let imports = work(&control.imports, |control| Box::pin(image_imports::pass(control)));
        let fetches = work(&control.fetches, |control| Box::pin(image_imports::pass_of_registries(control)));
        *control.tasks() = vec![fleets, builders, removals, exports, imports, fetches];
        Ok(control)
    }

    /// To be held from before an image's content is written, or found present, until the image is registered: meanwhile no deleted image is
    /// removed, which may have the same content.
    pub async fn adding_image(&self) -> OwnedRwLockReadGuard<()> {
        self.image_content.clone().read_owned().await
    }

    /// Waits for the calls under way and stops the reconcilers, once what they do to instances is done. Instances run on, for the next process to adopt.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.stages.tell();
        self.calls.close();
        self.calls.wait().await;
        let tasks = std::mem::take(&mut *self.tasks());
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a background task ended badly");
            }
        }
        // Last: whatever was done before is told of.
        self.recorder.close(self).await;
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the reconcilers without waiting for them, as the end of a process would.
    #[cfg(test)]
    pub(crate) fn stop_without_waiting(&self) {
        for task in std::mem::take(&mut *self.tasks()) {
            task.abort();
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.surroundings.now()
    }

    pub(crate) fn clock(&self) -> MutexGuard<'_, ClockWatch> {
        // Plain numbers, written at once.
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks whether the clock was set since the last look, and moves the times of sessions along with it.
    ///
    /// # Errors
    /// The store failed; the next look finds the same.
    pub(crate) async fn follow_clock(&self, now: Timestamp, steady: Duration) -> Result<(), StoreError> {
        let jump = self.clock().jump(now, steady);
        if let Some(jump) = jump {
            tracing::warn!(seconds = jump.by / 1000, "the clock was set: sessions keep their age");
            self.store.move_times(jump.by, jump.since, now).await?;
        }
        self.clock().seen(now, steady);
        if jump.is_some() {
            self.changed();
        }
        Ok(())
    }

    /// Those who wait for something to change look again.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// A user was let in now.
    pub(crate) fn note_admission(&self) {
        self.admitted_at.store(self.now().0, Ordering::Relaxed);
    }

    /// From when on the host is not needed by who was let in last.
    pub(crate) fn calm_at(&self) -> Option<Timestamp> {
        let admitted_at = self.admitted_at.load(Ordering::Relaxed);
        (admitted_at != i64::MIN).then(|| Timestamp(admitted_at).plus_seconds(CALM_AFTER_SECONDS))
    }

    pub(crate) fn demand_of(&self, fleet: &FleetKey) -> u32 {
        self.demand.lock().unwrap_or_else(PoisonError::into_inner).get(fleet).copied().unwrap_or(0)
    }

    pub(crate) fn add_demand(&self, fleet: &FleetKey) {
        let mut demand = self.demand.lock().unwrap_or_else(PoisonError::into_inner);
        *demand.entry(fleet.clone()).or_default() += 1;
    }

    pub(crate) fn remove_demand(&self, fleet: &FleetKey) {
        let mut demand = self.demand.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = demand.get_mut(fleet) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                demand.remove(fleet);
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
