//! An image builder becomes an image.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use millrace_driver::images::ImageApplication;
use millrace_driver::{DiskId, DriverError, SnapshotApplication, SnapshotSpec};
use millrace_model::builder::{BuilderIntent, BuilderKey};
use millrace_model::cleaning::Cleaned;
use millrace_model::image::{Application, ImageState};
use millrace_model::{Image, ImageBuilder, Name, Timestamp};

use super::reconcile::LOOK_AGAIN_AFTER_FAILURE;
use crate::control::Control;
use crate::errors::chain;

/// Makes the image that the builder is to become, and writes what came of it. If the writing fails, or the process ends, the next pass does it again:
/// the same disk gives the same image.
pub(super) async fn take(control: &Control, key: &BuilderKey, builder: &ImageBuilder) {
    let BuilderIntent::Snapshotting { image } = &builder.runtime.intent else { return };
    let Ok(disk) = DiskId::new(&builder.runtime.disk) else { return };
    let began = tokio::time::Instant::now();
    let pending = match control.store.image(&key.scope, image).await {
        Ok(Some(pending)) => pending,
        // Deleted meanwhile: there is nothing to be made any more.
        Ok(None) => return finish(control, key, None).await,
        Err(error) => {
            tracing::error!(error = chain(&error), "an image cannot be read");
            return;
        }
    };
    let spec = SnapshotSpec {
        applications: pending.applications.iter().map(to_driver).collect(),
        created: rfc3339(pending.created_at),
        created_by: format!("millrace image builder {}", key.name),
    };
    let mut icons = BTreeMap::new();
    // Until the image is written: nobody must take its content for one of no image, or of a deleted one.
    let _adding = control.adding_image().await;
    let finished = match control.driver.snapshot(&disk, &spec).await {
        Ok(snapshot) => {
            let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            let report: Vec<String> = snapshot.cleaned.iter().map(left_out).collect();
            tracing::info!(
                left_out = report.join("; "),
                image = image.as_str(),
                image_builder = key.name.as_str(),
                layer_bytes = snapshot.layer_bytes,
                milliseconds,
                "image made"
            );
            let mut finished = pending;
            finished.digest = snapshot.image.0;
            finished.state = ImageState::Available;
            finished.details.left_out = report;
            icons = named_icons(control, &mut finished, &snapshot.applications);
            finished
        }
        Err(error @ DriverError::Lost(_)) => {
            tracing::error!(
                image = image.as_str(),
                error = chain(&error),
                "what became of an image is not known"
            );
            // The next look finds everything as it was, and begins again.
            tokio::time::sleep(LOOK_AGAIN_AFTER_FAILURE).await;
            return;
        }
        Err(error) => {
            tracing::error!(image = image.as_str(), error = chain(&error), "an image could not be made");
            failed(pending, image)
        }
    };
    finish(control, key, Some((&finished, &icons))).await;
}

fn failed(pending: Image, name: &Name) -> Image {
    let mut failed = pending;
    failed.state = ImageState::Failed;
    failed.details.failure =
        Some(format!("The image {name} could not be made. The log of the server says why."));
    failed
}

async fn finish(control: &Control, key: &BuilderKey, made: Option<(&Image, &BTreeMap<String, Vec<u8>>)>) {
    let failure = made.and_then(|(image, _)| image.details.failure.clone());
    let written = match made {
        Some((image, icons)) => {
            control.store.end_snapshot(key, image, icons, |known| known.snapshot_ended(failure)).await
        }
        None => super::reconcile::change(control, key, |known| known.snapshot_ended(None)).await.map(drop),
    };
    if let Err(error) = written {
        tracing::error!(error = chain(&error), "what became of an image builder could not be written");
        return;
    }
    // Fleets may wait for the image.
    control.wake.notify_one();
    control.changed();
}

/// Gives the applications of the image the names of their icons, and gives back those icons.
pub(crate) fn named_icons(
    control: &Control,
    image: &mut Image,
    drawn: &[ImageApplication],
) -> BTreeMap<String, Vec<u8>> {
    let key = control.icon_key();
    let mut icons = BTreeMap::new();
    for application in &mut image.applications {
        let found = drawn.iter().find(|drawn| drawn.name == application.name);
        // The host writes base64.
        let png = found.map(|found| STANDARD.decode(&found.icon).unwrap_or_default()).unwrap_or_default();
        application.icon = (!png.is_empty()).then(|| key.name(&png));
        icons.extend(application.icon.clone().map(|name| (name, png)));
    }
    icons
}

fn left_out(cleaned: &Cleaned) -> String {
    let more = if cleaned.files > cleaned.examples.len() as u64 { ", …" } else { "" };
    format!("{}: {} files ({}{more})", cleaned.what, cleaned.files, cleaned.examples.join(", "))
}

pub(crate) fn to_driver(application: &Application) -> SnapshotApplication {
    SnapshotApplication {
        name: application.name.clone(),
        display_name: application.display_name.clone(),
        argv: application.argv.clone(),
        working_directory: application.working_directory.clone().unwrap_or_default(),
        icon: application.icon_path.clone(),
        start_ahead: application.start_ahead,
    }
}

/// Seconds of a moment, as RFC 3339 writes them in UTC.
pub(crate) fn rfc3339(moment: Timestamp) -> String {
    millrace_policy::iso8601(moment.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(Timestamp(seconds * 1000 + 999)), text);
        }
    }
}
