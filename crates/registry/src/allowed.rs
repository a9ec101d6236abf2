//! Which images are fetched for whoever asks: rules of an installation's owner.

use std::str::FromStr;

use crate::Reference;

/// A registry, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    registry: String,
    /// What the repository's name is, or begins with before a slash; empty for all.
    below: String,
    /// It is reached without TLS.
    plain: bool,
}

/// The text names no registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not HOST, HOST:PORT or HOST/NAME, perhaps with http:// before it: {why}")]
pub struct AllowedError {
    text: String,
    why: String,
}

impl Allowed {
    /// Whether it is about this image.
    #[must_use]
    pub fn allows(&self, reference: &Reference) -> bool {
        let below = reference.repository().strip_prefix(&self.below);
        self.registry.eq_ignore_ascii_case(reference.registry())
            && below.is_some_and(|rest| self.below.is_empty() || rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether images are fetched without TLS (besides those of loopback, which always are).
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.plain
    }
}

impl FromStr for Allowed {
    type Err = AllowedError;

    fn from_str(text: &str) -> Result<Self, AllowedError> {
        let wrong = |why: &str| AllowedError { text: text.to_owned(), why: why.to_owned() };
        let (plain, bare) = match text.strip_prefix("http://") {
            Some(bare) => (true, bare),
            None => (false, text.strip_prefix("https://").unwrap_or(text)),
        };
        let bare = bare.trim_end_matches('/');
        let (registry, below) = bare.split_once('/').unwrap_or((bare, ""));
        if below.contains(['@', ':']) {
            return Err(wrong("whole repositories are allowed, not single images"));
        }
        // The same rules as those for an image.
        let probe = format!("{registry}/{}", if below.is_empty() { "name" } else { below });
        let reference = Reference::from_str(&probe).map_err(|error| wrong(error.why()))?;
        let below = if below.is_empty() { String::new() } else { reference.repository().to_owned() };
        Ok(Self { registry: registry.to_owned(), below, plain })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        let allows = |rule: &str, image: &str| {
            rule.parse::<Allowed>().unwrap().allows(&image.parse::<Reference>().unwrap())
        };
        assert!(allows("r.example", "r.example/a/b:1") && allows("https://R.example/", "r.example/a"));
        assert!(!allows("r.example", "r.example:5000/a") && !allows("r.example", "x.r.example/a"));
        assert!(allows("r.example/a", "r.example/a:1") && allows("r.example/a", "r.example/a/b"));
        assert!(!allows("r.example/a", "r.example/ab") && !allows("r.example/a", "r.example/b/a"));
        assert!(allows("docker.io/debian", "docker.io/debian:12"));
        assert!("http://10.0.0.1:5000".parse::<Allowed>().unwrap().is_plain());
        for wrong in ["", "registry", "r.example/a:1", "r.example/A", "ftp://r.example", "r.example//a", "*"]
        {
            assert!(wrong.parse::<Allowed>().is_err(), "{wrong}");
        }
    }
}
