//! The video region: when it opens, what it says of itself, and what is left of it.

use millrace_agent::picture::Link;

use super::sps::{self, Parameters};
use super::{Bench, FAST, LONG, PERIOD, Sent, rect};

const VIDEO: Link = Link { h264: true, ..FAST };

/// A screen of text in which a film plays long enough to have a region.
fn playing(window: millrace_stream::frame::Rect) -> Bench {
    let mut bench = Bench::new(1280, 720);
    bench.link = VIDEO;
    bench.text(rect(0, 0, 1280, 720), 3);
    bench.send();
    let mut step = 0;
    loop {
        bench.film(window, step * 3);
        let sent = bench.send_after(PERIOD);
        step += 1;
        if sent.videos > 0 {
            return bench;
        }
        assert!(step < 60, "no region after a second");
    }
}

#[test]
fn a_camera_that_turns_ends_no_film_and_one_that_stands_still_does() {
    let window = rect(320, 160, 640, 384);
    let mut bench = playing(window);
    // A tenth of it moves on.
    let moving = rect(320, 160, 640, 38);
    let mut ends_at = None;
    for step in 0..120 {
        bench.film(moving, 200 + step * 3);
        let sent = bench.send_after(PERIOD);
        if sent.ends > 0 {
            ends_at = Some(step);
            break;
        }
        assert_eq!(sent.videos, 1, "{sent:?}");
    }
    // After a second in which little moved, which begins up to half a second later: until then it moved as often as a film does.
    let ends_at = ends_at.expect("a film in which hardly anything moves is over");
    assert!((60..110).contains(&ends_at), "{ends_at}");
}

#[test]
fn a_film_becomes_video_and_exact_once_it_rests() {
    // Not in step with the cells.
    let window = rect(325, 170, 640, 360);
    let mut bench = playing(window);
    let mut bytes = 0;
    for step in 100..160 {
        bench.film(window, step * 3);
        let sent = bench.send_after(PERIOD);
        assert_eq!((sent.videos, sent.tiles, sent.ends), (1, 0, 0), "{sent:?}");
        bytes += sent.bytes;
    }
    assert!(bytes / 60 < 20_000, "{} bytes a picture", bytes / 60);
    // What the viewer sees is like it.
    let rows = bench.viewer.rows(window).zip(bench.screen.rows(window));
    let off = |(a, b): (&u32, &u32)| u64::from((a >> 8 & 255).abs_diff(b >> 8 & 255));
    let total: u64 = rows.flat_map(|(seen, real)| seen.iter().zip(real).map(off)).sum();
    assert!(total / u64::from(window.area()) < 6, "{total}");
    // Text beside it goes at once and as it is, scrolled too.
    let text = rect(0, 600, 1280, 120);
    bench.text(text, 8);
    bench.film(window, 7);
    bench.send_after(PERIOD);
    assert!(bench.viewer.rows(text).eq(bench.screen.rows(text)));
    bench.screen.copy_within(0, 616, rect(0, 600, 1280, 104));
    bench.text(rect(0, 704, 1280, 16), 9);
    bench.damage(text);
    bench.film(window, 11);
    let sent = bench.send_after(PERIOD);
    assert_eq!((sent.videos, sent.copies), (1, 1), "{sent:?}");
    assert!(bench.viewer.rows(text).eq(bench.screen.rows(text)));
    let rested = bench.come_to_rest();
    assert!(rested < 400_000, "{rested} µs");
    assert_eq!(bench.send(), Sent::default());
}

#[test]
fn the_stream_tells_its_colours_and_keeps_its_order() {
    let bench = playing(rect(320, 160, 640, 384));
    let units = sps::units(&bench.video);
    let parameters = sps::parameters(units[0]);
    let expected = Parameters {
        width: 640,
        height: 384,
        full_range: true,
        // BT.709's primaries, sRGB's transfer, BT.709's matrix.
        colours: Some([1, 13, 1]),
        max_reordered: Some(0),
    };
    assert_eq!(parameters, expected);
    let slices = units.iter().filter(|unit| [1, 5].contains(&sps::kind(unit))).count();
    assert!((1..=4).contains(&slices), "{slices} slices");
}

/// The size of the pictures in the newest sequence, if one begins with the newest picture.
fn begun(bench: &Bench) -> Option<(u32, u32)> {
    let units = sps::units(&bench.video);
    let begins = units.iter().any(|unit| sps::kind(unit) == 5);
    begins.then(|| {
        let Parameters { width, height, .. } = sps::parameters(units[0]);
        (width, height)
    })
}

/// What changes how a film is encoded begins a sequence, in the same region: smoothed edges, fewer pixels.
#[test]
fn a_film_too_rich_for_its_bytes_gets_fewer_pixels() {
    let window = rect(320, 160, 640, 384);
    let mut bench = playing(window);
    let mut sizes = vec![begun(&bench).unwrap()];
    for step in 0..300 {
        bench.noise(window, step * 2 + 1);
        let sent = bench.send_after(PERIOD);
        assert_eq!((sent.videos, sent.ends), (1, 0), "{sent:?}");
        // It is decoded as it comes: nothing of it is left out.
        sizes.extend(begun(&bench));
    }
    assert!(sizes.len() <= 4, "{sizes:?}");
    // How many fewer is the codec's affair.
    assert!(sizes[0] == (640, 384) && sizes[sizes.len() - 1].0 < 640, "{sizes:?}");
    bench.come_to_rest();
    assert_eq!(bench.send(), Sent::default());
}

#[test]
fn a_film_over_a_thin_link_has_few_pixels_from_the_beginning() {
    let (window, thin) = (rect(0, 0, 1280, 720), Some(150_000));
    let mut bench = Bench::new(1280, 720);
    bench.link = Link { bytes_per_second: thin, arriving_bytes_per_second: thin, ..VIDEO };
    bench.send();
    let (mut sizes, mut bytes, mut pictures) = (Vec::new(), 0, 0);
    for step in 0..200 {
        bench.film(window, step * 3);
        let sent = bench.send_after(PERIOD * 2);
        sizes.extend((sent.videos > 0).then(|| begun(&bench)).flatten());
        if step >= 100 {
            assert_eq!((sent.videos, sent.tiles), (1, 0), "{sent:?}");
            bytes += sent.bytes;
            pictures += 1;
        }
    }
    assert_eq!(sizes.first(), Some(&(640, 360)), "{sizes:?}");
    assert!(sizes.len() <= 2, "{sizes:?}");
    // 150 KB a second for 30 pictures, of which a fifth is kept free.
    assert!(bytes / pictures < 5000, "{} bytes a picture", bytes / pictures);
    bench.link = VIDEO;
    bench.come_to_rest();
    assert_eq!(bench.send(), Sent::default());
}

#[test]
fn a_region_that_turns_to_text_goes_back_to_tiles() {
    let window = rect(320, 160, 640, 384);
    let mut bench = playing(window);
    let mut ended = 0;
    for step in 0..60 {
        bench.text(window, step * 2 + 100);
        let sent = bench.send_after(PERIOD);
        ended += sent.ends;
        if ended > 0 {
            assert!(sent.videos == 0 && sent.likenesses == 0 && sent.tiles > 0, "{sent:?}");
            break;
        }
    }
    assert_eq!(ended, 1, "the region stays");
    bench.come_to_rest();
}

#[test]
fn a_film_that_grows_gets_a_larger_region() {
    let mut bench = playing(rect(320, 160, 640, 384));
    let (mut ends, mut last) = (0, Sent::default());
    for step in 0..120 {
        bench.film(rect(0, 0, 1280, 720), step * 3);
        last = bench.send_after(PERIOD);
        ends += last.ends;
    }
    assert_eq!((ends, last.videos, last.tiles), (1, 1, 0), "{last:?}");
}

#[test]
fn who_cannot_decode_it_any_more_gets_tiles() {
    let window = rect(320, 160, 640, 384);
    let mut bench = playing(window);
    bench.link = FAST;
    bench.film(window, 9);
    let sent = bench.send_after(PERIOD);
    assert!(sent.ends == 1 && sent.videos == 0 && sent.tiles > 0, "{sent:?}");
    bench.encoder.forget();
    bench.send();
}

#[test]
fn a_whole_picture_ends_the_region_without_a_word() {
    let window = rect(320, 160, 640, 384);
    let mut bench = playing(window);
    bench.encoder.forget();
    bench.film(window, 9);
    let sent = bench.send();
    assert_eq!((sent.ends, sent.videos), (0, 0));
}

#[test]
fn a_spinner_and_a_slide_show_are_no_films() {
    for (window, period) in [(rect(600, 300, 96, 96), PERIOD), (rect(0, 0, 1280, 720), LONG / 2)] {
        let mut bench = Bench::new(1280, 720);
        bench.link = VIDEO;
        bench.send();
        for step in 0..40 {
            bench.film(window, step * 3);
            assert_eq!(bench.send_after(period).videos, 0);
        }
    }
}

/// Without nasm openh264 would be built without its assembly, and take several times as long; without .cargo/config.toml only without a part of it.
#[test]
#[cfg(all(target_arch = "x86_64", not(feature = "x264")))]
fn openh264_has_its_assembly() {
    let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let has = |name: &[u8]| program.windows(name.len()).any(|window| window == name);
    assert!(has(b"WelsSampleSad16x16_sse2"), "is nasm installed?");
    assert!(has(b"WelsDctFourT4_avx2"), "is .cargo/config.toml read?");
}
