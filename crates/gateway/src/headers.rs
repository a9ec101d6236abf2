//! The headers that tell a browser what this page may do: load its own files, open its own stream, and nothing else.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

use crate::embedding::{self, Ancestors};
use crate::{PublicUrl, Shared};

/// Headers of every answer.
pub(crate) struct SecurityHeaders {
    fixed: [(HeaderName, HeaderValue); 5],
    /// The Content-Security-Policy without `frame-ancestors`.
    policy: String,
}

impl SecurityHeaders {
    pub(crate) fn new(public_url: &PublicUrl) -> Self {
        // `'self'` covers the WebSocket in today's browsers; older ones want its origin by name. `'wasm-unsafe-eval'` allows the page's own
        // zstd decoder to be compiled, and no JavaScript from text.
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' {}; img-src 'self' blob: data:; \
             style-src 'self'; base-uri 'none'; form-action 'none'",
            public_url.websocket_origin()
        );
        let fixed = HeaderValue::from_static;
        let fixed = [
            (REFERRER_POLICY, fixed("no-referrer")),
            (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin")),
            (HeaderName::from_static("cross-origin-resource-policy"), fixed("same-origin")),
            (
                HeaderName::from_static("permissions-policy"),
                fixed("camera=(), geolocation=(), microphone=()"),
            ),
        ];
        Self { fixed, policy }
    }

    fn add(&self, headers: &mut HeaderMap, ancestors: &[String]) {
        for (name, value) in &self.fixed {
            headers.insert(name, value.clone());
        }
        let policy = format!("{}; {}", self.policy, embedding::directive(ancestors));
        // INVARIANT: a public URL holds only what `Uri` takes for an authority, and ancestors are host names: visible ASCII.
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        // It knows no list of pages; browsers that know `frame-ancestors` leave it out of account.
        if ancestors.is_empty() {
            headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        }
    }
}

/// Adds them; what did not say how long it may be kept may not be kept.
pub(crate) async fn secure(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let ancestors = response.extensions_mut().remove::<Ancestors>().unwrap_or_default();
    let headers = response.headers_mut();
    shared.headers.add(headers, &ancestors.0);
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
