//! CreateStreamingURL: a signed ticket in a URL. No instance is bound by it.

use millrace_model::fleet::FleetState;
use millrace_model::{Name, Scope, Timestamp};
use millrace_store::{FleetRecord, StoreError};
use millrace_stream::ticket::{Destination, SignedTicket, Ticket, TicketError};
use millrace_wire::ApiError;
use millrace_wire::shapes::{CreateStreamingURLRequest, CreateStreamingURLResult};

use super::values::{self, wire_moment};
use crate::admission::DESKTOP;
use crate::api::Call;
use crate::errors;

const DEFAULT_VALIDITY_SECONDS: i64 = 60;
const LONGEST_VALIDITY_SECONDS: i64 = 604_800;

pub(super) async fn handle(
    call: &Call<'_>,
    input: CreateStreamingURLRequest,
) -> Result<CreateStreamingURLResult, ApiError> {
    let validity = checked_validity(input.validity, DEFAULT_VALIDITY_SECONDS)?;
    let stack = values::existing(&input.stack_name, |name| call.no_stack(name))?;
    let fleet = values::existing(&input.fleet_name, |name| call.no_fleet(name))?;
    let record = usable(call, &stack, &fleet).await?;
    let application_id = values::text(input.application_id);
    if let Some(id) = &application_id {
        check_application(call, &record, id).await?;
    }

    let ticket = NewTicket {
        destination: Destination::Fleet { stack: stack.to_string(), fleet: fleet.to_string() },
        user_id: input.user_id,
        application_id,
        session_context: values::text(input.session_context),
        max_user_duration_seconds: record.fleet.settings.max_user_duration_seconds,
    };
    let (url, expires) = sign(call, validity, ticket)?;
    Ok(CreateStreamingURLResult { streaming_url: Some(url), expires: Some(wire_moment(expires)) })
}

/// For how many seconds a URL is to be good.
pub(super) fn checked_validity(asked: Option<i64>, default: i64) -> Result<i64, ApiError> {
    let validity = asked.unwrap_or(default);
    if (1..=LONGEST_VALIDITY_SECONDS).contains(&validity) {
        return Ok(validity);
    }
    Err(ApiError::invalid_parameter_value(format!(
        "The value {validity} of Validity is not valid: it must be between 1 and {LONGEST_VALIDITY_SECONDS}."
    )))
}

/// What a ticket says beside what the call says.
pub(super) struct NewTicket {
    pub(super) destination: Destination,
    pub(super) user_id: String,
    pub(super) application_id: Option<String>,
    pub(super) session_context: Option<String>,
    pub(super) max_user_duration_seconds: u32,
}

/// The URL with the ticket, and when it expires.
pub(super) fn sign(
    call: &Call<'_>,
    validity_seconds: i64,
    new: NewTicket,
) -> Result<(String, Timestamp), ApiError> {
    // Tickets count whole seconds; rounded up, so that a URL is good for no less than was asked for.
    let expires_seconds = (call.now.0 + validity_seconds * 1000 + 999) / 1000;
    let ticket = Ticket {
        expires_epoch_seconds: u64::try_from(expires_seconds).unwrap_or(0),
        account_id: call.scope.account.to_string(),
        region: call.scope.region.to_string(),
        user_id: new.user_id,
        destination: new.destination,
        application_id: new.application_id,
        session_context: new.session_context,
        max_user_duration_seconds: new.max_user_duration_seconds,
        ticket_id: call.control.surroundings.unique().to_string(),
    };
    let signed = ticket.sign(&call.control.config.signing_key).map_err(|error| match error {
        TicketError::TooLong => ApiError::invalid_parameter_value("The SessionContext is too long."),
        TicketError::BadSignature | TicketError::Malformed(_) | TicketError::Expired => {
            tracing::error!(error = errors::chain(&error), "a ticket could not be signed");
            ApiError::internal_failure("The streaming URL could not be made.")
        }
    })?;
    Ok((url(&call.control.config.public_url, &signed), Timestamp(expires_seconds * 1000)))
}

/// The fleet, if users can be sent to it by that stack.
async fn usable(call: &Call<'_>, stack: &Name, fleet: &Name) -> Result<FleetRecord, ApiError> {
    let store = &call.control.store;
    let failed = |error: StoreError| errors::store(&error);
    if store.stack(&call.scope, stack).await.map_err(failed)?.is_none() {
        return Err(call.no_stack(stack.as_str()));
    }
    let record = store.fleet(&call.scope, fleet).await.map_err(failed)?;
    let record = record.ok_or_else(|| call.no_fleet(fleet.as_str()))?;
    if store.fleet_of_stack(&call.scope, stack).await.map_err(failed)?.as_ref() != Some(fleet) {
        return Err(ApiError::operation_not_permitted(format!(
            "The fleet {fleet} is not associated with the stack {stack}."
        )));
    }
    if record.fleet.state(record.counts.total()) != FleetState::Running {
        return Err(ApiError::resource_not_available(format!(
            "The fleet {fleet} is not in a RUNNING state. The fleet must be RUNNING for this action to succeed."
        )));
    }
    Ok(record)
}

async fn check_application(call: &Call<'_>, record: &FleetRecord, id: &str) -> Result<(), ApiError> {
    if id == DESKTOP {
        return Ok(());
    }
    let missing = || call.no_application(id);
    let reference = record.fleet.settings.image.as_ref().ok_or_else(missing)?;
    let owner = Scope { account: reference.owner.clone(), region: call.scope.region.clone() };
    let image = call.control.store.image(&owner, &reference.name).await;
    let image = image.map_err(|error| errors::store(&error))?.ok_or_else(missing)?;
    if image.applications.iter().any(|application| application.name == id) { Ok(()) } else { Err(missing()) }
}

fn url(public_url: &str, ticket: &SignedTicket) -> String {
    format!(
        "{public_url}/authenticate?parameters={}&signature={}",
        percent_encoded(&ticket.parameters),
        percent_encoded(&ticket.signature)
    )
}

/// All but the unreserved characters of RFC 3986 are encoded: a `+` of base64 would else be read as a space.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn encoding() {
        assert_eq!(percent_encoded("aZ09-._~"), "aZ09-._~");
        assert_eq!(percent_encoded("+/= ü"), "%2B%2F%3D%20%C3%BC");
    }
}
