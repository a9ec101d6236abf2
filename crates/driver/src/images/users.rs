//! Who an image's applications run as: OCI's `User`, looked up in the image's own passwd and group files.

use super::{ImageUser, ImportError};
use crate::sandbox::{DISPLAY_ID, ID_COUNT};

/// Who runs the applications of an image that does not say.
const DEFAULT_ID: u32 = 1000;
/// Supplementary groups that are kept.
const MOST_GROUPS: usize = 32;

/// `user` is `NAME`, `UID`, `NAME:GROUP` or `UID:GID`; empty means uid 1000, since an image that does not name a user was not made for a desktop, and
/// nobody needs to be root there.
pub(crate) fn resolve(user: &str, passwd: &str, group: &str) -> Result<ImageUser, ImportError> {
    let (user, named_group) = match user.split_once(':') {
        Some((user, group)) => (user, Some(group)),
        None => (user, None),
    };
    let refused = |what: &str| ImportError::Refused(format!("its user {user} {what}"));
    let entry = |field: usize, value: &str| {
        passwd.lines().map(fields).find(|line| line.len() >= 7 && line[field] == value)
    };
    let found = if user.is_empty() {
        entry(2, &DEFAULT_ID.to_string())
    } else {
        entry(0, user).or_else(|| entry(2, user))
    };
    let (uid, primary, name, home) = match found {
        Some(line) => {
            let uid = line[2].parse().map_err(|_| refused("has no number"))?;
            let gid = line[3].parse().map_err(|_| refused("has no group"))?;
            (uid, gid, line[0].to_owned(), line[5].to_owned())
        }
        None if user.is_empty() => (DEFAULT_ID, DEFAULT_ID, "user".to_owned(), String::new()),
        None => {
            let uid: u32 = user.parse().map_err(|_| refused("is not in /etc/passwd"))?;
            (uid, uid, "user".to_owned(), String::new())
        }
    };
    let groups = || group.lines().map(fields).filter(|line| line.len() >= 3);
    let gid = match named_group {
        None => primary,
        Some(wanted) => groups()
            .find(|line| line[0] == wanted)
            .and_then(|line| line[2].parse().ok())
            .or_else(|| wanted.parse().ok())
            .ok_or_else(|| refused("has a group that is not in /etc/group"))?,
    };
    let further = groups()
        .filter(|line| line.get(3).is_some_and(|members| members.split(',').any(|member| member == name)))
        .filter_map(|line| line[2].parse::<u32>().ok())
        .filter(|id| *id != gid && *id < ID_COUNT && *id != DISPLAY_ID)
        .take(MOST_GROUPS)
        .collect();
    for id in [uid, gid] {
        if id >= ID_COUNT || id == DISPLAY_ID {
            return Err(refused("has an id that cannot be used (900, or above 65535)"));
        }
    }
    let home = if home.starts_with('/') && home != "/" && !home.split('/').any(|part| part == "..") {
        home
    } else {
        "/home/user".to_owned()
    };
    Ok(ImageUser { uid, gid, groups: further, name, home })
}

fn fields(line: &str) -> Vec<&str> {
    line.split(':').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str =
        "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/bash\nann:x:7:8::/:/bin/sh\n";
    const GROUP: &str = "root:x:0:\nstaff:x:50:ann,user\naudio:x:29:user\n";

    fn check(user: &str, uid: u32, gid: u32, name: &str, home: &str) {
        let found = resolve(user, PASSWD, GROUP).unwrap();
        assert_eq!((found.uid, found.gid, found.name.as_str(), found.home.as_str()), (uid, gid, name, home));
    }

    #[test]
    fn users_are_looked_up() {
        check("", 1000, 1000, "user", "/home/user");
        check("ann", 7, 8, "ann", "/home/user");
        check("7:staff", 7, 50, "ann", "/home/user");
        check("0", 0, 0, "root", "/root");
        check("1234:99", 1234, 99, "user", "/home/user");
        assert_eq!(resolve("user", PASSWD, GROUP).unwrap().groups, [50, 29]);
        assert_eq!(resolve("", "", "").unwrap().uid, 1000);
    }

    #[test]
    fn impossible_users_are_refused() {
        for user in ["nobody-here", "900", "7:900", "70000", "ann:nogroup"] {
            assert!(resolve(user, PASSWD, GROUP).is_err(), "{user}");
        }
    }
}
