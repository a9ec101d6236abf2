//! The web client's files, carried in the program.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode, Uri};
use rust_embed::RustEmbed;

use crate::Context;
use crate::embedding::{self, Ancestors};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct WebClient;

/// The page. Its address carries the ticket, which the page itself reads: here only its stack is looked at, for who may embed the page. Nothing
/// is spent.
pub(crate) async fn page(State(context): State<Context>, uri: Uri) -> Response {
    let ancestors = embedding::ancestors(&context, uri.path_and_query()).await;
    let mut response = serve("index.html", "no-store");
    response.extensions_mut().insert(Ancestors(ancestors));
    response
}

/// A file with its content's hash in its name: it never changes.
pub(crate) async fn asset(Path(file): Path<String>) -> Response {
    serve(&format!("assets/{file}"), "public, max-age=31536000, immutable")
}

fn serve(path: &str, cache: &'static str) -> Response {
    let Some(file) = WebClient::get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
