//! Text with wildcards and variables.

use crate::PolicyError;
use crate::context::Context;

/// `*`, `?`, `${key}`, `${key, 'default'}`, and literal text between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// `?`: exactly one character.
    One,
    /// `*`: any characters, none included.
    Many,
    Variable(Variable),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    /// In lower case.
    key: String,
    default: Option<String>,
}

/// Which characters mean something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// `*` and `?`.
    pub(crate) wildcards: bool,
    /// `${…}`. Policies of version 2008-10-17 have none: there it is plain text.
    pub(crate) variables: bool,
}

/// Whether a text matches; [`Match::Unknown`] if the request lacks a variable's value, or a value is not of the operator's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    Yes,
    No,
    Unknown,
}

impl From<bool> for Match {
    fn from(matches: bool) -> Self {
        if matches { Self::Yes } else { Self::No }
    }
}

impl Match {
    /// Whether any of several alternatives matches. One that matches outweighs one that is unknown.
    pub(crate) fn any(all: impl Iterator<Item = Self>) -> Self {
        let mut result = Self::No;
        for one in all {
            match one {
                Self::Yes => return Self::Yes,
                Self::Unknown => result = Self::Unknown,
                Self::No => {}
            }
        }
        result
    }
}

impl Pattern {
    /// # Errors
    /// A variable that is not written as one.
    pub(crate) fn parse(text: &str, syntax: Syntax, path: &str) -> Result<Self, PolicyError> {
        let mut parts: Vec<Part> = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let special = match character {
                '*' if syntax.wildcards => Some(Part::Many),
                '?' if syntax.wildcards => Some(Part::One),
                '$' if syntax.variables && rest.starts_with("${") => {
                    let end = rest.find('}').ok_or_else(|| {
                        PolicyError::new(path, format!("the variable in '{text}' does not end"))
                    })?;
                    let inside = &rest[2..end];
                    rest = &rest[end + 1..];
                    match inside {
                        // The documented way to write the characters themselves.
                        "*" | "?" | "$" => literal.push_str(inside),
                        _ => {
                            flush(&mut literal, &mut parts);
                            parts.push(Part::Variable(Variable::parse(inside, path)?));
                        }
                    }
                    continue;
                }
                _ => None,
            };
            rest = &rest[character.len_utf8()..];
            match special {
                // Of several `*` in a row one does.
                Some(Part::Many) if literal.is_empty() && parts.last() == Some(&Part::Many) => {}
                Some(part) => {
                    flush(&mut literal, &mut parts);
                    parts.push(part);
                }
                None => literal.push(character),
            }
        }
        flush(&mut literal, &mut parts);
        Ok(Self(parts))
    }

    /// Cuts the pattern at its first colons into at most `count` patterns. Variables are not cut.
    pub(crate) fn split_at_colons(&self, count: usize) -> Vec<Self> {
        let mut pieces = vec![Self(Vec::new())];
        for part in &self.0 {
            let Part::Literal(text) = part else {
                pieces.last_mut().into_iter().for_each(|piece| piece.0.push(part.clone()));
                continue;
            };
            let mut rest = text.as_str();
            loop {
                let cut = (pieces.len() < count).then(|| rest.split_once(':')).flatten();
                let (before, after) = cut.map_or((rest, None), |(before, after)| (before, Some(after)));
                if !before.is_empty() {
                    pieces
                        .last_mut()
                        .into_iter()
                        .for_each(|piece| piece.0.push(Part::Literal(before.to_owned())));
                }
                match after {
                    Some(after) => {
                        pieces.push(Self(Vec::new()));
                        rest = after;
                    }
                    None => break,
                }
            }
        }
        pieces
    }

    /// Whether it is `*` and nothing else.
    pub(crate) fn is_everything(&self) -> bool {
        self.0 == [Part::Many]
    }

    /// Whether a variable is in it.
    pub(crate) fn has_variables(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Variable(_)))
    }

    /// Whether a variable is in it whose key begins so, in lower case.
    pub(crate) fn asks_for(&self, prefix: &str) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Variable(variable) if variable.key.starts_with(prefix)))
    }

    /// The text of a pattern without wildcards; `None` if the request lacks a variable's value.
    pub(crate) fn text(&self, context: &Context) -> Option<String> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Variable(variable) => text.push_str(variable.value(context)?),
                // Patterns that are asked for their text were parsed without wildcards.
                Part::One | Part::Many => return None,
            }
        }
        Some(text)
    }

    /// Whether the whole of `text` matches. What variables stand for is literal text here.
    pub(crate) fn matches(&self, text: &str, context: &Context) -> Match {
        // Every position of `text` up to which the parts so far can match: exact, and linear in both lengths.
        let mut reached = vec![false; text.len() + 1];
        reached[0] = true;
        for part in &self.0 {
            match part {
                Part::Many => {
                    let first = reached.iter().position(|at| *at).unwrap_or(reached.len());
                    reached[first..].fill(true);
                }
                Part::One => {
                    let mut next = vec![false; reached.len()];
                    for (at, character) in text.char_indices().filter(|(at, _)| reached[*at]) {
                        next[at + character.len_utf8()] = true;
                    }
                    reached = next;
                }
                Part::Literal(literal) => reached = after(literal, text, &reached),
                Part::Variable(variable) => match variable.value(context) {
                    Some(value) => reached = after(value, text, &reached),
                    None => return Match::Unknown,
                },
            }
        }
        reached[text.len()].into()
    }
}

fn flush(literal: &mut String, parts: &mut Vec<Part>) {
    if !literal.is_empty() {
        parts.push(Part::Literal(std::mem::take(literal)));
    }
}

/// Where `literal` ends that begins where `reached` says.
fn after(literal: &str, text: &str, reached: &[bool]) -> Vec<bool> {
    let mut next = vec![false; reached.len()];
    for at in (0..reached.len()).filter(|at| reached[*at]) {
        // A position inside a character is reached only by `*`, and nothing begins there.
        if text.get(at..).is_some_and(|rest| rest.starts_with(literal)) {
            next[at + literal.len()] = true;
        }
    }
    next
}

impl Variable {
    fn parse(inside: &str, path: &str) -> Result<Self, PolicyError> {
        let wrong = |what: &str| PolicyError::new(path, format!("the variable '${{{inside}}}' {what}"));
        let (key, default) = match inside.split_once(',') {
            Some((key, default)) => {
                let quoted = default.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
                let default = quoted
                    .filter(|default| !default.contains('\''))
                    .ok_or_else(|| wrong("must have its default value in single quotation marks"))?;
                (key.trim(), Some(default.to_owned()))
            }
            None => (inside, None),
        };
        let valid = is_key(key) && !key.contains(['*', '?', '$', '{', '\'']);
        if valid {
            Ok(Self { key: key.to_ascii_lowercase(), default })
        } else {
            Err(wrong("names no condition key"))
        }
    }

    fn value<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        context.single(&self.key).or(self.default.as_deref())
    }
}

/// `prefix:name`, as all condition keys are.
pub(crate) fn is_key(key: &str) -> bool {
    let Some((prefix, name)) = key.split_once(':') else { return false };
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '-';
    !prefix.is_empty() && prefix.chars().all(plain) && !name.is_empty() && !name.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::{Match, Pattern, Syntax};
    use crate::Context;

    const ALL: Syntax = Syntax { wildcards: true, variables: true };

    fn check(pattern: &str, text: &str, expected: Match) {
        let mut context = Context::new();
        context.add("aws:username", "jane*");
        context.add("aws:TagKeys", "a");
        context.add("aws:TagKeys", "b");
        let found = Pattern::parse(pattern, ALL, "").unwrap().matches(text, &context);
        assert_eq!(found, expected, "{pattern} on {text}");
    }

    #[test]
    fn wildcards_and_variables() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "x:y/z"),
            ("**", "x"),
            ("?", "ä"),
            ("a?c", "abc"),
            ("a*c", "ac"),
            ("*a*b*", "xaxbx"),
            ("${*}", "*"),
            ("${?}x", "?x"),
            ("${$}{aws:username}", "${aws:username}"),
            ("home/${aws:username}/*", "home/jane*/x"),
            ("${aws:UserName}", "jane*"),
            ("${aws:none, 'anybody'}", "anybody"),
            ("$x{", "$x{"),
            ("ä*", "äöü"),
            ("*ü", "äöü"),
        ] {
            check(pattern, text, Match::Yes);
        }
        for (pattern, text) in [
            ("", "x"),
            ("?", ""),
            ("?", "ab"),
            ("a*c", "abd"),
            ("${*}", "x"),
            ("${aws:username}", "jane and more"),
            ("${aws:username}", "jane"),
            ("A", "a"),
            ("??", "ä"),
        ] {
            check(pattern, text, Match::No);
        }
        check("${aws:none}", "", Match::Unknown);
        // Of several values none is meant.
        check("${aws:TagKeys}", "a", Match::Unknown);
    }

    #[test]
    fn what_is_no_variable_is_refused() {
        for text in [
            "${",
            "${}",
            "${username}",
            "${aws:}",
            "${aws:x, default}",
            "${aws:x, 'a'b'}",
            "${aws:*}",
            "${a b:c}",
        ] {
            assert!(Pattern::parse(text, ALL, "").is_err(), "{text}");
        }
        let plain = Pattern::parse("${", Syntax { wildcards: true, variables: false }, "").unwrap();
        assert_eq!(plain.matches("${", &Context::new()), Match::Yes);
    }

    #[test]
    fn a_long_text_against_many_stars_ends_at_once() {
        let pattern = Pattern::parse(&"*a".repeat(1000), ALL, "").unwrap();
        assert_eq!(pattern.matches(&"ab".repeat(3000), &Context::new()), Match::No);
    }
}
