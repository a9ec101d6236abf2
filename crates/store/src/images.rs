//! Images.

use std::collections::BTreeMap;

use millrace_model::image::{Application, ImageState};
use millrace_model::{Image, Name, Scope};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::StoreError;
use crate::page::{Page, PageToken};
use crate::store::{Store, Tx};
use crate::{named, row};

/// What registering an image did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// It is new.
    New,
    /// There was one of that name with that content; what is told about it was renewed.
    Renewed,
}

/// Why an image was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The name is taken by an image with other content: what a name means never changes.
    #[error("there is another image of that name")]
    NameTaken,
    /// The image of that name is being deleted: until it is gone, its content can vanish at any moment.
    #[error("the image of that name is being deleted")]
    BeingDeleted,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Writes an image, its applications and their icons (names to PNGs). Repeating it with the same content is harmless.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn register_image(
        &self,
        scope: &Scope,
        image: &Image,
        icons: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Registered, RegisterError> {
        let mut tx = self.write().await?;
        let registered = match find(&mut tx, scope, &image.name).await? {
            Some(present) if present.state == ImageState::Deleting => {
                return Err(RegisterError::BeingDeleted);
            }
            Some(present) if present.digest != image.digest => return Err(RegisterError::NameTaken),
            Some(_) => Registered::Renewed,
            None => Registered::New,
        };
        insert(&mut tx, scope, image).await?;
        crate::icons::insert(&mut tx, icons).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(registered)
    }

    /// An image.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn image(&self, scope: &Scope, name: &Name) -> Result<Option<Image>, StoreError> {
        find(&mut self.read().await?, scope, name).await
    }

    /// The image of the scope with that content, under whatever name; the first by name if there are several.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn image_by_digest(&self, scope: &Scope, digest: &str) -> Result<Option<Image>, StoreError> {
        let mut tx = self.read().await?;
        let found = sqlx::query(
            "SELECT * FROM images WHERE account = ? AND region = ? AND digest = ? ORDER BY name LIMIT 1",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(digest)
        .fetch_optional(&mut *tx)
        .await?;
        match found {
            Some(found) => Ok(Some(image(&mut tx, scope, &found).await?)),
            None => Ok(None),
        }
    }

    /// A page of images, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn images(
        &self,
        scope: &Scope,
        token: Option<&PageToken>,
        limit: u32,
    ) -> Result<Page<Image>, StoreError> {
        let mut tx = self.read().await?;
        let rows = sqlx::query(
            "SELECT * FROM images WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ? + 1",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(PageToken::after(token))
        .bind(i64::from(limit))
        .fetch_all(&mut *tx)
        .await?;
        let mut images = Vec::with_capacity(rows.len());
        for found in &rows {
            images.push(image(&mut tx, scope, found).await?);
        }
        Ok(Page::cut(images, limit, Self::IMAGES, |image: &Image| image.name.as_str()))
    }

    /// The kind of the tokens of [`Store::images`].
    pub const IMAGES: &'static str = "images";
}

/// Writes an image, over what was there of that name.
pub(crate) async fn insert(tx: &mut Tx, scope: &Scope, image: &Image) -> Result<(), StoreError> {
    named::about(
        "INSERT INTO images (account, region, name, created_at, digest, state, details) VALUES (?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT DO UPDATE SET digest = excluded.digest, details = excluded.details, state = excluded.state",
        scope,
        &image.name,
    )
    .bind(image.created_at.0)
    .bind(&image.digest)
    .bind(row::enum_text("image state", image.state)?)
    .bind(row::to_json("image", &image.details)?)
    .execute(&mut **tx)
    .await?;
    let sql = "DELETE FROM image_applications WHERE account = ? AND region = ? AND image = ?";
    named::about(sql, scope, &image.name).execute(&mut **tx).await?;
    for (position, application) in (0_i64..).zip(&image.applications) {
        named::about(
            "INSERT INTO image_applications (account, region, image, position, application) VALUES (?, ?, ?, ?, ?)",
            scope,
            &image.name,
        )
        .bind(position)
        .bind(row::to_json("application", application)?)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, scope: &Scope, name: &Name) -> Result<Option<Image>, StoreError> {
    let sql = "SELECT * FROM images WHERE account = ? AND region = ? AND name = ?";
    let found = named::about(sql, scope, name).fetch_optional(&mut **tx).await?;
    match found {
        Some(found) => Ok(Some(image(tx, scope, &found).await?)),
        None => Ok(None),
    }
}

async fn image(tx: &mut Tx, scope: &Scope, found: &SqliteRow) -> Result<Image, StoreError> {
    let name = row::name(found)?;
    let sql = "SELECT application FROM image_applications WHERE account = ? AND region = ? AND image = ? ORDER BY position";
    let rows = named::about(sql, scope, &name).fetch_all(&mut **tx).await?;
    let application = |found: &SqliteRow| -> Result<Application, StoreError> {
        row::from_json("application", found.try_get("application")?)
    };
    Ok(Image {
        name,
        created_at: row::moment(found, "created_at")?,
        digest: found.try_get("digest")?,
        state: row::from_enum_text("image state", found.try_get("state")?)?,
        details: row::from_json("image", found.try_get("details")?)?,
        applications: rows.iter().map(application).collect::<Result<_, _>>()?,
    })
}
