//! What the operator writes, and what the command line says to the server.

/// Of which four bytes may be a character: longer than any message should be.
const LONGEST_MESSAGE: usize = 8 << 10;

/// A configuration is taken, or refused with one line that names the file and never shows a secret.
pub(super) fn configuration(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Err(message) = millrace::fuzzing::configuration(text) {
        assert!(message.starts_with("millrace.toml:"), "{message}");
        assert!(message.len() <= LONGEST_MESSAGE, "{} bytes", message.len());
        assert!(!message.contains(char::is_control), "{message:?}");
        for secret in secrets(text) {
            assert!(!message.contains(secret), "the message shows a secret");
        }
    }
}

/// Texts that the configuration itself calls secret, long enough not to be in a message by chance. What is also elsewhere in the file, as a
/// key perhaps, is none; nor is a line that looks like a secret's in a text of several lines.
fn secrets(text: &str) -> impl Iterator<Item = &str> {
    let several_lines = text.contains("\"\"\"") || text.contains("'''");
    let lines = text.lines().filter(move |_| !several_lines);
    lines.filter_map(|line| {
        let value = line.strip_prefix("secret_access_key = \"")?.strip_suffix('"')?;
        let is_long = value.len() >= 24 && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_long && text.matches(value).count() == 1).then_some(value)
    })
}

/// What is read is the same when it is written again.
pub(super) fn admin_request(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Some(again) = millrace::fuzzing::admin_request(text) {
        assert_eq!(millrace::fuzzing::admin_request(&again).as_ref(), Some(&again));
    }
}

/// What a front that was taken over says to the host process: calls are taken as long as they are whole and in bounds, and nothing else happens.
pub(super) fn host_call(input: &[u8]) {
    for again in millrace::fuzzing::host_calls(input) {
        let framed = millrace::fuzzing::host_frame(&again);
        assert_eq!(millrace::fuzzing::host_calls(&framed), vec![again]);
    }
}
