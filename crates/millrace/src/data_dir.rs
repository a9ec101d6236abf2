//! The data directory: made, locked against a second server, and the home of the keys.
//!
//! ```text
//! data_dir/           root's, mode 0700
//!   lock              who has it locked is the server
//!   signing.key       read before root is given up
//!   vault.key         likewise
//!   admin.sock        made before root is given up
//!   server/           all that the part which faces the network may read and write: the database, the audit trail
//!   images/, run/     the driver's
//!   objects/          the object storage, root's: the part that faces the network asks for objects by name
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use millrace_driver::confine::Identity;
use millrace_driver::lock;

/// The database's file.
pub(crate) const DATABASE: &str = "millrace.db";
/// Length of a key in bytes.
const KEY_BYTES: usize = 32;

/// The data directory of this server, and nobody else's as long as the value lives.
pub(crate) struct DataDir {
    path: PathBuf,
    /// Whose directory it is.
    owner: (u32, u32),
    _lock: File,
}

impl DataDir {
    /// Makes the directory if it is missing, closes it to others, and locks it.
    ///
    /// # Errors
    /// Another server has it, or the system refuses.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("the data directory {} cannot be made", path.display()))?;
        let metadata = fs::metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
        if metadata.mode() & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(0o700))
                .with_context(|| format!("{} cannot be closed to other users (mode 0700)", path.display()))?;
        }
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock_path)
            .with_context(|| format!("{} cannot be opened", lock_path.display()))?;
        let locked = lock::exclusively(&lock);
        if !locked.with_context(|| format!("{} cannot be locked", lock_path.display()))? {
            bail!(
                "another millrace server uses the data directory {}: stop it, or give this one another data_dir",
                path.display()
            );
        }
        Ok(Self { path: path.to_owned(), owner: (metadata.uid(), metadata.gid()), _lock: lock })
    }

    /// Makes the directory of the part that faces the network, and gives it to `identity` (`None`: it stays ours).
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn own_directory(&self, identity: Option<Identity>) -> anyhow::Result<PathBuf> {
        let own = self.path.join("server");
        let make = || -> io::Result<()> {
            match fs::DirBuilder::new().mode(0o700).create(&own) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            Ok(())
        };
        make().with_context(|| format!("{} cannot be made", own.display()))?;
        self.move_old_database(&own)?;
        if let Some(identity) = identity {
            let give = || give(&own, fs::symlink_metadata(&own)?.uid(), identity);
            give().with_context(|| format!("{} cannot be given to the server's user", own.display()))?;
        }
        Ok(own)
    }

    /// Moves the database of a server from before there was a directory of its own. What SQLite keeps beside it goes first: should the moving be
    /// interrupted, the database itself still waits to be moved, and its journal is where it will look for it.
    fn move_old_database(&self, own: &Path) -> anyhow::Result<()> {
        let old = self.path.join(DATABASE);
        if !old.try_exists().with_context(|| format!("{} cannot be looked at", old.display()))? {
            return Ok(());
        }
        let new = own.join(DATABASE);
        if new.exists() {
            bail!(
                "there are two databases, {} of an older version and {}: keep the one that you want, and move the other one away",
                old.display(),
                new.display()
            );
        }
        let owner = fs::symlink_metadata(own)?;
        for beside in ["-wal", "-shm", "-journal", ""] {
            let name = format!("{DATABASE}{beside}");
            let (from, to) = (self.path.join(&name), own.join(&name));
            let moved =
                fs::rename(&from, &to).and_then(|()| lchown(&to, Some(owner.uid()), Some(owner.gid())));
            match moved {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error)
                        .with_context(|| format!("{} cannot be moved to {}", from.display(), own.display()));
                }
                _ => {}
            }
        }
        tracing::info!(from = %old.display(), to = %new.display(), "moved the database of an older version");
        Ok(())
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// User and group that own it.
    pub(crate) fn owner(&self) -> (u32, u32) {
        self.owner
    }

    /// The key that signs tickets, grants and resume tokens: made at the first start, then always the same, so that URLs and streams
    /// outlive a restart.
    ///
    /// # Errors
    /// The file is not one of ours, or the system refuses.
    pub(crate) fn signing_key(&self) -> anyhow::Result<[u8; KEY_BYTES]> {
        self.key("signing.key", "which ends all streaming URLs that were given out")
    }

    /// The key that seals secrets of access keys in the database: made at the first start, then always the same.
    ///
    /// # Errors
    /// The file is not one of ours, or the system refuses.
    pub(crate) fn vault_key(&self) -> anyhow::Result<[u8; KEY_BYTES]> {
        self.key("vault.key", "which makes all access keys of users useless")
    }

    /// A key file; `loss` tells what a new one ends.
    fn key(&self, name: &str, loss: &str) -> anyhow::Result<[u8; KEY_BYTES]> {
        let path = self.path.join(name);
        match File::open(&path) {
            Ok(file) => return read_key(&path, file, loss),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).context(format!("{} cannot be read", path.display())),
        }
        let key: [u8; KEY_BYTES] = rand::random();
        let new = self.path.join(format!("{name}.new"));
        let write = || -> io::Result<()> {
            // What a crash left of an earlier attempt was never used.
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&new)?;
            file.write_all(&key)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(&self.path)?.sync_all()
        };
        write().with_context(|| format!("the key {} cannot be written", path.display()))?;
        Ok(key)
    }
}

/// Gives what is in the directory, and belongs to the directory's owner, to somebody else: the configured user may have changed. What belongs to
/// others stays theirs, since whoever owned the directory may have put links to their files into it.
fn give(path: &Path, owner: u32, to: Identity) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.uid() != owner || metadata.is_file() && metadata.nlink() > 1 {
        return Ok(());
    }
    if metadata.is_dir() && owner != to.user {
        for entry in fs::read_dir(path)? {
            give(&entry?.path(), owner, to)?;
        }
    }
    lchown(path, Some(to.user), Some(to.group))
}

/// The vault's key of a data directory that a server may be using.
///
/// # Errors
/// There is none, or it is not one of ours.
pub(crate) fn existing_vault_key(data_dir: &Path) -> anyhow::Result<[u8; KEY_BYTES]> {
    let path = data_dir.join("vault.key");
    let file = File::open(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    read_key(&path, file, "which makes all access keys of users useless")
}

fn read_key(path: &Path, file: File, loss: &str) -> anyhow::Result<[u8; KEY_BYTES]> {
    let mode = file.metadata().with_context(|| format!("{} cannot be read", path.display()))?.mode();
    if mode & 0o077 != 0 {
        bail!("{} can be read by other users: chmod 600 it, or delete it to get a new key", path.display());
    }
    let mut key = Vec::with_capacity(KEY_BYTES + 1);
    file.take(KEY_BYTES as u64 + 1)
        .read_to_end(&mut key)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    key.try_into().map_err(|_| {
        anyhow::anyhow!(
            "{} is not a key (it must be {KEY_BYTES} bytes long): delete it to get a new one, {loss}",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn is_made_closed_and_locked() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let data_dir = DataDir::open(&path).unwrap();
        assert_eq!(mode(&path), 0o700);
        let refused = DataDir::open(&path).err().unwrap().to_string();
        assert!(refused.contains("another millrace server"), "{refused}");
        drop(data_dir);
        DataDir::open(&path).unwrap();
    }

    #[test]
    fn an_older_version_s_database_is_moved_and_none_is_lost() {
        let parent = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(parent.path()).unwrap();
        let write = |name: &str, text: &str| fs::write(parent.path().join(name), text).unwrap();
        let read = |name: &str| fs::read_to_string(parent.path().join(name)).ok();
        write("millrace.db", "old");
        write("millrace.db-wal", "last writes");
        data_dir.own_directory(None).unwrap();
        assert_eq!(read("server/millrace.db").unwrap(), "old");
        assert_eq!(read("server/millrace.db-wal").unwrap(), "last writes");
        assert_eq!(read("millrace.db"), None);
        data_dir.own_directory(None).unwrap();
        write("millrace.db", "another");
        let refused = data_dir.own_directory(None).unwrap_err().to_string();
        assert!(refused.contains("two databases"), "{refused}");
        assert_eq!(
            (read("millrace.db").unwrap(), read("server/millrace.db").unwrap()),
            ("another".into(), "old".into())
        );
    }

    #[test]
    fn the_key_is_made_once_and_private() {
        let parent = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(parent.path()).unwrap();
        let path = parent.path().join("signing.key");
        fs::write(parent.path().join("signing.key.new"), "half").unwrap();
        let key = data_dir.signing_key().unwrap();
        assert_eq!(key.len(), 32);
        assert_eq!(mode(&path), 0o600);
        assert_eq!(data_dir.signing_key().unwrap(), key);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(data_dir.signing_key().unwrap_err().to_string().contains("chmod 600"));
        fs::remove_file(&path).unwrap();
        fs::write(&path, "short").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(data_dir.signing_key().unwrap_err().to_string().contains("32 bytes"));
    }
}
