//! The encoder against its decoder: whatever is painted, the viewer's picture becomes the screen's, pixel for pixel.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::io;
use std::path::Path;

use millrace_agent::picture::{Encoder, Grid, Picture, apply};
use millrace_stream::frame::{FrameHeader, FrameWriter, MAX_TILE_PIXELS, Operation, Rect};
use millrace_stream::message::AgentMessage;
use proptest::prelude::*;

/// A screen, the encoder of its viewer, and the viewer's picture.
struct Bench {
    screen: Picture,
    encoder: Encoder,
    viewer: Picture,
    damage: Grid,
}

/// What a frame consisted of.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sent {
    copies: usize,
    fills: usize,
    tiles: usize,
    bytes: usize,
}

impl Bench {
    fn new(width: u16, height: u16) -> Self {
        Self {
            screen: Picture::new(width, height),
            encoder: Encoder::new(width, height).unwrap(),
            // Not what the encoder could guess: a whole picture has to paint every pixel.
            viewer: {
                let mut viewer = Picture::new(width, height);
                viewer.fill(Rect { x: 0, y: 0, width, height }, 0x12_3456);
                viewer
            },
            damage: Grid::new(width, height),
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
        let mut sent = Sent::default();
        let viewer = &mut self.viewer;
        let encoded = self.encoder.encode(&self.screen, &self.damage, |operation| -> io::Result<()> {
            match operation {
                Operation::Copy { .. } => sent.copies += 1,
                Operation::Fill { .. } => sent.fills += 1,
                Operation::Tile { to, data, .. } => {
                    assert!(to.width <= MAX_TILE_PIXELS && to.height <= MAX_TILE_PIXELS);
                    sent.tiles += 1;
                    sent.bytes += data.len();
                }
            }
            apply(viewer, &operation).unwrap();
            Ok(())
        });
        encoded.unwrap();
        self.damage.clear();
        assert!(self.viewer == self.screen, "the viewer sees something else than what is on the screen");
        sent
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
        let encoded = encoder.encode(screen, damage, |operation| -> io::Result<()> {
            writer.push(&operation, 0, &mut message).unwrap();
            Ok(())
        });
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
    Scroll(i16),
    Nothing,
}

fn any_paint() -> impl Strategy<Value = Paint> {
    prop_oneof![
        any::<u32>().prop_map(|pixel| Paint::Fill(pixel & 0xff_ffff)),
        any::<u32>().prop_map(Paint::Text),
        any::<u32>().prop_map(Paint::Noise),
        (-60_i16..60).prop_map(Paint::Scroll),
        Just(Paint::Nothing),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_painted_arrives(
        steps in prop::collection::vec((any_paint(), 0_u16..300, 0_u16..260, 1_u16..300, 1_u16..260, any::<bool>()), 1..25),
    ) {
        let mut bench = Bench::new(300, 260);
        for (paint, x, y, width, height, send) in steps {
            let area = rect(x, y, width.min(300 - x), height.min(260 - y));
            match paint {
                Paint::Fill(pixel) => bench.fill(area, pixel),
                Paint::Text(seed) => bench.text(area, seed),
                Paint::Noise(seed) => bench.noise(area, seed),
                Paint::Scroll(by) if area.height > by.unsigned_abs() => {
                    let height = area.height - by.unsigned_abs();
                    let (from, to) = if by < 0 { (by.unsigned_abs(), 0) } else { (0, by.unsigned_abs()) };
                    bench.screen.copy_within(area.x, area.y + from, Rect { y: area.y + to, height, ..area });
                    bench.damage(area);
                }
                Paint::Scroll(_) | Paint::Nothing => bench.damage(area),
            }
            if send {
                bench.send();
            }
        }
        bench.send();
    }
}
