//! Ways into parsers that are otherwise private, for the fuzz targets (`tests/fuzz`) alone.

use std::path::Path;

use crate::admin::protocol::Request;
use crate::config::Config;

/// Reads a configuration that was found in `millrace.toml`; the error is what the operator is shown.
///
/// # Errors
/// It cannot be used.
pub fn configuration(text: &str) -> Result<(), String> {
    Config::parse(Path::new("millrace.toml"), text).map(drop).map_err(|error| crate::chain(&error))
}

/// Reads a request to the admin socket, and writes it again.
#[must_use]
pub fn admin_request(line: &str) -> Option<String> {
    let request: Request = serde_json::from_str(line).ok()?;
    serde_json::to_string(&request).ok()
}
