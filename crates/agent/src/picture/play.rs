//! The video region: when it opens, what it shows, when it is over.
//!
//! ```text
//! tiles ── a film is seen ──> open ── its next change ──> plays ── still, text, outgrown ──> likenesses, made exact as any others
//! ```

use std::io;

use millrace_stream::frame::{MAX_TILE_PIXELS, Operation, Rect};

use super::choose;
use super::encode::{Encoder, Moment};
use super::film::{self, Cells};
use super::video::VideoEncoder;
use super::{Grid, Picture};

/// A film that has not changed for so long is over, in µs: as long as it takes until a likeness is made exact, so that nothing waits for it. A film of
/// 6 pictures a second is one still; as JPEG it would come to fewer yet.
const STILL_MICROS: u64 = 200_000;
/// How often it is asked whether there is a film, or still is, in µs.
const LOOK_EVERY_MICROS: u64 = 200_000;
/// It is over when less than this share of its cells moves, for so long (µs): a camera that turns stands still for a moment, and to begin anew would
/// take more than the region saves.
const MIN_MOVING_SHARE: f64 = 0.3;
const FEW_MOVE_MICROS: u64 = 1_000_000;
/// It has outgrown its region when the film that is seen has so many times the region's cells.
const OUTGROWN: f64 = 1.25;
/// How many places of a region are looked at to tell a film from text.
const PROBES: u16 = 2;

/// The region.
pub(super) struct Film {
    cells: Cells,
    to: Rect,
    /// None until its first picture.
    encoder: Option<VideoEncoder>,
    opened_at: u64,
    changed_at: u64,
    /// When it last moved as a film does.
    moved_at: u64,
    /// What it shows has become something else.
    is_over: bool,
}

impl Film {
    /// When it is over unless it changes (server time, µs).
    pub(super) const fn rests_at(&self) -> u64 {
        self.changed_at + STILL_MICROS
    }

    /// It has changed, although nothing of it is sent yet.
    pub(super) const fn changed(&mut self, now: u64) {
        self.changed_at = now;
    }

    /// Where it is.
    pub(super) const fn place(&self) -> Rect {
        self.to
    }
}

impl Encoder {
    /// Sends what changed in the region as its next picture, or ends the region.
    pub(super) fn play<E: From<io::Error>>(
        &mut self,
        current: &Picture,
        grid: &Grid,
        moment: Moment,
        emit: &mut impl FnMut(Operation<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(mut film) = self.film.take() else { return Ok(()) };
        let differing = film.cells.numbers(grid).filter(|cell| self.differs[*cell].is_some());
        let changed: Vec<usize> = differing.collect();
        if film.is_over || !moment.link.h264 || (changed.is_empty() && moment.now >= film.rests_at()) {
            // What changed goes as tiles, below.
            return self.end_film(&film, grid, emit);
        }
        if !changed.is_empty() {
            film.changed_at = moment.now;
            for cell in changed {
                self.history.changed(cell, moment.now);
                self.differs[cell] = None;
            }
            let target = choose::picture_bytes(film.to.area(), moment.link);
            let encoder = match &mut film.encoder {
                Some(encoder) => encoder,
                none => none.insert(VideoEncoder::new(film.to, target)?),
            };
            let (begins, data) = encoder.encode(current, target)?;
            emit(Operation::Video { to: film.to, begins, data })?;
            if begins {
                film.cells.numbers(grid).for_each(|cell| self.history.set_exact(cell));
            }
            film::note(&mut self.sent, current, film.to);
        }
        if moment.now >= self.look_at {
            if self.moves(&film, grid, moment) {
                film.moved_at = moment.now;
            }
            film.is_over = moment.now >= film.moved_at + FEW_MOVE_MICROS || self.shows_text(&film, current);
        }
        self.film = Some(film);
        Ok(())
    }

    /// From here on the viewer has likenesses where the region was.
    fn end_film<E>(
        &mut self,
        film: &Film,
        grid: &Grid,
        emit: &mut impl FnMut(Operation<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if film.encoder.is_none() {
            return Ok(());
        }
        for cell in film.cells.numbers(grid) {
            self.history.set_alike(cell, self.history.changed_at(cell).max(film.opened_at));
        }
        emit(Operation::EndVideo { to: film.to })
    }

    /// Whether most of a region still moves.
    fn moves(&self, film: &Film, grid: &Grid, moment: Moment) -> bool {
        let frames = 1e6 / self.frame_interval.max(1) as f64;
        let area = film.to.area().into();
        let moves = |cell: &usize| {
            choose::is_film(self.history.rate(*cell, moment.now) * 2.0, frames, area, moment.link)
        };
        let moving = film.cells.numbers(grid).filter(moves).count();
        moving as f64 >= film.cells.count() as f64 * MIN_MOVING_SHARE
    }

    /// Whether what moves in a region is text by now.
    fn shows_text(&mut self, film: &Film, current: &Picture) -> bool {
        let (width, height) = (film.to.width.min(MAX_TILE_PIXELS), film.to.height.min(MAX_TILE_PIXELS));
        let probes = (0..PROBES).flat_map(|row| (0..PROBES).map(move |column| (column, row)));
        let places = probes.map(|(column, row)| Rect {
            x: film.to.x + (film.to.width - width) / (PROBES - 1) * column,
            y: film.to.y + (film.to.height - height) / (PROBES - 1) * row,
            width,
            height,
        });
        let texts = places.filter(|place| self.tiles.has_few_colours(current, *place)).count();
        texts > usize::from(PROBES * PROBES / 2)
    }

    /// Opens a region where a film is seen that goes as JPEG, or sees that one has outgrown its region.
    pub(super) fn look_for_film(&mut self, grid: &Grid, moment: Moment) {
        if !moment.link.h264 || moment.now < self.look_at {
            return;
        }
        self.look_at = moment.now + LOOK_EVERY_MICROS;
        let frames = 1e6 / self.frame_interval.max(1) as f64;
        let playing = self.film.as_ref().map(|film| film.cells);
        let (columns, history) = (grid.columns(), &self.history);
        let area = history.alike_pixels();
        let moves = |cell: usize| {
            let (column, row) = (cell % columns, cell / columns);
            let is_inside = playing.is_some_and(|cells| {
                (cells.left..cells.right).contains(&column) && (cells.top..cells.bottom).contains(&row)
            });
            (is_inside || history.is_alike(cell))
                && (choose::is_film(history.rate(cell, moment.now), frames, area, moment.link)
                    || choose::is_film_steady(history.frames_in_a_row(cell))
                    || choose::is_film_held_up(history.frames_in_a_row(cell).0, frames, moment.link))
        };
        let Some(cells) = film::find(grid, moves, moment.link) else { return };
        match &mut self.film {
            Some(film) => film.is_over |= cells.count() as f64 > film.cells.count() as f64 * OUTGROWN,
            none => {
                let to = cells.pixels(grid);
                if VideoEncoder::takes(to) {
                    let now = moment.now;
                    *none = Some(Film {
                        cells,
                        to,
                        encoder: None,
                        opened_at: now,
                        changed_at: now,
                        moved_at: now,
                        is_over: false,
                    });
                }
            }
        }
    }
}
