//! What the server does with files that are not its own user's.

use std::path::PathBuf;

use async_trait::async_trait;

use crate::admin;

/// Each error is for the log.
#[async_trait]
pub(crate) trait Files: Send + Sync + 'static {
    /// Removes `admin.sock`: the last deed of a server that ends in order, while the data directory is still its own.
    async fn remove_admin_socket(&self) -> Result<(), String>;
}

/// For the process that may do so itself.
pub(super) struct OwnFiles {
    pub(super) data_dir: PathBuf,
}

#[async_trait]
impl Files for OwnFiles {
    async fn remove_admin_socket(&self) -> Result<(), String> {
        admin::remove_socket(&self.data_dir).map_err(|error| error.to_string())
    }
}
