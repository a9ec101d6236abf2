//! Generated policies and requests, decided by the crate and by the model.

use millrace_policy::{Context, Decision, Denial, Policies, Policy, Request, Source, decide};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::model::{self, Facts};

const KEYS: &[&str] =
    &["aws:username", "aws:RequestTag/Team", "aws:ResourceTag/Team", "aws:TagKeys", "a:number", "a:bool"];

fn action() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "appstream:StartFleet",
        "appstream:StopFleet",
        "appstream:CreateStack",
        "iam:CreateUser",
    ])
    .prop_map(str::to_owned)
}

fn action_pattern() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "*",
        "appstream:*",
        "appstream:St*Fleet",
        "APPSTREAM:startfleet",
        "appstream:St?pFleet",
        "iam:*",
        "appstream:*k",
        "iam:Create*",
    ])
    .prop_map(str::to_owned)
}

fn resource() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "*",
        "arn:aws:x:r:1:fleet/a",
        "arn:aws:x:r:1:fleet/ab",
        "arn:aws:x:r:1:stack/jane",
        "arn:aws:x:r:1:stack/*",
    ])
    .prop_map(str::to_owned)
}

fn resource_pattern() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "*",
        "arn:aws:x:*",
        "arn:aws:x:r:1:fleet/?",
        "arn:aws:x:*:fleet/a*",
        "arn:aws:x:r:1:stack/${aws:username}",
        "arn:aws:x:r:1:*/${aws:RequestTag/Team}",
        "arn:aws:x:r:1:stack/${*}",
    ])
    .prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "A", "ab", "jane", "*", "b?", "5", "7", "true", "FALSE"])
        .prop_map(str::to_owned)
}

fn text_pattern() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a",
        "A*",
        "?b",
        "*",
        "jane",
        "${aws:username}",
        "x${aws:TagKeys}",
        "${?}",
        "${aws:ResourceTag/Team}*",
    ])
    .prop_map(str::to_owned)
}

fn operator() -> impl Strategy<Value = (String, &'static str)> {
    let base = prop::sample::select(vec![
        ("StringEquals", "text"),
        ("StringNotEquals", "text"),
        ("StringLike", "text"),
        ("StringNotLike", "text"),
        ("StringEqualsIgnoreCase", "text"),
        ("StringNotEqualsIgnoreCase", "text"),
        ("NumericEquals", "number"),
        ("NumericNotEquals", "number"),
        ("NumericLessThan", "number"),
        ("NumericGreaterThanEquals", "number"),
        ("Bool", "bool"),
    ]);
    let set = prop::sample::select(vec!["", "", "ForAllValues:", "ForAnyValue:"]);
    let ordinary = (set, base, any::<bool>()).prop_map(|(set, (base, kind), if_exists)| {
        (format!("{set}{base}{}", if if_exists { "IfExists" } else { "" }), kind)
    });
    prop_oneof![8 => ordinary, 1 => Just(("Null".to_owned(), "bool"))]
}

fn values(kind: &'static str) -> BoxedStrategy<Value> {
    let one = match kind {
        "text" => text_pattern().boxed(),
        "number" => prop::sample::select(vec!["5", "6", "-1"]).prop_map(str::to_owned).boxed(),
        _ => prop::sample::select(vec!["true", "false"]).prop_map(str::to_owned).boxed(),
    };
    prop_oneof![one.clone().prop_map(Value::String), vec(one, 1..3).prop_map(|values| json!(values))].boxed()
}

fn condition() -> impl Strategy<Value = (String, String, Value)> {
    (operator(), prop::sample::select(KEYS)).prop_flat_map(|((operator, kind), key)| {
        values(kind).prop_map(move |values| (operator.clone(), key.to_owned(), values))
    })
}

fn listed(name: &'static str, pattern: BoxedStrategy<String>) -> impl Strategy<Value = (String, Value)> {
    (any::<bool>(), vec(pattern, 1..3)).prop_map(move |(not, patterns)| {
        (if not { format!("Not{name}") } else { name.to_owned() }, json!(patterns))
    })
}

fn statement() -> impl Strategy<Value = Value> {
    let effect = prop::sample::select(vec!["Allow", "Allow", "Deny"]);
    (
        effect,
        listed("Action", action_pattern().boxed()),
        listed("Resource", resource_pattern().boxed()),
        vec(condition(), 0..3),
    )
        .prop_map(|(effect, actions, resources, conditions)| {
            let mut statement = Map::new();
            statement.insert("Effect".to_owned(), json!(effect));
            statement.extend([actions, resources]);
            let mut all = Map::new();
            for (operator, key, values) in conditions {
                let keys = all.entry(operator).or_insert_with(|| json!({}));
                keys.as_object_mut().unwrap().insert(key, values);
            }
            if !all.is_empty() {
                statement.insert("Condition".to_owned(), Value::Object(all));
            }
            Value::Object(statement)
        })
}

fn document() -> impl Strategy<Value = Value> {
    vec(statement(), 1..4).prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

fn facts() -> impl Strategy<Value = Facts> {
    vec(vec(text(), 0..3), KEYS.len())
        .prop_map(|all| KEYS.iter().map(|key| key.to_lowercase()).zip(all).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_model_agrees(
        identity in vec(document(), 0..3),
        boundary in option::of(document()),
        session in option::of(vec(document(), 0..2)),
        action in action(),
        resource in resource(),
        facts in facts(),
    ) {
        let parse = |document: &Value| Policy::parse(&document.to_string()).unwrap();
        let parsed: Vec<_> = identity.iter().map(parse).collect();
        let parsed_boundary = boundary.as_ref().map(parse);
        let parsed_session = session.as_ref().map(|all| all.iter().map(parse).collect::<Vec<_>>());
        let policies = Policies {
            identity: parsed.iter().collect(),
            boundary: parsed_boundary.as_ref(),
            session: parsed_session.as_ref().map(|all| all.iter().collect()),
        };
        let mut context = Context::new();
        for (key, values) in &facts {
            for value in values {
                context.add(key, value.clone());
            }
        }
        let found = decide(&policies, &Request { action: &action, resource: &resource, context: &context });
        let mut verdicts = vec![(Source::Identity, model::verdict(&identity, &action, &resource, &facts))];
        if let Some(boundary) = boundary {
            verdicts.push((Source::Boundary, model::verdict(&[boundary], &action, &resource, &facts)));
        }
        if let Some(session) = session {
            verdicts.push((Source::Session, model::verdict(&session, &action, &resource, &facts)));
        }
        let first = |wanted| verdicts.iter().find(|(_, verdict)| *verdict == wanted).map(|(source, _)| *source);
        let expected = match (first(Some("deny")), first(None)) {
            (Some(source), _) => Decision::Denied(Denial::Explicit(source)),
            (None, Some(source)) => Decision::Denied(Denial::Implicit(source)),
            (None, None) => Decision::Allowed,
        };
        prop_assert_eq!(found, expected);
    }
}
