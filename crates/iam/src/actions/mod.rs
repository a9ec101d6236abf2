//! The actions of the IAM query API that there are: one table, which routing, authorization and the README's list follow.

mod entities;
mod groups;
mod keys;
mod policies;
mod roles;
mod tags;
mod users;

use std::collections::BTreeMap;
use std::sync::Arc;

use millrace_policy::Context;

use crate::account::{Account, Entity, Group, Kind, ManagedPolicy, Role, Touched, User};
use crate::answer::Node;
use crate::entropy::{self, Entropy};
use crate::error::IamError;
use crate::names;
use crate::params::Params;
use crate::principal::Principal;
use crate::vault::Vault;

/// Whether an action changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It does not.
    Read,
    /// It does.
    Write,
}

/// What an action is authorised on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// `*`.
    Everything,
    /// The user of UserName; without one the caller itself.
    User,
    /// The group of GroupName.
    Group,
    /// The role of RoleName.
    Role,
    /// The policy that PolicyName will have.
    NewPolicy,
    /// The policy of PolicyArn.
    Policy,
}

/// An action.
#[derive(Clone, Copy)]
pub struct Action {
    /// Its name.
    pub name: &'static str,
    /// Whether it changes something.
    pub access: Access,
    target: Target,
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
}

macro_rules! actions {
    ($($access:ident $name:literal on $target:ident => $run:expr;)*) => {
        /// All actions that there are.
        pub const ACTIONS: &[Action] = &[$(
            Action { name: $name, access: Access::$access, target: Target::$target, run: $run },
        )*];
    };
}

actions! {
    Write "CreateUser" on User => users::create;
    Read "GetUser" on User => users::get;
    Read "ListUsers" on Everything => users::list;
    Write "UpdateUser" on User => users::update;
    Write "DeleteUser" on User => users::delete;
    Write "PutUserPermissionsBoundary" on User => users::put_boundary;
    Write "DeleteUserPermissionsBoundary" on User => users::delete_boundary;
    Write "CreateAccessKey" on User => keys::create;
    Write "UpdateAccessKey" on User => keys::update;
    Write "DeleteAccessKey" on User => keys::delete;
    Read "ListAccessKeys" on User => keys::list;
    Write "TagUser" on User => tags::tag_user;
    Write "UntagUser" on User => tags::untag_user;
    Read "ListUserTags" on User => tags::list_user;
    Write "PutUserPolicy" on User => entities::put_user;
    Read "GetUserPolicy" on User => entities::get_user;
    Write "DeleteUserPolicy" on User => entities::delete_user;
    Read "ListUserPolicies" on User => entities::list_user;
    Write "AttachUserPolicy" on User => entities::attach_user;
    Write "DetachUserPolicy" on User => entities::detach_user;
    Read "ListAttachedUserPolicies" on User => entities::attached_user;
    Read "ListGroupsForUser" on User => groups::of_user;
    Read "ListSSHPublicKeys" on User => users::ssh_keys;
    Read "ListSigningCertificates" on User => users::certificates;
    Read "ListServiceSpecificCredentials" on User => users::service_credentials;
    Read "ListMFADevices" on User => users::mfa_devices;
    Read "ListVirtualMFADevices" on Everything => users::virtual_mfa_devices;
    Read "GetLoginProfile" on User => users::login_profile;
    Write "DeleteLoginProfile" on User => users::login_profile;
    Write "CreateGroup" on Group => groups::create;
    Read "GetGroup" on Group => groups::get;
    Read "ListGroups" on Everything => groups::list;
    Write "DeleteGroup" on Group => groups::delete;
    Write "AddUserToGroup" on Group => groups::add;
    Write "RemoveUserFromGroup" on Group => groups::remove;
    Write "PutGroupPolicy" on Group => entities::put_group;
    Read "GetGroupPolicy" on Group => entities::get_group;
    Write "DeleteGroupPolicy" on Group => entities::delete_group;
    Read "ListGroupPolicies" on Group => entities::list_group;
    Write "AttachGroupPolicy" on Group => entities::attach_group;
    Write "DetachGroupPolicy" on Group => entities::detach_group;
    Read "ListAttachedGroupPolicies" on Group => entities::attached_group;
    Write "CreateRole" on Role => roles::create;
    Read "GetRole" on Role => roles::get;
    Read "ListRoles" on Everything => roles::list;
    Write "UpdateRole" on Role => roles::update;
    Write "UpdateRoleDescription" on Role => roles::update_description;
    Write "UpdateAssumeRolePolicy" on Role => roles::update_trust;
    Write "DeleteRole" on Role => roles::delete;
    Read "ListInstanceProfilesForRole" on Role => roles::instance_profiles;
    Write "PutRolePermissionsBoundary" on Role => roles::put_boundary;
    Write "DeleteRolePermissionsBoundary" on Role => roles::delete_boundary;
    Write "TagRole" on Role => tags::tag_role;
    Write "UntagRole" on Role => tags::untag_role;
    Read "ListRoleTags" on Role => tags::list_role;
    Write "PutRolePolicy" on Role => entities::put_role;
    Read "GetRolePolicy" on Role => entities::get_role;
    Write "DeleteRolePolicy" on Role => entities::delete_role;
    Read "ListRolePolicies" on Role => entities::list_role;
    Write "AttachRolePolicy" on Role => entities::attach_role;
    Write "DetachRolePolicy" on Role => entities::detach_role;
    Read "ListAttachedRolePolicies" on Role => entities::attached_role;
    Write "CreatePolicy" on NewPolicy => policies::create;
    Read "GetPolicy" on Policy => policies::get;
    Read "ListPolicies" on Everything => policies::list;
    Write "DeletePolicy" on Policy => policies::delete;
    Write "CreatePolicyVersion" on Policy => policies::create_version;
    Read "GetPolicyVersion" on Policy => policies::get_version;
    Read "ListPolicyVersions" on Policy => policies::list_versions;
    Write "SetDefaultPolicyVersion" on Policy => policies::set_default;
    Write "DeletePolicyVersion" on Policy => policies::delete_version;
    Write "TagPolicy" on Policy => tags::tag_policy;
    Write "UntagPolicy" on Policy => tags::untag_policy;
    Read "ListPolicyTags" on Policy => tags::list_policy;
    Read "ListEntitiesForPolicy" on Policy => policies::entities;
}

/// The action of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name == name)
}

impl Action {
    /// The ARN of what it is authorised on, whether or not there is such a thing.
    #[must_use]
    pub fn resource(&self, account: &Account, params: &Params, principal: &Principal) -> String {
        // What is empty names nothing, as what is missing does; the call itself refuses it.
        let given = |member: &str| params.get(member).filter(|text| !text.is_empty());
        let name = |member: &str| given(member).unwrap_or("*").to_owned();
        let path = || params.get("Path").unwrap_or("/").to_owned();
        let (kind, known, name) = match self.target {
            Target::Everything => return "*".to_owned(),
            Target::Policy => return name("PolicyArn"),
            Target::NewPolicy => (Kind::Policy, None, name("PolicyName")),
            Target::User => {
                let name = match (params.get("UserName"), principal) {
                    (None, Principal::User { user, .. }) => user.entity.name.clone(),
                    _ => name("UserName"),
                };
                (Kind::User, account.user(&name).map(|user| user.entity.path.clone()), name)
            }
            Target::Group => {
                let known = account.groups.get(&name("GroupName").to_lowercase());
                (Kind::Group, known.map(|group| group.entity.path.clone()), name("GroupName"))
            }
            Target::Role => {
                let known = account.role(&name("RoleName"));
                (Kind::Role, known.map(|role| role.entity.path.clone()), name("RoleName"))
            }
        };
        names::arn(&account.id, kind.as_str(), &known.unwrap_or_else(path), &name)
    }

    /// Adds what conditions can ask about the call: tags of the request and of the resource, the policy that is attached.
    pub fn describe(&self, account: &Account, params: &Params, context: &mut Context) {
        for index in 1.. {
            let Some(key) = params.get(&format!("Tags.member.{index}.Key")) else { break };
            let value = params.get(&format!("Tags.member.{index}.Value")).unwrap_or_default();
            context.add(&format!("aws:RequestTag/{key}"), value);
            context.add("aws:TagKeys", key);
        }
        for key in params.members("TagKeys") {
            context.add("aws:TagKeys", key);
        }
        let tags = match self.target {
            Target::User => params.get("UserName").and_then(|name| account.user(name)).map(|user| &user.tags),
            Target::Role => params.get("RoleName").and_then(|name| account.role(name)).map(|role| &role.tags),
            Target::Policy => {
                params.get("PolicyArn").and_then(|arn| account.policy_of_arn(arn)).map(|policy| &policy.tags)
            }
            Target::Everything | Target::Group | Target::NewPolicy => None,
        };
        for (key, value) in tags.into_iter().flatten() {
            context.add(&format!("aws:ResourceTag/{key}"), value.as_str());
            context.add(&format!("iam:ResourceTag/{key}"), value.as_str());
        }
        if self.name.starts_with("Attach") || self.name.starts_with("Detach") {
            params.get("PolicyArn").into_iter().for_each(|arn| context.add("iam:PolicyARN", arn));
        }
        params
            .get("PermissionsBoundary")
            .into_iter()
            .for_each(|arn| context.add("iam:PermissionsBoundary", arn));
    }

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
        let lower = name.to_lowercase();
        let user = self.account.users.get_mut(&lower).ok_or_else(|| IamError::missing("user", &name))?;
        self.touched.insert((Kind::User, lower));
        Ok(Arc::make_mut(user))
    }

    fn group(&self) -> Result<&Arc<Group>, IamError> {
        let name = self.param("GroupName")?;
        self.account.groups.get(&name.to_lowercase()).ok_or_else(|| IamError::missing("group", name))
    }

    fn group_mut(&mut self) -> Result<&mut Group, IamError> {
        let name = self.params.required("GroupName")?;
        let lower = name.to_lowercase();
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
        let lower = name.to_lowercase();
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
        let lower = self.account.policy_of_arn(arn).ok_or_else(|| no_policy(arn))?.name.to_lowercase();
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
