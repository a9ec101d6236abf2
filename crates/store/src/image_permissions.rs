//! Images that an account lets others use, and images under another name or in another region.

use millrace_model::image::{ImagePermissions, ImageReference, ImageState, SharedImage};
use millrace_model::{AccountId, Image, Name, Region, Scope};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{CreateError, StoreError};
use crate::page::{Page, PageToken};
use crate::store::{Store, Tx};
use crate::{images, row};

/// Why an image's permissions were not changed, or the image not copied.
#[derive(Debug, thiserror::Error)]
pub enum ImageChangeError {
    /// There is no such image.
    #[error("there is no such image")]
    NotFound,
    /// It is not to be used.
    #[error("the image is not available")]
    NotAvailable(ImageState),
    /// The new name is taken, or there are as many as may be.
    #[error(transparent)]
    Create(CreateError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ImageChangeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Lets another account use an image, as `permissions` say from now on.
    ///
    /// # Errors
    /// [`ImageChangeError`]; nothing is changed then.
    pub async fn share_image(
        &self,
        scope: &Scope,
        name: &Name,
        with: &AccountId,
        permissions: ImagePermissions,
    ) -> Result<(), ImageChangeError> {
        let mut tx = self.write().await?;
        available(&mut tx, scope, name).await?;
        sqlx::query(
            "INSERT INTO image_permissions (account, region, image, shared_account, allow_fleet, allow_image_builder) \
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET allow_fleet = excluded.allow_fleet, \
             allow_image_builder = excluded.allow_image_builder",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(name.as_str())
        .bind(with.as_str())
        .bind(permissions.fleet)
        .bind(permissions.image_builder)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes that right back. False if the account had none, or there is no such image.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unshare_image(
        &self,
        scope: &Scope,
        name: &Name,
        with: &AccountId,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let gone = sqlx::query(
            "DELETE FROM image_permissions WHERE account = ? AND region = ? AND image = ? AND shared_account = ?",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(name.as_str())
        .bind(with.as_str())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(gone.rows_affected() == 1)
    }

    /// The kind of the tokens of [`Store::image_shares`].
    pub const IMAGE_SHARES: &'static str = "image-permissions";

    /// A page of the accounts that may use an image, by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn image_shares(
        &self,
        scope: &Scope,
        name: &Name,
        token: Option<&PageToken>,
        limit: u32,
    ) -> Result<Page<(AccountId, ImagePermissions)>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM image_permissions WHERE account = ? AND region = ? AND image = ? AND shared_account > ? \
             ORDER BY shared_account LIMIT ? + 1",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(name.as_str())
        .bind(PageToken::after(token))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.glance().await?)
        .await?;
        let share = |found: &SqliteRow| {
            Ok::<_, StoreError>((row::text(found, "shared_account")?, permissions(found)?))
        };
        let shares = rows.iter().map(share).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::cut(shares, limit, Self::IMAGE_SHARES, |share: &(AccountId, ImagePermissions)| {
            share.0.as_str()
        }))
    }

    /// Images of other accounts that this one may use, by owner and name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn images_shared_with(&self, scope: &Scope) -> Result<Vec<SharedImage>, StoreError> {
        let mut tx = self.read().await?;
        let rows = sqlx::query(
            "SELECT * FROM image_permissions WHERE shared_account = ? AND region = ? ORDER BY account, image",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .fetch_all(&mut *tx)
        .await?;
        let mut shared = Vec::with_capacity(rows.len());
        for found in &rows {
            let owner = Scope { account: row::text(found, "account")?, region: scope.region.clone() };
            let name: Name = row::text(found, "image")?;
            if let Some(image) = images::find(&mut tx, &owner, &name).await? {
                shared.push(SharedImage { owner: owner.account, image, permissions: permissions(found)? });
            }
        }
        Ok(shared)
    }

    /// An image as this account may use it: its own, or one that is shared with it. None if it is neither.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn usable_image(
        &self,
        scope: &Scope,
        reference: &ImageReference,
    ) -> Result<Option<SharedImage>, StoreError> {
        let mut tx = self.read().await?;
        let owner = Scope { account: reference.owner.clone(), region: scope.region.clone() };
        let Some(image) = images::find(&mut tx, &owner, &reference.name).await? else { return Ok(None) };
        let own = reference.owner == scope.account;
        let permissions = if own {
            Some(ImagePermissions { fleet: true, image_builder: true })
        } else {
            permissions_of(&mut tx, &owner, &reference.name, &scope.account).await?
        };
        Ok(permissions.map(|permissions| SharedImage { owner: owner.account, image, permissions }))
    }

    /// Whether another account may use the image.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_image_shared(&self, scope: &Scope, name: &Name) -> Result<bool, StoreError> {
        let page = self.image_shares(scope, name, None, 1).await?;
        Ok(!page.items.is_empty())
    }

    /// Makes the content of an available image known under another name, in the same region or in another one. Tags are not copied.
    ///
    /// # Errors
    /// [`ImageChangeError`]; nothing is written then.
    pub async fn copy_image(
        &self,
        scope: &Scope,
        source: &Name,
        region: &Region,
        change: impl FnOnce(Image) -> Image + Send,
    ) -> Result<(), ImageChangeError> {
        let mut tx = self.write().await?;
        let copy = change(available(&mut tx, scope, source).await?);
        let target = Scope { account: scope.account.clone(), region: region.clone() };
        if images::find(&mut tx, &target, &copy.name).await?.is_some() {
            return Err(ImageChangeError::Create(CreateError::AlreadyExists));
        }
        images::insert(&mut tx, &target, &copy).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn available(tx: &mut Tx, scope: &Scope, name: &Name) -> Result<Image, ImageChangeError> {
    let image = images::find(tx, scope, name).await?.ok_or(ImageChangeError::NotFound)?;
    match image.state {
        ImageState::Available => Ok(image),
        other => Err(ImageChangeError::NotAvailable(other)),
    }
}

async fn permissions_of(
    tx: &mut Tx,
    owner: &Scope,
    name: &Name,
    account: &AccountId,
) -> Result<Option<ImagePermissions>, StoreError> {
    sqlx::query(
        "SELECT * FROM image_permissions WHERE account = ? AND region = ? AND image = ? AND shared_account = ?",
    )
    .bind(owner.account.as_str())
    .bind(owner.region.as_str())
    .bind(name.as_str())
    .bind(account.as_str())
    .fetch_optional(&mut **tx)
    .await?
    .as_ref()
    .map(permissions)
    .transpose()
}

fn permissions(found: &SqliteRow) -> Result<ImagePermissions, StoreError> {
    Ok(ImagePermissions {
        fleet: found.try_get("allow_fleet")?,
        image_builder: found.try_get("allow_image_builder")?,
    })
}
