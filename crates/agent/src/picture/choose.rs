//! Whether a rectangle is sent as it is, or a likeness of it first, and whether as JPEG or as H.264. Pure: what is measured comes in, a choice comes out.
//!
//! ```text
//! few colours, or changes now and then           as it is
//! many colours, changes again and again          JPEG
//! the same, and large, in a viewer that can      H.264, unless this host is too slow for it and the link fast
//! ```

use millrace_stream::frame::Rect;

use super::grid::CELL;

/// What the way to the viewer's eyes takes, by its acknowledgements, what it decodes, and how much there is to show.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Link {
    /// Bytes a second, from sending to presenting; none while too little was sent to tell.
    pub bytes_per_second: Option<u64>,
    /// The same from sending to arriving: what a film's pictures may have. A viewer that is slow to decode them gets fewer, not worse ones.
    pub arriving_bytes_per_second: Option<u64>,
    /// It decodes H.264.
    pub h264: bool,
    /// What a pixel of the video region costs this host, in µs of a processor's time, once that is known.
    pub video_micros_per_pixel: Option<f64>,
    /// How soon after the last frame something was painted, in µs: sooner than there is another frame, where frames wait for the link.
    pub painted_after_micros: Option<u64>,
    /// Nobody has pressed a key or moved the pointer for a while.
    pub is_unused: bool,
}

/// From this many changes a second on, a picture is taken for a moving one.
const MOVING_PER_SECOND: f64 = 8.0;
/// From this many changes a second on, it may be the beginning of one: then it must not keep the link busy for long.
const LIVELY_PER_SECOND: f64 = 1.5;
/// How long all that changes with it may then keep the link busy, in seconds.
const LIVELY_SECONDS: f64 = 0.05;
/// How long all that changes at once may keep the link busy, in seconds: else it comes as a likeness first, however seldom it changes.
const SUDDEN_SECONDS: f64 = 0.25;
/// What a link is taken to carry in a second before anything is known of it, in bytes: a picture must not keep a thin one busy for many seconds, and
/// over a fast one it is exact a moment later.
const UNKNOWN_BYTES_PER_SECOND: u64 = 2_500_000;
/// From this many changes a second on, a picture is a film: on a busy host there may be no more, whatever plays.
const FILM_PER_SECOND: f64 = 8.0;
/// Over a thin link, or to a viewer that is slow to show JPEGs, frames are few: there a film is what changes with nearly each of them.
const FILM_SHARE_OF_FRAMES: f64 = 0.6;
/// Where what is painted waits for the link, a film is what changed with each of so many frames in a row: its first pictures may take a second each there.
const HELD_UP_FRAMES: u8 = 2;
/// A film is also what changed with each of so many frames in a row, for so long (µs): a viewer that is slow to show its JPEGs, or busy with something
/// else now and then, keeps it from as many changes a second as a film has, and H.264 is what would help. (In a browser on a busy host a film of
/// 1920 × 1080 came to pauses of 150 to 300 ms among its JPEGs for its first two seconds and more.)
const STEADY_FRAMES: u8 = 4;
const STEADY_MICROS: u64 = 300_000;
/// A link must carry so many times a film's JPEGs for as many of them to come as a film has: a part of it is kept free, and what it carries is not
/// known exactly. With less they came 7.5 times a second for seconds.
const FILM_MARGIN: f64 = 1.5;
/// Below this many bytes a second a link is thin: it does not take a film of JPEGs.
const THIN_BYTES_PER_SECOND: u64 = 1_000_000;
/// What a pixel of a film takes as JPEG, in bytes. A full screen of 1920 × 1080 comes to half a megabyte a picture.
const JPEG_BYTES_PER_PIXEL: f64 = 0.25;
/// JPEG's qualities, and what a pixel of the benchmark's film takes with each, in bytes (measured: 0.26, 0.163, 0.121; 0.086 with the least).
const QUALITIES: [(u8, f64); 3] = [(BEST_QUALITY, JPEG_BYTES_PER_PIXEL), (75, 0.16), (60, 0.12)];
const BEST_QUALITY: u8 = 88;
/// What a large picture has on a thin link, for a moment.
const LEAST_QUALITY: u8 = 35;
/// From this many bytes a second on it takes any film of JPEGs.
const FAST_BYTES_PER_SECOND: u64 = 12_500_000;
/// Smaller films, in pixels, go as JPEG: a region of its own is not worth it. Over a thin link it is, earlier.
const MIN_FILM_AREA: u32 = 60_000;
const MIN_THIN_FILM_AREA: u32 = 20_000;
/// The most time of a processor's that a film's picture may take, in µs, if the link could carry it otherwise: 25 frames a second.
const MAX_VIDEO_MICROS: f64 = 40_000.0;
/// A good picture of a film in H.264 of 1280 × 720 has so many bytes; others have as many for the power of their area.
const GOOD_BYTES: f64 = 14_000.0;
const GOOD_AREA: f64 = 1280.0 * 720.0;
const GOOD_POWER: f64 = 0.75;
/// Less is no picture.
const MIN_PICTURE_BYTES: u32 = 1500;
/// A film may take this share of a thin link, with this many pictures a second.
const FILM_SHARE_OF_LINK: f64 = 0.8;
const FILM_PICTURES_PER_SECOND: f64 = 30.0;
/// Smaller rectangles, in pixels, are cheap as they are.
const MIN_AREA: u32 = 2 * CELL as u32 * CELL as u32;
/// What zstd makes of a pixel of a photograph or film, in bytes.
const EXACT_BYTES_PER_PIXEL: f64 = 2.5;
/// The most pixels that are made exact in one frame, so that a key's answer never waits long behind them.
const MAX_REPAIRED_PIXELS: u64 = 512 * 512;
/// The same while nobody does anything: the way to the exact picture is the shorter the fewer frames it has (1920 × 1080: 367 instead of 433 ms, p50).
const MAX_REPAIRED_PIXELS_UNUSED: u64 = 1024 * 1024;
/// How long making exact may keep the link busy, in seconds, for one frame.
const REPAIR_SECONDS: f64 = 0.1;

/// Whether a likeness of a rectangle of more than 256 colours is good enough for now. (One with fewer colours is text or a drawing: a
/// likeness would blur it, and save nothing.) `changed`: how many pixels change at once, it among them.
pub(super) fn likeness_will_do(area: u32, changes_per_second: f64, link: Link, changed: u64) -> bool {
    if area < MIN_AREA {
        return false;
    }
    if changes_per_second >= MOVING_PER_SECOND || is_sudden(changed, link) {
        return true;
    }
    // Of all of them: a large film as it is would fill the link, come seldom for that reason, and never be taken for a moving picture.
    let exact_bytes = changed as f64 * EXACT_BYTES_PER_PIXEL;
    let slow = link.bytes_per_second.is_some_and(|rate| exact_bytes > rate as f64 * LIVELY_SECONDS);
    slow && changes_per_second >= LIVELY_PER_SECOND
}

/// Whether so many pixels that change at once would keep the link busy for long, were they many-coloured and sent as they are.
pub(super) fn is_sudden(area: u64, link: Link) -> bool {
    let exact_bytes = area as f64 * EXACT_BYTES_PER_PIXEL;
    exact_bytes > link.bytes_per_second.unwrap_or(UNKNOWN_BYTES_PER_SECOND) as f64 * SUDDEN_SECONDS
}

/// Whether a cell that changes so often is part of a film of so many pixels (as far as is known), where so many frames are made a second.
pub(super) fn is_film(changes_per_second: f64, frames_per_second: f64, area: u64, link: Link) -> bool {
    // Waiting for as many changes as a film has would wait for ever where its JPEGs keep the link, or the viewer, from taking as many frames.
    let needed = area as f64 * JPEG_BYTES_PER_PIXEL * FILM_PER_SECOND * FILM_MARGIN;
    let is_thin = is_thin(link) || link.bytes_per_second.is_some_and(|rate| (rate as f64) < needed);
    let is_each_frame =
        changes_per_second >= (frames_per_second * FILM_SHARE_OF_FRAMES).max(LIVELY_PER_SECOND);
    changes_per_second >= FILM_PER_SECOND || is_thin && is_each_frame
}

/// Whether a cell that changed with each of so many frames in a row is part of a film of whose pictures the link takes hardly any.
pub(super) fn is_film_held_up(frames_in_a_row: u8, frames_per_second: f64, link: Link) -> bool {
    is_thin(link)
        && link.painted_after_micros.is_some_and(|micros| micros as f64 <= 1e6 / FILM_PER_SECOND)
        && frames_per_second < FILM_PER_SECOND
        && frames_in_a_row >= HELD_UP_FRAMES
}

/// Whether a cell that changed with each of so many frames in a row, for so many µs, is part of a film that has not as many changes a second as one. What
/// changes seldom is made exact in between, by a frame of its own.
pub(super) fn is_film_steady((frames_in_a_row, micros): (u8, u64)) -> bool {
    frames_in_a_row >= STEADY_FRAMES
        && micros >= STEADY_MICROS
        && micros <= u64::from(frames_in_a_row) * STEADY_MICROS
}

fn is_thin(link: Link) -> bool {
    link.bytes_per_second.is_some_and(|rate| rate < THIN_BYTES_PER_SECOND)
}

/// Whether a film at this place is to go as H.264.
pub(super) fn video_will_do(to: Rect, link: Link) -> bool {
    let min_area = if is_thin(link) { MIN_THIN_FILM_AREA } else { MIN_FILM_AREA };
    let is_fast = link.bytes_per_second.is_some_and(|rate| rate >= FAST_BYTES_PER_SECOND);
    let micros = link.video_micros_per_pixel.map(|micros| micros * f64::from(to.area()));
    let is_slow = micros.is_some_and(|micros| micros > MAX_VIDEO_MICROS);
    link.h264 && to.area() >= min_area && !(is_slow && is_fast)
}

/// How many bytes a picture of a film of so many pixels is to have in H.264.
pub(super) fn picture_bytes(area: u32, link: Link) -> u32 {
    let good = GOOD_BYTES * (f64::from(area) / GOOD_AREA).powf(GOOD_POWER);
    let share = |rate: u64| rate as f64 * FILM_SHARE_OF_LINK / FILM_PICTURES_PER_SECOND;
    let bytes = link.arriving_bytes_per_second.map_or(good, |rate| share(rate).min(good));
    (bytes as u32).max(MIN_PICTURE_BYTES)
}

/// JPEG's quality: as high as the link carries of so many pixels within [`SUDDEN_SECONDS`], and not above what a link so thin ought to carry.
pub(super) fn quality(link: Link, changed: u64) -> u8 {
    let Some(rate) = link.bytes_per_second else { return BEST_QUALITY };
    let bytes_per_pixel = rate as f64 * SUDDEN_SECONDS / changed.max(1) as f64;
    let fitting = QUALITIES.iter().find(|(_, bytes)| *bytes <= bytes_per_pixel);
    fitting.map_or(LEAST_QUALITY, |(quality, _)| *quality).min(match rate {
        ..250_000 => 60,
        250_000..THIN_BYTES_PER_SECOND => 75,
        THIN_BYTES_PER_SECOND.. => BEST_QUALITY,
    })
}

/// How many cells may be made exact in one frame.
pub(super) fn repaired_cells(link: Link) -> usize {
    let cell = u64::from(CELL) * u64::from(CELL);
    let fits = |rate: u64| (rate as f64 * REPAIR_SECONDS / EXACT_BYTES_PER_PIXEL) as u64;
    let most = if link.is_unused { MAX_REPAIRED_PIXELS_UNUSED } else { MAX_REPAIRED_PIXELS };
    let pixels = link.bytes_per_second.map_or(most, |rate| fits(rate).min(most));
    // INVARIANT: at most 1024.
    (pixels / cell).max(8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: Link = Link {
        bytes_per_second: None,
        arriving_bytes_per_second: None,
        h264: true,
        video_micros_per_pixel: None,
        painted_after_micros: None,
        is_unused: false,
    };
    const FAST: Link = link(50_000_000);
    const SLOW: Link = link(250_000);

    const fn link(rate: u64) -> Link {
        Link { bytes_per_second: Some(rate), arriving_bytes_per_second: Some(rate), ..UNKNOWN }
    }

    #[test]
    fn only_what_moves_is_a_likeness() {
        for (area, rate, link, expected) in [
            // A picture that is shown once, and a page that is turned.
            (65_536, 1.0, FAST, false),
            (16_384, 1.0, SLOW, false),
            (65_536, 4.0, FAST, false),
            (65_536, 4.0, UNKNOWN, false),
            (16_384, 4.0, SLOW, true),
            // A film, and a spinner.
            (65_536, 30.0, FAST, true),
            (65_536, 30.0, UNKNOWN, true),
            (1024, 30.0, FAST, false),
            (1024, 30.0, SLOW, false),
        ] {
            assert_eq!(likeness_will_do(area, rate, link, area.into()), expected, "{area} {rate} {link:?}");
        }
    }

    #[test]
    fn what_would_fill_a_thin_link_comes_as_a_likeness_first() {
        for (area, link, expected) in [
            (1280 * 720, SLOW, true),
            (1280 * 720, FAST, false),
            (1280 * 720, UNKNOWN, true),
            (400 * 300, UNKNOWN, false),
            (100 * 100, SLOW, false),
        ] {
            assert_eq!(is_sudden(area, link), expected, "{area} {link:?}");
        }
        assert!(
            likeness_will_do(65_536, 0.1, SLOW, 1_000_000) && !likeness_will_do(1024, 0.1, SLOW, 1_000_000)
        );
        // Five times a second, since the link takes no more of it: a tile of a film of 1920 × 1080, but not a tile alone.
        const BUSY: Link = Link { bytes_per_second: Some(25_000_000), ..UNKNOWN };
        assert!(
            likeness_will_do(65_536, 5.0, BUSY, 2_073_600) && !likeness_will_do(65_536, 5.0, BUSY, 65_536)
        );
    }

    #[test]
    fn a_film_changes_often_or_with_each_frame_of_a_thin_link() {
        // A full screen of JPEGs in a browser on a busy machine.
        let late = Link { bytes_per_second: Some(3_000_000), ..FAST };
        let (small, large) = (640 * 360, 1920 * 1080);
        for (changes, frames, area, link, expected) in [
            (24.0, 60.0, small, FAST, true),
            (24.0, 60.0, small, UNKNOWN, true),
            (6.0, 60.0, small, FAST, false),
            (3.0, 4.0, small, FAST, false),
            (3.0, 4.0, large, FAST, false),
            (3.0, 4.0, large, UNKNOWN, false),
            (3.0, 4.0, small, SLOW, true),
            (1.0, 1.0, small, SLOW, false),
            (3.0, 20.0, small, SLOW, false),
            (3.0, 4.0, small, late, false),
            (5.0, 5.0, large, late, true),
            (1.0, 1.0, large, late, false),
            // A link that just carries eight of its JPEGs a second: a part of it is kept free.
            (7.5, 7.5, 1280 * 720, link(1_900_000), true),
        ] {
            assert_eq!(is_film(changes, frames, area, link), expected, "{changes} {frames} {area} {link:?}");
        }
    }

    #[test]
    fn a_film_is_held_up_where_more_is_painted_than_the_link_takes() {
        let painted = |link| Link { painted_after_micros: Some(33_333), ..link };
        for (in_a_row, frames, link, expected) in [
            (2, 1.0, painted(SLOW), true),
            (1, 1.0, painted(SLOW), false),
            // A spinner with each frame, and a slide now and then.
            (2, 30.0, painted(SLOW), false),
            // A slide each second.
            (2, 1.0, Link { painted_after_micros: Some(900_000), ..SLOW }, false),
            (2, 1.0, painted(FAST), false),
            (2, 1.0, painted(UNKNOWN), false),
        ] {
            assert_eq!(is_film_held_up(in_a_row, frames, link), expected, "{in_a_row} {frames} {link:?}");
        }
    }

    #[test]
    fn a_film_is_steady_where_each_frame_brings_another_picture() {
        for (row, expected) in [
            // 60 pictures a second, and 5.
            ((19, 300_000), true),
            ((5, 800_000), true),
            // Not for long yet, or with too few frames.
            ((12, 183_000), false),
            ((3, 600_000), false),
            // A slide each second, without anything between.
            ((4, 3_000_000), false),
        ] {
            assert_eq!(is_film_steady(row), expected, "{row:?}");
        }
    }

    #[test]
    fn only_large_films_are_video_and_only_where_it_can_be_made_and_seen() {
        let place = |width, height| Rect { x: 0, y: 0, width, height };
        let busy = |link| Link { video_micros_per_pixel: Some(0.02), ..link };
        for (to, link, expected) in [
            (place(640, 360), FAST, true),
            (place(640, 360), UNKNOWN, true),
            (place(640, 360), Link { h264: false, ..FAST }, false),
            (place(128, 128), FAST, false),
            (place(160, 128), FAST, false),
            (place(160, 128), SLOW, true),
            // 18 ms for a picture, and 166.
            (place(1280, 720), busy(FAST), true),
            (place(3840, 2160), busy(FAST), false),
            (place(3840, 2160), busy(SLOW), true),
        ] {
            assert_eq!(video_will_do(to, link), expected, "{to:?} {link:?}");
        }
    }

    #[test]
    fn a_films_pictures_fit_the_link() {
        let (small, large) = (640 * 360, 1920 * 1080);
        assert_eq!(picture_bytes(1280 * 720, FAST), 14_000);
        assert!(picture_bytes(small, FAST) > 14_000 / 4 && picture_bytes(large, UNKNOWN) < 14_000 * 9 / 4);
        // 2 Mbit/s: 30 a second, and a fifth of the link for others.
        assert_eq!(picture_bytes(large, SLOW), 6666);
        assert_eq!(picture_bytes(small, link(1000)), 1500);
        // A slow browser at a fast link.
        assert_eq!(picture_bytes(1280 * 720, Link { bytes_per_second: Some(100_000), ..FAST }), 14_000);
    }

    #[test]
    fn a_slow_link_gets_less() {
        let (small, large) = (320 * 200, 1280 * 720);
        assert_eq!([quality(FAST, large), quality(UNKNOWN, large)], [BEST_QUALITY; 2]);
        assert_eq!([quality(SLOW, small), quality(SLOW, large)], [75, LEAST_QUALITY]);
        assert_eq!(quality(link(100_000), 100), 60);
        assert_eq!(repaired_cells(UNKNOWN), 256);
        assert_eq!(repaired_cells(FAST), 256);
        assert_eq!(repaired_cells(Link { is_unused: true, ..FAST }), 1024);
        assert_eq!(repaired_cells(Link { is_unused: true, ..SLOW }), 9);
        assert_eq!(repaired_cells(SLOW), 9);
        assert_eq!(repaired_cells(Link { bytes_per_second: Some(0), ..SLOW }), 8);
    }
}
