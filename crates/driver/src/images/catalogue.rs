//! A change of an image's catalogue alone: a new image of the same layers, so that what a digest means never changes.

use std::path::Path;

use super::applications::{self, APPLICATIONS_LABEL};
use super::import::{Import, refused};
use super::layers::{Kind, Merged};
use super::snapshot::{configuration_of, digest_of};
use super::{HistoryEntry, ImageStore, ImportError, ImportLimits, ImportedImage, failed};
use crate::{ImageDigest, SnapshotApplication};

pub(super) fn add_application(
    store: &ImageStore,
    digest: &ImageDigest,
    application: &SnapshotApplication,
) -> Result<ImportedImage, ImportError> {
    let base = store.get(digest)?;
    let merged = Merged::new(store.lower_directories(&base));
    check_files(&merged, application)?;
    let catalogue = applications::with(&base.labels, &merged, application)?;
    let mut config = configuration_of(store, &base)?;
    config.config.labels.get_or_insert_default().insert(APPLICATIONS_LABEL.to_owned(), catalogue);
    config.history.get_or_insert_default().push(HistoryEntry {
        created_by: Some(format!("millrace image add-application {}", application.name)),
        empty_layer: true,
        ..HistoryEntry::default()
    });
    let new = digest_of(&config)?;
    if let Ok(record) = store.get(&new) {
        return Ok(ImportedImage { record, existed: true });
    }
    Import::begin(store, &ImportLimits::default(), |import| import.finish(new, &config, base.layers.clone()))
}

/// What it names has to be there: nobody would see why it does not start.
fn check_files(merged: &Merged, application: &SnapshotApplication) -> Result<(), ImportError> {
    let kind = |path: &str| merged.kind(path).map_err(failed("looking in the image for", Path::new(path)));
    let program = application.argv.first().map(String::as_str).unwrap_or_default();
    match kind(program)? {
        Some(Kind::Program) => {}
        Some(_) => return Err(refused(format!("{program} is no program"))),
        None => return Err(refused(format!("the image has no {program}"))),
    }
    if let Some(icon) = &application.icon
        && kind(icon)?.is_none_or(|kind| kind == Kind::Directory)
    {
        return Err(refused(format!("the image has no picture {icon}")));
    }
    let directory = &application.working_directory;
    if !directory.is_empty() && kind(directory)? != Some(Kind::Directory) {
        return Err(refused(format!("the image has no directory {directory}")));
    }
    Ok(())
}
