// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: app blocks.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `AppBlock` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AppBlock {
    /// `AppBlockErrors`.
    #[serde(rename = "AppBlockErrors", default, skip_serializing_if = "Option::is_none")]
    pub app_block_errors: Option<Vec<super::common::ErrorDetails>>,
    /// `Arn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "Arn")]
    pub arn: String,
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `Description`: 1 or more characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: 1 or more characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
    /// `PackagingType`.
    #[serde(rename = "PackagingType", default, skip_serializing_if = "Option::is_none")]
    pub packaging_type: Option<super::enums::PackagingType>,
    /// `PostSetupScriptDetails`.
    #[serde(rename = "PostSetupScriptDetails", default, skip_serializing_if = "Option::is_none")]
    pub post_setup_script_details: Option<super::common::ScriptDetails>,
    /// `SetupScriptDetails`.
    #[serde(rename = "SetupScriptDetails", default, skip_serializing_if = "Option::is_none")]
    pub setup_script_details: Option<super::common::ScriptDetails>,
    /// `SourceS3Location`.
    #[serde(rename = "SourceS3Location", default, skip_serializing_if = "Option::is_none")]
    pub source_s3_location: Option<super::common::S3Location>,
    /// `State`.
    #[serde(rename = "State", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<super::state_enums::AppBlockState>,
}

impl crate::WireShape for AppBlock {
    const STRUCTURE: &'static Structure = &APP_BLOCK;
}

pub(crate) static APP_BLOCK: Structure = Structure {
    name: "AppBlock",
    sensitive: false,
    members: &[
        Member { name: "AppBlockErrors", required: false, shape: &constraints::ERROR_DETAILS_LIST },
        Member { name: "Arn", required: true, shape: &constraints::ARN },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Description", required: false, shape: &constraints::STRING },
        Member { name: "DisplayName", required: false, shape: &constraints::STRING },
        Member { name: "Name", required: true, shape: &constraints::STRING },
        Member { name: "PackagingType", required: false, shape: &constraints::PACKAGING_TYPE },
        Member {
            name: "PostSetupScriptDetails",
            required: false,
            shape: &Shape::Structure(&super::common::SCRIPT_DETAILS),
        },
        Member {
            name: "SetupScriptDetails",
            required: false,
            shape: &Shape::Structure(&super::common::SCRIPT_DETAILS),
        },
        Member {
            name: "SourceS3Location",
            required: false,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "State", required: false, shape: &constraints::APP_BLOCK_STATE },
    ],
};

impl AppBlock {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, arn: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            arn: arn.into(),
            app_block_errors: None,
            created_time: None,
            description: None,
            display_name: None,
            packaging_type: None,
            post_setup_script_details: None,
            setup_script_details: None,
            source_s3_location: None,
            state: None,
        }
    }
}

/// `CreateAppBlockRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateAppBlockRequest {
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `PackagingType`.
    #[serde(rename = "PackagingType", default, skip_serializing_if = "Option::is_none")]
    pub packaging_type: Option<super::enums::PackagingType>,
    /// `PostSetupScriptDetails`.
    #[serde(rename = "PostSetupScriptDetails", default, skip_serializing_if = "Option::is_none")]
    pub post_setup_script_details: Option<super::common::ScriptDetails>,
    /// `SetupScriptDetails`.
    #[serde(rename = "SetupScriptDetails", default, skip_serializing_if = "Option::is_none")]
    pub setup_script_details: Option<super::common::ScriptDetails>,
    /// `SourceS3Location`, required.
    #[serde(rename = "SourceS3Location")]
    pub source_s3_location: super::common::S3Location,
    /// `Tags`: 1 to 50 entries.
    #[serde(rename = "Tags", default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
}

impl crate::WireShape for CreateAppBlockRequest {
    const STRUCTURE: &'static Structure = &CREATE_APP_BLOCK_REQUEST;
}

pub(crate) static CREATE_APP_BLOCK_REQUEST: Structure = Structure {
    name: "CreateAppBlockRequest",
    sensitive: false,
    members: &[
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "PackagingType", required: false, shape: &constraints::PACKAGING_TYPE },
        Member {
            name: "PostSetupScriptDetails",
            required: false,
            shape: &Shape::Structure(&super::common::SCRIPT_DETAILS),
        },
        Member {
            name: "SetupScriptDetails",
            required: false,
            shape: &Shape::Structure(&super::common::SCRIPT_DETAILS),
        },
        Member {
            name: "SourceS3Location",
            required: true,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "Tags", required: false, shape: &constraints::TAGS },
    ],
};

impl CreateAppBlockRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, source_s3_location: super::common::S3Location) -> Self {
        Self {
            name: name.into(),
            source_s3_location,
            description: None,
            display_name: None,
            packaging_type: None,
            post_setup_script_details: None,
            setup_script_details: None,
            tags: None,
        }
    }
}

/// `CreateAppBlockResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateAppBlockResult {
    /// `AppBlock`.
    #[serde(rename = "AppBlock", default, skip_serializing_if = "Option::is_none")]
    pub app_block: Option<AppBlock>,
}

impl crate::WireShape for CreateAppBlockResult {
    const STRUCTURE: &'static Structure = &CREATE_APP_BLOCK_RESULT;
}

pub(crate) static CREATE_APP_BLOCK_RESULT: Structure = Structure {
    name: "CreateAppBlockResult",
    sensitive: false,
    members: &[Member { name: "AppBlock", required: false, shape: &Shape::Structure(&APP_BLOCK) }],
};

/// `DeleteAppBlockRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteAppBlockRequest {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for DeleteAppBlockRequest {
    const STRUCTURE: &'static Structure = &DELETE_APP_BLOCK_REQUEST;
}

pub(crate) static DELETE_APP_BLOCK_REQUEST: Structure = Structure {
    name: "DeleteAppBlockRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::NAME }],
};

impl DeleteAppBlockRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `DeleteAppBlockResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteAppBlockResult {}

impl crate::WireShape for DeleteAppBlockResult {
    const STRUCTURE: &'static Structure = &DELETE_APP_BLOCK_RESULT;
}

pub(crate) static DELETE_APP_BLOCK_RESULT: Structure =
    Structure { name: "DeleteAppBlockResult", sensitive: false, members: &[] };

/// `DescribeAppBlocksRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeAppBlocksRequest {
    /// `Arns`.
    #[serde(rename = "Arns", default, skip_serializing_if = "Option::is_none")]
    pub arns: Option<Vec<String>>,
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeAppBlocksRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_APP_BLOCKS_REQUEST;
}

pub(crate) static DESCRIBE_APP_BLOCKS_REQUEST: Structure = Structure {
    name: "DescribeAppBlocksRequest",
    sensitive: false,
    members: &[
        Member { name: "Arns", required: false, shape: &constraints::ARN_LIST },
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeAppBlocksResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeAppBlocksResult {
    /// `AppBlocks`.
    #[serde(rename = "AppBlocks", default, skip_serializing_if = "Option::is_none")]
    pub app_blocks: Option<Vec<AppBlock>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeAppBlocksResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_APP_BLOCKS_RESULT;
}

pub(crate) static DESCRIBE_APP_BLOCKS_RESULT: Structure = Structure {
    name: "DescribeAppBlocksResult",
    sensitive: false,
    members: &[
        Member { name: "AppBlocks", required: false, shape: &constraints::APP_BLOCKS },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};
