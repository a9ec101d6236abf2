//! The tables that the generator writes: what each shape may hold. `check` reads them, and tests derive cases from them.

use std::sync::OnceLock;

/// A structure: named members, each of its own shape.
#[derive(Debug)]
pub struct Structure {
    /// What the model calls it.
    pub name: &'static str,
    /// Whether nothing that it holds may be shown.
    pub sensitive: bool,
    /// Its members, sorted by name.
    pub members: &'static [Member],
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether a request must give it.
    pub required: bool,
    /// What it may hold.
    pub shape: &'static Shape,
}

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    /// true or false.
    Boolean,
    /// An integer.
    Number(Number),
    /// A string, or one of a closed list of names.
    Text(Text),
    /// A moment, to the millisecond.
    Timestamp,
    /// Values of one shape, in order.
    List(List),
    /// Strings to values of one shape.
    Map(Map),
    /// Named members.
    Structure(&'static Structure),
}

/// An integer's constraints.
#[derive(Debug)]
pub struct Number {
    /// 32 or 64: how wide the two's complement is.
    pub bits: u8,
    /// The least allowed value.
    pub min: Option<i64>,
    /// The greatest allowed value.
    pub max: Option<i64>,
}

/// A string's constraints.
#[derive(Debug)]
pub struct Text {
    /// The least number of characters.
    pub min: Option<u32>,
    /// The greatest number of characters.
    pub max: Option<u32>,
    /// What the whole value must match.
    pub pattern: Option<&'static Pattern>,
    /// The names allowed, if the list is closed; otherwise empty.
    pub values: &'static [&'static str],
    /// Whether the value may not be shown.
    pub sensitive: bool,
}

/// A list's constraints.
#[derive(Debug)]
pub struct List {
    /// The least number of entries.
    pub min: Option<u32>,
    /// The greatest number of entries.
    pub max: Option<u32>,
    /// What each entry may be.
    pub member: &'static Shape,
}

/// A map's constraints.
#[derive(Debug)]
pub struct Map {
    /// The least number of entries.
    pub min: Option<u32>,
    /// The greatest number of entries.
    pub max: Option<u32>,
    /// What each key may be.
    pub key: &'static Shape,
    /// What each value may be.
    pub value: &'static Shape,
}

/// A pattern, compiled when it is first needed.
#[derive(Debug)]
pub struct Pattern {
    model: &'static str,
    translated: &'static str,
    compiled: OnceLock<fancy_regex::Regex>,
}

impl Pattern {
    pub(crate) const fn new(model: &'static str, translated: &'static str) -> Self {
        Self { model, translated, compiled: OnceLock::new() }
    }

    /// The pattern as the model words it, which is how error messages show it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.model
    }

    /// Whether the whole of `value` matches. A value on which the engine gives up (its limit on backtracking) does not.
    ///
    /// # Panics
    /// Never: that every pattern of the model compiles is tested.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        let regex = self.compiled.get_or_init(|| {
            fancy_regex::Regex::new(self.translated).expect("every generated pattern compiles, as tested")
        });
        regex.is_match(value).unwrap_or(false)
    }
}

/// Stands for a sensitive value where structures are printed.
pub(crate) struct Redacted;

impl std::fmt::Debug for Redacted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("***")
    }
}
