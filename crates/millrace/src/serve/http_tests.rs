use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use futures_util::StreamExt;
use http::{Request, Response};
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{App, Edge, serve};
use crate::config::Limits;
use crate::tls::{self, Certificates, Pem};

#[derive(Clone)]
struct Echo;

impl App for Echo {
    async fn call(&self, request: Request<Body>) -> Response<Body> {
        if request.uri().path() == "/wait" {
            // An answer that has begun and does not end.
            let begun = futures_util::stream::once(async { Ok::<_, std::io::Error>("begun") });
            return Response::new(Body::from_stream(begun.chain(futures_util::stream::pending())));
        }
        let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        Response::new(Body::from(body))
    }

    fn request_id(&self) -> String {
        "id-1".to_owned()
    }
}

struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

async fn start(connections: usize) -> Running {
    start_with(connections, None).await
}

async fn start_with(connections: usize, tls: Option<Certificates>) -> Running {
    let limits = Limits {
        connections,
        header_timeout: Duration::from_millis(300),
        stall_timeout: Duration::from_millis(500),
        body_timeout: Duration::from_secs(5),
        shutdown_timeout: Duration::from_millis(500),
        rates: millrace_control::Rates::default(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let task = tokio::spawn({
        let stop = stop.clone();
        let edge = Edge { tls, strict_transport: true, trusted_proxies: Arc::default() };
        async move { serve(listener, Echo, &edge, &limits, stop).await }
    });
    Running { address, stop, task }
}

async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address).await.unwrap()
}

const POST: &[u8] = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping";

/// Reads until the answer to [`POST`] is whole.
async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"ping") {
        let mut part = [0; 1024];
        let length = stream.read(&mut part).await.unwrap();
        assert_ne!(length, 0, "the connection ended: {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&part[..length]);
    }
    String::from_utf8(read).unwrap()
}

/// What is left until the server closes, within a bound.
async fn to_end(mut stream: TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut read)).await;
    // A reset is an end as well.
    let _ = ended.expect("the server closes the connection");
    read
}

#[tokio::test]
async fn requests_are_answered_and_connections_kept() {
    let running = start(16).await;
    let mut stream = connect(&running).await;
    for _ in 0..3 {
        stream.write_all(POST).await.unwrap();
        assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
    running.stop.cancel();
    assert!(to_end(stream).await.is_empty());
    running.task.await.unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn slow_heads_are_sent_away() {
    let running = start(16).await;
    let mut slow = connect(&running).await;
    slow.write_all(b"POST / HTTP/1.1\r\nHost:").await.unwrap();
    let silent = connect(&running).await;
    let began = Instant::now();
    to_end(slow).await;
    to_end(silent).await;
    assert!(began.elapsed() < Duration::from_secs(5));
    running.stop.cancel();
    running.task.await.unwrap();
}

#[tokio::test]
async fn long_heads_are_refused() {
    let running = start(16).await;
    let mut stream = connect(&running).await;
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "y".repeat(64 * 1024));
    // The server may close before it has read everything.
    let _ = stream.write_all(head.as_bytes()).await;
    let read = to_end(stream).await;
    let read = String::from_utf8(read).unwrap();
    let answered = read.starts_with("HTTP/1.1 431 ") && read.contains("\r\nx-amzn-requestid: id-1\r\n");
    assert!(read.is_empty() || answered, "{read}");
    running.stop.cancel();
    running.task.await.unwrap();
}

#[tokio::test]
async fn further_connections_wait_for_a_place() {
    let running = start(1).await;
    let mut first = connect(&running).await;
    first.write_all(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut begun = [0; 15];
    first.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200 OK");
    let mut second = connect(&running).await;
    second.write_all(POST).await.unwrap();
    let mut byte = [0];
    assert!(tokio::time::timeout(Duration::from_millis(100), second.read(&mut byte)).await.is_err());
    drop(first);
    answer(&mut second).await;
    // An idle one makes way.
    let mut third = connect(&running).await;
    third.write_all(POST).await.unwrap();
    answer(&mut third).await;
    assert!(to_end(second).await.is_empty());
    running.stop.cancel();
    running.task.await.unwrap();
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let running = start(16).await;
    let mut stuck = connect(&running).await;
    stuck.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc").await.unwrap();
    // The server has taken the head once it asks for nothing more: an answered request on another connection shows that it runs.
    let mut other = connect(&running).await;
    other.write_all(POST).await.unwrap();
    answer(&mut other).await;
    running.stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), running.task).await.unwrap().unwrap();
}

/// A server with a certificate, which clients are to trust.
async fn start_tls() -> (Running, Pem) {
    tls::install_provider();
    let pem = tls::tests::self_signed();
    let certificates = Certificates::fixed(pem.clone(), tls::server_config(&pem).unwrap());
    (start_with(16, Some(certificates)).await, pem)
}

#[tokio::test]
async fn requests_are_answered_over_tls() {
    let (running, pem) = start_tls().await;
    let mut stream = tls::tests::connect(connect(&running).await, &pem).await.unwrap();
    for _ in 0..3 {
        stream.write_all(POST).await.unwrap();
        let answer = answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age=31536000\r\n"), "{answer}");
    }
    running.stop.cancel();
    running.task.await.unwrap();
}

#[tokio::test]
async fn plain_http_on_the_port_of_https_is_told_so() {
    let (running, _) = start_tls().await;
    let mut stream = connect(&running).await;
    stream.write_all(POST).await.unwrap();
    let said = String::from_utf8(to_end(stream).await).unwrap();
    assert!(said.starts_with("HTTP/1.1 400 ") && said.contains("this port speaks HTTPS"), "{said}");
    assert!(said.contains("\r\nx-amzn-requestid: id-1\r\n"), "{said}");
    let mut endless = connect(&running).await;
    // The server may close before it has read everything.
    let _ = endless.write_all(&[b'G'; 256 * 1024]).await;
    to_end(endless).await;
    running.stop.cancel();
    running.task.await.unwrap();
}

#[tokio::test]
async fn slow_and_broken_handshakes_are_sent_away() {
    let (running, _) = start_tls().await;
    let silent = connect(&running).await;
    let mut slow = connect(&running).await;
    // The beginning of a handshake that says that 512 bytes follow.
    slow.write_all(&[22, 3, 1, 2, 0, 1, 0]).await.unwrap();
    let mut garbage = connect(&running).await;
    garbage.write_all(&[0xff; 4096]).await.unwrap();
    let mut half_head = connect(&running).await;
    half_head.write_all(b"GET / HTTP/1.1\r\nHost:").await.unwrap();
    let began = Instant::now();
    for stream in [silent, slow, garbage, half_head] {
        to_end(stream).await;
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    running.stop.cancel();
    running.task.await.unwrap();
}

#[tokio::test]
async fn garbage_is_answered_and_sent_away() {
    let running = start(16).await;
    for garbage in [
        &[0xff; 4096][..],
        &[22, 3, 1, 2, 0, 1, 0],
        b"\r\n\r\n\r\nNONSENSE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ] {
        let mut stream = connect(&running).await;
        stream.write_all(garbage).await.unwrap();
        let said = String::from_utf8(to_end(stream).await).unwrap();
        let answered = said.starts_with("HTTP/1.1 400 ") && said.contains("\r\nx-amzn-requestid: id-1\r\n");
        assert!(said.is_empty() || answered, "{said}");
    }
    running.stop.cancel();
    running.task.await.unwrap();
}

#[tokio::test]
async fn who_never_reads_loses_the_place() {
    let running = start(1).await;
    let mut greedy = connect(&running).await;
    let body = vec![b'x'; 1 << 20];
    let mut request =
        format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    request.extend_from_slice(&body);
    // Asks and asks, and reads no answer, until the server takes no more.
    let asking = tokio::spawn(async move {
        while greedy.write_all(&request).await.is_ok() {}
        greedy
    });
    let mut second = connect(&running).await;
    second.write_all(POST).await.unwrap();
    tokio::time::timeout(Duration::from_secs(30), answer(&mut second)).await.expect("a place becomes free");
    drop(asking.await.unwrap());
    running.stop.cancel();
    running.task.await.unwrap();
}
