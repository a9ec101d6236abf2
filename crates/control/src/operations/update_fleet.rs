//! UpdateFleet: what was said replaces what was; what may change depends on the state.

use millrace_model::fleet::{FleetSettings, UpdateRefusal};
use millrace_store::UpdateFleetError;
use millrace_wire::ApiError;
use millrace_wire::shapes::{FleetAttribute, UpdateFleetRequest, UpdateFleetResult};

use super::values::{self, replaced_text};
use super::{fleet_from_wire, fleet_to_wire, machine_from_wire};
use crate::api::Call;
use crate::errors;

/// Why nothing was changed: what was asked for is wrong in itself, or wrong now.
enum Refusal {
    Asked(ApiError),
    State(UpdateRefusal),
}

pub(super) async fn handle(
    call: &Call<'_>,
    mut input: UpdateFleetRequest,
) -> Result<UpdateFleetResult, ApiError> {
    // The model of the API does not require it; the service does.
    let given = values::text(input.name.take())
        .ok_or_else(|| ApiError::invalid_parameter_combination("The Name of the fleet is required."))?;
    let name = values::existing(&given, |name| call.no_fleet(name))?;
    let image = fleet_from_wire::image(call, input.image_name.take(), input.image_arn.take())?;
    if let Some(image) = &image {
        fleet_from_wire::check_image(call, image).await?;
    }
    let changed = call.control.store.update_fleet(&call.scope, &name, image.as_ref(), |record| {
        let mut settings = record.fleet.settings.clone();
        if image.is_some() {
            settings.image.clone_from(&image);
        }
        let settings = apply(settings, input).map_err(Refusal::Asked)?;
        fleet_from_wire::check(&settings).map_err(Refusal::Asked)?;
        fleet_from_wire::check_quota(call, &settings).map_err(Refusal::Asked)?;
        record.fleet.update(settings, record.counts.total()).map_err(Refusal::State)
    });
    let record = changed.await.map_err(|error| match error {
        UpdateFleetError::Image(reason) => fleet_from_wire::image_unusable(call, image.as_ref(), reason),
        UpdateFleetError::Change(error) => {
            errors::change(error, || call.no_fleet(&given), |refusal| refused(&given, refusal))
        }
    })?;
    call.control.wake.notify_one();
    // More capacity may let in those who wait.
    call.control.changed();
    Ok(UpdateFleetResult { fleet: Some(fleet_to_wire::fleet(&call.scope, &record)) })
}

fn refused(name: &str, refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Asked(error) => error,
        Refusal::State(UpdateRefusal::Changing | UpdateRefusal::Running) => {
            ApiError::resource_in_use(format!(
                "Cannot update the attribute for fleet {name} when it is ACTIVE. The fleet must be stopped to complete this action."
            ))
        }
        Refusal::State(UpdateRefusal::NoCapacity) => ApiError::operation_not_permitted(format!(
            "The desired capacity of the fleet {name} cannot be 0 while it is RUNNING."
        )),
        Refusal::State(UpdateRefusal::Kind) => {
            ApiError::operation_not_permitted(format!("The type of the fleet {name} cannot be changed."))
        }
    }
}

/// First what is to be deleted, then what is said.
fn apply(mut settings: FleetSettings, input: UpdateFleetRequest) -> Result<FleetSettings, ApiError> {
    for attribute in input.attributes_to_delete.unwrap_or_default() {
        delete(&mut settings, attribute);
    }
    let machine = &mut settings.machine;
    if input.delete_vpc_config == Some(true) {
        machine.network = None;
    }
    replaced_text(&mut settings.display_name, input.display_name);
    replaced_text(&mut settings.description, input.description);
    if let Some(role) = input.iam_role_arn {
        machine.role = machine_from_wire::role(Some(role))?;
    }
    if let Some(instance_type) = input.instance_type {
        machine.instance_type = machine_from_wire::instance_type(instance_type)?;
    }
    if let Some(capacity) = fleet_from_wire::capacity(input.compute_capacity, input.max_concurrent_sessions)?
    {
        settings.capacity = capacity;
    }
    if let Some(seconds) = fleet_from_wire::max_user_duration(input.max_user_duration_in_seconds)? {
        settings.max_user_duration_seconds = seconds;
    }
    if let Some(seconds) = fleet_from_wire::disconnect_timeout(input.disconnect_timeout_in_seconds)? {
        settings.disconnect_timeout_seconds = seconds;
    }
    if let Some(seconds) = fleet_from_wire::idle_timeout(input.idle_disconnect_timeout_in_seconds)? {
        settings.idle_disconnect_timeout_seconds = seconds;
    }
    if let Some(sessions) = fleet_from_wire::max_sessions(input.max_sessions_per_instance)? {
        settings.max_sessions_per_instance = Some(sessions);
    }
    if let Some(network) = input.vpc_config {
        machine.network = machine_from_wire::network(network);
    }
    if let Some(join) = input.domain_join_info {
        machine.domain_join = machine_from_wire::domain_join(join);
    }
    if let Some(volume) = &input.root_volume_config {
        machine.root_volume = Some(machine_from_wire::root_volume(volume)?);
    }
    machine.internet_access = input.enable_default_internet_access.unwrap_or(machine.internet_access);
    settings.view = input.stream_view.map_or(settings.view, fleet_from_wire::view);
    settings.platform = input.platform.map(fleet_from_wire::platform).or(settings.platform);
    settings.usb_device_filters = input.usb_device_filter_strings.or(settings.usb_device_filters);
    settings.session_script =
        input.session_script_s3_location.map(fleet_from_wire::script).or(settings.session_script);
    machine.metadata_service_v1_disabled = input.disable_imdsv1.or(machine.metadata_service_v1_disabled);
    Ok(settings)
}

/// Deleting what is not set succeeds: Terraform does so.
fn delete(settings: &mut FleetSettings, attribute: FleetAttribute) {
    let machine = &mut settings.machine;
    match attribute {
        FleetAttribute::VpcConfiguration => machine.network = None,
        FleetAttribute::VpcConfigurationSecurityGroupIds => {
            if let Some(network) = &mut machine.network {
                network.security_groups = None;
            }
        }
        FleetAttribute::DomainJoinInfo => machine.domain_join = None,
        FleetAttribute::IamRoleArn => machine.role = None,
        FleetAttribute::UsbDeviceFilterStrings => settings.usb_device_filters = None,
        FleetAttribute::SessionScriptS3Location => settings.session_script = None,
        FleetAttribute::MaxSessionsPerInstance => settings.max_sessions_per_instance = None,
        FleetAttribute::VolumeConfiguration => machine.root_volume = None,
    }
}
