//! The benchmark's test application: a window that shows, on demand, what a stream has to carry.
//!
//! Without options, a block of 256 × 256 pixels at (64, 64) flips between yellow and blue on each key press. `--animate` shows a film of 60
//! frames a second, `--scroll` scrolls lines of text, `--both` the block beside a film. It draws by itself and hands whole pictures to the X server, so that what is
//! measured is the stream and not a toolkit. `--dump` writes pictures of a scene instead, for comparing with what a viewer sees.

mod scene;
mod window;

use std::io::Write;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::rust_connection::RustConnection;

use scene::{Painting, Scene};
use window::Window;

/// How long the animation takes from one picture to the next.
const ANIMATION_PERIOD_MICROS: u64 = 16_667;
/// How long a line of text stays in its place.
const SCROLL_PERIOD_MICROS: u64 = 33_333;
/// Where the small window is, and its size.
const SMALL: (i16, i16, u16, u16) = (320, 180, 640, 360);

/// Millrace's benchmark application.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Show 60 frames a second, over the full screen or in a window of 640 × 360.
    #[arg(long, conflicts_with_all = ["scroll", "both", "dump"])]
    animate: Option<Area>,
    /// Scroll text by a line, 30 times a second.
    #[arg(long, conflicts_with_all = ["both", "dump"])]
    scroll: bool,
    /// Show the block that flips, and a film of 60 frames a second beside it.
    #[arg(long, conflicts_with = "dump")]
    both: bool,
    /// Stop moving after this many seconds, and stay.
    #[arg(long)]
    still_after: Option<u64>,
    /// Move and rest in turns of this many seconds.
    #[arg(long)]
    turns: Option<u64>,
    /// End after this many seconds.
    #[arg(long)]
    seconds: Option<u64>,
    /// Write pictures of this scene to standard output, each pixel as blue, green, red, 0.
    #[arg(long, requires_all = ["steps", "width", "height"])]
    dump: Option<Scene>,
    /// Which pictures, in rising order.
    #[arg(long, value_delimiter = ',')]
    steps: Vec<u32>,
    /// Their width in pixels.
    #[arg(long)]
    width: Option<u16>,
    /// Their height in pixels.
    #[arg(long)]
    height: Option<u16>,
}

/// What the animation fills.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Area {
    Full,
    Window,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if let (Some(scene), Some(width), Some(height)) = (options.dump, options.width, options.height) {
        return dump(scene, &options.steps, Painting::new(scene, width.into(), height.into()));
    }
    let (connection, screen) = x11rb::connect(None).context("no X server (DISPLAY)")?;
    let (scene, period) = match (options.animate, options.scroll, options.both) {
        (Some(_), ..) => (Scene::Film, Some(ANIMATION_PERIOD_MICROS)),
        (None, true, _) => (Scene::Scroll, Some(SCROLL_PERIOD_MICROS)),
        (None, false, true) => (Scene::Both, Some(ANIMATION_PERIOD_MICROS)),
        (None, false, false) => (Scene::Block, None),
    };
    let small = (options.animate == Some(Area::Window)).then_some(SMALL);
    let window = Window::open(&connection, screen, small)?;
    let (width, height) = window.size();
    let painting = Painting::new(scene, width.into(), height.into());
    run(&connection, window, painting, period, &options)
}

fn run(
    connection: &RustConnection,
    mut window: Window<'_>,
    mut painting: Painting,
    mut period: Option<u64>,
    options: &Options,
) -> Result<()> {
    let start = Instant::now();
    let end = options.seconds.map(|seconds| seconds * 1_000_000);
    let mut due: u64 = 0;
    // Something is to be shown.
    let mut is_stale = false;
    loop {
        let now = elapsed(start);
        if end.is_some_and(|end| now >= end) {
            return Ok(());
        }
        if options.still_after.is_some_and(|seconds| now >= seconds * 1_000_000) {
            period = None;
        }
        if let Some(period) = period
            && now >= due
            && window.is_free()
        {
            due = (now / period + 1) * period;
            let rests = options.turns.is_some_and(|seconds| now / (seconds.max(1) * 1_000_000) % 2 == 1);
            if !rests {
                painting.advance();
                is_stale = true;
            }
        }
        if is_stale && window.is_free() {
            is_stale = false;
            window.show(painting.pixels())?;
        }
        // Writing may take in events, so only when there are none after it may be waited for the X server.
        connection.flush()?;
        if let Some(event) = connection.poll_for_event()? {
            match event {
                Event::KeyPress(_) => {
                    painting.flip();
                    is_stale = true;
                }
                Event::Expose(expose) => is_stale |= expose.count == 0,
                Event::ShmCompletion(completion) => window.read(completion.shmseg),
                Event::Error(error) => anyhow::bail!("the X server refused a request: {error:?}"),
                _ => {}
            }
            continue;
        }
        // A picture that the X server does not take yet waits for its word, not for a time.
        let next = period.filter(|_| window.is_free()).map(|_| due);
        let next = [next, end].into_iter().flatten().min();
        wait(connection, next.map(|next| next.saturating_sub(elapsed(start))))?;
    }
}

/// Writes pictures.
fn dump(scene: Scene, steps: &[u32], mut painting: Painting) -> Result<()> {
    ensure!(steps.is_sorted(), "the steps do not rise");
    ensure!(scene != Scene::Block, "this scene has no steps");
    let mut out = std::io::stdout().lock();
    for step in steps {
        while painting.step() < *step {
            painting.advance();
        }
        let bytes: Vec<u8> = painting.pixels().iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
        out.write_all(&bytes).context("standard output cannot be written")?;
    }
    Ok(out.flush()?)
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
