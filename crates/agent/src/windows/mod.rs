//! The windows that applications have: which of them get the whole screen ([`arrange`]), which are told to the viewer, and what the viewer does
//! to one. The window manager keeps them; what is here is what it and they say (Extended Window Manager Hints).

mod arrange;
mod ping;
mod properties;

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use millrace_stream::message::{MAX_WINDOWS, WindowAction, WindowState};
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    self, Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, EventMask,
    PropertyNotifyEvent, Window,
};
use x11rb::rust_connection::RustConnection;

use crate::clock;
#[cfg(test)]
pub(crate) use ping::PING;
pub(crate) use ping::Ping;
use ping::Pings;
use properties::{Properties, words};

/// Windows looked at; an application that opens more keeps the others as they are.
const MOST_WINDOWS: u32 = 1024;
/// How long a change of a title or a state waits for others, in µs: a program may write its progress into its title.
const SETTLE_MICROS: u64 = 50_000;
/// `_NET_WM_STATE_ADD` and the source indication of a pager (EWMH, "Root Window Messages").
const STATE_ADD: u32 = 1;
const SOURCE_PAGER: u32 = 2;
/// `IconicState` (ICCCM 4.1.3.1).
const ICONIC_STATE: u32 = 3;

x11rb::atom_manager! {
    pub(super) Atoms: AtomsCookie {
        UTF8_STRING,
        WM_CHANGE_STATE,
        WM_PROTOCOLS,
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST,
        _NET_CLOSE_WINDOW,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_PING,
        _NET_WM_STATE,
        _NET_WM_STATE_HIDDEN,
        _NET_WM_STATE_MAXIMIZED_VERT,
        _NET_WM_STATE_MAXIMIZED_HORZ,
        _NET_WM_STATE_SKIP_TASKBAR,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DIALOG,
        _NET_WM_WINDOW_TYPE_NORMAL,
    }
}

/// The windows that the window manager has.
pub(crate) struct Windows {
    atoms: Atoms,
    root: Window,
    /// In the order in which they came.
    known: Vec<(Window, Properties)>,
    /// Those of `known` whose properties have changed since they were read.
    stale: BTreeSet<Window>,
    active: Option<Window>,
    active_is_stale: bool,
    /// How often another window became the active one.
    activations: u64,
    /// When what is stale is read again (server time, µs).
    due: Option<u64>,
    pings: Pings,
}

/// What a change of a property is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PropertyChange {
    /// Windows came or went: [`Windows::serve`].
    List,
    /// It was noted, and shows after [`Windows::due`].
    Noted,
    /// Nothing that matters here.
    Other,
}

impl Windows {
    /// Asks to be told of new windows: changes of the root window's properties.
    pub(crate) fn watch(connection: &RustConnection, root: Window) -> Result<Self> {
        let atoms = Atoms::new(connection)?.reply().context("the X server is gone")?;
        watch_root(connection, root, EventMask::NO_EVENT)?;
        Ok(Self {
            atoms,
            root,
            known: Vec::new(),
            stale: BTreeSet::new(),
            active: None,
            active_is_stale: false,
            activations: 0,
            due: None,
            pings: Pings::default(),
        })
    }

    /// A property of some window changed.
    pub(crate) fn property_changed(&mut self, event: &PropertyNotifyEvent) -> PropertyChange {
        let atoms = &self.atoms;
        if event.window == self.root {
            if event.atom == atoms._NET_CLIENT_LIST {
                return PropertyChange::List;
            }
            if event.atom != atoms._NET_ACTIVE_WINDOW {
                return PropertyChange::Other;
            }
            self.active_is_stale = true;
            self.activations += 1;
        } else {
            let of_interest = [
                atoms._NET_WM_NAME,
                atoms._NET_WM_PID,
                atoms._NET_WM_STATE,
                atoms._NET_WM_WINDOW_TYPE,
                AtomEnum::WM_NAME.into(),
                AtomEnum::WM_TRANSIENT_FOR.into(),
            ];
            let known = self.known.iter().any(|(window, _)| *window == event.window);
            if !known || !of_interest.contains(&event.atom) {
                return PropertyChange::Other;
            }
            self.stale.insert(event.window);
        }
        self.due.get_or_insert_with(|| clock::now() + SETTLE_MICROS);
        PropertyChange::Noted
    }

    /// When [`Windows::refresh`] has something to do (server time, µs).
    pub(crate) const fn due(&self) -> Option<u64> {
        self.due
    }

    /// How often another window became the active one, as far as is known.
    pub(crate) const fn activations(&self) -> u64 {
        self.activations
    }

    /// Whether there was a window when last looked.
    pub(crate) fn any(&self) -> bool {
        !self.known.is_empty()
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
        let windows = words(&list.reply()?);
        let root = connection.get_geometry(self.root)?.reply()?;
        let mut before = std::mem::take(&mut self.known);
        for window in windows {
            if let Some(at) = before.iter().position(|(known, _)| *known == window) {
                self.known.push(before.swap_remove(at));
                continue;
            }
            watch_properties(connection, window)?;
            if let Some(facts) = unless_gone(properties::facts(connection, &self.atoms, window))? {
                if arrange::wants_screen(facts, (root.width, root.height)) {
                    self.maximise(connection, window)?;
                }
                self.known.push((window, Properties::default()));
                self.stale.insert(window);
            }
        }
        self.active_is_stale = true;
        self.due = Some(clock::now());
        Ok(())
    }

    /// Reads what is stale.
    pub(crate) fn refresh(&mut self, connection: &RustConnection) -> Result<()> {
        self.due = None;
        let stale = std::mem::take(&mut self.stale);
        for (window, known) in &mut self.known {
            if stale.contains(window)
                && let Some(read) = unless_gone(properties::read(connection, &self.atoms, *window))?
            {
                *known = read;
            }
        }
        if std::mem::take(&mut self.active_is_stale) {
            let (active, kind) = (self.atoms._NET_ACTIVE_WINDOW, AtomEnum::WINDOW);
            let reply = connection.get_property(false, self.root, active, kind, 0, 1)?.reply()?;
            self.active = words(&reply).first().copied();
        }
        Ok(())
    }

    /// What the viewer is told; `application_of` knows the applications by their processes.
    pub(crate) fn told(&self, application_of: impl Fn(u32) -> u32) -> Vec<WindowState> {
        let active = self.active.map(|window| self.main_window(window));
        let listed = self
            .known
            .iter()
            .filter(|(window, known)| known.ordinary && !known.skip && self.main_window(*window) == *window);
        let state = |(window, known): &(Window, Properties)| WindowState {
            id: *window,
            application: application_of(known.pid),
            active: active == Some(*window),
            minimised: known.minimised,
            title: known.title.clone(),
        };
        listed.take(MAX_WINDOWS).map(state).collect()
    }

    /// The window that a dialog belongs to, at the end; any other window is its own.
    fn main_window(&self, window: Window) -> Window {
        let mut at = window;
        // A chain is as long as there are windows, unless it is a circle.
        for _ in 0..=self.known.len() {
            let parent =
                self.known.iter().find(|(known, _)| *known == at).and_then(|(_, known)| known.parent);
            match parent.filter(|parent| self.known.iter().any(|(known, _)| known == parent)) {
                Some(parent) => at = parent,
                None => return at,
            }
        }
        window
    }

    /// Does what the user wants with a window. One that is gone by now, or never was, is left alone.
    pub(crate) fn act(
        &self,
        connection: &RustConnection,
        window: Window,
        action: WindowAction,
    ) -> Result<()> {
        if !self.known.iter().any(|(known, _)| *known == window) {
            return Ok(());
        }
        let atoms = &self.atoms;
        // Times are 0 (CurrentTime): what a user does is not held back as if it were an application's own doing.
        match action {
            WindowAction::Activate => {
                self.ask(connection, window, atoms._NET_ACTIVE_WINDOW, [SOURCE_PAGER, 0, 0, 0, 0])
            }
            WindowAction::Minimise => {
                self.ask(connection, window, atoms.WM_CHANGE_STATE, [ICONIC_STATE, 0, 0, 0, 0])
            }
            WindowAction::Close => {
                self.ask(connection, window, atoms._NET_CLOSE_WINDOW, [0, SOURCE_PAGER, 0, 0, 0])
            }
        }
    }

    fn maximise(&self, connection: &RustConnection, window: Window) -> Result<()> {
        let atoms = &self.atoms;
        let (vertical, horizontal) = (atoms._NET_WM_STATE_MAXIMIZED_VERT, atoms._NET_WM_STATE_MAXIMIZED_HORZ);
        let data = [STATE_ADD, vertical, horizontal, SOURCE_PAGER, 0];
        self.ask(connection, window, atoms._NET_WM_STATE, data)
    }

    /// Asks the window manager for something.
    fn ask(&self, connection: &RustConnection, window: Window, what: Atom, data: [u32; 5]) -> Result<()> {
        let message = ClientMessageEvent::new(32, window, what, data);
        let to_window_manager = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        xproto::send_event(connection, false, self.root, to_window_manager, message)?;
        Ok(())
    }
}

/// Asks to be told of changes of the root window's properties, and of this.
fn watch_root(connection: &RustConnection, root: Window, and: EventMask) -> Result<()> {
    let events = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE | and);
    connection.change_window_attributes(root, &events)?;
    Ok(())
}

/// Asks to be told of changes of a window's properties. The error for a window that is gone comes as an event.
fn watch_properties(connection: &RustConnection, window: Window) -> Result<()> {
    let properties = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    connection.change_window_attributes(window, &properties)?;
    Ok(())
}

/// Nothing for a window that is gone already: that is an error of the X server, not of the connection.
fn unless_gone<T>(reply: Result<T, ReplyError>) -> Result<Option<T>> {
    match reply {
        Ok(value) => Ok(Some(value)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(error.into()),
    }
}
