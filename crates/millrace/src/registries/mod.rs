//! Images of registries, for those who may call CreateImportedImage.
//!
//! ```text
//! host: is it allowed? ── order on standard input ──> internal fetch-image: a user of its own, TLS, bounds
//!   └── reads an open file without a name <── archive on standard output ──┘  └─> the registry
//! ```
//!
//! Neither process of the server talks to a registry: one holds keys, and the other one is root. A third does, which lives as long as one fetch, has no
//! privileges and no secret but the registry's password, and is killed with whoever started it.

mod child;

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use millrace_control::{FetchError, Registries};
use millrace_registry::{Credentials, Reference};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::config;
pub(crate) use child::run;
use child::{FOR_THE_OWNER, Order};

/// The whole image, compressed, in bytes.
const MOST_BYTES: u64 = 32 << 30;
/// What a fetch leaves free of the disk, in bytes.
const LEAST_FREE: u64 = 1 << 30;
/// From the first request to the last byte.
const WITHIN: Duration = Duration::from_secs(3600);
/// How much longer the child may take to say that it took too long.
const GRACE: Duration = Duration::from_secs(30);
/// What the child may say, in bytes.
const LONGEST_MESSAGE: u64 = 4096;
/// Where it finds the certificates that it trusts, if not where the machine has them.
const PASSED_ON: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Fetches by child processes of this one.
pub(crate) struct OwnRegistries {
    pub(crate) settings: config::Registries,
    /// Where an image is kept while it is fetched.
    pub(crate) directory: PathBuf,
    /// Whom the child becomes, if this process is root.
    pub(crate) child_id: u32,
}

#[async_trait]
impl Registries for OwnRegistries {
    async fn check(&self, reference: &str) -> Result<(), FetchError> {
        self.allowed(&parse(reference)?).map(drop)
    }

    async fn fetch(&self, reference: &str) -> Result<OwnedFd, FetchError> {
        let reference = parse(reference)?;
        let plain = self.allowed(&reference)?;
        let order = self.order(reference, plain)?;
        let file = tempfile::tempfile_in(&self.directory).map_err(|error| internal("keeping it", &error))?;
        let mut child = self.start(&file).map_err(|error| internal("starting the fetch", &error))?;
        let ended = tokio::time::timeout(WITHIN + GRACE, told(&mut child, &order)).await;
        // Dropped, and so killed, if that took too long.
        let ended = ended.map_err(|_| FetchError::Failed("it took too long".to_owned()))?;
        let (status, message) = ended.map_err(|error| internal("watching the fetch", &error))?;
        judge(status, message)?;
        readable(file).map_err(|error| internal("reading what was fetched", &error))
    }
}

impl OwnRegistries {
    /// Whether it is reached without TLS, if it is allowed.
    fn allowed(&self, reference: &Reference) -> Result<bool, FetchError> {
        let mut rules = self.settings.allowed.iter().filter(|rule| rule.allows(reference)).peekable();
        if rules.peek().is_none() {
            return Err(FetchError::Refused(format!(
                "This installation fetches no images {}/{} (its configuration names the registries that it does: registries.allow).",
                reference.registry(),
                reference.repository()
            )));
        }
        Ok(rules.any(millrace_registry::Allowed::is_plain))
    }

    fn order(&self, reference: Reference, plain: bool) -> Result<Order, FetchError> {
        let read = |path: &PathBuf| Credentials::from_file(path, &reference);
        let credentials = self.settings.authfile.as_ref().map(read).transpose();
        let credentials = credentials.map_err(|error| FetchError::Internal(error.to_string()))?.flatten();
        let stat = rustix::fs::statvfs(&self.directory)
            .map_err(|error| internal("looking at the room", &error.into()))?;
        let room = stat.f_bavail.saturating_mul(stat.f_frsize).saturating_sub(LEAST_FREE);
        let identity = rustix::process::geteuid().is_root().then_some(self.child_id);
        let most_bytes = MOST_BYTES.min(room);
        Ok(Order { reference, plain, credentials, most_bytes, seconds: WITHIN.as_secs(), identity })
    }

    fn start(&self, file: &File) -> io::Result<Child> {
        let passed_on = PASSED_ON.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        Command::new("/proc/self/exe")
            .args(["internal", "fetch-image"])
            .env_clear()
            .envs(passed_on)
            .stdin(Stdio::piped())
            .stdout(file.try_clone()?)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

fn parse(reference: &str) -> Result<Reference, FetchError> {
    reference
        .parse()
        .map_err(|error: millrace_registry::ReferenceError| FetchError::Refused(error.to_string()))
}

/// Gives the order, and waits for the end and for what the child says of it.
async fn told(child: &mut Child, order: &Order) -> io::Result<(ExitStatus, String)> {
    let text = serde_json::to_vec(order)?;
    let mut message = Vec::new();
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(&text).await {
            // It has ended, and says why.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    if let Some(stderr) = child.stderr.take() {
        stderr.take(LONGEST_MESSAGE).read_to_end(&mut message).await?;
    }
    let status = child.wait().await?;
    Ok((status, String::from_utf8_lossy(&message).trim().to_owned()))
}

fn judge(status: ExitStatus, message: String) -> Result<(), FetchError> {
    match status.code() {
        Some(0) => Ok(()),
        Some(code) if code == i32::from(FOR_THE_OWNER) => Err(FetchError::Failed(message)),
        _ => Err(FetchError::Internal(format!("the fetch ended with {status}: {message}"))),
    }
}

/// The same file, that nobody writes to who has it from here.
fn readable(mut file: File) -> io::Result<OwnedFd> {
    file.seek(SeekFrom::Start(0))?;
    Ok(File::open(format!("/proc/self/fd/{}", file.as_raw_fd()))?.into())
}

fn internal(action: &str, error: &io::Error) -> FetchError {
    FetchError::Internal(format!("{action}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registries(allow: &[&str]) -> OwnRegistries {
        let allowed = allow.iter().map(|rule| rule.parse().unwrap()).collect();
        let settings = config::Registries { allowed, authfile: None };
        OwnRegistries { settings, directory: "/nonexistent".into(), child_id: 1 }
    }

    #[test]
    fn nothing_is_allowed_that_is_not_named() {
        let allowed = |rules: &[&str], image: &str| registries(rules).allowed(&parse(image).unwrap());
        let refused = allowed(&[], "r.example/a:1").unwrap_err().to_string();
        assert!(refused.contains("r.example/a") && refused.contains("registries.allow"), "{refused}");
        assert!(allowed(&["r.example/b"], "r.example/a:1").is_err());
        assert_eq!(allowed(&["r.example/b", "r.example/a"], "r.example/a:1"), Ok(false));
        assert_eq!(allowed(&["http://r.example/a"], "r.example/a:1"), Ok(true));
        assert!(matches!(parse("no-image"), Err(FetchError::Refused(_))));
    }

    #[test]
    fn what_was_fetched_can_be_read_and_not_written() {
        use std::io::{Read, Write};
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"content").unwrap();
        let mut read = File::from(readable(file).unwrap());
        let mut text = String::new();
        read.read_to_string(&mut text).unwrap();
        assert_eq!(text, "content");
        assert!(read.write_all(b"x").is_err());
    }
}
