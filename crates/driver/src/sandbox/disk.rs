//! The files that instances' writable layers are in: one empty file system is made once, and copied for each instance (it is some 200 KiB, the rest is
//! holes).

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::record::failed;
use super::{DiskLimit, runtime};
use crate::DriverError;
use crate::loop_device::{self, ImageSize};

/// Instances are not started when the host has less room than this many bytes.
pub(super) const LEAST_FREE: u64 = 1 << 30;
/// How long the kernel may take to write out and give back a file system whose processes have ended.
const GIVEN_BACK_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Where copies of the empty file system are taken from.
#[derive(Debug)]
pub(super) struct Template {
    path: PathBuf,
    bytes: u64,
    overcommit: f64,
}

impl Template {
    /// Makes the template for `limit` below `run_dir`, unless an earlier server did.
    pub(super) fn open(run_dir: &Path, limit: DiskLimit, overcommit: f64) -> Result<Self, DriverError> {
        let path = run_dir.join(format!("upper-{}-{}.ext4", limit.bytes, limit.inodes));
        let template = Self { path: path.clone(), bytes: limit.bytes, overcommit };
        if path.exists() {
            return Ok(template);
        }
        let mkfs = runtime::in_path("mkfs.ext4").ok_or_else(|| DriverError::Program {
            program: "mkfs.ext4".into(),
            detail: "it is not in the path (apt install e2fsprogs)".into(),
        })?;
        let new = run_dir.join("upper.new");
        let size = ImageSize { bytes: limit.bytes, inodes: limit.inodes, journal: false };
        loop_device::make_image(&mkfs, &new, size).map_err(failed("making", &new))?;
        fs::rename(&new, &path).map_err(failed("renaming to", &path))?;
        Ok(template)
    }

    /// A new empty file system at `target`, where there are `others` in use by now, which take `taken` bytes of the host's disk.
    pub(super) fn copy_to(&self, target: &Path, others: u64, taken: u64) -> Result<(), DriverError> {
        let free = check_room(&self.path)?;
        // Far below what an f64 holds exactly.
        let room = ((free - LEAST_FREE + taken) as f64 * self.overcommit) as u64;
        let promised = self.bytes.saturating_mul(others + 1);
        if promised > room {
            return Err(DriverError::NoRoom(format!(
                "instances may write {} MiB each, and of {} MiB of disk that they may have together {} MiB are promised",
                self.bytes >> 20,
                room >> 20,
                (promised - self.bytes) >> 20
            )));
        }
        loop_device::copy_image(&self.path, target)
            .map_err(failed("copying the empty file system to", target))
    }
}

/// How many bytes the host's disk has free; refuses when it is nearly full.
pub(super) fn check_room(path: &Path) -> Result<u64, DriverError> {
    let stat =
        rustix::fs::statvfs(path).map_err(|error| failed("looking at the room of", path)(error.into()))?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    if free < LEAST_FREE {
        return Err(DriverError::NoRoom(format!("{} MiB of disk are free", free >> 20)));
    }
    Ok(free)
}

/// How many bytes of the host's disk a file takes; nothing if it is not there.
pub(super) fn taken(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.blocks() * 512)
}

/// Returns once no loop device holds the file, so that removing it frees the host's disk at once. The last mount ended with the instance's last
/// process; writing out what was still in memory takes the kernel a moment.
pub(super) fn wait_given_back(image: &Path) -> io::Result<()> {
    let deadline = Instant::now() + GIVEN_BACK_WITHIN;
    while loop_device::in_use(image)? {
        if Instant::now() > deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "its file system is still mounted"));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}
