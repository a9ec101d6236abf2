//! The two protocols and the responses that both have in common.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};

/// The most bytes that a request's body may have; whoever reads bodies keeps to it. The largest input of the API, with
/// every list full, is far smaller.
pub const MAXIMUM_BODY_BYTES: usize = 1024 * 1024;

pub(crate) const SMITHY_PROTOCOL: HeaderName = HeaderName::from_static("smithy-protocol");
pub(crate) const RPC_V2_CBOR: HeaderValue = HeaderValue::from_static("rpc-v2-cbor");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// How a request and its response are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// AWS JSON 1.1: boto3, the AWS CLI, the JavaScript SDK.
    Json,
    /// Smithy RPC v2 with CBOR: the Rust and Go SDKs, and so Terraform.
    Cbor,
}

impl Protocol {
    /// The content type of requests and responses.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/x-amz-json-1.1",
            Self::Cbor => "application/cbor",
        }
    }
}

/// The response to an operation that succeeded: 200 with `body` as [`crate::encode`] made it. `request_id` is a fresh UUID;
/// one that is no header value is left out. Content-Length and Date are the HTTP server's to add.
#[must_use]
pub fn respond(protocol: Protocol, request_id: &str, body: Vec<u8>) -> Response<Bytes> {
    response(protocol, request_id, StatusCode::OK, body)
}

pub(crate) fn response(
    protocol: Protocol,
    request_id: &str,
    status: StatusCode,
    body: Vec<u8>,
) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(protocol.content_type()));
    if let Ok(request_id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, request_id);
    }
    if protocol == Protocol::Cbor {
        // Go's SDK refuses every answer without it, errors included.
        headers.insert(SMITHY_PROTOCOL, RPC_V2_CBOR);
    }
    response
}
