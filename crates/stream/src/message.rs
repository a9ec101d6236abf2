//! The messages between browser, gateway and agent.
//!
//! ```text
//! browser ──ClientMessage──> gateway ──AgentRequest──> agent
//! browser <──ServerMessage── gateway <──AgentMessage── agent
//! ```
//!
//! What browser and agent say to each other through the gateway has the same bytes on both ways ([`SessionMessage`] there,
//! [`AgentMessage`] back), so the gateway checks a message by decoding it and passes its bytes on. Decoding borrows what is large.

mod codec;
mod downward;
mod upward;
mod windows;

use serde::Serialize;

pub(crate) use downward::FRAME;
pub use windows::{MAX_TITLE_BYTES, MAX_WINDOWS, WindowAction, WindowState};

use crate::clipboard::ClipboardPart;
use crate::frame::FrameRef;
#[cfg(doc)]
use crate::wire::MAX_SCREEN_PIXELS;

/// Longest text of one [`InputEvent::Text`], in bytes.
pub const MAX_TEXT_BYTES: usize = 1024;
/// Largest width or height of a cursor's image, in pixels.
pub const MAX_CURSOR_PIXELS: u16 = 128;

/// The size of a page or screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ScreenSize {
    /// Device pixels, 1 to [`MAX_SCREEN_PIXELS`].
    pub width: u16,
    /// Device pixels, 1 to [`MAX_SCREEN_PIXELS`].
    pub height: u16,
    /// Device pixel ratio × 100, 10 to 5,000.
    pub scale_percent: u16,
}

/// What a browser shows to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Credential {
    /// A signed grant, at the first attach.
    Grant(String),
    /// A resume token, at later ones.
    ResumeToken(String),
}

/// The first message of a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hello {
    /// [`crate::PROTOCOL_VERSION`] of the client.
    pub version: u16,
    /// What lets it in.
    pub credential: Credential,
    /// The page's size.
    pub size: ScreenSize,
}

/// Browser → gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ClientMessage {
    /// The first message.
    Hello(Hello),
    /// Start an application of the catalogue.
    Launch {
        /// Its name.
        name: String,
    },
    /// The user ends the session.
    End,
    /// For the agent: the gateway passes the bytes on as they are.
    Session(SessionMessage),
}

/// The id of an application that was started before a user came; gateways choose others.
pub const PREPARED_APPLICATION: u32 = 0;

/// Gateway → agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum AgentRequest {
    /// The first message of a viewer's connection.
    Attach {
        /// [`crate::PROTOCOL_VERSION`] of the gateway.
        version: u16,
        /// The instance's secret.
        #[serde(serialize_with = "hex")]
        secret: Vec<u8>,
        /// The page's size.
        size: ScreenSize,
    },
    /// Is the instance ready? The first and only message of its connection.
    Probe {
        /// [`crate::PROTOCOL_VERSION`] of the gateway.
        version: u16,
        /// The instance's secret.
        #[serde(serialize_with = "hex")]
        secret: Vec<u8>,
    },
    /// Start an application before a user comes, and answer when it shows itself. The first and only message of its connection.
    Prepare {
        /// [`crate::PROTOCOL_VERSION`] of the gateway.
        version: u16,
        /// The instance's secret.
        #[serde(serialize_with = "hex")]
        secret: Vec<u8>,
        /// What is to be started, as [`PREPARED_APPLICATION`].
        application: StartApplication,
    },
    /// Start a program.
    StartApplication(StartApplication),
    /// The prepared application becomes this one, if it is the same program (whatever its environment) and runs; else it is started.
    AdoptApplication(StartApplication),
    /// End the prepared application, if there is one.
    EndPrepared,
    /// From the browser.
    Session(SessionMessage),
}

/// A program to be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StartApplication {
    /// Chosen by the gateway; told in every [`ApplicationState`] of it.
    pub id: u32,
    /// The program and its arguments, at least one.
    pub argv: Vec<String>,
    /// `NAME=value`, over the container's own.
    pub environment: Vec<String>,
    /// Where it starts; empty: the user's home.
    pub working_directory: String,
}

/// Browser → agent, through the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum SessionMessage {
    /// Pointer or keyboard.
    Input(Input),
    /// A frame was presented.
    FrameAck {
        /// Its number.
        frame: u32,
        /// When its last byte came (client time, µs).
        received: u64,
        /// When it was decoded (client time, µs).
        decoded: u64,
        /// When it was painted (client time, µs).
        presented: u64,
    },
    /// The client lost its picture.
    Refresh,
    /// The page changed its size.
    Resize(ScreenSize),
    /// What the client can decode besides tiles; none until it says so.
    Decoders {
        /// H.264: frames may have a video region.
        h264: bool,
    },
    /// For the round trip.
    Ping {
        /// Comes back.
        nonce: u32,
        /// Comes back (client time, µs).
        time: u64,
    },
    /// What the user copied, for applications to paste.
    Clipboard(ClipboardPart),
    /// The user does something to a window, other than by keys and pointer.
    Window {
        /// [`WindowState::id`]; one that is gone already is no error.
        id: u32,
        /// What.
        action: WindowAction,
    },
}

/// A user's input, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    /// From 1, rising by one with each input of an attach.
    pub sequence: u32,
    /// When it happened (client time, µs).
    pub time: u64,
    /// What happened.
    pub event: InputEvent,
}

/// What a user did. Places are in remote pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum InputEvent {
    /// The pointer moved.
    PointerMove {
        /// Column.
        x: u16,
        /// Row.
        y: u16,
    },
    /// A button went down or up.
    PointerButton {
        /// Column.
        x: u16,
        /// Row.
        y: u16,
        /// X11's number: 1 left, 2 middle, 3 right, 8 back, 9 forward.
        button: u8,
        /// Down or up.
        pressed: bool,
    },
    /// The wheel turned.
    Wheel {
        /// Column.
        x: u16,
        /// Row.
        y: u16,
        /// 1/120 of a detent, positive to the right.
        dx: i16,
        /// 1/120 of a detent, positive downwards.
        dy: i16,
    },
    /// A key went down or up.
    Key {
        /// Linux's evdev code, 1 to 247.
        code: u16,
        /// Down or up.
        pressed: bool,
    },
    /// Every key and button goes up.
    ReleaseAll,
    /// Characters to be typed: what no key of the remote keymap makes, or what an input method composed.
    Text {
        /// 1 to [`MAX_TEXT_BYTES`] bytes; of the control characters only line feed (Enter) and tab.
        text: String,
    },
}

/// Agent → gateway → browser (but [`AgentMessage::Ready`], which ends at the gateway).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum AgentMessage<'a> {
    /// The remote screen's size; a whole picture follows.
    Screen {
        /// Pixels, 1 to [`MAX_SCREEN_PIXELS`].
        width: u16,
        /// Pixels, 1 to [`MAX_SCREEN_PIXELS`].
        height: u16,
    },
    /// A frame, or a part of one.
    Frame(FrameRef<'a>),
    /// The pointer's shape.
    Cursor(Cursor<'a>),
    /// The answer to a Ping.
    Pong {
        /// The Ping's.
        nonce: u32,
        /// The Ping's.
        time: u64,
        /// When it was answered (server time, µs).
        agent_time: u64,
    },
    /// What became of an application.
    Application(ApplicationState),
    /// What an application copied, for the user to paste.
    Clipboard(ClipboardPart),
    /// All windows that a user can switch to, in the order in which they came; told anew whenever that changes.
    Windows(Vec<WindowState>),
    /// The answer to a Probe.
    Ready {
        /// The agent's version.
        agent_version: String,
        /// The screen's width in pixels.
        width: u16,
        /// The screen's height in pixels.
        height: u16,
    },
}

/// The pointer's shape; 0 × 0 hides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cursor<'a> {
    /// Pixels, at most [`MAX_CURSOR_PIXELS`].
    pub width: u16,
    /// Pixels, at most [`MAX_CURSOR_PIXELS`].
    pub height: u16,
    /// The column in the image that points.
    pub hotspot_x: u16,
    /// The row in the image that points.
    pub hotspot_y: u16,
    /// width × height × 4 bytes, not premultiplied.
    #[serde(serialize_with = "hex")]
    pub rgba: &'a [u8],
}

/// What became of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApplicationState {
    /// [`StartApplication::id`].
    pub id: u32,
    /// What happened.
    pub phase: ApplicationPhase,
    /// Exit code, or 128 + signal; 0 unless it exited.
    pub status: i32,
    /// For the log and the user.
    pub message: String,
}

/// Where in its life an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ApplicationPhase {
    /// It runs.
    Started,
    /// It has ended.
    Exited,
    /// It could not be started.
    Failed,
}

/// Gateway → browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ServerMessage<'a> {
    /// Let in; the text is JSON (see `docs/stream-protocol.md`).
    Welcome {
        /// The JSON.
        json: String,
    },
    /// The stream is over.
    Ended {
        /// Why.
        reason: EndedReason,
        /// For the user.
        message: String,
        /// Where to go; empty: nowhere.
        redirect_url: String,
    },
    /// Something that the user should know in time.
    Notice {
        /// What.
        kind: NoticeKind,
        /// Until it happens; 0 where that means nothing.
        seconds: u32,
    },
    /// An application of the catalogue is being started.
    Launching {
        /// [`StartApplication::id`]: the [`ApplicationState`] and [`WindowState`] of it name the same.
        id: u32,
        /// Its name in the catalogue.
        name: String,
    },
    /// From the agent.
    Agent(AgentMessage<'a>),
}

/// What a notice tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[repr(u8)]
pub enum NoticeKind {
    /// The user did nothing for long: the stream ends, unless there is input.
    Idle = 1,
    /// The session's longest duration is nearly over.
    Time = 2,
    /// What was copied in the session is too long to be passed on.
    ClipboardTooLong = 3,
}

impl NoticeKind {
    const ALL: [Self; 3] = [Self::Idle, Self::Time, Self::ClipboardTooLong];
}

/// Why a stream is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[repr(u8)]
pub enum EndedReason {
    /// The user ended the session.
    User = 1,
    /// Another attach took over.
    TakenOver = 2,
    /// The instance ended.
    Instance = 3,
    /// The owner ended the session.
    Owner = 4,
    /// Time is up.
    Time = 5,
    /// The client broke the protocol.
    Protocol = 6,
    /// The credential is not valid (any more).
    Credential = 7,
    /// The server is stopping.
    ServerStopping = 8,
    /// The user did nothing for too long; the session goes on.
    Idle = 9,
}

impl EndedReason {
    const ALL: [Self; 9] = [
        Self::User,
        Self::TakenOver,
        Self::Instance,
        Self::Owner,
        Self::Time,
        Self::Protocol,
        Self::Credential,
        Self::ServerStopping,
        Self::Idle,
    ];
}

fn hex<S: serde::Serializer>(bytes: &impl AsRef<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Hex(bytes.as_ref()))
}

/// Bytes as hexadecimal digits, for the golden files and for logs.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}
