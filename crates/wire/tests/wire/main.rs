//! The crate from outside: constraints of the model, both protocols, errors, routes and signatures.

// Helpers of tests are tests too: there an unwrap is the assertion.
#![allow(clippy::unwrap_used)]

mod bodies;
mod constraints;
mod errors;
mod malformed;
mod patterns;
mod round_trips;
mod routes;
mod samples;
mod signatures;
