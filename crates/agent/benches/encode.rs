//! What encoding costs without X server and viewer: CPU milliseconds and KB a frame, as in the table of the design.
//!
//! `cargo bench -p millrace-agent --bench encode`. It counts the thread's own CPU time, so that a busy machine disturbs it little.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for developers, which prints its results"
)]

use std::io;

use millrace_agent::picture::{Encoder, Grid, Link, Picture};
use millrace_stream::frame::{Operation, Rect};
use rustix::time::{ClockId, clock_gettime};

const FRAMES: u32 = 120;
/// Frames before it is measured: what moves is known to by then.
const WARM_UP: u32 = 30;
const PERIOD_MICROS: u64 = 16_667;

fn main() {
    for (width, height) in [(1280, 720), (1920, 1080)] {
        println!("{width}x{height}");
        measure("typing", width, height, typing);
        measure("scroll", width, height, scroll);
        measure("film", width, height, film);
        measure("film without grain", width, height, smooth);
        let video = Link { h264: true, ..Link::default() };
        measure_for("film without grain, H.264", width, height, smooth, video);
    }
}

/// Paints a frame and tells where.
type Paint = fn(&mut Picture, u32) -> Rect;

fn measure(name: &str, width: u16, height: u16, paint: Paint) {
    measure_for(name, width, height, paint, Link::default());
}

fn measure_for(name: &str, width: u16, height: u16, paint: Paint, link: Link) {
    let mut screen = Picture::new(width, height);
    let mut encoder = Encoder::new(width, height).unwrap();
    let mut damage = Grid::new(width, height);
    text(&mut screen, Rect { x: 0, y: 0, width, height }, 1);
    let (mut bytes, mut cpu) = (0, 0.0);
    for frame in 0..WARM_UP + FRAMES {
        let area = paint(&mut screen, frame);
        damage.clear();
        damage.mark_rect(area);
        if frame == WARM_UP {
            (bytes, cpu) = (0, 0.0);
        }
        let start = cpu_millis();
        let moment = (10_000_000 + u64::from(frame) * PERIOD_MICROS, link);
        let encoded = encoder.encode(&screen, &damage, moment, |operation| -> io::Result<()> {
            bytes += match operation {
                Operation::Tile { data, .. } | Operation::Video { data, .. } => data.len() + 14,
                Operation::Copy { .. } | Operation::Fill { .. } | Operation::EndVideo { .. } => 13,
            };
            Ok(())
        });
        encoded.unwrap();
        cpu += cpu_millis() - start;
    }
    let frames = f64::from(FRAMES);
    println!("  {name}: {:.2} ms, {:.1} KB", cpu / frames, bytes as f64 / 1000.0 / frames);
}

fn cpu_millis() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn typing(screen: &mut Picture, frame: u32) -> Rect {
    let column = u16::try_from(frame % 100).unwrap();
    let character = Rect { x: 40 + column * 9, y: 200, width: 9, height: 16 };
    text(screen, character, frame + 7);
    character
}

fn scroll(screen: &mut Picture, frame: u32) -> Rect {
    let (width, height) = (screen.width(), screen.height());
    screen.copy_within(0, 48, Rect { x: 0, y: 0, width, height: height - 48 });
    text(screen, Rect { x: 0, y: height - 48, width, height: 48 }, frame + 7);
    Rect { x: 0, y: 0, width, height }
}

fn film(screen: &mut Picture, frame: u32) -> Rect {
    gradient(screen, frame, 7)
}

fn smooth(screen: &mut Picture, frame: u32) -> Rect {
    gradient(screen, frame, 0)
}

/// A gradient that moves, with a grain of so many levels.
fn gradient(screen: &mut Picture, frame: u32, grain: u32) -> Rect {
    let (width, height) = (screen.width(), screen.height());
    let mut random = frame | 1;
    for y in 0..height {
        for (pixel, x) in screen.row_mut(0, y, width).iter_mut().zip(0_u32..) {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (random >> 24) & grain;
            let moving = (x / 3 + frame * 2) % 240 + noise;
            let still = u32::from(y) * 240 / u32::from(height) + noise;
            *pixel = moving << 16 | still << 8 | 0x60;
        }
    }
    Rect { x: 0, y: 0, width, height }
}

/// Pixels like text: few colours, many edges.
fn text(screen: &mut Picture, area: Rect, seed: u32) {
    let mut random = seed | 1;
    for y in area.y..area.y + area.height {
        for pixel in screen.row_mut(area.x, y, area.width) {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *pixel = if random >> 29 == 0 { 0x20_2020 } else { 0xff_ffff };
        }
    }
}
