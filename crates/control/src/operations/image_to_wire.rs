//! Images as the API shows them.

use millrace_model::image::{Application, ImageDetails, ImageState, Platform, SharedImage};
use millrace_model::{Image, Scope};
use millrace_wire::shapes;

use super::image_permissions;
use super::values::wire_moment;
use crate::api::Call;
use crate::{arn, instance_types};

pub(super) fn image(call: &Call<'_>, image: &Image) -> shapes::Image {
    shapes::Image {
        name: image.name.to_string(),
        arn: Some(arn::image(&call.scope, &image.name)),
        display_name: image.details.display_name.clone(),
        description: image.details.description.clone(),
        state: Some(state(image.state)),
        visibility: Some(shapes::VisibilityType::Private),
        image_builder_supported: Some(image.state == ImageState::Available),
        image_builder_name: image.details.image_builder.as_ref().map(ToString::to_string),
        base_image_arn: image.details.base.as_ref().map(|base| {
            arn::image(&Scope { account: base.owner.clone(), region: call.scope.region.clone() }, &base.name)
        }),
        state_change_reason: image.details.failure.as_ref().map(|message| shapes::ImageStateChangeReason {
            code: Some(match &image.details {
                ImageDetails { import: Some(_), .. } => {
                    shapes::ImageStateChangeReasonCode::ImageImportFailure
                }
                ImageDetails { updated: true, .. } => shapes::ImageStateChangeReasonCode::ImageUpdateFailure,
                _ => shapes::ImageStateChangeReasonCode::InternalError,
            }),
            message: Some(message.clone()),
        }),
        image_errors: image.details.failure.as_ref().map(|message| {
            let code = match image.details.import {
                Some(_) => shapes::FleetErrorCode::ValidationError,
                None => shapes::FleetErrorCode::InternalServiceError,
            };
            vec![shapes::ResourceError {
                error_code: Some(code),
                error_message: Some(message.clone()),
                error_timestamp: None,
            }]
        }),
        image_type: image.details.import.as_ref().map(|_| shapes::ImageType::Custom),
        platform: Some(platform(image.details.platform)),
        applications: Some(image.applications.iter().map(|program| application(call, program)).collect()),
        created_time: Some(wire_moment(image.created_at)),
        appstream_agent_version: image.details.agent_version.clone(),
        supported_instance_families: Some(instance_types::supported_families()),
        image_shared_with_others: Some(shapes::ImageSharedWithOthers::False),
        ..shapes::Image::new(image.name.as_str())
    }
}

/// An image that the account may use, its own or another's.
pub(super) fn usable(call: &Call<'_>, shared: &SharedImage) -> shapes::Image {
    let own = image(call, &shared.image);
    if shared.owner == call.scope.account {
        return own;
    }
    let owner = Scope { account: shared.owner.clone(), region: call.scope.region.clone() };
    shapes::Image {
        arn: Some(arn::image(&owner, &shared.image.name)),
        visibility: Some(shapes::VisibilityType::Shared),
        image_permissions: Some(image_permissions::to_wire(shared.permissions)),
        image_builder_supported: Some(shared.permissions.image_builder),
        // Whom else it is shared with is its owner's to know.
        image_shared_with_others: None,
        ..own
    }
}

pub(crate) fn state(state: ImageState) -> shapes::ImageState {
    match state {
        ImageState::Pending => shapes::ImageState::Pending,
        ImageState::Importing => shapes::ImageState::Importing,
        ImageState::Available => shapes::ImageState::Available,
        ImageState::Failed => shapes::ImageState::Failed,
        ImageState::Deleting => shapes::ImageState::Deleting,
    }
}

fn application(call: &Call<'_>, application: &Application) -> shapes::Application {
    let arguments = application.argv.get(1..).unwrap_or_default();
    shapes::Application {
        name: Some(application.name.clone()),
        display_name: Some(application.display_name.clone()),
        launch_path: application.argv.first().cloned(),
        launch_parameters: (!arguments.is_empty())
            .then(|| shlex::try_join(arguments.iter().map(String::as_str)).unwrap_or_default()),
        working_directory: application.working_directory.clone(),
        icon_url: application.icon.as_ref().map(|icon| call.control.icon_url(icon)),
        enabled: Some(true),
        ..shapes::Application::default()
    }
}

pub(super) fn platform(platform: Platform) -> shapes::PlatformType {
    match platform {
        Platform::Windows => shapes::PlatformType::Windows,
        Platform::WindowsServer2016 => shapes::PlatformType::WindowsServer2016,
        Platform::WindowsServer2019 => shapes::PlatformType::WindowsServer2019,
        Platform::WindowsServer2022 => shapes::PlatformType::WindowsServer2022,
        Platform::WindowsServer2025 => shapes::PlatformType::WindowsServer2025,
        Platform::Windows11 => shapes::PlatformType::Windows11,
        Platform::AmazonLinux2 => shapes::PlatformType::AmazonLinux2,
        Platform::Rhel8 => shapes::PlatformType::Rhel8,
        Platform::RockyLinux8 => shapes::PlatformType::RockyLinux8,
        Platform::UbuntuPro2404 => shapes::PlatformType::UbuntuPro2404,
    }
}
