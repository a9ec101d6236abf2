//! After the tests: has any process, mount, cgroup, network namespace or file of theirs been left behind?
//!
//! Other work on the machine must not disturb the answer, so what counts is what belongs to the tests: processes that have the tests'
//! directory in their environment, command line or mounts; mounts in that directory; new cgroups and namespaces named after Millrace.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// The kernel may take a moment to clear away what has ended.
const GRACE: Duration = Duration::from_secs(5);

/// How the machine was before the tests.
pub(crate) struct Before {
    directory: PathBuf,
    named: BTreeSet<String>,
}

impl Before {
    /// Looks around. `directory` is where the tests keep all their files.
    ///
    /// # Errors
    /// /proc cannot be read.
    pub(crate) fn look(directory: &Path) -> anyhow::Result<Self> {
        Ok(Self { directory: directory.to_owned(), named: named()? })
    }

    /// Compares with now.
    ///
    /// # Errors
    /// Lists what was left.
    pub(crate) fn compare(&self) -> anyhow::Result<()> {
        let end = Instant::now() + GRACE;
        loop {
            let left = self.left()?;
            if left.is_empty() {
                return Ok(());
            }
            if Instant::now() > end {
                bail!("left behind:\n      {}", left.join("\n      "));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn left(&self) -> anyhow::Result<Vec<String>> {
        let mut left: Vec<_> = named()?.difference(&self.named).cloned().collect();
        let marker = self.directory.to_string_lossy().into_owned();
        for pid in pids()? {
            if let Some(found) = process(pid, &marker) {
                left.push(found);
            }
        }
        let mounts = fs::read_to_string("/proc/self/mountinfo").context("/proc/self/mountinfo")?;
        left.extend(
            mounts.lines().filter(|line| line.contains(&marker)).map(|line| format!("mount: {line}")),
        );
        for entry in fs::read_dir(&self.directory).context("the tests' directory cannot be read")? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            // What is of our tests' making; browsers and package managers keep files of their own.
            if ["mr-", "millrace", ".tmp"].iter().any(|start| name.starts_with(start)) {
                left.push(format!("file: {marker}/{name}"));
            }
        }
        Ok(left)
    }
}

fn pids() -> anyhow::Result<Vec<u32>> {
    let entries = fs::read_dir("/proc").context("/proc cannot be read")?;
    Ok(entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect())
}

/// The process, if it belongs to the tests. Processes come and go while we read, and those of others may be closed to us.
fn process(pid: u32, marker: &str) -> Option<String> {
    let read = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
    let mentions = |bytes: &[u8]| bytes.windows(marker.len()).any(|window| window == marker.as_bytes());
    let command = read("cmdline");
    if mentions(&command) || mentions(&read("environ")) || mentions(&read("mountinfo")) {
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        return Some(format!("process {pid}: {command}"));
    }
    None
}

/// Cgroups and network namespaces that bear Millrace's name.
fn named() -> anyhow::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    cgroups(Path::new("/sys/fs/cgroup"), 0, &mut found);
    if let Ok(entries) = fs::read_dir("/run/netns") {
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.starts_with("millrace") || name.starts_with("mr-") {
                found.insert(format!("network namespace: {name}"));
            }
        }
    }
    Ok(found)
}

/// Cgroups vanish while we read: what cannot be read any more is not left behind.
fn cgroups(directory: &Path, depth: usize, found: &mut BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        if entry.file_name().to_string_lossy().contains("millrace") {
            found.insert(format!("cgroup: {}", entry.path().display()));
        }
        // Deeper than any service manager nests.
        if depth < 8 {
            cgroups(&entry.path(), depth + 1, found);
        }
    }
}
