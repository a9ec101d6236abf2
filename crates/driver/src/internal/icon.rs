//! `internal render-icon`: reads an icon that somebody drew, PNG or SVG, on standard input, and writes a PNG of [`SIDE`] × [`SIDE`] pixels to
//! standard output.
//!
//! Users' browsers are given only what is written here, never the image's own file. The process gives up every capability and every system call
//! but those for memory and for the two pipes before it reads the first byte; its memory and its processor time are bounded, and the server
//! bounds the time on the wall. Text in an SVG is not drawn (it would need fonts), nor are pictures inside it.

use std::ffi::OsString;
use std::io::{self, Read, Write};

use resvg::tiny_skia::{FilterQuality, Pixmap, PixmapPaint, Transform};
use resvg::usvg;
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{CapabilitySet, CapabilitySets};

use super::filter;

/// Width and height of what is written, in pixels: an entry of a catalogue is half as large, on a display of twice the pixels.
pub(crate) const SIDE: u32 = 96;
/// The longest icon that is read, in bytes.
pub(crate) const LONGEST: u64 = 1 << 20;
/// The widest or highest PNG that is read, in pixels.
const WIDEST: u32 = 2048;
/// Of the process, in bytes; most of it is the program itself.
const MOST_MEMORY: u64 = 512 << 20;
/// Of the processor, in seconds.
const MOST_TIME: u64 = 5;

pub(super) fn run(args: &[OsString]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("render-icon: no arguments".into());
    }
    confine().map_err(|error| format!("confining the rendering: {error}"))?;
    let mut icon = Vec::new();
    io::stdin().lock().take(LONGEST + 1).read_to_end(&mut icon).map_err(|error| error.to_string())?;
    if icon.len() as u64 > LONGEST {
        return Err("the icon is too long".into());
    }
    let png = render(&icon)?;
    io::stdout().lock().write_all(&png).map_err(|error| error.to_string())
}

fn confine() -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let none = CapabilitySet::empty();
    let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
    rustix::thread::set_capabilities(None, sets)?;
    rustix::thread::set_no_new_privs(true)?;
    setrlimit(Resource::Cpu, Rlimit { current: Some(MOST_TIME), maximum: Some(MOST_TIME) })?;
    filter::bound_memory(MOST_MEMORY)?;
    filter::install_computing()
}

/// The icon as a square PNG, as large as it fits, in the middle.
fn render(icon: &[u8]) -> Result<Vec<u8>, String> {
    let mut square = Pixmap::new(SIDE, SIDE).ok_or("no memory")?;
    if icon.starts_with(b"\x89PNG\r\n\x1a\n") {
        draw_png(icon, &mut square)?;
    } else {
        let tree =
            usvg::Tree::from_data(icon, &usvg::Options::default()).map_err(|error| error.to_string())?;
        let transform = fit(tree.size().width(), tree.size().height());
        resvg::render(&tree, transform, &mut square.as_mut());
    }
    if square.pixels().iter().all(|pixel| pixel.alpha() == 0) {
        return Err("nothing of the icon is to be seen".into());
    }
    square.encode_png().map_err(|error| error.to_string())
}

fn draw_png(icon: &[u8], square: &mut Pixmap) -> Result<(), String> {
    // Before anything of that size is allocated: the header is the first chunk, and begins with width and height (PNG, 11.2.1).
    let side = |at: usize| {
        let bytes = icon.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    let small = |side: Option<u32>| side.is_some_and(|side| (1..=WIDEST).contains(&side));
    if icon.get(12..16) != Some(b"IHDR") || !small(side(16)) || !small(side(20)) {
        return Err(format!("the PNG is damaged, or wider or higher than {WIDEST} pixels"));
    }
    let picture = Pixmap::decode_png(icon).map_err(|error| error.to_string())?;
    let paint = PixmapPaint { quality: FilterQuality::Bicubic, ..PixmapPaint::default() };
    let transform = fit(picture.width() as f32, picture.height() as f32);
    square.draw_pixmap(0, 0, picture.as_ref(), &paint, transform, None);
    Ok(())
}

fn fit(width: f32, height: f32) -> Transform {
    let side = SIDE as f32;
    let scale = side / width.max(height);
    Transform::from_scale(scale, scale)
        .post_translate((side - width * scale) / 2.0, (side - height * scale) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::{Pixmap, SIDE, render};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut picture = Pixmap::new(width, height).unwrap();
        picture.fill(resvg::tiny_skia::Color::from_rgba8(200, 10, 20, 255));
        picture.encode_png().unwrap()
    }

    fn colour(icon: &[u8], x: u32, y: u32) -> [u8; 4] {
        let picture = Pixmap::decode_png(&render(icon).unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (SIDE, SIDE));
        let pixel = picture.pixel(x, y).unwrap();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    }

    #[test]
    fn icons_become_squares_of_one_size() {
        assert_eq!(colour(&png(32, 32), 48, 48), [200, 10, 20, 255]);
        // A flat one is not stretched.
        assert_eq!(colour(&png(400, 100), 48, 48), [200, 10, 20, 255]);
        assert_eq!(colour(&png(400, 100), 48, 10), [0, 0, 0, 0]);
        let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="#00ff00"/></svg>"##;
        assert_eq!(colour(svg, 48, 48), [0, 255, 0, 255]);
    }

    #[test]
    fn what_is_no_icon_is_refused() {
        let mut huge = png(8, 8);
        huge[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        let empty = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"/>"#.to_vec();
        // What is outside the file is not read: then there is nothing to be seen.
        let outside = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><image href="file:///usr/share/pixmaps/x.png" width="10" height="10"/></svg>"#;
        for bad in [&b""[..], b"/* XPM */", &png(8, 8)[..40], &huge, &empty, outside] {
            assert!(render(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }
}
