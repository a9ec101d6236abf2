//! Sessions: one user on one instance.

use serde::{Deserialize, Serialize};

use crate::instance::InstanceId;
use crate::scope::{FleetKey, Name, text_type};
use crate::time::Timestamp;

/// A session whose user was admitted but never came is ended after so many seconds: the admission's grant is good for 60, and a page may need a
/// moment more.
pub const PENDING_SECONDS: u32 = 120;

text_type!(
    /// Names one session for ever.
    SessionId,
    "a session id of 1 to 64 characters of a-z, 0-9 and '-'",
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
);

/// Who uses a session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User {
    /// How the user was authenticated.
    pub authentication: Authentication,
    /// Who that says it is.
    pub id: String,
}

/// How a user was authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// By a streaming URL.
    Api,
    /// By SAML.
    Saml,
    /// By the user pool.
    UserPool,
    /// By a directory.
    Directory,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// The fleet whose instance it uses.
    pub fleet: FleetKey,
    /// The stack by which the user came.
    pub stack: Name,
    /// The user.
    pub user: User,
    /// The instance: its own, for ever.
    pub instance: InstanceId,
    /// When the user was admitted.
    pub created_at: Timestamp,
    /// The longest it may last, in seconds.
    pub max_duration_seconds: u32,
    /// How long it outlives its viewer, in seconds.
    pub disconnect_timeout_seconds: u32,
    /// Rises with every change.
    pub generation: u64,
    /// What it does.
    pub state: SessionState,
}

/// What a session does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// The user was admitted, and has not come yet.
    Pending,
    /// The user came.
    Active {
        /// When first.
        started_at: Timestamp,
        /// Whether there is a viewer.
        connection: Connection,
    },
    /// It is over.
    Ended {
        /// When it had started, if it had.
        started_at: Option<Timestamp>,
        /// When it ended.
        at: Timestamp,
        /// Why.
        reason: EndReason,
    },
}

/// Whether a session has a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It has.
    Connected,
    /// It had.
    Disconnected {
        /// Until when.
        since: Timestamp,
    },
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The user chose to.
    User,
    /// The owner ended it, or stopped its fleet.
    Owner,
    /// Its instance ended by itself.
    Instance,
    /// It reached its longest duration, or its user stayed away for too long.
    Time,
}

/// The session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session is over")]
pub struct SessionOver {
    /// Why it ended.
    pub reason: EndReason,
}

impl Session {
    /// Whether it is not over.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !matches!(self.state, SessionState::Ended { .. })
    }

    /// A viewer came.
    ///
    /// # Errors
    /// [`SessionOver`].
    pub fn connect(&self, now: Timestamp) -> Result<Self, SessionOver> {
        let started_at = match self.state {
            SessionState::Pending => now,
            SessionState::Active { started_at, .. } => started_at,
            SessionState::Ended { reason, .. } => return Err(SessionOver { reason }),
        };
        Ok(self.changed(SessionState::Active { started_at, connection: Connection::Connected }))
    }

    /// The viewer is gone. Without effect unless there was one.
    #[must_use]
    pub fn disconnect(&self, now: Timestamp) -> Self {
        match self.state {
            SessionState::Active { started_at, connection: Connection::Connected } => {
                let connection = Connection::Disconnected { since: now };
                self.changed(SessionState::Active { started_at, connection })
            }
            SessionState::Active { .. } | SessionState::Pending | SessionState::Ended { .. } => self.clone(),
        }
    }

    /// It is over. Without effect if it was.
    #[must_use]
    pub fn end(&self, reason: EndReason, now: Timestamp) -> Self {
        let started_at = match self.state {
            SessionState::Pending => None,
            SessionState::Active { started_at, .. } => Some(started_at),
            SessionState::Ended { .. } => return self.clone(),
        };
        self.changed(SessionState::Ended { started_at, at: now, reason })
    }

    /// When it started.
    #[must_use]
    pub fn started_at(&self) -> Option<Timestamp> {
        match self.state {
            SessionState::Pending => None,
            SessionState::Active { started_at, .. } => Some(started_at),
            SessionState::Ended { started_at, .. } => started_at,
        }
    }

    /// When time will end it, unless something changes; nothing if it is over.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            SessionState::Pending => Some(self.created_at.plus_seconds(PENDING_SECONDS)),
            SessionState::Active { started_at, connection } => {
                let longest = started_at.plus_seconds(self.max_duration_seconds);
                Some(match connection {
                    Connection::Connected => longest,
                    Connection::Disconnected { since } => {
                        longest.min(since.plus_seconds(self.disconnect_timeout_seconds))
                    }
                })
            }
            SessionState::Ended { .. } => None,
        }
    }

    fn changed(&self, state: SessionState) -> Self {
        Self { state, generation: self.generation + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::{AccountId, Region, Scope};

    fn session() -> Session {
        let scope =
            Scope { account: AccountId::new("123456789012").unwrap(), region: Region::new("r").unwrap() };
        Session {
            id: SessionId::new("s").unwrap(),
            fleet: FleetKey { scope, name: Name::new("f").unwrap() },
            stack: Name::new("st").unwrap(),
            user: User { authentication: Authentication::Api, id: "user".to_owned() },
            instance: InstanceId::new("i").unwrap(),
            created_at: Timestamp(0),
            max_duration_seconds: 600,
            disconnect_timeout_seconds: 60,
            generation: 1,
            state: SessionState::Pending,
        }
    }

    #[test]
    fn deadlines() {
        let pending = session();
        assert_eq!(pending.deadline(), Some(Timestamp(120_000)));
        let connected = pending.connect(Timestamp(10_000)).unwrap();
        assert_eq!(connected.deadline(), Some(Timestamp(610_000)));
        let away = connected.disconnect(Timestamp(20_000));
        assert_eq!(away.deadline(), Some(Timestamp(80_000)));
        let back = away.connect(Timestamp(70_000)).unwrap();
        assert_eq!(
            back.started_at(),
            Some(Timestamp(10_000)),
            "the longest duration counts from the first viewer"
        );
        assert_eq!(back.disconnect(Timestamp(600_000)).deadline(), Some(Timestamp(610_000)));
    }

    #[test]
    fn what_is_over_stays_over() {
        let ended = session().end(EndReason::Owner, Timestamp(5));
        assert_eq!(ended.connect(Timestamp(6)), Err(SessionOver { reason: EndReason::Owner }));
        assert_eq!(ended.end(EndReason::User, Timestamp(7)), ended);
        assert_eq!(ended.disconnect(Timestamp(7)), ended);
        assert_eq!(ended.deadline(), None);
    }
}
