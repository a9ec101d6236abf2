//! DeleteFleet.

use millrace_model::fleet::DeleteRefusal;
use millrace_store::DeleteFleetError;
use millrace_wire::ApiError;
use millrace_wire::shapes::{DeleteFleetRequest, DeleteFleetResult};

use super::values;
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(
    call: &Call<'_>,
    input: DeleteFleetRequest,
) -> Result<DeleteFleetResult, ApiError> {
    let name = values::existing(&input.name, |name| call.no_fleet(name))?;
    match call.control.store.delete_fleet(&call.scope, &name).await {
        Ok(()) => Ok(DeleteFleetResult {}),
        Err(DeleteFleetError::NotFound) => Err(call.no_fleet(&input.name)),
        Err(DeleteFleetError::Refused(DeleteRefusal::Associated)) => Err(ApiError::resource_in_use(format!(
            "The fleet {name} is associated with a stack. To delete the fleet, you must dissociate it from the stack."
        ))),
        Err(DeleteFleetError::Refused(DeleteRefusal::NotStopped)) => Err(ApiError::resource_in_use(format!(
            "The fleet {name} is not STOPPED. To delete the fleet, you must stop it first."
        ))),
        Err(DeleteFleetError::Store(error)) => Err(errors::store(&error)),
    }
}
