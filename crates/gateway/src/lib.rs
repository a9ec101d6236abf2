//! Millrace's `gateway` crate.
