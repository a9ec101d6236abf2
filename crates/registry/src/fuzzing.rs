//! Ways into parsers that are otherwise private, for the fuzz targets (`tests/fuzz`) alone.

use crate::manifest::{self, Found};
use crate::{RegistryError, challenge};

/// Reads what a registry tells of an image; the digests that it leads to.
///
/// # Errors
/// [`RegistryError`].
pub fn manifest(text: &[u8], served_as: &str) -> Result<Vec<String>, RegistryError> {
    Ok(match manifest::read(text, served_as)? {
        Found::Elsewhere(descriptor) => vec![descriptor.hex()?.to_owned()],
        Found::Manifest(found) => {
            let blobs = std::iter::once(&found.config).chain(&found.layers);
            blobs.map(|blob| blob.hex().map(str::to_owned)).collect::<Result<_, _>>()?
        }
    })
}

/// Reads what a registry asks for; whether it can be answered.
#[must_use]
pub fn challenge(header: &str) -> bool {
    challenge::parse(header).is_some()
}
