//! Millrace's `stream` crate.
