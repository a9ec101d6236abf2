//! Millrace: the server and its command line.
//!
//! What happens where: [`config`] reads the configuration, [`serve`] wires the services together and runs them, [`host`] keeps what needs root in a
//! process of its own, [`admin`] is how the other commands talk to a running server, [`doctor`] looks at the host.
//!
//! A library, so that fuzz targets reach the parsers; nothing else uses it.

mod admin;
mod cli;
mod config;
mod data_dir;
mod descriptors;
mod doctor;
#[doc(hidden)]
pub mod fuzzing;
mod host;
mod identity;
mod images;
mod keeping;
mod logs;
mod machine;
mod registries;
mod serve;
mod tls;

use std::process::ExitCode;

/// The whole program. What it was asked to do stands in the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    tls::install_provider();
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "internal") {
        let mut arguments = arguments.peekable();
        if arguments.peek().is_some_and(|name| name == "host") {
            return host::run();
        }
        if arguments.peek().is_some_and(|name| name == "fetch-image") {
            return registries::run();
        }
        // Commands that the server gives itself need a process without threads, so this comes before everything else.
        return millrace_driver::internal::run(arguments);
    }
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// An error and all its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
