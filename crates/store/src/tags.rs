//! Tags. They live and die with their resource: written in its transaction, deleted in its transaction.

use std::collections::BTreeMap;

use millrace_model::{Name, Scope, TagSet};

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
    /// Image builders.
    ImageBuilder,
}

impl ResourceKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Stack => "stack",
            Self::Fleet => "fleet",
            Self::Image => "image",
            Self::ImageBuilder => "image-builder",
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
        find(&mut self.glance().await?, scope, kind, name).await
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
        let tags = find(&mut tx, scope, kind, name).await?.ok_or(ChangeError::NotFound)?;
        let changed = change(&tags).map_err(ChangeError::Refused)?;
        delete(&mut tx, scope, kind, name).await?;
        insert(&mut tx, scope, kind, name, &changed).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The tags of a resource, `None` if there is no such resource: in one statement.
async fn find(
    tx: &mut Tx,
    scope: &Scope,
    kind: ResourceKind,
    name: &Name,
) -> Result<Option<TagSet>, StoreError> {
    macro_rules! select {
        ($table:literal) => {
            concat!(
                "SELECT (SELECT json_group_object(key, value) FROM tags WHERE tags.account = owner.account ",
                "AND tags.region = owner.region AND kind = ? AND resource = owner.name) FROM ",
                $table,
                " AS owner WHERE account = ? AND region = ? AND name = ?"
            )
        };
    }
    let query = match kind {
        ResourceKind::Stack => select!("stacks"),
        ResourceKind::Fleet => select!("fleets"),
        ResourceKind::Image => select!("images"),
        ResourceKind::ImageBuilder => select!("image_builders"),
    };
    let found: Option<String> = sqlx::query_scalar(query)
        .bind(kind.as_str())
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(name.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let Some(json) = found else { return Ok(None) };
    let tags: BTreeMap<String, String> =
        serde_json::from_str(&json).map_err(|error| StoreError::corrupt("tags", error))?;
    TagSet::new(tags).map(Some).map_err(|error| StoreError::corrupt("tag", error))
}

/// Writes the tags of a resource that has none.
pub(crate) async fn insert(
    tx: &mut Tx,
    scope: &Scope,
    kind: ResourceKind,
    name: &Name,
    tags: &TagSet,
) -> Result<(), StoreError> {
    if tags.as_map().is_empty() {
        return Ok(());
    }
    let json = serde_json::to_string(tags.as_map()).map_err(|error| StoreError::corrupt("tags", error))?;
    sqlx::query(
        "INSERT INTO tags (account, region, kind, resource, key, value) SELECT ?, ?, ?, ?, key, value FROM json_each(?)",
    )
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(kind.as_str())
    .bind(name.as_str())
    .bind(json)
    .execute(&mut **tx)
    .await?;
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
