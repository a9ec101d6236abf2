//! Managed policies and their versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use millrace_policy::iso8601;

use super::{Work, no_policy, room, tag_nodes};
use crate::account::{Account, Kind, ManagedPolicy, PolicyVersion};
use crate::answer::Node;
use crate::document::Document;
use crate::error::IamError;
use crate::{builtin, entropy, names};

/// AWS's quotas.
const MOST_POLICIES: usize = 1500;
const MOST_VERSIONS: usize = 5;
const LONGEST: usize = 6144;

pub(super) fn create(work: &mut Work<'_>) -> Result<Node, IamError> {
    let name = names::name("PolicyName", work.param("PolicyName")?, 128)?.to_owned();
    let lower = name.to_ascii_lowercase();
    let path = names::path(work.params.get("Path"))?;
    if work.account.policies.contains_key(&lower) {
        let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
        return Err(IamError::of_request(409, "EntityAlreadyExists", message));
    }
    room(work.account.policies.len(), MOST_POLICIES, "PoliciesPerAccount")?;
    let version = PolicyVersion { document: document(work)?, created_at: work.now };
    let policy = ManagedPolicy {
        name,
        id: entropy::id(work.entropy, "ANPA"),
        path,
        description: work.params.get("Description").unwrap_or_default().chars().take(1000).collect(),
        created_at: work.now,
        updated_at: work.now,
        versions: BTreeMap::from([(1, version)]),
        default: 1,
        latest: 1,
        tags: work.new_tags()?,
    };
    let answer = node(work.account, &policy);
    work.account.policies.insert(lower.clone(), Arc::new(policy));
    work.touched.insert((Kind::Policy, lower));
    Ok(Node::Members(vec![("Policy", answer)]))
}

pub(super) fn get(work: &mut Work<'_>) -> Result<Node, IamError> {
    let arn = work.param("PolicyArn")?;
    let node = match builtin::find(arn) {
        Some(_) => builtin_node(work.account, arn),
        None => node(work.account, work.policy()?),
    };
    Ok(Node::Members(vec![("Policy", node)]))
}

pub(super) fn list(work: &mut Work<'_>) -> Result<Node, IamError> {
    let scope = work.params.get("Scope").unwrap_or("All");
    if !["All", "AWS", "Local"].contains(&scope) {
        return Err(IamError::invalid("Scope must be All, AWS or Local."));
    }
    let only_attached = work.params.boolean("OnlyAttached")?;
    let account = &*work.account;
    let local = account.policies.values().map(|policy| (policy.arn(&account.id), &policy.path));
    let mut all: Vec<_> =
        local.filter(|(_, path)| scope != "AWS" && work.has_path_prefix(path)).map(|(arn, _)| arn).collect();
    all.extend(
        builtin::all()
            .iter()
            .filter(|_| scope != "Local" && work.has_path_prefix("/"))
            .map(|(arn, _)| (*arn).to_owned()),
    );
    let nodes = all.into_iter().filter(|arn| !only_attached || attachments(account, arn).0 > 0).map(|arn| {
        let node = match account.policy_of_arn(&arn) {
            Some(policy) => node(account, policy),
            None => builtin_node(account, &arn),
        };
        (arn.rsplit('/').next().unwrap_or_default().to_owned(), node)
    });
    work.page("Policies", nodes.collect())
}

pub(super) fn delete(work: &mut Work<'_>) -> Result<Node, IamError> {
    let policy = work.policy()?;
    let (attached, boundaries) = attachments(work.account, &policy.arn(&work.account.id));
    if attached + boundaries > 0 {
        return Err(IamError::of_request(
            409,
            "DeleteConflict",
            "Cannot delete a policy attached to entities.",
        ));
    }
    if policy.versions.len() > 1 {
        let message = "This policy has more than one version. Before you delete a policy, you must delete the policy's versions.";
        return Err(IamError::of_request(409, "DeleteConflict", message));
    }
    let lower = policy.name.to_ascii_lowercase();
    work.account.policies.remove(&lower);
    work.touched.insert((Kind::Policy, lower));
    Ok(Node::nothing())
}

pub(super) fn create_version(work: &mut Work<'_>) -> Result<Node, IamError> {
    let (document, set_as_default, now) = (document(work)?, work.params.boolean("SetAsDefault")?, work.now);
    let policy = work.policy_mut()?;
    if policy.versions.len() >= MOST_VERSIONS {
        let message = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.";
        return Err(IamError::limit(message));
    }
    // Numbers are not used again, so that a version that was deleted is not taken for another.
    policy.latest += 1;
    let number = policy.latest;
    policy.versions.insert(number, PolicyVersion { document, created_at: now });
    policy.updated_at = now;
    if set_as_default {
        policy.default = number;
    }
    Ok(Node::Members(vec![("PolicyVersion", version_node(policy, number, false))]))
}

pub(super) fn get_version(work: &mut Work<'_>) -> Result<Node, IamError> {
    let (arn, version) = (work.param("PolicyArn")?, work.param("VersionId")?);
    if let Some(document) = builtin::find(arn) {
        if version != "v1" {
            return Err(no_version(version));
        }
        let members = vec![
            ("Document", Node::Document(document.text().to_owned())),
            ("VersionId", "v1".into()),
            ("IsDefaultVersion", Node::Boolean(true)),
            ("CreateDate", iso8601(0).into()),
        ];
        return Ok(Node::Members(vec![("PolicyVersion", Node::Members(members))]));
    }
    let policy = work.policy()?;
    let number = number_of(policy, version)?;
    Ok(Node::Members(vec![("PolicyVersion", version_node(policy, number, true))]))
}

pub(super) fn list_versions(work: &mut Work<'_>) -> Result<Node, IamError> {
    let arn = work.param("PolicyArn")?;
    if builtin::find(arn).is_some() {
        let members = vec![
            ("VersionId", "v1".into()),
            ("IsDefaultVersion", Node::Boolean(true)),
            ("CreateDate", iso8601(0).into()),
        ];
        return work.page("Versions", vec![("v1".to_owned(), Node::Members(members))]);
    }
    let policy = work.policy()?;
    let versions =
        policy.versions.keys().map(|number| (format!("{number:010}"), version_node(policy, *number, false)));
    work.page("Versions", versions.collect())
}

pub(super) fn set_default(work: &mut Work<'_>) -> Result<Node, IamError> {
    let number = number_of(work.policy()?, work.param("VersionId")?)?;
    let now = work.now;
    let policy = work.policy_mut()?;
    policy.default = number;
    policy.updated_at = now;
    Ok(Node::nothing())
}

pub(super) fn delete_version(work: &mut Work<'_>) -> Result<Node, IamError> {
    let number = number_of(work.policy()?, work.param("VersionId")?)?;
    let policy = work.policy_mut()?;
    if policy.default == number {
        return Err(IamError::of_request(
            409,
            "DeleteConflict",
            "Cannot delete the default version of a policy.",
        ));
    }
    policy.versions.remove(&number);
    Ok(Node::nothing())
}

pub(super) fn entities(work: &mut Work<'_>) -> Result<Node, IamError> {
    let arn = work.existing_policy("PolicyArn")?;
    let account = &*work.account;
    let node = |key: &'static str, id_key: &'static str, name: &str, id: &str| {
        Node::Members(vec![(key, name.into()), (id_key, id.into())])
    };
    let groups =
        account.groups.values().map(|group| &group.entity).filter(|entity| entity.attached.contains(&arn));
    let users =
        account.users.values().map(|user| &user.entity).filter(|entity| entity.attached.contains(&arn));
    let roles =
        account.roles.values().map(|role| &role.entity).filter(|entity| entity.attached.contains(&arn));
    Ok(Node::Members(vec![
        (
            "PolicyGroups",
            Node::List(groups.map(|entity| node("GroupName", "GroupId", &entity.name, &entity.id)).collect()),
        ),
        (
            "PolicyUsers",
            Node::List(users.map(|entity| node("UserName", "UserId", &entity.name, &entity.id)).collect()),
        ),
        (
            "PolicyRoles",
            Node::List(roles.map(|entity| node("RoleName", "RoleId", &entity.name, &entity.id)).collect()),
        ),
        ("IsTruncated", Node::Boolean(false)),
    ]))
}

fn document(work: &Work<'_>) -> Result<Document, IamError> {
    let text = work.param("PolicyDocument")?;
    if text.chars().filter(|character| !character.is_whitespace()).count() > LONGEST {
        return Err(IamError::limit(format!("Cannot exceed quota for PolicySize: {LONGEST}")));
    }
    Document::new(text).map_err(|error| IamError::malformed(&error))
}

fn number_of(policy: &ManagedPolicy, version: &str) -> Result<u32, IamError> {
    let number = version.strip_prefix('v').and_then(|number| number.parse().ok());
    number.filter(|number| policy.versions.contains_key(number)).ok_or_else(|| no_version(version))
}

fn no_version(version: &str) -> IamError {
    no_policy(&format!("version {version}"))
}

/// How many have the policy, and for how many it is the permissions boundary.
fn attachments(account: &Account, arn: &str) -> (usize, usize) {
    let users = account.users.values().map(|user| (&user.entity, user.boundary.as_deref()));
    let groups = account.groups.values().map(|group| (&group.entity, None));
    let roles = account.roles.values().map(|role| (&role.entity, role.boundary.as_deref()));
    let mut counts = (0, 0);
    for (entity, boundary) in users.chain(groups).chain(roles) {
        counts.0 += usize::from(entity.attached.contains(arn));
        counts.1 += usize::from(boundary == Some(arn));
    }
    counts
}

fn count(number: usize) -> Node {
    Node::Number(i64::try_from(number).unwrap_or(i64::MAX))
}

fn node(account: &Account, policy: &ManagedPolicy) -> Node {
    let arn = policy.arn(&account.id);
    let (attached, boundaries) = attachments(account, &arn);
    let mut members = vec![
        ("PolicyName", policy.name.as_str().into()),
        ("PolicyId", policy.id.as_str().into()),
        ("Arn", arn.into()),
        ("Path", policy.path.as_str().into()),
        ("DefaultVersionId", format!("v{}", policy.default).into()),
        ("AttachmentCount", count(attached)),
        ("PermissionsBoundaryUsageCount", count(boundaries)),
        ("IsAttachable", Node::Boolean(true)),
        ("CreateDate", iso8601(policy.created_at).into()),
        ("UpdateDate", iso8601(policy.updated_at).into()),
    ];
    if !policy.description.is_empty() {
        members.push(("Description", policy.description.as_str().into()));
    }
    if !policy.tags.is_empty() {
        members
            .push(("Tags", Node::List(tag_nodes(&policy.tags).into_iter().map(|(_, node)| node).collect())));
    }
    Node::Members(members)
}

fn builtin_node(account: &Account, arn: &str) -> Node {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let (attached, boundaries) = attachments(account, arn);
    Node::Members(vec![
        ("PolicyName", name.into()),
        ("PolicyId", format!("ANPA{}", name.to_uppercase()).into()),
        ("Arn", arn.into()),
        ("Path", "/".into()),
        ("DefaultVersionId", "v1".into()),
        ("AttachmentCount", count(attached)),
        ("PermissionsBoundaryUsageCount", count(boundaries)),
        ("IsAttachable", Node::Boolean(true)),
        ("CreateDate", iso8601(0).into()),
        ("UpdateDate", iso8601(0).into()),
    ])
}

fn version_node(policy: &ManagedPolicy, number: u32, with_document: bool) -> Node {
    let Some(version) = policy.versions.get(&number) else { return Node::nothing() };
    let mut members = Vec::new();
    if with_document {
        members.push(("Document", Node::Document(version.document.text().to_owned())));
    }
    members.extend([
        ("VersionId", Node::Text(format!("v{number}"))),
        ("IsDefaultVersion", Node::Boolean(policy.default == number)),
        ("CreateDate", iso8601(version.created_at).into()),
    ]);
    Node::Members(members)
}
