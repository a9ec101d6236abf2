// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! States and codes that the service reports.

use crate::text_enum::text_enum;

text_enum! {
/// `AppBlockBuilderState` of the API.
pub enum AppBlockBuilderState {
Starting = "STARTING",
Running = "RUNNING",
Stopping = "STOPPING",
Stopped = "STOPPED",
}
}

text_enum! {
/// `AppBlockBuilderStateChangeReasonCode` of the API.
pub enum AppBlockBuilderStateChangeReasonCode {
InternalError = "INTERNAL_ERROR",
}
}

text_enum! {
/// `AppBlockState` of the API.
pub enum AppBlockState {
Inactive = "INACTIVE",
Active = "ACTIVE",
}
}

text_enum! {
/// `ExportImageTaskState` of the API.
pub enum ExportImageTaskState {
Exporting = "EXPORTING",
Completed = "COMPLETED",
Failed = "FAILED",
TimedOut = "TIMED_OUT",
}
}

text_enum! {
/// `FleetErrorCode` of the API.
pub enum FleetErrorCode {
IamServiceRoleMissingEniDescribeAction = "IAM_SERVICE_ROLE_MISSING_ENI_DESCRIBE_ACTION",
IamServiceRoleMissingEniCreateAction = "IAM_SERVICE_ROLE_MISSING_ENI_CREATE_ACTION",
IamServiceRoleMissingEniDeleteAction = "IAM_SERVICE_ROLE_MISSING_ENI_DELETE_ACTION",
NetworkInterfaceLimitExceeded = "NETWORK_INTERFACE_LIMIT_EXCEEDED",
InternalServiceError = "INTERNAL_SERVICE_ERROR",
IamServiceRoleIsMissing = "IAM_SERVICE_ROLE_IS_MISSING",
MachineRoleIsMissing = "MACHINE_ROLE_IS_MISSING",
StsDisabledInRegion = "STS_DISABLED_IN_REGION",
SubnetHasInsufficientIpAddresses = "SUBNET_HAS_INSUFFICIENT_IP_ADDRESSES",
IamServiceRoleMissingDescribeSubnetAction = "IAM_SERVICE_ROLE_MISSING_DESCRIBE_SUBNET_ACTION",
SubnetNotFound = "SUBNET_NOT_FOUND",
ImageNotFound = "IMAGE_NOT_FOUND",
InvalidSubnetConfiguration = "INVALID_SUBNET_CONFIGURATION",
SecurityGroupsNotFound = "SECURITY_GROUPS_NOT_FOUND",
IgwNotAttached = "IGW_NOT_ATTACHED",
IamServiceRoleMissingDescribeSecurityGroupsAction = "IAM_SERVICE_ROLE_MISSING_DESCRIBE_SECURITY_GROUPS_ACTION",
FleetStopped = "FLEET_STOPPED",
FleetInstanceProvisioningFailure = "FLEET_INSTANCE_PROVISIONING_FAILURE",
DomainJoinErrorFileNotFound = "DOMAIN_JOIN_ERROR_FILE_NOT_FOUND",
DomainJoinErrorAccessDenied = "DOMAIN_JOIN_ERROR_ACCESS_DENIED",
DomainJoinErrorLogonFailure = "DOMAIN_JOIN_ERROR_LOGON_FAILURE",
DomainJoinErrorInvalidParameter = "DOMAIN_JOIN_ERROR_INVALID_PARAMETER",
DomainJoinErrorMoreData = "DOMAIN_JOIN_ERROR_MORE_DATA",
DomainJoinErrorNoSuchDomain = "DOMAIN_JOIN_ERROR_NO_SUCH_DOMAIN",
DomainJoinErrorNotSupported = "DOMAIN_JOIN_ERROR_NOT_SUPPORTED",
DomainJoinNerrInvalidWorkgroupName = "DOMAIN_JOIN_NERR_INVALID_WORKGROUP_NAME",
DomainJoinNerrWorkstationNotStarted = "DOMAIN_JOIN_NERR_WORKSTATION_NOT_STARTED",
DomainJoinErrorDsMachineAccountQuotaExceeded = "DOMAIN_JOIN_ERROR_DS_MACHINE_ACCOUNT_QUOTA_EXCEEDED",
DomainJoinNerrPasswordExpired = "DOMAIN_JOIN_NERR_PASSWORD_EXPIRED",
DomainJoinInternalServiceError = "DOMAIN_JOIN_INTERNAL_SERVICE_ERROR",
ValidationError = "VALIDATION_ERROR",
}
}

text_enum! {
/// `FleetState` of the API.
pub enum FleetState {
Starting = "STARTING",
Running = "RUNNING",
Stopping = "STOPPING",
Stopped = "STOPPED",
}
}

text_enum! {
/// `ImageBuilderState` of the API.
pub enum ImageBuilderState {
Pending = "PENDING",
UpdatingAgent = "UPDATING_AGENT",
Running = "RUNNING",
Stopping = "STOPPING",
Stopped = "STOPPED",
Rebooting = "REBOOTING",
Snapshotting = "SNAPSHOTTING",
Deleting = "DELETING",
Failed = "FAILED",
Updating = "UPDATING",
PendingQualification = "PENDING_QUALIFICATION",
PendingSyncingApps = "PENDING_SYNCING_APPS",
SyncingApps = "SYNCING_APPS",
PendingImageImport = "PENDING_IMAGE_IMPORT",
}
}

text_enum! {
/// `ImageBuilderStateChangeReasonCode` of the API.
pub enum ImageBuilderStateChangeReasonCode {
InternalError = "INTERNAL_ERROR",
ImageUnavailable = "IMAGE_UNAVAILABLE",
}
}

text_enum! {
/// `ImageState` of the API.
pub enum ImageState {
Pending = "PENDING",
Available = "AVAILABLE",
Failed = "FAILED",
Copying = "COPYING",
Deleting = "DELETING",
Creating = "CREATING",
Importing = "IMPORTING",
Validating = "VALIDATING",
}
}

text_enum! {
/// `ImageStateChangeReasonCode` of the API.
pub enum ImageStateChangeReasonCode {
InternalError = "INTERNAL_ERROR",
ImageBuilderNotAvailable = "IMAGE_BUILDER_NOT_AVAILABLE",
ImageCopyFailure = "IMAGE_COPY_FAILURE",
ImageUpdateFailure = "IMAGE_UPDATE_FAILURE",
ImageImportFailure = "IMAGE_IMPORT_FAILURE",
}
}

text_enum! {
/// `SessionConnectionState` of the API.
pub enum SessionConnectionState {
Connected = "CONNECTED",
NotConnected = "NOT_CONNECTED",
}
}

text_enum! {
/// `SessionState` of the API.
pub enum SessionState {
Active = "ACTIVE",
Pending = "PENDING",
Expired = "EXPIRED",
}
}

text_enum! {
/// `StackErrorCode` of the API.
pub enum StackErrorCode {
StorageConnectorError = "STORAGE_CONNECTOR_ERROR",
InternalServiceError = "INTERNAL_SERVICE_ERROR",
}
}

text_enum! {
/// `ThemeState` of the API.
pub enum ThemeState {
Enabled = "ENABLED",
Disabled = "DISABLED",
}
}

text_enum! {
/// `UsageReportExecutionErrorCode` of the API.
pub enum UsageReportExecutionErrorCode {
ResourceNotFound = "RESOURCE_NOT_FOUND",
AccessDenied = "ACCESS_DENIED",
InternalServiceError = "INTERNAL_SERVICE_ERROR",
}
}

text_enum! {
/// `UserStackAssociationErrorCode` of the API.
pub enum UserStackAssociationErrorCode {
StackNotFound = "STACK_NOT_FOUND",
UserNameNotFound = "USER_NAME_NOT_FOUND",
DirectoryNotFound = "DIRECTORY_NOT_FOUND",
InternalError = "INTERNAL_ERROR",
}
}
