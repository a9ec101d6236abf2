//! AssociateFleet and DisassociateFleet.

use millrace_model::Name;
use millrace_store::{AssociateError, DisassociateError};
use millrace_wire::ApiError;
use millrace_wire::shapes::{
    AssociateFleetRequest, AssociateFleetResult, DisassociateFleetRequest, DisassociateFleetResult,
};

use super::values;
use crate::api::Call;
use crate::errors;

pub(super) async fn associate(
    call: &Call<'_>,
    input: AssociateFleetRequest,
) -> Result<AssociateFleetResult, ApiError> {
    let (fleet, stack) = names(call, &input.fleet_name, &input.stack_name)?;
    match call.control.store.associate(&call.scope, &fleet, &stack).await {
        Ok(()) => Ok(AssociateFleetResult {}),
        Err(AssociateError::FleetNotFound) => Err(call.no_fleet(fleet.as_str())),
        Err(AssociateError::StackNotFound) => Err(call.no_stack(stack.as_str())),
        Err(AssociateError::AnotherFleet) => Err(ApiError::limit_exceeded(format!(
            "The stack {stack} is associated with another fleet. A stack can be associated with one fleet."
        ))),
        Err(AssociateError::Store(error)) => Err(errors::store(&error)),
    }
}

pub(super) async fn disassociate(
    call: &Call<'_>,
    input: DisassociateFleetRequest,
) -> Result<DisassociateFleetResult, ApiError> {
    let (fleet, stack) = names(call, &input.fleet_name, &input.stack_name)?;
    match call.control.store.disassociate(&call.scope, &fleet, &stack).await {
        Ok(()) => {
            // Whoever waits to be admitted by this stack is told so.
            call.control.changed();
            Ok(DisassociateFleetResult {})
        }
        Err(DisassociateError::FleetNotFound) => Err(call.no_fleet(fleet.as_str())),
        Err(DisassociateError::StackNotFound) => Err(call.no_stack(stack.as_str())),
        Err(DisassociateError::NotAssociated) => Err(ApiError::resource_not_found(format!(
            "The fleet {fleet} is not associated with the stack {stack}."
        ))),
        Err(DisassociateError::LiveSessions) => Err(ApiError::resource_in_use(format!(
            "The fleet {fleet} has sessions of users of the stack {stack}. To disassociate them, the sessions must end first."
        ))),
        Err(DisassociateError::Store(error)) => Err(errors::store(&error)),
    }
}

fn names(call: &Call<'_>, fleet: &str, stack: &str) -> Result<(Name, Name), ApiError> {
    let fleet = values::existing(fleet, |name| call.no_fleet(name))?;
    let stack = values::existing(stack, |name| call.no_stack(name))?;
    Ok((fleet, stack))
}
