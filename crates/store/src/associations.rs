//! Which fleet a stack gives to its users. A stack has one at most; a fleet may have several stacks.

use millrace_model::{Name, Scope};
use sqlx::Row;

use crate::error::StoreError;
use crate::page::{Page, PageToken};
use crate::store::{Store, Tx};
use crate::{fleets, named, row, stacks};

/// Why a fleet and a stack were not associated.
#[derive(Debug, thiserror::Error)]
pub enum AssociateError {
    /// There is no such fleet.
    #[error("there is no such fleet")]
    FleetNotFound,
    /// There is no such stack.
    #[error("there is no such stack")]
    StackNotFound,
    /// The stack has another fleet.
    #[error("the stack has another fleet")]
    AnotherFleet,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a fleet and a stack were not parted.
#[derive(Debug, thiserror::Error)]
pub enum DisassociateError {
    /// There is no such fleet.
    #[error("there is no such fleet")]
    FleetNotFound,
    /// There is no such stack.
    #[error("there is no such stack")]
    StackNotFound,
    /// They are not associated.
    #[error("they are not associated")]
    NotAssociated,
    /// Users of the stack have sessions on the fleet.
    #[error("there are live sessions")]
    LiveSessions,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Gives a fleet to a stack; harmless if it has it.
    ///
    /// # Errors
    /// [`AssociateError`].
    pub async fn associate(&self, scope: &Scope, fleet: &Name, stack: &Name) -> Result<(), AssociateError> {
        let mut tx = self.write().await?;
        if fleets::find(&mut tx, scope, fleet).await?.is_none() {
            return Err(AssociateError::FleetNotFound);
        }
        if stacks::find(&mut tx, scope, stack).await?.is_none() {
            return Err(AssociateError::StackNotFound);
        }
        match fleet_of(&mut tx, scope, stack).await? {
            Some(present) if present == *fleet => return Ok(()),
            Some(_) => return Err(AssociateError::AnotherFleet),
            None => {}
        }
        sqlx::query("INSERT INTO associations (account, region, stack, fleet) VALUES (?, ?, ?, ?)")
            .bind(scope.account.as_str())
            .bind(scope.region.as_str())
            .bind(stack.as_str())
            .bind(fleet.as_str())
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Takes a fleet from a stack.
    ///
    /// # Errors
    /// [`DisassociateError`].
    pub async fn disassociate(
        &self,
        scope: &Scope,
        fleet: &Name,
        stack: &Name,
    ) -> Result<(), DisassociateError> {
        let mut tx = self.write().await?;
        if fleets::find(&mut tx, scope, fleet).await?.is_none() {
            return Err(DisassociateError::FleetNotFound);
        }
        if stacks::find(&mut tx, scope, stack).await?.is_none() {
            return Err(DisassociateError::StackNotFound);
        }
        if fleet_of(&mut tx, scope, stack).await?.as_ref() != Some(fleet) {
            return Err(DisassociateError::NotAssociated);
        }
        let live = sqlx::query(
            "SELECT 1 FROM sessions WHERE account = ? AND region = ? AND fleet = ? AND stack = ? AND state <> 'ended' LIMIT 1",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(fleet.as_str())
        .bind(stack.as_str())
        .fetch_optional(&mut *tx)
        .await
        .map_err(StoreError::from)?;
        if live.is_some() {
            return Err(DisassociateError::LiveSessions);
        }
        let sql = "DELETE FROM associations WHERE account = ? AND region = ? AND stack = ?";
        named::about(sql, scope, stack).execute(&mut *tx).await.map_err(StoreError::from)?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// The fleet of a stack.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fleet_of_stack(&self, scope: &Scope, stack: &Name) -> Result<Option<Name>, StoreError> {
        fleet_of(&mut self.glance().await?, scope, stack).await
    }

    /// A page of the names of the stacks that have this fleet. The token's kind is [`Store::STACKS_OF_FLEET`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stacks_of_fleet(
        &self,
        scope: &Scope,
        fleet: &Name,
        token: Option<&PageToken>,
        limit: u32,
    ) -> Result<Page<Name>, StoreError> {
        let rows = sqlx::query(
            "SELECT stack AS name FROM associations WHERE account = ? AND region = ? AND fleet = ? AND stack > ? \
             ORDER BY stack LIMIT ? + 1",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(fleet.as_str())
        .bind(PageToken::after(token))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.glance().await?)
        .await?;
        let names = rows.iter().map(row::name).collect::<Result<_, _>>()?;
        Ok(Page::cut(names, limit, Self::STACKS_OF_FLEET, |name: &Name| name.as_str()))
    }

    /// The kind of the tokens of [`Store::stacks_of_fleet`].
    pub const STACKS_OF_FLEET: &'static str = "stacks of a fleet";
}

pub(crate) async fn fleet_of(tx: &mut Tx, scope: &Scope, stack: &Name) -> Result<Option<Name>, StoreError> {
    let sql = "SELECT fleet AS name FROM associations WHERE account = ? AND region = ? AND stack = ?";
    named::find(tx, sql, scope, stack, row::name).await
}

pub(crate) async fn is_fleet_used(tx: &mut Tx, scope: &Scope, fleet: &Name) -> Result<bool, StoreError> {
    let sql =
        "SELECT EXISTS (SELECT 1 FROM associations WHERE account = ? AND region = ? AND fleet = ?) AS used";
    let found = named::about(sql, scope, fleet).fetch_one(&mut **tx).await?;
    Ok(found.try_get("used")?)
}
