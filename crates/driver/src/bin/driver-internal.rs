//! The internal commands alone: what this crate's own tests start in the place of the server's executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    millrace_driver::internal::run(std::env::args_os().skip(2))
}
