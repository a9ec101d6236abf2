//! What the server does with files that are not its own user's.

use std::path::PathBuf;

use async_trait::async_trait;

use crate::tls::{self, Pem};
use crate::{admin, config};

/// Each error is for the log.
#[async_trait]
pub(crate) trait Files: Send + Sync + 'static {
    /// The certificate and its key, as they are in the files now.
    async fn tls(&self) -> Result<Pem, String>;

    /// Removes `admin.sock`: the last deed of a server that ends in order, while the data directory is still its own.
    async fn remove_admin_socket(&self) -> Result<(), String>;
}

/// For the process that may do so itself.
pub(super) struct OwnFiles {
    pub(super) data_dir: PathBuf,
    pub(super) tls: Option<config::Tls>,
}

#[async_trait]
impl Files for OwnFiles {
    async fn tls(&self) -> Result<Pem, String> {
        let tls = self.tls.clone().ok_or("no certificate is configured")?;
        let data_dir = self.data_dir.clone();
        tokio::task::spawn_blocking(move || tls::read(&tls, &data_dir))
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| format!("{error:#}"))
    }

    async fn remove_admin_socket(&self) -> Result<(), String> {
        admin::remove_socket(&self.data_dir).map_err(|error| error.to_string())
    }
}
