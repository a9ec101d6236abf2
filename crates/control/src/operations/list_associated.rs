//! ListAssociatedFleets and ListAssociatedStacks. They know no errors: what does not exist is associated with nothing.

use millrace_model::Name;
use millrace_store::Store;
use millrace_wire::ApiError;
use millrace_wire::shapes::{
    ListAssociatedFleetsRequest, ListAssociatedFleetsResult, ListAssociatedStacksRequest,
    ListAssociatedStacksResult,
};

use super::PAGE;
use crate::api::Call;
use crate::errors;

pub(super) async fn fleets(
    call: &Call<'_>,
    input: ListAssociatedFleetsRequest,
) -> Result<ListAssociatedFleetsResult, ApiError> {
    // A stack has one fleet at most, so that no token was ever given out.
    if input.next_token.is_some() {
        return Err(ApiError::invalid_parameter_value("The NextToken is not valid."));
    }
    let fleet = match Name::new(&input.stack_name) {
        Ok(stack) => call.control.store.fleet_of_stack(&call.scope, &stack).await,
        Err(_) => Ok(None),
    };
    let fleet = fleet.map_err(|error| errors::store(&error))?;
    Ok(ListAssociatedFleetsResult {
        names: Some(fleet.into_iter().map(String::from).collect()),
        next_token: None,
    })
}

pub(super) async fn stacks(
    call: &Call<'_>,
    input: ListAssociatedStacksRequest,
) -> Result<ListAssociatedStacksResult, ApiError> {
    let token = Call::page_token(Store::STACKS_OF_FLEET, input.next_token.as_deref())?;
    let Ok(fleet) = Name::new(&input.fleet_name) else {
        return Ok(ListAssociatedStacksResult { names: Some(Vec::new()), next_token: None });
    };
    let page = call.control.store.stacks_of_fleet(&call.scope, &fleet, token.as_ref(), PAGE).await;
    let page = page.map_err(|error| errors::store(&error))?;
    Ok(ListAssociatedStacksResult {
        names: Some(page.items.into_iter().map(String::from).collect()),
        next_token: page.next.map(|token| token.encode()),
    })
}
