//! From what a client says of a fleet to the model's settings; errors of meaning stop here.

use millrace_model::Name;
use millrace_model::fleet::{Capacity, FleetKind, FleetSettings, ObjectLocation, StreamView};
use millrace_model::image::{ImageReference, ImageState, Platform};
use millrace_store::ImageUnusable;
use millrace_wire::{ApiError, shapes};

use super::machine_from_wire;
use super::values::{image_not_available, in_range, text};
use crate::api::Call;
use crate::{arn, errors, instance_types};

const DEFAULT_MAX_USER_DURATION_SECONDS: u32 = 57_600;
const DEFAULT_DISCONNECT_TIMEOUT_SECONDS: u32 = 900;
/// The most sessions or instances that a number can ask for; the quota is what really bounds them.
const MOST: u32 = 1_000_000;

/// The settings of a new fleet, with the service's defaults.
pub(super) fn settings(
    call: &Call<'_>,
    input: shapes::CreateFleetRequest,
) -> Result<FleetSettings, ApiError> {
    let settings = FleetSettings {
        kind: input.fleet_type.map_or(FleetKind::OnDemand, kind),
        image: image(call, input.image_name, input.image_arn)?,
        capacity: capacity(input.compute_capacity, input.max_concurrent_sessions)?.ok_or_else(|| {
            combination("Either ComputeCapacity or, for an ELASTIC fleet, MaxConcurrentSessions is required.")
        })?,
        machine: machine_from_wire::settings(
            input.instance_type,
            input.enable_default_internet_access,
            input.vpc_config,
            input.domain_join_info,
            input.iam_role_arn,
            input.root_volume_config.as_ref(),
            input.disable_imdsv1,
        )?,
        display_name: text(input.display_name),
        description: text(input.description),
        max_user_duration_seconds: max_user_duration(input.max_user_duration_in_seconds)?
            .unwrap_or(DEFAULT_MAX_USER_DURATION_SECONDS),
        disconnect_timeout_seconds: disconnect_timeout(input.disconnect_timeout_in_seconds)?
            .unwrap_or(DEFAULT_DISCONNECT_TIMEOUT_SECONDS),
        idle_disconnect_timeout_seconds: idle_timeout(input.idle_disconnect_timeout_in_seconds)?.unwrap_or(0),
        view: input.stream_view.map_or(StreamView::App, view),
        platform: input.platform.map(platform),
        usb_device_filters: input.usb_device_filter_strings,
        session_script: input.session_script_s3_location.map(script),
        max_sessions_per_instance: max_sessions(input.max_sessions_per_instance)?,
    };
    check(&settings)?;
    Ok(settings)
}

/// What excludes or requires each other (the API reference of CreateFleet, and of the structures in it).
pub(super) fn check(settings: &FleetSettings) -> Result<(), ApiError> {
    let elastic = settings.kind == FleetKind::Elastic;
    let shares = settings.max_sessions_per_instance.is_some();
    let subnets = settings.machine.subnets();
    if elastic {
        require(
            settings.image.is_none(),
            "ImageName and ImageArn cannot be specified for an ELASTIC fleet.",
        )?;
        require(settings.platform.is_some(), "Platform is required for an ELASTIC fleet.")?;
        require(
            matches!(
                settings.platform,
                Some(Platform::WindowsServer2019 | Platform::AmazonLinux2 | Platform::UbuntuPro2404)
            ),
            "The Platform of an ELASTIC fleet must be WINDOWS_SERVER_2019, AMAZON_LINUX2 or UBUNTU_PRO_2404.",
        )?;
        require(
            instance_types::is_elastic(&settings.machine.instance_type),
            "An ELASTIC fleet requires an instance type of the family stream.standard.",
        )?;
        let concurrent = matches!(settings.capacity, Capacity::Concurrent(_));
        require(
            concurrent,
            "An ELASTIC fleet requires MaxConcurrentSessions, and cannot have ComputeCapacity.",
        )?;
        require(
            settings.machine.domain_join.is_none(),
            "DomainJoinInfo cannot be specified for an ELASTIC fleet.",
        )?;
        require(subnets.is_none_or(|count| count >= 2), "An ELASTIC fleet requires at least two subnets.")?;
    } else {
        require(settings.image.is_some(), "Either ImageName or ImageArn is required.")?;
        let concurrent = matches!(settings.capacity, Capacity::Concurrent(_));
        require(!concurrent, "MaxConcurrentSessions can be specified for an ELASTIC fleet only.")?;
        require(subnets.is_none_or(|count| count >= 1), "VpcConfig requires at least one subnet.")?;
    }
    require(
        settings.session_script.as_ref().is_none_or(|script| script.key.is_some()),
        "The S3Key of SessionScriptS3Location is required.",
    )?;
    let counts_sessions = matches!(settings.capacity, Capacity::Sessions(_));
    require(
        counts_sessions == shares,
        "DesiredSessions and MaxSessionsPerInstance must be specified together.",
    )
}

fn require(holds: bool, message: &str) -> Result<(), ApiError> {
    if holds { Ok(()) } else { Err(combination(message)) }
}

fn combination(message: &str) -> ApiError {
    ApiError::invalid_parameter_combination(message)
}

/// Whether the account may ask for that much.
pub(super) fn check_quota(call: &Call<'_>, settings: &FleetSettings) -> Result<(), ApiError> {
    let limit = call.control.config.quotas.instances_of_fleet;
    if settings.capacity.sessions() > limit {
        return Err(ApiError::limit_exceeded(format!("A fleet can have at most {limit} instances.")));
    }
    Ok(())
}

/// Whether the account's fleets may use the image: its own, or one that is shared for that. Of others it learns nothing.
pub(super) async fn check_image(call: &Call<'_>, image: &ImageReference) -> Result<(), ApiError> {
    let found = call.control.store.usable_image(&call.scope, image).await;
    match found.map_err(|error| errors::store(&error))? {
        Some(found) if !found.permissions.fleet => Err(ApiError::operation_not_permitted(format!(
            "The image {} is not shared for use by fleets.",
            image.name
        ))),
        Some(found) if found.image.state == ImageState::Available => Ok(()),
        Some(found) => Err(image_not_available(image.name.as_str(), found.image.state)),
        None => Err(call.no_image(image.name.as_str())),
    }
}

/// What is said when a fleet cannot be given its image.
pub(super) fn image_unusable(
    call: &Call<'_>,
    image: Option<&ImageReference>,
    reason: ImageUnusable,
) -> ApiError {
    let name = image.map(|image| image.name.as_str()).unwrap_or_default();
    match reason {
        ImageUnusable::Missing => call.no_image(name),
        ImageUnusable::State(state) => image_not_available(name, state),
    }
}

/// The image that a name or an ARN means; none if neither is given.
pub(super) fn image(
    call: &Call<'_>,
    name: Option<String>,
    image_arn: Option<String>,
) -> Result<Option<ImageReference>, ApiError> {
    let owner = call.scope.account.clone();
    match (text(name), text(image_arn)) {
        (Some(_), Some(_)) => Err(combination("ImageName and ImageArn cannot be specified together.")),
        (Some(name), None) => {
            let name = Name::new(&name).map_err(|_| call.no_image(&name))?;
            Ok(Some(ImageReference { owner, name }))
        }
        (None, Some(image_arn)) => match arn::parse_image(&image_arn, &call.scope) {
            Some(reference) => Ok(Some(reference)),
            None => Err(call.no_image(&image_arn)),
        },
        (None, None) => Ok(None),
    }
}

/// How much is asked for; none if nothing is said of it.
pub(super) fn capacity(
    compute: Option<shapes::ComputeCapacity>,
    concurrent: Option<i32>,
) -> Result<Option<Capacity>, ApiError> {
    let concurrent = in_range("MaxConcurrentSessions", concurrent, 1, MOST)?;
    match (compute, concurrent) {
        (Some(_), Some(_)) => {
            Err(combination("ComputeCapacity and MaxConcurrentSessions cannot be specified together."))
        }
        (None, Some(sessions)) => Ok(Some(Capacity::Concurrent(sessions))),
        (None, None) => Ok(None),
        (Some(compute), None) => {
            let instances = in_range("DesiredInstances", compute.desired_instances, 0, MOST)?;
            let sessions = in_range("DesiredSessions", compute.desired_sessions, 0, MOST)?;
            match (instances, sessions) {
                (Some(instances), None) => Ok(Some(Capacity::Instances(instances))),
                (None, Some(sessions)) => Ok(Some(Capacity::Sessions(sessions))),
                (Some(_), Some(_)) | (None, None) => {
                    Err(combination("Exactly one of DesiredInstances and DesiredSessions is required."))
                }
            }
        }
    }
}

pub(super) fn max_user_duration(seconds: Option<i32>) -> Result<Option<u32>, ApiError> {
    in_range("MaxUserDurationInSeconds", seconds, 600, 432_000)
}

pub(super) fn max_sessions(sessions: Option<i32>) -> Result<Option<u32>, ApiError> {
    in_range("MaxSessionsPerInstance", sessions, 1, MOST)
}

pub(super) fn disconnect_timeout(seconds: Option<i32>) -> Result<Option<u32>, ApiError> {
    in_range("DisconnectTimeoutInSeconds", seconds, 60, 57_600)
}

/// 0, or 60 to 36000 rounded to the nearest minute, half up.
pub(super) fn idle_timeout(seconds: Option<i32>) -> Result<Option<u32>, ApiError> {
    if seconds == Some(0) {
        return Ok(Some(0));
    }
    let seconds = in_range("IdleDisconnectTimeoutInSeconds", seconds, 60, 36_000)?;
    Ok(seconds.map(|seconds| (seconds + 30) / 60 * 60))
}

pub(super) fn kind(kind: shapes::FleetType) -> FleetKind {
    match kind {
        shapes::FleetType::AlwaysOn => FleetKind::AlwaysOn,
        shapes::FleetType::OnDemand => FleetKind::OnDemand,
        shapes::FleetType::Elastic => FleetKind::Elastic,
    }
}

pub(super) fn view(view: shapes::StreamView) -> StreamView {
    match view {
        shapes::StreamView::App => StreamView::App,
        shapes::StreamView::Desktop => StreamView::Desktop,
    }
}

pub(super) fn script(location: shapes::S3Location) -> ObjectLocation {
    ObjectLocation { bucket: location.s3_bucket, key: location.s3_key }
}

pub(super) fn platform(platform: shapes::PlatformType) -> Platform {
    match platform {
        shapes::PlatformType::Windows => Platform::Windows,
        shapes::PlatformType::WindowsServer2016 => Platform::WindowsServer2016,
        shapes::PlatformType::WindowsServer2019 => Platform::WindowsServer2019,
        shapes::PlatformType::WindowsServer2022 => Platform::WindowsServer2022,
        shapes::PlatformType::WindowsServer2025 => Platform::WindowsServer2025,
        shapes::PlatformType::Windows11 => Platform::Windows11,
        shapes::PlatformType::AmazonLinux2 => Platform::AmazonLinux2,
        shapes::PlatformType::Rhel8 => Platform::Rhel8,
        shapes::PlatformType::RockyLinux8 => Platform::RockyLinux8,
        shapes::PlatformType::UbuntuPro2404 => Platform::UbuntuPro2404,
    }
}
