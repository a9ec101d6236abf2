// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Constraints of every shape that is not a structure.

use super::patterns;
use crate::schema::{List, Map, Number, Shape, Text};

pub(crate) static ACCESS_ENDPOINT_LIST: Shape = Shape::List(List {
    min: Some(1),
    max: Some(4),
    member: &Shape::Structure(&super::common::ACCESS_ENDPOINT),
});

pub(crate) static ACCESS_ENDPOINT_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::AccessEndpointType::NAMES,
    sensitive: false,
});

pub(crate) static ACCOUNT_NAME: Shape =
    Shape::Text(Text { min: Some(1), max: None, pattern: None, values: &[], sensitive: true });

pub(crate) static ACCOUNT_PASSWORD: Shape =
    Shape::Text(Text { min: Some(1), max: Some(127), pattern: None, values: &[], sensitive: true });

pub(crate) static ACTION: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::Action::NAMES,
    sensitive: false,
});

pub(crate) static ADMIN_APP_LICENSE_USAGE_LIST: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::reports::ADMIN_APP_LICENSE_USAGE_RECORD),
});

pub(crate) static AGENT_ACCESS_SETTING_LIST: Shape = Shape::List(List {
    min: Some(1),
    max: None,
    member: &Shape::Structure(&super::common::AGENT_ACCESS_SETTING),
});

pub(crate) static AGENT_ACTION: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::AgentAction::NAMES,
    sensitive: false,
});

pub(crate) static AGENT_SOFTWARE_VERSION: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::AgentSoftwareVersion::NAMES,
    sensitive: false,
});

pub(crate) static AMI_NAME: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: Some(&patterns::AMI_NAME),
    values: &[],
    sensitive: false,
});

pub(crate) static APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATIONS_LIST: Shape = Shape::List(List {
    min: Some(1),
    max: Some(25),
    member: &Shape::Structure(&super::app_block_builders::APP_BLOCK_BUILDER_APP_BLOCK_ASSOCIATION),
});

pub(crate) static APP_BLOCK_BUILDER_ATTRIBUTE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::AppBlockBuilderAttribute::NAMES,
    sensitive: false,
});

pub(crate) static APP_BLOCK_BUILDER_ATTRIBUTES: Shape =
    Shape::List(List { min: None, max: None, member: &APP_BLOCK_BUILDER_ATTRIBUTE });

pub(crate) static APP_BLOCK_BUILDER_LIST: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::app_block_builders::APP_BLOCK_BUILDER),
});

pub(crate) static APP_BLOCK_BUILDER_PLATFORM_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::AppBlockBuilderPlatformType::NAMES,
    sensitive: false,
});

pub(crate) static APP_BLOCK_BUILDER_STATE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::AppBlockBuilderState::NAMES,
    sensitive: false,
});

pub(crate) static APP_BLOCK_BUILDER_STATE_CHANGE_REASON_CODE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::AppBlockBuilderStateChangeReasonCode::NAMES,
    sensitive: false,
});

pub(crate) static APP_BLOCK_STATE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::AppBlockState::NAMES,
    sensitive: false,
});

pub(crate) static APP_BLOCKS: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::app_blocks::APP_BLOCK) });

pub(crate) static APP_CATALOG_CONFIG: Shape = Shape::List(List {
    min: None,
    max: Some(50),
    member: &Shape::Structure(&super::applications::APPLICATION_CONFIG),
});

pub(crate) static APP_DISPLAY_NAME: Shape = Shape::Text(Text {
    min: Some(0),
    max: Some(100),
    pattern: Some(&patterns::APP_DISPLAY_NAME),
    values: &[],
    sensitive: false,
});

pub(crate) static APP_NAME: Shape = Shape::Text(Text {
    min: Some(0),
    max: Some(100),
    pattern: Some(&patterns::APP_NAME),
    values: &[],
    sensitive: false,
});

pub(crate) static APP_VISIBILITY: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::AppVisibility::NAMES,
    sensitive: false,
});

pub(crate) static APPLICATION_ATTRIBUTE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::ApplicationAttribute::NAMES,
    sensitive: false,
});

pub(crate) static APPLICATION_ATTRIBUTES: Shape =
    Shape::List(List { min: None, max: Some(2), member: &APPLICATION_ATTRIBUTE });

pub(crate) static APPLICATION_FLEET_ASSOCIATION_LIST: Shape = Shape::List(List {
    min: Some(1),
    max: Some(25),
    member: &Shape::Structure(&super::applications::APPLICATION_FLEET_ASSOCIATION),
});

pub(crate) static APPLICATIONS: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::applications::APPLICATION) });

pub(crate) static APPSTREAM_AGENT_VERSION: Shape =
    Shape::Text(Text { min: Some(1), max: Some(100), pattern: None, values: &[], sensitive: false });

pub(crate) static ARN: Shape =
    Shape::Text(Text { min: None, max: None, pattern: Some(&patterns::ARN), values: &[], sensitive: false });

pub(crate) static ARN_LIST: Shape = Shape::List(List { min: None, max: None, member: &ARN });

pub(crate) static AUTHENTICATION_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::AuthenticationType::NAMES,
    sensitive: false,
});

pub(crate) static AWS_ACCOUNT_ID: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: Some(&patterns::AWS_ACCOUNT_ID),
    values: &[],
    sensitive: false,
});

pub(crate) static AWS_ACCOUNT_ID_LIST: Shape =
    Shape::List(List { min: Some(1), max: Some(5), member: &AWS_ACCOUNT_ID });

pub(crate) static BOOLEAN: Shape = Shape::Boolean;

pub(crate) static BOOLEAN_OBJECT: Shape = Shape::Boolean;

pub(crate) static CERTIFICATE_BASED_AUTH_STATUS: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::CertificateBasedAuthStatus::NAMES,
    sensitive: false,
});

pub(crate) static CREATE_APP_BLOCK_BUILDER_STREAMING_URL_REQUEST_VALIDITY: Shape =
    Shape::Number(Number { bits: 64, min: Some(1), max: Some(604800) });

pub(crate) static CREATE_FLEET_REQUEST_DISCONNECT_TIMEOUT_IN_SECONDS: Shape =
    Shape::Number(Number { bits: 32, min: Some(60), max: Some(57600) });

pub(crate) static CREATE_FLEET_REQUEST_IDLE_DISCONNECT_TIMEOUT_IN_SECONDS: Shape =
    Shape::Number(Number { bits: 32, min: Some(0), max: Some(36000) });

pub(crate) static CREATE_FLEET_REQUEST_MAX_USER_DURATION_IN_SECONDS: Shape =
    Shape::Number(Number { bits: 32, min: Some(600), max: Some(432000) });

pub(crate) static CREATE_IMAGE_BUILDER_STREAMING_URL_REQUEST_VALIDITY: Shape =
    Shape::Number(Number { bits: 64, min: Some(1), max: Some(604800) });

pub(crate) static CREATE_IMPORTED_IMAGE_REQUEST_SOURCE_AMI_ID: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: Some(&patterns::CREATE_IMPORTED_IMAGE_REQUEST_SOURCE_AMI_ID),
    values: &[],
    sensitive: false,
});

pub(crate) static CREATE_STREAMING_URL_REQUEST_VALIDITY: Shape =
    Shape::Number(Number { bits: 64, min: Some(1), max: Some(604800) });

pub(crate) static DESCRIBE_IMAGES_MAX_RESULTS: Shape =
    Shape::Number(Number { bits: 32, min: Some(0), max: Some(25) });

pub(crate) static DESCRIPTION: Shape =
    Shape::Text(Text { min: None, max: Some(256), pattern: None, values: &[], sensitive: false });

pub(crate) static DIRECTORY_CONFIG_LIST: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::directory_configs::DIRECTORY_CONFIG),
});

pub(crate) static DIRECTORY_NAME: Shape =
    Shape::Text(Text { min: None, max: None, pattern: None, values: &[], sensitive: false });

pub(crate) static DIRECTORY_NAME_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &DIRECTORY_NAME });

pub(crate) static DISPLAY_NAME: Shape =
    Shape::Text(Text { min: None, max: Some(100), pattern: None, values: &[], sensitive: false });

pub(crate) static DOMAIN: Shape =
    Shape::Text(Text { min: Some(1), max: Some(64), pattern: None, values: &[], sensitive: false });

pub(crate) static DOMAIN_LIST: Shape = Shape::List(List { min: None, max: Some(50), member: &DOMAIN });

pub(crate) static DYNAMIC_APP_PROVIDERS_ENABLED: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::DynamicAppProvidersEnabled::NAMES,
    sensitive: false,
});

pub(crate) static EMBED_HOST_DOMAIN: Shape = Shape::Text(Text {
    min: None,
    max: Some(128),
    pattern: Some(&patterns::EMBED_HOST_DOMAIN),
    values: &[],
    sensitive: false,
});

pub(crate) static EMBED_HOST_DOMAINS: Shape =
    Shape::List(List { min: Some(1), max: Some(20), member: &EMBED_HOST_DOMAIN });

pub(crate) static ENTITLED_APPLICATION_LIST: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::entitlements::ENTITLED_APPLICATION),
});

pub(crate) static ENTITLEMENT_ATTRIBUTE_LIST: Shape = Shape::List(List {
    min: Some(1),
    max: None,
    member: &Shape::Structure(&super::entitlements::ENTITLEMENT_ATTRIBUTE),
});

pub(crate) static ENTITLEMENT_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::entitlements::ENTITLEMENT) });

pub(crate) static ERROR_DETAILS_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::common::ERROR_DETAILS) });

pub(crate) static EXPORT_IMAGE_TASK_STATE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::ExportImageTaskState::NAMES,
    sensitive: false,
});

pub(crate) static EXPORT_IMAGE_TASKS: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::images::EXPORT_IMAGE_TASK) });

pub(crate) static FEEDBACK_URL: Shape =
    Shape::Text(Text { min: None, max: Some(1000), pattern: None, values: &[], sensitive: false });

pub(crate) static FILE_PATH: Shape =
    Shape::Text(Text { min: Some(0), max: Some(32767), pattern: None, values: &[], sensitive: true });

pub(crate) static FILTER_NAME: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: Some(&patterns::FILTER_NAME),
    values: &[],
    sensitive: false,
});

pub(crate) static FILTER_VALUE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: Some(&patterns::FILTER_VALUE),
    values: &[],
    sensitive: false,
});

pub(crate) static FILTER_VALUES: Shape = Shape::List(List { min: None, max: None, member: &FILTER_VALUE });

pub(crate) static FILTERS: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::common::FILTER) });

pub(crate) static FLEET_ATTRIBUTE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::FleetAttribute::NAMES,
    sensitive: false,
});

pub(crate) static FLEET_ATTRIBUTES: Shape =
    Shape::List(List { min: None, max: None, member: &FLEET_ATTRIBUTE });

pub(crate) static FLEET_ERROR_CODE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::FleetErrorCode::NAMES,
    sensitive: false,
});

pub(crate) static FLEET_ERRORS: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::fleets::FLEET_ERROR) });

pub(crate) static FLEET_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::fleets::FLEET) });

pub(crate) static FLEET_STATE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::FleetState::NAMES,
    sensitive: false,
});

pub(crate) static FLEET_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::FleetType::NAMES,
    sensitive: false,
});

pub(crate) static IMAGE_BUILDER_ATTRIBUTE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::ImageBuilderAttribute::NAMES,
    sensitive: false,
});

pub(crate) static IMAGE_BUILDER_ATTRIBUTES: Shape =
    Shape::List(List { min: None, max: Some(2), member: &IMAGE_BUILDER_ATTRIBUTE });

pub(crate) static IMAGE_BUILDER_LIST: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::image_builders::IMAGE_BUILDER),
});

pub(crate) static IMAGE_BUILDER_STATE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::ImageBuilderState::NAMES,
    sensitive: false,
});

pub(crate) static IMAGE_BUILDER_STATE_CHANGE_REASON_CODE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::ImageBuilderStateChangeReasonCode::NAMES,
    sensitive: false,
});

pub(crate) static IMAGE_IMPORT_DESCRIPTION: Shape = Shape::Text(Text {
    min: Some(0),
    max: Some(256),
    pattern: Some(&patterns::IMAGE_IMPORT_DESCRIPTION),
    values: &[],
    sensitive: false,
});

pub(crate) static IMAGE_IMPORT_DISPLAY_NAME: Shape = Shape::Text(Text {
    min: Some(0),
    max: Some(100),
    pattern: Some(&patterns::IMAGE_IMPORT_DISPLAY_NAME),
    values: &[],
    sensitive: false,
});

pub(crate) static IMAGE_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::images::IMAGE) });

pub(crate) static IMAGE_SHARED_WITH_OTHERS: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::ImageSharedWithOthers::NAMES,
    sensitive: false,
});

pub(crate) static IMAGE_STATE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::ImageState::NAMES,
    sensitive: false,
});

pub(crate) static IMAGE_STATE_CHANGE_REASON_CODE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::ImageStateChangeReasonCode::NAMES,
    sensitive: false,
});

pub(crate) static IMAGE_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::ImageType::NAMES,
    sensitive: false,
});

pub(crate) static INSTANCE_DRAIN_STATUS: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::InstanceDrainStatus::NAMES,
    sensitive: false,
});

pub(crate) static INSTANCE_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: Some(&patterns::INSTANCE_TYPE),
    values: &[],
    sensitive: false,
});

pub(crate) static INTEGER: Shape = Shape::Number(Number { bits: 32, min: None, max: None });

pub(crate) static KMS_KEY_ARN: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: Some(&patterns::KMS_KEY_ARN),
    values: &[],
    sensitive: false,
});

pub(crate) static LAST_REPORT_GENERATION_EXECUTION_ERRORS: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::reports::LAST_REPORT_GENERATION_EXECUTION_ERROR),
});

pub(crate) static LATEST_APPSTREAM_AGENT_VERSION: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::LatestAppstreamAgentVersion::NAMES,
    sensitive: false,
});

pub(crate) static LAUNCH_PARAMETERS: Shape = Shape::Text(Text {
    min: Some(0),
    max: Some(1024),
    pattern: Some(&patterns::LAUNCH_PARAMETERS),
    values: &[],
    sensitive: true,
});

pub(crate) static LIST_EXPORT_IMAGE_TASKS_REQUEST_MAX_RESULTS: Shape =
    Shape::Number(Number { bits: 32, min: Some(1), max: Some(500) });

pub(crate) static MAX_RESULTS: Shape = Shape::Number(Number { bits: 32, min: Some(0), max: Some(500) });

pub(crate) static MESSAGE_ACTION: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::MessageAction::NAMES,
    sensitive: false,
});

pub(crate) static METADATA: Shape = Shape::Map(Map { min: None, max: None, key: &STRING, value: &STRING });

pub(crate) static NAME: Shape =
    Shape::Text(Text { min: None, max: None, pattern: Some(&patterns::NAME), values: &[], sensitive: false });

pub(crate) static NVIDIA_GRID_DRIVER_VERSION: Shape = Shape::Text(Text {
    min: Some(1),
    max: Some(32),
    pattern: Some(&patterns::NVIDIA_GRID_DRIVER_VERSION),
    values: &[],
    sensitive: false,
});

pub(crate) static ORGANIZATIONAL_UNIT_DISTINGUISHED_NAME: Shape =
    Shape::Text(Text { min: None, max: Some(2000), pattern: None, values: &[], sensitive: false });

pub(crate) static ORGANIZATIONAL_UNIT_DISTINGUISHED_NAMES_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &ORGANIZATIONAL_UNIT_DISTINGUISHED_NAME });

pub(crate) static PACKAGING_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::PackagingType::NAMES,
    sensitive: false,
});

pub(crate) static PERMISSION: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::Permission::NAMES,
    sensitive: false,
});

pub(crate) static PHOTON_AMI_ID: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: Some(&patterns::PHOTON_AMI_ID),
    values: &[],
    sensitive: false,
});

pub(crate) static PLATFORM_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::PlatformType::NAMES,
    sensitive: false,
});

pub(crate) static PLATFORMS: Shape = Shape::List(List { min: None, max: Some(4), member: &PLATFORM_TYPE });

pub(crate) static PREFERRED_PROTOCOL: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::PreferredProtocol::NAMES,
    sensitive: false,
});

pub(crate) static PROCESS_COMPATIBILITY_LIST: Shape =
    Shape::List(List { min: Some(1), max: Some(100), member: &PROCESS_IMAGE_NAME });

pub(crate) static PROCESS_IMAGE_NAME: Shape = Shape::Text(Text {
    min: Some(1),
    max: Some(260),
    pattern: Some(&patterns::PROCESS_IMAGE_NAME),
    values: &[],
    sensitive: false,
});

pub(crate) static REDIRECT_URL: Shape =
    Shape::Text(Text { min: None, max: Some(1000), pattern: None, values: &[], sensitive: false });

pub(crate) static REGION_NAME: Shape =
    Shape::Text(Text { min: Some(1), max: Some(32), pattern: None, values: &[], sensitive: false });

pub(crate) static RESOURCE_ERRORS: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::common::RESOURCE_ERROR) });

pub(crate) static RESOURCE_IDENTIFIER: Shape =
    Shape::Text(Text { min: Some(1), max: Some(2048), pattern: None, values: &[], sensitive: false });

pub(crate) static S3_BUCKET: Shape = Shape::Text(Text {
    min: Some(3),
    max: Some(63),
    pattern: Some(&patterns::S3_BUCKET),
    values: &[],
    sensitive: false,
});

pub(crate) static S3_BUCKET_ARN: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: Some(&patterns::S3_BUCKET_ARN),
    values: &[],
    sensitive: false,
});

pub(crate) static S3_KEY: Shape =
    Shape::Text(Text { min: Some(1), max: Some(1024), pattern: None, values: &[], sensitive: false });

pub(crate) static SCREEN_IMAGE_FORMAT: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::ScreenImageFormat::NAMES,
    sensitive: false,
});

pub(crate) static SCREEN_RESOLUTION: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::ScreenResolution::NAMES,
    sensitive: false,
});

pub(crate) static SECURITY_GROUP_ID_LIST: Shape =
    Shape::List(List { min: None, max: Some(5), member: &STRING });

pub(crate) static SESSION_CONNECTION_STATE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::SessionConnectionState::NAMES,
    sensitive: false,
});

pub(crate) static SESSION_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::sessions::SESSION) });

pub(crate) static SESSION_STATE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::SessionState::NAMES,
    sensitive: false,
});

pub(crate) static SETTINGS_GROUP: Shape =
    Shape::Text(Text { min: None, max: Some(100), pattern: None, values: &[], sensitive: false });

pub(crate) static SHARED_IMAGE_PERMISSIONS_LIST: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::images::SHARED_IMAGE_PERMISSIONS),
});

pub(crate) static SOFTWARE_ASSOCIATIONS_LIST: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::software::SOFTWARE_ASSOCIATIONS),
});

pub(crate) static SOFTWARE_DEPLOYMENT_STATUS: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::SoftwareDeploymentStatus::NAMES,
    sensitive: false,
});

pub(crate) static STACK_ATTRIBUTE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::StackAttribute::NAMES,
    sensitive: false,
});

pub(crate) static STACK_ATTRIBUTES: Shape =
    Shape::List(List { min: None, max: None, member: &STACK_ATTRIBUTE });

pub(crate) static STACK_ERROR_CODE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::StackErrorCode::NAMES,
    sensitive: false,
});

pub(crate) static STACK_ERRORS: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::stacks::STACK_ERROR) });

pub(crate) static STACK_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::stacks::STACK) });

pub(crate) static STORAGE_CONNECTOR_AUTHENTICATION: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::StorageConnectorAuthentication::NAMES,
    sensitive: false,
});

pub(crate) static STORAGE_CONNECTOR_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::common::STORAGE_CONNECTOR) });

pub(crate) static STORAGE_CONNECTOR_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::StorageConnectorType::NAMES,
    sensitive: false,
});

pub(crate) static STREAM_VIEW: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::StreamView::NAMES,
    sensitive: false,
});

pub(crate) static STREAMING_URL: Shape =
    Shape::Text(Text { min: None, max: None, pattern: None, values: &[], sensitive: true });

pub(crate) static STREAMING_URL_USER_ID: Shape = Shape::Text(Text {
    min: Some(2),
    max: Some(32),
    pattern: Some(&patterns::STREAMING_URL_USER_ID),
    values: &[],
    sensitive: false,
});

pub(crate) static STRING: Shape =
    Shape::Text(Text { min: Some(1), max: None, pattern: None, values: &[], sensitive: false });

pub(crate) static STRING_LIST: Shape = Shape::List(List { min: None, max: None, member: &STRING });

pub(crate) static SUBNET_ID_LIST: Shape = Shape::List(List { min: None, max: None, member: &STRING });

pub(crate) static TAG_KEY: Shape = Shape::Text(Text {
    min: Some(1),
    max: Some(128),
    pattern: Some(&patterns::TAG_KEY),
    values: &[],
    sensitive: false,
});

pub(crate) static TAG_KEY_LIST: Shape = Shape::List(List { min: Some(1), max: Some(50), member: &TAG_KEY });

pub(crate) static TAG_VALUE: Shape = Shape::Text(Text {
    min: Some(0),
    max: Some(256),
    pattern: Some(&patterns::TAG_VALUE),
    values: &[],
    sensitive: false,
});

pub(crate) static TAGS: Shape =
    Shape::Map(Map { min: Some(1), max: Some(50), key: &TAG_KEY, value: &TAG_VALUE });

pub(crate) static THEME_ATTRIBUTE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::ThemeAttribute::NAMES,
    sensitive: false,
});

pub(crate) static THEME_ATTRIBUTES: Shape =
    Shape::List(List { min: None, max: None, member: &THEME_ATTRIBUTE });

pub(crate) static THEME_FOOTER_LINK_DISPLAY_NAME: Shape = Shape::Text(Text {
    min: Some(1),
    max: Some(300),
    pattern: Some(&patterns::THEME_FOOTER_LINK_DISPLAY_NAME),
    values: &[],
    sensitive: false,
});

pub(crate) static THEME_FOOTER_LINK_URL: Shape =
    Shape::Text(Text { min: Some(1), max: Some(1000), pattern: None, values: &[], sensitive: false });

pub(crate) static THEME_FOOTER_LINKS: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::themes::THEME_FOOTER_LINK) });

pub(crate) static THEME_STATE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::ThemeState::NAMES,
    sensitive: false,
});

pub(crate) static THEME_STYLING: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::ThemeStyling::NAMES,
    sensitive: false,
});

pub(crate) static THEME_TITLE_TEXT: Shape = Shape::Text(Text {
    min: Some(1),
    max: Some(300),
    pattern: Some(&patterns::THEME_TITLE_TEXT),
    values: &[],
    sensitive: false,
});

pub(crate) static TIMESTAMP: Shape = Shape::Timestamp;

pub(crate) static UUID: Shape =
    Shape::Text(Text { min: None, max: None, pattern: Some(&patterns::UUID), values: &[], sensitive: false });

pub(crate) static UPDATE_FLEET_REQUEST_DISCONNECT_TIMEOUT_IN_SECONDS: Shape =
    Shape::Number(Number { bits: 32, min: Some(60), max: Some(57600) });

pub(crate) static UPDATE_FLEET_REQUEST_IDLE_DISCONNECT_TIMEOUT_IN_SECONDS: Shape =
    Shape::Number(Number { bits: 32, min: Some(0), max: Some(36000) });

pub(crate) static UPDATE_FLEET_REQUEST_MAX_USER_DURATION_IN_SECONDS: Shape =
    Shape::Number(Number { bits: 32, min: Some(600), max: Some(432000) });

pub(crate) static URL_PATTERN: Shape = Shape::Text(Text {
    min: Some(1),
    max: Some(2048),
    pattern: Some(&patterns::URL_PATTERN),
    values: &[],
    sensitive: false,
});

pub(crate) static URL_PATTERN_LIST: Shape =
    Shape::List(List { min: Some(0), max: Some(100), member: &URL_PATTERN });

pub(crate) static USAGE_REPORT_EXECUTION_ERROR_CODE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::UsageReportExecutionErrorCode::NAMES,
    sensitive: false,
});

pub(crate) static USAGE_REPORT_SCHEDULE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::UsageReportSchedule::NAMES,
    sensitive: false,
});

pub(crate) static USAGE_REPORT_SUBSCRIPTION_LIST: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::reports::USAGE_REPORT_SUBSCRIPTION),
});

pub(crate) static USB_DEVICE_FILTER_STRING: Shape = Shape::Text(Text {
    min: Some(0),
    max: Some(100),
    pattern: Some(&patterns::USB_DEVICE_FILTER_STRING),
    values: &[],
    sensitive: false,
});

pub(crate) static USB_DEVICE_FILTER_STRINGS: Shape =
    Shape::List(List { min: None, max: None, member: &USB_DEVICE_FILTER_STRING });

pub(crate) static USER_ATTRIBUTE_VALUE: Shape = Shape::Text(Text {
    min: None,
    max: Some(2048),
    pattern: Some(&patterns::USER_ATTRIBUTE_VALUE),
    values: &[],
    sensitive: true,
});

pub(crate) static USER_CONTROL_MODE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::UserControlMode::NAMES,
    sensitive: false,
});

pub(crate) static USER_ID: Shape =
    Shape::Text(Text { min: Some(2), max: Some(128), pattern: None, values: &[], sensitive: false });

pub(crate) static USER_LIST: Shape =
    Shape::List(List { min: None, max: None, member: &Shape::Structure(&super::users::USER) });

pub(crate) static USER_SETTING_LIST: Shape =
    Shape::List(List { min: Some(1), max: None, member: &Shape::Structure(&super::stacks::USER_SETTING) });

pub(crate) static USER_SETTING_MAXIMUM_LENGTH: Shape =
    Shape::Number(Number { bits: 32, min: Some(1), max: Some(20971520) });

pub(crate) static USER_STACK_ASSOCIATION_ERROR_CODE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::state_enums::UserStackAssociationErrorCode::NAMES,
    sensitive: false,
});

pub(crate) static USER_STACK_ASSOCIATION_ERROR_LIST: Shape = Shape::List(List {
    min: None,
    max: None,
    member: &Shape::Structure(&super::users::USER_STACK_ASSOCIATION_ERROR),
});

pub(crate) static USER_STACK_ASSOCIATION_LIST: Shape = Shape::List(List {
    min: Some(1),
    max: Some(25),
    member: &Shape::Structure(&super::users::USER_STACK_ASSOCIATION),
});

pub(crate) static USERNAME: Shape = Shape::Text(Text {
    min: Some(1),
    max: Some(128),
    pattern: Some(&patterns::USERNAME),
    values: &[],
    sensitive: true,
});

pub(crate) static VISIBILITY_TYPE: Shape = Shape::Text(Text {
    min: None,
    max: None,
    pattern: None,
    values: super::enums::VisibilityType::NAMES,
    sensitive: false,
});

pub(crate) static WORKSPACE_IMAGE_ID: Shape = Shape::Text(Text {
    min: Some(12),
    max: Some(67),
    pattern: Some(&patterns::WORKSPACE_IMAGE_ID),
    values: &[],
    sensitive: false,
});
