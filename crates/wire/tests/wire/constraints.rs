//! Both sides of every constraint of every input, derived from the tables themselves, and the wording of violations.

use millrace_wire::operations::{CreateFleet, CreateUser, UpdateFleet};
use millrace_wire::schema::{Shape, Structure, Text};
use millrace_wire::{Op, Operation, Protocol, decode};
use serde_json::{Map, Value, json};

use crate::samples::{self, refusal};

/// One place in an operation's input.
struct Place<'a> {
    operation: Operation,
    /// Where errors say that it is.
    path: String,
    /// A whole body that is right but for what is put here; none leaves the member out.
    body: &'a dyn Fn(Option<Value>) -> Value,
}

impl Place<'_> {
    /// With `value` here, the answer names this place and `rule` if `violates`, and says no such thing otherwise.
    fn check(&self, value: Option<Value>, rule: &str, violates: bool) {
        let body = (self.body)(value);
        let refusal = refusal(self.operation, &body);
        let message = refusal.as_ref().map_or("", |(_, message)| message);
        let named = message.contains(&format!(" at '{}' failed to satisfy constraint: {rule}", self.path));
        assert_eq!(named, violates, "{} at {}: {message}\n{body}", self.operation, self.path);
        if violates {
            assert_eq!(refusal.unwrap().0, "ValidationException");
        }
    }

    /// With a value of a wrong type here, the answer is SerializationException.
    fn check_type(&self, value: Value) {
        let (code, message) =
            refusal(self.operation, &(self.body)(Some(value))).expect("a wrong type is refused");
        assert_eq!(code, "SerializationException", "{} at {}: {message}", self.operation, self.path);
        assert!(message.contains(&self.path), "{message}");
    }

    fn structure(&self, structure: &Structure) {
        for member in structure.members {
            let body = |value: Option<Value>| {
                let mut whole = samples::structure(structure);
                let members = whole.as_object_mut().unwrap();
                members.remove(member.name);
                members.extend(value.map(|value| (member.name.to_owned(), value)));
                (self.body)(Some(whole))
            };
            let dot = if self.path.is_empty() { "" } else { "." };
            let (first, rest) = member.name.split_at(1);
            let path = format!("{}{dot}{}{rest}", self.path, first.to_lowercase());
            let place = Place { operation: self.operation, path, body: &body };
            place.check(None, "Member must not be null", member.required);
            place.check(Some(Value::Null), "Member must not be null", member.required);
            place.shape(member.shape);
        }
    }

    fn shape(&self, shape: &Shape) {
        self.check(Some(samples::shape(shape)), "", false);
        match shape {
            Shape::Boolean => self.check_type(json!("true")),
            Shape::Timestamp => self.check_type(json!("2026-11-23")),
            Shape::Number(number) => {
                self.check_type(json!("7"));
                self.check_type(json!(1.5));
                self.check_type(json!(
                    if number.bits == 32 { i64::from(i32::MAX) + 1 } else { 1 } as f64 * 1e19
                ));
                if let Some(max) = number.max {
                    self.check(Some(json!(max)), "", false);
                    self.check(
                        Some(json!(max + 1)),
                        &format!("Member must have value less than or equal to {max}"),
                        true,
                    );
                }
                if let Some(min) = number.min {
                    self.check(Some(json!(min)), "", false);
                    self.check(
                        Some(json!(min - 1)),
                        &format!("Member must have value greater than or equal to {min}"),
                        true,
                    );
                }
            }
            Shape::Text(text) => {
                self.check_type(json!(7));
                self.check_type(json!({}));
                text_cases(text, &mut |value, rule, violates| self.check(Some(json!(value)), rule, violates));
            }
            Shape::List(list) => {
                self.check_type(json!({}));
                self.sizes(list.min, list.max, &|size| json!(vec![samples::shape(list.member); size]));
                self.list_members(list.member);
            }
            Shape::Map(map) => {
                self.check_type(json!([]));
                self.check_type(json!({ "key": 7 }));
                let entries =
                    |size| (0..size).map(|index| (format!("key{index}"), samples::shape(map.value)));
                self.sizes(map.min, map.max, &|size| Value::Object(entries(size).collect::<Map<_, _>>()));
                self.map_entries(map.key, map.value);
            }
            Shape::Structure(structure) => {
                self.check_type(json!([]));
                self.structure(structure);
            }
        }
    }

    fn sizes(&self, min: Option<u32>, max: Option<u32>, value: &dyn Fn(usize) -> Value) {
        if let Some(max) = max {
            self.check(Some(value(max as usize)), "", false);
            let rule = format!("Member must have length less than or equal to {max}");
            self.check(Some(value(max as usize + 1)), &rule, true);
        }
        if let Some(min) = min.filter(|min| *min > 0) {
            self.check(Some(value(min as usize)), "", false);
            let rule = format!("Member must have length greater than or equal to {min}");
            self.check(Some(value(min as usize - 1)), &rule, true);
        }
    }

    fn list_members(&self, member: &Shape) {
        let body = |value: Option<Value>| (self.body)(Some(Value::Array(value.into_iter().collect())));
        let entry = Place { operation: self.operation, path: format!("{}.1.member", self.path), body: &body };
        match member {
            Shape::Structure(structure) => entry.structure(structure),
            // Violations of plain entries are told of the list as a whole.
            Shape::Text(text) => text_cases(text, &mut |value, rule, violates| {
                // At an edge of the length the pattern may fail, which the list tells in the same words.
                if violates || rule.is_empty() {
                    self.check(Some(json!([value])), "Member must satisfy constraint: [", violates);
                }
            }),
            other => panic!("{} is a list of {other:?}: teach the test", self.path),
        }
        entry.check(Some(Value::Null), "Member must not be null", true);
        entry.check_type(json!(7));
    }

    fn map_entries(&self, key: &Shape, value: &Shape) {
        let (Shape::Text(key), Shape::Text(value)) = (key, value) else {
            panic!("{} is a map of other than strings: teach the test", self.path);
        };
        text_cases(key, &mut |key, _, violates| {
            if violates {
                self.check(Some(json!({ key: "value" })), "Map keys must satisfy constraint: [Member", true);
            }
        });
        text_cases(value, &mut |value, _, violates| {
            if violates {
                self.check(Some(json!({ "key": value })), "Map value must satisfy constraint: [Member", true);
            }
        });
    }
}

/// Calls `check` with strings on both sides of each constraint: the string, the rule, and whether it is violated. A string
/// at the edge of its length need not match the pattern, so only the rule of the length is asked about.
fn text_cases(text: &Text, check: &mut dyn FnMut(&str, &str, bool)) {
    for value in text.values {
        check(value, "", false);
    }
    if !text.values.is_empty() {
        check("NO_SUCH_VALUE", "Member must satisfy enum value set: [", true);
        check(&text.values[0].to_lowercase(), "Member must satisfy enum value set: [", true);
    }
    // Characters count, not bytes.
    let filler = if text.pattern.is_none() { "ä" } else { "a" };
    if let Some(max) = text.max {
        let rule = format!("Member must have length less than or equal to {max}");
        check(&filler.repeat(max as usize), &rule, false);
        check(&filler.repeat(max as usize + 1), &rule, true);
    }
    if let Some(min) = text.min.filter(|min| *min > 0) {
        let rule = format!("Member must have length greater than or equal to {min}");
        check(&filler.repeat(min as usize), &rule, false);
        check(&filler.repeat(min as usize - 1), &rule, true);
    }
    if let Some(pattern) = text.pattern {
        let rule = format!("Member must satisfy regular expression pattern: {}", pattern.as_str());
        let (matching, other) = crate::patterns::examples(pattern.as_str());
        matching.iter().for_each(|value| check(value, &rule, false));
        other.iter().for_each(|value| check(value, &rule, true));
    }
}

#[test]
fn both_sides_of_every_constraint() {
    for &operation in Operation::ALL {
        let structure = operation.input_structure();
        assert_eq!(refusal(operation, &samples::structure(structure)), None, "{operation}");
        let body = |value: Option<Value>| value.unwrap_or(json!({}));
        Place { operation, path: String::new(), body: &body }.structure(structure);
        let required = structure.members.iter().any(|member| member.required);
        assert_eq!(operation.requires_input(), required);
        assert_eq!(refusal(operation, &json!({})).is_some(), required);
    }
}

/// The message of CreateFleet's refusal of `body`.
fn fleet_message(body: &Value) -> String {
    refusal(Operation::CreateFleet, body).expect("it is refused").1
}

#[test]
fn violations_are_worded_as_aws_words_them() {
    assert_eq!(
        fleet_message(&json!({ "Name": "_a", "InstanceType": "stream.standard.small" })),
        "1 validation error detected: Value '_a' at 'name' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$"
    );
    assert_eq!(
        fleet_message(
            &json!({ "FleetType": "SOMETIMES", "VpcConfig": { "SecurityGroupIds": ["a", "b", "c", "d", "e", "f"] } })
        ),
        "4 validation errors detected: Value 'SOMETIMES' at 'fleetType' failed to satisfy constraint: Member must satisfy \
         enum value set: [ALWAYS_ON, ON_DEMAND, ELASTIC]; Value null at 'instanceType' failed to satisfy constraint: Member \
         must not be null; Value null at 'name' failed to satisfy constraint: Member must not be null; Value '[a, b, c, d, \
         e, f]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must have length less than or equal to 5"
    );
    assert_eq!(
        fleet_message(&json!({ "Name": "a", "InstanceType": "b", "Tags": { "aws:a": "b" } })),
        "1 validation error detected: Value '{aws:a=b}' at 'tags' failed to satisfy constraint: Map keys must satisfy \
         constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, \
         Member must satisfy regular expression pattern: ^(^(?!aws:).[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$]"
    );
    assert_eq!(
        fleet_message(&json!({ "Name": "a", "InstanceType": "b", "DisconnectTimeoutInSeconds": 59 })),
        "1 validation error detected: Value '59' at 'disconnectTimeoutInSeconds' failed to satisfy constraint: Member must \
         have value greater than or equal to 60"
    );
}

#[test]
fn sensitive_values_are_not_repeated() {
    let secret = "sec ret";
    let bodies = [
        (
            Operation::CreateUser,
            json!({ "UserName": secret, "FirstName": "sec.ret", "AuthenticationType": "USERPOOL" }),
        ),
        (
            Operation::CreateImportedImage,
            json!({ "Name": "a", "AppCatalogConfig": [{ "Name": secret, "AbsoluteAppPath": "b" }] }),
        ),
    ];
    for (operation, body) in bodies {
        let (_, message) = refusal(operation, &body).unwrap();
        assert!(!message.contains("sec") && message.contains("Value at '"), "{message}");
    }
    let user = json!({ "UserName": "jane", "FirstName": "Jane", "AuthenticationType": "USERPOOL" });
    let user: <CreateUser as Op>::Input = decode(Protocol::Json, user.to_string().as_bytes()).unwrap();
    let printed = format!("{user:?}");
    assert!(!printed.to_lowercase().contains("jane") && printed.contains("***"), "{printed}");
}

#[test]
fn an_answer_is_bounded() {
    let wrong = json!({ "EndpointType": "x".repeat(10_000) });
    let settings = vec![json!({ "Action": "y".repeat(10_000), "Permission": "z" }); 100];
    let body = json!({ "Name": "a", "AccessEndpoints": [wrong], "UserSettings": settings });
    let (_, message) = refusal(Operation::CreateStack, &body).unwrap();
    assert!(message.starts_with("10 validation errors detected: "), "{message}");
    assert!(message.len() < 20_000, "{}", message.len());
}

#[test]
fn what_is_not_known_is_ignored_and_null_is_absence() {
    let body = json!({ "Name": "a", "InstanceType": "b", "Colour": [1.5, null], "Tags": null, "ComputeCapacity": { "DesiredInstances": 2.0 } });
    assert_eq!(refusal(Operation::CreateFleet, &body), None);
    let input: <CreateFleet as Op>::Input = decode(Protocol::Json, body.to_string().as_bytes()).unwrap();
    assert_eq!(input.tags, None);
    assert_eq!(input.compute_capacity.unwrap().desired_instances, Some(2));
}

#[test]
fn a_wrong_type_wins_over_violations() {
    let many = json!({ "Names": (0..20).map(|_| "").collect::<Vec<_>>(), "NextToken": 7 });
    assert_eq!(refusal(Operation::DescribeFleets, &many).unwrap().0, "SerializationException");
}

#[test]
fn an_empty_body_is_an_empty_structure() {
    for (protocol, bytes) in [
        (Protocol::Json, &b""[..]),
        (Protocol::Json, b" {} "),
        (Protocol::Cbor, b""),
        (Protocol::Cbor, b"\xbf\xff"),
    ] {
        let input: <UpdateFleet as Op>::Input = decode(protocol, bytes).unwrap();
        assert_eq!(input, Default::default());
    }
}
