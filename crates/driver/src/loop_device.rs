//! Loop devices, and the file systems in files that they make mountable.
#![allow(unsafe_code)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// From linux/loop.h.
const LOOP_CONFIGURE: libc::c_ulong = 0x4C0A;
const LOOP_GET_STATUS64: libc::c_ulong = 0x4C05;
const LOOP_CTL_GET_FREE: libc::c_ulong = 0x4C82;
const LO_FLAGS_AUTOCLEAR: u32 = 4;
/// Another process may take the free device that the kernel named.
const ATTEMPTS: u32 = 100;
/// What mkfs may say, in bytes.
const LONGEST_MESSAGE: usize = 1000;

/// `struct loop_info64` of linux/loop.h.
#[repr(C)]
struct Information {
    device: u64,
    inode: u64,
    numbers: [u64; 3],
    number: u32,
    encrypt_type: u32,
    encrypt_key_size: u32,
    flags: u32,
    names: [u8; 64 + 64 + 32],
    init: [u64; 2],
}

/// `struct loop_config` of linux/loop.h.
#[repr(C)]
struct Configuration {
    file: u32,
    block_size: u32,
    information: Information,
    reserved: [u64; 8],
}

/// A loop device that is given back when it is neither open nor mounted.
#[derive(Debug)]
pub(crate) struct LoopDevice {
    pub(crate) path: String,
    _held: File,
}

/// A loop device over `file`.
pub(crate) fn attach(file: &File) -> io::Result<LoopDevice> {
    let control = OpenOptions::new().read(true).write(true).open("/dev/loop-control").map_err(|error| {
        io::Error::new(error.kind(), format!("/dev/loop-control: {error} (modprobe loop)"))
    })?;
    for _ in 0..ATTEMPTS {
        // SAFETY: this request takes no argument.
        let number = unsafe { libc::ioctl(control.as_raw_fd(), LOOP_CTL_GET_FREE) };
        if number < 0 {
            return Err(io::Error::last_os_error());
        }
        let path = format!("/dev/loop{number}");
        let device = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|error| io::Error::new(error.kind(), format!("{path}: {error}")))?;
        // SAFETY: all-zero is a valid value of this plain struct of integers, and the kernel's default of each.
        let mut configuration: Configuration = unsafe { std::mem::zeroed() };
        configuration.file = file.as_raw_fd().unsigned_abs();
        configuration.information.flags = LO_FLAGS_AUTOCLEAR;
        // SAFETY: the argument is a live loop_config, which the kernel only reads.
        let result = unsafe { libc::ioctl(device.as_raw_fd(), LOOP_CONFIGURE, &raw const configuration) };
        if result == 0 {
            return Ok(LoopDevice { path, _held: device });
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(libc::EBUSY) {
            return Err(io::Error::new(error.kind(), format!("{path}: {error}")));
        }
    }
    Err(io::Error::other("every free loop device was taken by someone else"))
}

/// The loop device that has `file`, which is at `path` (absolute, without links), or a new one. While a file is used through one device only, the
/// kernel keeps one file system of it, however often that is mounted.
pub(crate) fn attach_shared(file: &File, path: &Path) -> io::Result<LoopDevice> {
    for name in devices_of(path)? {
        let path = format!("/dev/{name}");
        let Ok(device) = OpenOptions::new().read(true).write(true).open(&path) else { continue };
        // Open, it cannot be given back any more; it may have been just before.
        if is_over(&device, file)? {
            return Ok(LoopDevice { path, _held: device });
        }
    }
    attach(file)
}

fn is_over(device: &File, file: &File) -> io::Result<bool> {
    // SAFETY: all-zero is a valid value of this plain struct of integers.
    let mut information: Information = unsafe { std::mem::zeroed() };
    // SAFETY: the argument is a live loop_info64, which the kernel only writes.
    let result = unsafe { libc::ioctl(device.as_raw_fd(), LOOP_GET_STATUS64, &raw mut information) };
    if result < 0 {
        let error = io::Error::last_os_error();
        return if error.raw_os_error() == Some(libc::ENXIO) { Ok(false) } else { Err(error) };
    }
    let metadata = file.metadata()?;
    Ok(information.inode == metadata.ino() && information.device == metadata.dev())
}

/// Whether a loop device has the file at `path` (absolute, without links) open.
pub(crate) fn in_use(path: &Path) -> io::Result<bool> {
    Ok(!devices_of(path)?.is_empty())
}

/// The names of the loop devices that have the file at `path` open.
fn devices_of(path: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for device in fs::read_dir("/sys/block")? {
        let device = device?;
        let name = device.file_name();
        let Some(name) = name.to_str().filter(|name| name.starts_with("loop")) else { continue };
        match fs::read(device.path().join("loop/backing_file")) {
            Ok(file) if file.strip_suffix(b"\n") == Some(path.as_os_str().as_encoded_bytes()) => {
                found.push(name.to_owned());
            }
            // Not in use, or just given back.
            _ => {}
        }
    }
    Ok(found)
}

/// How much a file system in a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageSize {
    pub(crate) bytes: u64,
    pub(crate) inodes: u64,
    /// Whether somebody reads the file system again after a crash of the host.
    pub(crate) journal: bool,
}

/// Makes an empty ext4 in a sparse file, by the program `mkfs`.
pub(crate) fn make_image(mkfs: &Path, path: &Path, size: ImageSize) -> io::Result<()> {
    File::create(path)?.set_len(size.bytes)?;
    let features = if size.journal { "has_journal,^resize_inode" } else { "^has_journal,^resize_inode" };
    let extended = "lazy_itable_init=1,lazy_journal_init=1,nodiscard,root_owner=0:0";
    let output = Command::new(mkfs)
        .args(["-q", "-F", "-m", "0", "-b", "4096", "-I", "256", "-O", features])
        .args(["-N", &size.inodes.to_string(), "-E", extended])
        .args(size.journal.then_some(["-J", "size=16"]).into_iter().flatten())
        .arg(path)
        .env_clear()
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", mkfs.display())))?;
    if output.status.success() {
        return Ok(());
    }
    let said = &output.stderr[..output.stderr.len().min(LONGEST_MESSAGE)];
    let said = String::from_utf8_lossy(said).trim().to_owned();
    Err(io::Error::other(format!("{}: {}: {said}", mkfs.display(), output.status)))
}

/// Copies the parts of a sparse file that are not holes; shares them where the file system can.
pub(crate) fn copy_image(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = OpenOptions::new().write(true).create_new(true).open(to)?;
    if rustix::fs::ioctl_ficlone(&target, &source).is_ok() {
        return Ok(());
    }
    let length = source.metadata()?.len();
    target.set_len(length)?;
    let mut at = 0;
    while at < length {
        let begin = match rustix::fs::seek(&source, rustix::fs::SeekFrom::Data(at)) {
            Ok(begin) => begin,
            // Only a hole is left.
            Err(rustix::io::Errno::NXIO) => break,
            Err(error) => return Err(error.into()),
        };
        let end = rustix::fs::seek(&source, rustix::fs::SeekFrom::Hole(begin))?;
        source.seek(SeekFrom::Start(begin))?;
        target.seek(SeekFrom::Start(begin))?;
        let copied = io::copy(&mut (&source).take(end - begin), &mut target)?;
        if copied != end - begin {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter"));
        }
        at = end;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt;

    #[test]
    fn holes_are_not_copied() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        let file = File::create(&from).unwrap();
        file.set_len(1 << 30).unwrap();
        file.write_all_at(b"begin", 0).unwrap();
        file.write_all_at(b"middle", (1 << 29) + 7).unwrap();
        copy_image(&from, &to).unwrap();
        let metadata = fs::metadata(&to).unwrap();
        assert_eq!(metadata.len(), 1 << 30);
        assert!(metadata.blocks() * 512 < 1 << 20, "{} blocks", metadata.blocks());
        let copy = File::open(&to).unwrap();
        let mut text = [0; 6];
        copy.read_exact_at(&mut text, (1 << 29) + 7).unwrap();
        assert_eq!(&text, b"middle");
        assert!(copy_image(&from, &to).is_err());
    }

    #[test]
    fn structures_are_as_long_as_the_kernel_s() {
        assert_eq!(size_of::<Information>(), 232);
        assert_eq!(size_of::<Configuration>(), 304);
    }
}
