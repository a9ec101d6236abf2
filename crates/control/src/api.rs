//! From a request to its response: route, signature, authorization, one handler.

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use millrace_model::{Region, Scope};
use millrace_wire::{ApiError, MAXIMUM_BODY_BYTES, Op, Operation, Protocol, Route, sigv4};

use crate::authorize::{Principal, Resource, authorise};
use crate::control::Control;
use crate::errors;
use crate::operations;

/// A request whose signature is good.
pub(crate) struct Call<'a> {
    pub(crate) control: &'a Control,
    /// Account of the caller, region of the signature: all that the request can reach.
    pub(crate) scope: Scope,
    pub(crate) principal: Principal,
    pub(crate) now: millrace_model::Timestamp,
    pub(crate) protocol: Protocol,
    pub(crate) body: &'a [u8],
}

impl Control {
    /// Answers an API request whose body is whole. Whatever happens, the response says it in the protocol of the request.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let request_id = self.surroundings.unique().to_string();
        let (parts, body) = request.into_parts();
        let route = match millrace_wire::route(&parts) {
            Ok(route) => route,
            Err(refusal) => {
                tracing::debug!(request_id, error = refusal.error.code().as_str(), "request refused");
                return refusal.error.render(refusal.protocol, &request_id);
            }
        };
        // The future of the largest handler is boxed, so that those of small ones are small.
        let answer = Box::pin(self.answer(route, &parts, &body)).await;
        let operation = route.operation.as_str();
        match answer {
            Ok(body) => {
                tracing::info!(request_id, operation, "request done");
                millrace_wire::respond(route.protocol, &request_id, body)
            }
            Err(error) => {
                tracing::info!(request_id, operation, error = error.code().as_str(), "request refused");
                error.render(route.protocol, &request_id)
            }
        }
    }

    async fn answer(&self, route: Route, parts: &Parts, body: &[u8]) -> Result<Vec<u8>, ApiError> {
        if body.len() > MAXIMUM_BODY_BYTES {
            return Err(ApiError::request_entity_too_large("The request is longer than 1 MiB."));
        }
        let now = self.now();
        let (principal, scope) = self.authenticate(parts, body, now)?;
        let call = Call { control: self, scope, principal, now, protocol: route.protocol, body };
        operations::dispatch(&call, route.operation).await
    }

    /// Who signed the request, and for which account and region.
    fn authenticate(
        &self,
        parts: &Parts,
        body: &[u8],
        now: millrace_model::Timestamp,
    ) -> Result<(Principal, Scope), ApiError> {
        let unknown =
            || ApiError::unrecognized_client("The security token included in the request is invalid.");
        let credential = sigv4::parse(parts)?;
        // There are no temporary credentials, so a token can be of none.
        let known =
            self.keys.find(credential.access_key_id()).filter(|_| credential.session_token().is_none());
        let (secret, principal) = known.ok_or_else(unknown)?;
        credential.verify(parts, body, secret, millrace_wire::Timestamp::from_epoch_milliseconds(now.0))?;
        let region =
            Region::new(credential.region()).ok().filter(|region| self.config.regions.contains(region));
        let region = region.ok_or_else(|| {
            let regions: Vec<_> = self.config.regions.iter().map(Region::as_str).collect();
            ApiError::invalid_signature(format!(
                "Credential should be scoped to a region of this installation ({}), not '{}'.",
                regions.join(", "),
                credential.region()
            ))
        })?;
        let account = principal.account().clone();
        Ok((principal, Scope { account, region }))
    }
}

impl Call<'_> {
    /// Runs the handler of `O`: its input is read and checked, the caller is authorised on the resources that it names, its output is written.
    pub(crate) async fn run<O: Op>(
        &self,
        resources: impl FnOnce(&O::Input) -> Vec<Resource>,
        handler: impl AsyncFnOnce(&Self, O::Input) -> Result<O::Output, ApiError>,
    ) -> Result<Vec<u8>, ApiError> {
        let input: O::Input = millrace_wire::decode(self.protocol, self.body)?;
        authorise(&self.principal, O::OPERATION, &resources(&input), &self.scope)?;
        let output = handler(self, input).await?;
        millrace_wire::encode(self.protocol, &output)
    }

    /// The answer of an operation that is not built: errors of shape first, as for all others.
    pub(crate) fn not_built(&self, operation: Operation) -> Result<Vec<u8>, ApiError> {
        millrace_wire::validate_only(operation, self.protocol, self.body)?;
        authorise(&self.principal, operation, &[], &self.scope)?;
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

    /// There is no such image of the account.
    pub(crate) fn no_image(&self, name: &str) -> ApiError {
        errors::not_found("image", name, &self.scope)
    }
}
