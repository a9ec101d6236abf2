//! The headers that tell a browser what this page may do: load its own files, open its own stream, and nothing else.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};

use crate::{PublicUrl, Shared};

/// Headers of every answer.
pub(crate) struct SecurityHeaders([(HeaderName, HeaderValue); 7]);

impl SecurityHeaders {
    pub(crate) fn new(public_url: &PublicUrl) -> Self {
        // `'self'` covers the WebSocket in today's browsers; older ones want its origin by name. `'wasm-unsafe-eval'` allows the page's own
        // zstd decoder to be compiled, and no JavaScript from text.
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' {}; img-src 'self' blob: data:; \
             style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            public_url.websocket_origin()
        );
        // INVARIANT: a public URL holds only what `Uri` takes for an authority, which is visible ASCII.
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        let fixed = HeaderValue::from_static;
        Self([
            (CONTENT_SECURITY_POLICY, policy),
            (REFERRER_POLICY, fixed("no-referrer")),
            (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (X_FRAME_OPTIONS, fixed("DENY")),
            (HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin")),
            (HeaderName::from_static("cross-origin-resource-policy"), fixed("same-origin")),
            (
                HeaderName::from_static("permissions-policy"),
                fixed("camera=(), geolocation=(), microphone=()"),
            ),
        ])
    }
}

/// Adds them; what did not say how long it may be kept may not be kept.
pub(crate) async fn secure(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in &shared.headers.0 {
        headers.insert(name, value.clone());
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
