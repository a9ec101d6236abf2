//! Imports images from the object storage, in the background and one after the other: one import takes the disk, a processor and much memory.
//!
//! An import that an earlier process had begun is begun again: what it had unpacked is gone, or found present.

use std::collections::BTreeMap;

use millrace_driver::images::{ImageRecord, ImportError, ImportedImage};
use millrace_model::image::{Application, ImageImport, ImageState};
use millrace_model::{Image, Scope};
use millrace_store::StoreError;

use crate::builders::snapshot::{named_icons, to_driver};
use crate::control::Control;
use crate::errors::chain;
use crate::exports;

/// Of a title and of a description that an archive has of itself, in characters.
const LONGEST_TITLE: usize = 100;
const LONGEST_DESCRIPTION: usize = 256;

/// Carries out all imports that are not over; false if the store failed.
pub(crate) async fn pass(control: &Control) -> bool {
    let passed = carry_out(control).await;
    if let Err(error) = &passed {
        tracing::error!(error = chain(error), "imports cannot be read or written");
    }
    passed.is_ok()
}

async fn carry_out(control: &Control) -> Result<(), StoreError> {
    let nothing = BTreeMap::new();
    for (scope, image) in control.store.images_to_import().await? {
        let begun = control.store.change_import(&scope, &image.name, &nothing, Image::import_began).await?;
        control.changed();
        let Some(begun) = begun.filter(|begun| begun.state == ImageState::Importing) else { continue };
        // From before its content is written until it is registered: it must not be taken for a deleted image's.
        let _adding = control.adding_image().await;
        let (finished, icons) = import(control, &scope, begun).await;
        control.store.change_import(&scope, &image.name, &icons, |_| finished).await?;
        // Fleets may wait for it.
        control.wake.notify_one();
        control.changed();
    }
    Ok(())
}

/// What came of it, with its icons.
async fn import(control: &Control, scope: &Scope, image: Image) -> (Image, BTreeMap<String, Vec<u8>>) {
    let began = tokio::time::Instant::now();
    let imported = match &image.details.import {
        Some(import) => from_object(control, scope, import).await,
        None => Err(ImportError::Refused("it is not to be imported".to_owned())),
    };
    match imported {
        Ok(ImportedImage { record, .. }) => {
            let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(
                image = image.name.as_str(),
                digest = record.digest.0,
                milliseconds,
                "image imported"
            );
            finished(control, image, &record)
        }
        Err(error) => {
            tracing::warn!(
                image = image.name.as_str(),
                error = chain(&error),
                "an image could not be imported"
            );
            (image.failed(told(&error)), BTreeMap::new())
        }
    }
}

async fn from_object(
    control: &Control,
    scope: &Scope,
    import: &ImageImport,
) -> Result<ImportedImage, ImportError> {
    let object = exports::object(scope, &import.source)
        .map_err(|error| ImportError::Refused(format!("{}: {error}", import.source)))?;
    let catalogue = import.catalogue.as_ref();
    let catalogue = catalogue.map(|catalogue| catalogue.iter().map(to_driver).collect::<Vec<_>>());
    control.images.import_object(&object, catalogue.as_deref()).await
}

fn finished(control: &Control, image: Image, record: &ImageRecord) -> (Image, BTreeMap<String, Vec<u8>>) {
    let mut finished = Image { state: ImageState::Available, digest: record.digest.0.clone(), ..image };
    let label = |name: &str, longest: usize| {
        let text = record.labels.get(name).filter(|text| !text.is_empty());
        text.filter(|text| text.chars().count() <= longest).cloned()
    };
    let details = &mut finished.details;
    details.display_name =
        details.display_name.take().or_else(|| label("org.opencontainers.image.title", LONGEST_TITLE));
    details.description = details
        .description
        .take()
        .or_else(|| label("org.opencontainers.image.description", LONGEST_DESCRIPTION));
    let asked = details.import.as_mut().and_then(|import| import.catalogue.take());
    finished.applications = asked.unwrap_or_else(|| record.applications.iter().map(to_model).collect());
    let icons = named_icons(control, &mut finished, &record.applications);
    (finished, icons)
}

fn to_model(application: &millrace_driver::images::ImageApplication) -> Application {
    Application {
        name: application.name.clone(),
        display_name: application.display_name.clone(),
        argv: application.argv.clone(),
        working_directory: (!application.working_directory.is_empty())
            .then(|| application.working_directory.clone()),
        icon: None,
        icon_path: None,
        start_ahead: application.start_ahead,
    }
}

/// What the owner of the image is told: what is wrong with the archive, but not what is wrong with this host.
fn told(error: &ImportError) -> String {
    match error {
        ImportError::Refused(_)
        | ImportError::OverLimit(_)
        | ImportError::NoSuchObject(_)
        | ImportError::TimedOut => error.to_string(),
        _ => "The image could not be imported. The log of the server says why.".to_owned(),
    }
}
