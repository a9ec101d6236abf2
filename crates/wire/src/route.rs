//! Which operation a request asks for, and in which protocol.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName};
use http::{Method, request};

use crate::error::ApiError;
use crate::generated::operations::{Operation, TARGET_PREFIX};
use crate::protocol::{Protocol, SMITHY_PROTOCOL};

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// How its body is written, and how the answer must be.
    pub protocol: Protocol,
    /// What it wants done.
    pub operation: Operation,
}

/// A request that asks for nothing this API has, and the protocol to say so in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The protocol that the client most likely reads.
    pub protocol: Protocol,
    /// What to tell it.
    pub error: ApiError,
}

/// Finds the operation from a request's method, path and headers alone.
///
/// JSON: `POST /` with `X-Amz-Target: PhotonAdminProxyService.<operation>`. CBOR: `POST
/// /service/PhotonAdminProxyService/operation/<operation>` with `smithy-protocol: rpc-v2-cbor`.
///
/// # Errors
/// UnknownOperationException for every request that names no operation of the model; SerializationException for a content
/// type that is not the protocol's.
pub fn route(parts: &request::Parts) -> Result<Route, Refusal> {
    let path = parts.uri.path();
    let protocol = protocol(parts);
    let refuse = |error| Err(Refusal { protocol, error });
    if parts.method != Method::POST {
        return refuse(ApiError::unknown_operation(format!("This API has no {} requests.", parts.method)));
    }
    let name = match protocol {
        Protocol::Json => json_name(path, &parts.headers),
        Protocol::Cbor => cbor_name(path, &parts.headers),
    };
    let Some(operation) = name.and_then(Operation::from_name) else {
        return refuse(ApiError::unknown_operation("The request names no operation of this API."));
    };
    match content_type(protocol, &parts.headers) {
        Ok(()) => Ok(Route { protocol, operation }),
        Err(error) => refuse(error),
    }
}

/// The protocol that whoever sent this most likely reads.
#[must_use]
pub fn protocol(parts: &request::Parts) -> Protocol {
    if parts.headers.contains_key(SMITHY_PROTOCOL) || parts.uri.path().starts_with("/service/") {
        Protocol::Cbor
    } else {
        Protocol::Json
    }
}

fn json_name<'a>(path: &str, headers: &'a HeaderMap) -> Option<&'a str> {
    if path != "/" {
        return None;
    }
    single(headers, &TARGET)?.strip_prefix(TARGET_PREFIX)?.strip_prefix('.')
}

fn cbor_name<'a>(path: &'a str, headers: &HeaderMap) -> Option<&'a str> {
    if single(headers, &SMITHY_PROTOCOL)? != "rpc-v2-cbor" {
        return None;
    }
    path.strip_prefix("/service/")?.strip_prefix(TARGET_PREFIX)?.strip_prefix("/operation/")
}

/// The value of a header that must not come twice: of two, the signature covers both and neither can be preferred.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok() }
}

/// A body of another type would only be misread. An operation without input may come without a type.
fn content_type(protocol: Protocol, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let known = match protocol {
        Protocol::Json => {
            ["application/x-amz-json-1.1", "application/x-amz-json-1.0", "application/json"].as_slice()
        }
        Protocol::Cbor => &["application/cbor"],
    };
    if known.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        Ok(())
    } else {
        Err(ApiError::serialization(format!("The content type must be {}.", protocol.content_type())))
    }
}
