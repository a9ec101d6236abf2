//! The page, its files and the headers of every answer.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use millrace_stream::admission::StackToken;
use millrace_stream::ticket::Ticket;

use crate::fixture::{Fixture, ICON, key, limits, soon, to_stack};

pub(crate) async fn get(fixture: &Fixture, path: &str) -> (Response<()>, String) {
    let uri = format!("http://{}{path}", fixture.address);
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let request = Request::get(uri).body(Full::default()).unwrap();
    let (parts, body) = soon(client.request(request)).await.unwrap().into_parts();
    let body = soon(body.collect()).await.unwrap().to_bytes();
    (Response::from_parts(parts, ()), String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn the_page_and_its_files_come_with_their_headers() {
    let fixture = Fixture::with(limits(), "https://desk.example").await;
    let (page, html) = get(&fixture, "/authenticate?parameters=P&signature=S").await;
    assert_eq!(page.status(), 200);
    let header = |response: &Response<()>, name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header(&page, "cache-control"), "no-store");
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    assert!(!html.contains("parameters=P"), "the ticket is not in the page");
    let assets: Vec<_> = html.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert!(assets.len() >= 3, "{html}");
    for asset in assets {
        let (response, _) = get(&fixture, asset).await;
        assert_eq!(response.status(), 200, "{asset}");
        assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        assert!(!header(&response, "content-type").starts_with("application/octet"), "{asset}");
    }
    let policy = header(&page, "content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval';",
        "frame-ancestors 'none'",
        "wss://desk.example:443",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("'unsafe"));
    assert!(
        !html.contains("<style") && !html.contains("style=") && !html.contains("onclick"),
        "nothing inline"
    );
    let (icon, _) = get(&fixture, &format!("/icons/{ICON}.png")).await;
    assert_eq!((icon.status(), header(&icon, "content-type").as_str()), (StatusCode::OK, "image/png"));
    for none in ["/icons/00000000000000000000000000000000.png", "/icons/x.png", "/icons/..%2f..%2fkey"] {
        assert_eq!(get(&fixture, none).await.0.status(), 404, "{none}");
    }
    let (missing, _) = get(&fixture, "/assets/../Cargo.toml").await;
    assert_eq!(missing.status(), 404);
    let (missing, _) = get(&fixture, "/assets/none.js").await;
    assert_eq!(missing.status(), 404);
    for response in [&page, &missing] {
        assert_eq!(header(response, "referrer-policy"), "no-referrer");
        assert_eq!(header(response, "x-content-type-options"), "nosniff");
        assert_eq!(header(response, "cross-origin-opener-policy"), "same-origin");
    }
}

#[tokio::test]
async fn only_the_stack_s_domains_may_embed_the_page() {
    let fixture = Fixture::with(limits(), "https://desk.example").await;
    let ancestors = async |query: &str| {
        let (page, _) = get(&fixture, &format!("/authenticate{query}")).await;
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let directive = policy.rsplit("; ").next().unwrap().to_owned();
        (directive, page.headers().contains_key("x-frame-options"))
    };
    let encode = |text: &str| text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let ticket = || to_stack("Portal");
    let query = |ticket: &Ticket| {
        let signed = ticket.sign(&key()).unwrap();
        format!("?parameters={}&signature={}", encode(&signed.parameters), encode(&signed.signature))
    };
    let stack = StackToken { account_id: "123456789012".into(), region: "r".into(), stack: "Portal".into() };
    let stack = stack.sign(&key()).unwrap();
    let allowed = ("frame-ancestors https://portal.example.org".to_owned(), false);
    let refused = ("frame-ancestors 'none'".to_owned(), true);
    assert_eq!(ancestors(&query(&ticket())).await, allowed);
    // The page that says that a link has expired may be embedded too; and after a reload.
    assert_eq!(ancestors(&query(&Ticket { expires_epoch_seconds: 1, ..ticket() })).await, allowed);
    assert_eq!(ancestors(&format!("?stack={stack}")).await, allowed);
    assert_eq!(ancestors("").await, refused);
    assert_eq!(ancestors(&format!("?stack={stack}x")).await, refused);
    assert_eq!(ancestors("?parameters=e30%3D&signature=e30%3D").await, refused);
    assert_eq!(ancestors(&query(&to_stack("Other"))).await, refused);
}
