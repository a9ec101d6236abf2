// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! Structures of the API: tags.

use serde::{Deserialize, Serialize};

use crate::schema::{Member, Structure};

use super::constraints;

/// `ListTagsForResourceRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListTagsForResourceRequest {
    /// `ResourceArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ResourceArn")]
    pub resource_arn: String,
}

impl crate::WireShape for ListTagsForResourceRequest {
    const STRUCTURE: &'static Structure = &LIST_TAGS_FOR_RESOURCE_REQUEST;
}

pub(crate) static LIST_TAGS_FOR_RESOURCE_REQUEST: Structure = Structure {
    name: "ListTagsForResourceRequest",
    sensitive: false,
    members: &[Member { name: "ResourceArn", required: true, shape: &constraints::ARN }],
};

impl ListTagsForResourceRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(resource_arn: impl Into<String>) -> Self {
        Self { resource_arn: resource_arn.into() }
    }
}

/// `ListTagsForResourceResponse` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ListTagsForResourceResponse {
    /// `Tags`: 1 to 50 entries.
    #[serde(rename = "Tags", default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
}

impl crate::WireShape for ListTagsForResourceResponse {
    const STRUCTURE: &'static Structure = &LIST_TAGS_FOR_RESOURCE_RESPONSE;
}

pub(crate) static LIST_TAGS_FOR_RESOURCE_RESPONSE: Structure = Structure {
    name: "ListTagsForResourceResponse",
    sensitive: false,
    members: &[Member { name: "Tags", required: false, shape: &constraints::TAGS }],
};

/// `TagResourceRequest` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct TagResourceRequest {
    /// `ResourceArn`, required; pattern `^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$`.
    #[serde(rename = "ResourceArn")]
    pub resource_arn: String,
    /// `Tags`, required: 1 to 50 entries.
    #[serde(rename = "Tags")]
    pub tags: std::collections::BTreeMap<String, String>,
}

impl crate::WireShape for TagResourceRequest {
    const STRUCTURE: &'static Structure = &TAG_RESOURCE_REQUEST;
}

pub(crate) static TAG_RESOURCE_REQUEST: Structure = Structure {
    name: "TagResourceRequest",
    sensitive: false,
    members: &[
        Member { name: "ResourceArn", required: true, shape: &constraints::ARN },
        Member { name: "Tags", required: true, shape: &constraints::TAGS },
    ],
};

impl TagResourceRequest {
    /// With the required members, in the model's order; all others are absent.
    #[must_use]
    pub fn new(resource_arn: impl Into<String>, tags: std::collections::BTreeMap<String, String>) -> Self {
        Self { resource_arn: resource_arn.into(), tags }
    }
}

/// `TagResourceResponse` of the API.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct TagResourceResponse {}

impl crate::WireShape for TagResourceResponse {
    const STRUCTURE: &'static Structure = &TAG_RESOURCE_RESPONSE;
}

pub(crate) static TAG_RESOURCE_RESPONSE: Structure =
    Structure { name: "TagResourceResponse", sensitive: false, members: &[] };
