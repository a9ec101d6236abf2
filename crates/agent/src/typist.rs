//! Types what no key makes: binds a key code that the keymap leaves free to the character, presses it and lets it go.
//!
//! Applications read the new binding when they come to the press, which the X server puts behind the news of the change; but they read what is
//! bound *then*. So a key code is bound to another character only once the application has come to the last one: it is asked, where it answers such
//! questions, and otherwise given a while. What is to be typed meanwhile waits, with all input after it.

use std::collections::VecDeque;

use anyhow::{Context, Result, bail};
use millrace_stream::input::{Caused, Injection};
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::log::log;
use crate::screen::Screen;
use crate::windows::Ping;

/// How long a key code keeps its character after it was typed into an application that does not say how far it is, in µs: what one on a busy machine
/// may take from the X server's event to its keymap. With 0.15 s, one in ten of sixty characters came out as a later one; with 1 s, one
/// character in one of many runs of the tests.
const KEEP_MICROS: u64 = 2_000_000;
/// How long an answer is waited for, in µs: one that takes longer hangs, and may not hold the user's input for ever.
const PATIENCE_MICROS: u64 = 10_000_000;
/// Most key codes that are used: as many characters are typed between two questions.
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
    /// How many characters were typed, and how many of those the application has come to, as far as is known.
    typed: u64,
    heard: u64,
    asked: Option<Asked>,
}

/// What is waited for.
#[derive(Clone, Copy)]
struct Asked {
    /// None if the application answers no questions.
    ping: Option<Ping>,
    /// How many characters it will have come to.
    typed: u64,
    /// When it is taken to have (server time, µs).
    until: u64,
}

struct Spare {
    keycode: u8,
    character: Option<char>,
    /// Which of the characters it typed last: its number, from 1; 0 before the first.
    typed: u64,
    /// When that was (server time, µs).
    at: u64,
    /// The window that it was typed into, as [`Screen::typed_into`] numbers them.
    into: u64,
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
            free.map(|(keycode, _)| Spare { keycode, character: None, typed: 0, at: 0, into: 0 }).collect();
        spare.reverse();
        spare.truncate(MAX_SPARE);
        Ok(Self::with(spare))
    }

    fn with(spare: Vec<Spare>) -> Self {
        Self { spare, waiting: VecDeque::new(), wait_until: None, typed: 0, heard: 0, asked: None }
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
    pub(crate) fn next(&mut self, screen: &mut Screen, now: u64) -> Result<Option<Caused>> {
        self.wait_until = None;
        while let Some(caused) = self.waiting.front().copied() {
            let Injection::Character(character) = caused.injection else {
                self.waiting.pop_front();
                return Ok(Some(caused));
            };
            match self.lend(character, now, screen.typed_into()) {
                Lent::Bound(keycode) => return Ok(Some(self.press(caused, keycode))),
                Lent::Bind(keycode) => {
                    bind(screen.connection(), keycode, character)?;
                    return Ok(Some(self.press(caused, keycode)));
                }
                Lent::Held(held) => {
                    // The window that is active now does not know of what was typed into another one.
                    let ask = || if held.into == screen.typed_into() { screen.ping() } else { Ok(None) };
                    if !self.is_heard(held, now, ask)? {
                        return Ok(None);
                    }
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

    /// The application has come to all that was typed before it was asked.
    pub(crate) fn came_to_input(&mut self, ping: Ping, now: u64) {
        if let Some(asked) = self.asked.take_if(|asked| asked.ping == Some(ping)) {
            self.heard = self.heard.max(asked.typed);
            self.wait_until = Some(now);
        }
    }

    /// Whether the application has come to a character, or can be taken to. It is asked if need be.
    fn is_heard(&mut self, held: Held, now: u64, ask: impl FnOnce() -> Result<Option<Ping>>) -> Result<bool> {
        let asked = match self.asked.filter(|asked| asked.typed >= held.typed) {
            Some(asked) => asked,
            None => match ask()? {
                ping @ Some(_) => Asked { ping, typed: self.typed, until: now + PATIENCE_MICROS },
                // Those that were typed before it are no younger.
                None => Asked { ping: None, typed: held.typed, until: held.at + KEEP_MICROS },
            },
        };
        if asked.until > now {
            (self.asked, self.wait_until) = (Some(asked), Some(asked.until));
            return Ok(false);
        }
        if asked.ping.is_some() {
            log(format_args!("the application does not take its input: what is typed may come out wrong"));
        }
        (self.asked, self.heard) = (None, self.heard.max(asked.typed));
        Ok(true)
    }

    /// A key code for a character: the one that has it, else the one that was typed longest ago.
    fn lend(&mut self, character: char, now: u64, into: u64) -> Lent {
        if let Some(spare) = self.spare.iter_mut().find(|spare| spare.character == Some(character)) {
            self.typed += 1;
            (spare.typed, spare.at, spare.into) = (self.typed, now, into);
            return Lent::Bound(spare.keycode);
        }
        // The first of equals, so that those without a character come in their order.
        let Some(oldest) = self.spare.iter_mut().min_by_key(|spare| spare.typed) else { return Lent::Never };
        if oldest.typed > self.heard {
            return Lent::Held(Held { typed: oldest.typed, at: oldest.at, into: oldest.into });
        }
        self.typed += 1;
        let keycode = oldest.keycode;
        *oldest = Spare { keycode, character: Some(character), typed: self.typed, at: now, into };
        Lent::Bind(keycode)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Lent {
    Bound(u8),
    Bind(u8),
    /// None is free before the application has come to this character.
    Held(Held),
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    /// Its number.
    typed: u64,
    /// When it was typed (server time, µs), and into which window.
    at: u64,
    into: u64,
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
    use super::{Held, KEEP_MICROS, Lent, PATIENCE_MICROS, Spare, Typist, keysym};
    use crate::windows::PING;

    fn typist(keycodes: &[u8]) -> Typist {
        Typist::with(
            keycodes
                .iter()
                .map(|&keycode| Spare { keycode, character: None, typed: 0, at: 0, into: 0 })
                .collect(),
        )
    }

    const START: u64 = 5_000_000;

    /// With both of its key codes taken, and the character that the next one waits for.
    fn full() -> (Typist, Held) {
        let mut typist = typist(&[255, 254]);
        assert_eq!(typist.lend('ä', START, 7), Lent::Bind(255));
        assert_eq!(typist.lend('é', START + 5, 7), Lent::Bind(254));
        assert_eq!(typist.lend('ä', START + 10, 7), Lent::Bound(255));
        let held = Held { typed: 2, at: START + 5, into: 7 };
        assert_eq!(typist.lend('你', START + 20, 7), Lent::Held(held));
        (typist, held)
    }

    #[test]
    fn a_key_code_keeps_its_character_until_the_application_has_come_to_it() {
        let (mut typist, held) = full();
        assert!(!typist.is_heard(held, START + 20, || Ok(Some(PING))).unwrap());
        let asked_again = || panic!("it was asked already");
        assert!(
            !typist.is_heard(held, START + KEEP_MICROS + 20, asked_again).unwrap(),
            "it may take its time"
        );
        typist.came_to_input(PING, START + KEEP_MICROS + 30);
        assert_eq!(typist.due(), Some(START + KEEP_MICROS + 30));
        // Everything that was typed before it was asked.
        assert_eq!(typist.lend('你', START + KEEP_MICROS + 40, 7), Lent::Bind(254));
        assert_eq!(typist.lend('é', START + KEEP_MICROS + 50, 7), Lent::Bind(255));
        assert!(matches!(typist.lend('ä', START + KEEP_MICROS + 60, 7), Lent::Held(_)));
    }

    #[test]
    fn one_that_hangs_does_not_hold_the_input_for_ever() {
        let (mut typist, held) = full();
        assert!(!typist.is_heard(held, START + 20, || Ok(Some(PING))).unwrap());
        assert!(typist.is_heard(held, START + 20 + PATIENCE_MICROS, || panic!("again")).unwrap());
        assert_eq!(typist.lend('你', START + 20 + PATIENCE_MICROS, 7), Lent::Bind(254));
    }

    #[test]
    fn one_that_does_not_answer_is_given_a_while() {
        let (mut typist, held) = full();
        assert!(!typist.is_heard(held, START + 20, || Ok(None)).unwrap());
        assert_eq!(typist.due(), Some(held.at + KEEP_MICROS));
        assert!(typist.is_heard(held, held.at + KEEP_MICROS, || panic!("again")).unwrap());
        assert_eq!(typist.lend('你', held.at + KEEP_MICROS, 7), Lent::Bind(254));
        // Typed later than that.
        assert!(matches!(typist.lend('é', held.at + KEEP_MICROS, 7), Lent::Held(Held { typed: 3, .. })));
    }

    #[test]
    fn without_a_free_key_code_nothing_is_typed() {
        assert_eq!(typist(&[]).lend('ä', 0, 0), Lent::Never);
    }

    #[test]
    fn keysyms_are_those_of_the_protocol() {
        assert_eq!(keysym('ä'), 0xe4);
        assert_eq!(keysym('€'), 0x0100_20ac);
        assert_eq!(keysym('😀'), 0x0101_f600);
    }
}
