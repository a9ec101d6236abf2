//! `cargo xtask fuzz`: libFuzzer over the targets of `tests/fuzz`, led by coverage, on the stable toolchain.
//!
//! Our own crates are compiled once more, with `tests/fuzz/instrument.sh` as cargo's wrapper of the compiler; what they depend on is shared with
//! the tests' build. Inputs that reached new code are kept in `target/fuzz/corpus`, those that broke something in `target/fuzz/found`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use anyhow::{Context, bail};

use crate::install::{self, For};
use crate::{build, paths, shell};

/// For each target of an ordinary run of the tests: enough for what a change just broke. Hunts are longer, see [`Arguments`].
const SECONDS_IN_TESTS: u32 = 12;
/// How many targets run at the same time, in tests: they are niced, and the tests beside them mostly wait.
const AT_ONCE_IN_TESTS: usize = 2;
/// Memory of one target's process in MiB, beyond which libFuzzer ends it. The targets themselves assert far tighter bounds for each input.
const MOST_MEMORY_MIB: u32 = 1024;
/// An input that takes this long is a failure, in seconds. The machine may be busy with other tests; what a processor is kept busy by one input
/// the targets assert themselves.
const LONGEST_INPUT_SECONDS: u32 = 60;

/// `cargo xtask fuzz`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these targets; all without. `--list` tells their names
    targets: Vec<String>,
    /// How long each target runs, in seconds
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// How many targets run at the same time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Run only this input, to see what it does
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Only print the names of the targets
    #[arg(long)]
    list: bool,
}

/// Runs what was asked for.
///
/// # Errors
/// It cannot be built, or an input broke something.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let known = targets()?;
    if arguments.list {
        return shell::print(&known.join("\n"));
    }
    if let Some(unknown) = arguments.targets.iter().find(|name| !known.contains(name)) {
        bail!("there is no target {unknown}; there are {}", known.join(", "));
    }
    let chosen = if arguments.targets.is_empty() { known } else { arguments.targets.clone() };
    install::everything(For::Demo)?;
    let program = build()?;
    let work = Work { program, seconds: arguments.seconds, repeatable: false };
    if let Some(input) = &arguments.input {
        let [target] = chosen.as_slice() else { bail!("--input needs the name of one target") };
        return work.one_input(target, input);
    }
    work.all(&chosen, arguments.jobs.max(1))
}

/// What `cargo xtask test` does: each target for a few seconds, with the same beginnings every time.
///
/// # Errors
/// It cannot be built, or an input broke something.
pub(crate) fn in_tests(program: PathBuf) -> anyhow::Result<()> {
    let seconds = match std::env::var("MILLRACE_FUZZ_SECONDS") {
        Ok(text) => text.parse().context("MILLRACE_FUZZ_SECONDS must be a number of seconds")?,
        Err(_) => SECONDS_IN_TESTS,
    };
    let work = Work { program, seconds, repeatable: true };
    work.all(&targets()?, AT_ONCE_IN_TESTS)
}

/// The targets' names: those of the directories of examples, which the test of `tests/fuzz` compares with the targets.
fn targets() -> anyhow::Result<Vec<String>> {
    let corpus = source().join("corpus");
    let mut names = Vec::new();
    for entry in fs::read_dir(&corpus).with_context(|| format!("{} cannot be read", corpus.display()))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn source() -> PathBuf {
    paths::root().join("tests/fuzz")
}

/// Builds the program with all targets.
///
/// # Errors
/// The build failed.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    // The gateway embeds the web client.
    build::web()?;
    shell::say("building the fuzz targets");
    // Of the whole workspace, so that dependencies have the features that they have in tests, and need not be compiled again.
    shell::run(
        Command::new(env!("CARGO"))
            .args(["build", "--workspace", "--bin", "millrace-fuzz", "--locked"])
            .env("RUSTC_WORKSPACE_WRAPPER", source().join("instrument.sh"))
            .env("CARGO_TARGET_DIR", paths::target())
            .current_dir(paths::root()),
    )?;
    // At its place there may be the one without coverage, by and by: keep ours.
    let (built, kept) = (paths::target().join("debug/millrace-fuzz"), directory("")?.join("millrace-fuzz"));
    fs::copy(&built, &kept).with_context(|| format!("{} cannot be copied", built.display()))?;
    Ok(kept)
}

/// A directory below `target/fuzz`.
fn directory(name: &str) -> anyhow::Result<PathBuf> {
    let path = paths::target().join("fuzz").join(name);
    fs::create_dir_all(&path).with_context(|| format!("{} cannot be made", path.display()))?;
    Ok(path)
}

struct Work {
    program: PathBuf,
    seconds: u32,
    /// Begin with nothing but the checked-in examples and one seed, so that two runs differ by their speed alone.
    repeatable: bool,
}

impl Work {
    fn all(&self, targets: &[String], jobs: usize) -> anyhow::Result<()> {
        shell::say(&format!("fuzzing {} targets, {} s each, {jobs} at a time", targets.len(), self.seconds));
        let waiting = Mutex::new(targets.iter());
        let failed = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| {
                    loop {
                        // A panic elsewhere leaves the list as it was.
                        let next = waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
                        let Some(target) = next else { return };
                        if let Err(error) = self.target(target) {
                            let mut failed = failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                            failed.push(format!("{target}: {error:#}"));
                        }
                    }
                });
            }
        });
        let failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        if failed.is_empty() {
            return Ok(());
        }
        bail!("{}", failed.join("\n"))
    }

    /// One target for its time.
    fn target(&self, target: &str) -> anyhow::Result<()> {
        let scratch = Scratch::new(target)?;
        let grown =
            if self.repeatable { scratch.0.join("corpus") } else { directory(&format!("corpus/{target}"))? };
        fs::create_dir_all(&grown)?;
        let found = directory(&format!("found/{target}"))?;
        let mut command = self.command(target, &scratch);
        command
            .arg(format!("-max_total_time={}", self.seconds))
            .arg(format!("-artifact_prefix={}/", found.display()))
            .args(["-print_final_stats=1", "-verbosity=0", "-close_fd_mask=0", "-use_value_profile=1"]);
        if self.repeatable {
            command.arg("-seed=1");
        }
        let output = command
            .arg(&grown)
            .arg(source().join("corpus").join(target))
            .output()
            .context("the fuzzer cannot be started")?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let lines: Vec<_> = said.lines().collect();
            let last = lines[lines.len().saturating_sub(60)..].join("\n");
            bail!(
                "{}\n{last}\nTo see it again: cargo xtask fuzz {target} --input FILE, a file in {}",
                output.status,
                found.display()
            );
        }
        let runs = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        eprintln!("    {target}: {} inputs", runs.unwrap_or(" an unknown number of").trim());
        Ok(())
    }

    /// One input, with everything that it says.
    fn one_input(&self, target: &str, input: &Path) -> anyhow::Result<()> {
        let scratch = Scratch::new(target)?;
        let input = std::path::absolute(input)?;
        let status =
            self.command(target, &scratch).arg(&input).status().context("the fuzzer cannot be started")?;
        if !status.success() {
            bail!("{}: {status}", input.display());
        }
        Ok(())
    }

    /// As root for all that unpacks, gently, and with its temporary files in a place that goes away.
    fn command(&self, target: &str, scratch: &Scratch) -> Command {
        let mut command =
            if target.starts_with("image-") { shell::as_root("env") } else { Command::new("env") };
        command
            .arg(format!("MILLRACE_FUZZ_TARGET={target}"))
            .arg(format!("TMPDIR={}", scratch.0.display()))
            .args(["nice", "-n", "19"])
            .arg(&self.program)
            .arg(format!("-rss_limit_mb={MOST_MEMORY_MIB}"))
            .arg(format!("-timeout={LONGEST_INPUT_SECONDS}"))
            .current_dir(&scratch.0)
            .stdin(Stdio::null());
        command
    }
}

/// A directory for a target's temporary files: in memory where that can be had, since each unpacked image is written out to the disk.
struct Scratch(PathBuf);

impl Scratch {
    fn new(target: &str) -> anyhow::Result<Self> {
        let shared = Path::new("/dev/shm");
        let parent = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
        let path = parent.join(format!("millrace-fuzz-{}-{target}", std::process::id()));
        fs::create_dir(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Root may have written in it.
        if let Err(error) =
            shell::run(shell::as_root("rm").args(["-r", "--one-file-system", "--"]).arg(&self.0))
        {
            eprintln!("{error:#}");
        }
    }
}
