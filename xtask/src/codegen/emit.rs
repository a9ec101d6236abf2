//! What all generated files share: the header, the module file and the formatting.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

/// A file's first lines. `story` is its module documentation.
pub(super) fn header(story: &str) -> String {
    format!(
        "// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.\n\n//! {}\n\n",
        story.replace('\n', "\n//! ")
    )
}

/// `mod.rs`: all modules, and what they hold under one roof.
pub(super) fn module_file(modules: &[String]) -> String {
    let mut text = header("The API's shapes, constraints, errors and operations.");
    for module in modules {
        text.push_str(&format!("pub(crate) mod {module};\n"));
    }
    text
}

/// Formats as `cargo fmt` does, which checks the generated files too.
pub(super) fn format(text: &str) -> anyhow::Result<String> {
    let configuration = concat!(env!("CARGO_MANIFEST_DIR"), "/../rustfmt.toml");
    let mut formatter = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--config-path", configuration])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt (a component of the toolchain)")?;
    let mut input = formatter.stdin.take().context("rustfmt has no standard input")?;
    let source = text.to_owned();
    // Written from another thread: rustfmt may fill its output pipe before it has read everything.
    let writer = std::thread::spawn(move || input.write_all(source.as_bytes()));
    let output = formatter.wait_with_output()?;
    writer.join().map_err(|_| anyhow::anyhow!("the thread that feeds rustfmt panicked"))??;
    ensure!(output.status.success(), "rustfmt refused a generated file");
    Ok(String::from_utf8(output.stdout)?)
}
