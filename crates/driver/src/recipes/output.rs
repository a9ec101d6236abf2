//! The archive: what was made of Debian's packages is one layer, without what later steps removed; above a base image each step is one.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use millrace_oci::ArchiveWriter;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::build::{Build, Place};
use super::{CREATED, RecipeError, failed};
use crate::images::applications::APPLICATIONS_LABEL;
use crate::images::import::host_architecture;
use crate::images::snapshot::{Packed, Packing};
use crate::images::{HistoryEntry, ImageRecord};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// What becomes a layer.
pub(super) enum Layers {
    /// All steps together.
    One(Vec<String>),
    /// Those of the base (topmost first), and above them the steps that wrote something.
    Above { base: Vec<PathBuf>, steps: Vec<String> },
}

/// A layer that was packed.
struct Layer {
    file: PathBuf,
    hex: String,
    size: u64,
}

/// Writes the archive; the digest of its manifest.
pub(super) fn write(
    build: &Build<'_>,
    place: &Place,
    base: Option<&ImageRecord>,
    layers: &Layers,
    output: &File,
) -> Result<String, RecipeError> {
    let layers = pack(build, place, layers)?;
    let config = configuration(build, base, &layers)?;
    let config = text(&config)?;
    let digest = |content: &[u8]| hex::encode(Sha256::digest(content));
    let described = |layer: &Layer| {
        json!({
            "mediaType": "application/vnd.oci.image.layer.v1.tar",
            "digest": format!("sha256:{}", layer.hex),
            "size": layer.size,
        })
    };
    let manifest = text(&json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": format!("sha256:{}", digest(&config)),
            "size": config.len(),
        },
        "layers": layers.iter().map(described).collect::<Vec<_>>(),
    }))?;
    let hex = digest(&manifest);
    let put = || -> std::io::Result<()> {
        let mut archive = ArchiveWriter::new(BufWriter::with_capacity(1 << 20, output))?;
        archive.blob(&digest(&config), &config)?;
        archive.blob(&hex, &manifest)?;
        let mut written: Vec<&str> = Vec::new();
        for layer in &layers {
            // Two steps may have written the same.
            if written.contains(&layer.hex.as_str()) {
                continue;
            }
            archive.begin_blob(&layer.hex, layer.size)?;
            let mut file = File::open(&layer.file)?;
            let mut buffer = vec![0; 1 << 20];
            loop {
                let count = file.read(&mut buffer)?;
                if count == 0 {
                    break;
                }
                archive.write(&buffer[..count])?;
            }
            archive.end_blob(layer.size)?;
            written.push(&layer.hex);
        }
        archive.finish(MANIFEST, &hex, manifest.len() as u64)?.flush()?;
        output.sync_all()
    };
    put().map_err(failed("writing", Path::new("the archive")))?;
    Ok(format!("sha256:{hex}"))
}

fn pack(build: &Build<'_>, place: &Place, layers: &Layers) -> Result<Vec<Layer>, RecipeError> {
    let directory = place.new_directory("packing")?;
    let mut packed = Vec::new();
    let mut add = |kind: &str, path: &Path| -> Result<(), RecipeError> {
        let file = directory.join(format!("layer-{}", packed.len()));
        packed.push(pack_one(build, kind, path, file)?);
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

fn pack_one(build: &Build<'_>, kind: &str, path: &Path, target: PathBuf) -> Result<Layer, RecipeError> {
    let report = target.with_extension("report");
    let mut packing = Packing::start(&build.executable, kind, path, &report).map_err(RecipeError::Base)?;
    let mut copy = || -> std::io::Result<(String, u64)> {
        let mut file = BufWriter::new(File::create(&target)?);
        let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 20]);
        loop {
            let count = packing.output.read(&mut buffer)?;
            if count == 0 {
                file.flush()?;
                return Ok((hex::encode(hash.finalize()), size));
            }
            hash.update(&buffer[..count]);
            file.write_all(&buffer[..count])?;
            size += count as u64;
        }
    };
    let copied = copy();
    match packing.finish() {
        Ok(()) => {}
        Err(Packed::Failed(error)) => return Err(RecipeError::Base(error)),
        // Why nobody read on is told next.
        Err(Packed::Unread) => {}
    }
    let (hex, size) = copied.map_err(failed("writing", &target))?;
    Ok(Layer { file: target, hex, size })
}

fn configuration(
    build: &Build<'_>,
    base: Option<&ImageRecord>,
    layers: &[Layer],
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
    let diff_ids: Vec<String> = layers.iter().map(|layer| format!("sha256:{}", layer.hex)).collect();
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
