//! The archive: what was made of Debian's packages is one layer, without what later steps removed; above a base image each step is one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use millrace_oci::{ArchiveWriter, Blob};
use serde_json::{Value, json};

use super::build::{Build, Place};
use super::{CREATED, RecipeError, failed};
use crate::images::applications::APPLICATIONS_LABEL;
use crate::images::import::host_architecture;
use crate::images::layout::{MANIFEST, manifest};
use crate::images::snapshot::{Packed, Packing};
use crate::images::{HistoryEntry, ImageRecord};

/// What becomes a layer.
pub(super) enum Layers {
    /// All steps together.
    One(Vec<String>),
    /// Those of the base (topmost first), and above them the steps that wrote something.
    Above { base: Vec<PathBuf>, steps: Vec<String> },
}

/// Writes the archive; the digest of its manifest.
pub(super) fn write(
    build: &Build<'_>,
    place: &Place,
    base: Option<&ImageRecord>,
    layers: &Layers,
    output: &File,
) -> Result<String, RecipeError> {
    let mut archive = ArchiveWriter::new(output).map_err(writing)?;
    let layers = pack(build, place, layers, &mut archive)?;
    let config = text(&configuration(build, base, &layers)?)?;
    let config = archive.blob(&config).map_err(writing)?;
    let manifest = archive.blob(&text(&manifest(&config, &layers))?).map_err(writing)?;
    archive.finish(&manifest.descriptor(MANIFEST)).map_err(writing)?;
    output.sync_all().map_err(writing)?;
    Ok(manifest.digest())
}

fn writing(error: std::io::Error) -> RecipeError {
    failed("writing", Path::new("the archive"))(error)
}

fn pack(
    build: &Build<'_>,
    place: &Place,
    layers: &Layers,
    archive: &mut ArchiveWriter<&File>,
) -> Result<Vec<Blob>, RecipeError> {
    let directory = place.new_directory("packing")?;
    let report = directory.join("report");
    let mut packed = Vec::new();
    let mut add = |kind: &str, path: &Path| -> Result<(), RecipeError> {
        let mut packing =
            Packing::start(&build.executable, kind, path, &report).map_err(RecipeError::Base)?;
        let streamed = archive.stream(&mut packing.output);
        match packing.finish() {
            // Why nobody read on is told next.
            Ok(()) | Err(Packed::Unread) => {}
            Err(Packed::Failed(error)) => return Err(RecipeError::Base(error)),
        }
        packed.push(streamed.map_err(writing)?);
        Ok(())
    };
    match layers {
        Layers::One(keys) => {
            // Its names begin at the directory above it.
            let names = keys.iter().rev().map(|key| format!("../steps/{key}/data\n"));
            let path = directory.join("lowers");
            fs::write(&path, names.collect::<String>()).map_err(failed("writing", &path))?;
            add("merged", &directory)?;
        }
        Layers::Above { base, steps } => {
            for layer in base.iter().rev() {
                add("tree", layer)?;
            }
            for key in steps {
                let data = place.step(key).join("data");
                if fs::read_dir(&data).map_err(failed("reading", &data))?.next().is_some() {
                    add("directory", &place.step(key))?;
                }
            }
        }
    }
    Ok(packed)
}

fn configuration(
    build: &Build<'_>,
    base: Option<&ImageRecord>,
    layers: &[Blob],
) -> Result<Value, RecipeError> {
    let written = &build.recipe.written;
    let mut environment: Vec<String> = base.map(|base| base.environment.clone()).unwrap_or_default();
    for variable in &written.config.environment {
        let name = variable.split('=').next().unwrap_or_default();
        environment.retain(|known| known.split('=').next() != Some(name));
        environment.push(variable.clone());
    }
    let mut labels = base.map(|base| base.labels.clone()).unwrap_or_default();
    labels.extend(written.labels.clone());
    if !written.applications.is_empty() {
        let applications: Vec<_> =
            written.applications.iter().map(super::file::Application::labelled).collect();
        let label = String::from_utf8(text(&applications)?).unwrap_or_default();
        labels.insert(APPLICATIONS_LABEL.to_owned(), label);
    }
    let mut history = base.map(|base| base.history.clone()).unwrap_or_default();
    // One entry for each layer that is not the base's.
    let entry = HistoryEntry {
        created: Some(CREATED.to_owned()),
        created_by: Some("millrace image build".to_owned()),
        ..HistoryEntry::default()
    };
    history.extend(std::iter::repeat_n(entry, layers.len() - base.map_or(0, |base| base.layers.len())));
    let user = written.config.user.clone().or_else(|| base.and_then(|base| base.config_user.clone()));
    let diff_ids: Vec<String> = layers.iter().map(Blob::digest).collect();
    Ok(json!({
        "architecture": host_architecture(),
        "os": "linux",
        "created": CREATED,
        "config": {
            "User": user.unwrap_or_default(),
            "Env": environment,
            "Cmd": base.map(|base| base.command.clone()).unwrap_or_default(),
            "WorkingDir": base.map(|base| base.working_directory.clone()).unwrap_or_default(),
            "Labels": labels,
        },
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": history,
    }))
}

fn text(value: &impl serde::Serialize) -> Result<Vec<u8>, RecipeError> {
    serde_json::to_vec(value)
        .map_err(|error| failed("writing", Path::new("the image's description"))(error.into()))
}
