//! The directory of the trail: `2026-11-25.jsonl`, `2026-11-25.1.jsonl`, …, and notes of where it begins and ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::chain::{self, ChainKey, Link};
use crate::trail::LONGEST_EVENT;

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

/// How far the trail has come: two slots, written in turn, so that a write that a crash cuts short leaves the other one. Lines up to the head are on
/// the disk; there may be more.
const HEAD: &str = "head";
/// The last line that was rotated away.
const ANCHOR: &str = "anchor";
/// The length of a slot, its line end included: a sequence number, a digest and a proof, filled up with spaces.
const SLOT: usize = 160;
/// The longest line of a trail in bytes: an event, and the chain around it.
pub(crate) const LONGEST_LINE: usize = LONGEST_EVENT + 256;

/// The note of how far the trail has come, being written.
pub(crate) struct Head {
    file: File,
    next: u64,
}

impl Head {
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.join(HEAD);
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
        Ok(Self { file, next: 0 })
    }

    /// Notes a link. What it names must be on the disk.
    pub(crate) fn write(&mut self, link: &Link, key: &ChainKey) -> io::Result<()> {
        self.file.write_all_at(&slot(HEAD, link, key), self.next * SLOT as u64)?;
        self.next = (self.next + 1) % 2;
        Ok(())
    }

    /// The newest note; none if there is none.
    pub(crate) fn read(directory: &Path, key: &ChainKey) -> io::Result<Option<Link>> {
        read_slots(directory, HEAD, key)
    }
}

/// Notes the last line that was rotated away, whole or not at all.
pub(crate) fn write_anchor(directory: &Path, link: &Link, key: &ChainKey) -> io::Result<()> {
    let new = directory.join(format!("{ANCHOR}.new"));
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new)?;
    file.write_all(&slot(ANCHOR, link, key))?;
    file.sync_all()?;
    fs::rename(new, directory.join(ANCHOR))
}

/// The last line that was rotated away; none if none was.
pub(crate) fn read_anchor(directory: &Path, key: &ChainKey) -> io::Result<Option<Link>> {
    read_slots(directory, ANCHOR, key)
}

fn slot(what: &str, link: &Link, key: &ChainKey) -> Vec<u8> {
    let proof = hex::encode(key.note(what, link));
    let text = format!("{} {} {proof}", link.sequence, hex::encode(link.digest));
    format!("{text:width$}\n", width = SLOT - 1).into_bytes()
}

/// The newest of the slots of a note. One may be broken, since it was just being written.
fn read_slots(directory: &Path, what: &str, key: &ChainKey) -> io::Result<Option<Link>> {
    let mut text = Vec::new();
    match File::open(directory.join(what)) {
        Ok(file) => file.take(4 * SLOT as u64).read_to_end(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if text.is_empty() {
        // A crash came before the first note.
        return Ok(None);
    }
    let read = |slot: &[u8]| {
        let mut words = std::str::from_utf8(slot).ok()?.split_whitespace();
        let mut link = Link { sequence: words.next()?.parse().ok()?, ..Link::default() };
        hex::decode_to_slice(words.next()?, &mut link.digest).ok()?;
        (words.next()? == hex::encode(key.note(what, &link)) && words.next().is_none()).then_some(link)
    };
    let newest = text.chunks(SLOT).filter_map(read).max_by_key(|link| link.sequence);
    let message = || format!("the file `{what}` of the audit trail was altered, or made with another key");
    newest.map(Some).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, message()))
}

/// Where a file is.
pub(crate) fn path(directory: &Path, name: &Name) -> PathBuf {
    directory.join(name.file_name())
}

/// The end of a file of the trail.
pub(crate) struct Tail {
    /// The link of its last whole line; none if it has none.
    pub(crate) link: Option<Link>,
    /// How many bytes its whole lines have.
    pub(crate) whole: u64,
    /// How many bytes it has.
    pub(crate) length: u64,
}

/// Looks at the end of a file, and at no more of it than two of the longest lines.
///
/// # Errors
/// It cannot be read, or its last whole line is none of a trail.
pub(crate) fn tail(path: &Path) -> io::Result<Tail> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(2 * LONGEST_LINE as u64);
    let mut end = Vec::new();
    (&file).seek(SeekFrom::Start(from))?;
    (&file).take(length - from).read_to_end(&mut end)?;
    let wrong = || {
        let message = format!("{}: the last line is none of an audit trail", path.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    };
    let Some(last) = end.iter().rposition(|byte| *byte == b'\n') else {
        // Half a line, unless it is longer than any.
        return if from == 0 { Ok(Tail { link: None, whole: 0, length }) } else { Err(wrong()) };
    };
    let begin = end[..last].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = std::str::from_utf8(&end[begin..last]).map_err(|_| wrong())?;
    let (_, link) = chain::read(line).ok_or_else(wrong)?;
    Ok(Tail { link: Some(link), whole: from + last as u64 + 1, length })
}
