//! Fleets.

use millrace_model::capacity::InstanceCounts;
use millrace_model::fleet::{DeleteRefusal, Intent};
use millrace_model::image::ImageReference;
use millrace_model::{Fleet, Name, Scope, TagSet};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{ChangeError, CreateError, StoreError};
use crate::image_removal::{CreateFromImageError, ImageUnusable, check_usable};
use crate::named::{self, List};
use crate::page::{Page, PageToken};
use crate::store::{Store, Tx};
use crate::{ResourceKind, associations, counts, row, tags};

/// A fleet and its instances, seen at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetRecord {
    /// The fleet.
    pub fleet: Fleet,
    /// How many instances are in which state.
    pub counts: InstanceCounts,
}

/// Why a fleet was not updated.
#[derive(Debug, thiserror::Error)]
pub enum UpdateFleetError<E> {
    /// It cannot be given the image.
    #[error(transparent)]
    Image(#[from] ImageUnusable),
    /// The usual reasons.
    #[error(transparent)]
    Change(#[from] ChangeError<E>),
}

/// Why a fleet was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteFleetError {
    /// There is none of that name.
    #[error("there is no such fleet")]
    NotFound,
    /// The model refused.
    #[error(transparent)]
    Refused(#[from] DeleteRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fleets with the counts of their instances.
macro_rules! select_fleets {
    ($where:literal) => {
        concat!(
            "SELECT fleets.*, ",
            "count(CASE WHEN state = 'starting' THEN 1 END) AS starting, ",
            "count(CASE WHEN state = 'idle' THEN 1 END) AS idle, ",
            "count(CASE WHEN state = 'assigned' THEN 1 END) AS assigned, ",
            "count(CASE WHEN state = 'retiring' THEN 1 END) AS retiring ",
            "FROM fleets LEFT JOIN instances ON instances.account = fleets.account ",
            "AND instances.region = fleets.region AND instances.fleet = fleets.name ",
            "WHERE ",
            $where
        )
    };
}

impl Store {
    /// Writes a new fleet and its tags, or neither.
    ///
    /// # Errors
    /// [`CreateFromImageError`]; `limit` is the most fleets that the scope may have.
    pub async fn create_fleet(
        &self,
        scope: &Scope,
        fleet: &Fleet,
        tags: &TagSet,
        limit: u32,
    ) -> Result<(), CreateFromImageError> {
        let mut tx = self.write().await?;
        if find(&mut tx, scope, &fleet.name).await?.is_some() {
            return Err(CreateError::AlreadyExists.into());
        }
        if let Some(image) = &fleet.settings.image {
            check_usable(&mut tx, scope, image).await??;
        }
        if counts::of(&mut tx, scope, ResourceKind::Fleet).await? >= u64::from(limit) {
            return Err(CreateError::LimitReached.into());
        }
        named::about(
            "INSERT INTO fleets (account, region, name, created_at, settings, health) VALUES (?, ?, ?, ?, '', '')",
            scope,
            &fleet.name,
        )
        .bind(fleet.created_at.0)
        .execute(&mut *tx)
        .await?;
        update(&mut tx, scope, fleet).await?;
        tags::insert(&mut tx, scope, ResourceKind::Fleet, &fleet.name, tags).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A fleet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fleet(&self, scope: &Scope, name: &Name) -> Result<Option<FleetRecord>, StoreError> {
        find(&mut self.glance().await?, scope, name).await
    }

    /// A page of fleets, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fleets(
        &self,
        scope: &Scope,
        token: Option<&PageToken>,
        limit: u32,
    ) -> Result<Page<FleetRecord>, StoreError> {
        let list = List {
            kind: Self::FLEETS,
            sql: select_fleets!(
                "fleets.account = ? AND fleets.region = ? AND fleets.name > ? GROUP BY fleets.name ORDER BY fleets.name LIMIT ? + 1"
            ),
            read: record,
            name: |record| &record.fleet.name,
        };
        list.page(self, scope, token, limit).await
    }

    /// The kind of the tokens of [`Store::fleets`].
    pub const FLEETS: &'static str = "fleets";

    /// Changes a fleet, and returns what became of it.
    ///
    /// # Errors
    /// [`ChangeError`]; nothing is changed then.
    pub async fn change_fleet<E: Send>(
        &self,
        scope: &Scope,
        name: &Name,
        change: impl FnOnce(&FleetRecord) -> Result<Fleet, E> + Send,
    ) -> Result<FleetRecord, ChangeError<E>> {
        let mut tx = self.write().await?;
        let found = find(&mut tx, scope, name).await?.ok_or(ChangeError::NotFound)?;
        change_in(tx, scope, found, change).await
    }

    /// As [`Store::change_fleet`], for a change that gives the fleet this image: it must be there and available at that very moment.
    ///
    /// # Errors
    /// [`UpdateFleetError`]; nothing is changed then.
    pub async fn update_fleet<E: Send>(
        &self,
        scope: &Scope,
        name: &Name,
        image: Option<&ImageReference>,
        change: impl FnOnce(&FleetRecord) -> Result<Fleet, E> + Send,
    ) -> Result<FleetRecord, UpdateFleetError<E>> {
        let mut tx = self.write().await.map_err(ChangeError::from)?;
        let found = find(&mut tx, scope, name).await.map_err(ChangeError::from)?;
        let found = found.ok_or(ChangeError::NotFound)?;
        if let Some(image) = image {
            check_usable(&mut tx, scope, image).await.map_err(ChangeError::from)??;
        }
        Ok(change_in(tx, scope, found, change).await?)
    }

    /// Deletes a fleet, its tags and what is left of its sessions.
    ///
    /// # Errors
    /// [`DeleteFleetError`]; nothing is deleted then.
    pub async fn delete_fleet(&self, scope: &Scope, name: &Name) -> Result<(), DeleteFleetError> {
        let mut tx = self.write().await?;
        let found = find(&mut tx, scope, name).await?.ok_or(DeleteFleetError::NotFound)?;
        let associated = associations::is_fleet_used(&mut tx, scope, name).await?;
        found.fleet.may_be_deleted(found.counts.total(), associated)?;
        tags::delete(&mut tx, scope, ResourceKind::Fleet, name).await?;
        for query in [
            "DELETE FROM sessions WHERE account = ? AND region = ? AND fleet = ? AND state = 'ended'",
            "DELETE FROM fleets WHERE account = ? AND region = ? AND name = ?",
        ] {
            named::about(query, scope, name).execute(&mut *tx).await.map_err(StoreError::from)?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}

async fn change_in<E: Send>(
    mut tx: Tx,
    scope: &Scope,
    found: FleetRecord,
    change: impl FnOnce(&FleetRecord) -> Result<Fleet, E> + Send,
) -> Result<FleetRecord, ChangeError<E>> {
    let fleet = change(&found).map_err(ChangeError::Refused)?;
    if fleet != found.fleet {
        update(&mut tx, scope, &fleet).await?;
    }
    // Even if nothing was changed here: what was found may be a write of this moment that is not durable yet.
    tx.commit().await?;
    Ok(FleetRecord { fleet, ..found })
}

pub(crate) async fn find(tx: &mut Tx, scope: &Scope, name: &Name) -> Result<Option<FleetRecord>, StoreError> {
    let sql =
        select_fleets!("fleets.account = ? AND fleets.region = ? AND fleets.name = ? GROUP BY fleets.name");
    named::find(tx, sql, scope, name, record).await
}

/// Writes all that can change of a fleet.
pub(crate) async fn update(tx: &mut Tx, scope: &Scope, fleet: &Fleet) -> Result<(), StoreError> {
    let (running_since, ready_at) = match fleet.intent {
        Intent::Stopped => (None, None),
        Intent::Running { since, ready_at } => (Some(since.0), ready_at.map(|at| at.0)),
    };
    let image = fleet.settings.image.as_ref();
    sqlx::query(
        "UPDATE fleets SET settings = ?, image_owner = ?, image_name = ?, running_since = ?, ready_at = ?, health = ? \
         WHERE account = ? AND region = ? AND name = ?",
    )
    .bind(row::to_json("fleet", &fleet.settings)?)
    .bind(image.map(|image| image.owner.as_str()))
    .bind(image.map(|image| image.name.as_str()))
    .bind(running_since)
    .bind(ready_at)
    .bind(row::to_json("health", &fleet.health)?)
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(fleet.name.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn record(found: &SqliteRow) -> Result<FleetRecord, StoreError> {
    let counts = InstanceCounts {
        starting: row::number(found, "starting")?,
        idle: row::number(found, "idle")?,
        assigned: row::number(found, "assigned")?,
        retiring: row::number(found, "retiring")?,
    };
    Ok(FleetRecord { fleet: fleet(found)?, counts })
}

/// A fleet from its own columns.
pub(crate) fn fleet(found: &SqliteRow) -> Result<Fleet, StoreError> {
    let intent = match row::maybe_moment(found, "running_since")? {
        None => Intent::Stopped,
        Some(since) => Intent::Running { since, ready_at: row::maybe_moment(found, "ready_at")? },
    };
    Ok(Fleet {
        name: row::name(found)?,
        created_at: row::moment(found, "created_at")?,
        settings: row::from_json("fleet", found.try_get("settings")?)?,
        intent,
        health: row::from_json("health", found.try_get("health")?)?,
    })
}
