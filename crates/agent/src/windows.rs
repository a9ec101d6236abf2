//! Who gets the whole screen: an application's main window, if it is made for one.
//!
//! A window manager's rules cannot tell an editor from a calculator: both are normal windows. An editor in a corner of an empty screen is as
//! wrong as a calculator whose keys are as large as hands, or a tool box that covers the drawing it belongs to. So each new window is looked at
//! once, and the window manager is asked to maximise those that are large of themselves.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use x11rb::errors::ReplyError;
use x11rb::properties::WmSizeHints;
use x11rb::protocol::xproto::{
    self, Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, EventMask,
    Window,
};
use x11rb::rust_connection::RustConnection;

/// A window that is at least so large at its start is made to be worked in, not beside: GTK's and Qt's main windows begin at 640 × 480.
const MAIN_WINDOW: (u16, u16) = (600, 400);
/// Windows looked at; an application that opens more keeps the others as they are.
const MOST_WINDOWS: u32 = 1024;
/// `_NET_WM_STATE_ADD` and the source indication of a pager (EWMH, "Root Window Messages").
const STATE_ADD: u32 = 1;
const SOURCE_PAGER: u32 = 2;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        _NET_CLIENT_LIST,
        _NET_WM_STATE,
        _NET_WM_STATE_MAXIMIZED_VERT,
        _NET_WM_STATE_MAXIMIZED_HORZ,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_NORMAL,
    }
}

/// What decides over a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Facts {
    width: u16,
    height: u16,
    /// It belongs to another window: a dialog, a tool box.
    transient: bool,
    /// An ordinary window, as far as its application says.
    normal: bool,
    /// The largest that it can be, if it says so.
    limit: Option<(i32, i32)>,
}

/// Whether the window gets the whole screen.
fn wants_screen(facts: Facts, screen: (u16, u16)) -> bool {
    let fits =
        facts.limit.is_none_or(|limit| limit.0 >= i32::from(screen.0) && limit.1 >= i32::from(screen.1));
    let large = facts.width >= MAIN_WINDOW.0.min(screen.0) && facts.height >= MAIN_WINDOW.1.min(screen.1);
    facts.normal && !facts.transient && fits && large
}

/// The windows that the window manager has, as far as they were looked at.
pub(crate) struct Windows {
    atoms: Atoms,
    root: Window,
    known: BTreeSet<Window>,
}

impl Windows {
    /// Asks to be told of new windows: changes of the property [`Windows::list`] of the root window.
    pub(crate) fn watch(connection: &RustConnection, root: Window) -> Result<Self> {
        let atoms = Atoms::new(connection)?.reply().context("the X server is gone")?;
        let properties = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        connection.change_window_attributes(root, &properties)?;
        Ok(Self { atoms, root, known: BTreeSet::new() })
    }

    /// The property that changes when windows come and go.
    pub(crate) fn list(&self) -> Atom {
        self.atoms._NET_CLIENT_LIST
    }

    /// Looks at windows that are new, and maximises those that want the screen.
    pub(crate) fn serve(&mut self, connection: &RustConnection) -> Result<()> {
        let list = connection.get_property(
            false,
            self.root,
            self.atoms._NET_CLIENT_LIST,
            AtomEnum::WINDOW,
            0,
            MOST_WINDOWS,
        )?;
        let windows: BTreeSet<Window> = list.reply()?.value32().map(Iterator::collect).unwrap_or_default();
        let root = connection.get_geometry(self.root)?.reply()?;
        for &window in windows.difference(&self.known) {
            match self.facts(connection, window) {
                Ok(facts) if wants_screen(facts, (root.width, root.height)) => {
                    self.maximise(connection, window)?;
                }
                // The window is gone already: an error of the X server, not of the connection.
                Ok(_) | Err(ReplyError::X11Error(_)) => {}
                Err(ReplyError::ConnectionError(error)) => return Err(error.into()),
            }
        }
        self.known = windows;
        Ok(())
    }

    fn facts(&self, connection: &RustConnection, window: Window) -> Result<Facts, ReplyError> {
        let geometry = connection.get_geometry(window)?;
        let transient =
            connection.get_property(false, window, AtomEnum::WM_TRANSIENT_FOR, AtomEnum::WINDOW, 0, 1)?;
        let kinds =
            connection.get_property(false, window, self.atoms._NET_WM_WINDOW_TYPE, AtomEnum::ATOM, 0, 16)?;
        let hints = WmSizeHints::get_normal_hints(connection, window)?;
        let geometry = geometry.reply()?;
        let kinds: Vec<Atom> = kinds.reply()?.value32().map(Iterator::collect).unwrap_or_default();
        Ok(Facts {
            width: geometry.width,
            height: geometry.height,
            transient: transient.reply()?.value_len > 0,
            normal: kinds.is_empty() || kinds.contains(&self.atoms._NET_WM_WINDOW_TYPE_NORMAL),
            limit: hints.reply()?.and_then(|hints| hints.max_size),
        })
    }

    fn maximise(&self, connection: &RustConnection, window: Window) -> Result<()> {
        let atoms = &self.atoms;
        let data = [
            STATE_ADD,
            atoms._NET_WM_STATE_MAXIMIZED_VERT,
            atoms._NET_WM_STATE_MAXIMIZED_HORZ,
            SOURCE_PAGER,
            0,
        ];
        let message = ClientMessageEvent::new(32, window, atoms._NET_WM_STATE, data);
        let to_window_manager = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        xproto::send_event(connection, false, self.root, to_window_manager, message)?;
        Ok(())
    }
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
