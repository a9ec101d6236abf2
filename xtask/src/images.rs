//! The root filesystems that a demo and the tests need: recipes in `images/`, built by mmdebstrap from Debian's packages, kept in the cache as OCI archives.
//!
//! An archive is named by its recipe's digest and appears by a rename when it is whole: a build that was interrupted leaves a temporary file, which
//! the next one removes. A recipe that has not changed is not built again.

mod archive;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail};
use rustix::fs::FlockOperation;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{paths, shell};

/// Changes when this program makes something else of the same recipe.
const FORMAT: &str = "1";
/// The time of every file that the build itself makes, in epoch seconds.
const FILE_TIME: &str = "1700000000";

/// One file of `images/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    suite: String,
    packages: Vec<String>,
    exclude: Vec<String>,
    commands: Vec<String>,
    remove: Vec<String>,
    #[serde(default)]
    files: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    config: archive::Config,
    #[serde(default, rename = "application")]
    applications: Vec<archive::Application>,
}

/// The runtime image (the display container's root filesystem), built if the cache in `cache` has it not. Gives back an OCI archive.
///
/// # Errors
/// mmdebstrap is missing or failed, or the cache cannot be written.
pub(crate) fn runtime(cache: &Path) -> anyhow::Result<PathBuf> {
    image(cache, "runtime")
}

/// The demo's image with its four applications, likewise.
///
/// # Errors
/// As [`runtime`].
pub(crate) fn demo(cache: &Path) -> anyhow::Result<PathBuf> {
    image(cache, "demo")
}

/// The digest of an archive's manifest, 64 hexadecimal digits: what the image *is*.
///
/// # Errors
/// The file is not an archive of ours.
pub(crate) fn key(archive: &Path) -> anyhow::Result<String> {
    archive::manifest_digest(archive).with_context(|| format!("{} is damaged: remove it", archive.display()))
}

fn image(cache: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let path = paths::root().join("images").join(format!("{name}.toml"));
    let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let recipe: Recipe = toml::from_str(&text).with_context(|| format!("{}", path.display()))?;
    let digest = hex(&Sha256::digest(format!("{FORMAT}\n{text}")));
    let directory = cache.join("images");
    fs::create_dir_all(&directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    // Two builds at once would do the same work twice, and the second would remove the first one's temporary files.
    let lock = File::create(directory.join("lock"))?;
    if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        shell::say("waiting for another build of images");
        rustix::fs::flock(&lock, FlockOperation::LockExclusive)?;
    }
    let archive = directory.join(format!("{name}-{}.oci.tar", &digest[..16]));
    if archive.is_file() {
        return Ok(archive);
    }
    remove_others(&directory, name)?;
    shell::say(&format!("building the {name} image from Debian's packages (some minutes, once)"));
    let layer = directory.join(format!("{name}.layer.tmp"));
    let layer_digest = build(&recipe, &directory, &layer)?;
    let temporary = directory.join(format!("{name}.archive.tmp"));
    archive::write(&temporary, &layer, &layer_digest, &recipe.config, &recipe.applications)?;
    fs::remove_file(&layer)?;
    fs::rename(&temporary, &archive)?;
    shell::say(&format!("the {name} image is {} MB", fs::metadata(&archive)?.len() / 1_000_000));
    Ok(archive)
}

/// What an interrupted build or an older recipe left.
fn remove_others(directory: &Path, name: &str) -> anyhow::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        if file.starts_with(&format!("{name}-")) || file.starts_with(&format!("{name}.")) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Runs mmdebstrap, writes the tarball to `layer`, and gives back its digest.
fn build(recipe: &Recipe, directory: &Path, layer: &Path) -> anyhow::Result<String> {
    let hook = directory.join("finish.sh");
    fs::write(&hook, finish_script(recipe)?)?;
    let mut permissions = fs::metadata(&hook)?.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(&hook, permissions)?;

    let mut command = shell::as_root("env");
    command.arg(format!("SOURCE_DATE_EPOCH={FILE_TIME}")).arg("mmdebstrap");
    command.args(["--mode=root", "--variant=essential", "--format=tar"]);
    command.arg(format!("--include={}", recipe.packages.join(",")));
    command.args(["--aptopt=APT::Install-Recommends \"false\"", "--aptopt=Acquire::Languages \"none\""]);
    // A mirror that fails now and then is asked again.
    command.arg("--aptopt=Acquire::Retries \"3\"");
    command.args(recipe.exclude.iter().map(|pattern| format!("--dpkgopt=path-exclude={pattern}")));
    command.arg(format!("--customize-hook={}", hook.display()));
    command.args([&recipe.suite, "-"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("mmdebstrap cannot be run")?;
    let mut output = child.stdout.take().context("mmdebstrap has no output")?;
    let mut file = File::create(layer)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = output.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
        file.write_all(&buffer[..count])?;
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("mmdebstrap failed: {status}");
    }
    file.sync_all()?;
    fs::remove_file(&hook)?;
    Ok(hex(&hash.finalize()))
}

/// What runs, as root, when all packages are installed; its argument is the new root.
fn finish_script(recipe: &Recipe) -> anyhow::Result<String> {
    let mut script = String::from("#!/bin/sh\nset -e\nroot=\"$1\"\n");
    for (path, content) in &recipe.files {
        if path.starts_with('/') || path.contains("..") || path.contains('\'') {
            bail!("{path} is not a path below the root");
        }
        script.push_str(&format!("mkdir -p \"$root/$(dirname '{path}')\"\n"));
        script.push_str(&format!(
            "cat > \"$root\"/'{path}' <<'END-OF-FILE'\n{}\nEND-OF-FILE\n",
            content.trim()
        ));
    }
    for command in &recipe.commands {
        script.push_str(&format!("chroot \"$root\" /bin/sh -e -c '{}'\n", command.replace('\'', r"'\''")));
    }
    script.push_str("cd \"$root\"\n");
    let always = [
        "var/cache/debconf",
        "var/cache/ldconfig",
        "var/lib/dpkg/*-old",
        "var/log/*",
        "etc/machine-id",
        "etc/hostname",
        "etc/resolv.conf",
        "tmp/*",
    ];
    let remove = recipe.remove.iter().map(String::as_str).chain(always);
    script.push_str(&format!("rm -rf -- {}\n", remove.collect::<Vec<_>>().join(" ")));
    Ok(script)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
