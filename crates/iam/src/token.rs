//! Session tokens of temporary credentials.
//!
//! The token holds the whole session, sealed with the vault's key: nothing is stored, so nothing has to be looked up or cleaned away. It is
//! valid with its own access key only, until it expires, and as long as its role exists.

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::vault::{Unsealable, Vault};

/// What a token says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionToken {
    /// Twelve digits: the role's account.
    pub account: String,
    /// Name of the role.
    pub role: String,
    /// Unique id of the role: another of the same name does not take over its sessions.
    pub role_id: String,
    /// Name of the session.
    pub session: String,
    /// What the holder signs with.
    pub secret: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub issued_at: i64,
    /// Milliseconds since 1970-01-01 UTC.
    pub expires_at: i64,
    /// Text of the session policy.
    pub policy: Option<String>,
    /// ARNs of managed session policies.
    pub policy_arns: Vec<String>,
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SessionToken").field("session", &self.session).finish_non_exhaustive()
    }
}

impl SessionToken {
    /// The token as the client holds it.
    ///
    /// # Errors
    /// It cannot be written as JSON, which does not happen.
    pub fn seal(
        &self,
        access_key_id: &str,
        vault: &Vault,
        entropy: &mut dyn Entropy,
    ) -> Result<String, serde_json::Error> {
        Ok(vault.seal_token(access_key_id, &serde_json::to_vec(self)?, entropy))
    }

    /// What a token says that came with this access key. Whether it has expired is for the caller to see.
    ///
    /// # Errors
    /// It is none of ours, or another access key's.
    pub fn open(access_key_id: &str, sealed: &str, vault: &Vault) -> Result<Self, Unsealable> {
        serde_json::from_slice(&vault.open_token(access_key_id, sealed)?).map_err(|_| Unsealable)
    }
}
