//! The project's own commands: `cargo xtask <command>`.

mod codegen;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the API's shapes from the stripped service model
    Codegen {
        /// Write nothing; fail when a committed file differs
        #[arg(long)]
        check: bool,
        /// Make the stripped copy first, from botocore's data/appstream/2016-12-01/service-2.json (or .json.gz)
        #[arg(long, value_name = "FILE", conflicts_with = "check")]
        strip: Option<PathBuf>,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Codegen { check, strip } => {
            if let Some(source) = strip {
                codegen::strip(&source)?;
            }
            codegen::run(check)
        }
    }
}
