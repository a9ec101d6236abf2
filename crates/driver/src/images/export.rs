//! One export: an image of the store becomes an OCI archive, a tar of a layout that skopeo, podman and (unpacked) umoci read.
//!
//! ```text
//! layers/<digest>/rootfs ──internal pack-layer──> blobs/sha256/… in the archive, hashed on the way ──> configuration, manifest, index
//! ```
//!
//! Layers are not compressed: each is its own `diff_id`, is written as fast as the disk takes it, and the same image gives the same archive. What a layer's
//! name will be is known at its end only, so its header is written last, over the room that was left for it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{EntryType, Header};

use super::applications::APPLICATIONS_LABEL;
use super::import::{refused, room};
use super::snapshot::{Packed, Packing, configuration_of};
use super::{HistoryEntry, ImageApplication, ImageRecord, ImageStore, ImportError, ImportLimits, failed};
use crate::objects::{ObjectName, ObjectStore};
use crate::{ImageDigest, SnapshotApplication};

/// The unit of an archive.
const BLOCK: u64 = 512;
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
    let mut layout = LayoutWriter {
        file: object.file(),
        at: 0,
        room: room(objects.directory())?,
        deadline: Instant::now() + limits.duration,
    };
    let manifest = write(&mut layout, store, record, spec)?;
    layout.append(&[0; 2 * BLOCK as usize])?;
    let bytes = layout.at;
    objects.keep(object, &spec.object).map_err(failed("writing out", Path::new(&spec.object.to_string())))?;
    Ok(ExportedImage { bytes, manifest })
}

/// The digest of the manifest.
fn write(
    layout: &mut LayoutWriter<'_>,
    store: &ImageStore,
    record: &ImageRecord,
    spec: &ExportSpec,
) -> Result<ImageDigest, ImportError> {
    layout.file("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
    layout.directory("blobs/")?;
    layout.directory("blobs/sha256/")?;
    let mut written: BTreeMap<&str, Blob> = BTreeMap::new();
    for layer in &record.layers {
        if !written.contains_key(layer.as_str()) {
            let path = store.layer_directory(layer).join("rootfs");
            let mut packing = Packing::start(&store.executable, "tree", &path, Path::new(NO_REPORT))?;
            let blob = layout.stream(&mut packing.output);
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
    let config = configuration(store, record, spec, &layers)?;
    let config = layout.blob("application/vnd.oci.image.config.v1+json", &config)?;
    let layers: Vec<Value> =
        layers.into_iter().map(|layer| layer.descriptor("application/vnd.oci.image.layer.v1.tar")).collect();
    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers });
    let mut manifest = layout.blob(MANIFEST, manifest.to_string().as_bytes())?;
    let digest = ImageDigest(manifest["digest"].as_str().unwrap_or_default().to_owned());
    manifest["platform"] = json!({ "architecture": record.architecture, "os": "linux" });
    manifest["annotations"] = json!({
        "org.opencontainers.image.ref.name": spec.reference,
        "org.opencontainers.image.title": spec.title,
        "org.opencontainers.image.description": spec.description,
    });
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
    layout.file("index.json", index.to_string().as_bytes())?;
    Ok(digest)
}

fn configuration(
    store: &ImageStore,
    record: &ImageRecord,
    spec: &ExportSpec,
    layers: &[&Blob],
) -> Result<Vec<u8>, ImportError> {
    let mut config = configuration_of(store, record)?;
    if !same_catalogue(&spec.applications, &record.applications) {
        let catalogue =
            serde_json::to_string(&spec.applications).map_err(|error| refused(error.to_string()))?;
        config.config.labels.get_or_insert_default().insert(APPLICATIONS_LABEL.to_owned(), catalogue);
    }
    // Those of the layers as they are packed here, which others may have packed otherwise.
    config.rootfs.diff_ids = layers.iter().map(|layer| format!("sha256:{}", layer.hex)).collect();
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

/// A file of the layout that is named by its digest.
struct Blob {
    hex: String,
    size: u64,
}

impl Blob {
    fn descriptor(&self, media_type: &str) -> Value {
        json!({ "mediaType": media_type, "digest": format!("sha256:{}", self.hex), "size": self.size })
    }

    fn name(&self) -> String {
        format!("blobs/sha256/{}", self.hex)
    }
}

/// A tar that is written from its beginning to its end, but for the headers.
struct LayoutWriter<'a> {
    file: &'a File,
    at: u64,
    /// Bytes that the disk has left for it.
    room: u64,
    deadline: Instant,
}

impl LayoutWriter<'_> {
    fn append(&mut self, bytes: &[u8]) -> Result<(), ImportError> {
        let end = self.at + bytes.len() as u64;
        if end > self.room {
            return Err(ImportError::OverLimit(format!(
                "the archive is longer than the {} MiB that the disk has room for",
                self.room >> 20
            )));
        }
        if Instant::now() > self.deadline {
            return Err(ImportError::TimedOut);
        }
        self.file.write_all_at(bytes, self.at).map_err(writing)?;
        self.at = end;
        Ok(())
    }

    fn pad(&mut self) -> Result<(), ImportError> {
        let padding = self.at.next_multiple_of(BLOCK) - self.at;
        self.append(&[0; BLOCK as usize][..padding as usize])
    }

    fn directory(&mut self, name: &str) -> Result<(), ImportError> {
        let header = header(name, 0, EntryType::Directory)?;
        self.append(header.as_bytes())
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), ImportError> {
        let header = header(name, bytes.len() as u64, EntryType::Regular)?;
        self.append(header.as_bytes())?;
        self.append(bytes)?;
        self.pad()
    }

    /// A small blob, as a descriptor of it.
    fn blob(&mut self, media_type: &str, bytes: &[u8]) -> Result<Value, ImportError> {
        let blob = Blob { hex: hex::encode(Sha256::digest(bytes)), size: bytes.len() as u64 };
        self.file(&blob.name(), bytes)?;
        Ok(blob.descriptor(media_type))
    }

    /// A blob of any length.
    fn stream(&mut self, reader: &mut impl Read) -> Result<Blob, ImportError> {
        let begin = self.at;
        self.append(&[0; BLOCK as usize])?;
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hash.update(&buffer[..count]);
                    self.append(&buffer[..count])?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(refused(format!("reading a layer: {error}"))),
            }
        }
        let blob = Blob { hex: hex::encode(hash.finalize()), size: self.at - begin - BLOCK };
        self.pad()?;
        let header = header(&blob.name(), blob.size, EntryType::Regular)?;
        self.file.write_all_at(header.as_bytes(), begin).map_err(writing)?;
        Ok(blob)
    }
}

fn header(name: &str, size: u64, kind: EntryType) -> Result<Header, ImportError> {
    let mut header = Header::new_gnu();
    header.set_path(name).map_err(writing)?;
    header.set_entry_type(kind);
    header.set_mode(if kind == EntryType::Directory { 0o755 } else { 0o644 });
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    Ok(header)
}

fn writing(source: io::Error) -> ImportError {
    ImportError::Io { action: "writing".into(), path: "the archive".into(), source }
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
