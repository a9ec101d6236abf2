//! Fetches published images from registries (OCI distribution specification 1.1, and what of Docker's registries differs), into OCI archives.
//!
//! ```text
//! Reference ──manifest (index → this machine's)──> configuration, layers ──digest and size checked──> archive
//! ```
//!
//! What a registry says is taken from strangers: documents, layers, their number and the whole time have bounds, and nothing is unpacked here.
//! The archive goes the way of every other one that is imported.

mod allowed;
mod challenge;
mod client;
mod credentials;
#[doc(hidden)]
pub mod fuzzing;
mod manifest;
mod pull;
mod reach;
mod reference;

use std::io;

pub use allowed::{Allowed, AllowedError};
pub use credentials::Credentials;
pub use pull::{Options, Progress, pull};
pub use reference::{Reference, ReferenceError, Version};

/// Why an image was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The registry cannot be reached, or breaks off.
    #[error("the registry {registry} cannot be reached: {detail}")]
    Unreachable {
        /// Host, and port if there is one.
        registry: String,
        /// What went wrong, without addresses of the registry's storage.
        detail: String,
    },
    /// It answers, but not with the image.
    #[error("the registry {registry} answers {status} for {what}{detail}")]
    Status {
        /// Host, and port if there is one.
        registry: String,
        /// Of HTTP.
        status: u16,
        /// What was asked for.
        what: String,
        /// What it said, and what can be done.
        detail: String,
    },
    /// It wants credentials, or others.
    #[error("the registry {registry} does not give this image to {whom}")]
    Unauthorized {
        /// Host, and port if there is one.
        registry: String,
        /// `anybody without credentials`, `these credentials`.
        whom: &'static str,
    },
    /// The image, or what the registry says of it, cannot be used.
    #[error("this image cannot be fetched: {0}")]
    Refused(String),
    /// It is over a limit.
    #[error("the image is over a limit: {0}")]
    OverLimit(String),
    /// The credentials cannot be read.
    #[error("{0}")]
    Credentials(String),
    /// The archive cannot be written.
    #[error("the image cannot be kept while it is fetched")]
    Io(#[from] io::Error),
}

/// As OCI names this machine's architecture.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
