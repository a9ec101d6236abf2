//! `cargo xtask test`: installs what the tests need, builds everything once, and runs every test.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};

use crate::build::{self, Profile, Programs};
use crate::install::{self, For};
use crate::leftovers::Before;
use crate::{fuzz, images, paths, shell};

/// `cargo xtask test`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these parts (rust, web, system, fuzz); all without
    #[arg(value_parser = ["rust", "web", "system", "fuzz"])]
    only: Vec<String>,
}

/// Installs, builds, runs; goes on after a failure, so that one run shows all of them.
///
/// # Errors
/// Something could not be installed or built, a test failed, or a test left something behind.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    install::everything(For::Tests)?;
    let programs = build::everything(Profile::Dev)?;
    let setup = Setup {
        runtime_image: images::runtime(&paths::cache(), &programs)?,
        demo_image: images::demo(&paths::cache(), &programs)?,
        directory: test_directory()?,
        programs,
    };
    let wanted = |part: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == part);
    let screenshots = paths::target().join("screenshots");
    fs::create_dir_all(&screenshots).with_context(|| format!("{} cannot be made", screenshots.display()))?;
    let before = Before::look(&setup.directory)?;
    let mut results = Results { lines: Vec::new(), failed: 0, began: Instant::now() };
    if wanted("rust") {
        results.note("rust", rust(&setup));
    }
    if wanted("web") {
        results.note("web: check", npm("check"));
        results.note("web: test", npm("test"));
    }
    if wanted("system") {
        results.note("system", system(&setup));
    }
    // Not beside the system's tests, where people's waits are tried: processors that are busy turn a short key press into a long one.
    if wanted("fuzz") {
        results.note("fuzz", fuzz::build().and_then(fuzz::in_tests));
    }
    results.note("nothing left behind", before.compare());
    remove(&setup.directory)?;
    results.finish()
}

/// What the tests are run with.
struct Setup {
    programs: Programs,
    runtime_image: PathBuf,
    demo_image: PathBuf,
    /// Temporary files of all tests. Its path is short, since Unix sockets are made in it.
    directory: PathBuf,
}

impl Setup {
    /// Environment of every test.
    fn environment(&self) -> Vec<(&'static str, OsString)> {
        let mut environment = vec![
            ("MILLRACE_BIN", self.programs.millrace.clone().into()),
            ("MILLRACE_AGENT", self.programs.agent.clone().into()),
            ("MILLRACE_LAUNCHER", self.programs.launcher.clone().into()),
            ("MILLRACE_BENCH_APP", self.programs.bench_app.clone().into()),
            ("MILLRACE_RUNTIME_IMAGE", self.runtime_image.clone().into()),
            ("MILLRACE_DEMO_IMAGE", self.demo_image.clone().into()),
            ("MILLRACE_AWS_CLI", install::python_program("aws").into()),
            ("MILLRACE_AWS_CLI_2", install::AWS_CLI_2.into()),
            ("MILLRACE_CHROMIUM", install::CHROMIUM.into()),
            ("MILLRACE_NGINX", install::servers_directory().join("usr/sbin/nginx").into()),
            ("MILLRACE_CADDY", install::servers_directory().join("usr/bin/caddy").into()),
            ("MILLRACE_REGISTRY", install::servers_directory().join("usr/bin/docker-registry").into()),
            ("MILLRACE_TEST_DIR", self.directory.clone().into()),
            ("TMPDIR", self.directory.clone().into()),
            // A picture of each state of the page, to be looked at.
            ("MILLRACE_SCREENSHOTS", paths::target().join("screenshots").into()),
        ];
        if shell::is_root()
            && let Ok(own) = std::env::current_exe()
        {
            // The demo is tested too, where it would not leave files of root's in the user's target directory.
            environment.push(("MILLRACE_XTASK", own.into()));
        }
        environment
    }
}

fn test_directory() -> anyhow::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let path = PathBuf::from(format!("/tmp/mrt-{}", std::process::id()));
    fs::DirBuilder::new()
        .mode(0o755)
        .create(&path)
        .with_context(|| format!("{} cannot be made", path.display()))?;
    Ok(path)
}

/// Tests may have run as root: then so must this.
fn remove(directory: &Path) -> anyhow::Result<()> {
    let mounts = fs::read_to_string("/proc/self/mountinfo")?;
    if mounts.contains(&*directory.to_string_lossy()) {
        bail!("{} is not removed: something is mounted in it", directory.display());
    }
    shell::run(shell::as_root("rm").args(["-r", "--one-file-system", "--"]).arg(directory))
}

/// The unit and integration tests of all crates; once more as root for those that need it.
fn rust(setup: &Setup) -> anyhow::Result<()> {
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).current_dir(paths::root()).envs(setup.environment());
        command
    };
    visible(&mut cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]))?;
    if shell::is_root() {
        return Ok(());
    }
    // cargo runs as we do, and only the test programs as root: no file of root's gets into the target directory.
    let host = build::host()?.to_uppercase().replace('-', "_");
    let kept: Vec<_> = setup.environment().into_iter().map(|(name, _)| name).collect();
    let runner = format!("sudo --preserve-env={} --", kept.join(","));
    visible(
        cargo(&["test", "--locked", "--no-fail-fast", "--package", "millrace-driver"])
            .env(format!("CARGO_TARGET_{host}_RUNNER"), runner),
    )
}

fn npm(script: &str) -> anyhow::Result<()> {
    visible(Command::new("npm").args(["run", "--silent", script]).current_dir(paths::root().join("web")))
}

/// The tests from outside, with the official clients and in Chromium. As root: they start real instances.
fn system(setup: &Setup) -> anyhow::Result<()> {
    let environment = setup.environment();
    let mut command = if shell::is_root() {
        Command::new(install::python_program("python"))
    } else {
        let mut command = shell::as_root("env");
        for (name, value) in &environment {
            let mut pair = OsString::from(format!("{name}="));
            pair.push(value);
            command.arg(pair);
        }
        command.arg(install::python_program("python"));
        command
    };
    command.args(["-B", "-m", "pytest", "-p", "no:cacheprovider"]);
    // One worker takes all tests of a file: they share a server.
    command.args(["--numprocesses", "2", "--dist", "loadfile", "tests/system"]);
    visible(command.envs(environment).current_dir(paths::root()))
}

/// Runs a test runner with its own output on ours.
fn visible(command: &mut Command) -> anyhow::Result<()> {
    let status = command.stdin(Stdio::null()).status().context("the test runner cannot be started")?;
    if !status.success() {
        bail!("{status}");
    }
    Ok(())
}

/// What came of each part.
struct Results {
    lines: Vec<String>,
    failed: usize,
    began: Instant,
}

impl Results {
    fn note(&mut self, part: &str, result: anyhow::Result<()>) {
        match result {
            Ok(()) => self.lines.push(format!("ok      {part}")),
            Err(error) => {
                eprintln!("{part}: {error:#}");
                self.lines.push(format!("FAILED  {part}: {error:#}"));
                self.failed += 1;
            }
        }
    }

    fn finish(self) -> anyhow::Result<()> {
        shell::say("the tests' result");
        for line in &self.lines {
            eprintln!("    {line}");
        }
        let (parts, seconds) = (self.lines.len(), self.began.elapsed().as_secs());
        eprintln!("cargo xtask test: {} of {parts} parts passed, in {seconds} s", parts - self.failed);
        if self.failed > 0 {
            bail!("{} of {parts} parts of the tests failed", self.failed);
        }
        Ok(())
    }
}
