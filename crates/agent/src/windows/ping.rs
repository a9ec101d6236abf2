//! Has the application that is typed into come to all that was typed? Asked as window managers ask whether one still lives (`_NET_WM_PING` of the
//! Extended Window Manager Hints): the question comes behind the input that was injected before it, and toolkits answer from where they read
//! their events.

use anyhow::Result;
use x11rb::NONE;
use x11rb::protocol::xproto::{
    self, AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, GetPropertyReply,
};
use x11rb::rust_connection::RustConnection;

use super::properties::words;
use super::{Windows, unless_gone, watch_root};

/// Most protocols that are read of a window.
const MOST_PROTOCOLS: u32 = 32;
/// The numbers of our questions begin here, as if they were moments of the X server's: the window manager's own are moments or small numbers.
const FIRST: u32 = 0xf000_0000;

/// The questions that were asked.
#[derive(Debug, Default)]
pub(super) struct Pings {
    count: u32,
    /// The last one, until it is answered.
    open: Option<Ping>,
}

/// A question, to be compared with the one that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ping(u32);

impl Windows {
    /// Asks the application whose window is the active one; nothing if there is none, or it does not answer such questions. The last question's
    /// answer is the only one that is waited for.
    pub(crate) fn ping(&mut self, connection: &RustConnection) -> Result<Option<Ping>> {
        let atoms = &self.atoms;
        let property = |window, name, kind: AtomEnum, most| {
            Ok(connection.get_property(false, window, name, kind, 0, most)?.reply())
        };
        let read = |reply: Result<Result<GetPropertyReply, _>>| unless_gone(reply?);
        let active = read(property(self.root, atoms._NET_ACTIVE_WINDOW, AtomEnum::WINDOW, 1))?;
        let active = active.and_then(|reply| words(&reply).first().copied());
        let Some(window) = active.filter(|window| *window != NONE) else { return Ok(None) };
        let protocols = read(property(window, atoms.WM_PROTOCOLS, AtomEnum::ATOM, MOST_PROTOCOLS))?;
        if !protocols.is_some_and(|reply| words(&reply).contains(&atoms._NET_WM_PING)) {
            return Ok(None);
        }
        // Answers go to whoever watches the root window's children; all else that is told of them is of no use.
        watch_root(connection, self.root, EventMask::SUBSTRUCTURE_NOTIFY)?;
        let ping = Ping(FIRST | (self.pings.count & !FIRST));
        let data = [atoms._NET_WM_PING, ping.0, window, 0, 0];
        let message = ClientMessageEvent::new(32, window, atoms.WM_PROTOCOLS, data);
        xproto::send_event(connection, false, window, EventMask::NO_EVENT, message)?;
        (self.pings.count, self.pings.open) = (self.pings.count.wrapping_add(1), Some(ping));
        Ok(Some(ping))
    }

    /// The question that this answers, if it does.
    pub(crate) fn pong(
        &mut self,
        connection: &RustConnection,
        message: &ClientMessageEvent,
    ) -> Result<Option<Ping>> {
        let atoms = &self.atoms;
        let [kind, number, ..] = message.data.as_data32();
        let is_pong =
            message.window == self.root && message.type_ == atoms.WM_PROTOCOLS && kind == atoms._NET_WM_PING;
        let answered = self.pings.open.take_if(|open| is_pong && open.0 == number);
        if answered.is_some() {
            watch_root(connection, self.root, EventMask::NO_EVENT)?;
        }
        Ok(answered)
    }
}

#[cfg(test)]
pub(crate) const PING: Ping = Ping(FIRST);
