//! The US keyboard, which is the remote keymap: the key of a character.

/// The keys that make characters, by their X11 key codes: from the first one on, what each makes without and with Shift.
const ROWS: [(u8, &str, &str); 4] = [
    (10, "1234567890-=", "!@#$%^&*()_+"),
    (24, "qwertyuiop[]", "QWERTYUIOP{}"),
    (38, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
    (51, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
];

/// The X11 key code that makes a character, and whether Shift is needed; nothing if no key makes it.
pub(crate) fn key_of(character: char) -> Option<(u8, bool)> {
    match character {
        ' ' => return Some((65, false)),
        '\n' => return Some((36, false)),
        '\t' => return Some((23, false)),
        _ => {}
    }
    for (first, plain, shifted) in ROWS {
        for (characters, shift) in [(plain, false), (shifted, true)] {
            // A backquote follows the quote by its key code, too: rows are without gaps.
            if let Some((code, _)) = (first..).zip(characters.chars()).find(|(_, known)| *known == character)
            {
                return Some((code, shift));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn every_printable_ascii_character_has_its_own_key() {
        let keys: std::collections::HashSet<_> = (' '..='~').map(|c| key_of(c).unwrap()).collect();
        assert_eq!(keys.len(), 95);
        assert_eq!(key_of('A'), Some((38, true)));
        assert_eq!(key_of('`'), Some((49, false)));
        assert_eq!(key_of('\\'), Some((51, false)));
        assert_eq!(key_of('/'), Some((61, false)));
        assert_eq!(key_of('é'), None);
    }
}
