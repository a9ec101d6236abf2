//! From the model's patterns (Java's dialect, matched against the whole value) to those of Rust's regex crates.

use anyhow::{Context as _, ensure};

/// Translates so that the result means the same in Rust: `\w`, `\d` and `\s` are ASCII, `.` excludes all of Java's line
/// ends, and the whole value has to match.
///
/// # Errors
/// On an escape that this function does not know.
pub(super) fn translate(java: &str) -> anyhow::Result<String> {
    let mut rust = String::from(r"\A(?:");
    let mut in_class = false;
    let mut characters = java.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters.next().context("a pattern ends in a backslash")?;
                let class = match escaped {
                    'w' => Some("A-Za-z0-9_"),
                    'd' => Some("0-9"),
                    's' => Some(r" \t\n\x0B\f\r"),
                    'p' | 'x' => None,
                    other => {
                        ensure!(!other.is_alphanumeric(), "unknown escape \\{other} in {java}");
                        None
                    }
                };
                match class {
                    Some(class) if in_class => rust.push_str(class),
                    Some(class) => rust.push_str(&format!("[{class}]")),
                    // Both dialects read an escaped sign as the sign; not all signs may be escaped in Rust's.
                    None if escaped == ',' => rust.push(','),
                    None => rust.extend(['\\', escaped]),
                }
            }
            '[' => {
                ensure!(!in_class, "a class within a class in {java}");
                in_class = true;
                rust.push('[');
            }
            ']' => {
                in_class = false;
                rust.push(']');
            }
            '.' if !in_class => rust.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
            '/' | '&' | '~' if in_class => rust.extend(['\\', character]),
            other => rust.push(other),
        }
    }
    rust.push_str(r")\z");
    Ok(rust)
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn classes_are_ascii_and_the_whole_value_matches() {
        let check = |java: &str, rust: &str| assert_eq!(translate(java).unwrap(), format!(r"\A(?:{rust})\z"));
        check(r"^\d+$", "^[0-9]+$");
        check(r"[\w+=,.@-]*", "[A-Za-z0-9_+=,.@-]*");
        check(r"^(?!aws:).$", r"^(?!aws:)[^\n\r\x{85}\x{2028}\x{2029}]$");
        check(r"\s\,", r"[ \t\n\x0B\f\r],");
        check(r"^[^\x00]+$", r"^[^\x00]+$");
        assert!(translate(r"\b").is_err());
    }
}
