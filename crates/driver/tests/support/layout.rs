//! Images in the OCI layout, made in memory, well or badly.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

/// Name, kind, and content or target.
pub(crate) type Item<'a> = (&'a str, EntryType, &'a str);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

/// A tar archive, whatever its names are.
pub(crate) fn tar_of(items: &[Item<'_>]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, kind, text) in items {
        let mut header = Header::new_ustar();
        // Written directly: the builder itself refuses names and targets that climb.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o755);
        header.set_uid(0);
        header.set_gid(0);
        let content = if kind.is_file() { text.as_bytes() } else { b"" };
        if !kind.is_file() {
            header.as_mut_bytes()[157..157 + text.len()].copy_from_slice(text.as_bytes());
        }
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn compress(bytes: &[u8], compression: Compression) -> Vec<u8> {
    match compression {
        Compression::None => bytes.to_vec(),
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Compression::Zstd => zstd::encode_all(bytes, 1).unwrap(),
    }
}

/// An image whose parts can be changed before it is written.
pub(crate) struct Layout {
    pub(crate) layers: Vec<Value>,
    pub(crate) config: Value,
    pub(crate) config_type: String,
    pub(crate) manifest_type: String,
    /// By digest, `sha256:…`.
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
}

impl Layout {
    pub(crate) fn new(layers: &[&[Item<'_>]], compression: Compression) -> Self {
        let mut layout = Self {
            layers: Vec::new(),
            config: Value::Null,
            config_type: "application/vnd.oci.image.config.v1+json".into(),
            manifest_type: "application/vnd.oci.image.manifest.v1+json".into(),
            blobs: BTreeMap::new(),
        };
        let ending = match compression {
            Compression::None => "",
            Compression::Gzip => "+gzip",
            Compression::Zstd => "+zstd",
        };
        let kind = format!("application/vnd.oci.image.layer.v1.tar{ending}");
        let mut diff_ids = Vec::new();
        for items in layers {
            let tar = tar_of(items);
            diff_ids.push(digest(&tar));
            let descriptor = add(&mut layout.blobs, compress(&tar, compression), &kind);
            layout.layers.push(descriptor);
        }
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
        layout.config = json!({
            "architecture": architecture, "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        });
        layout
    }

    pub(crate) fn digest_of(&self, layer: usize) -> String {
        self.layers[layer]["digest"].as_str().unwrap().to_owned()
    }

    /// Every file of the layout.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut blobs = self.blobs.clone();
        let config = add(&mut blobs, self.config.to_string().into_bytes(), &self.config_type);
        let manifest = json!({"schemaVersion": 2, "config": config, "layers": self.layers});
        let manifest = add(&mut blobs, manifest.to_string().into_bytes(), &self.manifest_type);
        let index = json!({"schemaVersion": 2, "manifests": [manifest]});
        let mut files: BTreeMap<String, Vec<u8>> = blobs
            .into_iter()
            .map(|(digest, bytes)| (format!("blobs/sha256/{}", &digest[7..]), bytes))
            .collect();
        files.insert("index.json".into(), index.to_string().into_bytes());
        files.insert("oci-layout".into(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec());
        files
    }

    pub(crate) fn archive(&self) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (name, bytes) in self.files() {
            let mut header = Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, bytes.as_slice()).unwrap();
        }
        builder.into_inner().unwrap()
    }

    pub(crate) fn write_directory(&self, directory: &Path) {
        fs::create_dir_all(directory.join("blobs/sha256")).unwrap();
        for (name, bytes) in self.files() {
            fs::write(directory.join(name), bytes).unwrap();
        }
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

fn add(blobs: &mut BTreeMap<String, Vec<u8>>, bytes: Vec<u8>, kind: &str) -> Value {
    let descriptor = json!({"mediaType": kind, "digest": digest(&bytes), "size": bytes.len()});
    blobs.insert(digest(&bytes), bytes);
    descriptor
}
