//! What is on disk about an instance. Written before anything of the instance is made, so that a crash at any moment leaves nothing unknown.
//!
//! ```text
//! <run_dir>/
//!   lock                 held by the one driver that works here
//!   upper-*.ext4         an empty writable layer
//!   network              there while anything of the instances' network is on the host
//!   mountpoints/         a layer of empty files and directories that the display container mounts over
//!   instances/<id>/
//!     instance.json      the record
//!     start.lock         held while a runtime starts a container
//!     secret             the agent's; the one that the server trusts
//!     agent/ pod/ x11/   what the containers share with the host and each other
//!     resolv.conf        what the app container has in /etc, if it reaches the internet
//!     upper.ext4         the app container's writable layer, a file system (`upper/`, a directory, where it has no bound)
//!     files/home         a link to what the instance has at /home while it runs
//!     runtime/           the OCI runtime's own state
//!     logs/              what the containers say, bounded
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::process::ProcessName;
use crate::{DriverError, InstanceId, InstanceSpec, InstanceState, VolumeKey};

/// What is known of one instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) spec: InstanceSpec,
    /// Which range of host ids it has. Free again only when the instance's directory is gone.
    pub(crate) slot: u32,
    /// The containers' first processes, once they are started.
    pub(crate) display: Option<ProcessName>,
    pub(crate) app: Option<ProcessName>,
    /// It has been ready once.
    pub(crate) ready: bool,
    /// The runtime image's layers that the display container runs on.
    #[serde(default)]
    pub(crate) runtime_layers: Vec<PathBuf>,
    /// The volumes that are mounted into it, or were about to be.
    #[serde(default)]
    pub(crate) volumes: Vec<VolumeKey>,
}

impl Record {
    pub(crate) fn state(&self) -> io::Result<InstanceState> {
        for process in [&self.display, &self.app].into_iter().flatten() {
            if !process.is_alive()? {
                return Ok(InstanceState::Exited);
            }
        }
        Ok(if self.ready { InstanceState::Ready } else { InstanceState::Starting })
    }
}

impl Record {
    /// Whether a process of a frozen instance was killed, which shows only when it is thawed.
    pub(crate) fn is_doomed(&self) -> io::Result<bool> {
        for process in [&self.display, &self.app].into_iter().flatten() {
            if process.is_doomed()? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The paths of one instance.
#[derive(Clone, Debug)]
pub(crate) struct InstancePaths {
    pub(crate) directory: PathBuf,
}

impl InstancePaths {
    pub(crate) fn new(run_dir: &Path, id: &InstanceId) -> Self {
        Self { directory: run_dir.join("instances").join(id.as_str()) }
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The record, if there is one.
    pub(crate) fn read(&self) -> Result<Option<Record>, DriverError> {
        let path = self.at("instance.json");
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|error| failed("parsing", &path)(error.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("reading", &path)(error)),
        }
    }

    /// Replaces the record at once. Not flushed to disk: what it describes does not outlive the host either.
    pub(crate) fn write(&self, record: &Record) -> Result<(), DriverError> {
        let temporary = self.at("instance.json.new");
        let text = serde_json::to_vec(record).map_err(|error| failed("writing", &temporary)(error.into()))?;
        fs::write(&temporary, text).map_err(failed("writing", &temporary))?;
        let path = self.at("instance.json");
        fs::rename(&temporary, &path).map_err(failed("renaming to", &path))
    }
}

/// The ids of all instances that have a directory.
pub(crate) fn instance_ids(run_dir: &Path) -> Result<Vec<InstanceId>, DriverError> {
    let directory = run_dir.join("instances");
    let mut ids = Vec::new();
    for entry in fs::read_dir(&directory).map_err(failed("reading", &directory))? {
        let name = entry.map_err(failed("reading", &directory))?.file_name();
        // Anything else in there is not ours.
        ids.extend(name.to_str().and_then(|name| InstanceId::new(name).ok()));
    }
    ids.sort();
    Ok(ids)
}

/// The lowest slot that is not taken, of `count`.
pub(crate) fn free_slot(taken: &std::collections::BTreeSet<u32>, count: u32) -> Option<u32> {
    (0..count).find(|slot| !taken.contains(slot))
}

pub(crate) fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> DriverError + 'a {
    move |source| DriverError::Io { action: action.into(), path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn slots_are_used_again_from_the_lowest() {
        let mut taken = BTreeSet::new();
        for expected in 0..3 {
            assert_eq!(free_slot(&taken, 3), Some(expected));
            taken.insert(expected);
        }
        assert_eq!(free_slot(&taken, 3), None);
        taken.remove(&1);
        assert_eq!(free_slot(&taken, 3), Some(1));
    }
}
