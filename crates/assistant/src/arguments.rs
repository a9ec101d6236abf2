//! The command line, with the commands and options of AppStream's image assistant.

use std::collections::BTreeMap;

use millrace_stream::assistant::{AssistantRequest, CatalogueChange, CatalogueEntry, NewImage};

use crate::left_out;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
usage: image-assistant COMMAND [OPTION ...]

add-application             put an application into the catalogue
    --name NAME             1 to 100 characters of A-Z a-z 0-9 _ . -
    --absolute-app-path PATH
    [--display-name TEXT] [--absolute-icon-path PATH]
    [--launch-parameters TEXT] [--working-directory PATH]
update-default-application  make an application of the catalogue the one that starts by itself, and change what else is given
    --name NAME             and the other options of add-application
remove-application          take an application out of the catalogue
    --name NAME
list-applications           the catalogue, and what else is installed (from desktop entries)
create-image                make an image of this builder, which stops
    --name NAME [--description TEXT] [--display-name TEXT]
    [--tags KEY=VALUE ...]
    [--dry-run]             make none, and tell what of this builder would be left out (\"left_out\")

It prints one line of JSON with \"status\" (0: done) and \"message\".
Exit status: 0 done, 1 refused, 2 wrong arguments, 3 the server does not answer.";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Invocation {
    Help,
    Ask {
        request: AssistantRequest,
        lists_installed: bool,
    },
    /// The server's own: brings the packages up to date (or looks whether anything would change), as root, and reports.
    UpdatePackages {
        only_looks: bool,
    },
    /// The assistant's own, as root: what would be left out of an image.
    ListLeftOut,
}

pub(crate) fn parse(arguments: &[String]) -> Result<Invocation, String> {
    let (command, rest) =
        arguments.split_first().ok_or("A command is missing: see image-assistant --help.")?;
    if ["--help", "-h", "help"].contains(&command.as_str()) || rest.iter().any(|word| word == "--help") {
        return Ok(Invocation::Help);
    }
    let mut options = Options::read(rest)?;
    if command == "update-packages" {
        let only_looks = options.flag("--check")?;
        options.nothing_left()?;
        return Ok(Invocation::UpdatePackages { only_looks });
    }
    if command == left_out::COMMAND {
        options.nothing_left()?;
        return Ok(Invocation::ListLeftOut);
    }
    let request = match command.as_str() {
        "add-application" => AssistantRequest::AddApplication(CatalogueEntry {
            name: options.needed("--name")?,
            absolute_app_path: options.needed("--absolute-app-path")?,
            display_name: options.text("--display-name")?.unwrap_or_default(),
            absolute_icon_path: options.text("--absolute-icon-path")?.unwrap_or_default(),
            launch_parameters: options.text("--launch-parameters")?.unwrap_or_default(),
            working_directory: options.text("--working-directory")?.unwrap_or_default(),
        }),
        "update-default-application" => AssistantRequest::UpdateDefaultApplication(CatalogueChange {
            name: options.needed("--name")?,
            absolute_app_path: options.text("--absolute-app-path")?,
            display_name: options.text("--display-name")?,
            absolute_icon_path: options.text("--absolute-icon-path")?,
            launch_parameters: options.text("--launch-parameters")?,
            working_directory: options.text("--working-directory")?,
        }),
        "remove-application" => AssistantRequest::RemoveApplication { name: options.needed("--name")? },
        "list-applications" => AssistantRequest::ListApplications,
        "create-image" => AssistantRequest::CreateImage(NewImage {
            name: options.needed("--name")?,
            description: options.text("--description")?.unwrap_or_default(),
            display_name: options.text("--display-name")?.unwrap_or_default(),
            tags: options.tags()?,
            dry_run: options.flag("--dry-run")?,
        }),
        other => return Err(format!("The command {other} is not known: see image-assistant --help.")),
    };
    options.nothing_left()?;
    let lists_installed = request == AssistantRequest::ListApplications;
    Ok(Invocation::Ask { request, lists_installed })
}

/// Options with the words that follow each.
struct Options(BTreeMap<String, Vec<String>>);

impl Options {
    fn read(words: &[String]) -> Result<Self, String> {
        let mut options = BTreeMap::new();
        let mut current: Option<String> = None;
        for word in words {
            if let Some(name) = word.strip_prefix("--") {
                let (name, value) = match name.split_once('=') {
                    Some((name, value)) => (format!("--{name}"), vec![value.to_owned()]),
                    None => (word.clone(), Vec::new()),
                };
                if options.insert(name.clone(), value).is_some() {
                    return Err(format!("The option {name} is given twice."));
                }
                current = Some(name);
                continue;
            }
            let values = current.as_ref().and_then(|name| options.get_mut(name));
            values.ok_or_else(|| format!("{word} follows no option."))?.push(word.clone());
        }
        Ok(Self(options))
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        match self.0.remove(name).as_deref() {
            None => Ok(None),
            Some([value]) => Ok(Some(value.clone())),
            Some(_) => Err(format!("The option {name} needs one value (in quotes, if it has spaces).")),
        }
    }

    fn needed(&mut self, name: &str) -> Result<String, String> {
        self.text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| format!("The option {name} is needed."))
    }

    fn flag(&mut self, name: &str) -> Result<bool, String> {
        match self.0.remove(name).as_deref() {
            None => Ok(false),
            Some([]) => Ok(true),
            Some(_) => Err(format!("The option {name} has no value.")),
        }
    }

    fn tags(&mut self) -> Result<BTreeMap<String, String>, String> {
        let words = self.0.remove("--tags").unwrap_or_default();
        let pairs = words.iter().map(|word| {
            let (key, value) = word.split_once('=').ok_or_else(|| format!("{word} is not KEY=VALUE."))?;
            Ok((key.to_owned(), value.to_owned()))
        });
        pairs.collect()
    }

    fn nothing_left(self) -> Result<(), String> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("The option {name} is not known here: see image-assistant --help.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &[&str]) -> Result<AssistantRequest, String> {
        let words: Vec<String> = line.iter().map(ToString::to_string).collect();
        match parse(&words)? {
            Invocation::Ask { request, .. } => Ok(request),
            Invocation::Help | Invocation::ListLeftOut | Invocation::UpdatePackages { .. } => {
                Err("no request".to_owned())
            }
        }
    }

    #[test]
    fn commands() {
        let added = request(&[
            "add-application",
            "--name=editor",
            "--absolute-app-path",
            "/usr/bin/editor",
            "--launch-parameters",
            "-n 'a b'",
        ]);
        let expected = CatalogueEntry {
            name: "editor".into(),
            absolute_app_path: "/usr/bin/editor".into(),
            launch_parameters: "-n 'a b'".into(),
            ..CatalogueEntry::default()
        };
        assert_eq!(added, Ok(AssistantRequest::AddApplication(expected)));
        let image = request(&["create-image", "--name", "i", "--tags", "A=1", "B=x y", "--dry-run"]);
        let tags = [("A".to_owned(), "1".to_owned()), ("B".to_owned(), "x y".to_owned())].into();
        let expected = NewImage { name: "i".into(), tags, dry_run: true, ..NewImage::default() };
        assert_eq!(image, Ok(AssistantRequest::CreateImage(expected)));
        assert_eq!(request(&["list-applications"]), Ok(AssistantRequest::ListApplications));
    }

    #[test]
    fn wrong_arguments() {
        for wrong in [
            &["create"][..],
            &[],
            &["add-application", "--name", "x"],
            &["add-application", "--name", "x", "y", "--absolute-app-path", "/x"],
            &["remove-application", "x"],
            &["remove-application", "--name", "x", "--force"],
            &["create-image", "--name", "x", "--tags", "A"],
            &["create-image", "--name", "x", "--name", "y"],
            &["create-image", "--name", "x", "--dry-run", "yes"],
        ] {
            assert!(request(wrong).is_err(), "{wrong:?}");
        }
    }
}
