//! Images that are imported in the background.
//!
//! ```text
//! create_imported_image: PENDING ──change_image──> IMPORTING ──end_import──> AVAILABLE, FAILED
//! ```

use std::collections::BTreeMap;

use millrace_model::image::ImageState;
use millrace_model::{Image, Name, Scope, TagSet};

use crate::error::{CreateError, StoreError};
use crate::store::Store;
use crate::{ResourceKind, icons, images, row, tags};

impl Store {
    /// Writes an image that is to be imported, and its tags, or neither.
    ///
    /// # Errors
    /// [`CreateError`]; `limit` is the most of them that the scope may have at a time.
    pub async fn create_imported_image(
        &self,
        scope: &Scope,
        image: &Image,
        tags: &TagSet,
        limit: u32,
    ) -> Result<(), CreateError> {
        let mut tx = self.write().await?;
        if images::find(&mut tx, scope, &image.name).await?.is_some() {
            return Err(CreateError::AlreadyExists);
        }
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM images WHERE account = ? AND region = ? AND state IN ('pending', 'importing') \
             AND details ->> '$.value.import' IS NOT NULL",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .fetch_one(&mut *tx)
        .await?;
        if count >= i64::from(limit) {
            return Err(CreateError::LimitReached);
        }
        images::insert(&mut tx, scope, image).await?;
        tags::insert(&mut tx, scope, ResourceKind::Image, &image.name, tags).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The images of all scopes that are to be imported, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn images_to_import(&self) -> Result<Vec<(Scope, Image)>, StoreError> {
        let mut tx = self.read().await?;
        let rows = sqlx::query(
            "SELECT account, region, name FROM images WHERE state IN ('pending', 'importing') \
             AND details ->> '$.value.import' IS NOT NULL ORDER BY created_at, account, region, name",
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let scope = row::scope(row)?;
            if let Some(image) = images::find(&mut tx, &scope, &row::name(row)?).await? {
                found.push((scope, image));
            }
        }
        Ok(found)
    }

    /// Changes an image that is to be imported, with its icons (names to PNGs), and returns what became of it; none if there is no such image, or it
    /// is not to be imported (any more).
    ///
    /// # Errors
    /// [`StoreError`]; nothing is changed then.
    pub async fn change_import(
        &self,
        scope: &Scope,
        name: &Name,
        icons: &BTreeMap<String, Vec<u8>>,
        change: impl FnOnce(&Image) -> Image + Send,
    ) -> Result<Option<Image>, StoreError> {
        let mut tx = self.write().await?;
        let waits = |image: &Image| {
            image.details.import.is_some()
                && matches!(image.state, ImageState::Pending | ImageState::Importing)
        };
        let Some(found) = images::find(&mut tx, scope, name).await?.filter(waits) else { return Ok(None) };
        let changed = change(&found);
        images::insert(&mut tx, scope, &changed).await?;
        icons::insert(&mut tx, icons).await?;
        tx.commit().await?;
        Ok(Some(changed))
    }
}
