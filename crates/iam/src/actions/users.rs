//! Users.

use std::collections::BTreeSet;
use std::sync::Arc;

use millrace_policy::iso8601;

use super::{Work, boundary_node, room, tag_nodes};
use crate::account::{Kind, User};
use crate::answer::Node;
use crate::error::IamError;
use crate::names;
use crate::principal::Principal;

/// AWS's quota.
const MOST_USERS: usize = 5000;

pub(super) fn create(work: &mut Work<'_>) -> Result<Node, IamError> {
    let entity = work.new_entity("UserName", 64, "AIDA")?;
    let lower = entity.name.to_ascii_lowercase();
    if work.account.users.contains_key(&lower) {
        return Err(IamError::exists("User", &entity.name));
    }
    room(work.account.users.len(), MOST_USERS, "UsersPerAccount")?;
    let boundary =
        work.params.get("PermissionsBoundary").map(|_| work.existing_policy("PermissionsBoundary"));
    let user = User {
        entity,
        tags: work.new_tags()?,
        boundary: boundary.transpose()?,
        groups: BTreeSet::new(),
        keys: Vec::new(),
    };
    let answer = node(&work.account.id, &user);
    work.account.users.insert(lower.clone(), Arc::new(user));
    work.touched.insert((Kind::User, lower));
    Ok(Node::Members(vec![("User", answer)]))
}

pub(super) fn get(work: &mut Work<'_>) -> Result<Node, IamError> {
    if work.params.get("UserName").is_none() && matches!(work.principal, Principal::Root { .. }) {
        let root = Node::Members(vec![
            ("UserId", work.account.id.as_str().into()),
            ("Arn", work.principal.arn().into()),
            ("CreateDate", iso8601(0).into()),
        ]);
        return Ok(Node::Members(vec![("User", root)]));
    }
    Ok(Node::Members(vec![("User", node(&work.account.id, work.user()?))]))
}

pub(super) fn list(work: &mut Work<'_>) -> Result<Node, IamError> {
    let users = work.account.users.values().filter(|user| work.has_path_prefix(&user.entity.path));
    let users = users.map(|user| (user.entity.name.clone(), node(&work.account.id, user))).collect();
    work.page("Users", users)
}

/// Gives another name or path. Keys, groups and policies stay.
pub(super) fn update(work: &mut Work<'_>) -> Result<Node, IamError> {
    let old = work.user()?.entity.name.to_ascii_lowercase();
    let name = work.params.get("NewUserName").map(|name| names::name("NewUserName", name, 64)).transpose()?;
    let path = work.params.get("NewPath").map(|path| names::path(Some(path))).transpose()?;
    let new = name.map_or_else(|| old.clone(), str::to_ascii_lowercase);
    if let Some(name) = name.filter(|_| new != old && work.account.users.contains_key(&new)) {
        return Err(IamError::exists("User", name));
    }
    let user = work.user_mut()?;
    user.entity.path = path.unwrap_or_else(|| user.entity.path.clone());
    user.entity.name = name.map_or_else(|| user.entity.name.clone(), str::to_owned);
    if let Some(user) = work.account.users.remove(&old) {
        work.account.users.insert(new.clone(), user);
    }
    work.touched.insert((Kind::User, new));
    Ok(Node::nothing())
}

pub(super) fn delete(work: &mut Work<'_>) -> Result<Node, IamError> {
    let user = work.user()?;
    if !user.keys.is_empty() {
        return Err(IamError::conflict("delete access keys"));
    }
    if !user.groups.is_empty() {
        return Err(IamError::conflict("remove users from group"));
    }
    if !user.entity.attached.is_empty() {
        return Err(IamError::conflict("detach all policies"));
    }
    if !user.entity.inline.is_empty() {
        return Err(IamError::conflict("delete policies"));
    }
    let lower = user.entity.name.to_ascii_lowercase();
    work.account.users.remove(&lower);
    work.touched.insert((Kind::User, lower));
    Ok(Node::nothing())
}

// What a user has on AWS and cannot have here. Terraform asks for all of it before it deletes a user with `force_destroy`.

pub(super) fn ssh_keys(work: &mut Work<'_>) -> Result<Node, IamError> {
    none(work, "SSHPublicKeys")
}

pub(super) fn certificates(work: &mut Work<'_>) -> Result<Node, IamError> {
    none(work, "Certificates")
}

pub(super) fn service_credentials(work: &mut Work<'_>) -> Result<Node, IamError> {
    none(work, "ServiceSpecificCredentials")
}

pub(super) fn mfa_devices(work: &mut Work<'_>) -> Result<Node, IamError> {
    none(work, "MFADevices")
}

pub(super) fn virtual_mfa_devices(work: &mut Work<'_>) -> Result<Node, IamError> {
    work.page("VirtualMFADevices", Vec::new())
}

fn none(work: &Work<'_>, member: &'static str) -> Result<Node, IamError> {
    work.user()?;
    work.page(member, Vec::new())
}

/// A password for a console that there is not.
pub(super) fn login_profile(work: &mut Work<'_>) -> Result<Node, IamError> {
    let name = work.user()?.entity.name.clone();
    let message = format!("Login Profile for User {name} cannot be found.");
    Err(IamError::of_request(404, "NoSuchEntity", message))
}

pub(super) fn put_boundary(work: &mut Work<'_>) -> Result<Node, IamError> {
    let arn = work.existing_policy("PermissionsBoundary")?;
    work.user_mut()?.boundary = Some(arn);
    Ok(Node::nothing())
}

pub(super) fn delete_boundary(work: &mut Work<'_>) -> Result<Node, IamError> {
    work.user_mut()?.boundary = None;
    Ok(Node::nothing())
}

pub(super) fn node(account: &str, user: &User) -> Node {
    let mut members = vec![
        ("Path", user.entity.path.as_str().into()),
        ("UserName", user.entity.name.as_str().into()),
        ("UserId", user.entity.id.as_str().into()),
        ("Arn", user.arn(account).into()),
        ("CreateDate", iso8601(user.entity.created_at).into()),
    ];
    members.extend(user.boundary.as_deref().map(|arn| ("PermissionsBoundary", boundary_node(arn))));
    if !user.tags.is_empty() {
        members.push(("Tags", Node::List(tag_nodes(&user.tags).into_iter().map(|(_, node)| node).collect())));
    }
    Node::Members(members)
}
