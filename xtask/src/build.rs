//! Builds everything that runs: the web client first, since the gateway embeds it, then the programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::install::Stamp;
use crate::{paths, shell};

/// How it is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// For tests.
    Dev,
    /// For people and for figures.
    Release,
}

/// What was built.
#[derive(Clone)]
pub(crate) struct Programs {
    /// The server and command line.
    pub(crate) millrace: PathBuf,
    /// Runs in the display container: static.
    pub(crate) agent: PathBuf,
    /// Runs in the app container: static.
    pub(crate) launcher: PathBuf,
    /// The benchmarks' X program: static.
    pub(crate) bench_app: PathBuf,
}

/// Builds web client and programs.
///
/// # Errors
/// A build failed; its own messages say why.
pub(crate) fn everything(profile: Profile) -> anyhow::Result<Programs> {
    web()?;
    programs(profile)
}

/// Builds the web client, unless nothing of it has changed.
///
/// # Errors
/// The build failed.
pub(crate) fn web() -> anyhow::Result<()> {
    let web = paths::root().join("web");
    let mut sources = Vec::new();
    collect(&web, &mut sources)?;
    sources.sort();
    let mut all = String::new();
    for path in sources {
        let content = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        all.push_str(&format!("{} {}\n", path.display(), sha256(&content)));
    }
    let stamp = Stamp::new(web.join("dist/.millrace"), &all);
    if stamp.is_there() {
        return Ok(());
    }
    shell::say("building the web client");
    shell::run(Command::new("npm").args(["run", "--silent", "build"]).current_dir(&web))?;
    stamp.set()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All files that the web client is built from.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(directory).with_context(|| format!("{} cannot be read", directory.display()))?;
    for entry in entries {
        let entry = entry?;
        if ["node_modules", "dist"].iter().any(|skipped| entry.file_name() == *skipped) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Builds the server and the client of the API's benchmark.
///
/// # Errors
/// A build failed; its own messages say why.
pub(crate) fn api_benchmark(profile: Profile) -> anyhow::Result<(PathBuf, PathBuf)> {
    web()?;
    shell::say("building the programs");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(paths::root()).args([
        "build",
        "--package",
        "millrace",
        "--package",
        "millrace-bench-api",
    ]);
    if profile == Profile::Release {
        command.arg("--release");
    }
    shell::run(&mut command)?;
    let directory = paths::target().join(if profile == Profile::Release { "release" } else { "debug" });
    Ok((directory.join("millrace"), directory.join("millrace-bench-api")))
}

fn programs(profile: Profile) -> anyhow::Result<Programs> {
    shell::say("building the programs");
    let build = || {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(paths::root()).arg("build");
        if profile == Profile::Release {
            command.arg("--release");
        }
        command
    };
    let server: &[&str] = match profile {
        // Of the whole workspace, so that what it depends on has the features that it has in tests, and is not compiled twice.
        Profile::Dev => &["--workspace", "--bin", "millrace"],
        Profile::Release => &["--package", "millrace"],
    };
    shell::run(build().args(server))?;
    // What runs inside an image that we know nothing of brings all its code along. With --target the flags are for these programs
    // alone, not for build scripts and macros, which cannot be static.
    let host = host()?;
    shell::run(
        build()
            .args(["--target", &host])
            .args([
                "--package",
                "millrace-agent",
                "--package",
                "millrace-launcher",
                "--package",
                "millrace-assistant",
                "--package",
                "millrace-bench-app",
            ])
            .env("CARGO_ENCODED_RUSTFLAGS", "-Ctarget-feature=+crt-static"),
    )?;
    let directory = if profile == Profile::Release { "release" } else { "debug" };
    let (server, inside) = (paths::target().join(directory), paths::target().join(host).join(directory));
    Ok(Programs {
        millrace: server.join("millrace"),
        agent: inside.join("millrace-agent"),
        launcher: inside.join("millrace-launcher"),
        bench_app: inside.join("millrace-bench-app"),
    })
}

/// The target that the compiler makes programs for: `x86_64-unknown-linux-gnu`.
///
/// # Errors
/// rustc cannot be asked.
pub(crate) fn host() -> anyhow::Result<String> {
    let said = shell::output(Command::new("rustc").arg("-vV").current_dir(paths::root()))?;
    match said.lines().find_map(|line| line.strip_prefix("host: ")) {
        Some(host) => Ok(host.to_owned()),
        None => bail!("rustc -vV does not name its host"),
    }
}
