//! Whom a role trusts: the ARNs of its trust policy, each bound to the unique id of what had that name when the policy was put.
//!
//! A name can be given to somebody else, an id cannot. A new user with the name of a trusted one is not trusted, and a trusted user who was renamed
//! still is. AWS does the same (IAM User Guide, "AWS JSON policy elements: Principal").

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::account::Account;
use crate::document::TrustDocument;
use crate::error::IamError;
use crate::principal::Principal;

/// Finds an account of the installation.
pub type Directory<'a> = &'a dyn Fn(&str) -> Option<Arc<Account>>;

/// Unique ids by the ARNs that the trust policy names.
pub(crate) type Bound = BTreeMap<String, String>;

/// Binds every user, role and session that the policy names.
///
/// # Errors
/// There is no such user or role: AWS refuses such a policy too.
pub(crate) fn bind(trust: &TrustDocument, directory: Directory<'_>) -> Result<Bound, IamError> {
    let arns = trust.policy().into_iter().flat_map(|policy| policy.arns());
    arns.map(|arn| {
        let id = id_of(arn, directory).ok_or_else(|| {
            let message = format!("Invalid principal in policy: \"AWS\":\"{arn}\"");
            IamError::of_request(400, "MalformedPolicyDocument", message)
        })?;
        Ok((arn.to_owned(), id))
    })
    .collect()
}

/// As [`bind`], leaving out what does not exist: for policies that were stored before ids were.
pub(crate) fn bind_known(trust: &TrustDocument, directory: Directory<'_>) -> Bound {
    let arns = trust.policy().into_iter().flat_map(|policy| policy.arns());
    arns.filter_map(|arn| Some((arn.to_owned(), id_of(arn, directory)?))).collect()
}

/// The unique id of the user, the role or the session of a role that has the ARN now.
fn id_of(arn: &str, directory: Directory<'_>) -> Option<String> {
    let account = directory(arn.split(':').nth(4)?)?;
    let resource = arn.splitn(6, ':').nth(5)?;
    let name = resource.rsplit('/').next()?;
    if let Some(session) = resource.strip_prefix("assumed-role/") {
        let (role, session) = session.split_once('/')?;
        let role = account.role(role).filter(|known| known.entity.name == role)?;
        return Some(format!("{}:{session}", role.entity.id));
    }
    let user = account.user(name).filter(|user| user.arn(&account.id) == arn).map(|user| &user.entity.id);
    let role = || account.role(name).filter(|role| role.arn(&account.id) == arn).map(|role| &role.entity.id);
    user.or_else(role).cloned()
}

/// The ARN that an id has now.
fn arn_of(id: &str, account: &Account) -> Option<String> {
    if let Some((role, session)) = id.split_once(':') {
        let role = account.roles.values().find(|known| known.entity.id == role)?;
        return Some(format!("arn:aws:sts::{}:assumed-role/{}/{session}", account.id, role.entity.name));
    }
    let user = account.users.values().find(|user| user.entity.id == id).map(|user| user.arn(&account.id));
    let role = || account.roles.values().find(|role| role.entity.id == id).map(|role| role.arn(&account.id));
    user.or_else(role)
}

/// The ARNs of the policy that mean the caller.
pub(crate) fn arns_of(bound: &Bound, principal: &Principal) -> Vec<String> {
    let ids = match principal {
        Principal::Root { .. } => Vec::new(),
        Principal::User { user, .. } => vec![user.entity.id.clone()],
        Principal::Session { session, .. } => vec![session.id(), session.role.entity.id.clone()],
    };
    bound.iter().filter(|(_, id)| ids.contains(id)).map(|(arn, _)| arn.clone()).collect()
}

/// The policy's text with the names of today; in the place of who is gone, the unique id.
pub(crate) fn text(trust: &TrustDocument, bound: &Bound, directory: Directory<'_>) -> String {
    let mut text = trust.text().to_owned();
    for (arn, id) in bound {
        let account = arn.split(':').nth(4).and_then(directory);
        let now = account.and_then(|account| arn_of(id, &account)).unwrap_or_else(|| id.clone());
        if now != *arn {
            text = text.replace(&format!("\"{arn}\""), &format!("\"{now}\""));
        }
    }
    text
}
