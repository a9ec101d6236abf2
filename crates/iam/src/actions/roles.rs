//! Roles.

use std::sync::Arc;

use millrace_policy::iso8601;

use super::{Work, boundary_node, room, tag_nodes};
use crate::account::{Kind, Role};
use crate::answer::Node;
use crate::document::TrustDocument;
use crate::error::IamError;
use crate::trusted;

/// AWS's quotas.
const MOST_ROLES: usize = 1000;
const LONGEST_TRUST: usize = 2048;
const LONGEST_DESCRIPTION: usize = 1000;

pub(super) fn create(work: &mut Work<'_>) -> Result<Node, IamError> {
    let entity = work.new_entity("RoleName", 64, "AROA")?;
    let lower = entity.name.to_ascii_lowercase();
    if work.account.roles.contains_key(&lower) {
        return Err(IamError::exists("Role", &entity.name));
    }
    room(work.account.roles.len(), MOST_ROLES, "RolesPerAccount")?;
    let boundary =
        work.params.get("PermissionsBoundary").map(|_| work.existing_policy("PermissionsBoundary"));
    let trust = trust(work.param("AssumeRolePolicyDocument")?)?;
    let role = Role {
        entity,
        description: description(work)?.unwrap_or_default(),
        max_session_seconds: max_session(work)?.unwrap_or(3600),
        trusted: Some(trusted::bind(&trust, work.directory)?),
        trust,
        tags: work.new_tags()?,
        boundary: boundary.transpose()?,
    };
    let answer = node(work, &role);
    work.account.roles.insert(lower.clone(), Arc::new(role));
    work.touched.insert((Kind::Role, lower));
    Ok(Node::Members(vec![("Role", answer)]))
}

pub(super) fn get(work: &mut Work<'_>) -> Result<Node, IamError> {
    Ok(Node::Members(vec![("Role", node(work, work.role()?))]))
}

pub(super) fn list(work: &mut Work<'_>) -> Result<Node, IamError> {
    let roles = work.account.roles.values().filter(|role| work.has_path_prefix(&role.entity.path));
    let roles = roles.map(|role| (role.entity.name.clone(), node(work, role))).collect();
    work.page("Roles", roles)
}

pub(super) fn update(work: &mut Work<'_>) -> Result<Node, IamError> {
    let (description, seconds) = (description(work)?, max_session(work)?);
    let role = work.role_mut()?;
    role.description = description.unwrap_or_else(|| role.description.clone());
    role.max_session_seconds = seconds.unwrap_or(role.max_session_seconds);
    Ok(Node::nothing())
}

pub(super) fn update_description(work: &mut Work<'_>) -> Result<Node, IamError> {
    let description = description(work)?.unwrap_or_default();
    work.role_mut()?.description = description;
    get(work)
}

pub(super) fn update_trust(work: &mut Work<'_>) -> Result<Node, IamError> {
    let trust = trust(work.param("PolicyDocument")?)?;
    let trusted = trusted::bind(&trust, work.directory)?;
    let role = work.role_mut()?;
    (role.trust, role.trusted) = (trust, Some(trusted));
    Ok(Node::nothing())
}

pub(super) fn delete(work: &mut Work<'_>) -> Result<Node, IamError> {
    let role = work.role()?;
    if !role.entity.attached.is_empty() {
        return Err(IamError::conflict("detach all policies"));
    }
    if !role.entity.inline.is_empty() {
        return Err(IamError::conflict("delete policies"));
    }
    let lower = role.entity.name.to_ascii_lowercase();
    work.account.roles.remove(&lower);
    work.touched.insert((Kind::Role, lower));
    Ok(Node::nothing())
}

/// There are none here; Terraform asks before it deletes a role.
pub(super) fn instance_profiles(work: &mut Work<'_>) -> Result<Node, IamError> {
    work.role()?;
    work.page("InstanceProfiles", Vec::new())
}

pub(super) fn put_boundary(work: &mut Work<'_>) -> Result<Node, IamError> {
    let arn = work.existing_policy("PermissionsBoundary")?;
    work.role_mut()?.boundary = Some(arn);
    Ok(Node::nothing())
}

pub(super) fn delete_boundary(work: &mut Work<'_>) -> Result<Node, IamError> {
    work.role_mut()?.boundary = None;
    Ok(Node::nothing())
}

fn description(work: &Work<'_>) -> Result<Option<String>, IamError> {
    match work.params.get("Description") {
        Some(text) if text.chars().count() > LONGEST_DESCRIPTION => {
            Err(IamError::invalid(format!("Description has at most {LONGEST_DESCRIPTION} characters.")))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

fn max_session(work: &Work<'_>) -> Result<Option<i64>, IamError> {
    work.params.number("MaxSessionDuration", 3600, 43_200)
}

fn trust(text: &str) -> Result<TrustDocument, IamError> {
    if text.chars().filter(|character| !character.is_whitespace()).count() > LONGEST_TRUST {
        return Err(IamError::limit(format!("Cannot exceed quota for ACLSizePerRole: {LONGEST_TRUST}")));
    }
    TrustDocument::new(text).map_err(|error| IamError::malformed(&error))
}

fn node(work: &Work<'_>, role: &Role) -> Node {
    let account = &work.account.id;
    let trusted = role.trusted.as_ref().map(|bound| trusted::text(&role.trust, bound, work.directory));
    let trust = trusted.unwrap_or_else(|| role.trust.text().to_owned());
    let mut members = vec![
        ("Path", role.entity.path.as_str().into()),
        ("RoleName", role.entity.name.as_str().into()),
        ("RoleId", role.entity.id.as_str().into()),
        ("Arn", role.arn(account).into()),
        ("CreateDate", iso8601(role.entity.created_at).into()),
        ("AssumeRolePolicyDocument", Node::Document(trust)),
    ];
    if !role.description.is_empty() {
        members.push(("Description", role.description.as_str().into()));
    }
    members.push(("MaxSessionDuration", Node::Number(role.max_session_seconds)));
    members.extend(role.boundary.as_deref().map(|arn| ("PermissionsBoundary", boundary_node(arn))));
    if !role.tags.is_empty() {
        members.push(("Tags", Node::List(tag_nodes(&role.tags).into_iter().map(|(_, node)| node).collect())));
    }
    Node::Members(members)
}
