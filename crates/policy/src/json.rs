//! JSON in which a key that comes twice is an error: of two Conditions, neither may be the one that is silently lost.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::PolicyError;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    /// As it is written in its shortest form.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a whole text. serde_json bounds the nesting itself.
    pub(crate) fn read(text: &str) -> Result<Self, PolicyError> {
        serde_json::from_str(text)
            .map_err(|error| PolicyError::new("", format!("The document is not valid JSON: {error}")))
    }

    /// The entries of an object.
    pub(crate) fn object(self, path: &str) -> Result<Vec<(String, Self)>, PolicyError> {
        match self {
            Self::Object(entries) => Ok(entries),
            _ => Err(PolicyError::new(path, "must be an object")),
        }
    }

    /// A text, or a list of at least one text.
    pub(crate) fn texts(self, path: &str) -> Result<Vec<String>, PolicyError> {
        let wrong = || PolicyError::new(path, "must be a string or a list of strings");
        let text = |json| match json {
            Self::Text(text) => Ok(text),
            _ => Err(wrong()),
        };
        match self {
            Self::List(entries) if entries.is_empty() => Err(PolicyError::new(path, "must not be empty")),
            Self::List(entries) => entries.into_iter().map(text).collect(),
            one => Ok(vec![text(one)?]),
        }
    }

    /// As [`Json::texts`], for condition values: numbers and booleans may be written without quotation marks.
    pub(crate) fn values(self, path: &str) -> Result<Vec<String>, PolicyError> {
        let value = |json| match json {
            Self::Text(text) | Self::Number(text) => Ok(text),
            Self::Boolean(value) => Ok(value.to_string()),
            _ => Err(PolicyError::new(path, "must be a value or a list of values")),
        };
        match self {
            Self::List(entries) if entries.is_empty() => Err(PolicyError::new(path, "must not be empty")),
            Self::List(entries) => entries.into_iter().map(value).collect(),
            one => Ok(vec![value(one)?]),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object: Vec<(String, Json)> = Vec::new();
        while let Some((key, value)) = entries.next_entry::<String, Json>()? {
            if object.iter().any(|(known, _)| *known == key) {
                return Err(A::Error::custom(format!("the key \"{key}\" is there twice")));
            }
            object.push((key, value));
        }
        Ok(Json::Object(object))
    }
}
