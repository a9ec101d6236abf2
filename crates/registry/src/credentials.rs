//! Name and password for a registry, from the file that `skopeo login`, `podman login` and `docker login` write. They are never given as arguments, which
//! everybody on the machine sees.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::{Reference, RegistryError};

/// Of the file, in bytes.
const LONGEST_FILE: u64 = 1 << 20;

/// Name and password. Neither is ever printed; serialised, they are for another process of the same program.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials(…)")
    }
}

#[derive(Deserialize)]
struct AuthFile {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    auth: Option<String>,
}

impl Credentials {
    /// Those that the file has for the image's registry (or for a part of it, `REGISTRY/NAME`: the longest that fits); none if it has none.
    ///
    /// # Errors
    /// [`RegistryError::Credentials`] if the file cannot be read or understood.
    pub fn from_file(path: &Path, reference: &Reference) -> Result<Option<Self>, RegistryError> {
        let wrong = |why: String| RegistryError::Credentials(format!("{}: {why}", path.display()));
        let mut text = String::new();
        File::open(path)
            .and_then(|file| file.take(LONGEST_FILE).read_to_string(&mut text))
            .map_err(|error| wrong(error.to_string()))?;
        // What serde says of a text could quote it.
        let file: AuthFile = serde_json::from_str(&text).map_err(|error| {
            wrong(format!(
                "it is not what `skopeo login` writes (line {}, column {})",
                error.line(),
                error.column()
            ))
        })?;
        let Some(entry) = entry_for(&file.auths, reference) else { return Ok(None) };
        let unreadable = || wrong(format!("its entry for {} cannot be read", reference.registry()));
        let Some(auth) = &entry.auth else {
            return Err(wrong(format!("the password for {} is kept elsewhere", reference.registry())));
        };
        let decoded = STANDARD.decode(auth.trim()).map_err(|_| unreadable())?;
        let pair = String::from_utf8(decoded).map_err(|_| unreadable())?;
        let (user, password) = pair.split_once(':').ok_or_else(unreadable)?;
        Ok(Some(Self { user: user.to_owned(), password: password.to_owned() }))
    }
}

fn entry_for<'a>(auths: &'a BTreeMap<String, Entry>, reference: &Reference) -> Option<&'a Entry> {
    let registry = reference.registry();
    let mut name = format!("{registry}/{}", reference.repository());
    loop {
        if let Some(entry) = auths.get(&name) {
            return Some(entry);
        }
        match name.rfind('/') {
            Some(index) => name.truncate(index),
            None => break,
        }
    }
    // As Docker writes its own.
    (registry == "docker.io").then(|| auths.get("https://index.docker.io/v1/")).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_that_fits() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("auth.json");
        let encoded = |pair: &str| STANDARD.encode(pair);
        let text = format!(
            r#"{{"auths": {{"r.example": {{"auth": "{}"}}, "r.example/a": {{"auth": "{}"}}, "s.example": {{}}, "t.example": {{"auth": "secret"}}}}}}"#,
            encoded("ann:one"),
            encoded("bob:two:3"),
        );
        std::fs::write(&path, text).unwrap();
        let find = |text: &str| Credentials::from_file(&path, &text.parse().unwrap());
        let pair = |text: &str| find(text).unwrap().map(|found| (found.user, found.password));
        assert_eq!(pair("r.example/b"), Some(("ann".into(), "one".into())));
        assert_eq!(pair("r.example/a/b"), Some(("bob".into(), "two:3".into())));
        assert_eq!(pair("other.example/a"), None);
        assert!(find("s.example/a").is_err());
        let error = find("t.example/a").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        std::fs::write(&path, r#"{"auths": {"r.example": "secret"}}"#).unwrap();
        let error = find("r.example/a").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        assert!(
            !format!("{:?}", Credentials { user: "u".into(), password: "secret".into() }).contains("secret")
        );
    }
}
