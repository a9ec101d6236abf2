//! A viewer: decodes what the agent sends, acknowledges frames, and sends input.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use millrace_agent::picture::{Decoder, Picture};
use millrace_stream::PROTOCOL_VERSION;
use millrace_stream::frame::{FrameHeader, Operation, TileCodec};
use millrace_stream::framing::Deframer;
use millrace_stream::message::{
    AgentMessage, AgentRequest, ApplicationState, Input, InputEvent, PREPARED_APPLICATION, ScreenSize,
    SessionMessage, StartApplication, WindowState,
};
use millrace_stream::wire::MAX_FROM_AGENT_BYTES;

use crate::instance::{PATIENCE, SECRET};

pub(crate) struct Client {
    pub(crate) stream: UnixStream,
    deframer: Deframer,
    pub(crate) picture: Option<Picture>,
    decoder: Decoder,
    pub(crate) cursors: usize,
    pub(crate) frames: usize,
    /// Tiles that are only like the screen.
    pub(crate) likenesses: usize,
    /// Pictures of the video region.
    pub(crate) videos: usize,
    /// The frame with the last of them.
    pub(crate) last_video: u32,
    pub(crate) bytes: usize,
    sequence: u32,
    seen: VecDeque<Seen>,
}

/// What a test may wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Screen(u16, u16),
    Frame(FrameHeader),
    Cursor,
    Pong(u32, u64),
    Application(ApplicationState),
    Clipboard(String),
    Windows(Vec<WindowState>),
    Ready,
    Closed,
}

impl Client {
    pub(crate) fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            deframer: Deframer::new(MAX_FROM_AGENT_BYTES),
            picture: None,
            decoder: Decoder::default(),
            cursors: 0,
            frames: 0,
            likenesses: 0,
            videos: 0,
            last_video: 0,
            bytes: 0,
            sequence: 0,
            seen: VecDeque::new(),
        }
    }

    pub(crate) fn attach(stream: UnixStream) -> Self {
        Self::attach_sized(stream, 1280, 720)
    }

    pub(crate) fn attach_sized(stream: UnixStream, width: u16, height: u16) -> Self {
        let mut client = Self::new(stream);
        let size = ScreenSize { width, height, scale_percent: 100 };
        client.send(&AgentRequest::Attach { version: PROTOCOL_VERSION, secret: SECRET.into(), size });
        client
    }

    pub(crate) fn probe(stream: UnixStream) -> Self {
        let mut client = Self::new(stream);
        client.send(&AgentRequest::Probe { version: PROTOCOL_VERSION, secret: SECRET.into() });
        client
    }

    pub(crate) fn prepare(stream: UnixStream, argv: &[&str]) -> Self {
        let mut client = Self::new(stream);
        let application = application(PREPARED_APPLICATION, argv);
        client.send(&AgentRequest::Prepare { version: PROTOCOL_VERSION, secret: SECRET.into(), application });
        client
    }

    pub(crate) fn send(&mut self, request: &AgentRequest) {
        let mut bytes = Vec::new();
        request.encode_framed(&mut bytes).unwrap();
        self.stream.write_all(&bytes).unwrap();
    }

    /// Sends an input and gives its sequence number.
    pub(crate) fn input(&mut self, event: InputEvent) -> u32 {
        self.sequence += 1;
        let input = Input { sequence: self.sequence, time: 1000 + u64::from(self.sequence), event };
        self.send(&AgentRequest::Session(SessionMessage::Input(input)));
        self.sequence
    }

    pub(crate) fn key(&mut self, code: u16, pressed: bool) -> u32 {
        self.input(InputEvent::Key { code, pressed })
    }

    pub(crate) fn start(&mut self, id: u32, argv: &[&str]) {
        self.send(&AgentRequest::StartApplication(application(id, argv)));
    }

    /// The next thing the agent says, if it does so in this time.
    pub(crate) fn next_within(&mut self, patience: Duration) -> Option<Seen> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(seen) = self.seen.pop_front() {
                return Some(seen);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            self.stream.set_read_timeout(Some(left)).unwrap();
            let mut buffer = vec![0; 64 * 1024];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Some(Seen::Closed),
                Ok(count) => {
                    self.bytes += count;
                    self.deframer.push(&buffer[..count]);
                    self.take_messages();
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Some(Seen::Closed),
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Waits for something in particular; what comes before is dropped.
    pub(crate) fn wait_for<T>(&mut self, what: &str, mut wanted: impl FnMut(&Self, Seen) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let seen = self.next_within(left);
            let seen = seen.unwrap_or_else(|| panic!("waited in vain: {what} ({} frames)", self.frames));
            let closed = seen == Seen::Closed;
            if let Some(found) = wanted(self, seen) {
                return found;
            }
            assert!(!closed, "the connection was closed before: {what}");
        }
    }

    fn take_messages(&mut self) {
        let mut acknowledgements = Vec::new();
        while let Some(message) = self.deframer.next().unwrap() {
            match AgentMessage::decode(message).unwrap() {
                AgentMessage::Screen { width, height } => {
                    self.picture = Some(Picture::new(width, height));
                    self.seen.push_back(Seen::Screen(width, height));
                }
                AgentMessage::Frame(frame) => {
                    let picture = self.picture.as_mut().unwrap();
                    for operation in frame.operations() {
                        let codec = TileCodec::Jpeg;
                        self.likenesses += usize::from(
                            matches!(operation, Operation::Tile { codec: of, .. } if of == codec),
                        );
                        if matches!(operation, Operation::Video { .. }) {
                            self.videos += 1;
                            self.last_video = frame.header().frame;
                        }
                        self.decoder.apply(picture, &operation).unwrap();
                    }
                    if frame.header().last_part {
                        self.frames += 1;
                        acknowledgements.push(frame.header().frame);
                        self.seen.push_back(Seen::Frame(frame.header()));
                    }
                }
                AgentMessage::Cursor(_) => {
                    self.cursors += 1;
                    self.seen.push_back(Seen::Cursor);
                }
                AgentMessage::Pong { nonce, time, .. } => self.seen.push_back(Seen::Pong(nonce, time)),
                AgentMessage::Application(state) => self.seen.push_back(Seen::Application(state)),
                AgentMessage::Clipboard(part) => self.seen.push_back(Seen::Clipboard(part.text)),
                AgentMessage::Windows(windows) => self.seen.push_back(Seen::Windows(windows)),
                AgentMessage::Ready { .. } => self.seen.push_back(Seen::Ready),
            }
        }
        for frame in acknowledgements {
            let ack = SessionMessage::FrameAck { frame, received: 1, decoded: 2, presented: 3 };
            let mut bytes = Vec::new();
            AgentRequest::Session(ack).encode_framed(&mut bytes).unwrap();
            // The agent may have closed meanwhile; the test hears of that when it reads.
            let _ = self.stream.write_all(&bytes);
        }
    }

    /// Whether the picture is this screen, pixel for pixel.
    pub(crate) fn shows(&self, screen: &[u32]) -> bool {
        let Some(picture) = &self.picture else { return false };
        let mut rows = screen.chunks_exact(picture.width().into()).zip(0..);
        screen.len() == usize::from(picture.width()) * usize::from(picture.height())
            && rows.all(|(row, y)| row == picture.row(0, y, picture.width()))
    }

    pub(crate) fn pixel(&self, x: u16, y: u16) -> u32 {
        self.picture.as_ref().unwrap().row(x, y, 1)[0]
    }
}

/// A program, with a variable of its own.
pub(crate) fn application(id: u32, argv: &[&str]) -> StartApplication {
    StartApplication {
        id,
        argv: argv.iter().map(ToString::to_string).collect(),
        environment: vec!["MILLRACE_TEST=a=b".into()],
        working_directory: String::new(),
    }
}
