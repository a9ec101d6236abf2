//! Clipboard text, in parts that fit a message: taken apart, put together, and let through or not.

use crate::wire::ProtocolError;
use serde::Serialize;

/// Longest text of one part, in bytes: a part fits a message to the agent.
pub const MAX_PART_BYTES: usize = 32 * 1024;
/// Longest text of a clipboard, in bytes, whatever a stack's MaximumLength says in characters.
pub const MAX_CLIPBOARD_BYTES: usize = 20 * 1024 * 1024;

/// A part of a clipboard's text. A first part begins anew: what came before it without its end is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClipboardPart {
    /// Nothing comes before it.
    pub first: bool,
    /// Nothing comes after it.
    pub last: bool,
    /// At most [`MAX_PART_BYTES`].
    pub text: String,
}

/// The parts of a text, at least one.
pub fn parts(text: &str) -> impl Iterator<Item = ClipboardPart> + '_ {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let now = rest?;
        let (part, after) = now.split_at(now.floor_char_boundary(MAX_PART_BYTES));
        rest = (!after.is_empty()).then_some(after);
        Some(ClipboardPart { first: now.len() == text.len(), last: rest.is_none(), text: part.to_owned() })
    })
}

/// Puts parts together.
#[derive(Debug, Default)]
pub struct Assembler {
    text: Option<String>,
}

impl Assembler {
    /// Takes a part; gives the text once it is whole.
    ///
    /// # Errors
    /// If a part comes without a first one, or the text is over [`MAX_CLIPBOARD_BYTES`].
    pub fn push(&mut self, part: &ClipboardPart) -> Result<Option<String>, ProtocolError> {
        let mut text = match self.text.take() {
            _ if part.first => String::new(),
            Some(text) => text,
            None => return Err(ProtocolError::Unexpected("a clipboard's later part")),
        };
        if text.len() + part.text.len() > MAX_CLIPBOARD_BYTES {
            return Err(ProtocolError::OutOfRange("text"));
        }
        text.push_str(&part.text);
        if part.last {
            return Ok(Some(text));
        }
        self.text = Some(text);
        Ok(None)
    }
}

/// One direction's rule: who may not copy, or not so much, is stopped here.
#[derive(Debug)]
pub struct Gate {
    maximum: Option<u32>,
    characters: u64,
    bytes: usize,
    /// Of the text under way nothing more goes through.
    closed: bool,
}

/// What a [`Gate`] says of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It goes through.
    Open,
    /// Copying in this direction is not allowed.
    Disabled,
    /// With this part the text is longer than allowed.
    TooLong,
    /// A part of a text that was too long before.
    Dropped,
}

impl Gate {
    /// For texts of at most `maximum` characters (Unicode's code points); none: not allowed at all.
    #[must_use]
    pub const fn new(maximum: Option<u32>) -> Self {
        Self { maximum, characters: 0, bytes: 0, closed: false }
    }

    /// Counts a part.
    pub fn count(&mut self, part: &ClipboardPart) -> Passage {
        let Some(maximum) = self.maximum else { return Passage::Disabled };
        if part.first {
            (self.characters, self.bytes, self.closed) = (0, 0, false);
        }
        if self.closed {
            return Passage::Dropped;
        }
        self.characters += part.text.chars().count() as u64;
        self.bytes += part.text.len();
        if self.characters > u64::from(maximum) || self.bytes > MAX_CLIPBOARD_BYTES {
            self.closed = true;
            return Passage::TooLong;
        }
        Passage::Open
    }
}

#[cfg(test)]
mod tests {
    use super::{Assembler, ClipboardPart, Gate, MAX_CLIPBOARD_BYTES, MAX_PART_BYTES, Passage, parts};

    fn part(first: bool, last: bool, text: &str) -> ClipboardPart {
        ClipboardPart { first, last, text: text.into() }
    }

    #[test]
    fn a_text_comes_through_in_parts() {
        for text in ["", "a", &"€".repeat(30_000), &"x".repeat(2 * MAX_PART_BYTES)] {
            let mut assembler = Assembler::default();
            let all: Vec<_> = parts(text).collect();
            assert!(all.iter().all(|part| part.text.len() <= MAX_PART_BYTES));
            let (last, others) = all.split_last().unwrap();
            for part in others {
                assert_eq!(assembler.push(part).unwrap(), None);
            }
            assert_eq!(assembler.push(last).unwrap().as_deref(), Some(text));
        }
    }

    #[test]
    fn a_text_is_bounded_and_has_a_beginning() {
        let mut assembler = Assembler::default();
        assert!(assembler.push(&part(false, true, "x")).is_err());
        assembler.push(&part(true, false, "dropped")).unwrap();
        assert_eq!(assembler.push(&part(true, true, "new")).unwrap().as_deref(), Some("new"));
        assembler.push(&part(true, false, &"x".repeat(MAX_CLIPBOARD_BYTES))).unwrap();
        assert!(assembler.push(&part(false, true, "x")).is_err());
        assert!(assembler.push(&part(false, true, "x")).is_err());
    }

    #[test]
    fn a_gate_counts_characters() {
        assert_eq!(Gate::new(None).count(&part(true, true, "")), Passage::Disabled);
        let mut gate = Gate::new(Some(3));
        assert_eq!(gate.count(&part(true, false, "€€")), Passage::Open);
        assert_eq!(gate.count(&part(false, false, "€")), Passage::Open);
        assert_eq!(gate.count(&part(false, false, "€")), Passage::TooLong);
        assert_eq!(gate.count(&part(false, true, "")), Passage::Dropped);
        assert_eq!(gate.count(&part(true, true, "abc")), Passage::Open);
    }
}
