//! What the user holds down, and how a viewer's input becomes the X server's.
//!
//! The X server forgets nothing: a key that went down stays down until it is told otherwise. So the agent remembers what is down and lets it
//! go when the viewer says so, is gone, or is replaced. What repeats while it is held is said press by press by the viewer.

use crate::message::{Input, InputEvent};
use crate::us_keymap;
use crate::wire::ProtocolError;

/// X11's key code of the left Shift.
const SHIFT_KEYCODE: u8 = 50;
/// X11's key codes of Control, Shift, Alt and Meta, left and right.
const MODIFIER_KEYCODES: [u8; 8] = [37, 50, 62, 64, 105, 108, 133, 134];

/// X11's key codes of Caps Lock, Num Lock and Scroll Lock.
const LOCK_KEYCODES: [u8; 3] = [66, 77, 78];

/// The wheel's unit: 1/120 of a detent.
const DETENT: i32 = 120;
/// Most clicks that one message makes; a faster turn loses the rest, so that a message costs a bounded number of requests.
const MAX_WHEEL_CLICKS: i32 = 20;

/// Something for the X server, in X11's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Injection {
    /// Move the pointer to a place on the screen.
    Motion {
        /// Column.
        x: u16,
        /// Row.
        y: u16,
    },
    /// A button, 1 to 9 (4 to 7 are the wheel's directions).
    Button {
        /// Its number.
        button: u8,
        /// Down or up.
        pressed: bool,
    },
    /// A key, 9 to 255.
    Key {
        /// Its X11 key code.
        keycode: u8,
        /// Down or up.
        pressed: bool,
    },
    /// A character that no key of the keymap makes: pressed and let go.
    Character(char),
}

/// An injection and the input that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caused {
    /// What to inject.
    pub injection: Injection,
    /// The input's sequence number; 0 if no input of a viewer caused it.
    pub sequence: u32,
    /// The input's time (client time, µs).
    pub time: u64,
}

/// The state of one viewer's pointer and keyboard. One input in, injections out.
#[derive(Debug)]
pub struct InputState {
    width: u16,
    height: u16,
    keys: [bool; 256],
    buttons: [bool; 10],
    last_sequence: u32,
    /// The newest motion, held back until something else happens or the batch ends: of many that came together only the last counts.
    motion: Option<Caused>,
    wheel_x: i32,
    wheel_y: i32,
}

impl InputState {
    /// Nothing held, on a screen of this size.
    pub const fn new(width: u16, height: u16) -> Self {
        Self {
            width,
            height,
            keys: [false; 256],
            buttons: [false; 10],
            last_sequence: 0,
            motion: None,
            wheel_x: 0,
            wheel_y: 0,
        }
    }

    /// The screen has another size.
    pub const fn resize(&mut self, width: u16, height: u16) {
        self.width = width;
        self.height = height;
    }

    /// Takes the next input and appends what is to be injected to `out`. Motions are held back: call [`InputState::flush`] when no more
    /// input is at hand.
    ///
    /// # Errors
    /// [`ProtocolError::Unexpected`] if its sequence number is not the next.
    pub fn apply(&mut self, input: &Input, out: &mut Vec<Caused>) -> Result<(), ProtocolError> {
        if input.sequence != self.last_sequence.wrapping_add(1) {
            return Err(ProtocolError::Unexpected("input sequence"));
        }
        self.last_sequence = input.sequence;
        match input.event {
            InputEvent::Text { ref text } => {
                self.flush(out);
                self.type_text(input, text, out);
            }
            InputEvent::PointerMove { x, y } => self.point(input, x, y),
            InputEvent::PointerButton { x, y, button, pressed } => {
                self.point(input, x, y);
                self.flush(out);
                // INVARIANT: the decoder lets through 1 to 3, 8 and 9; another caller's slip is ignored rather than a panic.
                if let Some(held) = self.buttons.get_mut(usize::from(button))
                    && *held != pressed
                {
                    *held = pressed;
                    out.push(caused(input, Injection::Button { button, pressed }));
                }
            }
            InputEvent::Wheel { x, y, dx, dy } => {
                self.point(input, x, y);
                self.flush(out);
                turn(&mut self.wheel_y, dy, 4, 5, input, out);
                turn(&mut self.wheel_x, dx, 6, 7, input, out);
            }
            InputEvent::Key { code, pressed } => {
                self.flush(out);
                // X11's key codes are evdev's + 8.
                let Ok(keycode) = u8::try_from(code + 8) else { return Ok(()) };
                let held = &mut self.keys[usize::from(keycode)];
                if *held && pressed && repeats(keycode) {
                    // The browser's repeat. The X server ignores a second press, so it is what its own repeats are to applications: a release
                    // and a press at one time.
                    out.push(caused(input, Injection::Key { keycode, pressed: false }));
                    out.push(caused(input, Injection::Key { keycode, pressed }));
                } else if *held != pressed {
                    *held = pressed;
                    out.push(caused(input, Injection::Key { keycode, pressed }));
                }
            }
            InputEvent::ReleaseAll => {
                self.flush(out);
                self.release(input.sequence, input.time, out);
            }
        }
        Ok(())
    }

    /// Lets go of the motion that was held back.
    pub fn flush(&mut self, out: &mut Vec<Caused>) {
        out.extend(self.motion.take());
    }

    /// The viewer is gone or replaced: everything goes up, and the next viewer's sequence begins anew.
    pub fn detach(&mut self, out: &mut Vec<Caused>) {
        self.motion = None;
        self.release(0, 0, out);
        (self.wheel_x, self.wheel_y, self.last_sequence) = (0, 0, 0);
    }

    fn point(&mut self, input: &Input, x: u16, y: u16) {
        let (x, y) = (x.min(self.width.saturating_sub(1)), y.min(self.height.saturating_sub(1)));
        self.motion = Some(caused(input, Injection::Motion { x, y }));
    }

    /// Types with no modifier down but the Shift that a character needs; what is held is let go meanwhile and then pressed again.
    fn type_text(&self, input: &Input, text: &str, out: &mut Vec<Caused>) {
        let key = |keycode, pressed| caused(input, Injection::Key { keycode, pressed });
        let held = || MODIFIER_KEYCODES.into_iter().filter(|code| self.keys[usize::from(*code)]);
        out.extend(held().map(|code| key(code, false)));
        for character in text.chars() {
            match us_keymap::key_of(character) {
                Some((keycode, shift)) => {
                    out.extend(shift.then(|| key(SHIFT_KEYCODE, true)));
                    // A key that is held makes no second press.
                    if self.keys[usize::from(keycode)] {
                        out.push(key(keycode, false));
                        out.push(key(keycode, true));
                    } else {
                        out.push(key(keycode, true));
                        out.push(key(keycode, false));
                    }
                    out.extend(shift.then(|| key(SHIFT_KEYCODE, false)));
                }
                None => out.push(caused(input, Injection::Character(character))),
            }
        }
        out.extend(held().map(|code| key(code, true)));
    }

    fn release(&mut self, sequence: u32, time: u64, out: &mut Vec<Caused>) {
        for (number, held) in (0..=u8::MAX).zip(&mut self.keys) {
            if std::mem::take(held) {
                let injection = Injection::Key { keycode: number, pressed: false };
                out.push(Caused { injection, sequence, time });
            }
        }
        for (number, held) in (0..=u8::MAX).zip(&mut self.buttons) {
            if std::mem::take(held) {
                let injection = Injection::Button { button: number, pressed: false };
                out.push(Caused { injection, sequence, time });
            }
        }
    }
}

/// Whether holding the key means something again and again.
fn repeats(keycode: u8) -> bool {
    !MODIFIER_KEYCODES.contains(&keycode) && !LOCK_KEYCODES.contains(&keycode)
}

const fn caused(input: &Input, injection: Injection) -> Caused {
    Caused { injection, sequence: input.sequence, time: input.time }
}

/// Adds to an axis of the wheel and makes a click of each whole detent.
fn turn(axis: &mut i32, by: i16, negative: u8, positive: u8, input: &Input, out: &mut Vec<Caused>) {
    // A turn the other way begins anew: what is left of the old direction would swallow its first click.
    if axis.signum() * i32::from(by).signum() < 0 {
        *axis = 0;
    }
    *axis += i32::from(by);
    let clicks = *axis / DETENT;
    *axis %= DETENT;
    let button = if clicks < 0 { negative } else { positive };
    for _ in 0..clicks.abs().min(MAX_WHEEL_CLICKS) {
        out.push(caused(input, Injection::Button { button, pressed: true }));
        out.push(caused(input, Injection::Button { button, pressed: false }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn apply_all(state: &mut InputState, events: &[InputEvent]) -> Vec<Injection> {
        let mut out = Vec::new();
        for event in events {
            let input = Input { sequence: state.last_sequence + 1, time: 5, event: event.clone() };
            state.apply(&input, &mut out).unwrap();
        }
        state.flush(&mut out);
        out.iter().map(|caused| caused.injection).collect()
    }

    const fn key(code: u16, pressed: bool) -> InputEvent {
        InputEvent::Key { code, pressed }
    }

    #[test]
    fn motions_that_come_together_are_one() {
        let mut state = InputState::new(100, 50);
        let to = |x, y| InputEvent::PointerMove { x, y };
        let injections = apply_all(&mut state, &[to(1, 1), to(2, 2), key(30, true), to(3, 3), to(999, 999)]);
        assert_eq!(
            injections,
            [
                Injection::Motion { x: 2, y: 2 },
                Injection::Key { keycode: 38, pressed: true },
                Injection::Motion { x: 99, y: 49 },
            ]
        );
    }

    #[test]
    fn held_keys_repeat_but_modifiers_and_locks() {
        let mut state = InputState::new(10, 10);
        let held = |code| [key(code, true), key(code, true), key(code, false), key(code, false)];
        let injected = |keycode, pressed| Injection::Key { keycode, pressed };
        assert_eq!(
            apply_all(&mut state, &held(30)),
            [injected(38, true), injected(38, false), injected(38, true), injected(38, false)]
        );
        // Shift, Caps Lock, the right Control.
        for code in [42, 58, 97] {
            assert_eq!(apply_all(&mut state, &held(code)).len(), 2, "{code}");
        }
    }

    #[test]
    fn the_wheel_adds_up_to_clicks() {
        let mut state = InputState::new(10, 10);
        let wheel = |dx, dy| InputEvent::Wheel { x: 0, y: 0, dx, dy };
        let buttons = |injections: Vec<Injection>| -> Vec<u8> {
            let pressed = injections.iter().filter_map(|injection| match injection {
                Injection::Button { button, pressed: true } => Some(*button),
                _ => None,
            });
            pressed.collect()
        };
        assert!(buttons(apply_all(&mut state, &[wheel(0, 119)])).is_empty());
        assert_eq!(buttons(apply_all(&mut state, &[wheel(0, 1)])), [5]);
        assert_eq!(buttons(apply_all(&mut state, &[wheel(0, 100), wheel(0, -120)])), [4]);
        assert_eq!(buttons(apply_all(&mut state, &[wheel(240, 0), wheel(-120, 0)])), [7, 7, 6]);
        assert_eq!(buttons(apply_all(&mut state, &[wheel(0, i16::MAX)])).len(), 20);
    }

    #[test]
    fn text_is_typed_with_no_modifier_in_its_way() {
        let mut state = InputState::new(10, 10);
        let text = InputEvent::Text { text: "aÉ!\n".into() };
        // The left Control (evdev 29) is held.
        let injections = apply_all(&mut state, &[key(29, true), text, key(29, false)]);
        let key = |keycode, pressed| Injection::Key { keycode, pressed };
        let expected = [
            key(37, true),
            key(37, false),
            key(38, true),
            key(38, false),
            Injection::Character('É'),
            key(50, true),
            key(10, true),
            key(10, false),
            key(50, false),
            key(36, true),
            key(36, false),
            key(37, true),
            key(37, false),
        ];
        assert_eq!(injections, expected);
    }

    #[test]
    fn a_gap_in_the_sequence_is_refused() {
        let mut state = InputState::new(10, 10);
        let input = |sequence| Input { sequence, time: 0, event: InputEvent::ReleaseAll };
        assert!(state.apply(&input(2), &mut Vec::new()).is_err());
        state.apply(&input(1), &mut Vec::new()).unwrap();
        assert!(state.apply(&input(1), &mut Vec::new()).is_err());
        state.detach(&mut Vec::new());
        state.apply(&input(1), &mut Vec::new()).unwrap();
    }

    proptest! {
        #[test]
        fn whatever_is_pressed_is_released_in_the_end(
            events in prop::collection::vec((1_u16..=247, any::<bool>(), any::<bool>()), 0..200),
        ) {
            let mut state = InputState::new(10, 10);
            let mut down = std::collections::HashSet::new();
            let mut out = Vec::new();
            for (sequence, (code, pressed, is_key)) in (1..).zip(events) {
                let button = [1, 2, 3, 8, 9][usize::from(code) % 5];
                let event = if is_key { key(code, pressed) } else {
                    InputEvent::PointerButton { x: 0, y: 0, button, pressed }
                };
                state.apply(&Input { sequence, time: 0, event }, &mut out).unwrap();
            }
            state.detach(&mut out);
            for caused in out {
                match caused.injection {
                    Injection::Motion { .. } | Injection::Character(_) => {}
                    Injection::Key { keycode, pressed: true } => prop_assert!(down.insert((true, keycode))),
                    Injection::Key { keycode, pressed: false } => prop_assert!(down.remove(&(true, keycode))),
                    Injection::Button { button, pressed: true } => prop_assert!(down.insert((false, button))),
                    Injection::Button { button, pressed: false } => prop_assert!(down.remove(&(false, button))),
                }
            }
            prop_assert!(down.is_empty());
        }
    }
}
