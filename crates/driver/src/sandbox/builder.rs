//! What an image builder's instance has beyond the others: its disk, its programs, and the socket of its image assistant.
//!
//! ```text
//! <run_dir>/
//!   disks/<disk>/disk.json      what the disk's files are a layer above of
//!   disks/<disk>/disk.ext4      the writable layer (`upper/`, a directory, where instances have no bound)
//!   instances/<id>/bin/         the programs `sudo` (setuid to the instance's root) and `image-assistant`
//!   instances/<id>/builder/     the socket on which the server listens to the assistant
//! ```

use std::fs::{self, DirBuilder};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::net::UnixListener;

use super::disk;
use super::pod::make_directory;
use super::record::{Record, failed, instance_ids};
use super::{DiskLimit, Inner, runtime};
use crate::images::SnapshotSource;
use crate::internal::UpperPlace;
use crate::loop_device::{self, ImageSize};
use crate::{BuilderSpec, DiskId, DriverError, ImageDigest, InstanceId, Snapshot, SnapshotSpec};

/// The programs of a builder, as they lie beside the launcher and as they are called inside, with their modes.
const PROGRAMS: [(&str, &str, u32); 2] =
    [("millrace-sudo", "sudo", 0o4755), ("millrace-image-assistant", "image-assistant", 0o755)];
const SOCKET: &str = "assistant.sock";
const DISK_IMAGE: &str = "disk.ext4";

/// disk.json.
#[derive(Debug, Serialize, Deserialize)]
struct DiskRecord {
    image: ImageDigest,
}

impl Inner {
    fn disk_directory(&self, disk: &DiskId) -> PathBuf {
        self.config.run_dir.join("disks").join(disk.as_str())
    }

    /// The ids of all disks.
    pub(super) fn disks(&self) -> Result<Vec<DiskId>, DriverError> {
        let directory = self.config.run_dir.join("disks");
        let mut disks = Vec::new();
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(disks),
            Err(error) => return Err(failed("reading", &directory)(error)),
        };
        for entry in entries {
            let name = entry.map_err(failed("reading", &directory))?.file_name();
            disks.extend(name.to_str().and_then(|name| DiskId::new(name).ok()));
        }
        Ok(disks)
    }

    /// Where the disk's files are, whether or not it was made.
    pub(super) fn disk_place(&self, disk: &DiskId) -> UpperPlace {
        let directory = self.disk_directory(disk);
        if self.disk.is_some() {
            UpperPlace::Image(directory.join(DISK_IMAGE))
        } else {
            UpperPlace::Directory(directory.join("upper"))
        }
    }

    /// Makes the builder's disk, unless it is there. Its record is written last: without it, nothing was ever kept there.
    pub(super) fn prepare_disk(&self, builder: &BuilderSpec, image: &ImageDigest) -> Result<(), DriverError> {
        let directory = self.disk_directory(&builder.disk);
        let record = directory.join("disk.json");
        if let Some(known) = self.disk_record(&builder.disk)? {
            // INVARIANT: a builder stays on the image that it was made of; over another one its layer would mean something else.
            if known.image != *image {
                return Err(DriverError::ImageMissing(known.image));
            }
            return Ok(());
        }
        disk::check_room(&self.config.run_dir)?;
        match fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("removing", &directory)(error));
            }
            _ => {}
        }
        DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(&directory)
            .map_err(failed("making", &directory))?;
        match self.disk_place(&builder.disk) {
            UpperPlace::Directory(path) => make_directory(&path, 0, 0o700)?,
            UpperPlace::Image(path) => make_disk_image(&path, builder.disk_bytes)?,
        }
        self.config.images.lease(image, builder.disk.as_lease()).map_err(super::driver::image_error)?;
        let text = serde_json::to_vec(&DiskRecord { image: image.clone() })
            .map_err(|error| failed("writing", &record)(error.into()))?;
        let new = directory.join("disk.json.new");
        let write = || {
            fs::write(&new, &text)?;
            fs::File::open(&new)?.sync_all()?;
            fs::rename(&new, &record)?;
            fs::File::open(&directory)?.sync_all()
        };
        write().map_err(failed("writing", &record))
    }

    fn disk_record(&self, disk: &DiskId) -> Result<Option<DiskRecord>, DriverError> {
        let path = self.disk_directory(disk).join("disk.json");
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|error| failed("parsing", &path)(error.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("reading", &path)(error)),
        }
    }

    /// The programs that are mounted into a builder, and the directory of its socket.
    pub(super) fn prepare_builder(&self, record: &Record) -> Result<(), DriverError> {
        let paths = self.paths(&record.spec.id);
        let root = self.id_base(record.slot);
        make_directory(&paths.at("builder"), root, 0o755)?;
        make_directory(&paths.at("bin"), root, 0o755)?;
        for (source, name, mode) in PROGRAMS {
            let source = self.config.launcher.with_file_name(source);
            let target = paths.at("bin").join(name);
            fs::copy(&source, &target).map_err(failed("copying the program", &source))?;
            let give = || {
                chown(&target, Some(root), Some(root))?;
                // After the owner: a change of that takes the bit away.
                fs::set_permissions(&target, fs::Permissions::from_mode(mode))
            };
            give().map_err(failed("handing over", &target))?;
        }
        Ok(())
    }

    /// Listens on the builder's socket, in the place of whoever did before. Whoever is in the instance may call.
    pub(super) fn listen(&self, id: &InstanceId) -> Result<UnixListener, DriverError> {
        let directory = self.paths(id).at("builder");
        let path = directory.join(SOCKET);
        let listen = || {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            // By way of a handle, since a socket's path may have 108 bytes only.
            let held = fs::File::open(&directory)?;
            let listener = UnixListener::bind(format!("/proc/self/fd/{}/{SOCKET}", held.as_raw_fd()))?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o666))?;
            Ok(listener)
        };
        listen().map_err(failed("listening at", &path))
    }

    /// Whether an instance has the disk: only its directory's end proves that its processes ended.
    fn disk_in_use(&self, disk: &DiskId) -> Result<bool, DriverError> {
        for id in instance_ids(&self.config.run_dir)? {
            let record = self.paths(&id).read()?;
            let builder = record.and_then(|record| record.spec.builder);
            if builder.is_some_and(|builder| builder.disk == *disk) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn take_snapshot(&self, disk: &DiskId, spec: &SnapshotSpec) -> Result<Snapshot, DriverError> {
        if self.disk_in_use(disk)? {
            return Err(DriverError::DiskInUse(disk.clone()));
        }
        let record = self.disk_record(disk)?.ok_or_else(|| DriverError::NoSuchDisk(disk.clone()))?;
        let source = match self.disk_place(disk) {
            UpperPlace::Image(path) => SnapshotSource::DiskImage(path),
            UpperPlace::Directory(path) => SnapshotSource::Directory(path),
        };
        let taken = self.config.images.snapshot(&record.image, &source, spec);
        if let SnapshotSource::DiskImage(path) = &source {
            // A builder that starts now must not mount what the kernel is still giving back.
            disk::wait_given_back(path).map_err(failed("giving back", path))?;
        }
        taken.map_err(super::driver::image_error)
    }

    pub(super) fn remove_disk(&self, disk: &DiskId) -> Result<(), DriverError> {
        if self.disk_in_use(disk)? {
            return Err(DriverError::DiskInUse(disk.clone()));
        }
        let directory = self.disk_directory(disk);
        let record = self.disk_record(disk)?;
        // The lease goes first and the record with the directory: whatever breaks off in between is done again.
        if let Some(record) = record {
            self.config.images.release(&record.image, disk.as_lease()).map_err(super::driver::image_error)?;
        }
        match fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed("removing", &directory)(error))
            }
            _ => Ok(()),
        }
    }
}

fn make_disk_image(path: &Path, bytes: u64) -> Result<(), DriverError> {
    let mkfs = runtime::in_path("mkfs.ext4").ok_or_else(|| DriverError::Program {
        program: "mkfs.ext4".into(),
        detail: "it is not in the path (apt install e2fsprogs)".into(),
    })?;
    let limit = DiskLimit::of(bytes.max(64 << 20));
    let size = ImageSize { bytes: limit.bytes, inodes: limit.inodes, journal: true };
    loop_device::make_image(&mkfs, path, size).map_err(failed("making", path))
}
