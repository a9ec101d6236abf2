//! The directory of the trail: `2026-11-25.jsonl`, `2026-11-25.1.jsonl`, …, and notes of where it begins and ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::chain::{ChainKey, Link};

/// A file of the trail: its day, and which of that day's it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) day: String,
    pub(crate) part: u32,
}

impl Name {
    pub(crate) fn file_name(&self) -> String {
        if self.part == 0 {
            format!("{}.jsonl", self.day)
        } else {
            format!("{}.{}.jsonl", self.day, self.part)
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".jsonl")?;
        let (day, part) = match stem.split_once('.') {
            Some((day, part)) => (day, part.parse().ok().filter(|part| *part > 0)?),
            None => (stem, 0),
        };
        let plain = |byte: u8| byte.is_ascii_digit() || byte == b'-';
        (day.len() == 10 && day.bytes().all(plain)).then(|| Self { day: day.to_owned(), part })
    }
}

/// Makes the directory, closed to others.
pub(crate) fn make(directory: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

/// All files of the trail, the oldest first.
pub(crate) fn list(directory: &Path) -> io::Result<Vec<Name>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.extend(entry?.file_name().to_str().and_then(Name::parse));
    }
    names.sort();
    Ok(names)
}

/// Opens a file of the trail for appending; its name is durable afterwards.
pub(crate) fn append(directory: &Path, name: &Name) -> io::Result<File> {
    let path = directory.join(name.file_name());
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    File::open(directory)?.sync_all()?;
    Ok(file)
}

/// How far the trail has come. It may lag behind the files after a crash, and never runs ahead of them.
pub(crate) const HEAD: &str = "head";
/// The last line that was rotated away.
pub(crate) const ANCHOR: &str = "anchor";

/// Notes a link in a file of its own, whole or not at all.
pub(crate) fn write_note(directory: &Path, what: &str, link: &Link, key: &ChainKey) -> io::Result<()> {
    let new = directory.join(format!("{what}.new"));
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new)?;
    let proof = hex::encode(key.note(what, link));
    writeln!(file, "{} {} {proof}", link.sequence, hex::encode(link.digest))?;
    fs::rename(new, directory.join(what))
}

/// What [`write_note`] wrote; none if there is none.
pub(crate) fn read_note(directory: &Path, what: &str, key: &ChainKey) -> io::Result<Option<Link>> {
    let text = match fs::read_to_string(directory.join(what)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let read = || {
        let mut words = text.split_whitespace();
        let mut link = Link { sequence: words.next()?.parse().ok()?, ..Link::default() };
        hex::decode_to_slice(words.next()?, &mut link.digest).ok()?;
        (words.next()? == hex::encode(key.note(what, &link)) && words.next().is_none()).then_some(link)
    };
    let wrong = || {
        let message = format!("the file `{what}` of the audit trail was altered, or made with another key");
        io::Error::new(io::ErrorKind::InvalidData, message)
    };
    read().map(Some).ok_or_else(wrong)
}

/// Where a file is.
pub(crate) fn path(directory: &Path, name: &Name) -> PathBuf {
    directory.join(name.file_name())
}
