//! Compiles what is between the agent and x264, where that is wanted.

fn main() {
    println!("cargo::rerun-if-changed=src/x264/shim.c");
    #[cfg(feature = "x264")]
    x264();
}

/// Debian's package libx264-dev has the header and, for an agent that brings all its code along, the static library.
#[cfg(feature = "x264")]
fn x264() {
    cc::Build::new().file("src/x264/shim.c").std("c11").warnings_into_errors(true).compile("millrace_x264");
    if let Ok(directory) = std::env::var("X264_LIB_DIR") {
        println!("cargo::rustc-link-search=native={directory}");
    } else if let Ok(target) = std::env::var("TARGET") {
        println!("cargo::rustc-link-search=native=/usr/lib/{}", target.replace("-unknown", ""));
    }
    println!("cargo::rerun-if-env-changed=X264_LIB_DIR");
    println!("cargo::rustc-link-lib=static=x264");
    println!("cargo::rustc-link-lib=m");
}
