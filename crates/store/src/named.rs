//! What is the same for all rows whose key is an account, a region and a name.

use millrace_model::{Name, Scope};
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};

use crate::error::StoreError;
use crate::page::{Page, PageToken};
use crate::store::{Store, Tx};

/// A statement whose first three parameters are the account, the region and the name of a resource.
pub(crate) fn about<'q>(
    sql: &'static str,
    scope: &'q Scope,
    name: &'q Name,
) -> Query<'q, Sqlite, SqliteArguments> {
    sqlx::query(sql).bind(scope.account.as_str()).bind(scope.region.as_str()).bind(name.as_str())
}

/// The one row that a statement as for [`about`] selects.
pub(crate) async fn find<T>(
    tx: &mut Tx,
    sql: &'static str,
    scope: &Scope,
    name: &Name,
    read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let found = about(sql, scope, name).fetch_optional(&mut **tx).await?;
    found.as_ref().map(read).transpose()
}

/// A list that is read page by page.
pub(crate) struct List<T> {
    /// The kind of its tokens.
    pub(crate) kind: &'static str,
    /// Selects items by ascending name. Its parameters are the account, the region, the name after which to begin, and how many,
    /// of which it selects one more (see [`Page::cut`]).
    pub(crate) sql: &'static str,
    /// Reads an item.
    pub(crate) read: fn(&SqliteRow) -> Result<T, StoreError>,
    /// An item's name.
    pub(crate) name: fn(&T) -> &Name,
}

impl<T> List<T> {
    /// The page of at most `limit` items that begins at the token.
    pub(crate) async fn page(
        &self,
        store: &Store,
        scope: &Scope,
        token: Option<&PageToken>,
        limit: u32,
    ) -> Result<Page<T>, StoreError> {
        let rows = sqlx::query(self.sql)
            .bind(scope.account.as_str())
            .bind(scope.region.as_str())
            .bind(PageToken::after(token))
            .bind(i64::from(limit))
            .fetch_all(&mut *store.glance().await?)
            .await?;
        let items = rows.iter().map(self.read).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, limit, self.kind, |item: &T| (self.name)(item).as_str()))
    }
}
