//! Images: what instances are made of.

use serde::{Deserialize, Serialize};

use crate::scope::{AccountId, Name};
use crate::time::Timestamp;

/// The name of an image among those of a region: names are an account's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ImageReference {
    /// Whose image it is.
    pub owner: AccountId,
    /// What it is called.
    pub name: Name,
}

/// What another account may use an image for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImagePermissions {
    /// Its fleets.
    pub fleet: bool,
    /// Its image builders.
    pub image_builder: bool,
}

/// An image as an account sees it that may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedImage {
    /// Whose it is.
    pub owner: AccountId,
    /// The image.
    pub image: Image,
    /// What for.
    pub permissions: ImagePermissions,
}

/// An image that fleets can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// What it is called.
    pub name: Name,
    /// When it was registered.
    pub created_at: Timestamp,
    /// The digest of its manifest: what its content is. Empty until there is any.
    pub digest: String,
    /// Whether it can be used.
    pub state: ImageState,
    /// What is told about it.
    pub details: ImageDetails,
    /// The programs a user can start, in the order of the catalogue.
    pub applications: Vec<Application>,
}

impl Image {
    /// Whether fleets and image builders can be given it.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.state == ImageState::Available
    }
}

/// Whether an image can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageState {
    /// Not yet: an image builder is becoming it, or its import has not begun.
    Pending,
    /// Not yet: it is being imported.
    Importing,
    /// It can.
    Available,
    /// It could not be made.
    Failed,
    /// It cannot any more: its content is being taken off the hosts. Instances that were made of it before run on until they end.
    Deleting,
}

/// The operating system family of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Windows, of whatever version.
    Windows,
    /// Windows Server 2016.
    WindowsServer2016,
    /// Windows Server 2019.
    WindowsServer2019,
    /// Windows Server 2022.
    WindowsServer2022,
    /// Windows Server 2025.
    WindowsServer2025,
    /// Windows 11.
    Windows11,
    /// Amazon Linux 2.
    AmazonLinux2,
    /// Red Hat Enterprise Linux 8.
    Rhel8,
    /// Rocky Linux 8.
    RockyLinux8,
    /// Ubuntu Pro 24.04.
    UbuntuPro2404,
}

/// What is told about an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageDetails {
    /// A name for people.
    pub display_name: Option<String>,
    /// A description.
    pub description: Option<String>,
    /// The operating system family.
    pub platform: Platform,
    /// The version of the runtime that its instances get.
    pub agent_version: Option<String>,
    /// The image that it was made from.
    #[serde(default)]
    pub base: Option<ImageReference>,
    /// The image builder that it was made by.
    #[serde(default)]
    pub image_builder: Option<Name>,
    /// Why it could not be made, if it could not.
    #[serde(default)]
    pub failure: Option<String>,
    /// What was left out when it was made: a line for each kind.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// What it is, or was, imported from, if its owner asked for that.
    #[serde(default)]
    pub import: Option<ImageImport>,
    /// It is another image brought up to date.
    #[serde(default)]
    pub updated: bool,
}

impl ImageDetails {
    /// Those of an image of which nothing but its operating system is known.
    #[must_use]
    pub const fn of(platform: Platform) -> Self {
        Self {
            display_name: None,
            description: None,
            platform,
            agent_version: None,
            base: None,
            image_builder: None,
            failure: None,
            left_out: Vec::new(),
            import: None,
            updated: false,
        }
    }
}

/// As often as an import is begun: one that ends the server each time must not do so for ever.
pub const MOST_IMPORT_ATTEMPTS: u32 = 3;

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageImport {
    /// What it is made of.
    pub source: ImageSource,
    /// The catalogue in the place of what the archive says of itself; forgotten once the image is there.
    pub catalogue: Option<Vec<Application>>,
    /// How often it was begun.
    pub attempts: u32,
}

/// What an image is imported from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ImageSource {
    /// The id of an archive in the object storage: `ami-…` or `wsi-…`.
    Archive(String),
    /// An image of a registry: `REGISTRY/NAME:TAG` or `REGISTRY/NAME@sha256:…`.
    Published(String),
}

impl From<String> for ImageSource {
    /// An id has no slash, and every reference has one.
    fn from(text: String) -> Self {
        if text.contains('/') { Self::Published(text) } else { Self::Archive(text) }
    }
}

impl From<ImageSource> for String {
    fn from(source: ImageSource) -> Self {
        match source {
            ImageSource::Archive(text) | ImageSource::Published(text) => text,
        }
    }
}

impl Image {
    /// Its import begins, or begins again. One that did so too often has failed; an image that is not to be imported stays as it is.
    #[must_use]
    pub fn import_began(&self) -> Self {
        let mut begun = self.clone();
        let waits = matches!(self.state, ImageState::Pending | ImageState::Importing);
        match &mut begun.details.import {
            Some(import) if waits && import.attempts < MOST_IMPORT_ATTEMPTS => {
                import.attempts += 1;
                begun.state = ImageState::Importing;
                begun
            }
            Some(_) if waits => self.failed(format!(
                "The import was interrupted {MOST_IMPORT_ATTEMPTS} times by the end of the server."
            )),
            _ => begun,
        }
    }

    /// It could not be made.
    #[must_use]
    pub fn failed(&self, why: String) -> Self {
        let mut failed = Self { state: ImageState::Failed, ..self.clone() };
        failed.details.failure = Some(why);
        failed
    }
}

/// A program of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its name, unique in the image.
    pub name: String,
    /// A name for people.
    pub display_name: String,
    /// What is executed, and its arguments; never empty.
    pub argv: Vec<String>,
    /// Where it starts; the user's home directory if absent.
    pub working_directory: Option<String>,
    /// The name under which its icon is kept; absent: it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// A picture of it inside the image: the path that its administrator named.
    #[serde(default)]
    pub icon_path: Option<String>,
    /// It is the same for every user, and may be started before one comes.
    #[serde(default)]
    pub start_ahead: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(import: Option<ImageImport>) -> Image {
        Image {
            name: Name::new("image").unwrap(),
            created_at: Timestamp(0),
            digest: String::new(),
            state: ImageState::Pending,
            details: ImageDetails { import, ..ImageDetails::of(Platform::UbuntuPro2404) },
            applications: Vec::new(),
        }
    }

    #[test]
    fn an_import_begins_again_but_not_for_ever() {
        let import =
            ImageImport { source: ImageSource::from("ami-0".to_owned()), catalogue: None, attempts: 0 };
        let mut known = image(Some(import));
        for attempts in 1..=MOST_IMPORT_ATTEMPTS {
            known = known.import_began();
            assert_eq!(known.state, ImageState::Importing);
            assert_eq!(known.details.import.as_ref().map(|import| import.attempts), Some(attempts));
        }
        known = known.import_began();
        assert_eq!(known.state, ImageState::Failed);
        assert!(known.details.failure.is_some());
        assert_eq!(known.import_began(), known);
    }

    #[test]
    fn sources_are_told_apart_and_kept_as_they_were_written() {
        let (archive, published) = ("ami-01234567", "registry.example.org/tools/paint:2.1");
        let of = |text: &str| ImageSource::from(text.to_owned());
        assert_eq!(of(archive), ImageSource::Archive(archive.to_owned()));
        assert!(matches!(of(published), ImageSource::Published(_)));
        for text in [archive, published] {
            assert_eq!(String::from(of(text)), text);
        }
    }

    #[test]
    fn what_an_image_builder_becomes_is_not_imported() {
        assert_eq!(image(None).import_began(), image(None));
    }
}
