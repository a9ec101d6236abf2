// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: images.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `CopyImageRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CopyImageRequest {
    /// `DestinationImageDescription`: at most 256 characters.
    #[serde(rename = "DestinationImageDescription", default, skip_serializing_if = "Option::is_none")]
    pub destination_image_description: Option<String>,
    /// `DestinationImageName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "DestinationImageName")]
    pub destination_image_name: String,
    /// `DestinationRegion`, required: 1 to 32 characters.
    #[serde(rename = "DestinationRegion")]
    pub destination_region: String,
    /// `SourceImageName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "SourceImageName")]
    pub source_image_name: String,
}

impl crate::WireShape for CopyImageRequest {
    const STRUCTURE: &'static Structure = &COPY_IMAGE_REQUEST;
}

pub(crate) static COPY_IMAGE_REQUEST: Structure = Structure {
    name: "CopyImageRequest",
    sensitive: false,
    members: &[
        Member { name: "DestinationImageDescription", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DestinationImageName", required: true, shape: &constraints::NAME },
        Member { name: "DestinationRegion", required: true, shape: &constraints::REGION_NAME },
        Member { name: "SourceImageName", required: true, shape: &constraints::NAME },
    ],
};

impl CopyImageRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        source_image_name: impl Into<String>,
        destination_image_name: impl Into<String>,
        destination_region: impl Into<String>,
    ) -> Self {
        Self {
            source_image_name: source_image_name.into(),
            destination_image_name: destination_image_name.into(),
            destination_region: destination_region.into(),
            destination_image_description: None,
        }
    }
}

/// `CopyImageResponse` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CopyImageResponse {
    /// `DestinationImageName`; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "DestinationImageName", default, skip_serializing_if = "Option::is_none")]
    pub destination_image_name: Option<String>,
}

impl crate::WireShape for CopyImageResponse {
    const STRUCTURE: &'static Structure = &COPY_IMAGE_RESPONSE;
}

pub(crate) static COPY_IMAGE_RESPONSE: Structure = Structure {
    name: "CopyImageResponse",
    sensitive: false,
    members: &[Member { name: "DestinationImageName", required: false, shape: &constraints::NAME }],
};

/// `CreateExportImageTaskRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateExportImageTaskRequest {
    /// `AmiDescription`: at most 256 characters.
    #[serde(rename = "AmiDescription", default, skip_serializing_if = "Option::is_none")]
    pub ami_description: Option<String>,
    /// `AmiName`, required; pattern `^[a-zA-Z0-9().\-/_]{3,128}$`.
    #[serde(rename = "AmiName")]
    pub ami_name: String,
    /// `IamRoleArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "IamRoleArn")]
    pub iam_role_arn: String,
    /// `ImageName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "ImageName")]
    pub image_name: String,
    /// `TagSpecifications`: 1 to 50 entries.
    #[serde(rename = "TagSpecifications", default, skip_serializing_if = "Option::is_none")]
    pub tag_specifications: Option<std::collections::BTreeMap<String, String>>,
}

impl crate::WireShape for CreateExportImageTaskRequest {
    const STRUCTURE: &'static Structure = &CREATE_EXPORT_IMAGE_TASK_REQUEST;
}

pub(crate) static CREATE_EXPORT_IMAGE_TASK_REQUEST: Structure = Structure {
    name: "CreateExportImageTaskRequest",
    sensitive: false,
    members: &[
        Member { name: "AmiDescription", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "AmiName", required: true, shape: &constraints::AMI_NAME },
        Member { name: "IamRoleArn", required: true, shape: &constraints::ARN },
        Member { name: "ImageName", required: true, shape: &constraints::NAME },
        Member { name: "TagSpecifications", required: false, shape: &constraints::TAGS },
    ],
};

impl CreateExportImageTaskRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        image_name: impl Into<String>,
        ami_name: impl Into<String>,
        iam_role_arn: impl Into<String>,
    ) -> Self {
        Self {
            image_name: image_name.into(),
            ami_name: ami_name.into(),
            iam_role_arn: iam_role_arn.into(),
            ami_description: None,
            tag_specifications: None,
        }
    }
}

/// `CreateExportImageTaskResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateExportImageTaskResult {
    /// `ExportImageTask`.
    #[serde(rename = "ExportImageTask", default, skip_serializing_if = "Option::is_none")]
    pub export_image_task: Option<ExportImageTask>,
}

impl crate::WireShape for CreateExportImageTaskResult {
    const STRUCTURE: &'static Structure = &CREATE_EXPORT_IMAGE_TASK_RESULT;
}

pub(crate) static CREATE_EXPORT_IMAGE_TASK_RESULT: Structure = Structure {
    name: "CreateExportImageTaskResult",
    sensitive: false,
    members: &[Member {
        name: "ExportImageTask",
        required: false,
        shape: &Shape::Structure(&EXPORT_IMAGE_TASK),
    }],
};

/// `CreateImportedImageRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateImportedImageRequest {
    /// `AgentSoftwareVersion`.
    #[serde(rename = "AgentSoftwareVersion", default, skip_serializing_if = "Option::is_none")]
    pub agent_software_version: Option<super::enums::AgentSoftwareVersion>,
    /// `AppCatalogConfig`: at most 50 entries.
    #[serde(rename = "AppCatalogConfig", default, skip_serializing_if = "Option::is_none")]
    pub app_catalog_config: Option<Vec<super::applications::ApplicationConfig>>,
    /// `Description`: 0 to 256 characters; pattern `^[a-zA-Z0-9_.() -]+$`.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: 0 to 100 characters; pattern `^[a-zA-Z0-9_.() -]+$`.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `DryRun`.
    #[serde(rename = "DryRun", default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// `IamRoleArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "IamRoleArn", default, skip_serializing_if = "Option::is_none")]
    pub iam_role_arn: Option<String>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `RuntimeValidationConfig`.
    #[serde(rename = "RuntimeValidationConfig", default, skip_serializing_if = "Option::is_none")]
    pub runtime_validation_config: Option<super::common::RuntimeValidationConfig>,
    /// `SourceAmiId`; pattern `^(ami-[a-z0-9]{8,17}|[^\s/]+/[^\s]+)$`.
    #[serde(rename = "SourceAmiId", default, skip_serializing_if = "Option::is_none")]
    pub source_ami_id: Option<String>,
    /// `Tags`: 1 to 50 entries.
    #[serde(rename = "Tags", default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// `WorkspaceImageId`: 12 to 67 characters; pattern `^wsi-[0-9a-z]{8,63}$`.
    #[serde(rename = "WorkspaceImageId", default, skip_serializing_if = "Option::is_none")]
    pub workspace_image_id: Option<String>,
}

impl crate::WireShape for CreateImportedImageRequest {
    const STRUCTURE: &'static Structure = &CREATE_IMPORTED_IMAGE_REQUEST;
}

pub(crate) static CREATE_IMPORTED_IMAGE_REQUEST: Structure = Structure {
    name: "CreateImportedImageRequest",
    sensitive: false,
    members: &[
        Member { name: "AgentSoftwareVersion", required: false, shape: &constraints::AGENT_SOFTWARE_VERSION },
        Member { name: "AppCatalogConfig", required: false, shape: &constraints::APP_CATALOG_CONFIG },
        Member { name: "Description", required: false, shape: &constraints::IMAGE_IMPORT_DESCRIPTION },
        Member { name: "DisplayName", required: false, shape: &constraints::IMAGE_IMPORT_DISPLAY_NAME },
        Member { name: "DryRun", required: false, shape: &constraints::BOOLEAN },
        Member { name: "IamRoleArn", required: false, shape: &constraints::ARN },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member {
            name: "RuntimeValidationConfig",
            required: false,
            shape: &Shape::Structure(&super::common::RUNTIME_VALIDATION_CONFIG),
        },
        Member {
            name: "SourceAmiId",
            required: false,
            shape: &constraints::CREATE_IMPORTED_IMAGE_REQUEST_SOURCE_AMI_ID,
        },
        Member { name: "Tags", required: false, shape: &constraints::TAGS },
        Member { name: "WorkspaceImageId", required: false, shape: &constraints::WORKSPACE_IMAGE_ID },
    ],
};

impl CreateImportedImageRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            agent_software_version: None,
            app_catalog_config: None,
            description: None,
            display_name: None,
            dry_run: None,
            iam_role_arn: None,
            runtime_validation_config: None,
            source_ami_id: None,
            tags: None,
            workspace_image_id: None,
        }
    }
}

/// `CreateImportedImageResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateImportedImageResult {
    /// `Image`.
    #[serde(rename = "Image", default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
}

impl crate::WireShape for CreateImportedImageResult {
    const STRUCTURE: &'static Structure = &CREATE_IMPORTED_IMAGE_RESULT;
}

pub(crate) static CREATE_IMPORTED_IMAGE_RESULT: Structure = Structure {
    name: "CreateImportedImageResult",
    sensitive: false,
    members: &[Member { name: "Image", required: false, shape: &Shape::Structure(&IMAGE) }],
};

/// `CreateUpdatedImageRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateUpdatedImageRequest {
    /// `dryRun`.
    #[serde(rename = "dryRun", default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// `existingImageName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "existingImageName")]
    pub existing_image_name: String,
    /// `newImageDescription`: at most 256 characters.
    #[serde(rename = "newImageDescription", default, skip_serializing_if = "Option::is_none")]
    pub new_image_description: Option<String>,
    /// `newImageDisplayName`: at most 100 characters.
    #[serde(rename = "newImageDisplayName", default, skip_serializing_if = "Option::is_none")]
    pub new_image_display_name: Option<String>,
    /// `newImageName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "newImageName")]
    pub new_image_name: String,
    /// `newImageTags`: 1 to 50 entries.
    #[serde(rename = "newImageTags", default, skip_serializing_if = "Option::is_none")]
    pub new_image_tags: Option<std::collections::BTreeMap<String, String>>,
}

impl crate::WireShape for CreateUpdatedImageRequest {
    const STRUCTURE: &'static Structure = &CREATE_UPDATED_IMAGE_REQUEST;
}

pub(crate) static CREATE_UPDATED_IMAGE_REQUEST: Structure = Structure {
    name: "CreateUpdatedImageRequest",
    sensitive: false,
    members: &[
        Member { name: "dryRun", required: false, shape: &constraints::BOOLEAN },
        Member { name: "existingImageName", required: true, shape: &constraints::NAME },
        Member { name: "newImageDescription", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "newImageDisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member { name: "newImageName", required: true, shape: &constraints::NAME },
        Member { name: "newImageTags", required: false, shape: &constraints::TAGS },
    ],
};

impl CreateUpdatedImageRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(existing_image_name: impl Into<String>, new_image_name: impl Into<String>) -> Self {
        Self {
            existing_image_name: existing_image_name.into(),
            new_image_name: new_image_name.into(),
            dry_run: None,
            new_image_description: None,
            new_image_display_name: None,
            new_image_tags: None,
        }
    }
}

/// `CreateUpdatedImageResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateUpdatedImageResult {
    /// `canUpdateImage`.
    #[serde(rename = "canUpdateImage", default, skip_serializing_if = "Option::is_none")]
    pub can_update_image: Option<bool>,
    /// `image`.
    #[serde(rename = "image", default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
}

impl crate::WireShape for CreateUpdatedImageResult {
    const STRUCTURE: &'static Structure = &CREATE_UPDATED_IMAGE_RESULT;
}

pub(crate) static CREATE_UPDATED_IMAGE_RESULT: Structure = Structure {
    name: "CreateUpdatedImageResult",
    sensitive: false,
    members: &[
        Member { name: "canUpdateImage", required: false, shape: &constraints::BOOLEAN },
        Member { name: "image", required: false, shape: &Shape::Structure(&IMAGE) },
    ],
};

/// `DeleteImagePermissionsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteImagePermissionsRequest {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `SharedAccountId`, required; pattern `^\d+$`.
    #[serde(rename = "SharedAccountId")]
    pub shared_account_id: String,
}

impl crate::WireShape for DeleteImagePermissionsRequest {
    const STRUCTURE: &'static Structure = &DELETE_IMAGE_PERMISSIONS_REQUEST;
}

pub(crate) static DELETE_IMAGE_PERMISSIONS_REQUEST: Structure = Structure {
    name: "DeleteImagePermissionsRequest",
    sensitive: false,
    members: &[
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "SharedAccountId", required: true, shape: &constraints::AWS_ACCOUNT_ID },
    ],
};

impl DeleteImagePermissionsRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, shared_account_id: impl Into<String>) -> Self {
        Self { name: name.into(), shared_account_id: shared_account_id.into() }
    }
}

/// `DeleteImagePermissionsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteImagePermissionsResult {}

impl crate::WireShape for DeleteImagePermissionsResult {
    const STRUCTURE: &'static Structure = &DELETE_IMAGE_PERMISSIONS_RESULT;
}

pub(crate) static DELETE_IMAGE_PERMISSIONS_RESULT: Structure =
    Structure { name: "DeleteImagePermissionsResult", sensitive: false, members: &[] };

/// `DeleteImageRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteImageRequest {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for DeleteImageRequest {
    const STRUCTURE: &'static Structure = &DELETE_IMAGE_REQUEST;
}

pub(crate) static DELETE_IMAGE_REQUEST: Structure = Structure {
    name: "DeleteImageRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::NAME }],
};

impl DeleteImageRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `DeleteImageResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteImageResult {
    /// `Image`.
    #[serde(rename = "Image", default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
}

impl crate::WireShape for DeleteImageResult {
    const STRUCTURE: &'static Structure = &DELETE_IMAGE_RESULT;
}

pub(crate) static DELETE_IMAGE_RESULT: Structure = Structure {
    name: "DeleteImageResult",
    sensitive: false,
    members: &[Member { name: "Image", required: false, shape: &Shape::Structure(&IMAGE) }],
};

/// `DescribeImagePermissionsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeImagePermissionsRequest {
    /// `MaxResults`: 0 to 500.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `SharedAwsAccountIds`: 1 to 5 entries.
    #[serde(rename = "SharedAwsAccountIds", default, skip_serializing_if = "Option::is_none")]
    pub shared_aws_account_ids: Option<Vec<String>>,
}

impl crate::WireShape for DescribeImagePermissionsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_IMAGE_PERMISSIONS_REQUEST;
}

pub(crate) static DESCRIBE_IMAGE_PERMISSIONS_REQUEST: Structure = Structure {
    name: "DescribeImagePermissionsRequest",
    sensitive: false,
    members: &[
        Member { name: "MaxResults", required: false, shape: &constraints::MAX_RESULTS },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "SharedAwsAccountIds", required: false, shape: &constraints::AWS_ACCOUNT_ID_LIST },
    ],
};

impl DescribeImagePermissionsRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), max_results: None, next_token: None, shared_aws_account_ids: None }
    }
}

/// `DescribeImagePermissionsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeImagePermissionsResult {
    /// `Name`; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `SharedImagePermissionsList`.
    #[serde(rename = "SharedImagePermissionsList", default, skip_serializing_if = "Option::is_none")]
    pub shared_image_permissions_list: Option<Vec<SharedImagePermissions>>,
}

impl crate::WireShape for DescribeImagePermissionsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_IMAGE_PERMISSIONS_RESULT;
}

pub(crate) static DESCRIBE_IMAGE_PERMISSIONS_RESULT: Structure = Structure {
    name: "DescribeImagePermissionsResult",
    sensitive: false,
    members: &[
        Member { name: "Name", required: false, shape: &constraints::NAME },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member {
            name: "SharedImagePermissionsList",
            required: false,
            shape: &constraints::SHARED_IMAGE_PERMISSIONS_LIST,
        },
    ],
};

/// `DescribeImagesRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeImagesRequest {
    /// `Arns`.
    #[serde(rename = "Arns", default, skip_serializing_if = "Option::is_none")]
    pub arns: Option<Vec<String>>,
    /// `MaxResults`: 0 to 25.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `Names`.
    #[serde(rename = "Names", default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `Type`.
    #[serde(rename = "Type", default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<super::enums::VisibilityType>,
}

impl crate::WireShape for DescribeImagesRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_IMAGES_REQUEST;
}

pub(crate) static DESCRIBE_IMAGES_REQUEST: Structure = Structure {
    name: "DescribeImagesRequest",
    sensitive: false,
    members: &[
        Member { name: "Arns", required: false, shape: &constraints::ARN_LIST },
        Member { name: "MaxResults", required: false, shape: &constraints::DESCRIBE_IMAGES_MAX_RESULTS },
        Member { name: "Names", required: false, shape: &constraints::STRING_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "Type", required: false, shape: &constraints::VISIBILITY_TYPE },
    ],
};

/// `DescribeImagesResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeImagesResult {
    /// `Images`.
    #[serde(rename = "Images", default, skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<Image>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeImagesResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_IMAGES_RESULT;
}

pub(crate) static DESCRIBE_IMAGES_RESULT: Structure = Structure {
    name: "DescribeImagesResult",
    sensitive: false,
    members: &[
        Member { name: "Images", required: false, shape: &constraints::IMAGE_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `ExportImageTask` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportImageTask {
    /// `AmiDescription`: at most 256 characters.
    #[serde(rename = "AmiDescription", default, skip_serializing_if = "Option::is_none")]
    pub ami_description: Option<String>,
    /// `AmiId`; pattern `^ami-[a-z0-9]{8,17}$`.
    #[serde(rename = "AmiId", default, skip_serializing_if = "Option::is_none")]
    pub ami_id: Option<String>,
    /// `AmiName`, required; pattern `^[a-zA-Z0-9().\-/_]{3,128}$`.
    #[serde(rename = "AmiName")]
    pub ami_name: String,
    /// `CreatedDate`, required.
    #[serde(rename = "CreatedDate")]
    pub created_date: crate::Timestamp,
    /// `ErrorDetails`.
    #[serde(rename = "ErrorDetails", default, skip_serializing_if = "Option::is_none")]
    pub error_details: Option<Vec<super::common::ErrorDetails>>,
    /// `ImageArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ImageArn")]
    pub image_arn: String,
    /// `State`.
    #[serde(rename = "State", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<super::state_enums::ExportImageTaskState>,
    /// `TagSpecifications`: 1 to 50 entries.
    #[serde(rename = "TagSpecifications", default, skip_serializing_if = "Option::is_none")]
    pub tag_specifications: Option<std::collections::BTreeMap<String, String>>,
    /// `TaskId`, required; pattern `^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$`.
    #[serde(rename = "TaskId")]
    pub task_id: String,
}

impl crate::WireShape for ExportImageTask {
    const STRUCTURE: &'static Structure = &EXPORT_IMAGE_TASK;
}

pub(crate) static EXPORT_IMAGE_TASK: Structure = Structure {
    name: "ExportImageTask",
    sensitive: false,
    members: &[
        Member { name: "AmiDescription", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "AmiId", required: false, shape: &constraints::PHOTON_AMI_ID },
        Member { name: "AmiName", required: true, shape: &constraints::AMI_NAME },
        Member { name: "CreatedDate", required: true, shape: &constraints::TIMESTAMP },
        Member { name: "ErrorDetails", required: false, shape: &constraints::ERROR_DETAILS_LIST },
        Member { name: "ImageArn", required: true, shape: &constraints::ARN },
        Member { name: "State", required: false, shape: &constraints::EXPORT_IMAGE_TASK_STATE },
        Member { name: "TagSpecifications", required: false, shape: &constraints::TAGS },
        Member { name: "TaskId", required: true, shape: &constraints::UUID },
    ],
};

impl ExportImageTask {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        task_id: impl Into<String>,
        image_arn: impl Into<String>,
        ami_name: impl Into<String>,
        created_date: crate::Timestamp,
    ) -> Self {
        Self {
            task_id: task_id.into(),
            image_arn: image_arn.into(),
            ami_name: ami_name.into(),
            created_date,
            ami_description: None,
            ami_id: None,
            error_details: None,
            state: None,
            tag_specifications: None,
        }
    }
}

/// `GetExportImageTaskRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct GetExportImageTaskRequest {
    /// `TaskId`; pattern `^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$`.
    #[serde(rename = "TaskId", default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
}

impl crate::WireShape for GetExportImageTaskRequest {
    const STRUCTURE: &'static Structure = &GET_EXPORT_IMAGE_TASK_REQUEST;
}

pub(crate) static GET_EXPORT_IMAGE_TASK_REQUEST: Structure = Structure {
    name: "GetExportImageTaskRequest",
    sensitive: false,
    members: &[Member { name: "TaskId", required: false, shape: &constraints::UUID }],
};

/// `GetExportImageTaskResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct GetExportImageTaskResult {
    /// `ExportImageTask`.
    #[serde(rename = "ExportImageTask", default, skip_serializing_if = "Option::is_none")]
    pub export_image_task: Option<ExportImageTask>,
}

impl crate::WireShape for GetExportImageTaskResult {
    const STRUCTURE: &'static Structure = &GET_EXPORT_IMAGE_TASK_RESULT;
}

pub(crate) static GET_EXPORT_IMAGE_TASK_RESULT: Structure = Structure {
    name: "GetExportImageTaskResult",
    sensitive: false,
    members: &[Member {
        name: "ExportImageTask",
        required: false,
        shape: &Shape::Structure(&EXPORT_IMAGE_TASK),
    }],
};

/// `Image` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Image {
    /// `Applications`.
    #[serde(rename = "Applications", default, skip_serializing_if = "Option::is_none")]
    pub applications: Option<Vec<super::applications::Application>>,
    /// `AppstreamAgentVersion`: 1 to 100 characters.
    #[serde(rename = "AppstreamAgentVersion", default, skip_serializing_if = "Option::is_none")]
    pub appstream_agent_version: Option<String>,
    /// `Arn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "Arn", default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `BaseImageArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "BaseImageArn", default, skip_serializing_if = "Option::is_none")]
    pub base_image_arn: Option<String>,
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `Description`: 1 or more characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: 1 or more characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `DynamicAppProvidersEnabled`.
    #[serde(rename = "DynamicAppProvidersEnabled", default, skip_serializing_if = "Option::is_none")]
    pub dynamic_app_providers_enabled: Option<super::enums::DynamicAppProvidersEnabled>,
    /// `ImageBuilderName`: 1 or more characters.
    #[serde(rename = "ImageBuilderName", default, skip_serializing_if = "Option::is_none")]
    pub image_builder_name: Option<String>,
    /// `ImageBuilderSupported`.
    #[serde(rename = "ImageBuilderSupported", default, skip_serializing_if = "Option::is_none")]
    pub image_builder_supported: Option<bool>,
    /// `ImageErrors`.
    #[serde(rename = "ImageErrors", default, skip_serializing_if = "Option::is_none")]
    pub image_errors: Option<Vec<super::common::ResourceError>>,
    /// `ImagePermissions`.
    #[serde(rename = "ImagePermissions", default, skip_serializing_if = "Option::is_none")]
    pub image_permissions: Option<ImagePermissions>,
    /// `ImageSharedWithOthers`.
    #[serde(rename = "ImageSharedWithOthers", default, skip_serializing_if = "Option::is_none")]
    pub image_shared_with_others: Option<super::enums::ImageSharedWithOthers>,
    /// `ImageSoftwareMetadata`.
    #[serde(rename = "ImageSoftwareMetadata", default, skip_serializing_if = "Option::is_none")]
    pub image_software_metadata: Option<super::software::ImageSoftwareMetadata>,
    /// `ImageType`.
    #[serde(rename = "ImageType", default, skip_serializing_if = "Option::is_none")]
    pub image_type: Option<super::enums::ImageType>,
    /// `LatestAppstreamAgentVersion`.
    #[serde(rename = "LatestAppstreamAgentVersion", default, skip_serializing_if = "Option::is_none")]
    pub latest_appstream_agent_version: Option<super::enums::LatestAppstreamAgentVersion>,
    /// `ManagedSoftwareIncluded`.
    #[serde(rename = "ManagedSoftwareIncluded", default, skip_serializing_if = "Option::is_none")]
    pub managed_software_included: Option<bool>,
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Platform`.
    #[serde(rename = "Platform", default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<super::enums::PlatformType>,
    /// `PublicBaseImageReleasedDate`.
    #[serde(rename = "PublicBaseImageReleasedDate", default, skip_serializing_if = "Option::is_none")]
    pub public_base_image_released_date: Option<crate::Timestamp>,
    /// `State`.
    #[serde(rename = "State", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<super::state_enums::ImageState>,
    /// `StateChangeReason`.
    #[serde(rename = "StateChangeReason", default, skip_serializing_if = "Option::is_none")]
    pub state_change_reason: Option<ImageStateChangeReason>,
    /// `SupportedInstanceFamilies`.
    #[serde(rename = "SupportedInstanceFamilies", default, skip_serializing_if = "Option::is_none")]
    pub supported_instance_families: Option<Vec<String>>,
    /// `Visibility`.
    #[serde(rename = "Visibility", default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<super::enums::VisibilityType>,
}

impl crate::WireShape for Image {
    const STRUCTURE: &'static Structure = &IMAGE;
}

pub(crate) static IMAGE: Structure = Structure {
    name: "Image",
    sensitive: false,
    members: &[
        Member { name: "Applications", required: false, shape: &constraints::APPLICATIONS },
        Member {
            name: "AppstreamAgentVersion",
            required: false,
            shape: &constraints::APPSTREAM_AGENT_VERSION,
        },
        Member { name: "Arn", required: false, shape: &constraints::ARN },
        Member { name: "BaseImageArn", required: false, shape: &constraints::ARN },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Description", required: false, shape: &constraints::STRING },
        Member { name: "DisplayName", required: false, shape: &constraints::STRING },
        Member {
            name: "DynamicAppProvidersEnabled",
            required: false,
            shape: &constraints::DYNAMIC_APP_PROVIDERS_ENABLED,
        },
        Member { name: "ImageBuilderName", required: false, shape: &constraints::STRING },
        Member { name: "ImageBuilderSupported", required: false, shape: &constraints::BOOLEAN },
        Member { name: "ImageErrors", required: false, shape: &constraints::RESOURCE_ERRORS },
        Member { name: "ImagePermissions", required: false, shape: &Shape::Structure(&IMAGE_PERMISSIONS) },
        Member {
            name: "ImageSharedWithOthers",
            required: false,
            shape: &constraints::IMAGE_SHARED_WITH_OTHERS,
        },
        Member {
            name: "ImageSoftwareMetadata",
            required: false,
            shape: &Shape::Structure(&super::software::IMAGE_SOFTWARE_METADATA),
        },
        Member { name: "ImageType", required: false, shape: &constraints::IMAGE_TYPE },
        Member {
            name: "LatestAppstreamAgentVersion",
            required: false,
            shape: &constraints::LATEST_APPSTREAM_AGENT_VERSION,
        },
        Member { name: "ManagedSoftwareIncluded", required: false, shape: &constraints::BOOLEAN },
        Member { name: "Name", required: true, shape: &constraints::STRING },
        Member { name: "Platform", required: false, shape: &constraints::PLATFORM_TYPE },
        Member { name: "PublicBaseImageReleasedDate", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "State", required: false, shape: &constraints::IMAGE_STATE },
        Member {
            name: "StateChangeReason",
            required: false,
            shape: &Shape::Structure(&IMAGE_STATE_CHANGE_REASON),
        },
        Member { name: "SupportedInstanceFamilies", required: false, shape: &constraints::STRING_LIST },
        Member { name: "Visibility", required: false, shape: &constraints::VISIBILITY_TYPE },
    ],
};

impl Image {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            applications: None,
            appstream_agent_version: None,
            arn: None,
            base_image_arn: None,
            created_time: None,
            description: None,
            display_name: None,
            dynamic_app_providers_enabled: None,
            image_builder_name: None,
            image_builder_supported: None,
            image_errors: None,
            image_permissions: None,
            image_shared_with_others: None,
            image_software_metadata: None,
            image_type: None,
            latest_appstream_agent_version: None,
            managed_software_included: None,
            platform: None,
            public_base_image_released_date: None,
            state: None,
            state_change_reason: None,
            supported_instance_families: None,
            visibility: None,
        }
    }
}

/// `ImagePermissions` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ImagePermissions {
    /// `allowFleet`.
    #[serde(rename = "allowFleet", default, skip_serializing_if = "Option::is_none")]
    pub allow_fleet: Option<bool>,
    /// `allowImageBuilder`.
    #[serde(rename = "allowImageBuilder", default, skip_serializing_if = "Option::is_none")]
    pub allow_image_builder: Option<bool>,
}

impl crate::WireShape for ImagePermissions {
    const STRUCTURE: &'static Structure = &IMAGE_PERMISSIONS;
}

pub(crate) static IMAGE_PERMISSIONS: Structure = Structure {
    name: "ImagePermissions",
    sensitive: false,
    members: &[
        Member { name: "allowFleet", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "allowImageBuilder", required: false, shape: &constraints::BOOLEAN_OBJECT },
    ],
};

/// `ImageStateChangeReason` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ImageStateChangeReason {
    /// `Code`.
    #[serde(rename = "Code", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<super::state_enums::ImageStateChangeReasonCode>,
    /// `Message`: 1 or more characters.
    #[serde(rename = "Message", default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl crate::WireShape for ImageStateChangeReason {
    const STRUCTURE: &'static Structure = &IMAGE_STATE_CHANGE_REASON;
}

pub(crate) static IMAGE_STATE_CHANGE_REASON: Structure = Structure {
    name: "ImageStateChangeReason",
    sensitive: false,
    members: &[
        Member { name: "Code", required: false, shape: &constraints::IMAGE_STATE_CHANGE_REASON_CODE },
        Member { name: "Message", required: false, shape: &constraints::STRING },
    ],
};

/// `ListExportImageTasksRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListExportImageTasksRequest {
    /// `Filters`.
    #[serde(rename = "Filters", default, skip_serializing_if = "Option::is_none")]
    pub filters: Option<Vec<super::common::Filter>>,
    /// `MaxResults`: 1 to 500.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for ListExportImageTasksRequest {
    const STRUCTURE: &'static Structure = &LIST_EXPORT_IMAGE_TASKS_REQUEST;
}

pub(crate) static LIST_EXPORT_IMAGE_TASKS_REQUEST: Structure = Structure {
    name: "ListExportImageTasksRequest",
    sensitive: false,
    members: &[
        Member { name: "Filters", required: false, shape: &constraints::FILTERS },
        Member {
            name: "MaxResults",
            required: false,
            shape: &constraints::LIST_EXPORT_IMAGE_TASKS_REQUEST_MAX_RESULTS,
        },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `ListExportImageTasksResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListExportImageTasksResult {
    /// `ExportImageTasks`.
    #[serde(rename = "ExportImageTasks", default, skip_serializing_if = "Option::is_none")]
    pub export_image_tasks: Option<Vec<ExportImageTask>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for ListExportImageTasksResult {
    const STRUCTURE: &'static Structure = &LIST_EXPORT_IMAGE_TASKS_RESULT;
}

pub(crate) static LIST_EXPORT_IMAGE_TASKS_RESULT: Structure = Structure {
    name: "ListExportImageTasksResult",
    sensitive: false,
    members: &[
        Member { name: "ExportImageTasks", required: false, shape: &constraints::EXPORT_IMAGE_TASKS },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `SharedImagePermissions` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct SharedImagePermissions {
    /// `imagePermissions`, required.
    #[serde(rename = "imagePermissions")]
    pub image_permissions: ImagePermissions,
    /// `sharedAccountId`, required; pattern `^\d+$`.
    #[serde(rename = "sharedAccountId")]
    pub shared_account_id: String,
}

impl crate::WireShape for SharedImagePermissions {
    const STRUCTURE: &'static Structure = &SHARED_IMAGE_PERMISSIONS;
}

pub(crate) static SHARED_IMAGE_PERMISSIONS: Structure = Structure {
    name: "SharedImagePermissions",
    sensitive: false,
    members: &[
        Member { name: "imagePermissions", required: true, shape: &Shape::Structure(&IMAGE_PERMISSIONS) },
        Member { name: "sharedAccountId", required: true, shape: &constraints::AWS_ACCOUNT_ID },
    ],
};

impl SharedImagePermissions {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(shared_account_id: impl Into<String>, image_permissions: ImagePermissions) -> Self {
        Self { shared_account_id: shared_account_id.into(), image_permissions }
    }
}

/// `UpdateImagePermissionsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateImagePermissionsRequest {
    /// `ImagePermissions`, required.
    #[serde(rename = "ImagePermissions")]
    pub image_permissions: ImagePermissions,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `SharedAccountId`, required; pattern `^\d+$`.
    #[serde(rename = "SharedAccountId")]
    pub shared_account_id: String,
}

impl crate::WireShape for UpdateImagePermissionsRequest {
    const STRUCTURE: &'static Structure = &UPDATE_IMAGE_PERMISSIONS_REQUEST;
}

pub(crate) static UPDATE_IMAGE_PERMISSIONS_REQUEST: Structure = Structure {
    name: "UpdateImagePermissionsRequest",
    sensitive: false,
    members: &[
        Member { name: "ImagePermissions", required: true, shape: &Shape::Structure(&IMAGE_PERMISSIONS) },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "SharedAccountId", required: true, shape: &constraints::AWS_ACCOUNT_ID },
    ],
};

impl UpdateImagePermissionsRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        shared_account_id: impl Into<String>,
        image_permissions: ImagePermissions,
    ) -> Self {
        Self { name: name.into(), shared_account_id: shared_account_id.into(), image_permissions }
    }
}

/// `UpdateImagePermissionsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateImagePermissionsResult {}

impl crate::WireShape for UpdateImagePermissionsResult {
    const STRUCTURE: &'static Structure = &UPDATE_IMAGE_PERMISSIONS_RESULT;
}

pub(crate) static UPDATE_IMAGE_PERMISSIONS_RESULT: Structure =
    Structure { name: "UpdateImagePermissionsResult", sensitive: false, members: &[] };
