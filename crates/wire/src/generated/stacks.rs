// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: stacks.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `ApplicationSettings` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ApplicationSettings {
    /// `Enabled`, required.
    #[serde(rename = "Enabled")]
    pub enabled: bool,
    /// `SettingsGroup`: at most 100 characters.
    #[serde(rename = "SettingsGroup", default, skip_serializing_if = "Option::is_none")]
    pub settings_group: Option<String>,
}

impl crate::WireShape for ApplicationSettings {
    const STRUCTURE: &'static Structure = &APPLICATION_SETTINGS;
}

pub(crate) static APPLICATION_SETTINGS: Structure = Structure {
    name: "ApplicationSettings",
    sensitive: false,
    members: &[
        Member { name: "Enabled", required: true, shape: &constraints::BOOLEAN },
        Member { name: "SettingsGroup", required: false, shape: &constraints::SETTINGS_GROUP },
    ],
};

impl ApplicationSettings {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        Self { enabled, settings_group: None }
    }
}

/// `ApplicationSettingsResponse` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ApplicationSettingsResponse {
    /// `Enabled`.
    #[serde(rename = "Enabled", default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `S3BucketName`: 1 or more characters.
    #[serde(rename = "S3BucketName", default, skip_serializing_if = "Option::is_none")]
    pub s3_bucket_name: Option<String>,
    /// `SettingsGroup`: at most 100 characters.
    #[serde(rename = "SettingsGroup", default, skip_serializing_if = "Option::is_none")]
    pub settings_group: Option<String>,
}

impl crate::WireShape for ApplicationSettingsResponse {
    const STRUCTURE: &'static Structure = &APPLICATION_SETTINGS_RESPONSE;
}

pub(crate) static APPLICATION_SETTINGS_RESPONSE: Structure = Structure {
    name: "ApplicationSettingsResponse",
    sensitive: false,
    members: &[
        Member { name: "Enabled", required: false, shape: &constraints::BOOLEAN },
        Member { name: "S3BucketName", required: false, shape: &constraints::STRING },
        Member { name: "SettingsGroup", required: false, shape: &constraints::SETTINGS_GROUP },
    ],
};

/// `CreateStackRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateStackRequest {
    /// `AccessEndpoints`: 1 to 4 entries.
    #[serde(rename = "AccessEndpoints", default, skip_serializing_if = "Option::is_none")]
    pub access_endpoints: Option<Vec<super::common::AccessEndpoint>>,
    /// `AgentAccessConfig`.
    #[serde(rename = "AgentAccessConfig", default, skip_serializing_if = "Option::is_none")]
    pub agent_access_config: Option<super::common::AgentAccessConfig>,
    /// `ApplicationSettings`.
    #[serde(rename = "ApplicationSettings", default, skip_serializing_if = "Option::is_none")]
    pub application_settings: Option<ApplicationSettings>,
    /// `ContentRedirection`.
    #[serde(rename = "ContentRedirection", default, skip_serializing_if = "Option::is_none")]
    pub content_redirection: Option<super::common::ContentRedirection>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `EmbedHostDomains`: 1 to 20 entries.
    #[serde(rename = "EmbedHostDomains", default, skip_serializing_if = "Option::is_none")]
    pub embed_host_domains: Option<Vec<String>>,
    /// `FeedbackURL`: at most 1000 characters.
    #[serde(rename = "FeedbackURL", default, skip_serializing_if = "Option::is_none")]
    pub feedback_url: Option<String>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `RedirectURL`: at most 1000 characters.
    #[serde(rename = "RedirectURL", default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// `StorageConnectorAuthentication`.
    #[serde(rename = "StorageConnectorAuthentication", default, skip_serializing_if = "Option::is_none")]
    pub storage_connector_authentication: Option<super::enums::StorageConnectorAuthentication>,
    /// `StorageConnectors`.
    #[serde(rename = "StorageConnectors", default, skip_serializing_if = "Option::is_none")]
    pub storage_connectors: Option<Vec<super::common::StorageConnector>>,
    /// `StreamingExperienceSettings`.
    #[serde(rename = "StreamingExperienceSettings", default, skip_serializing_if = "Option::is_none")]
    pub streaming_experience_settings: Option<super::common::StreamingExperienceSettings>,
    /// `Tags`: 1 to 50 entries.
    #[serde(rename = "Tags", default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// `UserSettings`: 1 or more entries.
    #[serde(rename = "UserSettings", default, skip_serializing_if = "Option::is_none")]
    pub user_settings: Option<Vec<UserSetting>>,
    /// `WebAuthnRedirection`.
    #[serde(rename = "WebAuthnRedirection", default, skip_serializing_if = "Option::is_none")]
    pub web_authn_redirection: Option<super::common::WebAuthnRedirection>,
}

impl crate::WireShape for CreateStackRequest {
    const STRUCTURE: &'static Structure = &CREATE_STACK_REQUEST;
}

pub(crate) static CREATE_STACK_REQUEST: Structure = Structure {
    name: "CreateStackRequest",
    sensitive: false,
    members: &[
        Member { name: "AccessEndpoints", required: false, shape: &constraints::ACCESS_ENDPOINT_LIST },
        Member {
            name: "AgentAccessConfig",
            required: false,
            shape: &Shape::Structure(&super::common::AGENT_ACCESS_CONFIG),
        },
        Member {
            name: "ApplicationSettings",
            required: false,
            shape: &Shape::Structure(&APPLICATION_SETTINGS),
        },
        Member {
            name: "ContentRedirection",
            required: false,
            shape: &Shape::Structure(&super::common::CONTENT_REDIRECTION),
        },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member { name: "EmbedHostDomains", required: false, shape: &constraints::EMBED_HOST_DOMAINS },
        Member { name: "FeedbackURL", required: false, shape: &constraints::FEEDBACK_URL },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "RedirectURL", required: false, shape: &constraints::REDIRECT_URL },
        Member {
            name: "StorageConnectorAuthentication",
            required: false,
            shape: &constraints::STORAGE_CONNECTOR_AUTHENTICATION,
        },
        Member { name: "StorageConnectors", required: false, shape: &constraints::STORAGE_CONNECTOR_LIST },
        Member {
            name: "StreamingExperienceSettings",
            required: false,
            shape: &Shape::Structure(&super::common::STREAMING_EXPERIENCE_SETTINGS),
        },
        Member { name: "Tags", required: false, shape: &constraints::TAGS },
        Member { name: "UserSettings", required: false, shape: &constraints::USER_SETTING_LIST },
        Member {
            name: "WebAuthnRedirection",
            required: false,
            shape: &Shape::Structure(&super::common::WEB_AUTHN_REDIRECTION),
        },
    ],
};

impl CreateStackRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            access_endpoints: None,
            agent_access_config: None,
            application_settings: None,
            content_redirection: None,
            description: None,
            display_name: None,
            embed_host_domains: None,
            feedback_url: None,
            redirect_url: None,
            storage_connector_authentication: None,
            storage_connectors: None,
            streaming_experience_settings: None,
            tags: None,
            user_settings: None,
            web_authn_redirection: None,
        }
    }
}

/// `CreateStackResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateStackResult {
    /// `Stack`.
    #[serde(rename = "Stack", default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<Stack>,
}

impl crate::WireShape for CreateStackResult {
    const STRUCTURE: &'static Structure = &CREATE_STACK_RESULT;
}

pub(crate) static CREATE_STACK_RESULT: Structure = Structure {
    name: "CreateStackResult",
    sensitive: false,
    members: &[Member { name: "Stack", required: false, shape: &Shape::Structure(&STACK) }],
};

/// `DeleteStackRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteStackRequest {
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for DeleteStackRequest {
    const STRUCTURE: &'static Structure = &DELETE_STACK_REQUEST;
}

pub(crate) static DELETE_STACK_REQUEST: Structure = Structure {
    name: "DeleteStackRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::STRING }],
};

impl DeleteStackRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `DeleteStackResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteStackResult {}

impl crate::WireShape for DeleteStackResult {
    const STRUCTURE: &'static Structure = &DELETE_STACK_RESULT;
}

pub(crate) static DELETE_STACK_RESULT: Structure =
    Structure { name: "DeleteStackResult", sensitive: false, members: &[] };

/// `DescribeStacksRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeStacksRequest {
    /// `Names`.
    #[serde(rename = "Names", default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeStacksRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_STACKS_REQUEST;
}

pub(crate) static DESCRIBE_STACKS_REQUEST: Structure = Structure {
    name: "DescribeStacksRequest",
    sensitive: false,
    members: &[
        Member { name: "Names", required: false, shape: &constraints::STRING_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeStacksResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeStacksResult {
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `Stacks`.
    #[serde(rename = "Stacks", default, skip_serializing_if = "Option::is_none")]
    pub stacks: Option<Vec<Stack>>,
}

impl crate::WireShape for DescribeStacksResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_STACKS_RESULT;
}

pub(crate) static DESCRIBE_STACKS_RESULT: Structure = Structure {
    name: "DescribeStacksResult",
    sensitive: false,
    members: &[
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "Stacks", required: false, shape: &constraints::STACK_LIST },
    ],
};

/// `ListAssociatedStacksRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListAssociatedStacksRequest {
    /// `FleetName`, required: 1 or more characters.
    #[serde(rename = "FleetName")]
    pub fleet_name: String,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for ListAssociatedStacksRequest {
    const STRUCTURE: &'static Structure = &LIST_ASSOCIATED_STACKS_REQUEST;
}

pub(crate) static LIST_ASSOCIATED_STACKS_REQUEST: Structure = Structure {
    name: "ListAssociatedStacksRequest",
    sensitive: false,
    members: &[
        Member { name: "FleetName", required: true, shape: &constraints::STRING },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

impl ListAssociatedStacksRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(fleet_name: impl Into<String>) -> Self {
        Self { fleet_name: fleet_name.into(), next_token: None }
    }
}

/// `ListAssociatedStacksResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListAssociatedStacksResult {
    /// `Names`.
    #[serde(rename = "Names", default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for ListAssociatedStacksResult {
    const STRUCTURE: &'static Structure = &LIST_ASSOCIATED_STACKS_RESULT;
}

pub(crate) static LIST_ASSOCIATED_STACKS_RESULT: Structure = Structure {
    name: "ListAssociatedStacksResult",
    sensitive: false,
    members: &[
        Member { name: "Names", required: false, shape: &constraints::STRING_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `Stack` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Stack {
    /// `AccessEndpoints`: 1 to 4 entries.
    #[serde(rename = "AccessEndpoints", default, skip_serializing_if = "Option::is_none")]
    pub access_endpoints: Option<Vec<super::common::AccessEndpoint>>,
    /// `AgentAccessConfig`.
    #[serde(rename = "AgentAccessConfig", default, skip_serializing_if = "Option::is_none")]
    pub agent_access_config: Option<super::common::AgentAccessConfig>,
    /// `ApplicationSettings`.
    #[serde(rename = "ApplicationSettings", default, skip_serializing_if = "Option::is_none")]
    pub application_settings: Option<ApplicationSettingsResponse>,
    /// `Arn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "Arn", default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `ContentRedirection`.
    #[serde(rename = "ContentRedirection", default, skip_serializing_if = "Option::is_none")]
    pub content_redirection: Option<super::common::ContentRedirection>,
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `Description`: 1 or more characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: 1 or more characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `EmbedHostDomains`: 1 to 20 entries.
    #[serde(rename = "EmbedHostDomains", default, skip_serializing_if = "Option::is_none")]
    pub embed_host_domains: Option<Vec<String>>,
    /// `FeedbackURL`: at most 1000 characters.
    #[serde(rename = "FeedbackURL", default, skip_serializing_if = "Option::is_none")]
    pub feedback_url: Option<String>,
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
    /// `RedirectURL`: at most 1000 characters.
    #[serde(rename = "RedirectURL", default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// `StackErrors`.
    #[serde(rename = "StackErrors", default, skip_serializing_if = "Option::is_none")]
    pub stack_errors: Option<Vec<StackError>>,
    /// `StorageConnectorAuthentication`.
    #[serde(rename = "StorageConnectorAuthentication", default, skip_serializing_if = "Option::is_none")]
    pub storage_connector_authentication: Option<super::enums::StorageConnectorAuthentication>,
    /// `StorageConnectors`.
    #[serde(rename = "StorageConnectors", default, skip_serializing_if = "Option::is_none")]
    pub storage_connectors: Option<Vec<super::common::StorageConnector>>,
    /// `StreamingExperienceSettings`.
    #[serde(rename = "StreamingExperienceSettings", default, skip_serializing_if = "Option::is_none")]
    pub streaming_experience_settings: Option<super::common::StreamingExperienceSettings>,
    /// `UserSettings`: 1 or more entries.
    #[serde(rename = "UserSettings", default, skip_serializing_if = "Option::is_none")]
    pub user_settings: Option<Vec<UserSetting>>,
    /// `WebAuthnRedirection`.
    #[serde(rename = "WebAuthnRedirection", default, skip_serializing_if = "Option::is_none")]
    pub web_authn_redirection: Option<super::common::WebAuthnRedirection>,
}

impl crate::WireShape for Stack {
    const STRUCTURE: &'static Structure = &STACK;
}

pub(crate) static STACK: Structure = Structure {
    name: "Stack",
    sensitive: false,
    members: &[
        Member { name: "AccessEndpoints", required: false, shape: &constraints::ACCESS_ENDPOINT_LIST },
        Member {
            name: "AgentAccessConfig",
            required: false,
            shape: &Shape::Structure(&super::common::AGENT_ACCESS_CONFIG),
        },
        Member {
            name: "ApplicationSettings",
            required: false,
            shape: &Shape::Structure(&APPLICATION_SETTINGS_RESPONSE),
        },
        Member { name: "Arn", required: false, shape: &constraints::ARN },
        Member {
            name: "ContentRedirection",
            required: false,
            shape: &Shape::Structure(&super::common::CONTENT_REDIRECTION),
        },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Description", required: false, shape: &constraints::STRING },
        Member { name: "DisplayName", required: false, shape: &constraints::STRING },
        Member { name: "EmbedHostDomains", required: false, shape: &constraints::EMBED_HOST_DOMAINS },
        Member { name: "FeedbackURL", required: false, shape: &constraints::FEEDBACK_URL },
        Member { name: "Name", required: true, shape: &constraints::STRING },
        Member { name: "RedirectURL", required: false, shape: &constraints::REDIRECT_URL },
        Member { name: "StackErrors", required: false, shape: &constraints::STACK_ERRORS },
        Member {
            name: "StorageConnectorAuthentication",
            required: false,
            shape: &constraints::STORAGE_CONNECTOR_AUTHENTICATION,
        },
        Member { name: "StorageConnectors", required: false, shape: &constraints::STORAGE_CONNECTOR_LIST },
        Member {
            name: "StreamingExperienceSettings",
            required: false,
            shape: &Shape::Structure(&super::common::STREAMING_EXPERIENCE_SETTINGS),
        },
        Member { name: "UserSettings", required: false, shape: &constraints::USER_SETTING_LIST },
        Member {
            name: "WebAuthnRedirection",
            required: false,
            shape: &Shape::Structure(&super::common::WEB_AUTHN_REDIRECTION),
        },
    ],
};

impl Stack {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            access_endpoints: None,
            agent_access_config: None,
            application_settings: None,
            arn: None,
            content_redirection: None,
            created_time: None,
            description: None,
            display_name: None,
            embed_host_domains: None,
            feedback_url: None,
            redirect_url: None,
            stack_errors: None,
            storage_connector_authentication: None,
            storage_connectors: None,
            streaming_experience_settings: None,
            user_settings: None,
            web_authn_redirection: None,
        }
    }
}

/// `StackError` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StackError {
    /// `ErrorCode`.
    #[serde(rename = "ErrorCode", default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<super::state_enums::StackErrorCode>,
    /// `ErrorMessage`: 1 or more characters.
    #[serde(rename = "ErrorMessage", default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl crate::WireShape for StackError {
    const STRUCTURE: &'static Structure = &STACK_ERROR;
}

pub(crate) static STACK_ERROR: Structure = Structure {
    name: "StackError",
    sensitive: false,
    members: &[
        Member { name: "ErrorCode", required: false, shape: &constraints::STACK_ERROR_CODE },
        Member { name: "ErrorMessage", required: false, shape: &constraints::STRING },
    ],
};

/// `UpdateStackRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateStackRequest {
    /// `AccessEndpoints`: 1 to 4 entries.
    #[serde(rename = "AccessEndpoints", default, skip_serializing_if = "Option::is_none")]
    pub access_endpoints: Option<Vec<super::common::AccessEndpoint>>,
    /// `AgentAccessConfig`.
    #[serde(rename = "AgentAccessConfig", default, skip_serializing_if = "Option::is_none")]
    pub agent_access_config: Option<super::common::AgentAccessConfigForUpdate>,
    /// `ApplicationSettings`.
    #[serde(rename = "ApplicationSettings", default, skip_serializing_if = "Option::is_none")]
    pub application_settings: Option<ApplicationSettings>,
    /// `AttributesToDelete`.
    #[serde(rename = "AttributesToDelete", default, skip_serializing_if = "Option::is_none")]
    pub attributes_to_delete: Option<Vec<super::enums::StackAttribute>>,
    /// `ContentRedirection`.
    #[serde(rename = "ContentRedirection", default, skip_serializing_if = "Option::is_none")]
    pub content_redirection: Option<super::common::ContentRedirection>,
    /// `DeleteStorageConnectors`.
    #[serde(rename = "DeleteStorageConnectors", default, skip_serializing_if = "Option::is_none")]
    pub delete_storage_connectors: Option<bool>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `EmbedHostDomains`: 1 to 20 entries.
    #[serde(rename = "EmbedHostDomains", default, skip_serializing_if = "Option::is_none")]
    pub embed_host_domains: Option<Vec<String>>,
    /// `FeedbackURL`: at most 1000 characters.
    #[serde(rename = "FeedbackURL", default, skip_serializing_if = "Option::is_none")]
    pub feedback_url: Option<String>,
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
    /// `RedirectURL`: at most 1000 characters.
    #[serde(rename = "RedirectURL", default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// `StorageConnectorAuthentication`.
    #[serde(rename = "StorageConnectorAuthentication", default, skip_serializing_if = "Option::is_none")]
    pub storage_connector_authentication: Option<super::enums::StorageConnectorAuthentication>,
    /// `StorageConnectors`.
    #[serde(rename = "StorageConnectors", default, skip_serializing_if = "Option::is_none")]
    pub storage_connectors: Option<Vec<super::common::StorageConnector>>,
    /// `StreamingExperienceSettings`.
    #[serde(rename = "StreamingExperienceSettings", default, skip_serializing_if = "Option::is_none")]
    pub streaming_experience_settings: Option<super::common::StreamingExperienceSettings>,
    /// `UserSettings`: 1 or more entries.
    #[serde(rename = "UserSettings", default, skip_serializing_if = "Option::is_none")]
    pub user_settings: Option<Vec<UserSetting>>,
    /// `WebAuthnRedirection`.
    #[serde(rename = "WebAuthnRedirection", default, skip_serializing_if = "Option::is_none")]
    pub web_authn_redirection: Option<super::common::WebAuthnRedirection>,
}

impl crate::WireShape for UpdateStackRequest {
    const STRUCTURE: &'static Structure = &UPDATE_STACK_REQUEST;
}

pub(crate) static UPDATE_STACK_REQUEST: Structure = Structure {
    name: "UpdateStackRequest",
    sensitive: false,
    members: &[
        Member { name: "AccessEndpoints", required: false, shape: &constraints::ACCESS_ENDPOINT_LIST },
        Member {
            name: "AgentAccessConfig",
            required: false,
            shape: &Shape::Structure(&super::common::AGENT_ACCESS_CONFIG_FOR_UPDATE),
        },
        Member {
            name: "ApplicationSettings",
            required: false,
            shape: &Shape::Structure(&APPLICATION_SETTINGS),
        },
        Member { name: "AttributesToDelete", required: false, shape: &constraints::STACK_ATTRIBUTES },
        Member {
            name: "ContentRedirection",
            required: false,
            shape: &Shape::Structure(&super::common::CONTENT_REDIRECTION),
        },
        Member { name: "DeleteStorageConnectors", required: false, shape: &constraints::BOOLEAN },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member { name: "EmbedHostDomains", required: false, shape: &constraints::EMBED_HOST_DOMAINS },
        Member { name: "FeedbackURL", required: false, shape: &constraints::FEEDBACK_URL },
        Member { name: "Name", required: true, shape: &constraints::STRING },
        Member { name: "RedirectURL", required: false, shape: &constraints::REDIRECT_URL },
        Member {
            name: "StorageConnectorAuthentication",
            required: false,
            shape: &constraints::STORAGE_CONNECTOR_AUTHENTICATION,
        },
        Member { name: "StorageConnectors", required: false, shape: &constraints::STORAGE_CONNECTOR_LIST },
        Member {
            name: "StreamingExperienceSettings",
            required: false,
            shape: &Shape::Structure(&super::common::STREAMING_EXPERIENCE_SETTINGS),
        },
        Member { name: "UserSettings", required: false, shape: &constraints::USER_SETTING_LIST },
        Member {
            name: "WebAuthnRedirection",
            required: false,
            shape: &Shape::Structure(&super::common::WEB_AUTHN_REDIRECTION),
        },
    ],
};

impl UpdateStackRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            access_endpoints: None,
            agent_access_config: None,
            application_settings: None,
            attributes_to_delete: None,
            content_redirection: None,
            delete_storage_connectors: None,
            description: None,
            display_name: None,
            embed_host_domains: None,
            feedback_url: None,
            redirect_url: None,
            storage_connector_authentication: None,
            storage_connectors: None,
            streaming_experience_settings: None,
            user_settings: None,
            web_authn_redirection: None,
        }
    }
}

/// `UpdateStackResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateStackResult {
    /// `Stack`.
    #[serde(rename = "Stack", default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<Stack>,
}

impl crate::WireShape for UpdateStackResult {
    const STRUCTURE: &'static Structure = &UPDATE_STACK_RESULT;
}

pub(crate) static UPDATE_STACK_RESULT: Structure = Structure {
    name: "UpdateStackResult",
    sensitive: false,
    members: &[Member { name: "Stack", required: false, shape: &Shape::Structure(&STACK) }],
};

/// `UserSetting` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserSetting {
    /// `Action`, required.
    #[serde(rename = "Action")]
    pub action: super::enums::Action,
    /// `MaximumLength`: 1 to 20971520.
    #[serde(rename = "MaximumLength", default, skip_serializing_if = "Option::is_none")]
    pub maximum_length: Option<i32>,
    /// `Permission`, required.
    #[serde(rename = "Permission")]
    pub permission: super::enums::Permission,
}

impl crate::WireShape for UserSetting {
    const STRUCTURE: &'static Structure = &USER_SETTING;
}

pub(crate) static USER_SETTING: Structure = Structure {
    name: "UserSetting",
    sensitive: false,
    members: &[
        Member { name: "Action", required: true, shape: &constraints::ACTION },
        Member { name: "MaximumLength", required: false, shape: &constraints::USER_SETTING_MAXIMUM_LENGTH },
        Member { name: "Permission", required: true, shape: &constraints::PERMISSION },
    ],
};

impl UserSetting {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(action: super::enums::Action, permission: super::enums::Permission) -> Self {
        Self { action, permission, maximum_length: None }
    }
}
