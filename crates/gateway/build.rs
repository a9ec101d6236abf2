//! Sees that the web client was built, since the gateway carries it.

use std::path::Path;
use std::process::ExitCode;

const PAGE: &str = "../../web/dist/index.html";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=../../web/dist");
    println!("cargo::rerun-if-changed={PAGE}");
    if Path::new(PAGE).is_file() {
        return ExitCode::SUCCESS;
    }
    println!(
        "cargo::error=web/dist/index.html is missing: build the web client first, with `npm ci && npm run build` in web/ \
         (`cargo xtask demo` and `cargo xtask test` do it)"
    );
    ExitCode::FAILURE
}
