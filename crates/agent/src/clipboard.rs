//! The X server's CLIPBOARD selection, as text: what an application copies is read, and what the user copied is offered.
//!
//! Its own connection, so that its events and properties are nobody else's. Long texts go in pieces both ways (INCR, ICCCM 2.7.2). Nothing is
//! waited for: an application that offers a text and never sends it keeps nobody.

use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;

use anyhow::{Context, Result};
use millrace_stream::clipboard::MAX_CLIPBOARD_BYTES;
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{self, ConnectionExt as _, SelectionEventMask};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    Property, PropertyNotifyEvent, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent,
    Timestamp, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{CURRENT_TIME, NONE};

use crate::log::log;

/// Longest piece that is put into a property at once, in bytes; below every X server's longest request.
const PIECE_BYTES: usize = 128 * 1024;
/// Most texts that are handed over in pieces at the same time; the oldest gives way.
const MAX_TRANSFERS: usize = 16;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        CLIPBOARD,
        TARGETS,
        TIMESTAMP,
        UTF8_STRING,
        TEXT,
        INCR,
        TEXT_PLAIN_UTF8: b"text/plain;charset=utf-8",
        MILLRACE_CLIPBOARD_0,
        MILLRACE_CLIPBOARD_1,
        MILLRACE_CLIPBOARD_2,
        MILLRACE_CLIPBOARD_3,
    }
}

/// The agent's share of the selection.
pub(crate) struct Clipboard {
    connection: RustConnection,
    window: Window,
    atoms: Atoms,
    /// What is offered, while we own the selection, and since when.
    offered: Option<(Rc<[u8]>, Timestamp)>,
    transfers: Vec<Transfer>,
    /// Rises with each text that is read, so that the pieces of an earlier one go astray.
    generation: usize,
    reading: Option<Vec<u8>>,
}

/// A text on its way to an application, in pieces.
struct Transfer {
    requestor: Window,
    property: Atom,
    target: Atom,
    text: Rc<[u8]>,
    sent: usize,
}

impl Clipboard {
    /// Connects and asks to be told of copies.
    pub(crate) fn connect(display: &str) -> Result<Self> {
        let (connection, number) = x11rb::connect(Some(display)).context("connecting to the X server")?;
        connection.extension_information(xfixes::X11_EXTENSION_NAME)?.context("the X server lacks XFIXES")?;
        connection.xfixes_query_version(5, 0)?.reply()?;
        let atoms = Atoms::new(&connection)?.reply()?;
        let (root, window) = (connection.setup().roots[number].root, connection.generate_id()?);
        let events = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &events)?;
        let mask = SelectionEventMask::SET_SELECTION_OWNER;
        connection.xfixes_select_selection_input(window, atoms.CLIPBOARD, mask)?.check()?;
        Ok(Self {
            connection,
            window,
            atoms,
            offered: None,
            transfers: Vec::new(),
            generation: 0,
            reading: None,
        })
    }

    /// The connection, to be waited for. Only when [`Clipboard::next`] has nothing left.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.connection.stream().as_fd()
    }

    /// Offers what the user copied. Once this is done, an application that pastes gets it.
    pub(crate) fn offer(&mut self, text: String) -> Result<()> {
        self.connection.set_selection_owner(self.window, self.atoms.CLIPBOARD, CURRENT_TIME)?;
        // The answer shows that the X server has done it, before a key comes by the other connection.
        let owner = self.connection.get_selection_owner(self.atoms.CLIPBOARD)?.reply()?.owner;
        self.reading = None;
        self.offered = (owner == self.window).then(|| (text.into_bytes().into(), CURRENT_TIME));
        Ok(())
    }

    /// Asks for what an application offers at this moment, for a viewer who has just come.
    pub(crate) fn read(&mut self) -> Result<()> {
        let owner = self.connection.get_selection_owner(self.atoms.CLIPBOARD)?.reply()?.owner;
        if owner == NONE || owner == self.window { Ok(()) } else { self.convert(CURRENT_TIME) }
    }

    /// Handles what has come; gives a text that an application copied.
    pub(crate) fn next(&mut self) -> Result<Option<String>> {
        while let Some(event) = self.connection.poll_for_event().context("the X server is gone")? {
            match event {
                Event::XfixesSelectionNotify(notify) if notify.owner == self.window => {
                    if let Some((_, since)) = &mut self.offered {
                        *since = notify.selection_timestamp;
                    }
                }
                Event::XfixesSelectionNotify(notify) if notify.owner != NONE => {
                    self.convert(notify.selection_timestamp)?;
                }
                Event::SelectionClear(_) => self.offered = None,
                Event::SelectionRequest(request) => self.answer(&request)?,
                Event::SelectionNotify(notify) if notify.property == self.property() => {
                    if let Some(text) = self.receive()? {
                        return Ok(Some(text));
                    }
                }
                Event::PropertyNotify(notify) => {
                    if let Some(text) = self.property_changed(&notify)? {
                        return Ok(Some(text));
                    }
                }
                // An application that ended before it had its text.
                Event::Error(_) => {}
                _ => {}
            }
        }
        self.connection.flush().context("the X server is gone")?;
        Ok(None)
    }

    fn property_changed(&mut self, notify: &PropertyNotifyEvent) -> Result<Option<String>> {
        let ours = notify.window == self.window && notify.atom == self.property();
        match notify.state {
            Property::NEW_VALUE if ours && self.reading.is_some() => self.receive(),
            Property::DELETE => self.send_piece(notify.window, notify.atom).map(|()| None),
            _ => Ok(None),
        }
    }

    // --- what an application copied ---

    fn property(&self) -> Atom {
        let atoms = &self.atoms;
        [
            atoms.MILLRACE_CLIPBOARD_0,
            atoms.MILLRACE_CLIPBOARD_1,
            atoms.MILLRACE_CLIPBOARD_2,
            atoms.MILLRACE_CLIPBOARD_3,
        ][self.generation % 4]
    }

    fn convert(&mut self, time: Timestamp) -> Result<()> {
        self.generation = self.generation.wrapping_add(1);
        self.reading = None;
        let (selection, target) = (self.atoms.CLIPBOARD, self.atoms.UTF8_STRING);
        self.connection.delete_property(self.window, self.property())?;
        self.connection.convert_selection(self.window, selection, target, self.property(), time)?;
        self.connection.flush()?;
        Ok(())
    }

    /// Takes what lies in the property: all of the text, the announcement of pieces, or the next piece.
    fn receive(&mut self) -> Result<Option<String>> {
        let most = u32::try_from(MAX_CLIPBOARD_BYTES / 4 + 1).unwrap_or(u32::MAX);
        let request =
            self.connection.get_property(true, self.window, self.property(), AtomEnum::ANY, 0, most)?;
        let reply = request.reply()?;
        if reply.type_ == self.atoms.INCR {
            self.reading = Some(Vec::new());
            return Ok(None);
        }
        let whole = self.reading.is_none();
        let read = self.reading.as_ref().map_or(0, Vec::len);
        if reply.format != 8 && reply.type_ != NONE
            || reply.bytes_after > 0
            || read + reply.value.len() > MAX_CLIPBOARD_BYTES
        {
            log(format_args!("what an application copied is not a text, or longer than 20 MiB"));
            self.reading = None;
            return Ok(None);
        }
        let text = match &mut self.reading {
            Some(pieces) if !reply.value.is_empty() => {
                pieces.extend_from_slice(&reply.value);
                return Ok(None);
            }
            Some(_) => self.reading.take().unwrap_or_default(),
            None => reply.value,
        };
        if whole && reply.type_ == NONE {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    // --- what the user copied ---

    fn answer(&mut self, request: &SelectionRequestEvent) -> Result<()> {
        // What old applications leave out.
        let property = if request.property == NONE { request.target } else { request.property };
        let done = self.hand_over(request.requestor, property, request.target)?;
        let notify = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: if done { property } else { NONE },
        };
        self.connection.send_event(false, request.requestor, EventMask::NO_EVENT, notify)?;
        Ok(())
    }

    /// Puts the text, or what was asked about it, into an application's property; false if that cannot be had.
    fn hand_over(&mut self, requestor: Window, property: Atom, target: Atom) -> Result<bool> {
        let Some((text, since)) = self.offered.clone() else { return Ok(false) };
        let (atoms, connection) = (&self.atoms, &self.connection);
        let replace = PropMode::REPLACE;
        if target == atoms.TARGETS {
            let targets =
                [atoms.TARGETS, atoms.TIMESTAMP, atoms.UTF8_STRING, atoms.TEXT_PLAIN_UTF8, atoms.TEXT];
            connection.change_property32(replace, requestor, property, AtomEnum::ATOM, &targets)?;
        } else if target == atoms.TIMESTAMP {
            connection.change_property32(replace, requestor, property, AtomEnum::INTEGER, &[since])?;
        } else if target == atoms.UTF8_STRING || target == atoms.TEXT_PLAIN_UTF8 || target == atoms.TEXT {
            // TEXT leaves the encoding to us.
            let target = if target == atoms.TEXT { atoms.UTF8_STRING } else { target };
            if text.len() <= PIECE_BYTES {
                connection.change_property8(replace, requestor, property, target, &text)?;
            } else {
                // To be told when a piece was taken.
                let events = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
                connection.change_window_attributes(requestor, &events)?;
                let size = u32::try_from(text.len()).unwrap_or(u32::MAX);
                connection.change_property32(replace, requestor, property, atoms.INCR, &[size])?;
                if self.transfers.len() == MAX_TRANSFERS {
                    self.transfers.remove(0);
                }
                self.transfers.push(Transfer { requestor, property, target, text, sent: 0 });
            }
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// An application has taken a piece: the next one, at the end an empty one.
    fn send_piece(&mut self, requestor: Window, property: Atom) -> Result<()> {
        let of = |transfer: &Transfer| transfer.requestor == requestor && transfer.property == property;
        let Some(index) = self.transfers.iter().position(of) else { return Ok(()) };
        let transfer = &mut self.transfers[index];
        let rest = &transfer.text[transfer.sent..];
        let piece = &rest[..rest.len().min(PIECE_BYTES)];
        let replace = PropMode::REPLACE;
        self.connection.change_property8(replace, requestor, property, transfer.target, piece)?;
        transfer.sent += piece.len();
        if piece.is_empty() {
            self.transfers.remove(index);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Clipboard;
    use crate::children::XServer;
    use std::time::{Duration, Instant};

    /// Serves both ends until the second one has read a text.
    fn read(owner: &mut Clipboard, reader: &mut Clipboard) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            assert_eq!(owner.next().unwrap(), None);
            if let Some(text) = reader.next().unwrap() {
                return text;
            }
            assert!(Instant::now() < deadline, "no text came");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn texts_go_both_ways_whole_or_in_pieces() {
        let directory = tempfile::tempdir().unwrap();
        let server = XServer::start(None, 64, 64, directory.path()).unwrap();
        let mut first = Clipboard::connect(&server.display).unwrap();
        let mut second = Clipboard::connect(&server.display).unwrap();
        for text in ["short", "", &"long ä€你 ".repeat(200_000), "again"] {
            first.offer(text.to_owned()).unwrap();
            assert_eq!(read(&mut first, &mut second), text);
            second.offer(format!("{text} back")).unwrap();
            assert_eq!(read(&mut second, &mut first), format!("{text} back"));
        }
        assert!(first.transfers.is_empty() && second.transfers.is_empty());
        // Who comes later asks.
        let mut third = Clipboard::connect(&server.display).unwrap();
        third.read().unwrap();
        assert_eq!(read(&mut second, &mut third), "again back");
    }
}
