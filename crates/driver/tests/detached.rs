//! Simulated instances that are processes: they outlive whoever started them, and are found again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use millrace_driver::simulated::DetachedDriver;
use millrace_driver::{
    Driver, DriverError, ImageDigest, InstanceEvent, InstanceId, InstanceSpec, InstanceState, Limits,
    ScreenSize,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PROGRAM: &str = env!("CARGO_BIN_EXE_driver-internal");

fn driver(directory: &Path) -> DetachedDriver {
    DetachedDriver::new(directory.join("instances"), PROGRAM, Duration::from_millis(20)).unwrap()
}

fn spec(id: &str) -> InstanceSpec {
    InstanceSpec {
        id: InstanceId::new(id).unwrap(),
        image: ImageDigest("sha256:0".into()),
        limits: Limits { memory_bytes: 1 << 30, cpu_millis: 1000, processes: 100 },
        screen: ScreenSize { width: 1280, height: 720 },
        builder: None,
        internet: false,
    }
}

/// The processes that were started for instances below `directory`.
fn processes(directory: &Path) -> Vec<PathBuf> {
    let marker = directory.join("instances").into_os_string().into_encoded_bytes();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap() {
        let path = entry.unwrap().path();
        // Processes come and go while we read.
        let command = std::fs::read(path.join("cmdline")).unwrap_or_default();
        if command.windows(marker.len()).any(|part| part == marker) {
            found.push(path);
        }
    }
    found
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain for {what}");
}

#[tokio::test]
async fn instances_outlive_their_driver_and_are_adopted() {
    let directory = tempfile::tempdir().unwrap();
    let first = driver(directory.path());
    first.ensure(&spec("one")).await.unwrap();
    first.ensure(&spec("one")).await.unwrap();
    drop(first);
    let second = driver(directory.path());
    let mut events = second.events();
    let listed = second.list().await.unwrap();
    assert_eq!((listed.len(), listed[0].state), (1, InstanceState::Ready));
    second.ensure(&spec("one")).await.unwrap();
    let running = processes(directory.path());
    assert_eq!(running.len(), 1, "{running:?}");

    let mut agent = second.connect(&spec("one").id).await.unwrap();
    // Probe: its type, version 1, no secret.
    agent.stream.write_all(&[5, 0, 0, 0, 0x03, 1, 0, 0, 0]).await.unwrap();
    let length = agent.stream.read_u32_le().await.unwrap();
    assert_eq!((length > 0, agent.stream.read_u8().await.unwrap()), (true, 0x89));

    // It dies by itself: that is told, shown, and cleared away.
    let pid = running[0].file_name().unwrap().to_str().unwrap().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    assert_eq!(events.recv().await.unwrap(), InstanceEvent::Exited { id: spec("one").id });
    assert_eq!(second.list().await.unwrap()[0].state, InstanceState::Exited);
    assert!(matches!(second.connect(&spec("one").id).await, Err(DriverError::NoSuchInstance(_))));
    assert!(matches!(second.ensure(&spec("one")).await, Err(DriverError::Ended { .. })));
    assert!(second.list().await.unwrap().is_empty());
    second.destroy(&spec("one").id).await.unwrap();
}

#[tokio::test]
async fn what_is_destroyed_is_gone_and_no_news() {
    let directory = tempfile::tempdir().unwrap();
    let driver = driver(directory.path());
    let mut events = driver.events();
    driver.ensure(&spec("one")).await.unwrap();
    driver.destroy(&spec("one").id).await.unwrap();
    assert!(driver.list().await.unwrap().is_empty());
    assert_eq!(processes(directory.path()), Vec::<PathBuf>::new());
    driver.ensure(&spec("two")).await.unwrap();
    driver.destroy(&spec("two").id).await.unwrap();
    assert!(events.try_recv().is_err(), "an end that was asked for is no news");
}

#[tokio::test]
async fn a_start_that_is_taken_back_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let driver = driver(directory.path());
    let starting = tokio::spawn({
        let driver = driver.clone();
        async move { driver.ensure(&spec("one")).await }
    });
    until("the start", || directory.path().join("instances/one").exists()).await;
    driver.destroy(&spec("one").id).await.unwrap();
    assert!(matches!(starting.await.unwrap(), Err(DriverError::Ended { .. })));
    until("its process to end", || processes(directory.path()).is_empty()).await;
    assert!(driver.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn two_starts_make_one_instance() {
    let directory = tempfile::tempdir().unwrap();
    // As when a server is killed between starting the process and seeing it: the next one starts it again.
    let (first, second) = (driver(directory.path()), driver(directory.path()));
    let one = spec("one");
    let (a, b) = tokio::join!(first.ensure(&one), second.ensure(&one));
    a.unwrap();
    b.unwrap();
    until("the second process to end", || processes(directory.path()).len() == 1).await;
    second.destroy(&spec("one").id).await.unwrap();
    until("both to be gone", || processes(directory.path()).is_empty()).await;
}
