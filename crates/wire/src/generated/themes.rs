// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: themes.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Shape, Structure};

use super::constraints;

/// `CreateThemeForStackRequest` of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateThemeForStackRequest {
    /// `FaviconS3Location`, required.
    #[serde(rename = "FaviconS3Location")]
    pub favicon_s3_location: super::common::S3Location,
    /// `FooterLinks`.
    #[serde(rename = "FooterLinks", default, skip_serializing_if = "Option::is_none")]
    pub footer_links: Option<Vec<ThemeFooterLink>>,
    /// `OrganizationLogoS3Location`, required.
    #[serde(rename = "OrganizationLogoS3Location")]
    pub organization_logo_s3_location: super::common::S3Location,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
    /// `ThemeStyling`, required.
    #[serde(rename = "ThemeStyling")]
    pub theme_styling: super::enums::ThemeStyling,
    /// `TitleText`, required: 1 to 300 characters; pattern `^[-@./#&+\w\s]*$`.
    #[serde(rename = "TitleText")]
    pub title_text: String,
}

impl crate::WireShape for CreateThemeForStackRequest {
    const STRUCTURE: &'static Structure = &CREATE_THEME_FOR_STACK_REQUEST;
}

pub(crate) static CREATE_THEME_FOR_STACK_REQUEST: Structure = Structure {
    name: "CreateThemeForStackRequest",
    sensitive: false,
    members: &[
        Member {
            name: "FaviconS3Location",
            required: true,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "FooterLinks", required: false, shape: &constraints::THEME_FOOTER_LINKS },
        Member {
            name: "OrganizationLogoS3Location",
            required: true,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
        Member { name: "ThemeStyling", required: true, shape: &constraints::THEME_STYLING },
        Member { name: "TitleText", required: true, shape: &constraints::THEME_TITLE_TEXT },
    ],
};

impl CreateThemeForStackRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(
        stack_name: impl Into<String>,
        title_text: impl Into<String>,
        theme_styling: super::enums::ThemeStyling,
        organization_logo_s3_location: super::common::S3Location,
        favicon_s3_location: super::common::S3Location,
    ) -> Self {
        Self {
            stack_name: stack_name.into(),
            title_text: title_text.into(),
            theme_styling,
            organization_logo_s3_location,
            favicon_s3_location,
            footer_links: None,
        }
    }
}

/// `CreateThemeForStackResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct CreateThemeForStackResult {
    /// `Theme`.
    #[serde(rename = "Theme", default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
}

impl crate::WireShape for CreateThemeForStackResult {
    const STRUCTURE: &'static Structure = &CREATE_THEME_FOR_STACK_RESULT;
}

pub(crate) static CREATE_THEME_FOR_STACK_RESULT: Structure = Structure {
    name: "CreateThemeForStackResult",
    sensitive: false,
    members: &[Member { name: "Theme", required: false, shape: &Shape::Structure(&THEME) }],
};

/// `DeleteThemeForStackRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteThemeForStackRequest {
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for DeleteThemeForStackRequest {
    const STRUCTURE: &'static Structure = &DELETE_THEME_FOR_STACK_REQUEST;
}

pub(crate) static DELETE_THEME_FOR_STACK_REQUEST: Structure = Structure {
    name: "DeleteThemeForStackRequest",
    sensitive: false,
    members: &[Member { name: "StackName", required: true, shape: &constraints::NAME }],
};

impl DeleteThemeForStackRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(stack_name: impl Into<String>) -> Self {
        Self { stack_name: stack_name.into() }
    }
}

/// `DeleteThemeForStackResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeleteThemeForStackResult {}

impl crate::WireShape for DeleteThemeForStackResult {
    const STRUCTURE: &'static Structure = &DELETE_THEME_FOR_STACK_RESULT;
}

pub(crate) static DELETE_THEME_FOR_STACK_RESULT: Structure =
    Structure { name: "DeleteThemeForStackResult", sensitive: false, members: &[] };

/// `DescribeThemeForStackRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeThemeForStackRequest {
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
}

impl crate::WireShape for DescribeThemeForStackRequest {
    const STRUCTURE: &'static Structure = &DESCRIBE_THEME_FOR_STACK_REQUEST;
}

pub(crate) static DESCRIBE_THEME_FOR_STACK_REQUEST: Structure = Structure {
    name: "DescribeThemeForStackRequest",
    sensitive: false,
    members: &[Member { name: "StackName", required: true, shape: &constraints::NAME }],
};

impl DescribeThemeForStackRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(stack_name: impl Into<String>) -> Self {
        Self { stack_name: stack_name.into() }
    }
}

/// `DescribeThemeForStackResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DescribeThemeForStackResult {
    /// `Theme`.
    #[serde(rename = "Theme", default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
}

impl crate::WireShape for DescribeThemeForStackResult {
    const STRUCTURE: &'static Structure = &DESCRIBE_THEME_FOR_STACK_RESULT;
}

pub(crate) static DESCRIBE_THEME_FOR_STACK_RESULT: Structure = Structure {
    name: "DescribeThemeForStackResult",
    sensitive: false,
    members: &[Member { name: "Theme", required: false, shape: &Shape::Structure(&THEME) }],
};

/// `Theme` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Theme {
    /// `CreatedTime`.
    #[serde(rename = "CreatedTime", default, skip_serializing_if = "Option::is_none")]
    pub created_time: Option<crate::Timestamp>,
    /// `StackName`; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName", default, skip_serializing_if = "Option::is_none")]
    pub stack_name: Option<String>,
    /// `State`.
    #[serde(rename = "State", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<super::state_enums::ThemeState>,
    /// `ThemeFaviconURL`: 1 or more characters.
    #[serde(rename = "ThemeFaviconURL", default, skip_serializing_if = "Option::is_none")]
    pub theme_favicon_url: Option<String>,
    /// `ThemeFooterLinks`.
    #[serde(rename = "ThemeFooterLinks", default, skip_serializing_if = "Option::is_none")]
    pub theme_footer_links: Option<Vec<ThemeFooterLink>>,
    /// `ThemeOrganizationLogoURL`: 1 or more characters.
    #[serde(rename = "ThemeOrganizationLogoURL", default, skip_serializing_if = "Option::is_none")]
    pub theme_organization_logo_url: Option<String>,
    /// `ThemeStyling`.
    #[serde(rename = "ThemeStyling", default, skip_serializing_if = "Option::is_none")]
    pub theme_styling: Option<super::enums::ThemeStyling>,
    /// `ThemeTitleText`: 1 to 300 characters; pattern `^[-@./#&+\w\s]*$`.
    #[serde(rename = "ThemeTitleText", default, skip_serializing_if = "Option::is_none")]
    pub theme_title_text: Option<String>,
}

impl crate::WireShape for Theme {
    const STRUCTURE: &'static Structure = &THEME;
}

pub(crate) static THEME: Structure = Structure {
    name: "Theme",
    sensitive: false,
    members: &[
        Member { name: "CreatedTime", required: false, shape: &constraints::TIMESTAMP },
        Member { name: "StackName", required: false, shape: &constraints::NAME },
        Member { name: "State", required: false, shape: &constraints::THEME_STATE },
        Member { name: "ThemeFaviconURL", required: false, shape: &constraints::STRING },
        Member { name: "ThemeFooterLinks", required: false, shape: &constraints::THEME_FOOTER_LINKS },
        Member { name: "ThemeOrganizationLogoURL", required: false, shape: &constraints::STRING },
        Member { name: "ThemeStyling", required: false, shape: &constraints::THEME_STYLING },
        Member { name: "ThemeTitleText", required: false, shape: &constraints::THEME_TITLE_TEXT },
    ],
};

/// `ThemeFooterLink` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ThemeFooterLink {
    /// `DisplayName`: 1 to 300 characters; pattern `^[-@./#&+\w\s]*$`.
    #[serde(rename = "DisplayName", default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `FooterLinkURL`: 1 to 1000 characters.
    #[serde(rename = "FooterLinkURL", default, skip_serializing_if = "Option::is_none")]
    pub footer_link_url: Option<String>,
}

impl crate::WireShape for ThemeFooterLink {
    const STRUCTURE: &'static Structure = &THEME_FOOTER_LINK;
}

pub(crate) static THEME_FOOTER_LINK: Structure = Structure {
    name: "ThemeFooterLink",
    sensitive: false,
    members: &[
        Member { name: "DisplayName", required: false, shape: &constraints::THEME_FOOTER_LINK_DISPLAY_NAME },
        Member { name: "FooterLinkURL", required: false, shape: &constraints::THEME_FOOTER_LINK_URL },
    ],
};

/// `UpdateThemeForStackRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateThemeForStackRequest {
    /// `AttributesToDelete`.
    #[serde(rename = "AttributesToDelete", default, skip_serializing_if = "Option::is_none")]
    pub attributes_to_delete: Option<Vec<super::enums::ThemeAttribute>>,
    /// `FaviconS3Location`.
    #[serde(rename = "FaviconS3Location", default, skip_serializing_if = "Option::is_none")]
    pub favicon_s3_location: Option<super::common::S3Location>,
    /// `FooterLinks`.
    #[serde(rename = "FooterLinks", default, skip_serializing_if = "Option::is_none")]
    pub footer_links: Option<Vec<ThemeFooterLink>>,
    /// `OrganizationLogoS3Location`.
    #[serde(rename = "OrganizationLogoS3Location", default, skip_serializing_if = "Option::is_none")]
    pub organization_logo_s3_location: Option<super::common::S3Location>,
    /// `StackName`, required; pattern `^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$`.
    #[serde(rename = "StackName")]
    pub stack_name: String,
    /// `State`.
    #[serde(rename = "State", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<super::state_enums::ThemeState>,
    /// `ThemeStyling`.
    #[serde(rename = "ThemeStyling", default, skip_serializing_if = "Option::is_none")]
    pub theme_styling: Option<super::enums::ThemeStyling>,
    /// `TitleText`: 1 to 300 characters; pattern `^[-@./#&+\w\s]*$`.
    #[serde(rename = "TitleText", default, skip_serializing_if = "Option::is_none")]
    pub title_text: Option<String>,
}

impl crate::WireShape for UpdateThemeForStackRequest {
    const STRUCTURE: &'static Structure = &UPDATE_THEME_FOR_STACK_REQUEST;
}

pub(crate) static UPDATE_THEME_FOR_STACK_REQUEST: Structure = Structure {
    name: "UpdateThemeForStackRequest",
    sensitive: false,
    members: &[
        Member { name: "AttributesToDelete", required: false, shape: &constraints::THEME_ATTRIBUTES },
        Member {
            name: "FaviconS3Location",
            required: false,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "FooterLinks", required: false, shape: &constraints::THEME_FOOTER_LINKS },
        Member {
            name: "OrganizationLogoS3Location",
            required: false,
            shape: &Shape::Structure(&super::common::S3_LOCATION),
        },
        Member { name: "StackName", required: true, shape: &constraints::NAME },
        Member { name: "State", required: false, shape: &constraints::THEME_STATE },
        Member { name: "ThemeStyling", required: false, shape: &constraints::THEME_STYLING },
        Member { name: "TitleText", required: false, shape: &constraints::THEME_TITLE_TEXT },
    ],
};

impl UpdateThemeForStackRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(stack_name: impl Into<String>) -> Self {
        Self {
            stack_name: stack_name.into(),
            attributes_to_delete: None,
            favicon_s3_location: None,
            footer_links: None,
            organization_logo_s3_location: None,
            state: None,
            theme_styling: None,
            title_text: None,
        }
    }
}

/// `UpdateThemeForStackResult` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct UpdateThemeForStackResult {
    /// `Theme`.
    #[serde(rename = "Theme", default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
}

impl crate::WireShape for UpdateThemeForStackResult {
    const STRUCTURE: &'static Structure = &UPDATE_THEME_FOR_STACK_RESULT;
}

pub(crate) static UPDATE_THEME_FOR_STACK_RESULT: Structure = Structure {
    name: "UpdateThemeForStackResult",
    sensitive: false,
    members: &[Member { name: "Theme", required: false, shape: &Shape::Structure(&THEME) }],
};
