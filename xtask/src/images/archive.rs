//! Writes an OCI archive (a tar of an OCI image layout) with one layer. The same input gives the same bytes.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const BLOCK: usize = 512;
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The label by which Millrace knows an image's applications.
const APPLICATIONS_LABEL: &str = "dev.millrace.applications";

/// How the image's programs run.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Config {
    user: String,
    environment: Vec<String>,
}

/// An application that the image offers.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Application {
    name: String,
    display_name: String,
    argv: Vec<String>,
    #[serde(default)]
    working_directory: String,
    #[serde(default)]
    start_ahead: bool,
}

/// Writes `path` from the uncompressed tarball `layer`, whose SHA-256 is `layer_digest`.
pub(super) fn write(
    path: &Path,
    layer: &Path,
    layer_digest: &str,
    config: &Config,
    applications: &[Application],
) -> anyhow::Result<()> {
    let mut layer = File::open(layer)?;
    let layer_size = layer.metadata()?.len();
    let mut labels = serde_json::Map::new();
    if !applications.is_empty() {
        labels.insert(APPLICATIONS_LABEL.into(), Value::String(serde_json::to_string(applications)?));
    }
    let configuration = json!({
        "architecture": architecture(),
        "os": "linux",
        "created": "2023-11-14T22:13:20Z",
        "config": {"User": config.user, "Env": config.environment, "WorkingDir": "", "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer_digest}")]},
    });
    let configuration = serde_json::to_vec(&configuration)?;
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", &configuration),
        "layers": [{
            "mediaType": "application/vnd.oci.image.layer.v1.tar",
            "digest": format!("sha256:{layer_digest}"),
            "size": layer_size,
        }],
    });
    let manifest = serde_json::to_vec(&manifest)?;
    let index =
        serde_json::to_vec(&json!({"schemaVersion": 2, "manifests": [descriptor(MANIFEST, &manifest)]}))?;

    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    // The index comes first, so that `manifest_digest` finds it at a known place.
    add(&mut out, "index.json", index.len() as u64, &mut index.as_slice())?;
    let layout = br#"{"imageLayoutVersion":"1.0.0"}"#;
    add(&mut out, "oci-layout", layout.len() as u64, &mut layout.as_slice())?;
    for blob in [&manifest, &configuration] {
        add(&mut out, &format!("blobs/sha256/{}", digest(blob)), blob.len() as u64, &mut blob.as_slice())?;
    }
    add(&mut out, &format!("blobs/sha256/{layer_digest}"), layer_size, &mut layer)?;
    out.write_all(&[0; 2 * BLOCK])?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

/// The hexadecimal digest of the manifest of an archive written by [`write`].
pub(super) fn manifest_digest(path: &Path) -> anyhow::Result<String> {
    let mut file = File::open(path)?;
    let mut header = [0; BLOCK];
    file.read_exact(&mut header)?;
    ensure!(header.starts_with(b"index.json\0"), "it does not begin with an index");
    let size = std::str::from_utf8(&header[124..135])?;
    let size = u64::from_str_radix(size, 8)?;
    ensure!(size < 1 << 20, "its index is too long");
    let mut index = Vec::new();
    file.take(size).read_to_end(&mut index)?;
    let index: Value = serde_json::from_slice(&index)?;
    let digest = index["manifests"][0]["digest"].as_str().and_then(|digest| digest.strip_prefix("sha256:"));
    Ok(digest.context("its index has no manifest")?.to_owned())
}

fn descriptor(media_type: &str, blob: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": format!("sha256:{}", digest(blob)), "size": blob.len()})
}

fn digest(blob: &[u8]) -> String {
    super::hex(&Sha256::digest(blob))
}

/// As OCI names this machine's.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// One regular file: a ustar header, the content, zeros to the next block.
fn add(out: &mut impl Write, name: &str, size: u64, content: &mut impl Read) -> anyhow::Result<()> {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    // Eleven octal digits hold 8 GiB.
    ensure!(size < 1 << 33, "{name} is too large for an archive");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    out.write_all(&header)?;
    let copied = io::copy(&mut content.take(size), out)?;
    ensure!(copied == size, "{name} became shorter while it was copied");
    let padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    out.write_all(&[0; BLOCK][..padding as usize])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_layer_gives_the_same_archive() {
        let directory = std::env::temp_dir().join(format!("millrace-archive-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let layer = directory.join("layer");
        std::fs::write(&layer, [7; 1000]).unwrap();
        let layer_digest = digest(&[7; 1000]);
        let make = |name: &str| {
            let path = directory.join(name);
            write(&path, &layer, &layer_digest, &Config::default(), &[]).unwrap();
            (std::fs::read(&path).unwrap(), manifest_digest(&path).unwrap())
        };
        let (first, second) = (make("a"), make("b"));
        std::fs::remove_dir_all(&directory).unwrap();
        assert_eq!(first, second);
        assert_eq!(first.0.len() % BLOCK, 0);
        assert_eq!(first.1.len(), 64);
    }
}
