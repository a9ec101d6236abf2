// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: entitlements.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `AssociateApplicationToEntitlementRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateApplicationToEntitlementRequest {
    /// `ApplicationIdentifier`, required: 1 or more characters.
    #[serde(rename = "ApplicationIdentifier")]
    pub application_identifier: String,
    /// `EntitlementName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "EntitlementName")]
    pub entitlement_name: String,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for AssociateApplicationToEntitlementRequest {
    const STRUCTURE: &'static Structure = &ASSOCIATE_APPLICATION_TO_ENTITLEMENT_REQUEST;
}

pub(crate) static ASSOCIATE_APPLICATION_TO_ENTITLEMENT_REQUEST: Structure = Structure {
    name: "AssociateApplicationToEntitlementRequest",
    sensitive: false,
    members: &[
        Member { name: "ApplicationIdentifier", required: true, shape: &constraints::STRING },
        Member { name: "EntitlementName", required: true, shape: &constraints::NAME },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
    ],
};

impl AssociateApplicationToEntitlementRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        stack_name: impl Into<String>,
        entitlement_name: impl Into<String>,
        application_identifier: impl Into<String>,
    ) -> Self {
        Self {
            stack_name: stack_name.into(),
            entitlement_name: entitlement_name.into(),
            application_identifier: application_identifier.into(),
        }
    }
}

/// `AssociateApplicationToEntitlementResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct AssociateApplicationToEntitlementResult {}

impl crate::WireShape for AssociateApplicationToEntitlementResult {
    const STRUCTURE: &'static Structure = &ASSOCIATE_APPLICATION_TO_ENTITLEMENT_RESULT;
}

pub(crate) static ASSOCIATE_APPLICATION_TO_ENTITLEMENT_RESULT: Structure =
    Structure { name: "AssociateApplicationToEntitlementResult", sensitive: false, members: &[] };

/// `CreateEntitlementRequest` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateEntitlementRequest {
    /// `AppVisibility`, required.
    #[serde(rename = "AppVisibility")]
    pub app_visibility: super::enums::AppVisibility,
    /// `Attributes`, required: 1 or more entries.
    #[serde(rename = "Attributes")]
    pub attributes: Vec<EntitlementAttribute>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for CreateEntitlementRequest {
    const STRUCTURE: &'static Structure = &CREATE_ENTITLEMENT_REQUEST;
}

pub(crate) static CREATE_ENTITLEMENT_REQUEST: Structure = Structure {
    name: "CreateEntitlementRequest",
    sensitive: false,
    members: &[
        Member { name: "AppVisibility", required: true, shape: &constraints::APP_VISIBILITY },
        Member { name: "Attributes", required: true, shape: &constraints::ENTITLEMENT_ATTRIBUTE_LIST },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
    ],
};

impl CreateEntitlementRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        stack_name: impl Into<String>,
        app_visibility: super::enums::AppVisibility,
        attributes: Vec<EntitlementAttribute>,
    ) -> Self {
        Self {
            name: name.into(),
            stack_name: stack_name.into(),
            app_visibility,
            attributes,
            description: None,
        }
    }
}

/// `CreateEntitlementResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateEntitlementResult {
    /// `Entitlement`.
    #[serde(rename = "Entitlement", default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<Entitlement>,
}

impl crate::WireShape for CreateEntitlementResult {
    const STRUCTURE: &'static Structure = &CREATE_ENTITLEMENT_RESULT;
}

pub(crate) static CREATE_ENTITLEMENT_RESULT: Structure = Structure {
    name: "CreateEntitlementResult",
    sensitive: false,
    members: &[Member { name: "Entitlement", required: false, shape: &Shape::Structure(&ENTITLEMENT) }],
};

/// `DeleteEntitlementRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteEntitlementRequest {
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for DeleteEntitlementRequest {
    const STRUCTURE: &'static Structure = &DELETE_ENTITLEMENT_REQUEST;
}

pub(crate) static DELETE_ENTITLEMENT_REQUEST: Structure = Structure {
    name: "DeleteEntitlementRequest",
    sensitive: false,
    members: &[
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
    ],
};

impl DeleteEntitlementRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, stack_name: impl Into<String>) -> Self {
        Self { name: name.into(), stack_name: stack_name.into() }
    }
}

/// `DeleteEntitlementResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteEntitlementResult {}

impl crate::WireShape for DeleteEntitlementResult {
    const STRUCTURE: &'static Structure = &DELETE_ENTITLEMENT_RESULT;
}

pub(crate) static DELETE_ENTITLEMENT_RESULT: Structure =
    Structure { name: "DeleteEntitlementResult", sensitive: false, members: &[] };

/// `DescribeEntitlementsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeEntitlementsRequest {
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `Name`; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for DescribeEntitlementsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_ENTITLEMENTS_REQUEST;
}

pub(crate) static DESCRIBE_ENTITLEMENTS_REQUEST: Structure = Structure {
    name: "DescribeEntitlementsRequest",
    sensitive: false,
    members: &[
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "Name", required: false, shape: &constraints::NAME },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
    ],
};

impl DescribeEntitlementsRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(stack_name: impl Into<String>) -> Self {
        Self { stack_name: stack_name.into(), max_results: None, name: None, next_token: None }
    }
}

/// `DescribeEntitlementsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeEntitlementsResult {
    /// `Entitlements`.
    #[serde(rename = "Entitlements", default, skip_serializing_if = "Option::is_none")]
    pub entitlements: Option<Vec<Entitlement>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeEntitlementsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_ENTITLEMENTS_RESULT;
}

pub(crate) static DESCRIBE_ENTITLEMENTS_RESULT: Structure = Structure {
    name: "DescribeEntitlementsResult",
    sensitive: false,
    members: &[
        Member { name: "Entitlements", required: false, shape: &constraints::ENTITLEMENT_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DisassociateApplicationFromEntitlementRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateApplicationFromEntitlementRequest {
    /// `ApplicationIdentifier`, required: 1 or more characters.
    #[serde(rename = "ApplicationIdentifier")]
    pub application_identifier: String,
    /// `EntitlementName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "EntitlementName")]
    pub entitlement_name: String,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for DisassociateApplicationFromEntitlementRequest {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_APPLICATION_FROM_ENTITLEMENT_REQUEST;
}

pub(crate) static DISASSOCIATE_APPLICATION_FROM_ENTITLEMENT_REQUEST: Structure = Structure {
    name: "DisassociateApplicationFromEntitlementRequest",
    sensitive: false,
    members: &[
        Member { name: "ApplicationIdentifier", required: true, shape: &constraints::STRING },
        Member { name: "EntitlementName", required: true, shape: &constraints::NAME },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
    ],
};

impl DisassociateApplicationFromEntitlementRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        stack_name: impl Into<String>,
        entitlement_name: impl Into<String>,
        application_identifier: impl Into<String>,
    ) -> Self {
        Self {
            stack_name: stack_name.into(),
            entitlement_name: entitlement_name.into(),
            application_identifier: application_identifier.into(),
        }
    }
}

/// `DisassociateApplicationFromEntitlementResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DisassociateApplicationFromEntitlementResult {}

impl crate::WireShape for DisassociateApplicationFromEntitlementResult {
    const STRUCTURE: &'static Structure = &DISASSOCIATE_APPLICATION_FROM_ENTITLEMENT_RESULT;
}

pub(crate) static DISASSOCIATE_APPLICATION_FROM_ENTITLEMENT_RESULT: Structure =
    Structure { name: "DisassociateApplicationFromEntitlementResult", sensitive: false, members: &[] };

/// `EntitledApplication` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct EntitledApplication {
    /// `ApplicationIdentifier`, required: 1 or more characters.
    #[serde(rename = "ApplicationIdentifier")]
    pub application_identifier: String,
}

impl crate::WireShape for EntitledApplication {
    const STRUCTURE: &'static Structure = &ENTITLED_APPLICATION;
}

pub(crate) static ENTITLED_APPLICATION: Structure = Structure {
    name: "EntitledApplication",
    sensitive: false,
    members: &[Member { name: "ApplicationIdentifier", required: true, shape: &constraints::STRING }],
};

impl EntitledApplication {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(application_identifier: impl Into<String>) -> Self {
        Self { application_identifier: application_identifier.into() }
    }
}

/// `Entitlement` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entitlement {
    /// `AppVisibility`, required.
    #[serde(rename = "AppVisibility")]
    pub app_visibility: super::enums::AppVisibility,
    /// `Attributes`, required: 1 or more entries.
    #[serde(rename = "Attributes")]
    pub attributes: Vec<EntitlementAttribute>,
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `LastModifiedTime`.
    #[serde(rename = "LastModifiedTime", default, skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<crate::Timestamp>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for Entitlement {
    const STRUCTURE: &'static Structure = &ENTITLEMENT;
}

pub(crate) static ENTITLEMENT: Structure = Structure {
    name: "Entitlement",
    sensitive: false,
    members: &[
        Member { name: "AppVisibility", required: true, shape: &constraints::APP_VISIBILITY },
        Member { name: "Attributes", required: true, shape: &constraints::ENTITLEMENT_ATTRIBUTE_LIST },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "LastModifiedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
    ],
};

impl Entitlement {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        stack_name: impl Into<String>,
        app_visibility: super::enums::AppVisibility,
        attributes: Vec<EntitlementAttribute>,
    ) -> Self {
        Self {
            name: name.into(),
            stack_name: stack_name.into(),
            app_visibility,
            attributes,
            created_time: None,
            description: None,
            last_modified_time: None,
        }
    }
}

/// `EntitlementAttribute` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct EntitlementAttribute {
    /// `Name`, required: 1 or more characters.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Value`, required: 1 or more characters.
    #[serde(rename = "Value")]
    pub value: String,
}

impl crate::WireShape for EntitlementAttribute {
    const STRUCTURE: &'static Structure = &ENTITLEMENT_ATTRIBUTE;
}

pub(crate) static ENTITLEMENT_ATTRIBUTE: Structure = Structure {
    name: "EntitlementAttribute",
    sensitive: false,
    members: &[
        Member { name: "Name", required: true, shape: &constraints::STRING },
        Member { name: "Value", required: true, shape: &constraints::STRING },
    ],
};

impl EntitlementAttribute {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// `ListEntitledApplicationsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListEntitledApplicationsRequest {
    /// `EntitlementName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "EntitlementName")]
    pub entitlement_name: String,
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for ListEntitledApplicationsRequest {
    const STRUCTURE: &'static Structure = &LIST_ENTITLED_APPLICATIONS_REQUEST;
}

pub(crate) static LIST_ENTITLED_APPLICATIONS_REQUEST: Structure = Structure {
    name: "ListEntitledApplicationsRequest",
    sensitive: false,
    members: &[
        Member { name: "EntitlementName", required: true, shape: &constraints::NAME },
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
    ],
};

impl ListEntitledApplicationsRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(stack_name: impl Into<String>, entitlement_name: impl Into<String>) -> Self {
        Self {
            stack_name: stack_name.into(),
            entitlement_name: entitlement_name.into(),
            max_results: None,
            next_token: None,
        }
    }
}

/// `ListEntitledApplicationsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListEntitledApplicationsResult {
    /// `EntitledApplications`.
    #[serde(rename = "EntitledApplications", default, skip_serializing_if = "Option::is_none")]
    pub entitled_applications: Option<Vec<EntitledApplication>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for ListEntitledApplicationsResult {
    const STRUCTURE: &'static Structure = &LIST_ENTITLED_APPLICATIONS_RESULT;
}

pub(crate) static LIST_ENTITLED_APPLICATIONS_RESULT: Structure = Structure {
    name: "ListEntitledApplicationsResult",
    sensitive: false,
    members: &[
        Member {
            name: "EntitledApplications",
            required: false,
            shape: &constraints::ENTITLED_APPLICATION_LIST,
        },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `UpdateEntitlementRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateEntitlementRequest {
    /// `AppVisibility`.
    #[serde(rename = "AppVisibility", default, skip_serializing_if = "Option::is_none")]
    pub app_visibility: Option<super::enums::AppVisibility>,
    /// `Attributes`: 1 or more entries.
    #[serde(rename = "Attributes", default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<EntitlementAttribute>>,
    /// `Description`: at most 256 characters.
    #[serde(rename = "Description", default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `Name`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "Name")]
    pub name: String,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for UpdateEntitlementRequest {
    const STRUCTURE: &'static Structure = &UPDATE_ENTITLEMENT_REQUEST;
}

pub(crate) static UPDATE_ENTITLEMENT_REQUEST: Structure = Structure {
    name: "UpdateEntitlementRequest",
    sensitive: false,
    members: &[
        Member { name: "AppVisibility", required: false, shape: &constraints::APP_VISIBILITY },
        Member { name: "Attributes", required: false, shape: &constraints::ENTITLEMENT_ATTRIBUTE_LIST },
        Member { name: "Description", required: false, shape: &constraints::DESCRIPTION },
        Member { name: "Name", required: true, shape: &constraints::NAME },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
    ],
};

impl UpdateEntitlementRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(name: impl Into<String>, stack_name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            stack_name: stack_name.into(),
            app_visibility: None,
            attributes: None,
            description: None,
        }
    }
}

/// `UpdateEntitlementResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateEntitlementResult {
    /// `Entitlement`.
    #[serde(rename = "Entitlement", default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<Entitlement>,
}

impl crate::WireShape for UpdateEntitlementResult {
    const STRUCTURE: &'static Structure = &UPDATE_ENTITLEMENT_RESULT;
}

pub(crate) static UPDATE_ENTITLEMENT_RESULT: Structure = Structure {
    name: "UpdateEntitlementResult",
    sensitive: false,
    members: &[Member { name: "Entitlement", required: false, shape: &Shape::Structure(&ENTITLEMENT) }],
};
