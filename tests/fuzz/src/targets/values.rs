//! Small values: page tokens, names, tags.

use std::collections::BTreeMap;

use millrace_model::tags::{MAX_TAGS, TagRefusal, TagSet};
use millrace_model::{AccountId, Name, Region};
use millrace_store::PageToken;

/// A token leads on in its own list, and in no other.
pub(super) fn page_token(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(token) = PageToken::decode("fleets", text) {
        let again = token.encode();
        assert_eq!(PageToken::decode("fleets", &again), Ok(token));
        assert!(PageToken::decode("stacks", &again).is_err());
    }
    // Whatever a resource is called: the token that we make is one that we take.
    if (1..=256).contains(&text.len()) && !text.contains('\n') {
        let token = PageToken::new("fleets", text);
        assert_eq!(PageToken::decode("fleets", &token.encode()), Ok(token));
    }
}

pub(super) fn names(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(name) = Name::new(text) {
        assert_eq!(name.as_str(), text);
        assert!((1..=101).contains(&text.len()) && !text.contains(['/', '\0', '\n']), "{text:?}");
    }
    if let Ok(account) = AccountId::new(text) {
        assert!(account.as_str().len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()));
    }
    if let Ok(region) = Region::new(text) {
        assert!(region.as_str().is_ascii() && !text.contains([':', '/', ' ', '\n']), "{text:?}");
    }
}

/// Lines `key=value` are added, lines `-key` taken away, an empty line ends one request.
pub(super) fn tags(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut tags = TagSet::default();
    for request in text.split("\n\n") {
        let more: BTreeMap<String, String> = request
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        match tags.with(more.clone()) {
            Ok(with) => {
                assert!(more.iter().all(|(key, value)| with.as_map().get(key) == Some(value)));
                assert_eq!(
                    tags.without(more.keys().map(String::as_str)),
                    with.without(more.keys().map(String::as_str))
                );
                tags = with;
            }
            Err(TagRefusal::TooMany) => assert!(tags.as_map().len() + more.len() > MAX_TAGS),
            Err(TagRefusal::Reserved(key)) => assert!(key.to_ascii_lowercase().starts_with("aws:")),
        }
        tags = tags.without(request.lines().filter_map(|line| line.strip_prefix('-')));
        assert!(tags.as_map().len() <= MAX_TAGS);
        assert!(!tags.as_map().keys().any(|key| key.to_ascii_lowercase().starts_with("aws:")));
    }
}
