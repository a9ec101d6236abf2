//! `REGISTRY/NAME[:TAG][@sha256:DIGEST]`, as other tools write it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Docker's registry is called by this name, and answers under another.
const DOCKER: &str = "docker.io";
const DOCKER_ANSWERS: &str = "registry-1.docker.io";
/// Of a repository's name, in bytes (OCI distribution specification, "Pulling manifests").
const LONGEST_NAME: usize = 255;
/// Likewise.
const LONGEST_TAG: usize = 128;

/// A published image. Serialised, it is a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    registry: String,
    repository: String,
    version: Version,
}

/// Which of a repository's images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// What the tag means at the moment.
    Tag(String),
    /// `sha256:` and 64 hexadecimal digits: the same for ever.
    Digest(String),
}

/// The text names no image of a registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST: {why}")]
pub struct ReferenceError {
    text: String,
    why: &'static str,
}

impl ReferenceError {
    /// What is wrong with the text.
    pub(crate) fn why(&self) -> &'static str {
        self.why
    }
}

impl Reference {
    /// Host, and port if there is one.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// Where its registry answers.
    pub(crate) fn host(&self) -> &str {
        if self.registry == DOCKER { DOCKER_ANSWERS } else { &self.registry }
    }

    /// The path below the registry.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Which of the repository's.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// What the path of its manifest ends with.
    pub(crate) fn version_text(&self) -> &str {
        match &self.version {
            Version::Tag(text) | Version::Digest(text) => text,
        }
    }

    /// A name for it in the API: the last part of the repository's, and the tag or the beginning of the digest.
    #[must_use]
    pub fn suggested_name(&self) -> String {
        let last = self.repository.rsplit('/').next().unwrap_or_default();
        let version = match &self.version {
            Version::Tag(tag) => tag.as_str(),
            Version::Digest(digest) => &digest["sha256:".len()..][..12],
        };
        format!("{last}-{version}").chars().take(100).collect()
    }

    /// Whether the registry is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = match self.registry.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => self.registry.split(':').next().unwrap_or_default(),
        };
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let wrong = |why| ReferenceError { text: text.to_owned(), why };
        let bare = text.strip_prefix("docker://").unwrap_or(text);
        let (registry, rest) = bare.split_once('/').ok_or_else(|| wrong("there is no registry in it"))?;
        // Without this, `debian/x` would be looked for at the host `debian`.
        if !(registry == "localhost" || registry.contains(['.', ':'])) {
            return Err(wrong("its first part is no registry (it has neither a dot nor a port)"));
        }
        if !is_registry(registry) {
            return Err(wrong("its registry is no host"));
        }
        let (rest, digest) = match rest.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (rest, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) => (name, Some(tag)),
            None => (rest, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(wrong("its tag has characters that no tag has"));
        }
        let version = match (digest, tag) {
            (Some(digest), _) if sha256_hex(digest).is_some() => Version::Digest(digest.to_owned()),
            (Some(_), _) => return Err(wrong("its digest is not sha256: and 64 hexadecimal digits")),
            (None, tag) => Version::Tag(tag.unwrap_or("latest").to_owned()),
        };
        if !is_repository(name) {
            return Err(wrong("its name has characters that no name has (only a-z, 0-9 and . _ - / are)"));
        }
        let official = registry == DOCKER && !name.contains('/');
        let repository = if official { format!("library/{name}") } else { name.to_owned() };
        // Of the name in full, or what this writes could not be read again.
        if repository.len() > LONGEST_NAME {
            return Err(wrong("its name has more than 255 characters"));
        }
        Ok(Self { registry: registry.to_owned(), repository, version })
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, ReferenceError> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, version) = match &self.version {
            Version::Tag(tag) => (':', tag),
            Version::Digest(digest) => ('@', digest),
        };
        write!(formatter, "{}/{}{mark}{version}", self.registry, self.repository)
    }
}

fn is_registry(text: &str) -> bool {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let Some((host, rest)) = rest.split_once(']') else { return false };
        if host.parse::<std::net::Ipv6Addr>().is_err() {
            return false;
        }
        match rest.strip_prefix(':') {
            Some(port) => ("v6", Some(port)),
            None if rest.is_empty() => ("v6", None),
            None => return false,
        }
    } else {
        match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let port_fits =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    (1..=253).contains(&host.len()) && host.bytes().all(plain) && port.is_none_or(port_fits)
}

fn is_repository(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let part = |part: &str| {
        let bytes = part.as_bytes();
        let ends = bytes.first().zip(bytes.last()).is_some_and(|(first, last)| plain(*first) && plain(*last));
        ends && bytes.iter().all(|byte| plain(*byte) || b"._-".contains(byte)) && !part.contains("..")
    };
    name.split('/').all(part)
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=LONGEST_TAG).contains(&tag.len())
        && word(tag.as_bytes()[0])
        && tag.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

/// The 64 hexadecimal digits of `sha256:…`.
pub(crate) fn sha256_hex(digest: &str) -> Option<&str> {
    let hex = digest.strip_prefix("sha256:")?;
    let valid = hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    valid.then_some(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let digest = format!("sha256:{}", "a1".repeat(32));
        let check = |text: &str, host: &str, repository: &str, version: &str, name: &str| {
            let found: Reference = text.parse().unwrap();
            let parts = (found.host(), found.repository(), found.version_text());
            assert_eq!(parts, (host, repository, version), "{text}");
            assert_eq!(found.suggested_name(), name, "{text}");
        };
        check("quay.io/a/b-c:1.2", "quay.io", "a/b-c", "1.2", "b-c-1.2");
        check("localhost:5000/x", "localhost:5000", "x", "latest", "x-latest");
        check("docker.io/debian:12", "registry-1.docker.io", "library/debian", "12", "debian-12");
        check("docker://docker.io/u/p:1", "registry-1.docker.io", "u/p", "1", "p-1");
        check("[::1]:5000/x:y", "[::1]:5000", "x", "y", "x-y");
        check(&format!("r.example/x@{digest}"), "r.example", "x", &digest, "x-a1a1a1a1a1a1");
        // With both, the digest says which: the tag is for people.
        check(&format!("r.example/x:1@{digest}"), "r.example", "x", &digest, "x-a1a1a1a1a1a1");
    }

    #[test]
    fn what_is_none() {
        for wrong in [
            "debian",
            "debian:12",
            "debian/x",
            "r.example/",
            "r.example/X",
            "r.example/x:",
            "r.example/x:a b",
            "r.example/../x",
            "r.example/a//b",
            "r.example/x@sha256:12",
            "r.example/x@md5:12",
            "r.example:99999/x",
            "user:secret@r.example/x",
            "r.example?/x",
            "[::1/x",
        ] {
            assert!(wrong.parse::<Reference>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_name_s_length_counts_in_full() {
        let read =
            |length: usize, before: &str| format!("{before}{}", "a".repeat(length)).parse::<Reference>();
        for (longest, before) in [(247, "docker.io/"), (247, "docker.io/library/"), (255, "r.example/")] {
            let found = read(longest, before).unwrap();
            assert_eq!(found.to_string().parse::<Reference>().as_ref(), Ok(&found));
            assert!(read(longest + 1, before).is_err(), "{before}");
        }
    }

    #[test]
    fn loopback_is_told_from_names_that_look_like_it() {
        let is = |text: &str| text.parse::<Reference>().unwrap().is_loopback();
        assert!(is("localhost:1/x") && is("127.0.0.1:1/x") && is("127.9.9.9/x") && is("[::1]:1/x"));
        assert!(!is("localhost.example/x") && !is("10.0.0.1/x") && !is("127.0.0.1.example:1/x"));
    }
}
