//! What a body says before it is known what it should say: one tree for both protocols.
//!
//! Members that the shapes do not know are ignored, whatever they hold; so the tree can represent all that either format
//! can, and what a shape does not allow is refused only where the shape is known.

use std::collections::BTreeMap;

use ciborium::Value as Cbor;
use serde_json::Value as Json;

use crate::error::ApiError;
use crate::protocol::Protocol;
use crate::timestamp::EPOCH_TAG;

/// Deepest nesting that is read; serde_json's own limit, so that both protocols agree.
const MAXIMUM_DEPTH: usize = 128;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Document {
    Null,
    Boolean(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Document>),
    Map(BTreeMap<String, Document>),
    /// Seconds under CBOR's tag 1.
    Seconds(Box<Document>),
    /// What no shape of the API can hold: bytes, maps whose keys are no strings, other tags.
    Foreign(&'static str),
}

impl Document {
    /// Reads a whole body. An empty one is an empty structure: clients may leave it out where there is no input.
    ///
    /// # Errors
    /// SerializationException if it is not one whole value of the format or nests too deep.
    pub(crate) fn read(protocol: Protocol, body: &[u8]) -> Result<Self, ApiError> {
        if body.iter().all(|byte| protocol == Protocol::Json && byte.is_ascii_whitespace()) {
            return Ok(Self::Map(BTreeMap::new()));
        }
        match protocol {
            Protocol::Json => read_json(body),
            Protocol::Cbor => read_cbor(body),
        }
    }

    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a structure or map",
            Self::Seconds(_) => "a timestamp",
            Self::Foreign(kind) => kind,
        }
    }
}

fn read_json(body: &[u8]) -> Result<Document, ApiError> {
    match serde_json::from_slice::<Json>(body) {
        Ok(value) => Ok(Document::from(value)),
        // The parser's messages name what it found wrong and where, never the values.
        Err(error) => Err(ApiError::serialization(format!("The request body is not valid JSON: {error}"))),
    }
}

fn read_cbor(body: &[u8]) -> Result<Document, ApiError> {
    use ciborium::de::Error;
    let mut rest = body;
    let value = ciborium::de::from_reader_with_recursion_limit::<Cbor, _>(&mut rest, MAXIMUM_DEPTH).map_err(
        |error| {
            let reason = match error {
                Error::Io(_) => "it ends early".to_owned(),
                Error::Syntax(offset) => format!("syntax error at byte {offset}"),
                Error::Semantic(_, reason) => reason,
                Error::RecursionLimitExceeded => "it nests too deep".to_owned(),
            };
            ApiError::serialization(format!("The request body is not valid CBOR: {reason}"))
        },
    )?;
    if rest.is_empty() {
        Ok(Document::from(value))
    } else {
        Err(ApiError::serialization("The request body is not valid CBOR: more bytes follow the value"))
    }
}

impl From<Json> for Document {
    fn from(value: Json) -> Self {
        match value {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Boolean(value),
            Json::Number(number) => number
                .as_i64()
                .map(i128::from)
                .or_else(|| number.as_u64().map(i128::from))
                .map_or_else(|| Self::Float(number.as_f64().unwrap_or(f64::NAN)), Self::Integer),
            Json::String(text) => Self::Text(text),
            Json::Array(entries) => Self::List(entries.into_iter().map(Self::from).collect()),
            Json::Object(entries) => {
                Self::Map(entries.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
            }
        }
    }
}

impl From<Cbor> for Document {
    fn from(value: Cbor) -> Self {
        match value {
            Cbor::Null => Self::Null,
            Cbor::Bool(value) => Self::Boolean(value),
            Cbor::Integer(value) => Self::Integer(value.into()),
            Cbor::Float(value) => Self::Float(value),
            Cbor::Text(text) => Self::Text(text),
            Cbor::Array(entries) => Self::List(entries.into_iter().map(Self::from).collect()),
            Cbor::Map(entries) => {
                let mut map = BTreeMap::new();
                for (key, value) in entries {
                    let Cbor::Text(key) = key else {
                        return Self::Foreign("a map whose keys are not strings");
                    };
                    map.insert(key, Self::from(value));
                }
                Self::Map(map)
            }
            Cbor::Tag(EPOCH_TAG, value) => Self::Seconds(Box::new(Self::from(*value))),
            Cbor::Tag(..) => Self::Foreign("a tagged value"),
            Cbor::Bytes(_) => Self::Foreign("a byte string"),
            _ => Self::Foreign("an unknown kind of value"),
        }
    }
}
