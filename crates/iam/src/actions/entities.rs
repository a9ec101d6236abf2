//! Policies of users, groups and roles: those of their own, and managed ones that are attached. The same for all three.

use super::Work;
use crate::account::{Entity, Kind};
use crate::answer::Node;
use crate::document::Document;
use crate::error::IamError;
use crate::names;

/// AWS's quota of managed policies of one entity.
const MOST_ATTACHED: usize = 20;

/// The most characters, white space aside, of all inline policies of one entity (AWS's quotas).
fn longest_inline(kind: Kind) -> usize {
    match kind {
        Kind::User => 2048,
        Kind::Group => 5120,
        Kind::Role | Kind::Policy => 10_240,
    }
}

macro_rules! for_each_kind {
    ($($user:ident $group:ident $role:ident => $run:ident;)*) => {$(
        pub(super) fn $user(work: &mut Work<'_>) -> Result<Node, IamError> {
            $run(work, Kind::User)
        }

        pub(super) fn $group(work: &mut Work<'_>) -> Result<Node, IamError> {
            $run(work, Kind::Group)
        }

        pub(super) fn $role(work: &mut Work<'_>) -> Result<Node, IamError> {
            $run(work, Kind::Role)
        }
    )*};
}

for_each_kind! {
    put_user put_group put_role => put;
    get_user get_group get_role => get;
    delete_user delete_group delete_role => delete;
    list_user list_group list_role => list;
    attach_user attach_group attach_role => attach;
    detach_user detach_group detach_role => detach;
    attached_user attached_group attached_role => attached;
}

impl Work<'_> {
    fn entity(&self, kind: Kind) -> Result<&Entity, IamError> {
        Ok(match kind {
            Kind::Group => &self.group()?.entity,
            Kind::Role => &self.role()?.entity,
            Kind::User | Kind::Policy => {
                self.param("UserName")?;
                &self.user()?.entity
            }
        })
    }

    fn entity_mut(&mut self, kind: Kind) -> Result<&mut Entity, IamError> {
        Ok(match kind {
            Kind::Group => &mut self.group_mut()?.entity,
            Kind::Role => &mut self.role_mut()?.entity,
            Kind::User | Kind::Policy => {
                self.param("UserName")?;
                &mut self.user_mut()?.entity
            }
        })
    }
}

fn put(work: &mut Work<'_>, kind: Kind) -> Result<Node, IamError> {
    let name = names::name("PolicyName", work.param("PolicyName")?, 128)?.to_owned();
    let document =
        Document::new(work.param("PolicyDocument")?).map_err(|error| IamError::malformed(&error))?;
    let entity = work.entity_mut(kind)?;
    entity.inline.insert(name, document);
    let length =
        |document: &Document| document.text().chars().filter(|character| !character.is_whitespace()).count();
    let most = longest_inline(kind);
    if entity.inline.values().map(length).sum::<usize>() > most {
        return Err(IamError::limit(format!(
            "Maximum policy size of {most} bytes exceeded for {} {}",
            kind.as_str(),
            entity.name
        )));
    }
    Ok(Node::nothing())
}

fn get(work: &mut Work<'_>, kind: Kind) -> Result<Node, IamError> {
    let (entity, name) = (work.entity(kind)?, work.param("PolicyName")?);
    let document = entity.inline.get(name).ok_or_else(|| missing(kind, name))?;
    let owner = match kind {
        Kind::Group => "GroupName",
        Kind::Role => "RoleName",
        Kind::User | Kind::Policy => "UserName",
    };
    Ok(Node::Members(vec![
        (owner, entity.name.as_str().into()),
        ("PolicyName", name.into()),
        ("PolicyDocument", Node::Document(document.text().to_owned())),
    ]))
}

fn delete(work: &mut Work<'_>, kind: Kind) -> Result<Node, IamError> {
    let name = work.param("PolicyName")?.to_owned();
    work.entity_mut(kind)?.inline.remove(&name).ok_or_else(|| missing(kind, &name))?;
    Ok(Node::nothing())
}

fn list(work: &mut Work<'_>, kind: Kind) -> Result<Node, IamError> {
    let names = work.entity(kind)?.inline.keys().map(|name| (name.clone(), name.as_str().into())).collect();
    work.page("PolicyNames", names)
}

fn attach(work: &mut Work<'_>, kind: Kind) -> Result<Node, IamError> {
    let arn = work.existing_policy("PolicyArn")?;
    let entity = work.entity_mut(kind)?;
    entity.attached.insert(arn);
    if entity.attached.len() > MOST_ATTACHED {
        return Err(IamError::limit(format!("Cannot exceed quota for attached policies: {MOST_ATTACHED}")));
    }
    Ok(Node::nothing())
}

fn detach(work: &mut Work<'_>, kind: Kind) -> Result<Node, IamError> {
    let arn = work.param("PolicyArn")?.to_owned();
    if !work.entity_mut(kind)?.attached.remove(&arn) {
        return Err(IamError::of_request(404, "NoSuchEntity", format!("Policy {arn} was not found.")));
    }
    Ok(Node::nothing())
}

fn attached(work: &mut Work<'_>, kind: Kind) -> Result<Node, IamError> {
    let node = |arn: &String| {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        let members = vec![("PolicyName", name.into()), ("PolicyArn", arn.as_str().into())];
        (name.to_owned(), Node::Members(members))
    };
    let policies = work.entity(kind)?.attached.iter().map(node).collect();
    work.page("AttachedPolicies", policies)
}

fn missing(kind: Kind, name: &str) -> IamError {
    IamError::missing(&format!("{} policy", kind.as_str()), name)
}
