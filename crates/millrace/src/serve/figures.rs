//! `/metrics`: the figures of all streams, for those who may read them.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use ipnet::IpNet;
use millrace_gateway::Gateway;

/// What proxies add: behind one of this host everybody would come from this host.
const PROXY_HEADERS: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];
/// OpenMetrics 1.0, as Prometheus asks for it and reads it.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The figures, and who may read them.
pub(super) struct Figures {
    pub(super) gateway: Gateway,
    pub(super) readers: Vec<IpNet>,
}

impl Figures {
    /// Who may not read them is told that there is nothing.
    pub(super) fn answer(&self, request: &Request<Body>) -> Response<Body> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
        let mut response = Response::new(Body::empty());
        if !may_read(&self.readers, peer, request.headers()) {
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        }
        if request.method() != Method::GET {
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            return response;
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response.map(|_: Body| Body::from(self.gateway.metrics()))
    }
}

fn may_read(readers: &[IpNet], peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let address = peer.map(|peer| peer.ip().to_canonical());
    let known = address.is_some_and(|address| readers.iter().any(|reader| reader.contains(&address)));
    known && !PROXY_HEADERS.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, IpNet, may_read};

    #[test]
    fn only_readers_read_and_nobody_through_a_proxy() {
        let readers: Vec<IpNet> = ["127.0.0.0/8", "::1/128"].map(|text| text.parse().unwrap()).into();
        let peer = |text: &str| Some(text.parse().unwrap());
        let none = HeaderMap::new();
        for good in ["127.0.0.1:5", "127.9.9.9:5", "[::1]:5", "[::ffff:127.0.0.1]:5"] {
            assert!(may_read(&readers, peer(good), &none), "{good}");
        }
        assert!(!may_read(&readers, peer("10.0.0.1:5"), &none));
        assert!(!may_read(&readers, None, &none));
        assert!(!may_read(&[], peer("127.0.0.1:5"), &none));
        for name in super::PROXY_HEADERS {
            let proxied = HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static("x"))]);
            assert!(!may_read(&readers, peer("127.0.0.1:5"), &proxied), "{name}");
        }
    }
}
