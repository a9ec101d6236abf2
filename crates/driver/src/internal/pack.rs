//! `internal pack-layer KIND PATH REPORT`: writes the upper layer of an overlay to standard output as an OCI layer, and what it left out to REPORT.
//!
//! KIND is `image` (PATH is a file with a file system, whose `data` is the layer) or `directory` (PATH has `data` itself), or `tree` (PATH is an
//! unpacked layer of the image store: nothing is left out), or `merged` (PATH has a file `lowers`, which names directories below its parent, topmost
//! first: all of them together become one layer, without what must not be in an image). The process changes its root to the layer and keeps the capabilities to read it, no more.
//! Nobody else may write there meanwhile.
//!
//! The form is what `docs/` of the OCI image specification ask of a layer: whiteouts (`.wh.NAME` for overlayfs's character device 0:0), opaque
//! directories (`.wh..wh..opq`), hard links, extended attributes, holes. Entries come in the order of their names' bytes, so that the same files give
//! the same archive.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use millrace_model::cleaning::{Cleaned, Fate, Report, fate};
use rustix::thread::{CapabilitySet, CapabilitySets};
use tar::{Builder, EntryType, Header};

use super::{filter, sparse, upper};

/// Of the process: what hard links lead to is remembered.
const MOST_MEMORY: u64 = 1 << 30;
/// A directory below another so many times is no software's.
const DEEPEST: usize = 512;
/// All attributes of one file, in bytes; the kernel's own bound of their names and of each value.
const LONGEST_ATTRIBUTE: usize = 65_536;
/// What a directory that hides all below it has.
const OPAQUE: &str = "trusted.overlay.opaque";

pub(super) fn run(args: &[OsString]) -> Result<(), String> {
    let [kind, path, report] = args else { return Err("pack-layer: three arguments".into()) };
    let cleans = kind != "tree";
    let mut report = File::create(report).map_err(|error| format!("making the report: {error}"))?;
    confine(kind, Path::new(path)).map_err(|error| format!("opening {}: {error}", path.display()))?;
    let mut packer = Packer::new(BufWriter::with_capacity(1 << 18, io::stdout().lock()), cleans);
    packer.add_root().map_err(|error| error.to_string())?;
    let cleaned = packer.finish().map_err(|error| format!("writing the layer: {error}"))?;
    let text = serde_json::to_vec(&cleaned).map_err(|error| error.to_string())?;
    report.write_all(&text).map_err(|error| format!("writing the report: {error}"))
}

fn confine(kind: &OsStr, path: &Path) -> io::Result<()> {
    // Should the server be killed, nobody reads any more.
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    crate::sys::private_mounts()?;
    match kind.to_str() {
        Some("image") => {
            let mount = upper::mount_image(path, true)?;
            rustix::process::fchdir(mount.as_fd())?;
            std::env::set_current_dir("data")?;
        }
        Some("directory") => std::env::set_current_dir(path.join("data"))?,
        Some("tree") => std::env::set_current_dir(path)?,
        Some("merged") => merge(path)?,
        _ => return Err(io::Error::new(io::ErrorKind::InvalidInput, "unknown kind of layer")),
    }
    rustix::process::chroot(".")?;
    // SYS_ADMIN: without it nobody sees trusted.overlay.opaque.
    let needed = CapabilitySet::DAC_READ_SEARCH | CapabilitySet::SYS_ADMIN;
    let sets = CapabilitySets { effective: needed, permitted: needed, inheritable: CapabilitySet::empty() };
    rustix::thread::set_capabilities(None, sets)?;
    rustix::thread::set_no_new_privs(true)?;
    filter::bound_memory(MOST_MEMORY)
}

/// Shows several layers as one, and goes there. Short names, since the kernel takes them in options of one page.
fn merge(path: &Path) -> io::Result<()> {
    let lowers = fs::read_to_string(path.join("lowers"))?;
    let (target, nothing) = (path.join("merged"), path.join("nothing"));
    for directory in [&target, &nothing] {
        fs::create_dir_all(directory)?;
    }
    // Overlayfs wants two layers where none can be written to.
    let mut names: Vec<String> = lowers.lines().map(str::to_owned).collect();
    let own = path.file_name().unwrap_or_default().to_string_lossy();
    names.push(format!("{own}/nothing"));
    std::env::set_current_dir(path.parent().unwrap_or(Path::new("/")))?;
    let options = std::ffi::CString::new(format!("lowerdir={}", names.join(":")))?;
    rustix::mount::mount(
        "overlay",
        &target,
        "overlay",
        rustix::mount::MountFlags::RDONLY,
        options.as_c_str(),
    )?;
    std::env::set_current_dir(target)
}

struct Packer<W: Write> {
    archive: Builder<W>,
    cleans: bool,
    /// Files with several names, by device and inode: the name under which the first was written.
    links: HashMap<(u64, u64), PathBuf>,
    cleaned: Report,
}

impl<W: Write> Packer<W> {
    fn new(output: W, cleans: bool) -> Self {
        let mut archive = Builder::new(output);
        archive.follow_symlinks(false);
        // Files with holes are written here: see `sparse`.
        archive.sparse(false);
        Self { archive, cleans, links: HashMap::new(), cleaned: Report::default() }
    }

    fn finish(mut self) -> io::Result<Vec<Cleaned>> {
        self.archive.finish()?;
        self.archive.into_inner()?.flush()?;
        Ok(self.cleaned.into_kinds())
    }

    /// The current directory of the process is the layer's root.
    fn add_root(&mut self) -> io::Result<()> {
        let metadata = fs::symlink_metadata(".")?;
        self.add_directory(Path::new("."), &metadata, 0)
    }

    fn add_directory(&mut self, path: &Path, metadata: &Metadata, depth: usize) -> io::Result<()> {
        if depth > DEEPEST {
            return Err(refused(path, &format!("more than {DEEPEST} directories deep")));
        }
        let (records, opaque) = attributes(path)?;
        self.extend(&records)?;
        let mut header = header_of(metadata, EntryType::Directory);
        self.archive.append_data(&mut header, path, io::empty()).map_err(|error| at(path, &error))?;
        if opaque {
            self.marker(&path.join(".wh..wh..opq"), metadata)?;
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(|error| at(path, &error))? {
            names.push(entry.map_err(|error| at(path, &error))?.file_name());
        }
        names.sort();
        for name in names {
            let child = if path == Path::new(".") { PathBuf::from(name) } else { path.join(name) };
            let metadata = fs::symlink_metadata(&child).map_err(|error| at(&child, &error))?;
            self.add(&child, &metadata, depth)?;
        }
        Ok(())
    }

    fn add(&mut self, path: &Path, metadata: &Metadata, depth: usize) -> io::Result<()> {
        let kind = metadata.file_type();
        if kind.is_char_device() && metadata.rdev() == 0 {
            let mut hidden = OsString::from(".wh.");
            hidden.push(path.file_name().unwrap_or_default());
            return self.marker(&path.with_file_name(hidden), metadata);
        }
        let fate = if self.cleans { fate(path, kind.is_dir()) } else { Fate::Kept };
        match fate {
            Fate::Omitted(what) => return self.omit(what, path, kind.is_dir(), depth),
            Fate::Emptied(what) if kind.is_file() => {
                if metadata.len() > 0 {
                    self.cleaned.note(what, path);
                }
                let mut header = header_of(metadata, EntryType::Regular);
                return self
                    .archive
                    .append_data(&mut header, path, io::empty())
                    .map_err(|error| at(path, &error));
            }
            Fate::Emptied(_) | Fate::Kept => {}
        }
        if kind.is_dir() {
            return self.add_directory(path, metadata, depth + 1);
        }
        if kind.is_socket() {
            // Its program is gone; an archive has no form for it either.
            self.cleaned.note("socket", path);
            return Ok(());
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Err(refused(path, "device nodes are refused"));
        }
        if metadata.nlink() > 1 {
            let identity = (metadata.dev(), metadata.ino());
            if let Some(first) = self.links.get(&identity) {
                let mut header = header_of(metadata, EntryType::Link);
                return self.archive.append_link(&mut header, path, first).map_err(|error| at(path, &error));
            }
            self.links.insert(identity, path.to_owned());
        }
        let (records, _) = attributes(path)?;
        let written = if kind.is_symlink() {
            self.extend(&records).and_then(|()| self.symlink(path, metadata))
        } else if kind.is_fifo() {
            let mut header = header_of(metadata, EntryType::Fifo);
            self.extend(&records).and_then(|()| self.archive.append_data(&mut header, path, io::empty()))
        } else {
            self.file(path, metadata, records)
        };
        written.map_err(|error| at(path, &error))
    }

    fn file(&mut self, path: &Path, metadata: &Metadata, mut records: Vec<Record>) -> io::Result<()> {
        let file = File::open(path)?;
        let mut header = header_of(metadata, EntryType::Regular);
        let Some(pieces) = sparse::pieces(&file)? else {
            self.extend(&records)?;
            header.set_size(metadata.len());
            return self.archive.append_data(&mut header, path, file.take(metadata.len()));
        };
        // In one pax header: of several, some readers know the last only.
        records.extend(sparse::records(path.as_os_str().as_bytes(), metadata.len()));
        self.extend(&records)?;
        sparse::write(self.archive.get_mut(), header, &file, &pieces)
    }

    /// Writes what the header has no room for, of what comes next.
    fn extend(&mut self, records: &[Record]) -> io::Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        let records = records.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        self.archive.append_pax_extensions(records)
    }

    /// With the target's very bytes: the archive's own way of setting one tidies paths up, and a link need not be a path.
    fn symlink(&mut self, path: &Path, metadata: &Metadata) -> io::Result<()> {
        let target = fs::read_link(path)?;
        let mut header = header_of(metadata, EntryType::Symlink);
        if header.set_link_name_literal(target.as_os_str().as_bytes()).is_ok() {
            return self.archive.append_data(&mut header, path, io::empty());
        }
        self.archive.append_link(&mut header, path, target)
    }

    /// An empty file that says something about what is below.
    fn marker(&mut self, path: &Path, of: &Metadata) -> io::Result<()> {
        let mut header = header_of(of, EntryType::Regular);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        // It has no time of its own: what unpacks it makes something else of it, at that moment.
        header.set_mtime(0);
        header.set_cksum();
        self.archive.append_data(&mut header, path, io::empty()).map_err(|error| at(path, &error))
    }

    fn omit(&mut self, what: &'static str, path: &Path, is_directory: bool, depth: usize) -> io::Result<()> {
        if !is_directory || depth > DEEPEST {
            self.cleaned.note(what, path);
            return Ok(());
        }
        for entry in fs::read_dir(path).map_err(|error| at(path, &error))? {
            let entry = entry.map_err(|error| at(path, &error))?;
            self.omit(what, &entry.path(), entry.file_type()?.is_dir(), depth + 1)?;
        }
        Ok(())
    }
}

/// A key and a value of a pax header.
type Record = (String, Vec<u8>);

/// The extended attributes that go into an archive, and whether it is an opaque directory.
fn attributes(path: &Path) -> io::Result<(Vec<Record>, bool)> {
    let mut kept = Vec::new();
    let mut opaque = false;
    for (name, value) in attributes_of(path).map_err(|error| at(path, &error))? {
        if name == OPAQUE {
            opaque = value == b"y";
        } else if name == "security.capability" {
            kept.push((name, portable_capability(value)));
        } else if name.starts_with("user.") || name.starts_with("system.posix_acl_") {
            kept.push((name, value));
        }
    }
    kept.sort();
    let records = kept.into_iter().map(|(name, value)| (format!("SCHILY.xattr.{name}"), value));
    Ok((records.collect(), opaque))
}

fn header_of(metadata: &Metadata, kind: EntryType) -> Header {
    let mut header = Header::new_gnu();
    header.set_metadata(metadata);
    header.set_entry_type(kind);
    header.set_size(0);
    header
}

fn attributes_of(path: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut names = vec![0; LONGEST_ATTRIBUTE];
    let length = match rustix::fs::llistxattr(path, &mut names[..]) {
        Ok(length) => length,
        Err(rustix::io::Errno::NOTSUP) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let name = OsStr::from_bytes(name).to_string_lossy().into_owned();
        let mut value = vec![0; LONGEST_ATTRIBUTE];
        let length = rustix::fs::lgetxattr(path, name.as_str(), &mut value[..])?;
        value.truncate(length);
        found.push((name, value));
    }
    Ok(found)
}

/// A file's capabilities that were set inside a user namespace name its root (linux/capability.h, revision 3). On the disk that is 0, so the older
/// form, which every tool knows, says the same.
fn portable_capability(value: Vec<u8>) -> Vec<u8> {
    const REVISION_3: u8 = 3;
    const REVISION_2: u8 = 2;
    if value.len() == 24 && value[3] == REVISION_3 && value[20..] == [0; 4] {
        let mut older = value[..20].to_vec();
        older[3] = REVISION_2;
        return older;
    }
    value
}

fn refused(path: &Path, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", path.display()))
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
