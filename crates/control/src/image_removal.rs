//! Takes deleted images off the hosts, in the background: removing a large image's files takes tens of seconds.
//!
//! Like the reconciler this has no input: it looks for images that are marked as being deleted, at its start (an earlier process may have left
//! some), when one was marked, and again after a while as long as one is left. An image whose content another image has, under whatever name
//! and account, loses only its record. Instances that were made of an image before it was deleted keep its content until they end.

use std::sync::Arc;
use std::time::Duration;

use millrace_driver::ImageDigest;
use millrace_driver::images::ImportError;
use millrace_store::{DeletedImage, StoreError};
use tokio_util::sync::CancellationToken;

use crate::control::Control;
use crate::errors::chain;

/// Between two looks while an image is left that could not be removed.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(5);

pub(crate) async fn run(control: Arc<Control>, stop: CancellationToken) {
    let wake = control.image_removals.clone();
    // The control must be able to end while this waits.
    let shared = Arc::downgrade(&control);
    drop(control);
    loop {
        let Some(control) = shared.upgrade() else { break };
        let all_done = tokio::select! {
            // A removal that is broken off here runs on in its thread, and is found unfinished by the next process.
            () = stop.cancelled() => break,
            all_done = pass(&control) => all_done,
        };
        drop(control);
        let again = async {
            if all_done { std::future::pending().await } else { tokio::time::sleep(LOOK_AGAIN_AFTER).await }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = wake.notified() => {}
            () = again => {}
        }
    }
}

/// Removes what can be removed; whether nothing is left to be removed.
async fn pass(control: &Control) -> bool {
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
