// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: software.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Structure};

use super::constraints;

/// `AssociateSoftwareToImageBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateSoftwareToImageBuilderRequest {
    /// `ImageBuilderName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "ImageBuilderName")]
    pub image_builder_name: String,
    /// `SoftwareNames`, required.
    #[serde(rename = "SoftwareNames")]
    pub software_names: Vec<String>,
}

impl crate::WireShape for AssociateSoftwareToImageBuilderRequest {
    const STRUCTURE: &'static Structure = &ASSOCIATE_SOFTWARE_TO_IMAGE_BUILDER_REQUEST;
}

pub(crate) static ASSOCIATE_SOFTWARE_TO_IMAGE_BUILDER_REQUEST: Structure = Structure {
    name: "AssociateSoftwareToImageBuilderRequest",
    sensitive: false,
    members: &[
        Member { name: "ImageBuilderName", required: true, shape: &constraints::NAME },
        Member { name: "SoftwareNames", required: true, shape: &constraints::STRING_LIST },
    ],
};

impl AssociateSoftwareToImageBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(image_builder_name: impl Into<String>, software_names: Vec<String>) -> Self {
        Self { image_builder_name: image_builder_name.into(), software_names }
    }
}

/// `AssociateSoftwareToImageBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateSoftwareToImageBuilderResult {}

impl crate::WireShape for AssociateSoftwareToImageBuilderResult {
    const STRUCTURE: &'static Structure = &ASSOCIATE_SOFTWARE_TO_IMAGE_BUILDER_RESULT;
}

pub(crate) static ASSOCIATE_SOFTWARE_TO_IMAGE_BUILDER_RESULT: Structure =
    Structure { name: "AssociateSoftwareToImageBuilderResult", sensitive: false, members: &[] };

/// `DescribeSoftwareAssociationsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeSoftwareAssociationsRequest {
    /// `AssociatedResource`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "AssociatedResource")]
    pub associated_resource: String,
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeSoftwareAssociationsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_SOFTWARE_ASSOCIATIONS_REQUEST;
}

pub(crate) static DESCRIBE_SOFTWARE_ASSOCIATIONS_REQUEST: Structure = Structure {
    name: "DescribeSoftwareAssociationsRequest",
    sensitive: false,
    members: &[
        Member { name: "AssociatedResource", required: true, shape: &constraints::ARN },
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

impl DescribeSoftwareAssociationsRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(associated_resource: impl Into<String>) -> Self {
        Self { associated_resource: associated_resource.into(), max_results: None, next_token: None }
    }
}

/// `DescribeSoftwareAssociationsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeSoftwareAssociationsResult {
    /// `AssociatedResource`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "AssociatedResource", default, skip_serializing_if = "Option::is_none")]
    pub associated_resource: Option<String>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `SoftwareAssociations`.
    #[serde(rename = "SoftwareAssociations", default, skip_serializing_if = "Option::is_none")]
    pub software_associations: Option<Vec<SoftwareAssociations>>,
}

impl crate::WireShape for DescribeSoftwareAssociationsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_SOFTWARE_ASSOCIATIONS_RESULT;
}

pub(crate) static DESCRIBE_SOFTWARE_ASSOCIATIONS_RESULT: Structure = Structure {
    name: "DescribeSoftwareAssociationsResult",
    sensitive: false,
    members: &[
        Member { name: "AssociatedResource", required: false, shape: &constraints::ARN },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member {
            name: "SoftwareAssociations",
            required: false,
            shape: &constraints::SOFTWARE_ASSOCIATIONS_LIST,
        },
    ],
};

/// `DisassociateSoftwareFromImageBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateSoftwareFromImageBuilderRequest {
    /// `ImageBuilderName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "ImageBuilderName")]
    pub image_builder_name: String,
    /// `SoftwareNames`, required.
    #[serde(rename = "SoftwareNames")]
    pub software_names: Vec<String>,
}

impl crate::WireShape for DisassociateSoftwareFromImageBuilderRequest {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_SOFTWARE_FROM_IMAGE_BUILDER_REQUEST;
}

pub(crate) static DISASSOCIATE_SOFTWARE_FROM_IMAGE_BUILDER_REQUEST: Structure = Structure {
    name: "DisassociateSoftwareFromImageBuilderRequest",
    sensitive: false,
    members: &[
        Member { name: "ImageBuilderName", required: true, shape: &constraints::NAME },
        Member { name: "SoftwareNames", required: true, shape: &constraints::STRING_LIST },
    ],
};

impl DisassociateSoftwareFromImageBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(image_builder_name: impl Into<String>, software_names: Vec<String>) -> Self {
        Self { image_builder_name: image_builder_name.into(), software_names }
    }
}

/// `DisassociateSoftwareFromImageBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateSoftwareFromImageBuilderResult {}

impl crate::WireShape for DisassociateSoftwareFromImageBuilderResult {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_SOFTWARE_FROM_IMAGE_BUILDER_RESULT;
}

pub(crate) static DISASSOCIATE_SOFTWARE_FROM_IMAGE_BUILDER_RESULT: Structure =
    Structure { name: "DisassociateSoftwareFromImageBuilderResult", sensitive: false, members: &[] };

/// `ImageSoftwareMetadata` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ImageSoftwareMetadata {
    /// `nvidiaGridDriverVersion`: 1 to 32 characters; pattern `^[0-9]+(\.[0-9]+){1,2}$`.
    #[serde(rename = "nvidiaGridDriverVersion", default, skip_serializing_if = "Option::is_none")]
    pub nvidia_grid_driver_version: Option<String>,
}

impl crate::WireShape for ImageSoftwareMetadata {
    const STRUCTURE: &'static Structure = &IMAGE_SOFTWARE_METADATA;
}

pub(crate) static IMAGE_SOFTWARE_METADATA: Structure = Structure {
    name: "ImageSoftwareMetadata",
    sensitive: false,
    members: &[Member {
        name: "nvidiaGridDriverVersion",
        required: false,
        shape: &constraints::NVIDIA_GRID_DRIVER_VERSION,
    }],
};

/// `SoftwareAssociations` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct SoftwareAssociations {
    /// `DeploymentError`.
    #[serde(rename = "DeploymentError", default, skip_serializing_if = "Option::is_none")]
    pub deployment_error: Option<Vec<super::common::ErrorDetails>>,
    /// `SoftwareName`: 1 or more characters.
    #[serde(rename = "SoftwareName", default, skip_serializing_if = "Option::is_none")]
    pub software_name: Option<String>,
    /// `Status`.
    #[serde(rename = "Status", default, skip_serializing_if = "Option::is_none")]
    pub status: Option<super::enums::SoftwareDeploymentStatus>,
}

impl crate::WireShape for SoftwareAssociations {
    const STRUCTURE: &'static Structure = &SOFTWARE_ASSOCIATIONS;
}

pub(crate) static SOFTWARE_ASSOCIATIONS: Structure = Structure {
    name: "SoftwareAssociations",
    sensitive: false,
    members: &[
        Member { name: "DeploymentError", required: false, shape: &constraints::ERROR_DETAILS_LIST },
        Member { name: "SoftwareName", required: false, shape: &constraints::STRING },
        Member { name: "Status", required: false, shape: &constraints::SOFTWARE_DEPLOYMENT_STATUS },
    ],
};

/// `StartSoftwareDeploymentToImageBuilderRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StartSoftwareDeploymentToImageBuilderRequest {
    /// `ImageBuilderName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "ImageBuilderName")]
    pub image_builder_name: String,
    /// `RetryFailedDeployments`.
    #[serde(rename = "RetryFailedDeployments", default, skip_serializing_if = "Option::is_none")]
    pub retry_failed_deployments: Option<bool>,
}

impl crate::WireShape for StartSoftwareDeploymentToImageBuilderRequest {
    const STRUCTURE: &'static Structure = &START_SOFTWARE_DEPLOYMENT_TO_IMAGE_BUILDER_REQUEST;
}

pub(crate) static START_SOFTWARE_DEPLOYMENT_TO_IMAGE_BUILDER_REQUEST: Structure = Structure {
    name: "StartSoftwareDeploymentToImageBuilderRequest",
    sensitive: false,
    members: &[
        Member { name: "ImageBuilderName", required: true, shape: &constraints::NAME },
        Member { name: "RetryFailedDeployments", required: false, shape: &constraints::BOOLEAN },
    ],
};

impl StartSoftwareDeploymentToImageBuilderRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(image_builder_name: impl Into<String>) -> Self {
        Self { image_builder_name: image_builder_name.into(), retry_failed_deployments: None }
    }
}

/// `StartSoftwareDeploymentToImageBuilderResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StartSoftwareDeploymentToImageBuilderResult {}

impl crate::WireShape for StartSoftwareDeploymentToImageBuilderResult {
    const STRUCTURE: &'static Structure = &START_SOFTWARE_DEPLOYMENT_TO_IMAGE_BUILDER_RESULT;
}

pub(crate) static START_SOFTWARE_DEPLOYMENT_TO_IMAGE_BUILDER_RESULT: Structure =
    Structure { name: "StartSoftwareDeploymentToImageBuilderResult", sensitive: false, members: &[] };
