//! CreateImageBuilderStreamingURL: an administrator's ticket.

use millrace_model::builder::BuilderState;
use millrace_stream::ticket::Destination;
use millrace_wire::ApiError;
use millrace_wire::shapes::{CreateImageBuilderStreamingURLRequest, CreateImageBuilderStreamingURLResult};

use super::create_streaming_url::{NewTicket, checked_validity, sign};
use super::image_builder_to_wire::state_text;
use super::values::{self, wire_moment};
use crate::api::Call;
use crate::errors;

const DEFAULT_VALIDITY_SECONDS: i64 = 3600;
/// Who an administrator is: there is one for each builder.
const ADMINISTRATOR: &str = "admin";
/// What the ticket says of its session's longest duration; a builder's has none.
const NO_BOUND_SECONDS: u32 = 432_000;

pub(super) async fn handle(
    call: &Call<'_>,
    input: CreateImageBuilderStreamingURLRequest,
) -> Result<CreateImageBuilderStreamingURLResult, ApiError> {
    let validity = checked_validity(input.validity, DEFAULT_VALIDITY_SECONDS)?;
    let name = values::existing(&input.name, |name| call.no_image_builder(name))?;
    let found = call.control.store.image_builder(&call.scope, &name).await;
    let builder = found
        .map_err(|error| errors::store(&error))?
        .filter(|builder| builder.runtime.errand.is_none())
        .ok_or_else(|| call.no_image_builder(&input.name))?;
    if builder.state() != BuilderState::Running {
        return Err(ApiError::operation_not_permitted(format!(
            "The image builder {name} is in state {}. The image builder must be RUNNING for this action to succeed.",
            state_text(builder.state())
        )));
    }
    let (url, expires) = sign(
        call,
        validity,
        NewTicket {
            destination: Destination::ImageBuilder { name: name.to_string() },
            user_id: ADMINISTRATOR.to_owned(),
            application_id: None,
            session_context: None,
            max_user_duration_seconds: NO_BOUND_SECONDS,
        },
    )?;
    Ok(CreateImageBuilderStreamingURLResult { streaming_url: Some(url), expires: Some(wire_moment(expires)) })
}
