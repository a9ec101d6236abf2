// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: app block builders.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `AppBlockBuilder` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppBlockBuilder {
    /// `AccessEndpoints`: 1 to 4 entries.
    #[serde(rename = "AccessEndpoints", default, skip_serializing_if = "Option::is_none")]
    pub access_endpoints: Option<Vec<super::common::AccessEndpoint>>,
    /// `AppBlockBuilderErrors`.
    #[serde(rename = "AppBlockBuilderErrors", default, skip_serializing_if = "Option::is_none")]
    pub app_block_builder_errors: Option<Vec<super::common::ResourceError>>,
    /// `Arn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "Arn")]
    pub arn: String,
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
    /// `EnableDefaultInternetAccess`.
    #[serde(rename = "EnableDefaultInternetAccess", default, skip_serializing_if = "Option::is_none")]
    pub enable_default_internet_access: Option<bool>,
    /// `IamRoleArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "IamRoleArn", default, skip_serializing_if = "Option::is_none")]
    pub iam_role_arn: Option<String>,
    /// `InstanceType`, required: 1 or more characters.
    #[serde(rename = "InstanceType")]
    pub instance_type: String,
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Platform`, required.
    #[serde(rename = "Platform")]
    pub platform: super::enums::AppBlockBuilderPlatformType,
    /// `State`, required.
    #[serde(rename = "State")]
    pub state: super::state_enums::AppBlockBuilderState,
    /// `StateChangeReason`.
    #[serde(rename = "StateChangeReason", default, skip_serializing_if = "Option::is_none")]
    pub state_change_reason: Option<AppBlockBuilderStateChangeReason>,
    /// `VpcConfig`, required.
    #[serde(rename = "VpcConfig")]
    pub vpc_config: super::common::VpcConfig,
}

impl crate::WireShape for AppBlockBuilder {
    const STRUCTURE: &'static Structure = &APP_BLOCK_BUILDER;
}

pub(crate) static APP_BLOCK_BUILDER: Structure = Structure {
    name: "AppBlockBuilder",
    sensitive: false,
    members: &[
        Member { name: "AccessEndpoints", required: false, shape: &constraints::ACCESS_ENDPOINT_LIST },
        Member { name: "AppBlockBuilderErrors", required: false, shape: &constraints::RESOURCE_ERRORS },
        Member { name: "Arn", required: true, shape: &constraints::ARN },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Description", required: false, shape: &constraints::STRING },
        Member { name: "DisableIMDSV1", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "DisplayName", required: false, shape: &constraints::STRING },
        Member { name: "EnableDefaultInternetAccess", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "IamRoleArn", required: false, shape: &constraints::ARN },
        Member { name: "InstanceType", required: true, shape: &constraints::STRING },
        Member { name: "Name", required: true, shape: &constraints::STRING },
        Member { name: "Platform", required: true, shape: &constraints::APP_BLOCK_BUILDER_PLATFORM_TYPE },
        Member { name: "State", required: true, shape: &constraints::APP_BLOCK_BUILDER_STATE },
        Member {
            name: "StateChangeReason",
            required: false,
            shape: &Shape::Structure(&APP_BLOCK_BUILDER_STATE_CHANGE_REASON),
        },
        Member { name: "VpcConfig", required: true, shape: &Shape::Structure(&super::common::VPC_CONFIG) },
    ],
};

impl AppBlockBuilder {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        arn: impl Into<String>,
        name: impl Into<String>,
        platform: super::enums::AppBlockBuilderPlatformType,
        instance_type: impl Into<String>,
        vpc_config: super::common::VpcConfig,
        state: super::state_enums::AppBlockBuilderState,
    ) -> Self {
        Self {
            arn: arn.into(),
            name: name.into(),
            platform,
            instance_type: instance_type.into(),
            vpc_config,
            state,
            access_endpoints: None,
            app_block_builder_errors: None,
            created_time: None,
            description: None,
            disable_imdsv1: None,
            display_name: None,
            enable_default_internet_access: None,
            iam_role_arn: None,
            state_change_reason: None,
        }
    }
}

/// `AppBlockBuilderAppBlockAssociation` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AppBlockBuilderAppBlockAssociation {
    /// `AppBlockArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "AppBlockArn")]
    pub app_block_arn: String,
    /// `AppBlockBuilderName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "AppBlockBuilderName")]
    pub app_block_builder_name: String,
}

impl crate::WireShape for AppBlockBuilderAppBlockAssociation {
    const STRUCTURE: &'static Structure = &APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATION;
}

pub(crate) static APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATION: Structure = Structure {
    name: "AppBlockBuilderAppBlockAssociation",
    sensitive: false,
    members: &[
        Member { name: "AppBlockArn", required: true, shape: &constraints::ARN },
        Member { name: "AppBlockBuilderName", required: true, shape: &constraints::NAME },
    ],
};

impl AppBlockBuilderAppBlockAssociation {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(app_block_arn: impl Into<String>, app_block_builder_name: impl Into<String>) -> Self {
        Self { app_block_arn: app_block_arn.into(), app_block_builder_name: app_block_builder_name.into() }
    }
}

/// `AppBlockBuilderStateChangeReason` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AppBlockBuilderStateChangeReason {
    /// `Code`.
    #[serde(rename = "Code", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<super::state_enums::AppBlockBuilderStateChangeReasonCode>,
    /// `Message`: 1 or more characters.
    #[serde(rename = "Message", default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl crate::WireShape for AppBlockBuilderStateChangeReason {
    const STRUCTURE: &'static Structure = &APP_BLOCK_BUILDER_STATE_CHANGE_REASON;
}

pub(crate) static APP_BLOCK_BUILDER_STATE_CHANGE_REASON: Structure = Structure {
    name: "AppBlockBuilderStateChangeReason",
    sensitive: false,
    members: &[
        Member {
            name: "Code",
            required: false,
            shape: &constraints::APP_BLOCK_BUILDER_STATE_CHANGE_REASON_CODE,
        },
        Member { name: "Message", required: false, shape: &constraints::STRING },
    ],
};

/// `AssociateAppBlockBuilderAppBlockRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateAppBlockBuilderAppBlockRequest {
    /// `AppBlockArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "AppBlockArn")]
    pub app_block_arn: String,
    /// `AppBlockBuilderName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "AppBlockBuilderName")]
    pub app_block_builder_name: String,
}

impl crate::WireShape for AssociateAppBlockBuilderAppBlockRequest {
    const STRUCTURE: &'static Structure = &ASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_REQUEST;
}

pub(crate) static ASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_REQUEST: Structure = Structure {
    name: "AssociateAppBlockBuilderAppBlockRequest",
    sensitive: false,
    members: &[
        Member { name: "AppBlockArn", required: true, shape: &constraints::ARN },
        Member { name: "AppBlockBuilderName", required: true, shape: &constraints::NAME },
    ],
};

impl AssociateAppBlockBuilderAppBlockRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(app_block_arn: impl Into<String>, app_block_builder_name: impl Into<String>) -> Self {
        Self { app_block_arn: app_block_arn.into(), app_block_builder_name: app_block_builder_name.into() }
    }
}

/// `AssociateAppBlockBuilderAppBlockResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateAppBlockBuilderAppBlockResult {
    /// `AppBlockBuilderAppBlockAssociation`.
    #[serde(rename = "AppBlockBuilderAppBlockAssociation", default, skip_serializing_if = "Option::is_none")]
    pub app_block_builder_app_block_association: Option<AppBlockBuilderAppBlockAssociation>,
}

impl crate::WireShape for AssociateAppBlockBuilderAppBlockResult {
    const STRUCTURE: &'static Structure = &ASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_RESULT;
}

pub(crate) static ASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_RESULT: Structure = Structure {
    name: "AssociateAppBlockBuilderAppBlockResult",
    sensitive: false,
    members: &[Member {
        name: "AppBlockBuilderAppBlockAssociation",
        required: false,
        shape: &Shape::Structure(&APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATION),
    }],
};

/// `CreateAppBlockBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateAppBlockBuilderRequest {
    /// `AccessEndpoints`: 1 to 4 entries.
    #[serde(rename = "AccessEndpoints", default, skip_serializing_if = "Option::is_none")]
    pub access_endpoints: Option<Vec<super::common::AccessEndpoint>>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisableIMDSV1`.
    #[serde(rename = "DisableIMDSV1", default, skip_serializing_if = "Option::is_none")]
    pub disable_imdsv1: Option<bool>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `EnableDefaultInternetAccess`.
    #[serde(rename = "EnableDefaultInternetAccess", default, skip_serializing_if = "Option::is_none")]
    pub enable_default_internet_access: Option<bool>,
    /// `IamRoleArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "IamRoleArn", default, skip_serializing_if = "Option::is_none")]
    pub iam_role_arn: Option<String>,
    /// `InstanceType`, required: 1 or more characters.
    #[serde(rename = "InstanceType")]
    pub instance_type: String,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Platform`, required.
    #[serde(rename = "Platform")]
    pub platform: super::enums::AppBlockBuilderPlatformType,
    /// `Tags`: 1 to 50 entries.
    #[serde(rename = "Tags", default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// `VpcConfig`, required.
    #[serde(rename = "VpcConfig")]
    pub vpc_config: super::common::VpcConfig,
}

impl crate::WireShape for CreateAppBlockBuilderRequest {
    const STRUCTURE: &'static Structure = &CREATE_APP_BLOCK_BUILDER_REQUEST;
}

pub(crate) static CREATE_APP_BLOCK_BUILDER_REQUEST: Structure = Structure {
    name: "CreateAppBlockBuilderRequest",
    sensitive: false,
    members: &[
        Member { name: "AccessEndpoints", required: false, shape: &constraints::ACCESS_ENDPOINT_LIST },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisableIMDSV1", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member { name: "EnableDefaultInternetAccess", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "IamRoleArn", required: false, shape: &constraints::ARN },
        Member { name: "InstanceType", required: true, shape: &constraints::STRING },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "Platform", required: true, shape: &constraints::APP_BLOCK_BUILDER_PLATFORM_TYPE },
        Member { name: "Tags", required: false, shape: &constraints::TAGS },
        Member { name: "VpcConfig", required: true, shape: &Shape::Structure(&super::common::VPC_CONFIG) },
    ],
};

impl CreateAppBlockBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        platform: super::enums::AppBlockBuilderPlatformType,
        instance_type: impl Into<String>,
        vpc_config: super::common::VpcConfig,
    ) -> Self {
        Self {
            name: name.into(),
            platform,
            instance_type: instance_type.into(),
            vpc_config,
            access_endpoints: None,
            description: None,
            disable_imdsv1: None,
            display_name: None,
            enable_default_internet_access: None,
            iam_role_arn: None,
            tags: None,
        }
    }
}

/// `CreateAppBlockBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateAppBlockBuilderResult {
    /// `AppBlockBuilder`.
    #[serde(rename = "AppBlockBuilder", default, skip_serializing_if = "Option::is_none")]
    pub app_block_builder: Option<AppBlockBuilder>,
}

impl crate::WireShape for CreateAppBlockBuilderResult {
    const STRUCTURE: &'static Structure = &CREATE_APP_BLOCK_BUILDER_RESULT;
}

pub(crate) static CREATE_APP_BLOCK_BUILDER_RESULT: Structure = Structure {
    name: "CreateAppBlockBuilderResult",
    sensitive: false,
    members: &[Member {
        name: "AppBlockBuilder",
        required: false,
        shape: &Shape::Structure(&APP_BLOCK_BUILDER),
    }],
};

/// `CreateAppBlockBuilderStreamingURLRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateAppBlockBuilderStreamingURLRequest {
    /// `AppBlockBuilderName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "AppBlockBuilderName")]
    pub app_block_builder_name: String,
    /// `Validity`: 1 to 604800.
    #[serde(rename = "Validity", default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<i64>,
}

impl crate::WireShape for CreateAppBlockBuilderStreamingURLRequest {
    const STRUCTURE: &'static Structure = &CREATE_APP_BLOCK_BUILDER_STREAMING_URL_REQUEST;
}

pub(crate) static CREATE_APP_BLOCK_BUILDER_STREAMING_URL_REQUEST: Structure = Structure {
    name: "CreateAppBlockBuilderStreamingURLRequest",
    sensitive: false,
    members: &[
        Member { name: "AppBlockBuilderName", required: true, shape: &constraints::NAME },
        Member {
            name: "Validity",
            required: false,
            shape: &constraints::CREATE_APP_BLOCK_BUILDER_STREAMING_URL_REQUEST_VALIDITY,
        },
    ],
};

impl CreateAppBlockBuilderStreamingURLRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(app_block_builder_name: impl Into<String>) -> Self {
        Self { app_block_builder_name: app_block_builder_name.into(), validity: None }
    }
}

/// `CreateAppBlockBuilderStreamingURLResult` of the API.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateAppBlockBuilderStreamingURLResult {
    /// `Expires`.
    #[serde(rename = "Expires", default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<crate::Timestamp>,
    /// `StreamingURL`, sensitive.
    #[serde(rename = "StreamingURL", default, skip_serializing_if = "Option::is_none")]
    pub streaming_url: Option<String>,
}

impl crate::WireShape for CreateAppBlockBuilderStreamingURLResult {
    const STRUCTURE: &'static Structure = &CREATE_APP_BLOCK_BUILDER_STREAMING_URL_RESULT;
}

pub(crate) static CREATE_APP_BLOCK_BUILDER_STREAMING_URL_RESULT: Structure = Structure {
    name: "CreateAppBlockBuilderStreamingURLResult",
    sensitive: false,
    members: &[
        Member { name: "Expires", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "StreamingURL", required: false, shape: &constraints::STREAMING_URL },
    ],
};

// Sensitive members must not reach a log.
impl std::fmt::Debug for CreateAppBlockBuilderStreamingURLResult {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("CreateAppBlockBuilderStreamingURLResult")
            .field("expires", &self.expires)
            .field("streaming_url", &crate::schema::Redacted)
            .finish()
    }
}

/// `DeleteAppBlockBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteAppBlockBuilderRequest {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for DeleteAppBlockBuilderRequest {
    const STRUCTURE: &'static Structure = &DELETE_APP_BLOCK_BUILDER_REQUEST;
}

pub(crate) static DELETE_APP_BLOCK_BUILDER_REQUEST: Structure = Structure {
    name: "DeleteAppBlockBuilderRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::NAME }],
};

impl DeleteAppBlockBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `DeleteAppBlockBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteAppBlockBuilderResult {}

impl crate::WireShape for DeleteAppBlockBuilderResult {
    const STRUCTURE: &'static Structure = &DELETE_APP_BLOCK_BUILDER_RESULT;
}

pub(crate) static DELETE_APP_BLOCK_BUILDER_RESULT: Structure =
    Structure { name: "DeleteAppBlockBuilderResult", sensitive: false, members: &[] };

/// `DescribeAppBlockBuilderAppBlockAssociationsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeAppBlockBuilderAppBlockAssociationsRequest {
    /// `AppBlockArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "AppBlockArn", default, skip_serializing_if = "Option::is_none")]
    pub app_block_arn: Option<String>,
    /// `AppBlockBuilderName`; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "AppBlockBuilderName", default, skip_serializing_if = "Option::is_none")]
    pub app_block_builder_name: Option<String>,
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeAppBlockBuilderAppBlockAssociationsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATIONS_REQUEST;
}

pub(crate) static DESCRIBE_APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATIONS_REQUEST: Structure = Structure {
    name: "DescribeAppBlockBuilderAppBlockAssociationsRequest",
    sensitive: false,
    members: &[
        Member { name: "AppBlockArn", required: false, shape: &constraints::ARN },
        Member { name: "AppBlockBuilderName", required: false, shape: &constraints::NAME },
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeAppBlockBuilderAppBlockAssociationsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeAppBlockBuilderAppBlockAssociationsResult {
    /// `AppBlockBuilderAppBlockAssociations`: 1 to 25 entries.
    #[serde(
        rename = "AppBlockBuilderAppBlockAssociations",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub app_block_builder_app_block_associations: Option<Vec<AppBlockBuilderAppBlockAssociation>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeAppBlockBuilderAppBlockAssociationsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATIONS_RESULT;
}

pub(crate) static DESCRIBE_APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATIONS_RESULT: Structure = Structure {
    name: "DescribeAppBlockBuilderAppBlockAssociationsResult",
    sensitive: false,
    members: &[
        Member {
            name: "AppBlockBuilderAppBlockAssociations",
            required: false,
            shape: &constraints::APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATIONS_LIST,
        },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeAppBlockBuildersRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeAppBlockBuildersRequest {
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

impl crate::WireShape for DescribeAppBlockBuildersRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_APP_BLOCK_BUILDERS_REQUEST;
}

pub(crate) static DESCRIBE_APP_BLOCK_BUILDERS_REQUEST: Structure = Structure {
    name: "DescribeAppBlockBuildersRequest",
    sensitive: false,
    members: &[
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "Names", required: false, shape: &constraints::STRING_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeAppBlockBuildersResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeAppBlockBuildersResult {
    /// `AppBlockBuilders`.
    #[serde(rename = "AppBlockBuilders", default, skip_serializing_if = "Option::is_none")]
    pub app_block_builders: Option<Vec<AppBlockBuilder>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeAppBlockBuildersResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_APP_BLOCK_BUILDERS_RESULT;
}

pub(crate) static DESCRIBE_APP_BLOCK_BUILDERS_RESULT: Structure = Structure {
    name: "DescribeAppBlockBuildersResult",
    sensitive: false,
    members: &[
        Member { name: "AppBlockBuilders", required: false, shape: &constraints::APP_BLOCK_BUILDER_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DisassociateAppBlockBuilderAppBlockRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateAppBlockBuilderAppBlockRequest {
    /// `AppBlockArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "AppBlockArn")]
    pub app_block_arn: String,
    /// `AppBlockBuilderName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "AppBlockBuilderName")]
    pub app_block_builder_name: String,
}

impl crate::WireShape for DisassociateAppBlockBuilderAppBlockRequest {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_REQUEST;
}

pub(crate) static DISASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_REQUEST: Structure = Structure {
    name: "DisassociateAppBlockBuilderAppBlockRequest",
    sensitive: false,
    members: &[
        Member { name: "AppBlockArn", required: true, shape: &constraints::ARN },
        Member { name: "AppBlockBuilderName", required: true, shape: &constraints::NAME },
    ],
};

impl DisassociateAppBlockBuilderAppBlockRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(app_block_arn: impl Into<String>, app_block_builder_name: impl Into<String>) -> Self {
        Self { app_block_arn: app_block_arn.into(), app_block_builder_name: app_block_builder_name.into() }
    }
}

/// `DisassociateAppBlockBuilderAppBlockResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateAppBlockBuilderAppBlockResult {}

impl crate::WireShape for DisassociateAppBlockBuilderAppBlockResult {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_RESULT;
}

pub(crate) static DISASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_RESULT: Structure =
    Structure { name: "DisassociateAppBlockBuilderAppBlockResult", sensitive: false, members: &[] };

/// `StartAppBlockBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StartAppBlockBuilderRequest {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for StartAppBlockBuilderRequest {
    const STRUCTURE: &'static Structure = &START_APP_BLOCK_BUILDER_REQUEST;
}

pub(crate) static START_APP_BLOCK_BUILDER_REQUEST: Structure = Structure {
    name: "StartAppBlockBuilderRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::NAME }],
};

impl StartAppBlockBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `StartAppBlockBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StartAppBlockBuilderResult {
    /// `AppBlockBuilder`.
    #[serde(rename = "AppBlockBuilder", default, skip_serializing_if = "Option::is_none")]
    pub app_block_builder: Option<AppBlockBuilder>,
}

impl crate::WireShape for StartAppBlockBuilderResult {
    const STRUCTURE: &'static Structure = &START_APP_BLOCK_BUILDER_RESULT;
}

pub(crate) static START_APP_BLOCK_BUILDER_RESULT: Structure = Structure {
    name: "StartAppBlockBuilderResult",
    sensitive: false,
    members: &[Member {
        name: "AppBlockBuilder",
        required: false,
        shape: &Shape::Structure(&APP_BLOCK_BUILDER),
    }],
};

/// `StopAppBlockBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StopAppBlockBuilderRequest {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for StopAppBlockBuilderRequest {
    const STRUCTURE: &'static Structure = &STOP_APP_BLOCK_BUILDER_REQUEST;
}

pub(crate) static STOP_APP_BLOCK_BUILDER_REQUEST: Structure = Structure {
    name: "StopAppBlockBuilderRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::NAME }],
};

impl StopAppBlockBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `StopAppBlockBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StopAppBlockBuilderResult {
    /// `AppBlockBuilder`.
    #[serde(rename = "AppBlockBuilder", default, skip_serializing_if = "Option::is_none")]
    pub app_block_builder: Option<AppBlockBuilder>,
}

impl crate::WireShape for StopAppBlockBuilderResult {
    const STRUCTURE: &'static Structure = &STOP_APP_BLOCK_BUILDER_RESULT;
}

pub(crate) static STOP_APP_BLOCK_BUILDER_RESULT: Structure = Structure {
    name: "StopAppBlockBuilderResult",
    sensitive: false,
    members: &[Member {
        name: "AppBlockBuilder",
        required: false,
        shape: &Shape::Structure(&APP_BLOCK_BUILDER),
    }],
};

/// `UpdateAppBlockBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateAppBlockBuilderRequest {
    /// `AccessEndpoints`: 1 to 4 entries.
    #[serde(rename = "AccessEndpoints", default, skip_serializing_if = "Option::is_none")]
    pub access_endpoints: Option<Vec<super::common::AccessEndpoint>>,
    /// `AttributesToDelete`.
    #[serde(rename = "AttributesToDelete", default, skip_serializing_if = "Option::is_none")]
    pub attributes_to_delete: Option<Vec<super::enums::AppBlockBuilderAttribute>>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisableIMDSV1`.
    #[serde(rename = "DisableIMDSV1", default, skip_serializing_if = "Option::is_none")]
    pub disable_imdsv1: Option<bool>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `EnableDefaultInternetAccess`.
    #[serde(rename = "EnableDefaultInternetAccess", default, skip_serializing_if = "Option::is_none")]
    pub enable_default_internet_access: Option<bool>,
    /// `IamRoleArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "IamRoleArn", default, skip_serializing_if = "Option::is_none")]
    pub iam_role_arn: Option<String>,
    /// `InstanceType`: 1 or more characters.
    #[serde(rename = "InstanceType", default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Platform`.
    #[serde(rename = "Platform", default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<super::enums::PlatformType>,
    /// `VpcConfig`.
    #[serde(rename = "VpcConfig", default, skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<super::common::VpcConfig>,
}

impl crate::WireShape for UpdateAppBlockBuilderRequest {
    const STRUCTURE: &'static Structure = &UPDATE_APP_BLOCK_BUILDER_REQUEST;
}

pub(crate) static UPDATE_APP_BLOCK_BUILDER_REQUEST: Structure = Structure {
    name: "UpdateAppBlockBuilderRequest",
    sensitive: false,
    members: &[
        Member { name: "AccessEndpoints", required: false, shape: &constraints::ACCESS_ENDPOINT_LIST },
        Member {
            name: "AttributesToDelete",
            required: false,
            shape: &constraints::APP_BLOCK_BUILDER_ATTRIBUTES,
        },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisableIMDSV1", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member { name: "EnableDefaultInternetAccess", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "IamRoleArn", required: false, shape: &constraints::ARN },
        Member { name: "InstanceType", required: false, shape: &constraints::STRING },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "Platform", required: false, shape: &constraints::PLATFORM_TYPE },
        Member { name: "VpcConfig", required: false, shape: &Shape::Structure(&super::common::VPC_CONFIG) },
    ],
};

impl UpdateAppBlockBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            access_endpoints: None,
            attributes_to_delete: None,
            description: None,
            disable_imdsv1: None,
            display_name: None,
            enable_default_internet_access: None,
            iam_role_arn: None,
            instance_type: None,
            platform: None,
            vpc_config: None,
        }
    }
}

/// `UpdateAppBlockBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateAppBlockBuilderResult {
    /// `AppBlockBuilder`.
    #[serde(rename = "AppBlockBuilder", default, skip_serializing_if = "Option::is_none")]
    pub app_block_builder: Option<AppBlockBuilder>,
}

impl crate::WireShape for UpdateAppBlockBuilderResult {
    const STRUCTURE: &'static Structure = &UPDATE_APP_BLOCK_BUILDER_RESULT;
}

pub(crate) static UPDATE_APP_BLOCK_BUILDER_RESULT: Structure = Structure {
    name: "UpdateAppBlockBuilderResult",
    sensitive: false,
    members: &[Member {
        name: "AppBlockBuilder",
        required: false,
        shape: &Shape::Structure(&APP_BLOCK_BUILDER),
    }],
};
