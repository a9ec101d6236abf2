//! Trust policies: who may assume a role.

use crate::PolicyError;
use crate::context::Context;
use crate::document::statements;
use crate::json::Json;
use crate::statement::{Effect, Statement};

/// The trust policy of a role.
#[derive(Clone, Debug, PartialEq)]
pub struct TrustPolicy(Vec<(Statement, Vec<Trusted>)>);

#[derive(Clone, Debug, PartialEq)]
enum Trusted {
    Anybody,
    /// The account decides with its own policies which of its people may.
    Account(String),
    /// A user, a role, or a session of a role.
    Arn(String),
    /// A service or an identity provider: nobody who signs requests here.
    Other,
}

/// Who wants to assume the role.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// Twelve digits.
    pub account: &'a str,
    /// The ARNs of the policy that mean the caller: the user's or the session's, and that of the session's role.
    pub arns: &'a [String],
}

/// What a trust policy says of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustDecision {
    /// The caller is named: in the role's own account that is enough.
    Named,
    /// The caller's account is trusted, and its own policies must allow.
    Account,
    /// It is not trusted.
    Untrusted,
    /// It is refused explicitly.
    Refused,
}

impl TrustPolicy {
    /// Reads a document.
    ///
    /// # Errors
    /// As [`crate::Policy::parse`]; each statement must have a Principal and no Resource.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut read = Vec::new();
        for (index, parts) in statements(text, false)?.into_iter().enumerate() {
            let path = format!("Statement[{index}].Principal");
            let principal = parts.principal.ok_or_else(|| PolicyError::new(&path, "is missing"))?;
            read.push((parts.statement, trusted(principal, &path)?));
        }
        Ok(Self(read))
    }

    /// The users, roles and sessions that it names, in any statement.
    pub fn arns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|(_, trusted)| trusted).filter_map(|trusted| match trusted {
            Trusted::Arn(arn) => Some(arn.as_str()),
            Trusted::Anybody | Trusted::Account(_) | Trusted::Other => None,
        })
    }

    /// Whether the caller may do `action` (`sts:AssumeRole`).
    #[must_use]
    pub fn decide(&self, action: &str, caller: Caller<'_>, context: &Context) -> TrustDecision {
        let lower_action = action.to_ascii_lowercase();
        let mut decision = TrustDecision::Untrusted;
        for (statement, trusted) in &self.0 {
            let Some(how) = named(trusted, caller) else { continue };
            if !statement.applies(&lower_action, "", context) {
                continue;
            }
            match (statement.effect, how) {
                (Effect::Deny, _) => return TrustDecision::Refused,
                (Effect::Allow, TrustDecision::Named) => decision = TrustDecision::Named,
                (Effect::Allow, how) if decision == TrustDecision::Untrusted => decision = how,
                (Effect::Allow, _) => {}
            }
        }
        decision
    }
}

/// How a list of principals names a caller, if it does.
fn named(trusted: &[Trusted], caller: Caller<'_>) -> Option<TrustDecision> {
    let arn = |trusted: &Trusted| match trusted {
        Trusted::Anybody => true,
        Trusted::Arn(arn) => caller.arns.contains(arn),
        Trusted::Account(_) | Trusted::Other => false,
    };
    if trusted.iter().any(arn) {
        return Some(TrustDecision::Named);
    }
    let account = |trusted: &Trusted| matches!(trusted, Trusted::Account(id) if id == caller.account);
    trusted.iter().any(account).then_some(TrustDecision::Account)
}

fn trusted(json: Json, path: &str) -> Result<Vec<Trusted>, PolicyError> {
    if json == Json::Text("*".to_owned()) {
        return Ok(vec![Trusted::Anybody]);
    }
    let mut all = Vec::new();
    for (kind, values) in json.object(path)? {
        let path = format!("{path}.{kind}");
        let values = values.texts(&path)?;
        match kind.as_str() {
            "AWS" => {
                for value in values {
                    all.push(aws(&value, &path)?);
                }
            }
            "Service" | "Federated" => all.extend(values.iter().map(|_| Trusted::Other)),
            _ => return Err(PolicyError::new(path, "is no kind of principal")),
        }
    }
    if all.is_empty() { Err(PolicyError::new(path, "must not be empty")) } else { Ok(all) }
}

fn aws(value: &str, path: &str) -> Result<Trusted, PolicyError> {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if value == "*" {
        return Ok(Trusted::Anybody);
    }
    if is_account(value) {
        return Ok(Trusted::Account(value.to_owned()));
    }
    let parts: Vec<_> = value.splitn(6, ':').collect();
    match parts[..] {
        ["arn", "aws", "iam", "", account, "root"] if is_account(account) => {
            Ok(Trusted::Account(account.to_owned()))
        }
        ["arn", "aws", "iam" | "sts", "", account, name]
            if is_account(account) && name.contains('/') && !name.contains(['*', '?', '$']) =>
        {
            Ok(Trusted::Arn(value.to_owned()))
        }
        _ => Err(PolicyError::new(
            path,
            format!(
                "'{value}' is no principal: it must be an account, or the ARN of a user, a role or a session"
            ),
        )),
    }
}
