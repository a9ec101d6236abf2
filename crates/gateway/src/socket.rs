//! The WebSocket before it is anybody's: who may open one, and the Hello that says whose it is to be.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Extension;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, StatusCode};
use millrace_stream::PROTOCOL_VERSION;
use millrace_stream::admission::{Grant, ResumeToken};
use millrace_stream::message::{ClientMessage, Credential, EndedReason, Hello, ServerMessage};
use millrace_stream::wire::{MAX_FROM_AGENT_BYTES, MAX_TO_AGENT_BYTES};
use tokio::sync::OwnedSemaphorePermit;

use crate::registry::Presented;
use crate::viewer::{Attaching, Viewer};
use crate::{Context, now_epoch_seconds};

const SUBPROTOCOL: &str = "millrace.stream.v1";

/// `GET /session/stream`.
pub(crate) async fn stream(
    State(context): State<Context>,
    headers: HeaderMap,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let client = from.map(|Extension(ConnectInfo(address))| address.ip());
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if !context.shared.config.public_url.admits(text(ORIGIN), text(HOST)) {
        tracing::warn!("a stream was refused to a page of another origin");
        return (StatusCode::FORBIDDEN, "another page may not open a stream").into_response();
    }
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, "the subprotocol must be millrace.stream.v1").into_response();
    }
    if context.shared.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the server is stopping").into_response();
    }
    let Ok(place) = Arc::clone(&context.shared.newcomers).try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many streams are being opened").into_response();
    };
    // Not before now: whoever waits for the tasks to end must see this one from its beginning.
    let task = context.shared.tasks.token();
    upgrade
        .max_message_size(MAX_TO_AGENT_BYTES)
        .max_frame_size(MAX_TO_AGENT_BYTES)
        // One message is written at a time and flushed; more in here would be a mistake of ours.
        .max_write_buffer_size(2 * MAX_FROM_AGENT_BYTES)
        .on_upgrade(move |socket| async move {
            serve(socket, context, client, place).await;
            drop(task);
        })
}

async fn serve(mut socket: WebSocket, context: Context, client: Option<IpAddr>, place: OwnedSemaphorePermit) {
    let hello = tokio::select! {
        hello = read_hello(&mut socket, &context) => hello,
        () = context.shared.stopping.cancelled() => Err(EndedReason::ServerStopping),
    };
    drop(place);
    match hello.and_then(|hello| Ok((verify(&hello.credential, &context)?, hello.size))) {
        Ok(((grant, presented), size)) => {
            let presented = Attaching { grant, presented, size, client };
            Box::pin(Viewer::run(socket, context, presented)).await;
        }
        Err(reason) => farewell(&mut socket, &context, reason, "").await,
    }
}

async fn read_hello(socket: &mut WebSocket, context: &Context) -> Result<Hello, EndedReason> {
    let first = tokio::time::timeout(context.shared.config.limits.hello, async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => return other,
            }
        }
    });
    let Ok(Some(Ok(Message::Binary(bytes)))) = first.await else {
        tracing::info!("a stream was opened without Hello");
        return Err(EndedReason::Protocol);
    };
    match ClientMessage::decode(&bytes) {
        Ok(ClientMessage::Hello(hello)) if hello.version == PROTOCOL_VERSION => Ok(hello),
        Ok(_) => {
            tracing::info!("a stream began with another message, or another version's Hello");
            Err(EndedReason::Protocol)
        }
        Err(error) => {
            tracing::info!(%error, "a stream's first message breaks the protocol");
            Err(EndedReason::Protocol)
        }
    }
}

/// Checks signature and time. Whether the credential was used before, the registry knows.
fn verify(credential: &Credential, context: &Context) -> Result<(Grant, Presented), EndedReason> {
    let key = &context.shared.config.signing_key;
    let verified = match credential {
        Credential::Grant(token) => Grant::verify(token, key, now_epoch_seconds()).map(|grant| {
            let signature = token.rsplit('.').next().unwrap_or_default().to_owned();
            let presented =
                Presented::Grant { signature, expires_epoch_seconds: grant.expires_epoch_seconds };
            (grant, presented)
        }),
        Credential::ResumeToken(token) => ResumeToken::verify(token, key)
            .map(|token| (token.grant, Presented::Resume { counter: token.counter })),
    };
    verified.map_err(|error| {
        tracing::info!(%error, "a credential was refused");
        EndedReason::Credential
    })
}

/// Says why the stream is over and closes it, in bounded time.
///
/// What the browser has sent meanwhile is read and thrown away until it closes too: bytes left unread when a socket is closed make the kernel
/// reset the connection, and the last message would be lost with it.
pub(crate) async fn farewell(
    socket: &mut WebSocket,
    context: &Context,
    reason: EndedReason,
    redirect_url: &str,
) {
    let ended =
        ServerMessage::Ended { reason, message: String::new(), redirect_url: redirect_url.to_owned() };
    let mut bytes = Vec::new();
    if ended.encode(&mut bytes).is_err() {
        tracing::error!("a redirect URL does not fit a message");
        return;
    }
    let words = async {
        socket.send(Message::Binary(Bytes::from(bytes))).await?;
        hang_up(socket).await
    };
    // A browser that is gone already needs no farewell.
    if !matches!(tokio::time::timeout(context.shared.config.limits.farewell, words).await, Ok(Ok(()))) {
        tracing::debug!("a browser did not wait for the farewell");
    }
}

/// Closes the WebSocket and waits for the other side to do so; the caller bounds the time.
pub(crate) async fn hang_up(socket: &mut WebSocket) -> Result<(), axum::Error> {
    socket.send(Message::Close(None)).await?;
    while let Some(message) = socket.next().await {
        message?;
    }
    Ok(())
}
