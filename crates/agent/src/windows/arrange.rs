//! Who gets the whole screen: an application's main window, if it is made for one.
//!
//! A window manager's rules cannot tell an editor from a calculator: both are normal windows. An editor in a corner of an empty screen is as
//! wrong as a calculator whose keys are as large as hands, or a tool box that covers the drawing it belongs to. So each new window is looked at
//! once, and the window manager is asked to maximise those that are large of themselves.

/// A window that is at least so large at its start is made to be worked in, not beside: GTK's and Qt's main windows begin at 640 × 480.
const MAIN_WINDOW: (u16, u16) = (600, 400);

/// What decides over a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) width: u16,
    pub(super) height: u16,
    /// It belongs to another window: a dialog, a tool box.
    pub(super) transient: bool,
    /// An ordinary window, as far as its application says.
    pub(super) normal: bool,
    /// The largest that it can be, if it says so.
    pub(super) limit: Option<(i32, i32)>,
}

/// Whether the window gets the whole screen.
pub(super) fn wants_screen(facts: Facts, screen: (u16, u16)) -> bool {
    let fits =
        facts.limit.is_none_or(|limit| limit.0 >= i32::from(screen.0) && limit.1 >= i32::from(screen.1));
    let large = facts.width >= MAIN_WINDOW.0.min(screen.0) && facts.height >= MAIN_WINDOW.1.min(screen.1);
    facts.normal && !facts.transient && fits && large
}

#[cfg(test)]
mod tests {
    use super::{Facts, wants_screen};

    const SCREEN: (u16, u16) = (1280, 720);
    const EDITOR: Facts = Facts { width: 640, height: 480, transient: false, normal: true, limit: None };

    #[test]
    fn an_editor_gets_the_screen() {
        assert!(wants_screen(EDITOR, SCREEN));
        assert!(wants_screen(Facts { width: 1900, height: 1000, ..EDITOR }, SCREEN));
        assert!(wants_screen(EDITOR, (400, 300)), "what is larger than the screen always");
    }

    #[test]
    fn others_keep_their_size() {
        assert!(!wants_screen(Facts { width: 320, height: 400, ..EDITOR }, SCREEN), "a calculator");
        assert!(!wants_screen(Facts { transient: true, ..EDITOR }, SCREEN), "a dialog");
        assert!(!wants_screen(Facts { normal: false, ..EDITOR }, SCREEN), "a splash screen");
        assert!(!wants_screen(Facts { limit: Some((800, 600)), ..EDITOR }, SCREEN), "of a fixed size");
        assert!(wants_screen(Facts { limit: Some((4000, 4000)), ..EDITOR }, SCREEN));
    }
}
