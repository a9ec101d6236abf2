//! The configuration file as it is written: shapes and defaults only. What the values mean is checked in the parent module, which turns
//! them into a [`Config`](super::Config).

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default = "default_listen")]
    pub(super) listen: Spanned<String>,
    pub(super) public_url: Option<Spanned<String>>,
    #[serde(default = "default_data_dir")]
    pub(super) data_dir: Spanned<PathBuf>,
    pub(super) user: Option<String>,
    pub(super) tls: Option<Tls>,
    #[serde(default)]
    pub(super) trusted_proxies: Vec<Spanned<String>>,
    #[serde(default = "default_regions")]
    pub(super) regions: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) account: Vec<Account>,
    #[serde(default)]
    pub(super) log: Log,
    #[serde(default)]
    pub(super) instances: Instances,
    #[serde(default)]
    pub(super) limits: Limits,
    #[serde(default)]
    pub(super) storage: Storage,
    #[serde(default)]
    pub(super) metrics: Metrics,
    #[serde(default)]
    pub(super) quotas: Quotas,
    #[serde(default)]
    pub(super) audit: Audit,
    #[serde(default)]
    pub(super) registries: Registries,
}

/// `[registries]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Registries {
    pub(super) allow: Vec<Spanned<String>>,
    pub(super) authfile: Option<PathBuf>,
}

/// `[quotas]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Quotas {
    pub(super) stacks: Spanned<u32>,
    pub(super) fleets: Spanned<u32>,
    pub(super) instances_of_fleet: Spanned<u32>,
    pub(super) image_builders: Spanned<u32>,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            stacks: spanless(100_000),
            fleets: spanless(10_000),
            instances_of_fleet: spanless(1_000),
            image_builders: spanless(1_000),
        }
    }
}

/// `[audit]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Audit {
    pub(super) file_mib: Spanned<u32>,
    pub(super) files: Spanned<u32>,
}

impl Default for Audit {
    fn default() -> Self {
        Self { file_mib: spanless(256), files: spanless(400) }
    }
}

fn spanless<T>(value: T) -> Spanned<T> {
    Spanned::new(0..0, value)
}

fn default_listen() -> Spanned<String> {
    spanless("127.0.0.1:7070".into())
}

fn default_data_dir() -> Spanned<PathBuf> {
    spanless("/var/lib/millrace".into())
}

fn default_regions() -> Spanned<Vec<Spanned<String>>> {
    spanless(vec![spanless("us-east-1".into())])
}

/// `[tls]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Tls {
    pub(super) certificate: Option<Spanned<PathBuf>>,
    pub(super) key: Option<Spanned<PathBuf>>,
    pub(super) names: Vec<Spanned<String>>,
}

/// One `[[account]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    pub(super) id: Spanned<String>,
    pub(super) access_key: Spanned<Vec<AccessKey>>,
}

/// One `[[account.access_key]]`. `Debug` is not derived: the secret must not get into a log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessKey {
    pub(super) access_key_id: Spanned<String>,
    pub(super) secret_access_key: Option<Spanned<String>>,
    pub(super) secret_access_key_file: Option<Spanned<PathBuf>>,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AccessKey")
            .field("access_key_id", self.access_key_id.get_ref())
            .finish_non_exhaustive()
    }
}

/// `[log]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Log {
    pub(super) format: super::LogFormat,
    pub(super) level: Option<Spanned<String>>,
}

/// `[instances]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Instances {
    pub(super) driver: super::DriverKind,
    pub(super) runtime: super::RuntimeChoice,
    pub(super) runtime_image: Option<Spanned<PathBuf>>,
    pub(super) agent: Option<PathBuf>,
    pub(super) launcher: Option<PathBuf>,
    pub(super) id_base: Spanned<u32>,
    pub(super) on_shutdown: super::OnShutdown,
    pub(super) screen: Screen,
    pub(super) limits: InstanceLimits,
    pub(super) pool: Pool,
    pub(super) types: BTreeMap<String, Spanned<InstanceType>>,
    pub(super) overcommit: Overcommit,
    pub(super) network: Network,
}

impl Default for Instances {
    fn default() -> Self {
        Self {
            driver: super::DriverKind::Sandbox,
            runtime: super::RuntimeChoice::Auto,
            runtime_image: None,
            agent: None,
            launcher: None,
            id_base: spanless(DEFAULT_ID_BASE),
            on_shutdown: super::OnShutdown::Keep,
            screen: Screen::default(),
            limits: InstanceLimits::default(),
            pool: Pool::default(),
            types: BTreeMap::new(),
            overcommit: Overcommit::default(),
            network: Network::default(),
        }
    }
}

/// Far above the ids that Debian gives to users (up to 60,000) and to sub-ids (from 100,000, 65,536 for each user: this leaves room for
/// 15,998 users), and a multiple of 65,536, so that an instance's ids are easy to read.
pub(super) const DEFAULT_ID_BASE: u32 = 16_000 * 65_536;

/// `[instances.screen]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Screen {
    pub(super) width: Spanned<u16>,
    pub(super) height: Spanned<u16>,
}

impl Default for Screen {
    fn default() -> Self {
        Self { width: spanless(2560), height: spanless(1440) }
    }
}

/// `[instances.limits]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct InstanceLimits {
    pub(super) processes: Spanned<u32>,
    pub(super) disk_mib: Spanned<u64>,
}

impl Default for InstanceLimits {
    fn default() -> Self {
        Self { processes: spanless(512), disk_mib: spanless(8192) }
    }
}

/// One of `[instances.types]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InstanceType {
    pub(super) vcpus: f64,
    pub(super) memory_mib: u64,
}

/// `[instances.overcommit]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Overcommit {
    pub(super) vcpus: Spanned<f64>,
    pub(super) memory: Spanned<f64>,
    pub(super) disk: Spanned<f64>,
}

impl Default for Overcommit {
    fn default() -> Self {
        Self { vcpus: spanless(4.0), memory: spanless(1.0), disk: spanless(4.0) }
    }
}

/// `[instances.network]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Network {
    pub(super) subnet: Option<Spanned<String>>,
    pub(super) resolvers: Vec<Spanned<String>>,
}

/// `[instances.pool]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Pool {
    pub(super) freeze: bool,
    pub(super) start_ahead: bool,
    pub(super) spare_instances: Spanned<u32>,
    pub(super) most_spare_instances: Spanned<u32>,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            freeze: true,
            start_ahead: true,
            spare_instances: spanless(1),
            most_spare_instances: spanless(8),
        }
    }
}

/// `[metrics]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Metrics {
    pub(super) readers: Vec<Spanned<String>>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { readers: vec![spanless("127.0.0.0/8".into()), spanless("::1/128".into())] }
    }
}

/// `[storage]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Storage {
    pub(super) home_mib: Spanned<u64>,
}

impl Default for Storage {
    fn default() -> Self {
        Self { home_mib: spanless(10_240) }
    }
}

/// `[limits]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) connections: Spanned<u32>,
    pub(super) header_timeout_seconds: Spanned<u32>,
    pub(super) body_timeout_seconds: Spanned<u32>,
    pub(super) shutdown_timeout_seconds: Spanned<u32>,
    pub(super) reads_per_second: Spanned<u32>,
    pub(super) writes_per_second: Spanned<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: spanless(1024),
            header_timeout_seconds: spanless(10),
            body_timeout_seconds: spanless(20),
            shutdown_timeout_seconds: spanless(20),
            reads_per_second: spanless(20_000),
            writes_per_second: spanless(10_000),
        }
    }
}
