//! Everything that there is to a directory of files, to be compared.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// One file, directory, link, pipe or whiteout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) mode: u32,
    pub(crate) owner: (u32, u32),
    pub(crate) modified: i64,
    pub(crate) size: u64,
    pub(crate) device: u64,
    /// Digest of a file, target of a link.
    pub(crate) content: Vec<u8>,
    /// The first name of the same file.
    pub(crate) same_as: Option<PathBuf>,
    pub(crate) attributes: BTreeMap<String, Vec<u8>>,
    /// It has holes.
    pub(crate) sparse: bool,
}

pub(crate) fn tree(root: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    let mut names = BTreeMap::new();
    add(root, root, &mut found, &mut names);
    found
}

/// Says which entry is another.
pub(crate) fn assert_same(before: &BTreeMap<PathBuf, Entry>, after: &BTreeMap<PathBuf, Entry>) {
    for (path, entry) in before {
        assert_eq!(Some(entry), after.get(path), "{}", path.display());
    }
    let more: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert!(more.is_empty(), "{more:?}");
}

fn add(
    root: &Path,
    path: &Path,
    found: &mut BTreeMap<PathBuf, Entry>,
    names: &mut BTreeMap<(u64, u64), PathBuf>,
) {
    let metadata = fs::symlink_metadata(path).unwrap();
    let name = path.strip_prefix(root).unwrap().to_owned();
    let kind = metadata.file_type();
    let content = if kind.is_file() {
        Sha256::digest(fs::read(path).unwrap()).to_vec()
    } else if kind.is_symlink() {
        fs::read_link(path).unwrap().as_os_str().as_bytes().to_vec()
    } else {
        Vec::new()
    };
    let first = (metadata.nlink() > 1 && !kind.is_dir())
        .then(|| names.entry((metadata.dev(), metadata.ino())).or_insert_with(|| name.clone()).clone());
    let special = kind.is_char_device() || kind.is_block_device();
    let entry = Entry {
        mode: metadata.mode(),
        owner: (metadata.uid(), metadata.gid()),
        // A whiteout has none: it is made when it is unpacked.
        modified: if special { 0 } else { metadata.mtime() },
        size: if kind.is_file() { metadata.len() } else { 0 },
        device: if special { metadata.rdev() } else { 0 },
        content,
        same_as: first,
        attributes: attributes(path),
        sparse: kind.is_file() && metadata.blocks() * 512 + 4096 < metadata.len(),
    };
    found.insert(name, entry);
    if kind.is_dir() {
        let mut children: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        children.sort();
        for child in children {
            add(root, &child, found, names);
        }
    }
}

fn attributes(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut names = vec![0; 65_536];
    let length = rustix::fs::llistxattr(path, &mut names[..]).unwrap();
    let mut found = BTreeMap::new();
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let name = String::from_utf8(name.to_vec()).unwrap();
        let mut value = vec![0; 65_536];
        let length = rustix::fs::lgetxattr(path, name.as_str(), &mut value[..]).unwrap();
        found.insert(name, value[..length].to_vec());
    }
    found
}
