//! Tables of calls and what they must answer.

use millrace_wire::Protocol;
use serde_json::{Value, json};

use super::harness::{Installation, OWNER};

/// What a call must answer: these members at least, or that error with these words in its message.
pub(super) enum Expect {
    Ok(Value),
    Error(&'static str, &'static str),
}

/// Makes calls one after the other, the first of a pair in JSON, the second in CBOR, and so on.
pub(super) async fn check(installation: &Installation, calls: Vec<(&str, Value, Expect)>) {
    for (number, (operation, input, expected)) in calls.into_iter().enumerate() {
        let protocol = if number % 2 == 0 { Protocol::Json } else { Protocol::Cbor };
        let answer = installation.call_as(OWNER, protocol, operation, input.clone()).await;
        match (answer, expected) {
            (Ok(answer), Expect::Ok(expected)) => {
                assert!(holds(&answer, &expected), "{operation} {input}: {answer}");
            }
            (Err((code, message)), Expect::Error(expected, words)) => {
                assert_eq!(code, expected, "{operation} {input}: {message}");
                assert!(message.contains(words), "{operation} {input}: {message}");
            }
            (Ok(answer), Expect::Error(expected, _)) => {
                panic!("{operation} {input}: {answer} instead of {expected}")
            }
            (Err(error), Expect::Ok(_)) => panic!("{operation} {input}: {error:?}"),
        }
    }
}

/// Whether `answer` has all that `expected` has; null stands for absence.
pub(super) fn holds(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => expected
            .iter()
            .all(|(name, value)| answer.get(name).map_or(value.is_null(), |found| holds(found, value))),
        (Value::Array(answer), Value::Array(expected)) => {
            answer.len() == expected.len()
                && answer.iter().zip(expected).all(|(found, value)| holds(found, value))
        }
        _ => answer == expected,
    }
}

/// The input of CreateFleet for a fleet `f`, with these members changed; null takes one away.
pub(super) fn fleet(more: Value) -> Value {
    let mut input = json!({
        "Name": "f", "ImageName": "image", "InstanceType": "stream.standard.small",
        "ComputeCapacity": {"DesiredInstances": 1},
    });
    let Value::Object(more) = more else { panic!("{more}") };
    for (name, value) in more {
        match value {
            Value::Null => input.as_object_mut().unwrap().remove(&name),
            value => input.as_object_mut().unwrap().insert(name, value),
        };
    }
    input
}
