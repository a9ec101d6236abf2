//! StopFleet: records that the fleet should not run; the reconciler ends its sessions and instances.

use std::convert::Infallible;

use millrace_wire::ApiError;
use millrace_wire::shapes::{StopFleetRequest, StopFleetResult};

use super::values;
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(call: &Call<'_>, input: StopFleetRequest) -> Result<StopFleetResult, ApiError> {
    let name = values::existing(&input.name, |name| call.no_fleet(name))?;
    let stopped = call
        .control
        .store
        .change_fleet(&call.scope, &name, |record| Ok::<_, Infallible>(record.fleet.stop()));
    stopped
        .await
        .map_err(|error| errors::change(error, || call.no_fleet(&input.name), |never| match never {}))?;
    call.control.wake.notify_one();
    // Whoever waits for a place in it learns that there will be none.
    call.control.changed();
    Ok(StopFleetResult {})
}
