//! ExpireSession: ends a session at once. The operation knows no errors: a session that is over, or is none of the account's, stays as it is.

use millrace_model::SessionId;
use millrace_model::session::EndReason;
use millrace_wire::ApiError;
use millrace_wire::shapes::{ExpireSessionRequest, ExpireSessionResult};

use crate::api::Call;
use crate::errors;

pub(super) async fn handle(
    call: &Call<'_>,
    input: ExpireSessionRequest,
) -> Result<ExpireSessionResult, ApiError> {
    let store = &call.control.store;
    let Ok(id) = SessionId::new(input.session_id) else { return Ok(ExpireSessionResult {}) };
    let found = store.session(&id).await.map_err(|error| errors::store(&error))?;
    if found.is_none_or(|session| session.fleet.scope != call.scope) {
        return Ok(ExpireSessionResult {});
    }
    let ended = store.end_session(&id, None, EndReason::Owner, call.now).await;
    if let Some(session) = ended.map_err(|error| errors::store(&error))? {
        call.control.tell_end(&session, EndReason::Owner).await;
        call.control.wake.notify_one();
    }
    Ok(ExpireSessionResult {})
}
