//! What the image assistant of a builder and the server say to each other: one line of JSON each way on a Unix socket, then the end.
//!
//! Whoever is in a builder is its administrator, and may say what they like here: the server checks everything again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The longest line in either direction, in bytes: 50 applications of the longest texts fit.
pub const MAX_LINE_BYTES: usize = 256 * 1024;

/// What the assistant asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum AssistantRequest {
    /// Adds an application at the end of the catalogue.
    AddApplication(CatalogueEntry),
    /// Takes one away.
    RemoveApplication {
        /// Which.
        name: String,
    },
    /// Makes one the first of the catalogue, which starts by itself, and changes what else is given.
    UpdateDefaultApplication(CatalogueChange),
    /// The catalogue.
    ListApplications,
    /// Makes an image of the builder.
    CreateImage(NewImage),
    /// Tells what became of bringing the packages up to date, in a builder that is there for nothing else.
    ReportUpdate(UpdateReport),
}

/// What became of bringing the packages up to date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateReport {
    /// So many were, or would be, installed, upgraded or removed.
    pub packages: u32,
    /// Why it could not be done; empty: it was.
    #[serde(default)]
    pub failure: String,
}

/// An application as an administrator describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueEntry {
    /// Names it: 1 to 100 characters of `A-Z a-z 0-9 _ . -`.
    pub name: String,
    /// The program.
    pub absolute_app_path: String,
    /// What users see; its name if empty.
    #[serde(default)]
    pub display_name: String,
    /// A picture of it.
    #[serde(default)]
    pub absolute_icon_path: String,
    /// Its arguments, quoted as for a shell.
    #[serde(default)]
    pub launch_parameters: String,
    /// Where it starts.
    #[serde(default)]
    pub working_directory: String,
}

/// What is to change of an application; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueChange {
    /// Which.
    pub name: String,
    /// See [`CatalogueEntry`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absolute_app_path: Option<String>,
    /// See [`CatalogueEntry`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// See [`CatalogueEntry`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absolute_icon_path: Option<String>,
    /// See [`CatalogueEntry`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_parameters: Option<String>,
    /// See [`CatalogueEntry`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
}

/// The image to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewImage {
    /// What it is to be called.
    pub name: String,
    /// A description.
    #[serde(default)]
    pub description: String,
    /// A name for people.
    #[serde(default)]
    pub display_name: String,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Nothing is made: would it be?
    #[serde(default)]
    pub dry_run: bool,
}

/// The server's answer, and what the assistant prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssistantReply {
    /// 0: done. 1: refused. (2 and 3 are the assistant's own: wrong arguments, no server.)
    pub status: u8,
    /// `Success`, or why not.
    pub message: String,
    /// The catalogue, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applications: Option<Vec<CatalogueEntry>>,
    /// What is installed and could be in the catalogue, by its desktop entries; the assistant adds this itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed: Option<Vec<CatalogueEntry>>,
    /// What would be left out of the image, of a dry run; the assistant adds this itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<Vec<LeftOut>>,
}

/// Files of one kind that do not get into the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What they are: `package cache`, `shell history`.
    pub what: String,
    /// How many.
    pub files: u64,
    /// The first few of them.
    pub examples: Vec<String>,
}

impl AssistantReply {
    /// It was done.
    #[must_use]
    pub fn success() -> Self {
        Self { status: 0, message: "Success".to_owned(), applications: None, installed: None, left_out: None }
    }

    /// It was not.
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Self {
        Self { status: 1, message: message.into(), applications: None, installed: None, left_out: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_documented() {
        let request = AssistantRequest::RemoveApplication { name: "a".into() };
        let line = serde_json::to_string(&request).unwrap();
        assert_eq!(line, r#"{"command":"remove-application","name":"a"}"#);
        assert_eq!(serde_json::from_str::<AssistantRequest>(&line).unwrap(), request);
        let entry = r#"{"command":"add-application","name":"a","absolute_app_path":"/a"}"#;
        let AssistantRequest::AddApplication(entry) = serde_json::from_str(entry).unwrap() else { panic!() };
        assert_eq!((entry.name.as_str(), entry.display_name.as_str()), ("a", ""));
        assert_eq!(
            serde_json::to_string(&AssistantReply::success()).unwrap(),
            r#"{"status":0,"message":"Success"}"#
        );
    }
}
