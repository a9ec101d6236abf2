//! Icons of the catalogue: PNGs that this server drew itself when it imported their image. Their names cannot be guessed, and what has a name
//! never changes.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use crate::Context;

/// Where the page finds an icon.
pub(crate) fn address(name: &str) -> String {
    format!("/icons/{name}.png")
}

/// `GET /icons/NAME.png`.
pub(crate) async fn icon(State(context): State<Context>, Path(file): Path<String>) -> Response {
    let is_name = |name: &&str| name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let Some(name) = file.strip_suffix(".png").filter(is_name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(png) = context.sessions.icon(name).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Response::new(Body::from(png));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    response
}
