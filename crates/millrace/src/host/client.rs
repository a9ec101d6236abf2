//! The front's end: what it sees of the host process is a [`Driver`], [`Images`] and
//! [`Registries`] like any others.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use millrace_control::{FetchError, Registries};
use millrace_driver::images::{ExportSpec, ExportedImage, Images, ImportError, ImportedImage};
use millrace_driver::objects::ObjectName;
use millrace_driver::{
    AgentConnection, AgentSecret, DiskId, Driver, DriverError, HomeFolder, ImageDigest, InstanceEvent,
    InstanceId, InstanceSpec, InstanceStatus, Preparation, Snapshot, SnapshotApplication, SnapshotSpec,
};
use millrace_registry::{Reference, ReferenceError};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{broadcast, oneshot};
use tokio_util::sync::CancellationToken;

use super::files::Files;
use super::frames::{self, Frame};
use super::protocol::{Call, LONGEST_SAID, Request, Said};
use crate::tls::Pem;

/// Events that a slow receiver may have outstanding before it lags.
const EVENT_CAPACITY: usize = 1024;
/// How errors name the other process.
const HOST: &str = "the host process of the server";

/// The host process. Clones are the same one.
#[derive(Clone)]
pub(crate) struct RemoteHost {
    inner: Arc<Inner>,
}

struct Inner {
    stream: UnixStream,
    /// One message after the other.
    sending: tokio::sync::Mutex<()>,
    next_id: AtomicU64,
    /// Who waits for which answer.
    waiting: Mutex<HashMap<u64, oneshot::Sender<Outcome>>>,
    events: broadcast::Sender<InstanceEvent>,
    /// The host has ended.
    lost: CancellationToken,
}

type Outcome = (Result<Value, Value>, Option<OwnedFd>);

impl RemoteHost {
    /// Waits until the host serves.
    ///
    /// # Errors
    /// It could not start: the message says why.
    pub(super) async fn attach(stream: UnixStream) -> anyhow::Result<Self> {
        match frames::receive(&stream, LONGEST_SAID).await? {
            Some((Said::Ready, None)) => {}
            Some((Said::Failed(why), _)) => anyhow::bail!("{why}"),
            Some(_) => anyhow::bail!("{HOST} said something else than that it is ready"),
            None => anyhow::bail!("{HOST} ended before it was ready"),
        }
        let inner = Arc::new(Inner {
            stream,
            sending: tokio::sync::Mutex::default(),
            next_id: AtomicU64::new(0),
            waiting: Mutex::default(),
            events: broadcast::channel(EVENT_CAPACITY).0,
            lost: CancellationToken::new(),
        });
        tokio::spawn(hear(inner.clone()));
        Ok(Self { inner })
    }

    /// Is cancelled when the host process has ended: nothing can be done any more.
    pub(crate) fn lost(&self) -> &CancellationToken {
        &self.inner.lost
    }

    /// Asks, and waits for the answer. The host does what was asked even if nobody waits any more.
    async fn ask<T: DeserializeOwned, E: Failure>(
        &self,
        request: Request,
        file: Option<OwnedFd>,
    ) -> Result<(T, Option<OwnedFd>), E> {
        let (result, file) = self.call(request, file).await.map_err(E::lost)?;
        match result {
            Ok(value) => {
                let answer = serde_json::from_value(value).map_err(|error| E::lost(error.into()))?;
                Ok((answer, file))
            }
            Err(value) => Err(serde_json::from_value(value).unwrap_or_else(|error| E::lost(error.into()))),
        }
    }

    async fn call(&self, request: Request, file: Option<OwnedFd>) -> io::Result<Outcome> {
        let inner = &self.inner;
        let id = inner.next_id.fetch_add(1, Ordering::Relaxed);
        let frame = Frame::new(&Call { id, request }, file)?;
        let (answer, answered) = oneshot::channel();
        inner.waiting().insert(id, answer);
        // Of a future that is dropped while it waits, too.
        let _forget = Forget { inner, id };
        if inner.lost.is_cancelled() {
            return Err(ended());
        }
        // In a task of its own: a message must not be half written because somebody stopped waiting.
        let sender = inner.clone();
        let sent = tokio::spawn(async move {
            let _turn = sender.sending.lock().await;
            frame.send(&sender.stream).await
        });
        sent.await.map_err(io::Error::other)??;
        answered.await.map_err(|_| ended())
    }
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "it has ended")
}

struct Forget<'a> {
    inner: &'a Inner,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.inner.waiting().remove(&self.id);
    }
}

impl Inner {
    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Outcome>>> {
        // Each change is one insertion or removal: the map is whole after a panic too.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands on what the host says, until it ends.
async fn hear(inner: Arc<Inner>) {
    loop {
        match frames::receive(&inner.stream, LONGEST_SAID).await {
            Ok(Some((Said::Answer { id, result }, file))) => {
                if let Some(waiting) = inner.waiting().remove(&id) {
                    // An error means that nobody waits any more.
                    let _ = waiting.send((result, file));
                }
            }
            Ok(Some((Said::Event(event), _))) => {
                // An error only means that nobody listens at the moment.
                let _ = inner.events.send(event);
            }
            Ok(Some((Said::Ready | Said::Failed(_), _))) => {}
            Ok(None) => break,
            Err(error) => {
                tracing::error!(%error, "the host process cannot be understood");
                break;
            }
        }
    }
    inner.lost.cancel();
    // Whoever waits hears of it by the end of their channel.
    inner.waiting().clear();
}

/// An error that can say that the host process is gone.
trait Failure: DeserializeOwned {
    fn lost(error: io::Error) -> Self;
}

impl Failure for DriverError {
    fn lost(error: io::Error) -> Self {
        Self::Lost(error.to_string())
    }
}

impl Failure for ImportError {
    fn lost(source: io::Error) -> Self {
        Self::Io { action: "asking".into(), path: HOST.into(), source }
    }
}

impl Failure for FetchError {
    fn lost(error: io::Error) -> Self {
        Self::Internal(format!("{HOST}: {error}"))
    }
}

impl Failure for String {
    fn lost(error: io::Error) -> Self {
        error.to_string()
    }
}

#[async_trait]
impl Files for RemoteHost {
    async fn tls(&self) -> Result<Pem, String> {
        self.ask(Request::Tls, None).await.map(|(pem, _)| pem)
    }

    async fn remove_admin_socket(&self) -> Result<(), String> {
        self.ask(Request::RemoveAdminSocket, None).await.map(|((), _)| ())
    }
}

#[async_trait]
impl Driver for RemoteHost {
    async fn ensure(&self, spec: &InstanceSpec) -> Result<(), DriverError> {
        self.ask(Request::Ensure(spec.clone()), None).await.map(|((), _)| ())
    }

    async fn list(&self) -> Result<Vec<InstanceStatus>, DriverError> {
        self.ask(Request::List, None).await.map(|(instances, _)| instances)
    }

    async fn destroy(&self, id: &InstanceId) -> Result<(), DriverError> {
        self.ask(Request::Destroy(id.clone()), None).await.map(|((), _)| ())
    }

    async fn connect(&self, id: &InstanceId) -> Result<AgentConnection, DriverError> {
        let (secret, connection) =
            self.ask::<Vec<u8>, DriverError>(Request::Connect(id.clone()), None).await?;
        let connection =
            connection.ok_or_else(|| DriverError::lost(io::Error::other("no connection came")))?;
        let stream = std::os::unix::net::UnixStream::from(connection);
        let stream = stream.set_nonblocking(true).and_then(|()| UnixStream::from_std(stream));
        Ok(AgentConnection { stream: stream.map_err(DriverError::lost)?, secret: AgentSecret(secret) })
    }

    async fn prepare(&self, id: &InstanceId, program: &Preparation) -> Result<(), DriverError> {
        let request = Request::Prepare { id: id.clone(), program: program.clone() };
        self.ask(request, None).await.map(|((), _)| ())
    }

    async fn set_frozen(&self, id: &InstanceId, frozen: bool) -> Result<(), DriverError> {
        self.ask(Request::SetFrozen { id: id.clone(), frozen }, None).await.map(|((), _)| ())
    }

    async fn attach(&self, id: &InstanceId, home: &HomeFolder) -> Result<(), DriverError> {
        let request = Request::Attach { id: id.clone(), home: home.clone() };
        self.ask(request, None).await.map(|((), _)| ())
    }

    async fn assistant(&self, id: &InstanceId) -> Result<UnixListener, DriverError> {
        let ((), listener) = self.ask::<(), DriverError>(Request::Assistant(id.clone()), None).await?;
        let listener = listener.ok_or_else(|| DriverError::lost(io::Error::other("no listener came")))?;
        let listener = std::os::unix::net::UnixListener::from(listener);
        let listener = listener.set_nonblocking(true).and_then(|()| UnixListener::from_std(listener));
        listener.map_err(DriverError::lost)
    }

    async fn snapshot(&self, disk: &DiskId, spec: &SnapshotSpec) -> Result<Snapshot, DriverError> {
        let request = Request::Snapshot { disk: disk.clone(), spec: spec.clone() };
        self.ask(request, None).await.map(|(snapshot, _)| snapshot)
    }

    async fn remove_disk(&self, disk: &DiskId) -> Result<(), DriverError> {
        self.ask(Request::RemoveDisk(disk.clone()), None).await.map(|((), _)| ())
    }

    fn events(&self) -> broadcast::Receiver<InstanceEvent> {
        self.inner.events.subscribe()
    }
}

#[async_trait]
impl Images for RemoteHost {
    async fn import(
        &self,
        source: OwnedFd,
        catalogue: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError> {
        let request = Request::ImportImage { catalogue: catalogue.map(<[_]>::to_vec) };
        self.ask(request, Some(source)).await.map(|(imported, _)| imported)
    }

    async fn remove(&self, digest: &ImageDigest) -> Result<(), ImportError> {
        self.ask(Request::RemoveImage(digest.clone()), None).await.map(|((), _)| ())
    }

    async fn export(&self, digest: &ImageDigest, spec: &ExportSpec) -> Result<ExportedImage, ImportError> {
        let request = Request::ExportImage { image: digest.clone(), spec: spec.clone() };
        self.ask(request, None).await.map(|(exported, _)| exported)
    }

    async fn export_open(&self, digest: &ImageDigest, file: OwnedFd) -> Result<ExportedImage, ImportError> {
        let request = Request::ExportOpen { image: digest.clone() };
        self.ask(request, Some(file)).await.map(|(exported, _)| exported)
    }

    async fn import_object(
        &self,
        object: &ObjectName,
        catalogue: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError> {
        let request =
            Request::ImportObject { object: object.clone(), catalogue: catalogue.map(<[_]>::to_vec) };
        self.ask(request, None).await.map(|(imported, _)| imported)
    }

    async fn list_images(&self) -> Result<Vec<ImageDigest>, ImportError> {
        self.ask(Request::ListImages, None).await.map(|(images, _)| images)
    }

    async fn find_object(&self, object: &ObjectName) -> Result<Option<u64>, ImportError> {
        self.ask(Request::FindObject(object.clone()), None).await.map(|(length, _)| length)
    }

    async fn add_application(
        &self,
        digest: &ImageDigest,
        application: &SnapshotApplication,
    ) -> Result<ImportedImage, ImportError> {
        let request = Request::AddApplication { image: digest.clone(), application: application.clone() };
        self.ask(request, None).await.map(|(imported, _)| imported)
    }
}

#[async_trait]
impl Registries for RemoteHost {
    async fn check(&self, reference: &str) -> Result<(), FetchError> {
        let request = Request::CheckPublished(named(reference)?);
        self.ask(request, None).await.map(|((), _)| ())
    }

    async fn fetch(&self, reference: &str) -> Result<OwnedFd, FetchError> {
        let request = Request::FetchPublished(named(reference)?);
        let ((), file) = self.ask::<(), FetchError>(request, None).await?;
        file.ok_or_else(|| FetchError::lost(io::Error::other("no file came")))
    }
}

fn named(reference: &str) -> Result<Reference, FetchError> {
    reference.parse().map_err(|error: ReferenceError| FetchError::Refused(error.to_string()))
}
