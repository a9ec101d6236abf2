//! Imports images from the object storage and from registries, in the background and one after the other: one import takes the disk, a processor and much
//! memory. A slow registry holds up other registries' images alone: what comes from them waits apart.
//!
//! An import that an earlier process had begun is begun again: what it had unpacked is gone, or found present.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;

use millrace_driver::images::{ImageRecord, ImportError, ImportedImage};
use millrace_driver::objects::ObjectName;
use millrace_model::image::{Application, ImageImport, ImageSource, ImageState};
use millrace_model::{Image, Scope};
use millrace_store::StoreError;

use crate::builders::snapshot::{named_icons, to_driver};
use crate::control::Control;
use crate::errors::chain;
use crate::exports;
use crate::registries::FetchError;

/// Of a title and of a description that an archive has of itself, in characters.
const LONGEST_TITLE: usize = 100;
const LONGEST_DESCRIPTION: usize = 256;

/// Carries out all imports of archives that are not over; false if the store failed.
pub(crate) async fn pass(control: &Control) -> bool {
    told_of(&carry_out(control, |source| matches!(source, ImageSource::Archive(_))).await)
}

/// Carries out all imports of images of registries that are not over; false if the store failed.
pub(crate) async fn pass_of_registries(control: &Control) -> bool {
    told_of(&carry_out(control, |source| matches!(source, ImageSource::Published(_))).await)
}

fn told_of(passed: &Result<(), StoreError>) -> bool {
    if let Err(error) = passed {
        tracing::error!(error = chain(error), "imports cannot be read or written");
    }
    passed.is_ok()
}

async fn carry_out(control: &Control, concerns: fn(&ImageSource) -> bool) -> Result<(), StoreError> {
    let nothing = BTreeMap::new();
    for (scope, image) in control.store.images_to_import().await? {
        if !image.details.import.as_ref().is_some_and(|import| concerns(&import.source)) {
            continue;
        }
        let begun = control.store.change_import(&scope, &image.name, &nothing, Image::import_began).await?;
        control.changed();
        let Some(begun) = begun.filter(|begun| begun.state == ImageState::Importing) else { continue };
        let Some(import) = begun.details.import.clone() else { continue };
        let found = find(control, &scope, &import.source).await;
        // From before its content is written until it is registered: it must not be taken for a deleted image's.
        let _adding = control.adding_image().await;
        let (finished, icons) = imported(control, begun, &import, found).await;
        control.store.change_import(&scope, &image.name, &icons, |_| finished).await?;
        // Fleets may wait for it.
        control.wake.notify_one();
        control.changed();
    }
    Ok(())
}

/// What is to be unpacked.
enum Found {
    Object(ObjectName),
    /// An archive that is open for reading.
    File(OwnedFd),
}

/// Why an image is not there.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Fetches what is elsewhere.
async fn find(control: &Control, scope: &Scope, source: &ImageSource) -> Result<Found, Failure> {
    match source {
        ImageSource::Archive(id) => {
            let object = exports::object(scope, id);
            Ok(Found::Object(object.map_err(|error| ImportError::Refused(format!("{id}: {error}")))?))
        }
        ImageSource::Published(reference) => {
            tracing::info!(reference, "fetching an image");
            Ok(Found::File(control.registries.fetch(reference).await?))
        }
    }
}

/// What came of it, with its icons.
async fn imported(
    control: &Control,
    image: Image,
    import: &ImageImport,
    found: Result<Found, Failure>,
) -> (Image, BTreeMap<String, Vec<u8>>) {
    let began = tokio::time::Instant::now();
    let imported = match found {
        Ok(found) => unpack(control, import, found).await.map_err(Failure::from),
        Err(failure) => Err(failure),
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
        Err(failure) => {
            tracing::warn!(
                image = image.name.as_str(),
                error = chain(&failure),
                "an image could not be imported"
            );
            (image.failed(told(&failure)), BTreeMap::new())
        }
    }
}

async fn unpack(control: &Control, import: &ImageImport, found: Found) -> Result<ImportedImage, ImportError> {
    let catalogue = import.catalogue.as_ref();
    let catalogue = catalogue.map(|catalogue| catalogue.iter().map(to_driver).collect::<Vec<_>>());
    match found {
        Found::Object(object) => control.images.import_object(&object, catalogue.as_deref()).await,
        Found::File(file) => control.images.import(file, catalogue.as_deref()).await,
    }
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

/// What the owner of the image is told: what is wrong with the image or its registry, but not what is wrong with this host.
fn told(failure: &Failure) -> String {
    match failure {
        Failure::Fetch(FetchError::Refused(why) | FetchError::Failed(why)) => {
            format!("The image could not be fetched: {why}")
        }
        Failure::Import(
            error @ (ImportError::Refused(_)
            | ImportError::OverLimit(_)
            | ImportError::NoSuchObject(_)
            | ImportError::TimedOut),
        ) => error.to_string(),
        _ => "The image could not be imported. The log of the server says why.".to_owned(),
    }
}
