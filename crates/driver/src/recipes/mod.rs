//! Builds images from recipes: files that say what an image is made of, step by step.
//!
//! ```text
//! Recipe ──steps (pure; each has a key)──> steps/<key>/data, one overlay layer each ──packed──> an OCI archive
//! ```
//!
//! A step runs in a container of its own (a user namespace without any id of the host's, no network unless it is asked for), above the layers
//! before it. What it wrote is kept under a key of the step's content and of all before it, so that a change builds anew only from there. Times of
//! files are cut to [`FILE_TIME`] and the archive's entries are sorted: the same packages give the same digest.
//!
//! ```text
//! <cache>/
//!   lock               one build at a time
//!   images/            base images, as the image store keeps them
//!   steps/<key>/data   what a step wrote; ids on disk start at 0
//!   tmp/               a build under way; what is found here at the start was interrupted and goes
//! ```

mod build;
mod container;
mod debian;
mod file;
mod output;
mod steps;

use std::io;
use std::path::PathBuf;

pub use build::{Build, Built, Progress, end};
pub use file::{Base, Recipe};

use crate::images::ImportError;

/// The time of every file that a build makes, in epoch seconds (SOURCE_DATE_EPOCH).
pub const FILE_TIME: i64 = 1_700_000_000;
/// The same for an image's configuration.
const CREATED: &str = "2023-11-14T22:13:20Z";

/// Why an image was not built.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The recipe is wrong; the message names file and key.
    #[error("{0}")]
    Recipe(String),
    /// A step failed. What it printed says why.
    #[error("step {number} ({step}) failed: {why}")]
    Step {
        /// From 1.
        number: usize,
        /// What it does.
        step: String,
        /// As far as is known here.
        why: String,
    },
    /// The base image cannot be used.
    #[error("the base image cannot be used")]
    Base(#[source] ImportError),
    /// This host cannot build.
    #[error("this host cannot build images: {0}")]
    Host(String),
    /// A file operation failed.
    #[error("{action} failed at {path}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

fn failed<'a>(action: &'static str, path: &'a std::path::Path) -> impl FnOnce(io::Error) -> RecipeError + 'a {
    move |source| RecipeError::Io { action, path: path.to_owned(), source }
}
