// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: directory configs.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `CertificateBasedAuthProperties` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CertificateBasedAuthProperties {
    /// `CertificateAuthorityArn`; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "CertificateAuthorityArn", default, skip_serializing_if = "Option::is_none")]
    pub certificate_authority_arn: Option<String>,
    /// `Status`.
    #[serde(rename = "Status", default, skip_serializing_if = "Option::is_none")]
    pub status: Option<super::enums::CertificateBasedAuthStatus>,
}

impl crate::WireShape for CertificateBasedAuthProperties {
    const STRUCTURE: &'static Structure = &CERTIFICATE_BASED_AUTH_PROPERTIES;
}

pub(crate) static CERTIFICATE_BASED_AUTH_PROPERTIES: Structure = Structure {
    name: "CertificateBasedAuthProperties",
    sensitive: false,
    members: &[
        Member { name: "CertificateAuthorityArn", required: false, shape: &constraints::ARN },
        Member { name: "Status", required: false, shape: &constraints::CERTIFICATE_BASED_AUTH_STATUS },
    ],
};

/// `CreateDirectoryConfigRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateDirectoryConfigRequest {
    /// `CertificateBasedAuthProperties`.
    #[serde(rename = "CertificateBasedAuthProperties", default, skip_serializing_if = "Option::is_none")]
    pub certificate_based_auth_properties: Option<CertificateBasedAuthProperties>,
    /// `DirectoryName`, required.
    #[serde(rename = "DirectoryName")]
    pub directory_name: String,
    /// `OrganizationalUnitDistinguishedNames`, required.
    #[serde(rename = "OrganizationalUnitDistinguishedNames")]
    pub organizational_unit_distinguished_names: Vec<String>,
    /// `ServiceAccountCredentials`.
    #[serde(rename = "ServiceAccountCredentials", default, skip_serializing_if = "Option::is_none")]
    pub service_account_credentials: Option<ServiceAccountCredentials>,
}

impl crate::WireShape for CreateDirectoryConfigRequest {
    const STRUCTURE: &'static Structure = &CREATE_DIRECTORY_CONFIG_REQUEST;
}

pub(crate) static CREATE_DIRECTORY_CONFIG_REQUEST: Structure = Structure {
    name: "CreateDirectoryConfigRequest",
    sensitive: false,
    members: &[
        Member {
            name: "CertificateBasedAuthProperties",
            required: false,
            shape: &Shape::Structure(&CERTIFICATE_BASED_AUTH_PROPERTIES),
        },
        Member { name: "DirectoryName", required: true, shape: &constraints::DIRECTORY_NAME },
        Member {
            name: "OrganizationalUnitDistinguishedNames",
            required: true,
            shape: &constraints::ORGANIZATIONAL_UNIT_DISTINGUISHED_NAMES_LIST,
        },
        Member {
            name: "ServiceAccountCredentials",
            required: false,
            shape: &Shape::Structure(&SERVICE_ACCOUNT_CREDENTIALS),
        },
    ],
};

impl CreateDirectoryConfigRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        directory_name: impl Into<String>,
        organizational_unit_distinguished_names: Vec<String>,
    ) -> Self {
        Self {
            directory_name: directory_name.into(),
            organizational_unit_distinguished_names,
            certificate_based_auth_properties: None,
            service_account_credentials: None,
        }
    }
}

/// `CreateDirectoryConfigResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateDirectoryConfigResult {
    /// `DirectoryConfig`.
    #[serde(rename = "DirectoryConfig", default, skip_serializing_if = "Option::is_none")]
    pub directory_config: Option<DirectoryConfig>,
}

impl crate::WireShape for CreateDirectoryConfigResult {
    const STRUCTURE: &'static Structure = &CREATE_DIRECTORY_CONFIG_RESULT;
}

pub(crate) static CREATE_DIRECTORY_CONFIG_RESULT: Structure = Structure {
    name: "CreateDirectoryConfigResult",
    sensitive: false,
    members: &[Member {
        name: "DirectoryConfig",
        required: false,
        shape: &Shape::Structure(&DIRECTORY_CONFIG),
    }],
};

/// `DeleteDirectoryConfigRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteDirectoryConfigRequest {
    /// `DirectoryName`, required.
    #[serde(rename = "DirectoryName")]
    pub directory_name: String,
}

impl crate::WireShape for DeleteDirectoryConfigRequest {
    const STRUCTURE: &'static Structure = &DELETE_DIRECTORY_CONFIG_REQUEST;
}

pub(crate) static DELETE_DIRECTORY_CONFIG_REQUEST: Structure = Structure {
    name: "DeleteDirectoryConfigRequest",
    sensitive: false,
    members: &[Member { name: "DirectoryName", required: true, shape: &constraints::DIRECTORY_NAME }],
};

impl DeleteDirectoryConfigRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(directory_name: impl Into<String>) -> Self {
        Self { directory_name: directory_name.into() }
    }
}

/// `DeleteDirectoryConfigResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteDirectoryConfigResult {}

impl crate::WireShape for DeleteDirectoryConfigResult {
    const STRUCTURE: &'static Structure = &DELETE_DIRECTORY_CONFIG_RESULT;
}

pub(crate) static DELETE_DIRECTORY_CONFIG_RESULT: Structure =
    Structure { name: "DeleteDirectoryConfigResult", sensitive: false, members: &[] };

/// `DescribeDirectoryConfigsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeDirectoryConfigsRequest {
    /// `DirectoryNames`.
    #[serde(rename = "DirectoryNames", default, skip_serializing_if = "Option::is_none")]
    pub directory_names: Option<Vec<String>>,
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeDirectoryConfigsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_DIRECTORY_CONFIGS_REQUEST;
}

pub(crate) static DESCRIBE_DIRECTORY_CONFIGS_REQUEST: Structure = Structure {
    name: "DescribeDirectoryConfigsRequest",
    sensitive: false,
    members: &[
        Member { name: "DirectoryNames", required: false, shape: &constraints::DIRECTORY_NAME_LIST },
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeDirectoryConfigsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeDirectoryConfigsResult {
    /// `DirectoryConfigs`.
    #[serde(rename = "DirectoryConfigs", default, skip_serializing_if = "Option::is_none")]
    pub directory_configs: Option<Vec<DirectoryConfig>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeDirectoryConfigsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_DIRECTORY_CONFIGS_RESULT;
}

pub(crate) static DESCRIBE_DIRECTORY_CONFIGS_RESULT: Structure = Structure {
    name: "DescribeDirectoryConfigsResult",
    sensitive: false,
    members: &[
        Member { name: "DirectoryConfigs", required: false, shape: &constraints::DIRECTORY_CONFIG_LIST },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DirectoryConfig` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DirectoryConfig {
    /// `CertificateBasedAuthProperties`.
    #[serde(rename = "CertificateBasedAuthProperties", default, skip_serializing_if = "Option::is_none")]
    pub certificate_based_auth_properties: Option<CertificateBasedAuthProperties>,
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `DirectoryName`, required.
    #[serde(rename = "DirectoryName")]
    pub directory_name: String,
    /// `OrganizationalUnitDistinguishedNames`.
    #[serde(
        rename = "OrganizationalUnitDistinguishedNames",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub organizational_unit_distinguished_names: Option<Vec<String>>,
    /// `ServiceAccountCredentials`.
    #[serde(rename = "ServiceAccountCredentials", default, skip_serializing_if = "Option::is_none")]
    pub service_account_credentials: Option<ServiceAccountCredentials>,
}

impl crate::WireShape for DirectoryConfig {
    const STRUCTURE: &'static Structure = &DIRECTORY_CONFIG;
}

pub(crate) static DIRECTORY_CONFIG: Structure = Structure {
    name: "DirectoryConfig",
    sensitive: false,
    members: &[
        Member {
            name: "CertificateBasedAuthProperties",
            required: false,
            shape: &Shape::Structure(&CERTIFICATE_BASED_AUTH_PROPERTIES),
        },
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "DirectoryName", required: true, shape: &constraints::DIRECTORY_NAME },
        Member {
            name: "OrganizationalUnitDistinguishedNames",
            required: false,
            shape: &constraints::ORGANIZATIONAL_UNIT_DISTINGUISHED_NAMES_LIST,
        },
        Member {
            name: "ServiceAccountCredentials",
            required: false,
            shape: &Shape::Structure(&SERVICE_ACCOUNT_CREDENTIALS),
        },
    ],
};

impl DirectoryConfig {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(directory_name: impl Into<String>) -> Self {
        Self {
            directory_name: directory_name.into(),
            certificate_based_auth_properties: None,
            created_time: None,
            organizational_unit_distinguished_names: None,
            service_account_credentials: None,
        }
    }
}

/// `ServiceAccountCredentials` of the API.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ServiceAccountCredentials {
    /// `AccountName`, required, sensitive: 1 or more characters.
    #[serde(rename = "AccountName")]
    pub account_name: String,
    /// `AccountPassword`, required, sensitive: 1 to 127 characters.
    #[serde(rename = "AccountPassword")]
    pub account_password: String,
}

impl crate::WireShape for ServiceAccountCredentials {
    const STRUCTURE: &'static Structure = &SERVICE_ACCOUNT_CREDENTIALS;
}

pub(crate) static SERVICE_ACCOUNT_CREDENTIALS: Structure = Structure {
    name: "ServiceAccountCredentials",
    sensitive: false,
    members: &[
        Member { name: "AccountName", required: true, shape: &constraints::ACCOUNT_NAME },
        Member { name: "AccountPassword", required: true, shape: &constraints::ACCOUNT_PASSWORD },
    ],
};

impl ServiceAccountCredentials {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(account_name: impl Into<String>, account_password: impl Into<String>) -> Self {
        Self { account_name: account_name.into(), account_password: account_password.into() }
    }
}

// Sensitive members must not reach a log.
impl std::fmt::Debug for ServiceAccountCredentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ServiceAccountCredentials")
            .field("account_name", &crate::schema::Redacted)
            .field("account_password", &crate::schema::Redacted)
            .finish()
    }
}

/// `UpdateDirectoryConfigRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateDirectoryConfigRequest {
    /// `CertificateBasedAuthProperties`.
    #[serde(rename = "CertificateBasedAuthProperties", default, skip_serializing_if = "Option::is_none")]
    pub certificate_based_auth_properties: Option<CertificateBasedAuthProperties>,
    /// `DirectoryName`, required.
    #[serde(rename = "DirectoryName")]
    pub directory_name: String,
    /// `OrganizationalUnitDistinguishedNames`.
    #[serde(
        rename = "OrganizationalUnitDistinguishedNames",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub organizational_unit_distinguished_names: Option<Vec<String>>,
    /// `ServiceAccountCredentials`.
    #[serde(rename = "ServiceAccountCredentials", default, skip_serializing_if = "Option::is_none")]
    pub service_account_credentials: Option<ServiceAccountCredentials>,
}

impl crate::WireShape for UpdateDirectoryConfigRequest {
    const STRUCTURE: &'static Structure = &UPDATE_DIRECTORY_CONFIG_REQUEST;
}

pub(crate) static UPDATE_DIRECTORY_CONFIG_REQUEST: Structure = Structure {
    name: "UpdateDirectoryConfigRequest",
    sensitive: false,
    members: &[
        Member {
            name: "CertificateBasedAuthProperties",
            required: false,
            shape: &Shape::Structure(&CERTIFICATE_BASED_AUTH_PROPERTIES),
        },
        Member { name: "DirectoryName", required: true, shape: &constraints::DIRECTORY_NAME },
        Member {
            name: "OrganizationalUnitDistinguishedNames",
            required: false,
            shape: &constraints::ORGANIZATIONAL_UNIT_DISTINGUISHED_NAMES_LIST,
        },
        Member {
            name: "ServiceAccountCredentials",
            required: false,
            shape: &Shape::Structure(&SERVICE_ACCOUNT_CREDENTIALS),
        },
    ],
};

impl UpdateDirectoryConfigRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(directory_name: impl Into<String>) -> Self {
        Self {
            directory_name: directory_name.into(),
            certificate_based_auth_properties: None,
            organizational_unit_distinguished_names: None,
            service_account_credentials: None,
        }
    }
}

/// `UpdateDirectoryConfigResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateDirectoryConfigResult {
    /// `DirectoryConfig`.
    #[serde(rename = "DirectoryConfig", default, skip_serializing_if = "Option::is_none")]
    pub directory_config: Option<DirectoryConfig>,
}

impl crate::WireShape for UpdateDirectoryConfigResult {
    const STRUCTURE: &'static Structure = &UPDATE_DIRECTORY_CONFIG_RESULT;
}

pub(crate) static UPDATE_DIRECTORY_CONFIG_RESULT: Structure = Structure {
    name: "UpdateDirectoryConfigResult",
    sensitive: false,
    members: &[Member {
        name: "DirectoryConfig",
        required: false,
        shape: &Shape::Structure(&DIRECTORY_CONFIG),
    }],
};
