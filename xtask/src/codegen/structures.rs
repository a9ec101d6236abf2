//! One file for each subject: Rust structures and, beside each, the table of its members.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Context as _;

use super::model::{Kind, Model, Reference, Shape};
use super::{Files, emit, enums, names};

pub(super) fn files(model: &Model) -> anyhow::Result<Files> {
    let mut bodies: BTreeMap<&str, String> = BTreeMap::new();
    for (name, shape) in model.structures() {
        bodies.entry(names::subject(name)).or_default().push_str(&structure(model, name, shape)?);
    }
    let mut files = Files::new();
    for (subject, body) in bodies {
        let story = format!("Structures of the API: {}.", subject.replace('_', " "));
        // A file of plain members only needs no `Shape`.
        let shape = if body.contains("Shape::Structure(") { "Shape, " } else { "" };
        let uses = format!(
            "use serde::{{Deserialize, Serialize}};\n\nuse crate::schema::{{Member, {shape}Structure}};\n\n\
             use super::constraints;\n\n"
        );
        files.insert(format!("{subject}.rs"), emit::header(&story) + &uses + &body);
    }
    Ok(files)
}

/// An expression of type `&'static Shape` for the shape `name`, as the generated module `here` sees it.
pub(super) fn shape_reference(model: &Model, name: &str, here: &str) -> anyhow::Result<String> {
    let table = names::table(name);
    Ok(match model.shape(name)?.kind {
        Kind::Structure => format!("&Shape::Structure(&{})", structure_path(name, &table, here)),
        _ if here == "constraints" => format!("&{table}"),
        _ => format!("&constraints::{table}"),
    })
}

/// The path from the generated module `here` to `item`, which belongs to the structure `name`.
fn structure_path(name: &str, item: &str, here: &str) -> String {
    let subject = names::subject(name);
    if subject == here { item.to_owned() } else { format!("super::{subject}::{item}") }
}

fn structure(model: &Model, name: &str, shape: &Shape) -> anyhow::Result<String> {
    let here = names::subject(name);
    let members = shape.members.as_ref().with_context(|| format!("{name} has no members"))?;
    let required = |member: &str| shape.required.iter().any(|required| required == member);
    let (mut fields, mut rows) = (String::new(), String::new());
    let mut redacts = shape.sensitive;
    for (member, reference) in members {
        let sensitive = model.is_sensitive(&reference.shape)?;
        redacts |= sensitive;
        let rust = rust_type(model, &reference.shape, here)?;
        let (rust, attributes) = if required(member) {
            (rust, String::new())
        } else {
            (format!("Option<{rust}>"), ", default, skip_serializing_if = \"Option::is_none\"".to_owned())
        };
        let field = names::field(member);
        let documentation = documentation(model, member, reference, required(member), sensitive)?;
        write!(fields, "{documentation}#[serde(rename = {member:?}{attributes})]\npub {field}: {rust},\n")?;
        let reference = shape_reference(model, &reference.shape, here)?;
        writeln!(rows, "Member {{ name: {member:?}, required: {}, shape: {reference} }},", required(member))?;
    }
    let derives = match (redacts, has_default(model, name)?) {
        (true, true) => "Clone, PartialEq, Default, Serialize, Deserialize",
        (true, false) => "Clone, PartialEq, Serialize, Deserialize",
        (false, true) => "Clone, Debug, PartialEq, Default, Serialize, Deserialize",
        (false, false) => "Clone, Debug, PartialEq, Serialize, Deserialize",
    };
    let table = names::table(name);
    let mut text = format!(
        "/// `{name}` of the API.\n#[derive({derives})]\npub struct {name} {{\n{fields}}}\n\n\
         impl crate::WireShape for {name} {{\nconst STRUCTURE: &'static Structure = &{table};\n}}\n\n\
         pub(crate) static {table}: Structure = Structure {{ name: {name:?}, sensitive: {}, members: &[\n{rows}] }};\n\n",
        shape.sensitive
    );
    if !shape.required.is_empty() {
        text.push_str(&constructor(model, name, members, &shape.required)?);
    }
    if redacts {
        text.push_str(&redacted_debug(model, name, shape.sensitive, members)?);
    }
    Ok(text)
}

/// `new` with the required members, since a structure that has some need not have a default. They are taken in the order
/// in which the model requires them (identity first), not in that of their names.
fn constructor(
    model: &Model,
    name: &str,
    members: &BTreeMap<String, Reference>,
    required: &[String],
) -> anyhow::Result<String> {
    let here = names::subject(name);
    let (mut parameters, mut values) = (Vec::new(), Vec::new());
    for member in required {
        let reference =
            members.get(member).with_context(|| format!("{name} requires {member}, which it lacks"))?;
        let field = names::field(member);
        let rust = rust_type(model, &reference.shape, here)?;
        if rust == "String" {
            parameters.push(format!("{field}: impl Into<String>"));
            values.push(format!("{field}: {field}.into()"));
        } else {
            parameters.push(format!("{field}: {rust}"));
            values.push(field);
        }
    }
    let optional = members.keys().filter(|member| !required.contains(member));
    values.extend(optional.map(|member| format!("{}: None", names::field(member))));
    Ok(format!(
        "impl {name} {{\n/// With the required members, in the model's order; all others are absent.\n#[must_use]\n\
         pub fn new({}) -> Self {{ Self {{ {} }} }}\n}}\n\n",
        parameters.join(", "),
        values.join(", ")
    ))
}

fn redacted_debug(
    model: &Model,
    name: &str,
    whole: bool,
    members: &BTreeMap<String, Reference>,
) -> anyhow::Result<String> {
    let mut fields = String::new();
    for (member, reference) in members {
        let field = names::field(member);
        let value = if whole || model.is_sensitive(&reference.shape)? {
            "&crate::schema::Redacted".to_owned()
        } else {
            format!("&self.{field}")
        };
        write!(fields, ".field({field:?}, {value})")?;
    }
    Ok(format!(
        "// Sensitive members must not reach a log.\nimpl std::fmt::Debug for {name} {{\n\
         fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\n\
         formatter.debug_struct({name:?}){fields}.finish()\n}}\n}}\n\n"
    ))
}

fn rust_type(model: &Model, name: &str, here: &str) -> anyhow::Result<String> {
    let shape = model.shape(name)?;
    let inner = |reference: &Option<Reference>| -> anyhow::Result<String> {
        let reference = reference.as_ref().with_context(|| format!("{name} does not say what it holds"))?;
        rust_type(model, &reference.shape, here)
    };
    Ok(match shape.kind {
        Kind::Boolean => "bool".to_owned(),
        Kind::Integer => "i32".to_owned(),
        Kind::Long => "i64".to_owned(),
        Kind::Timestamp => "crate::Timestamp".to_owned(),
        Kind::String if shape.values.is_empty() => "String".to_owned(),
        Kind::String => format!("super::{}::{name}", enums::module(name)),
        Kind::List => format!("Vec<{}>", inner(&shape.member)?),
        Kind::Map => {
            format!("std::collections::BTreeMap<{}, {}>", inner(&shape.key)?, inner(&shape.value)?)
        }
        Kind::Structure => structure_path(name, name, here),
    })
}

/// Whether every required member has a default that means something: there is no default choice or time.
fn has_default(model: &Model, name: &str) -> anyhow::Result<bool> {
    let shape = model.shape(name)?;
    for member in &shape.required {
        let members = shape.members.as_ref().with_context(|| format!("{name} has no members"))?;
        let reference =
            members.get(member).with_context(|| format!("{name} requires {member}, which it lacks"))?;
        let member = model.shape(&reference.shape)?;
        let default = match member.kind {
            Kind::Timestamp => false,
            Kind::String => member.values.is_empty(),
            Kind::Structure => has_default(model, &reference.shape)?,
            _ => true,
        };
        if !default {
            return Ok(false);
        }
    }
    Ok(true)
}

fn documentation(
    model: &Model,
    member: &str,
    reference: &Reference,
    required: bool,
    sensitive: bool,
) -> anyhow::Result<String> {
    let shape = model.shape(&reference.shape)?;
    let mut text = format!("/// `{member}`");
    if required {
        text.push_str(", required");
    }
    if sensitive {
        text.push_str(", sensitive");
    }
    let range = match (shape.min, shape.max) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(min), None) => Some(format!("{min} or more")),
        (None, Some(max)) => Some(format!("at most {max}")),
        (None, None) => None,
    };
    if let Some(range) = range {
        let unit = match shape.kind {
            Kind::String => " characters",
            Kind::List | Kind::Map => " entries",
            _ => "",
        };
        write!(text, ": {range}{unit}")?;
    }
    if let Some(pattern) = &shape.pattern {
        write!(text, "; pattern `{pattern}`")?;
    }
    text.push_str(".\n");
    Ok(text)
}
