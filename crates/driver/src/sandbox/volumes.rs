//! Users' volumes on this host: each is an ext4 in a file, made once, mounted into instances while its user has sessions.
//!
//! ```text
//! <volumes>/
//!   .new/                                        a volume that is being made
//!   ACCOUNT/REGION/home/MODE/USER/volume.ext4    the file system
//!   ACCOUNT/REGION/home/MODE/USER/volume.json    its record
//! ```
//!
//! All blocks of a volume are reserved while a session has it: a program gets ENOSPC from the write that does not fit, as on any disk. In a sparse file
//! on a full disk, the write would succeed and only fsync would fail (measured: 600 MiB "written" to 365 MiB of disk).
//!
//! INVARIANT: a record of an instance names a volume before it is mounted there, so that a later server knows who has it. A volume that cannot be
//! used is refused. It is never made anew in the place of what was there.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use rustix::fs::FallocateFlags;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::record::{failed, instance_ids};
use super::{DiskLimit, Inner, disk, lock, runtime};
use crate::internal::AttachPlan;
use crate::loop_device::{self, ImageSize};
use crate::{DriverError, HomeFolder, InstanceId, InstanceState, VolumeKey};

/// The path of the home folder in the user's home, as AppStream names it.
const HOME_FOLDER: [&str; 2] = ["MyFiles", "HomeFolder"];
const IMAGE: &str = "volume.ext4";
const RECORD: &str = "volume.json";
/// Of volume.json.
const FORMAT: u32 = 1;
/// Longer records are damaged.
const LONGEST_RECORD: u64 = 4096;
/// Changes of different volumes rarely wait for each other.
const LOCKS: usize = 64;
/// Of an ext4: where the superblock's size, magic and state are.
const BLOCKS_AT: u64 = 1024 + 0x4;
const MAGIC_AT: u64 = 1024 + 0x38;
const MAGIC: u16 = 0xEF53;
/// The state's bit that says that the kernel found an error.
const ERRORS: u16 = 2;
/// What a child may say, in bytes.
const LONGEST_MESSAGE: usize = 1000;

/// Where users' volumes are kept.
#[derive(Clone, Debug)]
pub struct VolumesConfig {
    /// Holds all volumes. It outlives every instance and image.
    pub directory: PathBuf,
    /// The size of a home folder, in bytes: at least 16 MiB. A volume keeps the size that it was made with.
    pub home_bytes: u64,
}

/// The volumes of one driver.
pub(super) struct Volumes {
    directory: PathBuf,
    home_bytes: u64,
    locks: [Mutex<()>; LOCKS],
}

/// volume.json.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct VolumeRecord {
    format: u32,
    user_id: String,
    bytes: u64,
    /// A session has it, or had it when a server or the host ended.
    in_use: bool,
}

impl Volumes {
    pub(super) fn open(config: &VolumesConfig) -> Result<Self, DriverError> {
        let new = config.directory.join(".new");
        DirBuilder::new().mode(0o700).recursive(true).create(&new).map_err(failed("making", &new))?;
        let directory = config.directory.canonicalize().map_err(failed("resolving", &config.directory))?;
        let volumes =
            Self { directory, home_bytes: config.home_bytes, locks: [const { Mutex::new(()) }; LOCKS] };
        // What an earlier server was making. Nobody has seen it.
        let new = volumes.directory.join(".new");
        for entry in fs::read_dir(&new).map_err(failed("reading", &new))? {
            let path = entry.map_err(failed("reading", &new))?.path();
            fs::remove_dir_all(&path).map_err(failed("removing", &path))?;
        }
        Ok(volumes)
    }

    fn path(&self, key: &VolumeKey) -> PathBuf {
        self.directory.join(key.path())
    }

    /// Held while a volume is made, mounted or settled.
    fn guard(&self, key: &VolumeKey) -> &Mutex<()> {
        let digest = Sha256::digest(key.path());
        &self.locks[usize::from(digest[0]) % LOCKS]
    }

    /// The volume's record, with a file system that looks whole; made at the first use.
    fn find_or_make(&self, home: &HomeFolder) -> Result<VolumeRecord, DriverError> {
        let directory = self.path(&home.key);
        match fs::symlink_metadata(&directory) {
            Ok(_) => self.check(&directory),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make(home, &directory),
            Err(error) => Err(failed("looking at", &directory)(error)),
        }
    }

    /// Whole or not there: it gets its name when everything of it is on the disk.
    fn make(&self, home: &HomeFolder, directory: &Path) -> Result<VolumeRecord, DriverError> {
        let mkfs = runtime::in_path("mkfs.ext4").ok_or_else(|| DriverError::Program {
            program: "mkfs.ext4".into(),
            detail: "it is not in the path (apt install e2fsprogs)".into(),
        })?;
        let new = self.directory.join(".new").join(home.key.path().replace('/', "-"));
        DirBuilder::new().mode(0o700).create(&new).map_err(failed("making", &new))?;
        let record = VolumeRecord {
            format: FORMAT,
            user_id: home.user_id.clone(),
            bytes: self.home_bytes,
            in_use: false,
        };
        let limit = DiskLimit::of(self.home_bytes);
        let size = ImageSize { bytes: limit.bytes, inodes: limit.inodes, journal: true };
        let image = new.join(IMAGE);
        let make = || {
            loop_device::make_image(&mkfs, &image, size)?;
            File::open(&image)?.sync_all()?;
            write_record(&new, &record)?;
            let parent = directory.parent().ok_or(io::ErrorKind::InvalidInput)?;
            DirBuilder::new().mode(0o700).recursive(true).create(parent)?;
            fs::rename(&new, directory)?;
            // Its parents may be new as well.
            for ancestor in parent.ancestors().take_while(|path| path.starts_with(&self.directory)) {
                File::open(ancestor)?.sync_all()?;
            }
            Ok(())
        };
        make().map_err(failed("making a volume in", &new)).inspect_err(|_| {
            // The first error is the one to report. What is left is removed at the next start.
            let _ = fs::remove_dir_all(&new);
        })?;
        Ok(record)
    }

    /// The record of an existing volume, unless something of it is not as it was left.
    fn check(&self, directory: &Path) -> Result<VolumeRecord, DriverError> {
        let record = read_record(directory)?;
        let path = directory.join(IMAGE);
        let image = open_image(&path).map_err(|error| damaged(&path, &error.to_string()))?;
        let metadata = image.metadata().map_err(failed("looking at", &path))?;
        if !metadata.is_file() || metadata.len() != record.bytes {
            return Err(damaged(&path, "it is not a file of the recorded size"));
        }
        let blocks = u64::from(read_u32(&image, BLOCKS_AT).map_err(failed("reading", &path))?);
        let magic = read_u32(&image, MAGIC_AT).map_err(failed("reading", &path))?;
        let (magic, state) = (magic as u16, (magic >> 16) as u16);
        if magic != MAGIC || blocks * 4096 > record.bytes {
            return Err(damaged(&path, "it does not hold an ext4 file system"));
        }
        if state & ERRORS != 0 {
            repair(&path)?;
        }
        Ok(record)
    }

    /// Takes all of the volume's blocks from the host's disk, so that no write into it fails for want of them.
    fn reserve(&self, directory: &Path, record: &VolumeRecord) -> Result<(), DriverError> {
        let path = directory.join(IMAGE);
        let missing = record.bytes.saturating_sub(disk::taken(&path));
        let free = disk::check_room(&self.directory)?;
        if missing > free.saturating_sub(disk::LEAST_FREE) {
            return Err(DriverError::NoRoom(format!(
                "a home folder needs {} MiB more of the disk, which has {} MiB free",
                missing >> 20,
                free >> 20
            )));
        }
        let image = open_image(&path).map_err(failed("opening", &path))?;
        match rustix::fs::fallocate(&image, FallocateFlags::KEEP_SIZE, 0, record.bytes) {
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::NOSPC) => Err(DriverError::NoRoom("the disk is full".into())),
            Err(error) => Err(failed("reserving", &path)(error.into())),
        }
    }
}

fn open_image(path: &Path) -> io::Result<File> {
    // Never waits for the other end of a fifo.
    OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)
}

fn read_u32(file: &File, at: u64) -> io::Result<u32> {
    let mut bytes = [0; 4];
    file.read_exact_at(&mut bytes, at)?;
    Ok(u32::from_le_bytes(bytes))
}

fn damaged(path: &Path, why: &str) -> DriverError {
    DriverError::Volume(format!("{} is damaged: {why}", path.display()))
}

fn read_record(directory: &Path) -> Result<VolumeRecord, DriverError> {
    let path = directory.join(RECORD);
    let read = || {
        let file =
            OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(&path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() > LONGEST_RECORD {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a record of a volume"));
        }
        let mut text = vec![0; usize::try_from(metadata.size()).unwrap_or_default()];
        file.read_exact_at(&mut text, 0)?;
        Ok(serde_json::from_slice::<VolumeRecord>(&text)?)
    };
    let record = read().map_err(|error| damaged(&path, &error.to_string()))?;
    if record.format == FORMAT {
        Ok(record)
    } else {
        Err(DriverError::Volume(format!("{} has format {}, which is newer", path.display(), record.format)))
    }
}

fn write_record(directory: &Path, record: &VolumeRecord) -> io::Result<()> {
    let (new, path) = (directory.join("volume.json.new"), directory.join(RECORD));
    fs::write(&new, serde_json::to_vec(record)?)?;
    File::open(&new)?.sync_all()?;
    fs::rename(&new, &path)?;
    File::open(directory)?.sync_all()
}

/// What e2fsck can mend without anybody's choice.
fn repair(path: &Path) -> Result<(), DriverError> {
    let fsck = runtime::in_path("e2fsck").ok_or_else(|| DriverError::Program {
        program: "e2fsck".into(),
        detail: "it is not in the path (apt install e2fsprogs)".into(),
    })?;
    let output = Command::new(&fsck)
        .args(["-p", "-f"])
        .arg(path)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .map_err(failed("starting", &fsck))?;
    // 0: whole, 1 and 2: errors corrected (e2fsck(8)).
    match output.status.code() {
        Some(0..=2) => Ok(()),
        _ => Err(damaged(path, &said(&output.stdout))),
    }
}

fn said(output: &[u8]) -> String {
    String::from_utf8_lossy(&output[..output.len().min(LONGEST_MESSAGE)]).trim().to_owned()
}

impl Inner {
    fn volumes(&self) -> Result<&Volumes, DriverError> {
        self.volumes.as_ref().ok_or_else(|| DriverError::Volume("this host keeps no home folders".into()))
    }

    /// Mounts the home folder into a ready instance. Repeated, it does nothing. The caller holds the instance's lock.
    pub(super) fn attach_volume(&self, id: &InstanceId, home: &HomeFolder) -> Result<(), DriverError> {
        let volumes = self.volumes()?;
        let paths = self.paths(id);
        let record = paths.read()?.filter(|record| record.ready && record.spec.builder.is_none());
        let (Some(mut record), Some(InstanceState::Ready)) = (record, self.state(id)?) else {
            return Err(DriverError::NoSuchInstance(id.clone()));
        };
        let Some(process) = record.app.clone() else { return Err(DriverError::NoSuchInstance(id.clone())) };
        let image = self.config.images.get(&record.spec.image).map_err(super::driver::image_error)?;
        let _guard = lock(volumes.guard(&home.key));
        // INVARIANT: one user's session never shares an instance with another's, nor one folder.
        if record.volumes.iter().any(|other| *other != home.key) {
            return Err(DriverError::Volume("the instance has another user's home folder".into()));
        }
        let volume = volumes.find_or_make(home)?;
        let directory = volumes.path(&home.key);
        if record.volumes.is_empty() {
            // Before blocks are reserved: the end of the instance gives them back, whatever fails from here on.
            record.volumes.push(home.key.clone());
            paths.write(&record)?;
        }
        volumes.reserve(&directory, &volume)?;
        write_record(&directory, &VolumeRecord { in_use: true, ..volume })
            .map_err(failed("writing the record in", &directory))?;
        let base = self.id_base(record.slot);
        let plan = AttachPlan {
            image: directory.join(IMAGE),
            stage: self.stage.clone(),
            process,
            uid: base + image.user.uid,
            gid: base + image.user.gid,
            home: image.user.home,
            folders: HOME_FOLDER.map(str::to_owned).into(),
        };
        let path = paths.at("volume.plan.json");
        let text = serde_json::to_vec(&plan).map_err(|error| failed("writing", &path)(error.into()))?;
        fs::write(&path, text).map_err(failed("writing", &path))?;
        self.volume_child("attach-volume", &[&path])
    }

    /// Gives a volume's free room back to the disk, unless another instance has the volume. The processes of `id` have ended.
    pub(super) fn settle_volume(&self, id: &InstanceId, key: &VolumeKey) -> Result<(), DriverError> {
        let volumes = self.volumes()?;
        let _guard = lock(volumes.guard(key));
        for other in instance_ids(&self.config.run_dir)?.iter().filter(|other| *other != id) {
            let record = self.paths(other).read()?;
            if record.is_some_and(|record| record.volumes.contains(key)) {
                return Ok(());
            }
        }
        let directory = volumes.path(key);
        let image = directory.join(IMAGE);
        disk::wait_given_back(&image).map_err(failed("giving back", &image))?;
        let record = volumes.check(&directory)?;
        self.volume_child("settle-volume", &[&image, &self.stage])?;
        disk::wait_given_back(&image).map_err(failed("giving back", &image))?;
        write_record(&directory, &VolumeRecord { in_use: false, ..record })
            .map_err(failed("writing the record in", &directory))
    }

    fn volume_child(&self, command: &str, arguments: &[&Path]) -> Result<(), DriverError> {
        let executable = &self.config.executable;
        let output = Command::new(executable)
            .args(["internal", command])
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .current_dir("/")
            .stdin(Stdio::null())
            .output()
            .map_err(failed("starting", executable))?;
        let message = said(&output.stderr);
        if !output.status.success() {
            return Err(DriverError::Volume(format!("{command}: {}: {message}", output.status)));
        }
        if !message.is_empty() {
            tracing::warn!(command, message, "a volume's child process reported a problem");
        }
        Ok(())
    }
}
