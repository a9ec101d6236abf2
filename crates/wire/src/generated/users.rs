// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: users.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `BatchAssociateUserStackRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct BatchAssociateUserStackRequest {
    /// `UserStackAssociations`, required: 1 to 25 entries.
    #[serde(rename = "UserStackAssociations")]
    pub user_stack_associations: Vec<UserStackAssociation>,
}

impl crate::WireShape for BatchAssociateUserStackRequest {
    const STRUCTURE: &'static Structure = &BATCH_ASSOCIATE_USER_STACK_REQUEST;
}

pub(crate) static BATCH_ASSOCIATE_USER_STACK_REQUEST: Structure = Structure {
    name: "BatchAssociateUserStackRequest",
    sensitive: false,
    members: &[Member {
        name: "UserStackAssociations",
        required: true,
        shape: &constraints::USER_STACK_ASSOCIATION_LIST,
    }],
};

impl BatchAssociateUserStackRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(user_stack_associations: Vec<UserStackAssociation>) -> Self {
        Self { user_stack_associations }
    }
}

/// `BatchAssociateUserStackResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct BatchAssociateUserStackResult {
    /// `errors`.
    #[serde(rename = "errors", default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<UserStackAssociationError>>,
}

impl crate::WireShape for BatchAssociateUserStackResult {
    const STRUCTURE: &'static Structure = &BATCH_ASSOCIATE_USER_STACK_RESULT;
}

pub(crate) static BATCH_ASSOCIATE_USER_STACK_RESULT: Structure = Structure {
    name: "BatchAssociateUserStackResult",
    sensitive: false,
    members: &[Member {
        name: "errors",
        required: false,
        shape: &constraints::USER_STACK_ASSOCIATION_ERROR_LIST,
    }],
};

/// `BatchDisassociateUserStackRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct BatchDisassociateUserStackRequest {
    /// `UserStackAssociations`, required: 1 to 25 entries.
    #[serde(rename = "UserStackAssociations")]
    pub user_stack_associations: Vec<UserStackAssociation>,
}

impl crate::WireShape for BatchDisassociateUserStackRequest {
    const STRUCTURE: &'static Structure = &BATCH_DISASSOCIATE_USER_STACK_REQUEST;
}

pub(crate) static BATCH_DISASSOCIATE_USER_STACK_REQUEST: Structure = Structure {
    name: "BatchDisassociateUserStackRequest",
    sensitive: false,
    members: &[Member {
        name: "UserStackAssociations",
        required: true,
        shape: &constraints::USER_STACK_ASSOCIATION_LIST,
    }],
};

impl BatchDisassociateUserStackRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(user_stack_associations: Vec<UserStackAssociation>) -> Self {
        Self { user_stack_associations }
    }
}

/// `BatchDisassociateUserStackResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct BatchDisassociateUserStackResult {
    /// `errors`.
    #[serde(rename = "errors", default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<UserStackAssociationError>>,
}

impl crate::WireShape for BatchDisassociateUserStackResult {
    const STRUCTURE: &'static Structure = &BATCH_DISASSOCIATE_USER_STACK_RESULT;
}

pub(crate) static BATCH_DISASSOCIATE_USER_STACK_RESULT: Structure = Structure {
    name: "BatchDisassociateUserStackResult",
    sensitive: false,
    members: &[Member {
        name: "errors",
        required: false,
        shape: &constraints::USER_STACK_ASSOCIATION_ERROR_LIST,
    }],
};

/// `CreateUserRequest` of the API.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct CreateUserRequest {
    /// `AuthenticationType`, required.
    #[serde(rename = "AuthenticationType")]
    pub authentication_type: super::enums::AuthenticationType,
    /// `FirstName`, sensitive: at most 2048 characters; pattern `^[A-Za-z0-9_\-\s]+$`.
    #[serde(rename = "FirstName", default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// `LastName`, sensitive: at most 2048 characters; pattern `^[A-Za-z0-9_\-\s]+$`.
    #[serde(rename = "LastName", default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// `MessageAction`.
    #[serde(rename = "MessageAction", default, skip_serializing_if = "Option::is_none")]
    pub message_action: Option<super::enums::MessageAction>,
    /// `UserName`, required, sensitive: 1 to 128 characters; pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "UserName")]
    pub user_name: String,
}

impl crate::WireShape for CreateUserRequest {
    const STRUCTURE: &'static Structure = &CREATE_USER_REQUEST;
}

pub(crate) static CREATE_USER_REQUEST: Structure = Structure {
    name: "CreateUserRequest",
    sensitive: false,
    members: &[
        Member { name: "AuthenticationType", required: true, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "FirstName", required: false, shape: &constraints::USER_ATTRIBUTE_VALUE },
        Member { name: "LastName", required: false, shape: &constraints::USER_ATTRIBUTE_VALUE },
        Member { name: "MessageAction", required: false, shape: &constraints::MESSAGE_ACTION },
        Member { name: "UserName", required: true, shape: &constraints::USERNAME },
    ],
};

impl CreateUserRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(user_name: impl Into<String>, authentication_type: super::enums::AuthenticationType) -> Self {
        Self {
            user_name: user_name.into(),
            authentication_type,
            first_name: None,
            last_name: None,
            message_action: None,
        }
    }
}

// Sensitive members must not reach a log.
impl std::fmt::Debug for CreateUserRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("CreateUserRequest")
            .field("authentication_type", &self.authentication_type)
            .field("first_name", &crate::schema::Redacted)
            .field("last_name", &crate::schema::Redacted)
            .field("message_action", &self.message_action)
            .field("user_name", &crate::schema::Redacted)
            .finish()
    }
}

/// `CreateUserResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateUserResult {}

impl crate::WireShape for CreateUserResult {
    const STRUCTURE: &'static Structure = &CREATE_USER_RESULT;
}

pub(crate) static CREATE_USER_RESULT: Structure =
    Structure { name: "CreateUserResult", sensitive: false, members: &[] };

/// `DeleteUserRequest` of the API.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct DeleteUserRequest {
    /// `AuthenticationType`, required.
    #[serde(rename = "AuthenticationType")]
    pub authentication_type: super::enums::AuthenticationType,
    /// `UserName`, required, sensitive: 1 to 128 characters; pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "UserName")]
    pub user_name: String,
}

impl crate::WireShape for DeleteUserRequest {
    const STRUCTURE: &'static Structure = &DELETE_USER_REQUEST;
}

pub(crate) static DELETE_USER_REQUEST: Structure = Structure {
    name: "DeleteUserRequest",
    sensitive: false,
    members: &[
        Member { name: "AuthenticationType", required: true, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "UserName", required: true, shape: &constraints::USERNAME },
    ],
};

impl DeleteUserRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(user_name: impl Into<String>, authentication_type: super::enums::AuthenticationType) -> Self {
        Self { user_name: user_name.into(), authentication_type }
    }
}

// Sensitive members must not reach a log.
impl std::fmt::Debug for DeleteUserRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DeleteUserRequest")
            .field("authentication_type", &self.authentication_type)
            .field("user_name", &crate::schema::Redacted)
            .finish()
    }
}

/// `DeleteUserResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteUserResult {}

impl crate::WireShape for DeleteUserResult {
    const STRUCTURE: &'static Structure = &DELETE_USER_RESULT;
}

pub(crate) static DELETE_USER_RESULT: Structure =
    Structure { name: "DeleteUserResult", sensitive: false, members: &[] };

/// `DescribeUserStackAssociationsRequest` of the API.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeUserStackAssociationsRequest {
    /// `AuthenticationType`.
    #[serde(rename = "AuthenticationType", default, skip_serializing_if = "Option::is_none")]
    pub authentication_type: Option<super::enums::AuthenticationType>,
    /// `MaxResults`: 0 to 500.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `StackName`: 1 or more characters.
    #[serde(rename = "StackName", default, skip_serializing_if = "Option::is_none")]
    pub stack_name: Option<String>,
    /// `UserName`, sensitive: 1 to 128 characters; pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "UserName", default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
}

impl crate::WireShape for DescribeUserStackAssociationsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_USER_STACK_ASSOCIATIONS_REQUEST;
}

pub(crate) static DESCRIBE_USER_STACK_ASSOCIATIONS_REQUEST: Structure = Structure {
    name: "DescribeUserStackAssociationsRequest",
    sensitive: false,
    members: &[
        Member { name: "AuthenticationType", required: false, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "MaxResults", required: false, shape: &constraints::MAX_RESULTS },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "StackName", required: false, shape: &constraints::STRING },
        Member { name: "UserName", required: false, shape: &constraints::USERNAME },
    ],
};

// Sensitive members must not reach a log.
impl std::fmt::Debug for DescribeUserStackAssociationsRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DescribeUserStackAssociationsRequest")
            .field("authentication_type", &self.authentication_type)
            .field("max_results", &self.max_results)
            .field("next_token", &self.next_token)
            .field("stack_name", &self.stack_name)
            .field("user_name", &crate::schema::Redacted)
            .finish()
    }
}

/// `DescribeUserStackAssociationsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeUserStackAssociationsResult {
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `UserStackAssociations`: 1 to 25 entries.
    #[serde(rename = "UserStackAssociations", default, skip_serializing_if = "Option::is_none")]
    pub user_stack_associations: Option<Vec<UserStackAssociation>>,
}

impl crate::WireShape for DescribeUserStackAssociationsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_USER_STACK_ASSOCIATIONS_RESULT;
}

pub(crate) static DESCRIBE_USER_STACK_ASSOCIATIONS_RESULT: Structure = Structure {
    name: "DescribeUserStackAssociationsResult",
    sensitive: false,
    members: &[
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member {
            name: "UserStackAssociations",
            required: false,
            shape: &constraints::USER_STACK_ASSOCIATION_LIST,
        },
    ],
};

/// `DescribeUsersRequest` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DescribeUsersRequest {
    /// `AuthenticationType`, required.
    #[serde(rename = "AuthenticationType")]
    pub authentication_type: super::enums::AuthenticationType,
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeUsersRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_USERS_REQUEST;
}

pub(crate) static DESCRIBE_USERS_REQUEST: Structure = Structure {
    name: "DescribeUsersRequest",
    sensitive: false,
    members: &[
        Member { name: "AuthenticationType", required: true, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

impl DescribeUsersRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(authentication_type: super::enums::AuthenticationType) -> Self {
        Self { authentication_type, max_results: None, next_token: None }
    }
}

/// `DescribeUsersResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeUsersResult {
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `Users`.
    #[serde(rename = "Users", default, skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<User>>,
}

impl crate::WireShape for DescribeUsersResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_USERS_RESULT;
}

pub(crate) static DESCRIBE_USERS_RESULT: Structure = Structure {
    name: "DescribeUsersResult",
    sensitive: false,
    members: &[
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "Users", required: false, shape: &constraints::USER_LIST },
    ],
};

/// `DisableUserRequest` of the API.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct DisableUserRequest {
    /// `AuthenticationType`, required.
    #[serde(rename = "AuthenticationType")]
    pub authentication_type: super::enums::AuthenticationType,
    /// `UserName`, required, sensitive: 1 to 128 characters; pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "UserName")]
    pub user_name: String,
}

impl crate::WireShape for DisableUserRequest {
    const STRUCTURE: &'static Structure = &DISABLE_USER_REQUEST;
}

pub(crate) static DISABLE_USER_REQUEST: Structure = Structure {
    name: "DisableUserRequest",
    sensitive: false,
    members: &[
        Member { name: "AuthenticationType", required: true, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "UserName", required: true, shape: &constraints::USERNAME },
    ],
};

impl DisableUserRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(user_name: impl Into<String>, authentication_type: super::enums::AuthenticationType) -> Self {
        Self { user_name: user_name.into(), authentication_type }
    }
}

// Sensitive members must not reach a log.
impl std::fmt::Debug for DisableUserRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DisableUserRequest")
            .field("authentication_type", &self.authentication_type)
            .field("user_name", &crate::schema::Redacted)
            .finish()
    }
}

/// `DisableUserResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisableUserResult {}

impl crate::WireShape for DisableUserResult {
    const STRUCTURE: &'static Structure = &DISABLE_USER_RESULT;
}

pub(crate) static DISABLE_USER_RESULT: Structure =
    Structure { name: "DisableUserResult", sensitive: false, members: &[] };

/// `EnableUserRequest` of the API.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct EnableUserRequest {
    /// `AuthenticationType`, required.
    #[serde(rename = "AuthenticationType")]
    pub authentication_type: super::enums::AuthenticationType,
    /// `UserName`, required, sensitive: 1 to 128 characters; pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "UserName")]
    pub user_name: String,
}

impl crate::WireShape for EnableUserRequest {
    const STRUCTURE: &'static Structure = &ENABLE_USER_REQUEST;
}

pub(crate) static ENABLE_USER_REQUEST: Structure = Structure {
    name: "EnableUserRequest",
    sensitive: false,
    members: &[
        Member { name: "AuthenticationType", required: true, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "UserName", required: true, shape: &constraints::USERNAME },
    ],
};

impl EnableUserRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(user_name: impl Into<String>, authentication_type: super::enums::AuthenticationType) -> Self {
        Self { user_name: user_name.into(), authentication_type }
    }
}

// Sensitive members must not reach a log.
impl std::fmt::Debug for EnableUserRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("EnableUserRequest")
            .field("authentication_type", &self.authentication_type)
            .field("user_name", &crate::schema::Redacted)
            .finish()
    }
}

/// `EnableUserResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct EnableUserResult {}

impl crate::WireShape for EnableUserResult {
    const STRUCTURE: &'static Structure = &ENABLE_USER_RESULT;
}

pub(crate) static ENABLE_USER_RESULT: Structure =
    Structure { name: "EnableUserResult", sensitive: false, members: &[] };

/// `User` of the API.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// `Arn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "Arn", default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `AuthenticationType`, required.
    #[serde(rename = "AuthenticationType")]
    pub authentication_type: super::enums::AuthenticationType,
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `Enabled`.
    #[serde(rename = "Enabled", default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `FirstName`, sensitive: at most 2048 characters; pattern `^[A-Za-z0-9_\-\s]+$`.
    #[serde(rename = "FirstName", default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// `LastName`, sensitive: at most 2048 characters; pattern `^[A-Za-z0-9_\-\s]+$`.
    #[serde(rename = "LastName", default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// `Status`: 1 or more characters.
    #[serde(rename = "Status", default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `UserName`, sensitive: 1 to 128 characters; pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "UserName", default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
}

impl crate::WireShape for User {
    const STRUCTURE: &'static Structure = &USER;
}

pub(crate) static USER: Structure = Structure {
    name: "User",
    sensitive: false,
    members: &[
        Member { name: "Arn", required: false, shape: &constraints::ARN },
        Member { name: "AuthenticationType", required: true, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Enabled", required: false, shape: &constraints::BOOLEAN },
        Member { name: "FirstName", required: false, shape: &constraints::USER_ATTRIBUTE_VALUE },
        Member { name: "LastName", required: false, shape: &constraints::USER_ATTRIBUTE_VALUE },
        Member { name: "Status", required: false, shape: &constraints::STRING },
        Member { name: "UserName", required: false, shape: &constraints::USERNAME },
    ],
};

impl User {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(authentication_type: super::enums::AuthenticationType) -> Self {
        Self {
            authentication_type,
            arn: None,
            created_time: None,
            enabled: None,
            first_name: None,
            last_name: None,
            status: None,
            user_name: None,
        }
    }
}

// Sensitive members must not reach a log.
impl std::fmt::Debug for User {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("User")
            .field("arn", &self.arn)
            .field("authentication_type", &self.authentication_type)
            .field("created_time", &self.created_time)
            .field("enabled", &self.enabled)
            .field("first_name", &crate::schema::Redacted)
            .field("last_name", &crate::schema::Redacted)
            .field("status", &self.status)
            .field("user_name", &crate::schema::Redacted)
            .finish()
    }
}

/// `UserStackAssociation` of the API.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct UserStackAssociation {
    /// `AuthenticationType`, required.
    #[serde(rename = "AuthenticationType")]
    pub authentication_type: super::enums::AuthenticationType,
    /// `SendEmailNotification`.
    #[serde(rename = "SendEmailNotification", default, skip_serializing_if = "Option::is_none")]
    pub send_email_notification: Option<bool>,
    /// `StackName`, required: 1 or more characters.
    #[serde(rename = "StackName")]
    pub stack_name: String,
    /// `UserName`, required, sensitive: 1 to 128 characters; pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    #[serde(rename = "UserName")]
    pub user_name: String,
}

impl crate::WireShape for UserStackAssociation {
    const STRUCTURE: &'static Structure = &USER_STACK_ASSOCIATION;
}

pub(crate) static USER_STACK_ASSOCIATION: Structure = Structure {
    name: "UserStackAssociation",
    sensitive: false,
    members: &[
        Member { name: "AuthenticationType", required: true, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "SendEmailNotification", required: false, shape: &constraints::BOOLEAN },
        Member { name: "StackName", required: true, shape: &constraints::STRING },
        Member { name: "UserName", required: true, shape: &constraints::USERNAME },
    ],
};

impl UserStackAssociation {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        stack_name: impl Into<String>,
        user_name: impl Into<String>,
        authentication_type: super::enums::AuthenticationType,
    ) -> Self {
        Self {
            stack_name: stack_name.into(),
            user_name: user_name.into(),
            authentication_type,
            send_email_notification: None,
        }
    }
}

// Sensitive members must not reach a log.
impl std::fmt::Debug for UserStackAssociation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("UserStackAssociation")
            .field("authentication_type", &self.authentication_type)
            .field("send_email_notification", &self.send_email_notification)
            .field("stack_name", &self.stack_name)
            .field("user_name", &crate::schema::Redacted)
            .finish()
    }
}

/// `UserStackAssociationError` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UserStackAssociationError {
    /// `ErrorCode`.
    #[serde(rename = "ErrorCode", default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<super::state_enums::UserStackAssociationErrorCode>,
    /// `ErrorMessage`: 1 or more characters.
    #[serde(rename = "ErrorMessage", default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// `UserStackAssociation`.
    #[serde(rename = "UserStackAssociation", default, skip_serializing_if = "Option::is_none")]
    pub user_stack_association: Option<UserStackAssociation>,
}

impl crate::WireShape for UserStackAssociationError {
    const STRUCTURE: &'static Structure = &USER_STACK_ASSOCIATION_ERROR;
}

pub(crate) static USER_STACK_ASSOCIATION_ERROR: Structure = Structure {
    name: "UserStackAssociationError",
    sensitive: false,
    members: &[
        Member { name: "ErrorCode", required: false, shape: &constraints::USER_STACK_ASSOCIATION_ERROR_CODE },
        Member { name: "ErrorMessage", required: false, shape: &constraints::STRING },
        Member {
            name: "UserStackAssociation",
            required: false,
            shape: &Shape::Structure(&USER_STACK_ASSOCIATION),
        },
    ],
};
