//! Instances that wait for their users: frozen, with what they may have started already.
//!
//! ```text
//! ready ──prepare──> application shows itself ──freeze──> frozen ──admission──> goes on, and serves its one user
//! ```
//!
//! Freezing runs beside everything else, so a user may come while it is under way. INVARIANT: after every freeze the record is looked at once
//! more, and an instance that has a user by then goes on; and whoever gives an instance to a user lets it go on after that is recorded. So
//! whichever comes last, a user's instance runs. Should the server end in between, the next connection to the agent or the next plan does it.

use millrace_driver::{InstanceId as HostId, Preparation};
use millrace_model::fleet::{FleetKind, FleetSettings, StreamView};
use millrace_model::image::Application;
use millrace_model::instance::InstanceState;
use millrace_model::{Instance, InstanceId, Timestamp};

use crate::arn;
use crate::config::Pool;
use crate::control::Control;
use crate::errors::chain;

/// What came of putting an instance to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// It is stopped.
    Frozen,
    /// It is not idle any more, or goes.
    Wanted,
    /// It cannot be stopped on this host.
    Failed,
}

/// Hands out the spare instances among on-demand fleets.
pub(crate) struct Spare {
    each: u32,
    left: u32,
    again_at: Option<Timestamp>,
}

impl Spare {
    pub(crate) fn new(pool: &Pool, again_at: Option<Timestamp>) -> Self {
        Self { each: pool.spare_instances, left: pool.most_spare_instances, again_at }
    }

    /// How many a fleet that runs keeps, and from when on they are made. `most`: how many instances it may have.
    pub(crate) fn share(&mut self, kind: FleetKind, most: u32) -> (u32, Option<Timestamp>) {
        if kind != FleetKind::OnDemand {
            return (0, None);
        }
        let share = self.each.min(self.left).min(most);
        self.left -= share;
        (share, self.again_at)
    }
}

/// What may run before a user comes: the application that users of the fleet get at once, if it is the same for all of them.
pub(crate) fn prepared<'a>(
    settings: &FleetSettings,
    catalogue: &'a [Application],
) -> Option<&'a Application> {
    catalogue.first().filter(|first| first.start_ahead && settings.view == StreamView::App)
}

/// Starts what may be started, waits until it shows itself, and freezes the instance, unless a user comes meanwhile.
pub(crate) async fn rest(control: &Control, instance: &Instance) -> Rest {
    let Ok(id) = HostId::new(instance.id.as_str()) else { return Rest::Failed };
    if control.config.pool.start_ahead
        && let Some(preparation) = preparation(control, instance).await
        && let Err(error) = control.driver.prepare(&id, &preparation).await
        && is_idle(control, &instance.id).await
    {
        // The user's application starts when the user comes.
        tracing::warn!(instance = %id, error = chain(&error), "an application could not be started ahead");
    }
    if !is_idle(control, &instance.id).await {
        return Rest::Wanted;
    }
    if let Err(error) = control.driver.set_frozen(&id, true).await {
        if !is_idle(control, &instance.id).await {
            return Rest::Wanted;
        }
        tracing::warn!(instance = %id, error = chain(&error), "an idle instance could not be frozen, and runs on");
        return Rest::Failed;
    }
    if is_idle(control, &instance.id).await {
        tracing::debug!(instance = %id, "instance frozen");
        return Rest::Frozen;
    }
    wake(control, &instance.id).await;
    Rest::Wanted
}

/// Lets an instance go on, should it be frozen.
pub(crate) async fn wake(control: &Control, id: &InstanceId) {
    let Ok(host_id) = HostId::new(id.as_str()) else { return };
    if let Err(error) = control.driver.set_frozen(&host_id, false).await {
        // If it is gone, its session ends with the next look; if not, the stream's connection lets it go on.
        tracing::warn!(instance = id.as_str(), error = chain(&error), "an instance could not be thawed");
    }
}

/// If the store cannot tell, the instance counts as wanted: one that runs is no harm.
async fn is_idle(control: &Control, id: &InstanceId) -> bool {
    match control.store.instance(id).await {
        Ok(found) => found.is_some_and(|instance| instance.state == InstanceState::Idle),
        Err(error) => {
            tracing::error!(
                instance = id.as_str(),
                error = chain(&error),
                "an instance's record could not be read"
            );
            false
        }
    }
}

async fn preparation(control: &Control, instance: &Instance) -> Option<Preparation> {
    let scope = &instance.fleet.scope;
    let read = async {
        let record = control.store.fleet(scope, &instance.fleet.name).await?;
        let image = control.store.image_by_digest(scope, &instance.image_digest).await?;
        Ok::<_, millrace_store::StoreError>(record.zip(image))
    };
    let (record, image) = read
        .await
        .inspect_err(|error| tracing::error!(error = chain(error), "a fleet's image could not be read"))
        .ok()??;
    let settings = &record.fleet.settings;
    let application = prepared(settings, &image.applications)?;
    // What is the fleet's, and nothing of a user's.
    let environment = [
        ("AppStream_Resource_Type", "fleet".to_owned()),
        ("AppStream_Resource_Name", instance.fleet.name.to_string()),
        ("AppStream_Instance_Type", settings.machine.instance_type.clone()),
        ("AppStream_Image_Arn", arn::image(scope, &image.name)),
    ];
    Some(Preparation {
        argv: application.argv.clone(),
        environment: environment.map(|(name, value)| format!("{name}={value}")).into(),
        working_directory: application.working_directory.clone().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::Spare;
    use crate::config::Pool;
    use millrace_model::fleet::FleetKind;

    #[test]
    fn spare_instances_are_shared_out_within_the_bound() {
        let pool = Pool { spare_instances: 2, most_spare_instances: 3, ..Pool::default() };
        let mut spare = Spare::new(&pool, None);
        let mut share = |kind, most| spare.share(kind, most).0;
        assert_eq!(share(FleetKind::AlwaysOn, 5), 0, "its idle instances are its own");
        assert_eq!(share(FleetKind::OnDemand, 1), 1, "no more than it may have");
        assert_eq!(share(FleetKind::OnDemand, 5), 2);
        assert_eq!(share(FleetKind::OnDemand, 5), 0, "all are given away");
    }
}
