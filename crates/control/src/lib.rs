//! Millrace's `control` crate.
