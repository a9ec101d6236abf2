//! DescribeImages.

use millrace_model::Name;
use millrace_model::image::{ImagePermissions, ImageReference, SharedImage};
use millrace_store::{PageToken, Store};
use millrace_wire::ApiError;
use millrace_wire::shapes::{self, DescribeImagesRequest, DescribeImagesResult, VisibilityType};

use super::{image_to_wire, values};
use crate::api::Call;
use crate::{arn, errors};

/// What one reply holds at most, and if nothing else is asked for.
const PAGE: u32 = 25;
/// The kind of the tokens for the images of other accounts.
const SHARED: &str = "images-shared";
/// Less than the key of any of them: those begin with the twelve digits of an account.
const BEFORE_ALL: &str = "0";

pub(super) async fn handle(
    call: &Call<'_>,
    input: DescribeImagesRequest,
) -> Result<DescribeImagesResult, ApiError> {
    let names = values::asked_for("Names", input.names)?;
    let arns = values::asked_for("Arns", input.arns)?;
    if !names.is_empty() && !arns.is_empty() {
        return Err(ApiError::invalid_parameter_combination("Names and Arns cannot be specified together."));
    }
    if !names.is_empty() || !arns.is_empty() {
        let mut images = Vec::new();
        for text in names.iter().chain(&arns) {
            let shown = show(call, &find(call, text, !arns.is_empty()).await?).await?;
            if input.r#type.is_none_or(|kind| shown.visibility == Some(kind)) {
                images.push(shown);
            }
        }
        return Ok(DescribeImagesResult { images: Some(images), next_token: None });
    }
    let limit = values::in_range("MaxResults", input.max_results, 0, PAGE)?.filter(|limit| *limit > 0);
    page(call, input.r#type, input.next_token.as_deref(), limit.unwrap_or(PAGE)).await
}

/// The account's own images by name, then those that others share with it, by owner and name.
async fn page(
    call: &Call<'_>,
    visibility: Option<VisibilityType>,
    token: Option<&str>,
    limit: u32,
) -> Result<DescribeImagesResult, ApiError> {
    let (with_own, with_shared) = match visibility {
        None => (true, true),
        Some(VisibilityType::Private) => (true, false),
        Some(VisibilityType::Shared) => (false, true),
        // An installation publishes none.
        Some(VisibilityType::Public) => (false, false),
    };
    let shared_token = token.and_then(|token| PageToken::decode(SHARED, token).ok()).filter(|_| with_shared);
    let mut images = Vec::new();
    if with_own && shared_token.is_none() {
        let token = Call::page_token(Store::IMAGES, token)?;
        let own_page = call.control.store.images(&call.scope, token.as_ref(), limit).await;
        let own_page = own_page.map_err(|error| errors::store(&error))?;
        for image in own_page.items {
            images.push(show(call, &own(call, image)).await?);
        }
        if own_page.next.is_some() {
            let next_token = own_page.next.map(|token| token.encode());
            return Ok(DescribeImagesResult { images: Some(images), next_token });
        }
    } else if shared_token.is_none() {
        Call::page_token(SHARED, token)?;
    }
    let mut next_token = None;
    if with_shared {
        let shared = call.control.store.images_shared_with(&call.scope).await;
        let shared = shared.map_err(|error| errors::store(&error))?;
        let mut last = shared_token.as_ref().map_or(BEFORE_ALL, PageToken::key).to_owned();
        let from = last.clone();
        for image in shared.iter().filter(|image| key(image) > from) {
            if images.len() >= limit as usize {
                next_token = Some(PageToken::new(SHARED, &last).encode());
                break;
            }
            last = key(image);
            images.push(image_to_wire::usable(call, image));
        }
    }
    Ok(DescribeImagesResult { images: Some(images), next_token })
}

fn key(image: &SharedImage) -> String {
    format!("{}/{}", image.owner, image.image.name)
}

/// An image with what its owner may know: whether others may use it.
async fn show(call: &Call<'_>, image: &SharedImage) -> Result<shapes::Image, ApiError> {
    let mut shown = image_to_wire::usable(call, image);
    if image.owner == call.scope.account {
        let others = call.control.store.is_image_shared(&call.scope, &image.image.name).await;
        if others.map_err(|error| errors::store(&error))? {
            shown.image_shared_with_others = Some(shapes::ImageSharedWithOthers::True);
        }
    }
    Ok(shown)
}

fn own(call: &Call<'_>, image: millrace_model::Image) -> SharedImage {
    let permissions = ImagePermissions { fleet: true, image_builder: true };
    SharedImage { owner: call.scope.account.clone(), image, permissions }
}

/// A name is one of the account's own; an ARN may be that of an image that is shared with it.
async fn find(call: &Call<'_>, text: &str, is_arn: bool) -> Result<SharedImage, ApiError> {
    let missing = || call.no_image(text);
    let reference = if is_arn {
        arn::parse_image(text, &call.scope).ok_or_else(missing)?
    } else {
        let name = Name::new(text).map_err(|_| missing())?;
        ImageReference { owner: call.scope.account.clone(), name }
    };
    let found = call.control.store.usable_image(&call.scope, &reference).await;
    found.map_err(|error| errors::store(&error))?.ok_or_else(missing)
}
