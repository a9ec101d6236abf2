//! `/etc/hosts` of an app container: images made for containers often have none, since who runs them writes one, and without it not even `localhost`
//! has an address. What an image says there stays; what is missing is added.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

/// In bytes: what is longer is left as it is.
const LONGEST: u64 = 1 << 20;
/// Ends the line with the container's own name. An image that was made of a builder has the builder's: it is replaced.
const OWN_LINE: &str = "# this instance";
const FILE: &str = "hosts";
const NEW_FILE: &str = ".hosts.millrace";

/// Adds what is missing to `/etc/hosts` below `root`, which nothing else changes meanwhile. No link leads out of `root`. A link or anything else but
/// a file in the place of `/etc/hosts` is left alone.
pub(super) fn complete(root: &Path, name: &str) -> io::Result<()> {
    let Some(directory) = etc(root)? else { return Ok(()) };
    let Some(written) = read(&directory)? else { return Ok(()) };
    let Some(text) = completed(&written, name) else { return Ok(()) };
    match rustix::fs::unlinkat(&directory, NEW_FILE, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(0o644);
    let mut new = File::from(rustix::fs::openat(&directory, NEW_FILE, flags, mode)?);
    new.write_all(text.as_bytes())?;
    // Whatever the umask is.
    rustix::fs::fchmod(&new, mode)?;
    Ok(rustix::fs::renameat(&directory, NEW_FILE, &directory, FILE)?)
}

/// The directory `/etc`, made if there is none; `None` if something else is there.
fn etc(root: &Path) -> io::Result<Option<OwnedFd>> {
    let root =
        rustix::fs::openat(CWD, root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mode = Mode::from_raw_mode(0o755);
    match rustix::fs::mkdirat(&root, "etc", mode) {
        // Whatever the umask is.
        Ok(()) => rustix::fs::chmodat(&root, "etc", mode, AtFlags::empty())?,
        Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    match rustix::fs::openat2(&root, "etc", flags, Mode::empty(), inside()) {
        Ok(directory) => Ok(Some(directory)),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn inside() -> ResolveFlags {
    ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_XDEV
}

/// What the file says, nothing if it is missing; `None` if it is not for us to change.
fn read(directory: &OwnedFd) -> io::Result<Option<String>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(directory.as_fd(), FILE, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(Some(String::new())),
        Err(Errno::LOOP | Errno::NXIO) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > LONGEST {
        return Ok(None);
    }
    let mut text = String::new();
    match file.take(LONGEST).read_to_string(&mut text) {
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(error),
    }
}

/// The file with `localhost` and `name` in it; `None` if both are there.
fn completed(written: &str, name: &str) -> Option<String> {
    if knows(written, "localhost") && knows(written, name) {
        return None;
    }
    let kept: String = written
        .lines()
        .filter(|line| !line.trim_end().ends_with(OWN_LINE))
        .map(|line| format!("{line}\n"))
        .collect();
    let localhost = if knows(&kept, "localhost") {
        ""
    } else {
        "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"
    };
    // As Debian does it for a machine without an address of its own.
    let own = if knows(&kept, name) { String::new() } else { format!("127.0.1.1 {name} {OWN_LINE}\n") };
    Some(format!("{localhost}{kept}{own}"))
}

/// Whether the name has an address: hosts(5).
fn knows(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let line = line.split('#').next().unwrap_or_default();
        line.split_whitespace().skip(1).any(|known| known.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCALHOST: &str = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";

    #[test]
    fn what_is_missing_is_added() {
        assert_eq!(completed("", "one").unwrap(), format!("{LOCALHOST}127.0.1.1 one # this instance\n"));
        let own = "192.0.2.1 db # localhost\n127.0.0.1\tLocalHost";
        assert_eq!(completed(own, "one").unwrap(), format!("{own}\n127.0.1.1 one # this instance\n"));
        assert_eq!(completed("10.0.0.1 one\n", "one").unwrap(), format!("{LOCALHOST}10.0.0.1 one\n"));
    }

    #[test]
    fn what_is_there_stays() {
        assert_eq!(completed("127.0.0.1 localhost one", "one"), None);
        let once = completed("10.0.0.1 db\n", "one").unwrap();
        assert_eq!(completed(&once, "one"), None);
        let of_another = completed(&once, "two").unwrap();
        assert_eq!(of_another, format!("{LOCALHOST}10.0.0.1 db\n127.0.1.1 two # this instance\n"));
    }

    #[test]
    fn no_link_is_followed_out_of_the_root() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        std::fs::create_dir(outside.path().join("etc")).unwrap();
        let root = tempfile::tempdir().unwrap();
        symlink(outside.path().join("etc"), root.path().join("etc")).unwrap();
        complete(root.path(), "one").unwrap();
        assert_eq!(std::fs::read_dir(outside.path().join("etc")).unwrap().count(), 0);

        std::fs::remove_file(root.path().join("etc")).unwrap();
        complete(root.path(), "one").unwrap();
        let hosts = root.path().join("etc/hosts");
        assert!(std::fs::read_to_string(&hosts).unwrap().contains("127.0.1.1 one"));

        std::fs::remove_file(&hosts).unwrap();
        symlink(outside.path().join("hosts"), &hosts).unwrap();
        complete(root.path(), "one").unwrap();
        assert!(!outside.path().join("hosts").exists());
    }
}
