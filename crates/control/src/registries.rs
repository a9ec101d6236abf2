//! Registries, from which images are fetched for whoever may ask for an import: as far as the services need to know of them.

use std::os::fd::OwnedFd;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Fetches published images, where the installation's owner allows it.
#[async_trait]
pub trait Registries: Send + Sync + 'static {
    /// Whether `reference` (`REGISTRY/NAME:TAG`, `REGISTRY/NAME@sha256:…`) names an image that may be fetched. Asks no registry.
    ///
    /// # Errors
    /// [`FetchError::Refused`].
    async fn check(&self, reference: &str) -> Result<(), FetchError>;

    /// The image, as an OCI archive in a file that is open for reading and has no name: it goes with the last who has it open. Ended when this is
    /// dropped.
    ///
    /// # Errors
    /// [`FetchError`].
    async fn fetch(&self, reference: &str) -> Result<OwnedFd, FetchError>;
}

/// Why an image was not fetched. The texts are for whoever asked, except for the last one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum FetchError {
    /// It is no reference, or of a registry that is not allowed.
    #[error("{0}")]
    Refused(String),
    /// The registry does not give it, or it is over a limit.
    #[error("{0}")]
    Failed(String),
    /// Something is wrong with this host: for the log.
    #[error("an image cannot be fetched: {0}")]
    Internal(String),
}
