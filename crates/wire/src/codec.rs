//! From bodies to typed inputs and from typed outputs to bodies.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::check::{Strictness, check};
use crate::document::Document;
use crate::error::ApiError;
use crate::generated::operations::Operation;
use crate::protocol::Protocol;
use crate::schema::Structure;

/// A structure of the API: implemented by every generated one, and by nothing else.
pub trait WireShape: Serialize + DeserializeOwned {
    /// The table of its members and their constraints.
    const STRUCTURE: &'static Structure;
}

/// An operation as a type, which ties its name to its input and output. A handler of `O` is a function from `O::Input` to
/// `Result<O::Output, ApiError>`.
pub trait Op {
    /// What a request holds.
    type Input: WireShape;
    /// What a successful response holds.
    type Output: WireShape;
    /// Its name and errors.
    const OPERATION: Operation;
}

/// Reads a request's body and checks it against the model's constraints. Members that the model does not know are ignored,
/// and null is absence, as AWS has it.
///
/// # Errors
/// SerializationException if the body is malformed or a value has the wrong type; ValidationException, naming up to ten
/// violations, if a constraint is not met. A type error anywhere wins.
pub fn decode<T: WireShape>(protocol: Protocol, body: &[u8]) -> Result<T, ApiError> {
    read(protocol, body, Strictness::Constraints)
}

/// Reads a successful response's body: types are checked, constraints are the service's own affair.
///
/// # Errors
/// SerializationException if the body is malformed, lacks a required member or has a value of the wrong type.
pub fn decode_reply<T: WireShape>(protocol: Protocol, body: &[u8]) -> Result<T, ApiError> {
    read(protocol, body, Strictness::Types)
}

/// Does all that [`decode`] does for the input of `operation` but to build the typed value, so that operations which are
/// not built yet answer errors of shape first, like all others.
///
/// # Errors
/// As [`decode`].
pub fn validate_only(operation: Operation, protocol: Protocol, body: &[u8]) -> Result<(), ApiError> {
    check(operation.input(), Document::read(protocol, body)?, Strictness::Constraints).map(drop)
}

/// Writes a structure. An empty one is an empty map, which clients accept for operations without output.
///
/// # Errors
/// InternalFailure if a value cannot be written; no generated structure holds such a value.
pub fn encode<T: WireShape>(protocol: Protocol, value: &T) -> Result<Vec<u8>, ApiError> {
    write(protocol, value)
}

fn read<T: WireShape>(protocol: Protocol, body: &[u8], strictness: Strictness) -> Result<T, ApiError> {
    let value = check(T::STRUCTURE, Document::read(protocol, body)?, strictness)?;
    // What was checked against the constraints fits the type; only a reply may still lack a required member or have a name
    // that this version does not know.
    serde_json::from_value(value)
        .map_err(|error| ApiError::serialization(format!("{}: {error}", T::STRUCTURE.name)))
}

pub(crate) fn write<T: Serialize>(protocol: Protocol, value: &T) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    let written = match protocol {
        Protocol::Json => serde_json::to_writer(&mut bytes, value).is_ok(),
        Protocol::Cbor => ciborium::into_writer(value, &mut bytes).is_ok(),
    };
    if written { Ok(bytes) } else { Err(ApiError::internal_failure("The response could not be written.")) }
}

impl Operation {
    /// Whether a request must have members: an empty body can only be refused.
    #[must_use]
    pub fn requires_input(self) -> bool {
        self.input().members.iter().any(|member| member.required)
    }

    /// The table of its input, from which its constraints can be read.
    #[must_use]
    pub fn input_structure(self) -> &'static Structure {
        self.input()
    }
}
