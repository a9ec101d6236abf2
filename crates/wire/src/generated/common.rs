// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: common.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `AccessEndpoint` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessEndpoint {
    /// `EndpointType`, required.
    #[serde(rename = "EndpointType")]
    pub endpoint_type: super::enums::AccessEndpointType,
    /// `VpceId`: 1 or more characters.
    #[serde(rename = "VpceId", default, skip_serializing_if = "Option::is_none")]
    pub vpce_id: Option<String>,
}

impl crate::WireShape for AccessEndpoint {
    const STRUCTURE: &'static Structure = &ACCESS_ENDPOINT;
}

pub(crate) static ACCESS_ENDPOINT: Structure = Structure {
    name: "AccessEndpoint",
    sensitive: false,
    members: &[
        Member { name: "EndpointType", required: true, shape: &constraints::ACCESS_ENDPOINT_TYPE },
        Member { name: "VpceId", required: false, shape: &constraints::STRING },
    ],
};

impl AccessEndpoint {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(endpoint_type: super::enums::AccessEndpointType) -> Self {
        Self { endpoint_type, vpce_id: None }
    }
}

/// `AgentAccessConfig` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentAccessConfig {
    /// `KmsKeyArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:kms:[a-z0-9\-]+:\d{12}:key/[A-Za-z0-9\-]+$`.
    #[serde(rename = "KmsKeyArn", default, skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    /// `ReplaySessionEnabled`.
    #[serde(rename = "ReplaySessionEnabled", default, skip_serializing_if = "Option::is_none")]
    pub replay_session_enabled: Option<bool>,
    /// `S3BucketArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:s3:::[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]$`.
    #[serde(rename = "S3BucketArn", default, skip_serializing_if = "Option::is_none")]
    pub s3_bucket_arn: Option<String>,
    /// `ScreenImageFormat`, required.
    #[serde(rename = "ScreenImageFormat")]
    pub screen_image_format: super::enums::ScreenImageFormat,
    /// `ScreenResolution`, required.
    #[serde(rename = "ScreenResolution")]
    pub screen_resolution: super::enums::ScreenResolution,
    /// `ScreenshotsUploadEnabled`.
    #[serde(rename = "ScreenshotsUploadEnabled", default, skip_serializing_if = "Option::is_none")]
    pub screenshots_upload_enabled: Option<bool>,
    /// `Settings`, required: 1 or more entries.
    #[serde(rename = "Settings")]
    pub settings: Vec<AgentAccessSetting>,
    /// `UserControlMode`.
    #[serde(rename = "UserControlMode", default, skip_serializing_if = "Option::is_none")]
    pub user_control_mode: Option<super::enums::UserControlMode>,
}

impl crate::WireShape for AgentAccessConfig {
    const STRUCTURE: &'static Structure = &AGENT_ACCESS_CONFIG;
}

pub(crate) static AGENT_ACCESS_CONFIG: Structure = Structure {
    name: "AgentAccessConfig",
    sensitive: false,
    members: &[
        Member { name: "KmsKeyArn", required: false, shape: &constraints::KMS_KEY_ARN },
        Member { name: "ReplaySessionEnabled", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "S3BucketArn", required: false, shape: &constraints::S3_BUCKET_ARN },
        Member { name: "ScreenImageFormat", required: true, shape: &constraints::SCREEN_IMAGE_FORMAT },
        Member { name: "ScreenResolution", required: true, shape: &constraints::SCREEN_RESOLUTION },
        Member { name: "ScreenshotsUploadEnabled", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "Settings", required: true, shape: &constraints::AGENT_ACCESS_SETTING_LIST },
        Member { name: "UserControlMode", required: false, shape: &constraints::USER_CONTROL_MODE },
    ],
};

impl AgentAccessConfig {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        settings: Vec<AgentAccessSetting>,
        screen_resolution: super::enums::ScreenResolution,
        screen_image_format: super::enums::ScreenImageFormat,
    ) -> Self {
        Self {
            settings,
            screen_resolution,
            screen_image_format,
            kms_key_arn: None,
            replay_session_enabled: None,
            s3_bucket_arn: None,
            screenshots_upload_enabled: None,
            user_control_mode: None,
        }
    }
}

/// `AgentAccessConfigForUpdate` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AgentAccessConfigForUpdate {
    /// `KmsKeyArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:kms:[a-z0-9\-]+:\d{12}:key/[A-Za-z0-9\-]+$`.
    #[serde(rename = "KmsKeyArn", default, skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    /// `ReplaySessionEnabled`.
    #[serde(rename = "ReplaySessionEnabled", default, skip_serializing_if = "Option::is_none")]
    pub replay_session_enabled: Option<bool>,
    /// `S3BucketArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:s3:::[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]$`.
    #[serde(rename = "S3BucketArn", default, skip_serializing_if = "Option::is_none")]
    pub s3_bucket_arn: Option<String>,
    /// `ScreenImageFormat`.
    #[serde(rename = "ScreenImageFormat", default, skip_serializing_if = "Option::is_none")]
    pub screen_image_format: Option<super::enums::ScreenImageFormat>,
    /// `ScreenResolution`.
    #[serde(rename = "ScreenResolution", default, skip_serializing_if = "Option::is_none")]
    pub screen_resolution: Option<super::enums::ScreenResolution>,
    /// `ScreenshotsUploadEnabled`.
    #[serde(rename = "ScreenshotsUploadEnabled", default, skip_serializing_if = "Option::is_none")]
    pub screenshots_upload_enabled: Option<bool>,
    /// `Settings`: 1 or more entries.
    #[serde(rename = "Settings", default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Vec<AgentAccessSetting>>,
    /// `UserControlMode`.
    #[serde(rename = "UserControlMode", default, skip_serializing_if = "Option::is_none")]
    pub user_control_mode: Option<super::enums::UserControlMode>,
}

impl crate::WireShape for AgentAccessConfigForUpdate {
    const STRUCTURE: &'static Structure = &AGENT_ACCESS_CONFIG_FOR_UPDATE;
}

pub(crate) static AGENT_ACCESS_CONFIG_FOR_UPDATE: Structure = Structure {
    name: "AgentAccessConfigForUpdate",
    sensitive: false,
    members: &[
        Member { name: "KmsKeyArn", required: false, shape: &constraints::KMS_KEY_ARN },
        Member { name: "ReplaySessionEnabled", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "S3BucketArn", required: false, shape: &constraints::S3_BUCKET_ARN },
        Member { name: "ScreenImageFormat", required: false, shape: &constraints::SCREEN_IMAGE_FORMAT },
        Member { name: "ScreenResolution", required: false, shape: &constraints::SCREEN_RESOLUTION },
        Member { name: "ScreenshotsUploadEnabled", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "Settings", required: false, shape: &constraints::AGENT_ACCESS_SETTING_LIST },
        Member { name: "UserControlMode", required: false, shape: &constraints::USER_CONTROL_MODE },
    ],
};

/// `AgentAccessSetting` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentAccessSetting {
    /// `AgentAction`, required.
    #[serde(rename = "AgentAction")]
    pub agent_action: super::enums::AgentAction,
    /// `Permission`, required.
    #[serde(rename = "Permission")]
    pub permission: super::enums::Permission,
}

impl crate::WireShape for AgentAccessSetting {
    const STRUCTURE: &'static Structure = &AGENT_ACCESS_SETTING;
}

pub(crate) static AGENT_ACCESS_SETTING: Structure = Structure {
    name: "AgentAccessSetting",
    sensitive: false,
    members: &[
        Member { name: "AgentAction", required: true, shape: &constraints::AGENT_ACTION },
        Member { name: "Permission", required: true, shape: &constraints::PERMISSION },
    ],
};

impl AgentAccessSetting {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(agent_action: super::enums::AgentAction, permission: super::enums::Permission) -> Self {
        Self { agent_action, permission }
    }
}

/// `ContentRedirection` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ContentRedirection {
    /// `HostToClient`.
    #[serde(rename = "HostToClient", default, skip_serializing_if = "Option::is_none")]
    pub host_to_client: Option<UrlRedirectionConfig>,
}

impl crate::WireShape for ContentRedirection {
    const STRUCTURE: &'static Structure = &CONTENT_REDIRECTION;
}

pub(crate) static CONTENT_REDIRECTION: Structure = Structure {
    name: "ContentRedirection",
    sensitive: false,
    members: &[Member {
        name: "HostToClient",
        required: false,
        shape: &Shape::Structure(&URL_REDIRECTION_CONFIG),
    }],
};

/// `DomainJoinInfo` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DomainJoinInfo {
    /// `DirectoryName`.
    #[serde(rename = "DirectoryName", default, skip_serializing_if = "Option::is_none")]
    pub directory_name: Option<String>,
    /// `OrganizationalUnitDistinguishedName`: at most 2000 characters.
    #[serde(
        rename = "OrganizationalUnitDistinguishedName",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub organizational_unit_distinguished_name: Option<String>,
}

impl crate::WireShape for DomainJoinInfo {
    const STRUCTURE: &'static Structure = &DOMAIN_JOIN_INFO;
}

pub(crate) static DOMAIN_JOIN_INFO: Structure = Structure {
    name: "DomainJoinInfo",
    sensitive: false,
    members: &[
        Member { name: "DirectoryName", required: false, shape: &constraints::DIRECTORY_NAME },
        Member {
            name: "OrganizationalUnitDistinguishedName",
            required: false,
            shape: &constraints::ORGANIZATIONAL_UNIT_DISTINGUISHED_NAME,
        },
    ],
};

/// `ErrorDetails` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ErrorDetails {
    /// `ErrorCode`: 1 or more characters.
    #[serde(rename = "ErrorCode", default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// `ErrorMessage`: 1 or more characters.
    #[serde(rename = "ErrorMessage", default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl crate::WireShape for ErrorDetails {
    const STRUCTURE: &'static Structure = &ERROR_DETAILS;
}

pub(crate) static ERROR_DETAILS: Structure = Structure {
    name: "ErrorDetails",
    sensitive: false,
    members: &[
        Member { name: "ErrorCode", required: false, shape: &constraints::STRING },
        Member { name: "ErrorMessage", required: false, shape: &constraints::STRING },
    ],
};

/// `Filter` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Filter {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Values`, required.
    #[serde(rename = "Values")]
    pub values: Vec<String>,
}

impl crate::WireShape for Filter {
    const STRUCTURE: &'static Structure = &FILTER;
}

pub(crate) static FILTER: Structure = Structure {
    name: "Filter",
    sensitive: false,
    members: &[
        Member { name: "Name", required: true, shape: &constraints::FILTER_NAME },
        Member { name: "Values", required: true, shape: &constraints::FILTER_VALUES },
    ],
};

impl Filter {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, values: Vec<String>) -> Self {
        Self { name: name.into(), values }
    }
}

/// `ResourceError` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ResourceError {
    /// `ErrorCode`.
    #[serde(rename = "ErrorCode", default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<super::state_enums::FleetErrorCode>,
    /// `ErrorMessage`: 1 or more characters.
    #[serde(rename = "ErrorMessage", default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// `ErrorTimestamp`.
    #[serde(rename = "ErrorTimestamp", default, skip_serializing_if = "Option::is_none")]
    pub error_timestamp: Option<crate::Timestamp>,
}

impl crate::WireShape for ResourceError {
    const STRUCTURE: &'static Structure = &RESOURCE_ERROR;
}

pub(crate) static RESOURCE_ERROR: Structure = Structure {
    name: "ResourceError",
    sensitive: false,
    members: &[
        Member { name: "ErrorCode", required: false, shape: &constraints::FLEET_ERROR_CODE },
        Member { name: "ErrorMessage", required: false, shape: &constraints::STRING },
        Member { name: "ErrorTimestamp", required: false, shape: &constraints::TIMESTAMP },
    ],
};

/// `RuntimeValidationConfig` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct RuntimeValidationConfig {
    /// `IntendedInstanceType`; pattern `^[a-zA-Z0-9-]+(\.[a-z0-9-]+)+\.(small|medium|large|xlarge|\d+xlarge|metal)$`.
    #[serde(rename = "IntendedInstanceType", default, skip_serializing_if = "Option::is_none")]
    pub intended_instance_type: Option<String>,
}

impl crate::WireShape for RuntimeValidationConfig {
    const STRUCTURE: &'static Structure = &RUNTIME_VALIDATION_CONFIG;
}

pub(crate) static RUNTIME_VALIDATION_CONFIG: Structure = Structure {
    name: "RuntimeValidationConfig",
    sensitive: false,
    members: &[Member { name: "IntendedInstanceType", required: false, shape: &constraints::INSTANCE_TYPE }],
};

/// `S3Location` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct S3Location {
    /// `S3Bucket`, required: 3 to 63 characters; pattern `^[0-9a-z\.\-]*(?<!\.)$`.
    #[serde(rename = "S3Bucket")]
    pub s3_bucket: String,
    /// `S3Key`: 1 to 1024 characters.
    #[serde(rename = "S3Key", default, skip_serializing_if = "Option::is_none")]
    pub s3_key: Option<String>,
}

impl crate::WireShape for S3Location {
    const STRUCTURE: &'static Structure = &S3_LOCATION;
}

pub(crate) static S3_LOCATION: Structure = Structure {
    name: "S3Location",
    sensitive: false,
    members: &[
        Member { name: "S3Bucket", required: true, shape: &constraints::S3_BUCKET },
        Member { name: "S3Key", required: false, shape: &constraints::S3_KEY },
    ],
};

impl S3Location {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(s3_bucket: impl Into<String>) -> Self {
        Self { s3_bucket: s3_bucket.into(), s3_key: None }
    }
}

/// `ScriptDetails` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ScriptDetails {
    /// `ExecutableParameters`: 1 or more characters.
    #[serde(rename = "ExecutableParameters", default, skip_serializing_if = "Option::is_none")]
    pub executable_parameters: Option<String>,
    /// `ExecutablePath`, required: 1 or more characters.
    #[serde(rename = "ExecutablePath")]
    pub executable_path: String,
    /// `ScriptS3Location`, required.
    #[serde(rename = "ScriptS3Location")]
    pub script_s3_location: S3Location,
    /// `TimeoutInSeconds`, required.
    #[serde(rename = "TimeoutInSeconds")]
    pub timeout_in_seconds: i32,
}

impl crate::WireShape for ScriptDetails {
    const STRUCTURE: &'static Structure = &SCRIPT_DETAILS;
}

pub(crate) static SCRIPT_DETAILS: Structure = Structure {
    name: "ScriptDetails",
    sensitive: false,
    members: &[
        Member { name: "ExecutableParameters", required: false, shape: &constraints::STRING },
        Member { name: "ExecutablePath", required: true, shape: &constraints::STRING },
        Member { name: "ScriptS3Location", required: true, shape: &Shape::Structure(&S3_LOCATION) },
        Member { name: "TimeoutInSeconds", required: true, shape: &constraints::INTEGER },
    ],
};

impl ScriptDetails {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        script_s3_location: S3Location,
        executable_path: impl Into<String>,
        timeout_in_seconds: i32,
    ) -> Self {
        Self {
            script_s3_location,
            executable_path: executable_path.into(),
            timeout_in_seconds,
            executable_parameters: None,
        }
    }
}

/// `StorageConnector` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StorageConnector {
    /// `ConnectorType`, required.
    #[serde(rename = "ConnectorType")]
    pub connector_type: super::enums::StorageConnectorType,
    /// `Domains`: at most 50 entries.
    #[serde(rename = "Domains", default, skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<String>>,
    /// `DomainsRequireAdminConsent`: at most 50 entries.
    #[serde(rename = "DomainsRequireAdminConsent", default, skip_serializing_if = "Option::is_none")]
    pub domains_require_admin_consent: Option<Vec<String>>,
    /// `ResourceIdentifier`: 1 to 2048 characters.
    #[serde(rename = "ResourceIdentifier", default, skip_serializing_if = "Option::is_none")]
    pub resource_identifier: Option<String>,
}

impl crate::WireShape for StorageConnector {
    const STRUCTURE: &'static Structure = &STORAGE_CONNECTOR;
}

pub(crate) static STORAGE_CONNECTOR: Structure = Structure {
    name: "StorageConnector",
    sensitive: false,
    members: &[
        Member { name: "ConnectorType", required: true, shape: &constraints::STORAGE_CONNECTOR_TYPE },
        Member { name: "Domains", required: false, shape: &constraints::DOMAIN_LIST },
        Member { name: "DomainsRequireAdminConsent", required: false, shape: &constraints::DOMAIN_LIST },
        Member { name: "ResourceIdentifier", required: false, shape: &constraints::RESOURCE_IDENTIFIER },
    ],
};

impl StorageConnector {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(connector_type: super::enums::StorageConnectorType) -> Self {
        Self { connector_type, domains: None, domains_require_admin_consent: None, resource_identifier: None }
    }
}

/// `StreamingExperienceSettings` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StreamingExperienceSettings {
    /// `PreferredProtocol`.
    #[serde(rename = "PreferredProtocol", default, skip_serializing_if = "Option::is_none")]
    pub preferred_protocol: Option<super::enums::PreferredProtocol>,
}

impl crate::WireShape for StreamingExperienceSettings {
    const STRUCTURE: &'static Structure = &STREAMING_EXPERIENCE_SETTINGS;
}

pub(crate) static STREAMING_EXPERIENCE_SETTINGS: Structure = Structure {
    name: "StreamingExperienceSettings",
    sensitive: false,
    members: &[Member {
        name: "PreferredProtocol",
        required: false,
        shape: &constraints::PREFERRED_PROTOCOL,
    }],
};

/// `UntagResourceRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UntagResourceRequest {
    /// `ResourceArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ResourceArn")]
    pub resource_arn: String,
    /// `TagKeys`, required: 1 to 50 entries.
    #[serde(rename = "TagKeys")]
    pub tag_keys: Vec<String>,
}

impl crate::WireShape for UntagResourceRequest {
    const STRUCTURE: &'static Structure = &UNTAG_RESOURCE_REQUEST;
}

pub(crate) static UNTAG_RESOURCE_REQUEST: Structure = Structure {
    name: "UntagResourceRequest",
    sensitive: false,
    members: &[
        Member { name: "ResourceArn", required: true, shape: &constraints::ARN },
        Member { name: "TagKeys", required: true, shape: &constraints::TAG_KEY_LIST },
    ],
};

impl UntagResourceRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(resource_arn: impl Into<String>, tag_keys: Vec<String>) -> Self {
        Self { resource_arn: resource_arn.into(), tag_keys }
    }
}

/// `UntagResourceResponse` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UntagResourceResponse {}

impl crate::WireShape for UntagResourceResponse {
    const STRUCTURE: &'static Structure = &UNTAG_RESOURCE_RESPONSE;
}

pub(crate) static UNTAG_RESOURCE_RESPONSE: Structure =
    Structure { name: "UntagResourceResponse", sensitive: false, members: &[] };

/// `UrlRedirectionConfig` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UrlRedirectionConfig {
    /// `AllowedUrls`: 0 to 100 entries.
    #[serde(rename = "AllowedUrls", default, skip_serializing_if = "Option::is_none")]
    pub allowed_urls: Option<Vec<String>>,
    /// `DeniedUrls`: 0 to 100 entries.
    #[serde(rename = "DeniedUrls", default, skip_serializing_if = "Option::is_none")]
    pub denied_urls: Option<Vec<String>>,
    /// `Enabled`, required.
    #[serde(rename = "Enabled")]
    pub enabled: bool,
}

impl crate::WireShape for UrlRedirectionConfig {
    const STRUCTURE: &'static Structure = &URL_REDIRECTION_CONFIG;
}

pub(crate) static URL_REDIRECTION_CONFIG: Structure = Structure {
    name: "UrlRedirectionConfig",
    sensitive: false,
    members: &[
        Member { name: "AllowedUrls", required: false, shape: &constraints::URL_PATTERN_LIST },
        Member { name: "DeniedUrls", required: false, shape: &constraints::URL_PATTERN_LIST },
        Member { name: "Enabled", required: true, shape: &constraints::BOOLEAN_OBJECT },
    ],
};

impl UrlRedirectionConfig {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        Self { enabled, allowed_urls: None, denied_urls: None }
    }
}

/// `VolumeConfig` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct VolumeConfig {
    /// `VolumeSizeInGb`.
    #[serde(rename = "VolumeSizeInGb", default, skip_serializing_if = "Option::is_none")]
    pub volume_size_in_gb: Option<i32>,
}

impl crate::WireShape for VolumeConfig {
    const STRUCTURE: &'static Structure = &VOLUME_CONFIG;
}

pub(crate) static VOLUME_CONFIG: Structure = Structure {
    name: "VolumeConfig",
    sensitive: false,
    members: &[Member { name: "VolumeSizeInGb", required: false, shape: &constraints::INTEGER }],
};

/// `VpcConfig` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct VpcConfig {
    /// `SecurityGroupIds`: at most 5 entries.
    #[serde(rename = "SecurityGroupIds", default, skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// `SubnetIds`.
    #[serde(rename = "SubnetIds", default, skip_serializing_if = "Option::is_none")]
    pub subnet_ids: Option<Vec<String>>,
}

impl crate::WireShape for VpcConfig {
    const STRUCTURE: &'static Structure = &VPC_CONFIG;
}

pub(crate) static VPC_CONFIG: Structure = Structure {
    name: "VpcConfig",
    sensitive: false,
    members: &[
        Member { name: "SecurityGroupIds", required: false, shape: &constraints::SECURITY_GROUP_ID_LIST },
        Member { name: "SubnetIds", required: false, shape: &constraints::SUBNET_ID_LIST },
    ],
};

/// `WebAuthnRedirection` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct WebAuthnRedirection {
    /// `Enabled`, required.
    #[serde(rename = "Enabled")]
    pub enabled: bool,
    /// `ProcessCompatibilityList`: 1 to 100 entries.
    #[serde(rename = "ProcessCompatibilityList", default, skip_serializing_if = "Option::is_none")]
    pub process_compatibility_list: Option<Vec<String>>,
}

impl crate::WireShape for WebAuthnRedirection {
    const STRUCTURE: &'static Structure = &WEB_AUTHN_REDIRECTION;
}

pub(crate) static WEB_AUTHN_REDIRECTION: Structure = Structure {
    name: "WebAuthnRedirection",
    sensitive: false,
    members: &[
        Member { name: "Enabled", required: true, shape: &constraints::BOOLEAN_OBJECT },
        Member {
            name: "ProcessCompatibilityList",
            required: false,
            shape: &constraints::PROCESS_COMPATIBILITY_LIST,
        },
    ],
};

impl WebAuthnRedirection {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        Self { enabled, process_compatibility_list: None }
    }
}
