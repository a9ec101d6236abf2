//! What a layer's archive becomes on disk. The process that does this is confined: see [`super::unpack_layer`].
//!
//! Ids on disk are the archive's. Whiteouts become overlayfs's own: a character device 0:0, which anybody may make, and `trusted.overlay.opaque` on
//! directories, which is left to who may set it. No path and no link leads out of the root.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use rustix::fs::{
    AtFlags, CWD, FileType, Gid, Mode, Timespec, Timestamps, Uid, XattrFlags, chownat, lsetxattr, mknodat,
    utimensat,
};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tar::{Entry, EntryType};

use super::pax;
use super::sparse::{self, Sparse};
use crate::sandbox::ID_COUNT;

/// What a layer came to.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unpacked {
    pub(crate) bytes: u64,
    pub(crate) entries: u64,
    /// Device nodes that were left out.
    #[serde(default)]
    pub(crate) devices: u64,
    /// Hexadecimal SHA-256 of the uncompressed archive.
    pub(crate) diff_id: String,
    /// Directories that hide those of lower layers.
    #[serde(skip)]
    pub(super) opaque: Vec<PathBuf>,
}

/// Stops what would fill the disk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) bytes: u64,
    pub(crate) entries: u64,
    /// Bytes of the disk, in whole blocks.
    pub(crate) room: u64,
}

/// An archive may be this many times longer than what it is compressed to ...
const MOST_RATIO: u64 = 250;
/// ... or have this many bytes, whatever it is compressed to.
const ANY_RATIO: u64 = 256 << 20;
/// The disk's unit, near enough.
const BLOCK: u64 = 4096;

/// Unpacks a tar archive, plain or compressed by gzip or zstd, below `root`.
pub(super) fn unpack(input: impl Read, root: &Path, bounds: Bounds) -> io::Result<Unpacked> {
    let taken = Rc::new(Cell::new(0));
    let mut input = BufReader::with_capacity(1 << 18, Counted { inner: input, taken: taken.clone() });
    let magic = input.fill_buf()?;
    let plain: Box<dyn Read> = if magic.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::bufread::MultiGzDecoder::new(input))
    } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(zstd::stream::read::Decoder::with_buffer(input)?)
    } else {
        Box::new(input)
    };
    // An archive of headers alone is bounded too: 2 KiB for each allowed entry are more than any real header takes.
    let longest = bounds.bytes.saturating_add(bounds.entries.saturating_mul(2048));
    let hashed = Hashed { inner: plain, hash: Sha256::new(), left: longest, passed: 0, taken };
    let mut archive = tar::Archive::new(hashed);
    let mut layer = Layer {
        root,
        bounds,
        bytes: 0,
        entries: 0,
        devices: 0,
        room: 0,
        directory_times: HashMap::new(),
        opaque: Vec::new(),
        whiteouts: HashSet::new(),
    };
    for entry in archive.entries()? {
        layer.add(entry?)?;
    }
    layer.set_directory_times()?;
    // A later entry may have replaced a directory.
    layer.opaque.retain(|path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir()));
    let (bytes, entries, devices, opaque) = (layer.bytes, layer.entries, layer.devices, layer.opaque);
    let mut hashed = archive.into_inner();
    // The digest covers the padding behind the end of the archive.
    io::copy(&mut hashed, &mut io::sink())?;
    Ok(Unpacked { bytes, entries, devices, diff_id: hex::encode(hashed.hash.finalize()), opaque })
}

/// Counts what was read of the compressed archive.
struct Counted<R> {
    inner: R,
    taken: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}

/// Refuses bombs long before the bounds do.
fn check_ratio(bytes: u64, taken: &Cell<u64>) -> io::Result<()> {
    if bytes > ANY_RATIO && bytes / MOST_RATIO > taken.get() {
        return Err(refuse(format!("more than {MOST_RATIO} times longer than what it is compressed to")));
    }
    Ok(())
}

struct Hashed<R> {
    inner: R,
    hash: Sha256,
    left: u64,
    passed: u64,
    taken: Rc<Cell<u64>>,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| refuse("the archive is too large"))?;
        self.passed += count as u64;
        check_ratio(self.passed, &self.taken)?;
        Ok(count)
    }
}

fn refuse(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.into())
}

struct Layer<'a> {
    root: &'a Path,
    bounds: Bounds,
    bytes: u64,
    entries: u64,
    devices: u64,
    room: u64,
    directory_times: HashMap<PathBuf, Timestamps>,
    opaque: Vec<PathBuf>,
    /// Those that this layer made, and nothing has replaced.
    whiteouts: HashSet<PathBuf>,
}

impl Layer<'_> {
    fn add(&mut self, mut entry: Entry<'_, impl Read>) -> io::Result<()> {
        self.entries += 1;
        if self.entries > self.bounds.entries {
            return Err(refuse(format!("more than {} entries", self.bounds.entries)));
        }
        self.take_room(BLOCK)?;
        let kind = entry.header().entry_type();
        let holes = sparse::of(&mut entry)?;
        let name = match &holes {
            Some(Sparse { name, .. }) => relative(name)?,
            None => relative(&entry.path_bytes())?,
        };
        if matches!(kind, EntryType::XGlobalHeader) {
            return Ok(());
        }
        if name == Path::new("oci-layout") || name == Path::new("manifest.json") {
            return Err(refuse(
                "this is an archive of an image inside a compressed file: decompress it first",
            ));
        }
        let path = self.root.join(&name);
        let base = name.file_name().map(|base| base.as_bytes().to_vec()).unwrap_or_default();
        if let Some(hidden) = base.strip_prefix(b".wh.") {
            return self.whiteout(&path, hidden);
        }
        // The runtime makes /dev, and nothing else of the host's is there. Root filesystems hold nodes elsewhere too (var/spool/postfix/dev).
        if matches!(kind, EntryType::Block | EntryType::Char) {
            self.devices += 1;
            return Ok(());
        }
        self.make_parents(&path)?;
        if kind == EntryType::Directory {
            self.replace_whiteout(&path)?;
        } else {
            self.whiteouts.remove(&path);
        }
        self.clear(&path, kind)?;
        match kind {
            EntryType::Directory => self.directory(&path)?,
            EntryType::Symlink => {
                let target = link_target(&entry)?;
                std::os::unix::fs::symlink(target, &path).map_err(|error| at(&name, &error))?;
            }
            EntryType::Link => {
                let target = self.root.join(relative(link_target(&entry)?.as_os_str().as_bytes())?);
                // linkat does not follow a symbolic link at the end of the old path.
                fs::hard_link(target, &path).map_err(|error| at(&name, &error))?;
                return Ok(());
            }
            EntryType::Fifo => {
                mknodat(CWD, &path, FileType::Fifo, Mode::empty(), 0)
                    .map_err(|error| at(&name, &error.into()))?;
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let size = holes.as_ref().map_or(entry.size(), |holes| holes.size);
                self.take_bytes(size)?;
                let mut file = File::create_new(&path).map_err(|error| at(&name, &error))?;
                let copied = if holes.is_some() {
                    self.copy_pieces(&mut entry, &file, size).map_err(|error| at(&name, &error))?
                } else if kind == EntryType::GNUSparse {
                    self.copy_sparse(&mut entry, &mut file)?
                } else {
                    // How often a byte may be longer than what it is compressed to is watched as it is read.
                    self.take_room(size)?;
                    io::copy(&mut entry, &mut file)?
                };
                if copied != size {
                    return Err(refuse(format!("{}: the archive ends within it", name.display())));
                }
            }
            other => return Err(refuse(format!("{}: unknown kind of entry {other:?}", name.display()))),
        }
        self.attributes(&mut entry, &path, &name, kind)
    }

    fn take_bytes(&mut self, size: u64) -> io::Result<()> {
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > self.bounds.bytes {
            return Err(refuse(format!("more than {} bytes", self.bounds.bytes)));
        }
        Ok(())
    }

    fn take_room(&mut self, bytes: u64) -> io::Result<()> {
        self.room = self.room.saturating_add(bytes.div_ceil(BLOCK).saturating_mul(BLOCK));
        if self.room > self.bounds.room {
            return Err(refuse(format!(
                "more than the {} MiB that the disk has room for",
                self.bounds.room >> 20
            )));
        }
        Ok(())
    }

    /// Copies a file whose archive says that it has holes, and leaves holes where a whole block is zero: they take no room.
    fn copy_sparse(&mut self, reader: &mut impl Read, file: &mut File) -> io::Result<u64> {
        let mut block = vec![0; BLOCK as usize];
        let mut length = 0;
        loop {
            let mut filled = 0;
            while filled < block.len() {
                match reader.read(&mut block[filled..])? {
                    0 => break,
                    count => filled += count,
                }
            }
            if filled == 0 {
                break;
            }
            if block[..filled].iter().any(|byte| *byte != 0) {
                self.take_room(filled as u64)?;
                file.write_all_at(&block[..filled], length)?;
            }
            length += filled as u64;
        }
        file.set_len(length)?;
        Ok(length)
    }

    /// Copies the pieces of a file whose archive lists them.
    fn copy_pieces(&mut self, reader: &mut impl Read, file: &File, size: u64) -> io::Result<u64> {
        file.set_len(size)?;
        let mut buffer = vec![0; 1 << 17];
        for (start, length) in sparse::read_pieces(reader, size)? {
            self.take_room(length)?;
            let mut done = 0;
            while done < length {
                let wanted = buffer.len().min(usize::try_from(length - done).unwrap_or(usize::MAX));
                reader.read_exact(&mut buffer[..wanted])?;
                file.write_all_at(&buffer[..wanted], start + done)?;
                done += wanted as u64;
            }
        }
        Ok(size)
    }

    fn whiteout(&mut self, path: &Path, hidden: &[u8]) -> io::Result<()> {
        self.make_parents(path)?;
        let parent = path.parent().unwrap_or(self.root);
        if hidden == b".wh..opq" {
            self.opaque.push(parent.to_owned());
            return Ok(());
        }
        if hidden.is_empty() || hidden == b"." || hidden == b".." {
            return Err(refuse("a whiteout of nothing"));
        }
        if hidden.starts_with(b".wh.") {
            // Other names of aufs (.wh..wh.plnk and the like) mean nothing here.
            return Ok(());
        }
        let target = parent.join(OsString::from_vec(hidden.to_vec()));
        match fs::symlink_metadata(&target) {
            // What the same layer adds stays, whichever came first in the archive; what lower layers have in a directory of that name goes.
            Ok(metadata) => {
                if metadata.is_dir() {
                    self.opaque.push(target);
                }
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                mknodat(CWD, &target, FileType::CharacterDevice, Mode::empty(), 0)?;
                self.whiteouts.insert(target);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// A directory in the place of a whiteout of this layer: it hides what lower layers have there.
    fn replace_whiteout(&mut self, path: &Path) -> io::Result<()> {
        if self.whiteouts.remove(path) {
            fs::remove_file(path)?;
            fs::create_dir(path)?;
            self.opaque.push(path.to_owned());
        }
        Ok(())
    }

    fn make_parents(&mut self, path: &Path) -> io::Result<()> {
        let Some(parent) = path.parent() else { return Ok(()) };
        if fs::metadata(parent).is_ok_and(|metadata| metadata.is_dir()) {
            return Ok(());
        }
        if !self.whiteouts.is_empty() {
            let below_root: Vec<_> = parent.ancestors().take_while(|path| *path != self.root).collect();
            for directory in below_root.into_iter().rev() {
                self.replace_whiteout(directory)?;
            }
        }
        fs::create_dir_all(parent).map_err(|error| at(parent, &error))
    }

    /// A later entry replaces an earlier one; only a directory stays under a directory.
    fn clear(&self, path: &Path, kind: EntryType) -> io::Result<()> {
        match fs::symlink_metadata(path) {
            Ok(_) if path == self.root => {
                if kind == EntryType::Directory {
                    Ok(())
                } else {
                    Err(refuse("the root is not a directory"))
                }
            }
            Ok(metadata) if metadata.is_dir() && kind == EntryType::Directory => Ok(()),
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn directory(&self, path: &Path) -> io::Result<()> {
        match fs::create_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    fn attributes(
        &mut self,
        entry: &mut Entry<'_, impl Read>,
        path: &Path,
        name: &Path,
        kind: EntryType,
    ) -> io::Result<()> {
        let header = entry.header();
        let id = |id: io::Result<u64>| {
            id.ok()
                .and_then(|id| u32::try_from(id).ok())
                .filter(|id| *id < ID_COUNT)
                .ok_or_else(|| refuse(format!("{}: its owner is not one of 65,536 ids", name.display())))
        };
        let (uid, gid) = (id(header.uid())?, id(header.gid())?);
        chownat(CWD, path, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)), AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|error| at(name, &error.into()))?;
        let mode = header.mode()?;
        // GNU's binary numbers are two's complements: before 1970 they are negative.
        let seconds = header.mtime().map_or(0, u64::cast_signed);
        // After the owner: changing that clears the setuid bits.
        if kind != EntryType::Symlink {
            fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o7777))
                .map_err(|error| at(name, &error))?;
        }
        let time = pax::modified(entry)?.unwrap_or(Timespec { tv_sec: seconds, tv_nsec: 0 });
        for (key, value) in pax::extended_attributes(entry)? {
            match lsetxattr(path, &key, &value, XattrFlags::empty()) {
                // Not every file system holds every attribute; none of these is needed for the image to work.
                Ok(()) | Err(Errno::NOTSUP) => {}
                Err(error) => return Err(at(name, &error.into())),
            }
        }
        let times = Timestamps { last_access: time, last_modification: time };
        if kind == EntryType::Directory {
            self.directory_times.insert(path.to_owned(), times);
            return Ok(());
        }
        utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| at(name, &error.into()))
    }

    /// Last, since every entry made in a directory changes its time.
    fn set_directory_times(&self) -> io::Result<()> {
        for (path, times) in &self.directory_times {
            match utimensat(CWD, path, times, AtFlags::SYMLINK_NOFOLLOW) {
                // A later entry replaced the directory.
                Ok(()) | Err(Errno::NOENT | Errno::NOTDIR) => {}
                Err(error) => return Err(at(path, &error.into())),
            }
        }
        Ok(())
    }
}

fn link_target(entry: &Entry<'_, impl Read>) -> io::Result<PathBuf> {
    let target = entry.link_name_bytes().ok_or_else(|| refuse("a link without a target"))?;
    Ok(OsString::from_vec(target.into_owned()).into())
}

/// The path below the root that a name in the archive means; names that climb are refused.
fn relative(name: &[u8]) -> io::Result<PathBuf> {
    let name = Path::new(std::ffi::OsStr::from_bytes(name));
    let mut path = PathBuf::new();
    for component in name.components() {
        match component {
            Component::Normal(part) => path.push(part),
            Component::RootDir | Component::CurDir => {}
            Component::ParentDir | Component::Prefix(_) => {
                return Err(refuse(format!("{}: the path leaves the root", name.display())));
            }
        }
    }
    Ok(path)
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
#[path = "unpack_tests.rs"]
mod tests;
