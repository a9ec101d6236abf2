// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: fleets.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `AssociateFleetRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateFleetRequest {
    /// `FleetName`, required: 1 or more characters.
    #[serde(rename = "FleetName")]
    pub fleet_name: String,
    /// `StackName`, required: 1 or more characters.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for AssociateFleetRequest {
    const STRUCTURE: &'static Structure = &ASSOCIATE_FLEET_REQUEST;
}

pub(crate) static ASSOCIATE_FLEET_REQUEST: Structure = Structure {
    name: "AssociateFleetRequest",
    sensitive: false,
    members: &[
        Member { name: "FleetName", required: true, shape: &constraints::STRING },
        Member { name: "StackName", required: true, shape: &constraints::STRING },
    ],
};

impl AssociateFleetRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(fleet_name: impl Into<String>, stack_name: impl Into<String>) -> Self {
        Self { fleet_name: fleet_name.into(), stack_name: stack_name.into() }
    }
}

/// `AssociateFleetResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateFleetResult {}

impl crate::WireShape for AssociateFleetResult {
    const STRUCTURE: &'static Structure = &ASSOCIATE_FLEET_RESULT;
}

pub(crate) static ASSOCIATE_FLEET_RESULT: Structure =
    Structure { name: "AssociateFleetResult", sensitive: false, members: &[] };

/// `ComputeCapacity` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ComputeCapacity {
    /// `DesiredInstances`.
    #[serde(rename = "DesiredInstances", default, skip_serializing_if = "Option::is_none")]
    pub desired_instances: Option<i32>,
    /// `DesiredSessions`.
    #[serde(rename = "DesiredSessions", default, skip_serializing_if = "Option::is_none")]
    pub desired_sessions: Option<i32>,
}

impl crate::WireShape for ComputeCapacity {
    const STRUCTURE: &'static Structure = &COMPUTE_CAPACITY;
}

pub(crate) static COMPUTE_CAPACITY: Structure = Structure {
    name: "ComputeCapacity",
    sensitive: false,
    members: &[
        Member { name: "DesiredInstances", required: false, shape: &constraints::INTEGER },
        Member { name: "DesiredSessions", required: false, shape: &constraints::INTEGER },
    ],
};

/// `ComputeCapacityStatus` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ComputeCapacityStatus {
    /// `ActiveUserSessions`.
    #[serde(rename = "ActiveUserSessions", default, skip_serializing_if = "Option::is_none")]
    pub active_user_sessions: Option<i32>,
    /// `ActualUserSessions`.
    #[serde(rename = "ActualUserSessions", default, skip_serializing_if = "Option::is_none")]
    pub actual_user_sessions: Option<i32>,
    /// `Available`.
    #[serde(rename = "Available", default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i32>,
    /// `AvailableUserSessions`.
    #[serde(rename = "AvailableUserSessions", default, skip_serializing_if = "Option::is_none")]
    pub available_user_sessions: Option<i32>,
    /// `Desired`, required.
    #[serde(rename = "Desired")]
    pub desired: i32,
    /// `DesiredUserSessions`.
    #[serde(rename = "DesiredUserSessions", default, skip_serializing_if = "Option::is_none")]
    pub desired_user_sessions: Option<i32>,
    /// `DrainModeActiveUserSessions`.
    #[serde(rename = "DrainModeActiveUserSessions", default, skip_serializing_if = "Option::is_none")]
    pub drain_mode_active_user_sessions: Option<i32>,
    /// `DrainModeUnusedUserSessions`.
    #[serde(rename = "DrainModeUnusedUserSessions", default, skip_serializing_if = "Option::is_none")]
    pub drain_mode_unused_user_sessions: Option<i32>,
    /// `Draining`.
    #[serde(rename = "Draining", default, skip_serializing_if = "Option::is_none")]
    pub draining: Option<i32>,
    /// `InUse`.
    #[serde(rename = "InUse", default, skip_serializing_if = "Option::is_none")]
    pub in_use: Option<i32>,
    /// `Running`.
    #[serde(rename = "Running", default, skip_serializing_if = "Option::is_none")]
    pub running: Option<i32>,
}

impl crate::WireShape for ComputeCapacityStatus {
    const STRUCTURE: &'static Structure = &COMPUTE_CAPACITY_STATUS;
}

pub(crate) static COMPUTE_CAPACITY_STATUS: Structure = Structure {
    name: "ComputeCapacityStatus",
    sensitive: false,
    members: &[
        Member { name: "ActiveUserSessions", required: false, shape: &constraints::INTEGER },
        Member { name: "ActualUserSessions", required: false, shape: &constraints::INTEGER },
        Member { name: "Available", required: false, shape: &constraints::INTEGER },
        Member { name: "AvailableUserSessions", required: false, shape: &constraints::INTEGER },
        Member { name: "Desired", required: true, shape: &constraints::INTEGER },
        Member { name: "DesiredUserSessions", required: false, shape: &constraints::INTEGER },
        Member { name: "DrainModeActiveUserSessions", required: false, shape: &constraints::INTEGER },
        Member { name: "DrainModeUnusedUserSessions", required: false, shape: &constraints::INTEGER },
        Member { name: "Draining", required: false, shape: &constraints::INTEGER },
        Member { name: "InUse", required: false, shape: &constraints::INTEGER },
        Member { name: "Running", required: false, shape: &constraints::INTEGER },
    ],
};

impl ComputeCapacityStatus {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(desired: i32) -> Self {
        Self {
            desired,
            active_user_sessions: None,
            actual_user_sessions: None,
            available: None,
            available_user_sessions: None,
            desired_user_sessions: None,
            drain_mode_active_user_sessions: None,
            drain_mode_unused_user_sessions: None,
            draining: None,
            in_use: None,
            running: None,
        }
    }
}

/// `CreateFleetRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateFleetRequest {
    /// `ComputeCapacity`.
    #[serde(rename = "ComputeCapacity", default, skip_serializing_if = "Option::is_none")]
    pub compute_capacity: Option<ComputeCapacity>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisableIMDSV1`.
    #[serde(rename = "DisableIMDSV1", default, skip_serializing_if = "Option::is_none")]
    pub disable_imdsv1: Option<bool>,
    /// `DisconnectTimeoutInSeconds`: 60 to 57600.
    #[serde(rename = "DisconnectTimeoutInSeconds", default, skip_serializing_if = "Option::is_none")]
    pub disconnect_timeout_in_seconds: Option<i32>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `DomainJoinInfo`.
    #[serde(rename = "DomainJoinInfo", default, skip_serializing_if = "Option::is_none")]
    pub domain_join_info: Option<super::common::DomainJoinInfo>,
    /// `EnableDefaultInternetAccess`.
    #[serde(rename = "EnableDefaultInternetAccess", default, skip_serializing_if = "Option::is_none")]
    pub enable_default_internet_access: Option<bool>,
    /// `FleetType`.
    #[serde(rename = "FleetType", default, skip_serializing_if = "Option::is_none")]
    pub fleet_type: Option<super::enums::FleetType>,
    /// `IamRoleArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "IamRoleArn", default, skip_serializing_if = "Option::is_none")]
    pub iam_role_arn: Option<String>,
    /// `IdleDisconnectTimeoutInSeconds`: 0 to 36000.
    #[serde(rename = "IdleDisconnectTimeoutInSeconds", default, skip_serializing_if = "Option::is_none")]
    pub idle_disconnect_timeout_in_seconds: Option<i32>,
    /// `ImageArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ImageArn", default, skip_serializing_if = "Option::is_none")]
    pub image_arn: Option<String>,
    /// `ImageName`; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "ImageName", default, skip_serializing_if = "Option::is_none")]
    pub image_name: Option<String>,
    /// `InstanceType`, required: 1 or more characters.
    #[serde(rename = "InstanceType")]
    pub instance_type: String,
    /// `MaxConcurrentSessions`.
    #[serde(rename = "MaxConcurrentSessions", default, skip_serializing_if = "Option::is_none")]
    pub max_concurrent_sessions: Option<i32>,
    /// `MaxSessionsPerInstance`.
    #[serde(rename = "MaxSessionsPerInstance", default, skip_serializing_if = "Option::is_none")]
    pub max_sessions_per_instance: Option<i32>,
    /// `MaxUserDurationInSeconds`: 600 to 432000.
    #[serde(rename = "MaxUserDurationInSeconds", default, skip_serializing_if = "Option::is_none")]
    pub max_user_duration_in_seconds: Option<i32>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Platform`.
    #[serde(rename = "Platform", default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<super::enums::PlatformType>,
    /// `RootVolumeConfig`.
    #[serde(rename = "RootVolumeConfig", default, skip_serializing_if = "Option::is_none")]
    pub root_volume_config: Option<super::common::VolumeConfig>,
    /// `SessionScriptS3Location`.
    #[serde(rename = "SessionScriptS3Location", default, skip_serializing_if = "Option::is_none")]
    pub session_script_s3_location: Option<super::common::S3Location>,
    /// `StreamView`.
    #[serde(rename = "StreamView", default, skip_serializing_if = "Option::is_none")]
    pub stream_view: Option<super::enums::StreamView>,
    /// `Tags`: 1 to 50 entries.
    #[serde(rename = "Tags", default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// `UsbDeviceFilterStrings`.
    #[serde(rename = "UsbDeviceFilterStrings", default, skip_serializing_if = "Option::is_none")]
    pub usb_device_filter_strings: Option<Vec<String>>,
    /// `VpcConfig`.
    #[serde(rename = "VpcConfig", default, skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<super::common::VpcConfig>,
}

impl crate::WireShape for CreateFleetRequest {
    const STRUCTURE: &'static Structure = &CREATE_FLEET_REQUEST;
}

pub(crate) static CREATE_FLEET_REQUEST: Structure = Structure {
    name: "CreateFleetRequest",
    sensitive: false,
    members: &[
        Member { name: "ComputeCapacity", required: false, shape: &Shape::Structure(&COMPUTE_CAPACITY) },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisableIMDSV1", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member {
            name: "DisconnectTimeoutInSeconds",
            required: false,
            shape: &constraints::CREATE_FLEET_REQUEST_DISCONNECT_TIMEOUT_IN_SECONDS,
        },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member {
            name: "DomainJoinInfo",
            required: false,
            shape: &Shape::Structure(&super::common::DOMAIN_JOIN_INFO),
        },
        Member { name: "EnableDefaultInternetAccess", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "FleetType", required: false, shape: &constraints::FLEET_TYPE },
        Member { name: "IamRoleArn", required: false, shape: &constraints::ARN },
        Member {
            name: "IdleDisconnectTimeoutInSeconds",
            required: false,
            shape: &constraints::CREATE_FLEET_REQUEST_IDLE_DISCONNECT_TIMEOUT_IN_SECONDS,
        },
        Member { name: "ImageArn", required: false, shape: &constraints::ARN },
        Member { name: "ImageName", required: false, shape: &constraints::NAME },
        Member { name: "InstanceType", required: true, shape: &constraints::STRING },
        Member { name: "MaxConcurrentSessions", required: false, shape: &constraints::INTEGER },
        Member { name: "MaxSessionsPerInstance", required: false, shape: &constraints::INTEGER },
        Member {
            name: "MaxUserDurationInSeconds",
            required: false,
            shape: &constraints::CREATE_FLEET_REQUEST_MAX_USER_DURATION_IN_SECONDS,
        },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "Platform", required: false, shape: &constraints::PLATFORM_TYPE },
        Member {
            name: "RootVolumeConfig",
            required: false,
            shape: &Shape::Structure(&super::common::VOLUME_CONFIG),
        },
        Member {
            name: "SessionScriptS3Location",
            required: false,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "StreamView", required: false, shape: &constraints::STREAM_VIEW },
        Member { name: "Tags", required: false, shape: &constraints::TAGS },
        Member {
            name: "UsbDeviceFilterStrings",
            required: false,
            shape: &constraints::USB_DEVICE_FILTER_STRINGS,
        },
        Member { name: "VpcConfig", required: false, shape: &Shape::Structure(&super::common::VPC_CONFIG) },
    ],
};

impl CreateFleetRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, instance_type: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            instance_type: instance_type.into(),
            compute_capacity: None,
            description: None,
            disable_imdsv1: None,
            disconnect_timeout_in_seconds: None,
            display_name: None,
            domain_join_info: None,
            enable_default_internet_access: None,
            fleet_type: None,
            iam_role_arn: None,
            idle_disconnect_timeout_in_seconds: None,
            image_arn: None,
            image_name: None,
            max_concurrent_sessions: None,
            max_sessions_per_instance: None,
            max_user_duration_in_seconds: None,
            platform: None,
            root_volume_config: None,
            session_script_s3_location: None,
            stream_view: None,
            tags: None,
            usb_device_filter_strings: None,
            vpc_config: None,
        }
    }
}

/// `CreateFleetResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateFleetResult {
    /// `Fleet`.
    #[serde(rename = "Fleet", default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<Fleet>,
}

impl crate::WireShape for CreateFleetResult {
    const STRUCTURE: &'static Structure = &CREATE_FLEET_RESULT;
}

pub(crate) static CREATE_FLEET_RESULT: Structure = Structure {
    name: "CreateFleetResult",
    sensitive: false,
    members: &[Member { name: "Fleet", required: false, shape: &Shape::Structure(&FLEET) }],
};

/// `DeleteFleetRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteFleetRequest {
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for DeleteFleetRequest {
    const STRUCTURE: &'static Structure = &DELETE_FLEET_REQUEST;
}

pub(crate) static DELETE_FLEET_REQUEST: Structure = Structure {
    name: "DeleteFleetRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::STRING }],
};

impl DeleteFleetRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `DeleteFleetResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteFleetResult {}

impl crate::WireShape for DeleteFleetResult {
    const STRUCTURE: &'static Structure = &DELETE_FLEET_RESULT;
}

pub(crate) static DELETE_FLEET_RESULT: Structure =
    Structure { name: "DeleteFleetResult", sensitive: false, members: &[] };

/// `DescribeFleetsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeFleetsRequest {
    /// `Names`.
    #[serde(rename = "Names", default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeFleetsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_FLEETS_REQUEST;
}

pub(crate) static DESCRIBE_FLEETS_REQUEST: Structure = Structure {
    name: "DescribeFleetsRequest",
    sensitive: false,
    members: &[
        Member { name: "Names", required: false, shape: &constraints::STRING_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeFleetsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeFleetsResult {
    /// `Fleets`.
    #[serde(rename = "Fleets", default, skip_serializing_if = "Option::is_none")]
    pub fleets: Option<Vec<Fleet>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeFleetsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_FLEETS_RESULT;
}

pub(crate) static DESCRIBE_FLEETS_RESULT: Structure = Structure {
    name: "DescribeFleetsResult",
    sensitive: false,
    members: &[
        Member { name: "Fleets", required: false, shape: &constraints::FLEET_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DisassociateFleetRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateFleetRequest {
    /// `FleetName`, required: 1 or more characters.
    #[serde(rename = "FleetName")]
    pub fleet_name: String,
    /// `StackName`, required: 1 or more characters.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for DisassociateFleetRequest {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_FLEET_REQUEST;
}

pub(crate) static DISASSOCIATE_FLEET_REQUEST: Structure = Structure {
    name: "DisassociateFleetRequest",
    sensitive: false,
    members: &[
        Member { name: "FleetName", required: true, shape: &constraints::STRING },
        Member { name: "StackName", required: true, shape: &constraints::STRING },
    ],
};

impl DisassociateFleetRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(fleet_name: impl Into<String>, stack_name: impl Into<String>) -> Self {
        Self { fleet_name: fleet_name.into(), stack_name: stack_name.into() }
    }
}

/// `DisassociateFleetResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateFleetResult {}

impl crate::WireShape for DisassociateFleetResult {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_FLEET_RESULT;
}

pub(crate) static DISASSOCIATE_FLEET_RESULT: Structure =
    Structure { name: "DisassociateFleetResult", sensitive: false, members: &[] };

/// `Fleet` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fleet {
    /// `Arn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "Arn")]
    pub arn: String,
    /// `ComputeCapacityStatus`, required.
    #[serde(rename = "ComputeCapacityStatus")]
    pub compute_capacity_status: ComputeCapacityStatus,
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `Description`: 1 or more characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisableIMDSV1`.
    #[serde(rename = "DisableIMDSV1", default, skip_serializing_if = "Option::is_none")]
    pub disable_imdsv1: Option<bool>,
    /// `DisconnectTimeoutInSeconds`.
    #[serde(rename = "DisconnectTimeoutInSeconds", default, skip_serializing_if = "Option::is_none")]
    pub disconnect_timeout_in_seconds: Option<i32>,
    /// `DisplayName`: 1 or more characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `DomainJoinInfo`.
    #[serde(rename = "DomainJoinInfo", default, skip_serializing_if = "Option::is_none")]
    pub domain_join_info: Option<super::common::DomainJoinInfo>,
    /// `EnableDefaultInternetAccess`.
    #[serde(rename = "EnableDefaultInternetAccess", default, skip_serializing_if = "Option::is_none")]
    pub enable_default_internet_access: Option<bool>,
    /// `FleetErrors`.
    #[serde(rename = "FleetErrors", default, skip_serializing_if = "Option::is_none")]
    pub fleet_errors: Option<Vec<FleetError>>,
    /// `FleetType`.
    #[serde(rename = "FleetType", default, skip_serializing_if = "Option::is_none")]
    pub fleet_type: Option<super::enums::FleetType>,
    /// `IamRoleArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "IamRoleArn", default, skip_serializing_if = "Option::is_none")]
    pub iam_role_arn: Option<String>,
    /// `IdleDisconnectTimeoutInSeconds`.
    #[serde(rename = "IdleDisconnectTimeoutInSeconds", default, skip_serializing_if = "Option::is_none")]
    pub idle_disconnect_timeout_in_seconds: Option<i32>,
    /// `ImageArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ImageArn", default, skip_serializing_if = "Option::is_none")]
    pub image_arn: Option<String>,
    /// `ImageName`: 1 or more characters.
    #[serde(rename = "ImageName", default, skip_serializing_if = "Option::is_none")]
    pub image_name: Option<String>,
    /// `InstanceType`, required: 1 or more characters.
    #[serde(rename = "InstanceType")]
    pub instance_type: String,
    /// `MaxConcurrentSessions`.
    #[serde(rename = "MaxConcurrentSessions", default, skip_serializing_if = "Option::is_none")]
    pub max_concurrent_sessions: Option<i32>,
    /// `MaxSessionsPerInstance`.
    #[serde(rename = "MaxSessionsPerInstance", default, skip_serializing_if = "Option::is_none")]
    pub max_sessions_per_instance: Option<i32>,
    /// `MaxUserDurationInSeconds`.
    #[serde(rename = "MaxUserDurationInSeconds", default, skip_serializing_if = "Option::is_none")]
    pub max_user_duration_in_seconds: Option<i32>,
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Platform`.
    #[serde(rename = "Platform", default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<super::enums::PlatformType>,
    /// `RootVolumeConfig`.
    #[serde(rename = "RootVolumeConfig", default, skip_serializing_if = "Option::is_none")]
    pub root_volume_config: Option<super::common::VolumeConfig>,
    /// `SessionScriptS3Location`.
    #[serde(rename = "SessionScriptS3Location", default, skip_serializing_if = "Option::is_none")]
    pub session_script_s3_location: Option<super::common::S3Location>,
    /// `State`, required.
    #[serde(rename = "State")]
    pub state: super::state_enums::FleetState,
    /// `StreamView`.
    #[serde(rename = "StreamView", default, skip_serializing_if = "Option::is_none")]
    pub stream_view: Option<super::enums::StreamView>,
    /// `UsbDeviceFilterStrings`.
    #[serde(rename = "UsbDeviceFilterStrings", default, skip_serializing_if = "Option::is_none")]
    pub usb_device_filter_strings: Option<Vec<String>>,
    /// `VpcConfig`.
    #[serde(rename = "VpcConfig", default, skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<super::common::VpcConfig>,
}

impl crate::WireShape for Fleet {
    const STRUCTURE: &'static Structure = &FLEET;
}

pub(crate) static FLEET: Structure = Structure {
    name: "Fleet",
    sensitive: false,
    members: &[
        Member { name: "Arn", required: true, shape: &constraints::ARN },
        Member {
            name: "ComputeCapacityStatus",
            required: true,
            shape: &Shape::Structure(&COMPUTE_CAPACITY_STATUS),
        },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Description", required: false, shape: &constraints::STRING },
        Member { name: "DisableIMDSV1", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "DisconnectTimeoutInSeconds", required: false, shape: &constraints::INTEGER },
        Member { name: "DisplayName", required: false, shape: &constraints::STRING },
        Member {
            name: "DomainJoinInfo",
            required: false,
            shape: &Shape::Structure(&super::common::DOMAIN_JOIN_INFO),
        },
        Member { name: "EnableDefaultInternetAccess", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "FleetErrors", required: false, shape: &constraints::FLEET_ERRORS },
        Member { name: "FleetType", required: false, shape: &constraints::FLEET_TYPE },
        Member { name: "IamRoleArn", required: false, shape: &constraints::ARN },
        Member { name: "IdleDisconnectTimeoutInSeconds", required: false, shape: &constraints::INTEGER },
        Member { name: "ImageArn", required: false, shape: &constraints::ARN },
        Member { name: "ImageName", required: false, shape: &constraints::STRING },
        Member { name: "InstanceType", required: true, shape: &constraints::STRING },
        Member { name: "MaxConcurrentSessions", required: false, shape: &constraints::INTEGER },
        Member { name: "MaxSessionsPerInstance", required: false, shape: &constraints::INTEGER },
        Member { name: "MaxUserDurationInSeconds", required: false, shape: &constraints::INTEGER },
        Member { name: "Name", required: true, shape: &constraints::STRING },
        Member { name: "Platform", required: false, shape: &constraints::PLATFORM_TYPE },
        Member {
            name: "RootVolumeConfig",
            required: false,
            shape: &Shape::Structure(&super::common::VOLUME_CONFIG),
        },
        Member {
            name: "SessionScriptS3Location",
            required: false,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "State", required: true, shape: &constraints::FLEET_STATE },
        Member { name: "StreamView", required: false, shape: &constraints::STREAM_VIEW },
        Member {
            name: "UsbDeviceFilterStrings",
            required: false,
            shape: &constraints::USB_DEVICE_FILTER_STRINGS,
        },
        Member { name: "VpcConfig", required: false, shape: &Shape::Structure(&super::common::VPC_CONFIG) },
    ],
};

impl Fleet {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        arn: impl Into<String>,
        name: impl Into<String>,
        instance_type: impl Into<String>,
        compute_capacity_status: ComputeCapacityStatus,
        state: super::state_enums::FleetState,
    ) -> Self {
        Self {
            arn: arn.into(),
            name: name.into(),
            instance_type: instance_type.into(),
            compute_capacity_status,
            state,
            created_time: None,
            description: None,
            disable_imdsv1: None,
            disconnect_timeout_in_seconds: None,
            display_name: None,
            domain_join_info: None,
            enable_default_internet_access: None,
            fleet_errors: None,
            fleet_type: None,
            iam_role_arn: None,
            idle_disconnect_timeout_in_seconds: None,
            image_arn: None,
            image_name: None,
            max_concurrent_sessions: None,
            max_sessions_per_instance: None,
            max_user_duration_in_seconds: None,
            platform: None,
            root_volume_config: None,
            session_script_s3_location: None,
            stream_view: None,
            usb_device_filter_strings: None,
            vpc_config: None,
        }
    }
}

/// `FleetError` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct FleetError {
    /// `ErrorCode`.
    #[serde(rename = "ErrorCode", default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<super::state_enums::FleetErrorCode>,
    /// `ErrorMessage`: 1 or more characters.
    #[serde(rename = "ErrorMessage", default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl crate::WireShape for FleetError {
    const STRUCTURE: &'static Structure = &FLEET_ERROR;
}

pub(crate) static FLEET_ERROR: Structure = Structure {
    name: "FleetError",
    sensitive: false,
    members: &[
        Member { name: "ErrorCode", required: false, shape: &constraints::FLEET_ERROR_CODE },
        Member { name: "ErrorMessage", required: false, shape: &constraints::STRING },
    ],
};

/// `ListAssociatedFleetsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListAssociatedFleetsRequest {
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `StackName`, required: 1 or more characters.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for ListAssociatedFleetsRequest {
    const STRUCTURE: &'static Structure = &LIST_ASSOCIATED_FLEETS_REQUEST;
}

pub(crate) static LIST_ASSOCIATED_FLEETS_REQUEST: Structure = Structure {
    name: "ListAssociatedFleetsRequest",
    sensitive: false,
    members: &[
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "StackName", required: true, shape: &constraints::STRING },
    ],
};

impl ListAssociatedFleetsRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(stack_name: impl Into<String>) -> Self {
        Self { stack_name: stack_name.into(), next_token: None }
    }
}

/// `ListAssociatedFleetsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListAssociatedFleetsResult {
    /// `Names`.
    #[serde(rename = "Names", default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for ListAssociatedFleetsResult {
    const STRUCTURE: &'static Structure = &LIST_ASSOCIATED_FLEETS_RESULT;
}

pub(crate) static LIST_ASSOCIATED_FLEETS_RESULT: Structure = Structure {
    name: "ListAssociatedFleetsResult",
    sensitive: false,
    members: &[
        Member { name: "Names", required: false, shape: &constraints::STRING_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `StartFleetRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StartFleetRequest {
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for StartFleetRequest {
    const STRUCTURE: &'static Structure = &START_FLEET_REQUEST;
}

pub(crate) static START_FLEET_REQUEST: Structure = Structure {
    name: "StartFleetRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::STRING }],
};

impl StartFleetRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `StartFleetResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StartFleetResult {}

impl crate::WireShape for StartFleetResult {
    const STRUCTURE: &'static Structure = &START_FLEET_RESULT;
}

pub(crate) static START_FLEET_RESULT: Structure =
    Structure { name: "StartFleetResult", sensitive: false, members: &[] };

/// `StopFleetRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StopFleetRequest {
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for StopFleetRequest {
    const STRUCTURE: &'static Structure = &STOP_FLEET_REQUEST;
}

pub(crate) static STOP_FLEET_REQUEST: Structure = Structure {
    name: "StopFleetRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::STRING }],
};

impl StopFleetRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `StopFleetResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct StopFleetResult {}

impl crate::WireShape for StopFleetResult {
    const STRUCTURE: &'static Structure = &STOP_FLEET_RESULT;
}

pub(crate) static STOP_FLEET_RESULT: Structure =
    Structure { name: "StopFleetResult", sensitive: false, members: &[] };

/// `UpdateFleetRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateFleetRequest {
    /// `AttributesToDelete`.
    #[serde(rename = "AttributesToDelete", default, skip_serializing_if = "Option::is_none")]
    pub attributes_to_delete: Option<Vec<super::enums::FleetAttribute>>,
    /// `ComputeCapacity`.
    #[serde(rename = "ComputeCapacity", default, skip_serializing_if = "Option::is_none")]
    pub compute_capacity: Option<ComputeCapacity>,
    /// `DeleteVpcConfig`.
    #[serde(rename = "DeleteVpcConfig", default, skip_serializing_if = "Option::is_none")]
    pub delete_vpc_config: Option<bool>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisableIMDSV1`.
    #[serde(rename = "DisableIMDSV1", default, skip_serializing_if = "Option::is_none")]
    pub disable_imdsv1: Option<bool>,
    /// `DisconnectTimeoutInSeconds`: 60 to 57600.
    #[serde(rename = "DisconnectTimeoutInSeconds", default, skip_serializing_if = "Option::is_none")]
    pub disconnect_timeout_in_seconds: Option<i32>,
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
    /// `IdleDisconnectTimeoutInSeconds`: 0 to 36000.
    #[serde(rename = "IdleDisconnectTimeoutInSeconds", default, skip_serializing_if = "Option::is_none")]
    pub idle_disconnect_timeout_in_seconds: Option<i32>,
    /// `ImageArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ImageArn", default, skip_serializing_if = "Option::is_none")]
    pub image_arn: Option<String>,
    /// `ImageName`: 1 or more characters.
    #[serde(rename = "ImageName", default, skip_serializing_if = "Option::is_none")]
    pub image_name: Option<String>,
    /// `InstanceType`: 1 or more characters.
    #[serde(rename = "InstanceType", default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// `MaxConcurrentSessions`.
    #[serde(rename = "MaxConcurrentSessions", default, skip_serializing_if = "Option::is_none")]
    pub max_concurrent_sessions: Option<i32>,
    /// `MaxSessionsPerInstance`.
    #[serde(rename = "MaxSessionsPerInstance", default, skip_serializing_if = "Option::is_none")]
    pub max_sessions_per_instance: Option<i32>,
    /// `MaxUserDurationInSeconds`: 600 to 432000.
    #[serde(rename = "MaxUserDurationInSeconds", default, skip_serializing_if = "Option::is_none")]
    pub max_user_duration_in_seconds: Option<i32>,
    /// `Name`; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Platform`.
    #[serde(rename = "Platform", default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<super::enums::PlatformType>,
    /// `RootVolumeConfig`.
    #[serde(rename = "RootVolumeConfig", default, skip_serializing_if = "Option::is_none")]
    pub root_volume_config: Option<super::common::VolumeConfig>,
    /// `SessionScriptS3Location`.
    #[serde(rename = "SessionScriptS3Location", default, skip_serializing_if = "Option::is_none")]
    pub session_script_s3_location: Option<super::common::S3Location>,
    /// `StreamView`.
    #[serde(rename = "StreamView", default, skip_serializing_if = "Option::is_none")]
    pub stream_view: Option<super::enums::StreamView>,
    /// `UsbDeviceFilterStrings`.
    #[serde(rename = "UsbDeviceFilterStrings", default, skip_serializing_if = "Option::is_none")]
    pub usb_device_filter_strings: Option<Vec<String>>,
    /// `VpcConfig`.
    #[serde(rename = "VpcConfig", default, skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<super::common::VpcConfig>,
}

impl crate::WireShape for UpdateFleetRequest {
    const STRUCTURE: &'static Structure = &UPDATE_FLEET_REQUEST;
}

pub(crate) static UPDATE_FLEET_REQUEST: Structure = Structure {
    name: "UpdateFleetRequest",
    sensitive: false,
    members: &[
        Member { name: "AttributesToDelete", required: false, shape: &constraints::FLEET_ATTRIBUTES },
        Member { name: "ComputeCapacity", required: false, shape: &Shape::Structure(&COMPUTE_CAPACITY) },
        Member { name: "DeleteVpcConfig", required: false, shape: &constraints::BOOLEAN },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisableIMDSV1", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member {
            name: "DisconnectTimeoutInSeconds",
            required: false,
            shape: &constraints::UPDATE_FLEET_REQUEST_DISCONNECT_TIMEOUT_IN_SECONDS,
        },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member {
            name: "DomainJoinInfo",
            required: false,
            shape: &Shape::Structure(&super::common::DOMAIN_JOIN_INFO),
        },
        Member { name: "EnableDefaultInternetAccess", required: false, shape: &constraints::BOOLEAN_OBJECT },
        Member { name: "IamRoleArn", required: false, shape: &constraints::ARN },
        Member {
            name: "IdleDisconnectTimeoutInSeconds",
            required: false,
            shape: &constraints::UPDATE_FLEET_REQUEST_IDLE_DISCONNECT_TIMEOUT_IN_SECONDS,
        },
        Member { name: "ImageArn", required: false, shape: &constraints::ARN },
        Member { name: "ImageName", required: false, shape: &constraints::STRING },
        Member { name: "InstanceType", required: false, shape: &constraints::STRING },
        Member { name: "MaxConcurrentSessions", required: false, shape: &constraints::INTEGER },
        Member { name: "MaxSessionsPerInstance", required: false, shape: &constraints::INTEGER },
        Member {
            name: "MaxUserDurationInSeconds",
            required: false,
            shape: &constraints::UPDATE_FLEET_REQUEST_MAX_USER_DURATION_IN_SECONDS,
        },
        Member { name: "Name", required: false, shape: &constraints::NAME },
        Member { name: "Platform", required: false, shape: &constraints::PLATFORM_TYPE },
        Member {
            name: "RootVolumeConfig",
            required: false,
            shape: &Shape::Structure(&super::common::VOLUME_CONFIG),
        },
        Member {
            name: "SessionScriptS3Location",
            required: false,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "StreamView", required: false, shape: &constraints::STREAM_VIEW },
        Member {
            name: "UsbDeviceFilterStrings",
            required: false,
            shape: &constraints::USB_DEVICE_FILTER_STRINGS,
        },
        Member { name: "VpcConfig", required: false, shape: &Shape::Structure(&super::common::VPC_CONFIG) },
    ],
};

/// `UpdateFleetResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateFleetResult {
    /// `Fleet`.
    #[serde(rename = "Fleet", default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<Fleet>,
}

impl crate::WireShape for UpdateFleetResult {
    const STRUCTURE: &'static Structure = &UPDATE_FLEET_RESULT;
}

pub(crate) static UPDATE_FLEET_RESULT: Structure = Structure {
    name: "UpdateFleetResult",
    sensitive: false,
    members: &[Member { name: "Fleet", required: false, shape: &Shape::Structure(&FLEET) }],
};
