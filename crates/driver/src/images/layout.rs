//! What is the same in the manifests of all images that are written here.

use millrace_oci::Blob;
use serde_json::{Value, json};

/// The media type of a manifest.
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The manifest of an image with that configuration and those layers, the lowest first. They are not compressed.
pub(crate) fn manifest<'a>(config: &Blob, layers: impl IntoIterator<Item = &'a Blob>) -> Value {
    let layers: Vec<Value> =
        layers.into_iter().map(|layer| layer.descriptor("application/vnd.oci.image.layer.v1.tar")).collect();
    json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor("application/vnd.oci.image.config.v1+json"),
        "layers": layers,
    })
}
