//! CreateImportedImage. What the API calls an AMI or a WorkSpaces image is an OCI archive in the installation's object storage; in the place of an AMI's id
//! an image of a registry can stand, which the configuration allows.

use millrace_model::Image;
use millrace_model::image::{Application, ImageDetails, ImageImport, ImageSource, ImageState};
use millrace_store::CreateError;
use millrace_stream::assistant::CatalogueEntry;
use millrace_wire::{ApiError, shapes};

use super::{export_image_tasks, image_to_wire, values};
use crate::api::Call;
use crate::builders::assistant::{LARGEST_CATALOGUE, checked};
use crate::images::PLATFORM;
use crate::registries::FetchError;
use crate::{errors, exports};

/// Imports of an account in a region that are not over.
const MOST_IMPORTS: u32 = 20;

pub(super) async fn handle(
    call: &Call<'_>,
    input: shapes::CreateImportedImageRequest,
) -> Result<shapes::CreateImportedImageResult, ApiError> {
    let name = crate::images::new_name(&input.name)
        .map_err(|error| ApiError::invalid_parameter_value(error.to_string()))?;
    let tags = values::new_tags(input.tags)?;
    let source = source(input.source_ami_id, input.workspace_image_id)?;
    if let Some(role) = &input.iam_role_arn {
        export_image_tasks::own_role(call, role)?;
    }
    if input.runtime_validation_config.is_some_and(|config| config.intended_instance_type.is_some()) {
        return Err(ApiError::operation_not_permitted(
            "RuntimeValidationConfig is not supported by this installation.",
        ));
    }
    let catalogue =
        input.app_catalog_config.filter(|entries| !entries.is_empty()).map(catalogue).transpose()?;
    find(call, &source).await?;
    let image = Image {
        name,
        created_at: call.now,
        digest: String::new(),
        state: ImageState::Pending,
        details: ImageDetails {
            display_name: values::text(input.display_name),
            description: values::text(input.description),
            // CURRENT_LATEST and ALWAYS_LATEST are the same: an installation has one version of the runtime, and all instances get it.
            agent_version: Some(call.control.config.agent_version.clone()),
            import: Some(ImageImport { source, catalogue, attempts: 0 }),
            ..ImageDetails::of(PLATFORM)
        },
        applications: Vec::new(),
    };
    if input.dry_run.unwrap_or(false) {
        return Err(dry_run(call, &image).await?);
    }
    match call.control.store.create_imported_image(&call.scope, &image, &tags, MOST_IMPORTS).await {
        Ok(()) => {
            call.control.imports.notify_one();
            call.control.fetches.notify_one();
            Ok(shapes::CreateImportedImageResult { image: Some(image_to_wire::image(call, &image)) })
        }
        Err(CreateError::AlreadyExists) => Err(errors::exists("image", image.name.as_str())),
        Err(CreateError::LimitReached) => Err(ApiError::limit_exceeded(format!(
            "The account has the limit of {MOST_IMPORTS} imports at a time."
        ))),
        Err(CreateError::Store(error)) => Err(errors::store(&error)),
    }
}

/// Where the image comes from.
fn source(ami: Option<String>, workspace_image: Option<String>) -> Result<ImageSource, ApiError> {
    match (ami, workspace_image) {
        (Some(source), None) | (None, Some(source)) => Ok(source.into()),
        _ => Err(ApiError::invalid_parameter_combination(
            "Either SourceAmiId or WorkspaceImageId is required, but not both.",
        )),
    }
}

/// An archive must be there, and a registry allowed; what is in it the import finds out.
async fn find(call: &Call<'_>, source: &ImageSource) -> Result<(), ApiError> {
    match source {
        ImageSource::Archive(id) => {
            let missing = || errors::not_found("source image", id, &call.scope);
            let object = exports::object(&call.scope, id).map_err(|_| missing())?;
            let found = call.control.images.find_object(&object).await;
            found.map_err(|error| export_image_tasks::storage(&error))?.map(drop).ok_or_else(missing)
        }
        ImageSource::Published(reference) => match call.control.registries.check(reference).await {
            Ok(()) => Ok(()),
            Err(FetchError::Refused(why) | FetchError::Failed(why)) => {
                Err(ApiError::invalid_parameter_value(why))
            }
            Err(FetchError::Internal(why)) => {
                tracing::error!(error = why, "a registry cannot be looked up");
                Err(ApiError::internal_failure(
                    "The request could not be completed because of an internal failure.",
                ))
            }
        },
    }
}

/// What is said in the place of success: all was checked, and nothing made.
async fn dry_run(call: &Call<'_>, image: &Image) -> Result<ApiError, ApiError> {
    let found = call.control.store.image(&call.scope, &image.name).await;
    if found.map_err(|error| errors::store(&error))?.is_some() {
        return Err(errors::exists("image", image.name.as_str()));
    }
    Ok(ApiError::dry_run_operation("Request would have succeeded, but DryRun flag is set."))
}

fn catalogue(entries: Vec<shapes::ApplicationConfig>) -> Result<Vec<Application>, ApiError> {
    let mut catalogue: Vec<Application> = Vec::with_capacity(entries.len());
    for entry in entries {
        if entry.absolute_manifest_path.is_some_and(|path| !path.is_empty()) {
            return Err(ApiError::operation_not_permitted(
                "AbsoluteManifestPath is not supported by this installation.",
            ));
        }
        let application = checked(CatalogueEntry {
            name: entry.name,
            absolute_app_path: entry.absolute_app_path,
            display_name: entry.display_name.unwrap_or_default(),
            absolute_icon_path: entry.absolute_icon_path.unwrap_or_default(),
            launch_parameters: entry.launch_parameters.unwrap_or_default(),
            working_directory: entry.working_directory.unwrap_or_default(),
        })
        .map_err(ApiError::invalid_parameter_value)?;
        if catalogue.iter().any(|known| known.name == application.name) {
            return Err(ApiError::invalid_parameter_value(format!(
                "The AppCatalogConfig has two applications of the name {}.",
                application.name
            )));
        }
        catalogue.push(application);
    }
    if serde_json::to_vec(&catalogue).map_or(usize::MAX, |text| text.len()) > LARGEST_CATALOGUE {
        return Err(ApiError::invalid_parameter_value(format!(
            "The AppCatalogConfig is longer than {LARGEST_CATALOGUE} bytes."
        )));
    }
    Ok(catalogue)
}
