//! An installation for tests: two accounts, two regions, a store in a temporary directory, simulated instances, a clock that stands still until
//! it is moved.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use millrace_driver::images::{
    ExportSpec, ExportedImage, ImageApplication, ImageRecord, ImageUser, Images, ImportError, ImportedImage,
};
use millrace_driver::objects::ObjectName;
use millrace_driver::simulated::SimulatedDriver;
use millrace_driver::{Driver, ImageDigest, SnapshotApplication};
use millrace_model::{AccountId, Region, Timestamp};
use millrace_store::Store;
use millrace_stream::SigningKey;
use millrace_stream::admission::{Grant, Progress, Refusal};
use millrace_stream::ticket::Ticket;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{
    AccessKey, Account, Control, ControlConfig, FetchError, NewApplication, NewImage, Registries,
    Surroundings, VaultKey,
};

pub(super) const ACCOUNT: &str = "123456789012";
pub(super) const OTHER_ACCOUNT: &str = "999999999999";
pub(super) const REGION: &str = "eu-central-1";
/// Nothing takes longer than this, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A clock that moves only by hand: the moment in milliseconds, and how much of it somebody set.
pub(super) struct StandingClock(Mutex<(i64, i64)>);

impl Surroundings for StandingClock {
    fn clocks(&self) -> (Timestamp, Duration) {
        let (now, set_by) = *self.0.lock().unwrap();
        (Timestamp(now), Duration::from_millis(u64::try_from(now - set_by).unwrap()))
    }

    fn unique(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// Images of which nothing is on any disk.
#[derive(Default)]
pub(super) struct RemovedImages {
    /// Whether instances use all of them.
    pub(super) held: AtomicBool,
    removed: Mutex<Vec<String>>,
    /// What was exported, and is there.
    pub(super) objects: Mutex<Vec<ObjectName>>,
    /// What is on the host at its start, as far as anybody looks.
    pub(super) on_host: Mutex<Vec<String>>,
    /// What exports and imports come to, before they do well.
    pub(super) failures: Mutex<Vec<ImportError>>,
    /// What fetches come to, before they do well.
    pub(super) unfetched: Mutex<Vec<FetchError>>,
    /// Exports, imports and fetches wait while it is closed.
    pub(super) gate: Gate,
}

/// Closed, it makes those that come wait.
#[derive(Default)]
pub(super) struct Gate(tokio::sync::RwLock<()>);

impl Gate {
    async fn wait(&self) {
        drop(self.0.read().await);
    }

    /// Closed for as long as the value lives.
    pub(super) async fn close(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.0.write().await
    }
}

impl RemovedImages {
    /// The digests of those that were removed, in that order.
    pub(super) fn removed(&self) -> Vec<String> {
        self.removed.lock().unwrap().clone()
    }
}

/// Those of `registry.example.org`.
#[async_trait]
impl Registries for RemovedImages {
    async fn check(&self, reference: &str) -> Result<(), FetchError> {
        let allowed = reference.starts_with("registry.example.org/");
        if allowed { Ok(()) } else { Err(FetchError::Refused(format!("{reference} is not allowed"))) }
    }

    async fn fetch(&self, reference: &str) -> Result<OwnedFd, FetchError> {
        self.gate.wait().await;
        if let Some(error) = self.unfetched.lock().unwrap().pop() {
            return Err(error);
        }
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(reference.as_bytes()).unwrap();
        file.rewind().unwrap();
        Ok(file.into())
    }
}

#[async_trait]
impl Images for RemovedImages {
    /// The text in the file is its origin.
    async fn import(
        &self,
        source: OwnedFd,
        catalogue: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError> {
        let origin = std::io::read_to_string(std::fs::File::from(source)).unwrap();
        Ok(ImportedImage { record: record(&origin, catalogue.unwrap_or_default()), existed: false })
    }

    async fn remove(&self, digest: &ImageDigest) -> Result<(), ImportError> {
        if self.held.load(Ordering::SeqCst) {
            return Err(ImportError::InUse(digest.clone()));
        }
        self.removed.lock().unwrap().push(digest.0.clone());
        Ok(())
    }

    async fn export(&self, _: &ImageDigest, spec: &ExportSpec) -> Result<ExportedImage, ImportError> {
        self.gate.wait().await;
        let mut objects = self.objects.lock().unwrap();
        match self.failures.lock().unwrap().pop() {
            Some(error) => Err(error),
            None => {
                objects.push(spec.object.clone());
                Ok(ExportedImage { bytes: 7, manifest: ImageDigest("sha256:m".to_owned()) })
            }
        }
    }

    async fn export_open(&self, digest: &ImageDigest, _: OwnedFd) -> Result<ExportedImage, ImportError> {
        Err(ImportError::NoSuchImage(digest.clone()))
    }

    async fn import_object(
        &self,
        object: &ObjectName,
        catalogue: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError> {
        self.gate.wait().await;
        if let Some(error) = self.failures.lock().unwrap().pop() {
            return Err(error);
        }
        Ok(ImportedImage {
            record: record(&object.to_string(), catalogue.unwrap_or_default()),
            existed: false,
        })
    }

    async fn list_images(&self) -> Result<Vec<ImageDigest>, ImportError> {
        Ok(self.on_host.lock().unwrap().iter().map(|digest| ImageDigest(digest.clone())).collect())
    }

    async fn find_object(&self, object: &ObjectName) -> Result<Option<u64>, ImportError> {
        Ok(self.objects.lock().unwrap().contains(object).then_some(7))
    }

    async fn add_application(
        &self,
        _: &ImageDigest,
        application: &SnapshotApplication,
    ) -> Result<ImportedImage, ImportError> {
        let SnapshotApplication { name, display_name, argv, working_directory, start_ahead, .. } =
            application.clone();
        let added = ImageApplication {
            name,
            display_name,
            argv,
            working_directory,
            icon: String::new(),
            start_ahead,
        };
        let user = ImageUser {
            uid: 1000,
            gid: 1000,
            groups: Vec::new(),
            name: "user".into(),
            home: "/home/user".into(),
        };
        let record = ImageRecord {
            digest: ImageDigest("sha256:changed".to_owned()),
            architecture: String::new(),
            created: String::new(),
            environment: Vec::new(),
            command: Vec::new(),
            working_directory: String::new(),
            labels: BTreeMap::new(),
            user,
            applications: vec![added],
            layers: Vec::new(),
            size_bytes: 0,
            config_user: None,
            history: Vec::new(),
        };
        Ok(ImportedImage { record, existed: false })
    }
}

/// What an archive came to: an image whose digest tells where it lay.
fn record(object: &str, catalogue: &[SnapshotApplication]) -> ImageRecord {
    let application = |application: &SnapshotApplication| ImageApplication {
        name: application.name.clone(),
        display_name: application.display_name.clone(),
        argv: application.argv.clone(),
        working_directory: application.working_directory.clone(),
        icon: String::new(),
        start_ahead: false,
    };
    ImageRecord {
        digest: ImageDigest(format!("sha256:{object}")),
        architecture: "amd64".to_owned(),
        created: String::new(),
        environment: Vec::new(),
        command: Vec::new(),
        working_directory: String::new(),
        labels: [("org.opencontainers.image.title".to_owned(), "Titled".to_owned())].into(),
        user: ImageUser {
            uid: 1,
            gid: 1,
            groups: Vec::new(),
            name: "u".to_owned(),
            home: "/home/u".to_owned(),
        },
        applications: catalogue.iter().map(application).collect(),
        layers: Vec::new(),
        size_bytes: 0,
        config_user: None,
        history: Vec::new(),
    }
}

pub(super) struct Installation {
    pub(super) control: Arc<Control>,
    pub(super) store: Store,
    pub(super) driver: SimulatedDriver,
    pub(super) images: Arc<RemovedImages>,
    pub(super) clock: Arc<StandingClock>,
    config: ControlConfig,
    directory: TempDir,
}

/// An error's code and message.
pub(super) type ErrorAnswer = (String, String);

/// Who signs, for where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    pub(super) key: &'static str,
    pub(super) secret: &'static str,
    pub(super) token: Option<&'static str>,
    pub(super) region: &'static str,
}

impl Caller {
    const fn root(key: &'static str, secret: &'static str) -> Self {
        Self { key, secret, token: None, region: REGION }
    }
}

pub(super) const OWNER: Caller = Caller::root("AKIDOWNER", "owner-secret");
pub(super) const STRANGER: Caller = Caller::root("AKIDSTRANGER", "stranger-secret");

fn config() -> ControlConfig {
    let account = |id: &str, caller: Caller| Account {
        id: AccountId::new(id).unwrap(),
        access_keys: vec![AccessKey { id: caller.key.to_owned(), secret: caller.secret.to_owned() }],
    };
    let regions = vec![Region::new(REGION).unwrap(), Region::new("us-east-1").unwrap()];
    let mut config = ControlConfig::new(
        vec![account(ACCOUNT, OWNER), account(OTHER_ACCOUNT, STRANGER)],
        regions,
        "https://apps.example.org".to_owned(),
        SigningKey::new([7; 32]),
        VaultKey([9; 32]),
    );
    config.admission_timeout = PATIENCE;
    config
}

pub(super) fn image() -> NewImage {
    let application = |name: &str| NewApplication {
        name: name.to_owned(),
        display_name: name.to_uppercase(),
        argv: vec![format!("/usr/bin/{name}"), "--new".to_owned()],
        working_directory: String::new(),
        icon: name.as_bytes().to_vec(),
        start_ahead: name == "editor",
    };
    NewImage {
        name: "image".to_owned(),
        digest: "sha256:1".to_owned(),
        display_name: None,
        description: Some("An image".to_owned()),
        agent_version: None,
        applications: vec![application("editor"), application("calculator")],
    }
}

impl Installation {
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut ControlConfig)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("millrace.db")).await.unwrap();
        let driver = SimulatedDriver::new(Duration::from_millis(5));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let clock = Arc::new(StandingClock(Mutex::new((i64::try_from(now.as_millis()).unwrap(), 0))));
        let images = Arc::<RemovedImages>::default();
        let mut config = config();
        change(&mut config);
        let control = begin(config.clone(), &store, &driver, &images, &clock).await;
        control.register_image(None, Some(REGION), &image()).await.unwrap();
        Self { control, store, driver, images, clock, config, directory }
    }

    /// Another process takes over. With `kill`, the one before did not stop in order.
    pub(super) async fn restart(mut self, kill: bool) -> Self {
        if kill {
            // Its work on instances goes on beside, as that of a dying process might.
            self.control.stop_without_waiting();
        } else {
            self.control.stop().await;
        }
        // The system closes the files of a process that ended; a write that it had open would else lock the database for ever.
        self.store.close().await;
        self.store = Store::open(&self.directory.path().join("millrace.db")).await.unwrap();
        self.control = begin(self.config.clone(), &self.store, &self.driver, &self.images, &self.clock).await;
        self
    }

    /// Time passes, and whoever waits for it looks.
    pub(super) fn pass(&self, seconds: i64) {
        self.clock.0.lock().unwrap().0 += seconds * 1000;
        self.control.wake.notify_one();
    }

    /// Somebody sets the clock, and whoever waits looks.
    pub(super) fn set_clock(&self, seconds: i64) {
        {
            let mut clock = self.clock.0.lock().unwrap();
            *clock = (clock.0 + seconds * 1000, clock.1 + seconds * 1000);
        }
        self.control.wake.notify_one();
    }

    /// What the clock says, in seconds since 1970.
    pub(super) fn clock_seconds(&self) -> i64 {
        self.clock.now().0 / 1000
    }

    /// Waits, from change to change, until `look` finds something.
    pub(super) async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let mut changes = self.control.changes.subscribe();
        let waiting = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = look().await {
                    return found;
                }
                changes.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{what} did not come about"))
    }

    pub(super) async fn fleet(&self, name: &str) -> Value {
        self.ok("DescribeFleets", json!({"Names": [name]})).await["Fleets"][0].clone()
    }

    pub(super) async fn until_state(&self, fleet: &str, state: &str) {
        self.until(state, async || (self.fleet(fleet).await["State"] == state).then_some(())).await;
    }

    pub(super) async fn until_count(&self, fleet: &str, member: &str, count: u64) {
        let what = format!("{member} = {count}");
        self.until(&what, async || {
            (self.fleet(fleet).await["ComputeCapacityStatus"][member] == count).then_some(())
        })
        .await;
    }

    pub(super) async fn until_nothing_runs(&self) {
        self.until("an empty host", async || self.driver.list().await.unwrap().is_empty().then_some(()))
            .await;
    }

    pub(super) async fn create_fleet(&self, name: &str, kind: &str, instances: u32) {
        let input = json!({
            "Name": name, "ImageName": "image", "InstanceType": "stream.standard.small", "FleetType": kind,
            "ComputeCapacity": {"DesiredInstances": instances},
        });
        self.ok("CreateFleet", input).await;
    }

    /// A fleet `f` that runs, on a stack `s`.
    pub(super) async fn running(&self, kind: &str, instances: u32) {
        self.create_fleet("f", kind, instances).await;
        self.ok("CreateStack", json!({"Name": "s", "RedirectURL": "https://example.org/bye"})).await;
        self.ok("AssociateFleet", json!({"FleetName": "f", "StackName": "s"})).await;
        self.ok("StartFleet", json!({"Name": "f"})).await;
        self.until_state("f", "RUNNING").await;
    }

    /// The ticket of a new streaming URL.
    pub(super) async fn ticket(&self, user: &str, more: Value) -> Ticket {
        let mut input = json!({"FleetName": "f", "StackName": "s", "UserId": user});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.ok("CreateStreamingURL", input).await;
        self.ticket_of(answer["StreamingURL"].as_str().unwrap())
    }

    /// The ticket in a streaming URL.
    pub(super) fn ticket_of(&self, url: &str) -> Ticket {
        let query = url.strip_prefix("https://apps.example.org/authenticate?").unwrap();
        let value = |name: &str| {
            let found = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
            found.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
        };
        let now = u64::try_from(self.clock.now().0 / 1000).unwrap();
        Ticket::verify(&value("parameters"), &value("signature"), &SigningKey::new([7; 32]), now).unwrap()
    }

    pub(super) async fn admit(&self, user: &str) -> Result<Grant, Refusal> {
        let ticket = self.ticket(user, json!({})).await;
        self.control.admit(ticket, mpsc::channel::<Progress>(8).0).await
    }
}

async fn begin(
    config: ControlConfig,
    store: &Store,
    driver: &SimulatedDriver,
    images: &Arc<RemovedImages>,
    clock: &Arc<StandingClock>,
) -> Arc<Control> {
    let (driver, registries) = (Arc::new(driver.clone()), images.clone());
    Control::start(config, store.clone(), driver, images.clone(), registries, clock.clone(), None)
        .await
        .unwrap()
}
