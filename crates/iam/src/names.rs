//! What names, paths and tags may be (the limits of the IAM API reference), and ARNs.

use crate::error::IamError;

/// A name of a user (64), group or policy (128) or role (64).
pub(crate) fn name<'a>(member: &str, text: &'a str, most: usize) -> Result<&'a str, IamError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if (1..=most).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(text);
    }
    Err(IamError::invalid(format!(
        "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-, and be 1 to {most} long"
    )))
}

/// `/`, or parts between slashes.
pub(crate) fn path(text: Option<&str>) -> Result<String, IamError> {
    let text = text.unwrap_or("/");
    let whole = text.starts_with('/') && text.ends_with('/') && text.len() <= 512 && !text.contains("//");
    if whole && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    let message = "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.";
    Err(IamError::invalid(message))
}

/// Checks the key and value of a tag.
pub(crate) fn tag(key: &str, value: &str) -> Result<(), IamError> {
    let plain = |character: char| character.is_alphanumeric() || " _.:/=+-@".contains(character);
    let (keys, values) = (key.chars().count(), value.chars().count());
    if !(1..=128).contains(&keys) || values > 256 || !key.chars().chain(value.chars()).all(plain) {
        return Err(IamError::invalid(format!("The tag '{key}' has a key or value that is not allowed.")));
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(IamError::of_request(
            400,
            "InvalidInput",
            "aws: prefixed tag key names are not allowed for external use.",
        ));
    }
    Ok(())
}

/// `arn:aws:iam::ACCOUNT:KIND/path/name`.
pub(crate) fn arn(account: &str, kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{kind}{path}{name}")
}
