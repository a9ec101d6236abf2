// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Closed lists of values that a client chooses from.

use crate::text_enum::text_enum;

text_enum! {
/// `AccessEndpointType` of the API.
pub enum AccessEndpointType {
Streaming = "STREAMING",
}
}

text_enum! {
/// `Action` of the API.
pub enum Action {
ClipboardCopyFromLocalDevice = "CLIPBOARD_COPY_FROM_LOCAL_DEVICE",
ClipboardCopyToLocalDevice = "CLIPBOARD_COPY_TO_LOCAL_DEVICE",
FileUpload = "FILE_UPLOAD",
FileDownload = "FILE_DOWNLOAD",
PrintingToLocalDevice = "PRINTING_TO_LOCAL_DEVICE",
DomainPasswordSignin = "DOMAIN_PASSWORD_SIGNIN",
DomainSmartCardSignin = "DOMAIN_SMART_CARD_SIGNIN",
AutoTimeZoneRedirection = "AUTO_TIME_ZONE_REDIRECTION",
SmartCardRedirection = "SMART_CARD_REDIRECTION",
}
}

text_enum! {
/// `AgentAction` of the API.
pub enum AgentAction {
ComputerVision = "COMPUTER_VISION",
ComputerInput = "COMPUTER_INPUT",
ForwardMcpTools = "FORWARD_MCP_TOOLS",
}
}

text_enum! {
/// `AgentSoftwareVersion` of the API.
pub enum AgentSoftwareVersion {
CurrentLatest = "CURRENT_LATEST",
AlwaysLatest = "ALWAYS_LATEST",
}
}

text_enum! {
/// `AppBlockBuilderAttribute` of the API.
pub enum AppBlockBuilderAttribute {
IamRoleArn = "IAM_ROLE_ARN",
AccessEndpoints = "ACCESS_ENDPOINTS",
VpcConfigurationSecurityGroupIds = "VPC_CONFIGURATION_SECURITY_GROUP_IDS",
}
}

text_enum! {
/// `AppBlockBuilderPlatformType` of the API.
pub enum AppBlockBuilderPlatformType {
WindowsServer2019 = "WINDOWS_SERVER_2019",
}
}

text_enum! {
/// `AppVisibility` of the API.
pub enum AppVisibility {
All = "ALL",
Associated = "ASSOCIATED",
}
}

text_enum! {
/// `ApplicationAttribute` of the API.
pub enum ApplicationAttribute {
LaunchParameters = "LAUNCH_PARAMETERS",
WorkingDirectory = "WORKING_DIRECTORY",
}
}

text_enum! {
/// `AuthenticationType` of the API.
pub enum AuthenticationType {
Api = "API",
Saml = "SAML",
Userpool = "USERPOOL",
AwsAd = "AWS_AD",
}
}

text_enum! {
/// `CertificateBasedAuthStatus` of the API.
pub enum CertificateBasedAuthStatus {
Disabled = "DISABLED",
Enabled = "ENABLED",
EnabledNoDirectoryLoginFallback = "ENABLED_NO_DIRECTORY_LOGIN_FALLBACK",
}
}

text_enum! {
/// `DynamicAppProvidersEnabled` of the API.
pub enum DynamicAppProvidersEnabled {
Enabled = "ENABLED",
Disabled = "DISABLED",
}
}

text_enum! {
/// `FleetAttribute` of the API.
pub enum FleetAttribute {
VpcConfiguration = "VPC_CONFIGURATION",
VpcConfigurationSecurityGroupIds = "VPC_CONFIGURATION_SECURITY_GROUP_IDS",
DomainJoinInfo = "DOMAIN_JOIN_INFO",
IamRoleArn = "IAM_ROLE_ARN",
UsbDeviceFilterStrings = "USB_DEVICE_FILTER_STRINGS",
SessionScriptS3Location = "SESSION_SCRIPT_S3_LOCATION",
MaxSessionsPerInstance = "MAX_SESSIONS_PER_INSTANCE",
VolumeConfiguration = "VOLUME_CONFIGURATION",
}
}

text_enum! {
/// `FleetType` of the API.
pub enum FleetType {
AlwaysOn = "ALWAYS_ON",
OnDemand = "ON_DEMAND",
Elastic = "ELASTIC",
}
}

text_enum! {
/// `ImageBuilderAttribute` of the API.
pub enum ImageBuilderAttribute {
AgentAccessConfig = "AGENT_ACCESS_CONFIG",
}
}

text_enum! {
/// `ImageSharedWithOthers` of the API.
pub enum ImageSharedWithOthers {
True = "TRUE",
False = "FALSE",
}
}

text_enum! {
/// `ImageType` of the API.
pub enum ImageType {
Custom = "CUSTOM",
Native = "NATIVE",
Byol = "BYOL",
}
}

text_enum! {
/// `InstanceDrainStatus` of the API.
pub enum InstanceDrainStatus {
Active = "ACTIVE",
Draining = "DRAINING",
NotApplicable = "NOT_APPLICABLE",
}
}

text_enum! {
/// `LatestAppstreamAgentVersion` of the API.
pub enum LatestAppstreamAgentVersion {
True = "TRUE",
False = "FALSE",
}
}

text_enum! {
/// `MessageAction` of the API.
pub enum MessageAction {
Suppress = "SUPPRESS",
Resend = "RESEND",
}
}

text_enum! {
/// `PackagingType` of the API.
pub enum PackagingType {
Custom = "CUSTOM",
Appstream2 = "APPSTREAM2",
}
}

text_enum! {
/// `Permission` of the API.
pub enum Permission {
Enabled = "ENABLED",
Disabled = "DISABLED",
}
}

text_enum! {
/// `PlatformType` of the API.
pub enum PlatformType {
Windows = "WINDOWS",
WindowsServer2016 = "WINDOWS_SERVER_2016",
WindowsServer2019 = "WINDOWS_SERVER_2019",
WindowsServer2022 = "WINDOWS_SERVER_2022",
WindowsServer2025 = "WINDOWS_SERVER_2025",
Windows11 = "WINDOWS_11",
AmazonLinux2 = "AMAZON_LINUX2",
Rhel8 = "RHEL8",
RockyLinux8 = "ROCKY_LINUX8",
UbuntuPro2404 = "UBUNTU_PRO_2404",
}
}

text_enum! {
/// `PreferredProtocol` of the API.
pub enum PreferredProtocol {
Tcp = "TCP",
Udp = "UDP",
}
}

text_enum! {
/// `ScreenImageFormat` of the API.
pub enum ScreenImageFormat {
Png = "PNG",
Jpeg = "JPEG",
}
}

text_enum! {
/// `ScreenResolution` of the API.
pub enum ScreenResolution {
W1280xH720 = "W_1280xH_720",
}
}

text_enum! {
/// `SoftwareDeploymentStatus` of the API.
pub enum SoftwareDeploymentStatus {
StagedForInstallation = "STAGED_FOR_INSTALLATION",
PendingInstallation = "PENDING_INSTALLATION",
Installed = "INSTALLED",
StagedForUninstallation = "STAGED_FOR_UNINSTALLATION",
PendingUninstallation = "PENDING_UNINSTALLATION",
FailedToInstall = "FAILED_TO_INSTALL",
FailedToUninstall = "FAILED_TO_UNINSTALL",
}
}

text_enum! {
/// `StackAttribute` of the API.
pub enum StackAttribute {
StorageConnectors = "STORAGE_CONNECTORS",
StorageConnectorHomefolders = "STORAGE_CONNECTOR_HOMEFOLDERS",
StorageConnectorGoogleDrive = "STORAGE_CONNECTOR_GOOGLE_DRIVE",
StorageConnectorOneDrive = "STORAGE_CONNECTOR_ONE_DRIVE",
RedirectUrl = "REDIRECT_URL",
FeedbackUrl = "FEEDBACK_URL",
ThemeName = "THEME_NAME",
UserSettings = "USER_SETTINGS",
EmbedHostDomains = "EMBED_HOST_DOMAINS",
IamRoleArn = "IAM_ROLE_ARN",
AccessEndpoints = "ACCESS_ENDPOINTS",
StreamingExperienceSettings = "STREAMING_EXPERIENCE_SETTINGS",
ContentRedirection = "CONTENT_REDIRECTION",
WebAuthnRedirection = "WEB_AUTHN_REDIRECTION",
AgentAccessConfig = "AGENT_ACCESS_CONFIG",
StorageConnectorAuthentication = "STORAGE_CONNECTOR_AUTHENTICATION",
AgentAccessConfigKmsKeyArn = "AGENT_ACCESS_CONFIG_KMS_KEY_ARN",
}
}

text_enum! {
/// `StorageConnectorAuthentication` of the API.
pub enum StorageConnectorAuthentication {
ForceReauthentication = "FORCE_REAUTHENTICATION",
ReuseCredentials = "REUSE_CREDENTIALS",
}
}

text_enum! {
/// `StorageConnectorType` of the API.
pub enum StorageConnectorType {
Homefolders = "HOMEFOLDERS",
GoogleDrive = "GOOGLE_DRIVE",
OneDrive = "ONE_DRIVE",
}
}

text_enum! {
/// `StreamView` of the API.
pub enum StreamView {
App = "APP",
Desktop = "DESKTOP",
}
}

text_enum! {
/// `ThemeAttribute` of the API.
pub enum ThemeAttribute {
FooterLinks = "FOOTER_LINKS",
}
}

text_enum! {
/// `ThemeStyling` of the API.
pub enum ThemeStyling {
LightBlue = "LIGHT_BLUE",
Blue = "BLUE",
Pink = "PINK",
Red = "RED",
}
}

text_enum! {
/// `UsageReportSchedule` of the API.
pub enum UsageReportSchedule {
Daily = "DAILY",
}
}

text_enum! {
/// `UserControlMode` of the API.
pub enum UserControlMode {
ViewOnly = "VIEW_ONLY",
ViewStop = "VIEW_STOP",
Disabled = "DISABLED",
}
}

text_enum! {
/// `VisibilityType` of the API.
pub enum VisibilityType {
Public = "PUBLIC",
Private = "PRIVATE",
Shared = "SHARED",
}
}
