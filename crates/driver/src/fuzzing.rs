//! Ways into what is otherwise private, for the fuzz targets (`tests/fuzz`) and this crate's own tests alone.

use std::path::Path;

use crate::images::{self, ImageStore, ImageUser, ImportError, SnapshotSource};
use crate::{ImageDigest, InstanceId, Snapshot, SnapshotSpec};

/// Looks up OCI's `User` in an image's own `/etc/passwd` and `/etc/group`.
///
/// # Errors
/// [`ImportError::Refused`].
pub fn image_user(user: &str, passwd: &str, group: &str) -> Result<ImageUser, ImportError> {
    images::users::resolve(user, passwd, group)
}

/// What a builder's snapshot comes to whose disk is the directory `data` in `upper`.
///
/// # Errors
/// [`ImportError`].
pub fn snapshot_directory(
    store: &ImageStore,
    base: &ImageDigest,
    upper: &Path,
    spec: &SnapshotSpec,
) -> Result<Snapshot, ImportError> {
    store.snapshot(base, &SnapshotSource::Directory(upper.to_owned()), spec)
}

/// Keeps the image as an instance or a builder's disk does.
///
/// # Errors
/// [`ImportError`].
pub fn lease(store: &ImageStore, image: &ImageDigest, instance: &InstanceId) -> Result<(), ImportError> {
    store.lease(image, instance)
}

/// Lets it go again.
///
/// # Errors
/// [`ImportError`].
pub fn release(store: &ImageStore, image: &ImageDigest, instance: &InstanceId) -> Result<(), ImportError> {
    store.release(image, instance)
}
