//! The service model as the generator knows it, in botocore's layout. What these types do not name is dropped when the
//! copy is stripped.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

/// The whole model. Maps are sorted, so that the stripped copy and all that is generated have one order.
#[derive(Serialize, Deserialize)]
pub(super) struct Model {
    pub(super) metadata: Metadata,
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) shapes: BTreeMap<String, Shape>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) api_version: String,
    pub(super) endpoint_prefix: String,
    pub(super) signing_name: String,
    pub(super) target_prefix: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Operation {
    pub(super) input: Reference,
    pub(super) output: Reference,
    #[serde(default)]
    pub(super) errors: Vec<Reference>,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    pub(super) shape: String,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Boolean,
    Integer,
    List,
    Long,
    Map,
    String,
    Structure,
    Timestamp,
}

#[derive(Serialize, Deserialize, Clone)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) required: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) members: Option<BTreeMap<String, Reference>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) member: Option<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<String>,
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) sensitive: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) exception: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<ErrorTrait>,
}

#[derive(Serialize, Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorTrait {
    pub(super) http_status_code: u16,
}

/// What is written by hand beside the model.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Supplement {
    /// For whoever reads the file.
    #[serde(rename = "about")]
    pub(super) _about: Vec<String>,
    /// Ranges of numbers by `Structure.Member`: documented by AWS, absent from the model.
    pub(super) ranges: BTreeMap<String, Range>,
    /// Patterns of texts by `Structure.Member`, in the place of the model's.
    pub(super) patterns: BTreeMap<String, String>,
    /// Errors that any operation may answer: name without the `Exception` and HTTP status.
    pub(super) common_errors: BTreeMap<String, u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    pub(super) min: i64,
    pub(super) max: i64,
}

impl Model {
    /// The shape called `name`.
    pub(super) fn shape(&self, name: &str) -> anyhow::Result<&Shape> {
        self.shapes.get(name).with_context(|| format!("the model refers to {name}, which it does not have"))
    }

    /// Whether `name` or what it directly holds may not appear in messages or logs.
    pub(super) fn is_sensitive(&self, name: &str) -> anyhow::Result<bool> {
        let shape = self.shape(name)?;
        for inner in [&shape.member, &shape.key, &shape.value].into_iter().flatten() {
            // A structure redacts itself.
            let inner_shape = self.shape(&inner.shape)?;
            if inner_shape.kind != Kind::Structure && self.is_sensitive(&inner.shape)? {
                return Ok(true);
            }
        }
        Ok(shape.sensitive)
    }

    /// All structures that are not errors.
    pub(super) fn structures(&self) -> impl Iterator<Item = (&str, &Shape)> {
        self.shapes
            .iter()
            .filter(|(_, shape)| shape.kind == Kind::Structure && !shape.exception)
            .map(|(name, shape)| (name.as_str(), shape))
    }

    /// The names of all shapes that structures hold, directly or not.
    pub(super) fn used(&self) -> anyhow::Result<BTreeSet<&str>> {
        let mut used = BTreeSet::new();
        let mut open: Vec<&Shape> = self.structures().map(|(_, shape)| shape).collect();
        while let Some(shape) = open.pop() {
            let members = shape.members.iter().flat_map(BTreeMap::values);
            for reference in members.chain([&shape.member, &shape.key, &shape.value].into_iter().flatten()) {
                if used.insert(reference.shape.as_str()) {
                    open.push(self.shape(&reference.shape)?);
                }
            }
        }
        Ok(used)
    }

    /// Adds the supplement's ranges and patterns: each becomes a shape of its own for its member.
    pub(super) fn apply(&mut self, supplement: &Supplement) -> anyhow::Result<()> {
        for (path, range) in &supplement.ranges {
            self.change_member(path, |shape| {
                ensure!(matches!(shape.kind, Kind::Integer | Kind::Long), "{path} is no number");
                (shape.min, shape.max) = (Some(range.min), Some(range.max));
                Ok(())
            })?;
        }
        for (path, pattern) in &supplement.patterns {
            self.change_member(path, |shape| {
                ensure!(shape.pattern.is_some(), "{path} has no pattern");
                shape.pattern = Some(pattern.clone());
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Gives the member at `Structure.Member` a shape of its own.
    fn change_member(
        &mut self,
        path: &str,
        change: impl FnOnce(&mut Shape) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let (structure, member) =
            path.split_once('.').context("the supplement names members as Structure.Member")?;
        let members = self.shapes.get(structure).and_then(|shape| shape.members.as_ref());
        let Some(reference) = members.and_then(|members| members.get(member)) else {
            bail!("the supplement names {path}, which the model does not have");
        };
        let mut shape = self.shape(&reference.shape)?.clone();
        change(&mut shape)?;
        let name = format!("{structure}{member}");
        ensure!(self.shapes.insert(name.clone(), shape).is_none(), "{name} is in the model already");
        let members = self.shapes.get_mut(structure).and_then(|shape| shape.members.as_mut());
        if let Some(reference) = members.and_then(|members| members.get_mut(member)) {
            reference.shape = name;
        }
        Ok(())
    }
}
