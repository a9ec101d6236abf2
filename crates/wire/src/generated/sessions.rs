// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: sessions.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `CreateStreamingURLRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateStreamingURLRequest {
    /// `ApplicationId`: 1 or more characters.
    #[serde(rename = "ApplicationId", default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// `FleetName`, required: 1 or more characters.
    #[serde(rename = "FleetName")]
    pub fleet_name: String,
    /// `SessionContext`: 1 or more characters.
    #[serde(rename = "SessionContext", default, skip_serializing_if = "Option::is_none")]
    pub session_context: Option<String>,
    /// `StackName`, required: 1 or more characters.
    #[serde(rename = "StackName")]
    pub stack_name: String,
    /// `UserId`, required: 2 to 32 characters; pattern `[\w+=,.@-]*`.
    #[serde(rename = "UserId")]
    pub user_id: String,
    /// `Validity`: 1 to 604800.
    #[serde(rename = "Validity", default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<i64>,
}

impl crate::WireShape for CreateStreamingURLRequest {
    const STRUCTURE: &'static Structure = &CREATE_STREAMING_URL_REQUEST;
}

pub(crate) static CREATE_STREAMING_URL_REQUEST: Structure = Structure {
    name: "CreateStreamingURLRequest",
    sensitive: false,
    members: &[
        Member { name: "ApplicationId", required: false, shape: &constraints::STRING },
        Member { name: "FleetName", required: true, shape: &constraints::STRING },
        Member { name: "SessionContext", required: false, shape: &constraints::STRING },
        Member { name: "StackName", required: true, shape: &constraints::STRING },
        Member { name: "UserId", required: true, shape: &constraints::STREAMING_URL_USER_ID },
        Member {
            name: "Validity",
            required: false,
            shape: &constraints::CREATE_STREAMING_URL_REQUEST_VALIDITY,
        },
    ],
};

impl CreateStreamingURLRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        stack_name: impl Into<String>,
        fleet_name: impl Into<String>,
        user_id: impl Into<String>,
    ) -> Self {
        Self {
            stack_name: stack_name.into(),
            fleet_name: fleet_name.into(),
            user_id: user_id.into(),
            application_id: None,
            session_context: None,
            validity: None,
        }
    }
}

/// `CreateStreamingURLResult` of the API.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateStreamingURLResult {
    /// `Expires`.
    #[serde(rename = "Expires", default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<crate::Timestamp>,
    /// `StreamingURL`, sensitive.
    #[serde(rename = "StreamingURL", default, skip_serializing_if = "Option::is_none")]
    pub streaming_url: Option<String>,
}

impl crate::WireShape for CreateStreamingURLResult {
    const STRUCTURE: &'static Structure = &CREATE_STREAMING_URL_RESULT;
}

pub(crate) static CREATE_STREAMING_URL_RESULT: Structure = Structure {
    name: "CreateStreamingURLResult",
    sensitive: false,
    members: &[
        Member { name: "Expires", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "StreamingURL", required: false, shape: &constraints::STREAMING_URL },
    ],
};

// Sensitive members must not reach a log.
impl std::fmt::Debug for CreateStreamingURLResult {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("CreateStreamingURLResult")
            .field("expires", &self.expires)
            .field("streaming_url", &crate::schema::Redacted)
            .finish()
    }
}

/// `DescribeSessionsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeSessionsRequest {
    /// `AuthenticationType`.
    #[serde(rename = "AuthenticationType", default, skip_serializing_if = "Option::is_none")]
    pub authentication_type: Option<super::enums::AuthenticationType>,
    /// `FleetName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "FleetName")]
    pub fleet_name: String,
    /// `InstanceId`: 1 or more characters.
    #[serde(rename = "InstanceId", default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    /// `Limit`.
    #[serde(rename = "Limit", default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
    /// `UserId`: 2 to 128 characters.
    #[serde(rename = "UserId", default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

impl crate::WireShape for DescribeSessionsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_SESSIONS_REQUEST;
}

pub(crate) static DESCRIBE_SESSIONS_REQUEST: Structure = Structure {
    name: "DescribeSessionsRequest",
    sensitive: false,
    members: &[
        Member { name: "AuthenticationType", required: false, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "FleetName", required: true, shape: &constraints::NAME },
        Member { name: "InstanceId", required: false, shape: &constraints::STRING },
        Member { name: "Limit", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
        Member { name: "UserId", required: false, shape: &constraints::USER_ID },
    ],
};

impl DescribeSessionsRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(stack_name: impl Into<String>, fleet_name: impl Into<String>) -> Self {
        Self {
            stack_name: stack_name.into(),
            fleet_name: fleet_name.into(),
            authentication_type: None,
            instance_id: None,
            limit: None,
            next_token: None,
            user_id: None,
        }
    }
}

/// `DescribeSessionsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeSessionsResult {
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `Sessions`.
    #[serde(rename = "Sessions", default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<Session>>,
}

impl crate::WireShape for DescribeSessionsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_SESSIONS_RESULT;
}

pub(crate) static DESCRIBE_SESSIONS_RESULT: Structure = Structure {
    name: "DescribeSessionsResult",
    sensitive: false,
    members: &[
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member { name: "Sessions", required: false, shape: &constraints::SESSION_LIST },
    ],
};

/// `DrainSessionInstanceRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DrainSessionInstanceRequest {
    /// `SessionId`, required: 1 or more characters.
    #[serde(rename = "SessionId")]
    pub session_id: String,
}

impl crate::WireShape for DrainSessionInstanceRequest {
    const STRUCTURE: &'static Structure = &DRAIN_SESSION_INSTANCE_REQUEST;
}

pub(crate) static DRAIN_SESSION_INSTANCE_REQUEST: Structure = Structure {
    name: "DrainSessionInstanceRequest",
    sensitive: false,
    members: &[Member { name: "SessionId", required: true, shape: &constraints::STRING }],
};

impl DrainSessionInstanceRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(session_id: impl Into<String>) -> Self {
        Self { session_id: session_id.into() }
    }
}

/// `DrainSessionInstanceResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DrainSessionInstanceResult {}

impl crate::WireShape for DrainSessionInstanceResult {
    const STRUCTURE: &'static Structure = &DRAIN_SESSION_INSTANCE_RESULT;
}

pub(crate) static DRAIN_SESSION_INSTANCE_RESULT: Structure =
    Structure { name: "DrainSessionInstanceResult", sensitive: false, members: &[] };

/// `ExpireSessionRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ExpireSessionRequest {
    /// `SessionId`, required: 1 or more characters.
    #[serde(rename = "SessionId")]
    pub session_id: String,
}

impl crate::WireShape for ExpireSessionRequest {
    const STRUCTURE: &'static Structure = &EXPIRE_SESSION_REQUEST;
}

pub(crate) static EXPIRE_SESSION_REQUEST: Structure = Structure {
    name: "ExpireSessionRequest",
    sensitive: false,
    members: &[Member { name: "SessionId", required: true, shape: &constraints::STRING }],
};

impl ExpireSessionRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(session_id: impl Into<String>) -> Self {
        Self { session_id: session_id.into() }
    }
}

/// `ExpireSessionResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ExpireSessionResult {}

impl crate::WireShape for ExpireSessionResult {
    const STRUCTURE: &'static Structure = &EXPIRE_SESSION_RESULT;
}

pub(crate) static EXPIRE_SESSION_RESULT: Structure =
    Structure { name: "ExpireSessionResult", sensitive: false, members: &[] };

/// `NetworkAccessConfiguration` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct NetworkAccessConfiguration {
    /// `EniId`: 1 or more characters.
    #[serde(rename = "EniId", default, skip_serializing_if = "Option::is_none")]
    pub eni_id: Option<String>,
    /// `EniIpv6Addresses`.
    #[serde(rename = "EniIpv6Addresses", default, skip_serializing_if = "Option::is_none")]
    pub eni_ipv6_addresses: Option<Vec<String>>,
    /// `EniPrivateIpAddress`: 1 or more characters.
    #[serde(rename = "EniPrivateIpAddress", default, skip_serializing_if = "Option::is_none")]
    pub eni_private_ip_address: Option<String>,
}

impl crate::WireShape for NetworkAccessConfiguration {
    const STRUCTURE: &'static Structure = &NETWORK_ACCESS_CONFIGURATION;
}

pub(crate) static NETWORK_ACCESS_CONFIGURATION: Structure = Structure {
    name: "NetworkAccessConfiguration",
    sensitive: false,
    members: &[
        Member { name: "EniId", required: false, shape: &constraints::STRING },
        Member { name: "EniIpv6Addresses", required: false, shape: &constraints::STRING_LIST },
        Member { name: "EniPrivateIpAddress", required: false, shape: &constraints::STRING },
    ],
};

/// `Session` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// `AuthenticationType`.
    #[serde(rename = "AuthenticationType", default, skip_serializing_if = "Option::is_none")]
    pub authentication_type: Option<super::enums::AuthenticationType>,
    /// `ConnectionState`.
    #[serde(rename = "ConnectionState", default, skip_serializing_if = "Option::is_none")]
    pub connection_state: Option<super::state_enums::SessionConnectionState>,
    /// `FleetName`, required: 1 or more characters.
    #[serde(rename = "FleetName")]
    pub fleet_name: String,
    /// `Id`, required: 1 or more characters.
    #[serde(rename = "Id")]
    pub id: String,
    /// `InstanceDrainStatus`.
    #[serde(rename = "InstanceDrainStatus", default, skip_serializing_if = "Option::is_none")]
    pub instance_drain_status: Option<super::enums::InstanceDrainStatus>,
    /// `InstanceId`: 1 or more characters.
    #[serde(rename = "InstanceId", default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    /// `MaxExpirationTime`.
    #[serde(rename = "MaxExpirationTime", default, skip_serializing_if = "Option::is_none")]
    pub max_expiration_time: Option<crate::Timestamp>,
    /// `NetworkAccessConfiguration`.
    #[serde(rename = "NetworkAccessConfiguration", default, skip_serializing_if = "Option::is_none")]
    pub network_access_configuration: Option<NetworkAccessConfiguration>,
    /// `StackName`, required: 1 or more characters.
    #[serde(rename = "StackName")]
    pub stack_name: String,
    /// `StartTime`.
    #[serde(rename = "StartTime", default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<crate::Timestamp>,
    /// `State`, required.
    #[serde(rename = "State")]
    pub state: super::state_enums::SessionState,
    /// `UserId`, required: 2 to 128 characters.
    #[serde(rename = "UserId")]
    pub user_id: String,
}

impl crate::WireShape for Session {
    const STRUCTURE: &'static Structure = &SESSION;
}

pub(crate) static SESSION: Structure = Structure {
    name: "Session",
    sensitive: false,
    members: &[
        Member { name: "AuthenticationType", required: false, shape: &constraints::AUTHENTICATION_TYPE },
        Member { name: "ConnectionState", required: false, shape: &constraints::SESSION_CONNECTION_STATE },
        Member { name: "FleetName", required: true, shape: &constraints::STRING },
        Member { name: "Id", required: true, shape: &constraints::STRING },
        Member { name: "InstanceDrainStatus", required: false, shape: &constraints::INSTANCE_DRAIN_STATUS },
        Member { name: "InstanceId", required: false, shape: &constraints::STRING },
        Member { name: "MaxExpirationTime", required: false, shape: &constraints::TIMESTAMP },
        Member {
            name: "NetworkAccessConfiguration",
            required: false,
            shape: &Shape::Structure(&NETWORK_ACCESS_CONFIGURATION),
        },
        Member { name: "StackName", required: true, shape: &constraints::STRING },
        Member { name: "StartTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "State", required: true, shape: &constraints::SESSION_STATE },
        Member { name: "UserId", required: true, shape: &constraints::USER_ID },
    ],
};

impl Session {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        user_id: impl Into<String>,
        stack_name: impl Into<String>,
        fleet_name: impl Into<String>,
        state: super::state_enums::SessionState,
    ) -> Self {
        Self {
            id: id.into(),
            user_id: user_id.into(),
            stack_name: stack_name.into(),
            fleet_name: fleet_name.into(),
            state,
            authentication_type: None,
            connection_state: None,
            instance_drain_status: None,
            instance_id: None,
            max_expiration_time: None,
            network_access_configuration: None,
            start_time: None,
        }
    }
}
