//! Icons of applications.

use std::collections::BTreeMap;

use sqlx::Row;

use crate::error::StoreError;
use crate::store::{Store, Tx};

impl Store {
    /// The PNG of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn icon(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let found = sqlx::query("SELECT png FROM icons WHERE name = ?")
            .bind(name)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(found.map(|found| found.try_get("png")).transpose()?)
    }
}

/// Writes icons, and removes those that no application has any more.
pub(crate) async fn insert(tx: &mut Tx, icons: &BTreeMap<String, Vec<u8>>) -> Result<(), StoreError> {
    for (name, png) in icons {
        sqlx::query("INSERT INTO icons (name, png) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(name)
            .bind(png)
            .execute(&mut **tx)
            .await?;
    }
    remove_unused(tx).await
}

/// Removes the icons that no application has any more.
pub(crate) async fn remove_unused(tx: &mut Tx) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM icons WHERE name NOT IN \
         (SELECT application ->> '$.value.icon' FROM image_applications WHERE application ->> '$.value.icon' IS NOT NULL)",
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
