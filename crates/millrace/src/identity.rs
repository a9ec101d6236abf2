//! Who the part of the server is that faces the network.

use std::fs;

use anyhow::{Context, bail};
use millrace_driver::confine::Identity;

use crate::config::Config;

/// The user that is taken if there is one, and none is configured.
const USUAL_NAME: &str = "millrace";
const USERS: &str = "/etc/passwd";

/// The configured user; else the user `millrace`, if this host has one; else an id that this installation has to itself.
///
/// # Errors
/// The configured user does not exist, or is root.
pub(crate) fn resolve(config: &Config) -> anyhow::Result<Identity> {
    let users = fs::read_to_string(USERS).with_context(|| format!("{USERS} cannot be read"))?;
    let own = config.instances.own_id();
    find(&users, config.user.as_deref(), Identity { user: own, group: own })
}

fn find(users: &str, configured: Option<&str>, otherwise: Identity) -> anyhow::Result<Identity> {
    let name = configured.unwrap_or(USUAL_NAME);
    let identity = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (found, _password) = (fields.next()?, fields.next()?);
        let (user, group) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        (found == name).then_some(Identity { user, group })
    });
    match identity {
        Some(Identity { user: 0, .. } | Identity { group: 0, .. }) => {
            bail!("user: {name} is root: name an ordinary user (adduser --system --group millrace)")
        }
        Some(identity) => Ok(identity),
        None if configured.is_some() => {
            bail!("user: there is no {name} in {USERS} (adduser --system --group {name})")
        }
        None => Ok(otherwise),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &str = "root:x:0:0:root:/root:/bin/bash\nbroken\nmillrace:x:101:102::/nonexistent:/bin/false\n\
                         other:x:103:104::/:/bin/false\nwheel:x:105:0::/:/bin/false\n";

    #[test]
    fn the_configured_the_usual_and_the_own() {
        let own = Identity { user: 7, group: 7 };
        let identity = |user, group| Identity { user, group };
        assert_eq!(find(USERS, Some("other"), own).unwrap(), identity(103, 104));
        assert_eq!(find(USERS, None, own).unwrap(), identity(101, 102));
        assert_eq!(find("", None, own).unwrap(), own);
        for (name, expected) in [("root", "is root"), ("wheel", "is root"), ("nobody", "no nobody")] {
            let message = find(USERS, Some(name), own).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
