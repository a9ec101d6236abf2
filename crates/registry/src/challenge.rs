//! What a registry asks for when it answers 401: the header WWW-Authenticate (RFC 9110, 11.6.1), with Docker's token flow in it.

/// How to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// Name and password with every request.
    Basic,
    /// A token, that is given out elsewhere.
    Bearer {
        /// A URL.
        realm: String,
        /// For whom; may be empty.
        service: String,
        /// What for; may be empty.
        scope: String,
    },
}

/// The first challenge of the header that can be answered.
pub(crate) fn parse(header: &str) -> Option<Challenge> {
    let (scheme, rest) = header.trim_start().split_once(' ').unwrap_or((header.trim(), ""));
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let (mut realm, mut service, mut scope) = (None, String::new(), String::new());
    let mut rest = rest.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = value(after)?;
        match name.trim().to_ascii_lowercase().as_str() {
            "realm" => realm = Some(value),
            "service" => service = value,
            "scope" => scope = value,
            _ => {}
        }
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    Some(Challenge::Bearer { realm: realm?, service, scope })
}

/// A token or a quoted string, and what is behind it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[index + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges() {
        let bearer = |realm: &str, service: &str, scope: &str| {
            Some(Challenge::Bearer { realm: realm.into(), service: service.into(), scope: scope.into() })
        };
        let docker =
            r#"Bearer realm="https://a.example/token",service="r.example",scope="repository:x:pull,push""#;
        assert_eq!(parse(docker), bearer("https://a.example/token", "r.example", "repository:x:pull,push"));
        assert_eq!(parse("bearer realm=https://a.example, error=x"), bearer("https://a.example", "", ""));
        assert_eq!(parse(r#"Bearer realm="a\"b""#), bearer("a\"b", "", ""));
        assert_eq!(parse("Basic realm=\"x\""), Some(Challenge::Basic));
        for none in
            ["", "Negotiate", "Bearer", "Bearer service=\"x\"", "Bearer realm=\"x", "Bearer realm=\"x\\"]
        {
            assert_eq!(parse(none), None, "{none}");
        }
    }
}
