//! Millrace's `store` crate.
