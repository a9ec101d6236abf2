//! Finds what only moved up or down: a scrolled text is then a copy and the lines that are new.
//!
//! A few columns of cells, spread over the changed area, vote: each of their rows that occurs once in the old picture votes for the distance
//! to its place in the new one. The winner is then checked pixel by pixel, so a wrong vote costs time, never a wrong picture.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use millrace_stream::frame::Rect;

use super::Picture;
use super::grid::CELL;

/// Areas with fewer rows are sent as they are.
const MIN_ROWS: u16 = 3 * CELL;
/// Shortest copy, in rows.
const MIN_RUN: u16 = 8;
/// Of so many rows one is looked at to tell which columns moved: what moved is checked row by row afterwards.
const ROWS_SAMPLED: usize = 3;
/// How many columns of cells vote.
const VOTERS: u16 = 4;
/// Fewest votes that are believed.
const MIN_VOTES: u32 = 8;

/// Rows that moved: `to` in the new picture was `distance` rows further down in the old one (further up if negative).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) to: Rect,
    pub(super) distance: i32,
}

/// Finds copies within `area`, in an order in which no copy overwrites what a later one reads. Both pictures have the same size.
pub(super) fn find(old: &Picture, new: &Picture, area: Rect) -> Vec<Moved> {
    if area.height < MIN_ROWS || area.width < CELL {
        return Vec::new();
    }
    let Some(distance) = vote(old, new, area) else { return Vec::new() };
    let Some(columns) = columns(old, new, area, distance) else { return Vec::new() };
    let mut moved = runs(old, new, columns, distance);
    if distance < 0 {
        moved.reverse();
    }
    moved
}

/// The distance that most rows moved.
fn vote(old: &Picture, new: &Picture, area: Rect) -> Option<i32> {
    let mut votes: HashMap<i32, u32, BuildHasherDefault<Mixer>> = HashMap::default();
    let mut places: HashMap<u64, Option<u16>, BuildHasherDefault<Mixer>> = HashMap::default();
    let last = area.width - CELL;
    for voter in 0..VOTERS {
        let x = area.x + last / (VOTERS - 1) * voter;
        places.clear();
        for y in area.y..area.y + area.height {
            // A row that occurs twice says nothing about where it went.
            places.entry(hash(old.row(x, y, CELL))).and_modify(|place| *place = None).or_insert(Some(y));
        }
        for y in area.y..area.y + area.height {
            if let Some(Some(place)) = places.get(&hash(new.row(x, y, CELL))) {
                *votes.entry(i32::from(*place) - i32::from(y)).or_default() += 1;
            }
        }
    }
    // Rows that stayed in their place are no reason to move others.
    let moved = votes.into_iter().filter(|(distance, count)| *distance != 0 && *count >= MIN_VOTES);
    moved.max_by_key(|(_, count)| *count).map(|(distance, _)| distance)
}

/// The longest run of columns of cells that moved by `distance` for the most part: leaves out scroll bars and margins.
fn columns(old: &Picture, new: &Picture, area: Rect, distance: i32) -> Option<Rect> {
    let (mut best, mut run) = (0..0, 0..0);
    let count = area.width.div_ceil(CELL);
    let column_at = |column: u16| {
        let x = area.x + column * CELL;
        (x, CELL.min(area.x + area.width - x))
    };
    let mut scores = vec![(0_u32, 0_u32); count.into()];
    for y in (area.y..area.y + area.height).step_by(ROWS_SAMPLED) {
        let Some(source) = source(y, distance, area) else { continue };
        for ((mended, broken), column) in scores.iter_mut().zip(0..) {
            let (x, width) = column_at(column);
            let row = new.row(x, y, width);
            if row != old.row(x, source, width) {
                *broken += 1;
            } else if row != old.row(x, y, width) {
                *mended += 1;
            }
        }
    }
    for ((mended, broken), column) in scores.into_iter().zip(0..) {
        // A column in which nothing speaks against it (blank paper) goes along.
        if mended >= broken {
            run = if run.end == column { run.start..column + 1 } else { column..column + 1 };
            if run.len() > best.len() {
                best = run.clone();
            }
        }
    }
    if best.is_empty() {
        return None;
    }
    let x = area.x + best.start * CELL;
    let right = (area.x + best.end * CELL).min(area.x + area.width);
    Some(Rect { x, width: right - x, ..area })
}

/// The runs of rows that moved, from the top.
fn runs(old: &Picture, new: &Picture, area: Rect, distance: i32) -> Vec<Moved> {
    let mut moved = Vec::new();
    let (mut start, mut useful) = (None, 0);
    for y in area.y..=area.y + area.height {
        let matches = y < area.y + area.height
            && source(y, distance, area)
                .is_some_and(|source| new.row(area.x, y, area.width) == old.row(area.x, source, area.width));
        if matches {
            start.get_or_insert(y);
            useful += u16::from(new.row(area.x, y, area.width) != old.row(area.x, y, area.width));
        } else if let Some(first) = start.take()
            && std::mem::take(&mut useful) >= MIN_RUN
        {
            moved.push(Moved { to: Rect { y: first, height: y - first, ..area }, distance });
        }
    }
    moved
}

fn source(y: u16, distance: i32, area: Rect) -> Option<u16> {
    let source = u16::try_from(i32::from(y) + distance).ok()?;
    (area.y..area.y + area.height).contains(&source).then_some(source)
}

/// A quick hash of pixels; it need not withstand anybody, a match is checked.
fn hash(row: &[u32]) -> u64 {
    let (pairs, rest) = row.as_chunks::<2>();
    let step = |hash: u64, value: u64| (hash.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    let hash = pairs.iter().fold(0, |hash, [a, b]| step(hash, u64::from(*a) << 32 | u64::from(*b)));
    rest.iter().fold(hash, |hash, pixel| step(hash, u64::from(*pixel)))
}

/// A hasher for keys that are hashes or small numbers.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64((*byte).into());
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }

    fn write_i32(&mut self, value: i32) {
        self.write_u64(u64::from(value.cast_unsigned()));
    }
}
