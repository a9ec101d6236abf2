//! The encoder against its decoder: whatever is painted, the viewer's picture becomes the screen's, pixel for pixel.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod sps;
mod video;

use std::io;
use std::path::Path;

use millrace_agent::picture::{Decoder, Encoder, Grid, Link, Picture, apply};
use millrace_stream::frame::{FrameHeader, FrameWriter, MAX_TILE_PIXELS, Operation, Rect, TileCodec};
use millrace_stream::message::AgentMessage;
use proptest::prelude::*;

/// A link over which everything may be exact, in a viewer without H.264.
const FAST: Link = Link {
    bytes_per_second: Some(50_000_000),
    arriving_bytes_per_second: Some(50_000_000),
    h264: false,
    video_micros_per_pixel: None,
    painted_after_micros: None,
    is_unused: false,
};

/// A screen, the encoder of its viewer, and the viewer's picture.
struct Bench {
    screen: Picture,
    encoder: Encoder,
    decoder: Decoder,
    link: Link,
    viewer: Picture,
    /// The newest access unit.
    video: Vec<u8>,
    damage: Grid,
    /// Server time, µs.
    now: u64,
}

/// A second: what changes no more often than that is sent as it is.
const LONG: u64 = 1_000_000;
/// Of 60 frames a second.
const PERIOD: u64 = 16_667;

/// What a frame consisted of.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sent {
    copies: usize,
    fills: usize,
    tiles: usize,
    likenesses: usize,
    /// Pictures of the video region.
    videos: usize,
    /// Ends of it.
    ends: usize,
    bytes: usize,
}

impl Bench {
    fn new(width: u16, height: u16) -> Self {
        Self {
            screen: Picture::new(width, height),
            encoder: Encoder::new(width, height).unwrap(),
            decoder: Decoder::default(),
            link: FAST,
            // Not what the encoder could guess: a whole picture has to paint every pixel.
            viewer: {
                let mut viewer = Picture::new(width, height);
                viewer.fill(Rect { x: 0, y: 0, width, height }, 0x12_3456);
                viewer
            },
            video: Vec::new(),
            damage: Grid::new(width, height),
            now: 10 * LONG,
        }
    }

    fn damage(&mut self, rect: Rect) {
        self.damage.mark_rect(rect);
    }

    fn fill(&mut self, rect: Rect, pixel: u32) {
        self.screen.fill(rect, pixel);
        self.damage(rect);
    }

    /// Pixels like text: few colours, many edges, no row like another.
    fn text(&mut self, rect: Rect, seed: u32) {
        let mut random = seed | 1;
        for y in rect.y..rect.y + rect.height {
            for pixel in self.screen.row_mut(rect.x, y, rect.width) {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *pixel = if random >> 30 == 0 { 0x20_2020 } else { 0xff_ffff };
            }
        }
        self.damage(rect);
    }

    fn noise(&mut self, rect: Rect, seed: u32) {
        let mut random = seed | 1;
        for y in rect.y..rect.y + rect.height {
            for pixel in self.screen.row_mut(rect.x, y, rect.width) {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *pixel = random >> 8;
            }
        }
        self.damage(rect);
    }

    /// Sends a frame and sees that the viewer then has the screen's picture.
    fn send(&mut self) -> Sent {
        let sent = self.send_after(LONG);
        assert!(self.viewer == self.screen, "the viewer sees something else than what is on the screen");
        assert_eq!((sent.likenesses, self.encoder.repair_due()), (0, None));
        sent
    }

    /// Sends a frame so long after the one before, of which the viewer may get a likeness.
    fn send_after(&mut self, micros: u64) -> Sent {
        let mut sent = Sent::default();
        let Self { viewer, decoder, video, .. } = self;
        self.now += micros;
        let moment = (self.now, self.link);
        let encoded =
            self.encoder.encode(&self.screen, &self.damage, moment, |operation| -> io::Result<()> {
                match operation {
                    Operation::Copy { .. } => sent.copies += 1,
                    Operation::Fill { .. } => sent.fills += 1,
                    Operation::Tile { to, data, codec } => {
                        assert!(to.width <= MAX_TILE_PIXELS && to.height <= MAX_TILE_PIXELS);
                        sent.tiles += 1;
                        sent.likenesses += usize::from(codec == TileCodec::Jpeg);
                        sent.bytes += data.len();
                    }
                    Operation::Video { data, .. } => {
                        sent.videos += 1;
                        *video = data.to_vec();
                        sent.bytes += data.len();
                    }
                    Operation::EndVideo { .. } => sent.ends += 1,
                }
                decoder.apply(viewer, &operation).unwrap();
                Ok(())
            });
        encoded.unwrap();
        self.damage.clear();
        sent
    }

    /// Sends what is due though nothing changes, until the viewer has everything as it is; gives how long that took, in µs.
    fn come_to_rest(&mut self) -> u64 {
        let start = self.now;
        while let Some(due) = self.encoder.repair_due() {
            let sent = self.send_after(due.saturating_sub(self.now).max(PERIOD));
            assert_eq!(sent.likenesses, 0);
        }
        assert!(self.viewer == self.screen, "the viewer has a likeness for ever");
        self.now - start
    }

    /// A frame of a film: a moving gradient with some grain.
    fn film(&mut self, rect: Rect, step: u32) {
        let mut random = step | 1;
        for y in rect.y..rect.y + rect.height {
            for (pixel, x) in self.screen.row_mut(rect.x, y, rect.width).iter_mut().zip(0_u32..) {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let shade = |value: u32| (value + (random >> 29)) & 0xff;
                let rising = (x / 2 + step).abs_diff(128) & 0x7f;
                *pixel = shade(rising) << 16 | shade(u32::from(y) / 2) << 8 | 0x60;
            }
        }
        self.damage(rect);
    }
}

const fn rect(x: u16, y: u16, width: u16, height: u16) -> Rect {
    Rect { x, y, width, height }
}

#[test]
fn a_whole_picture_paints_everything() {
    let mut bench = Bench::new(1000, 300);
    let sent = bench.send();
    assert_eq!((sent.copies, sent.tiles, sent.fills), (0, 0, 8));
    bench.noise(rect(3, 5, 700, 200), 1);
    bench.send();
    bench.encoder.forget();
    bench.viewer.fill(rect(0, 0, 1000, 300), 7);
    assert!(bench.encoder.is_whole());
    bench.send();
}

#[test]
fn over_an_unknown_link_a_large_picture_comes_as_a_likeness_first() {
    let mut bench = Bench::new(1280, 720);
    bench.link = Link::default();
    bench.noise(rect(0, 0, 1280, 720), 1);
    let sent = bench.send_after(LONG);
    assert!(sent.likenesses > 0 && sent.likenesses == sent.tiles, "{sent:?}");
    for _ in 0..100 {
        if bench.encoder.repair_due().is_none() {
            break;
        }
        bench.send_after(LONG);
    }
    assert!(bench.viewer == bench.screen);
}

#[test]
fn what_does_not_change_costs_nothing() {
    let mut bench = Bench::new(640, 480);
    bench.text(rect(0, 0, 640, 480), 5);
    bench.send();
    bench.damage(rect(0, 0, 640, 480));
    assert_eq!(bench.send(), Sent::default());
}

#[test]
fn a_small_change_is_a_small_tile() {
    let mut bench = Bench::new(1280, 720);
    bench.fill(rect(0, 0, 1280, 720), 0xff_ffff);
    bench.send();
    bench.text(rect(100, 100, 9, 16), 3);
    let sent = bench.send();
    assert_eq!((sent.copies, sent.fills, sent.tiles), (0, 0, 1));
    assert!(sent.bytes < 120, "{sent:?}");
    bench.fill(rect(64, 64, 256, 256), 0xeb_e13c);
    bench.send();
    bench.fill(rect(64, 64, 256, 256), 0x19_1e82);
    assert_eq!(bench.send(), Sent { fills: 1, ..Sent::default() });
}

#[test]
fn a_scrolled_text_is_a_copy_and_a_few_lines() {
    for step in [16_u16, 48, 3] {
        for down in [false, true] {
            let mut bench = Bench::new(1280, 720);
            bench.text(rect(0, 0, 1280, 720), 9);
            // A margin that stays, and a scroll bar that moves in its own way.
            bench.fill(rect(0, 0, 60, 720), 0x80_8080);
            bench.fill(rect(1264, 100, 16, 200), 0x40_4040);
            bench.send();
            let pane = rect(60, 40, 1204, 600);
            let (from, to) = if down { (0, step) } else { (step, 0) };
            let moved = rect(pane.x, pane.y + to, pane.width, pane.height - step);
            bench.screen.copy_within(pane.x, pane.y + from, moved);
            let new_y = if down { pane.y } else { pane.y + pane.height - step };
            bench.text(rect(pane.x, new_y, pane.width, step), 77);
            bench.fill(rect(1264, 100, 16, 200), 0xc0_c0c0);
            bench.fill(rect(1264, 110, 16, 200), 0x40_4040);
            bench.damage(pane);
            let sent = bench.send();
            assert_eq!(sent.copies, 1, "{step} {down} {sent:?}");
            assert!(sent.bytes < 20_000, "{step} {down} {sent:?}");
        }
    }
}

#[test]
fn a_film_is_a_likeness_until_it_rests() {
    let mut bench = Bench::new(800, 600);
    bench.text(rect(0, 0, 800, 600), 3);
    bench.send();
    // Not in step with the cells.
    let window = rect(75, 50, 640, 360);
    bench.film(window, 0);
    let exact = bench.send();
    let mut sent = Sent::default();
    for step in 1..60 {
        bench.film(window, step * 3);
        sent = bench.send_after(PERIOD);
    }
    assert!(sent.likenesses > 0 && sent.likenesses == sent.tiles, "{sent:?}");
    assert!(sent.bytes * 3 < exact.bytes, "{sent:?} {exact:?}");
    // What the viewer sees is like it: no more than a little off anywhere.
    let off = |(a, b): (&u32, &u32)| {
        a.to_be_bytes().iter().zip(b.to_be_bytes()).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
    };
    let rows = bench.viewer.rows(window).zip(bench.screen.rows(window));
    let worst = rows.flat_map(|(seen, real)| seen.iter().zip(real).map(off)).max();
    assert!((1..40).contains(&worst.unwrap()), "{worst:?}");
    // Text over it goes at once and as it is, though what is round it does not.
    bench.text(rect(100, 100, 60, 20), 8);
    bench.film(rect(400, 300, 64, 64), 7);
    bench.send_after(PERIOD);
    let text = rect(100, 100, 60, 20);
    assert!(bench.viewer.rows(text).eq(bench.screen.rows(text)));
    let rested = bench.come_to_rest();
    assert!(rested < 300_000, "{rested} µs");
    assert_eq!(bench.send(), Sent::default());
}

#[test]
fn a_likeness_that_scrolls_is_made_exact_where_it_went() {
    let mut bench = Bench::new(640, 480);
    let area = rect(0, 0, 640, 480);
    bench.noise(area, 5);
    for step in 0..30 {
        bench.noise(rect(0, 0, 640, 200), step);
        bench.send_after(PERIOD);
    }
    bench.screen.copy_within(0, 0, rect(0, 16, 640, 464));
    bench.damage(area);
    assert_eq!(bench.send_after(PERIOD).copies, 1);
    assert!(bench.viewer != bench.screen);
    bench.come_to_rest();
}

#[test]
fn odd_sizes() {
    for (width, height) in [(1, 1), (31, 33), (257, 255), (513, 1), (1, 700)] {
        let mut bench = Bench::new(width, height);
        bench.noise(rect(0, 0, width, height), 3);
        bench.send();
        bench.noise(rect(width / 2, height / 2, width - width / 2, height - height / 2), 4);
        bench.send();
    }
}

/// Frames of real tiles and the pictures that they make, for the web client's decoder: every operation, both codecs, blocks that zstd
/// compressed and blocks that it left. `UPDATE_GOLDEN=1` writes them anew; otherwise they are decoded and compared, since another version of
/// zstd may compress otherwise.
#[test]
fn golden_pictures() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stream/golden/pictures.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let golden = serde_json::json!({"width": 300, "height": 200, "frames": golden_frames()});
        std::fs::write(&path, serde_json::to_string_pretty(&golden).unwrap() + "\n").unwrap();
    }
    let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let mut picture = Picture::new(300, 200);
    for frame in golden["frames"].as_array().unwrap() {
        let message = hex::decode(frame["message"].as_str().unwrap()).unwrap();
        let AgentMessage::Frame(message) = AgentMessage::decode(&message).unwrap() else { panic!() };
        for operation in message.operations() {
            apply(&mut picture, &operation).unwrap();
        }
        assert_eq!(frame["fnv1a"], fnv1a(&picture), "{}", frame["name"]);
    }
}

/// FNV-1a (32 bits) over the picture's pixels, each as red, green, blue, 255: simple enough for any language.
fn fnv1a(picture: &Picture) -> u32 {
    let all = rect(0, 0, picture.width(), picture.height());
    let bytes = picture.rows(all).flatten().flat_map(|pixel| (pixel << 8 | 0xff).to_be_bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

type Step = (&'static str, fn(&mut Bench));

fn golden_frames() -> Vec<serde_json::Value> {
    let steps: [Step; 5] = [
        ("a whole picture: fill, text, noise, gradient", |bench| {
            bench.fill(rect(0, 0, 300, 200), 0xff_ffff);
            bench.text(rect(10, 10, 200, 150), 4);
            bench.noise(rect(220, 10, 40, 40), 5);
            for x in 0..256 {
                bench.screen.fill(rect(x, 170, 1, 30), u32::from(x) << 16 | u32::from(255 - x) << 8 | 0x40);
            }
        }),
        ("a fill", |bench| bench.fill(rect(64, 64, 96, 64), 0xeb_e13c)),
        ("text that scrolls up by 16 rows", |bench| {
            bench.screen.copy_within(10, 26, rect(10, 10, 200, 134));
            bench.text(rect(10, 144, 200, 16), 6);
            bench.damage(rect(10, 10, 200, 150));
        }),
        ("text that scrolls down by 5 rows", |bench| {
            bench.screen.copy_within(10, 10, rect(10, 15, 200, 145));
            bench.text(rect(10, 10, 200, 5), 7);
            bench.damage(rect(10, 10, 200, 150));
        }),
        ("one pixel", |bench| bench.fill(rect(299, 199, 1, 1), 0x01_0203)),
    ];
    let mut bench = Bench::new(300, 200);
    let mut frames = Vec::new();
    for ((name, paint), frame) in steps.into_iter().zip(1..) {
        paint(&mut bench);
        let header = FrameHeader { frame, whole_picture: bench.encoder.is_whole(), ..FrameHeader::default() };
        let (mut writer, mut message) = (FrameWriter::new(header), Vec::new());
        let Bench { screen, encoder, damage, .. } = &mut bench;
        let encoded = encoder.encode(
            screen,
            damage,
            (u64::from(frame) * LONG, Link::default()),
            |operation| -> io::Result<()> {
                writer.push(&operation, 0, &mut message).unwrap();
                Ok(())
            },
        );
        encoded.unwrap();
        writer.finish(0, &mut message).unwrap();
        damage.clear();
        let hash = fnv1a(screen);
        frames.push(serde_json::json!({"name": name, "message": hex::encode(&message[4..]), "fnv1a": hash}));
    }
    frames
}

#[derive(Clone, Debug)]
enum Paint {
    Fill(u32),
    Text(u32),
    Noise(u32),
    Film(u32),
    Scroll(i16),
    Nothing,
}

fn any_paint() -> impl Strategy<Value = Paint> {
    prop_oneof![
        any::<u32>().prop_map(|pixel| Paint::Fill(pixel & 0xff_ffff)),
        any::<u32>().prop_map(Paint::Text),
        any::<u32>().prop_map(Paint::Noise),
        (0_u32..1000).prop_map(Paint::Film),
        (-60_i16..60).prop_map(Paint::Scroll),
        Just(Paint::Nothing),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_painted_arrives(
        steps in prop::collection::vec((any_paint(), 0_u16..300, 0_u16..260, 1_u16..300, 1_u16..260, any::<bool>()), 1..25),
        fast in any::<bool>(),
        h264 in any::<bool>(),
    ) {
        let mut bench = Bench::new(300, 260);
        bench.link.h264 = h264;
        if fast {
            // All of it has moved before.
            for step in 0..30 {
                bench.film(rect(0, 0, 300, 260), step);
                bench.send_after(PERIOD);
            }
        }
        for (paint, x, y, width, height, send) in steps {
            let area = rect(x, y, width.min(300 - x), height.min(260 - y));
            match paint {
                Paint::Fill(pixel) => bench.fill(area, pixel),
                Paint::Text(seed) => bench.text(area, seed),
                Paint::Noise(seed) => bench.noise(area, seed),
                Paint::Film(step) => bench.film(area, step),
                Paint::Scroll(by) if area.height > by.unsigned_abs() => {
                    let height = area.height - by.unsigned_abs();
                    let (from, to) = if by < 0 { (by.unsigned_abs(), 0) } else { (0, by.unsigned_abs()) };
                    bench.screen.copy_within(area.x, area.y + from, Rect { y: area.y + to, height, ..area });
                    bench.damage(area);
                }
                Paint::Scroll(_) | Paint::Nothing => bench.damage(area),
            }
            if send && fast {
                bench.send_after(PERIOD);
            } else if send {
                bench.send();
            }
        }
        bench.send_after(PERIOD);
        let rested = bench.come_to_rest();
        prop_assert!(rested < 400_000, "{} µs", rested);
        bench.send();
    }
}
