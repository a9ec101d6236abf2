//! Images, as the operator registers and lists them.

use std::collections::{BTreeMap, BTreeSet};

use millrace_model::image::{Application, ImageDetails, ImageState, Platform};
use millrace_model::{AccountId, Image, Name, Region, Scope, Timestamp};
use millrace_store::{RegisterError, StoreError};
use millrace_stream::SigningKey;

use crate::arn;
use crate::control::Control;
use crate::operations::image_to_wire;

/// The platform of images that come from elsewhere. The names that the API knows are those of Amazon, Red Hat, Rocky and Ubuntu. Whatever Linux an image holds,
/// it runs without change beside a Debian display container, whose nearest relative among them is Ubuntu.
pub(crate) const PLATFORM: Platform = Platform::UbuntuPro2404;

/// How many images are read at a time.
const PAGE: u32 = 100;

/// An image that is on the host, and is to be seen in the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImage {
    /// What it is to be called.
    pub name: String,
    /// The digest of its manifest, by which the driver knows it.
    pub digest: String,
    /// A name for people.
    pub display_name: Option<String>,
    /// A description.
    pub description: Option<String>,
    /// The version of the runtime that its instances get.
    pub agent_version: Option<String>,
    /// Its programs, in the order of the catalogue.
    pub applications: Vec<NewApplication>,
}

/// A program of a new image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApplication {
    /// Unique in the image.
    pub name: String,
    /// A name for people.
    pub display_name: String,
    /// What is executed, and its arguments; not empty.
    pub argv: Vec<String>,
    /// Where it starts; empty: the user's home.
    pub working_directory: String,
    /// A PNG for the catalogue, that a browser may be given as it is; empty: none.
    pub icon: Vec<u8>,
    /// It is the same for every user, and may be started before one comes.
    pub start_ahead: bool,
}

/// An image, as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSummary {
    /// Whose it is.
    pub account: AccountId,
    /// Where it is.
    pub region: Region,
    /// What it is called.
    pub name: Name,
    /// What it is called everywhere.
    pub arn: String,
    /// As the API names it: `AVAILABLE`.
    pub state: &'static str,
    /// The digest of its manifest.
    pub digest: String,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// Why an image was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterImageError {
    /// The name does not follow the rules.
    #[error(
        "an image's name is [a-zA-Z0-9][a-zA-Z0-9_.-]{{0,100}} and does not begin with Amazon, AWS or AppStream"
    )]
    Name,
    /// Two applications have the same name, or one has no program.
    #[error("the applications of the image are not valid: {0}")]
    Applications(String),
    /// There is no such account.
    #[error("this installation has no account {0}")]
    Account(String),
    /// There is no such region.
    #[error("this installation has no region {0}")]
    Region(String),
    /// The name is taken by an image with other content.
    #[error("there is another image of the name {name} in {region}: choose another name")]
    NameTaken {
        /// The name.
        name: String,
        /// Where.
        region: Region,
    },
    /// The image of that name has not gone yet.
    #[error("the image {name} in {region} is being deleted: wait until it is gone, or choose another name")]
    BeingDeleted {
        /// The name.
        name: String,
        /// Where.
        region: Region,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Control {
    /// Makes an image that is on the host an AVAILABLE, private one of an account (the first of the configuration, if none is named) in a
    /// region (all of them, if none is named). Harmless if it is there with the same content.
    ///
    /// # Errors
    /// [`RegisterImageError`].
    pub async fn register_image(
        &self,
        account: Option<&str>,
        region: Option<&str>,
        new: &NewImage,
    ) -> Result<Vec<ImageSummary>, RegisterImageError> {
        let key = self.icon_key();
        let image = checked(new, self.now(), &key)?;
        let icons: BTreeMap<_, _> = (image.applications.iter().zip(&new.applications))
            .filter_map(|(application, new)| Some((application.icon.clone()?, new.icon.clone())))
            .collect();
        let scopes = self.image_scopes(account, region)?;
        let mut registered = Vec::with_capacity(scopes.len());
        for scope in scopes {
            match self.store.register_image(&scope, &image, &icons).await {
                Ok(_) => {}
                Err(RegisterError::NameTaken) => {
                    let name = image.name.to_string();
                    return Err(RegisterImageError::NameTaken { name, region: scope.region });
                }
                Err(RegisterError::BeingDeleted) => {
                    let name = image.name.to_string();
                    return Err(RegisterImageError::BeingDeleted { name, region: scope.region });
                }
                Err(RegisterError::Store(error)) => return Err(error.into()),
            }
            tracing::info!(image = image.name.as_str(), region = scope.region.as_str(), "image registered");
            if let Some(stored) = self.store.image(&scope, &image.name).await? {
                registered.push(summary(&scope, &stored));
            }
        }
        self.wake.notify_one();
        Ok(registered)
    }

    /// Where an operator's image is: an account (the first of the configuration, if none is named), a region or all of them.
    pub(crate) fn image_scopes(
        &self,
        account: Option<&str>,
        region: Option<&str>,
    ) -> Result<Vec<Scope>, RegisterImageError> {
        let asked = account;
        let account = match asked {
            None => self.config.accounts.first().map(|account| account.id.clone()),
            Some(id) => self
                .config
                .accounts
                .iter()
                .map(|account| &account.id)
                .find(|known| known.as_str() == id)
                .cloned(),
        };
        let account =
            account.ok_or_else(|| RegisterImageError::Account(asked.unwrap_or_default().to_owned()))?;
        let regions: Vec<_> = match region {
            None => self.config.regions.clone(),
            Some(region) => {
                self.config.regions.iter().filter(|known| known.as_str() == region).cloned().collect()
            }
        };
        if regions.is_empty() {
            return Err(RegisterImageError::Region(region.unwrap_or_default().to_owned()));
        }
        Ok(regions.into_iter().map(|region| Scope { account: account.clone(), region }).collect())
    }

    /// The PNG of an application's icon, by the name that grants and DescribeImages have for it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn icon(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.icon(name).await
    }

    /// What gives icons their names.
    pub(crate) fn icon_key(&self) -> SigningKey {
        self.config.signing_key.derive("icon")
    }

    /// Where a browser finds an icon.
    pub(crate) fn icon_url(&self, name: &str) -> String {
        format!("{}/icons/{name}.png", self.config.public_url)
    }

    /// All images of all accounts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_images(&self) -> Result<Vec<ImageSummary>, StoreError> {
        let mut all = Vec::new();
        for account in &self.config.accounts {
            for region in &self.config.regions {
                let scope = Scope { account: account.id.clone(), region: region.clone() };
                let mut token = None;
                loop {
                    let page = self.store.images(&scope, token.as_ref(), PAGE).await?;
                    all.extend(page.items.iter().map(|image| summary(&scope, image)));
                    let Some(next) = page.next else { break };
                    token = Some(next);
                }
            }
        }
        Ok(all)
    }
}

/// The name of a new image.
///
/// # Errors
/// [`RegisterImageError::Name`].
pub(crate) fn new_name(text: &str) -> Result<Name, RegisterImageError> {
    let reserved =
        ["amazon", "aws", "appstream"].iter().any(|prefix| text.to_lowercase().starts_with(prefix));
    Name::new(text).ok().filter(|_| !reserved).ok_or(RegisterImageError::Name)
}

fn checked(new: &NewImage, now: Timestamp, icons: &SigningKey) -> Result<Image, RegisterImageError> {
    let name = new_name(&new.name)?;
    let mut seen = BTreeSet::new();
    for application in &new.applications {
        if application.argv.first().is_none_or(String::is_empty) {
            return Err(RegisterImageError::Applications(format!("{} has no program", application.name)));
        }
        if application.name.is_empty() || !seen.insert(&application.name) {
            return Err(RegisterImageError::Applications(format!(
                "the name {:?} is not unique",
                application.name
            )));
        }
    }
    let applications = new.applications.iter().map(|application| Application {
        name: application.name.clone(),
        display_name: application.display_name.clone(),
        argv: application.argv.clone(),
        working_directory: (!application.working_directory.is_empty())
            .then(|| application.working_directory.clone()),
        icon: (!application.icon.is_empty()).then(|| icons.name(&application.icon)),
        icon_path: None,
        start_ahead: application.start_ahead,
    });
    Ok(Image {
        name,
        created_at: now,
        digest: new.digest.clone(),
        state: ImageState::Available,
        details: ImageDetails {
            display_name: new.display_name.clone(),
            description: new.description.clone(),
            agent_version: new.agent_version.clone(),
            ..ImageDetails::of(PLATFORM)
        },
        applications: applications.collect(),
    })
}

pub(crate) fn summary(scope: &Scope, image: &Image) -> ImageSummary {
    ImageSummary {
        account: scope.account.clone(),
        region: scope.region.clone(),
        name: image.name.clone(),
        arn: arn::image(scope, &image.name),
        state: image_to_wire::state(image.state).as_str(),
        digest: image.digest.clone(),
        created_at: image.created_at,
    }
}
