//! One snapshot: what an image builder wrote becomes a layer above the layers of the image that the builder was made of.
//!
//! ```text
//! disk ──internal pack-layer──> OCI layer (a stream, never a file) ──internal unpack-layer──> layers/<digest>/rootfs ──> record
//! ```
//!
//! The same two programs write every export and read every import, so that a layer here *is* what the archive says, and nothing else.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use millrace_model::cleaning::Cleaned;
use sha2::{Digest, Sha256};

use super::applications::APPLICATIONS_LABEL;
use super::import::{
    Configuration, Execution, Import, MOST_LAYERS, RootFilesystem, host_architecture, parse, refused,
};
use super::{HistoryEntry, ImageRecord, ImageStore, ImportError, ImportLimits, SnapshotSource, failed};
use crate::internal::unpack::Unpacked;
use crate::{ImageDigest, Snapshot, SnapshotSpec};

/// What the child may say on standard error before it is cut off, in bytes.
const LONGEST_MESSAGE: u64 = 4096;
/// The report of what was left out, in bytes: a few reasons with a few paths each.
const LONGEST_REPORT: u64 = 1 << 20;

pub(super) fn snapshot(
    store: &ImageStore,
    base: &ImageDigest,
    source: &SnapshotSource,
    spec: &SnapshotSpec,
) -> Result<Snapshot, ImportError> {
    let base = store.get(base)?;
    if base.layers.len() >= MOST_LAYERS {
        return Err(refused(format!("its base has {MOST_LAYERS} layers already")));
    }
    Import::begin(store, &ImportLimits::default(), |import| {
        let report = import.temporary.join("report.json");
        let (kind, path) = match source {
            SnapshotSource::DiskImage(path) => ("image", path),
            SnapshotSource::Directory(path) => ("directory", path),
        };
        let mut packing = Packing::start(&store.executable, kind, path, &report)?;
        let found = import.unpack(&mut packing.output);
        let packed = packing.finish();
        let found = match (found, packed) {
            (Ok(found), Ok(())) => found,
            // The packing found that nobody reads any more: the other side knows why.
            (Err(error), Err(Packed::Unread) | Ok(())) => return Err(error),
            (Ok(_), Err(Packed::Unread)) => return Err(refused("the layer was not read to its end")),
            // An archive that breaks off may look whole: what the packing says goes first.
            (_, Err(Packed::Failed(error))) => return Err(error),
        };
        let cleaned = read_report(&report)?;
        let hex = if store.layer_directory(&found.blob_hex).exists() {
            found.blob_hex.clone()
        } else {
            import.keep_layer(&found)?
        };
        let mut layers = base.layers.clone();
        layers.push(hex);
        let config = configuration(store, &base, spec, &found.unpacked.diff_id, &cleaned)?;
        let digest = digest_of(&config)?;
        let record = match store.get(&digest) {
            Ok(record) => record,
            Err(_) => import.finish(digest.clone(), &config, layers)?.record,
        };
        let applications = record.applications;
        Ok(Snapshot { image: digest, layer_bytes: found.unpacked.bytes, cleaned, applications })
    })
}

/// The new image's configuration: the base's, with another catalogue and one more layer.
fn configuration(
    store: &ImageStore,
    base: &ImageRecord,
    spec: &SnapshotSpec,
    diff_id: &str,
    cleaned: &[Cleaned],
) -> Result<Configuration, ImportError> {
    let catalogue = serde_json::to_string(&spec.applications).map_err(|error| refused(error.to_string()))?;
    let mut config = configuration_of(store, base)?;
    config.config.labels.get_or_insert_default().insert(APPLICATIONS_LABEL.to_owned(), catalogue);
    config.rootfs.diff_ids.push(format!("sha256:{diff_id}"));
    let left_out: Vec<String> =
        cleaned.iter().map(|kind| format!("{} ({} files)", kind.what, kind.files)).collect();
    config.history.get_or_insert_default().push(HistoryEntry {
        created: Some(spec.created.clone()),
        created_by: Some(spec.created_by.clone()),
        comment: (!left_out.is_empty()).then(|| format!("left out: {}", left_out.join(", "))),
        empty_layer: false,
    });
    config.created = Some(spec.created.clone());
    Ok(config)
}

/// The configuration of an image that is here, from its record.
pub(super) fn configuration_of(
    store: &ImageStore,
    image: &ImageRecord,
) -> Result<Configuration, ImportError> {
    let mut diff_ids = Vec::with_capacity(image.layers.len() + 1);
    for layer in &image.layers {
        diff_ids.push(format!("sha256:{}", unpacked(store, layer)?.diff_id));
    }
    let user = image.config_user.clone();
    Ok(Configuration {
        architecture: if image.architecture.is_empty() {
            host_architecture().to_owned()
        } else {
            image.architecture.clone()
        },
        os: "linux".to_owned(),
        created: Some(image.created.clone()),
        config: Execution {
            user: Some(user.unwrap_or_else(|| format!("{}:{}", image.user.uid, image.user.gid))),
            env: Some(image.environment.clone()),
            entrypoint: None,
            cmd: Some(image.command.clone()),
            working_dir: Some(image.working_directory.clone()),
            labels: Some(image.labels.clone()),
        },
        rootfs: RootFilesystem { kind: "layers".to_owned(), diff_ids },
        history: Some(image.history.clone()),
    })
}

/// The digest of an image that has no manifest: its configuration names all that it is, the layers by their uncompressed archives' digests.
pub(super) fn digest_of(config: &Configuration) -> Result<ImageDigest, ImportError> {
    let text = serde_json::to_vec(config).map_err(|error| refused(error.to_string()))?;
    let digest = hex::encode(Sha256::digest([b"millrace image\n", text.as_slice()].concat()));
    Ok(ImageDigest(format!("sha256:{digest}")))
}

/// What the unpacking of a layer came to.
pub(super) fn unpacked(store: &ImageStore, layer: &str) -> Result<Unpacked, ImportError> {
    let path = store.layer_directory(layer).join("layer.json");
    let text = fs::read(&path).map_err(failed("reading", &path))?;
    parse("layer.json", &text)
}

fn read_report(path: &Path) -> Result<Vec<Cleaned>, ImportError> {
    let mut text = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST_REPORT).read_to_end(&mut text))
        .map_err(failed("reading", path))?;
    parse("the report of what was left out", &text)
}

/// Why a layer was not packed.
pub(crate) enum Packed {
    /// Whoever was to read it had gone.
    Unread,
    /// It could not be read or written.
    Failed(ImportError),
}

/// A child that packs a layer.
pub(crate) struct Packing {
    child: Child,
    pub(crate) output: ChildStdout,
}

impl Packing {
    /// Begins to pack (see `internal pack-layer`).
    pub(crate) fn start(
        executable: &Path,
        kind: &str,
        path: &Path,
        report: &Path,
    ) -> Result<Self, ImportError> {
        let mut child = Command::new(executable)
            .args(["internal", "pack-layer", kind])
            .args([path, report])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed("starting the packing by", executable))?;
        let Some(output) = child.stdout.take() else { return Err(refused("the packing has no pipe")) };
        Ok(Self { child, output })
    }

    /// Waits for its end; the archive was read, or nobody reads it any more.
    pub(crate) fn finish(self) -> Result<(), Packed> {
        let Self { mut child, output } = self;
        drop(output);
        let mut message = String::new();
        if let Some(stderr) = child.stderr.take() {
            // What cannot be read is missing from the message; the status tells.
            let _ = stderr.take(LONGEST_MESSAGE).read_to_string(&mut message);
        }
        let status = child
            .wait()
            .map_err(failed("ending the packing", Path::new("/proc/self/exe")))
            .map_err(Packed::Failed)?;
        match message.trim() {
            _ if status.success() => Ok(()),
            message if message.contains("Broken pipe") => Err(Packed::Unread),
            message => Err(Packed::Failed(refused(format!("the layer could not be packed: {message}")))),
        }
    }
}
