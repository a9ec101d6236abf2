//! Writes images in OCI's form, over outputs that are passed in: for whoever fetches one and for whoever builds one.

mod archive;

pub use archive::{ArchiveWriter, Blob};
