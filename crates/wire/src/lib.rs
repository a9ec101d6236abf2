//! Millrace's `wire` crate.
