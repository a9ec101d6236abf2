// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! The API's operations.

use crate::schema::Structure;
use crate::text_enum::text_enum;

use super::errors::ErrorCode;

/// Version of the API that the shapes are of.
pub const API_VERSION: &str = "2016-12-01";
/// The service's name in the scope of a signature.
pub const SIGNING_NAME: &str = "appstream";
/// The service's name in targets and paths of requests.
pub const TARGET_PREFIX: &str = "PhotonAdminProxyService";

text_enum! {
/// Every operation of the API.
pub enum Operation {
AssociateAppBlockBuilderAppBlock = "AssociateAppBlockBuilderAppBlock",
AssociateApplicationFleet = "AssociateApplicationFleet",
AssociateApplicationToEntitlement = "AssociateApplicationToEntitlement",
AssociateFleet = "AssociateFleet",
AssociateSoftwareToImageBuilder = "AssociateSoftwareToImageBuilder",
BatchAssociateUserStack = "BatchAssociateUserStack",
BatchDisassociateUserStack = "BatchDisassociateUserStack",
CopyImage = "CopyImage",
CreateAppBlock = "CreateAppBlock",
CreateAppBlockBuilder = "CreateAppBlockBuilder",
CreateAppBlockBuilderStreamingURL = "CreateAppBlockBuilderStreamingURL",
CreateApplication = "CreateApplication",
CreateDirectoryConfig = "CreateDirectoryConfig",
CreateEntitlement = "CreateEntitlement",
CreateExportImageTask = "CreateExportImageTask",
CreateFleet = "CreateFleet",
CreateImageBuilder = "CreateImageBuilder",
CreateImageBuilderStreamingURL = "CreateImageBuilderStreamingURL",
CreateImportedImage = "CreateImportedImage",
CreateStack = "CreateStack",
CreateStreamingURL = "CreateStreamingURL",
CreateThemeForStack = "CreateThemeForStack",
CreateUpdatedImage = "CreateUpdatedImage",
CreateUsageReportSubscription = "CreateUsageReportSubscription",
CreateUser = "CreateUser",
DeleteAppBlock = "DeleteAppBlock",
DeleteAppBlockBuilder = "DeleteAppBlockBuilder",
DeleteApplication = "DeleteApplication",
DeleteDirectoryConfig = "DeleteDirectoryConfig",
DeleteEntitlement = "DeleteEntitlement",
DeleteFleet = "DeleteFleet",
DeleteImage = "DeleteImage",
DeleteImageBuilder = "DeleteImageBuilder",
DeleteImagePermissions = "DeleteImagePermissions",
DeleteStack = "DeleteStack",
DeleteThemeForStack = "DeleteThemeForStack",
DeleteUsageReportSubscription = "DeleteUsageReportSubscription",
DeleteUser = "DeleteUser",
DescribeAppBlockBuilderAppBlockAssociations = "DescribeAppBlockBuilderAppBlockAssociations",
DescribeAppBlockBuilders = "DescribeAppBlockBuilders",
DescribeAppBlocks = "DescribeAppBlocks",
DescribeAppLicenseUsage = "DescribeAppLicenseUsage",
DescribeApplicationFleetAssociations = "DescribeApplicationFleetAssociations",
DescribeApplications = "DescribeApplications",
DescribeDirectoryConfigs = "DescribeDirectoryConfigs",
DescribeEntitlements = "DescribeEntitlements",
DescribeFleets = "DescribeFleets",
DescribeImageBuilders = "DescribeImageBuilders",
DescribeImagePermissions = "DescribeImagePermissions",
DescribeImages = "DescribeImages",
DescribeSessions = "DescribeSessions",
DescribeSoftwareAssociations = "DescribeSoftwareAssociations",
DescribeStacks = "DescribeStacks",
DescribeThemeForStack = "DescribeThemeForStack",
DescribeUsageReportSubscriptions = "DescribeUsageReportSubscriptions",
DescribeUserStackAssociations = "DescribeUserStackAssociations",
DescribeUsers = "DescribeUsers",
DisableUser = "DisableUser",
DisassociateAppBlockBuilderAppBlock = "DisassociateAppBlockBuilderAppBlock",
DisassociateApplicationFleet = "DisassociateApplicationFleet",
DisassociateApplicationFromEntitlement = "DisassociateApplicationFromEntitlement",
DisassociateFleet = "DisassociateFleet",
DisassociateSoftwareFromImageBuilder = "DisassociateSoftwareFromImageBuilder",
DrainSessionInstance = "DrainSessionInstance",
EnableUser = "EnableUser",
ExpireSession = "ExpireSession",
GetExportImageTask = "GetExportImageTask",
ListAssociatedFleets = "ListAssociatedFleets",
ListAssociatedStacks = "ListAssociatedStacks",
ListEntitledApplications = "ListEntitledApplications",
ListExportImageTasks = "ListExportImageTasks",
ListTagsForResource = "ListTagsForResource",
StartAppBlockBuilder = "StartAppBlockBuilder",
StartFleet = "StartFleet",
StartImageBuilder = "StartImageBuilder",
StartSoftwareDeploymentToImageBuilder = "StartSoftwareDeploymentToImageBuilder",
StopAppBlockBuilder = "StopAppBlockBuilder",
StopFleet = "StopFleet",
StopImageBuilder = "StopImageBuilder",
TagResource = "TagResource",
UntagResource = "UntagResource",
UpdateAppBlockBuilder = "UpdateAppBlockBuilder",
UpdateApplication = "UpdateApplication",
UpdateDirectoryConfig = "UpdateDirectoryConfig",
UpdateEntitlement = "UpdateEntitlement",
UpdateFleet = "UpdateFleet",
UpdateImageBuilder = "UpdateImageBuilder",
UpdateImagePermissions = "UpdateImagePermissions",
UpdateStack = "UpdateStack",
UpdateThemeForStack = "UpdateThemeForStack",
}
}

impl Operation {
    /// The errors that the model lists for this operation.
    #[must_use]
    pub fn errors(self) -> &'static [ErrorCode] {
        match self {
            Self::AssociateAppBlockBuilderAppBlock => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::AssociateApplicationFleet => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::AssociateApplicationToEntitlement => &[
                ErrorCode::EntitlementNotFound,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::AssociateFleet => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::AssociateSoftwareToImageBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::BatchAssociateUserStack => {
                &[ErrorCode::InvalidParameterCombination, ErrorCode::OperationNotPermitted]
            }
            Self::BatchDisassociateUserStack => {
                &[ErrorCode::InvalidParameterCombination, ErrorCode::OperationNotPermitted]
            }
            Self::CopyImage => &[
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::LimitExceeded,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateAppBlock => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceAlreadyExists,
            ],
            Self::CreateAppBlockBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::RequestLimitExceeded,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateAppBlockBuilderStreamingURL => {
                &[ErrorCode::OperationNotPermitted, ErrorCode::ResourceNotFound]
            }
            Self::CreateApplication => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateDirectoryConfig => &[
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateEntitlement => &[
                ErrorCode::EntitlementAlreadyExists,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateExportImageTask => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateFleet => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::RequestLimitExceeded,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateImageBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::RequestLimitExceeded,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateImageBuilderStreamingURL => {
                &[ErrorCode::OperationNotPermitted, ErrorCode::ResourceNotFound]
            }
            Self::CreateImportedImage => &[
                ErrorCode::DryRunOperation,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateStack => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateStreamingURL => &[
                ErrorCode::InvalidParameterCombination,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateThemeForStack => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateUpdatedImage => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceAlreadyExists,
                ErrorCode::ResourceNotFound,
            ],
            Self::CreateUsageReportSubscription => {
                &[ErrorCode::InvalidAccountStatus, ErrorCode::InvalidRole, ErrorCode::LimitExceeded]
            }
            Self::CreateUser => &[
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceAlreadyExists,
            ],
            Self::DeleteAppBlock => {
                &[ErrorCode::ConcurrentModification, ErrorCode::ResourceInUse, ErrorCode::ResourceNotFound]
            }
            Self::DeleteAppBlockBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceInUse,
                ErrorCode::ResourceNotFound,
            ],
            Self::DeleteApplication => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceInUse,
                ErrorCode::ResourceNotFound,
            ],
            Self::DeleteDirectoryConfig => &[ErrorCode::ResourceInUse, ErrorCode::ResourceNotFound],
            Self::DeleteEntitlement => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::EntitlementNotFound,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::DeleteFleet => {
                &[ErrorCode::ConcurrentModification, ErrorCode::ResourceInUse, ErrorCode::ResourceNotFound]
            }
            Self::DeleteImage => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceInUse,
                ErrorCode::ResourceNotFound,
            ],
            Self::DeleteImageBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::DeleteImagePermissions => &[ErrorCode::ResourceNotAvailable, ErrorCode::ResourceNotFound],
            Self::DeleteStack => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceInUse,
                ErrorCode::ResourceNotFound,
            ],
            Self::DeleteThemeForStack => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::DeleteUsageReportSubscription => {
                &[ErrorCode::InvalidAccountStatus, ErrorCode::ResourceNotFound]
            }
            Self::DeleteUser => &[ErrorCode::ResourceNotFound],
            Self::DescribeAppBlockBuilderAppBlockAssociations => {
                &[ErrorCode::InvalidParameterCombination, ErrorCode::OperationNotPermitted]
            }
            Self::DescribeAppBlockBuilders => {
                &[ErrorCode::OperationNotPermitted, ErrorCode::ResourceNotFound]
            }
            Self::DescribeAppBlocks => &[ErrorCode::OperationNotPermitted, ErrorCode::ResourceNotFound],
            Self::DescribeAppLicenseUsage => &[
                ErrorCode::InvalidParameterCombination,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::DescribeApplicationFleetAssociations => {
                &[ErrorCode::InvalidParameterCombination, ErrorCode::OperationNotPermitted]
            }
            Self::DescribeApplications => &[ErrorCode::OperationNotPermitted, ErrorCode::ResourceNotFound],
            Self::DescribeDirectoryConfigs => &[ErrorCode::ResourceNotFound],
            Self::DescribeEntitlements => &[
                ErrorCode::EntitlementNotFound,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::DescribeFleets => &[ErrorCode::ResourceNotFound],
            Self::DescribeImageBuilders => &[ErrorCode::ResourceNotFound],
            Self::DescribeImagePermissions => &[ErrorCode::ResourceNotFound],
            Self::DescribeImages => &[ErrorCode::InvalidParameterCombination, ErrorCode::ResourceNotFound],
            Self::DescribeSessions => &[ErrorCode::InvalidParameterCombination],
            Self::DescribeSoftwareAssociations => {
                &[ErrorCode::OperationNotPermitted, ErrorCode::ResourceNotFound]
            }
            Self::DescribeStacks => &[ErrorCode::ResourceNotFound],
            Self::DescribeThemeForStack => &[ErrorCode::OperationNotPermitted, ErrorCode::ResourceNotFound],
            Self::DescribeUsageReportSubscriptions => {
                &[ErrorCode::InvalidAccountStatus, ErrorCode::ResourceNotFound]
            }
            Self::DescribeUserStackAssociations => {
                &[ErrorCode::InvalidParameterCombination, ErrorCode::OperationNotPermitted]
            }
            Self::DescribeUsers => &[
                ErrorCode::InvalidParameterCombination,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::DisableUser => &[ErrorCode::ResourceNotFound],
            Self::DisassociateAppBlockBuilderAppBlock => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::DisassociateApplicationFleet => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::OperationNotPermitted,
            ],
            Self::DisassociateApplicationFromEntitlement => &[
                ErrorCode::EntitlementNotFound,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::DisassociateFleet => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceInUse,
                ErrorCode::ResourceNotFound,
            ],
            Self::DisassociateSoftwareFromImageBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::DrainSessionInstance => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::EnableUser => &[ErrorCode::InvalidAccountStatus, ErrorCode::ResourceNotFound],
            Self::ExpireSession => &[],
            Self::GetExportImageTask => &[ErrorCode::OperationNotPermitted, ErrorCode::ResourceNotFound],
            Self::ListAssociatedFleets => &[],
            Self::ListAssociatedStacks => &[],
            Self::ListEntitledApplications => &[
                ErrorCode::EntitlementNotFound,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::ListExportImageTasks => &[ErrorCode::OperationNotPermitted],
            Self::ListTagsForResource => &[ErrorCode::ResourceNotFound],
            Self::StartAppBlockBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::RequestLimitExceeded,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::StartFleet => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::RequestLimitExceeded,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::StartImageBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::StartSoftwareDeploymentToImageBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::StopAppBlockBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::StopFleet => &[ErrorCode::ConcurrentModification, ErrorCode::ResourceNotFound],
            Self::StopImageBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::TagResource => {
                &[ErrorCode::InvalidAccountStatus, ErrorCode::LimitExceeded, ErrorCode::ResourceNotFound]
            }
            Self::UntagResource => &[ErrorCode::ResourceNotFound],
            Self::UpdateAppBlockBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::RequestLimitExceeded,
                ErrorCode::ResourceInUse,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::UpdateApplication => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::UpdateDirectoryConfig => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidRole,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceInUse,
                ErrorCode::ResourceNotFound,
            ],
            Self::UpdateEntitlement => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::EntitlementNotFound,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
            Self::UpdateFleet => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::RequestLimitExceeded,
                ErrorCode::ResourceInUse,
                ErrorCode::ResourceNotAvailable,
                ErrorCode::ResourceNotFound,
            ],
            Self::UpdateImageBuilder => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::OperationNotPermitted,
                ErrorCode::RequestLimitExceeded,
                ErrorCode::ResourceNotFound,
            ],
            Self::UpdateImagePermissions => {
                &[ErrorCode::LimitExceeded, ErrorCode::ResourceNotAvailable, ErrorCode::ResourceNotFound]
            }
            Self::UpdateStack => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::IncompatibleImage,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::InvalidRole,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceInUse,
                ErrorCode::ResourceNotFound,
            ],
            Self::UpdateThemeForStack => &[
                ErrorCode::ConcurrentModification,
                ErrorCode::InvalidAccountStatus,
                ErrorCode::InvalidParameterCombination,
                ErrorCode::LimitExceeded,
                ErrorCode::OperationNotPermitted,
                ErrorCode::ResourceNotFound,
            ],
        }
    }

    pub(crate) fn input(self) -> &'static Structure {
        match self {
            Self::AssociateAppBlockBuilderAppBlock => {
                &super::app_block_builders::ASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_REQUEST
            }
            Self::AssociateApplicationFleet => &super::applications::ASSOCIATE_APPLICATION_FLEET_REQUEST,
            Self::AssociateApplicationToEntitlement => {
                &super::entitlements::ASSOCIATE_APPLICATION_TO_ENTITLEMENT_REQUEST
            }
            Self::AssociateFleet => &super::fleets::ASSOCIATE_FLEET_REQUEST,
            Self::AssociateSoftwareToImageBuilder => {
                &super::software::ASSOCIATE_SOFTWARE_TO_IMAGE_BUILDER_REQUEST
            }
            Self::BatchAssociateUserStack => &super::users::BATCH_ASSOCIATE_USER_STACK_REQUEST,
            Self::BatchDisassociateUserStack => &super::users::BATCH_DISASSOCIATE_USER_STACK_REQUEST,
            Self::CopyImage => &super::images::COPY_IMAGE_REQUEST,
            Self::CreateAppBlock => &super::app_blocks::CREATE_APP_BLOCK_REQUEST,
            Self::CreateAppBlockBuilder => &super::app_block_builders::CREATE_APP_BLOCK_BUILDER_REQUEST,
            Self::CreateAppBlockBuilderStreamingURL => {
                &super::app_block_builders::CREATE_APP_BLOCK_BUILDER_STREAMING_URL_REQUEST
            }
            Self::CreateApplication => &super::applications::CREATE_APPLICATION_REQUEST,
            Self::CreateDirectoryConfig => &super::directory_configs::CREATE_DIRECTORY_CONFIG_REQUEST,
            Self::CreateEntitlement => &super::entitlements::CREATE_ENTITLEMENT_REQUEST,
            Self::CreateExportImageTask => &super::images::CREATE_EXPORT_IMAGE_TASK_REQUEST,
            Self::CreateFleet => &super::fleets::CREATE_FLEET_REQUEST,
            Self::CreateImageBuilder => &super::image_builders::CREATE_IMAGE_BUILDER_REQUEST,
            Self::CreateImageBuilderStreamingURL => {
                &super::image_builders::CREATE_IMAGE_BUILDER_STREAMING_URL_REQUEST
            }
            Self::CreateImportedImage => &super::images::CREATE_IMPORTED_IMAGE_REQUEST,
            Self::CreateStack => &super::stacks::CREATE_STACK_REQUEST,
            Self::CreateStreamingURL => &super::sessions::CREATE_STREAMING_URL_REQUEST,
            Self::CreateThemeForStack => &super::themes::CREATE_THEME_FOR_STACK_REQUEST,
            Self::CreateUpdatedImage => &super::images::CREATE_UPDATED_IMAGE_REQUEST,
            Self::CreateUsageReportSubscription => &super::reports::CREATE_USAGE_REPORT_SUBSCRIPTION_REQUEST,
            Self::CreateUser => &super::users::CREATE_USER_REQUEST,
            Self::DeleteAppBlock => &super::app_blocks::DELETE_APP_BLOCK_REQUEST,
            Self::DeleteAppBlockBuilder => &super::app_block_builders::DELETE_APP_BLOCK_BUILDER_REQUEST,
            Self::DeleteApplication => &super::applications::DELETE_APPLICATION_REQUEST,
            Self::DeleteDirectoryConfig => &super::directory_configs::DELETE_DIRECTORY_CONFIG_REQUEST,
            Self::DeleteEntitlement => &super::entitlements::DELETE_ENTITLEMENT_REQUEST,
            Self::DeleteFleet => &super::fleets::DELETE_FLEET_REQUEST,
            Self::DeleteImage => &super::images::DELETE_IMAGE_REQUEST,
            Self::DeleteImageBuilder => &super::image_builders::DELETE_IMAGE_BUILDER_REQUEST,
            Self::DeleteImagePermissions => &super::images::DELETE_IMAGE_PERMISSIONS_REQUEST,
            Self::DeleteStack => &super::stacks::DELETE_STACK_REQUEST,
            Self::DeleteThemeForStack => &super::themes::DELETE_THEME_FOR_STACK_REQUEST,
            Self::DeleteUsageReportSubscription => &super::reports::DELETE_USAGE_REPORT_SUBSCRIPTION_REQUEST,
            Self::DeleteUser => &super::users::DELETE_USER_REQUEST,
            Self::DescribeAppBlockBuilderAppBlockAssociations => {
                &super::app_block_builders::DESCRIBE_APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATIONS_REQUEST
            }
            Self::DescribeAppBlockBuilders => &super::app_block_builders::DESCRIBE_APP_BLOCK_BUILDERS_REQUEST,
            Self::DescribeAppBlocks => &super::app_blocks::DESCRIBE_APP_BLOCKS_REQUEST,
            Self::DescribeAppLicenseUsage => &super::reports::DESCRIBE_APP_LICENSE_USAGE_REQUEST,
            Self::DescribeApplicationFleetAssociations => {
                &super::applications::DESCRIBE_APPLICATION_FLEET_ASSOCIATIONS_REQUEST
            }
            Self::DescribeApplications => &super::applications::DESCRIBE_APPLICATIONS_REQUEST,
            Self::DescribeDirectoryConfigs => &super::directory_configs::DESCRIBE_DIRECTORY_CONFIGS_REQUEST,
            Self::DescribeEntitlements => &super::entitlements::DESCRIBE_ENTITLEMENTS_REQUEST,
            Self::DescribeFleets => &super::fleets::DESCRIBE_FLEETS_REQUEST,
            Self::DescribeImageBuilders => &super::image_builders::DESCRIBE_IMAGE_BUILDERS_REQUEST,
            Self::DescribeImagePermissions => &super::images::DESCRIBE_IMAGE_PERMISSIONS_REQUEST,
            Self::DescribeImages => &super::images::DESCRIBE_IMAGES_REQUEST,
            Self::DescribeSessions => &super::sessions::DESCRIBE_SESSIONS_REQUEST,
            Self::DescribeSoftwareAssociations => &super::software::DESCRIBE_SOFTWARE_ASSOCIATIONS_REQUEST,
            Self::DescribeStacks => &super::stacks::DESCRIBE_STACKS_REQUEST,
            Self::DescribeThemeForStack => &super::themes::DESCRIBE_THEME_FOR_STACK_REQUEST,
            Self::DescribeUsageReportSubscriptions => {
                &super::reports::DESCRIBE_USAGE_REPORT_SUBSCRIPTIONS_REQUEST
            }
            Self::DescribeUserStackAssociations => &super::users::DESCRIBE_USER_STACK_ASSOCIATIONS_REQUEST,
            Self::DescribeUsers => &super::users::DESCRIBE_USERS_REQUEST,
            Self::DisableUser => &super::users::DISABLE_USER_REQUEST,
            Self::DisassociateAppBlockBuilderAppBlock => {
                &super::app_block_builders::DISASSOCIATE_APP_BLOCK_BUILDER_APP_BLOCK_REQUEST
            }
            Self::DisassociateApplicationFleet => {
                &super::applications::DISASSOCIATE_APPLICATION_FLEET_REQUEST
            }
            Self::DisassociateApplicationFromEntitlement => {
                &super::entitlements::DISASSOCIATE_APPLICATION_FROM_ENTITLEMENT_REQUEST
            }
            Self::DisassociateFleet => &super::fleets::DISASSOCIATE_FLEET_REQUEST,
            Self::DisassociateSoftwareFromImageBuilder => {
                &super::software::DISASSOCIATE_SOFTWARE_FROM_IMAGE_BUILDER_REQUEST
            }
            Self::DrainSessionInstance => &super::sessions::DRAIN_SESSION_INSTANCE_REQUEST,
            Self::EnableUser => &super::users::ENABLE_USER_REQUEST,
            Self::ExpireSession => &super::sessions::EXPIRE_SESSION_REQUEST,
            Self::GetExportImageTask => &super::images::GET_EXPORT_IMAGE_TASK_REQUEST,
            Self::ListAssociatedFleets => &super::fleets::LIST_ASSOCIATED_FLEETS_REQUEST,
            Self::ListAssociatedStacks => &super::stacks::LIST_ASSOCIATED_STACKS_REQUEST,
            Self::ListEntitledApplications => &super::entitlements::LIST_ENTITLED_APPLICATIONS_REQUEST,
            Self::ListExportImageTasks => &super::images::LIST_EXPORT_IMAGE_TASKS_REQUEST,
            Self::ListTagsForResource => &super::tags::LIST_TAGS_FOR_RESOURCE_REQUEST,
            Self::StartAppBlockBuilder => &super::app_block_builders::START_APP_BLOCK_BUILDER_REQUEST,
            Self::StartFleet => &super::fleets::START_FLEET_REQUEST,
            Self::StartImageBuilder => &super::image_builders::START_IMAGE_BUILDER_REQUEST,
            Self::StartSoftwareDeploymentToImageBuilder => {
                &super::software::START_SOFTWARE_DEPLOYMENT_TO_IMAGE_BUILDER_REQUEST
            }
            Self::StopAppBlockBuilder => &super::app_block_builders::STOP_APP_BLOCK_BUILDER_REQUEST,
            Self::StopFleet => &super::fleets::STOP_FLEET_REQUEST,
            Self::StopImageBuilder => &super::image_builders::STOP_IMAGE_BUILDER_REQUEST,
            Self::TagResource => &super::tags::TAG_RESOURCE_REQUEST,
            Self::UntagResource => &super::common::UNTAG_RESOURCE_REQUEST,
            Self::UpdateAppBlockBuilder => &super::app_block_builders::UPDATE_APP_BLOCK_BUILDER_REQUEST,
            Self::UpdateApplication => &super::applications::UPDATE_APPLICATION_REQUEST,
            Self::UpdateDirectoryConfig => &super::directory_configs::UPDATE_DIRECTORY_CONFIG_REQUEST,
            Self::UpdateEntitlement => &super::entitlements::UPDATE_ENTITLEMENT_REQUEST,
            Self::UpdateFleet => &super::fleets::UPDATE_FLEET_REQUEST,
            Self::UpdateImageBuilder => &super::image_builders::UPDATE_IMAGE_BUILDER_REQUEST,
            Self::UpdateImagePermissions => &super::images::UPDATE_IMAGE_PERMISSIONS_REQUEST,
            Self::UpdateStack => &super::stacks::UPDATE_STACK_REQUEST,
            Self::UpdateThemeForStack => &super::themes::UPDATE_THEME_FOR_STACK_REQUEST,
        }
    }
}
