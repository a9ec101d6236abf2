//! Millrace's `model` crate.
