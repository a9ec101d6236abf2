//! The gateway from outside: a real listener and real sockets, a browser's and an agent's real messages.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod admission;
mod fixture;
mod http;
mod stream;
