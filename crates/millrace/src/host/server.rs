//! The host's end: does what the front asks for, with the real driver and image store.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use millrace_control::FetchError;
use millrace_driver::images::ImportError;
use millrace_driver::{Driver, DriverError, InstanceEvent, InstanceId, InstanceSpec, InstanceState};
use serde::Serialize;
use serde_json::Value;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::task::AbortOnDropHandle;

use super::Host;
use super::frames::{self, Frame};
use super::protocol::{CALLS_AT_ONCE, Call, LONGEST_CALL, Request, Said};

/// The largest disk of an image builder, in bytes: what a volume of the API can be asked to have.
const LARGEST_DISK: u64 = 65_536 << 30;
/// Messages that may wait for the front.
const OUTGOING: usize = 256;

/// Says that all is ready, and serves until the front has ended.
///
/// # Errors
/// The front said something that it would not say by itself.
pub(super) async fn serve(stream: UnixStream, services: Host) -> io::Result<()> {
    let stream = Arc::new(stream);
    let (outgoing, frames) = mpsc::channel(OUTGOING);
    // Ended with this future: the connection is then closed.
    let _writer = AbortOnDropHandle::new(tokio::spawn(write(stream.clone(), frames)));
    let _events =
        AbortOnDropHandle::new(tokio::spawn(tell_events(services.driver.clone(), outgoing.clone())));
    say(&outgoing, &Said::Ready, None).await;
    hear(&stream, &services, &outgoing).await
}

async fn hear(stream: &UnixStream, services: &Host, outgoing: &mpsc::Sender<Frame>) -> io::Result<()> {
    let permits = Arc::new(Semaphore::new(CALLS_AT_ONCE));
    loop {
        let permit = permits.clone().acquire_owned().await.map_err(io::Error::other)?;
        let Some((Call { id, request }, file)) = frames::receive(stream, LONGEST_CALL).await? else {
            return Ok(());
        };
        let (services, outgoing) = (services.clone(), outgoing.clone());
        tokio::spawn(async move {
            let _permit = permit;
            let Answer { result, file } = services.answer(request, file).await;
            say(&outgoing, &Said::Answer { id, result }, file).await;
        });
    }
}

/// The answer to one request.
struct Answer {
    result: Result<Value, Value>,
    file: Option<OwnedFd>,
}

impl Answer {
    fn of<T: Serialize, E: Serialize>(result: Result<T, E>) -> Self {
        let told = match result {
            Ok(value) => serde_json::to_value(value).map(Ok),
            Err(error) => serde_json::to_value(error).map(Err),
        };
        // A path that is not UTF-8, say.
        let result = told.unwrap_or_else(|error| Err(Value::String(error.to_string())));
        Self { result, file: None }
    }
}

impl Host {
    async fn answer(&self, request: Request, file: Option<OwnedFd>) -> Answer {
        let driver = &self.driver;
        match request {
            Request::Ensure(spec) => Answer::of(self.ensure(&spec).await),
            Request::List => Answer::of(driver.list().await),
            Request::Destroy(id) => Answer::of(driver.destroy(&id).await),
            Request::Connect(id) => self.connect(&id).await,
            Request::Prepare { id, program } => Answer::of(driver.prepare(&id, &program).await),
            Request::SetFrozen { id, frozen } => Answer::of(driver.set_frozen(&id, frozen).await),
            Request::Attach { id, home } => Answer::of(driver.attach(&id, &home).await),
            Request::Assistant(id) => self.assistant(&id).await,
            Request::Snapshot { disk, spec } => Answer::of(driver.snapshot(&disk, &spec).await),
            Request::RemoveDisk(disk) => Answer::of(driver.remove_disk(&disk).await),
            Request::ImportImage { catalogue } => Answer::of(match file {
                Some(source) => self.images.import(source, catalogue.as_deref()).await,
                None => Err(ImportError::Refused("no open file came with the request".into())),
            }),
            Request::RemoveImage(digest) => Answer::of(self.images.remove(&digest).await),
            Request::ExportImage { image, spec } => Answer::of(self.images.export(&image, &spec).await),
            Request::ExportOpen { image } => Answer::of(match file {
                Some(target) => self.images.export_open(&image, target).await,
                None => Err(ImportError::Refused("no open file came with the request".into())),
            }),
            Request::ImportObject { object, catalogue } => {
                Answer::of(self.images.import_object(&object, catalogue.as_deref()).await)
            }
            Request::ListImages => Answer::of(self.images.list_images().await),
            Request::FindObject(object) => Answer::of(self.images.find_object(&object).await),
            Request::AddApplication { image, application } => {
                Answer::of(self.images.add_application(&image, &application).await)
            }
            Request::CheckPublished(reference) => {
                Answer::of(self.registries.check(&reference.to_string()).await)
            }
            Request::FetchPublished(reference) => match self.registries.fetch(&reference.to_string()).await {
                Ok(file) => Answer { file: Some(file), ..Answer::of(Ok::<_, FetchError>(())) },
                Err(error) => Answer::of(Err::<(), _>(error)),
            },
            Request::Tls => Answer::of(self.files.tls().await),
            Request::RemoveAdminSocket => Answer::of(self.files.remove_admin_socket().await),
        }
    }

    async fn ensure(&self, spec: &InstanceSpec) -> Result<(), DriverError> {
        let screen = spec.screen;
        if !(320..=7680).contains(&screen.width) || !(200..=4320).contains(&screen.height) {
            let detail = format!("a screen of {} by {} pixels cannot be", screen.width, screen.height);
            return Err(DriverError::Program { program: "millrace".into(), detail });
        }
        if spec.builder.as_ref().is_some_and(|builder| builder.disk_bytes > LARGEST_DISK) {
            let detail = "a disk of that size cannot be".to_owned();
            return Err(DriverError::Program { program: "millrace".into(), detail });
        }
        self.driver.ensure(spec).await
    }

    async fn assistant(&self, id: &InstanceId) -> Answer {
        match self.driver.assistant(id).await.map(UnixListener::into_std) {
            Ok(Ok(listener)) => {
                Answer { file: Some(listener.into()), ..Answer::of(Ok::<_, DriverError>(())) }
            }
            Ok(Err(source)) => {
                let action = "handing on a listener".into();
                Answer::of(Err::<(), _>(DriverError::Io { action, path: id.as_str().into(), source }))
            }
            Err(error) => Answer::of(Err::<(), _>(error)),
        }
    }

    async fn connect(&self, id: &InstanceId) -> Answer {
        let connected = match self.driver.connect(id).await {
            Ok(connection) => connection.stream.into_std().map(|stream| (stream, connection.secret.0)),
            Err(error) => return Answer::of(Err::<(), _>(error)),
        };
        match connected {
            Ok((stream, secret)) => {
                Answer { file: Some(stream.into()), ..Answer::of(Ok::<_, DriverError>(secret)) }
            }
            Err(source) => {
                let action = "handing on a connection".into();
                Answer::of(Err::<(), _>(DriverError::Io { action, path: id.as_str().into(), source }))
            }
        }
    }
}

async fn say(outgoing: &mpsc::Sender<Frame>, said: &Said, file: Option<OwnedFd>) {
    match Frame::new(said, file) {
        // An error means that the front has ended.
        Ok(frame) => drop(outgoing.send(frame).await),
        Err(error) => tracing::error!(%error, "a message to the front cannot be written"),
    }
}

async fn write(stream: Arc<UnixStream>, mut frames: mpsc::Receiver<Frame>) {
    while let Some(frame) = frames.recv().await {
        if let Err(error) = frame.send(&stream).await {
            // The reader sees the end, and ends everything.
            tracing::debug!(%error, "the front does not listen any more");
            return;
        }
    }
}

async fn tell_events(driver: Arc<dyn Driver>, outgoing: mpsc::Sender<Frame>) {
    let mut events = driver.events();
    loop {
        match events.recv().await {
            Ok(event) => say(&outgoing, &Said::Event(event), None).await,
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "ends of instances were missed: looking at all of them");
                tell_missed(driver.as_ref(), &outgoing).await;
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// An end may be told twice, but not never.
async fn tell_missed(driver: &dyn Driver, outgoing: &mpsc::Sender<Frame>) {
    match driver.list().await {
        Ok(instances) => {
            for instance in instances.into_iter().filter(|instance| instance.state == InstanceState::Exited) {
                say(outgoing, &Said::Event(InstanceEvent::Exited { id: instance.id }), None).await;
            }
        }
        Err(error) => tracing::error!(error = crate::chain(&error), "the instances cannot be listed"),
    }
}
