//! A slow model of the rules: written straight over the JSON, with recursion and without any of the crate's types.

use serde_json::Value;

/// Key in lower case, and its values.
pub(crate) type Facts = Vec<(String, Vec<String>)>;

fn values<'a>(facts: &'a Facts, key: &str) -> &'a [String] {
    let key = key.to_lowercase();
    facts.iter().find(|(known, _)| *known == key).map_or(&[], |(_, values)| values.as_slice())
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(entries) => entries.iter().flat_map(list).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// A character, `*`, `?`, or a variable that has no value.
#[derive(Clone, PartialEq)]
enum Sign {
    Plain(char),
    Any,
    One,
}

/// None if a variable has no value.
fn signs(pattern: &str, facts: &Facts, wildcards: bool) -> Option<Vec<Sign>> {
    let mut signs = Vec::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix("${") {
            let (name, after) = inside.split_once('}').unwrap();
            rest = after;
            let value = match name {
                "*" | "?" | "$" => name.to_owned(),
                _ => match values(facts, name) {
                    [one] => one.clone(),
                    _ => return None,
                },
            };
            signs.extend(value.chars().map(Sign::Plain));
            continue;
        }
        let character = rest.chars().next().unwrap();
        rest = &rest[character.len_utf8()..];
        signs.push(match character {
            '*' if wildcards => Sign::Any,
            '?' if wildcards => Sign::One,
            other => Sign::Plain(other),
        });
    }
    Some(signs)
}

fn glob(pattern: &[Sign], text: &[char]) -> bool {
    match (pattern.first(), text.first()) {
        (None, None) => true,
        (Some(Sign::Any), None) => glob(&pattern[1..], text),
        (Some(Sign::Any), Some(_)) => glob(&pattern[1..], text) || glob(pattern, &text[1..]),
        (Some(Sign::One), Some(_)) => glob(&pattern[1..], &text[1..]),
        (Some(Sign::Plain(wanted)), Some(found)) => wanted == found && glob(&pattern[1..], &text[1..]),
        _ => false,
    }
}

/// Yes, no, or nobody knows.
fn like(pattern: &str, text: &str, facts: &Facts, wildcards: bool) -> Option<bool> {
    signs(pattern, facts, wildcards).map(|signs| glob(&signs, &text.chars().collect::<Vec<_>>()))
}

fn one_of(patterns: &[String], test: impl Fn(&str) -> Option<bool>) -> Option<bool> {
    let found: Vec<_> = patterns.iter().map(|pattern| test(pattern)).collect();
    if found.contains(&Some(true)) {
        Some(true)
    } else if found.contains(&None) {
        None
    } else {
        Some(false)
    }
}

fn element(statement: &Value, name: &str, text: &str, facts: &Facts, deny: bool) -> bool {
    let test = |pattern: &str| {
        if name == "Action" {
            like(&pattern.to_lowercase(), &text.to_lowercase(), facts, true)
        } else {
            like(pattern, text, facts, true)
        }
    };
    if let Some(patterns) = statement.get(name) {
        return one_of(&list(patterns), test) == Some(true);
    }
    match one_of(&list(&statement[format!("Not{name}")]), test) {
        Some(found) => !found,
        None => deny,
    }
}

fn compare(base: &str, value: &str, wanted: &[String], facts: &Facts) -> Option<bool> {
    let number = value.parse::<i64>().ok();
    match base {
        "StringEquals" => one_of(wanted, |pattern| like(pattern, value, facts, false)),
        "StringLike" => one_of(wanted, |pattern| like(pattern, value, facts, true)),
        "StringEqualsIgnoreCase" => {
            // What stands for a variable is compared without regard to case, too.
            let lower = |(key, values): &(String, Vec<String>)| {
                (key.clone(), values.iter().map(|value| value.to_lowercase()).collect())
            };
            let facts = facts.iter().map(lower).collect();
            one_of(wanted, |pattern| like(&pattern.to_lowercase(), &value.to_lowercase(), &facts, false))
        }
        "NumericEquals" => {
            number.map(|number| wanted.iter().any(|wanted| number == wanted.parse::<i64>().unwrap()))
        }
        "NumericLessThan" => {
            number.map(|number| wanted.iter().any(|wanted| number < wanted.parse::<i64>().unwrap()))
        }
        "NumericGreaterThanEquals" => {
            number.map(|number| wanted.iter().any(|wanted| number >= wanted.parse::<i64>().unwrap()))
        }
        "Bool" => match value.to_lowercase().as_str() {
            "true" | "false" => {
                Some(wanted.iter().any(|wanted| wanted.to_lowercase() == value.to_lowercase()))
            }
            _ => None,
        },
        other => panic!("{other}"),
    }
}

fn condition(operator: &str, key: &str, wanted: &Value, facts: &Facts, deny: bool) -> bool {
    let found = values(facts, key);
    let wanted = list(wanted);
    if operator == "Null" {
        return wanted.contains(&found.is_empty().to_string());
    }
    let (set, base) = operator.split_once(':').unwrap_or(("", operator));
    let if_exists = base.ends_with("IfExists");
    let base = base.trim_end_matches("IfExists");
    let not = base.contains("Not");
    let base = base.replace("Not", "");
    let holds: Vec<bool> = found
        .iter()
        .map(|value| match compare(&base, value, &wanted, facts) {
            Some(matches) => matches != not,
            None => deny && not,
        })
        .collect();
    match (set, holds.is_empty()) {
        ("ForAllValues", _) => !holds.contains(&false),
        ("ForAnyValue", true) => if_exists,
        ("ForAnyValue", false) => holds.contains(&true),
        (_, true) => if_exists || not,
        (_, false) if deny => holds.contains(&true),
        (_, false) => !holds.contains(&false),
    }
}

fn applies(statement: &Value, action: &str, resource: &str, facts: &Facts) -> bool {
    let deny = statement["Effect"] == "Deny";
    let conditions = statement.get("Condition").and_then(Value::as_object);
    element(statement, "Action", action, facts, deny)
        && element(statement, "Resource", resource, facts, deny)
        && conditions.into_iter().flatten().all(|(operator, keys)| {
            keys.as_object()
                .unwrap()
                .iter()
                .all(|(key, wanted)| condition(operator, key, wanted, facts, deny))
        })
}

/// "deny", "allow", or nothing.
pub(crate) fn verdict(
    policies: &[Value],
    action: &str,
    resource: &str,
    facts: &Facts,
) -> Option<&'static str> {
    let applying: Vec<&Value> = policies
        .iter()
        .flat_map(|policy| policy["Statement"].as_array().unwrap())
        .filter(|statement| applies(statement, action, resource, facts))
        .collect();
    if applying.iter().any(|statement| statement["Effect"] == "Deny") {
        Some("deny")
    } else {
        (!applying.is_empty()).then_some("allow")
    }
}
