//! What the reconciler reads and writes.

use millrace_model::backoff::EARLY_DEATH_SECONDS;
use millrace_model::fleet::FleetError;
use millrace_model::instance::InstanceState;
use millrace_model::scope::FleetKey;
use millrace_model::session::EndReason;
use millrace_model::{Fleet, Instance, InstanceId, Session, Timestamp};
use sqlx::Row;

use crate::error::StoreError;
use crate::store::Store;
use crate::{fleets, instances, row, sessions};

/// A fleet as the reconciler sees it.
#[derive(Clone, Debug)]
pub struct FleetRuntime {
    /// Which one.
    pub key: FleetKey,
    /// The fleet.
    pub fleet: Fleet,
    /// The digest of its image; `None` if there is no such image.
    pub image_digest: Option<String>,
}

/// All that runs or should run, seen at one moment.
#[derive(Clone, Debug, Default)]
pub struct RuntimeSnapshot {
    /// Fleets that should run, or have instances.
    pub fleets: Vec<FleetRuntime>,
    /// All instances.
    pub instances: Vec<Instance>,
    /// All sessions that are not over.
    pub sessions: Vec<Session>,
}

impl Store {
    /// All that runs or should run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn runtime(&self) -> Result<RuntimeSnapshot, StoreError> {
        let mut tx = self.read().await?;
        let rows = sqlx::query(
            "SELECT fleets.*, NULLIF(images.digest, '') AS digest FROM fleets LEFT JOIN images \
             ON images.account = image_owner AND images.region = fleets.region AND images.name = image_name \
             WHERE running_since IS NOT NULL OR EXISTS (SELECT 1 FROM instances WHERE instances.account = fleets.account \
             AND instances.region = fleets.region AND instances.fleet = fleets.name)",
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut snapshot = RuntimeSnapshot::default();
        for found in &rows {
            let fleet = fleets::fleet(found)?;
            let key = FleetKey { scope: row::scope(found)?, name: fleet.name.clone() };
            snapshot.fleets.push(FleetRuntime { key, fleet, image_digest: found.try_get("digest")? });
        }
        let rows = sqlx::query("SELECT * FROM instances ORDER BY created_at, id").fetch_all(&mut *tx).await?;
        snapshot.instances = rows.iter().map(instances::instance).collect::<Result<_, _>>()?;
        let rows = sqlx::query("SELECT * FROM sessions WHERE state <> 'ended' ORDER BY id")
            .fetch_all(&mut *tx)
            .await?;
        snapshot.sessions = rows.iter().map(sessions::session).collect::<Result<_, _>>()?;
        Ok(snapshot)
    }

    /// The instance ended by itself: it retires, its session is over, and if it did not live long its fleet remembers it as a failure. `None`
    /// if it is of another generation by now; else the session that was ended, if any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lose_instance(
        &self,
        id: &InstanceId,
        generation: u64,
        error: FleetError,
        now: Timestamp,
    ) -> Result<Option<Option<Session>>, StoreError> {
        let mut tx = self.write().await?;
        let Some(instance) = instances::find(&mut tx, id).await? else { return Ok(None) };
        if instance.generation != generation {
            return Ok(None);
        }
        let mut ended = None;
        if let InstanceState::Assigned { session } = &instance.state
            && let Some(session) = sessions::find(&mut tx, session).await?
            && session.is_live()
        {
            ended = Some(sessions::end(&mut tx, &session, EndReason::Instance, now).await?);
        } else {
            instances::update(&mut tx, &instance.retire()).await?;
        }
        if now.millis_since(instance.created_at) < i64::from(EARLY_DEATH_SECONDS) * 1000 {
            instances::remember_failure(&mut tx, &instance, error, now).await?;
        }
        tx.commit().await?;
        Ok(Some(ended))
    }

    /// The clock was set by `milliseconds`: moments of sessions that are not over move along, so that they keep their age. Those from `since` to `now`
    /// stay, since they may have been recorded after it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn move_times(
        &self,
        milliseconds: i64,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        // NULL stays NULL.
        sqlx::query(
            "UPDATE sessions SET created_at = created_at + iif(created_at BETWEEN ?2 AND ?3, 0, ?1), \
             started_at = started_at + iif(started_at BETWEEN ?2 AND ?3, 0, ?1), \
             disconnected_at = disconnected_at + iif(disconnected_at BETWEEN ?2 AND ?3, 0, ?1), \
             generation = generation + 1 WHERE state <> 'ended'",
        )
        .bind(milliseconds)
        .bind(since.0)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets sessions that ended before `ended_before`, and spent tickets that expired before `expired_before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prune(&self, ended_before: Timestamp, expired_before: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM sessions WHERE state = 'ended' AND ended_at < ?")
            .bind(ended_before.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM spent_tickets WHERE expires_at < ?")
            .bind(expired_before.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
