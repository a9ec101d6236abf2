//! The lines on `admin.sock`.

use std::path::PathBuf;

use millrace_stream::assistant::CatalogueEntry;
use serde::{Deserialize, Serialize};

/// Version of this protocol. Client and server are the same program, but perhaps not of the same day.
pub(crate) const VERSION: u32 = 4;
/// Longest request, in bytes with its newline.
pub(crate) const LONGEST_REQUEST: usize = 64 * 1024;
/// Longest answer, in bytes with its newline.
pub(crate) const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// What a client says, once.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// [`VERSION`].
    pub(crate) version: u32,
    /// What it wants.
    pub(crate) command: Command,
}

/// What can be asked for.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Command {
    /// Is the server there, and how is it?
    Status,
    /// All images of the installation.
    ImageList,
    /// Make an image of the open file or directory that comes with the request.
    ImageImport(ImageImport),
    /// Write an image, as an OCI archive, to the empty file that comes with the request.
    ImageExport(ImageExport),
    /// Add an application to an image that nothing uses.
    ImageAddApplication(ImageAddApplication),
}

/// What to import (an OCI archive, an OCI layout or a root filesystem tarball), and as what.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImageImport {
    /// Where it is, for the log and for errors; it is not opened.
    pub(crate) path: PathBuf,
    /// Name of the image in the API.
    pub(crate) name: String,
    /// Absent: the only account of the configuration.
    pub(crate) account: Option<String>,
    /// Absent: each region of the configuration.
    pub(crate) region: Option<String>,
}

/// Which image is wanted.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImageExport {
    /// Name of the image in the API.
    pub(crate) name: String,
    /// Absent: of any account of the configuration.
    pub(crate) account: Option<String>,
    /// Absent: of any region of the configuration.
    pub(crate) region: Option<String>,
}

/// Which image gets which application.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImageAddApplication {
    /// Name of the image in the API.
    pub(crate) image: String,
    /// Absent: the only account of the configuration.
    pub(crate) account: Option<String>,
    /// Absent: each region of the configuration.
    pub(crate) region: Option<String>,
    /// The application.
    pub(crate) application: CatalogueEntry,
    /// It may be started before its user comes.
    pub(crate) start_ahead: bool,
}

/// What the server says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// What is being done now, for a person to read.
    Progress(String),
    /// It is done.
    Done(Outcome),
    /// It was not done, and nothing of it is left. For a person to read.
    Failed(String),
}

/// What came of a command.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Of [`Command::Status`].
    Status(Status),
    /// Of [`Command::ImageList`].
    Images(Vec<Image>),
    /// Of [`Command::ImageImport`]: one for each region.
    Imported(Vec<Image>),
    /// Of [`Command::ImageExport`]: it is in the file.
    Exported,
    /// Of [`Command::ImageAddApplication`]: one for each region.
    Changed(Vec<Image>),
}

/// How the server is.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    /// Its version.
    pub(crate) version: String,
    /// Where it listens.
    pub(crate) listen: String,
    /// Its process.
    pub(crate) pid: u32,
}

/// An image, as the API shows it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Image {
    /// Its name.
    pub(crate) name: String,
    /// Its ARN.
    pub(crate) arn: String,
    /// Account that owns it.
    pub(crate) account: String,
    /// Region in which it is.
    pub(crate) region: String,
    /// `AVAILABLE`, …
    pub(crate) state: String,
    /// `sha256:…` of its manifest.
    pub(crate) digest: String,
    /// Milliseconds since 1970.
    pub(crate) created_at_milliseconds: i64,
}
