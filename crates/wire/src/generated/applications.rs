// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: applications.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `Application` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Application {
    /// `AppBlockArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "AppBlockArn", default, skip_serializing_if = "Option::is_none")]
    pub app_block_arn: Option<String>,
    /// `Arn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "Arn", default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `Description`: 1 or more characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: 1 or more characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `Enabled`.
    #[serde(rename = "Enabled", default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `IconS3Location`.
    #[serde(rename = "IconS3Location", default, skip_serializing_if = "Option::is_none")]
    pub icon_s3_location: Option<super::common::S3Location>,
    /// `IconURL`: 1 or more characters.
    #[serde(rename = "IconURL", default, skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    /// `InstanceFamilies`.
    #[serde(rename = "InstanceFamilies", default, skip_serializing_if = "Option::is_none")]
    pub instance_families: Option<Vec<String>>,
    /// `LaunchParameters`: 1 or more characters.
    #[serde(rename = "LaunchParameters", default, skip_serializing_if = "Option::is_none")]
    pub launch_parameters: Option<String>,
    /// `LaunchPath`: 1 or more characters.
    #[serde(rename = "LaunchPath", default, skip_serializing_if = "Option::is_none")]
    pub launch_path: Option<String>,
    /// `Metadata`.
    #[serde(rename = "Metadata", default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<std::collections::BTreeMap<String, String>>,
    /// `Name`: 1 or more characters.
    #[serde(rename = "Name", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Platforms`: at most 4 entries.
    #[serde(rename = "Platforms", default, skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<super::enums::PlatformType>>,
    /// `WorkingDirectory`: 1 or more characters.
    #[serde(rename = "WorkingDirectory", default, skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
}

impl crate::WireShape for Application {
    const STRUCTURE: &'static Structure = &APPLICATION;
}

pub(crate) static APPLICATION: Structure = Structure {
    name: "Application",
    sensitive: false,
    members: &[
        Member { name: "AppBlockArn", required: false, shape: &constraints::ARN },
        Member { name: "Arn", required: false, shape: &constraints::ARN },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Description", required: false, shape: &constraints::STRING },
        Member { name: "DisplayName", required: false, shape: &constraints::STRING },
        Member { name: "Enabled", required: false, shape: &constraints::BOOLEAN },
        Member {
            name: "IconS3Location",
            required: false,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "IconURL", required: false, shape: &constraints::STRING },
        Member { name: "InstanceFamilies", required: false, shape: &constraints::STRING_LIST },
        Member { name: "LaunchParameters", required: false, shape: &constraints::STRING },
        Member { name: "LaunchPath", required: false, shape: &constraints::STRING },
        Member { name: "Metadata", required: false, shape: &constraints::METADATA },
        Member { name: "Name", required: false, shape: &constraints::STRING },
        Member { name: "Platforms", required: false, shape: &constraints::PLATFORMS },
        Member { name: "WorkingDirectory", required: false, shape: &constraints::STRING },
    ],
};

/// `ApplicationConfig` of the API.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ApplicationConfig {
    /// `AbsoluteAppPath`, required, sensitive: 0 to 32767 characters.
    #[serde(rename = "AbsoluteAppPath")]
    pub absolute_app_path: String,
    /// `AbsoluteIconPath`, sensitive: 0 to 32767 characters.
    #[serde(rename = "AbsoluteIconPath", default, skip_serializing_if = "Option::is_none")]
    pub absolute_icon_path: Option<String>,
    /// `AbsoluteManifestPath`, sensitive: 0 to 32767 characters.
    #[serde(rename = "AbsoluteManifestPath", default, skip_serializing_if = "Option::is_none")]
    pub absolute_manifest_path: Option<String>,
    /// `DisplayName`: 0 to 100 characters; pattern `^[a-zA-Z0-9][a-zA-Z0-9_. -]{0,99}$`.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `LaunchParameters`, sensitive: 0 to 1024 characters; pattern `^[^\x00]+$`.
    #[serde(rename = "LaunchParameters", default, skip_serializing_if = "Option::is_none")]
    pub launch_parameters: Option<String>,
    /// `Name`, required: 0 to 100 characters; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `WorkingDirectory`, sensitive: 0 to 32767 characters.
    #[serde(rename = "WorkingDirectory", default, skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
}

impl crate::WireShape for ApplicationConfig {
    const STRUCTURE: &'static Structure = &APPLICATION_CONFIG;
}

pub(crate) static APPLICATION_CONFIG: Structure = Structure {
    name: "ApplicationConfig",
    sensitive: true,
    members: &[
        Member { name: "AbsoluteAppPath", required: true, shape: &constraints::FILE_PATH },
        Member { name: "AbsoluteIconPath", required: false, shape: &constraints::FILE_PATH },
        Member { name: "AbsoluteManifestPath", required: false, shape: &constraints::FILE_PATH },
        Member { name: "DisplayName", required: false, shape: &constraints::APP_DISPLAY_NAME },
        Member { name: "LaunchParameters", required: false, shape: &constraints::LAUNCH_PARAMETERS },
        Member { name: "Name", required: true, shape: &constraints::APP_NAME },
        Member { name: "WorkingDirectory", required: false, shape: &constraints::FILE_PATH },
    ],
};

impl ApplicationConfig {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, absolute_app_path: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            absolute_app_path: absolute_app_path.into(),
            absolute_icon_path: None,
            absolute_manifest_path: None,
            display_name: None,
            launch_parameters: None,
            working_directory: None,
        }
    }
}

// Sensitive members must not reach a log.
impl std::fmt::Debug for ApplicationConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ApplicationConfig")
            .field("absolute_app_path", &crate::schema::Redacted)
            .field("absolute_icon_path", &crate::schema::Redacted)
            .field("absolute_manifest_path", &crate::schema::Redacted)
            .field("display_name", &crate::schema::Redacted)
            .field("launch_parameters", &crate::schema::Redacted)
            .field("name", &crate::schema::Redacted)
            .field("working_directory", &crate::schema::Redacted)
            .finish()
    }
}

/// `ApplicationFleetAssociation` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ApplicationFleetAssociation {
    /// `ApplicationArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ApplicationArn")]
    pub application_arn: String,
    /// `FleetName`, required: 1 or more characters.
    #[serde(rename = "FleetName")]
    pub fleet_name: String,
}

impl crate::WireShape for ApplicationFleetAssociation {
    const STRUCTURE: &'static Structure = &APPLICATION_FLEET_ASSOCIATION;
}

pub(crate) static APPLICATION_FLEET_ASSOCIATION: Structure = Structure {
    name: "ApplicationFleetAssociation",
    sensitive: false,
    members: &[
        Member { name: "ApplicationArn", required: true, shape: &constraints::ARN },
        Member { name: "FleetName", required: true, shape: &constraints::STRING },
    ],
};

impl ApplicationFleetAssociation {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(fleet_name: impl Into<String>, application_arn: impl Into<String>) -> Self {
        Self { fleet_name: fleet_name.into(), application_arn: application_arn.into() }
    }
}

/// `AssociateApplicationFleetRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateApplicationFleetRequest {
    /// `ApplicationArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ApplicationArn")]
    pub application_arn: String,
    /// `FleetName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "FleetName")]
    pub fleet_name: String,
}

impl crate::WireShape for AssociateApplicationFleetRequest {
    const STRUCTURE: &'static Structure = &ASSOCIATE_APPLICATION_FLEET_REQUEST;
}

pub(crate) static ASSOCIATE_APPLICATION_FLEET_REQUEST: Structure = Structure {
    name: "AssociateApplicationFleetRequest",
    sensitive: false,
    members: &[
        Member { name: "ApplicationArn", required: true, shape: &constraints::ARN },
        Member { name: "FleetName", required: true, shape: &constraints::NAME },
    ],
};

impl AssociateApplicationFleetRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(fleet_name: impl Into<String>, application_arn: impl Into<String>) -> Self {
        Self { fleet_name: fleet_name.into(), application_arn: application_arn.into() }
    }
}

/// `AssociateApplicationFleetResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateApplicationFleetResult {
    /// `ApplicationFleetAssociation`.
    #[serde(rename = "ApplicationFleetAssociation", default, skip_serializing_if = "Option::is_none")]
    pub application_fleet_association: Option<ApplicationFleetAssociation>,
}

impl crate::WireShape for AssociateApplicationFleetResult {
    const STRUCTURE: &'static Structure = &ASSOCIATE_APPLICATION_FLEET_RESULT;
}

pub(crate) static ASSOCIATE_APPLICATION_FLEET_RESULT: Structure = Structure {
    name: "AssociateApplicationFleetResult",
    sensitive: false,
    members: &[Member {
        name: "ApplicationFleetAssociation",
        required: false,
        shape: &Shape::Structure(&APPLICATION_FLEET_ASSOCIATION),
    }],
};

/// `CreateApplicationRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateApplicationRequest {
    /// `AppBlockArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "AppBlockArn")]
    pub app_block_arn: String,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `IconS3Location`, required.
    #[serde(rename = "IconS3Location")]
    pub icon_s3_location: super::common::S3Location,
    /// `InstanceFamilies`, required.
    #[serde(rename = "InstanceFamilies")]
    pub instance_families: Vec<String>,
    /// `LaunchParameters`: 1 or more characters.
    #[serde(rename = "LaunchParameters", default, skip_serializing_if = "Option::is_none")]
    pub launch_parameters: Option<String>,
    /// `LaunchPath`, required: 1 or more characters.
    #[serde(rename = "LaunchPath")]
    pub launch_path: String,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Platforms`, required: at most 4 entries.
    #[serde(rename = "Platforms")]
    pub platforms: Vec<super::enums::PlatformType>,
    /// `Tags`: 1 to 50 entries.
    #[serde(rename = "Tags", default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// `WorkingDirectory`: 1 or more characters.
    #[serde(rename = "WorkingDirectory", default, skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
}

impl crate::WireShape for CreateApplicationRequest {
    const STRUCTURE: &'static Structure = &CREATE_APPLICATION_REQUEST;
}

pub(crate) static CREATE_APPLICATION_REQUEST: Structure = Structure {
    name: "CreateApplicationRequest",
    sensitive: false,
    members: &[
        Member { name: "AppBlockArn", required: true, shape: &constraints::ARN },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member {
            name: "IconS3Location",
            required: true,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "InstanceFamilies", required: true, shape: &constraints::STRING_LIST },
        Member { name: "LaunchParameters", required: false, shape: &constraints::STRING },
        Member { name: "LaunchPath", required: true, shape: &constraints::STRING },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "Platforms", required: true, shape: &constraints::PLATFORMS },
        Member { name: "Tags", required: false, shape: &constraints::TAGS },
        Member { name: "WorkingDirectory", required: false, shape: &constraints::STRING },
    ],
};

impl CreateApplicationRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        icon_s3_location: super::common::S3Location,
        launch_path: impl Into<String>,
        platforms: Vec<super::enums::PlatformType>,
        instance_families: Vec<String>,
        app_block_arn: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            icon_s3_location,
            launch_path: launch_path.into(),
            platforms,
            instance_families,
            app_block_arn: app_block_arn.into(),
            description: None,
            display_name: None,
            launch_parameters: None,
            tags: None,
            working_directory: None,
        }
    }
}

/// `CreateApplicationResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateApplicationResult {
    /// `Application`.
    #[serde(rename = "Application", default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Application>,
}

impl crate::WireShape for CreateApplicationResult {
    const STRUCTURE: &'static Structure = &CREATE_APPLICATION_RESULT;
}

pub(crate) static CREATE_APPLICATION_RESULT: Structure = Structure {
    name: "CreateApplicationResult",
    sensitive: false,
    members: &[Member { name: "Application", required: false, shape: &Shape::Structure(&APPLICATION) }],
};

/// `DeleteApplicationRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteApplicationRequest {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
}

impl crate::WireShape for DeleteApplicationRequest {
    const STRUCTURE: &'static Structure = &DELETE_APPLICATION_REQUEST;
}

pub(crate) static DELETE_APPLICATION_REQUEST: Structure = Structure {
    name: "DeleteApplicationRequest",
    sensitive: false,
    members: &[Member { name: "Name", required: true, shape: &constraints::NAME }],
};

impl DeleteApplicationRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// `DeleteApplicationResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteApplicationResult {}

impl crate::WireShape for DeleteApplicationResult {
    const STRUCTURE: &'static Structure = &DELETE_APPLICATION_RESULT;
}

pub(crate) static DELETE_APPLICATION_RESULT: Structure =
    Structure { name: "DeleteApplicationResult", sensitive: false, members: &[] };

/// `DescribeApplicationFleetAssociationsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeApplicationFleetAssociationsRequest {
    /// `ApplicationArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ApplicationArn", default, skip_serializing_if = "Option::is_none")]
    pub application_arn: Option<String>,
    /// `FleetName`; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "FleetName", default, skip_serializing_if = "Option::is_none")]
    pub fleet_name: Option<String>,
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeApplicationFleetAssociationsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_APPLICATION_FLEET_ASSOCIATIONS_REQUEST;
}

pub(crate) static DESCRIBE_APPLICATION_FLEET_ASSOCIATIONS_REQUEST: Structure = Structure {
    name: "DescribeApplicationFleetAssociationsRequest",
    sensitive: false,
    members: &[
        Member { name: "ApplicationArn", required: false, shape: &constraints::ARN },
        Member { name: "FleetName", required: false, shape: &constraints::NAME },
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeApplicationFleetAssociationsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeApplicationFleetAssociationsResult {
    /// `ApplicationFleetAssociations`: 1 to 25 entries.
    #[serde(rename = "ApplicationFleetAssociations", default, skip_serializing_if = "Option::is_none")]
    pub application_fleet_associations: Option<Vec<ApplicationFleetAssociation>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeApplicationFleetAssociationsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_APPLICATION_FLEET_ASSOCIATIONS_RESULT;
}

pub(crate) static DESCRIBE_APPLICATION_FLEET_ASSOCIATIONS_RESULT: Structure = Structure {
    name: "DescribeApplicationFleetAssociationsResult",
    sensitive: false,
    members: &[
        Member {
            name: "ApplicationFleetAssociations",
            required: false,
            shape: &constraints::APPLICATION_FLEET_ASSOCIATION_LIST,
        },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeApplicationsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeApplicationsRequest {
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

impl crate::WireShape for DescribeApplicationsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_APPLICATIONS_REQUEST;
}

pub(crate) static DESCRIBE_APPLICATIONS_REQUEST: Structure = Structure {
    name: "DescribeApplicationsRequest",
    sensitive: false,
    members: &[
        Member { name: "Arns", required: false, shape: &constraints::ARN_LIST },
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeApplicationsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeApplicationsResult {
    /// `Applications`.
    #[serde(rename = "Applications", default, skip_serializing_if = "Option::is_none")]
    pub applications: Option<Vec<Application>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeApplicationsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_APPLICATIONS_RESULT;
}

pub(crate) static DESCRIBE_APPLICATIONS_RESULT: Structure = Structure {
    name: "DescribeApplicationsResult",
    sensitive: false,
    members: &[
        Member { name: "Applications", required: false, shape: &constraints::APPLICATIONS },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DisassociateApplicationFleetRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateApplicationFleetRequest {
    /// `ApplicationArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ApplicationArn")]
    pub application_arn: String,
    /// `FleetName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "FleetName")]
    pub fleet_name: String,
}

impl crate::WireShape for DisassociateApplicationFleetRequest {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_APPLICATION_FLEET_REQUEST;
}

pub(crate) static DISASSOCIATE_APPLICATION_FLEET_REQUEST: Structure = Structure {
    name: "DisassociateApplicationFleetRequest",
    sensitive: false,
    members: &[
        Member { name: "ApplicationArn", required: true, shape: &constraints::ARN },
        Member { name: "FleetName", required: true, shape: &constraints::NAME },
    ],
};

impl DisassociateApplicationFleetRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(fleet_name: impl Into<String>, application_arn: impl Into<String>) -> Self {
        Self { fleet_name: fleet_name.into(), application_arn: application_arn.into() }
    }
}

/// `DisassociateApplicationFleetResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateApplicationFleetResult {}

impl crate::WireShape for DisassociateApplicationFleetResult {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_APPLICATION_FLEET_RESULT;
}

pub(crate) static DISASSOCIATE_APPLICATION_FLEET_RESULT: Structure =
    Structure { name: "DisassociateApplicationFleetResult", sensitive: false, members: &[] };

/// `UpdateApplicationRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateApplicationRequest {
    /// `AppBlockArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "AppBlockArn", default, skip_serializing_if = "Option::is_none")]
    pub app_block_arn: Option<String>,
    /// `AttributesToDelete`: at most 2 entries.
    #[serde(rename = "AttributesToDelete", default, skip_serializing_if = "Option::is_none")]
    pub attributes_to_delete: Option<Vec<super::enums::ApplicationAttribute>>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `DisplayName`: at most 100 characters.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `IconS3Location`.
    #[serde(rename = "IconS3Location", default, skip_serializing_if = "Option::is_none")]
    pub icon_s3_location: Option<super::common::S3Location>,
    /// `LaunchParameters`: 1 or more characters.
    #[serde(rename = "LaunchParameters", default, skip_serializing_if = "Option::is_none")]
    pub launch_parameters: Option<String>,
    /// `LaunchPath`: 1 or more characters.
    #[serde(rename = "LaunchPath", default, skip_serializing_if = "Option::is_none")]
    pub launch_path: Option<String>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `WorkingDirectory`: 1 or more characters.
    #[serde(rename = "WorkingDirectory", default, skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
}

impl crate::WireShape for UpdateApplicationRequest {
    const STRUCTURE: &'static Structure = &UPDATE_APPLICATION_REQUEST;
}

pub(crate) static UPDATE_APPLICATION_REQUEST: Structure = Structure {
    name: "UpdateApplicationRequest",
    sensitive: false,
    members: &[
        Member { name: "AppBlockArn", required: false, shape: &constraints::ARN },
        Member { name: "AttributesToDelete", required: false, shape: &constraints::APPLICATION_ATTRIBUTES },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "DisplayName", required: false, shape: &constraints::DISPLAY_NAME },
        Member {
            name: "IconS3Location",
            required: false,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "LaunchParameters", required: false, shape: &constraints::STRING },
        Member { name: "LaunchPath", required: false, shape: &constraints::STRING },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "WorkingDirectory", required: false, shape: &constraints::STRING },
    ],
};

impl UpdateApplicationRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            app_block_arn: None,
            attributes_to_delete: None,
            description: None,
            display_name: None,
            icon_s3_location: None,
            launch_parameters: None,
            launch_path: None,
            working_directory: None,
        }
    }
}

/// `UpdateApplicationResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateApplicationResult {
    /// `Application`.
    #[serde(rename = "Application", default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Application>,
}

impl crate::WireShape for UpdateApplicationResult {
    const STRUCTURE: &'static Structure = &UPDATE_APPLICATION_RESULT;
}

pub(crate) static UPDATE_APPLICATION_RESULT: Structure = Structure {
    name: "UpdateApplicationResult",
    sensitive: false,
    members: &[Member { name: "Application", required: false, shape: &Shape::Structure(&APPLICATION) }],
};
