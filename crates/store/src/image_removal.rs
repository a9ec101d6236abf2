//! The end of images: first they are marked, then their content goes, then their record.
//!
//! ```text
//! available ──delete_image──> deleting ──(content is taken off the hosts)──> forget_image
//! ```
//!
//! A crash in between leaves a mark, which the next process finds.

use std::collections::BTreeMap;

use millrace_model::image::{ImageReference, ImageState};
use millrace_model::{Image, Name, Scope};
use sqlx::Row;

use crate::error::{CreateError, StoreError};
use crate::store::{Store, Tx};
use crate::{ResourceKind, exports, icons, images, row, tags};

/// Why an image was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteImageError {
    /// There is no such image.
    #[error("there is no such image")]
    NotFound,
    /// An image builder is becoming it, or it is being imported: its state.
    #[error("the image is being made")]
    Unfinished(ImageState),
    /// A fleet uses it; the first by name if there are several.
    #[error("the fleet {0} uses the image")]
    UsedByFleet(Name),
    /// It is being exported: the task's id.
    #[error("the image is being exported by {0}")]
    Exported(String),
    /// It is shared with this account; the first one if there are several.
    #[error("the image is shared with {0}")]
    Shared(String),
    /// An image builder was made of it, and may be started again; the first by name if there are several.
    #[error("the image builder {0} uses the image")]
    UsedByImageBuilder(Name),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an image's name was not moved to other content.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceImageError {
    /// It is not what it was, or not AVAILABLE any more.
    #[error("somebody else has just changed it")]
    Changed,
    /// A fleet uses it; the first by name if there are several.
    #[error("the fleet {0} uses it")]
    UsedByFleet(Name),
    /// An image builder was made of it; the first by name if there are several.
    #[error("the image builder {0} was made of it")]
    UsedByImageBuilder(Name),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a fleet or an image builder cannot be given an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageUnusable {
    /// There is no such image.
    #[error("there is no such image")]
    Missing,
    /// It is in another state than AVAILABLE.
    #[error("the image is not available")]
    State(ImageState),
}

/// Why a fleet or an image builder was not created. Nothing of it was written then, nor its tags.
#[derive(Debug, thiserror::Error)]
pub enum CreateFromImageError {
    /// It cannot be given its image.
    #[error(transparent)]
    Image(#[from] ImageUnusable),
    /// The usual reasons.
    #[error(transparent)]
    Create(#[from] CreateError),
}

impl From<StoreError> for CreateFromImageError {
    fn from(error: StoreError) -> Self {
        Self::Create(error.into())
    }
}

impl From<sqlx::Error> for CreateFromImageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Create(error.into())
    }
}

/// An image that is being deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedImage {
    /// Whose it is, and where.
    pub scope: Scope,
    /// What it is called.
    pub name: Name,
    /// What its content is.
    pub digest: String,
}

impl Store {
    /// Marks an image as being deleted; harmless if it is. From then on no fleet can be given it. Returns it as it is now.
    ///
    /// # Errors
    /// [`DeleteImageError`]; nothing is changed then.
    pub async fn delete_image(&self, scope: &Scope, name: &Name) -> Result<Image, DeleteImageError> {
        let mut tx = self.write().await?;
        let image = images::find(&mut tx, scope, name).await?.ok_or(DeleteImageError::NotFound)?;
        if image.state == ImageState::Deleting {
            // The mark may be a write of this moment that is not durable yet.
            tx.commit().await.map_err(StoreError::from)?;
            return Ok(image);
        }
        if matches!(image.state, ImageState::Pending | ImageState::Importing) {
            return Err(DeleteImageError::Unfinished(image.state));
        }
        if let Some(fleet) = fleet_that_uses(&mut tx, scope, name).await? {
            return Err(DeleteImageError::UsedByFleet(fleet));
        }
        let shared: Option<String> = sqlx::query_scalar(
            "SELECT shared_account FROM image_permissions WHERE account = ? AND region = ? AND image = ? ORDER BY shared_account LIMIT 1",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(name.as_str())
        .fetch_optional(&mut *tx)
        .await
        .map_err(StoreError::from)?;
        if let Some(account) = shared {
            return Err(DeleteImageError::Shared(account));
        }
        if let Some(builder) = builder_that_uses(&mut tx, scope, name).await? {
            return Err(DeleteImageError::UsedByImageBuilder(builder));
        }
        if let Some(task) = exports::running_of(&mut tx, scope, name).await? {
            return Err(DeleteImageError::Exported(task));
        }
        sqlx::query("UPDATE images SET state = ? WHERE account = ? AND region = ? AND name = ?")
            .bind(row::enum_text("image state", ImageState::Deleting)?)
            .bind(scope.account.as_str())
            .bind(scope.region.as_str())
            .bind(name.as_str())
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(Image { state: ImageState::Deleting, ..image })
    }

    /// Gives images that nothing uses another content and catalogue: all of them, which have the content `before` now, or none.
    ///
    /// # Errors
    /// [`ReplaceImageError`]; nothing is changed then.
    pub async fn replace_images(
        &self,
        changed: &[(Scope, Image)],
        before: &str,
        icons: &BTreeMap<String, Vec<u8>>,
    ) -> Result<(), ReplaceImageError> {
        let mut tx = self.write().await?;
        for (scope, image) in changed {
            let present = images::find(&mut tx, scope, &image.name).await?;
            if !present.is_some_and(|present| present.is_available() && present.digest == before) {
                return Err(ReplaceImageError::Changed);
            }
            if let Some(fleet) = fleet_that_uses(&mut tx, scope, &image.name).await? {
                return Err(ReplaceImageError::UsedByFleet(fleet));
            }
            if let Some(builder) = builder_that_uses(&mut tx, scope, &image.name).await? {
                return Err(ReplaceImageError::UsedByImageBuilder(builder));
            }
            images::insert(&mut tx, scope, image).await?;
        }
        icons::insert(&mut tx, icons).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// The images of all accounts that are being deleted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn images_being_deleted(&self) -> Result<Vec<DeletedImage>, StoreError> {
        let rows = sqlx::query(
            "SELECT account, region, name, digest FROM images WHERE state = 'deleting' ORDER BY account, region, name",
        )
        .fetch_all(&mut *self.glance().await?)
        .await?;
        let image = |found: &sqlx::sqlite::SqliteRow| {
            Ok(DeletedImage {
                scope: row::scope(found)?,
                name: row::name(found)?,
                digest: found.try_get("digest")?,
            })
        };
        rows.iter().map(image).collect()
    }

    /// Whether an image that stays, of whatever account and region, has that content.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_content_wanted(&self, digest: &str) -> Result<bool, StoreError> {
        let found = sqlx::query(
            "SELECT EXISTS (SELECT 1 FROM images WHERE digest = ? AND state <> 'deleting') AS wanted",
        )
        .bind(digest)
        .fetch_one(&mut *self.glance().await?)
        .await?;
        Ok(found.try_get("wanted")?)
    }

    /// Whether any image, one that is being deleted too, has that content.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_content_known(&self, digest: &str) -> Result<bool, StoreError> {
        let found = sqlx::query("SELECT EXISTS (SELECT 1 FROM images WHERE digest = ?) AS known")
            .bind(digest)
            .fetch_one(&mut *self.glance().await?)
            .await?;
        Ok(found.try_get("known")?)
    }

    /// Whether there is any image at all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_images(&self) -> Result<bool, StoreError> {
        let found = sqlx::query("SELECT EXISTS (SELECT 1 FROM images) AS found")
            .fetch_one(&mut *self.glance().await?)
            .await?;
        Ok(found.try_get("found")?)
    }

    /// Drops the record of an image that is being deleted, with its tags. False if there is no such image, or it is not being deleted.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is dropped then.
    pub async fn forget_image(&self, scope: &Scope, name: &Name) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let dropped = sqlx::query(
            "DELETE FROM images WHERE account = ? AND region = ? AND name = ? AND state = 'deleting'",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(name.as_str())
        .execute(&mut *tx)
        .await?;
        if dropped.rows_affected() == 0 {
            return Ok(false);
        }
        tags::delete(&mut tx, scope, ResourceKind::Image, name).await?;
        icons::remove_unused(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Whether a fleet or an image builder may be given the image, seen within the transaction that gives it: a deletion comes before or after it, never between.
pub(crate) async fn check_usable(
    tx: &mut Tx,
    scope: &Scope,
    image: &ImageReference,
) -> Result<Result<(), ImageUnusable>, StoreError> {
    let owner = Scope { account: image.owner.clone(), region: scope.region.clone() };
    Ok(match images::find(tx, &owner, &image.name).await? {
        None => Err(ImageUnusable::Missing),
        Some(image) if image.state == ImageState::Available => Ok(()),
        Some(image) => Err(ImageUnusable::State(image.state)),
    })
}

async fn fleet_that_uses(tx: &mut Tx, scope: &Scope, image: &Name) -> Result<Option<Name>, StoreError> {
    let query = "SELECT name FROM fleets WHERE region = ? AND image_owner = ? AND image_name = ? ORDER BY name LIMIT 1";
    first_name(tx, query, scope, image).await
}

async fn builder_that_uses(tx: &mut Tx, scope: &Scope, image: &Name) -> Result<Option<Name>, StoreError> {
    let query = "SELECT name FROM image_builders WHERE region = ? AND image_owner = ? AND image_name = ? ORDER BY name LIMIT 1";
    first_name(tx, query, scope, image).await
}

async fn first_name(
    tx: &mut Tx,
    query: &'static str,
    scope: &Scope,
    image: &Name,
) -> Result<Option<Name>, StoreError> {
    let found = sqlx::query(query)
        .bind(scope.region.as_str())
        .bind(scope.account.as_str())
        .bind(image.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    found.as_ref().map(row::name).transpose()
}
