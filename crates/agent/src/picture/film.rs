//! Where a film plays: which rectangle of the screen becomes the video region. Pure.

use super::choose::{self, Link};
use super::grid::CELL;
use super::{Grid, Picture};
use millrace_stream::frame::Rect;

/// Share of a region's cells that move, at least: in less, what stands still would be blurred for the sake of what moves.
const MIN_SHARE: f64 = 0.6;

/// Of so many rows of a playing film one is compared: all of it is sent with the next picture, and made exact in the end, so nothing is lost but
/// the time that copying and comparing all of them would take.
const ROWS_COMPARED: usize = 4;

/// A rectangle of cells: columns and rows from the first to before the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cells {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

impl Cells {
    /// The cells' numbers in this grid.
    pub(super) fn numbers(self, grid: &Grid) -> impl Iterator<Item = usize> + use<> {
        let columns = grid.columns();
        (self.top..self.bottom)
            .flat_map(move |row| (self.left..self.right).map(move |column| row * columns + column))
    }

    /// How many there are.
    pub(super) const fn count(self) -> usize {
        (self.right - self.left) * (self.bottom - self.top)
    }

    /// Their pixels.
    pub(super) fn pixels(self, grid: &Grid) -> Rect {
        let first = grid.pixels(self.left, self.right, self.top);
        let last = grid.pixels(self.left, self.right, self.bottom - 1);
        Rect { height: (last.bottom() - u32::from(first.y)) as u16, ..first }
    }

    fn with(self, column: usize, row: usize) -> Self {
        Self {
            left: self.left.min(column),
            top: self.top.min(row),
            right: self.right.max(column + 1),
            bottom: self.bottom.max(row + 1),
        }
    }

    /// Without the last column or row, if it is cut by the screen's edge to an odd number of pixels, of which H.264 has no half.
    fn with_even_sides(self, grid: &Grid) -> Self {
        let Rect { width, height, .. } = self.pixels(grid);
        Self {
            right: self.right - usize::from(width % 2 == 1),
            bottom: self.bottom - usize::from(height % 2 == 1),
            ..self
        }
    }
}

/// The largest piece of the screen in which `moves` holds for neighbouring cells, if it is worth a video region.
pub(super) fn find(grid: &Grid, moves: impl Fn(usize) -> bool, link: Link) -> Option<Cells> {
    let (columns, rows) = (grid.columns(), grid.rows());
    let mut open: Vec<bool> = (0..columns * rows).map(moves).collect();
    let mut largest: Option<(usize, Cells)> = None;
    let mut stack = Vec::new();
    for start in 0..open.len() {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        stack.push(start);
        let (column, row) = (start % columns, start / columns);
        let mut piece = Cells { left: column, top: row, right: column + 1, bottom: row + 1 };
        let mut count = 0;
        while let Some(cell) = stack.pop() {
            let (column, row) = (cell % columns, cell / columns);
            piece = piece.with(column, row);
            count += 1;
            for near_row in row.saturating_sub(1)..(row + 2).min(rows) {
                for near_column in column.saturating_sub(1)..(column + 2).min(columns) {
                    let near = near_row * columns + near_column;
                    if std::mem::take(&mut open[near]) {
                        stack.push(near);
                    }
                }
            }
        }
        if largest.is_none_or(|(most, _)| count > most) {
            largest = Some((count, piece));
        }
    }
    let (count, cells) = largest?;
    if (count as f64) < cells.count() as f64 * MIN_SHARE {
        return None;
    }
    let cells = cells.with_even_sides(grid);
    let is_empty = cells.count() == 0;
    (!is_empty && choose::video_will_do(cells.pixels(grid), link)).then_some(cells)
}

/// The part of `area` that lies beside `film` on the side where most of it is: nothing may be copied from or to the film.
pub(super) fn beside(area: Rect, film: Rect) -> Option<Rect> {
    let (right, bottom) =
        (area.right().min(u16::MAX.into()) as u16, area.bottom().min(u16::MAX.into()) as u16);
    let (film_right, film_bottom) = (film.right() as u16, film.bottom() as u16);
    if area.x >= film_right || film.x >= right || area.y >= film_bottom || film.y >= bottom {
        return Some(area);
    }
    let sides = [
        (area.x, area.y, right, film.y),
        (area.x, film_bottom, right, bottom),
        (area.x, area.y, film.x, bottom),
        (film_right, area.y, right, bottom),
    ];
    let real = sides.into_iter().filter(|(left, top, right, bottom)| left < right && top < bottom);
    let rects = real.map(|(x, y, right, bottom)| Rect { x, y, width: right - x, height: bottom - y });
    rects.filter(|side| side.width >= CELL && side.height >= CELL).max_by_key(Rect::area)
}

/// Whether a cell is one of the film's, whose place is one of whole cells.
pub(super) fn holds(film: Rect, cell: Rect) -> bool {
    (u32::from(film.x)..film.right()).contains(&cell.x.into())
        && (u32::from(film.y)..film.bottom()).contains(&cell.y.into())
}

/// The whole cell of a film, if it changed since it was noted.
pub(super) fn difference(noted: &Picture, current: &Picture, cell: Rect) -> Option<Rect> {
    let differs = |y| noted.row(cell.x, y, cell.width) != current.row(cell.x, y, cell.width);
    compared(cell).any(differs).then_some(cell)
}

/// Notes what a film shows, for [`difference`].
pub(super) fn note(noted: &mut Picture, current: &Picture, film: Rect) {
    for y in compared(film) {
        noted.copy_from(current, Rect { y, height: 1, ..film });
    }
}

fn compared(rect: Rect) -> impl Iterator<Item = u16> {
    (rect.y..rect.y + rect.height).step_by(ROWS_COMPARED)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: Link = Link {
        bytes_per_second: Some(50_000_000),
        arriving_bytes_per_second: Some(50_000_000),
        h264: true,
        video_micros_per_pixel: None,
        painted_after_micros: None,
        is_unused: false,
    };

    fn found(width: u16, height: u16, moves: impl Fn(usize, usize) -> bool) -> Option<Cells> {
        let grid = Grid::new(width, height);
        let columns = grid.columns();
        find(&grid, |cell| moves(cell % columns, cell / columns), LINK)
    }

    #[test]
    fn a_film_in_a_window_is_found_and_a_spinner_beside_it_is_not() {
        let film = |column: usize, row: usize| (10..30).contains(&column) && (5..17).contains(&row);
        let spinner = |column: usize, row: usize| (35..37).contains(&column) && (5..7).contains(&row);
        let cells = Cells { left: 10, top: 5, right: 30, bottom: 17 };
        assert_eq!(found(1280, 720, |column, row| film(column, row) || spinner(column, row)), Some(cells));
        assert_eq!(cells.pixels(&Grid::new(1280, 720)), Rect { x: 320, y: 160, width: 640, height: 384 });
        assert_eq!(found(1280, 720, spinner), None);
        assert_eq!(found(1280, 720, |_, _| false), None);
    }

    #[test]
    fn what_mostly_stands_still_is_no_film() {
        // A frame round a page.
        assert_eq!(
            found(1280, 720, |column, row| column == 0 || row == 0 || column == 39 || row == 22),
            None
        );
        // A film with a dark sky that does not change.
        let cells = Cells { left: 0, top: 0, right: 40, bottom: 23 };
        assert_eq!(found(1280, 720, |column, row| row > 6 || column % 8 == 0), Some(cells));
    }

    #[test]
    fn sides_are_even() {
        let cells = found(1281, 719, |_, _| true).unwrap();
        let Rect { width, height, .. } = cells.pixels(&Grid::new(1281, 719));
        assert_eq!((width, height), (1280, 704));
    }

    #[test]
    fn copies_stay_beside_the_film() {
        let film = Rect { x: 320, y: 160, width: 640, height: 384 };
        let area = |x, y, width, height| Rect { x, y, width, height };
        assert_eq!(beside(area(0, 600, 1280, 120), film), Some(area(0, 600, 1280, 120)));
        assert_eq!(beside(area(0, 100, 1280, 620), film), Some(area(0, 544, 1280, 176)));
        assert_eq!(beside(area(330, 170, 100, 100), film), None);
    }
}
