//! Millrace.

fn main() {}
