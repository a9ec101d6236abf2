//! Installs what is missing: packages of Debian, the Python environment of the AWS CLI and boto3, packages of npm, programs of cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::{paths, shell};

/// What the server and the images need on a Debian host.
const DEMO_PACKAGES: &[&str] = &[
    "ca-certificates",
    "cmake",
    "crun",
    "e2fsprogs",
    "gcc",
    "g++",
    "iproute2",
    "libc6-dev",
    "make",
    "mmdebstrap",
    "nasm",
    "nftables",
    "pkg-config",
    "python3",
    "python3-venv",
    "runc",
];
/// What the tests need beside that: two browsers, an X server for the agent's own tests, version 2 of the AWS CLI (PyPI has only version 1), and
/// what others read OCI archives with.
const TEST_PACKAGES: &[&str] = &[
    "awscli",
    "chromium",
    "firefox-esr",
    "fonts-dejavu-core",
    "libxkbcommon0",
    "mousepad",
    "openbox",
    "procps",
    "skopeo",
    "umoci",
    "x11-utils",
    "x11-xkb-utils",
    "x11-xserver-utils",
    "xdotool",
    "xkb-data",
    "xterm",
    "xvfb",
];
/// Where the web client's tools come from, unless there is a `node` already.
const NODE_PACKAGES: &[&str] = &["nodejs", "npm"];

/// Debian's AWS CLI, version 2.
pub(crate) const AWS_CLI_2: &str = "/usr/bin/aws";

/// Debian's browser.
pub(crate) const CHROMIUM: &str = "/usr/bin/chromium";

/// What somebody wants to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Build and run.
    Demo,
    /// Test too.
    Tests,
}

/// Says what is missing, and installs it.
///
/// # Errors
/// This is not a Debian, or installing failed.
pub(crate) fn everything(purpose: For) -> anyhow::Result<()> {
    debian_packages(purpose)?;
    python_environment(purpose)?;
    npm_packages("web")?;
    if purpose == For::Tests {
        npm_packages("tests/e2e")?;
        servers()?;
    }
    Ok(())
}

/// Servers to test with, at `usr/sbin/nginx`, `usr/bin/caddy` and `usr/bin/docker-registry` in it.
pub(crate) fn servers_directory() -> PathBuf {
    paths::cache().join("proxies")
}

/// Debian's packages of the servers, unpacked and not installed: an installed one starts a server on this machine.
fn servers() -> anyhow::Result<()> {
    const SERVERS: [&str; 3] = ["caddy", "docker-registry", "nginx"];
    let directory = servers_directory();
    let stamp = Stamp::new(directory.join(".millrace"), &SERVERS.join(" "));
    if stamp.is_there() {
        return Ok(());
    }
    shell::say(&format!("unpacking Debian's {} into {}", SERVERS.join(", "), directory.display()));
    fs::create_dir_all(&directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    shell::run(shell::as_root("apt-get").args(["-q", "update"]))?;
    // As ourselves: apt's own user may not write here, and need not.
    shell::run(
        Command::new("apt-get")
            .args(["-q", "-o", "APT::Sandbox::User=root", "download"])
            .args(SERVERS)
            .current_dir(&directory),
    )?;
    for entry in fs::read_dir(&directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            shell::run(Command::new("dpkg-deb").arg("--extract").args([&path, &directory]))?;
            fs::remove_file(&path)?;
        }
    }
    stamp.set()
}

fn debian_packages(purpose: For) -> anyhow::Result<()> {
    if !shell::exists("dpkg-query") {
        bail!(
            "this set-up is for Debian 12 (dpkg-query is not here); README.md says what is needed elsewhere"
        );
    }
    let mut wanted = DEMO_PACKAGES.to_vec();
    if purpose == For::Tests {
        wanted.extend(TEST_PACKAGES);
    }
    if !shell::exists("node") || !shell::exists("npm") {
        wanted.extend(NODE_PACKAGES);
    }
    let missing = missing_packages(&wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    shell::say(&format!("installing from Debian: {}", missing.join(" ")));
    let apt = || {
        let mut command = shell::as_root("env");
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
        command
    };
    shell::run(apt().arg("update"))?;
    shell::run(apt().args(["install", "--yes", "--no-install-recommends"]).args(&missing))
}

fn missing_packages<'a>(wanted: &[&'a str]) -> anyhow::Result<Vec<&'a str>> {
    // It fails for unknown names, but still lists what it knows.
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .stderr(Stdio::null())
        .output()
        .context("dpkg-query cannot be run")?;
    let known = String::from_utf8_lossy(&output.stdout);
    let installed = |name: &str| known.lines().any(|line| line == format!("{name} installed"));
    Ok(wanted.iter().copied().filter(|name| !installed(name)).collect())
}

/// The Python environment.
pub(crate) fn python_directory() -> PathBuf {
    paths::cache().join("python")
}

/// A program of the Python environment: `python`, `aws`.
pub(crate) fn python_program(name: &str) -> PathBuf {
    python_directory().join("bin").join(name)
}

fn python_environment(purpose: For) -> anyhow::Result<()> {
    let directory = python_directory();
    let made = Stamp::new(directory.join(".millrace"), "venv");
    if !made.is_there() {
        shell::say(&format!("making a Python environment in {}", directory.display()));
        let cache = paths::cache();
        fs::create_dir_all(&cache).with_context(|| format!("{} cannot be made", cache.display()))?;
        // Debian's own interpreter: another one in the path may go away, or lack venv.
        shell::run(Command::new("/usr/bin/python3").args(["-m", "venv", "--clear"]).arg(&directory))?;
        made.set()?;
    }
    python_packages("xtask/requirements.txt")?;
    if purpose == For::Tests {
        python_packages("tests/system/requirements.txt")?;
    }
    Ok(())
}

fn python_packages(requirements: &str) -> anyhow::Result<()> {
    let file = paths::root().join(requirements);
    let text = fs::read_to_string(&file).with_context(|| format!("{requirements} cannot be read"))?;
    let stamp = Stamp::new(python_directory().join(format!(".{}", requirements.replace('/', "-"))), &text);
    if stamp.is_there() {
        return Ok(());
    }
    let names: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    shell::say(&format!("installing from PyPI: {}", names.join(" ")));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    shell::run(Command::new(python_program("python")).args(pip).arg(&file))?;
    stamp.set()
}

fn npm_packages(directory: &str) -> anyhow::Result<()> {
    let path = paths::root().join(directory);
    let lock = fs::read_to_string(path.join("package-lock.json"))
        .with_context(|| format!("{directory}/package-lock.json cannot be read"))?;
    let stamp = Stamp::new(path.join("node_modules/.millrace"), &lock);
    if stamp.is_there() {
        return Ok(());
    }
    shell::say(&format!("installing the packages of {directory}/ from npm"));
    shell::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&path))?;
    stamp.set()
}

/// cargo-deny, compiled once into cargo's own directory of programs.
///
/// # Errors
/// It cannot be compiled.
pub(crate) fn cargo_deny() -> anyhow::Result<()> {
    if shell::exists("cargo-deny") {
        return Ok(());
    }
    shell::say("installing cargo-deny (takes some minutes, once)");
    // The target directory is the cache: what was compiled is there after an interruption.
    let target = paths::cache().join("cargo-deny");
    shell::run(
        Command::new(env!("CARGO"))
            .args(["install", "cargo-deny", "--locked", "--target-dir"])
            .arg(target)
            .current_dir(paths::root()),
    )
}

/// Remembers that something was made from something.
pub(crate) struct Stamp {
    path: PathBuf,
    of: String,
}

impl Stamp {
    /// `path` will hold the digest of `of`.
    pub(crate) fn new(path: impl AsRef<Path>, of: &str) -> Self {
        use sha2::Digest;
        let digest = sha2::Sha256::digest(of.as_bytes());
        let of = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { path: path.as_ref().to_owned(), of }
    }

    /// Was it made from the same?
    pub(crate) fn is_there(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|text| text == self.of)
    }

    /// It was made.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn set(&self) -> anyhow::Result<()> {
        fs::write(&self.path, &self.of).with_context(|| format!("{} cannot be written", self.path.display()))
    }
}
