//! Nothing: this package is its test, `tests/life.rs`, which needs the server's program and is run by `cargo xtask test`.
