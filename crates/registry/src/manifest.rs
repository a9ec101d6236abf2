//! What registries tell about images: indexes and manifests, in OCI's form and in Docker's second.

use serde::Deserialize;

use crate::reference::sha256_hex;
use crate::{RegistryError, architecture};

/// An image of several platforms.
pub(crate) const INDEX_TYPES: [&str; 2] =
    ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];
/// An image of one.
pub(crate) const MANIFEST_TYPES: [&str; 2] =
    ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
/// Overlayfs takes no more, and real images have fewer.
const MOST_LAYERS: usize = 120;
/// A configuration in bytes.
const LONGEST_CONFIGURATION: u64 = 4 << 20;

/// A blob that a document names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    #[serde(default)]
    pub(crate) media_type: String,
    pub(crate) digest: String,
    pub(crate) size: u64,
    platform: Option<Platform>,
}

impl Descriptor {
    /// The digits of its digest.
    pub(crate) fn hex(&self) -> Result<&str, RegistryError> {
        sha256_hex(&self.digest)
            .ok_or_else(|| RegistryError::Refused(format!("{:?} is not a SHA-256 digest", self.digest)))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Platform {
    architecture: String,
    os: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    #[serde(default)]
    media_type: String,
    manifests: Option<Vec<Descriptor>>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
}

/// What a document turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// An index: the image for this machine has this manifest.
    Elsewhere(Descriptor),
    /// A manifest.
    Manifest(Manifest),
}

/// One image.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) media_type: String,
    pub(crate) config: Descriptor,
    pub(crate) layers: Vec<Descriptor>,
}

/// Reads a document; `served_as` is the media type that came with it.
pub(crate) fn read(text: &[u8], served_as: &str) -> Result<Found, RegistryError> {
    let document: Document = serde_json::from_slice(text)
        .map_err(|error| RegistryError::Refused(format!("its manifest cannot be read: {error}")))?;
    if document.schema_version != 2 {
        return Err(RegistryError::Refused(format!(
            "its manifest has the schema {}: push it again with a tool of this decade",
            document.schema_version
        )));
    }
    let media_type = if document.media_type.is_empty() { served_as } else { &document.media_type };
    if INDEX_TYPES.contains(&media_type) {
        return of_this_machine(document.manifests.unwrap_or_default()).map(Found::Elsewhere);
    }
    let (true, Some(config), Some(layers)) =
        (MANIFEST_TYPES.contains(&media_type), document.config, document.layers)
    else {
        return Err(RegistryError::Refused(format!("its manifest has the type {media_type:?}")));
    };
    if layers.is_empty() || layers.len() > MOST_LAYERS {
        let count = layers.len();
        return Err(RegistryError::Refused(format!(
            "it has {count} layers; 1 to {MOST_LAYERS} are possible"
        )));
    }
    if config.size > LONGEST_CONFIGURATION {
        return Err(RegistryError::OverLimit(format!("its configuration has {} bytes", config.size)));
    }
    Ok(Found::Manifest(Manifest { media_type: media_type.to_owned(), config, layers }))
}

fn of_this_machine(manifests: Vec<Descriptor>) -> Result<Descriptor, RegistryError> {
    let mut others = Vec::new();
    for manifest in manifests {
        match &manifest.platform {
            Some(platform) if platform.os == "linux" && platform.architecture == architecture() => {
                return Ok(manifest);
            }
            Some(platform) => others.push(format!("{}/{}", platform.os, platform.architecture)),
            None => others.push("no platform".to_owned()),
        }
    }
    others.truncate(20);
    Err(RegistryError::Refused(format!(
        "it has nothing for linux/{}, but for {}",
        architecture(),
        if others.is_empty() { "nothing at all".to_owned() } else { others.join(", ") }
    )))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(document: &Value, served_as: &str) -> Result<Found, RegistryError> {
        read(&serde_json::to_vec(document).unwrap(), served_as)
    }

    #[test]
    fn the_image_of_this_machine_is_chosen() {
        let digest = |digit: &str| format!("sha256:{}", digit.repeat(64));
        let of = |digit: &str, os: &str, architecture: &str| {
            json!({"mediaType": MANIFEST_TYPES[0], "digest": digest(digit), "size": 2,
                "platform": {"os": os, "architecture": architecture}})
        };
        let here = architecture();
        let all = [of("1", "linux", "s390x"), of("2", "windows", here), of("3", "linux", here)];
        let index = json!({"schemaVersion": 2, "manifests": all});
        let Ok(Found::Elsewhere(found)) = check(&index, INDEX_TYPES[1]) else { panic!("no image") };
        assert_eq!(found.hex().unwrap(), "3".repeat(64));
        let others = json!({"schemaVersion": 2, "mediaType": INDEX_TYPES[0], "manifests": all[..2]});
        let error = check(&others, "").unwrap_err().to_string();
        assert!(error.contains("linux/s390x, windows/"), "{error}");
    }

    #[test]
    fn manifests() {
        let blob = json!({"mediaType": "x", "digest": format!("sha256:{}", "0".repeat(64)), "size": 5});
        let manifest =
            |layers: usize| json!({"schemaVersion": 2, "config": blob, "layers": vec![&blob; layers]});
        assert!(
            matches!(check(&manifest(2), MANIFEST_TYPES[1]), Ok(Found::Manifest(found)) if found.layers.len() == 2)
        );
        for (document, served_as) in [
            (manifest(0), MANIFEST_TYPES[0]),
            (manifest(121), MANIFEST_TYPES[0]),
            (manifest(1), "text/html"),
            (
                json!({"schemaVersion": 1, "fsLayers": []}),
                "application/vnd.docker.distribution.manifest.v1+json",
            ),
            (json!({"schemaVersion": 2}), MANIFEST_TYPES[0]),
            (json!([]), MANIFEST_TYPES[0]),
        ] {
            assert!(check(&document, served_as).is_err(), "{document}");
        }
    }
}
