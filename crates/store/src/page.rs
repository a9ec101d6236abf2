//! Pages of lists, and the tokens that lead to the next one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The longest token in bytes: a kind, and a key of 101 characters at most.
const LONGEST_TOKEN: usize = 256;

/// A part of a list, in the order of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<PageToken>,
}

/// Where a page begins: after the item with this key, whether or not it still exists. So a list can be paged through while it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken {
    kind: String,
    after: String,
}

/// The text is not a token, or one for another list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token is not valid for this list")]
pub struct InvalidPageToken;

impl PageToken {
    /// The token for what follows the item with the key `after` in the list `kind`.
    #[must_use]
    pub fn new(kind: &str, after: &str) -> Self {
        Self { kind: kind.to_owned(), after: after.to_owned() }
    }

    /// Reads a token for the list `kind` (which names everything that selects the items: a token for one query is refused by another).
    ///
    /// # Errors
    /// [`InvalidPageToken`].
    pub fn decode(kind: &str, token: &str) -> Result<Self, InvalidPageToken> {
        if token.len() > 4 * LONGEST_TOKEN {
            return Err(InvalidPageToken);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidPageToken)?;
        let text = String::from_utf8(bytes).map_err(|_| InvalidPageToken)?;
        let (found, after) = text.rsplit_once('\n').ok_or(InvalidPageToken)?;
        let valid = found == kind && !after.is_empty() && after.len() <= LONGEST_TOKEN;
        if valid { Ok(Self::new(kind, after)) } else { Err(InvalidPageToken) }
    }

    /// The token as clients see it.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}\n{}", self.kind, self.after))
    }

    /// The key of the item after which the page begins.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.after
    }

    pub(crate) fn after(token: Option<&Self>) -> &str {
        token.map_or("", |token| &token.after)
    }
}

impl<T> Page<T> {
    /// A page of at most `limit` out of items of which one more was asked for. (By `LIMIT ? + 1`, not by one more in the parameter: SQLite compiles a
    /// statement anew at each call whose limit is a parameter alone, to plan by its value.)
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, kind: &str, key: impl Fn(&T) -> &str) -> Self {
        let limit = limit as usize;
        if items.len() <= limit {
            return Self { items, next: None };
        }
        items.truncate(limit);
        let next = items.last().map(|item| PageToken::new(kind, key(item)));
        Self { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_belong_to_their_list() {
        let token = PageToken::new("fleets", "a").encode();
        assert_eq!(PageToken::decode("fleets", &token), Ok(PageToken::new("fleets", "a")));
        assert_eq!(PageToken::decode("stacks", &token), Err(InvalidPageToken));
        for bad in ["", "x", "!!", &"A".repeat(5000), &PageToken::new("fleets", "").encode()] {
            assert_eq!(PageToken::decode("fleets", bad), Err(InvalidPageToken), "{bad}");
        }
    }
}
