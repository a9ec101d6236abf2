//! One image, from its reference to an archive.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::{Duration, Instant};

use millrace_oci::{ArchiveWriter, Blob};
use sha2::{Digest, Sha256};

use crate::client::Client;
use crate::manifest::{self, Descriptor, Found, Manifest};
use crate::{Credentials, Reference, RegistryError, Version};

/// An index leads to a manifest, or to one more index.
const MOST_INDEXES: usize = 3;
/// A blob that breaks off is asked for so often, after longer and longer waits.
const ATTEMPTS: u32 = 4;
/// Before the second one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Between two words on a blob.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// How an image is fetched.
#[derive(Clone, Debug)]
pub struct Options {
    /// Without TLS. Registries on loopback never have it.
    pub insecure: bool,
    /// For the registry, and for whoever gives out its tokens.
    pub credentials: Option<Credentials>,
    /// It is fetched for somebody else: nothing that the registry says leads further into the network than the registry itself is, to this machine only
    /// where the registry is called by a name of this machine, and never to the machine's link. The proxies of the environment are not used.
    pub for_others: bool,
    /// All blobs together, in bytes.
    pub most_bytes: u64,
    /// From the first request to the last byte.
    pub within: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            insecure: false,
            credentials: None,
            for_others: false,
            most_bytes: 32 << 30,
            within: Duration::from_secs(3600),
        }
    }
}

/// What is being done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The manifest is here.
    Found {
        /// How many layers it has.
        layers: usize,
        /// All of them, in bytes.
        bytes: u64,
    },
    /// A layer is on its way.
    Layer {
        /// From 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// What is here of it, in bytes.
        done: u64,
        /// What it will be, in bytes.
        bytes: u64,
    },
}

/// Fetches the image for this machine into `file`, an empty file, as an OCI archive. Gives back the digest of its manifest, `sha256:…`.
///
/// # Errors
/// [`RegistryError`]; the file is of no use then.
pub async fn pull(
    reference: &Reference,
    options: &Options,
    file: File,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<String, RegistryError> {
    let seconds = options.within.as_secs();
    tokio::time::timeout(options.within, fetch(reference, options, file, progress))
        .await
        .unwrap_or_else(|_| Err(RegistryError::OverLimit(format!("it was not here after {seconds} s"))))
}

async fn fetch(
    reference: &Reference,
    options: &Options,
    file: File,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<String, RegistryError> {
    let mut client = Client::new(reference, options).await?;
    let (manifest, text) = manifest_of(&mut client, reference).await?;
    let bytes =
        manifest.layers.iter().fold(manifest.config.size, |sum, layer| sum.saturating_add(layer.size));
    if bytes > options.most_bytes {
        return Err(RegistryError::OverLimit(format!(
            "it has {bytes} bytes; {} are allowed",
            options.most_bytes
        )));
    }
    progress(Progress::Found { layers: manifest.layers.len(), bytes });
    let mut archive = ArchiveWriter::new(BufWriter::with_capacity(1 << 18, file))?;
    let of = manifest.layers.len();
    for (number, blob) in std::iter::once(&manifest.config).chain(&manifest.layers).enumerate() {
        // A layer may be there twice: an empty one often is.
        if archive.has(blob.hex()?) {
            continue;
        }
        let mut told = |done| match number {
            0 => {}
            number => progress(Progress::Layer { number, of, done, bytes: blob.size }),
        };
        let mut attempt = 1;
        let mut wait = FIRST_WAIT;
        while let Err(error) = blob_into(&mut client, blob, &mut archive, &mut told).await {
            if attempt == ATTEMPTS || !passes(&error) {
                return Err(error);
            }
            attempt += 1;
            tokio::time::sleep(wait).await;
            wait *= 3;
        }
    }
    let blob = archive.blob(&text)?;
    archive.finish(&blob.descriptor(&manifest.media_type))?;
    Ok(blob.digest())
}

/// Whether asking once more may help.
fn passes(error: &RegistryError) -> bool {
    match error {
        RegistryError::Unreachable { .. } => true,
        RegistryError::Status { status, .. } => *status == 429 || *status >= 500,
        _ => false,
    }
}

/// The manifest for this machine, and its text.
async fn manifest_of(
    client: &mut Client<'_>,
    reference: &Reference,
) -> Result<(Manifest, Vec<u8>), RegistryError> {
    let mut version = reference.version_text().to_owned();
    let mut expected = match reference.version() {
        Version::Digest(digest) => Some(digest.clone()),
        Version::Tag(_) => None,
    };
    for _ in 0..MOST_INDEXES {
        let document = client.document(&version).await?;
        let digest = Blob::of(&document.text).digest();
        if expected.as_ref().is_some_and(|expected| *expected != digest) {
            return Err(RegistryError::Refused(format!(
                "the manifest {version} is not what its digest says"
            )));
        }
        match manifest::read(&document.text, &document.media_type)? {
            Found::Manifest(manifest) => return Ok((manifest, document.text)),
            Found::Elsewhere(descriptor) => {
                descriptor.hex()?;
                version.clone_from(&descriptor.digest);
                expected = Some(descriptor.digest);
            }
        }
    }
    Err(RegistryError::Refused("its index leads to too many indexes".into()))
}

/// Writes one blob to the archive while checking it. If that fails, the archive is as it was.
async fn blob_into<W: Write + std::io::Seek>(
    client: &mut Client<'_>,
    blob: &Descriptor,
    archive: &mut ArchiveWriter<W>,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), RegistryError> {
    let named = Blob { hex: blob.hex()?.to_owned(), size: blob.size };
    let position = archive.begin_blob(&named)?;
    let result = copy(client, blob, &named, archive, progress).await;
    if result.is_err() {
        archive.take_back(position)?;
    }
    result
}

async fn copy<W: Write + std::io::Seek>(
    client: &mut Client<'_>,
    blob: &Descriptor,
    named: &Blob,
    archive: &mut ArchiveWriter<W>,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), RegistryError> {
    let not_it =
        || RegistryError::Refused(format!("the blob {} is not what its digest and size say", blob.digest));
    let mut response = client.blob(&blob.digest, blob.size).await?;
    let mut hash = Sha256::new();
    let mut done = 0_u64;
    let mut told = Instant::now();
    while let Some(piece) = response.chunk().await.map_err(|error| client.unreachable(&error))? {
        done += piece.len() as u64;
        if done > blob.size {
            return Err(not_it());
        }
        hash.update(&piece);
        archive.write(&piece)?;
        if told.elapsed() >= PROGRESS_EVERY {
            told = Instant::now();
            progress(done);
        }
    }
    if done != blob.size || hex::encode(hash.finalize()) != named.hex {
        return Err(not_it());
    }
    progress(done);
    Ok(archive.end_blob(named)?)
}
