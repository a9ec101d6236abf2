//! What must not get from an image builder into an image: pure rules over paths.
//!
//! An image is many machines' and many users': what names one machine (its id, its host keys), what somebody typed, and what only took room while
//! software was installed stays behind. A rule is about files that the builder wrote; what its base image holds is the base image's.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Paths that a report names for each reason.
const MOST_EXAMPLES: usize = 5;

/// Paths of one kind that are left out of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleaned {
    /// What they are: `package cache`, `shell history`.
    pub what: String,
    /// How many files.
    pub files: u64,
    /// The first few of them, with a slash at the beginning.
    pub examples: Vec<String>,
}

/// What is left out of one image.
#[derive(Debug, Default)]
pub struct Report(BTreeMap<&'static str, Cleaned>);

impl Report {
    /// The file at `path`, which is relative to the image's root, is left out because it is a `what`.
    pub fn note(&mut self, what: &'static str, path: &Path) {
        let cleaned = self.0.entry(what).or_insert_with(|| Cleaned {
            what: what.to_owned(),
            files: 0,
            examples: Vec::new(),
        });
        cleaned.files += 1;
        if cleaned.examples.len() < MOST_EXAMPLES {
            cleaned.examples.push(format!("/{}", path.display()));
        }
    }

    /// One for each kind, in the order of their names.
    #[must_use]
    pub fn into_kinds(self) -> Vec<Cleaned> {
        self.0.into_values().collect()
    }
}

/// What becomes of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is taken over.
    Kept,
    /// It is left out with all below it, for this reason.
    Omitted(&'static str),
    /// The file is taken over without its content: programs expect it, and fill it when it is empty.
    Emptied(&'static str),
}

/// Files that shells and others write down what was typed in, whoever's home they are in.
const HISTORIES: [&str; 9] = [
    ".ash_history",
    ".bash_history",
    ".histfile",
    ".lesshst",
    ".python_history",
    ".sh_history",
    ".viminfo",
    ".wget-hsts",
    ".zsh_history",
];

/// Directories whose contents go, while they themselves stay as they are.
const EMPTIED_DIRECTORIES: [(&str, &str); 9] = [
    ("run", "runtime file"),
    ("tmp", "temporary file"),
    ("var/tmp", "temporary file"),
    ("var/cache/apt/archives/partial", "package cache"),
    ("var/lib/apt/lists", "package cache"),
    ("var/cache/dnf", "package cache"),
    ("var/cache/yum", "package cache"),
    ("var/cache/zypp", "package cache"),
    ("var/cache/apk", "package cache"),
];

/// The fate of the file or directory at `path`, which is relative to the image's root.
#[must_use]
pub fn fate(path: &Path, is_directory: bool) -> Fate {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let parent = path.parent().and_then(Path::to_str).unwrap_or_default();
    if let Some((_, what)) = EMPTIED_DIRECTORIES.iter().find(|(directory, _)| *directory == parent) {
        // apt makes neither its lock nor this directory anew under every configuration.
        let needed = is_directory && name == "partial";
        return if needed { Fate::Kept } else { Fate::Omitted(what) };
    }
    if is_directory {
        return Fate::Kept;
    }
    match (parent, name) {
        ("etc", "machine-id") => Fate::Emptied("machine id"),
        ("var/lib/dbus", "machine-id") => Fate::Omitted("machine id"),
        ("var/lib/systemd", "random-seed") => Fate::Omitted("random seed"),
        ("etc/ssh", name) if name.starts_with("ssh_host_") => Fate::Omitted("host key"),
        ("var/cache/apt/archives", name) if name.ends_with(".deb") => Fate::Omitted("package cache"),
        ("var/cache/apt", name) if name.ends_with(".bin") => Fate::Omitted("package cache"),
        (_, name) if HISTORIES.contains(&name) => Fate::Omitted("shell history"),
        _ => Fate::Kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_counts_all_and_names_a_few() {
        let mut report = Report::default();
        for number in 0..10 {
            report.note("temporary file", Path::new(&format!("tmp/{number}")));
        }
        report.note("host key", Path::new("etc/ssh/ssh_host_rsa_key"));
        let kinds = report.into_kinds();
        assert_eq!((kinds.len(), kinds[0].what.as_str(), kinds[1].files), (2, "host key", 10));
        assert_eq!(kinds[1].examples, ["/tmp/0", "/tmp/1", "/tmp/2", "/tmp/3", "/tmp/4"]);
    }

    #[test]
    fn what_is_one_machine_s_or_one_person_s_stays_behind() {
        let check = |path: &str, expected| assert_eq!(fate(Path::new(path), false), expected, "{path}");
        check("etc/machine-id", Fate::Emptied("machine id"));
        check("etc/ssh/ssh_host_ed25519_key.pub", Fate::Omitted("host key"));
        check("etc/ssh/sshd_config", Fate::Kept);
        check("root/.bash_history", Fate::Omitted("shell history"));
        check("home/user/.python_history", Fate::Omitted("shell history"));
        check("var/cache/apt/archives/hello_2.10_amd64.deb", Fate::Omitted("package cache"));
        check("var/cache/apt/archives/lock", Fate::Kept);
        check("var/lib/apt/lists/deb.example_InRelease", Fate::Omitted("package cache"));
        check("tmp/x", Fate::Omitted("temporary file"));
        check("usr/tmp/x", Fate::Kept);
        check("opt/program/.bash_history.example", Fate::Kept);
    }

    #[test]
    fn directories_that_programs_expect_stay() {
        for path in
            ["tmp", "var/tmp", "run", "var/lib/apt/lists", "var/lib/apt/lists/partial", "etc/machine-id.d"]
        {
            assert_eq!(fate(Path::new(path), true), Fate::Kept, "{path}");
        }
        assert_eq!(fate(Path::new("tmp/.X11-unix"), true), Fate::Omitted("temporary file"));
    }
}
