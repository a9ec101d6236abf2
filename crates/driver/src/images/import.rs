//! One import: read what the image is, unpack the layers that are not here yet, write its record last.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::applications::APPLICATIONS_LABEL;
use super::icons::Renderer;
use super::layers::{Merged, UnpackedLayer, unpack};
use super::snapshot::{configuration_of, digest_of, unpacked};
use super::source::{Section, Source, sha256_hex};
use super::{
    HistoryEntry, ImageRecord, ImageStore, ImportError, ImportLimits, ImportedImage, MOST_HISTORY,
    applications, failed, users,
};
use crate::internal::unpack::Bounds;
use crate::{ImageDigest, SnapshotApplication};

/// Overlayfs takes its layers in options of one page; this many always fit, and real images have fewer.
pub(super) const MOST_LAYERS: usize = 120;
/// The types of layers that are unpacked; how they are compressed is read from their content. Layers that are not distributed with the image
/// ("nondistributable", "foreign") are not among them, nor encrypted ones.
const LAYER_TYPES: [&str; 6] = [
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd",
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd",
];
const CONFIGURATION_TYPES: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];
/// An import leaves this many bytes of the disk free.
const LEAST_FREE: u64 = 1 << 30;
/// An index may point to an index for several platforms, but no deeper.
const MOST_INDEXES: usize = 3;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
    platform: Option<Platform>,
}

#[derive(Clone, Debug, Deserialize)]
struct Platform {
    architecture: String,
    os: String,
}

#[derive(Debug, Deserialize)]
struct Index {
    manifests: Vec<Descriptor>,
}

#[derive(Debug, Deserialize)]
struct Manifest {
    config: Descriptor,
    layers: Vec<Descriptor>,
}

/// What an image is beside its files, in OCI's form.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Configuration {
    #[serde(default)]
    pub(crate) architecture: String,
    #[serde(default = "linux")]
    pub(crate) os: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created: Option<String>,
    #[serde(default)]
    pub(crate) config: Execution,
    #[serde(default)]
    pub(crate) rootfs: RootFilesystem,
    #[serde(default)]
    pub(crate) history: Option<Vec<HistoryEntry>>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Execution {
    pub(crate) user: Option<String>,
    pub(crate) env: Option<Vec<String>>,
    pub(crate) entrypoint: Option<Vec<String>>,
    pub(crate) cmd: Option<Vec<String>>,
    pub(crate) working_dir: Option<String>,
    pub(crate) labels: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct RootFilesystem {
    #[serde(default = "layers", rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) diff_ids: Vec<String>,
}

fn linux() -> String {
    "linux".to_owned()
}

fn layers() -> String {
    "layers".to_owned()
}

/// What is left of the limits, shared by all layers.
struct Budget {
    bytes: u64,
    entries: u64,
    /// Bytes of the disk.
    room: u64,
    deadline: Instant,
}

pub(super) fn import(
    store: &ImageStore,
    file: File,
    limits: &ImportLimits,
) -> Result<ImportedImage, ImportError> {
    Import::begin(store, limits, |import| match &Source::of(file)? {
        Source::RootFilesystem(archive) => import.root_filesystem(archive.clone()),
        layout => import.layout(layout),
    })
}

/// An image of the layers of `image` with another catalogue.
pub(super) fn with_catalogue(
    store: &ImageStore,
    image: &ImageRecord,
    catalogue: &[SnapshotApplication],
    limits: &ImportLimits,
) -> Result<ImportedImage, ImportError> {
    let catalogue = serde_json::to_string(catalogue).map_err(|error| refused(error.to_string()))?;
    let mut config = configuration_of(store, image)?;
    config.config.labels.get_or_insert_default().insert(APPLICATIONS_LABEL.to_owned(), catalogue);
    let digest = digest_of(&config)?;
    if let Ok(record) = store.get(&digest) {
        return Ok(ImportedImage { record, existed: true });
    }
    Import::begin(store, limits, |import| import.finish(digest, &config, image.layers.clone()))
}

/// Something that adds layers and an image. INVARIANT: its caller holds the store's lock of changes.
pub(super) struct Import<'a> {
    pub(super) store: &'a ImageStore,
    /// A directory of its own, gone when it is over.
    pub(super) temporary: PathBuf,
    budget: Budget,
    /// Layers that were not here before, to be taken away if it fails.
    added: Vec<String>,
}

impl<'a> Import<'a> {
    /// Does the work within the limits, and clears away what it leaves if it fails.
    pub(super) fn begin<T>(
        store: &'a ImageStore,
        limits: &ImportLimits,
        work: impl FnOnce(&mut Self) -> Result<T, ImportError>,
    ) -> Result<T, ImportError> {
        let temporary = store.directory.join("tmp").join("import");
        fs::create_dir(&temporary).map_err(failed("making", &temporary))?;
        let budget = Budget {
            bytes: limits.bytes,
            entries: limits.entries,
            room: room(&store.directory)?,
            deadline: Instant::now() + limits.duration,
        };
        let mut import = Self { store, temporary: temporary.clone(), budget, added: Vec::new() };
        let result = work(&mut import);
        if result.is_err() {
            for layer in &import.added {
                let path = store.layer_directory(layer);
                fs::remove_dir_all(&path).map_err(failed("removing", &path))?;
            }
        }
        fs::remove_dir_all(&temporary).map_err(failed("removing", &temporary))?;
        result
    }

    fn layout(&mut self, source: &Source) -> Result<ImportedImage, ImportError> {
        let (descriptor, text) = manifest(source)?;
        let digest = ImageDigest(descriptor.digest);
        let manifest: Manifest = parse("the manifest", &text)?;
        if !CONFIGURATION_TYPES.contains(&manifest.config.media_type.as_str()) {
            return Err(refused(format!("its configuration has the type {}", manifest.config.media_type)));
        }
        let config = source.document_blob(&manifest.config.digest, manifest.config.size)?;
        let config: Configuration = parse("the configuration", &config)?;
        if manifest.layers.is_empty() || manifest.layers.len() > MOST_LAYERS {
            return Err(refused(format!(
                "it has {} layers; 1 to {MOST_LAYERS} are possible",
                manifest.layers.len()
            )));
        }
        if config.rootfs.diff_ids.len() != manifest.layers.len() {
            return Err(refused("its configuration and its manifest disagree on the layers"));
        }
        // Before anything is unpacked.
        check_configuration(&config)?;
        // Content belongs to those who bring it: a digest alone gives nobody what somebody else brought, nor tells whether it is here.
        for layer in &manifest.layers {
            check_blob(source, layer)?;
        }
        if let Ok(record) = self.store.get(&digest) {
            return Ok(ImportedImage { record, existed: true });
        }
        let mut layers = Vec::new();
        for (layer, diff_id) in manifest.layers.iter().zip(&config.rootfs.diff_ids) {
            layers.push(self.layer(source, layer, diff_id)?);
        }
        self.finish(digest, &config, layers)
    }

    /// Unpacks one layer, unless it is here, and checks everything that is said about it.
    fn layer(&mut self, source: &Source, layer: &Descriptor, diff_id: &str) -> Result<String, ImportError> {
        let hex = layer_hex(layer)?.to_owned();
        let is_not_diff_id = || refused(format!("the layer {} does not unpack to {diff_id}", layer.digest));
        if self.store.layer_directory(&hex).exists() {
            let known = unpacked(self.store, &hex)?;
            return if sha256_hex(diff_id) == Some(&known.diff_id) { Ok(hex) } else { Err(is_not_diff_id()) };
        }
        let (mut reader, size) = source.file(&format!("blobs/sha256/{hex}"))?;
        let found = self.unpack(&mut *reader)?;
        if found.blob_hex != hex || found.blob_bytes != size {
            return Err(refused(format!("the layer {} is not what its digest says", layer.digest)));
        }
        if sha256_hex(diff_id) != Some(&found.unpacked.diff_id) {
            return Err(is_not_diff_id());
        }
        self.keep_layer(&found)
    }

    fn root_filesystem(&mut self, mut archive: Section) -> Result<ImportedImage, ImportError> {
        let found = self.unpack(&mut archive)?;
        // The manifest that this image would have: its digest depends on the content alone.
        let manifest = format!("millrace root filesystem\nsha256:{}\n", found.unpacked.diff_id);
        let digest = ImageDigest(format!("sha256:{}", hex::encode(Sha256::digest(manifest))));
        if let Ok(record) = self.store.get(&digest) {
            return Ok(ImportedImage { record, existed: true });
        }
        let hex = if self.store.layer_directory(&found.blob_hex).exists() {
            found.blob_hex
        } else {
            self.keep_layer(&found)?
        };
        self.finish(digest, &Configuration::default(), vec![hex])
    }

    pub(super) fn unpack(&mut self, reader: &mut dyn Read) -> Result<UnpackedLayer, ImportError> {
        let layer = self.temporary.join("layer");
        let target = layer.join("rootfs");
        fs::create_dir_all(&target).map_err(failed("making", &target))?;
        // Until the archive says otherwise: what every root filesystem has.
        fs::set_permissions(&target, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .map_err(failed("opening", &target))?;
        let bounds =
            Bounds { bytes: self.budget.bytes, entries: self.budget.entries, room: self.budget.room };
        let found = unpack(
            &self.store.executable,
            self.store.unpacking_ids,
            reader,
            &target,
            bounds,
            self.budget.deadline,
        )?;
        if found.unpacked.devices > 0 {
            tracing::info!(devices = found.unpacked.devices, "device nodes of a layer were left out");
        }
        self.budget.bytes -= found.unpacked.bytes.min(self.budget.bytes);
        self.budget.entries -= found.unpacked.entries.min(self.budget.entries);
        self.budget.room = room(&self.store.directory)?;
        Ok(found)
    }

    /// Moves the layer that was just unpacked to its place, safely on disk first.
    pub(super) fn keep_layer(&mut self, found: &UnpackedLayer) -> Result<String, ImportError> {
        let layer = self.temporary.join("layer");
        let text = serde_json::to_vec_pretty(&found.unpacked).map_err(|error| refused(error.to_string()))?;
        let path = layer.join("layer.json");
        fs::write(&path, text).map_err(failed("writing", &path))?;
        let directory = File::open(&layer).map_err(failed("opening", &layer))?;
        rustix::fs::syncfs(&directory).map_err(|error| failed("writing out", &layer)(error.into()))?;
        let target = self.store.layer_directory(&found.blob_hex);
        fs::rename(&layer, &target).map_err(failed("renaming to", &target))?;
        self.added.push(found.blob_hex.clone());
        Ok(found.blob_hex.clone())
    }

    /// Writes the image's record, last.
    pub(super) fn finish(
        &mut self,
        digest: ImageDigest,
        config: &Configuration,
        layers: Vec<String>,
    ) -> Result<ImportedImage, ImportError> {
        let topmost_first =
            layers.iter().rev().map(|layer| self.store.layer_directory(layer).join("rootfs")).collect();
        let merged = Merged::new(topmost_first);
        let read = |path: &str| {
            merged
                .read(path)
                .map(Option::unwrap_or_default)
                .map_err(failed("reading in the image", Path::new(path)))
        };
        let execution = &config.config;
        let labels = execution.labels.clone().unwrap_or_default();
        let user = execution.user.as_deref().unwrap_or_default();
        let user = users::resolve(user, &read("/etc/passwd")?, &read("/etc/group")?)?;
        let renderer = Renderer { executable: &self.store.executable, deadline: self.budget.deadline };
        let applications = applications::of_image(&labels, &merged, &renderer)?;
        let lists = [&execution.entrypoint, &execution.cmd];
        let record = ImageRecord {
            digest,
            architecture: if config.architecture.is_empty() {
                host_architecture().to_owned()
            } else {
                config.architecture.clone()
            },
            created: config.created.clone().unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned()),
            environment: execution.env.clone().unwrap_or_default(),
            command: lists.into_iter().flatten().flatten().cloned().collect(),
            working_directory: execution.working_dir.clone().unwrap_or_default(),
            labels,
            user,
            applications,
            size_bytes: self.size(&layers)?,
            layers,
            config_user: Some(execution.user.clone().unwrap_or_default()),
            history: newest_history(config.history.as_deref().unwrap_or_default()),
        };
        self.write_record(&record)?;
        Ok(ImportedImage { record, existed: false })
    }

    fn size(&self, layers: &[String]) -> Result<u64, ImportError> {
        let mut total = 0;
        for layer in layers {
            total += unpacked(self.store, layer)?.bytes;
        }
        Ok(total)
    }

    fn write_record(&self, record: &ImageRecord) -> Result<(), ImportError> {
        let text = serde_json::to_vec_pretty(record).map_err(|error| refused(error.to_string()))?;
        let path = self.temporary.join("record.json");
        fs::write(&path, text).map_err(failed("writing", &path))?;
        let file = File::open(&path).map_err(failed("opening", &path))?;
        file.sync_all().map_err(failed("writing out", &path))?;
        let target = self.store.record_path(&record.digest)?;
        fs::rename(&path, &target).map_err(failed("renaming to", &target))?;
        let directory = self.store.directory.join("images");
        File::open(&directory).and_then(|file| file.sync_all()).map_err(failed("writing out", &directory))
    }
}

fn newest_history(all: &[HistoryEntry]) -> Vec<HistoryEntry> {
    all[all.len().saturating_sub(MOST_HISTORY)..].to_vec()
}

/// Whether an instance can be made of it at all.
fn check_configuration(config: &Configuration) -> Result<(), ImportError> {
    let architecture = config.architecture.as_str();
    if !architecture.is_empty() && architecture != host_architecture() {
        return Err(refused(format!("it is for {architecture}, this host is {}", host_architecture())));
    }
    let execution = &config.config;
    let mut texts = [&execution.env, &execution.entrypoint, &execution.cmd].into_iter().flatten().flatten();
    if texts.any(|text| text.contains('\0')) {
        return Err(refused("its configuration has texts with NUL bytes"));
    }
    Ok(())
}

fn layer_hex(layer: &Descriptor) -> Result<&str, ImportError> {
    if !LAYER_TYPES.contains(&layer.media_type.as_str()) {
        return Err(refused(format!("a layer has the type {}", layer.media_type)));
    }
    sha256_hex(&layer.digest).ok_or_else(|| refused(format!("{} is not a SHA-256 digest", layer.digest)))
}

/// The whole blob of a layer is in the archive, with the content that its digest says.
fn check_blob(source: &Source, layer: &Descriptor) -> Result<(), ImportError> {
    let hex = layer_hex(layer)?;
    let path = format!("blobs/sha256/{hex}");
    let (mut reader, size) = source.file(&path)?;
    if size != layer.size {
        return Err(refused(format!("the layer {} is {size} bytes long, not {}", layer.digest, layer.size)));
    }
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 17];
    loop {
        match reader.read(&mut buffer).map_err(failed("reading in the archive", Path::new(&path)))? {
            0 => break,
            count => hash.update(&buffer[..count]),
        }
    }
    if hex::encode(hash.finalize()) == hex {
        Ok(())
    } else {
        Err(refused(format!("the layer {} is not what its digest says", layer.digest)))
    }
}

/// Bytes that the disk has left for images.
pub(super) fn room(directory: &Path) -> Result<u64, ImportError> {
    let stat = rustix::fs::statvfs(directory)
        .map_err(|error| failed("looking at the room of", directory)(error.into()))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize).saturating_sub(LEAST_FREE))
}

/// The manifest for this host, by way of the index.
fn manifest(source: &Source) -> Result<(Descriptor, Vec<u8>), ImportError> {
    let mut text = source.document("index.json")?;
    for _ in 0..MOST_INDEXES {
        let index: Index = parse("the index", &text)?;
        let fits = |descriptor: &&Descriptor| match &descriptor.platform {
            Some(platform) => platform.os == "linux" && platform.architecture == host_architecture(),
            None => true,
        };
        let mut candidates: Vec<&Descriptor> = Vec::new();
        for descriptor in index.manifests.iter().filter(fits) {
            // An image may have several tags.
            if candidates.iter().all(|known| known.digest != descriptor.digest) {
                candidates.push(descriptor);
            }
        }
        if candidates.len() > 1 {
            // Signatures, lists of parts and the like stand beside an image.
            candidates.retain(|descriptor| is_image(source, descriptor));
        }
        let [descriptor] = candidates.as_slice() else {
            return Err(refused(format!(
                "it holds {} images for linux/{}; one is needed",
                candidates.len(),
                host_architecture()
            )));
        };
        text = source.document_blob(&descriptor.digest, descriptor.size)?;
        match descriptor.media_type.as_str() {
            "application/vnd.oci.image.manifest.v1+json"
            | "application/vnd.docker.distribution.manifest.v2+json" => {
                return Ok(((*descriptor).clone(), text));
            }
            "application/vnd.oci.image.index.v1+json"
            | "application/vnd.docker.distribution.manifest.list.v2+json" => {}
            other => return Err(refused(format!("its manifest has the type {other}"))),
        }
    }
    Err(refused("its index leads to too many indexes"))
}

/// Whether a descriptor leads to an image, or to an index that may.
fn is_image(source: &Source, descriptor: &Descriptor) -> bool {
    match descriptor.media_type.as_str() {
        "application/vnd.oci.image.index.v1+json"
        | "application/vnd.docker.distribution.manifest.list.v2+json" => true,
        "application/vnd.oci.image.manifest.v1+json"
        | "application/vnd.docker.distribution.manifest.v2+json" => source
            .document_blob(&descriptor.digest, descriptor.size)
            .ok()
            .and_then(|text| parse::<Manifest>("the manifest", &text).ok())
            .is_some_and(|manifest| CONFIGURATION_TYPES.contains(&manifest.config.media_type.as_str())),
        _ => false,
    }
}

/// As OCI names it.
pub(crate) fn host_architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

pub(super) fn parse<'a, T: Deserialize<'a>>(what: &str, text: &'a [u8]) -> Result<T, ImportError> {
    serde_json::from_slice(text).map_err(|error| refused(format!("{what}: {error}")))
}

pub(super) fn refused(message: impl Into<String>) -> ImportError {
    ImportError::Refused(message.into())
}
