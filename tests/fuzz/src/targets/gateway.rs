//! Requests to the gateway: whatever comes, an answer that is no error of ours, and nothing admitted.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http_body_util::BodyExt;
use millrace_gateway::ports::{EndReason, InstanceUnreachable, Instances, Sessions, Streamed};
use millrace_gateway::{Gateway, GatewayConfig, Limits};
use millrace_stream::SigningKey;
use millrace_stream::admission::{AdmissionLine, Grant, Progress, Refusal, StackToken};
use millrace_stream::ticket::Ticket;
use tokio::net::UnixStream;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tower::ServiceExt;

use crate::http_text;

/// Nobody may get this far: the fuzzer has no key to sign with.
struct Closed;

#[async_trait]
impl Sessions for Closed {
    async fn admit(&self, _: Ticket, _: mpsc::Sender<Progress>) -> Result<Grant, Refusal> {
        panic!("a ticket was forged");
    }

    async fn connected(&self, _: &str, _: Option<IpAddr>) -> Result<(), EndReason> {
        panic!("a grant was forged");
    }

    async fn streamed(&self, _: &str, _: Streamed) {}

    async fn disconnected(&self, _: &str) {}

    async fn ended(&self, _: &str, _: EndReason) {}

    async fn embed_host_domains(&self, _: &StackToken) -> Vec<String> {
        panic!("a token was forged");
    }

    /// There are none.
    async fn icon(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}

#[async_trait]
impl Instances for Closed {
    async fn connect(&self, _: &str) -> Result<(UnixStream, Vec<u8>), InstanceUnreachable> {
        panic!("a grant was forged");
    }
}

fn gateway() -> &'static (Runtime, Router) {
    static GATEWAY: OnceLock<(Runtime, Router)> = OnceLock::new();
    GATEWAY.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let gateway = Gateway::new(GatewayConfig {
            public_url: "https://desk.example".parse().expect("an address"),
            signing_key: SigningKey::new([7; 32]),
            limits: Limits::default(),
        });
        (runtime, gateway.router(Arc::new(Closed), Arc::new(Closed)))
    })
}

pub(super) fn request(input: &[u8]) {
    let Some(request) = http_text::request(input) else { return };
    let (runtime, router) = gateway();
    runtime.block_on(async {
        let answer =
            router.clone().oneshot(request.map(Body::from)).await.unwrap_or_else(|never| match never {});
        assert!(!answer.status().is_server_error(), "{}", answer.status());
        let body = answer.into_body().collect().await.expect("a whole body").to_bytes();
        assert!(!body.split(|byte| *byte == b'\n').any(lets_in), "something was admitted");
    });
}

/// Whether a line of an answer opens a session, or names a stack whose page may be embedded. The page's own script has the words too.
fn lets_in(line: &[u8]) -> bool {
    match serde_json::from_slice(line) {
        Ok(AdmissionLine::Opening { .. } | AdmissionLine::Ready { .. }) => true,
        Ok(AdmissionLine::Waiting | AdmissionLine::Starting | AdmissionLine::Refused { .. }) | Err(_) => {
            false
        }
    }
}
