//! A choice with steps, each of which suits a coarser quantiser than the one before: how a film is encoded follows how coarsely its pictures have to
//! be quantised (quantisation parameter of H.264). Pure.
//!
//! A change costs a picture that refers to none before it, so a step holds for a while, and a finer one that turned out to be too fine is tried
//! again after twice the time.

/// The quantiser is smoothed over so many pictures.
const MEMORY: f64 = 16.0;
/// A step holds for so many pictures before a coarser one, and before a finer one: blocks are seen, time and detail less.
const LEAST_BEFORE_COARSER: u32 = 30;
const LEAST_BEFORE_FINER: u32 = 120;
/// The most pictures before a finer step.
const MOST_BEFORE_FINER: u32 = 3840;

/// The step, and what speaks for another.
pub(super) struct Ladder {
    /// Quantisers above which the next step is better for certain, and below which the one before is. Between them nothing changes.
    coarse: f64,
    fine: f64,
    step: u8,
    last: u8,
    /// Smoothed; nothing before the step's first picture.
    quantiser: Option<f64>,
    pictures: u32,
    before_finer: u32,
    /// It was a coarser step before this one.
    tries: bool,
}

impl Ladder {
    /// From `step` (0 is the finest) to `last`.
    pub(super) fn new((fine, coarse): (f64, f64), step: u8, last: u8) -> Self {
        Self {
            coarse,
            fine,
            step: step.min(last),
            last,
            quantiser: None,
            pictures: 0,
            before_finer: LEAST_BEFORE_FINER,
            tries: false,
        }
    }

    /// Where it is.
    pub(super) const fn step(&self) -> u8 {
        self.step
    }

    /// Notes how coarsely a picture was quantised; says whether the step is another now.
    pub(super) fn note(&mut self, quantiser: u32) -> bool {
        let now = f64::from(quantiser);
        let smoothed = self.quantiser.map_or(now, |known| known + (now - known) / MEMORY);
        self.quantiser = Some(smoothed);
        self.pictures = self.pictures.saturating_add(1);
        let is_coarser =
            smoothed > self.coarse && self.step < self.last && self.pictures >= LEAST_BEFORE_COARSER;
        let is_finer = smoothed < self.fine && self.step > 0 && self.pictures >= self.before_finer;
        if !is_coarser && !is_finer {
            return false;
        }
        if is_coarser && self.tries && self.pictures < self.before_finer {
            self.before_finer = (self.before_finer * 2).min(MOST_BEFORE_FINER);
        }
        self.step = if is_finer { self.step - 1 } else { self.step + 1 };
        (self.quantiser, self.pictures, self.tries) = (None, 0, is_finer);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(step: u8, last: u8) -> Ladder {
        Ladder::new((24.0, 31.0), step, last)
    }

    /// How many changes so many pictures with this quantiser make.
    fn changes(ladder: &mut Ladder, quantiser: u32, pictures: u32) -> usize {
        (0..pictures).filter(|_| ladder.note(quantiser)).count()
    }

    #[test]
    fn what_is_quantised_coarsely_takes_the_next_step() {
        let mut film = ladder(0, 1);
        assert_eq!(changes(&mut film, 23, 1000), 0);
        // One coarse picture, as after a cut, changes nothing.
        assert_eq!(changes(&mut film, 44, 1), 0);
        assert_eq!(changes(&mut film, 23, 100), 0);
        assert_eq!((changes(&mut film, 38, 1000), film.step()), (1, 1));
        let mut film = ladder(0, 2);
        assert_eq!((changes(&mut film, 38, 1000), film.step()), (2, 2));
    }

    #[test]
    fn it_goes_back_when_bytes_suffice() {
        let mut film = ladder(1, 1);
        assert_eq!((changes(&mut film, 28, 1000), film.step()), (0, 1));
        assert_eq!((changes(&mut film, 20, 1000), film.step()), (1, 0));
    }

    #[test]
    fn a_step_holds_for_a_while() {
        let mut film = ladder(0, 1);
        let changes: usize = (0..10).map(|round| changes(&mut film, [44, 18][round % 2], 60)).sum();
        assert!(changes <= 5, "{changes}");
    }

    #[test]
    fn a_step_that_proved_too_fine_is_tried_ever_less_often() {
        // With each step the quantiser is on the other side of what suits it.
        let mut film = ladder(0, 1);
        let changes = (0..36_000).filter(|_| film.note([40, 18][usize::from(film.step())])).count();
        assert!(changes < 40, "{changes}");
    }

    #[test]
    fn it_has_an_end() {
        assert_eq!(ladder(5, 2).step(), 2);
        let mut film = ladder(0, 0);
        assert_eq!(changes(&mut film, 44, 1000) + changes(&mut film, 18, 1000), 0);
    }
}
