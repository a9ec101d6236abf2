//! Instances: recorded before they are made, dropped after they are gone.

use millrace_model::fleet::{FleetError, Intent};
use millrace_model::instance::InstanceState;
use millrace_model::scope::FleetKey;
use millrace_model::{Instance, InstanceId, Timestamp};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::StoreError;
use crate::store::{Store, Tx};
use crate::{fleets, row};

impl Store {
    /// Records new instances, in one transaction; those whose fleet should not run any more are left out, so that a fleet which was seen as
    /// STOPPED stays so. Returns those that were recorded.
    ///
    /// # Errors
    /// [`StoreError`]; none is recorded then.
    pub async fn record_instances(&self, instances: Vec<Instance>) -> Result<Vec<Instance>, StoreError> {
        let mut tx = self.write().await?;
        let mut recorded = Vec::with_capacity(instances.len());
        for instance in instances {
            let FleetKey { scope, name } = &instance.fleet;
            let record = fleets::find(&mut tx, scope, name).await?;
            if record.is_some_and(|record| matches!(record.fleet.intent, Intent::Running { .. })) {
                insert(&mut tx, &instance).await?;
                recorded.push(instance);
            }
        }
        tx.commit().await?;
        Ok(recorded)
    }

    /// An instance.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn instance(&self, id: &InstanceId) -> Result<Option<Instance>, StoreError> {
        find(&mut self.glance().await?, id).await
    }

    /// Writes what became of an instance, over the generation that `changed` was made from. False if it is of another generation by now, or
    /// gone; nothing is written then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn write_instance(&self, changed: &Instance) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let written = update(&mut tx, changed).await?;
        tx.commit().await?;
        Ok(written)
    }

    /// Drops the record of an instance that is gone from its host. False unless it was retiring.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn drop_instance(&self, id: &InstanceId) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let dropped = sqlx::query("DELETE FROM instances WHERE id = ? AND state = 'retiring'")
            .bind(id.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(dropped.rows_affected() == 1)
    }

    /// The instance became ready, and its fleet's errors are over. False if it was not starting any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn instance_ready(&self, id: &InstanceId) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let Some(ready) = find(&mut tx, id).await?.and_then(|instance| instance.ready().ok()) else {
            return Ok(false);
        };
        update(&mut tx, &ready).await?;
        let FleetKey { scope, name } = &ready.fleet;
        if let Some(mut record) = fleets::find(&mut tx, scope, name).await?
            && !record.fleet.health.errors.is_empty()
        {
            record.fleet.health = record.fleet.health.succeeded(ready.created_at);
            fleets::update(&mut tx, scope, &record.fleet).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The instance could not be made: it retires, and its fleet remembers why. False if there is no such instance (any more).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn instance_failed(
        &self,
        id: &InstanceId,
        error: FleetError,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let Some(instance) = find(&mut tx, id).await? else { return Ok(false) };
        if instance.state == InstanceState::Starting {
            remember_failure(&mut tx, &instance, error, now).await?;
        }
        let retired = instance.retire();
        if retired != instance {
            update(&mut tx, &retired).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

pub(crate) async fn remember_failure(
    tx: &mut Tx,
    instance: &Instance,
    error: FleetError,
    now: Timestamp,
) -> Result<(), StoreError> {
    let FleetKey { scope, name } = &instance.fleet;
    if let Some(mut record) = fleets::find(tx, scope, name).await? {
        record.fleet.health = record.fleet.health.failed(instance.created_at, now, error);
        fleets::update(tx, scope, &record.fleet).await?;
    }
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, id: &InstanceId) -> Result<Option<Instance>, StoreError> {
    sqlx::query("SELECT * FROM instances WHERE id = ?")
        .bind(id.as_str())
        .fetch_optional(&mut **tx)
        .await?
        .as_ref()
        .map(instance)
        .transpose()
}

async fn insert(tx: &mut Tx, instance: &Instance) -> Result<(), StoreError> {
    let (state, session) = columns(&instance.state);
    sqlx::query(
        "INSERT INTO instances (id, account, region, fleet, image_digest, created_at, generation, state, session) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(instance.id.as_str())
    .bind(instance.fleet.scope.account.as_str())
    .bind(instance.fleet.scope.region.as_str())
    .bind(instance.fleet.name.as_str())
    .bind(&instance.image_digest)
    .bind(instance.created_at.0)
    .bind(row::generation(instance.generation))
    .bind(state)
    .bind(session)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes over the generation before that of `changed`.
pub(crate) async fn update(tx: &mut Tx, changed: &Instance) -> Result<bool, StoreError> {
    let (state, session) = columns(&changed.state);
    let written = sqlx::query(
        "UPDATE instances SET generation = ?, state = ?, session = ? WHERE id = ? AND generation = ?",
    )
    .bind(row::generation(changed.generation))
    .bind(state)
    .bind(session)
    .bind(changed.id.as_str())
    .bind(row::generation(changed.generation) - 1)
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected() == 1)
}

fn columns(state: &InstanceState) -> (&'static str, Option<&str>) {
    match state {
        InstanceState::Starting => ("starting", None),
        InstanceState::Idle => ("idle", None),
        InstanceState::Assigned { session } => ("assigned", Some(session.as_str())),
        InstanceState::Retiring => ("retiring", None),
    }
}

pub(crate) fn instance(found: &SqliteRow) -> Result<Instance, StoreError> {
    let state: String = found.try_get("state")?;
    let state = match state.as_str() {
        "starting" => InstanceState::Starting,
        "idle" => InstanceState::Idle,
        "assigned" => InstanceState::Assigned { session: row::text(found, "session")? },
        "retiring" => InstanceState::Retiring,
        other => return Err(StoreError::corrupt("instance", format!("its state is {other}"))),
    };
    Ok(Instance {
        id: row::text(found, "id")?,
        fleet: FleetKey { scope: row::scope(found)?, name: row::text(found, "fleet")? },
        image_digest: found.try_get("image_digest")?,
        created_at: row::moment(found, "created_at")?,
        generation: row::number(found, "generation")?,
        state,
    })
}
