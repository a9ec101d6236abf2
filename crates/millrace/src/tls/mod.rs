//! The certificate that the port shows: read again when it changes, and made where the owner has none.
//!
//! ```text
//! files (root's) ── Files::tls: PEM ──> Certificates ── current() for each connection ──> http
//!                        └── asked again on SIGHUP, and every half minute
//! ```

pub(crate) mod expiry;
mod generate;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config;
use crate::host::Files;
pub(crate) use generate::ca_path;

/// Longest file with a certificate or a key, in bytes.
const LONGEST_FILE: u64 = 1 << 20;
/// Between two looks at the files.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// A certificate with those that lead to its issuer, and its key: PEM. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pem {
    certificates: String,
    key: String,
}

impl std::fmt::Debug for Pem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pem(…)")
    }
}

/// Makes the one provider of cryptography known. First thing in `main`: what asks before gets none.
pub(crate) fn install_provider() {
    // An error means that it is known already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// Reads the certificate that is configured, or makes one. Blocks; for the process that may read the files.
///
/// # Errors
/// The files cannot be read or written.
pub(crate) fn read(tls: &config::Tls, data_dir: &Path) -> anyhow::Result<Pem> {
    match tls {
        config::Tls::Files { certificate, key } => {
            Ok(Pem { certificates: read_file(certificate)?, key: read_file(key)? })
        }
        config::Tls::Generated { names } => generate::certificate(data_dir, names),
    }
}

fn read_file(path: &Path) -> anyhow::Result<String> {
    let read = || {
        let mut text = String::new();
        io::Read::read_to_string(&mut io::Read::take(std::fs::File::open(path)?, LONGEST_FILE), &mut text)?;
        io::Result::Ok(text)
    };
    read().with_context(|| format!("{} cannot be read", path.display()))
}

/// What rustls needs of it.
///
/// # Errors
/// It is no PEM, or key and certificate do not belong together.
pub(crate) fn server_config(pem: &Pem) -> anyhow::Result<Arc<ServerConfig>> {
    let certificates = CertificateDer::pem_slice_iter(pem.certificates.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .context("the certificate is not PEM")?;
    if certificates.is_empty() {
        bail!("there is no certificate in the file (it must be PEM: -----BEGIN CERTIFICATE-----)");
    }
    // What the parser says may quote the file.
    let Ok(key) = PrivateKeyDer::from_pem_slice(pem.key.as_bytes()) else {
        bail!("there is no private key in the file (it must be PEM: -----BEGIN PRIVATE KEY-----)");
    };
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .context("certificate and key cannot be used together")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The certificate of the moment. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Certificates {
    current: Arc<Mutex<(Pem, Arc<ServerConfig>)>>,
}

impl Certificates {
    /// Reads them for the first time.
    ///
    /// # Errors
    /// They cannot be read or used.
    pub(crate) async fn load(files: &dyn Files) -> anyhow::Result<Self> {
        let pem = files.tls().await.map_err(|error| anyhow::anyhow!("tls: {error}"))?;
        let config = server_config(&pem).context("tls")?;
        Ok(Self { current: Arc::new(Mutex::new((pem, config))) })
    }

    #[cfg(test)]
    pub(crate) fn fixed(pem: Pem, config: Arc<ServerConfig>) -> Self {
        Self { current: Arc::new(Mutex::new((pem, config))) }
    }

    fn lock(&self) -> MutexGuard<'_, (Pem, Arc<ServerConfig>)> {
        // Each change is one assignment: the value is whole after a panic too.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For a new connection.
    pub(crate) fn current(&self) -> Arc<ServerConfig> {
        self.lock().1.clone()
    }

    /// Looks whether the files have changed. What cannot be used changes nothing.
    async fn look_again(&self, files: &dyn Files) {
        let pem = match files.tls().await {
            Ok(pem) => pem,
            Err(error) => {
                tracing::error!(error, "the certificate cannot be read again: the old one stays");
                return;
            }
        };
        if pem == self.lock().0 {
            return;
        }
        match server_config(&pem) {
            Ok(config) => {
                *self.lock() = (pem, config);
                tracing::info!("a new certificate is used");
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the new certificate cannot be used: the old one stays"
                );
            }
        }
    }
}

/// Looks at the files again on SIGHUP and from time to time, until `stop`. Without certificates, SIGHUP does nothing.
///
/// # Errors
/// The system refuses the signal.
pub(crate) async fn keep_fresh(
    certificates: Option<&Certificates>,
    files: &dyn Files,
    stop: &CancellationToken,
) -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut clock = tokio::time::interval(LOOK_EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told = expiry::Told::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = hangup.recv() => tracing::info!("SIGHUP: looking at the certificate again"),
            _ = clock.tick() => {}
        }
        if let Some(certificates) = certificates {
            certificates.look_again(files).await;
            told.look(&certificates.lock().0, SystemTime::now());
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
