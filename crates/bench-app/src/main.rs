//! The benchmark's test application: a window as large as the screen that shows, on demand, what a stream has to carry.
//!
//! Without options, a block of 256 × 256 pixels at (64, 64) flips between yellow and blue on each key press. `--animate` paints 60 frames a
//! second, `--scroll` scrolls lines of text. It draws with plain X requests, so that what is measured is the stream and not a toolkit.

mod draw;

use std::time::Instant;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use draw::Canvas;

/// How long the animation takes from one picture to the next.
const ANIMATION_PERIOD_MICROS: u64 = 16_667;
/// How long a line of text stays in its place.
const SCROLL_PERIOD_MICROS: u64 = 33_333;

/// Millrace's benchmark application.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Paint 60 frames a second, over the full screen or in a window of 640 × 360.
    #[arg(long, conflicts_with = "scroll")]
    animate: Option<Area>,
    /// Scroll text by a line, 30 times a second.
    #[arg(long)]
    scroll: bool,
    /// Stop moving after this many seconds, and stay.
    #[arg(long)]
    still_after: Option<u64>,
    /// End after this many seconds.
    #[arg(long)]
    seconds: Option<u64>,
}

/// What the animation fills.
#[derive(Clone, Copy, ValueEnum)]
enum Area {
    Full,
    Window,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let (connection, screen) = x11rb::connect(None).context("no X server (DISPLAY)")?;
    let mut canvas = open(&connection, screen, options.animate)?;
    let mut period = match (options.animate, options.scroll) {
        (Some(_), _) => Some(ANIMATION_PERIOD_MICROS),
        (None, true) => Some(SCROLL_PERIOD_MICROS),
        (None, false) => None,
    };
    let start = Instant::now();
    let end = options.seconds.map(|seconds| seconds * 1_000_000);
    let mut step: u64 = 0;
    loop {
        let now = elapsed(start);
        if end.is_some_and(|end| now >= end) {
            return Ok(());
        }
        if options.still_after.is_some_and(|seconds| now >= seconds * 1_000_000) {
            period = None;
        }
        let due = period.map(|period| step * period);
        if due.is_some_and(|due| now >= due) {
            step = now / period.unwrap_or(1) + 1;
            if options.scroll { canvas.scroll()? } else { canvas.animate()? }
        }
        // Writing may take in events, so only when there are none after it may be waited for the X server.
        connection.flush()?;
        if let Some(event) = connection.poll_for_event()? {
            match event {
                Event::KeyPress(_) => canvas.flip()?,
                Event::Expose(expose) if expose.count == 0 => canvas.paint()?,
                Event::Error(error) => anyhow::bail!("the X server refused a request: {error:?}"),
                _ => {}
            }
            continue;
        }
        let next = [period.map(|period| step * period), end].into_iter().flatten().min();
        wait(&connection, next.map(|next| next.saturating_sub(elapsed(start))))?;
    }
}

/// Makes the window. It asks the window manager for the whole screen.
fn open(connection: &RustConnection, screen: usize, area: Option<Area>) -> Result<Canvas<'_>> {
    let root = &connection.setup().roots[screen];
    let (width, height) = match area {
        Some(Area::Window) => (640, 360),
        Some(Area::Full) | None => (root.width_in_pixels, root.height_in_pixels),
    };
    let window = connection.generate_id()?;
    let events = EventMask::KEY_PRESS | EventMask::EXPOSURE;
    let values = CreateWindowAux::new().background_pixel(0x30_3030).event_mask(events);
    let class = WindowClass::INPUT_OUTPUT;
    connection.create_window(
        root.root_depth,
        window,
        root.root,
        0,
        0,
        width,
        height,
        0,
        class,
        0,
        &values,
    )?;
    let atom = |name: &[u8]| -> Result<u32> { Ok(connection.intern_atom(false, name)?.reply()?.atom) };
    if area.is_none_or(|area| matches!(area, Area::Full)) {
        let (state, full_screen) = (atom(b"_NET_WM_STATE")?, atom(b"_NET_WM_STATE_FULLSCREEN")?);
        connection.change_property32(PropMode::REPLACE, window, state, AtomEnum::ATOM, &[full_screen])?;
    } else {
        let (kind, dialog) = (atom(b"_NET_WM_WINDOW_TYPE")?, atom(b"_NET_WM_WINDOW_TYPE_DIALOG")?);
        connection.change_property32(PropMode::REPLACE, window, kind, AtomEnum::ATOM, &[dialog])?;
    }
    let name = b"Millrace benchmark";
    connection.change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, name)?;
    let canvas = Canvas::new(connection, window, root.root_depth, width, height)?;
    connection.map_window(window)?;
    connection.flush()?;
    Ok(canvas)
}

fn elapsed(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Waits for the X server, at most so many µs.
fn wait(connection: &RustConnection, micros: Option<u64>) -> Result<()> {
    let timeout = micros.map(|micros| Timespec {
        tv_sec: i64::try_from(micros / 1_000_000).unwrap_or(i64::MAX),
        tv_nsec: i64::try_from(micros % 1_000_000 * 1000).unwrap_or(0),
    });
    let mut polled = [PollFd::new(connection.stream(), PollFlags::IN)];
    match poll(&mut polled, timeout.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error).context("waiting for the X server"),
    }
}
