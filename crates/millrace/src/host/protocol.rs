//! What the two processes of the server say to each other.
//!
//! ```text
//! front (an ordinary user)                    host (root)
//!    │── Setup ─────────────────────────────────>│  once, before the front has given up its privileges
//!    │<───────────────────────────── Said::Ready │  or Said::Failed, and the host ends
//!    │── Call { id, request } ──────────────────>│  any number at once, up to CALLS_AT_ONCE
//!    │<───── Said::Answer { id, … } [open file] │  one for each call, in any order
//!    │<───────────────────────────── Said::Event │  when something happens to an instance by itself
//! ```
//!
//! The end of the connection is the end of both. To let the front ask for one thing more: a variant of [`Request`], its arm in `server.rs`, and a
//! method in `client.rs`. The host takes the front for somebody who may have been taken over: a request names instances and images of this
//! installation, objects of its storage, and images of registries that its configuration allows, by names that are checked when they are parsed, and holds no paths of the host and
//! no commands for it.

use millrace_driver::images::ExportSpec;
use millrace_driver::objects::ObjectName;
use millrace_driver::{
    DiskId, HomeFolder, ImageDigest, InstanceEvent, InstanceId, InstanceSpec, Preparation,
    SnapshotApplication, SnapshotSpec,
};
use millrace_registry::Reference;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest message to the host, in bytes; longer ones end the connection.
pub(super) const LONGEST_CALL: usize = 64 * 1024;
/// Longest first message: it holds the configuration file.
pub(super) const LONGEST_SETUP: usize = 4 << 20;
/// Longest message of the host: the record of an image may hold a configuration of some MiB.
pub(super) const LONGEST_SAID: usize = 32 << 20;
/// Calls that run at once; further ones wait in the socket.
pub(super) const CALLS_AT_ONCE: usize = 1024;

/// What the host is to be, from the front while that is still root.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Setup {
    /// Where the configuration was read: paths in it are relative to it.
    pub(super) config_path: std::path::PathBuf,
    /// The configuration, as it was read.
    pub(super) config: String,
}

/// One request of the front.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    /// Comes back with the answer.
    pub(super) id: u64,
    pub(super) request: Request,
}

/// Everything that the front can ask for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// `Driver::ensure`: nothing.
    Ensure(InstanceSpec),
    /// `Driver::list`: the instances.
    List,
    /// `Driver::destroy`: nothing.
    Destroy(InstanceId),
    /// `Driver::connect`: the agent's secret, and the connection as open file.
    Connect(InstanceId),
    /// `Driver::prepare`, of a program that runs in the instance as its user: nothing.
    Prepare { id: InstanceId, program: Preparation },
    /// `Driver::set_frozen`: nothing.
    SetFrozen { id: InstanceId, frozen: bool },
    /// `Driver::attach`: nothing.
    Attach { id: InstanceId, home: HomeFolder },
    /// `Driver::assistant`: nothing, and the listener as open file.
    Assistant(InstanceId),
    /// `Driver::snapshot`: the snapshot.
    Snapshot { disk: DiskId, spec: SnapshotSpec },
    /// `Driver::remove_disk`: nothing.
    RemoveDisk(DiskId),
    /// `Images::import` of the open file that comes with it: the image.
    ImportImage { catalogue: Option<Vec<SnapshotApplication>> },
    /// `Images::remove`: nothing.
    RemoveImage(ImageDigest),
    /// `Images::export`: the archive's length and digest.
    ExportImage { image: ImageDigest, spec: ExportSpec },
    /// `Images::export_open` to the open file that comes with it: the archive's length and digest.
    ExportOpen { image: ImageDigest },
    /// `Images::import_object`: the image.
    ImportObject { object: ObjectName, catalogue: Option<Vec<SnapshotApplication>> },
    /// `Images::list_images`: the digests.
    ListImages,
    /// `Images::find_object`: its length, if it is there.
    FindObject(ObjectName),
    /// `Images::add_application`: the new image.
    AddApplication { image: ImageDigest, application: SnapshotApplication },
    /// `Registries::check`: nothing.
    CheckPublished(Reference),
    /// `Registries::fetch`: nothing, and the archive as open file.
    FetchPublished(Reference),
    /// `Files::tls`: the certificate and its key, from the paths that the host's own configuration names.
    Tls,
    /// `Files::remove_admin_socket`: nothing.
    RemoveAdminSocket,
}

/// What the host says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// It serves.
    Ready,
    /// It could not start, for a person to read.
    Failed(String),
    /// Of the call of this id: what it asked for, or why not; as its request says.
    Answer { id: u64, result: Result<Value, Value> },
    /// Something happened to an instance by itself.
    Event(InstanceEvent),
}
