//! Unpacking one layer in a child process, and reading single files of the layers put together.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags};
use sha2::{Digest, Sha256};

use super::{ImportError, failed};
use crate::internal::unpack::{Bounds, Unpacked};

/// What the child may say on standard error before it is cut off, in bytes.
const LONGEST_MESSAGE: u64 = 4096;
/// On the way to a file, as the kernel has it.
const MOST_LINKS: usize = 40;
/// A file that is read from an image, in bytes.
const LONGEST_FILE: u64 = 1 << 20;

/// A layer that was unpacked, and the digest and length of what was read for it.
pub(super) struct UnpackedLayer {
    pub(super) unpacked: Unpacked,
    pub(super) blob_hex: String,
    pub(super) blob_bytes: u64,
}

/// Unpacks `reader` into the existing directory `target`, through `executable internal unpack-layer`, by a process of the 65,536 host ids from `ids`.
pub(super) fn unpack(
    executable: &Path,
    ids: u32,
    reader: &mut dyn Read,
    target: &Path,
    bounds: Bounds,
    deadline: Instant,
) -> Result<UnpackedLayer, ImportError> {
    let mut child = Command::new(executable)
        .args(["internal", "unpack-layer"])
        .arg(target)
        .args([bounds.bytes, bounds.entries, bounds.room, ids.into()].map(|number| number.to_string()))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed("starting the unpacking by", executable))?;
    let result = feed(&mut child, reader, deadline);
    // Ended already in all but the worst cases; a child that is still there must not stay.
    let killed = child.kill();
    let status = child
        .wait()
        .and_then(|status| killed.map(|()| status))
        .map_err(failed("ending the unpacking by", executable))?;
    let fed = result?;
    if !status.success() {
        let message = fed.message.trim();
        return Err(if message.contains("memory allocation of ") || message.contains("out of memory") {
            ImportError::OverLimit("unpacking a layer takes too much memory".into())
        } else if message.contains("more than ") || message.contains("too large") {
            ImportError::OverLimit(message.to_owned())
        } else {
            ImportError::Refused(format!("a layer could not be unpacked: {message}"))
        });
    }
    let unpacked = serde_json::from_str(&fed.report)
        .map_err(|error| ImportError::Refused(format!("a layer could not be unpacked: {error}")))?;
    Ok(UnpackedLayer { unpacked, blob_hex: fed.blob_hex, blob_bytes: fed.blob_bytes })
}

struct Fed {
    blob_hex: String,
    blob_bytes: u64,
    report: String,
    message: String,
}

/// Passes the blob on while hashing it, and reads what the child says, until the child closes its ends or the time is up.
fn feed(child: &mut Child, reader: &mut dyn Read, deadline: Instant) -> Result<Fed, ImportError> {
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(ImportError::Refused("the unpacking has no pipes".into()));
    };
    let pidfd = crate::process::ProcessName::of(child.id() as i32)
        .and_then(|name| name.map_or(Ok(None), |name| name.open()))
        .map_err(failed("watching", Path::new("/proc")))?;
    std::thread::scope(|scope| {
        // Ends with a message when the work is done, by the time-out otherwise; killing the child makes every pipe below end.
        let (done, finished) = mpsc::channel::<()>();
        let watchdog = scope.spawn(move || {
            let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            let late = finished.recv_timeout(left) == Err(mpsc::RecvTimeoutError::Timeout);
            if let (true, Some(pidfd)) = (late, &pidfd) {
                // Fails only if it ended in this moment.
                let _ = crate::process::kill(pidfd);
            }
            late
        });
        let says = scope.spawn(move || said(stdout, stderr));
        let copied = copy_hashed(reader, &mut stdin);
        drop(stdin);
        let (report, message) =
            says.join().map_err(|_| ImportError::Refused("reading its report failed".into()))?;
        drop(done);
        if watchdog.join().unwrap_or(false) {
            return Err(ImportError::OverLimit("the import took too long".into()));
        }
        let (blob_hex, blob_bytes) =
            copied.map_err(|error| ImportError::Refused(format!("reading a layer: {error}")))?;
        Ok(Fed { blob_hex, blob_bytes, report, message })
    })
}

/// The child's report and its message. Reads standard output first: it is shorter than a pipe holds, so is the message, so neither can block.
fn said(stdout: ChildStdout, stderr: ChildStderr) -> (String, String) {
    let text = |reader: &mut dyn Read| {
        let mut text = Vec::new();
        // What could not be read is missing from the report, which is then refused.
        let _ = reader.take(LONGEST_MESSAGE).read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    };
    let (mut stdout, mut stderr) = (stdout, stderr);
    (text(&mut stdout), text(&mut stderr))
}

fn copy_hashed(reader: &mut dyn Read, writer: &mut dyn Write) -> io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut total = 0;
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok((hex::encode(hash.finalize()), total));
        }
        hash.update(&buffer[..count]);
        total += count as u64;
        match writer.write_all(&buffer[..count]) {
            Ok(()) => {}
            // The child ended early; its exit status and message say why.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok((String::new(), total)),
            Err(error) => return Err(error),
        }
    }
}

/// The layers of one image put together, as overlayfs shows them, for reading a few small files.
///
/// Every path is resolved inside its layer by the kernel: a link in an image can never lead to a file of the host.
pub(super) struct Merged {
    /// Topmost first.
    layers: Vec<PathBuf>,
}

impl Merged {
    pub(super) fn new(layers_topmost_first: Vec<PathBuf>) -> Self {
        Self { layers: layers_topmost_first }
    }

    /// The content of a text file of at most 1 MiB; `None` if it is missing, longer, or no file.
    pub(super) fn read(&self, path: &str) -> io::Result<Option<String>> {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(self.read_bytes(path)?.map(text))
    }

    /// The content of a file of at most 1 MiB; `None` if it is missing, longer, or no file.
    pub(super) fn read_bytes(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        for layer in &self.layers {
            if let Some(file) = open_inside(layer, path, OFlags::RDONLY | OFlags::NONBLOCK)? {
                let metadata = file.metadata()?;
                if !metadata.is_file() || metadata.len() > LONGEST_FILE {
                    return Ok(None);
                }
                let mut bytes = Vec::new();
                file.take(LONGEST_FILE).read_to_end(&mut bytes)?;
                return Ok(Some(bytes));
            }
            if hides_lower(layer, path)? {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// What is at an absolute path; `None` if nothing is. Links are followed through all layers, as a program in the image would see them.
    pub(super) fn kind(&self, path: &str) -> io::Result<Option<Kind>> {
        let mut ahead: Vec<String> = parts(path).rev().map(str::to_owned).collect();
        let mut at = String::new();
        let mut found = Kind::Directory;
        let mut links = 0;
        while let Some(part) = ahead.pop() {
            if part == ".." {
                at.truncate(at.rfind('/').unwrap_or(0));
                found = Kind::Directory;
                continue;
            }
            let next = format!("{at}/{part}");
            match self.look(&next)? {
                None => return Ok(None),
                Some(Seen::Kind(kind)) => (at, found) = (next, kind),
                Some(Seen::Link(target)) => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Ok(None);
                    }
                    if target.starts_with('/') {
                        at.clear();
                    }
                    ahead.extend(parts(&target).rev().map(str::to_owned));
                }
            }
        }
        Ok(Some(found))
    }

    /// What is at a path that has no links in it, but perhaps at its end.
    fn look(&self, path: &str) -> io::Result<Option<Seen>> {
        for layer in &self.layers {
            if let Some(file) = open_plain(layer, path)? {
                let metadata = file.metadata()?;
                let kind = metadata.file_type();
                if kind.is_symlink() {
                    let target = rustix::fs::readlinkat(&file, "", Vec::new())?;
                    return Ok(Some(Seen::Link(target.to_string_lossy().into_owned())));
                }
                if kind.is_char_device() {
                    // A whiteout.
                    return Ok(None);
                }
                let executable = kind.is_file() && metadata.permissions().mode() & 0o111 != 0;
                return Ok(Some(Seen::Kind(match () {
                    () if kind.is_dir() => Kind::Directory,
                    () if executable => Kind::Program,
                    () => Kind::Other,
                })));
            }
            if hides_lower(layer, path)? {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// The names in a directory, sorted, at most `most`.
    pub(super) fn names(&self, path: &str, most: usize) -> io::Result<Vec<String>> {
        let mut names = std::collections::BTreeSet::new();
        let mut hidden = std::collections::BTreeSet::new();
        for layer in &self.layers {
            if let Some(directory) = open_inside(layer, path, OFlags::RDONLY | OFlags::DIRECTORY)? {
                for entry in rustix::fs::Dir::read_from(&directory)? {
                    let entry = entry?;
                    let name = entry.file_name().to_string_lossy().into_owned();
                    if entry.file_type() == FileType::CharacterDevice {
                        hidden.insert(name);
                    } else if name != "." && name != ".." && !hidden.contains(&name) && names.len() < most {
                        names.insert(name);
                    }
                }
            }
            if hides_lower(layer, path)? {
                break;
            }
        }
        Ok(names.into_iter().collect())
    }
}

/// What is found at a path of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    /// A file that somebody may execute.
    Program,
    /// Another file.
    Other,
}

enum Seen {
    Kind(Kind),
    Link(String),
}

/// The parts of a path that lead somewhere.
fn parts(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

/// What is at the path in this layer, be it a link; no link leads there.
fn open_plain(layer: &Path, path: &str) -> io::Result<Option<File>> {
    let root = File::open(layer)?;
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    match rustix::fs::openat2(&root, path.trim_start_matches('/'), flags, Mode::empty(), resolve) {
        Ok(file) => Ok(Some(file.into())),
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR | rustix::io::Errno::LOOP) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn open_inside(layer: &Path, path: &str, flags: OFlags) -> io::Result<Option<File>> {
    let root = File::open(layer)?;
    let opened = rustix::fs::openat2(
        &root,
        path.trim_start_matches('/'),
        flags | OFlags::CLOEXEC | OFlags::NOCTTY,
        Mode::empty(),
        ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_XDEV,
    );
    match opened {
        Ok(file) => Ok(Some(file.into())),
        // Absent here; or a whiteout, which no one can open; or something that is not what was asked for.
        Err(
            rustix::io::Errno::NOENT
            | rustix::io::Errno::NOTDIR
            | rustix::io::Errno::NXIO
            | rustix::io::Errno::NODEV
            | rustix::io::Errno::LOOP,
        ) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether `layer` has a whiteout at `path` or above it, or an opaque directory above it or there.
fn hides_lower(layer: &Path, path: &str) -> io::Result<bool> {
    let mut at = layer.to_owned();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        at.push(part);
        match fs::symlink_metadata(&at) {
            Ok(metadata) if metadata.is_dir() => {
                let mut value = [0; 1];
                if rustix::fs::lgetxattr(&at, "trusted.overlay.opaque", &mut value)
                    .is_ok_and(|_| value == *b"y")
                {
                    return Ok(true);
                }
            }
            // A whiteout, or a file or a link in the place of the directory below.
            Ok(_) => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}
