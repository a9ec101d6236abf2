//! CreateUpdatedImage: an image builder that nobody sees starts the image, brings its Debian packages up to date, and becomes the new image. With `dryRun`
//! it only tells whether anything would change.

use std::time::Duration;

use millrace_model::builder::{BuilderKey, BuilderSettings};
use millrace_model::errand::{Errand, ErrandOutcome};
use millrace_model::image::{ImageDetails, ImageReference, ImageState};
use millrace_model::machine::MachineSettings;
use millrace_model::{Image, ImageBuilder, Name};
use millrace_store::{CreateError, CreateFromImageError};
use millrace_wire::{ApiError, shapes};

use super::{image_to_wire, values};
use crate::api::Call;
use crate::builders::errands;
use crate::errors;

/// Updates of an account in a region at a time.
const MOST_UPDATES: u32 = 10;
/// The size of the instances.
const INSTANCE_TYPE: &str = "stream.standard.medium";
/// How long an update may take, in seconds.
const UPDATE_WITHIN: u32 = 3600;
/// How long a client waits for an answer: SDKs give up after 60 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(55);
/// How long an answer is kept for it, in seconds.
const ANSWER_KEPT: u32 = 60;

pub(super) async fn handle(
    call: &Call<'_>,
    input: shapes::CreateUpdatedImageRequest,
) -> Result<shapes::CreateUpdatedImageResult, ApiError> {
    let existing = values::existing(&input.existing_image_name, |name| call.no_image(name))?;
    let name = crate::images::new_name(&input.new_image_name)
        .map_err(|error| ApiError::invalid_parameter_value(error.to_string()))?;
    let tags = values::new_tags(input.new_image_tags)?;
    let found = call.control.store.image(&call.scope, &existing).await;
    let source = found
        .map_err(|error| errors::store(&error))?
        .ok_or_else(|| call.no_image(&input.existing_image_name))?;
    if source.state != ImageState::Available {
        return Err(wrong_state(&source));
    }
    if input.dry_run.unwrap_or(false) {
        let taken =
            call.control.store.image(&call.scope, &name).await.map_err(|error| errors::store(&error))?;
        if taken.is_some() {
            return Err(errors::exists("image", name.as_str()));
        }
        let can_update_image = Some(would_change(call, &source).await?);
        return Ok(shapes::CreateUpdatedImageResult { can_update_image, image: None });
    }
    let texts = (values::text(input.new_image_display_name), values::text(input.new_image_description));
    let image = pending(call, &source, name, texts);
    let builder = builder(call, &source, Some(image.name.clone()), UPDATE_WITHIN)?;
    let created =
        call.control.store.create_errand(&call.scope, &builder, Some((&image, &tags)), MOST_UPDATES).await;
    created.map_err(|error| refused(&source, image.name.as_str(), error))?;
    call.control.wake_builders.notify_one();
    Ok(shapes::CreateUpdatedImageResult {
        can_update_image: Some(true),
        image: Some(image_to_wire::image(call, &image)),
    })
}

/// Whether the runtime or any package would change.
async fn would_change(call: &Call<'_>, source: &Image) -> Result<bool, ApiError> {
    if source.details.agent_version.as_ref() != Some(&call.control.config.agent_version) {
        return Ok(true);
    }
    let builder = builder(call, source, None, ANSWER_KEPT)?;
    let created = call.control.store.create_errand(&call.scope, &builder, None, MOST_UPDATES).await;
    created.map_err(|error| refused(source, source.name.as_str(), error))?;
    call.control.wake_builders.notify_one();
    let key = BuilderKey { scope: call.scope.clone(), name: builder.name };
    let answer = tokio::time::timeout(ANSWER_WITHIN, answer(call, &key)).await;
    // Whatever came of it, nobody needs it any more.
    errands::remove(call.control, &key).await.map_err(|error| errors::store(&error))?;
    call.control.wake_builders.notify_one();
    match answer {
        Ok(Ok(ErrandOutcome::Packages(count))) => Ok(count > 0),
        Ok(Ok(ErrandOutcome::Failed(why))) => Err(ApiError::operation_not_permitted(format!(
            "Whether the image {} can be updated cannot be told: {why}",
            source.name
        ))),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(ApiError::operation_not_permitted(format!(
            "Whether the image {} can be updated cannot be told in time.",
            source.name
        ))),
    }
}

async fn answer(call: &Call<'_>, key: &BuilderKey) -> Result<ErrandOutcome, ApiError> {
    let mut changes = call.control.changes.subscribe();
    loop {
        changes.mark_unchanged();
        let found = call.control.store.image_builder(&key.scope, &key.name).await;
        let found = found.map_err(|error| errors::store(&error))?;
        let Some(errand) = found.and_then(|builder| builder.runtime.errand) else {
            return Ok(ErrandOutcome::Failed("the update was given up.".to_owned()));
        };
        if let Some(outcome) = errand.outcome {
            return Ok(outcome);
        }
        if changes.changed().await.is_err() {
            return Err(ApiError::service_unavailable("The server is stopping."));
        }
    }
}

fn pending(call: &Call<'_>, source: &Image, name: Name, texts: (Option<String>, Option<String>)) -> Image {
    let (display_name, description) = texts;
    Image {
        name,
        created_at: call.now,
        digest: String::new(),
        state: ImageState::Pending,
        details: ImageDetails {
            display_name: display_name.or_else(|| source.details.display_name.clone()),
            description: description.or_else(|| source.details.description.clone()),
            agent_version: Some(call.control.config.agent_version.clone()),
            base: Some(reference(call, source)),
            updated: true,
            ..ImageDetails::of(source.details.platform)
        },
        applications: source.applications.clone(),
    }
}

fn reference(call: &Call<'_>, source: &Image) -> ImageReference {
    ImageReference { owner: call.scope.account.clone(), name: source.name.clone() }
}

/// A builder with an errand, under a name of its own.
fn builder(
    call: &Call<'_>,
    source: &Image,
    image: Option<Name>,
    within: u32,
) -> Result<ImageBuilder, ApiError> {
    let unique = call.control.surroundings.unique().simple().to_string();
    let name = Name::new(format!("update-{unique}"))
        .map_err(|error| ApiError::internal_failure(error.to_string()))?;
    let settings = BuilderSettings {
        display_name: None,
        description: None,
        image: reference(call, source),
        image_digest: source.digest.clone(),
        platform: source.details.platform,
        // The internet is where packages come from.
        machine: MachineSettings { internet_access: true, ..MachineSettings::of_type(INSTANCE_TYPE) },
        access_endpoints: Vec::new(),
    };
    let version = call.control.config.agent_version.clone();
    let disk = format!("d-{}", &unique[..24]);
    let catalogue = source.applications.clone();
    let mut builder =
        ImageBuilder::new(name, settings, disk, catalogue, (version.clone(), version), call.now);
    let until = call.now.plus_seconds(within);
    builder.runtime.errand = Some(Errand { image, begun_in: None, until, outcome: None });
    Ok(builder)
}

/// Of the errors of this operation, the one that says "not in this state".
fn wrong_state(image: &Image) -> ApiError {
    ApiError::operation_not_permitted(format!(
        "The image {} is {}. The image must be in an AVAILABLE state for this action to succeed.",
        image.name,
        image_to_wire::state(image.state).as_str()
    ))
}

fn refused(source: &Image, new: &str, error: CreateFromImageError) -> ApiError {
    match error {
        CreateFromImageError::Image(_) => wrong_state(source),
        CreateFromImageError::Create(CreateError::AlreadyExists) => errors::exists("image", new),
        CreateFromImageError::Create(CreateError::LimitReached) => ApiError::limit_exceeded(format!(
            "The account has the limit of {MOST_UPDATES} updates of images at a time."
        )),
        CreateFromImageError::Create(CreateError::Store(error)) => errors::store(&error),
    }
}
