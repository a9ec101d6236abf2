//! Tags of users, roles and policies.

use std::collections::BTreeMap;

use super::{Work, tag_nodes};
use crate::answer::Node;
use crate::error::IamError;
use crate::names;

const MOST_TAGS: usize = 50;

/// Sets a tag. Keys have no case: the new spelling replaces the old.
pub(super) fn set(tags: &mut BTreeMap<String, String>, key: &str, value: &str) -> Result<(), IamError> {
    names::tag(key, value)?;
    tags.retain(|known, _| !known.eq_ignore_ascii_case(key));
    tags.insert(key.to_owned(), value.to_owned());
    if tags.len() > MOST_TAGS {
        return Err(IamError::limit(format!("Cannot exceed quota for TagsPerResource: {MOST_TAGS}")));
    }
    Ok(())
}

macro_rules! for_each_kind {
    ($($tag:ident $untag:ident $list:ident on $one:ident $one_mut:ident;)*) => {$(
        pub(super) fn $tag(work: &mut Work<'_>) -> Result<Node, IamError> {
            let params = work.params;
            let tags = &mut work.$one_mut()?.tags;
            params.tags()?.into_iter().try_for_each(|(key, value)| set(tags, key, value))?;
            Ok(Node::nothing())
        }

        pub(super) fn $untag(work: &mut Work<'_>) -> Result<Node, IamError> {
            let params = work.params;
            let keys = params.members("TagKeys");
            work.$one_mut()?.tags.retain(|known, _| !keys.iter().any(|key| known.eq_ignore_ascii_case(key)));
            Ok(Node::nothing())
        }

        pub(super) fn $list(work: &mut Work<'_>) -> Result<Node, IamError> {
            let tags = tag_nodes(&work.$one()?.tags);
            work.page("Tags", tags)
        }
    )*};
}

for_each_kind! {
    tag_user untag_user list_user on user user_mut;
    tag_role untag_role list_role on role role_mut;
    tag_policy untag_policy list_policy on policy policy_mut;
}
