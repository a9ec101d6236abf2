//! What the PAX headers of an archive's entry tell beside the entry itself.

use std::io::{self, Read};

use rustix::fs::Timespec;
use tar::Entry;

/// The time of the last change that a PAX header tells: seconds since 1970, perhaps negative, perhaps with a fraction (POSIX pax, "mtime").
pub(super) fn modified(entry: &mut Entry<'_, impl Read>) -> io::Result<Option<Timespec>> {
    let Some(extensions) = entry.pax_extensions()? else { return Ok(None) };
    let mut time = None;
    for extension in extensions {
        let extension = extension?;
        if extension.key() == Ok("mtime") {
            time = extension.value().ok().and_then(moment);
        }
    }
    Ok(time)
}

pub(super) fn moment(text: &str) -> Option<Timespec> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let seconds: i64 = whole.parse().ok()?;
    let nanoseconds: i64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    // The kernel counts nanoseconds forward from whole seconds.
    Some(match (negative, nanoseconds) {
        (false, _) => Timespec { tv_sec: seconds, tv_nsec: nanoseconds },
        (true, 0) => Timespec { tv_sec: -seconds, tv_nsec: 0 },
        (true, _) => Timespec { tv_sec: -seconds - 1, tv_nsec: 1_000_000_000 - nanoseconds },
    })
}

/// The attributes to set: of the user, POSIX access lists and file capabilities. Others (above all `trusted.overlay.*`, by which an archive could
/// redirect directories) are left out.
pub(super) fn extended_attributes(entry: &mut Entry<'_, impl Read>) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    let Some(extensions) = entry.pax_extensions()? else { return Ok(found) };
    for extension in extensions {
        let extension = extension?;
        let Ok(key) = extension.key() else { continue };
        let Some(key) = key.strip_prefix("SCHILY.xattr.") else { continue };
        if key.starts_with("user.") || key.starts_with("system.posix_acl_") || key == "security.capability" {
            found.push((key.to_owned(), extension.value_bytes().to_vec()));
        }
    }
    Ok(found)
}
