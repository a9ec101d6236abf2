//! Sessions: written by admission, changed by viewers and time, kept for a while after their end.

use millrace_model::scope::FleetKey;
use millrace_model::session::{Authentication, Connection, EndReason, SessionOver, SessionState, User};
use millrace_model::{InstanceId, Name, Scope, Session, SessionId, Timestamp};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{ChangeError, StoreError};
use crate::page::{Page, PageToken};
use crate::store::{Store, Tx};
use crate::{instances, row};

/// Which sessions of a stack and fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFilter {
    /// The stack.
    pub stack: Name,
    /// The fleet.
    pub fleet: Name,
    /// Only those of this user.
    pub user_id: Option<String>,
    /// Only those of users who were authenticated so.
    pub authentication: Option<Authentication>,
    /// Only the one on this instance.
    pub instance: Option<String>,
}

impl Store {
    /// A session, live or over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, id: &SessionId) -> Result<Option<Session>, StoreError> {
        find(&mut self.glance().await?, id).await
    }

    /// A page of sessions, by id, live and over. The token's kind is [`Store::SESSIONS`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sessions(
        &self,
        scope: &Scope,
        filter: &SessionFilter,
        token: Option<&PageToken>,
        limit: u32,
    ) -> Result<Page<Session>, StoreError> {
        let authentication =
            filter.authentication.map(|kind| row::enum_text("authentication", kind)).transpose()?;
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE account = ?1 AND region = ?2 AND fleet = ?3 AND stack = ?4 AND id > ?5 \
             AND (?6 IS NULL OR user_id = ?6) AND (?7 IS NULL OR authentication = ?7) AND (?8 IS NULL OR instance = ?8) \
             ORDER BY id LIMIT ?9 + 1",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(filter.fleet.as_str())
        .bind(filter.stack.as_str())
        .bind(PageToken::after(token))
        .bind(filter.user_id.as_deref())
        .bind(authentication)
        .bind(filter.instance.as_deref())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.glance().await?)
        .await?;
        let sessions = rows.iter().map(session).collect::<Result<_, _>>()?;
        Ok(Page::cut(sessions, limit, Self::SESSIONS, |session: &Session| session.id.as_str()))
    }

    /// The kind of the tokens of [`Store::sessions`].
    pub const SESSIONS: &'static str = "sessions";

    /// A viewer came. Returns the session as it is now.
    ///
    /// # Errors
    /// [`ChangeError`]: the session may be over.
    pub async fn session_connected(
        &self,
        id: &SessionId,
        now: Timestamp,
    ) -> Result<Session, ChangeError<SessionOver>> {
        let mut tx = self.write().await?;
        let found = find(&mut tx, id).await?.ok_or(ChangeError::NotFound)?;
        let connected = found.connect(now).map_err(ChangeError::Refused)?;
        update(&mut tx, &connected).await?;
        tx.commit().await?;
        Ok(connected)
    }

    /// The viewer is gone. Without effect on a session that is over or not known.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_disconnected(&self, id: &SessionId, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        if let Some(found) = find(&mut tx, id).await? {
            let disconnected = found.disconnect(now);
            if disconnected != found {
                update(&mut tx, &disconnected).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// The session is over, and its instance retires with it. With `generation`, only if it is of that generation still. Returns the session
    /// if this call ended it; `None` if it was over, is not known, or is of another generation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_session(
        &self,
        id: &SessionId,
        generation: Option<u64>,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let mut tx = self.write().await?;
        let Some(found) = find(&mut tx, id).await? else { return Ok(None) };
        if generation.is_some_and(|generation| generation != found.generation) || !found.is_live() {
            return Ok(None);
        }
        let ended = end(&mut tx, &found, reason, now).await?;
        tx.commit().await?;
        Ok(Some(ended))
    }

    /// The sessions that have a viewer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn viewed_sessions(&self) -> Result<Vec<Session>, StoreError> {
        let rows = sqlx::query("SELECT * FROM sessions WHERE state = 'active' AND disconnected_at IS NULL")
            .fetch_all(&mut *self.glance().await?)
            .await?;
        rows.iter().map(session).collect()
    }

    /// No session has a viewer: the gateway begins anew. Those that had one are disconnected from `now` on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn disconnect_all(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let changed = sqlx::query(
            "UPDATE sessions SET disconnected_at = ?, generation = generation + 1 \
             WHERE state = 'active' AND disconnected_at IS NULL",
        )
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(changed.rows_affected())
    }
}

/// Ends a live session and retires its instance.
pub(crate) async fn end(
    tx: &mut Tx,
    live: &Session,
    reason: EndReason,
    now: Timestamp,
) -> Result<Session, StoreError> {
    let ended = live.end(reason, now);
    update(tx, &ended).await?;
    if let Some(instance) = instances::find(tx, &ended.instance).await? {
        let retired = instance.retire();
        if retired != instance {
            instances::update(tx, &retired).await?;
        }
    }
    Ok(ended)
}

pub(crate) async fn find(tx: &mut Tx, id: &SessionId) -> Result<Option<Session>, StoreError> {
    sqlx::query("SELECT * FROM sessions WHERE id = ?")
        .bind(id.as_str())
        .fetch_optional(&mut **tx)
        .await?
        .as_ref()
        .map(session)
        .transpose()
}

/// The user's live session on a stack and fleet; there is one at most.
pub(crate) async fn find_live(
    tx: &mut Tx,
    fleet: &FleetKey,
    stack: &Name,
    user: &User,
) -> Result<Option<Session>, StoreError> {
    sqlx::query(
        "SELECT * FROM sessions WHERE account = ? AND region = ? AND fleet = ? AND stack = ? \
         AND authentication = ? AND user_id = ? AND state <> 'ended'",
    )
    .bind(fleet.scope.account.as_str())
    .bind(fleet.scope.region.as_str())
    .bind(fleet.name.as_str())
    .bind(stack.as_str())
    .bind(row::enum_text("authentication", user.authentication)?)
    .bind(&user.id)
    .fetch_optional(&mut **tx)
    .await?
    .as_ref()
    .map(session)
    .transpose()
}

pub(crate) async fn insert(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sessions (id, account, region, fleet, stack, authentication, user_id, instance, created_at, \
         max_duration_seconds, disconnect_timeout_seconds, generation, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')",
    )
    .bind(session.id.as_str())
    .bind(session.fleet.scope.account.as_str())
    .bind(session.fleet.scope.region.as_str())
    .bind(session.fleet.name.as_str())
    .bind(session.stack.as_str())
    .bind(row::enum_text("authentication", session.user.authentication)?)
    .bind(&session.user.id)
    .bind(session.instance.as_str())
    .bind(session.created_at.0)
    .bind(i64::from(session.max_duration_seconds))
    .bind(i64::from(session.disconnect_timeout_seconds))
    .bind(row::generation(session.generation))
    .execute(&mut **tx)
    .await?;
    update(tx, session).await
}

/// Writes what can change. The caller read the session in this same transaction, so that no other generation can be in between.
pub(crate) async fn update(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    let (state, started_at, disconnected_at, ended) = match session.state {
        SessionState::Pending => ("pending", None, None, None),
        SessionState::Active { started_at, connection: Connection::Connected } => {
            ("active", Some(started_at), None, None)
        }
        SessionState::Active { started_at, connection: Connection::Disconnected { since } } => {
            ("active", Some(started_at), Some(since), None)
        }
        SessionState::Ended { started_at, at, reason } => ("ended", started_at, None, Some((at, reason))),
    };
    let reason = ended.map(|(_, reason)| row::enum_text("end reason", reason)).transpose()?;
    sqlx::query(
        "UPDATE sessions SET generation = ?, state = ?, started_at = ?, disconnected_at = ?, ended_at = ?, end_reason = ? \
         WHERE id = ?",
    )
    .bind(row::generation(session.generation))
    .bind(state)
    .bind(started_at.map(|at| at.0))
    .bind(disconnected_at.map(|at| at.0))
    .bind(ended.map(|(at, _)| at.0))
    .bind(reason)
    .bind(session.id.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) fn session(found: &SqliteRow) -> Result<Session, StoreError> {
    let missing = |what| StoreError::corrupt("session", format!("it has no {what}"));
    let started_at = row::maybe_moment(found, "started_at")?;
    let state: String = found.try_get("state")?;
    let state = match state.as_str() {
        "pending" => SessionState::Pending,
        "active" => SessionState::Active {
            started_at: started_at.ok_or_else(|| missing("start"))?,
            connection: match row::maybe_moment(found, "disconnected_at")? {
                None => Connection::Connected,
                Some(since) => Connection::Disconnected { since },
            },
        },
        "ended" => SessionState::Ended {
            started_at,
            at: row::maybe_moment(found, "ended_at")?.ok_or_else(|| missing("end"))?,
            reason: row::from_enum_text("end reason", found.try_get("end_reason")?)?,
        },
        other => return Err(StoreError::corrupt("session", format!("its state is {other}"))),
    };
    Ok(Session {
        id: row::text(found, "id")?,
        fleet: FleetKey { scope: row::scope(found)?, name: row::text(found, "fleet")? },
        stack: row::text(found, "stack")?,
        user: User {
            authentication: row::from_enum_text("authentication", found.try_get("authentication")?)?,
            id: found.try_get("user_id")?,
        },
        instance: row::text::<InstanceId>(found, "instance")?,
        created_at: row::moment(found, "created_at")?,
        max_duration_seconds: row::number(found, "max_duration_seconds")?,
        disconnect_timeout_seconds: row::number(found, "disconnect_timeout_seconds")?,
        generation: row::number(found, "generation")?,
        state,
    })
}
