//! One export: an image of the store becomes an OCI archive, a tar of a layout that skopeo, podman and (unpacked) umoci read.
//!
//! ```text
//! layers/<digest>/rootfs ──internal pack-layer──> blobs/sha256/… in the archive, hashed on the way ──> configuration, manifest, index
//! ```
//!
//! Layers are not compressed: each is its own `diff_id`, is written as fast as the disk takes it, and the same image gives the same archive.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

use millrace_oci::{ArchiveWriter, Blob};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::applications::APPLICATIONS_LABEL;
use super::import::{refused, room};
use super::layout::{MANIFEST, manifest};
use super::snapshot::{Packed, Packing, configuration_of};
use super::{HistoryEntry, ImageApplication, ImageRecord, ImageStore, ImportError, ImportLimits, failed};
use crate::objects::{ObjectName, ObjectStore};
use crate::{ImageDigest, SnapshotApplication};

/// What `internal pack-layer` would report is nothing: it leaves nothing out of a layer of the store.
const NO_REPORT: &str = "/dev/null";

/// What an export is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportSpec {
    /// Where it goes.
    pub object: ObjectName,
    /// How the archive's index calls the image (OCI's `org.opencontainers.image.ref.name`): letters and digits, with single `.`, `_` or `-` between.
    pub reference: String,
    /// A title for people.
    pub title: String,
    /// A description; may be empty.
    pub description: String,
    /// The catalogue, as the API has it.
    pub applications: Vec<SnapshotApplication>,
}

/// An export that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedImage {
    /// The archive's length.
    pub bytes: u64,
    /// The digest of the manifest in it: what the image is for others. (The store's own name of an image need not be that of any manifest.)
    pub manifest: ImageDigest,
}

pub(super) fn export(
    store: &ImageStore,
    objects: &ObjectStore,
    record: &ImageRecord,
    spec: &ExportSpec,
    limits: &ImportLimits,
) -> Result<ExportedImage, ImportError> {
    let object = objects.begin().map_err(failed("making an object in", objects.directory()))?;
    let exported = archive(store, record, Some(spec), object.file(), room(objects.directory())?, limits)?;
    objects.keep(object, &spec.object).map_err(failed("writing out", Path::new(&spec.object.to_string())))?;
    Ok(exported)
}

/// Writes the archive to an empty file, as long as the disk has `room` for, in bytes. Without `spec` it says of the image what that says itself.
pub(super) fn archive(
    store: &ImageStore,
    record: &ImageRecord,
    spec: Option<&ExportSpec>,
    file: &File,
    room: u64,
    limits: &ImportLimits,
) -> Result<ExportedImage, ImportError> {
    let bounded = Bounded { file, at: 0, room, deadline: Instant::now() + limits.duration };
    let mut archive = ArchiveWriter::new(bounded).map_err(writing)?;
    let (manifest, descriptor) = write(&mut archive, store, record, spec)?;
    let bytes = archive.finish(&descriptor).map_err(writing)?.at;
    Ok(ExportedImage { bytes, manifest })
}

/// The digest of the manifest, and how the index describes it.
fn write(
    archive: &mut ArchiveWriter<Bounded<'_>>,
    store: &ImageStore,
    record: &ImageRecord,
    spec: Option<&ExportSpec>,
) -> Result<(ImageDigest, Value), ImportError> {
    let mut written: BTreeMap<&str, Blob> = BTreeMap::new();
    for layer in &record.layers {
        if !written.contains_key(layer.as_str()) {
            let path = store.layer_directory(layer).join("rootfs");
            let mut packing = Packing::start(&store.executable, "tree", &path, Path::new(NO_REPORT))?;
            let blob = archive.stream(&mut packing.output).map_err(writing);
            match (blob, packing.finish()) {
                (Ok(blob), Ok(())) => drop(written.insert(layer, blob)),
                // The packing found that nobody reads any more: this side knows why.
                (Err(error), _) => return Err(error),
                (Ok(_), Err(Packed::Unread)) => return Err(refused("a layer was not read to its end")),
                (Ok(_), Err(Packed::Failed(error))) => return Err(error),
            }
        }
    }
    let layers: Vec<&Blob> = record.layers.iter().filter_map(|layer| written.get(layer.as_str())).collect();
    let config = archive.blob(&configuration(store, record, spec, &layers)?).map_err(writing)?;
    let manifest = archive.blob(manifest(&config, layers).to_string().as_bytes()).map_err(writing)?;
    let mut descriptor = manifest.descriptor(MANIFEST);
    descriptor["platform"] = json!({ "architecture": record.architecture, "os": "linux" });
    if let Some(spec) = spec {
        descriptor["annotations"] = json!({
            "org.opencontainers.image.ref.name": spec.reference,
            "org.opencontainers.image.title": spec.title,
            "org.opencontainers.image.description": spec.description,
        });
    }
    Ok((ImageDigest(manifest.digest()), descriptor))
}

fn configuration(
    store: &ImageStore,
    record: &ImageRecord,
    spec: Option<&ExportSpec>,
    layers: &[&Blob],
) -> Result<Vec<u8>, ImportError> {
    let mut config = configuration_of(store, record)?;
    if let Some(spec) = spec
        && !same_catalogue(&spec.applications, &record.applications)
    {
        let catalogue =
            serde_json::to_string(&spec.applications).map_err(|error| refused(error.to_string()))?;
        config.config.labels.get_or_insert_default().insert(APPLICATIONS_LABEL.to_owned(), catalogue);
    }
    // Those of the layers as they are packed here, which others may have packed otherwise.
    config.rootfs.diff_ids = layers.iter().map(|layer| layer.digest()).collect();
    config.history = Some(fitting_history(&record.history, layers.len()));
    serde_json::to_vec(&config).map_err(|error| refused(error.to_string()))
}

/// Whether what the image says of itself leads to that catalogue; it may say more (a name of an icon in a theme), and is left as it is then.
fn same_catalogue(asked: &[SnapshotApplication], found: &[ImageApplication]) -> bool {
    let same = |(asked, found): (&SnapshotApplication, &ImageApplication)| {
        asked.icon.is_none()
            && asked.name == found.name
            && asked.display_name == found.display_name
            && asked.argv == found.argv
            && asked.working_directory == found.working_directory
    };
    asked.len() == found.len() && asked.iter().zip(found).all(same)
}

/// OCI wants as many entries that add a layer as there are layers, or none: an image that was a root filesystem once, or has lost its oldest entries, has
/// fewer. The oldest layers are those of which nothing is known.
fn fitting_history(history: &[HistoryEntry], layers: usize) -> Vec<HistoryEntry> {
    let known = history.iter().filter(|entry| !entry.empty_layer).count();
    if known > layers {
        return Vec::new();
    }
    let unknown = HistoryEntry { comment: Some("not known".to_owned()), ..HistoryEntry::default() };
    std::iter::repeat_n(unknown, layers - known).chain(history.iter().cloned()).collect()
}

/// A file that may become so long, until so late.
struct Bounded<'a> {
    file: &'a File,
    at: u64,
    /// Bytes that the disk has left for it.
    room: u64,
    deadline: Instant,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.at + bytes.len() as u64 > self.room {
            return Err(io::Error::other(ImportError::OverLimit(format!(
                "the archive is longer than the {} MiB that the disk has room for",
                self.room >> 20
            ))));
        }
        if Instant::now() > self.deadline {
            return Err(io::Error::other(ImportError::TimedOut));
        }
        let written = self.file.write(bytes)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Bounded<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

/// What [`Bounded`] said, or the system.
fn writing(error: io::Error) -> ImportError {
    error.downcast().unwrap_or_else(|source| ImportError::Io {
        action: "writing".into(),
        path: "the archive".into(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_history_for_each_layer_or_none() {
        let entry = |text: &str, empty_layer| HistoryEntry {
            created_by: Some(text.to_owned()),
            empty_layer,
            ..HistoryEntry::default()
        };
        let known = [entry("a", false), entry("b", true), entry("c", false)];
        assert_eq!(fitting_history(&known, 2), known);
        let padded = fitting_history(&known, 4);
        assert_eq!(padded.len(), 5);
        assert_eq!(padded[2..], known);
        assert!(padded[..2].iter().all(|entry| !entry.empty_layer && entry.created_by.is_none()));
        assert!(fitting_history(&known, 1).is_empty());
    }
}
