//! What can be imported, told apart by content, and the blobs in it.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use super::{ImportError, failed};

/// Manifests and configurations are far shorter than this many bytes.
const LONGEST_DOCUMENT: u64 = 4 << 20;
/// Files in an OCI archive: a few for each layer.
const MOST_FILES: usize = 10_000;
/// What a source is called in errors: who asked for the import knows its path.
const NAME: &str = "the image to import";

/// An import's source. It was opened by whoever asked for the import, so that nothing is read that they may not read.
#[derive(Debug)]
pub(super) enum Source {
    /// A directory in the OCI layout.
    Layout(File),
    /// A tar of one: where each file's content begins, and its length.
    Archive { file: Arc<File>, files: HashMap<String, (u64, u64)> },
    /// A tar of a root filesystem.
    RootFilesystem(Section),
}

/// Opens a file or a directory for [`Source::of`].
pub(super) fn open(path: &Path) -> Result<File, ImportError> {
    // A pipe in the place of a file must not make the import wait for somebody who writes to it.
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)
        .map_err(failed("opening", path))
}

impl Source {
    /// Tells by the content what it is.
    pub(super) fn of(file: File) -> Result<Self, ImportError> {
        let name = Path::new(NAME);
        let metadata = file.metadata().map_err(failed("reading", name))?;
        if metadata.is_dir() {
            return if inside(&file, "oci-layout")?.is_some() {
                Ok(Self::Layout(file))
            } else {
                Err(ImportError::Refused(
                    "the directory is not an OCI layout (it has no file oci-layout)".into(),
                ))
            };
        }
        if !metadata.is_file() {
            return Err(ImportError::Refused("it is neither a file nor a directory".into()));
        }
        let whole = Section { file: Arc::new(file), start: 0, at: 0, end: metadata.len() };
        let mut start = Vec::new();
        whole.clone().take(512).read_to_end(&mut start).map_err(failed("reading", name))?;
        let compressed = start.starts_with(&[0x1f, 0x8b]) || start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
        if compressed {
            return Ok(Self::RootFilesystem(whole));
        }
        if start.get(257..262) != Some(b"ustar") {
            return Err(ImportError::Refused(
                "it is neither a directory in the OCI layout nor a tar archive, plain or compressed by gzip or zstd"
                    .into(),
            ));
        }
        match archive_files(whole.clone()).map_err(failed("reading", name))? {
            Some(files) => Ok(Self::Archive { file: whole.file, files }),
            None => Ok(Self::RootFilesystem(whole)),
        }
    }

    /// A small JSON document of the layout.
    pub(super) fn document(&self, name: &str) -> Result<Vec<u8>, ImportError> {
        let mut text = Vec::new();
        let (reader, _) = self.file(name)?;
        reader
            .take(LONGEST_DOCUMENT + 1)
            .read_to_end(&mut text)
            .map_err(|error| ImportError::Refused(format!("{name}: {error}")))?;
        if text.len() as u64 > LONGEST_DOCUMENT {
            return Err(ImportError::Refused(format!("{name} is longer than {LONGEST_DOCUMENT} bytes")));
        }
        Ok(text)
    }

    /// A small JSON blob, whose digest and size are checked.
    pub(super) fn document_blob(&self, digest: &str, size: u64) -> Result<Vec<u8>, ImportError> {
        let hex = sha256_hex(digest)
            .ok_or_else(|| ImportError::Refused(format!("{digest} is not a SHA-256 digest")))?;
        let text = self.document(&format!("blobs/sha256/{hex}"))?;
        if text.len() as u64 != size || hex::encode(Sha256::digest(&text)) != hex {
            return Err(ImportError::Refused(format!(
                "the blob {digest} is not what its digest and size say"
            )));
        }
        Ok(text)
    }

    /// A file of the layout, and its length in bytes.
    pub(super) fn file(&self, name: &str) -> Result<(Box<dyn Read>, u64), ImportError> {
        let missing = || ImportError::Refused(format!("{name} is missing"));
        match self {
            Self::Layout(directory) => {
                let file = inside(directory, name)?.ok_or_else(missing)?;
                let metadata = file.metadata().map_err(failed("reading", Path::new(name)))?;
                if !metadata.is_file() {
                    return Err(ImportError::Refused(format!("{name} is not a file")));
                }
                Ok((Box::new(file), metadata.len()))
            }
            Self::Archive { file, files } => {
                let &(offset, size) = files.get(name).ok_or_else(missing)?;
                let end = offset.saturating_add(size);
                Ok((Box::new(Section { file: file.clone(), start: offset, at: offset, end }), size))
            }
            Self::RootFilesystem(_) => Err(missing()),
        }
    }
}

/// A file in the directory. No link in it leads out: what its owner may read and we may, is not the same.
fn inside(directory: &File, name: &str) -> Result<Option<File>, ImportError> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    match openat2(directory, name, flags, Mode::empty(), resolve) {
        Ok(file) => Ok(Some(file.into())),
        Err(Errno::NOENT) => Ok(None),
        Err(Errno::XDEV) => {
            Err(ImportError::Refused(format!("{name} is a link that leads out of the layout")))
        }
        Err(error) => Err(failed("opening", Path::new(name))(error.into())),
    }
}

/// A part of a file, read from a position of its own: the file's is shared with whoever opened it.
#[derive(Clone, Debug)]
pub(super) struct Section {
    file: Arc<File>,
    start: u64,
    at: u64,
    end: u64,
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let count = self.file.read_at(&mut buffer[..length], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Section {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let at = match position {
            SeekFrom::Start(offset) => self.start.checked_add(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
            SeekFrom::End(offset) => self.end.checked_add_signed(offset),
        };
        self.at = at.filter(|at| *at >= self.start).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at - self.start)
    }
}

/// The files of an OCI archive; `None` if it is not one.
fn archive_files(file: Section) -> io::Result<Option<HashMap<String, (u64, u64)>>> {
    let mut files = HashMap::new();
    // Raw: long names and pax headers, which the reader would keep in memory whole, are passed over. What a layout consists of has short names.
    for entry in tar::Archive::new(file).entries_with_seek()?.raw(true) {
        let entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path()?;
        let name = path.strip_prefix("./").unwrap_or(&path);
        // A root filesystem may have a hundred thousand files: only what a layout consists of is of interest.
        let wanted = name.starts_with("blobs/sha256")
            || name == Path::new("oci-layout")
            || name == Path::new("index.json");
        if let (true, Some(name)) = (wanted, name.to_str()) {
            files.insert(name.to_owned(), (entry.raw_file_position(), entry.size()));
            if files.len() > MOST_FILES {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "too many blobs"));
            }
        }
    }
    Ok((files.contains_key("oci-layout") && files.contains_key("index.json")).then_some(files))
}

/// The 64 hexadecimal digits of `sha256:…`.
pub(super) fn sha256_hex(digest: &str) -> Option<&str> {
    let hex = digest.strip_prefix("sha256:")?;
    let valid = hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    valid.then_some(hex)
}
