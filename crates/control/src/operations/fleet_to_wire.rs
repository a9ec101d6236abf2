//! Fleets as the API shows them.

use millrace_model::capacity;
use millrace_model::fleet::{
    Capacity, FleetError, FleetErrorCode, FleetKind, FleetState, Intent, StreamView,
};
use millrace_model::{Fleet, Scope};
use millrace_store::FleetRecord;
use millrace_wire::shapes;

use super::values::{wire_moment, wire_number};
use super::{image_to_wire, machine_to_wire};
use crate::arn;

pub(super) fn fleet(scope: &Scope, record: &FleetRecord) -> shapes::Fleet {
    let FleetRecord { fleet, counts } = record;
    let settings = &fleet.settings;
    let machine = &settings.machine;
    let image_scope = |owner| Scope { account: owner, region: scope.region.clone() };
    let image_arn =
        settings.image.as_ref().map(|image| arn::image(&image_scope(image.owner.clone()), &image.name));
    shapes::Fleet {
        arn: arn::fleet(scope, &fleet.name),
        name: fleet.name.to_string(),
        display_name: settings.display_name.clone(),
        description: settings.description.clone(),
        image_name: settings.image.as_ref().map(|image| image.name.to_string()),
        image_arn,
        instance_type: machine.instance_type.clone(),
        fleet_type: Some(match settings.kind {
            FleetKind::AlwaysOn => shapes::FleetType::AlwaysOn,
            FleetKind::OnDemand => shapes::FleetType::OnDemand,
            FleetKind::Elastic => shapes::FleetType::Elastic,
        }),
        compute_capacity_status: capacity_status(record),
        max_user_duration_in_seconds: Some(wire_number(settings.max_user_duration_seconds)),
        disconnect_timeout_in_seconds: Some(wire_number(settings.disconnect_timeout_seconds)),
        idle_disconnect_timeout_in_seconds: Some(wire_number(settings.idle_disconnect_timeout_seconds)),
        state: match fleet.state(counts.total()) {
            FleetState::Starting => shapes::FleetState::Starting,
            FleetState::Running => shapes::FleetState::Running,
            FleetState::Stopping => shapes::FleetState::Stopping,
            FleetState::Stopped => shapes::FleetState::Stopped,
        },
        vpc_config: machine_to_wire::vpc_config(machine),
        created_time: Some(wire_moment(fleet.created_at)),
        fleet_errors: Some(errors(fleet)),
        enable_default_internet_access: Some(machine.internet_access),
        domain_join_info: machine_to_wire::domain_join_info(machine),
        iam_role_arn: machine.role.clone(),
        stream_view: Some(match settings.view {
            StreamView::App => shapes::StreamView::App,
            StreamView::Desktop => shapes::StreamView::Desktop,
        }),
        platform: settings.platform.map(image_to_wire::platform),
        max_concurrent_sessions: match settings.capacity {
            Capacity::Concurrent(sessions) => Some(wire_number(sessions)),
            Capacity::Instances(_) | Capacity::Sessions(_) => None,
        },
        usb_device_filter_strings: settings.usb_device_filters.clone(),
        session_script_s3_location: settings.session_script.as_ref().map(|script| shapes::S3Location {
            s3_bucket: script.bucket.clone(),
            s3_key: script.key.clone(),
        }),
        max_sessions_per_instance: settings.max_sessions_per_instance.map(wire_number),
        root_volume_config: machine_to_wire::root_volume_config(machine),
        disable_imdsv1: machine.metadata_service_v1_disabled,
    }
}

fn capacity_status(record: &FleetRecord) -> shapes::ComputeCapacityStatus {
    let status = capacity::status(&record.fleet, record.counts);
    let mut wire = shapes::ComputeCapacityStatus {
        desired: wire_number(status.desired),
        running: Some(wire_number(status.running)),
        in_use: Some(wire_number(status.in_use)),
        available: Some(wire_number(status.available)),
        ..shapes::ComputeCapacityStatus::default()
    };
    // A fleet that shares instances does not start, so that it has no sessions to tell of.
    if let Capacity::Sessions(desired) = record.fleet.settings.capacity {
        wire.desired_user_sessions = Some(wire_number(desired));
        wire.actual_user_sessions = Some(0);
        wire.available_user_sessions = Some(0);
        wire.active_user_sessions = Some(0);
    }
    wire
}

/// What went wrong, and, as long as the fleet should run, what it asks for in vain.
fn errors(fleet: &Fleet) -> Vec<shapes::FleetError> {
    let ignored = match fleet.intent {
        Intent::Running { .. } => fleet.settings.ignored(),
        Intent::Stopped => Vec::new(),
    };
    fleet.health.shown().chain(&ignored).map(error).collect()
}

fn error(error: &FleetError) -> shapes::FleetError {
    shapes::FleetError {
        error_code: Some(error_code(error.code)),
        error_message: Some(error.message.clone()),
    }
}

pub(super) fn error_code(code: FleetErrorCode) -> shapes::FleetErrorCode {
    match code {
        FleetErrorCode::InvalidSubnetConfiguration => shapes::FleetErrorCode::InvalidSubnetConfiguration,
        FleetErrorCode::DomainJoinNotSupported => shapes::FleetErrorCode::DomainJoinErrorNotSupported,
        FleetErrorCode::MachineRoleMissing => shapes::FleetErrorCode::MachineRoleIsMissing,
        FleetErrorCode::Validation => shapes::FleetErrorCode::ValidationError,
        FleetErrorCode::ImageNotFound => shapes::FleetErrorCode::ImageNotFound,
        FleetErrorCode::ProvisioningFailure => shapes::FleetErrorCode::FleetInstanceProvisioningFailure,
    }
}
