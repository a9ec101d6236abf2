//! Users, groups, roles and managed policies, as text whose meaning is not the store's.

use sqlx::Row;

use crate::error::StoreError;
use crate::store::Store;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// Twelve digits.
    pub account: String,
    /// `user`, `group`, `role` or `policy`.
    pub kind: String,
    /// In lower case.
    pub name: String,
    /// None: it is gone.
    pub body: Option<String>,
}

impl Store {
    /// All identities of all accounts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn identities(&self) -> Result<Vec<IdentityRow>, StoreError> {
        let rows = sqlx::query("SELECT account, kind, name, body FROM identities")
            .fetch_all(&mut *self.glance().await?)
            .await?;
        let row = |row: &sqlx::sqlite::SqliteRow| {
            Ok(IdentityRow {
                account: row.try_get("account")?,
                kind: row.try_get("kind")?,
                name: row.try_get("name")?,
                body: row.try_get("body")?,
            })
        };
        rows.iter().map(row).collect::<Result<_, sqlx::Error>>().map_err(StoreError::from)
    }

    /// Writes what became of identities: all of it, or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is written then.
    pub async fn write_identities(&self, rows: &[IdentityRow]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for row in rows {
            let query = match &row.body {
                Some(body) => sqlx::query(
                    "INSERT OR REPLACE INTO identities (body, account, kind, name) VALUES (?, ?, ?, ?)",
                )
                .bind(body),
                None => sqlx::query("DELETE FROM identities WHERE account = ? AND kind = ? AND name = ?"),
            };
            query.bind(&row.account).bind(&row.kind).bind(&row.name).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
