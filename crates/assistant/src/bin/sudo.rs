//! `sudo` in an image builder: runs a command as root, without a password, whatever the image has or has not of its own.
//!
//! It is setuid to the root of the builder's user namespace and lies where no other instance has anything; whoever is in a builder is its administrator.
//! It takes the options of its namesake that scripts use; those that only concern passwords mean nothing here.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use rustix::process::{Gid, Uid};

const USAGE: &str = "usage: sudo [-EHinSs] [-u USER] [NAME=VALUE ...] [COMMAND [ARGUMENT ...]]";
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/millrace/bin";
/// What the command keeps of the caller's environment without `-E`: the display, the language, and what asks for it to be quiet.
const KEPT: [&str; 13] = [
    "COLORTERM",
    "DEBIAN_FRONTEND",
    "DISPLAY",
    "LANG",
    "LANGUAGE",
    "TERM",
    "TZ",
    "XAUTHORITY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SOURCE_DATE_EPOCH",
    "APPSTREAM_SESSION_CONTEXT",
];
/// What the shell says of a command that cannot be found or run.
const NOT_FOUND: u8 = 127;
const NOT_RUN: u8 = 126;

fn main() -> ExitCode {
    match run(std::env::args_os().skip(1).collect()) {
        Ok(never) => match never {},
        Err((code, message)) => {
            // If standard error is gone, nobody reads.
            let _ = writeln!(std::io::stderr(), "sudo: {message}");
            ExitCode::from(code)
        }
    }
}

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    keeps_environment: bool,
    login_shell: bool,
    shell: bool,
    user: Option<OsString>,
    variables: Vec<(OsString, OsString)>,
    command: Vec<OsString>,
    only_validates: bool,
}

/// An entry of /etc/passwd.
#[derive(Debug, PartialEq, Eq)]
struct Account {
    name: OsString,
    uid: u32,
    gid: u32,
    home: OsString,
    shell: OsString,
}

fn run(arguments: Vec<OsString>) -> Result<std::convert::Infallible, (u8, String)> {
    let request = parse(arguments).map_err(|message| (1, message))?;
    if request.only_validates {
        std::process::exit(0);
    }
    let caller = rustix::process::getuid();
    let passwd = fs::read("/etc/passwd").unwrap_or_default();
    let account = match &request.user {
        None => find(&passwd, OsStr::new("root")).unwrap_or_else(root),
        Some(user) => find(&passwd, user).ok_or_else(|| (1, format!("unknown user {}", user.display())))?,
    };
    let groups = groups_of(&fs::read("/etc/group").unwrap_or_default(), &account);
    become_account(&account, &groups)
        .map_err(|error| (1, format!("becoming {}: {error}", account.name.display())))?;

    let mut command = command(&request, &account);
    if !request.keeps_environment || request.login_shell {
        command.env_clear();
        let kept =
            |name: &OsStr| name.to_str().is_some_and(|name| KEPT.contains(&name) || name.starts_with("LC_"));
        command.envs(std::env::vars_os().filter(|(name, _)| kept(name)));
        command.env("PATH", PATH).env("HOME", &account.home).env("SHELL", &account.shell);
        command.env("USER", &account.name).env("LOGNAME", &account.name);
    }
    command.env("SUDO_UID", caller.as_raw().to_string());
    command.envs(request.variables.iter().map(|(name, value)| (name, value)));
    if request.login_shell && std::env::set_current_dir(&account.home).is_err() {
        // As a login without a home: from where the caller is.
    }
    let program = command.get_program().to_owned();
    let error = command.exec();
    let code = if error.kind() == std::io::ErrorKind::NotFound { NOT_FOUND } else { NOT_RUN };
    Err((code, format!("{}: {error}", program.display())))
}

fn parse(arguments: Vec<OsString>) -> Result<Request, String> {
    let mut request = Request::default();
    let mut rest = arguments.into_iter().peekable();
    while let Some(argument) = rest.peek() {
        let text = argument.to_string_lossy().into_owned();
        if let Some((name, value)) = variable(argument) {
            request.variables.push((name, value));
            rest.next();
            continue;
        }
        if !text.starts_with('-') || text == "-" {
            break;
        }
        rest.next();
        match text.as_str() {
            "--" => break,
            "--preserve-env" => request.keeps_environment = true,
            "--login" => request.login_shell = true,
            "--non-interactive" | "--set-home" | "--stdin" => {}
            "--user" => request.user = Some(rest.next().ok_or(USAGE)?),
            long if long.starts_with("--user=") => request.user = Some(long["--user=".len()..].into()),
            long if long.starts_with("--") => return Err(USAGE.to_owned()),
            short => flags(&short[1..], &mut request, &mut rest)?,
        }
    }
    request.command = rest.collect();
    if request.command.is_empty() && !request.login_shell && !request.shell && !request.only_validates {
        return Err(USAGE.to_owned());
    }
    Ok(request)
}

fn flags(
    letters: &str,
    request: &mut Request,
    rest: &mut impl Iterator<Item = OsString>,
) -> Result<(), String> {
    for (at, letter) in letters.char_indices() {
        match letter {
            'E' => request.keeps_environment = true,
            'i' => request.login_shell = true,
            's' => request.shell = true,
            'v' | 'k' | 'K' => request.only_validates = true,
            // No password is ever asked for, and the home is always the target's.
            'A' | 'B' | 'H' | 'S' | 'b' | 'n' => {}
            'u' => {
                let attached = &letters[at + 1..];
                let user = if attached.is_empty() { rest.next() } else { Some(attached.into()) };
                request.user = Some(user.ok_or(USAGE)?);
                return Ok(());
            }
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(())
}

/// `NAME=VALUE`
fn variable(argument: &OsStr) -> Option<(OsString, OsString)> {
    let bytes = argument.as_bytes();
    let equals = bytes.iter().position(|byte| *byte == b'=')?;
    let name = &bytes[..equals];
    let valid = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let owned = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    valid.then(|| (owned(name), owned(&bytes[equals + 1..])))
}

fn command(request: &Request, account: &Account) -> Command {
    if !request.login_shell && !request.shell {
        let mut command = Command::new(&request.command[0]);
        command.args(&request.command[1..]);
        return command;
    }
    let mut command = Command::new(&account.shell);
    if request.login_shell {
        // A dash in front of its name makes a shell a login shell.
        let mut name = OsString::from("-");
        name.push(
            account
                .shell
                .as_bytes()
                .rsplit(|byte| *byte == b'/')
                .next()
                .map(OsStr::from_bytes)
                .unwrap_or_default(),
        );
        command.arg0(name);
    }
    if !request.command.is_empty() {
        command.arg("-c").arg(quoted(&request.command));
    }
    command
}

/// One line for a shell that means exactly these words.
fn quoted(words: &[OsString]) -> OsString {
    let mut line = Vec::new();
    for word in words {
        if !line.is_empty() {
            line.push(b' ');
        }
        line.push(b'\'');
        for byte in word.as_bytes() {
            match byte {
                b'\'' => line.extend(br"'\''"),
                other => line.push(*other),
            }
        }
        line.push(b'\'');
    }
    OsString::from_vec(line)
}

fn root() -> Account {
    Account { name: "root".into(), uid: 0, gid: 0, home: "/root".into(), shell: "/bin/sh".into() }
}

/// The account of that name, or of that number after a `#`.
fn find(passwd: &[u8], user: &OsStr) -> Option<Account> {
    let number = user.as_bytes().strip_prefix(b"#");
    passwd.split(|byte| *byte == b'\n').find_map(|line| {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
        let [name, _, uid, gid, _, home, shell] = fields[..] else { return None };
        let matches = number.map_or(name == user.as_bytes(), |number| uid == number);
        let parsed = |bytes: &[u8]| std::str::from_utf8(bytes).ok()?.parse::<u32>().ok();
        let owned = |bytes: &[u8], default: &str| {
            if bytes.is_empty() { OsString::from(default) } else { OsString::from_vec(bytes.to_vec()) }
        };
        matches.then_some(())?;
        Some(Account {
            name: owned(name, ""),
            uid: parsed(uid)?,
            gid: parsed(gid)?,
            home: owned(home, "/"),
            shell: owned(shell, "/bin/sh"),
        })
    })
}

fn groups_of(group: &[u8], account: &Account) -> Vec<u32> {
    let listed = group.split(|byte| *byte == b'\n').filter_map(|line| {
        let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
        let [_, _, gid, members] = fields[..] else { return None };
        let is_member = members.split(|byte| *byte == b',').any(|member| member == account.name.as_bytes());
        is_member.then(|| std::str::from_utf8(gid).ok()?.parse::<u32>().ok())?
    });
    std::iter::once(account.gid).chain(listed.filter(|gid| *gid != account.gid)).collect()
}

fn become_account(account: &Account, groups: &[u32]) -> Result<(), rustix::io::Errno> {
    // By the bit of its file this program is root already, as far as its effective id goes.
    let (uid, gid) = (Uid::from_raw(account.uid), Gid::from_raw(account.gid));
    let groups: Vec<Gid> = groups.iter().map(|gid| Gid::from_raw(*gid)).collect();
    rustix::thread::set_thread_groups(&groups)?;
    rustix::thread::set_thread_res_gid(gid, gid, gid)?;
    rustix::thread::set_thread_res_uid(uid, uid, uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn command_lines() {
        let request = parse(words("-nE A=b -u www-data -- apt-get -y install x")).unwrap();
        assert!(request.keeps_environment);
        assert_eq!(request.user.as_deref(), Some(OsStr::new("www-data")));
        assert_eq!(request.variables, [("A".into(), "b".into())]);
        assert_eq!(request.command, words("apt-get -y install x"));
        assert_eq!(parse(words("A=1 env")).unwrap().command, words("env"));
        assert_eq!(parse(words("-uroot id -u")).unwrap().command, words("id -u"));
        assert!(parse(words("-i")).unwrap().login_shell);
        assert!(parse(words("-v")).unwrap().only_validates);
        for wrong in ["-Z x", "-u", "--strange x", "-n"] {
            assert!(parse(words(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn accounts_and_their_groups() {
        let passwd = b"root:x:0:0:root:/root:/bin/bash\nwww:x:33:33::/var/www:\n";
        let www = find(passwd, OsStr::new("www")).unwrap();
        assert_eq!((www.uid, www.shell.to_str()), (33, Some("/bin/sh")));
        assert_eq!(find(passwd, OsStr::new("#33")).unwrap(), www);
        assert_eq!(find(passwd, OsStr::new("nobody")), None);
        assert_eq!(groups_of(b"www:x:33:\nssl:x:44:a,www\nx:y\n", &www), [33, 44]);
    }

    #[test]
    fn a_shell_gets_exactly_the_words() {
        assert_eq!(quoted(&words("a it's $x")), "'a' 'it'\\''s' '$x'");
    }
}
