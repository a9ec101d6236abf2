//! One statement of a policy.

use crate::PolicyError;
use crate::condition::Condition;
use crate::context::Context;
use crate::json::Json;
use crate::pattern::{Match, Pattern, Syntax};

/// What a statement does when it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It allows, unless another statement denies.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

/// A list that means either what is in it or all but what is in it.
#[derive(Clone, Debug, PartialEq)]
struct Listed {
    patterns: Vec<Pattern>,
    /// NotAction, NotResource.
    negated: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    pub(crate) effect: Effect,
    actions: Listed,
    /// `None` in trust policies, which are about the role they belong to.
    resources: Option<Listed>,
    conditions: Vec<Condition>,
}

/// The members of a statement that every kind of policy reads in its own way.
pub(crate) struct Parts {
    pub(crate) statement: Statement,
    pub(crate) sid: Option<String>,
    pub(crate) principal: Option<Json>,
}

const ANYTHING: Syntax = Syntax { wildcards: true, variables: false };

impl Statement {
    /// Reads a statement; `with_resources` tells whether it must name resources (and no principal) or must not (and a principal instead).
    pub(crate) fn parse(
        json: Json,
        variables: bool,
        with_resources: bool,
        path: &str,
    ) -> Result<Parts, PolicyError> {
        let (mut effect, mut actions, mut resources) = (None, None, None);
        let (mut conditions, mut sid, mut principal) = (Vec::new(), None, None);
        for (key, value) in json.object(path)? {
            let at = format!("{path}.{key}");
            match key.as_str() {
                "Sid" => sid = Some(read_sid(value, &at)?),
                "Effect" => effect = Some(read_effect(&value, &at)?),
                "Action" | "NotAction" => {
                    let patterns =
                        value.texts(&at)?.iter().map(|text| action(text, &at)).collect::<Result<_, _>>()?;
                    set(&mut actions, Listed { patterns, negated: key == "NotAction" }, path, "Action")?;
                }
                "Resource" | "NotResource" if with_resources => {
                    let texts = value.texts(&at)?;
                    let patterns =
                        texts.iter().map(|text| resource(text, variables, &at)).collect::<Result<_, _>>()?;
                    set(
                        &mut resources,
                        Listed { patterns, negated: key == "NotResource" },
                        path,
                        "Resource",
                    )?;
                }
                "Condition" => conditions = Condition::all(value, variables, &at)?,
                "Principal" if !with_resources => principal = Some(value),
                _ => return Err(PolicyError::new(at, "is not an element of this kind of policy")),
            }
        }
        let missing = |what: &str| PolicyError::new(path, format!("has no {what}"));
        if with_resources && resources.is_none() {
            return Err(missing("Resource"));
        }
        let statement = Self {
            effect: effect.ok_or_else(|| missing("Effect"))?,
            actions: actions.ok_or_else(|| missing("Action"))?,
            resources,
            conditions,
        };
        Ok(Parts { statement, sid, principal })
    }

    /// Whether it is about this action on this resource in this context.
    pub(crate) fn applies(&self, lower_action: &str, resource: &str, context: &Context) -> bool {
        self.actions.contains(lower_action, context, self.effect)
            && self.resources.as_ref().is_none_or(|listed| listed.contains(resource, context, self.effect))
            && self.conditions.iter().all(|condition| condition.holds(context, self.effect))
    }

    /// Whether it needs a condition key that begins so, in lower case.
    pub(crate) fn asks_for(&self, prefix: &str) -> bool {
        let resources = self.resources.iter().flat_map(|listed| &listed.patterns);
        resources.into_iter().any(|pattern| pattern.asks_for(prefix))
            || self.conditions.iter().any(|condition| condition.asks_for(prefix))
    }

    /// A statement that denies everything.
    pub(crate) fn deny_all() -> Self {
        let nothing = || Listed { patterns: Vec::new(), negated: true };
        Self { effect: Effect::Deny, actions: nothing(), resources: Some(nothing()), conditions: Vec::new() }
    }
}

impl Listed {
    fn contains(&self, text: &str, context: &Context, effect: Effect) -> bool {
        match Match::any(self.patterns.iter().map(|pattern| pattern.matches(text, context))) {
            Match::Yes => !self.negated,
            Match::No => self.negated,
            // A variable has no value here: see `Condition::holds`.
            Match::Unknown => self.negated && effect == Effect::Deny,
        }
    }
}

fn set(slot: &mut Option<Listed>, value: Listed, path: &str, what: &str) -> Result<(), PolicyError> {
    if slot.replace(value).is_some() {
        return Err(PolicyError::new(path, format!("has both {what} and Not{what}")));
    }
    Ok(())
}

fn read_sid(value: Json, path: &str) -> Result<String, PolicyError> {
    match value {
        Json::Text(sid) if sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Ok(sid),
        _ => Err(PolicyError::new(path, "must be of A-Z, a-z and 0-9")),
    }
}

fn read_effect(value: &Json, path: &str) -> Result<Effect, PolicyError> {
    match value {
        Json::Text(text) if text == "Allow" => Ok(Effect::Allow),
        Json::Text(text) if text == "Deny" => Ok(Effect::Deny),
        _ => Err(PolicyError::new(path, "must be Allow or Deny")),
    }
}

/// `service:Name` with wildcards, or `*`. Names of actions have no case.
fn action(text: &str, path: &str) -> Result<Pattern, PolicyError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let wild = |byte: u8| plain(byte) || b"*?".contains(&byte);
    // As in AWS, a vendor is one: only names of actions have wildcards.
    let valid = text == "*"
        || text.split_once(':').is_some_and(|(service, name)| {
            !service.is_empty() && service.bytes().all(plain) && !name.is_empty() && name.bytes().all(wild)
        });
    if !valid {
        return Err(PolicyError::new(
            path,
            format!("'{text}' is no action: it must be like appstream:Describe*"),
        ));
    }
    Pattern::parse(&text.to_ascii_lowercase(), ANYTHING, path)
}

/// An ARN with wildcards and variables, or `*`.
fn resource(text: &str, variables: bool, path: &str) -> Result<Pattern, PolicyError> {
    let pattern = Pattern::parse(text, Syntax { wildcards: true, variables }, path)?;
    if pattern.is_everything() || text.starts_with("arn:") && text.len() <= 2048 {
        return Ok(pattern);
    }
    Err(PolicyError::new(path, format!("'{text}' is no resource: it must be an ARN or *")))
}
