//! One viewer: its connection, what it has seen, and when it is due another frame.

use std::os::fd::BorrowedFd;
use std::sync::Arc;

use anyhow::Result;
use millrace_stream::clipboard;
use millrace_stream::frame::{FrameHeader, Rect};
use millrace_stream::goodput::Goodput;
use millrace_stream::input::InputState;
use millrace_stream::message::{AgentMessage, ApplicationState, Cursor, ScreenSize, WindowState};
use millrace_stream::pacing::{Due, FRAMES_IN_FLIGHT, FramePacer};
use millrace_stream::trace::{InputTrace, Stamps};
use x11rb::protocol::xproto::Rectangle;

use crate::clock;
use crate::connection::Connection;
use crate::framebuffer::Framebuffer;
use crate::log::log;
use crate::painter::{Job, Painter};
use crate::picture::{Grid, Link};
use crate::screen::CursorImage;

/// A viewer that lets more bytes than this wait gets no new pointer shapes, and no news of windows, until it has read them.
const CURSOR_WAITS_BYTES: usize = 64 * 1024;

/// A viewer that lets more bytes than this wait gets no copied texts until it has read them: with a text it stays below its bound.
const CLIPBOARD_WAITS_BYTES: usize = 16 * 1024 * 1024;

/// A change so soon after an input may be its answer, in µs.
const ANSWER_MICROS: u64 = 250_000;

/// Who has done nothing for so long is taken to look on, in µs.
const UNUSED_MICROS: u64 = 1_000_000;

/// Where a frame is on its way from the X server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Capture {
    None,
    /// The damage is being taken away; what is damaged from this mark on is new.
    Syncing {
        mark: u64,
    },
    /// The painter is at it.
    Painting {
        stamps: Stamps,
        /// It is an answer, beside a film.
        is_answer: bool,
        /// The screen has another size by now: the frame is of no use.
        is_stale: bool,
    },
}

/// The one viewer.
pub(crate) struct Viewer {
    pub(crate) connection: Connection,
    pub(crate) input: InputState,
    pub(crate) trace: InputTrace,
    pub(crate) cursor_changed: bool,
    pub(crate) windows_changed: bool,
    /// It decodes H.264.
    pub(crate) h264: bool,
    /// The newest size that it asked for and did not get yet.
    pub(crate) wanted_size: Option<ScreenSize>,
    pacer: FramePacer,
    /// Of frames from sending to presenting.
    goodput: Goodput,
    /// Of frames from sending to arriving.
    arriving: Goodput,
    painter: Painter,
    /// The viewer has no picture: the next frame is a whole one.
    whole: bool,
    /// When a frame is due although nothing changes (server time, µs).
    repair_due: Option<u64>,
    capture: Capture,
    /// What is to be looked at for the next frame.
    damage: Grid,
    /// The part of it that was damaged after the damage was taken away: it is looked at again, since it may change without being told.
    fresh: Grid,
    /// Where a film plays, by the last frame.
    film: Option<Rect>,
    /// When the last frame's damage was taken, and how soon after that something was painted (µs).
    taken_at: u64,
    painted_after: Option<u64>,
    /// When the last input was injected (server time, µs).
    input_at: Option<u64>,
    /// Something beside the film changed soon after an input: it is likely to be the answer, and does not wait for the film's frames.
    answers: bool,
}

impl Viewer {
    /// A viewer that has just attached and gets the whole picture.
    pub(crate) fn attach(
        connection: Connection,
        framebuffer: Arc<Framebuffer>,
        (width, height): (u16, u16),
    ) -> Result<Self> {
        let mut viewer = Self {
            connection,
            input: InputState::new(width, height),
            trace: InputTrace::default(),
            cursor_changed: true,
            windows_changed: true,
            h264: false,
            wanted_size: None,
            pacer: FramePacer::default(),
            goodput: Goodput::default(),
            arriving: Goodput::default(),
            painter: Painter::start(framebuffer)?,
            whole: true,
            repair_due: None,
            capture: Capture::None,
            damage: Grid::new(width, height),
            fresh: Grid::new(width, height),
            film: None,
            taken_at: 0,
            painted_after: None,
            input_at: None,
            answers: false,
        };
        viewer.send(&AgentMessage::Screen { width, height })?;
        viewer.refresh();
        Ok(viewer)
    }

    /// The screen has another size: a whole picture of it follows.
    pub(crate) fn resize(&mut self, width: u16, height: u16) -> Result<()> {
        self.input.resize(width, height);
        if let Capture::Painting { is_stale, .. } = &mut self.capture {
            *is_stale = true;
        }
        self.damage = Grid::new(width, height);
        self.fresh = Grid::new(width, height);
        self.film = None;
        self.send(&AgentMessage::Screen { width, height })?;
        self.refresh();
        Ok(())
    }

    /// The size that the viewer wants, once it has seen what is on its way: whoever asks again and again waits for the pictures.
    pub(crate) fn take_wanted_size(&mut self) -> Option<ScreenSize> {
        if self.pacer.in_flight() < FRAMES_IN_FLIGHT { self.wanted_size.take() } else { None }
    }

    /// The viewer lost its picture.
    pub(crate) fn refresh(&mut self) {
        self.whole = true;
        self.damage.mark_all();
        self.pacer.damaged();
        self.cursor_changed = true;
    }

    /// The screen changed.
    pub(crate) fn damaged(&mut self, area: Rectangle, mark: u64) {
        let (x, y, width, height) = (area.x.into(), area.y.into(), area.width.into(), area.height.into());
        self.damage.mark(x, y, width, height);
        if let Capture::Syncing { mark: from } = self.capture
            && mark >= from
        {
            self.fresh.mark(x, y, width, height);
        }
        let now = clock::now();
        self.trace.damaged(mark, now);
        self.painted_after = self.painted_after.or(Some(now.saturating_sub(self.taken_at)));
        self.pacer.damaged();
        let is_soon = self.input_at.is_some_and(|at| now < at + ANSWER_MICROS);
        if is_soon && self.film.is_some_and(|film| !lies_in(area, film)) {
            self.answers = true;
        }
    }

    /// An input was injected.
    pub(crate) fn injected(&mut self, mark: u64, sequence: u32, time: u64) {
        let now = clock::now();
        self.trace.injected(mark, sequence, time, now);
        self.input_at = Some(now);
    }

    /// The viewer has presented a frame, for which it took so many µs.
    pub(crate) fn acknowledged(&mut self, frame: u32, handled: u64) -> Result<()> {
        let now = clock::now();
        self.goodput.acknowledged(frame, 0, now);
        self.arriving.acknowledged(frame, handled, now);
        self.pacer.set_way(self.goodput.way());
        Ok(self.pacer.acknowledged(frame)?)
    }

    /// Whether a frame is to be begun now, or when.
    pub(crate) fn due(&mut self) -> Due {
        let now = clock::now();
        if self.repair_due.is_some_and(|due| due <= now) {
            self.repair_due = None;
            self.pacer.damaged();
        }
        if self.is_answer_due(now) {
            return Due::Now;
        }
        match (self.capture, self.pacer.due(now)) {
            (Capture::Syncing { .. } | Capture::Painting { .. }, _) => Due::Idle,
            (Capture::None, Due::Idle) => self.repair_due.map_or(Due::Idle, Due::At),
            (Capture::None, due) => due,
        }
    }

    /// Whether something beside the film is to go at once.
    fn is_answer_due(&self, now: u64) -> bool {
        self.answers
            && self.film.is_some()
            && !self.whole
            && self.capture == Capture::None
            && self.pacer.takes_answer(now)
    }

    /// Readable when a frame is made.
    pub(crate) fn painter_fd(&self) -> BorrowedFd<'_> {
        self.painter.fd()
    }

    /// A frame was begun: the damage is being taken away with this mark.
    pub(crate) const fn syncing(&mut self, mark: u64) {
        self.capture = Capture::Syncing { mark };
    }

    /// Whether this is the answer that the frame waits for.
    pub(crate) const fn is_synced(&self, answer: u64) -> bool {
        matches!(self.capture, Capture::Syncing { mark } if answer > mark)
    }

    /// The damage has been taken away: a frame is made, if any pixel differs from what the viewer has.
    pub(crate) fn make_frame(&mut self) -> Result<()> {
        let (width, height) = self.damage.size();
        let fresh = std::mem::replace(&mut self.fresh, Grid::new(width, height));
        let mut damage = std::mem::replace(&mut self.damage, fresh);
        let whole_picture = std::mem::take(&mut self.whole);
        // If a frame of its own is due by now, the film goes along.
        let is_answer = std::mem::take(&mut self.answers)
            && !whole_picture
            && self.pacer.due(clock::now()) != Due::Now
            && self.film.is_some();
        let mut film_waits = false;
        if is_answer && let Some(film) = self.film {
            let films = damage.take_out(film);
            film_waits = !films.is_empty();
            self.damage.mark_all_of(&films);
        }
        let stamps = self.trace.take();
        self.capture = Capture::Painting { stamps, is_answer, is_stale: false };
        let header = FrameHeader {
            frame: self.pacer.next_frame(),
            whole_picture,
            input_sequence: stamps.input_sequence,
            input_time: stamps.input_time,
            injected: stamps.injected,
            damaged: stamps.damaged,
            ..FrameHeader::default()
        };
        let now = clock::now();
        let parts = self.pacer.parts(now);
        let link = Link {
            bytes_per_second: self.goodput.bytes_per_second(),
            arriving_bytes_per_second: self.arriving.bytes_per_second().map(|rate| rate / parts),
            h264: self.h264,
            video_micros_per_pixel: None,
            painted_after_micros: self.painted_after.take(),
            is_unused: self.input_at.is_none_or(|at| now >= at + UNUSED_MICROS),
        };
        self.taken_at = now;
        self.painter.paint(Job { header, damage, link, film_waits })
    }

    /// Takes the frame that was made, if one was.
    pub(crate) fn take_frame(&mut self) -> Result<()> {
        let Some(painted) = self.painter.take()? else { return Ok(()) };
        let Capture::Painting { stamps, is_answer, is_stale } =
            std::mem::replace(&mut self.capture, Capture::None)
        else {
            return Ok(());
        };
        (self.repair_due, self.film) = (painted.repair_due, painted.film.filter(|_| !is_stale));
        if is_stale || painted.messages.is_empty() {
            self.pacer.unchanged();
            self.trace.put_back(stamps);
        } else {
            let (bytes, now) = (painted.messages.len(), clock::now());
            let frame = if is_answer {
                self.pacer.unchanged();
                self.pacer.answered(bytes, now)
            } else {
                self.pacer.taken(painted.captured);
                self.pacer.sent(bytes, now)
            };
            let parts = self.pacer.parts(now);
            self.goodput.sent(frame, bytes, parts, now);
            self.arriving.sent(frame, bytes, parts, now);
            self.connection.out().extend_from_slice(&painted.messages);
        }
        if !self.damage.is_empty() {
            self.pacer.damaged();
        }
        Ok(())
    }

    /// Whether the viewer can take a new pointer shape.
    pub(crate) const fn wants_cursor(&self) -> bool {
        self.cursor_changed && self.connection.waiting_bytes() < CURSOR_WAITS_BYTES
    }

    /// Tells the pointer's shape.
    pub(crate) fn send_cursor(&mut self, cursor: Option<&CursorImage>) -> Result<()> {
        self.cursor_changed = false;
        self.send(&AgentMessage::Cursor(match cursor {
            Some(image) => Cursor {
                width: image.width,
                height: image.height,
                hotspot_x: image.hotspot_x,
                hotspot_y: image.hotspot_y,
                rgba: &image.rgba,
            },
            None => Cursor { width: 0, height: 0, hotspot_x: 0, hotspot_y: 0, rgba: &[] },
        }))
    }

    /// Whether the viewer can take news of the windows.
    pub(crate) const fn wants_windows(&self) -> bool {
        self.windows_changed && self.connection.waiting_bytes() < CURSOR_WAITS_BYTES
    }

    /// Tells the windows.
    pub(crate) fn send_windows(&mut self, windows: Vec<WindowState>) -> Result<()> {
        self.windows_changed = false;
        self.send(&AgentMessage::Windows(windows))
    }

    /// Tells what became of an application.
    pub(crate) fn send_application(&mut self, state: ApplicationState) -> Result<()> {
        self.send(&AgentMessage::Application(state))
    }

    /// Tells what an application copied; nothing while much of earlier texts waits to be read.
    pub(crate) fn send_clipboard(&mut self, text: &str) -> Result<()> {
        if self.connection.waiting_bytes() > CLIPBOARD_WAITS_BYTES {
            log(format_args!("what was copied is not passed on: the viewer does not read fast enough"));
            return Ok(());
        }
        clipboard::parts(text).try_for_each(|part| self.send(&AgentMessage::Clipboard(part)))
    }

    /// Answers a Ping.
    pub(crate) fn send_pong(&mut self, nonce: u32, time: u64) -> Result<()> {
        self.send(&AgentMessage::Pong { nonce, time, agent_time: clock::now() })
    }

    fn send(&mut self, message: &AgentMessage<'_>) -> Result<()> {
        Ok(message.encode_framed(self.connection.out())?)
    }
}

/// Whether all of an area of the screen lies in a rectangle of it.
fn lies_in(area: Rectangle, rect: Rect) -> bool {
    let (x, y) = (i64::from(area.x), i64::from(area.y));
    x >= i64::from(rect.x)
        && y >= i64::from(rect.y)
        && x + i64::from(area.width) <= i64::from(rect.right())
        && y + i64::from(area.height) <= i64::from(rect.bottom())
}
