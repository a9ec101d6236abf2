//! What is kept of an image beside its layers.

use serde::{Deserialize, Serialize};

use crate::ImageDigest;

/// The ids under which an image's applications run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageUser {
    /// Below 65,536, and not the display container's 900.
    pub uid: u32,
    /// Likewise.
    pub gid: u32,
    /// Further groups.
    pub groups: Vec<u32>,
    /// For USER and LOGNAME.
    pub name: String,
    /// An absolute path.
    pub home: String,
}

/// One application that an image offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageApplication {
    /// Names it in the API: 1 to 100 characters of `A-Z a-z 0-9 _ . -`.
    pub name: String,
    /// What the user sees.
    pub display_name: String,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Where it starts; empty: the user's home.
    #[serde(default)]
    pub working_directory: String,
    /// A PNG of 96 × 96 pixels that was drawn here, in base64; empty: it has none that can be shown.
    #[serde(default)]
    pub icon: String,
    /// It is the same for every user, and may be started before one comes: it does not read the session's variables (AppStream_UserName,
    /// APPSTREAM_SESSION_CONTEXT …).
    #[serde(default)]
    pub start_ahead: bool,
}

/// One step by which an image came to be, as OCI tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HistoryEntry {
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// What made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// What else is to be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// It added no layer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty_layer: bool,
}

/// What an image is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageRecord {
    /// The digest of its manifest.
    pub digest: ImageDigest,
    /// `amd64`, `arm64`, as OCI writes them.
    pub architecture: String,
    /// RFC 3339, as the image says; the epoch if it says nothing.
    pub created: String,
    /// `NAME=value`.
    pub environment: Vec<String>,
    /// OCI's Entrypoint and Cmd, one after the other; may be empty.
    pub command: Vec<String>,
    /// OCI's WorkingDir; may be empty.
    pub working_directory: String,
    /// OCI's Labels.
    pub labels: std::collections::BTreeMap<String, String>,
    /// Who runs its applications.
    pub user: ImageUser,
    /// From the label `dev.millrace.applications`, or else from its desktop entries. In the order in which users should see them.
    pub applications: Vec<ImageApplication>,
    /// Hexadecimal digests, lowest layer first.
    pub layers: Vec<String>,
    /// All layers unpacked, in bytes.
    pub size_bytes: u64,
    /// OCI's User as the image says it; none if an earlier version of this program imported it, which did not keep it.
    #[serde(default)]
    pub config_user: Option<String>,
    /// OCI's History: at most [`MOST_HISTORY`] entries are kept, the newest.
    #[serde(default)]
    pub history: Vec<HistoryEntry>,
}

/// As many entries of history as are kept.
pub const MOST_HISTORY: usize = 200;

/// What an import came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedImage {
    /// The image.
    pub record: ImageRecord,
    /// It was here already; nothing was unpacked.
    pub existed: bool,
}
