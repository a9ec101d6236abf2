//! DescribeSessions.

use millrace_model::Name;
use millrace_store::{SessionFilter, Store};
use millrace_wire::ApiError;
use millrace_wire::shapes::{DescribeSessionsRequest, DescribeSessionsResult};

use super::session_to_wire;
use super::values::in_range;
use crate::api::Call;
use crate::errors;

/// What one reply holds if nothing else is asked for.
const DEFAULT_LIMIT: u32 = 20;
/// What one reply holds at most (API reference of DescribeSessions: "the maximum value is 50").
const HIGHEST_LIMIT: u32 = 50;

pub(super) async fn handle(
    call: &Call<'_>,
    input: DescribeSessionsRequest,
) -> Result<DescribeSessionsResult, ApiError> {
    if input.user_id.is_some() && input.authentication_type.is_none() {
        return Err(ApiError::invalid_parameter_combination(
            "The UserId parameter requires the AuthenticationType parameter.",
        ));
    }
    let limit = in_range("Limit", input.limit, 1, HIGHEST_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    // The operation knows no error for stacks and fleets that do not exist: they have no sessions.
    let (Ok(stack), Ok(fleet)) = (Name::new(&input.stack_name), Name::new(&input.fleet_name)) else {
        return Ok(DescribeSessionsResult { sessions: Some(Vec::new()), next_token: None });
    };
    let filter = SessionFilter {
        stack,
        fleet,
        user_id: input.user_id,
        authentication: input.authentication_type.map(session_to_wire::authentication_from_wire),
        instance: input.instance_id,
    };
    let token = Call::page_token(Store::SESSIONS, input.next_token.as_deref())?;
    let page = call.control.store.sessions(&call.scope, &filter, token.as_ref(), limit).await;
    let page = page.map_err(|error| errors::store(&error))?;
    Ok(DescribeSessionsResult {
        sessions: Some(page.items.iter().map(session_to_wire::session).collect()),
        next_token: page.next.map(|token| token.encode()),
    })
}
