//! Millrace's `driver` crate.
