//! Errors as clients are told of them.

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde::Serialize;

use crate::generated::errors::ErrorCode;
use crate::protocol::{Protocol, response};

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// An error answer: its code and what the client is told, and nothing else. What went wrong inside belongs in the log, so
/// there is no place for it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    code: ErrorCode,
    message: String,
    retry_after_seconds: Option<u32>,
}

/// The body. Modelled errors have the member `Message`; generic readers of SDKs, which see an error that their operation
/// does not list, look for `message` (Go reads nothing else), so those errors carry both.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "__type")]
    kind: String,
    #[serde(rename = "Message", skip_serializing_if = "Option::is_none")]
    modelled_message: Option<&'a str>,
    message: &'a str,
}

impl ApiError {
    /// An error with `code` and the message for the client.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after_seconds: None }
    }

    /// Tells the client when to come again (`Retry-After`).
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What the client is told.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The whole response. `request_id` is a fresh UUID; the log should name it too.
    #[must_use]
    pub fn render(&self, protocol: Protocol, request_id: &str) -> Response<Bytes> {
        let name = self.code.as_str();
        let kind = match protocol {
            Protocol::Json => name.to_owned(),
            Protocol::Cbor => format!("com.amazonaws.appstream#{name}"),
        };
        let modelled_message = self.code.is_modelled().then_some(self.message.as_str());
        let body = Body { kind, modelled_message, message: &self.message };
        // Three strings can be written in either format; should that ever fail, the status still tells the client.
        let bytes = crate::codec::write(protocol, &body).unwrap_or_default();
        let status =
            StatusCode::from_u16(self.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = response(protocol, request_id, status, bytes);
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if protocol == Protocol::Json {
            response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(name));
        }
        response
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ApiError {}
