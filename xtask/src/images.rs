//! The root filesystems that a demo and the tests need: recipes in `images/`, built by `millrace image build`, kept in the cache as OCI archives.
//!
//! An archive is named by its recipe's digest. A recipe that has not changed is not built again.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rustix::fs::FlockOperation;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::build::Programs;
use crate::{paths, shell};

/// Changes when the program makes something else of the same recipe.
const FORMAT: &str = "2";

/// The runtime image (the display container's root filesystem), built if the cache in `cache` has it not. Gives back an OCI archive.
///
/// # Errors
/// It cannot be built: its own messages say why.
pub(crate) fn runtime(cache: &Path, programs: &Programs) -> anyhow::Result<PathBuf> {
    image(cache, "runtime", programs)
}

/// The demo's image with its four applications, likewise.
///
/// # Errors
/// As [`runtime`].
pub(crate) fn demo(cache: &Path, programs: &Programs) -> anyhow::Result<PathBuf> {
    image(cache, "demo", programs)
}

/// The image with LibreOffice Writer, which only a benchmark wants, likewise.
///
/// # Errors
/// As [`runtime`].
pub(crate) fn writer(cache: &Path, programs: &Programs) -> anyhow::Result<PathBuf> {
    image(cache, "writer", programs)
}

/// The digest of an archive's manifest, 64 hexadecimal digits: what the image *is*.
///
/// # Errors
/// The file is not an archive of ours.
pub(crate) fn key(archive: &Path) -> anyhow::Result<String> {
    manifest_digest(archive).with_context(|| format!("{} is damaged: remove it", archive.display()))
}

fn image(cache: &Path, name: &str, programs: &Programs) -> anyhow::Result<PathBuf> {
    let recipe = paths::root().join("images").join(format!("{name}.toml"));
    let text = fs::read_to_string(&recipe).with_context(|| format!("{} cannot be read", recipe.display()))?;
    let digest = hex(&Sha256::digest(format!("{FORMAT}\n{text}")));
    let directory = cache.join("images");
    fs::create_dir_all(&directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    // Two builds at once would do the same work twice.
    let lock = File::create(directory.join("lock"))?;
    if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        shell::say("waiting for another build of images");
        rustix::fs::flock(&lock, FlockOperation::LockExclusive)?;
    }
    let archive = directory.join(format!("{name}-{}.oci.tar", &digest[..16]));
    if archive.is_file() {
        return Ok(archive);
    }
    remove_older(&directory, name)?;
    shell::say(&format!("building the {name} image from Debian's packages (some minutes, once)"));
    // What is kept between builds is root's: `millrace image build` says where.
    let mut command = shell::as_root(&programs.millrace);
    shell::run(command.args(["image", "build"]).arg(&recipe).arg("--output").arg(&archive))?;
    shell::say(&format!("the {name} image is {} MB", fs::metadata(&archive)?.len() / 1_000_000));
    Ok(archive)
}

/// What an older recipe left.
fn remove_older(directory: &Path, name: &str) -> anyhow::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&format!("{name}-")) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The hexadecimal digest of the manifest that the archive's index names.
fn manifest_digest(path: &Path) -> anyhow::Result<String> {
    const BLOCK: usize = 512;
    let mut file = File::open(path)?;
    let mut header = [0; BLOCK];
    loop {
        file.read_exact(&mut header)?;
        let size =
            std::str::from_utf8(&header[124..135]).ok().and_then(|text| u64::from_str_radix(text, 8).ok());
        let size = size.context("it has an entry without a length")?;
        if header.starts_with(b"index.json\0") {
            let mut index = Vec::new();
            file.take(size.min(1 << 20)).read_to_end(&mut index)?;
            let index: Value = serde_json::from_slice(&index)?;
            let digest = index["manifests"][0]["digest"].as_str();
            let hex = digest.and_then(|digest| digest.strip_prefix("sha256:"));
            return Ok(hex.context("its index has no manifest")?.to_owned());
        }
        if header[0] == 0 {
            bail!("it has no index");
        }
        file.seek(SeekFrom::Current(size.next_multiple_of(BLOCK as u64).try_into()?))?;
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
