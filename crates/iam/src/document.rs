//! Policy documents as they are stored: the text that was put, and what it means.

use std::fmt;

use millrace_policy::{Policy, PolicyError, TrustPolicy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An identity policy, boundary or session policy.
#[derive(Clone, PartialEq)]
pub struct Document {
    text: String,
    policy: Policy,
}

impl Document {
    /// # Errors
    /// It cannot be understood.
    pub fn new(text: &str) -> Result<Self, PolicyError> {
        Ok(Self { text: text.to_owned(), policy: Policy::parse(text)? })
    }

    /// As it was put.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it means.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // It was understood when it was put. Should that be so no more, nobody is let through because of it.
        let policy = Policy::parse(&text).unwrap_or_else(|_| Policy::deny_all());
        Ok(Self { text, policy })
    }
}

/// A trust policy.
#[derive(Clone, PartialEq)]
pub struct TrustDocument {
    text: String,
    /// None if it cannot be understood any more: it trusts nobody then.
    policy: Option<TrustPolicy>,
}

impl TrustDocument {
    /// # Errors
    /// It cannot be understood.
    pub fn new(text: &str) -> Result<Self, PolicyError> {
        Ok(Self { text: text.to_owned(), policy: Some(TrustPolicy::parse(text)?) })
    }

    /// As it was put.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it means.
    #[must_use]
    pub fn policy(&self) -> Option<&TrustPolicy> {
        self.policy.as_ref()
    }
}

impl fmt::Debug for TrustDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for TrustDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for TrustDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let policy = TrustPolicy::parse(&text).ok();
        Ok(Self { text, policy })
    }
}
