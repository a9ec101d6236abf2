//! Checks a document against a shape's table: types first and always, constraints gathered on the way.
//!
//! The wording is AWS's own, as clients' users know it and as tools match it: "N validation error(s) detected: Value '…'
//! at '…' failed to satisfy constraint: …". A member inside a list of structures is at `tags.1.member.key`; entries of a
//! list of plain values and of a map are reported at the list or map itself. Sensitive values are left out
//! ("Value at 'password' failed …").

use serde_json::{Map as JsonMap, Number as JsonNumber, Value as Json};

use crate::document::Document;
use crate::error::ApiError;
use crate::schema::{List, Map, Number, Shape, Structure, Text};

/// How many violations one answer names.
const MAXIMUM_VIOLATIONS: usize = 10;

/// How many characters of a wrong value an answer repeats.
const MAXIMUM_ECHO_CHARACTERS: usize = 512;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Requests.
    Constraints,
    /// Replies.
    Types,
}

/// Returns `document` cut down to what `structure` knows: no nulls, no unknown members, integers as integers.
pub(crate) fn check(
    structure: &Structure,
    document: Document,
    strictness: Strictness,
) -> Result<Json, ApiError> {
    let mut checker = Checker { strictness, violations: Vec::new() };
    let value = checker.structure(structure, document, "", false)?;
    let count = checker.violations.len();
    if count == 0 {
        return Ok(value);
    }
    let plural = if count == 1 { "" } else { "s" };
    let violations = checker.violations.join("; ");
    Err(ApiError::validation(format!("{count} validation error{plural} detected: {violations}")))
}

struct Checker {
    strictness: Strictness,
    violations: Vec<String>,
}

impl Checker {
    fn structure(
        &mut self,
        structure: &Structure,
        document: Document,
        path: &str,
        sensitive: bool,
    ) -> Result<Json, ApiError> {
        let Document::Map(mut entries) = document else {
            return Err(wrong_type(path, "a structure", &document));
        };
        let mut value = JsonMap::new();
        for member in structure.members {
            let path = join(path, member.name);
            match entries.remove(member.name) {
                None | Some(Document::Null) => {
                    if member.required {
                        self.absent(&path);
                    }
                }
                Some(document) => {
                    let sensitive = sensitive || structure.sensitive;
                    value.insert(
                        member.name.to_owned(),
                        self.value(member.shape, document, &path, sensitive)?,
                    );
                }
            }
        }
        Ok(Json::Object(value))
    }

    fn value(
        &mut self,
        shape: &Shape,
        document: Document,
        path: &str,
        sensitive: bool,
    ) -> Result<Json, ApiError> {
        match (shape, document) {
            (Shape::Structure(structure), document) => self.structure(structure, document, path, sensitive),
            (Shape::List(list), Document::List(entries)) => self.list(list, entries, path, sensitive),
            (Shape::List(_), other) => Err(wrong_type(path, "a list", &other)),
            (Shape::Map(map), Document::Map(entries)) => self.map(map, entries, path, sensitive),
            (Shape::Map(_), other) => Err(wrong_type(path, "a map", &other)),
            (plain, document) => {
                let value = convert(plain, document, path)?;
                let hidden = sensitive || is_sensitive(plain);
                self.violations((!hidden).then_some(&value), path, &constraints(plain, &value));
                Ok(value)
            }
        }
    }

    fn list(
        &mut self,
        list: &List,
        entries: Vec<Document>,
        path: &str,
        sensitive: bool,
    ) -> Result<Json, ApiError> {
        let plain = !matches!(list.member, Shape::Structure(_) | Shape::List(_) | Shape::Map(_));
        let hidden = sensitive || !plain || is_sensitive(list.member);
        let count = entries.len();
        let mut values = Vec::with_capacity(count);
        let mut member_fails = false;
        for (index, entry) in entries.into_iter().enumerate() {
            let member_path = format!("{path}.{}.member", index + 1);
            if entry == Document::Null {
                self.absent(&member_path);
            } else if plain {
                let value = convert(list.member, entry, &member_path)?;
                member_fails |= !constraints(list.member, &value).is_empty();
                values.push(value);
            } else {
                values.push(self.value(list.member, entry, &member_path, sensitive)?);
            }
        }
        let value = Json::Array(values);
        let mut failed = size(count, list.min, list.max);
        if member_fails {
            failed.push(format!("Member must satisfy constraint: [{}]", rules(list.member).join(", ")));
        }
        self.violations((!hidden).then_some(&value), path, &failed);
        Ok(value)
    }

    fn map(
        &mut self,
        map: &Map,
        entries: std::collections::BTreeMap<String, Document>,
        path: &str,
        sensitive: bool,
    ) -> Result<Json, ApiError> {
        let hidden = sensitive || is_sensitive(map.key) || is_sensitive(map.value);
        let count = entries.len();
        let (mut key_fails, mut value_fails) = (false, false);
        let mut values = JsonMap::new();
        for (key, entry) in entries {
            key_fails |= !constraints(map.key, &Json::String(key.clone())).is_empty();
            // Keys are the client's, so they are cut like values.
            let member_path = format!("{path}.{}.member", cut(&key));
            if entry == Document::Null {
                self.absent(&member_path);
                continue;
            }
            let value = convert(map.value, entry, &member_path)?;
            value_fails |= !constraints(map.value, &value).is_empty();
            values.insert(key, value);
        }
        let value = Json::Object(values);
        let mut failed = size(count, map.min, map.max);
        for (fails, what, shape) in [(key_fails, "Map keys", map.key), (value_fails, "Map value", map.value)]
        {
            if fails {
                failed.push(format!("{what} must satisfy constraint: [{}]", rules(shape).join(", ")));
            }
        }
        self.violations((!hidden).then_some(&value), path, &failed);
        Ok(value)
    }

    /// Notes that `value`, or one that may not be shown, does not keep the rules `failed`.
    fn violations(&mut self, value: Option<&Json>, path: &str, failed: &[String]) {
        if failed.is_empty() {
            return;
        }
        let shown = value.map(|value| format!(" '{}'", echo(value))).unwrap_or_default();
        for rule in failed {
            self.violation(&shown, path, rule);
        }
    }

    fn absent(&mut self, path: &str) {
        self.violation(" null", path, "Member must not be null");
    }

    fn violation(&mut self, shown: &str, path: &str, rule: &str) {
        if self.strictness == Strictness::Constraints && self.violations.len() < MAXIMUM_VIOLATIONS {
            self.violations.push(format!("Value{shown} at '{path}' failed to satisfy constraint: {rule}"));
        }
    }
}

/// `path` with the member `name`, whose first letter AWS writes small in paths.
fn join(path: &str, name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    let dot = if path.is_empty() { "" } else { "." };
    path.chars().chain(dot.chars()).chain(first).chain(letters).collect()
}

fn wrong_type(path: &str, expected: &str, found: &Document) -> ApiError {
    let place =
        if path.is_empty() { "The request body".to_owned() } else { format!("The value at '{path}'") };
    ApiError::serialization(format!("{place} must be {expected}, not {}", found.kind()))
}

/// A plain value of the type that `shape` wants. An integer may come as a float without a fraction, since scripting
/// languages and CBOR writers make no difference; nothing else is converted.
fn convert(shape: &Shape, document: Document, path: &str) -> Result<Json, ApiError> {
    match (shape, document) {
        (Shape::Boolean, Document::Boolean(value)) => Ok(Json::Bool(value)),
        (Shape::Text(_), Document::Text(text)) => Ok(Json::String(text)),
        (Shape::Number(number), document @ (Document::Integer(_) | Document::Float(_))) => {
            integer(number, &document).map(Json::from).ok_or_else(|| {
                ApiError::serialization(format!(
                    "The value at '{path}' must be an integer of {} bits",
                    number.bits
                ))
            })
        }
        (Shape::Timestamp, document) => {
            seconds(&document).map(Json::Number).ok_or_else(|| wrong_type(path, "a timestamp", &document))
        }
        (Shape::Boolean, other) => Err(wrong_type(path, "a boolean", &other)),
        (Shape::Number(_), other) => Err(wrong_type(path, "a number", &other)),
        (Shape::Text(_), other) => Err(wrong_type(path, "a string", &other)),
        // Only plain shapes come here; the model has no list or map of lists or maps.
        (Shape::List(_) | Shape::Map(_) | Shape::Structure(_), other) => {
            Err(wrong_type(path, "a plain value", &other))
        }
    }
}

fn integer(number: &Number, document: &Document) -> Option<i64> {
    let value = match *document {
        Document::Integer(value) => i64::try_from(value).ok()?,
        // 2^63 as a float; everything below it in size casts exactly.
        #[expect(clippy::cast_possible_truncation, reason = "whole and within range, as tested in the guard")]
        Document::Float(value) if value.fract() == 0.0 && value.abs() < 9_223_372_036_854_775_808.0 => {
            value as i64
        }
        _ => return None,
    };
    (number.bits == 64 || i32::try_from(value).is_ok()).then_some(value)
}

fn seconds(document: &Document) -> Option<JsonNumber> {
    match document {
        Document::Integer(value) => i64::try_from(*value).ok().map(JsonNumber::from),
        Document::Float(value) => JsonNumber::from_f64(*value),
        Document::Seconds(inner) => match **inner {
            Document::Seconds(_) => None,
            ref inner => seconds(inner),
        },
        _ => None,
    }
}

fn is_sensitive(shape: &Shape) -> bool {
    matches!(shape, Shape::Text(Text { sensitive: true, .. }))
}

/// The rules of `shape` that `value`, already of its type, does not keep.
fn constraints(shape: &Shape, value: &Json) -> Vec<String> {
    match (shape, value) {
        (Shape::Text(text), Json::String(value)) => text_constraints(text, value),
        (Shape::Number(number), value) => {
            let value = value.as_i64().unwrap_or_default();
            let mut failed = Vec::new();
            failed.extend(number.max.filter(|max| value > *max).map(at_most));
            failed.extend(number.min.filter(|min| value < *min).map(at_least));
            failed
        }
        _ => Vec::new(),
    }
}

fn text_constraints(text: &Text, value: &str) -> Vec<String> {
    let mut failed = Vec::new();
    if !text.values.is_empty() && !text.values.contains(&value) {
        failed.push(one_of(text.values));
    }
    if text.min.is_some() || text.max.is_some() {
        failed.extend(size(value.chars().count(), text.min, text.max));
    }
    if let Some(pattern) = text.pattern
        && !pattern.matches(value)
    {
        failed.push(matching(pattern.as_str()));
    }
    failed
}

fn size(count: usize, min: Option<u32>, max: Option<u32>) -> Vec<String> {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let mut failed = Vec::new();
    failed.extend(max.filter(|max| count > u64::from(*max)).map(no_longer));
    failed.extend(min.filter(|min| count < u64::from(*min)).map(no_shorter));
    failed
}

/// All the rules of a plain shape, which a list's or map's violation names together.
fn rules(shape: &Shape) -> Vec<String> {
    let mut rules = Vec::new();
    match shape {
        Shape::Text(text) => {
            if !text.values.is_empty() {
                rules.push(one_of(text.values));
            }
            rules.extend(text.max.map(no_longer));
            rules.extend(text.min.map(no_shorter));
            rules.extend(text.pattern.map(|pattern| matching(pattern.as_str())));
        }
        Shape::Number(number) => {
            rules.extend(number.max.map(at_most));
            rules.extend(number.min.map(at_least));
        }
        _ => {}
    }
    rules
}

fn one_of(values: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", values.join(", "))
}

fn no_longer(max: u32) -> String {
    format!("Member must have length less than or equal to {max}")
}

fn no_shorter(min: u32) -> String {
    format!("Member must have length greater than or equal to {min}")
}

fn matching(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

fn at_most(max: i64) -> String {
    format!("Member must have value less than or equal to {max}")
}

fn at_least(min: i64) -> String {
    format!("Member must have value greater than or equal to {min}")
}

/// A plain value, list or map as AWS shows it, cut to a bounded length.
fn echo(value: &Json) -> String {
    let whole = match value {
        Json::String(text) => text.clone(),
        Json::Array(entries) => {
            format!("[{}]", entries.iter().map(echo).collect::<Vec<_>>().join(", "))
        }
        Json::Object(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{key}={}", echo(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    };
    cut(&whole)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAXIMUM_ECHO_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
