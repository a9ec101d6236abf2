//! The installation's object storage: what the API keeps in buckets, as files of this host.
//!
//! ```text
//! objects/
//!   <account>/<bucket>/<key>      an object; a key's slashes are directories
//!   .new/                         objects that are being written; what is found here at the start was interrupted and goes
//! ```
//!
//! An object appears by a rename when it is whole and on the disk. An operator may put files here and take them away: a file that is renamed into its
//! place is an object. Links are not followed, since whoever may write here is not always who the server runs as. Calls block.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// Where objects are written.
const NEW: &str = ".new";
/// A key's length in bytes, as S3 has it.
const LONGEST_KEY: usize = 1024;
/// A file's name in bytes.
const LONGEST_PART: usize = 255;

/// Names one object of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct ObjectName(Parts);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Parts {
    account: String,
    bucket: String,
    key: String,
}

/// The parts do not name an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an object has an account of 12 digits, a bucket of 3 to 63 characters a-z 0-9 . - and a key of at most 1024 bytes without empty parts, . and .."
)]
pub struct InvalidObjectName;

impl ObjectName {
    /// An account's id; a bucket of 3 to 63 characters `a-z`, `0-9`, `.` and `-`, beginning and ending with a letter or digit; a key of 1 to 1024 bytes,
    /// whose parts between slashes are neither empty nor begin with a dot.
    ///
    /// # Errors
    /// [`InvalidObjectName`] when they are anything else: they become a path.
    pub fn new(account: &str, bucket: &str, key: &str) -> Result<Self, InvalidObjectName> {
        Parts { account: account.to_owned(), bucket: bucket.to_owned(), key: key.to_owned() }.try_into()
    }

    fn path(&self) -> PathBuf {
        let Parts { account, bucket, key } = &self.0;
        [account, bucket, key].iter().collect()
    }
}

impl TryFrom<Parts> for ObjectName {
    type Error = InvalidObjectName;

    fn try_from(parts: Parts) -> Result<Self, InvalidObjectName> {
        let Parts { account, bucket, key } = &parts;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bucket = bucket.as_bytes();
        let valid = account.len() == 12
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && (3..=63).contains(&bucket.len())
            && bucket.iter().all(|byte| plain(*byte) || b".-".contains(byte))
            && plain(bucket[0])
            && plain(bucket[bucket.len() - 1])
            && key.len() <= LONGEST_KEY
            && key.split('/').all(|part| {
                (1..=LONGEST_PART).contains(&part.len()) && !part.starts_with('.') && !part.contains('\0')
            });
        if valid { Ok(Self(parts)) } else { Err(InvalidObjectName) }
    }
}

impl From<ObjectName> for Parts {
    fn from(name: ObjectName) -> Self {
        name.0
    }
}

impl std::fmt::Display for ObjectName {
    /// `BUCKET/KEY`: what its owner knows it by.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.0.bucket, self.0.key)
    }
}

/// All objects of this installation.
#[derive(Debug)]
pub struct ObjectStore {
    directory: PathBuf,
    /// Names what is being written.
    written: AtomicU64,
}

impl ObjectStore {
    /// Opens or makes the storage at `directory`, which nobody else has open, and clears away what was half written.
    ///
    /// # Errors
    /// The system refuses.
    pub fn open(directory: impl Into<PathBuf>) -> io::Result<Self> {
        let store = Self { directory: directory.into(), written: AtomicU64::new(0) };
        let new = store.directory.join(NEW);
        match fs::remove_dir_all(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => make_directories(&new)?,
        }
        Ok(store)
    }

    /// Where objects are: for the room of its disk.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// A new object without a name; gone again unless it is [kept](ObjectStore::keep).
    ///
    /// # Errors
    /// The system refuses.
    pub fn begin(&self) -> io::Result<NewObject> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let path = self.directory.join(NEW).join(number.to_string());
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(NewObject { path: Some(path), file })
    }

    /// Gives an object its name, in the place of one that had it, once its bytes are on the disk.
    ///
    /// # Errors
    /// The system refuses; then nothing of the new object is left.
    pub fn keep(&self, mut object: NewObject, name: &ObjectName) -> io::Result<()> {
        object.file.sync_all()?;
        let target = self.directory.join(name.path());
        let parent = target.parent().unwrap_or(&self.directory);
        make_directories(parent)?;
        if let Some(path) = &object.path {
            fs::rename(path, &target)?;
        }
        object.path = None;
        // New directories too: each is an entry of the one above it.
        for directory in parent.ancestors().take_while(|directory| directory.starts_with(&self.directory)) {
            File::open(directory)?.sync_all()?;
        }
        Ok(())
    }

    /// An object, open for reading; none if there is none. What is no ordinary file is none.
    ///
    /// # Errors
    /// The system refuses.
    pub fn read(&self, name: &ObjectName) -> io::Result<Option<File>> {
        let directory = File::open(&self.directory)?;
        // A pipe in the place of a file must not make anybody wait.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        match openat2(&directory, name.path(), flags, Mode::empty(), resolve) {
            Ok(file) => {
                let file = File::from(file);
                Ok(file.metadata()?.is_file().then_some(file))
            }
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NXIO) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// An object that is being written.
#[derive(Debug)]
pub struct NewObject {
    /// None once it has its name.
    path: Option<PathBuf>,
    file: File,
}

impl NewObject {
    /// To write into.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for NewObject {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // What stays all the same goes at the next start.
            let _ = fs::remove_file(path);
        }
    }
}

fn make_directories(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    const ACCOUNT: &str = "123456789012";

    #[test]
    fn names_that_lead_elsewhere_are_none() {
        for (account, bucket, key) in [
            ("12345678901", "bucket", "key"),
            ("12345678901x", "bucket", "key"),
            ("../345678901", "bucket", "key"),
            (ACCOUNT, "b", "key"),
            (ACCOUNT, "..", "key"),
            (ACCOUNT, "a/b", "key"),
            (ACCOUNT, "Bucket", "key"),
            (ACCOUNT, "bucket-", "key"),
            (ACCOUNT, "bucket", ""),
            (ACCOUNT, "bucket", "/key"),
            (ACCOUNT, "bucket", "a//b"),
            (ACCOUNT, "bucket", "a/../b"),
            (ACCOUNT, "bucket", ".hidden"),
            (ACCOUNT, "bucket", "a/./b"),
            (ACCOUNT, "bucket", "a\0b"),
            (ACCOUNT, "bucket", &"k".repeat(256)),
            (ACCOUNT, "bucket", &"k/".repeat(600)),
        ] {
            assert!(ObjectName::new(account, bucket, key).is_err(), "{account} {bucket} {key:?}");
            let json = serde_json::json!({ "account": account, "bucket": bucket, "key": key });
            assert!(serde_json::from_value::<ObjectName>(json).is_err(), "{account} {bucket} {key:?}");
        }
        let name = ObjectName::new(ACCOUNT, "my.bucket-1", "a b/c.tar").unwrap();
        let json = serde_json::to_value(&name).unwrap();
        assert_eq!(serde_json::from_value::<ObjectName>(json).unwrap(), name);
    }

    #[test]
    fn objects_are_whole_or_not_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("objects");
        let store = ObjectStore::open(&path).unwrap();
        let name = ObjectName::new(ACCOUNT, "bucket", "a/b").unwrap();
        assert!(store.read(&name).unwrap().is_none());
        store.begin().unwrap().file().write_all(b"given up").unwrap();
        assert_eq!(fs::read_dir(path.join(NEW)).unwrap().count(), 0);
        for text in ["one", "another"] {
            let object = store.begin().unwrap();
            object.file().write_all(text.as_bytes()).unwrap();
            store.keep(object, &name).unwrap();
            let mut found = String::new();
            store.read(&name).unwrap().unwrap().read_to_string(&mut found).unwrap();
            assert_eq!(found, text);
        }
        let interrupted = store.begin().unwrap();
        std::mem::forget(interrupted);
        drop(store);
        ObjectStore::open(&path).unwrap();
        assert_eq!(fs::read_dir(path.join(NEW)).unwrap().count(), 0);
    }

    #[test]
    fn links_and_directories_are_no_objects() {
        let directory = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(directory.path().join("objects")).unwrap();
        let bucket = directory.path().join("objects").join(ACCOUNT).join("bucket");
        fs::create_dir_all(bucket.join("directory")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", bucket.join("link")).unwrap();
        std::os::unix::fs::symlink("/etc", bucket.join("linked")).unwrap();
        for key in ["directory", "link", "linked/passwd", "missing"] {
            let name = ObjectName::new(ACCOUNT, "bucket", key).unwrap();
            assert!(store.read(&name).unwrap().is_none(), "{key}");
        }
    }
}
