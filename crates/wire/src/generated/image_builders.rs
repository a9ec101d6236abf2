// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: image builders.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `CreateImageBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateImageBuilderRequest {
    /// `AccessEndpoints`: 1 to 4 entries.
    #[serde(rename = "AccessEndpoints", default, skip_serializing_if = "Option::is_none")]
    pub access_endpoints: Option<Vec<super::common::AccessEndpoint>>,
    /// `AgentAccessConfig`.
    #[serde(rename = "AgentAccessConfig", default, skip_serializing_if = "Option::is_none")]
    pub agent_access_config: Option<ImageBuilderAgentAccessConfig>,
    /// `AppstreamAgentVersion`: 1 to 100 characters.
    #[serde(rename = "AppstreamAgentVersion", default, skip_serializing_if = "Option::is_none")]
    pub appstream_agent_version: Option<String>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisableIMDSV1`.
    #[serde(rename = "DisableIMDSV1", default, skip_serializing_if = "Option::is_none")]
    pub disable_imdsv1: Option<bool>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `DomainJoinInfo`.
    #[serde(rename = "DomainJoinInfo", default, skip_serializing_if = "Option::is_none")]
    pub domain_join_info: Option<super::common::DomainJoinInfo>,
    /// `EnableDefaultInternetAccess`.
    #[serde(rename = "EnableDefaultInternetAccess", default, skip_serializing_if = "Option::is_none")]
    pub enable_default_internet_access: Option<bool>,
    /// `IamRoleArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "IamRoleArn", default, skip_serializing_if = "Option::is_none")]
    pub iam_role_arn: Option<String>,
    /// `ImageArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ImageArn", default, skip_serializing_if = "Option::is_none")]
    pub image_arn: Option<String>,
    /// `ImageName`: 1 or more characters.
    #[serde(rename = "ImageName", default, skip_serializing_if = "Option::is_none")]
    pub image_name: Option<String>,
    /// `InstanceType`, required: 1 or more characters.
    #[serde(rename = "InstanceType")]
    pub instance_type: String,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `RootVolumeConfig`.
    #[serde(rename = "RootVolumeConfig", default, skip_serializing_if = "Option::is_none")]
    pub root_volume_config: Option<super::common::VolumeConfig>,
    /// `SoftwaresToInstall`.
    #[serde(rename = "SoftwaresToInstall", default, skip_serializing_if = "Option::is_none")]
    pub softwares_to_install: Option<Vec<String>>,
    /// `SoftwaresToUninstall`.
    #[serde(rename = "SoftwaresToUninstall", default, skip_serializing_if = "Option::is_none")]
    pub softwares_to_uninstall: Option<Vec<String>>,
    /// `Tags`: 1 to 50 entries.
    #[serde(rename = "Tags", default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// `VpcConfig`.
    #[serde(rename = "VpcConfig", default, skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<super::common::VpcConfig>,
}

impl crate::WireShape for CreateImageBuilderRequest {
    const STRUCTURE: &'static Structure = &CREATE_IMAGE_BUILDER_REQUEST;
}

pub(crate) static CREATE_IMAGE_BUILDER_REQUEST: Structure = Structure {
    name: "CreateImageBuilderRequest",
    sensitive: false,
    members: &[
        Member { name: "AccessEndpoints", required: false, shape: &constraints::ACCESS_ENDPOINT_LIST },
        Member {
            name: "AgentAccessConfig",
            required: false,
            shape: &Shape::Structure(&IMAGE_BUILDER_AGENT_ACCESS_CONFIG),
        },
        Member {
            name: "AppstreamAgentVersion",
            required: false,
            shape: &constraints::APPSTREAM_AGENT_VERSION,
        },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisableIMDSV1", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member {
            name: "DomainJoinInfo",
            required: false,
            shape: &Shape::Structure(&super::common::DOMAIN_JOIN_INFO),
        },
        Member { name: "EnableDefaultInternetAccess", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "IamRoleArn", required: false, shape: &constraints::ARN },
        Member { name: "ImageArn", required: false, shape: &constraints::ARN },
        Member { name: "ImageName", required: false, shape: &constraints::STRING },
        Member { name: "InstanceType", required: true, shape: &constraints::STRING },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member {
            name: "RootVolumeConfig",
            required: false,
            shape: &Shape::Structure(&super::common::VOLUME_CONFIG),
        },
        Member { name: "SoftwaresToInstall", required: false, shape: &constraints::STRING_LIST },
        Member { name: "SoftwaresToUninstall", required: false, shape: &constraints::STRING_LIST },
        Member { name: "Tags", required: false, shape: &constraints::TAGS },
        Member { name: "VpcConfig", required: false, shape: &Shape::Structure(&super::common::VPC_CONFIG) },
    ],
};

impl CreateImageBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, instance_type: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            instance_type: instance_type.into(),
            access_endpoints: None,
            agent_access_config: None,
            appstream_agent_version: None,
            description: None,
            disable_imdsv1: None,
            display_name: None,
            domain_join_info: None,
            enable_default_internet_access: None,
            iam_role_arn: None,
            image_arn: None,
            image_name: None,
            root_volume_config: None,
            softwares_to_install: None,
            softwares_to_uninstall: None,
            tags: None,
            vpc_config: None,
        }
    }
}

/// `CreateImageBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateImageBuilderResult {
    /// `ImageBuilder`.
    #[serde(rename = "ImageBuilder", default, skip_serializing_if = "Option::is_none")]
    pub image_builder: Option<ImageBuilder>,
}

impl crate::WireShape for CreateImageBuilderResult {
    const STRUCTURE: &'static Structure = &CREATE_IMAGE_BUILDER_RESULT;
}

pub(crate) static CREATE_IMAGE_BUILDER_RESULT: Structure = Structure {
    name: "CreateImageBuilderResult",
    sensitive: false,
    members: &[Member { name: "ImageBuilder", required: false, shape: &Shape::Structure(&IMAGE_BUILDER) }],
};

/// `CreateImageBuilderStreamingURLRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateImageBuilderStreamingURLRequest {
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Validity`: 1 to 604800.
    #[serde(rename = "Validity", default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<i64>,
}

impl crate::WireShape for CreateImageBuilderStreamingURLRequest {
    const STRUCTURE: &'static Structure = &CREATE_IMAGE_BUILDER_STREAMING_URL_REQUEST;
}

pub(crate) static CREATE_IMAGE_BUILDER_STREAMING_URL_REQUEST: Structure = Structure {
    name: "CreateImageBuilderStreamingURLRequest",
    sensitive: false,
    members: &[
        Member { name: "Name", required: true, shape: &constraints::STRING },
        Member {
            name: "Validity",
            required: false,
            shape: &constraints::CREATE_IMAGE_BUILDER_STREAMING_URL_REQUEST_VALIDITY,
        },
    ],
};

impl CreateImageBuilderStreamingURLRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), validity: None }
    }
}

/// `CreateImageBuilderStreamingURLResult` of the API.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateImageBuilderStreamingURLResult {
    /// `Expires`.
    #[serde(rename = "Expires", default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<crate::Timestamp>,
    /// `StreamingURL`, sensitive.
    #[serde(rename = "StreamingURL", default, skip_serializing_if = "Option::is_none")]
    pub streaming_url: Option<String>,
}

impl crate::WireShape for CreateImageBuilderStreamingURLResult {
    const STRUCTURE: &'static Structure = &CREATE_IMAGE_BUILDER_STREAMING_URL_RESULT;
}

pub(crate) static CREATE_IMAGE_BUILDER_STREAMING_URL_RESULT: Structure = Structure {
    name: "CreateImageBuilderStreamingURLResult",
    sensitive: false,
    members: &[
        Member { name: "Expires", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "StreamingURL", required: false, shape: &constraints::STREAMING_URL },
    ],
};

// Sensitive members must not reach a log.
impl std::fmt::Debug for CreateImageBuilderStreamingURLResult {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("CreateImageBuilderStreamingURLResult")
            .field("expires", &self.expires)
            .field("streaming_url", &crate::schema::Redacted)
            .finish()
    }
}

/// `DeleteImageBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteImageBuilderRequest {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for DeleteImageBuilderRequest {
    const STRUCTURE: &'static Structure = &DELETE_IMAGE_BUILDER_REQUEST;
}

pub(crate) static DELETE_IMAGE_BUILDER_REQUEST: Structure = Structure {
    name: "DeleteImageBuilderRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::NAME }],
};

impl DeleteImageBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `DeleteImageBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteImageBuilderResult {
    /// `ImageBuilder`.
    #[serde(rename = "ImageBuilder", default, skip_serializing_if = "Option::is_none")]
    pub image_builder: Option<ImageBuilder>,
}

impl crate::WireShape for DeleteImageBuilderResult {
    const STRUCTURE: &'static Structure = &DELETE_IMAGE_BUILDER_RESULT;
}

pub(crate) static DELETE_IMAGE_BUILDER_RESULT: Structure = Structure {
    name: "DeleteImageBuilderResult",
    sensitive: false,
    members: &[Member { name: "ImageBuilder", required: false, shape: &Shape::Structure(&IMAGE_BUILDER) }],
};

/// `DescribeImageBuildersRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeImageBuildersRequest {
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `Names`.
    #[serde(rename = "Names", default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeImageBuildersRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_IMAGE_BUILDERS_REQUEST;
}

pub(crate) static DESCRIBE_IMAGE_BUILDERS_REQUEST: Structure = Structure {
    name: "DescribeImageBuildersRequest",
    sensitive: false,
    members: &[
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "Names", required: false, shape: &constraints::STRING_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeImageBuildersResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeImageBuildersResult {
    /// `ImageBuilders`.
    #[serde(rename = "ImageBuilders", default, skip_serializing_if = "Option::is_none")]
    pub image_builders: Option<Vec<ImageBuilder>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeImageBuildersResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_IMAGE_BUILDERS_RESULT;
}

pub(crate) static DESCRIBE_IMAGE_BUILDERS_RESULT: Structure = Structure {
    name: "DescribeImageBuildersResult",
    sensitive: false,
    members: &[
        Member { name: "ImageBuilders", required: false, shape: &constraints::IMAGE_BUILDER_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `ImageBuilder` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ImageBuilder {
    /// `AccessEndpoints`: 1 to 4 entries.
    #[serde(rename = "AccessEndpoints", default, skip_serializing_if = "Option::is_none")]
    pub access_endpoints: Option<Vec<super::common::AccessEndpoint>>,
    /// `AgentAccessConfig`.
    #[serde(rename = "AgentAccessConfig", default, skip_serializing_if = "Option::is_none")]
    pub agent_access_config: Option<ImageBuilderAgentAccessConfig>,
    /// `AppstreamAgentVersion`: 1 to 100 characters.
    #[serde(rename = "AppstreamAgentVersion", default, skip_serializing_if = "Option::is_none")]
    pub appstream_agent_version: Option<String>,
    /// `Arn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "Arn", default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `Description`: 1 or more characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisableIMDSV1`.
    #[serde(rename = "DisableIMDSV1", default, skip_serializing_if = "Option::is_none")]
    pub disable_imdsv1: Option<bool>,
    /// `DisplayName`: 1 or more characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `DomainJoinInfo`.
    #[serde(rename = "DomainJoinInfo", default, skip_serializing_if = "Option::is_none")]
    pub domain_join_info: Option<super::common::DomainJoinInfo>,
    /// `EnableDefaultInternetAccess`.
    #[serde(rename = "EnableDefaultInternetAccess", default, skip_serializing_if = "Option::is_none")]
    pub enable_default_internet_access: Option<bool>,
    /// `IamRoleArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "IamRoleArn", default, skip_serializing_if = "Option::is_none")]
    pub iam_role_arn: Option<String>,
    /// `ImageArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ImageArn", default, skip_serializing_if = "Option::is_none")]
    pub image_arn: Option<String>,
    /// `ImageBuilderErrors`.
    #[serde(rename = "ImageBuilderErrors", default, skip_serializing_if = "Option::is_none")]
    pub image_builder_errors: Option<Vec<super::common::ResourceError>>,
    /// `InstanceType`: 1 or more characters.
    #[serde(rename = "InstanceType", default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// `LatestAppstreamAgentVersion`.
    #[serde(rename = "LatestAppstreamAgentVersion", default, skip_serializing_if = "Option::is_none")]
    pub latest_appstream_agent_version: Option<super::enums::LatestAppstreamAgentVersion>,
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
    /// `NetworkAccessConfiguration`.
    #[serde(rename = "NetworkAccessConfiguration", default, skip_serializing_if = "Option::is_none")]
    pub network_access_configuration: Option<super::sessions::NetworkAccessConfiguration>,
    /// `Platform`.
    #[serde(rename = "Platform", default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<super::enums::PlatformType>,
    /// `RootVolumeConfig`.
    #[serde(rename = "RootVolumeConfig", default, skip_serializing_if = "Option::is_none")]
    pub root_volume_config: Option<super::common::VolumeConfig>,
    /// `State`.
    #[serde(rename = "State", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<super::state_enums::ImageBuilderState>,
    /// `StateChangeReason`.
    #[serde(rename = "StateChangeReason", default, skip_serializing_if = "Option::is_none")]
    pub state_change_reason: Option<ImageBuilderStateChangeReason>,
    /// `VpcConfig`.
    #[serde(rename = "VpcConfig", default, skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<super::common::VpcConfig>,
}

impl crate::WireShape for ImageBuilder {
    const STRUCTURE: &'static Structure = &IMAGE_BUILDER;
}

pub(crate) static IMAGE_BUILDER: Structure = Structure {
    name: "ImageBuilder",
    sensitive: false,
    members: &[
        Member { name: "AccessEndpoints", required: false, shape: &constraints::ACCESS_ENDPOINT_LIST },
        Member {
            name: "AgentAccessConfig",
            required: false,
            shape: &Shape::Structure(&IMAGE_BUILDER_AGENT_ACCESS_CONFIG),
        },
        Member {
            name: "AppstreamAgentVersion",
            required: false,
            shape: &constraints::APPSTREAM_AGENT_VERSION,
        },
        Member { name: "Arn", required: false, shape: &constraints::ARN },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Description", required: false, shape: &constraints::STRING },
        Member { name: "DisableIMDSV1", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "DisplayName", required: false, shape: &constraints::STRING },
        Member {
            name: "DomainJoinInfo",
            required: false,
            shape: &Shape::Structure(&super::common::DOMAIN_JOIN_INFO),
        },
        Member { name: "EnableDefaultInternetAccess", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "IamRoleArn", required: false, shape: &constraints::ARN },
        Member { name: "ImageArn", required: false, shape: &constraints::ARN },
        Member { name: "ImageBuilderErrors", required: false, shape: &constraints::RESOURCE_ERRORS },
        Member { name: "InstanceType", required: false, shape: &constraints::STRING },
        Member {
            name: "LatestAppstreamAgentVersion",
            required: false,
            shape: &constraints::LATEST_APPSTREAM_AGENT_VERSION,
        },
        Member { name: "Name", required: true, shape: &constraints::STRING },
        Member {
            name: "NetworkAccessConfiguration",
            required: false,
            shape: &Shape::Structure(&super::sessions::NETWORK_ACCESS_CONFIGURATION),
        },
        Member { name: "Platform", required: false, shape: &constraints::PLATFORM_TYPE },
        Member {
            name: "RootVolumeConfig",
            required: false,
            shape: &Shape::Structure(&super::common::VOLUME_CONFIG),
        },
        Member { name: "State", required: false, shape: &constraints::IMAGE_BUILDER_STATE },
        Member {
            name: "StateChangeReason",
            required: false,
            shape: &Shape::Structure(&IMAGE_BUILDER_STATE_CHANGE_REASON),
        },
        Member { name: "VpcConfig", required: false, shape: &Shape::Structure(&super::common::VPC_CONFIG) },
    ],
};

impl ImageBuilder {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            access_endpoints: None,
            agent_access_config: None,
            appstream_agent_version: None,
            arn: None,
            created_time: None,
            description: None,
            disable_imdsv1: None,
            display_name: None,
            domain_join_info: None,
            enable_default_internet_access: None,
            iam_role_arn: None,
            image_arn: None,
            image_builder_errors: None,
            instance_type: None,
            latest_appstream_agent_version: None,
            network_access_configuration: None,
            platform: None,
            root_volume_config: None,
            state: None,
            state_change_reason: None,
            vpc_config: None,
        }
    }
}

/// `ImageBuilderAgentAccessConfig` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageBuilderAgentAccessConfig {
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
    pub settings: Vec<super::common::AgentAccessSetting>,
    /// `UserControlMode`.
    #[serde(rename = "UserControlMode", default, skip_serializing_if = "Option::is_none")]
    pub user_control_mode: Option<super::enums::UserControlMode>,
}

impl crate::WireShape for ImageBuilderAgentAccessConfig {
    const STRUCTURE: &'static Structure = &IMAGE_BUILDER_AGENT_ACCESS_CONFIG;
}

pub(crate) static IMAGE_BUILDER_AGENT_ACCESS_CONFIG: Structure = Structure {
    name: "ImageBuilderAgentAccessConfig",
    sensitive: false,
    members: &[
        Member { name: "S3BucketArn", required: false, shape: &constraints::S3_BUCKET_ARN },
        Member { name: "ScreenImageFormat", required: true, shape: &constraints::SCREEN_IMAGE_FORMAT },
        Member { name: "ScreenResolution", required: true, shape: &constraints::SCREEN_RESOLUTION },
        Member { name: "ScreenshotsUploadEnabled", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "Settings", required: true, shape: &constraints::AGENT_ACCESS_SETTING_LIST },
        Member { name: "UserControlMode", required: false, shape: &constraints::USER_CONTROL_MODE },
    ],
};

impl ImageBuilderAgentAccessConfig {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        settings: Vec<super::common::AgentAccessSetting>,
        screen_resolution: super::enums::ScreenResolution,
        screen_image_format: super::enums::ScreenImageFormat,
    ) -> Self {
        Self {
            settings,
            screen_resolution,
            screen_image_format,
            s3_bucket_arn: None,
            screenshots_upload_enabled: None,
            user_control_mode: None,
        }
    }
}

/// `ImageBuilderAgentAccessConfigForUpdate` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ImageBuilderAgentAccessConfigForUpdate {
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
    pub settings: Option<Vec<super::common::AgentAccessSetting>>,
    /// `UserControlMode`.
    #[serde(rename = "UserControlMode", default, skip_serializing_if = "Option::is_none")]
    pub user_control_mode: Option<super::enums::UserControlMode>,
}

impl crate::WireShape for ImageBuilderAgentAccessConfigForUpdate {
    const STRUCTURE: &'static Structure = &IMAGE_BUILDER_AGENT_ACCESS_CONFIG_FOR_UPDATE;
}

pub(crate) static IMAGE_BUILDER_AGENT_ACCESS_CONFIG_FOR_UPDATE: Structure = Structure {
    name: "ImageBuilderAgentAccessConfigForUpdate",
    sensitive: false,
    members: &[
        Member { name: "S3BucketArn", required: false, shape: &constraints::S3_BUCKET_ARN },
        Member { name: "ScreenImageFormat", required: false, shape: &constraints::SCREEN_IMAGE_FORMAT },
        Member { name: "ScreenResolution", required: false, shape: &constraints::SCREEN_RESOLUTION },
        Member { name: "ScreenshotsUploadEnabled", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "Settings", required: false, shape: &constraints::AGENT_ACCESS_SETTING_LIST },
        Member { name: "UserControlMode", required: false, shape: &constraints::USER_CONTROL_MODE },
    ],
};

/// `ImageBuilderStateChangeReason` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ImageBuilderStateChangeReason {
    /// `Code`.
    #[serde(rename = "Code", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<super::state_enums::ImageBuilderStateChangeReasonCode>,
    /// `Message`: 1 or more characters.
    #[serde(rename = "Message", default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl crate::WireShape for ImageBuilderStateChangeReason {
    const STRUCTURE: &'static Structure = &IMAGE_BUILDER_STATE_CHANGE_REASON;
}

pub(crate) static IMAGE_BUILDER_STATE_CHANGE_REASON: Structure = Structure {
    name: "ImageBuilderStateChangeReason",
    sensitive: false,
    members: &[
        Member { name: "Code", required: false, shape: &constraints::IMAGE_BUILDER_STATE_CHANGE_REASON_CODE },
        Member { name: "Message", required: false, shape: &constraints::STRING },
    ],
};

/// `StartImageBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StartImageBuilderRequest {
    /// `AppstreamAgentVersion`: 1 to 100 characters.
    #[serde(rename = "AppstreamAgentVersion", default, skip_serializing_if = "Option::is_none")]
    pub appstream_agent_version: Option<String>,
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for StartImageBuilderRequest {
    const STRUCTURE: &'static Structure = &START_IMAGE_BUILDER_REQUEST;
}

pub(crate) static START_IMAGE_BUILDER_REQUEST: Structure = Structure {
    name: "StartImageBuilderRequest",
    sensitive: false,
    members: &[
        Member {
            name: "AppstreamAgentVersion",
            required: false,
            shape: &constraints::APPSTREAM_AGENT_VERSION,
        },
        Member { name: "Name", required: true, shape: &constraints::STRING },
    ],
};

impl StartImageBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), appstream_agent_version: None }
    }
}

/// `StartImageBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StartImageBuilderResult {
    /// `ImageBuilder`.
    #[serde(rename = "ImageBuilder", default, skip_serializing_if = "Option::is_none")]
    pub image_builder: Option<ImageBuilder>,
}

impl crate::WireShape for StartImageBuilderResult {
    const STRUCTURE: &'static Structure = &START_IMAGE_BUILDER_RESULT;
}

pub(crate) static START_IMAGE_BUILDER_RESULT: Structure = Structure {
    name: "StartImageBuilderResult",
    sensitive: false,
    members: &[Member { name: "ImageBuilder", required: false, shape: &Shape::Structure(&IMAGE_BUILDER) }],
};

/// `StopImageBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StopImageBuilderRequest {
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for StopImageBuilderRequest {
    const STRUCTURE: &'static Structure = &STOP_IMAGE_BUILDER_REQUEST;
}

pub(crate) static STOP_IMAGE_BUILDER_REQUEST: Structure = Structure {
    name: "StopImageBuilderRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::STRING }],
};

impl StopImageBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `StopImageBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StopImageBuilderResult {
    /// `ImageBuilder`.
    #[serde(rename = "ImageBuilder", default, skip_serializing_if = "Option::is_none")]
    pub image_builder: Option<ImageBuilder>,
}

impl crate::WireShape for StopImageBuilderResult {
    const STRUCTURE: &'static Structure = &STOP_IMAGE_BUILDER_RESULT;
}

pub(crate) static STOP_IMAGE_BUILDER_RESULT: Structure = Structure {
    name: "StopImageBuilderResult",
    sensitive: false,
    members: &[Member { name: "ImageBuilder", required: false, shape: &Shape::Structure(&IMAGE_BUILDER) }],
};

/// `UpdateImageBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateImageBuilderRequest {
    /// `AgentAccessConfig`.
    #[serde(rename = "AgentAccessConfig", default, skip_serializing_if = "Option::is_none")]
    pub agent_access_config: Option<ImageBuilderAgentAccessConfigForUpdate>,
    /// `AttributesToDelete`: at most 2 entries.
    #[serde(rename = "AttributesToDelete", default, skip_serializing_if = "Option::is_none")]
    pub attributes_to_delete: Option<Vec<super::enums::ImageBuilderAttribute>>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for UpdateImageBuilderRequest {
    const STRUCTURE: &'static Structure = &UPDATE_IMAGE_BUILDER_REQUEST;
}

pub(crate) static UPDATE_IMAGE_BUILDER_REQUEST: Structure = Structure {
    name: "UpdateImageBuilderRequest",
    sensitive: false,
    members: &[
        Member {
            name: "AgentAccessConfig",
            required: false,
            shape: &Shape::Structure(&IMAGE_BUILDER_AGENT_ACCESS_CONFIG_FOR_UPDATE),
        },
        Member { name: "AttributesToDelete", required: false, shape: &constraints::IMAGE_BUILDER_ATTRIBUTES },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member { name: "Name", required: true, shape: &constraints::NAME },
    ],
};

impl UpdateImageBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            agent_access_config: None,
            attributes_to_delete: None,
            description: None,
            display_name: None,
        }
    }
}

/// `UpdateImageBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateImageBuilderResult {
    /// `ImageBuilder`.
    #[serde(rename = "ImageBuilder", default, skip_serializing_if = "Option::is_none")]
    pub image_builder: Option<ImageBuilder>,
}

impl crate::WireShape for UpdateImageBuilderResult {
    const STRUCTURE: &'static Structure = &UPDATE_IMAGE_BUILDER_RESULT;
}

pub(crate) static UPDATE_IMAGE_BUILDER_RESULT: Structure = Structure {
    name: "UpdateImageBuilderResult",
    sensitive: false,
    members: &[Member { name: "ImageBuilder", required: false, shape: &Shape::Structure(&IMAGE_BUILDER) }],
};
