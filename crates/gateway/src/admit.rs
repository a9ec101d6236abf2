//! Admission: a ticket comes in, its signature and time are checked here, `Sessions` is asked once, and the answer streams the progress until
//! there is an outcome. A browser that goes away drops the body, with it the future, and so gives the admission up.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, HeaderValue, StatusCode};
use millrace_stream::admission::{AdmissionLine, Grant, Progress, Refusal, RefusalReason, StackToken};
use millrace_stream::ticket::{Ticket, TicketError};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::{Context, now_epoch_seconds};

/// Largest body of a request.
pub(crate) const MAX_BODY_BYTES: usize = 16 * 1024;
/// Progress that a slow reader has not taken yet; what does not fit is left out.
const MAX_WAITING_PROGRESS: usize = 8;

#[derive(Deserialize)]
struct Request {
    parameters: String,
    signature: String,
}

type Admission = Pin<Box<dyn Future<Output = Result<Grant, Refusal>> + Send>>;

/// `POST /session/admit`.
pub(crate) async fn admit(
    State(context): State<Context>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // Browsers name the origin of every POST; what is not a browser cannot be tricked into one.
    if headers.contains_key(ORIGIN) && !context.shared.config.public_url.admits(text(ORIGIN), text(HOST)) {
        return (StatusCode::FORBIDDEN, "another page may not ask for admission").into_response();
    }
    if text(CONTENT_TYPE).is_none_or(|value| value.split(';').next() != Some("application/json")) {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json").into_response();
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return rejection.into_response(),
    };
    let Ok(request) = serde_json::from_slice::<Request>(&body) else {
        return (StatusCode::BAD_REQUEST, "the body must be an object with parameters and signature")
            .into_response();
    };
    let body = match begin(&context, &request) {
        Ok(state) => Body::from_stream(stream::unfold(state, next_line)),
        Err(refusal) => Body::from(AdmissionLine::from(refusal).to_line()),
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response
}

/// What an answer under way consists of.
struct Answer {
    context: Context,
    admission: Admission,
    progress: mpsc::Receiver<Progress>,
    keep_alive: Interval,
    deadline: Instant,
    done: bool,
    /// The place of this ticket among those that wait.
    waiting: Waiting,
    /// To be asked for first: whether other pages may embed this stack's.
    embedded: Option<StackToken>,
    _place: OwnedSemaphorePermit,
}

fn begin(context: &Context, request: &Request) -> Result<Answer, Refusal> {
    let shared = &context.shared;
    let ticket = Ticket::verify(
        &request.parameters,
        &request.signature,
        &shared.config.signing_key,
        now_epoch_seconds(),
    )
    .map_err(|error| refuse_ticket(&error))?;
    let stack = StackToken {
        account_id: ticket.account_id.clone(),
        region: ticket.region.clone(),
        // An administrator's page belongs to no stack, and is embedded nowhere.
        stack: ticket.destination.stack().unwrap_or_default().to_owned(),
    };
    let busy = |_| refusal(RefusalReason::Unavailable, "Too many people ask for admission right now.");
    let place = Arc::clone(&shared.admissions).try_acquire_owned().map_err(busy)?;
    let waiting = Waiting::begin(&context.shared.waiting, &ticket.ticket_id);
    let (tell, progress) = mpsc::channel(MAX_WAITING_PROGRESS);
    let sessions = Arc::clone(&context.sessions);
    let period = shared.config.limits.admission_keep_alive;
    let mut keep_alive = tokio::time::interval_at(Instant::now() + period, period);
    keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Ok(Answer {
        admission: Box::pin(async move { sessions.admit(ticket, tell).await }),
        progress,
        keep_alive,
        deadline: Instant::now() + shared.config.limits.admission,
        done: false,
        waiting,
        embedded: Some(stack),
        context: context.clone(),
        _place: place,
    })
}

/// The tickets whose admissions wait, each with what ends the wait.
pub(crate) type WaitingTickets = Arc<Mutex<HashMap<String, CancellationToken>>>;

/// One admission of a ticket. A ticket waits once: the newest admission ends the one before, which may be that of a page that is gone, or a flood's.
struct Waiting {
    tickets: WaitingTickets,
    ticket: String,
    superseded: CancellationToken,
}

impl Waiting {
    fn begin(tickets: &WaitingTickets, ticket: &str) -> Self {
        let superseded = CancellationToken::new();
        let before = lock(tickets).insert(ticket.to_owned(), superseded.clone());
        if let Some(before) = before {
            before.cancel();
        }
        Self { tickets: Arc::clone(tickets), ticket: ticket.to_owned(), superseded }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // The entry of one that was superseded is the newer one's.
        if !self.superseded.is_cancelled() {
            lock(&self.tickets).remove(&self.ticket);
        }
    }
}

fn lock(tickets: &WaitingTickets) -> MutexGuard<'_, HashMap<String, CancellationToken>> {
    // Each change is one insertion or removal.
    tickets.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refuse_ticket(error: &TicketError) -> Refusal {
    match error {
        TicketError::Expired => refusal(RefusalReason::Expired, "The link has expired."),
        TicketError::TooLong | TicketError::BadSignature | TicketError::Malformed(_) => {
            refusal(RefusalReason::InvalidTicket, "The link is not valid.")
        }
    }
}

fn refusal(reason: RefusalReason, message: &str) -> Refusal {
    Refusal { reason, message: message.to_owned() }
}

async fn next_line(mut answer: Answer) -> Option<(Result<Bytes, Infallible>, Answer)> {
    if answer.done {
        return None;
    }
    if let Some(stack) = answer.embedded.take()
        && let Some(line) = opening(&answer.context, &stack).await
    {
        return Some((Ok(Bytes::from(line.to_line())), answer));
    }
    let outcome = tokio::select! {
        biased;
        Some(progress) = answer.progress.recv() => {
            let line = AdmissionLine::from(progress).to_line();
            return Some((Ok(Bytes::from(line)), answer));
        }
        outcome = &mut answer.admission => outcome,
        () = answer.waiting.superseded.cancelled() => {
            Err(refusal(RefusalReason::OpenedAgain, "This link was opened again, and that page waits."))
        }
        () = answer.context.shared.stopping.cancelled() => {
            Err(refusal(RefusalReason::Unavailable, "The server is being restarted. Try again in a moment."))
        }
        () = tokio::time::sleep_until(answer.deadline) => {
            Err(refusal(RefusalReason::Capacity, "No instance became free in time."))
        }
        _ = answer.keep_alive.tick() => return Some((Ok(Bytes::from_static(b"\n")), answer)),
    };
    answer.done = true;
    // What was told in the very moment of the outcome.
    let mut lines = String::new();
    while let Ok(progress) = answer.progress.try_recv() {
        lines.push_str(&AdmissionLine::from(progress).to_line());
    }
    lines.push_str(&outcome_line(&answer.context, outcome).to_line());
    Some((Ok(Bytes::from(lines)), answer))
}

/// What the page needs to stay embedded, if it may be. A token that cannot be signed is left out: the page is of use without.
async fn opening(context: &Context, stack: &StackToken) -> Option<AdmissionLine> {
    if context.sessions.embed_host_domains(stack).await.is_empty() {
        return None;
    }
    let stack_token = stack.sign(&context.shared.config.signing_key).ok()?;
    Some(AdmissionLine::Opening { stack_token })
}

fn outcome_line(context: &Context, outcome: Result<Grant, Refusal>) -> AdmissionLine {
    let grant = match outcome {
        Ok(grant) => grant,
        Err(refusal) => {
            tracing::info!(reason = ?refusal.reason, "an admission was refused");
            return refusal.into();
        }
    };
    match grant.sign(&context.shared.config.signing_key) {
        Ok(signed) => {
            tracing::info!(
                session = grant.session_id,
                instance = grant.instance_id,
                "a session was admitted"
            );
            AdmissionLine::Ready { grant: signed, stack: grant.stack }
        }
        Err(error) => {
            tracing::error!(session = grant.session_id, %error, "a grant cannot be signed");
            refusal(RefusalReason::Unavailable, "The session cannot be opened.").into()
        }
    }
}
