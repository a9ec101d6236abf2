//! CreateImageBuilder.

use millrace_model::builder::{AccessEndpoint, BuilderSettings};
use millrace_model::image::{ImageReference, ImageState};
use millrace_model::{Image, ImageBuilder, Name};
use millrace_store::{CreateError, CreateFromImageError};
use millrace_wire::ApiError;
use millrace_wire::shapes::{CreateImageBuilderRequest, CreateImageBuilderResult};

use super::{fleet_from_wire, image_builder_to_wire, machine_from_wire, values};
use crate::api::Call;
use crate::errors;

/// The version that means the newest.
const LATEST: &str = "LATEST";

pub(super) async fn handle(
    call: &Call<'_>,
    mut input: CreateImageBuilderRequest,
) -> Result<CreateImageBuilderResult, ApiError> {
    // The shape has checked the pattern.
    let name = Name::new(&input.name).map_err(|error| ApiError::validation(error.to_string()))?;
    let tags = values::new_tags(input.tags.take())?;
    let reference = fleet_from_wire::image(call, input.image_name.take(), input.image_arn.take())?
        .ok_or_else(|| {
            ApiError::invalid_parameter_combination("Either ImageName or ImageArn is required.")
        })?;
    let next_version = agent_version(call, input.appstream_agent_version.as_deref())?;
    let image = usable_image(call, &reference).await?;
    let settings = settings(input, reference, &image)?;

    let current = image.details.agent_version.clone().unwrap_or_else(|| next_version.clone());
    let disk = format!("d-{}", &call.control.surroundings.unique().simple().to_string()[..24]);
    let builder =
        ImageBuilder::new(name, settings, disk, image.applications, (current, next_version), call.now);
    let limit = call.control.config.quotas.image_builders;
    match call.control.store.create_image_builder(&call.scope, &builder, &tags, limit).await {
        Ok(()) => {
            call.control.wake_builders.notify_one();
            Ok(CreateImageBuilderResult {
                image_builder: Some(image_builder_to_wire::image_builder(call, &builder)),
            })
        }
        Err(CreateFromImageError::Image(reason)) => {
            Err(fleet_from_wire::image_unusable(call, Some(&builder.settings.image), reason))
        }
        Err(CreateFromImageError::Create(error)) => Err(match error {
            CreateError::AlreadyExists => errors::exists("image builder", builder.name.as_str()),
            CreateError::LimitReached => {
                ApiError::limit_exceeded(format!("The account has the limit of {limit} image builders."))
            }
            CreateError::Store(error) => errors::store(&error),
        }),
    }
}

/// The version of the runtime that is asked for. An installation has one; an image that was made with another gets it when its builder starts.
pub(super) fn agent_version(call: &Call<'_>, asked: Option<&str>) -> Result<String, ApiError> {
    let installed = &call.control.config.agent_version;
    match asked {
        None | Some(LATEST) => Ok(installed.clone()),
        Some(version) if version == installed => Ok(installed.clone()),
        Some(version) => Err(ApiError::invalid_parameter_value(format!(
            "The AppstreamAgentVersion {version} is not known. Known are {installed} and {LATEST}."
        ))),
    }
}

async fn usable_image(call: &Call<'_>, reference: &ImageReference) -> Result<Image, ApiError> {
    let found = call.control.store.usable_image(&call.scope, reference).await;
    let found = found
        .map_err(|error| errors::store(&error))?
        .ok_or_else(|| call.no_image(reference.name.as_str()))?;
    if !found.permissions.image_builder {
        return Err(ApiError::operation_not_permitted(format!(
            "The image {} is not shared for use by image builders.",
            reference.name
        )));
    }
    let image = found.image;
    match image.state {
        ImageState::Available => Ok(image),
        ImageState::Pending | ImageState::Importing | ImageState::Failed | ImageState::Deleting => {
            Err(values::image_not_available(reference.name.as_str(), image.state))
        }
    }
}

fn settings(
    input: CreateImageBuilderRequest,
    image: ImageReference,
    content: &Image,
) -> Result<BuilderSettings, ApiError> {
    let unsupported = [
        (input.softwares_to_install.is_some_and(|names| !names.is_empty()), "SoftwaresToInstall"),
        (input.softwares_to_uninstall.is_some_and(|names| !names.is_empty()), "SoftwaresToUninstall"),
        (input.agent_access_config.is_some(), "AgentAccessConfig"),
    ];
    if let Some((_, parameter)) = unsupported.iter().find(|(given, _)| *given) {
        return Err(ApiError::operation_not_permitted(format!(
            "{parameter} is not supported by this installation."
        )));
    }
    let machine = machine_from_wire::settings(
        input.instance_type,
        input.enable_default_internet_access,
        input.vpc_config,
        input.domain_join_info,
        input.iam_role_arn,
        input.root_volume_config.as_ref(),
        input.disable_imdsv1,
    )?;
    if machine.subnets().is_some_and(|count| count != 1) {
        return Err(ApiError::invalid_parameter_combination(
            "The VpcConfig of an image builder has one subnet.",
        ));
    }
    let endpoints = input.access_endpoints.unwrap_or_default();
    Ok(BuilderSettings {
        display_name: values::text(input.display_name),
        description: values::text(input.description),
        image,
        image_digest: content.digest.clone(),
        platform: content.details.platform,
        machine,
        access_endpoints: endpoints
            .into_iter()
            .map(|endpoint| AccessEndpoint {
                kind: endpoint.endpoint_type.as_str().to_owned(),
                endpoint_id: endpoint.vpce_id,
            })
            .collect(),
    })
}
