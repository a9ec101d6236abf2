//! Bringing the Debian packages of an image up to date.

use std::process::{Command, Output, Stdio};

use millrace_stream::assistant::UpdateReport;

/// Of what a program says when it fails, the end, in characters.
const LONGEST_FAILURE: usize = 1000;
/// Of every call: whatever cannot be fetched is an error, and nobody is asked anything. (In an image builder, apt's own user could not write where it
/// should.)
const OPTIONS: [&str; 6] = [
    "--quiet",
    "--option=APT::Update::Error-Mode=any",
    "--option=APT::Sandbox::User=root",
    "--option=Acquire::Retries=2",
    "--option=Dpkg::Options::=--force-confdef",
    "--option=Dpkg::Options::=--force-confold",
];

/// Brings them up to date, or only looks what would change.
pub(crate) fn update(only_looks: bool) -> UpdateReport {
    match carry_out(only_looks) {
        Ok(packages) => UpdateReport { packages, failure: String::new() },
        Err(failure) => UpdateReport { packages: 0, failure },
    }
}

fn carry_out(only_looks: bool) -> Result<u32, String> {
    apt_get(&["update"])?;
    let simulated = apt_get(&["--simulate", "dist-upgrade"])?;
    let packages = changes(&String::from_utf8_lossy(&simulated.stdout));
    if packages > 0 && !only_looks {
        apt_get(&["--yes", "dist-upgrade"])?;
    }
    Ok(packages)
}

/// Packages that a simulation would install (or upgrade) and remove.
fn changes(simulated: &str) -> u32 {
    let count =
        simulated.lines().filter(|line| line.starts_with("Inst ") || line.starts_with("Remv ")).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn apt_get(arguments: &[&str]) -> Result<Output, String> {
    let output = Command::new("apt-get")
        .args(OPTIONS)
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("The image has no apt-get that could be run ({error})."))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let skipped = said.chars().count().saturating_sub(LONGEST_FAILURE);
    let end: String = said.chars().skip(skipped).collect();
    Err(format!("apt-get {} failed: {}", arguments.join(" "), end.trim()))
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn what_would_change_is_counted() {
        let simulated = "Reading package lists...\nInst hello [1] (2 Local [all])\nRemv old [1]\nConf hello (2 Local [all])\n";
        assert_eq!(changes(simulated), 2);
        assert_eq!(changes("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"), 0);
    }
}
