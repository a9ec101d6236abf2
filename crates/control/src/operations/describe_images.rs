//! DescribeImages.

use millrace_model::{Image, Name};
use millrace_store::{ResourceKind, Store};
use millrace_wire::ApiError;
use millrace_wire::shapes::{DescribeImagesRequest, DescribeImagesResult, VisibilityType};

use super::{MOST_NAMES, image_to_wire, values};
use crate::api::Call;
use crate::{arn, errors};

/// What one reply holds at most, and if nothing else is asked for.
const PAGE: u32 = 25;

pub(super) async fn handle(
    call: &Call<'_>,
    input: DescribeImagesRequest,
) -> Result<DescribeImagesResult, ApiError> {
    let names = input.names.unwrap_or_default();
    let arns = input.arns.unwrap_or_default();
    if !names.is_empty() && !arns.is_empty() {
        return Err(ApiError::invalid_parameter_combination("Names and Arns cannot be specified together."));
    }
    if names.len() + arns.len() > MOST_NAMES {
        return Err(ApiError::invalid_parameter_value(format!(
            "At most {MOST_NAMES} images can be asked for."
        )));
    }
    // Every image is private to its account until images can be shared or published.
    let private = input.r#type.is_none_or(|kind| kind == VisibilityType::Private);
    let mut images = Vec::new();
    if !names.is_empty() || !arns.is_empty() {
        for text in names.iter().chain(&arns) {
            let image = find(call, text, !arns.is_empty()).await?;
            if private {
                images.push(image_to_wire::image(call, &image));
            }
        }
        return Ok(DescribeImagesResult { images: Some(images), next_token: None });
    }
    let token = Call::page_token(Store::IMAGES, input.next_token.as_deref())?;
    if !private {
        return Ok(DescribeImagesResult { images: Some(images), next_token: None });
    }
    let limit = values::in_range("MaxResults", input.max_results, 0, PAGE)?.filter(|limit| *limit > 0);
    let page = call.control.store.images(&call.scope, token.as_ref(), limit.unwrap_or(PAGE)).await;
    let page = page.map_err(|error| errors::store(&error))?;
    Ok(DescribeImagesResult {
        images: Some(page.items.iter().map(|image| image_to_wire::image(call, image)).collect()),
        next_token: page.next.map(|token| token.encode()),
    })
}

async fn find(call: &Call<'_>, text: &str, is_arn: bool) -> Result<Image, ApiError> {
    let missing = || call.no_image(text);
    let name = if is_arn {
        match arn::parse(text, &call.scope) {
            Some((ResourceKind::Image, name)) => name,
            Some(_) | None => return Err(missing()),
        }
    } else {
        Name::new(text).map_err(|_| missing())?
    };
    let found = call.control.store.image(&call.scope, &name).await.map_err(|error| errors::store(&error))?;
    found.ok_or_else(missing)
}
