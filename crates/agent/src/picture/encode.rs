//! The encoder: remembers what the viewer has, and says what to change.

use millrace_stream::frame::{MAX_TILE_PIXELS, Operation, Rect, TileCodec};

use super::choose::{self, Link};
use super::grid::CELL;
use super::history::History;
use super::play::Film;
use super::tile::TileEncoder;
use super::{Grid, Picture, film, scroll};

const TILE_CELLS: usize = (MAX_TILE_PIXELS / CELL) as usize;

/// Makes the operations that bring a viewer's picture up to date. What does not differ from what the viewer has costs nothing, however often
/// it was painted over.
pub struct Encoder {
    /// What the viewer has, once `whole` is false; in the video region, and in likenesses, about that.
    pub(super) sent: Picture,
    /// The viewer has nothing: the next frame is a whole picture.
    whole: bool,
    /// For each cell, the rectangle within it that differs (in pixels of the screen), if one does.
    pub(super) differs: Vec<Option<Rect>>,
    pub(super) history: History,
    pub(super) tiles: TileEncoder,
    /// The video region, if there is one. What it covers is not in the history's charge.
    pub(super) film: Option<Film>,
    /// When films are looked for again (server time, µs).
    pub(super) look_at: u64,
    /// When the last frame was made (server time, µs), and the smoothed time between frames.
    last_frame: u64,
    pub(super) frame_interval: u64,
}

/// What a frame is made under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Server time, µs.
    pub(super) now: u64,
    pub(super) link: Link,
    /// No likeness will do.
    exact: bool,
    /// Pixels that change at once.
    changed: u64,
}

/// Frames that are further apart than this say nothing of how many there could be, in µs.
const MAX_FRAME_INTERVAL_MICROS: u64 = 1_000_000;

impl Encoder {
    /// For a viewer that has nothing yet, and a screen of this size.
    ///
    /// # Errors
    /// If zstd cannot have its memory.
    pub fn new(width: u16, height: u16) -> std::io::Result<Self> {
        let cells = usize::from(width.div_ceil(CELL)) * usize::from(height.div_ceil(CELL));
        Ok(Self {
            sent: Picture::new(width, height),
            whole: true,
            differs: vec![None; cells],
            history: History::new(cells),
            tiles: TileEncoder::new()?,
            film: None,
            look_at: 0,
            last_frame: 0,
            frame_interval: MAX_FRAME_INTERVAL_MICROS,
        })
    }

    /// The viewer lost its picture, or there is another viewer.
    pub const fn forget(&mut self) {
        self.whole = true;
    }

    /// Whether the next frame will be a whole picture.
    pub const fn is_whole(&self) -> bool {
        self.whole
    }

    /// Where a film plays.
    pub fn film(&self) -> Option<Rect> {
        self.film.as_ref().map(Film::place)
    }

    /// The film has changed, and the next frame does without it: it does not rest.
    pub fn film_waits(&mut self, now: u64) {
        if let Some(film) = &mut self.film {
            film.changed(now);
        }
    }

    /// When the next frame is due although nothing changed (server time, µs): the viewer has likenesses that are to be made exact.
    pub fn repair_due(&self) -> Option<u64> {
        [self.history.next_due(), self.film.as_ref().map(Film::rests_at)].into_iter().flatten().min()
    }

    /// Gives `emit` the operations that turn what the viewer has into `current`, which may differ in the cells of `damage` only (or
    /// everywhere, if the frame is whole). Where pictures move, what the viewer gets is only like them, and made exact by a later frame:
    /// see [`Encoder::repair_due`]. `now` is server time in µs.
    ///
    /// # Errors
    /// Those of `emit`, of zstd and of the JPEG encoder; the viewer's picture is then unknown and the next frame is whole.
    pub fn encode<E: From<std::io::Error>>(
        &mut self,
        current: &Picture,
        damage: &Grid,
        (now, link): (u64, Link),
        mut emit: impl FnMut(Operation<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let whole = std::mem::replace(&mut self.whole, true);
        let interval = now.saturating_sub(self.last_frame).min(MAX_FRAME_INTERVAL_MICROS);
        self.frame_interval = (self.frame_interval * 3 + interval) / 4;
        self.last_frame = now;
        self.history.begin_frame(now);
        self.differs.fill(None);
        let mut moment = Moment { now, link, exact: whole, changed: 0 };
        if whole {
            self.film = None;
            let mut all = damage.clone();
            all.mark_all();
            self.each_cell(&all, |_, cell| Some(cell));
        } else {
            let film = self.film();
            self.compare(current, damage);
            self.play(current, damage, moment, &mut emit)?;
            self.emit_moved(current, damage, now, &mut emit)?;
            self.narrow(current, film);
        }
        moment.changed = self.differs.iter().flatten().map(|rect| u64::from(rect.area())).sum();
        moment.exact &= !choose::is_sudden(moment.changed, link);
        self.emit_tiles(current, damage, moment, &mut emit)?;
        for cell in self.history.due(now, choose::repaired_cells(link)) {
            let (column, row) = (cell % damage.columns(), cell / damage.columns());
            self.differs[cell] = Some(damage.pixels(column, column + 1, row));
        }
        self.emit_tiles(current, damage, Moment { exact: true, ..moment }, &mut emit)?;
        self.look_for_film(damage, moment);
        self.whole = false;
        Ok(())
    }

    fn each_cell(&mut self, cells: &Grid, differs: impl Fn(&Picture, Rect) -> Option<Rect>) {
        for row in 0..cells.rows() {
            for column in 0..cells.columns() {
                if cells.is_marked(column, row) {
                    let cell = cells.pixels(column, column + 1, row);
                    self.differs[row * cells.columns() + column] = differs(&self.sent, cell);
                }
            }
        }
    }

    fn compare(&mut self, current: &Picture, cells: &Grid) {
        let film = self.film();
        self.each_cell(cells, |sent, cell| match film {
            Some(film) if film::holds(film, cell) => film::difference(sent, current, cell),
            Some(_) | None => differing_rows(sent, current, cell),
        });
    }

    /// Finds the columns that differ in each cell. Only now: where a text scrolled, most cells were copied, and nothing differs in them.
    /// `film`: where pictures that were not noted as a whole were compared.
    fn narrow(&mut self, current: &Picture, film: Option<Rect>) {
        for differs in &mut self.differs {
            if let Some(rows) = *differs
                && !film.is_some_and(|film| film::holds(film, rows))
            {
                *differs = differing_columns(&self.sent, current, rows);
            }
        }
    }

    /// Sends what moved as copies, and compares again where they painted.
    fn emit_moved<E>(
        &mut self,
        current: &Picture,
        grid: &Grid,
        now: u64,
        emit: &mut impl FnMut(Operation<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(area) = self.differs.iter().flatten().copied().reduce(union) else { return Ok(()) };
        // Nothing is copied from or to the video region: what is painted there is not what is seen.
        let area = match &self.film {
            Some(playing) => match film::beside(area, playing.place()) {
                Some(area) => area,
                None => return Ok(()),
            },
            None => area,
        };
        // In a large area with few changes nothing moved; looking for it would cost more than it saves.
        let changed: u32 = self.differs.iter().flatten().map(Rect::area).sum();
        if changed < area.area() / 8 {
            return Ok(());
        }
        // Nor in a film, mostly.
        let differing = || self.differs.iter().enumerate().filter(|(_, differs)| differs.is_some());
        let alike = differing().filter(|(cell, _)| self.history.is_alike(*cell)).count();
        if alike * 2 > differing().count() {
            return Ok(());
        }
        let moved = scroll::find(&self.sent, current, area);
        let mut again = Grid::new(current.width(), current.height());
        for scroll::Moved { to, distance } in moved {
            // INVARIANT: the source lies within the area, so within u16.
            let source_y = (i32::from(to.y) + distance) as u16;
            emit(Operation::Copy { source_x: to.x, source_y, to })?;
            self.sent.copy_within(to.x, source_y, to);
            // A copy of a likeness is one.
            let source = Rect { y: source_y, ..to };
            let alike = grid.touched(source).any(|cell| self.history.is_alike(cell));
            self.painted(grid, to, alike.then_some(now));
            for cell in grid.touched(to) {
                if grid.is_covered(cell, to) {
                    // It was found to be equal, pixel by pixel.
                    self.differs[cell] = None;
                } else {
                    let (column, row) = (cell % grid.columns(), cell / grid.columns());
                    again.mark_rect(grid.pixels(column, column + 1, row));
                }
            }
        }
        debug_assert_eq!(again.columns(), grid.columns());
        self.compare(current, &again);
        Ok(())
    }

    /// Notes that `to` was painted: as a likeness now, or exactly.
    fn painted(&mut self, grid: &Grid, to: Rect, alike: Option<u64>) {
        for cell in grid.touched(to) {
            if let Some(now) = alike {
                self.history.set_alike(cell, now);
            } else if grid.is_covered(cell, to) {
                self.history.set_exact(cell);
            }
        }
    }

    /// Gathers cells that differ into rectangles of at most a tile's size, and sends of each what really differs.
    fn emit_tiles<E: From<std::io::Error>>(
        &mut self,
        current: &Picture,
        grid: &Grid,
        moment: Moment,
        emit: &mut impl FnMut(Operation<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for row in 0..grid.rows() {
            for column in 0..grid.columns() {
                let Some(to) = self.gather(grid, column, row) else { continue };
                let likeness = self.likeness(grid, to, moment);
                let operation = self.tiles.encode(current, to, likeness)?;
                let alike = matches!(operation, Operation::Tile { codec: TileCodec::Jpeg, .. });
                emit(operation)?;
                self.sent.copy_from(current, to);
                self.painted(grid, to, alike.then_some(moment.now));
            }
        }
        Ok(())
    }

    /// Takes a rectangle of cells that differ, from this one on to the right and down.
    fn gather(&mut self, grid: &Grid, column: usize, row: usize) -> Option<Rect> {
        let columns = grid.columns();
        let mut to = self.differs[row * columns + column].take()?;
        let right = (column + 1..columns.min(column + TILE_CELLS))
            .find(|next| self.differs[row * columns + next].is_none())
            .unwrap_or(columns.min(column + TILE_CELLS));
        for next in column + 1..right {
            to = self.differs[row * columns + next].take().map_or(to, |differs| union(to, differs));
        }
        for below in row + 1..grid.rows().min(row + TILE_CELLS) {
            let cells = &mut self.differs[below * columns + column..below * columns + right];
            if !cells.iter().all(Option::is_some) {
                break;
            }
            to = cells.iter_mut().filter_map(Option::take).fold(to, union);
        }
        Some(to)
    }

    /// JPEG's quality, if a likeness of this rectangle will do.
    fn likeness(&mut self, grid: &Grid, to: Rect, moment: Moment) -> Option<u8> {
        if moment.exact {
            return None;
        }
        let (mut cells, mut rates) = (0, 0.0);
        for cell in grid.touched(to) {
            self.history.changed(cell, moment.now);
            cells += 1;
            rates += self.history.changes_per_second(cell);
        }
        let rate = rates / f64::from(cells.max(1));
        choose::likeness_will_do(to.area(), rate, moment.link, moment.changed)
            .then(|| choose::quality(moment.link, moment.changed))
    }
}

/// A cell's rows from the first to the last in which the pictures differ.
fn differing_rows(old: &Picture, new: &Picture, cell: Rect) -> Option<Rect> {
    let differs = |y: &u16| old.row(cell.x, *y, cell.width) != new.row(cell.x, *y, cell.width);
    let mut rows = cell.y..cell.y + cell.height;
    let top = rows.find(differs)?;
    let bottom = rows.rfind(differs).unwrap_or(top) + 1;
    Some(Rect { y: top, height: bottom - top, ..cell })
}

/// Those columns of a cell's rows from the first to the last in which the pictures differ.
fn differing_columns(old: &Picture, new: &Picture, rows: Rect) -> Option<Rect> {
    // What differs in each column, gathered without a branch for each pixel: text differs here and there.
    let mut columns = [0; CELL as usize];
    let columns = &mut columns[..rows.width.into()];
    for (old, new) in old.rows(rows).zip(new.rows(rows)) {
        for (column, (old, new)) in columns.iter_mut().zip(old.iter().zip(new)) {
            *column |= old ^ new;
        }
        // A film's mostly differ at once.
        if columns.first() != Some(&0) && columns.last() != Some(&0) {
            break;
        }
    }
    // INVARIANT: fewer than a cell's.
    let left = columns.iter().position(|column| *column != 0)? as u16;
    let right = columns.iter().rposition(|column| *column != 0)? as u16 + 1;
    Some(Rect { x: rows.x + left, width: right - left, ..rows })
}

/// The smallest rectangle that holds both.
fn union(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    // INVARIANT: both lie within a screen whose sides are u16.
    let width = a.right().max(b.right()) as u16 - x;
    Rect { x, y, width, height: a.bottom().max(b.bottom()) as u16 - y }
}
