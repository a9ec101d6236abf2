//! Tickets, grants and resume tokens: forged ones are refused unread; signed ones are read, since another version may have made them.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use millrace_stream::SigningKey;
use millrace_stream::admission::{Grant, ResumeToken, TokenError};
use millrace_stream::ticket::{MAX_PARAMETERS_BYTES, Ticket, TicketError};
use sha2::Sha256;

fn key() -> SigningKey {
    SigningKey::new([7; 32])
}

fn mac(purpose: &str, text: &str) -> [u8; 32] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key().derive(purpose).as_bytes()).expect("any length will do");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// The input as the JSON of a ticket that is well signed, and as both strings of one that is not.
pub(super) fn ticket(input: &[u8]) {
    let parameters = STANDARD.encode(input);
    let signature = STANDARD.encode(mac("ticket", &parameters));
    match Ticket::verify(&parameters, &signature, &key(), 0) {
        Ok(ticket) => {
            // What was read says the same when we sign it, unless it was longer than ours.
            let Ok(again) = ticket.sign(&key()) else { return };
            assert_eq!(
                Ticket::verify(&again.parameters, &again.signature, &key(), 0).ok(),
                Some(ticket.clone())
            );
            let late = Ticket::verify(&parameters, &signature, &key(), ticket.expires_epoch_seconds);
            assert!(matches!(late, Err(TicketError::Expired)));
        }
        Err(error) => assert!(
            !matches!(error, TicketError::BadSignature)
                && (parameters.len() <= MAX_PARAMETERS_BYTES || matches!(error, TicketError::TooLong)),
            "{error:?}"
        ),
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (left, right) = text.split_once('\n').unwrap_or((text, ""));
    for (parameters, signature) in [(left, right), (&*parameters, right), (left, &*signature)] {
        if parameters != left || mac("ticket", left) != *STANDARD.decode(signature).unwrap_or_default() {
            let forged = Ticket::verify(parameters, signature, &SigningKey::new([8; 32]), 0);
            assert!(matches!(forged, Err(TicketError::BadSignature | TicketError::TooLong)), "{forged:?}");
        }
    }
}

/// The input as the JSON of tokens that are well signed, and as one that is not.
pub(super) fn grant(input: &[u8]) {
    let body = URL_SAFE_NO_PAD.encode(input);
    let signed = |purpose| format!("{body}.{}", URL_SAFE_NO_PAD.encode(mac(purpose, &body)));
    if let Ok(grant) = Grant::verify(&signed("grant"), &key(), 0)
        && let Ok(again) = grant.sign(&key())
    {
        assert_eq!(Grant::verify(&again, &key(), 0).ok(), Some(grant));
    }
    if let Ok(token) = ResumeToken::verify(&signed("resume token"), &key())
        && let Ok(again) = token.sign(&key())
    {
        assert_eq!(ResumeToken::verify(&again, &key()).ok(), Some(token));
    }
    // One purpose's token is no other's.
    for wrong in
        [signed("resume token"), signed("ticket"), body.clone(), String::from_utf8_lossy(input).into_owned()]
    {
        let forged = Grant::verify(&wrong, &key(), 0);
        assert!(matches!(forged, Err(TokenError::BadSignature | TokenError::TooLong)), "{forged:?}");
    }
}
