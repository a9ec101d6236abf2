//! A host for tests: an image store shared by all of them, a directory and a range of ids for each, and a look at what is left.

pub(crate) mod attempts;
pub(crate) mod builder;
pub(crate) mod homes;
pub(crate) mod hostile;
pub(crate) mod internet;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use millrace_driver::images::{ImageStore, ImportLimits};
use millrace_driver::sandbox::{RuntimeChoice, SandboxConfig, SandboxDriver, VolumesConfig};
use millrace_driver::{AgentConnection, Driver, ImageDigest, InstanceId, InstanceSpec, Limits, ScreenSize};
use millrace_stream::PROTOCOL_VERSION;
use millrace_stream::message::{AgentMessage, AgentRequest, ApplicationPhase, StartApplication};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Ids of each test's driver: as many ranges as any of them has instances, and one more. Tests that overlapped would see each other's processes as left.
const IDS: u32 = 4 * 65_536;

/// The programs and images of the tests, and the store that holds the images.
pub(crate) struct Setup {
    pub(crate) directory: PathBuf,
    pub(crate) agent: PathBuf,
    pub(crate) launcher: PathBuf,
    pub(crate) runtime: ImageDigest,
    pub(crate) image: ImageDigest,
}

static SETUP: OnceLock<Result<Setup, String>> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

impl Setup {
    /// What the environment names, or why the tests cannot run.
    pub(crate) fn paths() -> Result<[PathBuf; 4], String> {
        if !rustix::process::geteuid().is_root() {
            return Err("needs root".into());
        }
        let variable = |name: &str| {
            std::env::var_os(name).map(PathBuf::from).ok_or(format!("needs {name}: run cargo xtask test"))
        };
        Ok([
            variable("MILLRACE_RUNTIME_IMAGE")?,
            variable("MILLRACE_DEMO_IMAGE")?,
            variable("MILLRACE_AGENT")?,
            variable("MILLRACE_LAUNCHER")?,
        ])
    }

    /// Imports the images, once.
    pub(crate) fn get() -> &'static Self {
        let made = SETUP.get_or_init(|| {
            let [runtime, image, agent, launcher] = Self::paths()?;
            let directory = std::env::temp_dir().join(format!("mrd-{}", std::process::id()));
            fs::DirBuilder::new().mode(0o700).create(&directory).map_err(|error| error.to_string())?;
            let store = open_store(&directory.join("images"));
            let import = |path: &Path| {
                store
                    .import(path, &ImportLimits::default())
                    .map(|image| image.record.digest)
                    .map_err(|error| error.to_string())
            };
            Ok(Self { runtime: import(&runtime)?, image: import(&image)?, directory, agent, launcher })
        });
        made.as_ref().expect("the tests' images can be imported")
    }

    pub(crate) fn remove() {
        if let Some(Ok(setup)) = SETUP.get() {
            fs::remove_dir_all(&setup.directory).expect("the tests' files can be removed");
        }
    }
}

pub(crate) fn open_store(directory: &Path) -> ImageStore {
    ImageStore::open_with(directory, env!("CARGO_BIN_EXE_driver-internal")).expect("the store opens")
}

/// Where one test's driver works.
pub(crate) struct Host {
    pub(crate) directory: PathBuf,
    pub(crate) id_base: u32,
    pub(crate) choice: RuntimeChoice,
}

impl Host {
    pub(crate) fn new(choice: &RuntimeChoice) -> Self {
        let setup = Setup::get();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let directory = setup.directory.join(number.to_string());
        fs::DirBuilder::new().mode(0o700).create(&directory).expect("a directory can be made");
        // Hard links: the store of a test can be opened and locked by itself.
        let copied = std::process::Command::new("cp")
            .arg("-al")
            .args([setup.directory.join("images"), directory.join("images")])
            .status()
            .expect("cp runs");
        assert!(copied.success());
        // Or else all copies have the same lock.
        fs::remove_file(directory.join("images/lock")).expect("the copy has a lock");
        Self {
            directory,
            id_base: 0x4000_0000 + (std::process::id() % 500 * 20 + number % 20) * IDS,
            choice: choice.clone(),
        }
    }

    /// From a directory that another process made.
    pub(crate) fn at(directory: PathBuf, id_base: u32, choice: RuntimeChoice) -> Self {
        Self { directory, id_base, choice }
    }

    pub(crate) fn config(&self, agent: PathBuf, launcher: PathBuf, runtime: &ImageDigest) -> SandboxConfig {
        let store = Arc::new(open_store(&self.directory.join("images")));
        let layers = store.lower_directories(&store.get(runtime).expect("the runtime image is there"));
        SandboxConfig {
            agent,
            launcher,
            id_base: self.id_base,
            max_instances: 2,
            runtime: self.choice.clone(),
            volumes: Some(VolumesConfig { directory: self.directory.join("volumes"), home_bytes: 64 << 20 }),
            executable: env!("CARGO_BIN_EXE_driver-internal").into(),
            ..SandboxConfig::new(self.directory.join("run"), store, layers)
        }
    }

    pub(crate) fn driver(&self) -> SandboxDriver {
        let setup = Setup::get();
        let config = self.config(setup.agent.clone(), setup.launcher.clone(), &setup.runtime);
        SandboxDriver::new(config).expect("the driver starts")
    }

    pub(crate) fn instance(&self, id: &str) -> PathBuf {
        self.directory.join("run/instances").join(id)
    }

    /// What a container of a pod weighs when the processors do not suffice for all.
    pub(crate) fn cpu_weight(&self, id: &str, container: &str) -> u64 {
        let container = PathBuf::from(self.group()).join(id).join(container);
        ["cpu/{}/cpu.shares", "cpu,cpuacct/{}/cpu.shares", "{}/cpu.weight"]
            .into_iter()
            .map(|path| Path::new("/sys/fs/cgroup").join(path.replace("{}", &container.to_string_lossy())))
            .find_map(|path| fs::read_to_string(path).ok())
            .and_then(|text| text.trim().parse().ok())
            .expect("a container has a cgroup with the cpu controller")
    }

    /// The name of the cgroup of this driver's pods.
    pub(crate) fn group(&self) -> String {
        let run_dir = self.directory.join("run").canonicalize().expect("the directory is there");
        format!("millrace-{}", hex::encode(&Sha256::digest(run_dir.as_os_str().as_encoded_bytes())[..4]))
    }

    /// Everything of this host that is still there, though it should not be.
    pub(crate) fn left(&self) -> Vec<String> {
        let mut left = Vec::new();
        let mut note = |kind: &str, what: &Path| left.push(format!("{kind}: {}", what.display()));
        for directory in ["run/instances", "images/tmp"] {
            for entry in
                fs::read_dir(self.directory.join(directory)).expect("the directory is there").flatten()
            {
                note("file", &entry.path());
            }
        }
        for lease in
            fs::read_dir(self.directory.join("images/leases")).expect("the directory is there").flatten()
        {
            for entry in fs::read_dir(lease.path()).expect("the directory is there").flatten() {
                note("lease", &entry.path());
            }
        }
        let group = self.group();
        for hierarchy in fs::read_dir("/sys/fs/cgroup").expect("cgroups are there").flatten() {
            let path = hierarchy.path().join(&group);
            if path.exists() {
                note("cgroup", &path);
            }
        }
        let mounts = fs::read_to_string("/proc/self/mountinfo").expect("mounts can be read");
        for line in mounts.lines().filter(|line| line.contains(&*self.directory.to_string_lossy())) {
            note("mount", Path::new(line));
        }
        for device in fs::read_dir("/sys/block").expect("block devices can be listed").flatten() {
            let file = fs::read_to_string(device.path().join("loop/backing_file")).unwrap_or_default();
            if file.contains(&*self.directory.to_string_lossy()) {
                note("loop device", Path::new(file.trim()));
            }
        }
        for process in self.processes() {
            note("process", &process);
        }
        left
    }

    /// The proportional set size of all processes of this host's instances.
    pub(crate) fn memory_kib(&self) -> u64 {
        self.processes()
            .iter()
            .filter_map(|process| fs::read_to_string(process.join("smaps_rollup")).ok())
            .filter_map(|text| {
                text.lines().find_map(|line| {
                    line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok()
                })
            })
            .sum()
    }

    /// What of this host's instances is in no other process's memory.
    pub(crate) fn unshared_kib(&self) -> u64 {
        let private = |text: String| -> u64 {
            let lines = text.lines().filter(|line| line.starts_with("Private_"));
            lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum()
        };
        let rollups =
            self.processes().into_iter().map(|process| fs::read_to_string(process.join("smaps_rollup")));
        rollups.flatten().map(private).sum()
    }

    /// The processes with ids of this host's instances.
    fn processes(&self) -> Vec<PathBuf> {
        let ours = self.id_base..self.id_base + IDS;
        fs::read_dir("/proc")
            .expect("processes can be read")
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok())
            // Not the owner of the entry in /proc, which is root for what may not be dumped.
            .filter(|entry| {
                let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
                let uid = status
                    .lines()
                    .find_map(|line| line.strip_prefix("Uid:\t")?.split('\t').next()?.parse().ok());
                // A zombie has nothing any more; when it is reaped is up to the host's first process.
                uid.is_some_and(|uid| ours.contains(&uid)) && !status.contains("State:\tZ")
            })
            .map(|entry| entry.path())
            .collect()
    }

    pub(crate) fn assert_nothing_left(&self) {
        assert_eq!(self.left(), Vec::<String>::new());
    }
}

/// A test that failed half-way leaves its instances to this.
impl Drop for Host {
    fn drop(&mut self) {
        let instances = self.directory.join("run/instances");
        if !std::thread::panicking() || !instances.exists() {
            return;
        }
        block_on(async {
            let driver = self.driver();
            for instance in driver.list().await.expect("instances can be listed") {
                driver.destroy(&instance.id).await.expect("instances can be destroyed");
            }
        });
    }
}

pub(crate) fn spec(id: &str, image: &ImageDigest) -> InstanceSpec {
    InstanceSpec {
        id: InstanceId::new(id).expect("a valid id"),
        image: image.clone(),
        limits: Limits { memory_bytes: 512 << 20, cpu_millis: 2000, processes: 100 },
        screen: ScreenSize { width: 1280, height: 720 },
        builder: None,
        internet: false,
    }
}

pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be made")
        .block_on(work)
}

/// A viewer of an instance.
pub(crate) struct Viewer {
    stream: tokio::net::UnixStream,
    next: u32,
}

impl Viewer {
    pub(crate) async fn attach(connection: AgentConnection) -> Self {
        let mut viewer = Self { stream: connection.stream, next: 1 };
        let size = millrace_stream::message::ScreenSize { width: 1280, height: 720, scale_percent: 100 };
        viewer
            .send(&AgentRequest::Attach {
                version: PROTOCOL_VERSION,
                secret: connection.secret.0.clone(),
                size,
            })
            .await;
        viewer
    }

    async fn send(&mut self, request: &AgentRequest) {
        let mut bytes = Vec::new();
        request.encode_framed(&mut bytes).expect("a short message");
        self.stream.write_all(&bytes).await.expect("the agent reads");
    }

    /// Runs a shell script in the app container, and returns its exit status. (Frames stop after two that are not acknowledged: they are skipped.)
    pub(crate) async fn run(&mut self, script: &str) -> i32 {
        let id = self.next;
        self.next += 1;
        self.send(&AgentRequest::StartApplication(StartApplication {
            id,
            argv: vec!["/bin/sh".into(), "-c".into(), script.into()],
            environment: Vec::new(),
            working_directory: String::new(),
        }))
        .await;
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let message = tokio::time::timeout(left, self.receive()).await.expect("the script ends");
            if let AgentMessage::Application(state) = AgentMessage::decode(&message).expect("a valid message")
                && state.id == id
                && state.phase != ApplicationPhase::Started
            {
                return state.status;
            }
        }
    }

    async fn receive(&mut self) -> Vec<u8> {
        let length = self.stream.read_u32_le().await.expect("the agent is there");
        let mut message = vec![0; length as usize];
        self.stream.read_exact(&mut message).await.expect("the agent is there");
        message
    }
}

/// The runtimes of this host.
pub(crate) fn runtimes() -> Vec<(&'static str, RuntimeChoice)> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/sbin:/usr/bin"));
    let find = |name: &str| {
        std::env::split_paths(&path).map(|directory| directory.join(name)).find(|file| file.is_file())
    };
    [("crun", find("crun").map(RuntimeChoice::Crun)), ("runc", find("runc").map(RuntimeChoice::Runc))]
        .into_iter()
        .filter_map(|(name, choice)| choice.map(|choice| (name, choice)))
        .collect()
}
