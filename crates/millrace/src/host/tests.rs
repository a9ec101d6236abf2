use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use async_trait::async_trait;
use millrace_control::FetchError;
use millrace_driver::images::{ExportSpec, ExportedImage, ImportError, ImportedImage};
use millrace_driver::objects::ObjectName;
use millrace_driver::simulated::SimulatedDriver;
use millrace_driver::{
    DriverError, ImageDigest, InstanceEvent, InstanceId, InstanceSpec, InstanceState, Limits, ScreenSize,
    SnapshotApplication,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

use super::client::RemoteHost;
use super::files::OwnFiles;
use super::*;

/// Refuses every image with what is in it.
struct NoImages;

#[async_trait]
impl Images for NoImages {
    async fn import(
        &self,
        source: OwnedFd,
        _: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError> {
        let text = io::read_to_string(std::fs::File::from(source)).unwrap();
        Err(ImportError::Refused(text))
    }

    async fn remove(&self, digest: &ImageDigest) -> Result<(), ImportError> {
        Err(ImportError::InUse(digest.clone()))
    }

    async fn export(&self, digest: &ImageDigest, _: &ExportSpec) -> Result<ExportedImage, ImportError> {
        Err(ImportError::NoSuchImage(digest.clone()))
    }

    async fn export_open(&self, digest: &ImageDigest, _: OwnedFd) -> Result<ExportedImage, ImportError> {
        Err(ImportError::NoSuchImage(digest.clone()))
    }

    async fn import_object(
        &self,
        object: &ObjectName,
        _: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError> {
        Err(ImportError::NoSuchObject(object.clone()))
    }

    async fn list_images(&self) -> Result<Vec<ImageDigest>, ImportError> {
        Ok(Vec::new())
    }

    async fn find_object(&self, _: &ObjectName) -> Result<Option<u64>, ImportError> {
        Ok(None)
    }

    async fn add_application(
        &self,
        digest: &ImageDigest,
        _: &SnapshotApplication,
    ) -> Result<ImportedImage, ImportError> {
        Err(ImportError::NoSuchImage(digest.clone()))
    }
}

/// Has one image, of one registry.
struct OneRegistry;

#[async_trait]
impl Registries for OneRegistry {
    async fn check(&self, reference: &str) -> Result<(), FetchError> {
        match reference {
            "r.example/a:1" => Ok(()),
            other => Err(FetchError::Refused(other.to_owned())),
        }
    }

    async fn fetch(&self, reference: &str) -> Result<OwnedFd, FetchError> {
        self.check(reference).await?;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("image");
        std::fs::write(&path, "an archive").unwrap();
        Ok(std::fs::File::open(&path).unwrap().into())
    }
}

fn host(driver: &SimulatedDriver) -> Host {
    Host {
        driver: Arc::new(driver.clone()),
        images: Arc::new(NoImages),
        registries: Arc::new(OneRegistry),
        files: Arc::new(OwnFiles { data_dir: "/nonexistent".into(), tls: None }),
        lost: CancellationToken::new(),
    }
}

/// Both ends in this process, and the task of the host's.
async fn pair(driver: &SimulatedDriver) -> (RemoteHost, JoinHandle<io::Result<()>>) {
    let (front, theirs) = UnixStream::pair().unwrap();
    let task = tokio::spawn(server::serve(theirs, host(driver)));
    (RemoteHost::attach(front).await.unwrap(), task)
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

#[tokio::test]
async fn it_is_a_driver_like_any_other() {
    let simulated = SimulatedDriver::new(Duration::from_millis(1));
    let (remote, _task) = pair(&simulated).await;
    let driver: &dyn Driver = &remote;
    let mut events = driver.events();
    let specs: Vec<_> = (0..50).map(|number| spec(&format!("i{number}"))).collect();
    for started in futures_util::future::join_all(specs.iter().map(|spec| driver.ensure(spec))).await {
        started.unwrap();
    }
    assert_eq!(driver.list().await.unwrap().len(), 50);
    driver.set_frozen(&specs[0].id, true).await.unwrap();
    let missing = InstanceId::new("missing").unwrap();
    assert!(
        matches!(driver.set_frozen(&missing, true).await, Err(DriverError::NoSuchInstance(id)) if id == missing)
    );
    assert!(simulated.kill(&specs[1].id));
    assert_eq!(events.recv().await.unwrap(), InstanceEvent::Exited { id: specs[1].id.clone() });
    driver.destroy(&specs[1].id).await.unwrap();
    let listed = driver.list().await.unwrap();
    assert!(listed.len() == 49 && listed.iter().all(|status| status.state == InstanceState::Ready));
    let huge = InstanceSpec { screen: ScreenSize { width: u16::MAX, height: 1 }, ..spec("huge") };
    assert!(driver.ensure(&huge).await.is_err());
}

#[tokio::test]
async fn connections_to_agents_are_handed_on() {
    let (remote, _task) = pair(&SimulatedDriver::new(Duration::ZERO)).await;
    remote.ensure(&spec("one")).await.unwrap();
    let mut connection = remote.connect(&spec("one").id).await.unwrap();
    assert_eq!(connection.secret.0, [0x5a; 32]);
    // Probe, which is answered by AgentReady.
    connection.stream.write_all(&[1, 0, 0, 0, 0x03]).await.unwrap();
    let length = connection.stream.read_u32_le().await.unwrap();
    let mut answer = vec![0; length as usize];
    connection.stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer[0], 0x89);
    let missing = remote.connect(&InstanceId::new("missing").unwrap()).await;
    assert!(matches!(missing, Err(DriverError::NoSuchInstance(_))));
}

#[tokio::test]
async fn images_travel_as_open_files() {
    let (remote, _task) = pair(&SimulatedDriver::new(Duration::ZERO)).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("image");
    std::fs::write(&path, "the content").unwrap();
    let file = std::fs::File::open(&path).unwrap();
    let refused = remote.import(file.into(), None).await.unwrap_err();
    assert!(matches!(refused, ImportError::Refused(text) if text == "the content"));
    let digest = ImageDigest("sha256:1".into());
    assert!(matches!(remote.remove(&digest).await, Err(ImportError::InUse(told)) if told == digest));
}

#[tokio::test]
async fn what_was_fetched_travels_as_an_open_file() {
    let (remote, _task) = pair(&SimulatedDriver::new(Duration::ZERO)).await;
    remote.check("r.example/a:1").await.unwrap();
    let file = remote.fetch("r.example/a:1").await.unwrap();
    assert_eq!(io::read_to_string(std::fs::File::from(file)).unwrap(), "an archive");
    let other = "r.example/b:1".to_owned();
    assert_eq!(remote.check(&other).await, Err(FetchError::Refused(other.clone())));
    assert_eq!(remote.fetch(&other).await.err(), Some(FetchError::Refused(other)));
    assert!(matches!(remote.check("no-image").await, Err(FetchError::Refused(_))));
}

#[tokio::test]
async fn the_end_of_one_is_the_end_of_the_other() {
    let simulated = SimulatedDriver::new(Duration::from_secs(3600));
    let (remote, task) = pair(&simulated).await;
    let asked = tokio::spawn({
        let remote = remote.clone();
        async move { remote.ensure(&spec("slow")).await }
    });
    // Once the host has it, it is on the list.
    while remote.list().await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    task.abort();
    remote.lost().cancelled().await;
    let error = asked.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("the host process"), "{error}");
    assert!(remote.list().await.is_err());

    let (front, theirs) = UnixStream::pair().unwrap();
    let task = tokio::spawn(server::serve(theirs, host(&simulated)));
    drop(front);
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_front_that_breaks_the_rules_is_hung_up_on() {
    let driver = SimulatedDriver::new(Duration::ZERO);
    let too_long = [&0x0100_0000_u32.to_le_bytes()[..], &[0; 4]].concat();
    let frame = |text: &str| [&(text.len() as u32).to_le_bytes()[..], &[0; 4], text.as_bytes()].concat();
    let cases = [
        too_long,
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        frame("{}"),
        frame(r#"{"id":1,"request":{"Destroy":"../../etc"}}"#),
        frame(r#"{"id":1,"request":{"Run":["/bin/sh"]}}"#),
        frame(r#"{"id":1,"request":{"FetchPublished":"http://r.example/a"}}"#),
        // It says that a file comes with it.
        [&4_u32.to_le_bytes()[..], &1_u32.to_le_bytes(), b"null"].concat(),
        frame(&format!("{{\"id\":1,\"request\":{}1", "[".repeat(10_000))),
    ];
    for bytes in cases {
        let (mut front, theirs) = UnixStream::pair().unwrap();
        let task = tokio::spawn(server::serve(theirs, host(&driver)));
        front.write_all(&bytes).await.unwrap();
        let error = task.await.unwrap().unwrap_err();
        assert_eq!(
            error.kind(),
            io::ErrorKind::InvalidData,
            "{error}: {:?}",
            String::from_utf8_lossy(&bytes)
        );
    }
}
