//! From a request to its response: route, signature, authorization, one handler.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use millrace_model::{AccountId, Region, Scope};
use millrace_wire::{ApiError, Input, MAXIMUM_BODY_BYTES, Op, Operation, Protocol, Route, sigv4};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use crate::audit::{Event, NotRecorded, Who};
use crate::authorize::{Caller, Origin, authorise};
use crate::control::Control;
use crate::identities::NotFound;
use crate::operations;
use crate::permissions::{self, Access};
use crate::stages::Stage;
use crate::throttle::Throttled;
use crate::{errors, query};

/// The service of this API in the scope of signatures.
const SERVICES: &[&str] = &[millrace_wire::SIGNING_NAME];
/// The longest name of an operation that does not exist, in the audit trail.
const LONGEST_NAME: usize = 128;

/// A request whose signature is good.
pub(crate) struct Call<'a> {
    pub(crate) control: &'a Control,
    /// Account of the caller, region of the signature: all that the request can reach.
    pub(crate) scope: Scope,
    pub(crate) caller: Caller,
    pub(crate) now: millrace_model::Timestamp,
    pub(crate) protocol: Protocol,
    /// The answer of an operation that changes something, as the audit trail shows it.
    shown: OnceLock<Value>,
}

/// Why the body of an API request is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBody {
    /// It is longer than [`LONGEST_BODY_BYTES`].
    TooLong,
    /// It broke off, or is not what its head says.
    Broken,
    /// It did not come in time.
    Late,
}

/// What is answered to a change when its event could not be recorded.
pub(crate) const NO_ROOM: &str =
    "The service did not handle the request: the disk on which it keeps its audit trail is full.";

/// The most bytes that the body of an API request may have.
pub const LONGEST_BODY_BYTES: usize = MAXIMUM_BODY_BYTES;

impl Control {
    /// A fresh request id, for responses that name none yet.
    #[must_use]
    pub fn request_id(&self) -> String {
        self.surroundings.unique().to_string()
    }

    /// Refuses an API request whose body did not come whole, in the protocol of the request.
    pub async fn refuse(&self, parts: &Parts, why: NoBody) -> Response<Bytes> {
        let error = match why {
            NoBody::TooLong => too_long(),
            NoBody::Broken => ApiError::serialization("The request body cannot be read."),
            NoBody::Late => ApiError::request_timeout("The request body did not come in time."),
        };
        let request_id = self.request_id();
        tracing::debug!(request_id, error = error.code().as_str(), "request refused");
        let (name, read_only) = asked_for(parts);
        self.record_stranger(parts, "appstream", (&name, read_only), &request_id, &error).await;
        error.render(millrace_wire::protocol(parts), &request_id)
    }

    /// Records a call whose signature is not good, or was not looked at: nobody is named then, and what it asked for is not shown.
    pub(crate) async fn record_stranger(
        &self,
        parts: &Parts,
        service: &str,
        (name, read_only): (&str, bool),
        request_id: &str,
        error: &ApiError,
    ) {
        let origin = Origin::of(parts);
        let claimed = sigv4::claimed_access_key(parts).map(|key| (key, self.identities.account_of(key)));
        let event = Event {
            now: self.now(),
            who: Who::Stranger { origin: &origin, claimed },
            service,
            name,
            request_id,
            read_only,
            parameters: Value::Null,
            response: Value::Null,
            error: Some((error.code().as_str(), error.message())),
        };
        // It is refused in any case; that it could not be recorded is in the log.
        let _ = self.record(&event).await;
    }

    /// Answers an API request whose body is whole. Whatever happens, the response says it in the protocol of the request.
    ///
    /// From the moment that an authenticated call has its turn, it runs to its end in a task of its own, whether or not the client waits: what is
    /// done is recorded, and no write is given up half-way. The turns of the throttle bound how many such tasks an account can have.
    pub async fn handle(self: &Arc<Self>, request: Request<Bytes>) -> Response<Bytes> {
        let request_id = self.request_id();
        let (parts, body) = request.into_parts();
        let now = self.now();
        if query::is_query(&parts) {
            let outcome = Box::pin(self.query(&parts, &body, now, &request_id)).await;
            let error = outcome.result.as_ref().err().map(|error| error.code);
            tracing::debug!(
                request_id,
                service = outcome.service,
                action = outcome.action,
                error,
                "request done"
            );
            return outcome.render(&request_id);
        }
        let route = match millrace_wire::route(&parts) {
            Ok(route) => route,
            Err(refusal) => {
                tracing::debug!(request_id, error = refusal.error.code().as_str(), "request refused");
                let (name, read_only) = asked_for(&parts);
                self.record_stranger(&parts, "appstream", (&name, read_only), &request_id, &refusal.error)
                    .await;
                return refusal.error.render(refusal.protocol, &request_id);
            }
        };
        let answer = self.answer(route, &parts, body, now, &request_id).await;
        let operation = route.operation.as_str();
        // The audit trail has all of this and more: the log is for looking closely.
        match answer {
            Ok(body) => {
                tracing::debug!(request_id, operation, "request done");
                millrace_wire::respond(route.protocol, &request_id, body)
            }
            Err(error) => {
                tracing::debug!(request_id, operation, error = error.code().as_str(), "request refused");
                error.render(route.protocol, &request_id)
            }
        }
    }

    async fn answer(
        self: &Arc<Self>,
        route: Route,
        parts: &Parts,
        body: Bytes,
        now: millrace_model::Timestamp,
        request_id: &str,
    ) -> Result<Vec<u8>, ApiError> {
        let access = permissions::of(route.operation).access;
        let began = Instant::now();
        let authenticated = match self.authenticate(parts, &body, now, SERVICES) {
            Ok((caller, _)) => self.scope(&caller).map(|scope| (caller, scope)),
            Err(error) => Err(error),
        };
        self.stages.add(access, Stage::Signature, began);
        let (caller, scope) = match authenticated {
            Ok(known) => known,
            Err(error) => {
                let name = (route.operation.as_str(), access == Access::Read);
                self.record_stranger(parts, "appstream", name, request_id, &error).await;
                return Err(error);
            }
        };
        let entered = self.throttle.enter(&caller.principal.account().id, access).await;
        let (control, request_id) = (self.clone(), request_id.to_owned());
        let carried_out = self.calls.spawn(async move {
            let call = Call {
                control: &control,
                scope,
                caller,
                now,
                protocol: route.protocol,
                shown: OnceLock::new(),
            };
            // The future of the largest handler is boxed, so that those of small ones are small.
            Box::pin(call.carry_out(route, &body, entered, &request_id)).await
        });
        carried_out.await.unwrap_or_else(|error| {
            tracing::error!(%error, operation = route.operation.as_str(), "a call ended badly");
            Err(ApiError::internal_failure("The request could not be completed."))
        })
    }

    /// Who signed the request, and for which of `services`.
    pub(crate) fn authenticate(
        &self,
        parts: &Parts,
        body: &[u8],
        now: millrace_model::Timestamp,
        services: &[&'static str],
    ) -> Result<(Caller, &'static str), ApiError> {
        if body.len() > MAXIMUM_BODY_BYTES {
            return Err(too_long());
        }
        let credential = sigv4::parse(parts, services)?;
        let found = self.identities.find(credential.access_key_id(), credential.session_token(), now);
        let (secret, principal) = found.map_err(|why| match why {
            NotFound::Unknown => {
                ApiError::unrecognized_client("The security token included in the request is invalid.")
            }
            NotFound::Expired => {
                ApiError::expired_token("The security token included in the request is expired")
            }
        })?;
        let moment = millrace_wire::Timestamp::from_epoch_milliseconds(now.0);
        credential.verify(parts, body, &secret, moment)?;
        let caller = Caller {
            principal,
            access_key_id: credential.access_key_id().to_owned(),
            origin: Origin::of(parts),
            region: credential.region().to_owned(),
        };
        Ok((caller, credential.service()))
    }

    /// The caller's account, and the region that it signed for.
    fn scope(&self, caller: &Caller) -> Result<Scope, ApiError> {
        let region = Region::new(&caller.region).ok().filter(|region| self.config.regions.contains(region));
        let region = region.ok_or_else(|| {
            let regions: Vec<_> = self.config.regions.iter().map(Region::as_str).collect();
            ApiError::invalid_signature(format!(
                "Credential should be scoped to a region of this installation ({}), not '{}'.",
                regions.join(", "),
                caller.region
            ))
        })?;
        let account = AccountId::new(&caller.principal.account().id)
            .map_err(|_| ApiError::internal_failure("The caller's account cannot be named."))?;
        Ok(Scope { account, region })
    }
}

/// What is changed must be recorded.
fn no_room() -> ApiError {
    ApiError::service_unavailable(NO_ROOM)
}

/// The name of what a request asks for that is no operation, as far as it can be shown, and whether the request only reads: what is not known
/// changes nothing.
fn asked_for(parts: &Parts) -> (String, bool) {
    let target = parts.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let name = match target {
        Some(target) => target.rsplit('.').next(),
        None => parts.uri.path().rsplit('/').next(),
    };
    let plain = |name: &&str| {
        !name.is_empty()
            && name.len() <= LONGEST_NAME
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let name = name.filter(plain).unwrap_or("Unknown");
    let known = Operation::from_name(name).map(|operation| permissions::of(operation).access);
    (name.to_owned(), known.unwrap_or(Access::Read) == Access::Read)
}

fn too_long() -> ApiError {
    ApiError::request_entity_too_large("The request is longer than 1 MiB.")
}

impl Call<'_> {
    /// Answers the call, unless it was `entered` in vain, and records it.
    async fn carry_out(
        &self,
        route: Route,
        body: &[u8],
        entered: Result<Option<OwnedSemaphorePermit>, Throttled>,
        request_id: &str,
    ) -> Result<Vec<u8>, ApiError> {
        let control = self.control;
        let access = permissions::of(route.operation).access;
        let mut parameters = Value::Null;
        let answer = match &entered {
            Ok(_) if access == Access::Write && !control.recorder.takes_changes() => Err(no_room()),
            Ok(_) => self.answer(route, body, &mut parameters).await,
            Err(throttled) => {
                Err(ApiError::throttling("Rate exceeded").retry_after(throttled.retry_after_seconds))
            }
        };
        let event = Event {
            now: self.now,
            who: Who::Caller(&self.caller),
            service: "appstream",
            name: route.operation.as_str(),
            request_id,
            read_only: access == Access::Read,
            parameters,
            response: self.shown.get().cloned().unwrap_or_default(),
            error: answer.as_ref().err().map(|error| (error.code().as_str(), error.message())),
        };
        let began = Instant::now();
        let recorded = control.record(&event).await;
        control.stages.add(access, Stage::Audit, began);
        match recorded {
            Ok(()) => answer,
            Err(NotRecorded) => Err(ApiError::service_unavailable("The audit trail cannot be written.")),
        }
    }

    /// Checks, authorises and does what the body asks for.
    async fn answer(&self, route: Route, body: &[u8], parameters: &mut Value) -> Result<Vec<u8>, ApiError> {
        let input = Input::read(route.operation, route.protocol, body)?;
        if self.control.recorder.records() {
            *parameters = input.shown();
        }
        let began = Instant::now();
        authorise(self, &input).await?;
        let access = permissions::of(route.operation).access;
        let began = self.control.stages.add(access, Stage::Policy, began);
        let answer = operations::dispatch(self, input).await;
        self.control.stages.add(access, Stage::Database, began);
        answer
    }

    /// Runs the handler of `O` on its input, and writes its output.
    pub(crate) async fn run<O: Op>(
        &self,
        input: Input,
        handler: impl AsyncFnOnce(&Self, O::Input) -> Result<O::Output, ApiError>,
    ) -> Result<Vec<u8>, ApiError> {
        let output = handler(self, input.typed::<O>()?).await?;
        if permissions::of(O::OPERATION).access == Access::Write && self.control.recorder.records() {
            // A call has one answer: nothing is there yet.
            let _ = self.shown.set(millrace_wire::shown(&output));
        }
        millrace_wire::encode(self.protocol, &output)
    }

    /// The answer of an operation that is not built; errors of shape and of permission came before.
    pub(crate) fn not_built(&self, operation: Operation) -> Result<Vec<u8>, ApiError> {
        Err(ApiError::operation_not_permitted(format!(
            "The operation {operation} is not supported by this installation."
        )))
    }

    /// A token of an earlier reply for the list `kind`.
    pub(crate) fn page_token(
        kind: &str,
        token: Option<&str>,
    ) -> Result<Option<millrace_store::PageToken>, ApiError> {
        token
            .map(|token| millrace_store::PageToken::decode(kind, token))
            .transpose()
            .map_err(|_| ApiError::invalid_parameter_value("The NextToken is not valid."))
    }

    /// There is no such stack of the account.
    pub(crate) fn no_stack(&self, name: &str) -> ApiError {
        errors::not_found("stack", name, &self.scope)
    }

    /// There is no such fleet of the account.
    pub(crate) fn no_fleet(&self, name: &str) -> ApiError {
        errors::not_found("fleet", name, &self.scope)
    }

    /// The fleet's image has no such application.
    pub(crate) fn no_application(&self, name: &str) -> ApiError {
        errors::not_found("application", name, &self.scope)
    }

    /// There is no such image builder of the account.
    pub(crate) fn no_image_builder(&self, name: &str) -> ApiError {
        errors::not_found("image builder", name, &self.scope)
    }

    /// There is no such image of the account.
    pub(crate) fn no_image(&self, name: &str) -> ApiError {
        errors::not_found("image", name, &self.scope)
    }
}
