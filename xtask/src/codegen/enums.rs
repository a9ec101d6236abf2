//! `enums.rs` and `state_enums.rs`: each closed list of values becomes a Rust enum.

use super::model::{Kind, Model};
use super::{Files, emit, names};

pub(super) fn files(model: &Model) -> anyhow::Result<Files> {
    let mut kinds = String::from("use crate::text_enum::text_enum;\n\n");
    let mut states = kinds.clone();
    for (name, shape) in model.shapes.iter().filter(|(_, shape)| shape.kind == Kind::String) {
        if shape.values.is_empty() {
            continue;
        }
        let variants: String =
            shape.values.iter().map(|value| format!("{} = {value:?},\n", names::variant(value))).collect();
        let text =
            format!("text_enum! {{\n/// `{name}` of the API.\npub enum {name} {{\n{variants}}}\n}}\n\n");
        let file = if name.contains("State") || name.contains("Code") { &mut states } else { &mut kinds };
        file.push_str(&text);
    }
    Ok(Files::from([
        ("enums.rs".to_owned(), emit::header("Closed lists of values that a client chooses from.") + &kinds),
        ("state_enums.rs".to_owned(), emit::header("States and codes that the service reports.") + &states),
    ]))
}

/// The path of the enum `name` in the generated code.
pub(super) fn module(name: &str) -> &'static str {
    if name.contains("State") || name.contains("Code") { "state_enums" } else { "enums" }
}
