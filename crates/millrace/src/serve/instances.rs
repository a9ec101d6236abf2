//! The driver and the image store that the configuration asks for.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use millrace_control::Resources;
use millrace_driver::Driver;
use millrace_driver::images::{ImageStore, ImportLimits};
use millrace_driver::sandbox::{self, DiskLimit, SandboxConfig, SandboxDriver, VolumesConfig};
use millrace_driver::simulated::DetachedDriver;

use crate::config::{DriverKind, Instances, Overcommit, RuntimeChoice};
use crate::machine;

/// How long a simulated instance takes to become ready: about what a real one does.
const SIMULATED_START: Duration = Duration::from_millis(200);

/// Opens the image store in the data directory. Blocks.
///
/// # Errors
/// It is damaged, or the system refuses.
pub(crate) fn images(data_dir: &Path, config: &Instances) -> anyhow::Result<Arc<ImageStore>> {
    let store = ImageStore::open(data_dir.join("images")).context("the image store cannot be opened")?;
    Ok(Arc::new(store.unpacking_as(config.unpacking_ids())))
}

/// Makes the driver, which takes over the instances that an earlier server left running. Blocks, and needs a runtime.
///
/// # Errors
/// The host lacks something: `millrace doctor` says what.
pub(crate) fn driver(
    config: &Instances,
    (data_dir, home_bytes): (&Path, u64),
    images: Arc<ImageStore>,
) -> anyhow::Result<Arc<dyn Driver>> {
    if config.driver == DriverKind::Simulated {
        let simulated =
            DetachedDriver::new(data_dir.join("run/simulated"), "/proc/self/exe", SIMULATED_START)?;
        return Ok(Arc::new(simulated));
    }
    let archive = config.runtime_image.as_ref().context("instances.runtime_image is missing")?;
    let began = Instant::now();
    let runtime = images
        .import(archive, &ImportLimits::default())
        .with_context(|| format!("the runtime image {} cannot be used", archive.display()))?;
    tracing::info!(
        image = %archive.display(),
        digest = runtime.record.digest.0,
        unpacked = !runtime.existed,
        milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "runtime image"
    );
    let runtime_layers = images.lower_directories(&runtime.record);
    let sandbox = SandboxConfig {
        agent: config.agent.clone(),
        launcher: config.launcher.clone(),
        id_base: config.id_base,
        runtime: runtime_choice(config.runtime),
        disk: config.disk_bytes.map(DiskLimit::of),
        disk_overcommit: config.overcommit.disk,
        network: config.network.clone(),
        volumes: Some(VolumesConfig { directory: data_dir.join("volumes"), home_bytes }),
        ..SandboxConfig::new(data_dir.join("run"), images, runtime_layers)
    };
    let driver = SandboxDriver::new(sandbox).context("instances cannot be run: see `millrace doctor`")?;
    Ok(Arc::new(driver))
}

/// The runtime program, found in the path when it is run.
pub(crate) fn runtime_choice(choice: RuntimeChoice) -> sandbox::RuntimeChoice {
    match choice {
        RuntimeChoice::Auto => sandbox::RuntimeChoice::Auto,
        RuntimeChoice::Crun => sandbox::RuntimeChoice::Crun("crun".into()),
        RuntimeChoice::Runc => sandbox::RuntimeChoice::Runc("runc".into()),
    }
}

/// What instances may have of this host together; simulated ones take nothing.
///
/// # Errors
/// The kernel does not tell.
pub(super) fn room(config: &Instances) -> anyhow::Result<Option<Resources>> {
    if config.driver == DriverKind::Simulated {
        return Ok(None);
    }
    let host = machine::resources()?;
    let Overcommit { vcpus, memory, disk: _ } = config.overcommit;
    // Far below what an f64 holds exactly.
    let times = |amount: u64, factor: f64| (amount as f64 * factor) as u64;
    let room = Resources {
        memory_bytes: times(host.memory_bytes, memory),
        cpu_millis: times(host.cpu_millis, vcpus),
    };
    tracing::info!(
        memory_mib = room.memory_bytes >> 20,
        vcpus = room.cpu_millis as f64 / 1000.0,
        "what instances may have together"
    );
    Ok(Some(room))
}
