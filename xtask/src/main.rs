//! The project's own commands: `cargo xtask <command>`.

mod bench;
mod build;
mod codegen;
mod demo;
mod edges;
mod fuzz;
mod images;
mod install;
mod leftovers;
mod lint;
mod paths;
mod server;
mod shell;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set everything up, start a server with a demo image and a running fleet, and print a streaming URL
    Demo(demo::Arguments),
    /// Install what the tests need, build everything, run every test
    Test(test::Arguments),
    /// Check formatting, lints, generated code, the edges between crates, and the dependencies' licences and sources
    Lint,
    /// Measure, and print the figures with the machine's description
    Bench(bench::Arguments),
    /// Feed every parser with inputs made up on the way, led by coverage
    Fuzz(fuzz::Arguments),
    /// Build the runtime and the demo image, unless they are in the cache, and print where they are
    Images,
    /// Only install what demo, tests and checks need, and make the images
    Setup,
    /// Check which crate uses which against the table of the architecture
    Edges,
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

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Lint => lint::run(),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Images => {
            let cache = paths::cache();
            let programs = build::everything(build::Profile::Dev)?;
            shell::print(&format!(
                "{}\n{}",
                images::runtime(&cache, &programs)?.display(),
                images::demo(&cache, &programs)?.display()
            ))
        }
        Command::Setup => {
            install::everything(install::For::Tests)?;
            let programs = build::everything(build::Profile::Dev)?;
            images::runtime(&paths::cache(), &programs)?;
            images::demo(&paths::cache(), &programs)?;
            install::cargo_deny()
        }
        Command::Edges => edges::check(),
        Command::Codegen { check, strip } => {
            if let Some(source) = strip {
                codegen::strip(&source)?;
            }
            codegen::run(check)
        }
    }
}
