//! Ways into parsers that are otherwise private, for the fuzz targets (`tests/fuzz`) alone.

use crate::images::{self, ImageUser, ImportError};

/// Looks up OCI's `User` in an image's own `/etc/passwd` and `/etc/group`.
///
/// # Errors
/// [`ImportError::Refused`].
pub fn image_user(user: &str, passwd: &str, group: &str) -> Result<ImageUser, ImportError> {
    images::users::resolve(user, passwd, group)
}
