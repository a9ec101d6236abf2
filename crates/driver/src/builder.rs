//! What an image builder has beyond an ordinary instance: a disk that outlives it, and what that disk becomes in a snapshot.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::images::ImageApplication;
use crate::{ImageDigest, InstanceId, InvalidInstanceId};

/// Names the disk of one image builder for ever. Follows the rules of [`InstanceId`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DiskId(InstanceId);

impl DiskId {
    /// Checks the text.
    ///
    /// # Errors
    /// [`InvalidInstanceId`] when it is not 1 to 40 characters of `a-z`, `0-9` and `-`, beginning with a letter or digit.
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidInstanceId> {
        InstanceId::new(id).map(Self)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Disks lease images under names of the same form as instances.
    pub(crate) fn as_lease(&self) -> &InstanceId {
        &self.0
    }
}

impl fmt::Display for DiskId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What makes an instance an image builder's: it writes to a disk that is kept, and its user may become root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuilderSpec {
    /// The disk: made at the first start, used again by the next. One instance at a time has it.
    pub disk: DiskId,
    /// How much it holds, in bytes; looked at when the disk is made only. At least 64 MiB.
    pub disk_bytes: u64,
}

/// What a builder's disk is to become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotSpec {
    /// The catalogue of the new image, in the order in which users see it.
    pub applications: Vec<SnapshotApplication>,
    /// When, as RFC 3339; part of what the image is.
    pub created: String,
    /// What made it, in one line: the last entry of the image's OCI history.
    pub created_by: String,
}

/// An application of an image, in the form of the label `dev.millrace.applications`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotApplication {
    /// Names it in the API: 1 to 100 characters of `A-Z a-z 0-9 _ . -`.
    pub name: String,
    /// What the user sees.
    pub display_name: String,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Where it starts; empty: the user's home.
    #[serde(default)]
    pub working_directory: String,
    /// A picture of it inside the image: the absolute path of a PNG or SVG, or an icon's name in a theme; none: that of the desktop entry for the same
    /// program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// See [`ImageApplication::start_ahead`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub start_ahead: bool,
}

/// A snapshot that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The new image, which is in this host's image store now.
    pub image: ImageDigest,
    /// What the new layer holds, in bytes.
    pub layer_bytes: u64,
    /// What was not taken over, and why.
    pub cleaned: Vec<millrace_model::cleaning::Cleaned>,
    /// The catalogue, as it was asked for, with the icons that were found.
    pub applications: Vec<ImageApplication>,
}
