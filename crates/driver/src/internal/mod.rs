//! The hidden commands of the program that embeds this crate: short-lived, single-threaded child processes for what a server must not do to itself
//! (mount namespaces, forking, unpacking what strangers packed), and one that lives as long as the server does, without its rights. The server starts its own executable with `internal` as the first argument.

mod file_system;
mod filter;
mod forwarder;
mod hosts;
pub(crate) mod icon;
mod pack;
mod pax;
mod sparse;
mod start;
pub(crate) mod unpack;
mod unpack_layer;
mod upper;
mod volume;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use crate::confine::{Identity, confine};

pub(crate) use start::{Bind, StartPlan, WRITTEN};
pub(crate) use upper::{NewDirectory, Upper, UpperPlace};
pub(crate) use volume::AttachPlan;

/// Runs one internal command; `args` is what follows `internal` on the command line. Must be called before the program starts any thread.
///
/// Not for people: names and arguments change without notice.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let result = match args.first().and_then(|name| name.to_str()) {
        Some("attach-volume") => volume::attach(&args[1..]),
        Some("check-confinement") => check_confinement(&args[1..]),
        Some("check-overlay") => start::check(&args[1..]),
        Some("render-icon") => icon::run(&args[1..]),
        Some("pack-layer") => pack::run(&args[1..]),
        Some("settle-volume") => volume::settle(&args[1..]),
        Some("simulated-instance") => crate::simulated::instance::run(&args[1..]),
        Some("forward-names") => forwarder::run(&args[1..]),
        Some("start-container") => start::run(&args[1..]),
        Some("unpack-layer") => unpack_layer::run(&args[1..]),
        _ => Err("internal: unknown command".into()),
    };
    ExitCode::from(exit_code(result))
}

/// Says what went wrong, if there is something to say.
fn exit_code(result: Result<(), String>) -> u8 {
    let Err(message) = result else { return 0 };
    if !message.is_empty() {
        // Standard error is the instance's log, or what the server quotes in its error; if it is gone, nobody reads.
        let _ = writeln!(std::io::stderr(), "{message}");
    }
    1
}

/// `internal check-confinement DIRECTORY ID`: can this process become what the part of the server is that faces the network?
fn check_confinement(args: &[OsString]) -> Result<(), String> {
    let [directory, id] = args else { return Err("check-confinement: two arguments".into()) };
    let id = id.to_str().and_then(|id| id.parse().ok()).ok_or("check-confinement: not an id")?;
    confine(Identity { user: id, group: id }, Path::new(directory)).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("{error}: {cause}")
    })
}
