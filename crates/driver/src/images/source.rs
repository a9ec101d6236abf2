//! What can be imported, told apart by content, and the blobs in it.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{ImportError, failed};

/// Manifests and configurations are far shorter than this many bytes.
const LONGEST_DOCUMENT: u64 = 4 << 20;
/// Files in an OCI archive: a few for each layer.
const MOST_FILES: usize = 10_000;

/// An import's source.
#[derive(Debug)]
pub(super) enum Source {
    /// A directory in the OCI layout.
    Layout(PathBuf),
    /// A tar of one: where each file's content begins, and its length.
    Archive { path: PathBuf, files: HashMap<String, (u64, u64)> },
    /// A tar of a root filesystem.
    RootFilesystem(PathBuf),
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
        let metadata = path.metadata().map_err(failed("reading", path))?;
        if metadata.is_dir() {
            return if path.join("oci-layout").is_file() {
                Ok(Self::Layout(path.to_owned()))
            } else {
                Err(ImportError::Refused(
                    "the directory is not an OCI layout (it has no file oci-layout)".into(),
                ))
            };
        }
        let mut file = File::open(path).map_err(failed("opening", path))?;
        let mut start = Vec::new();
        file.by_ref().take(512).read_to_end(&mut start).map_err(failed("reading", path))?;
        let compressed = start.starts_with(&[0x1f, 0x8b]) || start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
        if compressed {
            return Ok(Self::RootFilesystem(path.to_owned()));
        }
        if start.get(257..262) != Some(b"ustar") {
            return Err(ImportError::Refused(
                "it is neither a directory in the OCI layout nor a tar archive, plain or compressed by gzip or zstd"
                    .into(),
            ));
        }
        file.seek(SeekFrom::Start(0)).map_err(failed("reading", path))?;
        match archive_files(file).map_err(failed("reading", path))? {
            Some(files) => Ok(Self::Archive { path: path.to_owned(), files }),
            None => Ok(Self::RootFilesystem(path.to_owned())),
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
                let path = directory.join(name);
                // A pipe in the place of a file must not make the import wait for somebody who writes to it.
                let file = OpenOptions::new()
                    .read(true)
                    .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
                    .open(&path)
                    .map_err(|error| match error.kind() {
                        io::ErrorKind::NotFound => missing(),
                        _ => failed("opening", &path)(error),
                    })?;
                let metadata = file.metadata().map_err(failed("reading", &path))?;
                if !metadata.is_file() {
                    return Err(ImportError::Refused(format!("{name} is not a file")));
                }
                Ok((Box::new(file), metadata.len()))
            }
            Self::Archive { path, files } => {
                let &(offset, size) = files.get(name).ok_or_else(missing)?;
                let mut file = File::open(path).map_err(failed("opening", path))?;
                file.seek(SeekFrom::Start(offset)).map_err(failed("reading", path))?;
                Ok((Box::new(file.take(size)), size))
            }
            Self::RootFilesystem(_) => Err(missing()),
        }
    }
}

/// The files of an OCI archive; `None` if it is not one.
fn archive_files(file: File) -> io::Result<Option<HashMap<String, (u64, u64)>>> {
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
