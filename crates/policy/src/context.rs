//! What is known of a request: condition keys and their values.

use std::collections::BTreeMap;

/// Condition keys and their values. Keys are compared without regard to case, as AWS does, those of tags included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value to a key. A key with several values is one of several values (`aws:TagKeys`), or one that differs from another only in
    /// case.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        self.0.entry(key.to_ascii_lowercase()).or_default().push(value.into());
    }

    /// The values of a key in lower case; none if the request does not have it.
    pub(crate) fn values(&self, lower_key: &str) -> &[String] {
        self.0.get(lower_key).map_or(&[], Vec::as_slice)
    }

    /// The value of a variable. Of several, none can be meant.
    pub(crate) fn single(&self, lower_key: &str) -> Option<&str> {
        match self.values(lower_key) {
            [value] => Some(value),
            _ => None,
        }
    }
}
