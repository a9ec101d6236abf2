//! Values that shapes allow, made from the shapes' own tables.

use millrace_wire::schema::{Shape, Structure, Text};
use millrace_wire::{Operation, Protocol, validate_only};
use serde_json::{Map, Value, json};

use crate::patterns;

pub(crate) const PROTOCOLS: [Protocol; 2] = [Protocol::Json, Protocol::Cbor];

/// `value` in the given protocol, as a client might write it.
pub(crate) fn bytes(protocol: Protocol, value: &Value) -> Vec<u8> {
    match protocol {
        Protocol::Json => serde_json::to_vec(value).unwrap(),
        Protocol::Cbor => {
            let mut bytes = Vec::new();
            ciborium::into_writer(value, &mut bytes).unwrap();
            bytes
        }
    }
}

/// Code and message of what `operation` answers to `body`, which must be the same in both protocols; none if it is taken.
pub(crate) fn refusal(operation: Operation, body: &Value) -> Option<(&'static str, String)> {
    let [json, cbor] = PROTOCOLS.map(|protocol| {
        validate_only(operation, protocol, &bytes(protocol, body))
            .err()
            .map(|error| (error.code().name(), error.message().to_owned()))
    });
    assert_eq!(json, cbor, "{operation}: {body}");
    json
}

/// A structure with its required members only.
pub(crate) fn structure(structure: &Structure) -> Value {
    let members = structure.members.iter().filter(|member| member.required);
    Value::Object(members.map(|member| (member.name.to_owned(), shape(member.shape))).collect())
}

/// A value that keeps all constraints.
pub(crate) fn shape(shape_: &Shape) -> Value {
    match shape_ {
        Shape::Boolean => json!(true),
        Shape::Timestamp => json!(1_795_448_400),
        Shape::Number(number) => json!(number.min.or(number.max).unwrap_or(7)),
        Shape::Text(text_) => json!(text(text_)),
        Shape::List(list) => json!(vec![shape(list.member); list.min.unwrap_or(1).max(1) as usize]),
        Shape::Map(map) => {
            let entries =
                (0..map.min.unwrap_or(1).max(1)).map(|index| (format!("key{index}"), shape(map.value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Shape::Structure(inner) => structure(inner),
    }
}

fn text(text: &Text) -> String {
    if let Some(first) = text.values.first() {
        return (*first).to_owned();
    }
    match text.pattern {
        Some(pattern) => patterns::examples(pattern.as_str()).0[0].to_owned(),
        None => "a".repeat(text.min.unwrap_or(1).max(1) as usize),
    }
}
