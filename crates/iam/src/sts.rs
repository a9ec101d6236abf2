//! AssumeRole and GetCallerIdentity.

use std::sync::Arc;

use millrace_policy::{Caller, Context, Decision, Denial, TrustDecision, iso8601};

use crate::account::{Account, Role};
use crate::answer::Node;
use crate::document::Document;
use crate::entropy::{Entropy, id, secret};
use crate::error::IamError;
use crate::params::Params;
use crate::principal::Principal;
use crate::token::SessionToken;
use crate::trusted;
use crate::vault::Vault;

/// The longest session policy, in characters.
const LONGEST_POLICY: usize = 2048;
/// The most managed session policies.
const MOST_POLICIES: usize = 10;

/// A role that is assumed.
#[derive(Clone, Debug)]
pub struct Assumed {
    /// The answer, which holds the secret.
    pub answer: Node,
    /// For the audit trail: the access key's id.
    pub access_key_id: String,
}

/// Who the caller is. Everybody may ask.
#[must_use]
pub fn caller_identity(principal: &Principal) -> Node {
    Node::Members(vec![
        ("Arn", principal.arn().into()),
        ("UserId", principal.user_id().into()),
        ("Account", principal.account().id.as_str().into()),
    ])
}

/// What is known of a call of AssumeRole.
#[derive(Clone, Copy, Debug)]
pub struct AssumeRole<'a> {
    /// Who calls.
    pub principal: &'a Principal,
    /// The account that the role's ARN names, if there is one.
    pub role_account: Option<&'a Arc<Account>>,
    /// The parameters.
    pub params: &'a Params,
    /// What conditions of the trust policy can ask.
    pub context: &'a Context,
    /// What the caller's own policies say of sts:AssumeRole on the role.
    pub own: Decision,
    /// Milliseconds since 1970-01-01 UTC.
    pub now: i64,
    /// Seals the token.
    pub vault: &'a Vault,
}

/// Gives out temporary credentials.
///
/// # Errors
/// AccessDenied, whether the role does not exist or does not trust the caller; ValidationError, MalformedPolicyDocument.
pub fn assume_role(call: AssumeRole<'_>, entropy: &mut dyn Entropy) -> Result<Assumed, IamError> {
    let AssumeRole { principal, role_account, params, context, own, now, vault } = call;
    let arn = params.required("RoleArn")?;
    let name = session_name(params.required("RoleSessionName")?)?;
    let chained = matches!(principal, Principal::Session { .. });
    // A session that begins another is bounded more narrowly, as in AWS.
    let most = if chained { 3600 } else { 43_200 };
    let seconds = params.number("DurationSeconds", 900, most)?.unwrap_or(3600);
    let (policy, policy_arns) = session_policies(params)?;
    for unsupported in ["Tags.member.1.Key", "TransitiveTagKeys.member.1", "SerialNumber", "SourceIdentity"] {
        if params.get(unsupported).is_some() {
            let name = unsupported.split('.').next().unwrap_or(unsupported);
            return Err(IamError::invalid(format!("{name} is not supported by this installation.")));
        }
    }
    let refused = || {
        IamError::denied(format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            principal.arn()
        ))
    };
    let account = role_account.ok_or_else(refused)?;
    let role = account.roles.values().find(|role| role.arn(&account.id) == arn).ok_or_else(refused)?;
    if !trusts(role, account, principal, context, own) {
        return Err(refused());
    }
    if seconds > role.max_session_seconds {
        return Err(IamError::invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    if let Some(missing) = policy_arns.iter().find(|arn| account.managed(arn).is_none()) {
        return Err(IamError::missing("policy", missing));
    }
    let (access_key_id, secret) = (id(entropy, "ASIA"), secret(entropy));
    let token = SessionToken {
        account: account.id.clone(),
        role: role.entity.name.clone(),
        role_id: role.entity.id.clone(),
        session: name.to_owned(),
        secret: secret.clone(),
        issued_at: now,
        expires_at: now + seconds * 1000,
        policy,
        policy_arns,
    };
    let sealed = token
        .seal(&access_key_id, vault, entropy)
        .map_err(|_| IamError::of_request(500, "InternalFailure", "The session could not be begun."))?;
    let credentials = Node::Members(vec![
        ("AccessKeyId", access_key_id.as_str().into()),
        ("SecretAccessKey", secret.into()),
        ("SessionToken", sealed.into()),
        ("Expiration", iso8601(token.expires_at).into()),
    ]);
    let user = Node::Members(vec![
        ("AssumedRoleId", format!("{}:{name}", role.entity.id).into()),
        ("Arn", format!("arn:aws:sts::{}:assumed-role/{}/{name}", account.id, role.entity.name).into()),
    ]);
    let answer = Node::Members(vec![
        ("Credentials", credentials),
        ("AssumedRoleUser", user),
        ("PackedPolicySize", Node::Number(0)),
    ]);
    Ok(Assumed { answer, access_key_id })
}

/// In its own account a role can name who may assume it; else the caller's policies must allow it as well.
fn trusts(role: &Role, account: &Account, principal: &Principal, context: &Context, own: Decision) -> bool {
    // The root of an account cannot assume roles, as in AWS: its sessions would be narrower than it is.
    let (Some(policy), false) = (role.trust.policy(), matches!(principal, Principal::Root { .. })) else {
        return false;
    };
    let arns = role.trusted.as_ref().map(|bound| trusted::arns_of(bound, principal)).unwrap_or_default();
    let home = &principal.account().id;
    let caller = Caller { account: home, arns: &arns };
    let refuses = matches!(own, Decision::Denied(Denial::Explicit(_)));
    match policy.decide("sts:AssumeRole", caller, context) {
        TrustDecision::Named if *home == account.id => !refuses,
        TrustDecision::Named | TrustDecision::Account => own == Decision::Allowed,
        TrustDecision::Untrusted | TrustDecision::Refused => false,
    }
}

fn session_name(name: &str) -> Result<&str, IamError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if (2..=64).contains(&name.len()) && name.bytes().all(plain) {
        return Ok(name);
    }
    Err(IamError::invalid(format!(
        "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    )))
}

fn session_policies(params: &Params) -> Result<(Option<String>, Vec<String>), IamError> {
    let policy = params.get("Policy");
    if let Some(text) = policy {
        if text.chars().count() > LONGEST_POLICY {
            return Err(IamError::of_request(
                400,
                "PackedPolicyTooLarge",
                format!("A session policy has at most {LONGEST_POLICY} characters."),
            ));
        }
        Document::new(text).map_err(|error| IamError::malformed(&error))?;
    }
    let mut arns = Vec::new();
    for index in 1.. {
        let Some(arn) = params.get(&format!("PolicyArns.member.{index}.arn")) else { break };
        if index > MOST_POLICIES {
            return Err(IamError::invalid(format!("At most {MOST_POLICIES} PolicyArns can be passed.")));
        }
        arns.push(arn.to_owned());
    }
    Ok((policy.map(str::to_owned), arns))
}
