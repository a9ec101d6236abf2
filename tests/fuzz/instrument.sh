#!/bin/sh
# cargo's RUSTC_WORKSPACE_WRAPPER for fuzzing: compiles our own crates so that libFuzzer sees which code an input reaches. This is what
# `cargo fuzz build --sanitizer none` does, on the stable toolchain, and for the workspace alone: its dependencies stay as the tests have them.
case " $* " in
    # What runs while compiling is not linked with libFuzzer.
    *" --crate-name build_script_"* | *" --crate-type proc-macro "*) exec "$@" ;;
esac
exec "$@" \
    -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
