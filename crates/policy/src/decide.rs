//! What all policies together decide.

use crate::context::Context;
use crate::document::Policy;
use crate::statement::Effect;

/// What is to be decided.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `service:Name`, such as `appstream:CreateFleet`.
    pub action: &'a str,
    /// The ARN of the resource, or `*` for actions that have none.
    pub resource: &'a str,
    /// What else is known.
    pub context: &'a Context,
}

/// The policies that a caller is under.
#[derive(Clone, Debug, Default)]
pub struct Policies<'a> {
    /// Those of the user and its groups, or of the role: any of them may allow.
    pub identity: Vec<&'a Policy>,
    /// The permissions boundary, if there is one: it must allow as well.
    pub boundary: Option<&'a Policy>,
    /// Those that were given as the session began, if there were any: one of them must allow as well.
    pub session: Option<Vec<&'a Policy>>,
}

impl Policies<'_> {
    /// Whether any of them needs a condition key that begins with `prefix`, such as `aws:ResourceTag/`: what nobody asks for need not be
    /// looked up.
    #[must_use]
    pub fn ask_for(&self, prefix: &str) -> bool {
        let lower = prefix.to_ascii_lowercase();
        let all = self.identity.iter().chain(self.boundary.iter()).chain(self.session.iter().flatten());
        all.flat_map(|policy| &policy.statements).any(|statement| statement.asks_for(&lower))
    }
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may be done.
    Allowed,
    /// It may not.
    Denied(Denial),
}

/// Why it may not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// A statement denies it.
    Explicit(Source),
    /// No statement allows it.
    Implicit(Source),
}

/// A kind of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Policies of users, groups and roles.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// Session policies.
    Session,
}

/// Decides one request: pure, and without errors.
#[must_use]
pub fn decide(policies: &Policies<'_>, request: &Request<'_>) -> Decision {
    let lower_action = request.action.to_ascii_lowercase();
    let verdict = |all: &[&Policy]| verdict(all, &lower_action, request);
    let mut verdicts = vec![(Source::Identity, verdict(&policies.identity))];
    if let Some(boundary) = policies.boundary {
        verdicts.push((Source::Boundary, verdict(&[boundary])));
    }
    if let Some(session) = &policies.session {
        verdicts.push((Source::Session, verdict(session)));
    }
    let first = |wanted: Option<Effect>| {
        verdicts.iter().find(|(_, found)| *found == wanted).map(|(source, _)| *source)
    };
    if let Some(source) = first(Some(Effect::Deny)) {
        return Decision::Denied(Denial::Explicit(source));
    }
    first(None).map_or(Decision::Allowed, |source| Decision::Denied(Denial::Implicit(source)))
}

/// What policies of one kind say: Deny if any statement denies, else Allow if any allows, else nothing.
fn verdict(policies: &[&Policy], lower_action: &str, request: &Request<'_>) -> Option<Effect> {
    let mut allowed = None;
    for statement in policies.iter().flat_map(|policy| &policy.statements) {
        // One statement that allows is enough; those that deny must all be looked at.
        if (statement.effect == Effect::Allow && allowed.is_some())
            || !statement.applies(lower_action, request.resource, request.context)
        {
            continue;
        }
        match statement.effect {
            Effect::Deny => return Some(Effect::Deny),
            Effect::Allow => allowed = Some(Effect::Allow),
        }
    }
    allowed
}
