//! The query APIs of IAM and STS: a form in, XML out, on the same port as the other API.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};
use millrace_iam::{Account, AssumeRole, IAM_NAMESPACE, IamError, Node, Params, STS_NAMESPACE};
use millrace_model::Timestamp;
use millrace_policy::{Decision, Denial, Request, Source, decide};
use millrace_wire::{ApiError, ErrorCode, sigv4};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use crate::api::NO_ROOM;
use crate::audit::{Event, Who};
use crate::authorize::{Caller, Origin};
use crate::control::Control;
use crate::permissions::Access;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// The longest body: a managed policy has 6,144 characters, each of three bytes when encoded.
const LONGEST_BODY: usize = 256 * 1024;

/// Services of the query APIs, as signatures name them.
pub(crate) const SERVICES: &[&str] = &["iam", "sts"];

/// Whether a request is of the query APIs: the others send JSON or CBOR.
pub(crate) fn is_query(parts: &Parts) -> bool {
    let form = |headers: &HeaderMap| {
        let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let essence = value.split(';').next()?.trim();
        Some(essence.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
    };
    parts.method == http::Method::POST
        && parts.uri.path() == "/"
        && !parts.headers.contains_key("x-amz-target")
        && form(&parts.headers).unwrap_or(false)
}

/// What became of a call.
pub(crate) struct Outcome {
    /// Some once the signature is good.
    pub(crate) caller: Option<Caller>,
    pub(crate) service: &'static str,
    pub(crate) action: String,
    pub(crate) params: Params,
    pub(crate) result: Result<Node, IamError>,
}

impl Control {
    /// Does what the request asks for, and records it: in a task of its own, once it is known who asks and the throttle has let it in.
    pub(crate) async fn query(
        self: &Arc<Self>,
        parts: &Parts,
        body: &Bytes,
        now: Timestamp,
        request_id: &str,
    ) -> Outcome {
        let mut outcome = Outcome {
            caller: None,
            service: "iam",
            action: String::new(),
            params: Params::default(),
            result: Ok(Node::nothing()),
        };
        let admitted = self.admit_query(&mut outcome, parts, body, now).await;
        let (service, action) = (outcome.service, outcome.action.clone());
        let origin = Origin::of(parts);
        let claimed = sigv4::claimed_access_key(parts);
        let claimed = claimed.map(|key| (key.to_owned(), self.identities.account_of(key)));
        let (control, request_id) = (self.clone(), request_id.to_owned());
        let is_admitted = admitted.is_ok();
        let work = async move {
            let turn = match (admitted, outcome.caller.clone()) {
                (Ok(turn), Some(caller)) => {
                    let (action, params) = (&outcome.action, &outcome.params);
                    outcome.result = control.run_query(&caller, outcome.service, action, params, now).await;
                    turn
                }
                (Ok(turn), None) => turn,
                (Err(error), _) => {
                    outcome.result = Err(error);
                    None
                }
            };
            let claimed = claimed.as_ref().map(|(key, account)| (key.as_str(), account.clone()));
            if control.record(&outcome.event(now, &request_id, (&origin, claimed))).await.is_err() {
                outcome.result = Err(not_recorded());
            }
            drop(turn);
            outcome
        };
        if !is_admitted {
            // Nothing is done: who does not wait for the refusal need not get it.
            return Box::pin(work).await;
        }
        self.calls.spawn(work).await.unwrap_or_else(|error| {
            tracing::error!(%error, action, "a call ended badly");
            let message = "The request could not be completed because of an internal failure.";
            let result = Err(IamError::of_request(500, "ServiceFailure", message));
            Outcome { caller: None, service, action, params: Params::default(), result }
        })
    }

    /// Finds out who asks for what, and waits for a turn.
    async fn admit_query(
        &self,
        outcome: &mut Outcome,
        parts: &Parts,
        body: &Bytes,
        now: Timestamp,
    ) -> Result<Option<OwnedSemaphorePermit>, IamError> {
        if body.len() > LONGEST_BODY {
            let message = format!("The request is longer than {LONGEST_BODY} bytes.");
            return Err(IamError::of_request(413, "RequestEntityTooLarge", message));
        }
        let (caller, service) =
            self.authenticate(parts, body, now, SERVICES).map_err(|error| of_signature(&error))?;
        outcome.service = service;
        let account = caller.principal.account().id.clone();
        outcome.caller = Some(caller);
        outcome.params = Params::read(body)?;
        let missing = || IamError::of_request(400, "MissingAction", "The request names no action.");
        outcome.action = outcome.params.get("Action").ok_or_else(missing)?.to_owned();
        let access = if outcome.is_read() { Access::Read } else { Access::Write };
        let turn = self.throttle.enter(&account, access).await;
        let turn = turn.map_err(|_| IamError::of_request(400, "Throttling", "Rate exceeded"))?;
        if access == Access::Write && !self.recorder.takes_changes() {
            return Err(IamError::of_request(503, "ServiceUnavailable", NO_ROOM));
        }
        Ok(turn)
    }

    /// Authorises and does one action of the query APIs.
    pub(crate) async fn run_query(
        &self,
        caller: &Caller,
        service: &str,
        action: &str,
        params: &Params,
        now: Timestamp,
    ) -> Result<Node, IamError> {
        match (service, action) {
            ("sts", "GetCallerIdentity") => Ok(millrace_iam::caller_identity(&caller.principal)),
            ("sts", "AssumeRole") => self.assume_role(caller, params, now),
            ("iam", _) => {
                let action = millrace_iam::find(action).ok_or_else(|| IamError::unknown_action(action))?;
                // On the identities that the action will work on: decided before, a name could mean somebody else by then.
                let authorise = |account: &Account| {
                    let Some(policies) = caller.principal.policies() else { return Ok(()) };
                    for question in action.questions(account, params, &caller.principal) {
                        let mut context = caller.context(now);
                        question.facts.iter().for_each(|(key, value)| context.add(key, value.as_str()));
                        caller
                            .decide(&policies, &question.action, &question.resource, &context)
                            .map_err(IamError::denied)?;
                    }
                    Ok(())
                };
                self.identities
                    .run(
                        &self.store,
                        self.surroundings.as_ref(),
                        (action, &caller.principal, params),
                        authorise,
                    )
                    .await
            }
            _ => Err(IamError::unknown_action(action)),
        }
    }

    fn assume_role(&self, caller: &Caller, params: &Params, now: Timestamp) -> Result<Node, IamError> {
        let arn = params.get("RoleArn").unwrap_or_default();
        let mut context = caller.context(now);
        params.get("RoleSessionName").into_iter().for_each(|name| context.add("sts:RoleSessionName", name));
        params.get("ExternalId").into_iter().for_each(|id| context.add("sts:ExternalId", id));
        let role_account = arn.split(':').nth(4).and_then(|id| self.identities.account(id));
        for (key, value) in role_account.iter().flat_map(|account| account.tags_of_role(arn)) {
            context.add(&format!("aws:ResourceTag/{key}"), value);
            context.add(&format!("iam:ResourceTag/{key}"), value);
        }
        let own = match caller.principal.policies() {
            Some(policies) => {
                decide(&policies, &Request { action: "sts:AssumeRole", resource: arn, context: &context })
            }
            // The root may not assume roles.
            None => Decision::Denied(Denial::Implicit(Source::Identity)),
        };
        let call = AssumeRole {
            principal: &caller.principal,
            role_account: role_account.as_ref(),
            params,
            context: &context,
            own,
            now: now.0,
            vault: self.identities.vault(),
        };
        let assumed =
            millrace_iam::assume_role(call, &mut crate::surroundings::Random(self.surroundings.as_ref()))?;
        tracing::info!(access_key_id = assumed.access_key_id, "a role was assumed");
        Ok(assumed.answer)
    }
}

impl Outcome {
    /// Whether the action changes something; one that is not known does not.
    pub(crate) fn is_read(&self) -> bool {
        match self.service {
            "sts" => self.action != "AssumeRole",
            _ => millrace_iam::find(&self.action)
                .is_none_or(|action| action.access == millrace_iam::Access::Read),
        }
    }

    /// The action, as far as it can be shown: one that does not exist may be any text.
    fn name(&self) -> &str {
        let plain = self.action.len() <= 128 && self.action.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if plain && !self.action.is_empty() { &self.action } else { "Unknown" }
    }

    /// What the audit trail shows.
    pub(crate) fn event<'a>(
        &'a self,
        now: Timestamp,
        request_id: &'a str,
        (origin, claimed): (&'a Origin, Option<(&'a str, Option<String>)>),
    ) -> Event<'a> {
        let read_only = self.is_read();
        Event {
            now,
            who: self.caller.as_ref().map_or(Who::Stranger { origin, claimed }, Who::Caller),
            service: self.service,
            name: self.name(),
            request_id,
            read_only,
            parameters: shown(&self.params),
            response: match &self.result {
                Ok(node) if !read_only => hide(node.json()),
                _ => Value::Null,
            },
            error: self.result.as_ref().err().map(|error| (error.code, error.message.as_str())),
        }
    }

    /// The response.
    pub(crate) fn render(&self, request_id: &str) -> Response<Bytes> {
        let namespace = if self.service == "sts" { STS_NAMESPACE } else { IAM_NAMESPACE };
        let (status, body) = match &self.result {
            Ok(node) => (200, node.response(&self.action, namespace, request_id)),
            Err(error) => (error.status, error.xml(namespace, request_id)),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
        response
    }
}

/// Parameters as the audit trail shows them. None of them is a secret.
pub(crate) fn shown(params: &Params) -> Value {
    let about = |name: &str| name == "Action" || name == "Version";
    let parameters = params.iter().filter(|(name, _)| !about(name)).map(|(name, value)| {
        let mut letters = name.chars();
        let first = letters.next().map(|first| first.to_ascii_lowercase());
        (first.into_iter().chain(letters).collect(), Value::from(value))
    });
    Value::Object(parameters.collect())
}

/// Without the secrets of access keys and sessions.
pub(crate) fn hide(mut answer: Value) -> Value {
    for part in ["AccessKey", "Credentials"] {
        for secret in ["SecretAccessKey", "SessionToken"] {
            if let Some(value) = answer.get_mut(part).and_then(|part| part.get_mut(secret)) {
                *value = Value::from("HIDDEN_DUE_TO_SECURITY_REASONS");
            }
        }
    }
    answer
}

/// The query services have other names and statuses for the same refusals.
fn of_signature(error: &ApiError) -> IamError {
    let (status, code) = match error.code() {
        ErrorCode::UnrecognizedClient => (403, "InvalidClientTokenId"),
        ErrorCode::MissingAuthenticationToken => (403, "MissingAuthenticationToken"),
        ErrorCode::IncompleteSignature => (400, "IncompleteSignature"),
        ErrorCode::Throttling => (400, "Throttling"),
        ErrorCode::ExpiredToken => (403, "ExpiredToken"),
        _ => (403, "SignatureDoesNotMatch"),
    };
    IamError::of_request(status, code, error.message())
}

/// What is answered when the audit trail does not take the event.
pub(crate) fn not_recorded() -> IamError {
    IamError::of_request(503, "ServiceUnavailable", "The audit trail cannot be written.")
}
