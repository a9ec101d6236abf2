//! Errors of the query APIs, with AWS's codes.

/// The most characters of a message.
const LONGEST_MESSAGE: usize = 2000;

/// What a client is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct IamError {
    /// AWS's name of the error.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
}

impl IamError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        // It may quote what is wrong, but not all of a request.
        let mut message = message.into();
        if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
            message.truncate(end);
            message.push('…');
        }
        Self { code, message, status }
    }

    /// There is none of that name.
    pub(crate) fn missing(kind: &str, name: &str) -> Self {
        Self::new(404, "NoSuchEntity", format!("The {kind} with name {name} cannot be found."))
    }

    pub(crate) fn exists(kind: &str, name: &str) -> Self {
        Self::new(409, "EntityAlreadyExists", format!("{kind} with name {name} already exists."))
    }

    /// Something else still hangs on it.
    pub(crate) fn conflict(what: &str) -> Self {
        Self::new(409, "DeleteConflict", format!("Cannot delete entity, must {what} first."))
    }

    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self::new(409, "LimitExceeded", message)
    }

    /// A parameter has a value that it may not have.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }

    pub(crate) fn malformed(error: &millrace_policy::PolicyError) -> Self {
        Self::new(400, "MalformedPolicyDocument", error.to_string())
    }

    /// The caller may not do it.
    #[must_use]
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(403, "AccessDenied", message)
    }

    /// An action that is not in the subset, or in none of AWS's.
    #[must_use]
    pub fn unknown_action(name: &str) -> Self {
        Self::new(400, "InvalidAction", format!("The action {name} is not supported by this installation."))
    }

    /// An error of the request itself, before any action: signature, size, load.
    #[must_use]
    pub fn of_request(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(status, code, message)
    }
}
