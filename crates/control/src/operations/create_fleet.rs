//! CreateFleet.

use millrace_model::capacity::InstanceCounts;
use millrace_model::{Fleet, Name};
use millrace_store::{CreateError, CreateFromImageError, FleetRecord};
use millrace_wire::ApiError;
use millrace_wire::shapes::{CreateFleetRequest, CreateFleetResult};

use super::{fleet_from_wire, fleet_to_wire, values};
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(
    call: &Call<'_>,
    mut input: CreateFleetRequest,
) -> Result<CreateFleetResult, ApiError> {
    // The shape has checked the pattern.
    let name = Name::new(&input.name).map_err(|error| ApiError::validation(error.to_string()))?;
    let tags = values::new_tags(input.tags.take())?;
    let settings = fleet_from_wire::settings(call, input)?;
    fleet_from_wire::check_quota(call, &settings)?;
    if let Some(image) = &settings.image {
        fleet_from_wire::check_image(call, image).await?;
    }
    let fleet = Fleet::new(name, settings, call.now);
    let limit = call.control.config.quotas.fleets;
    match call.control.store.create_fleet(&call.scope, &fleet, &tags, limit).await {
        Ok(()) => {
            let record = FleetRecord { fleet, counts: InstanceCounts::default() };
            Ok(CreateFleetResult { fleet: Some(fleet_to_wire::fleet(&call.scope, &record)) })
        }
        Err(CreateFromImageError::Image(reason)) => {
            Err(fleet_from_wire::image_unusable(call, fleet.settings.image.as_ref(), reason))
        }
        Err(CreateFromImageError::Create(error)) => Err(match error {
            CreateError::AlreadyExists => errors::exists("fleet", fleet.name.as_str()),
            CreateError::LimitReached => {
                ApiError::limit_exceeded(format!("The account has the limit of {limit} fleets."))
            }
            CreateError::Store(error) => errors::store(&error),
        }),
    }
}
