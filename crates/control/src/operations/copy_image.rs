//! CopyImage: the content of an image under another name, here or in another region of the installation. All regions of an installation share what
//! its hosts hold, so that the copy is AVAILABLE at once.

use millrace_model::{Image, Region};
use millrace_store::{CreateError, ImageChangeError};
use millrace_wire::ApiError;
use millrace_wire::shapes::{CopyImageRequest, CopyImageResponse};

use super::{image_permissions, values};
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(call: &Call<'_>, input: CopyImageRequest) -> Result<CopyImageResponse, ApiError> {
    let source = values::existing(&input.source_image_name, |name| call.no_image(name))?;
    let name = crate::images::new_name(&input.destination_image_name)
        .map_err(|error| ApiError::invalid_parameter_value(error.to_string()))?;
    let region = Region::new(&input.destination_region)
        .ok()
        .filter(|region| call.control.config.regions.contains(region))
        .ok_or_else(|| {
            ApiError::resource_not_found(format!(
                "The region {} does not exist in this installation.",
                input.destination_region
            ))
        })?;
    let description = values::text(input.destination_image_description);
    let (new_name, now) = (name.clone(), call.now);
    let copied = call
        .control
        .store
        .copy_image(&call.scope, &source, &region, |image| {
            let mut copy = Image { name: new_name, created_at: now, ..image };
            if description.is_some() {
                copy.details.description = description;
            }
            copy
        })
        .await;
    match copied {
        Ok(()) => Ok(CopyImageResponse { destination_image_name: Some(name.to_string()) }),
        Err(ImageChangeError::Create(CreateError::AlreadyExists)) => {
            Err(errors::exists("image", name.as_str()))
        }
        Err(error) => Err(image_permissions::refused(call, &source, error)),
    }
}
