//! Whose a resource is, and what it is called.

use serde::{Deserialize, Serialize};

/// The text is not an account id, a region or a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct InvalidText {
    /// What was given.
    pub text: String,
    /// What it should have been.
    pub expected: &'static str,
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text.
            ///
            /// # Errors
            /// [`InvalidText`](crate::scope::InvalidText) if it is anything else.
            pub fn new(text: impl Into<String>) -> Result<Self, $crate::scope::InvalidText> {
                let text = text.into();
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) { Ok(Self(text)) } else { Err($crate::scope::InvalidText { text, expected: $expected }) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::scope::InvalidText;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}
pub(crate) use text_type;

text_type!(
    /// An account: 12 decimal digits.
    AccountId,
    "an account id of 12 digits",
    |text| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
);

text_type!(
    /// A region, such as `eu-central-1`: 1 to 63 characters of `a-z`, `0-9` and `-`.
    Region,
    "a region of 1 to 63 characters of a-z, 0-9 and '-'",
    |text| (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
);

text_type!(
    /// The name of a fleet, a stack or an image: `[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}`.
    Name,
    "a name ([a-zA-Z0-9][a-zA-Z0-9_.-]{0,100})",
    |text| (1..=101).contains(&text.len())
        && text.as_bytes()[0].is_ascii_alphanumeric()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
);

/// The account and region that own a resource; no resource is visible from another scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

/// A fleet among those of all scopes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FleetKey {
    /// Whose it is.
    pub scope: Scope,
    /// What it is called.
    pub name: Name,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_pattern() {
        for good in ["a", "A9_.-", &"x".repeat(101)] {
            assert!(Name::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", ".a", "a b", "ä", "a/b", &"x".repeat(102)] {
            assert!(Name::new(bad).is_err(), "{bad}");
        }
        assert!(AccountId::new("123456789012").is_ok());
        assert!(AccountId::new("12345678901").is_err());
        assert!(Region::new("eu-central-1").is_ok());
        assert!(Region::new("EU").is_err());
    }
}
