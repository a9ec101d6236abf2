//! `errors.rs`: the codes of all errors, modelled and common.

use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use heck::ToSnakeCase as _;

use super::model::{Model, Supplement};
use super::{Files, emit};

/// `LimitExceededException` → `LimitExceeded`.
pub(super) fn variant(wire: &str) -> &str {
    wire.strip_suffix("Exception").unwrap_or(wire)
}

pub(super) fn files(model: &Model, supplement: &Supplement) -> anyhow::Result<Files> {
    let mut codes = Vec::new();
    for (name, shape) in model.shapes.iter().filter(|(_, shape)| shape.exception) {
        let error = shape.error.as_ref().with_context(|| format!("{name} has no status"))?;
        codes.push((name, error.http_status_code, true));
    }
    for (name, status) in &supplement.common_errors {
        ensure!(!model.shapes.contains_key(name), "{name} is in the model already");
        codes.push((name, *status, false));
    }
    let (mut variants, mut statuses, mut constructors) = (String::new(), String::new(), String::new());
    let mut modelled = Vec::new();
    for (wire, status, is_modelled) in codes {
        let name = variant(wire);
        writeln!(variants, "{name} = {wire:?},")?;
        writeln!(statuses, "Self::{name} => {status},")?;
        write!(
            constructors,
            "/// `{wire}` with the message that the client is given.\n#[must_use]\n\
             pub fn {}(message: impl Into<String>) -> Self {{ Self::new(ErrorCode::{name}, message) }}\n\n",
            name.to_snake_case()
        )?;
        if is_modelled {
            modelled.push(format!("Self::{name}"));
        }
    }
    let body = format!(
        "use crate::error::ApiError;\nuse crate::text_enum::text_enum;\n\ntext_enum! {{\n\
         /// What an error is called on the wire: those of the model, and those common to AWS services.\n\
         pub enum ErrorCode {{\n{variants}}}\n}}\n\nimpl ErrorCode {{\n\
         /// The HTTP status that goes with it. Clients key on the name; see `supplement.json` for the common ones.\n\
         #[must_use]\npub fn http_status(self) -> u16 {{ match self {{ {statuses} }} }}\n\n\
         /// Whether the model has a shape for it, whose only member is `Message`.\n#[must_use]\n\
         pub fn is_modelled(self) -> bool {{ matches!(self, {}) }}\n}}\n\nimpl ApiError {{\n{constructors}}}\n",
        modelled.join(" | ")
    );
    Ok(Files::from([("errors.rs".to_owned(), emit::header("The names of all errors.") + &body)]))
}
