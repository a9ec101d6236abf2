//! Verification of AWS Signature Version 4 over a request's parts, its whole body and the time, all of them given.
//!
//! Two steps, since only the caller knows secrets: [`parse`] tells whose key signed; [`Credential::verify`] then checks the
//! signature with that key's secret. Only signatures in the Authorization header are taken: none of the API's clients
//! signs in the query or leaves its body out of the signature, and what is not accepted cannot be replayed.
//!
//! Errors have status 400, as in AWS's JSON 1.1 services (its query and REST services answer 403).

mod canonical;
mod moment;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{AUTHORIZATION, HeaderName};
use http::request::Parts;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::error::ApiError;
use crate::timestamp::Timestamp;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// How far the client's clock may be off, either way. AWS names it in its messages.
const MAXIMUM_SKEW_MINUTES: i64 = 5;

/// Who a request says has signed it, and the signature to be verified. Printing it shows neither signature nor token.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    access_key_id: String,
    region: String,
    /// One of those that the caller of [`parse`] serves.
    service: &'static str,
    session_token: Option<String>,
    /// As the client wrote it, `20261123T154000Z`, and what moment that is.
    date: String,
    signed_at: Timestamp,
    signed_headers: Vec<String>,
    signature: [u8; 32],
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Credential")
            .field("access_key_id", &self.access_key_id)
            .field("region", &self.region)
            .field("date", &self.date)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

impl Credential {
    /// The key that is said to have signed. Nothing is proven before [`Credential::verify`].
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The region of the credential's scope; whether it is served is for the caller to say.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The service of the credential's scope.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// The token of temporary credentials, if the request carries one (`X-Amz-Security-Token`). Whoever issues such
    /// credentials checks it; a caller that issues none answers UnrecognizedClientException.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    /// Checks that the request was signed with `secret` within five minutes of `now`, and that `body` is the body that was
    /// signed. `parts` are those that were parsed.
    ///
    /// # Errors
    /// InvalidSignatureException, saying what is wrong but never what the right signature would be.
    pub fn verify(&self, parts: &Parts, body: &[u8], secret: &str, now: Timestamp) -> Result<(), ApiError> {
        self.check_time(now)?;
        let body_digest = hex::encode(Sha256::digest(body));
        let mut claims = parts.headers.get_all(CONTENT_SHA256).iter();
        // What leaves the body out (UNSIGNED-PAYLOAD), or signs it piece by piece (STREAMING-…), is no digest of it either.
        if claims.any(|claimed| claimed.as_bytes() != body_digest.as_bytes()) {
            return Err(ApiError::invalid_signature(
                "The value of the X-Amz-Content-Sha256 header is not the SHA-256 of the request body.",
            ));
        }
        let request = canonical::request(parts, &self.signed_headers, &body_digest)?;
        let day = &self.date[..8];
        let scope = format!("{day}/{}/{}/{TERMINATOR}", self.region, self.service);
        let digest = hex::encode(Sha256::digest(&request));
        let to_sign = format!("{ALGORITHM}\n{}\n{scope}\n{digest}", self.date);
        let key = [day, &self.region, self.service, TERMINATOR]
            .iter()
            .fold(format!("AWS4{secret}").into_bytes(), |key, part| {
                authenticate(&key, part.as_bytes()).to_vec()
            });
        let expected = authenticate(&key, to_sign.as_bytes());
        if bool::from(expected.ct_eq(&self.signature)) { Ok(()) } else { Err(mismatch()) }
    }

    fn check_time(&self, now: Timestamp) -> Result<(), ApiError> {
        let (signed, now) = (self.signed_at.epoch_milliseconds() / 1000, now.epoch_milliseconds() / 1000);
        let skew = MAXIMUM_SKEW_MINUTES * 60;
        let text = moment::format;
        if signed < now - skew {
            return Err(ApiError::invalid_signature(format!(
                "Signature expired: {} is now earlier than {} ({} - {MAXIMUM_SKEW_MINUTES} min.)",
                self.date,
                text(now - skew),
                text(now)
            )));
        }
        if signed > now + skew {
            return Err(ApiError::invalid_signature(format!(
                "Signature not yet current: {} is still later than {} ({} + {MAXIMUM_SKEW_MINUTES} min.)",
                self.date,
                text(now + skew),
                text(now)
            )));
        }
        Ok(())
    }
}

/// Reads who signed a request for one of `services`, and checks all that can be checked without the secret.
///
/// # Errors
/// MissingAuthenticationTokenException without a signature; IncompleteSignatureException if it is malformed, or is not of
/// the kind that is taken, or leaves out a header that it has to cover; InvalidSignatureException if its scope is another
/// service's.
pub fn parse(parts: &Parts, services: &[&'static str]) -> Result<Credential, ApiError> {
    let header = authorization(parts)?;
    let fields = Fields::read(header)?;
    let date = single(parts, &DATE)?.ok_or_else(|| {
        ApiError::incomplete_signature("Authorization header requires existence of a 'X-Amz-Date' header.")
    })?;
    let signed_at = moment::parse(date).map(Timestamp::from_epoch_seconds).ok_or_else(|| {
        ApiError::incomplete_signature(
            "Date must be in ISO-8601 'basic format'. See https://en.wikipedia.org/wiki/ISO_8601",
        )
    })?;
    let (access_key_id, region, service) = scope(fields.credential, date, services)?;
    let signed_headers: Vec<_> = fields.signed_headers.split(';').map(str::to_owned).collect();
    check_signed_headers(parts, &signed_headers)?;
    let mut signature = [0; 32];
    hex::decode_to_slice(fields.signature, &mut signature).map_err(|_| mismatch())?;
    Ok(Credential {
        access_key_id: access_key_id.to_owned(),
        region: region.to_owned(),
        service,
        session_token: single(parts, &SECURITY_TOKEN)?.map(str::to_owned),
        date: date.to_owned(),
        signed_at,
        signed_headers,
        signature,
    })
}

/// The access key that a request names in its Authorization header, whoever sent it: for the audit trail, not to be believed. None if it has not the
/// form of one.
#[must_use]
pub fn claimed_access_key(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (_, rest) = header.split_once("Credential=")?;
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
    (16..=128).contains(&end).then(|| &rest[..end])
}

fn authorization(parts: &Parts) -> Result<&str, ApiError> {
    // Refused beside a header too: of two signatures neither can be preferred.
    if canonical::names(parts.uri.query().unwrap_or_default())
        .any(|name| name.eq_ignore_ascii_case(b"X-Amz-Signature"))
    {
        return Err(ApiError::incomplete_signature("Requests must be signed in the Authorization header."));
    }
    single(parts, &AUTHORIZATION)?
        .ok_or_else(|| ApiError::missing_authentication_token("Missing Authentication Token"))
}

/// The one value of a header that may come once at most.
fn single<'a>(parts: &'a Parts, name: &HeaderName) -> Result<Option<&'a str>, ApiError> {
    let mut values = parts.headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    match (value.to_str(), values.next()) {
        (Ok(value), None) => Ok(Some(value)),
        _ => Err(ApiError::incomplete_signature(format!("The header '{name}' must come once, in ASCII."))),
    }
}

/// What an Authorization header consists of.
struct Fields<'a> {
    credential: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Fields<'a> {
    fn read(header: &'a str) -> Result<Self, ApiError> {
        let (algorithm, fields) = header.split_once(' ').unwrap_or((header, ""));
        if algorithm != ALGORITHM {
            return Err(ApiError::incomplete_signature(format!(
                "Unsupported AWS 'algorithm': only {ALGORITHM} is taken."
            )));
        }
        let find = |name: &str| {
            let mut values = fields.split(',').filter_map(|field| {
                field.trim().split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value)
            });
            // Of two, neither can be preferred.
            values.next().filter(|value| !value.is_empty() && values.next().is_none())
        };
        let fields = (find("Credential"), find("SignedHeaders"), find("Signature"));
        if let (Some(credential), Some(signed_headers), Some(signature)) = fields {
            return Ok(Self { credential, signed_headers, signature });
        }
        let missing: Vec<_> =
            [(fields.0, "Credential"), (fields.1, "SignedHeaders"), (fields.2, "Signature")]
                .iter()
                .filter(|(value, _)| value.is_none())
                .map(|(_, name)| format!("Authorization header requires '{name}' parameter."))
                .collect();
        Err(ApiError::incomplete_signature(missing.join(" ")))
    }
}

/// Access key, region and service of `key/day/region/service/aws4_request`.
fn scope<'a>(
    credential: &'a str,
    date: &str,
    services: &[&'static str],
) -> Result<(&'a str, &'a str, &'static str), ApiError> {
    let parts: Vec<_> = credential.split('/').collect();
    let [access_key_id, day, region, service, terminator] = parts[..] else {
        return Err(ApiError::incomplete_signature(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term",
        ));
    };
    if access_key_id.is_empty() || region.is_empty() {
        return Err(ApiError::incomplete_signature("Credential must name an access key and a region."));
    }
    let Some(service) = services.iter().copied().find(|known| *known == service) else {
        return Err(ApiError::invalid_signature(format!(
            "Credential should be scoped to correct service: '{}'.",
            services.join("' or '")
        )));
    };
    if terminator != TERMINATOR {
        return Err(ApiError::invalid_signature(format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}'."
        )));
    }
    if !date.starts_with(day) || day.len() != 8 {
        return Err(ApiError::invalid_signature(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP, from '{date}'."
        )));
    }
    Ok((access_key_id, region, service))
}

/// A header that decides what is done, for whom or when has to be covered: `host`, and every `x-amz-*` that is there (the
/// target above all).
fn check_signed_headers(parts: &Parts, signed: &[String]) -> Result<(), ApiError> {
    let is_signed = |name: &str| signed.iter().any(|signed| signed == name);
    if !is_signed("host") {
        return Err(ApiError::incomplete_signature(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ));
    }
    let unsigned = parts
        .headers
        .keys()
        .map(HeaderName::as_str)
        .find(|name| name.starts_with("x-amz-") && !is_signed(name));
    match unsigned {
        Some(name) => Err(ApiError::incomplete_signature(format!(
            "'{name}' must be a 'SignedHeader' in the AWS Authorization."
        ))),
        None => Ok(()),
    }
}

fn authenticate(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn mismatch() -> ApiError {
    ApiError::invalid_signature(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details.",
    )
}
