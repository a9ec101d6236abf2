//! What would be left out of the image, were it made now: the rules of the server over what was written in this builder.

use std::fs::{self, DirEntry};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::process::{Command, Stdio};

use millrace_model::cleaning::{Cleaned, Fate, Report, fate};
use millrace_stream::assistant::LeftOut;

/// What was written here above the image that the builder was made of; shown by the server, read-only.
const WRITTEN: &str = "/run/millrace/written";
const SUDO: &str = "/run/millrace/bin/sudo";
const OWN_PROGRAM: &str = "/run/millrace/bin/image-assistant";
/// The command by which the assistant asks itself, as root.
pub(crate) const COMMAND: &str = "list-left-out";
/// A directory below another so many times is no software's.
const DEEPEST: usize = 512;

/// Looks at it as root, who alone sees everything.
pub(crate) fn find() -> Result<Vec<LeftOut>, String> {
    if rustix::process::geteuid().is_root() {
        return look();
    }
    let failed = |why: String| format!("What would be left out cannot be looked for: {why}.");
    let done = Command::new(SUDO).args([OWN_PROGRAM, COMMAND]).stdin(Stdio::null()).output();
    let done = done.map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&done.stdout)
        .map_err(|_| failed(String::from_utf8_lossy(&done.stderr).trim().to_owned()))
}

/// The same, for a process that is root already.
pub(crate) fn look() -> Result<Vec<LeftOut>, String> {
    let mut report = Report::default();
    directory(Path::new(WRITTEN), Path::new(""), &mut report, None, 0)
        .map_err(|error| format!("What was written in this image builder cannot be read: {error}."))?;
    let told = |Cleaned { what, files, examples }| LeftOut { what, files, examples };
    Ok(report.into_kinds().into_iter().map(told).collect())
}

/// `path` is relative to the image's root. All below goes, for the reason `goes`, if there is one.
fn directory(
    root: &Path,
    path: &Path,
    report: &mut Report,
    goes: Option<&'static str>,
    depth: usize,
) -> io::Result<()> {
    if depth > DEEPEST {
        return Err(io::Error::other(format!("/{}: more than {DEEPEST} directories deep", path.display())));
    }
    let mut entries = fs::read_dir(root.join(path))?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(DirEntry::file_name);
    for entry in entries {
        let (path, metadata) = (path.join(entry.file_name()), entry.metadata()?);
        let kind = metadata.file_type();
        // What was removed is not left out.
        if kind.is_char_device() && metadata.rdev() == 0 {
            continue;
        }
        let fate = goes.map_or_else(|| fate(&path, kind.is_dir()), Fate::Omitted);
        match fate {
            Fate::Omitted(what) if kind.is_dir() => directory(root, &path, report, Some(what), depth + 1)?,
            Fate::Omitted(what) => report.note(what, &path),
            Fate::Emptied(what) if kind.is_file() => {
                if metadata.len() > 0 {
                    report.note(what, &path);
                }
            }
            Fate::Emptied(_) | Fate::Kept if kind.is_dir() => {
                directory(root, &path, report, None, depth + 1)?;
            }
            Fate::Emptied(_) | Fate::Kept if kind.is_socket() => report.note("socket", &path),
            Fate::Emptied(_) | Fate::Kept => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_is_counted_and_what_stays_is_not() {
        let root = tempfile::tempdir().unwrap();
        for path in
            ["etc/machine-id", "etc/hosts", "root/.bash_history", "tmp/a/b", "tmp/c", "var/lib/apt/lists/x"]
        {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let mut report = Report::default();
        directory(root.path(), Path::new(""), &mut report, None, 0).unwrap();
        let kinds: Vec<_> = report.into_kinds().into_iter().map(|kind| (kind.what, kind.files)).collect();
        let expected = [("machine id", 1), ("package cache", 1), ("shell history", 1), ("temporary file", 2)];
        assert_eq!(kinds, expected.map(|(what, files)| (what.to_owned(), files)));
    }
}
