// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! The names of all errors.

use crate::error::ApiError;
use crate::text_enum::text_enum;

text_enum! {
/// What an error is called on the wire: those of the model, and those common to AWS services.
pub enum ErrorCode {
ConcurrentModification = "ConcurrentModificationException",
DryRunOperation = "DryRunOperationException",
EntitlementAlreadyExists = "EntitlementAlreadyExistsException",
EntitlementNotFound = "EntitlementNotFoundException",
IncompatibleImage = "IncompatibleImageException",
InvalidAccountStatus = "InvalidAccountStatusException",
InvalidParameterCombination = "InvalidParameterCombinationException",
InvalidRole = "InvalidRoleException",
LimitExceeded = "LimitExceededException",
OperationNotPermitted = "OperationNotPermittedException",
RequestLimitExceeded = "RequestLimitExceededException",
ResourceAlreadyExists = "ResourceAlreadyExistsException",
ResourceInUse = "ResourceInUseException",
ResourceNotAvailable = "ResourceNotAvailableException",
ResourceNotFound = "ResourceNotFoundException",
AccessDenied = "AccessDeniedException",
ExpiredToken = "ExpiredTokenException",
IncompleteSignature = "IncompleteSignatureException",
InternalFailure = "InternalFailure",
InvalidParameterValue = "InvalidParameterValueException",
InvalidSignature = "InvalidSignatureException",
MissingAuthenticationToken = "MissingAuthenticationTokenException",
RequestEntityTooLarge = "RequestEntityTooLargeException",
RequestExpired = "RequestExpired",
RequestTimeout = "RequestTimeoutException",
Serialization = "SerializationException",
ServiceUnavailable = "ServiceUnavailable",
Throttling = "ThrottlingException",
UnknownOperation = "UnknownOperationException",
UnrecognizedClient = "UnrecognizedClientException",
Validation = "ValidationException",
}
}

impl ErrorCode {
    /// The HTTP status that goes with it. Clients key on the name; see `supplement.json` for the common ones.
    #[must_use]
    pub fn http_status(self) -> u16 {
        match self {
            Self::ConcurrentModification => 400,
            Self::DryRunOperation => 412,
            Self::EntitlementAlreadyExists => 400,
            Self::EntitlementNotFound => 400,
            Self::IncompatibleImage => 400,
            Self::InvalidAccountStatus => 400,
            Self::InvalidParameterCombination => 400,
            Self::InvalidRole => 400,
            Self::LimitExceeded => 400,
            Self::OperationNotPermitted => 400,
            Self::RequestLimitExceeded => 400,
            Self::ResourceAlreadyExists => 400,
            Self::ResourceInUse => 400,
            Self::ResourceNotAvailable => 400,
            Self::ResourceNotFound => 404,
            Self::AccessDenied => 400,
            Self::ExpiredToken => 400,
            Self::IncompleteSignature => 400,
            Self::InternalFailure => 500,
            Self::InvalidParameterValue => 400,
            Self::InvalidSignature => 400,
            Self::MissingAuthenticationToken => 400,
            Self::RequestEntityTooLarge => 413,
            Self::RequestExpired => 400,
            Self::RequestTimeout => 408,
            Self::Serialization => 400,
            Self::ServiceUnavailable => 503,
            Self::Throttling => 400,
            Self::UnknownOperation => 400,
            Self::UnrecognizedClient => 400,
            Self::Validation => 400,
        }
    }

    /// Whether the model has a shape for it, whose only member is `Message`.
    #[must_use]
    pub fn is_modelled(self) -> bool {
        matches!(
            self,
            Self::ConcurrentModification
                | Self::DryRunOperation
                | Self::EntitlementAlreadyExists
                | Self::EntitlementNotFound
                | Self::IncompatibleImage
                | Self::InvalidAccountStatus
                | Self::InvalidParameterCombination
                | Self::InvalidRole
                | Self::LimitExceeded
                | Self::OperationNotPermitted
                | Self::RequestLimitExceeded
                | Self::ResourceAlreadyExists
                | Self::ResourceInUse
                | Self::ResourceNotAvailable
                | Self::ResourceNotFound
        )
    }
}

impl ApiError {
    /// `ConcurrentModificationException` with the message that the client is given.
    #[must_use]
    pub fn concurrent_modification(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ConcurrentModification, message)
    }

    /// `DryRunOperationException` with the message that the client is given.
    #[must_use]
    pub fn dry_run_operation(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::DryRunOperation, message)
    }

    /// `EntitlementAlreadyExistsException` with the message that the client is given.
    #[must_use]
    pub fn entitlement_already_exists(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::EntitlementAlreadyExists, message)
    }

    /// `EntitlementNotFoundException` with the message that the client is given.
    #[must_use]
    pub fn entitlement_not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::EntitlementNotFound, message)
    }

    /// `IncompatibleImageException` with the message that the client is given.
    #[must_use]
    pub fn incompatible_image(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::IncompatibleImage, message)
    }

    /// `InvalidAccountStatusException` with the message that the client is given.
    #[must_use]
    pub fn invalid_account_status(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidAccountStatus, message)
    }

    /// `InvalidParameterCombinationException` with the message that the client is given.
    #[must_use]
    pub fn invalid_parameter_combination(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidParameterCombination, message)
    }

    /// `InvalidRoleException` with the message that the client is given.
    #[must_use]
    pub fn invalid_role(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRole, message)
    }

    /// `LimitExceededException` with the message that the client is given.
    #[must_use]
    pub fn limit_exceeded(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::LimitExceeded, message)
    }

    /// `OperationNotPermittedException` with the message that the client is given.
    #[must_use]
    pub fn operation_not_permitted(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::OperationNotPermitted, message)
    }

    /// `RequestLimitExceededException` with the message that the client is given.
    #[must_use]
    pub fn request_limit_exceeded(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::RequestLimitExceeded, message)
    }

    /// `ResourceAlreadyExistsException` with the message that the client is given.
    #[must_use]
    pub fn resource_already_exists(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ResourceAlreadyExists, message)
    }

    /// `ResourceInUseException` with the message that the client is given.
    #[must_use]
    pub fn resource_in_use(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ResourceInUse, message)
    }

    /// `ResourceNotAvailableException` with the message that the client is given.
    #[must_use]
    pub fn resource_not_available(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ResourceNotAvailable, message)
    }

    /// `ResourceNotFoundException` with the message that the client is given.
    #[must_use]
    pub fn resource_not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ResourceNotFound, message)
    }

    /// `AccessDeniedException` with the message that the client is given.
    #[must_use]
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::AccessDenied, message)
    }

    /// `ExpiredTokenException` with the message that the client is given.
    #[must_use]
    pub fn expired_token(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ExpiredToken, message)
    }

    /// `IncompleteSignatureException` with the message that the client is given.
    #[must_use]
    pub fn incomplete_signature(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::IncompleteSignature, message)
    }

    /// `InternalFailure` with the message that the client is given.
    #[must_use]
    pub fn internal_failure(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InternalFailure, message)
    }

    /// `InvalidParameterValueException` with the message that the client is given.
    #[must_use]
    pub fn invalid_parameter_value(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidParameterValue, message)
    }

    /// `InvalidSignatureException` with the message that the client is given.
    #[must_use]
    pub fn invalid_signature(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidSignature, message)
    }

    /// `MissingAuthenticationTokenException` with the message that the client is given.
    #[must_use]
    pub fn missing_authentication_token(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::MissingAuthenticationToken, message)
    }

    /// `RequestEntityTooLargeException` with the message that the client is given.
    #[must_use]
    pub fn request_entity_too_large(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::RequestEntityTooLarge, message)
    }

    /// `RequestExpired` with the message that the client is given.
    #[must_use]
    pub fn request_expired(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::RequestExpired, message)
    }

    /// `RequestTimeoutException` with the message that the client is given.
    #[must_use]
    pub fn request_timeout(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::RequestTimeout, message)
    }

    /// `SerializationException` with the message that the client is given.
    #[must_use]
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Serialization, message)
    }

    /// `ServiceUnavailable` with the message that the client is given.
    #[must_use]
    pub fn service_unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ServiceUnavailable, message)
    }

    /// `ThrottlingException` with the message that the client is given.
    #[must_use]
    pub fn throttling(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Throttling, message)
    }

    /// `UnknownOperationException` with the message that the client is given.
    #[must_use]
    pub fn unknown_operation(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::UnknownOperation, message)
    }

    /// `UnrecognizedClientException` with the message that the client is given.
    #[must_use]
    pub fn unrecognized_client(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::UnrecognizedClient, message)
    }

    /// `ValidationException` with the message that the client is given.
    #[must_use]
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Validation, message)
    }
}
