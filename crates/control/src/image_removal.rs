//! Takes deleted images off the hosts, in the background: removing a large image's files takes tens of seconds.
//!
//! An image whose content another image has, under whatever name
//! and account, loses only its record. Instances that were made of an image before it was deleted keep its content until they end.

use millrace_driver::ImageDigest;
use millrace_driver::images::ImportError;
use millrace_store::{DeletedImage, StoreError};

use crate::control::Control;
use crate::errors::chain;

/// Removes what can be removed; whether nothing is left to be removed.
pub(crate) async fn pass(control: &Control) -> bool {
    let images = match control.store.images_being_deleted().await {
        Ok(images) => images,
        Err(error) => {
            tracing::error!(error = chain(&error), "the images that are being deleted could not be read");
            return false;
        }
    };
    let mut all_done = true;
    for image in images {
        match remove(control, &image).await {
            Ok(true) => {
                tracing::info!(
                    image = image.name.as_str(),
                    region = image.scope.region.as_str(),
                    "image deleted"
                );
                control.changed();
            }
            Ok(false) => all_done = false,
            Err(error) => {
                tracing::error!(
                    image = image.name.as_str(),
                    error = chain(&error),
                    "an image could not be deleted"
                );
                all_done = false;
            }
        }
    }
    all_done
}

/// False if instances still use the content.
async fn remove(control: &Control, image: &DeletedImage) -> Result<bool, StoreError> {
    // While no image is being added: one with the same content could else be found present just before its files go.
    let _alone = control.image_content.write().await;
    // An image that could not be made has no content.
    if !image.digest.is_empty() && !control.store.is_content_wanted(&image.digest).await? {
        match control.images.remove(&ImageDigest(image.digest.clone())).await {
            // All instances need what is the runtime image too: it stays, and is no image of the API any more.
            Ok(()) | Err(ImportError::Pinned(_)) => {}
            Err(ImportError::InUse(_)) => {
                tracing::debug!(image = image.name.as_str(), "a deleted image is still in use");
                return Ok(false);
            }
            Err(error) => {
                tracing::error!(
                    image = image.name.as_str(),
                    error = chain(&error),
                    "the content of an image could not be removed"
                );
                return Ok(false);
            }
        }
    }
    control.store.forget_image(&image.scope, &image.name).await?;
    Ok(true)
}

/// Removes what is on the hosts and no image has: a process that was killed between an image's content and its record left it. Once, at the start.
pub(crate) async fn remove_unknown(control: &Control) {
    // A database without images is more likely one that was lost than an installation without images: nothing of it is taken away.
    match control.store.has_images().await {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => {
            tracing::error!(error = chain(&error), "images cannot be read");
            return;
        }
    }
    // While no image is being added.
    let _alone = control.image_content.write().await;
    let found = match control.images.list_images().await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(error = chain(&error), "the images on the host cannot be listed");
            return;
        }
    };
    for digest in found {
        match control.store.is_content_known(&digest.0).await {
            Ok(false) => {}
            Ok(true) => continue,
            Err(error) => {
                tracing::error!(error = chain(&error), "images cannot be read");
                return;
            }
        }
        match control.images.remove(&digest).await {
            Ok(()) => tracing::info!(digest = digest.0, "content of no image removed"),
            // The runtime image, and what the disks of image builders lie above.
            Err(ImportError::Pinned(_) | ImportError::InUse(_)) => {}
            Err(error) => {
                tracing::error!(
                    digest = digest.0,
                    error = chain(&error),
                    "content of no image cannot be removed"
                );
            }
        }
    }
}
