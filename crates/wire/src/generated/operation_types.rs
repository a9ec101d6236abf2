// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! A type for each operation, which ties it to its input and output.

use crate::{Op, Operation};

/// The operation `AssociateAppBlockBuilderAppBlock`.
#[derive(Clone, Copy, Debug)]
pub struct AssociateAppBlockBuilderAppBlock;

impl Op for AssociateAppBlockBuilderAppBlock {
    type Input = super::app_block_builders::AssociateAppBlockBuilderAppBlockRequest;
    type Output = super::app_block_builders::AssociateAppBlockBuilderAppBlockResult;
    const OPERATION: Operation = Operation::AssociateAppBlockBuilderAppBlock;
}

/// The operation `AssociateApplicationFleet`.
#[derive(Clone, Copy, Debug)]
pub struct AssociateApplicationFleet;

impl Op for AssociateApplicationFleet {
    type Input = super::applications::AssociateApplicationFleetRequest;
    type Output = super::applications::AssociateApplicationFleetResult;
    const OPERATION: Operation = Operation::AssociateApplicationFleet;
}

/// The operation `AssociateApplicationToEntitlement`.
#[derive(Clone, Copy, Debug)]
pub struct AssociateApplicationToEntitlement;

impl Op for AssociateApplicationToEntitlement {
    type Input = super::entitlements::AssociateApplicationToEntitlementRequest;
    type Output = super::entitlements::AssociateApplicationToEntitlementResult;
    const OPERATION: Operation = Operation::AssociateApplicationToEntitlement;
}

/// The operation `AssociateFleet`.
#[derive(Clone, Copy, Debug)]
pub struct AssociateFleet;

impl Op for AssociateFleet {
    type Input = super::fleets::AssociateFleetRequest;
    type Output = super::fleets::AssociateFleetResult;
    const OPERATION: Operation = Operation::AssociateFleet;
}

/// The operation `AssociateSoftwareToImageBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct AssociateSoftwareToImageBuilder;

impl Op for AssociateSoftwareToImageBuilder {
    type Input = super::software::AssociateSoftwareToImageBuilderRequest;
    type Output = super::software::AssociateSoftwareToImageBuilderResult;
    const OPERATION: Operation = Operation::AssociateSoftwareToImageBuilder;
}

/// The operation `BatchAssociateUserStack`.
#[derive(Clone, Copy, Debug)]
pub struct BatchAssociateUserStack;

impl Op for BatchAssociateUserStack {
    type Input = super::users::BatchAssociateUserStackRequest;
    type Output = super::users::BatchAssociateUserStackResult;
    const OPERATION: Operation = Operation::BatchAssociateUserStack;
}

/// The operation `BatchDisassociateUserStack`.
#[derive(Clone, Copy, Debug)]
pub struct BatchDisassociateUserStack;

impl Op for BatchDisassociateUserStack {
    type Input = super::users::BatchDisassociateUserStackRequest;
    type Output = super::users::BatchDisassociateUserStackResult;
    const OPERATION: Operation = Operation::BatchDisassociateUserStack;
}

/// The operation `CopyImage`.
#[derive(Clone, Copy, Debug)]
pub struct CopyImage;

impl Op for CopyImage {
    type Input = super::images::CopyImageRequest;
    type Output = super::images::CopyImageResponse;
    const OPERATION: Operation = Operation::CopyImage;
}

/// The operation `CreateAppBlock`.
#[derive(Clone, Copy, Debug)]
pub struct CreateAppBlock;

impl Op for CreateAppBlock {
    type Input = super::app_blocks::CreateAppBlockRequest;
    type Output = super::app_blocks::CreateAppBlockResult;
    const OPERATION: Operation = Operation::CreateAppBlock;
}

/// The operation `CreateAppBlockBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct CreateAppBlockBuilder;

impl Op for CreateAppBlockBuilder {
    type Input = super::app_block_builders::CreateAppBlockBuilderRequest;
    type Output = super::app_block_builders::CreateAppBlockBuilderResult;
    const OPERATION: Operation = Operation::CreateAppBlockBuilder;
}

/// The operation `CreateAppBlockBuilderStreamingURL`.
#[derive(Clone, Copy, Debug)]
pub struct CreateAppBlockBuilderStreamingURL;

impl Op for CreateAppBlockBuilderStreamingURL {
    type Input = super::app_block_builders::CreateAppBlockBuilderStreamingURLRequest;
    type Output = super::app_block_builders::CreateAppBlockBuilderStreamingURLResult;
    const OPERATION: Operation = Operation::CreateAppBlockBuilderStreamingURL;
}

/// The operation `CreateApplication`.
#[derive(Clone, Copy, Debug)]
pub struct CreateApplication;

impl Op for CreateApplication {
    type Input = super::applications::CreateApplicationRequest;
    type Output = super::applications::CreateApplicationResult;
    const OPERATION: Operation = Operation::CreateApplication;
}

/// The operation `CreateDirectoryConfig`.
#[derive(Clone, Copy, Debug)]
pub struct CreateDirectoryConfig;

impl Op for CreateDirectoryConfig {
    type Input = super::directory_configs::CreateDirectoryConfigRequest;
    type Output = super::directory_configs::CreateDirectoryConfigResult;
    const OPERATION: Operation = Operation::CreateDirectoryConfig;
}

/// The operation `CreateEntitlement`.
#[derive(Clone, Copy, Debug)]
pub struct CreateEntitlement;

impl Op for CreateEntitlement {
    type Input = super::entitlements::CreateEntitlementRequest;
    type Output = super::entitlements::CreateEntitlementResult;
    const OPERATION: Operation = Operation::CreateEntitlement;
}

/// The operation `CreateExportImageTask`.
#[derive(Clone, Copy, Debug)]
pub struct CreateExportImageTask;

impl Op for CreateExportImageTask {
    type Input = super::images::CreateExportImageTaskRequest;
    type Output = super::images::CreateExportImageTaskResult;
    const OPERATION: Operation = Operation::CreateExportImageTask;
}

/// The operation `CreateFleet`.
#[derive(Clone, Copy, Debug)]
pub struct CreateFleet;

impl Op for CreateFleet {
    type Input = super::fleets::CreateFleetRequest;
    type Output = super::fleets::CreateFleetResult;
    const OPERATION: Operation = Operation::CreateFleet;
}

/// The operation `CreateImageBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct CreateImageBuilder;

impl Op for CreateImageBuilder {
    type Input = super::image_builders::CreateImageBuilderRequest;
    type Output = super::image_builders::CreateImageBuilderResult;
    const OPERATION: Operation = Operation::CreateImageBuilder;
}

/// The operation `CreateImageBuilderStreamingURL`.
#[derive(Clone, Copy, Debug)]
pub struct CreateImageBuilderStreamingURL;

impl Op for CreateImageBuilderStreamingURL {
    type Input = super::image_builders::CreateImageBuilderStreamingURLRequest;
    type Output = super::image_builders::CreateImageBuilderStreamingURLResult;
    const OPERATION: Operation = Operation::CreateImageBuilderStreamingURL;
}

/// The operation `CreateImportedImage`.
#[derive(Clone, Copy, Debug)]
pub struct CreateImportedImage;

impl Op for CreateImportedImage {
    type Input = super::images::CreateImportedImageRequest;
    type Output = super::images::CreateImportedImageResult;
    const OPERATION: Operation = Operation::CreateImportedImage;
}

/// The operation `CreateStack`.
#[derive(Clone, Copy, Debug)]
pub struct CreateStack;

impl Op for CreateStack {
    type Input = super::stacks::CreateStackRequest;
    type Output = super::stacks::CreateStackResult;
    const OPERATION: Operation = Operation::CreateStack;
}

/// The operation `CreateStreamingURL`.
#[derive(Clone, Copy, Debug)]
pub struct CreateStreamingURL;

impl Op for CreateStreamingURL {
    type Input = super::sessions::CreateStreamingURLRequest;
    type Output = super::sessions::CreateStreamingURLResult;
    const OPERATION: Operation = Operation::CreateStreamingURL;
}

/// The operation `CreateThemeForStack`.
#[derive(Clone, Copy, Debug)]
pub struct CreateThemeForStack;

impl Op for CreateThemeForStack {
    type Input = super::themes::CreateThemeForStackRequest;
    type Output = super::themes::CreateThemeForStackResult;
    const OPERATION: Operation = Operation::CreateThemeForStack;
}

/// The operation `CreateUpdatedImage`.
#[derive(Clone, Copy, Debug)]
pub struct CreateUpdatedImage;

impl Op for CreateUpdatedImage {
    type Input = super::images::CreateUpdatedImageRequest;
    type Output = super::images::CreateUpdatedImageResult;
    const OPERATION: Operation = Operation::CreateUpdatedImage;
}

/// The operation `CreateUsageReportSubscription`.
#[derive(Clone, Copy, Debug)]
pub struct CreateUsageReportSubscription;

impl Op for CreateUsageReportSubscription {
    type Input = super::reports::CreateUsageReportSubscriptionRequest;
    type Output = super::reports::CreateUsageReportSubscriptionResult;
    const OPERATION: Operation = Operation::CreateUsageReportSubscription;
}

/// The operation `CreateUser`.
#[derive(Clone, Copy, Debug)]
pub struct CreateUser;

impl Op for CreateUser {
    type Input = super::users::CreateUserRequest;
    type Output = super::users::CreateUserResult;
    const OPERATION: Operation = Operation::CreateUser;
}

/// The operation `DeleteAppBlock`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteAppBlock;

impl Op for DeleteAppBlock {
    type Input = super::app_blocks::DeleteAppBlockRequest;
    type Output = super::app_blocks::DeleteAppBlockResult;
    const OPERATION: Operation = Operation::DeleteAppBlock;
}

/// The operation `DeleteAppBlockBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteAppBlockBuilder;

impl Op for DeleteAppBlockBuilder {
    type Input = super::app_block_builders::DeleteAppBlockBuilderRequest;
    type Output = super::app_block_builders::DeleteAppBlockBuilderResult;
    const OPERATION: Operation = Operation::DeleteAppBlockBuilder;
}

/// The operation `DeleteApplication`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteApplication;

impl Op for DeleteApplication {
    type Input = super::applications::DeleteApplicationRequest;
    type Output = super::applications::DeleteApplicationResult;
    const OPERATION: Operation = Operation::DeleteApplication;
}

/// The operation `DeleteDirectoryConfig`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteDirectoryConfig;

impl Op for DeleteDirectoryConfig {
    type Input = super::directory_configs::DeleteDirectoryConfigRequest;
    type Output = super::directory_configs::DeleteDirectoryConfigResult;
    const OPERATION: Operation = Operation::DeleteDirectoryConfig;
}

/// The operation `DeleteEntitlement`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteEntitlement;

impl Op for DeleteEntitlement {
    type Input = super::entitlements::DeleteEntitlementRequest;
    type Output = super::entitlements::DeleteEntitlementResult;
    const OPERATION: Operation = Operation::DeleteEntitlement;
}

/// The operation `DeleteFleet`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteFleet;

impl Op for DeleteFleet {
    type Input = super::fleets::DeleteFleetRequest;
    type Output = super::fleets::DeleteFleetResult;
    const OPERATION: Operation = Operation::DeleteFleet;
}

/// The operation `DeleteImage`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteImage;

impl Op for DeleteImage {
    type Input = super::images::DeleteImageRequest;
    type Output = super::images::DeleteImageResult;
    const OPERATION: Operation = Operation::DeleteImage;
}

/// The operation `DeleteImageBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteImageBuilder;

impl Op for DeleteImageBuilder {
    type Input = super::image_builders::DeleteImageBuilderRequest;
    type Output = super::image_builders::DeleteImageBuilderResult;
    const OPERATION: Operation = Operation::DeleteImageBuilder;
}

/// The operation `DeleteImagePermissions`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteImagePermissions;

impl Op for DeleteImagePermissions {
    type Input = super::images::DeleteImagePermissionsRequest;
    type Output = super::images::DeleteImagePermissionsResult;
    const OPERATION: Operation = Operation::DeleteImagePermissions;
}

/// The operation `DeleteStack`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteStack;

impl Op for DeleteStack {
    type Input = super::stacks::DeleteStackRequest;
    type Output = super::stacks::DeleteStackResult;
    const OPERATION: Operation = Operation::DeleteStack;
}

/// The operation `DeleteThemeForStack`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteThemeForStack;

impl Op for DeleteThemeForStack {
    type Input = super::themes::DeleteThemeForStackRequest;
    type Output = super::themes::DeleteThemeForStackResult;
    const OPERATION: Operation = Operation::DeleteThemeForStack;
}

/// The operation `DeleteUsageReportSubscription`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteUsageReportSubscription;

impl Op for DeleteUsageReportSubscription {
    type Input = super::reports::DeleteUsageReportSubscriptionRequest;
    type Output = super::reports::DeleteUsageReportSubscriptionResult;
    const OPERATION: Operation = Operation::DeleteUsageReportSubscription;
}

/// The operation `DeleteUser`.
#[derive(Clone, Copy, Debug)]
pub struct DeleteUser;

impl Op for DeleteUser {
    type Input = super::users::DeleteUserRequest;
    type Output = super::users::DeleteUserResult;
    const OPERATION: Operation = Operation::DeleteUser;
}

/// The operation `DescribeAppBlockBuilderAppBlockAssociations`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeAppBlockBuilderAppBlockAssociations;

impl Op for DescribeAppBlockBuilderAppBlockAssociations {
    type Input = super::app_block_builders::DescribeAppBlockBuilderAppBlockAssociationsRequest;
    type Output = super::app_block_builders::DescribeAppBlockBuilderAppBlockAssociationsResult;
    const OPERATION: Operation = Operation::DescribeAppBlockBuilderAppBlockAssociations;
}

/// The operation `DescribeAppBlockBuilders`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeAppBlockBuilders;

impl Op for DescribeAppBlockBuilders {
    type Input = super::app_block_builders::DescribeAppBlockBuildersRequest;
    type Output = super::app_block_builders::DescribeAppBlockBuildersResult;
    const OPERATION: Operation = Operation::DescribeAppBlockBuilders;
}

/// The operation `DescribeAppBlocks`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeAppBlocks;

impl Op for DescribeAppBlocks {
    type Input = super::app_blocks::DescribeAppBlocksRequest;
    type Output = super::app_blocks::DescribeAppBlocksResult;
    const OPERATION: Operation = Operation::DescribeAppBlocks;
}

/// The operation `DescribeAppLicenseUsage`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeAppLicenseUsage;

impl Op for DescribeAppLicenseUsage {
    type Input = super::reports::DescribeAppLicenseUsageRequest;
    type Output = super::reports::DescribeAppLicenseUsageResult;
    const OPERATION: Operation = Operation::DescribeAppLicenseUsage;
}

/// The operation `DescribeApplicationFleetAssociations`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeApplicationFleetAssociations;

impl Op for DescribeApplicationFleetAssociations {
    type Input = super::applications::DescribeApplicationFleetAssociationsRequest;
    type Output = super::applications::DescribeApplicationFleetAssociationsResult;
    const OPERATION: Operation = Operation::DescribeApplicationFleetAssociations;
}

/// The operation `DescribeApplications`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeApplications;

impl Op for DescribeApplications {
    type Input = super::applications::DescribeApplicationsRequest;
    type Output = super::applications::DescribeApplicationsResult;
    const OPERATION: Operation = Operation::DescribeApplications;
}

/// The operation `DescribeDirectoryConfigs`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeDirectoryConfigs;

impl Op for DescribeDirectoryConfigs {
    type Input = super::directory_configs::DescribeDirectoryConfigsRequest;
    type Output = super::directory_configs::DescribeDirectoryConfigsResult;
    const OPERATION: Operation = Operation::DescribeDirectoryConfigs;
}

/// The operation `DescribeEntitlements`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeEntitlements;

impl Op for DescribeEntitlements {
    type Input = super::entitlements::DescribeEntitlementsRequest;
    type Output = super::entitlements::DescribeEntitlementsResult;
    const OPERATION: Operation = Operation::DescribeEntitlements;
}

/// The operation `DescribeFleets`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeFleets;

impl Op for DescribeFleets {
    type Input = super::fleets::DescribeFleetsRequest;
    type Output = super::fleets::DescribeFleetsResult;
    const OPERATION: Operation = Operation::DescribeFleets;
}

/// The operation `DescribeImageBuilders`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeImageBuilders;

impl Op for DescribeImageBuilders {
    type Input = super::image_builders::DescribeImageBuildersRequest;
    type Output = super::image_builders::DescribeImageBuildersResult;
    const OPERATION: Operation = Operation::DescribeImageBuilders;
}

/// The operation `DescribeImagePermissions`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeImagePermissions;

impl Op for DescribeImagePermissions {
    type Input = super::images::DescribeImagePermissionsRequest;
    type Output = super::images::DescribeImagePermissionsResult;
    const OPERATION: Operation = Operation::DescribeImagePermissions;
}

/// The operation `DescribeImages`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeImages;

impl Op for DescribeImages {
    type Input = super::images::DescribeImagesRequest;
    type Output = super::images::DescribeImagesResult;
    const OPERATION: Operation = Operation::DescribeImages;
}

/// The operation `DescribeSessions`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeSessions;

impl Op for DescribeSessions {
    type Input = super::sessions::DescribeSessionsRequest;
    type Output = super::sessions::DescribeSessionsResult;
    const OPERATION: Operation = Operation::DescribeSessions;
}

/// The operation `DescribeSoftwareAssociations`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeSoftwareAssociations;

impl Op for DescribeSoftwareAssociations {
    type Input = super::software::DescribeSoftwareAssociationsRequest;
    type Output = super::software::DescribeSoftwareAssociationsResult;
    const OPERATION: Operation = Operation::DescribeSoftwareAssociations;
}

/// The operation `DescribeStacks`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeStacks;

impl Op for DescribeStacks {
    type Input = super::stacks::DescribeStacksRequest;
    type Output = super::stacks::DescribeStacksResult;
    const OPERATION: Operation = Operation::DescribeStacks;
}

/// The operation `DescribeThemeForStack`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeThemeForStack;

impl Op for DescribeThemeForStack {
    type Input = super::themes::DescribeThemeForStackRequest;
    type Output = super::themes::DescribeThemeForStackResult;
    const OPERATION: Operation = Operation::DescribeThemeForStack;
}

/// The operation `DescribeUsageReportSubscriptions`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeUsageReportSubscriptions;

impl Op for DescribeUsageReportSubscriptions {
    type Input = super::reports::DescribeUsageReportSubscriptionsRequest;
    type Output = super::reports::DescribeUsageReportSubscriptionsResult;
    const OPERATION: Operation = Operation::DescribeUsageReportSubscriptions;
}

/// The operation `DescribeUserStackAssociations`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeUserStackAssociations;

impl Op for DescribeUserStackAssociations {
    type Input = super::users::DescribeUserStackAssociationsRequest;
    type Output = super::users::DescribeUserStackAssociationsResult;
    const OPERATION: Operation = Operation::DescribeUserStackAssociations;
}

/// The operation `DescribeUsers`.
#[derive(Clone, Copy, Debug)]
pub struct DescribeUsers;

impl Op for DescribeUsers {
    type Input = super::users::DescribeUsersRequest;
    type Output = super::users::DescribeUsersResult;
    const OPERATION: Operation = Operation::DescribeUsers;
}

/// The operation `DisableUser`.
#[derive(Clone, Copy, Debug)]
pub struct DisableUser;

impl Op for DisableUser {
    type Input = super::users::DisableUserRequest;
    type Output = super::users::DisableUserResult;
    const OPERATION: Operation = Operation::DisableUser;
}

/// The operation `DisassociateAppBlockBuilderAppBlock`.
#[derive(Clone, Copy, Debug)]
pub struct DisassociateAppBlockBuilderAppBlock;

impl Op for DisassociateAppBlockBuilderAppBlock {
    type Input = super::app_block_builders::DisassociateAppBlockBuilderAppBlockRequest;
    type Output = super::app_block_builders::DisassociateAppBlockBuilderAppBlockResult;
    const OPERATION: Operation = Operation::DisassociateAppBlockBuilderAppBlock;
}

/// The operation `DisassociateApplicationFleet`.
#[derive(Clone, Copy, Debug)]
pub struct DisassociateApplicationFleet;

impl Op for DisassociateApplicationFleet {
    type Input = super::applications::DisassociateApplicationFleetRequest;
    type Output = super::applications::DisassociateApplicationFleetResult;
    const OPERATION: Operation = Operation::DisassociateApplicationFleet;
}

/// The operation `DisassociateApplicationFromEntitlement`.
#[derive(Clone, Copy, Debug)]
pub struct DisassociateApplicationFromEntitlement;

impl Op for DisassociateApplicationFromEntitlement {
    type Input = super::entitlements::DisassociateApplicationFromEntitlementRequest;
    type Output = super::entitlements::DisassociateApplicationFromEntitlementResult;
    const OPERATION: Operation = Operation::DisassociateApplicationFromEntitlement;
}

/// The operation `DisassociateFleet`.
#[derive(Clone, Copy, Debug)]
pub struct DisassociateFleet;

impl Op for DisassociateFleet {
    type Input = super::fleets::DisassociateFleetRequest;
    type Output = super::fleets::DisassociateFleetResult;
    const OPERATION: Operation = Operation::DisassociateFleet;
}

/// The operation `DisassociateSoftwareFromImageBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct DisassociateSoftwareFromImageBuilder;

impl Op for DisassociateSoftwareFromImageBuilder {
    type Input = super::software::DisassociateSoftwareFromImageBuilderRequest;
    type Output = super::software::DisassociateSoftwareFromImageBuilderResult;
    const OPERATION: Operation = Operation::DisassociateSoftwareFromImageBuilder;
}

/// The operation `DrainSessionInstance`.
#[derive(Clone, Copy, Debug)]
pub struct DrainSessionInstance;

impl Op for DrainSessionInstance {
    type Input = super::sessions::DrainSessionInstanceRequest;
    type Output = super::sessions::DrainSessionInstanceResult;
    const OPERATION: Operation = Operation::DrainSessionInstance;
}

/// The operation `EnableUser`.
#[derive(Clone, Copy, Debug)]
pub struct EnableUser;

impl Op for EnableUser {
    type Input = super::users::EnableUserRequest;
    type Output = super::users::EnableUserResult;
    const OPERATION: Operation = Operation::EnableUser;
}

/// The operation `ExpireSession`.
#[derive(Clone, Copy, Debug)]
pub struct ExpireSession;

impl Op for ExpireSession {
    type Input = super::sessions::ExpireSessionRequest;
    type Output = super::sessions::ExpireSessionResult;
    const OPERATION: Operation = Operation::ExpireSession;
}

/// The operation `GetExportImageTask`.
#[derive(Clone, Copy, Debug)]
pub struct GetExportImageTask;

impl Op for GetExportImageTask {
    type Input = super::images::GetExportImageTaskRequest;
    type Output = super::images::GetExportImageTaskResult;
    const OPERATION: Operation = Operation::GetExportImageTask;
}

/// The operation `ListAssociatedFleets`.
#[derive(Clone, Copy, Debug)]
pub struct ListAssociatedFleets;

impl Op for ListAssociatedFleets {
    type Input = super::fleets::ListAssociatedFleetsRequest;
    type Output = super::fleets::ListAssociatedFleetsResult;
    const OPERATION: Operation = Operation::ListAssociatedFleets;
}

/// The operation `ListAssociatedStacks`.
#[derive(Clone, Copy, Debug)]
pub struct ListAssociatedStacks;

impl Op for ListAssociatedStacks {
    type Input = super::stacks::ListAssociatedStacksRequest;
    type Output = super::stacks::ListAssociatedStacksResult;
    const OPERATION: Operation = Operation::ListAssociatedStacks;
}

/// The operation `ListEntitledApplications`.
#[derive(Clone, Copy, Debug)]
pub struct ListEntitledApplications;

impl Op for ListEntitledApplications {
    type Input = super::entitlements::ListEntitledApplicationsRequest;
    type Output = super::entitlements::ListEntitledApplicationsResult;
    const OPERATION: Operation = Operation::ListEntitledApplications;
}

/// The operation `ListExportImageTasks`.
#[derive(Clone, Copy, Debug)]
pub struct ListExportImageTasks;

impl Op for ListExportImageTasks {
    type Input = super::images::ListExportImageTasksRequest;
    type Output = super::images::ListExportImageTasksResult;
    const OPERATION: Operation = Operation::ListExportImageTasks;
}

/// The operation `ListTagsForResource`.
#[derive(Clone, Copy, Debug)]
pub struct ListTagsForResource;

impl Op for ListTagsForResource {
    type Input = super::tags::ListTagsForResourceRequest;
    type Output = super::tags::ListTagsForResourceResponse;
    const OPERATION: Operation = Operation::ListTagsForResource;
}

/// The operation `StartAppBlockBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct StartAppBlockBuilder;

impl Op for StartAppBlockBuilder {
    type Input = super::app_block_builders::StartAppBlockBuilderRequest;
    type Output = super::app_block_builders::StartAppBlockBuilderResult;
    const OPERATION: Operation = Operation::StartAppBlockBuilder;
}

/// The operation `StartFleet`.
#[derive(Clone, Copy, Debug)]
pub struct StartFleet;

impl Op for StartFleet {
    type Input = super::fleets::StartFleetRequest;
    type Output = super::fleets::StartFleetResult;
    const OPERATION: Operation = Operation::StartFleet;
}

/// The operation `StartImageBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct StartImageBuilder;

impl Op for StartImageBuilder {
    type Input = super::image_builders::StartImageBuilderRequest;
    type Output = super::image_builders::StartImageBuilderResult;
    const OPERATION: Operation = Operation::StartImageBuilder;
}

/// The operation `StartSoftwareDeploymentToImageBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct StartSoftwareDeploymentToImageBuilder;

impl Op for StartSoftwareDeploymentToImageBuilder {
    type Input = super::software::StartSoftwareDeploymentToImageBuilderRequest;
    type Output = super::software::StartSoftwareDeploymentToImageBuilderResult;
    const OPERATION: Operation = Operation::StartSoftwareDeploymentToImageBuilder;
}

/// The operation `StopAppBlockBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct StopAppBlockBuilder;

impl Op for StopAppBlockBuilder {
    type Input = super::app_block_builders::StopAppBlockBuilderRequest;
    type Output = super::app_block_builders::StopAppBlockBuilderResult;
    const OPERATION: Operation = Operation::StopAppBlockBuilder;
}

/// The operation `StopFleet`.
#[derive(Clone, Copy, Debug)]
pub struct StopFleet;

impl Op for StopFleet {
    type Input = super::fleets::StopFleetRequest;
    type Output = super::fleets::StopFleetResult;
    const OPERATION: Operation = Operation::StopFleet;
}

/// The operation `StopImageBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct StopImageBuilder;

impl Op for StopImageBuilder {
    type Input = super::image_builders::StopImageBuilderRequest;
    type Output = super::image_builders::StopImageBuilderResult;
    const OPERATION: Operation = Operation::StopImageBuilder;
}

/// The operation `TagResource`.
#[derive(Clone, Copy, Debug)]
pub struct TagResource;

impl Op for TagResource {
    type Input = super::tags::TagResourceRequest;
    type Output = super::tags::TagResourceResponse;
    const OPERATION: Operation = Operation::TagResource;
}

/// The operation `UntagResource`.
#[derive(Clone, Copy, Debug)]
pub struct UntagResource;

impl Op for UntagResource {
    type Input = super::common::UntagResourceRequest;
    type Output = super::common::UntagResourceResponse;
    const OPERATION: Operation = Operation::UntagResource;
}

/// The operation `UpdateAppBlockBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateAppBlockBuilder;

impl Op for UpdateAppBlockBuilder {
    type Input = super::app_block_builders::UpdateAppBlockBuilderRequest;
    type Output = super::app_block_builders::UpdateAppBlockBuilderResult;
    const OPERATION: Operation = Operation::UpdateAppBlockBuilder;
}

/// The operation `UpdateApplication`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateApplication;

impl Op for UpdateApplication {
    type Input = super::applications::UpdateApplicationRequest;
    type Output = super::applications::UpdateApplicationResult;
    const OPERATION: Operation = Operation::UpdateApplication;
}

/// The operation `UpdateDirectoryConfig`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateDirectoryConfig;

impl Op for UpdateDirectoryConfig {
    type Input = super::directory_configs::UpdateDirectoryConfigRequest;
    type Output = super::directory_configs::UpdateDirectoryConfigResult;
    const OPERATION: Operation = Operation::UpdateDirectoryConfig;
}

/// The operation `UpdateEntitlement`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateEntitlement;

impl Op for UpdateEntitlement {
    type Input = super::entitlements::UpdateEntitlementRequest;
    type Output = super::entitlements::UpdateEntitlementResult;
    const OPERATION: Operation = Operation::UpdateEntitlement;
}

/// The operation `UpdateFleet`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateFleet;

impl Op for UpdateFleet {
    type Input = super::fleets::UpdateFleetRequest;
    type Output = super::fleets::UpdateFleetResult;
    const OPERATION: Operation = Operation::UpdateFleet;
}

/// The operation `UpdateImageBuilder`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateImageBuilder;

impl Op for UpdateImageBuilder {
    type Input = super::image_builders::UpdateImageBuilderRequest;
    type Output = super::image_builders::UpdateImageBuilderResult;
    const OPERATION: Operation = Operation::UpdateImageBuilder;
}

/// The operation `UpdateImagePermissions`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateImagePermissions;

impl Op for UpdateImagePermissions {
    type Input = super::images::UpdateImagePermissionsRequest;
    type Output = super::images::UpdateImagePermissionsResult;
    const OPERATION: Operation = Operation::UpdateImagePermissions;
}

/// The operation `UpdateStack`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateStack;

impl Op for UpdateStack {
    type Input = super::stacks::UpdateStackRequest;
    type Output = super::stacks::UpdateStackResult;
    const OPERATION: Operation = Operation::UpdateStack;
}

/// The operation `UpdateThemeForStack`.
#[derive(Clone, Copy, Debug)]
pub struct UpdateThemeForStack;

impl Op for UpdateThemeForStack {
    type Input = super::themes::UpdateThemeForStackRequest;
    type Output = super::themes::UpdateThemeForStackResult;
    const OPERATION: Operation = Operation::UpdateThemeForStack;
}
