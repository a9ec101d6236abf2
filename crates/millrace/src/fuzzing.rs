//! Ways into parsers that are otherwise private, for the fuzz targets (`tests/fuzz`) alone.

use std::path::Path;

use crate::admin::protocol::Request;
use crate::config::Config;
use crate::host;

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

/// Reads what came from the front of the server as the host process does, up to the first thing that is no call, and writes each call again.
#[must_use]
pub fn host_calls(bytes: &[u8]) -> Vec<String> {
    host::read_calls(bytes)
}

/// A call that [`host_calls`] wrote, as the front sends it.
#[must_use]
pub fn host_frame(call: &str) -> Vec<u8> {
    let length = u32::try_from(call.len()).unwrap_or(u32::MAX);
    [&length.to_le_bytes()[..], &[0; 4], call.as_bytes()].concat()
}
