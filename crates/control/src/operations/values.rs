//! Checks and conversions of single values that several operations share.

use std::collections::{BTreeMap, BTreeSet};

use millrace_model::image::ImageState;
use millrace_model::tags::TagRefusal;
use millrace_model::{Name, TagSet};
use millrace_wire::ApiError;

/// How many names one Describe call may ask for. AWS does not say.
const MOST_NAMES: usize = 1000;

/// A number that must lie in a range, both ends included; absent stays absent.
pub(super) fn in_range(
    member: &str,
    value: Option<i32>,
    least: u32,
    most: u32,
) -> Result<Option<u32>, ApiError> {
    let Some(value) = value else { return Ok(None) };
    match u32::try_from(value) {
        Ok(value) if (least..=most).contains(&value) => Ok(Some(value)),
        _ => Err(ApiError::invalid_parameter_value(format!(
            "The value {value} of {member} is not valid: it must be between {least} and {most}."
        ))),
    }
}

/// An address that a browser is sent to.
pub(super) fn web_address(member: &str, url: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(url) = url.filter(|url| !url.is_empty()) else { return Ok(None) };
    let valid = url.parse::<http::Uri>().is_ok_and(|uri| {
        let web = uri.scheme_str().is_some_and(|scheme| {
            scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
        });
        web && uri.host().is_some_and(|host| !host.is_empty())
    });
    if valid && url.bytes().all(|byte| byte > b' ' && byte != 0x7f) {
        Ok(Some(url))
    } else {
        Err(ApiError::invalid_parameter_value(format!("The {member} must be an http or https URL.")))
    }
}

/// The tags of a new resource. The shape bounds one call to 50 tags and refuses keys that begin with `aws:`.
pub(super) fn new_tags(tags: Option<BTreeMap<String, String>>) -> Result<TagSet, ApiError> {
    TagSet::new(tags.unwrap_or_default()).map_err(|refusal| tag_refusal(&refusal))
}

/// What is said when tags are refused.
pub(super) fn tag_refusal(refusal: &TagRefusal) -> ApiError {
    match refusal {
        TagRefusal::TooMany => ApiError::limit_exceeded("A resource can have at most 50 tags."),
        TagRefusal::Reserved(key) => ApiError::validation(format!(
            "1 validation error detected: Value '{key}' at 'tags' failed to satisfy constraint: aws: prefixed tag key names are not allowed."
        )),
    }
}

/// The names (or ARNs) that a Describe call asks for, each once; empty if it asks for all there are. `member` as the API calls them.
pub(super) fn asked_for(member: &str, names: Option<Vec<String>>) -> Result<Vec<String>, ApiError> {
    let names = names.unwrap_or_default();
    if names.len() > MOST_NAMES {
        return Err(ApiError::invalid_parameter_value(format!(
            "At most {MOST_NAMES} {member} can be asked for."
        )));
    }
    let mut seen = BTreeSet::new();
    Ok(names.into_iter().filter(|name| seen.insert(name.clone())).collect())
}

/// The name of a resource that must exist: text that can be no name is the name of nothing.
pub(super) fn existing(name: &str, missing: impl FnOnce(&str) -> ApiError) -> Result<Name, ApiError> {
    Name::new(name).map_err(|_| missing(name))
}

/// Text that is absent or empty is nothing.
pub(super) fn text(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Text that is absent changes nothing; empty text takes away what was there.
pub(super) fn replaced_text(known: &mut Option<String>, said: Option<String>) {
    if said.is_some() {
        *known = text(said);
    }
}

/// The image is not (or not yet) to be used.
pub(super) fn image_not_available(name: &str, state: ImageState) -> ApiError {
    let state = super::image_to_wire::state(state).as_str();
    ApiError::resource_not_available(format!(
        "The image {name} is {state}. The image must be in an AVAILABLE state for this action to succeed."
    ))
}

/// A number of the model on the wire.
pub(super) fn wire_number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A moment of the model on the wire.
pub(super) fn wire_moment(moment: millrace_model::Timestamp) -> millrace_wire::Timestamp {
    millrace_wire::Timestamp::from_epoch_milliseconds(moment.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses() {
        for good in ["http://example.org", "https://example.org/bye?a=b&c=d", "HTTPS://example.org:8443/x#y"]
        {
            assert_eq!(web_address("RedirectURL", Some(good.to_owned())).unwrap().as_deref(), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://x/",
            "//example.org",
            "not a url",
            "http://",
            "/x",
        ] {
            assert!(web_address("RedirectURL", Some(bad.to_owned())).is_err(), "{bad}");
        }
        assert_eq!(web_address("RedirectURL", None).unwrap(), None);
    }

    #[test]
    fn names_are_asked_for_once() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(asked_for("Names", names(&["b", "a", "b"])).unwrap(), ["b", "a"]);
        assert!(asked_for("Names", None).unwrap().is_empty());
        assert!(asked_for("Names", names(&["a"; MOST_NAMES + 1])).is_err());
    }

    #[test]
    fn ranges() {
        assert_eq!(in_range("X", None, 1, 2).unwrap(), None);
        assert_eq!(in_range("X", Some(2), 1, 2).unwrap(), Some(2));
        assert!(in_range("X", Some(3), 1, 2).is_err());
        assert!(in_range("X", Some(-1), 0, 2).is_err());
    }
}
