//! Which cells of a screen are marked. Damage comes as any number of rectangles that overlap; in a grid it costs the same memory whatever
//! comes, and each pixel is looked at once.

use millrace_stream::frame::Rect;

/// Width and height of a cell in pixels: a few characters of text; small enough that a key's echo is little, large enough that a full
/// screen is a few thousand.
pub const CELL: u16 = 32;

/// A set of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    width: u16,
    height: u16,
    columns: usize,
    cells: Vec<bool>,
    any: bool,
}

impl Grid {
    /// No cell of a screen of this size.
    pub fn new(width: u16, height: u16) -> Self {
        let columns = usize::from(width.div_ceil(CELL));
        let rows = usize::from(height.div_ceil(CELL));
        Self { width, height, columns, cells: vec![false; columns * rows], any: false }
    }

    /// The screen's size.
    pub const fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// Whether no cell is marked.
    pub const fn is_empty(&self) -> bool {
        !self.any
    }

    /// Unmarks all.
    pub fn clear(&mut self) {
        self.cells.fill(false);
        self.any = false;
    }

    /// Marks all.
    pub fn mark_all(&mut self) {
        self.cells.fill(true);
        self.any = !self.cells.is_empty();
    }

    /// Marks the cells that a rectangle touches; what is outside the screen is left out.
    pub fn mark(&mut self, x: i32, y: i32, width: u32, height: u32) {
        let span = |start: i32, length: u32, limit: u16| {
            let end = i64::from(start) + i64::from(length);
            let (start, end) = (i64::from(start).max(0), end.min(limit.into()));
            (start < end).then(|| (start as usize / usize::from(CELL), (end as usize).div_ceil(CELL.into())))
        };
        let (Some((left, right)), Some((top, bottom))) =
            (span(x, width, self.width), span(y, height, self.height))
        else {
            return;
        };
        for row in top..bottom {
            self.cells[row * self.columns + left..row * self.columns + right].fill(true);
        }
        self.any = true;
    }

    /// Marks the cells that a rectangle touches.
    pub fn mark_rect(&mut self, rect: Rect) {
        self.mark(rect.x.into(), rect.y.into(), rect.width.into(), rect.height.into());
    }

    /// Marks what another grid of the same size has marked.
    pub fn mark_all_of(&mut self, other: &Self) {
        debug_assert_eq!(self.size(), other.size());
        for (cell, marked) in self.cells.iter_mut().zip(&other.cells) {
            *cell |= marked;
        }
        self.any |= other.any;
    }

    /// Unmarks the cells that a rectangle touches; gives those that were marked.
    pub fn take_out(&mut self, rect: Rect) -> Self {
        let mut taken = Self { cells: vec![false; self.cells.len()], any: false, ..*self };
        for cell in self.touched(rect) {
            if std::mem::take(&mut self.cells[cell]) {
                (taken.cells[cell], taken.any) = (true, true);
            }
        }
        self.any = self.cells.contains(&true);
        taken
    }

    /// How many columns of cells there are.
    pub(super) const fn columns(&self) -> usize {
        self.columns
    }

    /// How many rows of cells there are.
    pub(super) fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Whether a cell is marked.
    pub(super) fn is_marked(&self, column: usize, row: usize) -> bool {
        self.cells[row * self.columns + column]
    }

    /// The cells that a rectangle of the screen touches, by number (row by row).
    pub(super) fn touched(&self, rect: Rect) -> impl Iterator<Item = usize> + use<> {
        let (cell, columns) = (u32::from(CELL), self.columns);
        let (left, right) = (usize::from(rect.x / CELL), rect.right().div_ceil(cell) as usize);
        let (top, bottom) = (usize::from(rect.y / CELL), rect.bottom().div_ceil(cell) as usize);
        (top..bottom).flat_map(move |row| (left..right).map(move |column| row * columns + column))
    }

    /// Whether all of a cell, given by its number, lies in a rectangle.
    pub(super) fn is_covered(&self, cell: usize, rect: Rect) -> bool {
        let (column, row) = (cell % self.columns, cell / self.columns);
        let pixels = self.pixels(column, column + 1, row);
        pixels.x >= rect.x
            && pixels.y >= rect.y
            && pixels.right() <= rect.right()
            && pixels.bottom() <= rect.bottom()
    }

    /// The pixels of a run of cells in one row, cut at the screen's edges.
    pub(super) fn pixels(&self, left: usize, right: usize, row: usize) -> Rect {
        let (x, y) = (left * usize::from(CELL), row * usize::from(CELL));
        let width = (right * usize::from(CELL)).min(self.width.into()) - x;
        let height = (y + usize::from(CELL)).min(self.height.into()) - y;
        // INVARIANT: all of them lie within a screen whose sides are u16.
        Rect { x: x as u16, y: y as u16, width: width as u16, height: height as u16 }
    }

    /// The marked cells as runs, each in one row of cells.
    pub fn runs(&self) -> impl Iterator<Item = Rect> {
        (0..self.rows()).flat_map(move |row| {
            let mut column = 0;
            std::iter::from_fn(move || {
                let left = (column..self.columns).find(|column| self.is_marked(*column, row))?;
                let right = (left..self.columns).find(|column| !self.is_marked(*column, row));
                column = right.unwrap_or(self.columns);
                Some(self.pixels(left, column, row))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_taken_out_can_be_marked_again() {
        let mut grid = Grid::new(640, 480);
        grid.mark(0, 0, 640, 40);
        let before = grid.clone();
        let taken = grid.take_out(Rect { x: 64, y: 0, width: 320, height: 480 });
        assert_eq!(taken.runs().map(|run| (run.x, run.width)).collect::<Vec<_>>(), [(64, 320); 2]);
        assert_eq!(grid.runs().map(|run| run.x).collect::<Vec<_>>(), [0, 384, 0, 384]);
        grid.mark_all_of(&taken);
        assert_eq!(grid, before);
        let nothing = grid.take_out(Rect { x: 0, y: 300, width: 640, height: 100 });
        assert!(nothing.is_empty() && !grid.is_empty());
        grid.take_out(Rect { x: 0, y: 0, width: 640, height: 480 });
        assert!(grid.is_empty());
    }

    proptest! {
        #[test]
        fn every_marked_pixel_is_in_a_run(
            rects in prop::collection::vec((-50_i32..200, -50_i32..200, 0_u32..200, 0_u32..200), 0..5),
        ) {
            let mut grid = Grid::new(100, 70);
            for (x, y, width, height) in &rects {
                grid.mark(*x, *y, *width, *height);
            }
            let runs: Vec<Rect> = grid.runs().collect();
            prop_assert_eq!(runs.is_empty(), grid.is_empty());
            for (x, y) in (0..100_u16).flat_map(|x| (0..70_u16).map(move |y| (x, y))) {
                let (column, row) = (i32::from(x), i32::from(y));
                let marked = rects.iter().any(|(left, top, width, height)| {
                    (*left..left + *width as i32).contains(&column) && (*top..top + *height as i32).contains(&row)
                });
                let covering = runs.iter().filter(|run| {
                    (run.x..run.x + run.width).contains(&x) && (run.y..run.y + run.height).contains(&y)
                });
                let count = covering.count();
                prop_assert!(count <= 1);
                prop_assert!(!marked || count == 1);
            }
        }
    }
}
