//! Our own accept loop: axum's has no time-out for slow headers, no bound on connections, and forgets upgraded connections at shutdown.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::header::STRICT_TRANSPORT_SECURITY;
use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use millrace_control::Client;
use millrace_gateway::PublicUrl;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::forwarded;
use super::own_answers::{Busy, OwnAnswers};
use super::places::Places;
use crate::config::{Config, Limits};
use crate::tls::Certificates;

/// Longest head of a request in bytes. A signed API request has about 1 KiB, a streaming URL about 2 KiB.
const LONGEST_HEAD: usize = 32 * 1024;

/// Connections that may wait to be accepted.
const WAITING: i32 = 1024;

/// How long browsers remember to come by HTTPS only. Subdomains are not ours to speak for.
const A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Answers requests.
pub(crate) trait App: Clone + Send + Sync + 'static {
    /// One request.
    fn call(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send;

    /// A new request id, for what is no request.
    fn request_id(&self) -> String;
}

/// Takes the port. Connections wait there until they are accepted.
///
/// # Errors
/// Somebody else has it, or it is not ours to take.
pub(crate) fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    // The standard library lets no more than 128 wait.
    rustix::net::listen(&listener, WAITING)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// How the port meets the network.
#[derive(Clone)]
pub(crate) struct Edge {
    /// The certificate; `None` for plain HTTP.
    pub(crate) tls: Option<Certificates>,
    /// Whether browsers are told to come by HTTPS only.
    pub(crate) strict_transport: bool,
    /// Whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
}

impl Edge {
    /// What the configuration says, with the certificate if it wants one.
    pub(crate) fn new(config: &Config, tls: Option<Certificates>, public_url: &PublicUrl) -> Self {
        Self {
            tls,
            // Every port of this name is meant, and a developer's machine has others.
            strict_transport: public_url.is_https() && !public_url.is_loopback(),
            trusted_proxies: config.trusted_proxies.clone().into(),
        }
    }
}

/// Accepts until `stop`, then lets what runs end, for [`Limits::shutdown_timeout`] at most.
pub(crate) async fn serve(
    listener: TcpListener,
    app: impl App,
    edge: &Edge,
    limits: &Limits,
    stop: CancellationToken,
) {
    let places = Places::new(limits.connections);
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                // Too many open files, most likely: others must end first.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let is_proxy = forwarded::is_trusted(peer.ip(), &edge.trusted_proxies);
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = places.take(peer.ip(), is_proxy) => place,
        };
        let Some(place) = place else {
            tracing::debug!(client = %peer.ip(), "a connection was closed: its network has all of its share in use");
            continue;
        };
        let (busy, leave) = (place.busy.clone(), place.leave.clone());
        let connection = Connection {
            peer,
            busy,
            app: app.clone(),
            edge: edge.clone(),
            header_timeout: limits.header_timeout,
            stall_timeout: limits.stall_timeout,
            stop: stop.clone(),
        };
        connections.spawn(async move {
            let _place = place;
            tokio::select! {
                () = connection.run(stream) => {}
                () = leave.cancelled() => tracing::debug!("an idle connection made way for another one"),
            }
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(limits.shutdown_timeout, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "connections did not end in time");
    }
}

/// One connection, from its first byte to its last.
struct Connection<A> {
    peer: SocketAddr,
    busy: Busy,
    app: A,
    edge: Edge,
    header_timeout: Duration,
    stall_timeout: Duration,
    stop: CancellationToken,
}

impl<A: App> Connection<A> {
    async fn run(self, stream: TcpStream) {
        // Input and small frames must not wait for Nagle's algorithm.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY refused");
        }
        // The kernel ends the connection of a client that does not read: its place is needed, and nothing else would notice.
        let stall = u32::try_from(self.stall_timeout.as_millis()).unwrap_or(u32::MAX);
        if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(&stream, stall) {
            tracing::debug!(%error, "TCP_USER_TIMEOUT refused");
        }
        let Some(certificates) = &self.edge.tls else { return self.exchange(stream).await };
        let greeting = shake_hands(stream, certificates, || self.app.request_id());
        let handshake = tokio::time::timeout(self.header_timeout, greeting);
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            () = self.stop.cancelled() => return,
        };
        match shaken {
            Ok(Ok(Some(stream))) => self.exchange(stream).await,
            Ok(Ok(None)) => tracing::debug!("plain HTTP came to the port of HTTPS"),
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn exchange(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { peer, busy, app, edge, header_timeout, stop, .. } = self;
        let stream = {
            let app = app.clone();
            OwnAnswers::new(stream, busy.clone(), move || app.request_id())
        };
        let service = service_fn(move |request: Request<Incoming>| {
            let (app, edge) = (app.clone(), edge.clone());
            let under_way = busy.begin();
            let request = request.map(|body| busy.reading(body));
            async move {
                let client = forwarded::client(peer, request.headers(), &edge.trusted_proxies);
                let secure =
                    edge.tls.is_some() || forwarded::secure(peer, request.headers(), &edge.trusted_proxies);
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(client));
                request.extensions_mut().insert(Client { address: Some(client.ip()), secure });
                let mut response = app.call(request).await;
                if edge.strict_transport {
                    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, A_YEAR);
                }
                Ok::<_, Infallible>(response.map(|body| under_way.with(body)))
            }
        });
        let mut builder = hyper::server::conn::http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(LONGEST_HEAD);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
        let served = tokio::select! {
            served = connection.as_mut() => served,
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = served {
            tracing::debug!(%error, "connection ended early");
        }
    }
}

/// `None`: it is plain HTTP, and has been told so.
async fn shake_hands(
    mut stream: TcpStream,
    certificates: &Certificates,
    request_id: impl Fn() -> String,
) -> io::Result<Option<TlsStream<TcpStream>>> {
    let mut first = [0];
    // A handshake begins with 22, a request with the letter of a method.
    if stream.peek(&mut first).await? == 1 && first[0].is_ascii_uppercase() {
        answer_in_plain(&mut stream, &request_id()).await?;
        return Ok(None);
    }
    let acceptor = TlsAcceptor::from(certificates.current());
    acceptor.accept(stream).await.map(Some)
}

/// Tells whoever speaks plain HTTP what to do, once they have said their head.
async fn answer_in_plain(stream: &mut TcpStream, request_id: &str) -> io::Result<()> {
    const TEXT: &str = "this port speaks HTTPS: use https:// instead of http://\n";
    let mut head = Vec::new();
    while head.len() < LONGEST_HEAD && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nx-amzn-requestid: {request_id}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{TEXT}",
        TEXT.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
