//! A recipe's steps, and the key of each: pure.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::file::{Base, Recipe};

/// Changes when this program makes something else of the same step.
const FORMAT: &str = "millrace recipe 1";
/// As much of a digest as names a step.
const KEY_DIGITS: usize = 24;

/// Removed at the end from what was made of Debian's packages: what tells when and where it was built.
const ALWAYS: [&str; 7] = [
    "var/cache/debconf",
    "var/cache/ldconfig",
    "var/lib/dpkg/*-old",
    "var/log/*",
    "etc/machine-id",
    "etc/hostname",
    "etc/resolv.conf",
];

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Step {
    /// A new root of Debian's packages.
    Debian { suite: String, mirror: Option<String>, packages: Vec<String>, exclude: Vec<String> },
    /// Packages, by the image's own apt.
    Install { packages: Vec<String> },
    /// Files with these contents.
    Files { files: Vec<NewFile> },
    /// A line for the image's shell.
    Command { line: String, network: bool },
    /// Patterns of the shell, relative to the root.
    Remove { patterns: Vec<String> },
}

/// A file that the recipe brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct NewFile {
    pub(super) path: String,
    #[serde(serialize_with = "digest")]
    pub(super) content: Vec<u8>,
    pub(super) executable: bool,
}

fn digest<S: serde::Serializer>(content: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(Sha256::digest(content)))
}

impl Step {
    /// In a few words.
    pub(super) fn title(&self) -> String {
        let title = match self {
            Self::Debian { suite, packages, .. } => {
                format!("Debian {suite} with {} packages", packages.len())
            }
            Self::Install { packages } => format!("install {}", packages.join(" ")),
            Self::Files { files } => format!("{} files", files.len()),
            Self::Command { line, .. } => line.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::Remove { patterns } => format!("remove {} patterns", patterns.len()),
        };
        if title.chars().count() <= 80 { title } else { title.chars().take(79).chain(['…']).collect() }
    }
}

/// The steps of a recipe whose own files hold `copied`, in the order of its copies.
pub(super) fn steps(recipe: &Recipe, copied: Vec<Vec<u8>>) -> Vec<Step> {
    let written = &recipe.written;
    let packages = written.packages.clone();
    let mut steps = Vec::new();
    let mut remove = written.remove.clone();
    match &recipe.base {
        Base::Suite(suite) => {
            let (suite, mirror) = (suite.clone(), written.mirror.clone());
            steps.push(Step::Debian { suite, mirror, packages, exclude: written.exclude.clone() });
            remove.extend(ALWAYS.map(str::to_owned));
        }
        Base::Archive(_) | Base::Registry(_) | Base::Image(_) if !packages.is_empty() => {
            steps.push(Step::Install { packages });
        }
        Base::Archive(_) | Base::Registry(_) | Base::Image(_) => {}
    }
    let text = |(path, content): (&String, &String)| NewFile {
        path: path.clone(),
        content: format!("{}\n", content.trim()).into_bytes(),
        executable: false,
    };
    let mut files: Vec<NewFile> = written.files.iter().map(text).collect();
    files.extend(written.copies.iter().zip(copied).map(|(copy, content)| NewFile {
        path: copy.to.clone(),
        content,
        executable: copy.executable,
    }));
    if !files.is_empty() {
        steps.push(Step::Files { files });
    }
    let network = written.network;
    steps.extend(written.commands.iter().map(|line| Step::Command { line: line.clone(), network }));
    if !remove.is_empty() {
        steps.push(Step::Remove { patterns: remove });
    }
    steps
}

/// The key of each step: of its content, of all steps before it, and of the base image's digest.
pub(super) fn keys(base: &str, steps: &[Step]) -> Vec<String> {
    let mut before = hex::encode(Sha256::digest(format!("{FORMAT}\n{base}")));
    let key = |step: &Step| {
        // Steps are texts and flags: they can be written.
        let text = serde_json::to_string(step).unwrap_or_default();
        before = hex::encode(Sha256::digest(format!("{before}\n{text}")));
        before[..KEY_DIGITS].to_owned()
    };
    steps.iter().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str) -> Step {
        Step::Command { line: line.into(), network: false }
    }

    #[test]
    fn a_change_reaches_what_comes_after_it_alone() {
        let before = keys("base", &[command("a"), command("b"), command("c")]);
        let after = keys("base", &[command("a"), command("x"), command("c")]);
        assert_eq!(before[0], after[0]);
        assert!(before[1] != after[1] && before[2] != after[2]);
        assert!(keys("other", &[command("a")])[0] != before[0]);
        let file = |content: &[u8]| {
            let file = NewFile { path: "a".into(), content: content.to_vec(), executable: false };
            keys("", &[Step::Files { files: vec![file] }])
        };
        assert!(file(b"a") == file(b"a") && file(b"a") != file(b"b"));
    }
}
