//! The ticket in a streaming URL: who may start which session until when. Its form is AppStream's, so that what reads such URLs keeps
//! working, with our `region` and `ticketId` (what is spent) added.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::SigningKey;

/// Longest `parameters` in bytes: a session context of 1,000 characters fits with room to spare, a URL stays usable.
pub const MAX_PARAMETERS_BYTES: usize = 8 * 1024;

const PURPOSE: &str = "ticket";
const END_USER: &str = "END_USER";
const ADMIN: &str = "ADMIN";

/// What a streaming URL says. Made by CreateStreamingURL, spent by admission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// When it is no longer accepted, in seconds since 1970-01-01 UTC; that second itself is too late.
    pub expires_epoch_seconds: u64,
    /// The AWS account, twelve digits.
    pub account_id: String,
    /// The region in which it was made.
    pub region: String,
    /// The UserId given to CreateStreamingURL; `admin` for an image builder.
    pub user_id: String,
    /// What it leads to.
    pub destination: Destination,
    /// The application to start at once; none: the catalogue.
    pub application_id: Option<String>,
    /// What the owner passes to the applications as `APPSTREAM_SESSION_CONTEXT`.
    pub session_context: Option<String>,
    /// The longest time that the session may last, in seconds.
    pub max_user_duration_seconds: u32,
    /// A UUID: the ticket's identity, spent once.
    pub ticket_id: String,
}

/// What a streaming URL leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A user's session.
    Fleet {
        /// The stack's name.
        stack: String,
        /// The fleet's name.
        fleet: String,
    },
    /// An administrator's, on an image builder.
    ImageBuilder {
        /// The builder's name.
        name: String,
    },
}

impl Destination {
    /// The stack by which a user comes; an administrator comes by none.
    #[must_use]
    pub fn stack(&self) -> Option<&str> {
        match self {
            Self::Fleet { stack, .. } => Some(stack),
            Self::ImageBuilder { .. } => None,
        }
    }

    /// `type`, `catalogSource` and `fleetRef`.
    fn to_parameters(&self) -> (&'static str, String, String) {
        match self {
            Self::Fleet { stack, fleet } => (END_USER, format!("stack/{stack}"), format!("fleet/{fleet}")),
            Self::ImageBuilder { name } => {
                let reference = format!("image-builder/{name}");
                (ADMIN, reference.clone(), reference)
            }
        }
    }

    fn from_parameters(kind: &str, catalog_source: &str, fleet_ref: &str) -> Result<Self, TicketError> {
        let malformed = |what: &str| TicketError::Malformed(what.into());
        match kind {
            END_USER => Ok(Self::Fleet {
                stack: catalog_source
                    .strip_prefix("stack/")
                    .ok_or_else(|| malformed("catalogSource"))?
                    .to_owned(),
                fleet: fleet_ref.strip_prefix("fleet/").ok_or_else(|| malformed("fleetRef"))?.to_owned(),
            }),
            ADMIN => {
                let name = fleet_ref.strip_prefix("image-builder/").ok_or_else(|| malformed("fleetRef"))?;
                Ok(Self::ImageBuilder { name: name.to_owned() })
            }
            _ => Err(malformed("its type is neither END_USER nor ADMIN")),
        }
    }
}

/// A ticket in the two strings of a streaming URL, both standard base64 (to be percent-encoded in the URL).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTicket {
    /// base64 of the JSON.
    pub parameters: String,
    /// base64 of HMAC-SHA-256 over the bytes of `parameters`.
    pub signature: String,
}

/// Why a ticket is refused.
#[derive(Debug, thiserror::Error)]
pub enum TicketError {
    /// Longer than [`MAX_PARAMETERS_BYTES`]: not looked at.
    #[error("the ticket is too long")]
    TooLong,
    /// Not signed by us, or changed since.
    #[error("the ticket's signature does not match")]
    BadSignature,
    /// Signed by us, but not a ticket that this version reads.
    #[error("the ticket cannot be read")]
    Malformed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Its time is over.
    #[error("the ticket has expired")]
    Expired,
}

/// The JSON, names and types as AppStream's.
#[derive(Serialize, Deserialize)]
struct Parameters {
    #[serde(rename = "type")]
    kind: String,
    expires: String,
    #[serde(rename = "awsAccountId")]
    aws_account_id: String,
    #[serde(rename = "userId")]
    user_id: String,
    #[serde(rename = "catalogSource")]
    catalog_source: String,
    #[serde(rename = "fleetRef")]
    fleet_ref: String,
    #[serde(rename = "applicationId")]
    application_id: String,
    #[serde(rename = "userContext")]
    user_context: String,
    #[serde(rename = "maxUserDurationInSecs")]
    max_user_duration_in_secs: u32,
    region: String,
    #[serde(rename = "ticketId")]
    ticket_id: String,
}

impl Ticket {
    /// Signs with the key derived from the server's `key` for tickets.
    ///
    /// # Errors
    /// [`TicketError::TooLong`] if the fields make it longer than [`MAX_PARAMETERS_BYTES`].
    pub fn sign(&self, key: &SigningKey) -> Result<SignedTicket, TicketError> {
        let (kind, catalog_source, fleet_ref) = self.destination.to_parameters();
        let parameters = Parameters {
            kind: kind.to_owned(),
            expires: self.expires_epoch_seconds.to_string(),
            aws_account_id: self.account_id.clone(),
            user_id: self.user_id.clone(),
            catalog_source,
            fleet_ref,
            application_id: self.application_id.clone().unwrap_or_default(),
            user_context: self.session_context.clone().unwrap_or_default(),
            max_user_duration_in_secs: self.max_user_duration_seconds,
            region: self.region.clone(),
            ticket_id: self.ticket_id.clone(),
        };
        let json = serde_json::to_vec(&parameters).map_err(|error| TicketError::Malformed(error.into()))?;
        let parameters = STANDARD.encode(json);
        if parameters.len() > MAX_PARAMETERS_BYTES {
            return Err(TicketError::TooLong);
        }
        let signature = STANDARD.encode(key.derive(PURPOSE).mac(&[parameters.as_bytes()]));
        Ok(SignedTicket { parameters, signature })
    }

    /// Checks the bound, then the signature, and only then reads the ticket and compares its time with `now_epoch_seconds`. Whether it
    /// has been spent is not known here.
    ///
    /// # Errors
    /// The first check that fails, see [`TicketError`].
    pub fn verify(
        parameters: &str,
        signature: &str,
        key: &SigningKey,
        now_epoch_seconds: u64,
    ) -> Result<Self, TicketError> {
        let ticket = Self::verify_whenever(parameters, signature, key)?;
        if now_epoch_seconds >= ticket.expires_epoch_seconds {
            return Err(TicketError::Expired);
        }
        Ok(ticket)
    }

    /// The same for a ticket that may have expired: what it said was true once.
    ///
    /// # Errors
    /// The first check that fails; never [`TicketError::Expired`].
    pub fn verify_whenever(parameters: &str, signature: &str, key: &SigningKey) -> Result<Self, TicketError> {
        if parameters.len() > MAX_PARAMETERS_BYTES || signature.len() > 64 {
            return Err(TicketError::TooLong);
        }
        let signature = STANDARD.decode(signature).map_err(|_| TicketError::BadSignature)?;
        if !key.derive(PURPOSE).verifies(&[parameters.as_bytes()], &signature) {
            return Err(TicketError::BadSignature);
        }
        let json = STANDARD.decode(parameters).map_err(|error| TicketError::Malformed(error.into()))?;
        let parameters: Parameters =
            serde_json::from_slice(&json).map_err(|error| TicketError::Malformed(error.into()))?;
        parameters.into_ticket()
    }
}

impl Parameters {
    fn into_ticket(self) -> Result<Ticket, TicketError> {
        let malformed = |what: &str| TicketError::Malformed(what.into());
        Ok(Ticket {
            expires_epoch_seconds: self.expires.parse().map_err(|_| malformed("expires"))?,
            destination: Destination::from_parameters(&self.kind, &self.catalog_source, &self.fleet_ref)?,
            account_id: self.aws_account_id,
            region: self.region,
            user_id: self.user_id,
            application_id: Some(self.application_id).filter(|text| !text.is_empty()),
            session_context: Some(self.user_context).filter(|text| !text.is_empty()),
            max_user_duration_seconds: self.max_user_duration_in_secs,
            ticket_id: self.ticket_id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            expires_epoch_seconds: 1_800_000_000,
            account_id: "123456789012".into(),
            region: "eu-west-1".into(),
            user_id: "alice@example.com".into(),
            destination: Destination::Fleet { stack: "Desk".into(), fleet: "Desk-Fleet".into() },
            application_id: None,
            session_context: Some("Grüße & Zeichen".into()),
            max_user_duration_seconds: 57_600,
            ticket_id: "00000000-0000-4000-8000-000000000001".into(),
        }
    }

    fn key() -> SigningKey {
        SigningKey::new([7; 32])
    }

    #[test]
    fn round_trip() {
        let signed = ticket().sign(&key()).unwrap();
        let read = Ticket::verify(&signed.parameters, &signed.signature, &key(), 1_799_999_999).unwrap();
        assert_eq!(read, ticket());
    }

    #[test]
    fn an_administrator_s_ticket_leads_to_an_image_builder() {
        let destination = Destination::ImageBuilder { name: "B".into() };
        let ticket = Ticket { destination, user_id: "admin".into(), ..ticket() };
        let signed = ticket.sign(&key()).unwrap();
        let json: serde_json::Value =
            serde_json::from_slice(&STANDARD.decode(&signed.parameters).unwrap()).unwrap();
        assert_eq!((&json["type"], &json["userId"]), (&"ADMIN".into(), &"admin".into()));
        assert_eq!(
            (&json["catalogSource"], &json["fleetRef"]),
            (&"image-builder/B".into(), &"image-builder/B".into())
        );
        assert_eq!(Ticket::verify(&signed.parameters, &signed.signature, &key(), 0).unwrap(), ticket);
    }

    #[test]
    fn the_json_is_appstreams() {
        let signed = ticket().sign(&key()).unwrap();
        let json: serde_json::Value =
            serde_json::from_slice(&STANDARD.decode(signed.parameters).unwrap()).unwrap();
        assert_eq!(json["type"], "END_USER");
        assert_eq!(json["expires"], "1800000000");
        assert_eq!(json["catalogSource"], "stack/Desk");
        assert_eq!(json["fleetRef"], "fleet/Desk-Fleet");
        assert_eq!(json["applicationId"], "");
        assert_eq!(json["maxUserDurationInSecs"], 57_600);
    }

    #[test]
    fn refusals() {
        let signed = ticket().sign(&key()).unwrap();
        let verify = |p: &str, s: &str, key: &SigningKey, now| Ticket::verify(p, s, key, now).unwrap_err();
        let (p, s) = (signed.parameters.as_str(), signed.signature.as_str());
        assert!(matches!(verify(p, s, &key(), 1_800_000_000), TicketError::Expired));
        assert!(matches!(verify(p, s, &SigningKey::new([8; 32]), 0), TicketError::BadSignature));
        assert!(matches!(verify(p, &s[..s.len() - 4], &key(), 0), TicketError::BadSignature));
        assert!(matches!(verify(p, "", &key(), 0), TicketError::BadSignature));
        assert!(matches!(verify(&p[4..], s, &key(), 0), TicketError::BadSignature));
        assert!(matches!(verify(&"A".repeat(9000), s, &key(), 0), TicketError::TooLong));
        let huge = Ticket { session_context: Some("x".repeat(9000)), ..ticket() };
        assert!(matches!(huge.sign(&key()), Err(TicketError::TooLong)));
    }

    #[test]
    fn a_key_shows_nothing_and_differs_by_purpose() {
        assert_eq!(format!("{:?}", key()), "SigningKey(…)");
        assert_ne!(key().derive("ticket"), key().derive("grant"));
        assert_ne!(key().derive("ticket"), key());
    }
}
