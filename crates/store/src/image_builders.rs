//! Image builders.

use std::collections::BTreeMap;

use millrace_model::builder::{BuilderKey, BuilderRuntime};
use millrace_model::{Image, ImageBuilder, Name, Scope, SessionId, TagSet, Timestamp};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{ChangeError, CreateError, StoreError};
use crate::image_removal::{CreateFromImageError, check_usable};
use crate::named::{self, List};
use crate::page::{Page, PageToken};
use crate::store::{Store, Tx};
use crate::{ResourceKind, images, row, tags};

/// Why an image builder does not become an image.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotRefusal<E> {
    /// The image's name is taken.
    #[error("there is an image of that name")]
    NameTaken,
    /// The model refused.
    #[error("refused")]
    Refused(E),
}

/// What an administrator's ticket came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, and it is taken apart at once")]
pub enum BoundBuilder {
    /// The ticket is spent; the builder has a session now, perhaps one that it had.
    Session(Box<ImageBuilder>),
    /// The ticket was spent before.
    Spent,
    /// There is no such builder, or it does not run.
    NotRunning,
}

impl Store {
    /// Writes a new builder and its tags, or neither.
    ///
    /// # Errors
    /// [`CreateFromImageError`]; `limit` is the most builders that the scope may have.
    pub async fn create_image_builder(
        &self,
        scope: &Scope,
        builder: &ImageBuilder,
        tags: &TagSet,
        limit: u32,
    ) -> Result<(), CreateFromImageError> {
        let mut tx = self.write().await?;
        if find(&mut tx, scope, &builder.name).await?.is_some() {
            return Err(CreateError::AlreadyExists.into());
        }
        check_usable(&mut tx, scope, &builder.settings.image).await??;
        check_number(&mut tx, scope, Kind::OfAdministrators, limit).await??;
        insert(&mut tx, scope, builder).await?;
        tags::insert(&mut tx, scope, ResourceKind::ImageBuilder, &builder.name, tags).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes a builder with an errand, and the image that is to come of it with its tags, or nothing.
    ///
    /// # Errors
    /// [`CreateFromImageError`]; `limit` is the most builders with errands that the scope may have.
    pub async fn create_errand(
        &self,
        scope: &Scope,
        builder: &ImageBuilder,
        image: Option<(&Image, &TagSet)>,
        limit: u32,
    ) -> Result<(), CreateFromImageError> {
        let mut tx = self.write().await?;
        check_usable(&mut tx, scope, &builder.settings.image).await??;
        check_number(&mut tx, scope, Kind::WithErrand, limit).await??;
        if let Some((image, tags)) = image {
            if images::find(&mut tx, scope, &image.name).await?.is_some() {
                return Err(CreateError::AlreadyExists.into());
            }
            images::insert(&mut tx, scope, image).await?;
            tags::insert(&mut tx, scope, ResourceKind::Image, &image.name, tags).await?;
        }
        insert(&mut tx, scope, builder).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A builder.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn image_builder(
        &self,
        scope: &Scope,
        name: &Name,
    ) -> Result<Option<ImageBuilder>, StoreError> {
        find(&mut self.glance().await?, scope, name).await
    }

    /// The kind of the tokens of [`Store::image_builders`].
    pub const IMAGE_BUILDERS: &'static str = "image-builders";

    /// A page of builders, by name: those that have an administrator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn image_builders(
        &self,
        scope: &Scope,
        token: Option<&PageToken>,
        limit: u32,
    ) -> Result<Page<ImageBuilder>, StoreError> {
        let list = List {
            kind: Self::IMAGE_BUILDERS,
            sql: "SELECT * FROM image_builders WHERE account = ? AND region = ? AND name > ? \
                  AND runtime ->> '$.value.errand' IS NULL ORDER BY name LIMIT ? + 1",
            read: builder,
            name: |builder| &builder.name,
        };
        list.page(self, scope, token, limit).await
    }

    /// All builders of all scopes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all_image_builders(&self) -> Result<Vec<(BuilderKey, ImageBuilder)>, StoreError> {
        let rows = sqlx::query("SELECT * FROM image_builders ORDER BY account, region, name")
            .fetch_all(&mut *self.glance().await?)
            .await?;
        rows.iter().map(keyed).collect()
    }

    /// The builder whose administrator has that session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn image_builder_of_session(
        &self,
        session: &SessionId,
    ) -> Result<Option<(BuilderKey, ImageBuilder)>, StoreError> {
        sqlx::query("SELECT * FROM image_builders WHERE session = ?")
            .bind(session.as_str())
            .fetch_optional(&mut *self.glance().await?)
            .await?
            .as_ref()
            .map(keyed)
            .transpose()
    }

    /// Changes a builder, and returns what it was and what became of it.
    ///
    /// # Errors
    /// [`ChangeError`]; nothing is changed then.
    pub async fn change_image_builder<E: Send>(
        &self,
        scope: &Scope,
        name: &Name,
        change: impl FnOnce(&ImageBuilder) -> Result<ImageBuilder, E> + Send,
    ) -> Result<(ImageBuilder, ImageBuilder), ChangeError<E>> {
        let mut tx = self.write().await?;
        let found = find(&mut tx, scope, name).await?.ok_or(ChangeError::NotFound)?;
        let changed = change(&found).map_err(ChangeError::Refused)?;
        if changed != found {
            update(&mut tx, scope, &changed).await?;
        }
        // What was found may be a write of this moment that is not on the disk yet.
        tx.commit().await?;
        Ok((found, changed))
    }

    /// Spends an administrator's ticket for a builder that runs. `change` gives the builder its session.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is spent then, nor with any outcome but a session.
    pub async fn bind_image_builder<E: Send>(
        &self,
        key: &BuilderKey,
        ticket_id: &str,
        ticket_expires_at: Timestamp,
        change: impl FnOnce(&ImageBuilder) -> Result<ImageBuilder, E> + Send,
    ) -> Result<BoundBuilder, StoreError> {
        let mut tx = self.write().await?;
        let spent = sqlx::query("SELECT 1 FROM spent_tickets WHERE id = ?")
            .bind(ticket_id)
            .fetch_optional(&mut *tx)
            .await?;
        if spent.is_some() {
            return Ok(BoundBuilder::Spent);
        }
        let Some(found) = find(&mut tx, &key.scope, &key.name).await? else {
            return Ok(BoundBuilder::NotRunning);
        };
        let Ok(changed) = change(&found) else { return Ok(BoundBuilder::NotRunning) };
        update(&mut tx, &key.scope, &changed).await?;
        crate::admission::spend(&mut tx, ticket_id, ticket_expires_at).await?;
        tx.commit().await?;
        Ok(BoundBuilder::Session(Box::new(changed)))
    }

    /// A builder begins to become an image: the image (in a state that says so), its tags, and what `change` makes of the builder are written
    /// together.
    ///
    /// # Errors
    /// [`ChangeError`]; nothing is written then.
    pub async fn begin_snapshot<E: Send>(
        &self,
        scope: &Scope,
        name: &Name,
        tags: &TagSet,
        change: impl FnOnce(&ImageBuilder) -> Result<(ImageBuilder, Image), E> + Send,
    ) -> Result<(ImageBuilder, ImageBuilder), ChangeError<SnapshotRefusal<E>>> {
        let mut tx = self.write().await?;
        let found = find(&mut tx, scope, name).await?.ok_or(ChangeError::NotFound)?;
        let (changed, image) =
            change(&found).map_err(|refusal| ChangeError::Refused(SnapshotRefusal::Refused(refusal)))?;
        if images::find(&mut tx, scope, &image.name).await?.is_some() {
            return Err(ChangeError::Refused(SnapshotRefusal::NameTaken));
        }
        images::insert(&mut tx, scope, &image).await?;
        tags::insert(&mut tx, scope, ResourceKind::Image, &image.name, tags).await?;
        update(&mut tx, scope, &changed).await?;
        tx.commit().await?;
        Ok((found, changed))
    }

    /// What came of it: the image as it is now with its icons (names to PNGs), and the builder. The image may have been deleted meanwhile, and then stays so.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is written then.
    pub async fn end_snapshot(
        &self,
        key: &BuilderKey,
        image: &Image,
        icons: &BTreeMap<String, Vec<u8>>,
        change: impl FnOnce(&ImageBuilder) -> ImageBuilder + Send,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        if images::find(&mut tx, &key.scope, &image.name).await?.is_some() {
            images::insert(&mut tx, &key.scope, image).await?;
            crate::icons::insert(&mut tx, icons).await?;
        }
        if let Some(found) = find(&mut tx, &key.scope, &key.name).await? {
            update(&mut tx, &key.scope, &change(&found)).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Drops a builder, of which nothing is left, and its tags. False unless it was to be deleted and has no instance.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is dropped then.
    pub async fn drop_image_builder(&self, key: &BuilderKey) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let BuilderKey { scope, name } = key;
        let deletable = find(&mut tx, scope, name).await?.is_some_and(|builder| {
            let BuilderRuntime { intent, instance, .. } = &builder.runtime;
            *intent == millrace_model::builder::BuilderIntent::Deleting && instance.is_none()
        });
        if !deletable {
            return Ok(false);
        }
        tags::delete(&mut tx, scope, ResourceKind::ImageBuilder, name).await?;
        let sql = "DELETE FROM image_builders WHERE account = ? AND region = ? AND name = ?";
        named::about(sql, scope, name).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Builders that are counted apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    OfAdministrators,
    WithErrand,
}

/// Whether there is room for one more of its kind.
async fn check_number(
    tx: &mut Tx,
    scope: &Scope,
    kind: Kind,
    limit: u32,
) -> Result<Result<(), CreateError>, StoreError> {
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM image_builders \
         WHERE account = ? AND region = ? AND (runtime ->> '$.value.errand' IS NOT NULL) = ?",
    )
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(kind == Kind::WithErrand)
    .fetch_one(&mut **tx)
    .await?;
    Ok(if count < i64::from(limit) { Ok(()) } else { Err(CreateError::LimitReached) })
}

async fn find(tx: &mut Tx, scope: &Scope, name: &Name) -> Result<Option<ImageBuilder>, StoreError> {
    let sql = "SELECT * FROM image_builders WHERE account = ? AND region = ? AND name = ?";
    named::find(tx, sql, scope, name, builder).await
}

async fn insert(tx: &mut Tx, scope: &Scope, builder: &ImageBuilder) -> Result<(), StoreError> {
    named::about(
        "INSERT INTO image_builders (account, region, name, created_at, settings, runtime, image_owner, image_name) \
         VALUES (?, ?, ?, ?, '', '{}', ?, ?)",
        scope,
        &builder.name,
    )
    .bind(builder.created_at.0)
    .bind(builder.settings.image.owner.as_str())
    .bind(builder.settings.image.name.as_str())
    .execute(&mut **tx)
    .await?;
    update(tx, scope, builder).await
}

/// Writes all that can change of a builder.
async fn update(tx: &mut Tx, scope: &Scope, builder: &ImageBuilder) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE image_builders SET settings = ?, runtime = ?, session = ? WHERE account = ? AND region = ? AND name = ?",
    )
    .bind(row::to_json("image builder", &builder.settings)?)
    .bind(row::to_json("image builder", &builder.runtime)?)
    .bind(builder.runtime.session.as_ref().map(SessionId::as_str))
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(builder.name.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn keyed(found: &SqliteRow) -> Result<(BuilderKey, ImageBuilder), StoreError> {
    let builder = builder(found)?;
    Ok((BuilderKey { scope: row::scope(found)?, name: builder.name.clone() }, builder))
}

fn builder(found: &SqliteRow) -> Result<ImageBuilder, StoreError> {
    Ok(ImageBuilder {
        name: row::name(found)?,
        created_at: row::moment(found, "created_at")?,
        settings: row::from_json("image builder", found.try_get("settings")?)?,
        runtime: row::from_json("image builder", found.try_get("runtime")?)?,
    })
}
