//! A request's body between its check and its handler: authorization and the audit trail look at it without knowing its type.

use serde_json::{Map, Value};

use crate::check::{Strictness, check};
use crate::codec::{Op, WireShape};
use crate::document::Document;
use crate::error::ApiError;
use crate::generated::operations::Operation;
use crate::protocol::Protocol;
use crate::schema::{Shape, Structure};

/// What stands for a value that may not be shown: CloudTrail's words.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Members that the model does not mark as sensitive, and that nevertheless let their reader in or are a user's own.
const HIDDEN_MEMBERS: &[&str] = &["StreamingURL", "SessionContext", "Password"];

/// A body that meets the constraints of its operation's input.
#[derive(Clone, Debug)]
pub struct Input {
    operation: Operation,
    value: Value,
}

impl Input {
    /// Reads a request's body and checks it against the model's constraints.
    ///
    /// # Errors
    /// As [`crate::decode`].
    pub fn read(operation: Operation, protocol: Protocol, body: &[u8]) -> Result<Self, ApiError> {
        let value = check(operation.input(), Document::read(protocol, body)?, Strictness::Constraints)?;
        Ok(Self { operation, value })
    }

    /// The operation whose input it is.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// A member of the input.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.value.get(name)
    }

    /// The input with its type.
    ///
    /// # Errors
    /// SerializationException if it is the input of another operation.
    pub fn typed<O: Op>(self) -> Result<O::Input, ApiError> {
        serde_json::from_value(self.value)
            .map_err(|error| ApiError::serialization(format!("{}: {error}", O::Input::STRUCTURE.name)))
    }

    /// As the audit trail shows it: without what may not be shown.
    #[must_use]
    pub fn shown(&self) -> Value {
        structure(self.operation.input(), &self.value)
    }
}

/// An answer as the audit trail shows it: without what may not be shown.
#[must_use]
pub fn shown<T: WireShape>(output: &T) -> Value {
    // What was sent can be written; where it cannot, nothing is shown.
    serde_json::to_value(output).map_or(Value::Null, |value| structure(T::STRUCTURE, &value))
}

fn structure(shape: &Structure, value: &Value) -> Value {
    let Value::Object(members) = value else { return Value::Null };
    let shown = |member: &crate::schema::Member| {
        let found = members.get(member.name)?;
        let hidden = shape.sensitive || HIDDEN_MEMBERS.contains(&member.name);
        let value = if hidden { Value::from(HIDDEN) } else { self::value(member.shape, found) };
        // CloudTrail writes members with a small letter.
        let mut name = member.name.to_owned();
        name[..1].make_ascii_lowercase();
        Some((name, value))
    };
    Value::Object(shape.members.iter().filter_map(shown).collect())
}

fn value(shape: &Shape, found: &Value) -> Value {
    match (shape, found) {
        (Shape::Structure(shape), found) => structure(shape, found),
        (Shape::List(list), Value::Array(entries)) => {
            entries.iter().map(|entry| value(list.member, entry)).collect()
        }
        (Shape::Map(map), Value::Object(entries)) => {
            let entries = entries.iter().map(|(key, entry)| (key.clone(), value(map.value, entry)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        (Shape::Text(text), _) if text.sensitive => Value::from(HIDDEN),
        (_, found) => found.clone(),
    }
}
