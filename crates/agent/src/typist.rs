//! Types what no key makes: binds a key code that the keymap leaves free to the character, presses it and lets it go.
//!
//! Applications read the new binding when they come to the press, which the X server puts behind the news of the change; but they read what is
//! bound *then*. So a key code is bound to another character only after a while, and what is to be typed meanwhile waits, with all input
//! after it.

use std::collections::VecDeque;

use anyhow::{Context, Result, bail};
use millrace_stream::input::{Caused, Injection};
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::log::log;

/// How long a key code keeps its character after it was typed, in µs: what an application on a busy machine may take from the X server's event
/// to its keymap. With 0.15 s, one in ten of sixty characters came out as a later one.
const KEEP_MICROS: u64 = 1_000_000;
/// Most key codes that are used: as many characters can be typed in [`KEEP_MICROS`].
const MAX_SPARE: usize = 32;
/// Most injections that wait; a viewer who lets more pile up is cut off.
const MAX_WAITING: usize = 64 * 1024;
/// The keysym of a Unicode character is this and its number (X11 protocol, appendix A).
const UNICODE_KEYSYM: u32 = 0x0100_0000;

/// What is to be injected, in its order, and the key codes lent to characters.
pub(crate) struct Typist {
    spare: Vec<Spare>,
    waiting: VecDeque<Caused>,
    /// When the first of `waiting` can be injected (server time, µs); none: now.
    wait_until: Option<u64>,
}

struct Spare {
    keycode: u8,
    character: Option<char>,
    /// When it was typed last (server time, µs).
    used: u64,
}

impl Typist {
    /// Looks for key codes that the keymap leaves free.
    pub(crate) fn new(connection: &RustConnection) -> Result<Self> {
        use x11rb::connection::Connection as _;
        let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
        let count = (last - first).saturating_add(1);
        let reply =
            connection.get_keyboard_mapping(first, count)?.reply().context("asking for the keymap")?;
        let per_keycode = usize::from(reply.keysyms_per_keycode).max(1);
        let free = (first..=last)
            .zip(reply.keysyms.chunks(per_keycode))
            .filter(|(_, keysyms)| keysyms.iter().all(|keysym| *keysym == 0));
        // The high ones are those that no keyboard's key has.
        let mut spare: Vec<Spare> =
            free.map(|(keycode, _)| Spare { keycode, character: None, used: 0 }).collect();
        spare.reverse();
        spare.truncate(MAX_SPARE);
        Ok(Self { spare, waiting: VecDeque::new(), wait_until: None })
    }

    /// Puts injections behind those that wait.
    ///
    /// # Errors
    /// If too many wait.
    pub(crate) fn push(&mut self, injections: &[Caused]) -> Result<()> {
        self.waiting.extend(injections);
        if self.waiting.len() > MAX_WAITING {
            // What is held is still let go.
            self.waiting.retain(|caused| !matches!(caused.injection, Injection::Character(_)));
            bail!("more is typed than can be");
        }
        Ok(())
    }

    /// When to ask for the next (server time, µs); none: nothing waits for its time.
    pub(crate) const fn due(&self) -> Option<u64> {
        self.wait_until
    }

    /// The next event to inject, if its time has come. A character becomes a press and a release.
    pub(crate) fn next(&mut self, connection: &RustConnection, now: u64) -> Result<Option<Caused>> {
        self.wait_until = None;
        while let Some(caused) = self.waiting.front().copied() {
            let Injection::Character(character) = caused.injection else {
                self.waiting.pop_front();
                return Ok(Some(caused));
            };
            match self.lend(character, now) {
                Lent::Bound(keycode) => return Ok(Some(self.press(caused, keycode))),
                Lent::Bind(keycode) => {
                    bind(connection, keycode, character)?;
                    return Ok(Some(self.press(caused, keycode)));
                }
                Lent::Later(at) => {
                    self.wait_until = Some(at);
                    return Ok(None);
                }
                Lent::Never => {
                    log(format_args!("a character cannot be typed: the keymap leaves no key free"));
                    self.waiting.pop_front();
                }
            }
        }
        Ok(None)
    }

    /// The press of the first that waits; its release takes its place.
    fn press(&mut self, caused: Caused, keycode: u8) -> Caused {
        if let Some(first) = self.waiting.front_mut() {
            first.injection = Injection::Key { keycode, pressed: false };
        }
        Caused { injection: Injection::Key { keycode, pressed: true }, ..caused }
    }

    /// A key code for a character: the one that has it, else the one that was typed longest ago.
    fn lend(&mut self, character: char, now: u64) -> Lent {
        if let Some(spare) = self.spare.iter_mut().find(|spare| spare.character == Some(character)) {
            spare.used = now;
            return Lent::Bound(spare.keycode);
        }
        // The first of equals, so that those without a character come in their order.
        let Some(oldest) = self.spare.iter_mut().min_by_key(|spare| spare.used) else { return Lent::Never };
        let free_at = oldest.used.saturating_add(KEEP_MICROS);
        if oldest.character.is_some() && free_at > now {
            return Lent::Later(free_at);
        }
        (oldest.character, oldest.used) = (Some(character), now);
        Lent::Bind(oldest.keycode)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Lent {
    Bound(u8),
    Bind(u8),
    /// None is free before this time.
    Later(u64),
    Never,
}

fn bind(connection: &RustConnection, keycode: u8, character: char) -> Result<()> {
    let keysym = keysym(character);
    // The same with Shift: what is held does not change the character.
    connection.change_keyboard_mapping(1, keycode, 2, &[keysym, keysym])?;
    Ok(())
}

const fn keysym(character: char) -> u32 {
    let number = character as u32;
    // Latin-1 has its own numbers.
    if number < 0x100 { number } else { UNICODE_KEYSYM + number }
}

#[cfg(test)]
mod tests {
    use super::{KEEP_MICROS, Lent, Spare, Typist, keysym};
    use std::collections::VecDeque;

    fn typist(keycodes: &[u8]) -> Typist {
        let spare = keycodes.iter().map(|&keycode| Spare { keycode, character: None, used: 0 }).collect();
        Typist { spare, waiting: VecDeque::new(), wait_until: None }
    }

    #[test]
    fn a_key_code_keeps_its_character_for_a_while() {
        let mut typist = typist(&[255, 254]);
        let start = 5_000_000;
        assert_eq!(typist.lend('ä', start), Lent::Bind(255));
        assert_eq!(typist.lend('é', start), Lent::Bind(254));
        assert_eq!(typist.lend('ä', start + 10), Lent::Bound(255));
        assert_eq!(typist.lend('你', start + 20), Lent::Later(start + KEEP_MICROS));
        assert_eq!(typist.lend('你', start + KEEP_MICROS), Lent::Bind(254));
        assert_eq!(typist.lend('é', start + KEEP_MICROS + 10), Lent::Bind(255));
    }

    #[test]
    fn without_a_free_key_code_nothing_is_typed() {
        assert_eq!(typist(&[]).lend('ä', 0), Lent::Never);
    }

    #[test]
    fn keysyms_are_those_of_the_protocol() {
        assert_eq!(keysym('ä'), 0xe4);
        assert_eq!(keysym('€'), 0x0100_20ac);
        assert_eq!(keysym('😀'), 0x0101_f600);
    }
}
