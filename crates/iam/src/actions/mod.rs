//! The actions of the IAM query API that there are: one table, which routing, authorization and the README's list follow.

mod entities;
mod groups;
mod keys;
mod policies;
mod questions;
mod roles;
mod tags;
mod users;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::account::{Account, Entity, Group, Kind, ManagedPolicy, Role, Touched, User};
use crate::answer::Node;
use crate::entropy::{self, Entropy};
use crate::error::IamError;
use crate::names;
use crate::params::Params;
use crate::principal::Principal;
use crate::trusted::Directory;
use crate::vault::Vault;

use questions::Target;
pub use questions::{Fills, Question};

/// Whether an action changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It does not.
    Read,
    /// It does.
    Write,
}

/// An action.
#[derive(Clone, Copy)]
pub struct Action {
    /// Its name.
    pub name: &'static str,
    /// Whether it changes something.
    pub access: Access,
    target: Target,
    fills: &'static [Fills],
    run: fn(&mut Work<'_>) -> Result<Node, IamError>,
}

/// One call, and the account that it works on.
pub struct Work<'a> {
    /// The account; changed by actions that write.
    pub account: &'a mut Account,
    /// What is to be stored afterwards.
    pub touched: &'a mut Touched,
    /// The parameters.
    pub params: &'a Params,
    /// Who calls.
    pub principal: &'a Principal,
    /// Milliseconds since 1970-01-01 UTC.
    pub now: i64,
    /// Seals secrets.
    pub vault: &'a Vault,
    /// Random bytes.
    pub entropy: &'a mut dyn Entropy,
    /// The accounts as they were before the call: trust policies name people of others.
    pub directory: Directory<'a>,
}

macro_rules! actions {
    ($($access:ident $name:literal on $target:expr $(, fills $($fills:ident)+)? => $run:expr;)*) => {
        /// All actions that there are.
        pub const ACTIONS: &[Action] = &[$(
            Action {
                name: $name,
                access: Access::$access,
                target: $target,
                fills: &[$($(Fills::$fills),+)?],
                run: $run,
            },
        )*];
    };
}

actions! {
    Write "CreateUser" on Target::New(Kind::User), fills Tags GivenBoundary => users::create;
    Read "GetUser" on Target::User => users::get;
    Read "ListUsers" on Target::Everything => users::list;
    Write "UpdateUser" on Target::User => users::update;
    Write "DeleteUser" on Target::User => users::delete;
    Write "PutUserPermissionsBoundary" on Target::User, fills GivenBoundary => users::put_boundary;
    Write "DeleteUserPermissionsBoundary" on Target::User, fills OwnBoundary => users::delete_boundary;
    Write "CreateAccessKey" on Target::User => keys::create;
    Write "UpdateAccessKey" on Target::User => keys::update;
    Write "DeleteAccessKey" on Target::User => keys::delete;
    Read "ListAccessKeys" on Target::User => keys::list;
    Write "TagUser" on Target::User, fills Tags => tags::tag_user;
    Write "UntagUser" on Target::User, fills TagKeys => tags::untag_user;
    Read "ListUserTags" on Target::User => tags::list_user;
    Write "PutUserPolicy" on Target::User, fills OwnBoundary => entities::put_user;
    Read "GetUserPolicy" on Target::User => entities::get_user;
    Write "DeleteUserPolicy" on Target::User, fills OwnBoundary => entities::delete_user;
    Read "ListUserPolicies" on Target::User => entities::list_user;
    Write "AttachUserPolicy" on Target::User, fills PolicyArn OwnBoundary => entities::attach_user;
    Write "DetachUserPolicy" on Target::User, fills PolicyArn OwnBoundary => entities::detach_user;
    Read "ListAttachedUserPolicies" on Target::User => entities::attached_user;
    Read "ListGroupsForUser" on Target::User => groups::of_user;
    Read "ListSSHPublicKeys" on Target::User => users::ssh_keys;
    Read "ListSigningCertificates" on Target::User => users::certificates;
    Read "ListServiceSpecificCredentials" on Target::User => users::service_credentials;
    Read "ListMFADevices" on Target::User => users::mfa_devices;
    Read "ListVirtualMFADevices" on Target::Everything => users::virtual_mfa_devices;
    Read "GetLoginProfile" on Target::User => users::login_profile;
    Write "DeleteLoginProfile" on Target::User => users::login_profile;
    Write "CreateGroup" on Target::New(Kind::Group) => groups::create;
    Read "GetGroup" on Target::Group => groups::get;
    Read "ListGroups" on Target::Everything => groups::list;
    Write "DeleteGroup" on Target::Group => groups::delete;
    Write "AddUserToGroup" on Target::Group => groups::add;
    Write "RemoveUserFromGroup" on Target::Group => groups::remove;
    Write "PutGroupPolicy" on Target::Group => entities::put_group;
    Read "GetGroupPolicy" on Target::Group => entities::get_group;
    Write "DeleteGroupPolicy" on Target::Group => entities::delete_group;
    Read "ListGroupPolicies" on Target::Group => entities::list_group;
    Write "AttachGroupPolicy" on Target::Group, fills PolicyArn => entities::attach_group;
    Write "DetachGroupPolicy" on Target::Group, fills PolicyArn => entities::detach_group;
    Read "ListAttachedGroupPolicies" on Target::Group => entities::attached_group;
    Write "CreateRole" on Target::New(Kind::Role), fills Tags GivenBoundary => roles::create;
    Read "GetRole" on Target::Role => roles::get;
    Read "ListRoles" on Target::Everything => roles::list;
    Write "UpdateRole" on Target::Role => roles::update;
    Write "UpdateRoleDescription" on Target::Role => roles::update_description;
    Write "UpdateAssumeRolePolicy" on Target::Role => roles::update_trust;
    Write "DeleteRole" on Target::Role => roles::delete;
    Read "ListInstanceProfilesForRole" on Target::Role => roles::instance_profiles;
    Write "PutRolePermissionsBoundary" on Target::Role, fills GivenBoundary => roles::put_boundary;
    Write "DeleteRolePermissionsBoundary" on Target::Role, fills OwnBoundary => roles::delete_boundary;
    Write "TagRole" on Target::Role, fills Tags => tags::tag_role;
    Write "UntagRole" on Target::Role, fills TagKeys => tags::untag_role;
    Read "ListRoleTags" on Target::Role => tags::list_role;
    Write "PutRolePolicy" on Target::Role, fills OwnBoundary => entities::put_role;
    Read "GetRolePolicy" on Target::Role => entities::get_role;
    Write "DeleteRolePolicy" on Target::Role, fills OwnBoundary => entities::delete_role;
    Read "ListRolePolicies" on Target::Role => entities::list_role;
    Write "AttachRolePolicy" on Target::Role, fills PolicyArn OwnBoundary => entities::attach_role;
    Write "DetachRolePolicy" on Target::Role, fills PolicyArn OwnBoundary => entities::detach_role;
    Read "ListAttachedRolePolicies" on Target::Role => entities::attached_role;
    Write "CreatePolicy" on Target::New(Kind::Policy), fills Tags => policies::create;
    Read "GetPolicy" on Target::Policy => policies::get;
    Read "ListPolicies" on Target::Everything => policies::list;
    Write "DeletePolicy" on Target::Policy => policies::delete;
    Write "CreatePolicyVersion" on Target::Policy => policies::create_version;
    Read "GetPolicyVersion" on Target::Policy => policies::get_version;
    Read "ListPolicyVersions" on Target::Policy => policies::list_versions;
    Write "SetDefaultPolicyVersion" on Target::Policy => policies::set_default;
    Write "DeletePolicyVersion" on Target::Policy => policies::delete_version;
    Write "TagPolicy" on Target::Policy, fills Tags => tags::tag_policy;
    Write "UntagPolicy" on Target::Policy, fills TagKeys => tags::untag_policy;
    Read "ListPolicyTags" on Target::Policy => tags::list_policy;
    Read "ListEntitiesForPolicy" on Target::Policy => policies::entities;
}

/// The action of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name == name)
}

impl Action {
    /// Does it.
    ///
    /// # Errors
    /// [`IamError`]; the account may be half changed then, and must be thrown away.
    pub fn run(&self, work: &mut Work<'_>) -> Result<Node, IamError> {
        (self.run)(work)
    }
}

impl Work<'_> {
    fn param(&self, name: &str) -> Result<&str, IamError> {
        self.params.required(name)
    }

    fn new_entity(&mut self, member: &str, most: usize, prefix: &str) -> Result<Entity, IamError> {
        let name = names::name(member, self.params.required(member)?, most)?.to_owned();
        Ok(Entity {
            name,
            id: entropy::id(self.entropy, prefix),
            path: names::path(self.params.get("Path"))?,
            created_at: self.now,
            inline: BTreeMap::new(),
            attached: std::collections::BTreeSet::new(),
        })
    }

    /// The user of UserName; without one, the caller.
    fn user_name(&self) -> Result<String, IamError> {
        match (self.params.get("UserName"), self.principal) {
            (Some(name), _) => Ok(name.to_owned()),
            (None, Principal::User { user, .. }) => Ok(user.entity.name.clone()),
            (None, _) => {
                Err(IamError::invalid("Must specify userName when calling with non-User credentials"))
            }
        }
    }

    fn user(&self) -> Result<&Arc<User>, IamError> {
        let name = self.user_name()?;
        self.account.user(&name).ok_or_else(|| IamError::missing("user", &name))
    }

    fn user_mut(&mut self) -> Result<&mut User, IamError> {
        let name = self.user_name()?;
        let lower = name.to_ascii_lowercase();
        let user = self.account.users.get_mut(&lower).ok_or_else(|| IamError::missing("user", &name))?;
        self.touched.insert((Kind::User, lower));
        Ok(Arc::make_mut(user))
    }

    fn group(&self) -> Result<&Arc<Group>, IamError> {
        let name = self.param("GroupName")?;
        self.account.group(name).ok_or_else(|| IamError::missing("group", name))
    }

    fn group_mut(&mut self) -> Result<&mut Group, IamError> {
        let name = self.params.required("GroupName")?;
        let lower = name.to_ascii_lowercase();
        let group = self.account.groups.get_mut(&lower).ok_or_else(|| IamError::missing("group", name))?;
        self.touched.insert((Kind::Group, lower));
        Ok(Arc::make_mut(group))
    }

    fn role(&self) -> Result<&Arc<Role>, IamError> {
        let name = self.param("RoleName")?;
        self.account.role(name).ok_or_else(|| IamError::missing("role", name))
    }

    fn role_mut(&mut self) -> Result<&mut Role, IamError> {
        let name = self.params.required("RoleName")?;
        let lower = name.to_ascii_lowercase();
        let role = self.account.roles.get_mut(&lower).ok_or_else(|| IamError::missing("role", name))?;
        self.touched.insert((Kind::Role, lower));
        Ok(Arc::make_mut(role))
    }

    fn policy(&self) -> Result<&Arc<ManagedPolicy>, IamError> {
        let arn = self.param("PolicyArn")?;
        self.account.policy_of_arn(arn).ok_or_else(|| no_policy(arn))
    }

    fn policy_mut(&mut self) -> Result<&mut ManagedPolicy, IamError> {
        let arn = self.params.required("PolicyArn")?;
        let lower = self.account.policy_of_arn(arn).ok_or_else(|| no_policy(arn))?.name.to_ascii_lowercase();
        let policy = self.account.policies.get_mut(&lower).ok_or_else(|| no_policy(arn))?;
        self.touched.insert((Kind::Policy, lower));
        Ok(Arc::make_mut(policy))
    }

    /// The ARN of a policy that there is.
    fn existing_policy(&self, member: &str) -> Result<String, IamError> {
        let arn = self.param(member)?;
        self.account.managed(arn).map(|_| arn.to_owned()).ok_or_else(|| no_policy(arn))
    }

    /// Tags given at creation.
    fn new_tags(&self) -> Result<BTreeMap<String, String>, IamError> {
        let mut tags = BTreeMap::new();
        self.params.tags()?.into_iter().try_for_each(|(key, value)| tags::set(&mut tags, key, value))?;
        Ok(tags)
    }

    /// A page of a list, in the order of its keys. A marker is the key of the last entry before.
    fn page(&self, member: &'static str, mut all: Vec<(String, Node)>) -> Result<Node, IamError> {
        let most = self.params.number("MaxItems", 1, 1000)?.unwrap_or(100);
        let most = usize::try_from(most).unwrap_or(100);
        all.sort_by(|left, right| left.0.cmp(&right.0));
        if let Some(marker) = self.params.get("Marker") {
            all.retain(|(key, _)| key.as_str() > marker);
        }
        let more = all.len() > most;
        all.truncate(most);
        let marker = all.last().filter(|_| more).map(|(key, _)| key.clone());
        let entries = all.into_iter().map(|(_, node)| node).collect();
        let mut members = vec![(member, Node::List(entries)), ("IsTruncated", Node::Boolean(more))];
        members.extend(marker.map(|marker| ("Marker", Node::Text(marker))));
        Ok(Node::Members(members))
    }

    fn has_path_prefix(&self, path: &str) -> bool {
        self.params.get("PathPrefix").is_none_or(|prefix| path.starts_with(prefix))
    }
}

fn no_policy(arn: &str) -> IamError {
    IamError::of_request(404, "NoSuchEntity", format!("Policy {arn} does not exist or is not attachable."))
}

/// Checks that there may be one more.
fn room(count: usize, most: usize, what: &str) -> Result<(), IamError> {
    if count < most {
        Ok(())
    } else {
        Err(IamError::limit(format!("Cannot exceed quota for {what}: {most}")))
    }
}

/// Tags as an answer shows them.
fn tag_nodes(tags: &BTreeMap<String, String>) -> Vec<(String, Node)> {
    let node = |(key, value): (&String, &String)| {
        (key.clone(), Node::Members(vec![("Key", key.as_str().into()), ("Value", value.as_str().into())]))
    };
    tags.iter().map(node).collect()
}

fn boundary_node(arn: &str) -> Node {
    Node::Members(vec![("PermissionsBoundaryType", "Policy".into()), ("PermissionsBoundaryArn", arn.into())])
}
