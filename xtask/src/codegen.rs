//! Generates the API's shapes, constraints, errors and operations (`crates/wire/src/generated/`) from a stripped copy
//! of the public service model.
//!
//! ```text
//! service-2.json --strip--> crates/wire/model/appstream-2016-12-01.json ─┐
//!                           crates/wire/model/supplement.json ───────────┴─ run ──> crates/wire/src/generated/*.rs
//! ```
//!
//! The stripped copy keeps what [`model`]'s types name and nothing else, so no prose can get into it. The supplement is
//! written by hand: ranges that AWS documents but does not model, and the errors common to all AWS services.

mod emit;
mod enums;
mod errors;
mod model;
mod names;
mod operations;
mod pattern;
mod scalars;
mod structures;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use model::{Model, Supplement};

/// The generated files: name below `crates/wire/src/generated/` and contents.
type Files = BTreeMap<String, String>;

/// Writes the generated files, or with `check` compares them with what is committed and writes nothing.
///
/// # Errors
/// When the model cannot be read or holds something that the generator does not know, and with `check` when a committed
/// file differs, lacks or is left over; the message names the files.
pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let wire = wire_directory();
    let mut model: Model = read_json(&wire.join("model/appstream-2016-12-01.json"))?;
    let supplement: Supplement = read_json(&wire.join("model/supplement.json"))?;
    model.apply(&supplement)?;
    let files = generate(&model, &supplement)?;
    let directory = wire.join("src/generated");
    if check { compare(&directory, &files) } else { write(&directory, &files) }
}

/// Makes the stripped copy of the service model at `source` (`service-2.json` of botocore, gzipped if its name ends in
/// `.gz`) that the generator reads.
///
/// # Errors
/// When `source` cannot be read or is not such a model.
pub(crate) fn strip(source: &Path) -> anyhow::Result<()> {
    let bytes = fs::read(source).with_context(|| format!("cannot read {}", source.display()))?;
    let bytes = if source.extension().is_some_and(|extension| extension == "gz") {
        let mut plain = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut plain)?;
        plain
    } else {
        bytes
    };
    let model: Model = serde_json::from_slice(&bytes)
        .with_context(|| format!("{} is not a service model", source.display()))?;
    let mut text = serde_json::to_string_pretty(&model)?;
    text.push('\n');
    fs::write(wire_directory().join("model/appstream-2016-12-01.json"), text)?;
    Ok(())
}

fn generate(model: &Model, supplement: &Supplement) -> anyhow::Result<Files> {
    let mut files = Files::new();
    files.extend(enums::files(model)?);
    files.extend(scalars::files(model)?);
    files.extend(structures::files(model)?);
    files.extend(operations::files(model)?);
    files.extend(errors::files(model, supplement)?);
    let modules: Vec<_> = files.keys().map(|name| name.trim_end_matches(".rs").to_owned()).collect();
    files.insert("mod.rs".to_owned(), emit::module_file(&modules));
    files.into_iter().map(|(name, text)| Ok((name, emit::format(&text)?))).collect()
}

fn wire_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/wire")
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("cannot parse {}", path.display()))
}

fn committed(directory: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    if directory.is_dir() {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(files)
}

fn compare(directory: &Path, files: &Files) -> anyhow::Result<()> {
    let committed = committed(directory)?;
    let different: Vec<_> = files
        .keys()
        .chain(committed.keys().filter(|name| !files.contains_key(*name)))
        .filter(|name| files.get(*name) != committed.get(*name))
        .map(String::as_str)
        .collect();
    if different.is_empty() {
        return Ok(());
    }
    bail!(
        "generated files differ from the model: {}; run `cargo xtask codegen` and commit the result",
        different.join(", ")
    )
}

fn write(directory: &Path, files: &Files) -> anyhow::Result<()> {
    fs::create_dir_all(directory)?;
    let committed = committed(directory)?;
    for name in committed.keys().filter(|name| !files.contains_key(*name)) {
        fs::remove_file(directory.join(name))?;
    }
    // Files that are as they should be keep their time stamps, so that nothing is built again.
    for (name, text) in files.iter().filter(|(name, text)| committed.get(*name) != Some(*text)) {
        fs::write(directory.join(name), text)?;
    }
    Ok(())
}
