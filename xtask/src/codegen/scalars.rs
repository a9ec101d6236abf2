//! `constraints.rs` and `patterns.rs`: tables of every shape that is not a structure.

use anyhow::Context as _;

use super::model::{Kind, Model, Shape};
use super::{Files, emit, enums, names, pattern, structures};

pub(super) fn files(model: &Model) -> anyhow::Result<Files> {
    let mut patterns = String::from("use crate::schema::Pattern;\n\n");
    let mut tables =
        String::from("use crate::schema::{List, Map, Number, Shape, Text};\nuse super::patterns;\n\n");
    let used = model.used()?;
    for (name, shape) in model.shapes.iter().filter(|(_, shape)| shape.kind != Kind::Structure) {
        if !used.contains(name.as_str()) {
            continue;
        }
        let table = names::table(name);
        if let Some(java) = &shape.pattern {
            patterns.push_str(&format!(
                "pub(crate) static {table}: Pattern = Pattern::new({java:?}, {:?});\n\n",
                pattern::translate(java)?
            ));
        }
        tables.push_str(&format!("pub(crate) static {table}: Shape = {};\n\n", value(model, name, shape)?));
    }
    Ok(Files::from([
        (
            "patterns.rs".to_owned(),
            emit::header("The model's patterns: as it words them, and in Rust's dialect.") + &patterns,
        ),
        (
            "constraints.rs".to_owned(),
            emit::header("Constraints of every shape that is not a structure.") + &tables,
        ),
    ]))
}

fn value(model: &Model, name: &str, shape: &Shape) -> anyhow::Result<String> {
    let (min, max) = (shape.min, shape.max);
    let inner = |reference: &Option<super::model::Reference>| -> anyhow::Result<String> {
        let reference = reference.as_ref().with_context(|| format!("{name} does not say what it holds"))?;
        structures::shape_reference(model, &reference.shape, "constraints")
    };
    Ok(match shape.kind {
        Kind::Boolean => "Shape::Boolean".to_owned(),
        Kind::Timestamp => "Shape::Timestamp".to_owned(),
        Kind::Integer => format!("Shape::Number(Number {{ bits: 32, min: {min:?}, max: {max:?} }})"),
        Kind::Long => format!("Shape::Number(Number {{ bits: 64, min: {min:?}, max: {max:?} }})"),
        Kind::String => format!(
            "Shape::Text(Text {{ min: {min:?}, max: {max:?}, pattern: {}, values: {}, sensitive: {} }})",
            if shape.pattern.is_some() {
                format!("Some(&patterns::{})", names::table(name))
            } else {
                "None".to_owned()
            },
            if shape.values.is_empty() {
                "&[]".to_owned()
            } else {
                format!("super::{}::{name}::NAMES", enums::module(name))
            },
            shape.sensitive
        ),
        Kind::List => {
            format!("Shape::List(List {{ min: {min:?}, max: {max:?}, member: {} }})", inner(&shape.member)?)
        }
        Kind::Map => format!(
            "Shape::Map(Map {{ min: {min:?}, max: {max:?}, key: {}, value: {} }})",
            inner(&shape.key)?,
            inner(&shape.value)?
        ),
        Kind::Structure => anyhow::bail!("{name} is a structure"),
    })
}
