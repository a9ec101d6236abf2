//! One port for everything: which request goes where.
//!
//! ```text
//! GET /healthz                     the process lives
//! GET /readyz                      the store answers and the driver can be asked
//! GET /metrics                     figures, for those who may read them
//! POST /, anything below /service  the API, in one of its two protocols
//! everything else                  the gateway: page, admission, streams
//! ```

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use millrace_control::{Control, LONGEST_BODY_BYTES, NoBody};
use millrace_driver::Driver;
use millrace_store::Store;
use tower::ServiceExt;

use super::figures::Figures;
use super::http::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// How long the store or the driver may take to answer /readyz.
const READY_WITHIN: Duration = Duration::from_secs(5);

/// Sends requests where they belong. Clones are cheap.
#[derive(Clone)]
pub(super) struct Routes {
    inner: Arc<Inner>,
    gateway: Router,
}

struct Inner {
    control: Arc<Control>,
    store: Store,
    driver: Arc<dyn Driver>,
    figures: Figures,
    body_timeout: Duration,
}

impl Routes {
    pub(super) fn new(
        control: Arc<Control>,
        store: Store,
        driver: Arc<dyn Driver>,
        gateway: Router,
        figures: Figures,
        body_timeout: Duration,
    ) -> Self {
        Self { inner: Arc::new(Inner { control, store, driver, figures, body_timeout }), gateway }
    }
}

impl App for Routes {
    async fn call(&self, request: Request<Body>) -> Response<Body> {
        let mut response = self.answer(request).await;
        // Whatever answered: a client that asks the operator about a response can name it.
        if !response.headers().contains_key(REQUEST_ID)
            && let Ok(id) = HeaderValue::from_str(&self.request_id())
        {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }

    fn request_id(&self) -> String {
        self.inner.control.request_id()
    }
}

impl Routes {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let path = request.uri().path();
        match path {
            "/healthz" => health(request.method(), StatusCode::OK, "the server lives\n"),
            "/readyz" => {
                let (status, text) = self.inner.ready().await;
                health(request.method(), status, text)
            }
            "/metrics" => self.inner.figures.answer(&request),
            _ if is_api(request.method(), path) => self.inner.api(request).await,
            _ => match self.gateway.clone().oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
        }
    }
}

/// `/` for AWS JSON, `/service/…` for Smithy RPC v2 CBOR. A GET of `/` is a browser's.
fn is_api(method: &Method, path: &str) -> bool {
    path == "/" && method != Method::GET && method != Method::HEAD || path.starts_with("/service/")
}

fn health(method: &Method, status: StatusCode, text: &'static str) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    }
    plain(status, text)
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

impl Inner {
    async fn ready(&self) -> (StatusCode, &'static str) {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        match tokio::time::timeout(READY_WITHIN, self.store.check()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = crate::chain(&error), "not ready: the store fails");
                return (unavailable, "the database cannot be used\n");
            }
            Err(_) => return (unavailable, "the database does not answer\n"),
        }
        match tokio::time::timeout(READY_WITHIN, self.driver.list()).await {
            Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
            Ok(Err(error)) => {
                tracing::warn!(error = crate::chain(&error), "not ready: the driver fails");
                (unavailable, "instances cannot be run\n")
            }
            Err(_) => (unavailable, "the driver does not answer\n"),
        }
    }

    async fn api(&self, request: Request<Body>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let whole = Limited::new(body, LONGEST_BODY_BYTES).collect();
        let answer = match tokio::time::timeout(self.body_timeout, whole).await {
            Ok(Ok(body)) => self.control.handle(Request::from_parts(head, body.to_bytes())).await,
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                self.control.refuse(&head, NoBody::TooLong).await
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "a request's body broke off");
                self.control.refuse(&head, NoBody::Broken).await
            }
            Err(_) => self.control.refuse(&head, NoBody::Late).await,
        };
        answer.map(Body::from)
    }
}
