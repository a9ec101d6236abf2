//! What a window says of itself, read from its properties: all requests of a window are on their way before the first answer is waited for.

use millrace_stream::message::MAX_TITLE_BYTES;
use x11rb::NONE;
use x11rb::errors::ReplyError;
use x11rb::properties::WmSizeHints;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, GetPropertyReply, Window};
use x11rb::rust_connection::RustConnection;

use super::Atoms;
use super::arrange::Facts;

/// What is read of a title, in units of four bytes: control characters are left out of it before it is cut.
const TITLE_UNITS: u32 = 2 * MAX_TITLE_BYTES as u32 / 4;
/// Most states, and most types, that are read of a window.
const MOST_ATOMS: u32 = 32;

/// What a window is in a list of windows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    pub(super) title: String,
    /// The process that made it, as it is numbered in its own container; 0 if it does not say.
    pub(super) pid: u32,
    /// The window that it belongs to, if that is one.
    pub(super) parent: Option<Window>,
    pub(super) minimised: bool,
    /// It wants to be in no list.
    pub(super) skip: bool,
    /// An ordinary window or a dialog, as far as its application says.
    pub(super) ordinary: bool,
}

/// Reads them.
pub(super) fn read(
    connection: &RustConnection,
    atoms: &Atoms,
    window: Window,
) -> Result<Properties, ReplyError> {
    let ask =
        |property: Atom, kind: Atom, units| connection.get_property(false, window, property, kind, 0, units);
    let any = Atom::from(AtomEnum::ANY);
    let name = ask(atoms._NET_WM_NAME, atoms.UTF8_STRING, TITLE_UNITS)?;
    let old_name = ask(AtomEnum::WM_NAME.into(), any, TITLE_UNITS)?;
    let pid = ask(atoms._NET_WM_PID, AtomEnum::CARDINAL.into(), 1)?;
    let parent = ask(AtomEnum::WM_TRANSIENT_FOR.into(), AtomEnum::WINDOW.into(), 1)?;
    let states = ask(atoms._NET_WM_STATE, AtomEnum::ATOM.into(), MOST_ATOMS)?;
    let kinds = ask(atoms._NET_WM_WINDOW_TYPE, AtomEnum::ATOM.into(), MOST_ATOMS)?;
    let (name, old_name, pid, parent) = (name.reply()?, old_name.reply()?, pid.reply()?, parent.reply()?);
    let (states, kinds) = (words(&states.reply()?), words(&kinds.reply()?));
    let title = if name.value.is_empty() { latin1_or_utf8(&old_name, atoms) } else { utf8(&name.value) };
    Ok(Properties {
        title: cleaned(&title),
        pid: words(&pid).first().copied().unwrap_or(0),
        parent: words(&parent).first().copied().filter(|parent| *parent != NONE),
        minimised: states.contains(&atoms._NET_WM_STATE_HIDDEN),
        skip: states.contains(&atoms._NET_WM_STATE_SKIP_TASKBAR),
        ordinary: kinds.is_empty()
            || kinds.contains(&atoms._NET_WM_WINDOW_TYPE_NORMAL)
            || kinds.contains(&atoms._NET_WM_WINDOW_TYPE_DIALOG),
    })
}

/// What decides whether it gets the whole screen.
pub(super) fn facts(connection: &RustConnection, atoms: &Atoms, window: Window) -> Result<Facts, ReplyError> {
    let geometry = connection.get_geometry(window)?;
    let transient =
        connection.get_property(false, window, AtomEnum::WM_TRANSIENT_FOR, AtomEnum::WINDOW, 0, 1)?;
    let kinds =
        connection.get_property(false, window, atoms._NET_WM_WINDOW_TYPE, AtomEnum::ATOM, 0, MOST_ATOMS)?;
    let hints = WmSizeHints::get_normal_hints(connection, window)?;
    let geometry = geometry.reply()?;
    let kinds = words(&kinds.reply()?);
    Ok(Facts {
        width: geometry.width,
        height: geometry.height,
        transient: transient.reply()?.value_len > 0,
        normal: kinds.is_empty() || kinds.contains(&atoms._NET_WM_WINDOW_TYPE_NORMAL),
        limit: hints.reply()?.and_then(|hints| hints.max_size),
    })
}

/// The 32-bit values of a property; none if it has others.
pub(super) fn words(reply: &GetPropertyReply) -> Vec<u32> {
    reply.value32().map(Iterator::collect).unwrap_or_default()
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// WM_NAME is Latin-1 if it is a STRING (ICCCM 2.7.1).
fn latin1_or_utf8(reply: &GetPropertyReply, atoms: &Atoms) -> String {
    if reply.type_ == Atom::from(AtomEnum::STRING) && reply.type_ != atoms.UTF8_STRING {
        reply.value.iter().map(|byte| char::from(*byte)).collect()
    } else {
        utf8(&reply.value)
    }
}

/// Without control characters, and no longer than is told.
fn cleaned(title: &str) -> String {
    let mut cleaned: String = title.chars().filter(|c| !c.is_control()).collect();
    cleaned.truncate(cleaned.floor_char_boundary(MAX_TITLE_BYTES));
    cleaned
}

#[cfg(test)]
mod tests {
    use super::cleaned;

    #[test]
    fn titles_are_one_line_of_bounded_length() {
        assert_eq!(cleaned("a\nb\u{7}c"), "abc");
        assert_eq!(cleaned(&"ä".repeat(400)).len(), 512);
        assert_eq!(cleaned(&format!("x{}", "ä".repeat(400))).len(), 511, "no half character");
    }
}
