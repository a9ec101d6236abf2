//! What the values of the configuration file must mean.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use millrace_control::{Pool, Quotas, Rates, TrailLimits};
use millrace_driver::sandbox::{InvalidSubnet, NetworkConfig, Subnet};
use millrace_driver::{Limits as InstanceLimits, ScreenSize};
use millrace_registry::AllowedError;
use toml::Spanned;

use super::file::{self, File};
use super::network;
use super::{
    AccessKey, Account, Config, ConfigError, DriverKind, Instances, Limits, Log, OWN_IDS, Overcommit,
    Registries, Source,
};

/// Longer than what the gateway allows on its streams, and than a network's short failures.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Turns what was written into what it means.
pub(super) fn check(source: &Source<'_>, file: File) -> Result<Config, ConfigError> {
    let network = network::check(source, &file.listen, file.public_url, file.tls, &file.trusted_proxies)?;
    Ok(Config {
        listen: network.listen,
        tls: network.tls,
        trusted_proxies: network.trusted_proxies,
        public_url: network.public_url,
        data_dir: resolve(source, file.data_dir.into_inner()),
        user: file.user,
        regions: regions(source, &file.regions)?,
        accounts: accounts(source, file.account)?,
        log: log(source, file.log)?,
        instances: instances(source, file.instances)?,
        limits: limits(source, &file.limits)?,
        home_bytes: home_bytes(source, &file.storage)?,
        metrics_readers: network::networks(source, "metrics.readers", &file.metrics.readers)?,
        quotas: quotas(source, &file.quotas)?,
        audit: audit(source, &file.audit)?,
        registries: registries(source, file.registries)?,
    })
}

/// A path in the file is relative to the file: the server's working directory is nobody's business.
pub(super) fn resolve(source: &Source<'_>, path: PathBuf) -> PathBuf {
    let parent = source.path.parent().unwrap_or_else(|| Path::new(""));
    let joined = parent.join(path);
    std::path::absolute(&joined).unwrap_or(joined)
}

fn regions(source: &Source<'_>, regions: &Spanned<Vec<Spanned<String>>>) -> Result<Vec<String>, ConfigError> {
    let mut known = HashSet::new();
    for (index, region) in regions.get_ref().iter().enumerate() {
        let key = format!("regions[{index}]");
        let name = region.get_ref();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 32 || !name.bytes().all(plain) || name.starts_with('-') {
            let message = "must be 1 to 32 of a-z, 0-9 and '-', such as \"us-east-1\"";
            return Err(source.error(key, region.span(), message));
        }
        if !known.insert(name.clone()) {
            return Err(source.error(key, region.span(), format!("{name} is there twice")));
        }
    }
    if known.is_empty() {
        return Err(source.error("regions", regions.span(), "at least one region is needed"));
    }
    Ok(regions.get_ref().iter().map(|region| region.get_ref().clone()).collect())
}

fn accounts(source: &Source<'_>, accounts: Vec<file::Account>) -> Result<Vec<Account>, ConfigError> {
    if accounts.is_empty() {
        let message = "at least one [[account]] with an id and an access key is needed: nobody could use the API otherwise";
        return Err(source.error("account", 0..0, message));
    }
    let mut ids = HashSet::new();
    let mut key_ids = HashSet::new();
    let mut checked = Vec::with_capacity(accounts.len());
    for (index, account) in accounts.into_iter().enumerate() {
        let key = format!("account[{index}].id");
        let span = account.id.span();
        let id = account.id.into_inner();
        if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(source.error(
                key,
                span,
                "must be 12 digits in quotation marks, such as \"123456789012\"",
            ));
        }
        if !ids.insert(id.clone()) {
            return Err(source.error(key, span, format!("account {id} is there twice")));
        }
        let keys_span = account.access_key.span();
        let mut access_keys = Vec::new();
        for (key_index, access_key) in account.access_key.into_inner().into_iter().enumerate() {
            let at = format!("account[{index}].access_key[{key_index}]");
            access_keys.push(access_key_of(source, &at, access_key, &mut key_ids)?);
        }
        if access_keys.is_empty() {
            let key = format!("account[{index}].access_key");
            return Err(source.error(key, keys_span, "at least one is needed"));
        }
        checked.push(Account { id, access_keys });
    }
    Ok(checked)
}

fn access_key_of(
    source: &Source<'_>,
    at: &str,
    key: file::AccessKey,
    known: &mut HashSet<String>,
) -> Result<AccessKey, ConfigError> {
    let span = key.access_key_id.span();
    let access_key_id = key.access_key_id.into_inner();
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if !(16..=128).contains(&access_key_id.len()) || !access_key_id.bytes().all(plain) {
        let message = "must be 16 to 128 of A-Z, 0-9 and '_', such as \"AKIAIOSFODNN7EXAMPLE\"";
        return Err(source.error(format!("{at}.access_key_id"), span, message));
    }
    if !known.insert(access_key_id.clone()) {
        let message = format!("{access_key_id} is there twice: each request could be of two accounts");
        return Err(source.error(format!("{at}.access_key_id"), span, message));
    }
    let (secret_access_key, key, secret_span) = match (key.secret_access_key, key.secret_access_key_file) {
        (Some(secret), None) => {
            let span = secret.span();
            (secret.into_inner(), format!("{at}.secret_access_key"), span)
        }
        (None, Some(file)) => {
            let span = file.span();
            let key = format!("{at}.secret_access_key_file");
            let path = resolve(source, file.into_inner());
            let text = std::fs::read_to_string(&path).map_err(|error| {
                source.error(&key, span.clone(), format!("{} cannot be read: {error}", path.display()))
            })?;
            (text.trim().to_owned(), key, span)
        }
        _ => {
            let message =
                "exactly one of secret_access_key and secret_access_key_file is needed beside access_key_id";
            return Err(source.error(at, span, message));
        }
    };
    let printable = secret_access_key.bytes().all(|byte| byte.is_ascii_graphic());
    if !(16..=256).contains(&secret_access_key.len()) || !printable {
        let message = "the secret must be 16 to 256 printable ASCII characters without spaces";
        return Err(source.error(key, secret_span, message));
    }
    Ok(AccessKey { access_key_id, secret_access_key })
}

fn log(source: &Source<'_>, log: file::Log) -> Result<Log, ConfigError> {
    let Some(level) = log.level else { return Ok(Log { format: log.format, level: "info".into() }) };
    let span = level.span();
    let level = level.into_inner();
    if let Err(error) = tracing_subscriber::EnvFilter::builder().parse(&level) {
        let message = format!(
            "must be error, warn, info, debug or trace, or a filter such as \"info,millrace_gateway=debug\": {error}"
        );
        return Err(source.error("log.level", span, message));
    }
    Ok(Log { format: log.format, level })
}

fn instances(source: &Source<'_>, file: file::Instances) -> Result<Instances, ConfigError> {
    if file.driver == DriverKind::Sandbox && file.runtime_image.is_none() {
        let message = "is needed by the sandbox driver: the image with the X server in which the agent runs";
        return Err(source.error("instances.runtime_image", 0..0, message));
    }
    let id_base = *file.id_base.get_ref();
    // The top is left to what the kernel and systemd reserve: ids from 2^31 on are refused by some programs.
    if !id_base.is_multiple_of(65_536) || !(OWN_IDS + 65_536..=0x7000_0000).contains(&id_base) {
        let message = "must be a multiple of 65536, from 196608 to 1879048192";
        return Err(source.error("instances.id_base", file.id_base.span(), message));
    }
    let (screen, limits) = (&file.screen, &file.limits);
    within(source, "instances.screen.width", &screen.width, 320, 7680)?;
    within(source, "instances.screen.height", &screen.height, 200, 4320)?;
    within(source, "instances.limits.processes", &limits.processes, 32, 1 << 20)?;
    let overcommit = &file.overcommit;
    within(source, "instances.overcommit.vcpus", &overcommit.vcpus, 0.1, 1000.0)?;
    within(source, "instances.overcommit.disk", &overcommit.disk, 0.1, 1000.0)?;
    within(source, "instances.overcommit.memory", &overcommit.memory, 0.1, 1000.0)?;
    within(source, "instances.pool.spare_instances", &file.pool.spare_instances, 0, 100)?;
    within(source, "instances.pool.most_spare_instances", &file.pool.most_spare_instances, 0, 10_000)?;
    if *limits.disk_mib.get_ref() != 0 {
        within(source, "instances.limits.disk_mib", &limits.disk_mib, 64, 1 << 22)?;
    }
    Ok(Instances {
        driver: file.driver,
        runtime: file.runtime,
        runtime_image: file.runtime_image.map(|path| resolve(source, path.into_inner())),
        agent: program(source, file.agent, "millrace-agent"),
        launcher: program(source, file.launcher, "millrace-launcher"),
        id_base,
        on_shutdown: file.on_shutdown,
        screen: ScreenSize { width: *screen.width.get_ref(), height: *screen.height.get_ref() },
        types: types(source, &file.types, *limits.processes.get_ref())?,
        overcommit: Overcommit {
            vcpus: *overcommit.vcpus.get_ref(),
            memory: *overcommit.memory.get_ref(),
            disk: *overcommit.disk.get_ref(),
        },
        disk_bytes: Some(*limits.disk_mib.get_ref() << 20).filter(|bytes| *bytes != 0),
        pool: Pool {
            freeze: file.pool.freeze,
            start_ahead: file.pool.start_ahead,
            spare_instances: *file.pool.spare_instances.get_ref(),
            most_spare_instances: *file.pool.most_spare_instances.get_ref(),
        },
        network: network(source, &file.network)?,
    })
}

/// AWS's published sizes, and what the file says instead or beside.
fn types(
    source: &Source<'_>,
    file: &BTreeMap<String, Spanned<file::InstanceType>>,
    processes: u32,
) -> Result<BTreeMap<String, InstanceLimits>, ConfigError> {
    let limits = |cpu_millis, memory_mib: u64| InstanceLimits {
        memory_bytes: memory_mib << 20,
        cpu_millis,
        processes,
    };
    let published = millrace_control::published_sizes();
    let mut types: BTreeMap<_, _> =
        published.map(|size| (size.instance_type, limits(size.processors * 1000, size.memory_mib))).collect();
    for (name, size) in file {
        let key = format!("instances.types.\"{name}\"");
        if !types.contains_key(name) {
            let message = "is not an instance type without a graphics processor that AWS has published: fleets cannot ask for it";
            return Err(source.error(key, size.span(), message));
        }
        let file::InstanceType { vcpus, memory_mib } = *size.get_ref();
        if !(0.05..=1024.0).contains(&vcpus) || !(128..=1 << 22).contains(&memory_mib) {
            let message = "vcpus must be from 0.05 to 1024, and memory_mib from 128 to 4194304";
            return Err(source.error(key, size.span(), message));
        }
        // In range: see above.
        types.insert(name.clone(), limits((vcpus * 1000.0).round() as u32, memory_mib));
    }
    Ok(types)
}

fn network(source: &Source<'_>, file: &file::Network) -> Result<NetworkConfig, ConfigError> {
    let subnet = match &file.subnet {
        None => Subnet::DEFAULT,
        Some(text) => text.get_ref().parse().map_err(|error: InvalidSubnet| {
            source.error("instances.network.subnet", text.span(), error.to_string())
        })?,
    };
    let address = |(index, text): (usize, &Spanned<String>)| {
        text.get_ref().parse().map_err(|_| {
            let key = format!("instances.network.resolvers[{index}]");
            source.error(key, text.span(), "must be an IP address, such as \"192.0.2.53\"")
        })
    };
    let resolvers = file.resolvers.iter().enumerate().map(address).collect::<Result<_, _>>()?;
    Ok(NetworkConfig { subnet, resolvers })
}

/// A program of ours: where the file says, or beside the program that runs.
fn program(source: &Source<'_>, path: Option<PathBuf>, name: &str) -> PathBuf {
    match path {
        Some(path) => resolve(source, path),
        None => std::env::current_exe()
            .ok()
            .and_then(|program| program.parent().map(|directory| directory.join(name)))
            .unwrap_or_else(|| Path::new("/usr/bin").join(name)),
    }
}

fn home_bytes(source: &Source<'_>, file: &file::Storage) -> Result<u64, ConfigError> {
    within(source, "storage.home_mib", &file.home_mib, 64, 1 << 24)?;
    Ok(*file.home_mib.get_ref() << 20)
}

fn limits(source: &Source<'_>, file: &file::Limits) -> Result<Limits, ConfigError> {
    within(source, "limits.connections", &file.connections, 16, 1 << 20)?;
    within(source, "limits.header_timeout_seconds", &file.header_timeout_seconds, 1, 300)?;
    within(source, "limits.body_timeout_seconds", &file.body_timeout_seconds, 1, 300)?;
    within(source, "limits.shutdown_timeout_seconds", &file.shutdown_timeout_seconds, 1, 300)?;
    within(source, "limits.reads_per_second", &file.reads_per_second, 1, 1_000_000)?;
    within(source, "limits.writes_per_second", &file.writes_per_second, 1, 1_000_000)?;
    let seconds = |value: &Spanned<u32>| Duration::from_secs((*value.get_ref()).into());
    Ok(Limits {
        connections: usize::try_from(*file.connections.get_ref()).unwrap_or(usize::MAX),
        header_timeout: seconds(&file.header_timeout_seconds),
        stall_timeout: STALL_TIMEOUT,
        body_timeout: seconds(&file.body_timeout_seconds),
        shutdown_timeout: seconds(&file.shutdown_timeout_seconds),
        rates: Rates {
            reads_per_second: *file.reads_per_second.get_ref(),
            writes_per_second: *file.writes_per_second.get_ref(),
        },
    })
}

fn quotas(source: &Source<'_>, file: &file::Quotas) -> Result<Quotas, ConfigError> {
    within(source, "quotas.stacks", &file.stacks, 1, 10_000_000)?;
    within(source, "quotas.fleets", &file.fleets, 1, 1_000_000)?;
    within(source, "quotas.instances_of_fleet", &file.instances_of_fleet, 1, 100_000)?;
    within(source, "quotas.image_builders", &file.image_builders, 1, 100_000)?;
    Ok(Quotas {
        stacks: *file.stacks.get_ref(),
        fleets: *file.fleets.get_ref(),
        instances_of_fleet: *file.instances_of_fleet.get_ref(),
        image_builders: *file.image_builders.get_ref(),
    })
}

fn audit(source: &Source<'_>, file: &file::Audit) -> Result<TrailLimits, ConfigError> {
    within(source, "audit.file_mib", &file.file_mib, 1, 4096)?;
    within(source, "audit.files", &file.files, 2, 100_000)?;
    Ok(TrailLimits {
        file_bytes: u64::from(*file.file_mib.get_ref()) << 20,
        files: usize::try_from(*file.files.get_ref()).unwrap_or(usize::MAX),
    })
}

fn registries(source: &Source<'_>, file: file::Registries) -> Result<Registries, ConfigError> {
    let allowed = |(index, text): (usize, &Spanned<String>)| {
        text.get_ref().parse().map_err(|error: AllowedError| {
            source.error(format!("registries.allow[{index}]"), text.span(), error.to_string())
        })
    };
    let allowed = file.allow.iter().enumerate().map(allowed).collect::<Result<_, _>>()?;
    Ok(Registries { allowed, authfile: file.authfile.map(|path| resolve(source, path)) })
}

fn within<T: PartialOrd + Copy + std::fmt::Display>(
    source: &Source<'_>,
    key: &str,
    value: &Spanned<T>,
    low: T,
    high: T,
) -> Result<(), ConfigError> {
    if (low..=high).contains(value.get_ref()) {
        return Ok(());
    }
    Err(source.error(key, value.span(), format!("must be from {low} to {high}")))
}
