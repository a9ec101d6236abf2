//! What became of each cell of the screen: how often it changes, and whether the viewer has only a likeness of it.

use super::grid::CELL;

/// How long a likeness stays at most while nothing changes, in µs: then it is made exact.
const STILL_MICROS: u64 = 200_000;
/// The longest time between two changes that is told apart from longer ones, in µs.
const MAX_INTERVAL_MICROS: u64 = 1_000_000;

/// The history of a screen's cells. Times are server time in µs.
pub(super) struct History {
    cells: Vec<Cell>,
    /// How many cells the viewer has a likeness of.
    alike: usize,
    /// When this frame is made, and when the one before was.
    frame_at: u64,
    frame_before: u64,
}

#[derive(Clone, Copy)]
struct Cell {
    changed_at: u64,
    /// With how many frames in a row it changed, and since when.
    in_a_row: u8,
    row_since: u64,
    /// The smoothed time between changes.
    interval: u64,
    /// When a likeness of it was last sent, if the viewer has one.
    alike_since: Option<u64>,
}

impl History {
    /// So many cells that have not changed for long.
    pub(super) fn new(cells: usize) -> Self {
        let cell = Cell {
            changed_at: 0,
            in_a_row: 0,
            row_since: 0,
            interval: MAX_INTERVAL_MICROS,
            alike_since: None,
        };
        Self { cells: vec![cell; cells], alike: 0, frame_at: 0, frame_before: 0 }
    }

    /// A frame is made.
    pub(super) const fn begin_frame(&mut self, now: u64) {
        self.frame_before = self.frame_at;
        self.frame_at = now;
    }

    /// A cell changed.
    pub(super) fn changed(&mut self, cell: usize, now: u64) {
        let cell = &mut self.cells[cell];
        let interval = now.saturating_sub(cell.changed_at).min(MAX_INTERVAL_MICROS);
        // A pause is believed at once, haste only when it lasts.
        cell.interval = interval.max((cell.interval * 3 + interval) / 4);
        (cell.in_a_row, cell.row_since) = if cell.in_a_row > 0 && cell.changed_at == self.frame_before {
            (cell.in_a_row.saturating_add(1), cell.row_since)
        } else {
            (1, now)
        };
        cell.changed_at = now;
    }

    /// How often a cell changes, in changes a second.
    pub(super) fn changes_per_second(&self, cell: usize) -> f64 {
        1e6 / self.cells[cell].interval.max(1) as f64
    }

    /// As [`History::changes_per_second`], of a cell that may have come to rest since it changed last.
    pub(super) fn rate(&self, cell: usize, now: u64) -> f64 {
        let Cell { interval, changed_at, .. } = self.cells[cell];
        1e6 / interval.max(now.saturating_sub(changed_at)).max(1) as f64
    }

    /// With how many frames in a row, up to this one, a cell changed, and for how long by now, in µs.
    pub(super) fn frames_in_a_row(&self, cell: usize) -> (u8, u64) {
        let Cell { changed_at, in_a_row, row_since, .. } = self.cells[cell];
        if changed_at == self.frame_at { (in_a_row, changed_at - row_since) } else { (0, 0) }
    }

    /// When a cell changed last; 0: never.
    pub(super) fn changed_at(&self, cell: usize) -> u64 {
        self.cells[cell].changed_at
    }

    /// The viewer has a likeness of a cell from now on.
    pub(super) fn set_alike(&mut self, cell: usize, now: u64) {
        self.alike += usize::from(self.cells[cell].alike_since.replace(now).is_none());
    }

    /// The viewer has a cell as it is.
    pub(super) fn set_exact(&mut self, cell: usize) {
        self.alike -= usize::from(self.cells[cell].alike_since.take().is_some());
    }

    /// Whether the viewer has only a likeness of a cell.
    pub(super) fn is_alike(&self, cell: usize) -> bool {
        self.cells[cell].alike_since.is_some()
    }

    /// How many pixels the viewer has only a likeness of, about.
    pub(super) const fn alike_pixels(&self) -> u64 {
        self.alike as u64 * CELL as u64 * CELL as u64
    }

    /// The cells to be made exact now, at most `limit`.
    pub(super) fn due(&self, now: u64, limit: usize) -> Vec<usize> {
        let none = if self.alike == 0 { 0 } else { limit };
        let due = |cell: &Cell| cell.alike_since.is_some_and(|since| since + STILL_MICROS <= now);
        self.cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| due(cell))
            .map(|(index, _)| index)
            .take(none)
            .collect()
    }

    /// When the next cell is to be made exact.
    pub(super) fn next_due(&self) -> Option<u64> {
        if self.alike == 0 {
            return None;
        }
        self.cells.iter().filter_map(|cell| cell.alike_since).min().map(|since| since + STILL_MICROS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn haste_is_believed_when_it_lasts() {
        let mut history = History::new(1);
        let mut now = 10_000_000;
        let mut rates = Vec::new();
        for _ in 0..30 {
            now += 16_667;
            history.changed(0, now);
            rates.push(history.changes_per_second(0));
        }
        assert!(rates[2] < 4.0 && rates[12] > 8.0 && rates[29] > 50.0, "{rates:?}");
        history.changed(0, now + 5_000_000);
        assert!(history.changes_per_second(0) <= 1.0);
    }

    #[test]
    fn frames_in_a_row_are_counted_up_to_this_one() {
        let mut history = History::new(2);
        let mut counts = Vec::new();
        for frame in 1..=6 {
            history.begin_frame(frame * 700_000);
            if frame != 4 {
                history.changed(1, frame * 700_000);
            }
            counts.push(history.frames_in_a_row(1));
        }
        let expected = [(1, 0), (2, 700_000), (3, 1_400_000), (0, 0), (1, 0), (2, 700_000)];
        assert_eq!((counts, history.frames_in_a_row(0)), (expected.into(), (0, 0)));
    }

    #[test]
    fn likenesses_are_due_once_they_are_still() {
        let mut history = History::new(4);
        assert_eq!((history.next_due(), history.due(u64::MAX, 9).len()), (None, 0));
        history.set_alike(1, 1_000_000);
        history.set_alike(3, 1_100_000);
        assert_eq!(history.next_due(), Some(1_200_000));
        assert!(history.due(1_199_999, 9).is_empty());
        assert_eq!(history.due(1_200_000, 9), [1]);
        assert_eq!(history.due(1_300_000, 9), [1, 3]);
        assert_eq!(history.due(1_300_000, 1), [1]);
        // One that moves on is not still.
        history.set_alike(1, 1_250_000);
        assert_eq!(history.due(1_300_000, 9), [3]);
        history.set_exact(1);
        history.set_exact(1);
        history.set_exact(3);
        assert_eq!((history.next_due(), history.is_alike(1)), (None, false));
    }
}
