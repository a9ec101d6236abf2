//! The server's configuration: loaded once, checked whole, then only typed values.
//!
//! ```text
//! millrace.toml ──parse (file.rs)──> File ──check (here)──> Config
//! ```
//!
//! Every error names the file, the line and the key, and says what would be right.

mod check;
mod file;
mod network;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use millrace_control::{Pool, Quotas, Rates, TrailLimits};
use millrace_driver::sandbox::NetworkConfig;
use millrace_driver::{Limits as InstanceLimits, ScreenSize};
use millrace_registry::Allowed;
use serde::Deserialize;
use serde_path_to_error::Segment;

/// Everything that the server was told, valid as it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// Where the one port listens.
    pub(crate) listen: SocketAddr,
    /// The certificate that the port shows; `None` for plain HTTP, which only a loopback address can have.
    pub(crate) tls: Option<Tls>,
    /// Whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Scheme, host and port under which browsers reach this server, without a slash at its end.
    pub(crate) public_url: String,
    /// Absolute.
    pub(crate) data_dir: PathBuf,
    /// The user as whom a server that was started by root faces the network; `None` for the usual one (see [`crate::identity`]).
    pub(crate) user: Option<String>,
    /// At least one.
    pub(crate) regions: Vec<String>,
    /// At least one, ids unique, access key ids unique over all of them.
    pub(crate) accounts: Vec<Account>,
    /// What is logged, and how.
    pub(crate) log: Log,
    /// How instances are run.
    pub(crate) instances: Instances,
    /// Bounds of the HTTP side.
    pub(crate) limits: Limits,
    /// The size of a home folder.
    pub(crate) home_bytes: u64,
    /// Networks from which /metrics may be read.
    pub(crate) metrics_readers: Vec<IpNet>,
    /// How much an account may have in a region.
    pub(crate) quotas: Quotas,
    /// Bounds of the audit trail.
    pub(crate) audit: TrailLimits,
    /// What CreateImportedImage may fetch.
    pub(crate) registries: Registries,
}

/// `[registries]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Registries {
    /// Registries and parts of them; nothing else is fetched.
    pub(crate) allowed: Vec<Allowed>,
    /// Where names and passwords for them are.
    pub(crate) authfile: Option<PathBuf>,
}

/// `[tls]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// The owner's certificate.
    Files {
        /// The certificate, and those that lead to its issuer: PEM.
        certificate: PathBuf,
        /// Its private key: PEM.
        key: PathBuf,
    },
    /// One that is made (see [`crate::tls`]).
    Generated {
        /// Names and IP addresses of this server, the public one first, no two the same.
        names: Vec<String>,
    },
}

/// An account of this installation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    /// Twelve digits.
    pub(crate) id: String,
    /// At least one.
    pub(crate) access_keys: Vec<AccessKey>,
}

/// What a client signs with.
#[derive(Clone, PartialEq)]
pub(crate) struct AccessKey {
    /// 16 to 128 of `A-Z`, `0-9` and `_`.
    pub(crate) access_key_id: String,
    /// Never logged.
    pub(crate) secret_access_key: String,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AccessKey")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// `[log]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Log {
    /// For people or for programs.
    pub(crate) format: LogFormat,
    /// A filter of tracing-subscriber: `info`, or `info,millrace_gateway=debug`.
    pub(crate) level: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// `[instances]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Instances {
    /// What runs them.
    pub(crate) driver: DriverKind,
    /// Which OCI runtime program the sandbox uses.
    pub(crate) runtime: RuntimeChoice,
    /// The root filesystem of the display container (see `millrace.example.toml`): always there for the sandbox driver.
    pub(crate) runtime_image: Option<PathBuf>,
    /// The agent's program.
    pub(crate) agent: PathBuf,
    /// The launcher's program: static.
    pub(crate) launcher: PathBuf,
    /// First host id of the range from which each instance gets 65,536. The [`OWN_IDS`] below it are the installation's too.
    pub(crate) id_base: u32,
    /// What becomes of instances when the server stops.
    pub(crate) on_shutdown: OnShutdown,
    /// The largest screen.
    pub(crate) screen: ScreenSize,
    /// What an instance of each type may use: every type that AWS has published and that can be had here, and those of the file.
    pub(crate) types: BTreeMap<String, InstanceLimits>,
    /// How many times of what the host has its instances may have together.
    pub(crate) overcommit: Overcommit,
    /// What each instance may write, in bytes; `None` for no bound.
    pub(crate) disk_bytes: Option<u64>,
    /// How instances wait for their users.
    pub(crate) pool: Pool,
    /// How those instances reach the internet that are to.
    pub(crate) network: NetworkConfig,
}

/// How many ids below `id_base` the installation has to itself: one block for the server's user and who
/// fetches images, one for the unpacking of images.
pub(crate) const OWN_IDS: u32 = 2 * 65_536;

impl Instances {
    /// The id of the server's user, where the host has no user for it. Outside of all instances' ids, and of what images are unpacked with.
    pub(crate) fn own_id(&self) -> u32 {
        self.id_base - OWN_IDS
    }

    /// The id of the processes that fetch images.
    pub(crate) fn fetching_id(&self) -> u32 {
        self.own_id() + 1
    }

    /// The first of the 65,536 ids of the processes that unpack images.
    pub(crate) fn unpacking_ids(&self) -> u32 {
        self.id_base - 65_536
    }
}

/// `[instances.overcommit]`: each 0.1 to 1000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Overcommit {
    /// Times the host's processors.
    pub(crate) vcpus: f64,
    /// Times the host's memory.
    pub(crate) memory: f64,
    /// Times the room that the host's disk has for instances.
    pub(crate) disk: f64,
}

/// What runs instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DriverKind {
    /// Containers on this host.
    Sandbox,
    /// Nothing real: small processes in the place of instances, for trying the API and for tests of it.
    Simulated,
}

/// Which OCI runtime program the sandbox uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RuntimeChoice {
    /// crun where it accepts the host's cgroups, else runc.
    Auto,
    /// crun.
    Crun,
    /// runc.
    Runc,
}

/// What becomes of instances when the server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnShutdown {
    /// They run on, and the next server adopts them.
    Keep,
    /// They are ended, with all sessions.
    End,
}

/// `[limits]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Connections at once; further ones wait in the kernel's queue.
    pub(crate) connections: usize,
    /// A request's head must be there within this time.
    pub(crate) header_timeout: Duration,
    /// Who takes nothing of an answer for this long is given up.
    pub(crate) stall_timeout: Duration,
    /// An API request's body must be there within this time.
    pub(crate) body_timeout: Duration,
    /// After SIGTERM: how long requests, streams and instances get to end.
    pub(crate) shutdown_timeout: Duration,
    /// How fast an account may ask.
    pub(crate) rates: Rates,
}

/// Why a configuration cannot be used. `Display` is one line: `file:line: key: what`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot be read", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A key has a value that cannot be used, or the file is not TOML.
    #[error("{}:{line}: {key}{}{message}", file.display(), if key.is_empty() { "" } else { ": " })]
    Key {
        /// The file.
        file: PathBuf,
        /// From 1; 1 where the key is missing altogether.
        line: usize,
        /// The path of the key, such as `account[0].id`; empty where the file as a whole is meant.
        key: String,
        /// What is wrong and what would be right. Never quotes a secret.
        message: String,
    },
}

impl Config {
    /// Reads and checks the file. Relative paths in it are relative to the file's directory.
    ///
    /// # Errors
    /// [`ConfigError`], which names file, line and key.
    pub(crate) fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { file: path.to_owned(), source })?;
        Self::parse(path, &text)
    }

    /// As [`Config::load`] for a text that was read from `path`.
    ///
    /// # Errors
    /// [`ConfigError`], which names file, line and key.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let source = Source { path, text };
        let deserializer =
            toml::Deserializer::parse(text).map_err(|error| source.error_of_toml(String::new(), &error))?;
        let file: file::File = serde_path_to_error::deserialize(deserializer)
            .map_err(|error| source.error_of_toml(key_path(error.path()), error.inner()))?;
        check::check(&source, file)
    }
}

/// `account[0].id`, without the wrapper by which the parser hands out positions.
fn key_path(path: &serde_path_to_error::Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key } if !key.starts_with("$__serde_spanned") => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
            Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    text
}

/// The file that errors point into.
struct Source<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    fn error(&self, key: impl Into<String>, span: Range<usize>, message: impl Into<String>) -> ConfigError {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        ConfigError::Key {
            file: self.path.to_owned(),
            line,
            key: on_a_line(&key.into(), LONGEST_KEY),
            message: on_a_line(&message.into(), LONGEST_MESSAGE),
        }
    }

    fn error_of_toml(&self, key: String, error: &toml::de::Error) -> ConfigError {
        self.error(key, error.span().unwrap_or(0..0), without_text(error.message().trim()))
    }
}

/// In characters: longer than any key there is.
const LONGEST_KEY: usize = 160;

/// In characters: longer than any message that quotes nothing of the file's.
const LONGEST_MESSAGE: usize = 1024;

/// What serde says of a value of the wrong type, without the value where it is text: a secret that was written in the wrong place is one.
/// The operator has the line.
fn without_text(message: &str) -> Cow<'_, str> {
    for start in ["invalid type: string", "invalid value: string"] {
        let quoted = message.strip_prefix(start).and_then(|rest| rest.rsplit_once(", expected "));
        if let Some((_, expected)) = quoted {
            return format!("{start}, expected {expected}").into();
        }
    }
    message.into()
}

/// What a terminal and a log show as one line: keys of the file are quoted in messages, and may hold anything, at any length.
fn on_a_line(text: &str, longest: usize) -> String {
    let mut line = String::with_capacity(text.len().min(4 * longest));
    for (count, character) in text.chars().enumerate() {
        if count == longest {
            line.push('…');
            break;
        }
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests;
