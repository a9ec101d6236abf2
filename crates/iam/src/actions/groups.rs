//! Groups and who is in them. Membership is kept with the user.

use std::sync::Arc;

use millrace_policy::iso8601;

use super::{Work, room, users};
use crate::account::{Group, Kind};
use crate::answer::Node;
use crate::error::IamError;

/// AWS's quotas.
const MOST_GROUPS: usize = 300;
const MOST_GROUPS_OF_USER: usize = 10;

pub(super) fn create(work: &mut Work<'_>) -> Result<Node, IamError> {
    let entity = work.new_entity("GroupName", 128, "AGPA")?;
    let lower = entity.name.to_ascii_lowercase();
    if work.account.groups.contains_key(&lower) {
        return Err(IamError::exists("Group", &entity.name));
    }
    room(work.account.groups.len(), MOST_GROUPS, "GroupsPerAccount")?;
    let group = Group { entity };
    let answer = node(&work.account.id, &group);
    work.account.groups.insert(lower.clone(), Arc::new(group));
    work.touched.insert((Kind::Group, lower));
    Ok(Node::Members(vec![("Group", answer)]))
}

pub(super) fn get(work: &mut Work<'_>) -> Result<Node, IamError> {
    let group = work.group()?;
    let lower = group.entity.name.to_ascii_lowercase();
    let members = work.account.users.values().filter(|user| user.groups.contains(&lower));
    let members =
        members.map(|user| (user.entity.name.clone(), users::node(&work.account.id, user))).collect();
    let mut answer = vec![("Group", node(&work.account.id, group))];
    if let Node::Members(page) = work.page("Users", members)? {
        answer.extend(page);
    }
    Ok(Node::Members(answer))
}

pub(super) fn list(work: &mut Work<'_>) -> Result<Node, IamError> {
    let groups = work.account.groups.values().filter(|group| work.has_path_prefix(&group.entity.path));
    let groups = groups.map(|group| (group.entity.name.clone(), node(&work.account.id, group))).collect();
    work.page("Groups", groups)
}

pub(super) fn of_user(work: &mut Work<'_>) -> Result<Node, IamError> {
    let groups = work.user()?.groups.iter().filter_map(|name| work.account.groups.get(name));
    let groups = groups.map(|group| (group.entity.name.clone(), node(&work.account.id, group))).collect();
    work.page("Groups", groups)
}

pub(super) fn delete(work: &mut Work<'_>) -> Result<Node, IamError> {
    let group = work.group()?;
    let lower = group.entity.name.to_ascii_lowercase();
    if work.account.users.values().any(|user| user.groups.contains(&lower)) {
        return Err(IamError::conflict("remove users from group"));
    }
    if !group.entity.attached.is_empty() {
        return Err(IamError::conflict("detach all policies"));
    }
    if !group.entity.inline.is_empty() {
        return Err(IamError::conflict("delete policies"));
    }
    work.account.groups.remove(&lower);
    work.touched.insert((Kind::Group, lower));
    Ok(Node::nothing())
}

pub(super) fn add(work: &mut Work<'_>) -> Result<Node, IamError> {
    work.param("UserName")?;
    let lower = work.group()?.entity.name.to_ascii_lowercase();
    let groups = &mut work.user_mut()?.groups;
    if !groups.contains(&lower) {
        room(groups.len(), MOST_GROUPS_OF_USER, "GroupsPerUser")?;
        groups.insert(lower);
    }
    Ok(Node::nothing())
}

pub(super) fn remove(work: &mut Work<'_>) -> Result<Node, IamError> {
    work.param("UserName")?;
    let lower = work.group()?.entity.name.to_ascii_lowercase();
    work.user_mut()?.groups.remove(&lower);
    Ok(Node::nothing())
}

fn node(account: &str, group: &Group) -> Node {
    Node::Members(vec![
        ("Path", group.entity.path.as_str().into()),
        ("GroupName", group.entity.name.as_str().into()),
        ("GroupId", group.entity.id.as_str().into()),
        ("Arn", group.arn(account).into()),
        ("CreateDate", iso8601(group.entity.created_at).into()),
    ])
}
