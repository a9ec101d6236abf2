// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: reports.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Structure};

use super::constraints;

/// `AdminAppLicenseUsageRecord` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdminAppLicenseUsageRecord {
    /// `BillingPeriod`, required: 1 or more characters.
    #[serde(rename = "BillingPeriod")]
    pub billing_period: String,
    /// `LicenseType`, required: 1 or more characters.
    #[serde(rename = "LicenseType")]
    pub license_type: String,
    /// `OwnerAWSAccountId`, required; pattern `^\d+$`.
    #[serde(rename = "OwnerAWSAccountId")]
    pub owner_aws_account_id: String,
    /// `SubscriptionFirstUsedDate`, required.
    #[serde(rename = "SubscriptionFirstUsedDate")]
    pub subscription_first_used_date: crate::Timestamp,
    /// `SubscriptionLastUsedDate`, required.
    #[serde(rename = "SubscriptionLastUsedDate")]
    pub subscription_last_used_date: crate::Timestamp,
    /// `UserArn`, required: 1 or more characters.
    #[serde(rename = "UserArn")]
    pub user_arn: String,
    /// `UserId`, required: 1 or more characters.
    #[serde(rename = "UserId")]
    pub user_id: String,
}

impl crate::WireShape for AdminAppLicenseUsageRecord {
    const STRUCTURE: &'static Structure = &ADMIN_APP_LICENSE_USAGE_RECORD;
}

pub(crate) static ADMIN_APP_LICENSE_USAGE_RECORD: Structure = Structure {
    name: "AdminAppLicenseUsageRecord",
    sensitive: false,
    members: &[
        Member { name: "BillingPeriod", required: true, shape: &constraints::STRING },
        Member { name: "LicenseType", required: true, shape: &constraints::STRING },
        Member { name: "OwnerAWSAccountId", required: true, shape: &constraints::AWS_ACCOUNT_ID },
        Member { name: "SubscriptionFirstUsedDate", required: true, shape: &constraints::TIMESTAMP },
        Member { name: "SubscriptionLastUsedDate", required: true, shape: &constraints::TIMESTAMP },
        Member { name: "UserArn", required: true, shape: &constraints::STRING },
        Member { name: "UserId", required: true, shape: &constraints::STRING },
    ],
};

impl AdminAppLicenseUsageRecord {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        user_arn: impl Into<String>,
        billing_period: impl Into<String>,
        owner_aws_account_id: impl Into<String>,
        subscription_first_used_date: crate::Timestamp,
        subscription_last_used_date: crate::Timestamp,
        license_type: impl Into<String>,
        user_id: impl Into<String>,
    ) -> Self {
        Self {
            user_arn: user_arn.into(),
            billing_period: billing_period.into(),
            owner_aws_account_id: owner_aws_account_id.into(),
            subscription_first_used_date,
            subscription_last_used_date,
            license_type: license_type.into(),
            user_id: user_id.into(),
        }
    }
}

/// `CreateUsageReportSubscriptionRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateUsageReportSubscriptionRequest {}

impl crate::WireShape for CreateUsageReportSubscriptionRequest {
    const STRUCTURE: &'static Structure = &CREATE_USAGE_REPORT_SUBSCRIPTION_REQUEST;
}

pub(crate) static CREATE_USAGE_REPORT_SUBSCRIPTION_REQUEST: Structure =
    Structure { name: "CreateUsageReportSubscriptionRequest", sensitive: false, members: &[] };

/// `CreateUsageReportSubscriptionResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateUsageReportSubscriptionResult {
    /// `S3BucketName`: 1 or more characters.
    #[serde(rename = "S3BucketName", default, skip_serializing_if = "Option::is_none")]
    pub s3_bucket_name: Option<String>,
    /// `Schedule`.
    #[serde(rename = "Schedule", default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<super::enums::UsageReportSchedule>,
}

impl crate::WireShape for CreateUsageReportSubscriptionResult {
    const STRUCTURE: &'static Structure = &CREATE_USAGE_REPORT_SUBSCRIPTION_RESULT;
}

pub(crate) static CREATE_USAGE_REPORT_SUBSCRIPTION_RESULT: Structure = Structure {
    name: "CreateUsageReportSubscriptionResult",
    sensitive: false,
    members: &[
        Member { name: "S3BucketName", required: false, shape: &constraints::STRING },
        Member { name: "Schedule", required: false, shape: &constraints::USAGE_REPORT_SCHEDULE },
    ],
};

/// `DeleteUsageReportSubscriptionRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteUsageReportSubscriptionRequest {}

impl crate::WireShape for DeleteUsageReportSubscriptionRequest {
    const STRUCTURE: &'static Structure = &DELETE_USAGE_REPORT_SUBSCRIPTION_REQUEST;
}

pub(crate) static DELETE_USAGE_REPORT_SUBSCRIPTION_REQUEST: Structure =
    Structure { name: "DeleteUsageReportSubscriptionRequest", sensitive: false, members: &[] };

/// `DeleteUsageReportSubscriptionResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteUsageReportSubscriptionResult {}

impl crate::WireShape for DeleteUsageReportSubscriptionResult {
    const STRUCTURE: &'static Structure = &DELETE_USAGE_REPORT_SUBSCRIPTION_RESULT;
}

pub(crate) static DELETE_USAGE_REPORT_SUBSCRIPTION_RESULT: Structure =
    Structure { name: "DeleteUsageReportSubscriptionResult", sensitive: false, members: &[] };

/// `DescribeAppLicenseUsageRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeAppLicenseUsageRequest {
    /// `BillingPeriod`, required: 1 or more characters.
    #[serde(rename = "BillingPeriod")]
    pub billing_period: String,
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeAppLicenseUsageRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_APP_LICENSE_USAGE_REQUEST;
}

pub(crate) static DESCRIBE_APP_LICENSE_USAGE_REQUEST: Structure = Structure {
    name: "DescribeAppLicenseUsageRequest",
    sensitive: false,
    members: &[
        Member { name: "BillingPeriod", required: true, shape: &constraints::STRING },
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

impl DescribeAppLicenseUsageRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(billing_period: impl Into<String>) -> Self {
        Self { billing_period: billing_period.into(), max_results: None, next_token: None }
    }
}

/// `DescribeAppLicenseUsageResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeAppLicenseUsageResult {
    /// `AppLicenseUsages`.
    #[serde(rename = "AppLicenseUsages", default, skip_serializing_if = "Option::is_none")]
    pub app_license_usages: Option<Vec<AdminAppLicenseUsageRecord>>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeAppLicenseUsageResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_APP_LICENSE_USAGE_RESULT;
}

pub(crate) static DESCRIBE_APP_LICENSE_USAGE_RESULT: Structure = Structure {
    name: "DescribeAppLicenseUsageResult",
    sensitive: false,
    members: &[
        Member {
            name: "AppLicenseUsages",
            required: false,
            shape: &constraints::ADMIN_APP_LICENSE_USAGE_LIST,
        },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeUsageReportSubscriptionsRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeUsageReportSubscriptionsRequest {
    /// `MaxResults`.
    #[serde(rename = "MaxResults", default, skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i32>,
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::WireShape for DescribeUsageReportSubscriptionsRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_USAGE_REPORT_SUBSCRIPTIONS_REQUEST;
}

pub(crate) static DESCRIBE_USAGE_REPORT_SUBSCRIPTIONS_REQUEST: Structure = Structure {
    name: "DescribeUsageReportSubscriptionsRequest",
    sensitive: false,
    members: &[
        Member { name: "MaxResults", required: false, shape: &constraints::INTEGER },
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
    ],
};

/// `DescribeUsageReportSubscriptionsResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeUsageReportSubscriptionsResult {
    /// `NextToken`: 1 or more characters.
    #[serde(rename = "NextToken", default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// `UsageReportSubscriptions`.
    #[serde(rename = "UsageReportSubscriptions", default, skip_serializing_if = "Option::is_none")]
    pub usage_report_subscriptions: Option<Vec<UsageReportSubscription>>,
}

impl crate::WireShape for DescribeUsageReportSubscriptionsResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_USAGE_REPORT_SUBSCRIPTIONS_RESULT;
}

pub(crate) static DESCRIBE_USAGE_REPORT_SUBSCRIPTIONS_RESULT: Structure = Structure {
    name: "DescribeUsageReportSubscriptionsResult",
    sensitive: false,
    members: &[
        Member { name: "NextToken", required: false, shape: &constraints::STRING },
        Member {
            name: "UsageReportSubscriptions",
            required: false,
            shape: &constraints::USAGE_REPORT_SUBSCRIPTION_LIST,
        },
    ],
};

/// `LastReportGenerationExecutionError` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct LastReportGenerationExecutionError {
    /// `ErrorCode`.
    #[serde(rename = "ErrorCode", default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<super::state_enums::UsageReportExecutionErrorCode>,
    /// `ErrorMessage`: 1 or more characters.
    #[serde(rename = "ErrorMessage", default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl crate::WireShape for LastReportGenerationExecutionError {
    const STRUCTURE: &'static Structure = &LAST_REPORT_GENERATION_EXECUTION_ERROR;
}

pub(crate) static LAST_REPORT_GENERATION_EXECUTION_ERROR: Structure = Structure {
    name: "LastReportGenerationExecutionError",
    sensitive: false,
    members: &[
        Member { name: "ErrorCode", required: false, shape: &constraints::USAGE_REPORT_EXECUTION_ERROR_CODE },
        Member { name: "ErrorMessage", required: false, shape: &constraints::STRING },
    ],
};

/// `UsageReportSubscription` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UsageReportSubscription {
    /// `LastGeneratedReportDate`.
    #[serde(rename = "LastGeneratedReportDate", default, skip_serializing_if = "Option::is_none")]
    pub last_generated_report_date: Option<crate::Timestamp>,
    /// `S3BucketName`: 1 or more characters.
    #[serde(rename = "S3BucketName", default, skip_serializing_if = "Option::is_none")]
    pub s3_bucket_name: Option<String>,
    /// `Schedule`.
    #[serde(rename = "Schedule", default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<super::enums::UsageReportSchedule>,
    /// `SubscriptionErrors`.
    #[serde(rename = "SubscriptionErrors", default, skip_serializing_if = "Option::is_none")]
    pub subscription_errors: Option<Vec<LastReportGenerationExecutionError>>,
}

impl crate::WireShape for UsageReportSubscription {
    const STRUCTURE: &'static Structure = &USAGE_REPORT_SUBSCRIPTION;
}

pub(crate) static USAGE_REPORT_SUBSCRIPTION: Structure = Structure {
    name: "UsageReportSubscription",
    sensitive: false,
    members: &[
        Member { name: "LastGeneratedReportDate", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "S3BucketName", required: false, shape: &constraints::STRING },
        Member { name: "Schedule", required: false, shape: &constraints::USAGE_REPORT_SCHEDULE },
        Member {
            name: "SubscriptionErrors",
            required: false,
            shape: &constraints::LAST_REPORT_GENERATION_EXECUTION_ERRORS,
        },
    ],
};
