//! UpdateImagePermissions, DeleteImagePermissions and DescribeImagePermissions: images shared between the accounts of one installation.

use millrace_model::image::ImagePermissions;
use millrace_model::{AccountId, Name};
use millrace_store::{ImageChangeError, Store};
use millrace_wire::{ApiError, shapes};

use super::values;
use crate::api::Call;
use crate::errors;

/// How many accounts one reply holds, if nothing is asked for; the shape bounds it to 500.
const PAGE: u32 = 500;

pub(super) async fn update(
    call: &Call<'_>,
    input: shapes::UpdateImagePermissionsRequest,
) -> Result<shapes::UpdateImagePermissionsResult, ApiError> {
    let name = values::existing(&input.name, |name| call.no_image(name))?;
    let account = account(call, &input.shared_account_id)?;
    let permissions = ImagePermissions {
        fleet: input.image_permissions.allow_fleet.unwrap_or(false),
        image_builder: input.image_permissions.allow_image_builder.unwrap_or(false),
    };
    let shared = call.control.store.share_image(&call.scope, &name, &account, permissions).await;
    shared.map_err(|error| refused(call, &name, error))?;
    Ok(shapes::UpdateImagePermissionsResult {})
}

pub(super) async fn delete(
    call: &Call<'_>,
    input: shapes::DeleteImagePermissionsRequest,
) -> Result<shapes::DeleteImagePermissionsResult, ApiError> {
    let name = existing(call, &input.name).await?;
    let missing = || {
        ApiError::resource_not_found(format!(
            "The image {name} is not shared with the account {}.",
            input.shared_account_id
        ))
    };
    let account = AccountId::new(&input.shared_account_id).map_err(|_| missing())?;
    let gone = call.control.store.unshare_image(&call.scope, &name, &account).await;
    if gone.map_err(|error| errors::store(&error))? {
        Ok(shapes::DeleteImagePermissionsResult {})
    } else {
        Err(missing())
    }
}

pub(super) async fn describe(
    call: &Call<'_>,
    input: shapes::DescribeImagePermissionsRequest,
) -> Result<shapes::DescribeImagePermissionsResult, ApiError> {
    let name = existing(call, &input.name).await?;
    let token = Call::page_token(Store::IMAGE_SHARES, input.next_token.as_deref())?;
    let limit = values::in_range("MaxResults", input.max_results, 0, PAGE)?.filter(|limit| *limit > 0);
    let page = call
        .control
        .store
        .image_shares(&call.scope, &name, token.as_ref(), limit.unwrap_or(PAGE))
        .await
        .map_err(|error| errors::store(&error))?;
    let wanted = input.shared_aws_account_ids.unwrap_or_default();
    let list = page
        .items
        .into_iter()
        .filter(|(account, _)| wanted.is_empty() || wanted.iter().any(|id| id == account.as_str()))
        .map(|(account, permissions)| {
            shapes::SharedImagePermissions::new(account.as_str(), to_wire(permissions))
        })
        .collect();
    Ok(shapes::DescribeImagePermissionsResult {
        name: Some(name.to_string()),
        shared_image_permissions_list: Some(list),
        next_token: page.next.map(|token| token.encode()),
    })
}

pub(super) fn to_wire(permissions: ImagePermissions) -> shapes::ImagePermissions {
    shapes::ImagePermissions {
        allow_fleet: Some(permissions.fleet),
        allow_image_builder: Some(permissions.image_builder),
    }
}

/// What is said of an image that cannot be shared or copied.
pub(super) fn refused(call: &Call<'_>, name: &Name, error: ImageChangeError) -> ApiError {
    match error {
        ImageChangeError::NotFound => call.no_image(name.as_str()),
        ImageChangeError::NotAvailable(state) => values::image_not_available(name.as_str(), state),
        ImageChangeError::Create(error) => {
            tracing::error!(error = errors::chain(&error), "an image was not made");
            errors::exists("image", name.as_str())
        }
        ImageChangeError::Store(error) => errors::store(&error),
    }
}

/// Another account of this installation: nobody else could use the image.
fn account(call: &Call<'_>, id: &str) -> Result<AccountId, ApiError> {
    if id == call.scope.account.as_str() {
        return Err(ApiError::invalid_parameter_value(
            "An image cannot be shared with the account that owns it.",
        ));
    }
    let known = call.control.config.accounts.iter().map(|account| &account.id);
    known.into_iter().find(|known| known.as_str() == id).cloned().ok_or_else(|| {
        ApiError::resource_not_found(format!("The account {id} does not exist in this installation."))
    })
}

async fn existing(call: &Call<'_>, text: &str) -> Result<Name, ApiError> {
    let name = values::existing(text, |name| call.no_image(name))?;
    let found = call.control.store.image(&call.scope, &name).await.map_err(|error| errors::store(&error))?;
    found.map(|_| name).ok_or_else(|| call.no_image(text))
}
