//! The recipe's file: TOML, with no key but these. `docs/images.md` explains each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::RecipeError;
use crate::SnapshotApplication;

/// Of a recipe, in bytes.
const LONGEST_RECIPE: u64 = 1 << 20;
/// Overlayfs takes the layers in options of one page.
const MOST_COMMANDS: usize = 40;

/// What an image is made of.
#[derive(Debug)]
pub struct Recipe {
    /// Where it begins.
    pub base: Base,
    pub(super) written: Written,
    /// Where paths of the recipe begin.
    pub(super) directory: PathBuf,
}

/// What comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// A suite of Debian's.
    Suite(String),
    /// An OCI archive or layout, or a root filesystem tarball.
    Archive(PathBuf),
    /// `REGISTRY/NAME:TAG`.
    Registry(String),
    /// An image of a server, by its name in the API.
    Image(String),
}

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    suite: Option<String>,
    base: Option<String>,
    pub(super) mirror: Option<String>,
    #[serde(default)]
    pub(super) packages: Vec<String>,
    #[serde(default)]
    pub(super) exclude: Vec<String>,
    #[serde(default)]
    pub(super) files: BTreeMap<String, String>,
    #[serde(default, rename = "copy")]
    pub(super) copies: Vec<Copy>,
    #[serde(default)]
    pub(super) commands: Vec<String>,
    #[serde(default)]
    pub(super) network: bool,
    #[serde(default)]
    pub(super) remove: Vec<String>,
    #[serde(default)]
    pub(super) config: Config,
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    #[serde(default, rename = "application")]
    pub(super) applications: Vec<Application>,
}

/// A file beside the recipe that goes into the image.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Copy {
    pub(super) from: PathBuf,
    pub(super) to: String,
    #[serde(default)]
    pub(super) executable: bool,
}

/// How the image's programs run.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Config {
    pub(super) user: Option<String>,
    pub(super) environment: Vec<String>,
}

/// An application that the image offers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Application {
    name: String,
    display_name: String,
    argv: Vec<String>,
    #[serde(default)]
    working_directory: String,
    icon: Option<String>,
    #[serde(default)]
    start_ahead: bool,
}

impl Application {
    /// In the form of the label.
    pub(super) fn labelled(&self) -> SnapshotApplication {
        SnapshotApplication {
            name: self.name.clone(),
            display_name: self.display_name.clone(),
            argv: self.argv.clone(),
            working_directory: self.working_directory.clone(),
            icon: self.icon.clone(),
            start_ahead: self.start_ahead,
        }
    }
}

impl Recipe {
    /// Reads and checks a recipe.
    ///
    /// # Errors
    /// [`RecipeError::Recipe`], which names the file and the key.
    pub fn load(path: &Path) -> Result<Self, RecipeError> {
        let wrong = |why: String| RecipeError::Recipe(format!("{}: {why}", path.display()));
        let length = fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
        if length > LONGEST_RECIPE {
            return Err(wrong(format!("it is longer than {LONGEST_RECIPE} bytes")));
        }
        let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let directory = path.parent().map(Path::to_owned).unwrap_or_default();
        Self::parse(&text, directory).map_err(wrong)
    }

    fn parse(text: &str, directory: PathBuf) -> Result<Self, String> {
        let deserializer = toml::Deserializer::parse(text).map_err(|error| error.to_string())?;
        let written: Written = serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let key = error.path().to_string();
            let why = error.into_inner();
            // Of a key that is missing or unknown the message names it.
            if key == "." { why.message().to_owned() } else { format!("{key}: {}", why.message()) }
        })?;
        let base = match (&written.suite, &written.base) {
            (Some(suite), None) => Base::Suite(word("suite", suite)?),
            (None, Some(base)) => base_of(base, &directory)?,
            (None, None) => return Err("suite or base: one of them is needed".to_owned()),
            (Some(_), Some(_)) => return Err("suite and base: only one of them can be".to_owned()),
        };
        let recipe = Self { base, written, directory };
        recipe.check()?;
        Ok(recipe)
    }

    fn check(&self) -> Result<(), String> {
        let written = &self.written;
        if !matches!(self.base, Base::Suite(_)) && (!written.exclude.is_empty() || written.mirror.is_some()) {
            return Err("exclude and mirror: they go with suite alone".to_owned());
        }
        if let Some(mirror) = &written.mirror {
            word("mirror", mirror)?;
        }
        for (index, package) in written.packages.iter().enumerate() {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.:=~_".contains(&byte);
            if package.is_empty() || !package.bytes().all(plain) || package.starts_with('-') {
                return Err(format!("packages[{index}]: {package:?} is no name of a package"));
            }
        }
        for (index, pattern) in written.exclude.iter().enumerate() {
            if !pattern.starts_with('/') || pattern.contains('\n') {
                return Err(format!("exclude[{index}]: {pattern:?} does not begin with a slash"));
            }
        }
        for path in written.files.keys() {
            inside(&format!("files.{path:?}"), path)?;
        }
        for (index, copy) in written.copies.iter().enumerate() {
            inside(&format!("copy[{index}].to"), &copy.to)?;
            if !self.directory.join(&copy.from).is_file() {
                return Err(format!("copy[{index}].from: {} is no file", copy.from.display()));
            }
        }
        if written.commands.len() > MOST_COMMANDS {
            return Err(format!("commands: more than {MOST_COMMANDS}"));
        }
        if let Some(index) =
            written.commands.iter().position(|line| line.trim().is_empty() || line.contains('\0'))
        {
            return Err(format!("commands[{index}]: there is nothing in it"));
        }
        for (index, pattern) in written.remove.iter().enumerate() {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+@~:*?[]".contains(&byte);
            let key = format!("remove[{index}]");
            inside(&key, pattern)?;
            if !pattern.bytes().all(plain) || pattern.starts_with('-') {
                return Err(format!("{key}: {pattern:?} is no pattern of paths"));
            }
        }
        for (index, variable) in written.config.environment.iter().enumerate() {
            if variable.split_once('=').is_none_or(|(name, _)| name.is_empty()) || variable.contains('\0') {
                return Err(format!("config.environment[{index}]: {variable:?} is not NAME=value"));
            }
        }
        self.check_applications()
    }

    fn check_applications(&self) -> Result<(), String> {
        let applications = &self.written.applications;
        for (index, application) in applications.iter().enumerate() {
            let name = &application.name;
            let valid = (1..=100).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
            if !valid {
                return Err(format!(
                    "application[{index}].name: 1 to 100 characters of A-Z a-z 0-9 _ . - are needed"
                ));
            }
            if applications[..index].iter().any(|other| other.name == *name) {
                return Err(format!("application[{index}].name: there is another {name}"));
            }
            if application.display_name.is_empty() {
                return Err(format!("application[{index}].display_name: it is empty"));
            }
            if application.argv.first().is_none_or(String::is_empty) {
                return Err(format!("application[{index}].argv: there is no program in it"));
            }
        }
        Ok(())
    }
}

/// A path on this host, an image of a registry (those have a slash), or an image of a server. A word alone is a file beside the recipe if there is one.
fn base_of(text: &str, directory: &Path) -> Result<Base, String> {
    let path = directory.join(text);
    if text.starts_with(['/', '.']) || (!text.contains('/') && path.exists()) {
        return Ok(Base::Archive(path));
    }
    if text.contains('/') {
        return Ok(Base::Registry(text.to_owned()));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if text.is_empty() || text.starts_with(['-', '_']) || text.len() > 101 || !text.bytes().all(plain) {
        return Err(format!("base: {text:?} is no file beside the recipe and no name of an image"));
    }
    Ok(Base::Image(text.to_owned()))
}

fn word(key: &str, text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\'' && byte != b'"';
    if text.is_empty() || text.starts_with('-') || !text.bytes().all(plain) {
        return Err(format!("{key}: {text:?} cannot be"));
    }
    Ok(text.to_owned())
}

/// Paths of an image are written without the slash at the beginning.
fn inside(key: &str, path: &str) -> Result<(), String> {
    let leads_out = path.split('/').any(|part| part == ".." || part == "." || part.is_empty());
    if leads_out || path.contains(['\0', '\n']) {
        return Err(format!(
            "{key}: {path:?} is not a path below the root (without a slash at its beginning)"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Recipe, String> {
        Recipe::parse(text, PathBuf::from("/recipes"))
    }

    #[test]
    fn bases() {
        let base = |text: &str| parse(text).unwrap().base;
        assert_eq!(base("suite = 'bookworm'"), Base::Suite("bookworm".into()));
        assert_eq!(base("base = './a.tar'"), Base::Archive("/recipes/./a.tar".into()));
        assert_eq!(base("base = '/a.tar'"), Base::Archive("/a.tar".into()));
        assert_eq!(base("base = 'paint-2.1'"), Base::Image("paint-2.1".into()));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.tar");
        fs::write(&path, "").unwrap();
        assert_eq!(base_of("a.tar", directory.path()), Ok(Base::Archive(path)));
        assert_eq!(base_of("b.tar", directory.path()), Ok(Base::Image("b.tar".into())));
        assert_eq!(base("base = 'r.example/a:1'"), Base::Registry("r.example/a:1".into()));
    }

    #[test]
    fn errors_name_the_key() {
        for (text, says) in [
            ("", "suite or base"),
            ("suite = 'a'\nbase = 'b'", "only one"),
            ("suite = 7", "suite: "),
            ("base = 'a b'", "no name of an image"),
            ("suite = 'a'\npakages = []", "pakages"),
            ("suite = 'a'\npackages = ['b', '-o x']", "packages[1]"),
            ("suite = 'a'\n[config]\nenvironment = ['A']", "config.environment[0]"),
            ("suite = 'a'\n[config]\nuid = 1", "uid"),
            ("suite = 'a'\n[files]\n'../x' = ''", "files.\"../x\""),
            ("suite = 'a'\n[files]\n'/x' = ''", "files.\"/x\""),
            ("suite = 'a'\nremove = ['a', 'b; rm -rf']", "remove[1]"),
            ("suite = 'a'\ncommands = ['']", "commands[0]"),
            ("suite = 'a'\n[[copy]]\nfrom = 'none'\nto = 'x'", "copy[0].from"),
            (
                "suite = 'a'\n[[application]]\nname = 'a b'\ndisplay_name = 'A'\nargv = ['a']",
                "application[0].name",
            ),
            (
                "suite = 'a'\n[[application]]\nname = 'a'\ndisplay_name = 'A'\nargv = []",
                "application[0].argv",
            ),
            ("suite = 'a'\n[[application]]\nname = 'a'\nargv = ['a']", "display_name"),
            ("base = 'r.example/a'\nexclude = ['/x']", "exclude"),
            ("suite = ", "line 1"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
