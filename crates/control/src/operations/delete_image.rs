//! DeleteImage: marks the image; what it holds on disk goes in the background ([`crate::image_removal`]).

use millrace_store::DeleteImageError;
use millrace_wire::ApiError;
use millrace_wire::shapes::{DeleteImageRequest, DeleteImageResult};

use super::{image_to_wire, values};
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(
    call: &Call<'_>,
    input: DeleteImageRequest,
) -> Result<DeleteImageResult, ApiError> {
    let name = values::existing(&input.name, |name| call.no_image(name))?;
    match call.control.store.delete_image(&call.scope, &name).await {
        Ok(image) => {
            call.control.image_removals.notify_one();
            Ok(DeleteImageResult { image: Some(image_to_wire::image(call, &image)) })
        }
        Err(DeleteImageError::NotFound) => Err(call.no_image(&input.name)),
        Err(DeleteImageError::Unfinished(state)) => Err(ApiError::operation_not_permitted(format!(
            "The image {name} is {}. It can be deleted once it is made.",
            image_to_wire::state(state).as_str()
        ))),
        Err(DeleteImageError::UsedByImageBuilder(builder)) => Err(ApiError::resource_in_use(format!(
            "The image {name} is in use by the image builder {builder}. To delete the image, you must delete the image builder first."
        ))),
        Err(DeleteImageError::Exported(task)) => Err(ApiError::resource_in_use(format!(
            "The image {name} is being exported by the task {task}. It can be deleted once the task is over."
        ))),
        Err(DeleteImageError::Shared(account)) => Err(ApiError::resource_in_use(format!(
            "The image {name} is shared with the account {account}. To delete the image, you must delete its image permissions first."
        ))),
        Err(DeleteImageError::UsedByFleet(fleet)) => Err(ApiError::resource_in_use(format!(
            "The image {name} is in use by the fleet {fleet}. To delete the image, you must delete the fleet or give it another image."
        ))),
        Err(DeleteImageError::Store(error)) => Err(errors::store(&error)),
    }
}
