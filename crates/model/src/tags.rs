//! Tags of a resource.

use std::collections::BTreeMap;

/// The most tags that one resource may have, counting those added later.
pub const MAX_TAGS: usize = 50;

/// The tags of one resource: at most [`MAX_TAGS`], no key beginning with `aws:`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagSet(BTreeMap<String, String>);

/// Why tags are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagRefusal {
    /// The resource would have more than [`MAX_TAGS`].
    #[error("a resource can have at most {MAX_TAGS} tags")]
    TooMany,
    /// The key begins with `aws:` in whatever case: those are not for users.
    #[error("the tag key {0:?} begins with the reserved prefix aws:")]
    Reserved(String),
}

impl TagSet {
    /// The tags of a new resource.
    ///
    /// # Errors
    /// [`TagRefusal`].
    pub fn new(tags: BTreeMap<String, String>) -> Result<Self, TagRefusal> {
        Self::default().with(tags)
    }

    /// These tags and `more`; a value of `more` replaces the value of the same key.
    ///
    /// # Errors
    /// [`TagRefusal`]; nothing is changed.
    pub fn with(&self, more: BTreeMap<String, String>) -> Result<Self, TagRefusal> {
        if let Some(reserved) = more.keys().find(|key| is_reserved(key)) {
            return Err(TagRefusal::Reserved(reserved.clone()));
        }
        let mut tags = self.0.clone();
        tags.extend(more);
        if tags.len() > MAX_TAGS { Err(TagRefusal::TooMany) } else { Ok(Self(tags)) }
    }

    /// These tags without the given keys; keys that are not there do no harm.
    #[must_use]
    pub fn without<'a>(&self, keys: impl IntoIterator<Item = &'a str>) -> Self {
        let mut tags = self.0.clone();
        for key in keys {
            tags.remove(key);
        }
        Self(tags)
    }

    /// The tags, by key.
    #[must_use]
    pub fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// The tags, by key.
    #[must_use]
    pub fn into_map(self) -> BTreeMap<String, String> {
        self.0
    }
}

fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(range: std::ops::Range<usize>) -> BTreeMap<String, String> {
        range.map(|number| (format!("k{number}"), String::new())).collect()
    }

    #[test]
    fn fifty_in_all_and_not_one_more() {
        let tags = TagSet::new(numbered(0..40)).unwrap();
        assert_eq!(tags.with(numbered(40..51)), Err(TagRefusal::TooMany));
        let full = tags.with(numbered(40..50)).unwrap();
        assert_eq!(full.with(numbered(0..50)).unwrap(), full, "replacing adds none");
        assert_eq!(full.without(["k1", "absent"]).as_map().len(), 49);
    }

    #[test]
    fn reserved_keys_are_refused() {
        for key in ["aws:x", "AWS:x"] {
            let tags = BTreeMap::from([(key.to_owned(), "v".to_owned())]);
            assert_eq!(TagSet::new(tags), Err(TagRefusal::Reserved(key.to_owned())));
        }
        assert!(TagSet::new(BTreeMap::from([("awsx".to_owned(), String::new())])).is_ok());
    }
}
