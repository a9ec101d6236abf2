//! What the caller's policies are asked before an action: on which ARNs, with which facts.
//!
//! An action is decided on the entity that is stored, as that is spelled and where its path is, not on what the caller wrote: names have no case,
//! ARNs have. Which parameters fill which condition key stands in the table of actions, after AWS's service authorization reference for IAM: a
//! parameter that an action does not have fills none.

use std::collections::BTreeMap;

use crate::account::{Account, Kind};
use crate::names;
use crate::params::Params;
use crate::principal::Principal;

use super::Action;

/// What an action is authorised on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// `*`.
    Everything,
    /// The entity that will have the name and path of the request.
    New(Kind),
    /// The user of UserName; without one the caller itself.
    User,
    /// The group of GroupName.
    Group,
    /// The role of RoleName.
    Role,
    /// The policy of PolicyArn.
    Policy,
}

/// A condition key that an action has, and where its value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fills {
    /// `aws:RequestTag/…` and `aws:TagKeys`, from Tags.
    Tags,
    /// `aws:TagKeys`, from TagKeys.
    TagKeys,
    /// `iam:PolicyARN`, from PolicyArn.
    PolicyArn,
    /// `iam:PermissionsBoundary`, from the parameter: the action sets it.
    GivenBoundary,
    /// `iam:PermissionsBoundary`, from the boundary that the user or role has.
    OwnBoundary,
}

/// One thing that must be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// `iam:` and an action's name.
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// Condition keys and their values; a key may come more than once.
    pub facts: Vec<(String, String)>,
}

/// The entity that an action is about.
struct Subject<'a> {
    arn: String,
    tags: Option<&'a BTreeMap<String, String>>,
    boundary: Option<&'a str>,
}

impl Subject<'_> {
    fn unknown(arn: String) -> Self {
        Self { arn, tags: None, boundary: None }
    }
}

impl Action {
    /// Everything that must be allowed for the action to be done.
    #[must_use]
    pub fn questions(&self, account: &Account, params: &Params, principal: &Principal) -> Vec<Question> {
        let subject = self.subject(account, params, principal);
        let question = |action: &str, resource: &str, fills: &[Fills]| Question {
            action: format!("iam:{action}"),
            resource: resource.to_owned(),
            facts: facts(fills, params, &subject),
        };
        let mut questions = vec![question(self.name, &subject.arn, self.fills)];
        if let Some(arn) = self.arn_afterwards(account, params, principal) {
            questions.push(question(self.name, &arn, self.fills));
        }
        // Tags at creation need what setting them later needs.
        if self.fills.contains(&Fills::Tags)
            && params.get("Tags.member.1.Key").is_some()
            && let Target::New(kind) = self.target
            && let Some(tagging) = tagging(kind)
        {
            questions.push(question(tagging, &subject.arn, &[Fills::Tags]));
        }
        questions
    }

    fn subject<'a>(&self, account: &'a Account, params: &Params, principal: &Principal) -> Subject<'a> {
        // What is empty names nothing, as what is missing does; the call itself refuses it.
        let name =
            |member: &str| params.get(member).filter(|text| !text.is_empty()).unwrap_or("*").to_owned();
        let at_root =
            |kind: Kind, name: &str| Subject::unknown(names::arn(&account.id, kind.as_str(), "/", name));
        match self.target {
            Target::Everything => Subject::unknown("*".to_owned()),
            Target::New(kind) => {
                let path = params.get("Path").unwrap_or("/");
                Subject::unknown(names::arn(&account.id, kind.as_str(), path, &name(name_member(kind))))
            }
            Target::User => {
                let name = meant_user(params, principal);
                account.user(name).map_or_else(
                    || at_root(Kind::User, name),
                    |user| Subject {
                        arn: user.arn(&account.id),
                        tags: Some(&user.tags),
                        boundary: user.boundary.as_deref(),
                    },
                )
            }
            Target::Group => {
                let name = name("GroupName");
                account.group(&name).map_or_else(
                    || at_root(Kind::Group, &name),
                    |group| Subject::unknown(group.arn(&account.id)),
                )
            }
            Target::Role => {
                let name = name("RoleName");
                account.role(&name).map_or_else(
                    || at_root(Kind::Role, &name),
                    |role| Subject {
                        arn: role.arn(&account.id),
                        tags: Some(&role.tags),
                        boundary: role.boundary.as_deref(),
                    },
                )
            }
            Target::Policy => {
                let arn = name("PolicyArn");
                let tags = account.policy_of_arn(&arn).map(|policy| &policy.tags);
                Subject { arn, tags, boundary: None }
            }
        }
    }

    /// The ARN that the user has after the action, where the action gives it another name or path.
    fn arn_afterwards(&self, account: &Account, params: &Params, principal: &Principal) -> Option<String> {
        let (name, path) = (params.get("NewUserName"), params.get("NewPath"));
        if self.name != "UpdateUser" || (name.is_none() && path.is_none()) {
            return None;
        }
        let entity = account.user(meant_user(params, principal)).map(|user| &user.entity);
        let name = name.or(entity.map(|entity| entity.name.as_str())).unwrap_or("*");
        let path = path.or(entity.map(|entity| entity.path.as_str())).unwrap_or("/");
        Some(names::arn(&account.id, Kind::User.as_str(), path, name))
    }
}

fn facts(fills: &[Fills], params: &Params, subject: &Subject<'_>) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut add = |key: String, value: &str| facts.push((key, value.to_owned()));
    for fills in fills {
        match fills {
            Fills::Tags => {
                for index in 1.. {
                    let Some(key) = params.get(&format!("Tags.member.{index}.Key")) else { break };
                    let value = params.get(&format!("Tags.member.{index}.Value")).unwrap_or_default();
                    add(format!("aws:RequestTag/{key}"), value);
                    add("aws:TagKeys".to_owned(), key);
                }
            }
            Fills::TagKeys => {
                for key in params.members("TagKeys") {
                    add("aws:TagKeys".to_owned(), key);
                }
            }
            Fills::PolicyArn => {
                params.get("PolicyArn").into_iter().for_each(|arn| add("iam:PolicyARN".to_owned(), arn));
            }
            Fills::GivenBoundary => {
                let given = params.get("PermissionsBoundary");
                given.into_iter().for_each(|arn| add("iam:PermissionsBoundary".to_owned(), arn));
            }
            Fills::OwnBoundary => {
                subject.boundary.into_iter().for_each(|arn| add("iam:PermissionsBoundary".to_owned(), arn));
            }
        }
    }
    for (key, value) in subject.tags.into_iter().flatten() {
        add(format!("aws:ResourceTag/{key}"), value);
        add(format!("iam:ResourceTag/{key}"), value);
    }
    facts
}

/// The name of the user that UserName means; without it, that is the caller.
fn meant_user<'a>(params: &'a Params, principal: &'a Principal) -> &'a str {
    match (params.get("UserName"), principal) {
        (None, Principal::User { user, .. }) => &user.entity.name,
        (given, _) => given.filter(|name| !name.is_empty()).unwrap_or("*"),
    }
}

/// The parameter that names a new entity.
fn name_member(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "UserName",
        Kind::Group => "GroupName",
        Kind::Role => "RoleName",
        Kind::Policy => "PolicyName",
    }
}

/// The action that sets tags of such an entity; groups have none.
fn tagging(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::User => Some("TagUser"),
        Kind::Role => Some("TagRole"),
        Kind::Policy => Some("TagPolicy"),
        Kind::Group => None,
    }
}
