//! `internal fetch-image`: fetches one image, as its order on standard input says, into the file that is its standard output.
//!
//! It talks to strangers, so it is nobody before it says the first word, with the system calls of the part of the server that faces the network.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use millrace_driver::confine;
use millrace_registry::{Credentials, Options, Reference, RegistryError};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// The exit status with which the message is for whoever wanted the image.
pub(super) const FOR_THE_OWNER: u8 = 3;
/// Of an order, in bytes.
const LONGEST_ORDER: u64 = 64 << 10;
/// Of this process: documents of some MiB, and buffers.
const MOST_MEMORY: u64 = 1 << 30;
/// What an archive has beside the image's own bytes: headers and documents.
const ARCHIVE_BYTES: u64 = 64 << 20;

/// What to fetch, and as whom.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) reference: Reference,
    /// Without TLS.
    pub(super) plain: bool,
    pub(super) credentials: Option<Credentials>,
    /// All blobs together.
    pub(super) most_bytes: u64,
    /// The whole fetch.
    pub(super) seconds: u64,
    /// The user to become, if this process is root.
    pub(super) identity: Option<u32>,
}

/// The whole life of the process.
pub(crate) fn run() -> ExitCode {
    let fetched = prepare().and_then(|order| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let fetched = runtime.block_on(fetch(&order));
        // A look-up of a name may still wait for its answer.
        runtime.shutdown_background();
        fetched
    });
    match fetched {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (message, code) = match error.downcast_ref().and_then(for_the_owner) {
                Some(message) => (message, ExitCode::from(FOR_THE_OWNER)),
                None => (format!("{error:#}"), ExitCode::FAILURE),
            };
            // If nobody reads it, nobody waits for it.
            let _ = writeln!(io::stderr(), "{message}");
            code
        }
    }
}

/// Reads the order, and gives up what is not needed for it.
fn prepare() -> anyhow::Result<Order> {
    let mut text = Vec::new();
    io::stdin().lock().take(LONGEST_ORDER).read_to_end(&mut text).context("the order cannot be read")?;
    let order: Order = serde_json::from_slice(&text).map_err(|_| anyhow::anyhow!("it is no order"))?;
    let bound = |bytes| Rlimit { current: Some(bytes), maximum: Some(bytes) };
    setrlimit(Resource::As, bound(MOST_MEMORY))?;
    setrlimit(Resource::Fsize, bound(order.most_bytes.saturating_add(ARCHIVE_BYTES)))?;
    confine::step_down(order.identity)?;
    Ok(order)
}

async fn fetch(order: &Order) -> anyhow::Result<()> {
    let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let options = Options {
        insecure: order.plain,
        credentials: order.credentials.clone(),
        for_others: true,
        most_bytes: order.most_bytes,
        within: Duration::from_secs(order.seconds),
    };
    millrace_registry::pull(&order.reference, &options, file, &mut |_| {}).await?;
    Ok(())
}

/// What whoever wanted the image may know.
fn for_the_owner(error: &RegistryError) -> Option<String> {
    match error {
        RegistryError::Credentials(_) | RegistryError::Io(_) => None,
        RegistryError::Unauthorized { .. } => {
            Some(format!("{error} (the installation's owner may name others: registries.authfile)"))
        }
        error => Some(error.to_string()),
    }
}
