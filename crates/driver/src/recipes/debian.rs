//! A root filesystem of Debian's packages, made by mmdebstrap, which checks Debian's signatures.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::container::{own_error_output, succeeded};
use super::{FILE_TIME, RecipeError, failed};

/// Where its process is noted, in the directory of its work.
const PID_FILE: &str = "mmdebstrap.pid";
/// From SIGTERM to its end: it takes its own mounts away.
const GONE_WITHIN: Duration = Duration::from_secs(20);

/// Ends the mmdebstrap that works in `directory`, if one does: whoever started it may have been killed.
pub(super) fn end(directory: &Path) {
    let Ok(text) = fs::read_to_string(directory.join(PID_FILE)) else { return };
    let process = text.trim().parse().ok().and_then(Pid::from_raw);
    let Some(process) = process else { return };
    let runs = || {
        let name = fs::read_to_string(format!("/proc/{}/comm", process.as_raw_nonzero()));
        name.is_ok_and(|name| name.trim() == "mmdebstrap")
    };
    let deadline = Instant::now() + GONE_WITHIN;
    if runs() {
        // Fails only if it ended in this moment.
        let _ = kill_process_group(process, Signal::TERM);
    }
    while runs() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Makes `data` in the directory.
pub(super) fn make(
    suite: &str,
    mirror: Option<&str>,
    packages: &[String],
    exclude: &[String],
    directory: &Path,
) -> Result<Result<(), String>, RecipeError> {
    let target = directory.join("data");
    let mut command = Command::new("mmdebstrap");
    command.env("SOURCE_DATE_EPOCH", FILE_TIME.to_string());
    command.args(["--mode=root", "--variant=essential", "--format=directory"]);
    if !packages.is_empty() {
        command.arg(format!("--include={}", packages.join(",")));
    }
    command.args(["--aptopt=APT::Install-Recommends \"false\"", "--aptopt=Acquire::Languages \"none\""]);
    // A mirror that fails now and then is asked again.
    command.arg("--aptopt=Acquire::Retries \"3\"");
    command.args(exclude.iter().map(|pattern| format!("--dpkgopt=path-exclude={pattern}")));
    command.arg(suite).arg(&target).args(mirror);
    // A group of its own, which can be ended as a whole.
    let child = command.stdin(Stdio::null()).stdout(own_error_output()?).process_group(0).spawn();
    let child = child.map_err(|error| RecipeError::Host(format!("mmdebstrap cannot be run: {error}")))?;
    let file = directory.join(PID_FILE);
    fs::write(&file, child.id().to_string()).map_err(failed("writing", &file))?;
    if let Err(why) = succeeded(child)? {
        return Ok(Err(format!("mmdebstrap: {why}")));
    }
    // Device nodes: every instance has its own.
    let devices = target.join("dev");
    for entry in fs::read_dir(&devices).map_err(failed("reading", &devices))? {
        let path = entry.map_err(failed("reading", &devices))?.path();
        let is_directory = path.symlink_metadata().map_err(failed("reading", &path))?.is_dir();
        let removed = if is_directory { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(failed("removing", &path))?;
    }
    Ok(Ok(()))
}
