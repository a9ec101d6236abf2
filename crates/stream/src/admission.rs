//! Admission: the lines that tell a waiting browser what happens, the grant that lets it in, and the resume token that lets it in again.

use serde::{Deserialize, Serialize};

use crate::{SigningKey, signed};

/// For how long a grant is good, in seconds: the browser uses it at once.
pub const GRANT_LIFETIME_SECONDS: u64 = 60;

/// A user's right to stream one session, made by `control`, checked by the gateway without asking anybody. Signed, not secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The session.
    pub session_id: String,
    /// The instance on which it runs.
    pub instance_id: String,
    /// The AWS account, twelve digits.
    pub account_id: String,
    /// The region.
    pub region: String,
    /// The stack's name.
    pub stack: String,
    /// The fleet's name.
    pub fleet: String,
    /// The user, as the ticket named it.
    pub user_id: String,
    /// The ticket that it was given for. It makes each grant another text, also of those that one session gets within the same second.
    #[serde(default)]
    pub ticket_id: String,
    /// When it is no longer accepted, in seconds since 1970-01-01 UTC.
    #[serde(rename = "expires")]
    pub expires_epoch_seconds: u64,
    /// What the user's page is to show.
    #[serde(default)]
    pub view: View,
    /// What the user may start.
    pub applications: Vec<Application>,
    /// Names of applications to be started at once.
    pub launch: Vec<String>,
    /// The first of `launch` may be one that was started before the user came: nothing of the user's is in its environment.
    #[serde(default)]
    pub may_adopt: bool,
    /// Names and values for the environment of each application.
    pub environment: Vec<(String, String)>,
    /// Where the browser goes after the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Where the user may say what was good or bad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback_url: Option<String>,
    /// What the stack lets its users do.
    #[serde(default)]
    pub user_settings: UserSettings,
    /// What the stack allows and this server cannot do yet, by the names of AppStream's UserSetting: the page says so.
    #[serde(default)]
    pub not_yet: Vec<String>,
    /// After how long without input the stream ends, in seconds; 0: never.
    #[serde(default)]
    pub idle_disconnect_seconds: u32,
    /// When the session's longest duration is over, in seconds since 1970-01-01 UTC; none: it is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_ends_epoch_seconds: Option<u64>,
}

/// What a user's page shows, besides the windows of applications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The catalogue of applications, until one is open.
    #[default]
    Applications,
    /// A desktop, with a bar of applications and windows.
    Desktop,
}

/// What the stack lets its users do. What is not named is not allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSettings {
    /// The longest text that may be copied into the session, in characters; none: not allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_from_local_device: Option<u32>,
    /// The longest text that may be copied out of the session, in characters; none: not allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_to_local_device: Option<u32>,
}

/// MaximumLength where the owner chose none, in characters.
pub const DEFAULT_CLIPBOARD_CHARACTERS: u32 = 20_971_520;

/// An application of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its name, which identifies it.
    pub name: String,
    /// What the user reads.
    pub display_name: String,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Where it starts; empty: the user's home.
    pub working_directory: String,
    /// The name of its icon, 32 hexadecimal digits; none: it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
}

/// The right to come back to a session after a break or a reload: made at each attach, good for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeToken {
    /// Rises by one with each attach of the session; the gateway accepts only the newest.
    pub counter: u64,
    /// What the grant held. Its time is over and no longer counts: the session's own rules do.
    pub grant: Grant,
}

/// Whose stack's page this is: the page keeps it in its address when another page embeds it, so that it can be embedded again after a reload.
/// Signed, so that nobody can ask for the settings of a stack of which he has no link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackToken {
    /// The AWS account, twelve digits.
    pub account_id: String,
    /// The region.
    pub region: String,
    /// The stack's name.
    pub stack: String,
}

impl StackToken {
    /// Signs with the key derived from the server's `key` for these.
    ///
    /// # Errors
    /// [`TokenError::TooLong`], which names that are valid do not make it.
    pub fn sign(&self, key: &SigningKey) -> Result<String, TokenError> {
        signed::sign(self, &key.derive("stack token"))
    }

    /// Checks bound and signature before reading.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify(token: &str, key: &SigningKey) -> Result<Self, TokenError> {
        signed::verify(token, &key.derive("stack token"))
    }
}

/// Why a grant or resume token is refused, or cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Longer than 48 KiB: not looked at.
    #[error("the token is too long")]
    TooLong,
    /// Not signed by us for this purpose, or changed since.
    #[error("the token's signature does not match")]
    BadSignature,
    /// Signed by us, but not a token that this version reads.
    #[error("the token cannot be read")]
    Malformed(#[source] serde_json::Error),
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
}

impl Grant {
    /// Signs with the key derived from the server's `key` for grants.
    ///
    /// # Errors
    /// [`TokenError::TooLong`] if the catalogue is too large for a token.
    pub fn sign(&self, key: &SigningKey) -> Result<String, TokenError> {
        signed::sign(self, &key.derive("grant"))
    }

    /// Checks bound and signature before reading, then the time.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify(token: &str, key: &SigningKey, now_epoch_seconds: u64) -> Result<Self, TokenError> {
        let grant: Self = signed::verify(token, &key.derive("grant"))?;
        if now_epoch_seconds >= grant.expires_epoch_seconds {
            return Err(TokenError::Expired);
        }
        Ok(grant)
    }
}

impl ResumeToken {
    /// Signs with the key derived from the server's `key` for resume tokens.
    ///
    /// # Errors
    /// [`TokenError::TooLong`] if the catalogue is too large for a token.
    pub fn sign(&self, key: &SigningKey) -> Result<String, TokenError> {
        signed::sign(self, &key.derive("resume token"))
    }

    /// Checks bound and signature before reading. Whether the counter is the newest and the session still lives is not known here.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify(token: &str, key: &SigningKey) -> Result<Self, TokenError> {
        signed::verify(token, &key.derive("resume token"))
    }
}

/// How far an admission has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The fleet is full: waiting for an instance to become free.
    Waiting,
    /// An instance is being made.
    Starting,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The ticket is not one of ours.
    InvalidTicket,
    /// The ticket's time is over.
    Expired,
    /// The ticket has been used.
    Spent,
    /// The fleet is stopped or stopping.
    FleetNotRunning,
    /// The stack has no such fleet any more.
    NotAssociated,
    /// No instance is free, and none became free in time.
    Capacity,
    /// An instance was to be started for the session and failed.
    InstanceFailed,
    /// The same link was opened once more, and that page waits.
    OpenedAgain,
    /// The user's home folder cannot be opened. Nothing in it was changed. The ticket is spent.
    HomeFolder,
    /// The disk has no room to open the user's home folder. The ticket is spent.
    HomeFolderFull,
    /// The server cannot do it now.
    Unavailable,
}

/// A refusal. The ticket stays unspent, except where the reason says that it was spent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// For programs.
    pub reason: RefusalReason,
    /// For the user.
    pub message: String,
}

/// A line of the answer to `POST /session/admit` (newline-delimited JSON; blank lines keep it alive and mean nothing).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AdmissionLine {
    /// The ticket is one of ours, and other pages may embed that of its stack.
    Opening {
        /// A signed [`StackToken`].
        stack_token: String,
    },
    /// See [`Progress::Waiting`].
    Waiting,
    /// See [`Progress::Starting`].
    Starting,
    /// The outcome: let in.
    Ready {
        /// A signed [`Grant`].
        grant: String,
        /// The stack's name, to be shown.
        stack: String,
    },
    /// The outcome: not let in.
    Refused {
        /// For programs.
        reason: RefusalReason,
        /// For the user.
        message: String,
    },
}

impl AdmissionLine {
    /// The JSON with its newline.
    pub fn to_line(&self) -> String {
        // INVARIANT: strings and unit variants only, which JSON can always say.
        let mut line = serde_json::to_string(self).expect("an admission line is always valid JSON");
        line.push('\n');
        line
    }
}

impl From<Progress> for AdmissionLine {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Waiting => Self::Waiting,
            Progress::Starting => Self::Starting,
        }
    }
}

impl From<Refusal> for AdmissionLine {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { reason: refusal.reason, message: refusal.message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        Grant {
            session_id: "s-1".into(),
            instance_id: "i-1".into(),
            account_id: "123456789012".into(),
            region: "eu-west-1".into(),
            stack: "Desk".into(),
            fleet: "Desk-Fleet".into(),
            user_id: "alice".into(),
            ticket_id: "t-1".into(),
            expires_epoch_seconds: 100,
            view: View::Desktop,
            applications: vec![Application {
                name: "editor".into(),
                display_name: "Editor".into(),
                argv: vec!["/usr/bin/editor".into(), "--new".into()],
                working_directory: String::new(),
                icon: Some("0123456789abcdef0123456789abcdef".into()),
            }],
            launch: vec!["editor".into()],
            may_adopt: true,
            environment: vec![("APPSTREAM_SESSION_CONTEXT".into(), "a=b".into())],
            redirect_url: None,
            feedback_url: Some("https://example.com/".into()),
            user_settings: UserSettings { copy_from_local_device: Some(5), copy_to_local_device: None },
            not_yet: vec!["FILE_UPLOAD".into()],
            idle_disconnect_seconds: 60,
            session_ends_epoch_seconds: Some(1_000),
        }
    }

    #[test]
    fn tokens_round_trip_and_are_not_each_other() {
        let key = SigningKey::new([7; 32]);
        let token = grant().sign(&key).unwrap();
        assert_eq!(Grant::verify(&token, &key, 99).unwrap(), grant());
        assert!(matches!(Grant::verify(&token, &key, 100), Err(TokenError::Expired)));
        assert!(matches!(ResumeToken::verify(&token, &key), Err(TokenError::BadSignature)));
        let resume = ResumeToken { counter: 3, grant: grant() };
        let token = resume.sign(&key).unwrap();
        assert_eq!(ResumeToken::verify(&token, &key).unwrap(), resume);
        assert!(matches!(Grant::verify(&token, &key, 0), Err(TokenError::BadSignature)));
        let stack = StackToken { account_id: "1".into(), region: "r".into(), stack: "s".into() };
        let token = stack.sign(&key).unwrap();
        assert_eq!(StackToken::verify(&token, &key).unwrap(), stack);
        assert!(matches!(ResumeToken::verify(&token, &key), Err(TokenError::BadSignature)));
        assert!(matches!(Grant::verify("", &key, 0), Err(TokenError::BadSignature)));
        assert!(matches!(Grant::verify(&"x".repeat(50_000), &key, 0), Err(TokenError::TooLong)));
    }

    #[test]
    fn lines_are_as_documented() {
        let line = |line: AdmissionLine| line.to_line();
        assert_eq!(line(Progress::Waiting.into()), "{\"state\":\"waiting\"}\n");
        assert_eq!(line(Progress::Starting.into()), "{\"state\":\"starting\"}\n");
        assert_eq!(
            line(AdmissionLine::Ready { grant: "g".into(), stack: "s".into() }),
            "{\"state\":\"ready\",\"grant\":\"g\",\"stack\":\"s\"}\n"
        );
        let refusal = Refusal { reason: RefusalReason::FleetNotRunning, message: "m".into() };
        assert_eq!(
            line(refusal.into()),
            "{\"state\":\"refused\",\"reason\":\"fleet_not_running\",\"message\":\"m\"}\n"
        );
    }
}
