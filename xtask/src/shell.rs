//! Running other programs: what is run is said, failures name the program, root only where it is needed.

use std::ffi::OsStr;
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// Says what is being done now, on standard error (standard output belongs to results).
pub(crate) fn say(text: &str) {
    // In a file or a pipe the codes for bold would only be in the way.
    let (bold, plain) = if std::io::stderr().is_terminal() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    eprintln!("{bold}==>{plain} {text}");
}

/// Writes a result to standard output, at once.
///
/// # Errors
/// Nobody reads it any more.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("standard output cannot be written")
}

/// Does this process run as root?
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command that runs as root: itself when we are root, with sudo when not.
pub(crate) fn as_root(program: impl AsRef<OsStr>) -> Command {
    if is_root() {
        Command::new(program)
    } else {
        let mut command = Command::new("sudo");
        command.arg("--").arg(program);
        command
    }
}

/// Runs it to its end, its standard output sent to our standard error.
///
/// # Errors
/// It cannot be started, or did not succeed.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = describe(command);
    // What commands print is progress; standard output is for results (`--json`).
    let stderr = std::io::stderr();
    let output = std::os::fd::AsFd::as_fd(&stderr).try_clone_to_owned()?;
    let status = command
        .stdin(Stdio::null())
        .stdout(output)
        .status()
        .with_context(|| format!("{name} cannot be run"))?;
    if !status.success() {
        bail!("{name} failed: {status}");
    }
    Ok(())
}

/// Runs it to its end and gives back what it wrote to standard output.
///
/// # Errors
/// It cannot be started, did not succeed, or wrote what is not UTF-8.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = describe(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{name} cannot be run"))?;
    if !output.status.success() {
        bail!("{name} failed: {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{name} did not write UTF-8"))
}

/// Is there such a program in the path?
pub(crate) fn exists(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|directory| directory.join(program).is_file()))
}

fn describe(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args().take(6) {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
