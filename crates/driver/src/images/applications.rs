//! The applications that an image offers: from its label, else from its desktop entries; each with an icon, if there is one that can be drawn.

use std::collections::BTreeMap;
use std::path::Path;

use millrace_model::desktop_entry::{self, DesktopEntry};

use super::icons::{self, Renderer};
use super::import::{parse, refused};
use super::layers::Merged;
use super::{ImageApplication, ImportError, failed};
use crate::SnapshotApplication;

/// The label that names an image's applications.
pub(crate) const APPLICATIONS_LABEL: &str = "dev.millrace.applications";
/// As many applications as one image may offer.
const MOST_APPLICATIONS: usize = 50;
/// Where desktop entries are.
const ENTRIES: &str = "/usr/share/applications";

/// An application, and where its icon is.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    application: ImageApplication,
    /// An icon's name in a theme, or the absolute path of its file.
    icon: Option<String>,
}

impl Entry {
    /// As the label names it.
    fn into_label(self) -> SnapshotApplication {
        let ImageApplication { name, display_name, argv, working_directory, start_ahead, .. } =
            self.application;
        SnapshotApplication { name, display_name, argv, working_directory, icon: self.icon, start_ahead }
    }
}

impl From<DesktopEntry> for Entry {
    fn from(entry: DesktopEntry) -> Self {
        let DesktopEntry { name, display_name, argv, working_directory, icon } = entry;
        let application = ImageApplication {
            name,
            display_name,
            argv,
            working_directory,
            icon: String::new(),
            start_ahead: false,
        };
        Self { application, icon: (!icon.is_empty()).then_some(icon) }
    }
}

pub(super) fn of_image(
    labels: &BTreeMap<String, String>,
    merged: &Merged,
    renderer: &Renderer<'_>,
) -> Result<Vec<ImageApplication>, ImportError> {
    let entries = entries(merged)?;
    let mut found = match labels.get(APPLICATIONS_LABEL) {
        Some(label) => labelled(label, &entries)?,
        None => entries,
    };
    found.truncate(MOST_APPLICATIONS);
    let mut applications = Vec::with_capacity(found.len());
    for Entry { mut application, icon } in found {
        if let Some(icon) = icon {
            application.icon = icons::of_application(&application.name, &icon, merged, renderer)?;
        }
        applications.push(application);
    }
    Ok(applications)
}

/// The label of the image with one application more. What its desktop entries offer is in it from then on too.
pub(super) fn with(
    labels: &BTreeMap<String, String>,
    merged: &Merged,
    application: &SnapshotApplication,
) -> Result<String, ImportError> {
    let entries = entries(merged)?;
    let mut catalogue = match labels.get(APPLICATIONS_LABEL) {
        Some(label) => labelled(label, &entries)?,
        None => entries,
    };
    catalogue.truncate(MOST_APPLICATIONS);
    if catalogue.len() == MOST_APPLICATIONS {
        return Err(refused(format!("a catalogue holds at most {MOST_APPLICATIONS} applications")));
    }
    if catalogue.iter().any(|known| known.application.name == application.name) {
        return Err(refused(format!("there is an application {} already", application.name)));
    }
    let mut all: Vec<_> = catalogue.into_iter().map(Entry::into_label).collect();
    all.push(application.clone());
    serde_json::to_string(&all).map_err(|error| refused(error.to_string()))
}

fn labelled(label: &str, entries: &[Entry]) -> Result<Vec<Entry>, ImportError> {
    let applications: Vec<SnapshotApplication> = parse(APPLICATIONS_LABEL, label.as_bytes())?;
    let name = |name: &str| {
        (1..=100).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    };
    for application in &applications {
        if !name(&application.name) || application.argv.is_empty() || application.display_name.is_empty() {
            return Err(refused(format!(
                "{APPLICATIONS_LABEL}: the application {:?} is not valid",
                application.name
            )));
        }
    }
    if applications.len() > MOST_APPLICATIONS {
        return Err(refused(format!("{APPLICATIONS_LABEL}: more than {MOST_APPLICATIONS} applications")));
    }
    let entry = |application: SnapshotApplication| {
        let SnapshotApplication { name, display_name, argv, working_directory, icon, start_ahead } =
            application;
        let icon = icon.or_else(|| icon_of_program(argv.first()?, entries));
        let application = ImageApplication {
            name,
            display_name,
            argv,
            working_directory,
            icon: String::new(),
            start_ahead,
        };
        Entry { application, icon }
    };
    Ok(applications.into_iter().map(entry).collect())
}

fn icon_of_program(program: &str, entries: &[Entry]) -> Option<String> {
    let same = |entry: &&Entry| {
        entry.application.argv.first().is_some_and(|other| file_name(other) == file_name(program))
    };
    entries.iter().filter(same).find_map(|entry| entry.icon.clone())
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn entries(merged: &Merged) -> Result<Vec<Entry>, ImportError> {
    let reading = || failed("reading in the image", Path::new(ENTRIES));
    let mut entries = Vec::new();
    for name in merged.names(ENTRIES, 10 * MOST_APPLICATIONS).map_err(reading())? {
        let text = merged.read(&format!("{ENTRIES}/{name}")).map_err(reading())?;
        entries.extend(text.and_then(|text| desktop_entry::parse(&name, &text)).map(Entry::from));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::{Entry, ImageApplication, labelled};

    #[test]
    fn a_labelled_application_has_its_own_icon_or_its_program_s() {
        let application = ImageApplication {
            name: "org.x.Editor".into(),
            display_name: "Editor".into(),
            argv: vec!["editor".into()],
            working_directory: String::new(),
            icon: String::new(),
            start_ahead: false,
        };
        let entries = [Entry { application, icon: Some("org.x.Editor".into()) }];
        let label = r#"[{"name": "a", "display_name": "A", "argv": ["/usr/bin/editor", "-n"]},
            {"name": "b", "display_name": "B", "argv": ["editor"], "icon": "/opt/b.png"},
            {"name": "c", "display_name": "C", "argv": ["other"]}]"#;
        let icons: Vec<_> = labelled(label, &entries).unwrap().into_iter().map(|entry| entry.icon).collect();
        assert_eq!(icons, [Some("org.x.Editor".into()), Some("/opt/b.png".into()), None]);
    }
}
