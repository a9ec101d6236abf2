//! An application more for an image that is there: so an image that was made elsewhere becomes of use without being made anew.
//!
//! What a digest means never changes: the host makes another image of the same layers, and the name in the API is moved to it, as long as nothing
//! uses what the name meant before.

use std::collections::BTreeMap;

use millrace_driver::ImageDigest;
use millrace_driver::images::{ImageApplication, ImportError};
use millrace_model::image::Application;
use millrace_model::{Image, Scope};
use millrace_store::{ReplaceImageError, StoreError};
use millrace_stream::assistant::CatalogueEntry;

use crate::builders::assistant::checked;
use crate::builders::snapshot::{named_icons, to_driver};
use crate::control::Control;
use crate::errors::chain;
use crate::images::{ImageSummary, RegisterImageError, new_name, summary};

/// Why an application was not added. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum AddApplicationError {
    /// What is said of it is not valid.
    #[error("{0}")]
    Application(String),
    /// The image's name, account or region.
    #[error(transparent)]
    Place(#[from] RegisterImageError),
    /// There is no such image.
    #[error("there is no image {0} here that is AVAILABLE")]
    NoSuchImage(String),
    /// In its regions the name means different images.
    #[error("the image {0} is another one in another region: name one with --region")]
    Different(String),
    /// Something uses the image.
    #[error("the image {name} cannot be changed: {why}")]
    Used {
        /// Its name.
        name: String,
        /// What does.
        why: ReplaceImageError,
    },
    /// The host refused.
    #[error(transparent)]
    Host(#[from] ImportError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Control {
    /// Adds an application to an image of an account (the first of the configuration, if none is named), in a region or in all of them. What its
    /// desktop entries offer stays in the catalogue.
    ///
    /// # Errors
    /// [`AddApplicationError`].
    pub async fn add_application(
        &self,
        account: Option<&str>,
        region: Option<&str>,
        image: &str,
        entry: CatalogueEntry,
        start_ahead: bool,
    ) -> Result<Vec<ImageSummary>, AddApplicationError> {
        let mut added = checked(entry).map_err(AddApplicationError::Application)?;
        added.start_ahead = start_ahead;
        let name = new_name(image)?;
        // No deleted image takes the layers meanwhile.
        let adding = self.adding_image().await;
        let mut found: Vec<(Scope, Image)> = Vec::new();
        for scope in self.image_scopes(account, region)? {
            if let Some(image) = self.store.image(&scope, &name).await?.filter(Image::is_available) {
                found.push((scope, image));
            }
        }
        let Some((_, first)) = found.first() else {
            return Err(AddApplicationError::NoSuchImage(name.to_string()));
        };
        let before = first.digest.clone();
        if found.iter().any(|(_, image)| image.digest != before) {
            return Err(AddApplicationError::Different(name.to_string()));
        }
        let made = self.images.add_application(&ImageDigest(before.clone()), &to_driver(&added)).await?;
        let after = made.record.digest.0.clone();
        let mut icons = BTreeMap::new();
        for (_, image) in &mut found {
            image.digest.clone_from(&after);
            image.applications = applications(&made.record.applications, &image.applications, &added);
            icons = named_icons(self, image, &made.record.applications);
        }
        let replaced = self.store.replace_images(&found, &before, &icons).await;
        drop(adding);
        // One of the two is nobody's any more.
        self.drop_content(if replaced.is_ok() { before } else { after }).await?;
        match replaced {
            Ok(()) => {}
            Err(ReplaceImageError::Store(error)) => return Err(error.into()),
            Err(why) => return Err(AddApplicationError::Used { name: name.to_string(), why }),
        }
        self.changed();
        Ok(found.iter().map(|(scope, image)| summary(scope, image)).collect())
    }

    /// Takes content off the hosts that no image has.
    async fn drop_content(&self, digest: String) -> Result<(), StoreError> {
        let _alone = self.image_content.write().await;
        if self.store.is_content_wanted(&digest).await? {
            return Ok(());
        }
        match self.images.remove(&ImageDigest(digest)).await {
            Ok(()) | Err(ImportError::Pinned(_)) => {}
            // Its layers are the other image's: all that stays is its record, of some kilobytes.
            Err(error) => tracing::warn!(error = chain(&error), "an image that nobody has stays on the host"),
        }
        Ok(())
    }
}

/// The new catalogue, from what the host made; what else was known of its applications stays.
fn applications(made: &[ImageApplication], known: &[Application], added: &Application) -> Vec<Application> {
    let of = |made: &ImageApplication| {
        let before = known.iter().chain([added]).find(|known| known.name == made.name);
        Application {
            name: made.name.clone(),
            display_name: made.display_name.clone(),
            argv: made.argv.clone(),
            working_directory: (!made.working_directory.is_empty()).then(|| made.working_directory.clone()),
            icon: None,
            icon_path: before.and_then(|before| before.icon_path.clone()),
            start_ahead: made.start_ahead,
        }
    };
    made.iter().map(of).collect()
}
