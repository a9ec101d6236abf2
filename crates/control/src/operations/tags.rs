//! TagResource, UntagResource and ListTagsForResource.

use std::convert::Infallible;

use millrace_model::Name;
use millrace_store::ResourceKind;
use millrace_wire::ApiError;
use millrace_wire::shapes::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest, TagResourceResponse,
    UntagResourceRequest, UntagResourceResponse,
};

use super::values;
use crate::api::Call;
use crate::{arn, errors};

pub(super) async fn tag(call: &Call<'_>, input: TagResourceRequest) -> Result<TagResourceResponse, ApiError> {
    let (kind, name) = resource(call, &input.resource_arn)?;
    let changed = call.control.store.change_tags(&call.scope, kind, &name, |tags| tags.with(input.tags));
    changed.await.map_err(|error| {
        errors::change(error, || missing(&input.resource_arn), |refusal| values::tag_refusal(&refusal))
    })?;
    Ok(TagResourceResponse {})
}

pub(super) async fn untag(
    call: &Call<'_>,
    input: UntagResourceRequest,
) -> Result<UntagResourceResponse, ApiError> {
    let (kind, name) = resource(call, &input.resource_arn)?;
    let keys = input.tag_keys.iter().map(String::as_str);
    let changed = call
        .control
        .store
        .change_tags(&call.scope, kind, &name, |tags| Ok::<_, Infallible>(tags.without(keys)));
    changed
        .await
        .map_err(|error| errors::change(error, || missing(&input.resource_arn), |never| match never {}))?;
    Ok(UntagResourceResponse {})
}

pub(super) async fn list(
    call: &Call<'_>,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, ApiError> {
    let (kind, name) = resource(call, &input.resource_arn)?;
    let tags = call.control.store.tags(&call.scope, kind, &name).await;
    let tags = tags.map_err(|error| errors::store(&error))?.ok_or_else(|| missing(&input.resource_arn))?;
    Ok(ListTagsForResourceResponse { tags: Some(tags.into_map()) })
}

fn resource(call: &Call<'_>, arn: &str) -> Result<(ResourceKind, Name), ApiError> {
    arn::parse(arn, &call.scope).ok_or_else(|| missing(arn))
}

fn missing(arn: &str) -> ApiError {
    ApiError::resource_not_found(format!("The resource {arn} does not exist."))
}
