//! What clients are told when something fails, in the style of the service's own messages; what happened inside goes to the log only.

use std::error::Error;

use millrace_model::Scope;
use millrace_store::{ChangeError, StoreError};
use millrace_wire::ApiError;

/// An error and its causes in one line, for the log.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The store failed. A client may try again where that can help.
pub(crate) fn store(error: &StoreError) -> ApiError {
    tracing::error!(error = chain(error), "the store failed");
    match error {
        StoreError::Busy(_) => ApiError::service_unavailable(
            "The service is busy and did not handle the request. Try again in a moment.",
        ),
        StoreError::Full(_) => ApiError::service_unavailable(
            "The service did not handle the request: the disk on which it stores its data is full.",
        ),
        StoreError::Database(_) | StoreError::Migration(_) | StoreError::Corrupt { .. } => {
            ApiError::internal_failure("The request could not be completed because of an internal failure.")
        }
    }
}

/// There is no such resource of the account; `kind` as in "fleet".
pub(crate) fn not_found(kind: &str, name: &str, scope: &Scope) -> ApiError {
    ApiError::resource_not_found(format!("The {kind} {name} for account {} does not exist.", scope.account))
}

/// The name is taken.
pub(crate) fn exists(kind: &str, name: &str) -> ApiError {
    ApiError::resource_already_exists(format!("The {kind} {name} already exists."))
}

/// A change that could fail for the usual reasons, or be refused.
pub(crate) fn change<E>(
    error: ChangeError<E>,
    missing: impl FnOnce() -> ApiError,
    refused: impl FnOnce(E) -> ApiError,
) -> ApiError {
    match error {
        ChangeError::NotFound => missing(),
        ChangeError::Refused(refusal) => refused(refusal),
        ChangeError::Store(error) => store(&error),
    }
}
