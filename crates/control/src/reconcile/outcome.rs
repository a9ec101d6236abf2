//! What comes of the steps of a plan, as it is written down.

use millrace_driver::{DriverError, InstanceId as HostId, InstanceSpec};
use millrace_model::fleet::{FleetError, FleetErrorCode};
use millrace_model::plan::Step;
use millrace_model::scope::FleetKey;
use millrace_model::session::EndReason;
use millrace_model::{Instance, InstanceId, Timestamp};
use millrace_store::{ChangeError, StoreError};
use std::collections::BTreeMap;

use super::LOOK_AGAIN_AFTER_FAILURE;
use crate::control::Control;
use crate::errors::chain;

/// Writes what a step says, if it is still so. True if something was written.
pub(super) async fn record(
    control: &Control,
    step: &Step,
    instances: &BTreeMap<InstanceId, Instance>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    match step {
        Step::FleetReady { fleet, since } => {
            tracing::info!(fleet = fleet.name.as_str(), "fleet is running");
            change_fleet(control, fleet, |record| record.fleet.became_ready(*since, now)).await
        }
        Step::FailStart { fleet, since, errors } => {
            let error = errors.first().map(|error| error.message.as_str()).unwrap_or_default();
            tracing::warn!(fleet = fleet.name.as_str(), error, "fleet cannot run as it is set");
            change_fleet(control, fleet, |record| record.fleet.start_failed(*since, errors.clone())).await
        }
        Step::ForgetErrors { fleet } => {
            change_fleet(control, fleet, |record| millrace_model::Fleet {
                health: record.fleet.health.complete(),
                ..record.fleet.clone()
            })
            .await
        }
        Step::TellShortage { fleet, shortage } => {
            if let Some(error) = shortage {
                tracing::warn!(fleet = fleet.name.as_str(), error = error.message, "the host is full");
            }
            change_fleet(control, fleet, |record| millrace_model::Fleet {
                health: record.fleet.health.short(shortage.clone()),
                ..record.fleet.clone()
            })
            .await
        }
        Step::EndSession { session, generation, reason } => {
            let ended = control.store.end_session(session, Some(*generation), *reason, now).await?;
            if let Some(session) = &ended {
                control.tell_end(session, *reason).await;
            }
            Ok(ended.is_some())
        }
        Step::LoseInstance { instance, generation } => {
            tracing::warn!(instance = instance.as_str(), "instance is gone");
            let message = "An instance of the fleet ended unexpectedly.".to_owned();
            let error = FleetError { code: FleetErrorCode::ProvisioningFailure, message };
            let lost = control.store.lose_instance(instance, *generation, error, now).await?;
            if let Some(Some(session)) = &lost {
                control.tell_end(session, EndReason::Instance).await;
            }
            Ok(lost.is_some())
        }
        Step::RetireInstance { instance, generation } => match instances.get(instance) {
            Some(known) if known.generation == *generation => {
                control.store.write_instance(&known.retire()).await
            }
            Some(_) | None => Ok(false),
        },
        Step::CreateInstance { .. }
        | Step::EnsureInstance { .. }
        | Step::FreezeInstance { .. }
        | Step::ThawInstance { .. }
        | Step::DestroyInstance { .. }
        | Step::DestroyOrphan { .. } => Ok(false),
    }
}

async fn change_fleet(
    control: &Control,
    key: &FleetKey,
    change: impl FnOnce(&millrace_store::FleetRecord) -> millrace_model::Fleet + Send,
) -> Result<bool, StoreError> {
    let changed = control
        .store
        .change_fleet(&key.scope, &key.name, |record| Ok::<_, std::convert::Infallible>(change(record)));
    match changed.await {
        Ok(_) => Ok(true),
        Err(ChangeError::NotFound) => Ok(false),
        Err(ChangeError::Store(error)) => Err(error),
        Err(ChangeError::Refused(never)) => match never {},
    }
}

/// Makes an instance, and writes what came of it. If the writing fails, the next pass finds the record as it was, and tries again.
pub(super) async fn ensure(control: &Control, id: &InstanceId, spec: &InstanceSpec) {
    let began = tokio::time::Instant::now();
    let written = match control.driver.ensure(spec).await {
        Ok(()) => {
            let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(instance = id.as_str(), milliseconds, "instance ready");
            control.store.instance_ready(id).await
        }
        Err(error @ DriverError::Lost(_)) => {
            tracing::error!(
                instance = id.as_str(),
                error = chain(&error),
                "what became of an instance is not known"
            );
            // It may be there: the next server finds the record as it was.
            tokio::time::sleep(LOOK_AGAIN_AFTER_FAILURE).await;
            return;
        }
        Err(error) => {
            tracing::error!(instance = id.as_str(), error = chain(&error), "instance could not be made");
            control.store.instance_failed(id, fleet_error(&error), control.now()).await
        }
    };
    if let Err(error) = written {
        tracing::error!(
            instance = id.as_str(),
            error = chain(&error),
            "an instance's state could not be written"
        );
    }
    control.changed();
}

/// Ends an instance, and drops its record. If it fails, the record stays, and the next pass tries again.
pub(super) async fn destroy(control: &Control, id: &InstanceId, host_id: &HostId) {
    if let Err(error) = control.driver.destroy(host_id).await {
        tracing::error!(instance = id.as_str(), error = chain(&error), "instance could not be ended");
        // As long as it fails, not more often than this; the bound of jobs is that of instances.
        tokio::time::sleep(LOOK_AGAIN_AFTER_FAILURE).await;
        return;
    }
    match control.store.drop_instance(id).await {
        Ok(_) => tracing::info!(instance = id.as_str(), "instance ended"),
        Err(error) => {
            tracing::error!(instance = id.as_str(), error = chain(&error), "a record could not be dropped");
        }
    }
    control.changed();
}

/// What the owner is told; the log has the rest.
pub(crate) fn fleet_error(error: &DriverError) -> FleetError {
    let (code, message) = match error {
        DriverError::ImageMissing(_) => {
            (FleetErrorCode::ImageNotFound, "The image of the fleet is not on the host.".to_owned())
        }
        DriverError::NoRoom(_) | DriverError::Network(_) => {
            (FleetErrorCode::ProvisioningFailure, error.to_string())
        }
        DriverError::NotReady { seconds, .. } => (
            FleetErrorCode::ProvisioningFailure,
            format!("An instance was not ready within {seconds} seconds. The log of the server says why."),
        ),
        DriverError::NoSuchInstance(_)
        | DriverError::NoSuchDisk(_)
        | DriverError::DiskInUse(_)
        | DriverError::Volume(_)
        | DriverError::Ended { .. }
        | DriverError::Io { .. }
        | DriverError::Program { .. }
        | DriverError::Lost(_) => (
            FleetErrorCode::ProvisioningFailure,
            "An instance could not be started. The log of the server says why.".to_owned(),
        ),
    };
    FleetError { code, message }
}
