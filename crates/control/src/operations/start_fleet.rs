//! StartFleet: records that the fleet should run, and wakes the reconciler.

use millrace_model::fleet::StartRefusal;
use millrace_wire::ApiError;
use millrace_wire::shapes::{StartFleetRequest, StartFleetResult};

use super::values;
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(call: &Call<'_>, input: StartFleetRequest) -> Result<StartFleetResult, ApiError> {
    let name = values::existing(&input.name, |name| call.no_fleet(name))?;
    let started = call
        .control
        .store
        .change_fleet(&call.scope, &name, |record| record.fleet.start(record.counts.total(), call.now));
    started.await.map_err(|error| {
        errors::change(error, || call.no_fleet(&input.name), |refusal| refused(&input.name, refusal))
    })?;
    call.control.wake.notify_one();
    Ok(StartFleetResult {})
}

fn refused(name: &str, refusal: StartRefusal) -> ApiError {
    match refusal {
        StartRefusal::NoCapacity => ApiError::operation_not_permitted(format!(
            "The fleet {name} cannot be started because its desired capacity is 0."
        )),
        // Of the errors that this operation may return, the one that says "later": a client that retries succeeds.
        StartRefusal::Stopping => ApiError::concurrent_modification(format!(
            "The fleet {name} is STOPPING. It can be started once it is STOPPED."
        )),
    }
}
