//! The gateway: serves the web client, admits sessions, and carries their streams between browser and agent.
//!
//! ```text
//! GET  /authenticate    the page, the same for everybody: nothing is spent, nothing is looked at
//! GET  /icons/NAME.png  the catalogue's icons
//! POST /session/admit   ticket (checked here) ──> Sessions::admit ──> progress, line by line ──> grant
//! GET  /session/stream  WebSocket: Hello ──> grant or resume token (checked here) ──> Attach ──> frames and input
//! ```
//!
//! It trusts neither side of a stream. What comes from a browser is decoded, bounded and paced before the agent sees it; what comes from an
//! agent, which runs next to the user's own programs, is decoded and bounded before a browser sees it. It knows neither the model nor the
//! store: the two traits of [`ports`] are all it asks of others.
//!
//! Nothing here logs a query, a ticket, a grant or a token.

mod admit;
mod agent;
mod assets;
mod embedding;
mod headers;
mod icons;
mod limits;
mod metrics;
mod origin;
pub mod ports;
mod registry;
mod socket;
mod timekeeper;
mod viewer;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use millrace_stream::SigningKey;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use limits::Limits;
use metrics::Metrics;
pub use origin::{InvalidPublicUrl, PublicUrl};
use ports::{EndReason, Instances, Sessions};
use registry::{Registry, Stop};

/// What the gateway is told at its start.
#[derive(Clone, Debug)]
pub struct GatewayConfig {
    /// Where browsers reach this server.
    pub public_url: PublicUrl,
    /// The server's key, with which `control` signs tickets; grants and resume tokens are signed with others derived from it.
    pub signing_key: SigningKey,
    /// How long it waits and how much it takes.
    pub limits: Limits,
}

/// The gateway, as the rest of the program holds it. Clones are the same gateway.
///
/// It is made before `control` and the driver, so that both can hold it; [`Gateway::router`] then takes what they implement.
#[derive(Clone)]
pub struct Gateway {
    shared: Arc<Shared>,
}

/// What every request and every stream shares.
pub(crate) struct Shared {
    pub(crate) config: GatewayConfig,
    pub(crate) headers: headers::SecurityHeaders,
    pub(crate) registry: Registry,
    pub(crate) metrics: Metrics,
    pub(crate) admissions: Arc<Semaphore>,
    pub(crate) waiting: admit::WaitingTickets,
    pub(crate) newcomers: Arc<Semaphore>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stopping: CancellationToken,
}

/// What the handlers are given.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) shared: Arc<Shared>,
    pub(crate) sessions: Arc<dyn Sessions>,
    pub(crate) instances: Arc<dyn Instances>,
}

impl Gateway {
    /// A gateway without streams.
    pub fn new(config: GatewayConfig) -> Self {
        let shared = Shared {
            headers: headers::SecurityHeaders::new(&config.public_url),
            registry: Registry::default(),
            metrics: Metrics::default(),
            admissions: Arc::new(Semaphore::new(config.limits.admissions)),
            waiting: admit::WaitingTickets::default(),
            newcomers: Arc::new(Semaphore::new(config.limits.newcomers)),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            config,
        };
        Self { shared: Arc::new(shared) }
    }

    /// The gateway's routes, to be merged with those of the API. They set no fallback.
    ///
    /// Whoever accepts connections should set `TCP_NODELAY` on them, and serve them with upgrades.
    pub fn router(&self, sessions: Arc<dyn Sessions>, instances: Arc<dyn Instances>) -> Router {
        let context = Context { shared: Arc::clone(&self.shared), sessions, instances };
        Router::new()
            .route("/authenticate", get(assets::page))
            .route("/assets/{file}", get(assets::asset))
            .route("/icons/{file}", get(icons::icon))
            .route("/session/admit", post(admit::admit).layer(DefaultBodyLimit::max(admit::MAX_BODY_BYTES)))
            .route("/session/stream", get(socket::stream))
            .route_layer(middleware::from_fn_with_state(Arc::clone(&self.shared), headers::secure))
            .with_state(context)
    }

    /// Where browsers reach this server.
    pub fn public_url(&self) -> &PublicUrl {
        &self.shared.config.public_url
    }

    /// Ends a session's stream at once: its viewer is told why and sent to the session's redirect URL. Says whether there was a viewer.
    ///
    /// For the owner of the session's life (`control`), which is therefore not told by [`Sessions::ended`] again. The session's resume
    /// tokens are refused from now on by [`Sessions::connected`].
    pub fn end_session(&self, session_id: &str, reason: EndReason) -> bool {
        self.shared.registry.end(session_id, Stop::End(reason))
    }

    /// The figures of all streams, in the text form that Prometheus reads (OpenMetrics 1.0). They name no session, user or stack.
    pub fn metrics(&self) -> String {
        self.shared.metrics.text(self.viewers())
    }

    /// How many streams have a viewer right now.
    pub fn viewers(&self) -> usize {
        self.shared.registry.viewers()
    }

    /// Ends every stream, but no session: viewers are told that the server is stopping, and come back by themselves. Returns when all is
    /// said, after [`Limits::shutdown`] at the latest. Connections that come meanwhile are refused.
    pub async fn shutdown(&self) {
        self.shared.stopping.cancel();
        self.shared.tasks.close();
        if tokio::time::timeout(self.shared.config.limits.shutdown, self.shared.tasks.wait()).await.is_err() {
            tracing::warn!(left = self.shared.tasks.len(), "streams did not end in time");
        }
    }
}

/// Seconds since 1970-01-01 UTC; a clock before that reads as 0, at which nothing has expired yet and nothing is old.
pub(crate) fn now_epoch_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
