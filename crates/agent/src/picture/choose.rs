//! Whether a rectangle is sent as it is, or a likeness of it first. Pure: what is measured comes in, a choice comes out.

use super::grid::CELL;

/// What the link takes, by the viewer's acknowledgements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Bytes a second, from sending to presenting; none while too little was sent to tell.
    pub bytes_per_second: Option<u64>,
}

/// From this many changes a second on, a picture is taken for a moving one.
const MOVING_PER_SECOND: f64 = 8.0;
/// From this many changes a second on, it may be the beginning of one: then it must not keep the link busy for long.
const LIVELY_PER_SECOND: f64 = 1.5;
/// How long a rectangle that changes may keep the link busy, in seconds.
const LIVELY_SECONDS: f64 = 0.05;
/// Smaller rectangles, in pixels, are cheap as they are.
const MIN_AREA: u32 = 2 * CELL as u32 * CELL as u32;
/// What zstd makes of a pixel of a photograph or film, in bytes.
const EXACT_BYTES_PER_PIXEL: f64 = 2.5;
/// The most pixels that are made exact in one frame, so that a key's answer never waits long behind them.
const MAX_REPAIRED_PIXELS: u64 = 512 * 512;
/// How long making exact may keep the link busy, in seconds, for one frame.
const REPAIR_SECONDS: f64 = 0.1;

/// Whether a likeness of a rectangle of more than 256 colours is good enough for now. (One with fewer colours is text or a drawing: a
/// likeness would blur it, and save nothing.)
pub(super) fn likeness_will_do(area: u32, changes_per_second: f64, link: Link) -> bool {
    if area < MIN_AREA {
        return false;
    }
    if changes_per_second >= MOVING_PER_SECOND {
        return true;
    }
    let exact_bytes = f64::from(area) * EXACT_BYTES_PER_PIXEL;
    let slow = link.bytes_per_second.is_some_and(|rate| exact_bytes > rate as f64 * LIVELY_SECONDS);
    slow && changes_per_second >= LIVELY_PER_SECOND
}

/// JPEG's quality: high while the link carries it.
pub(super) const fn quality(link: Link) -> u8 {
    match link.bytes_per_second {
        Some(..250_000) => 60,
        Some(..1_000_000) => 75,
        _ => 88,
    }
}

/// How many cells may be made exact in one frame.
pub(super) fn repaired_cells(link: Link) -> usize {
    let cell = u64::from(CELL) * u64::from(CELL);
    let fits = |rate: u64| (rate as f64 * REPAIR_SECONDS / EXACT_BYTES_PER_PIXEL) as u64;
    let pixels =
        link.bytes_per_second.map_or(MAX_REPAIRED_PIXELS, |rate| fits(rate).min(MAX_REPAIRED_PIXELS));
    // INVARIANT: at most 256.
    (pixels / cell).max(8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAST: Link = Link { bytes_per_second: Some(50_000_000) };
    const SLOW: Link = Link { bytes_per_second: Some(250_000) };
    const UNKNOWN: Link = Link { bytes_per_second: None };

    #[test]
    fn only_what_moves_is_a_likeness() {
        for (area, rate, link, expected) in [
            // A picture that is shown once, and a page that is turned.
            (65_536, 1.0, FAST, false),
            (65_536, 1.0, SLOW, false),
            (65_536, 4.0, FAST, false),
            (65_536, 4.0, UNKNOWN, false),
            (65_536, 4.0, SLOW, true),
            // A film, and a spinner.
            (65_536, 30.0, FAST, true),
            (65_536, 30.0, UNKNOWN, true),
            (1024, 30.0, FAST, false),
            (1024, 30.0, SLOW, false),
        ] {
            assert_eq!(likeness_will_do(area, rate, link), expected, "{area} {rate} {link:?}");
        }
    }

    #[test]
    fn a_slow_link_gets_less() {
        assert!(quality(SLOW) < quality(FAST) && quality(FAST) == quality(UNKNOWN));
        assert_eq!(repaired_cells(UNKNOWN), 256);
        assert_eq!(repaired_cells(FAST), 256);
        assert_eq!(repaired_cells(SLOW), 9);
        assert_eq!(repaired_cells(Link { bytes_per_second: Some(0) }), 8);
    }
}
