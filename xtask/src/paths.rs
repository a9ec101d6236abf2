//! Where things are.

use std::path::{Path, PathBuf};

/// The checkout.
pub(crate) fn root() -> &'static Path {
    // xtask/.. : cargo gives an absolute path.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("/"))
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(path) => root().join(path),
        None => root().join("target"),
    }
}

/// What may be thrown away but costs minutes to make again (images, Python environment), shared by all checkouts of this user:
/// `$XDG_CACHE_HOME/millrace`, or `~/.cache/millrace`.
pub(crate) fn cache() -> PathBuf {
    let home = |variable| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    home("XDG_CACHE_HOME")
        .or_else(|| home("HOME").map(|home| home.join(".cache")))
        .map_or_else(|| target().join("xtask"), |cache| cache.join("millrace"))
}
