//! A gateway on a free port, with sessions and agents that the test plays.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use millrace_gateway::ports::{EndReason, InstanceUnreachable, Instances, Sessions, Streamed};
use millrace_gateway::{Gateway, GatewayConfig, Limits};
use millrace_stream::admission::{
    Application, Grant, Progress, Refusal, RefusalReason, StackToken, UserSettings, View,
};
use millrace_stream::framing::Deframer;
use millrace_stream::message::{
    AgentMessage, AgentRequest, ClientMessage, Credential, EndedReason, Hello, Input, InputEvent, NoticeKind,
    ScreenSize, ServerMessage, SessionMessage,
};
use millrace_stream::ticket::{Destination, SignedTicket, Ticket};
use millrace_stream::wire::MAX_TO_AGENT_BYTES;
use millrace_stream::{PROTOCOL_VERSION, SigningKey};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Whatever takes this long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
pub(crate) const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
pub(crate) const ICON: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const SIZE: ScreenSize = ScreenSize { width: 1280, height: 720, scale_percent: 100 };

pub(crate) fn key() -> SigningKey {
    SigningKey::new([7; 32])
}

pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it takes too long")
}

/// What the gateway told `Sessions`, in its order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Admit(String),
    AdmissionDropped,
    Connected(String),
    Disconnected(String),
    Ended(String, EndReason),
}

/// What an admission does, step by step.
#[derive(Clone)]
pub(crate) enum Step {
    Say(Progress),
    Grant,
    Refuse(RefusalReason),
    Hang,
}

pub(crate) struct FakeSessions {
    told: mpsc::UnboundedSender<Told>,
    steps: Mutex<Vec<Step>>,
    over: Mutex<Option<EndReason>>,
    /// What became of streams, in order.
    pub(crate) streams: Mutex<Vec<(String, Streamed)>>,
}

struct OnDrop(Option<mpsc::UnboundedSender<Told>>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        if let Some(told) = &self.0 {
            let _ = told.send(Told::AdmissionDropped);
        }
    }
}

#[async_trait]
impl Sessions for FakeSessions {
    async fn admit(&self, ticket: Ticket, progress: mpsc::Sender<Progress>) -> Result<Grant, Refusal> {
        let _ = self.told.send(Told::Admit(ticket.ticket_id));
        let mut dropped = OnDrop(Some(self.told.clone()));
        let steps = self.steps.lock().unwrap().clone();
        for step in steps {
            match step {
                Step::Say(state) => progress.send(state).await.unwrap(),
                Step::Hang => std::future::pending().await,
                Step::Refuse(reason) => {
                    dropped.0 = None;
                    return Err(Refusal { reason, message: "no".into() });
                }
                Step::Grant => {
                    dropped.0 = None;
                    return Ok(grant("s-1"));
                }
            }
        }
        panic!("an admission needs an outcome");
    }

    async fn embed_host_domains(&self, stack: &StackToken) -> Vec<String> {
        let known = stack.stack == "Portal" && stack.account_id == "123456789012";
        if known { vec!["portal.example.org".into(), "a;b".into()] } else { Vec::new() }
    }

    async fn icon(&self, name: &str) -> Option<Vec<u8>> {
        (name == ICON).then(|| b"\x89PNG".to_vec())
    }

    async fn connected(&self, session_id: &str, _: Option<IpAddr>) -> Result<(), EndReason> {
        let _ = self.told.send(Told::Connected(session_id.to_owned()));
        self.over.lock().unwrap().map_or(Ok(()), Err)
    }

    async fn streamed(&self, session_id: &str, streamed: Streamed) {
        self.streams.lock().unwrap().push((session_id.to_owned(), streamed));
    }

    async fn disconnected(&self, session_id: &str) {
        let _ = self.told.send(Told::Disconnected(session_id.to_owned()));
    }

    async fn ended(&self, session_id: &str, reason: EndReason) {
        let _ = self.told.send(Told::Ended(session_id.to_owned(), reason));
    }
}

/// Why an instance cannot be reached.
#[derive(Clone, Copy)]
pub(crate) enum Lack {
    Gone,
    NotKnown,
}

/// Gives each connection one end of a socket pair, and the test the other, as long as the instance is there.
#[derive(Default)]
pub(crate) struct FakeInstances {
    waiting: Mutex<VecDeque<UnixStream>>,
    came: Notify,
    /// Why it cannot be reached, if so.
    lack: Mutex<Option<Lack>>,
}

#[async_trait]
impl Instances for FakeInstances {
    async fn connect(&self, instance_id: &str) -> Result<(UnixStream, Vec<u8>), InstanceUnreachable> {
        assert_eq!(instance_id, "i-1");
        match *self.lack.lock().unwrap() {
            Some(Lack::Gone) => return Err(InstanceUnreachable::Gone("it is gone".into())),
            Some(Lack::NotKnown) => return Err(InstanceUnreachable::NotKnown("the host is lost".into())),
            None => {}
        }
        let (ours, theirs) = UnixStream::pair().unwrap();
        self.waiting.lock().unwrap().push_back(theirs);
        self.came.notify_one();
        Ok((ours, SECRET.to_vec()))
    }
}

pub(crate) struct Fixture {
    pub(crate) gateway: Gateway,
    pub(crate) address: SocketAddr,
    pub(crate) told: mpsc::UnboundedReceiver<Told>,
    pub(crate) sessions: Arc<FakeSessions>,
    instances: Arc<FakeInstances>,
    server: AbortHandle,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Short limits where a test waits for one, long ones where it must not meet one.
pub(crate) fn limits() -> Limits {
    Limits {
        hello: Duration::from_millis(300),
        admission_keep_alive: Duration::from_millis(100),
        agent_retries: [0, 10, 20].map(Duration::from_millis).to_vec(),
        farewell: Duration::from_millis(500),
        ..Limits::default()
    }
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        Self::with(limits(), "http://127.0.0.1:1").await
    }

    pub(crate) async fn with(limits: Limits, public_url: &str) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        let sessions = Arc::new(FakeSessions {
            told: tell,
            steps: Mutex::new(vec![Step::Grant]),
            over: Mutex::new(None),
            streams: Mutex::default(),
        });
        let instances = Arc::new(FakeInstances::default());
        let public_url = public_url.parse().unwrap();
        let gateway = Gateway::new(GatewayConfig { public_url, signing_key: key(), limits });
        let router = gateway.router(Arc::clone(&sessions) as _, Arc::clone(&instances) as _);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let app = router.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, app).await.unwrap();
        })
        .abort_handle();
        Self { gateway, address, told, sessions, instances, server }
    }

    pub(crate) fn admissions(&self, steps: &[Step]) {
        *self.sessions.steps.lock().unwrap() = steps.to_vec();
    }

    pub(crate) fn session_is_over(&self, reason: EndReason) {
        *self.sessions.over.lock().unwrap() = Some(reason);
    }

    pub(crate) fn instance_lacks(&self, lack: Option<Lack>) {
        *self.instances.lack.lock().unwrap() = lack;
    }

    pub(crate) async fn told(&mut self) -> Told {
        soon(self.told.recv()).await.unwrap()
    }

    /// The other end of the next connection to the agent.
    pub(crate) async fn agent(&self) -> FakeAgent {
        loop {
            if let Some(stream) = self.instances.waiting.lock().unwrap().pop_front() {
                return FakeAgent { stream, deframer: Deframer::new(MAX_TO_AGENT_BYTES) };
            }
            soon(self.instances.came.notified()).await;
        }
    }

    pub(crate) async fn open(&self) -> Browser {
        self.open_from(Some(&format!("http://{}", self.address))).await.unwrap()
    }

    pub(crate) async fn open_from(&self, origin: Option<&str>) -> Result<Browser, tungstenite::Error> {
        let mut request = format!("ws://{}/session/stream", self.address).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "millrace.stream.v1".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        let (socket, _) = soon(tokio_tungstenite::connect_async(request)).await?;
        Ok(Browser { socket, sequence: 0 })
    }

    /// A browser that was let in by a grant, with its agent and its resume token.
    pub(crate) async fn attach(&mut self, session: &str) -> (Browser, FakeAgent, String) {
        let token = grant(session).sign(&key()).unwrap();
        self.attach_with(Credential::Grant(token), session).await
    }

    pub(crate) async fn attach_with(
        &mut self,
        credential: Credential,
        session: &str,
    ) -> (Browser, FakeAgent, String) {
        let mut browser = self.open().await;
        browser.hello(credential).await;
        assert_eq!(self.told().await, Told::Connected(session.to_owned()));
        let mut agent = self.agent().await;
        let attach = AgentRequest::Attach { version: PROTOCOL_VERSION, secret: SECRET.to_vec(), size: SIZE };
        assert_eq!(agent.read().await.unwrap(), attach);
        let token = browser.welcome().await["resume_token"].as_str().unwrap().to_owned();
        (browser, agent, token)
    }
}

pub(crate) fn ticket() -> Ticket {
    Ticket {
        expires_epoch_seconds: now() + 60,
        account_id: "123456789012".into(),
        region: "eu-west-1".into(),
        user_id: "alice".into(),
        destination: Destination::Fleet { stack: "Desk".into(), fleet: "Desk-Fleet".into() },
        application_id: None,
        session_context: None,
        max_user_duration_seconds: 3600,
        ticket_id: "t-1".into(),
    }
}

/// A ticket of another stack.
pub(crate) fn to_stack(stack: &str) -> Ticket {
    let destination = Destination::Fleet { stack: stack.into(), fleet: "Desk-Fleet".into() };
    Ticket { destination, ..ticket() }
}

pub(crate) fn signed() -> SignedTicket {
    ticket().sign(&key()).unwrap()
}

pub(crate) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// A grant without anything to be started at once.
pub(crate) fn grant(session: &str) -> Grant {
    Grant {
        session_id: session.into(),
        instance_id: "i-1".into(),
        account_id: "123456789012".into(),
        region: "eu-west-1".into(),
        stack: "Desk".into(),
        fleet: "Desk-Fleet".into(),
        user_id: "alice".into(),
        ticket_id: "t-1".into(),
        expires_epoch_seconds: now() + 60,
        view: View::Applications,
        applications: vec![Application {
            name: "editor".into(),
            display_name: "Text Editor".into(),
            argv: vec!["/usr/bin/editor".into(), "--new".into()],
            working_directory: String::new(),
            icon: Some(ICON.into()),
        }],
        launch: Vec::new(),
        may_adopt: false,
        environment: vec![("APPSTREAM_SESSION_CONTEXT".into(), "a=b".into())],
        redirect_url: Some("https://example.com/bye".into()),
        feedback_url: None,
        user_settings: UserSettings { copy_from_local_device: Some(20), copy_to_local_device: Some(20) },
        not_yet: vec!["FILE_UPLOAD".into()],
        idle_disconnect_seconds: 0,
        session_ends_epoch_seconds: None,
    }
}

pub(crate) struct Browser {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    sequence: u32,
}

/// What a browser gets, kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Got {
    Ended(EndedReason, String),
    Bytes(Vec<u8>),
    /// Closed without an Ended.
    Closed,
}

impl Browser {
    pub(crate) async fn hello(&mut self, credential: Credential) {
        self.hello_scaled(credential, SIZE.scale_percent).await;
    }

    pub(crate) async fn hello_scaled(&mut self, credential: Credential, scale_percent: u16) {
        let size = ScreenSize { scale_percent, ..SIZE };
        self.say(&ClientMessage::Hello(Hello { version: PROTOCOL_VERSION, credential, size })).await;
    }

    pub(crate) async fn say(&mut self, message: &ClientMessage) {
        let mut bytes = Vec::new();
        message.encode(&mut bytes).unwrap();
        self.send(Message::binary(bytes)).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        soon(self.socket.send(message)).await.unwrap();
    }

    pub(crate) async fn input(&mut self, event: InputEvent) {
        self.sequence += 1;
        let input = Input { sequence: self.sequence, time: 1000, event };
        self.say(&ClientMessage::Session(SessionMessage::Input(input))).await;
    }

    pub(crate) async fn next(&mut self) -> Got {
        loop {
            match soon(self.socket.next()).await {
                Some(Ok(Message::Binary(bytes))) => {
                    return match ServerMessage::decode(&bytes).unwrap() {
                        ServerMessage::Ended { reason, redirect_url, .. } => Got::Ended(reason, redirect_url),
                        _ => Got::Bytes(bytes.to_vec()),
                    };
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Got::Closed,
                Some(Ok(other)) => panic!("{other:?}"),
            }
        }
    }

    pub(crate) async fn welcome(&mut self) -> serde_json::Value {
        let got = self.next().await;
        let Got::Bytes(bytes) = &got else { panic!("{got:?}") };
        let ServerMessage::Welcome { json } = ServerMessage::decode(bytes).unwrap() else {
            panic!("{got:?}")
        };
        serde_json::from_str(&json).unwrap()
    }

    /// The warning that who does nothing is disconnected, at most so long before it happens.
    pub(crate) async fn idle_notice(&mut self, before: Duration) {
        let got = self.next().await;
        let Got::Bytes(bytes) = &got else { panic!("{got:?}") };
        let Ok(ServerMessage::Notice { kind: NoticeKind::Idle, seconds }) = ServerMessage::decode(bytes)
        else {
            panic!("{got:?}")
        };
        assert!((1..=before.as_secs()).contains(&seconds.into()), "{seconds}");
    }

    pub(crate) async fn ended(&mut self) -> EndedReason {
        let got = self.next().await;
        let Got::Ended(reason, _) = got else { panic!("{got:?}") };
        assert_eq!(self.next().await, Got::Closed);
        reason
    }
}

pub(crate) struct FakeAgent {
    pub(crate) stream: UnixStream,
    deframer: Deframer,
}

impl FakeAgent {
    /// The next request, but for the word that nothing prepared is wanted; nothing when the gateway has closed.
    pub(crate) async fn read(&mut self) -> Option<AgentRequest> {
        loop {
            let request = self.read_any().await;
            if request != Some(AgentRequest::EndPrepared) {
                return request;
            }
        }
    }

    pub(crate) async fn read_any(&mut self) -> Option<AgentRequest> {
        soon(async {
            loop {
                if let Some(message) = self.deframer.next().unwrap() {
                    return Some(AgentRequest::decode(message).unwrap());
                }
                let mut buffer = [0; 4096];
                match self.stream.read(&mut buffer).await {
                    Ok(0) | Err(_) => return None,
                    Ok(count) => self.deframer.push(&buffer[..count]),
                }
            }
        })
        .await
    }

    pub(crate) async fn say(&mut self, message: &AgentMessage<'_>) -> Vec<u8> {
        let mut framed = Vec::new();
        message.encode_framed(&mut framed).unwrap();
        soon(self.stream.write_all(&framed)).await.unwrap();
        framed.split_off(4)
    }

    pub(crate) async fn event(&mut self) -> InputEvent {
        let request = self.read().await;
        let Some(AgentRequest::Session(SessionMessage::Input(input))) = request else {
            panic!("{request:?}")
        };
        input.event
    }
}
