//! Tags. They live and die with their resource: written in its transaction, deleted in its transaction.

use std::collections::BTreeMap;

use millrace_model::{Name, Scope, TagSet};
use sqlx::Row;

use crate::error::{ChangeError, StoreError};
use crate::store::{Store, Tx};

/// Kinds of resources that have tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// Stacks.
    Stack,
    /// Fleets.
    Fleet,
    /// Images.
    Image,
}

impl ResourceKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Stack => "stack",
            Self::Fleet => "fleet",
            Self::Image => "image",
        }
    }
}

impl Store {
    /// The tags of a resource; `None` if there is no such resource.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tags(
        &self,
        scope: &Scope,
        kind: ResourceKind,
        name: &Name,
    ) -> Result<Option<TagSet>, StoreError> {
        let mut tx = self.read().await?;
        if exists(&mut tx, scope, kind, name).await? {
            Ok(Some(read(&mut tx, scope, kind, name).await?))
        } else {
            Ok(None)
        }
    }

    /// Changes the tags of a resource.
    ///
    /// # Errors
    /// [`ChangeError`]; nothing is changed then.
    pub async fn change_tags<E: Send>(
        &self,
        scope: &Scope,
        kind: ResourceKind,
        name: &Name,
        change: impl FnOnce(&TagSet) -> Result<TagSet, E> + Send,
    ) -> Result<(), ChangeError<E>> {
        let mut tx = self.write().await?;
        if !exists(&mut tx, scope, kind, name).await? {
            return Err(ChangeError::NotFound);
        }
        let tags = read(&mut tx, scope, kind, name).await?;
        let changed = change(&tags).map_err(ChangeError::Refused)?;
        delete(&mut tx, scope, kind, name).await?;
        insert(&mut tx, scope, kind, name, &changed).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn exists(tx: &mut Tx, scope: &Scope, kind: ResourceKind, name: &Name) -> Result<bool, StoreError> {
    let query = match kind {
        ResourceKind::Stack => "SELECT 1 FROM stacks WHERE account = ? AND region = ? AND name = ?",
        ResourceKind::Fleet => "SELECT 1 FROM fleets WHERE account = ? AND region = ? AND name = ?",
        ResourceKind::Image => "SELECT 1 FROM images WHERE account = ? AND region = ? AND name = ?",
    };
    let row = sqlx::query(query)
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(name.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}

async fn read(tx: &mut Tx, scope: &Scope, kind: ResourceKind, name: &Name) -> Result<TagSet, StoreError> {
    let rows = sqlx::query(
        "SELECT key, value FROM tags WHERE account = ? AND region = ? AND kind = ? AND resource = ?",
    )
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(kind.as_str())
    .bind(name.as_str())
    .fetch_all(&mut **tx)
    .await?;
    let mut tags = BTreeMap::new();
    for row in rows {
        tags.insert(row.try_get("key")?, row.try_get("value")?);
    }
    TagSet::new(tags).map_err(|error| StoreError::corrupt("tag", error))
}

/// Writes the tags of a resource that has none.
pub(crate) async fn insert(
    tx: &mut Tx,
    scope: &Scope,
    kind: ResourceKind,
    name: &Name,
    tags: &TagSet,
) -> Result<(), StoreError> {
    for (key, value) in tags.as_map() {
        sqlx::query(
            "INSERT INTO tags (account, region, kind, resource, key, value) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(kind.as_str())
        .bind(name.as_str())
        .bind(key)
        .bind(value)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Deletes all tags of a resource.
pub(crate) async fn delete(
    tx: &mut Tx,
    scope: &Scope,
    kind: ResourceKind,
    name: &Name,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM tags WHERE account = ? AND region = ? AND kind = ? AND resource = ?")
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(kind.as_str())
        .bind(name.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
