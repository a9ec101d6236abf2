//! DeleteStack.

use millrace_store::DeleteStackError;
use millrace_wire::ApiError;
use millrace_wire::shapes::{DeleteStackRequest, DeleteStackResult};

use super::values;
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(
    call: &Call<'_>,
    input: DeleteStackRequest,
) -> Result<DeleteStackResult, ApiError> {
    let name = values::existing(&input.name, |name| call.no_stack(name))?;
    match call.control.store.delete_stack(&call.scope, &name).await {
        Ok(()) => Ok(DeleteStackResult {}),
        Err(DeleteStackError::NotFound) => Err(call.no_stack(&input.name)),
        Err(DeleteStackError::Associated) => Err(ApiError::resource_in_use(format!(
            "Cannot delete stack {name}. This stack has fleets associated with it. Only stacks with no fleets associated with it can be deleted."
        ))),
        Err(DeleteStackError::Store(error)) => Err(errors::store(&error)),
    }
}
