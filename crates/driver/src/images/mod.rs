//! The images on this host, as overlay layers that containers can use at once.
//!
//! ```text
//! images/
//!   images/<sha256>.json          what an image is: one record, named by the digest of its manifest
//!   layers/<sha256>/rootfs        one unpacked layer, named by the digest of its blob; ids on disk start at 0
//!   leases/<sha256>/<instance>    an instance that uses the image now; gone with it
//!   tmp/                          imports and removals under way; what is found here at the start was interrupted and goes
//! ```
//!
//! Everything appears by a rename when it is whole. Calls block: from asynchronous code they belong in `spawn_blocking`.

pub(crate) mod applications;
mod catalogue;
mod error;
mod export;
mod host;
mod icons;
pub(crate) mod import;
mod layers;
pub(crate) mod layout;
mod record;
pub(crate) mod snapshot;
mod source;
pub(crate) mod users;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use error::ImportError;
pub use export::{ExportSpec, ExportedImage};
pub use host::{HostImages, Images};
pub use record::{HistoryEntry, ImageApplication, ImageRecord, ImageUser, ImportedImage, MOST_HISTORY};

use crate::objects::ObjectStore;
use crate::{ImageDigest, InstanceId, Snapshot, SnapshotApplication, SnapshotSpec};

/// Below the ids that [`crate::sandbox::SandboxConfig::new`] gives to instances.
const UNPACKING_IDS: u32 = 0x1fff_0000;

/// What an import may take.
#[derive(Clone, Copy, Debug)]
pub struct ImportLimits {
    /// Unpacked bytes of all layers together.
    pub bytes: u64,
    /// Files, directories and links of all layers together.
    pub entries: u64,
    /// The whole import.
    pub duration: Duration,
}

impl Default for ImportLimits {
    fn default() -> Self {
        Self { bytes: 32 << 30, entries: 900_000, duration: Duration::from_secs(3600) }
    }
}

/// The files of a snapshot: what an image builder wrote.
#[derive(Clone, Debug)]
pub(crate) enum SnapshotSource {
    /// A file that holds a file system with the layer in its directory `data`. Nobody may have it mounted.
    DiskImage(PathBuf),
    /// A directory with the layer in its directory `data`.
    Directory(PathBuf),
}

/// The images on this host. One process at a time has it open.
#[derive(Debug)]
pub struct ImageStore {
    directory: PathBuf,
    /// The program that answers `internal unpack-layer`.
    executable: PathBuf,
    /// The first of the 65,536 host ids of the processes that unpack.
    unpacking_ids: u32,
    /// Imports and removals one after the other: a removal must not take a layer that an import has just found present.
    changes: Mutex<()>,
    /// Layers that are in use though no lease says so: the runtime image's, under every instance.
    pinned: Mutex<BTreeSet<PathBuf>>,
    /// Images that are being exported now: they must not be removed meanwhile. One entry for each export.
    exported: Mutex<Vec<ImageDigest>>,
    /// Names what is being removed.
    removals: AtomicU64,
    /// Held for as long as the store is open.
    _lock: File,
}

impl ImageStore {
    /// Opens or makes the store at `directory`, and clears away what an interrupted import left. The running program unpacks ([`crate::internal`]).
    ///
    /// # Errors
    /// [`ImportError::Locked`], [`ImportError::Io`].
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, ImportError> {
        Self::open_with(directory, "/proc/self/exe")
    }

    /// Like [`ImageStore::open`], but `executable internal …` unpacks.
    ///
    /// # Errors
    /// [`ImportError::Locked`], [`ImportError::Io`].
    pub fn open_with(
        directory: impl Into<PathBuf>,
        executable: impl Into<PathBuf>,
    ) -> Result<Self, ImportError> {
        let directory = directory.into();
        for name in ["images", "layers", "leases", "tmp"] {
            let path = directory.join(name);
            fs::DirBuilder::new()
                .mode(0o700)
                .recursive(true)
                .create(&path)
                .map_err(failed("making", &path))?;
        }
        let lock_path = directory.join("lock");
        let lock = File::create(&lock_path).map_err(failed("making", &lock_path))?;
        if !crate::lock::exclusively(&lock).map_err(failed("locking", &lock_path))? {
            return Err(ImportError::Locked(directory));
        }
        let store = Self {
            directory,
            executable: executable.into(),
            unpacking_ids: UNPACKING_IDS,
            changes: Mutex::new(()),
            pinned: Mutex::new(BTreeSet::new()),
            exported: Mutex::new(Vec::new()),
            removals: AtomicU64::new(0),
            _lock: lock,
        };
        store.clear_interrupted()?;
        Ok(store)
    }

    /// Images are unpacked by processes of these 65,536 host ids, which nothing else on the host has: `first` is a multiple of that. Without this,
    /// those from 0x1fff_0000.
    #[must_use]
    pub fn unpacking_as(self, first: u32) -> Self {
        Self { unpacking_ids: first, ..self }
    }

    /// What a killed import or removal left: its files, and layers that belong to no image.
    fn clear_interrupted(&self) -> Result<(), ImportError> {
        let used: BTreeSet<String> = self.list()?.into_iter().flat_map(|record| record.layers).collect();
        for (name, keep) in [("tmp", None), ("layers", Some(&used))] {
            let directory = self.directory.join(name);
            for entry in fs::read_dir(&directory).map_err(failed("reading", &directory))? {
                let entry = entry.map_err(failed("reading", &directory))?;
                let name = entry.file_name();
                if keep.is_some_and(|keep| name.to_str().is_some_and(|name| keep.contains(name))) {
                    continue;
                }
                let path = entry.path();
                remove_abandoned(&path).map_err(failed("removing", &path))?;
            }
        }
        Ok(())
    }

    /// Keeps these layers (as [`ImageStore::lower_directories`] names them) from being removed for as long as the store is open.
    pub(crate) fn pin(&self, layers: &[PathBuf]) {
        self.pinned().extend(layers.iter().cloned());
    }

    fn pinned(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.pinned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops the leases of all instances but `living`: a server may have been killed between an instance's end and its lease's.
    pub(crate) fn keep_leases(&self, living: &[&InstanceId]) -> Result<(), ImportError> {
        let _guard = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let leases = self.directory.join("leases");
        for image in fs::read_dir(&leases).map_err(failed("reading", &leases))? {
            let image = image.map_err(failed("reading", &leases))?.path();
            for lease in fs::read_dir(&image).map_err(failed("reading", &image))? {
                let lease = lease.map_err(failed("reading", &image))?;
                let name = lease.file_name();
                if !living.iter().any(|id| name.to_str() == Some(id.as_str())) {
                    let path = lease.path();
                    fs::remove_file(&path).map_err(failed("removing", &path))?;
                }
            }
        }
        Ok(())
    }

    /// Imports an OCI archive (a tar of an OCI layout), an OCI layout directory, or a tarball of a root filesystem (plain, gzip or zstd); which of
    /// them it is, is read from the content. An image that is here already is left as it is.
    ///
    /// # Errors
    /// [`ImportError::Refused`], [`ImportError::OverLimit`], [`ImportError::Io`]; then nothing of it is left.
    pub fn import(&self, source: &Path, limits: &ImportLimits) -> Result<ImportedImage, ImportError> {
        self.import_open(source::open(source)?, limits)
    }

    /// As [`ImageStore::import`], from a file or directory that somebody else opened for reading: what they may not read is not read.
    ///
    /// # Errors
    /// As [`ImageStore::import`].
    pub fn import_open(&self, source: File, limits: &ImportLimits) -> Result<ImportedImage, ImportError> {
        let _guard = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        import::import(self, source, limits)
    }

    /// As [`ImageStore::import_open`], with this catalogue in the place of what the image says of itself: another image of the same layers.
    ///
    /// # Errors
    /// As [`ImageStore::import`].
    pub fn import_with(
        &self,
        source: File,
        catalogue: &[SnapshotApplication],
        limits: &ImportLimits,
    ) -> Result<ImportedImage, ImportError> {
        let (plain, changed) = {
            let _guard = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
            let plain = import::import(self, source, limits)?;
            let changed = import::with_catalogue(self, &plain.record, catalogue, limits);
            (plain, changed)
        };
        let same = changed.as_ref().is_ok_and(|changed| changed.record.digest == plain.record.digest);
        if !plain.existed && !same {
            self.remove(&plain.record.digest)?;
        }
        changed
    }

    /// Makes a new image of what was written above the image `base`.
    ///
    /// # Errors
    /// [`ImportError`]; then nothing of it is left.
    pub(crate) fn snapshot(
        &self,
        base: &ImageDigest,
        source: &SnapshotSource,
        spec: &SnapshotSpec,
    ) -> Result<Snapshot, ImportError> {
        let _guard = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        snapshot::snapshot(self, base, source, spec)
    }

    /// Writes an OCI archive of an image: a tar of an OCI layout with this image alone. Any number at once; imports and removals of other images go on
    /// beside.
    ///
    /// # Errors
    /// [`ImportError::NoSuchImage`], [`ImportError::OverLimit`] if the disk has no room for it, [`ImportError::TimedOut`], [`ImportError::Io`]; then nothing
    /// of it is left.
    pub fn export(
        &self,
        objects: &ObjectStore,
        digest: &ImageDigest,
        spec: &ExportSpec,
        limits: &ImportLimits,
    ) -> Result<ExportedImage, ImportError> {
        let (record, _running) = self.begin_export(digest)?;
        export::export(self, objects, &record, spec, limits)
    }

    /// As [`ImageStore::export`], to an empty file, which is bounded by the room of its disk. It says of the image what that says itself.
    ///
    /// # Errors
    /// Those of [`ImageStore::export`]; what is in the file is of no use then.
    pub fn export_open(
        &self,
        digest: &ImageDigest,
        file: &File,
        limits: &ImportLimits,
    ) -> Result<ExportedImage, ImportError> {
        let (record, _running) = self.begin_export(digest)?;
        let name = Path::new("the archive");
        let stat = rustix::fs::fstatvfs(file).map_err(|error| failed("looking at", name)(error.into()))?;
        let room = stat.f_bavail.saturating_mul(stat.f_frsize);
        export::archive(self, &record, None, file, room, limits)
    }

    fn begin_export<'a>(
        &'a self,
        digest: &'a ImageDigest,
    ) -> Result<(ImageRecord, Exporting<'a>), ImportError> {
        let _guard = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let record = self.get(digest)?;
        self.exported().push(digest.clone());
        Ok((record, Exporting { store: self, digest }))
    }

    fn exported(&self) -> MutexGuard<'_, Vec<ImageDigest>> {
        self.exported.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a new image of an image's own layers, with one application more in its catalogue. The old image stays.
    ///
    /// # Errors
    /// [`ImportError::Refused`] when the image has no such program, or an application of that name; [`ImportError`].
    pub fn add_application(
        &self,
        digest: &ImageDigest,
        application: &SnapshotApplication,
    ) -> Result<ImportedImage, ImportError> {
        let _guard = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        catalogue::add_application(self, digest, application)
    }

    /// The record of one image.
    ///
    /// # Errors
    /// [`ImportError::NoSuchImage`], [`ImportError::Io`].
    pub fn get(&self, digest: &ImageDigest) -> Result<ImageRecord, ImportError> {
        let path = self.record_path(digest)?;
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ImportError::NoSuchImage(digest.clone()));
            }
            Err(error) => return Err(failed("reading", &path)(error)),
        };
        serde_json::from_slice(&text).map_err(|error| failed("parsing", &path)(error.into()))
    }

    /// All images, in the order of their digests.
    ///
    /// # Errors
    /// [`ImportError::Io`].
    pub fn list(&self) -> Result<Vec<ImageRecord>, ImportError> {
        let directory = self.directory.join("images");
        let mut names = Vec::new();
        for entry in fs::read_dir(&directory).map_err(failed("reading", &directory))? {
            let name = entry.map_err(failed("reading", &directory))?.file_name();
            if let Some(hex) = name.to_str().and_then(|name| name.strip_suffix(".json")) {
                names.push(ImageDigest(format!("sha256:{hex}")));
            }
        }
        names.sort();
        names.iter().map(|digest| self.get(digest)).collect()
    }

    /// Removes an image, and the layers that no other image has. Succeeds if there is no such image. Other imports, removals and starts of
    /// instances wait only until its layers are out of the way; deleting their files may take tens of seconds.
    ///
    /// # Errors
    /// [`ImportError::InUse`] while an instance uses it, [`ImportError::Pinned`] if all instances do (the runtime image), [`ImportError::Io`].
    pub fn remove(&self, digest: &ImageDigest) -> Result<(), ImportError> {
        for path in self.unlink(digest)? {
            fs::remove_dir_all(&path).map_err(failed("removing", &path))?;
        }
        Ok(())
    }

    /// Takes an image out of the store; what is left of it below `tmp`. A crash after any step leaves nothing that
    /// [`ImageStore::clear_interrupted`] does not clear away.
    fn unlink(&self, digest: &ImageDigest) -> Result<Vec<PathBuf>, ImportError> {
        let _guard = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let record = match self.get(digest) {
            Ok(record) => record,
            Err(ImportError::NoSuchImage(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let others = self.list()?.into_iter().filter(|other| other.digest != *digest);
        let shared: BTreeSet<String> = others.flat_map(|other| other.layers).collect();
        // Of a builder on whose disk the same was written again, an image has a layer twice.
        let unused: BTreeSet<&String> =
            record.layers.iter().filter(|layer| !shared.contains(*layer)).collect();
        let pinned = self.pinned();
        if unused.iter().any(|layer| pinned.contains(&self.layer_directory(layer).join("rootfs"))) {
            return Err(ImportError::Pinned(digest.clone()));
        }
        drop(pinned);
        if self.exported().contains(digest) {
            return Err(ImportError::InUse(digest.clone()));
        }
        match fs::remove_dir(self.lease_directory(digest)?) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                return Err(ImportError::InUse(digest.clone()));
            }
            Err(error) => return Err(failed("removing", &self.lease_directory(digest)?)(error)),
        }
        let path = self.record_path(digest)?;
        fs::remove_file(&path).map_err(failed("removing", &path))?;
        // On disk before a layer goes: a record whose layers are missing must never be found.
        let records = self.directory.join("images");
        File::open(&records).and_then(|file| file.sync_all()).map_err(failed("writing out", &records))?;
        let mut removed = Vec::with_capacity(unused.len());
        for layer in unused {
            let number = self.removals.fetch_add(1, Ordering::Relaxed);
            let (from, to) =
                (self.layer_directory(layer), self.directory.join("tmp").join(format!("removed-{number}")));
            fs::rename(&from, &to).map_err(failed("renaming", &from))?;
            removed.push(to);
        }
        Ok(removed)
    }

    /// The image's layers as overlayfs wants them: topmost first.
    #[must_use]
    pub fn lower_directories(&self, record: &ImageRecord) -> Vec<PathBuf> {
        // The kernel refuses a layer that is there twice. The lower one shows nothing that the upper one does not hide.
        let mut seen = BTreeSet::new();
        let topmost = record.layers.iter().rev().filter(|layer| seen.insert(*layer));
        topmost.map(|layer| self.layer_directory(layer).join("rootfs")).collect()
    }

    /// Keeps the image from being removed until [`ImageStore::release`]. Survives this process.
    pub(crate) fn lease(&self, digest: &ImageDigest, instance: &InstanceId) -> Result<(), ImportError> {
        let _guard = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        self.get(digest)?;
        let directory = self.lease_directory(digest)?;
        fs::create_dir_all(&directory).map_err(failed("making", &directory))?;
        let path = directory.join(instance.as_str());
        File::create(&path).map_err(failed("making", &path))?;
        Ok(())
    }

    pub(crate) fn release(&self, digest: &ImageDigest, instance: &InstanceId) -> Result<(), ImportError> {
        let path = self.lease_directory(digest)?.join(instance.as_str());
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("removing", &path)(error)),
            _ => Ok(()),
        }
    }

    fn layer_directory(&self, layer: &str) -> PathBuf {
        self.directory.join("layers").join(layer)
    }

    fn record_path(&self, digest: &ImageDigest) -> Result<PathBuf, ImportError> {
        Ok(self.directory.join("images").join(format!("{}.json", digest_hex(digest)?)))
    }

    fn lease_directory(&self, digest: &ImageDigest) -> Result<PathBuf, ImportError> {
        Ok(self.directory.join("leases").join(digest_hex(digest)?))
    }
}

/// Removes a directory in which a child of a killed process may write for the moment that its own end takes.
fn remove_abandoned(path: &Path) -> io::Result<()> {
    const MOST_ATTEMPTS: u32 = 500;
    for _ in 1..MOST_ATTEMPTS {
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                std::thread::sleep(Duration::from_millis(10));
            }
            removed => return removed,
        }
    }
    fs::remove_dir_all(path)
}

/// An export that runs, to its end.
struct Exporting<'a> {
    store: &'a ImageStore,
    digest: &'a ImageDigest,
}

impl Drop for Exporting<'_> {
    fn drop(&mut self) {
        let mut running = self.store.exported();
        if let Some(index) = running.iter().position(|known| known == self.digest) {
            running.swap_remove(index);
        }
    }
}

/// The hexadecimal part of a digest; it becomes part of paths, so nothing else passes.
fn digest_hex(digest: &ImageDigest) -> Result<&str, ImportError> {
    source::sha256_hex(&digest.0).ok_or_else(|| ImportError::NoSuchImage(digest.clone()))
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> ImportError + 'a {
    move |source| ImportError::Io { action: action.into(), path: path.to_owned(), source }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
