//! Access keys of users. A secret is in the answer that creates it, and never again.

use millrace_policy::iso8601;

use super::Work;
use crate::account::{AccessKey, KeyStatus};
use crate::answer::Node;
use crate::entropy;
use crate::error::IamError;

/// As in AWS: one in use, and one to change to.
const MOST_KEYS: usize = 2;

pub(super) fn create(work: &mut Work<'_>) -> Result<Node, IamError> {
    let name = work.user()?.entity.name.clone();
    if work.user()?.keys.len() >= MOST_KEYS {
        return Err(IamError::limit(format!("Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}")));
    }
    let (id, secret) = (entropy::id(work.entropy, "AKIA"), entropy::secret(work.entropy));
    let sealed_secret = work.vault.seal_secret(&id, &secret, work.entropy);
    let created_at = work.now;
    let key = AccessKey { id: id.clone(), sealed_secret, status: KeyStatus::Active, created_at };
    work.user_mut()?.keys.push(key);
    Ok(Node::Members(vec![(
        "AccessKey",
        Node::Members(vec![
            ("UserName", name.into()),
            ("AccessKeyId", id.into()),
            ("Status", "Active".into()),
            ("SecretAccessKey", secret.into()),
            ("CreateDate", iso8601(created_at).into()),
        ]),
    )]))
}

pub(super) fn update(work: &mut Work<'_>) -> Result<Node, IamError> {
    let status = match work.param("Status")? {
        "Active" => KeyStatus::Active,
        "Inactive" => KeyStatus::Inactive,
        _ => return Err(IamError::invalid("Status must be Active or Inactive.")),
    };
    let id = work.param("AccessKeyId")?.to_owned();
    let key = work.user_mut()?.keys.iter_mut().find(|key| key.id == id).ok_or_else(|| missing(&id))?;
    key.status = status;
    Ok(Node::nothing())
}

pub(super) fn delete(work: &mut Work<'_>) -> Result<Node, IamError> {
    let id = work.param("AccessKeyId")?.to_owned();
    let keys = &mut work.user_mut()?.keys;
    let at = keys.iter().position(|key| key.id == id).ok_or_else(|| missing(&id))?;
    keys.remove(at);
    Ok(Node::nothing())
}

pub(super) fn list(work: &mut Work<'_>) -> Result<Node, IamError> {
    let user = work.user()?;
    let node = |key: &AccessKey| {
        let status = match key.status {
            KeyStatus::Active => "Active",
            KeyStatus::Inactive => "Inactive",
        };
        Node::Members(vec![
            ("UserName", user.entity.name.as_str().into()),
            ("AccessKeyId", key.id.as_str().into()),
            ("Status", status.into()),
            ("CreateDate", iso8601(key.created_at).into()),
        ])
    };
    let keys = user.keys.iter().map(|key| (key.id.clone(), node(key))).collect();
    work.page("AccessKeyMetadata", keys)
}

fn missing(id: &str) -> IamError {
    IamError::of_request(404, "NoSuchEntity", format!("The Access Key with id {id} cannot be found."))
}
