//! An application that was started before its user came: whether it shows itself yet, and whether it is what the user wants.

use millrace_stream::message::StartApplication;

/// How long nothing may change on the screen for the application to count as shown, in µs: longer than what a toolkit pauses between the parts of a
/// window, shorter than a cursor blinks.
const STILL_MICROS: u64 = 300_000;
/// How long it may take, in µs; then whoever waits is told all the same.
const PATIENCE_MICROS: u64 = 10_000_000;
/// Between two times of asking the X server to tell damage anew, in µs.
const LOOK_MICROS: u64 = 50_000;

/// The application that was started, and how far it is.
pub(crate) struct Preparation {
    argv: Vec<String>,
    working_directory: String,
    progress: Progress,
}

enum Progress {
    /// All moments are server time in µs.
    Appearing {
        give_up_at: u64,
        window: bool,
        changed_at: u64,
        look_at: u64,
    },
    Shown,
}

impl Preparation {
    /// It is started now.
    pub(crate) fn begin(application: &StartApplication, now: u64) -> Self {
        Self {
            argv: application.argv.clone(),
            working_directory: application.working_directory.clone(),
            progress: Progress::Appearing {
                give_up_at: now + PATIENCE_MICROS,
                window: false,
                changed_at: now,
                look_at: now,
            },
        }
    }

    /// Whether this is the same program, whatever its environment.
    pub(crate) fn is(&self, application: &StartApplication) -> bool {
        self.argv == application.argv && self.working_directory == application.working_directory
    }

    /// The screen changed.
    pub(crate) fn changed(&mut self, now: u64) {
        if let Progress::Appearing { changed_at, .. } = &mut self.progress {
            *changed_at = now;
        }
    }

    /// There is a window.
    pub(crate) fn has_window(&mut self) {
        if let Progress::Appearing { window, .. } = &mut self.progress {
            *window = true;
        }
    }

    /// Nobody needs to wait (any more): it has ended, or its user is there.
    pub(crate) fn over(&mut self) {
        self.progress = Progress::Shown;
    }

    /// Whether who waits can be told.
    pub(crate) fn is_shown(&mut self, now: u64) -> bool {
        if let Progress::Appearing { give_up_at, window, changed_at, .. } = self.progress
            && (now >= give_up_at || window && now >= changed_at + STILL_MICROS)
        {
            self.progress = Progress::Shown;
        }
        matches!(self.progress, Progress::Shown)
    }

    /// Whether the X server is to be asked now to tell damage anew: it tells of an area once.
    pub(crate) fn takes_look(&mut self, now: u64) -> bool {
        match &mut self.progress {
            Progress::Appearing { look_at, .. } if *look_at <= now => {
                *look_at = now + LOOK_MICROS;
                true
            }
            Progress::Appearing { .. } | Progress::Shown => false,
        }
    }

    /// When to look again.
    pub(crate) fn due(&self) -> Option<u64> {
        match self.progress {
            Progress::Appearing { look_at, .. } => Some(look_at),
            Progress::Shown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PATIENCE_MICROS, Preparation, STILL_MICROS};
    use millrace_stream::message::{PREPARED_APPLICATION, StartApplication};

    fn application(program: &str) -> StartApplication {
        StartApplication {
            id: PREPARED_APPLICATION,
            argv: vec![program.to_owned()],
            environment: Vec::new(),
            working_directory: String::new(),
        }
    }

    #[test]
    fn it_is_shown_once_its_window_is_still() {
        let mut preparation = Preparation::begin(&application("editor"), 0);
        assert!(!preparation.is_shown(STILL_MICROS), "an empty screen is still, too");
        preparation.has_window();
        preparation.changed(STILL_MICROS);
        assert!(!preparation.is_shown(2 * STILL_MICROS - 1));
        assert!(preparation.is_shown(2 * STILL_MICROS));
        preparation.changed(2 * STILL_MICROS);
        assert!(preparation.is_shown(2 * STILL_MICROS), "once is enough");
        assert_eq!(preparation.due(), None);
    }

    #[test]
    fn what_never_shows_itself_is_not_waited_for_for_ever() {
        let mut preparation = Preparation::begin(&application("daemon"), 0);
        assert!(preparation.takes_look(0) && !preparation.takes_look(1));
        assert!(!preparation.is_shown(PATIENCE_MICROS - 1));
        assert!(preparation.is_shown(PATIENCE_MICROS));
    }

    #[test]
    fn programs_are_compared_whatever_their_environment() {
        let preparation = Preparation::begin(&application("editor"), 0);
        let adopted =
            StartApplication { environment: vec!["A=b".to_owned()], id: 7, ..application("editor") };
        assert!(preparation.is(&adopted));
        assert!(!preparation.is(&application("calculator")));
    }
}
