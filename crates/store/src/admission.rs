//! Admission: a ticket is spent and an instance is bound, both or neither.

use millrace_model::fleet::FleetState;
use millrace_model::instance::InstanceState;
use millrace_model::scope::FleetKey;
use millrace_model::session::{SessionState, User};
use millrace_model::{Name, Session, SessionId, Timestamp};
use sqlx::Row;

use crate::error::StoreError;
use crate::store::{Store, Tx};
use crate::{associations, fleets, instances, sessions};

/// What an admission asks for.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The ticket: spent if a session comes of it.
    pub ticket_id: String,
    /// Until when its spending must be remembered.
    pub ticket_expires_at: Timestamp,
    /// The stack by which the user comes.
    pub stack: Name,
    /// The fleet.
    pub fleet: FleetKey,
    /// The user.
    pub user: User,
    /// The name of a new session, if there is to be one.
    pub session_id: SessionId,
    /// The longest session that the ticket allows, in seconds.
    pub max_duration_seconds: u32,
}

/// What became of an admission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The ticket is spent, and this session is the user's: a new one.
    New(Session),
    /// The ticket is spent, and this session is the user's: one that had not ended.
    Resumed(Session),
    /// The ticket was spent before.
    Spent,
    /// The stack does not have this fleet.
    NotAssociated,
    /// The fleet does not run.
    NotRunning,
    /// The fleet has as many sessions as it may.
    Full,
    /// No instance is ready, but one may be made, or is being made.
    NoneReady {
        /// When the fleet last failed to make one: a later moment tells a waiting admission of a new failure.
        failed_at: Option<Timestamp>,
        /// How many instances of the fleet are being made.
        starting: u32,
        /// The host has no room for as many as the fleet may have.
        short: bool,
    },
}

impl Store {
    /// Spends the ticket and binds an idle instance to a new session, or gives the user the session that is there already.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is spent or bound then, nor with any outcome but `New` and `Resumed`.
    pub async fn bind(&self, binding: &Binding, now: Timestamp) -> Result<Bound, StoreError> {
        let mut tx = self.write().await?;
        let spent = sqlx::query("SELECT 1 FROM spent_tickets WHERE id = ?")
            .bind(&binding.ticket_id)
            .fetch_optional(&mut *tx)
            .await?;
        if spent.is_some() {
            return Ok(Bound::Spent);
        }
        let FleetKey { scope, name } = &binding.fleet;
        if associations::fleet_of(&mut tx, scope, &binding.stack).await?.as_ref() != Some(name) {
            return Ok(Bound::NotAssociated);
        }
        let Some(record) = fleets::find(&mut tx, scope, name).await? else { return Ok(Bound::NotAssociated) };
        if record.fleet.state(record.counts.total()) != FleetState::Running {
            return Ok(Bound::NotRunning);
        }
        if let Some(session) =
            sessions::find_live(&mut tx, &binding.fleet, &binding.stack, &binding.user).await?
            && session.deadline().is_none_or(|deadline| now < deadline)
        {
            spend(&mut tx, &binding.ticket_id, binding.ticket_expires_at).await?;
            tx.commit().await?;
            return Ok(Bound::Resumed(session));
        }
        if live_sessions(&mut tx, &binding.fleet).await? >= record.fleet.settings.capacity.sessions() {
            return Ok(Bound::Full);
        }
        let Some(session) = assign(&mut tx, binding, &record.fleet.settings, now).await? else {
            return Ok(Bound::NoneReady {
                failed_at: record.fleet.health.last_failure_at,
                starting: record.counts.starting,
                short: record.fleet.health.shortage.is_some(),
            });
        };
        spend(&mut tx, &binding.ticket_id, binding.ticket_expires_at).await?;
        tx.commit().await?;
        Ok(Bound::New(session))
    }
}

pub(crate) async fn spend(tx: &mut Tx, ticket_id: &str, expires_at: Timestamp) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO spent_tickets (id, expires_at) VALUES (?, ?)")
        .bind(ticket_id)
        .bind(expires_at.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn live_sessions(tx: &mut Tx, fleet: &FleetKey) -> Result<u32, StoreError> {
    let row = sqlx::query(
        "SELECT count(*) AS live FROM sessions WHERE account = ? AND region = ? AND fleet = ? AND state <> 'ended'",
    )
    .bind(fleet.scope.account.as_str())
    .bind(fleet.scope.region.as_str())
    .bind(fleet.name.as_str())
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get("live")?)
}

/// Binds the idle instance that has waited longest and is made of the fleet's present image.
async fn assign(
    tx: &mut Tx,
    binding: &Binding,
    settings: &millrace_model::fleet::FleetSettings,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let image = settings.image.as_ref();
    let found = sqlx::query(
        "SELECT instances.* FROM instances JOIN images ON images.account = ? AND images.region = instances.region \
         AND images.name = ? AND images.digest = instances.image_digest \
         WHERE instances.account = ? AND instances.region = ? AND fleet = ? AND instances.state = 'idle' \
         ORDER BY instances.created_at, id LIMIT 1",
    )
    .bind(image.map(|image| image.owner.as_str()))
    .bind(image.map(|image| image.name.as_str()))
    .bind(binding.fleet.scope.account.as_str())
    .bind(binding.fleet.scope.region.as_str())
    .bind(binding.fleet.name.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let idle = instances::instance(&found)?;
    debug_assert_eq!(idle.state, InstanceState::Idle);
    let assigned =
        idle.assign(binding.session_id.clone()).map_err(|error| StoreError::corrupt("instance", error))?;
    instances::update(tx, &assigned).await?;
    let session = Session {
        id: binding.session_id.clone(),
        fleet: binding.fleet.clone(),
        stack: binding.stack.clone(),
        user: binding.user.clone(),
        instance: assigned.id,
        created_at: now,
        max_duration_seconds: binding.max_duration_seconds.min(settings.max_user_duration_seconds),
        disconnect_timeout_seconds: settings.disconnect_timeout_seconds,
        generation: 1,
        state: SessionState::Pending,
    };
    sessions::insert(tx, &session).await?;
    Ok(Some(session))
}
