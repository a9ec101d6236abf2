//! DescribeImageBuilders, UpdateImageBuilder, StartImageBuilder, StopImageBuilder and DeleteImageBuilder.

use millrace_model::ImageBuilder;
use millrace_model::builder::WrongBuilderState;
use millrace_store::Store;
use millrace_wire::ApiError;
use millrace_wire::shapes;

use super::image_builder_to_wire::{self, state_text};
use super::{create_image_builder, values};
use crate::api::Call;
use crate::errors;

/// How many builders one reply holds at most, and if nothing is asked for. (A clean-up tool in wide use asks for 100.)
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 1000;

pub(super) async fn describe(
    call: &Call<'_>,
    input: shapes::DescribeImageBuildersRequest,
) -> Result<shapes::DescribeImageBuildersResult, ApiError> {
    let store = &call.control.store;
    let shown = |builder: &ImageBuilder| image_builder_to_wire::image_builder(call, builder);
    let limit = values::in_range("MaxResults", input.max_results, 0, LARGEST_PAGE)?;
    let names = values::asked_for("Names", input.names)?;
    if !names.is_empty() {
        let mut builders = Vec::with_capacity(names.len());
        for text in names {
            let name = values::existing(&text, |name| call.no_image_builder(name))?;
            let found =
                store.image_builder(&call.scope, &name).await.map_err(|error| errors::store(&error))?;
            let found = found.filter(|builder| builder.runtime.errand.is_none());
            builders.push(shown(&found.ok_or_else(|| call.no_image_builder(&text))?));
        }
        return Ok(shapes::DescribeImageBuildersResult { image_builders: Some(builders), next_token: None });
    }
    let token = Call::page_token(Store::IMAGE_BUILDERS, input.next_token.as_deref())?;
    let limit = limit.filter(|limit| *limit > 0).unwrap_or(PAGE);
    let page = store.image_builders(&call.scope, token.as_ref(), limit).await;
    let page = page.map_err(|error| errors::store(&error))?;
    Ok(shapes::DescribeImageBuildersResult {
        image_builders: Some(page.items.iter().map(shown).collect()),
        next_token: page.next.map(|token| token.encode()),
    })
}

pub(super) async fn update(
    call: &Call<'_>,
    input: shapes::UpdateImageBuilderRequest,
) -> Result<shapes::UpdateImageBuilderResult, ApiError> {
    let shapes::UpdateImageBuilderRequest { name, display_name, description, agent_access_config, .. } =
        input;
    if agent_access_config.is_some() {
        return Err(ApiError::operation_not_permitted(
            "AgentAccessConfig is not supported by this installation.",
        ));
    }
    let refused = |state: WrongBuilderState| {
        ApiError::operation_not_permitted(format!(
            "The image builder {name} is in state {}. The image builder must be STOPPED for this action to succeed.",
            state_text(state.0)
        ))
    };
    let builder = change(call, &name, refused, |builder| {
        let mut settings = builder.settings.clone();
        values::replaced_text(&mut settings.display_name, display_name);
        values::replaced_text(&mut settings.description, description);
        builder.update(settings)
    })
    .await?;
    Ok(shapes::UpdateImageBuilderResult {
        image_builder: Some(image_builder_to_wire::image_builder(call, &builder)),
    })
}

pub(super) async fn start(
    call: &Call<'_>,
    input: shapes::StartImageBuilderRequest,
) -> Result<shapes::StartImageBuilderResult, ApiError> {
    let asked = input.appstream_agent_version;
    let version = create_image_builder::agent_version(call, asked.as_deref())?;
    let refused = |state: WrongBuilderState| unavailable(&input.name, state, "STOPPED");
    let builder =
        change(call, &input.name, refused, |builder| builder.start(version.clone(), call.now)).await?;
    Ok(shapes::StartImageBuilderResult {
        image_builder: Some(image_builder_to_wire::image_builder(call, &builder)),
    })
}

pub(super) async fn stop(
    call: &Call<'_>,
    input: shapes::StopImageBuilderRequest,
) -> Result<shapes::StopImageBuilderResult, ApiError> {
    let refused = |state: WrongBuilderState| unavailable(&input.name, state, "RUNNING");
    let builder = change(call, &input.name, refused, ImageBuilder::stop).await?;
    Ok(shapes::StopImageBuilderResult {
        image_builder: Some(image_builder_to_wire::image_builder(call, &builder)),
    })
}

pub(super) async fn delete(
    call: &Call<'_>,
    input: shapes::DeleteImageBuilderRequest,
) -> Result<shapes::DeleteImageBuilderResult, ApiError> {
    let refused = |_: WrongBuilderState| {
        ApiError::operation_not_permitted(format!(
            "The image builder {} is SNAPSHOTTING. It can be deleted once the image is created.",
            input.name
        ))
    };
    let builder = change(call, &input.name, refused, ImageBuilder::delete).await?;
    Ok(shapes::DeleteImageBuilderResult {
        image_builder: Some(image_builder_to_wire::image_builder(call, &builder)),
    })
}

/// Of the errors that starting and stopping may return, the one that says "not in this state".
fn unavailable(name: &str, state: WrongBuilderState, needed: &str) -> ApiError {
    ApiError::resource_not_available(format!(
        "The image builder {name} is in state {}. The image builder must be {needed} for this action to succeed.",
        state_text(state.0)
    ))
}

async fn change(
    call: &Call<'_>,
    text: &str,
    refused: impl FnOnce(WrongBuilderState) -> ApiError,
    change: impl FnOnce(&ImageBuilder) -> Result<ImageBuilder, WrongBuilderState> + Send,
) -> Result<ImageBuilder, ApiError> {
    let name = values::existing(text, |name| call.no_image_builder(name))?;
    let found =
        call.control.store.image_builder(&call.scope, &name).await.map_err(|error| errors::store(&error))?;
    if found.is_some_and(|builder| builder.runtime.errand.is_some()) {
        return Err(call.no_image_builder(text));
    }
    let changed = call.control.store.change_image_builder(&call.scope, &name, change).await;
    let (_, builder) =
        changed.map_err(|error| errors::change(error, || call.no_image_builder(text), refused))?;
    call.control.wake_builders.notify_one();
    Ok(builder)
}
