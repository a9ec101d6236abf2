//! What can go wrong with images.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::ImageDigest;
use crate::objects::ObjectName;

/// Why an image was not imported, exported, read or removed. It can be told to another process, as [`crate::DriverError`] can.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub enum ImportError {
    /// The source is nothing that can be imported, or not what it says it is.
    #[error("this image cannot be imported: {0}")]
    Refused(String),
    /// It is over one of the limits.
    #[error("the image is over a limit: {0}")]
    OverLimit(String),
    /// It took longer than it may.
    #[error("it took too long")]
    TimedOut,
    /// There is no such object in the installation's storage.
    #[error("there is no object {0}")]
    NoSuchObject(ObjectName),
    /// No image of that digest is here.
    #[error("there is no image {}", .0.0)]
    NoSuchImage(ImageDigest),
    /// Instances use the image now, or it is being exported.
    #[error("the image {} is in use", .0.0)]
    InUse(ImageDigest),
    /// All instances need the image.
    #[error("the image {} is part of every instance", .0.0)]
    Pinned(ImageDigest),
    /// Another process has the store open.
    #[error("the image store {0} is in use by another process")]
    Locked(PathBuf),
    /// A file operation failed.
    #[error("{action} failed at {path}")]
    Io {
        /// What was tried.
        action: Cow<'static, str>,
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        #[serde(with = "crate::io_error")]
        source: io::Error,
    },
}
