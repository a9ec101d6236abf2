//! Tests that need root, in a harness of their own: without it they are reported as ignored.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// Runs them.
pub(crate) fn run(tests: &[(&'static str, fn())]) -> ExitCode {
    let ignored = !rustix::process::geteuid().is_root();
    let trials = tests.iter().map(|&(name, test)| {
        let run = move || {
            test();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(ignored)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
