//! `operations.rs` (the enum of all operations and the table of each) and `operation_types.rs` (a type for each).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::model::Model;
use super::{Files, emit, errors, names};

pub(super) fn files(model: &Model) -> anyhow::Result<Files> {
    let mut variants = String::new();
    let mut inputs = String::new();
    let mut errors = String::new();
    let mut types = String::from("use crate::{Op, Operation};\n\n");
    for (name, operation) in &model.operations {
        writeln!(variants, "{name} = {name:?},")?;
        let (input, output) = (&operation.input.shape, &operation.output.shape);
        let input_path = format!("super::{}", names::subject(input));
        writeln!(inputs, "Self::{name} => &{input_path}::{},", names::table(input))?;
        // The model names some errors twice.
        let codes: BTreeSet<_> = operation
            .errors
            .iter()
            .map(|error| format!("ErrorCode::{}", errors::variant(&error.shape)))
            .collect();
        let codes: Vec<_> = codes.into_iter().collect();
        writeln!(errors, "Self::{name} => &[{}],", codes.join(", "))?;
        write!(
            types,
            "/// The operation `{name}`.\n#[derive(Clone, Copy, Debug)]\npub struct {name};\n\n\
             impl Op for {name} {{\ntype Input = {input_path}::{input};\n\
             type Output = super::{}::{output};\nconst OPERATION: Operation = Operation::{name};\n}}\n\n",
            names::subject(output)
        )?;
    }
    let metadata = &model.metadata;
    let body = format!(
        "use crate::schema::Structure;\nuse crate::text_enum::text_enum;\n\nuse super::errors::ErrorCode;\n\n\
         /// Version of the API that the shapes are of.\npub const API_VERSION: &str = {:?};\n\
         /// The service's name in the scope of a signature.\npub const SIGNING_NAME: &str = {:?};\n\
         /// The service's name in targets and paths of requests.\npub const TARGET_PREFIX: &str = {:?};\n\n\
         text_enum! {{\n/// Every operation of the API.\npub enum Operation {{\n{variants}}}\n}}\n\n\
         impl Operation {{\n/// The errors that the model lists for this operation.\n#[must_use]\n\
         pub fn errors(self) -> &'static [ErrorCode] {{ match self {{ {errors} }} }}\n\n\
         pub(crate) fn input(self) -> &'static Structure {{ match self {{ {inputs} }} }}\n}}\n",
        metadata.api_version, metadata.signing_name, metadata.target_prefix
    );
    Ok(Files::from([
        ("operations.rs".to_owned(), emit::header("The API's operations.") + &body),
        (
            "operation_types.rs".to_owned(),
            emit::header("A type for each operation, which ties it to its input and output.") + &types,
        ),
    ]))
}
