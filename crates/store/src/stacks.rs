//! Stacks.

use millrace_model::{Name, Scope, Stack, TagSet};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{ChangeError, CreateError, StoreError};
use crate::named::{self, List};
use crate::page::{Page, PageToken};
use crate::store::{Store, Tx};
use crate::{ResourceKind, associations, counts, row, tags};

/// Why a stack was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteStackError {
    /// There is none of that name.
    #[error("there is no such stack")]
    NotFound,
    /// A fleet is associated with it.
    #[error("a fleet is associated with the stack")]
    Associated,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Writes a new stack and its tags, or neither.
    ///
    /// # Errors
    /// [`CreateError`]; `limit` is the most stacks that the scope may have.
    pub async fn create_stack(
        &self,
        scope: &Scope,
        stack: &Stack,
        tags: &TagSet,
        limit: u32,
    ) -> Result<(), CreateError> {
        let mut tx = self.write().await?;
        if find(&mut tx, scope, &stack.name).await?.is_some() {
            return Err(CreateError::AlreadyExists);
        }
        if counts::of(&mut tx, scope, ResourceKind::Stack).await? >= u64::from(limit) {
            return Err(CreateError::LimitReached);
        }
        named::about(
            "INSERT INTO stacks (account, region, name, created_at, settings) VALUES (?, ?, ?, ?, ?)",
            scope,
            &stack.name,
        )
        .bind(stack.created_at.0)
        .bind(row::to_json("stack", &stack.settings)?)
        .execute(&mut *tx)
        .await?;
        tags::insert(&mut tx, scope, ResourceKind::Stack, &stack.name, tags).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A stack.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stack(&self, scope: &Scope, name: &Name) -> Result<Option<Stack>, StoreError> {
        find(&mut self.glance().await?, scope, name).await
    }

    /// A page of stacks, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stacks(
        &self,
        scope: &Scope,
        token: Option<&PageToken>,
        limit: u32,
    ) -> Result<Page<Stack>, StoreError> {
        let list = List {
            kind: Self::STACKS,
            sql: "SELECT * FROM stacks WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ? + 1",
            read: stack,
            name: |stack| &stack.name,
        };
        list.page(self, scope, token, limit).await
    }

    /// The kind of the tokens of [`Store::stacks`].
    pub const STACKS: &'static str = "stacks";

    /// Changes a stack's settings, and returns the changed stack.
    ///
    /// # Errors
    /// [`ChangeError`]; nothing is changed then.
    pub async fn change_stack<E: Send>(
        &self,
        scope: &Scope,
        name: &Name,
        change: impl FnOnce(&Stack) -> Result<Stack, E> + Send,
    ) -> Result<Stack, ChangeError<E>> {
        let mut tx = self.write().await?;
        let stack = find(&mut tx, scope, name).await?.ok_or(ChangeError::NotFound)?;
        let changed = change(&stack).map_err(ChangeError::Refused)?;
        sqlx::query("UPDATE stacks SET settings = ? WHERE account = ? AND region = ? AND name = ?")
            .bind(row::to_json("stack", &changed.settings)?)
            .bind(scope.account.as_str())
            .bind(scope.region.as_str())
            .bind(name.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Deletes a stack and its tags.
    ///
    /// # Errors
    /// [`DeleteStackError`]; nothing is deleted then.
    pub async fn delete_stack(&self, scope: &Scope, name: &Name) -> Result<(), DeleteStackError> {
        let mut tx = self.write().await?;
        if find(&mut tx, scope, name).await?.is_none() {
            return Err(DeleteStackError::NotFound);
        }
        if associations::fleet_of(&mut tx, scope, name).await?.is_some() {
            return Err(DeleteStackError::Associated);
        }
        tags::delete(&mut tx, scope, ResourceKind::Stack, name).await?;
        for query in [
            "DELETE FROM sessions WHERE account = ? AND region = ? AND stack = ? AND state = 'ended'",
            "DELETE FROM stacks WHERE account = ? AND region = ? AND name = ?",
        ] {
            named::about(query, scope, name).execute(&mut *tx).await.map_err(StoreError::from)?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}

pub(crate) async fn find(tx: &mut Tx, scope: &Scope, name: &Name) -> Result<Option<Stack>, StoreError> {
    let sql = "SELECT * FROM stacks WHERE account = ? AND region = ? AND name = ?";
    named::find(tx, sql, scope, name, stack).await
}

fn stack(found: &SqliteRow) -> Result<Stack, StoreError> {
    Ok(Stack {
        name: row::name(found)?,
        created_at: row::moment(found, "created_at")?,
        settings: row::from_json("stack", found.try_get("settings")?)?,
    })
}
