//! What the wiring tells: who may call, what may be made. Read and checked elsewhere; held here.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use millrace_driver::{Limits, ScreenSize};
use millrace_model::room::Resources;
use millrace_model::{AccountId, Region};
use millrace_stream::SigningKey;

/// All that [`crate::Control`] is told.
#[derive(Clone, Debug)]
pub struct ControlConfig {
    /// At least one; access key ids are unique over all of them.
    pub accounts: Vec<Account>,
    /// At least one.
    pub regions: Vec<Region>,
    /// Scheme, host and port of streaming URLs, without a slash at the end.
    pub public_url: String,
    /// Signs tickets and grants.
    pub signing_key: SigningKey,
    /// Seals secrets of access keys in the database, and session tokens. Never logged.
    pub vault_key: VaultKey,
    /// How much an account may have in a region.
    pub quotas: Quotas,
    /// How fast an account may ask.
    pub rates: Rates,
    /// What an instance may use whose type is not in `limits_by_type`.
    pub limits: Limits,
    /// What an instance of some type may use.
    pub limits_by_type: BTreeMap<String, Limits>,
    /// What the host has for all instances together; `None` for no bound.
    pub room: Option<Resources>,
    /// The largest remote screen.
    pub screen: ScreenSize,
    /// How instances wait for their users.
    pub pool: Pool,
    /// How many instances are made at the same time.
    pub concurrent_starts: usize,
    /// How long an admission waits for an instance.
    pub admission_timeout: Duration,
    /// The version of the runtime that instances get: the AppStream agent version of the API.
    pub agent_version: String,
    /// What an image builder's disk holds unless its owner chose a size, in bytes.
    pub builder_disk_bytes: u64,
}

/// The key of the key file. Printing it shows nothing.
#[derive(Clone)]
pub struct VaultKey(pub [u8; 32]);

impl fmt::Debug for VaultKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("VaultKey")
    }
}

/// How instances wait for their users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// Idle instances are stopped where they are until their user comes.
    pub freeze: bool,
    /// What an image declares to be the same for every user is started before one comes; only where idle instances are frozen.
    pub start_ahead: bool,
    /// Idle instances that each running on-demand fleet keeps ready, within what it may have.
    pub spare_instances: u32,
    /// The same over all fleets: the rest has none.
    pub most_spare_instances: u32,
}

/// An account of the installation.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The keys of its root.
    pub access_keys: Vec<AccessKey>,
}

/// What a client signs with.
#[derive(Clone)]
pub struct AccessKey {
    /// Names the key.
    pub id: String,
    /// Never logged.
    pub secret: String,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AccessKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How much an account may have in a region. AWS's are far smaller: these hosts are the owner's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Stacks.
    pub stacks: u32,
    /// Fleets.
    pub fleets: u32,
    /// Instances that one fleet may be asked to have.
    pub instances_of_fleet: u32,
    /// Image builders.
    pub image_builders: u32,
}

/// How fast an account may ask, in requests a second. Twice as many can be saved up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Requests that change nothing.
    pub reads_per_second: u32,
    /// Requests that change something.
    pub writes_per_second: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { reads_per_second: 20_000, writes_per_second: 10_000 }
    }
}

impl Default for Quotas {
    fn default() -> Self {
        Self { stacks: 100_000, fleets: 10_000, instances_of_fleet: 1_000, image_builders: 1_000 }
    }
}

impl ControlConfig {
    /// A configuration in which all that can have a default has it.
    #[must_use]
    pub fn new(
        accounts: Vec<Account>,
        regions: Vec<Region>,
        public_url: String,
        signing_key: SigningKey,
        vault_key: VaultKey,
    ) -> Self {
        Self {
            accounts,
            regions,
            public_url,
            signing_key,
            vault_key,
            quotas: Quotas::default(),
            rates: Rates::default(),
            limits: Limits { memory_bytes: 2 << 30, cpu_millis: 2_000, processes: 512 },
            limits_by_type: BTreeMap::new(),
            room: None,
            screen: ScreenSize { width: 1920, height: 1080 },
            pool: Pool::default(),
            concurrent_starts: 4,
            admission_timeout: Duration::from_secs(120),
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            builder_disk_bytes: 64 << 30,
        }
    }

    /// What an instance of the type may use.
    pub(crate) fn limits_of(&self, instance_type: &str) -> Limits {
        self.limits_by_type.get(instance_type).copied().unwrap_or(self.limits)
    }

    /// What an instance of the type takes of the host.
    pub(crate) fn size_of(&self, instance_type: &str) -> Resources {
        let limits = self.limits_of(instance_type);
        Resources { memory_bytes: limits.memory_bytes, cpu_millis: limits.cpu_millis.into() }
    }
}
