//! The program that libFuzzer drives: `MILLRACE_FUZZ_TARGET=name millrace-fuzz [libFuzzer's options] [corpus]`. `cargo xtask fuzz` builds it with
//! coverage and runs it.

#![no_main]
#![allow(unsafe_code, reason = "libFuzzer calls us through symbols that libfuzzer-sys's macro exports")]

use std::sync::OnceLock;

use millrace_fuzz::Target;

static TARGET: OnceLock<&'static Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        // Before libFuzzer starts its threads: an image is unpacked by this very program, as the server does it.
        millrace_fuzz::internal_commands();
        let _ = TARGET.set(millrace_fuzz::chosen());
    },
    |input: &[u8]| {
        if let Some(target) = TARGET.get() {
            target.check(input);
        }
    }
);
