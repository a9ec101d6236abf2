//! `cargo xtask lint`: what can be checked without running anything of the project.

use std::process::Command;

use crate::install::{self, For};
use crate::{build, codegen, edges, paths, shell};

/// Formatting, lints, generated code, edges, dependencies.
///
/// # Errors
/// The first check that failed.
pub(crate) fn run() -> anyhow::Result<()> {
    let cargo = |arguments: &[&str]| {
        shell::say(&format!("cargo {}", arguments.join(" ")));
        shell::run(Command::new(env!("CARGO")).args(arguments).current_dir(paths::root()))
    };
    cargo(&["fmt", "--all", "--check"])?;
    shell::say("edges between the crates");
    edges::check()?;
    shell::say("generated code");
    codegen::run(true)?;
    install::everything(For::Tests)?;
    // The gateway embeds the web client, so there is no compiling it without.
    build::web()?;
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"])?;
    install::cargo_deny()?;
    cargo(&["deny", "--all-features", "--locked", "check", "bans", "licenses", "sources"])
}
