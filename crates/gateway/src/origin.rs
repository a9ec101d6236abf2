//! Where browsers reach this server, and which pages may open a stream.

use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;

/// An absolute http or https URL without path: the origin of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    host: String,
    port: u16,
}

/// Not a URL by which browsers could reach the server.
#[derive(Debug, thiserror::Error)]
#[error("the public URL must be http:// or https:// with a host, and no path, query or user name")]
pub struct InvalidPublicUrl;

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(text: &str) -> Result<Self, InvalidPublicUrl> {
        let uri: Uri = text.parse().map_err(|_| InvalidPublicUrl)?;
        let https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(InvalidPublicUrl),
        };
        let authority = uri.authority().ok_or(InvalidPublicUrl)?;
        if authority.as_str().contains('@')
            || authority.host().is_empty()
            || uri.path() != "/"
            || uri.query().is_some()
        {
            return Err(InvalidPublicUrl);
        }
        let port = match authority.port_u16() {
            Some(port) => port,
            // A port that is no u16 is not no port.
            None if authority.as_str() != authority.host() => return Err(InvalidPublicUrl),
            None if https => 443,
            None => 80,
        };
        Ok(Self { https, host: authority.host().to_ascii_lowercase(), port })
    }
}

impl PublicUrl {
    /// Whether only this machine can reach it by this name.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Whether it is https.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// `ws://` or `wss://`, host and port: the stream's origin, for the Content-Security-Policy.
    pub(crate) fn websocket_origin(&self) -> String {
        let Self { https, host, port } = self;
        let scheme = if *https { "wss" } else { "ws" };
        format!("{scheme}://{host}:{port}")
    }

    /// May a page of this `Origin`, asking for this `Host`, open a stream?
    ///
    /// Only this server's own page. A public URL on loopback has several names that are all this machine (`localhost`, `127.0.0.1`), and the far
    /// end of an `ssh -L` has another port; there the page is our own if its origin is a loopback name and the very authority that it asks. A
    /// name that merely resolves to 127.0.0.1 (DNS rebinding) is not a loopback name, and another local server's page has another authority.
    pub(crate) fn admits(&self, origin: Option<&str>, host: Option<&str>) -> bool {
        let Some(origin) = origin.and_then(|origin| origin.parse::<Self>().ok()) else {
            return false;
        };
        if origin == *self {
            return true;
        }
        let scheme = if origin.https { "https" } else { "http" };
        let asked = host.and_then(|host| format!("{scheme}://{host}").parse::<Self>().ok());
        self.is_loopback() && origin.is_loopback() && asked == Some(origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_are_public_urls() {
        let parse = |text: &str| text.parse::<PublicUrl>();
        assert_eq!(parse("https://Desk.Example").unwrap(), parse("https://desk.example:443/").unwrap());
        assert_eq!(parse("http://[::1]:8080").unwrap().websocket_origin(), "ws://[::1]:8080");
        for bad in
            ["", "desk.example", "ftp://a", "https://a/path", "https://u@a", "https://a?q", "https://a:99999"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_our_own_page_may_open_a_stream() {
        let cases = [
            ("https://desk.example", Some("https://desk.example"), Some("desk.example"), true),
            ("https://desk.example", Some("https://desk.example:443"), None, true),
            ("https://desk.example", Some("http://desk.example"), Some("desk.example"), false),
            ("https://desk.example", Some("https://evil.example"), Some("evil.example"), false),
            ("https://desk.example", Some("http://localhost:8080"), Some("localhost:8080"), false),
            ("https://desk.example", None, Some("desk.example"), false),
            ("https://desk.example", Some("null"), Some("desk.example"), false),
            ("http://127.0.0.1:8080", Some("http://localhost:8080"), Some("localhost:8080"), true),
            ("http://127.0.0.1:8080", Some("http://localhost:9000"), Some("localhost:9000"), true),
            ("http://127.0.0.1:8080", Some("http://localhost:9000"), Some("127.0.0.1:8080"), false),
            ("http://127.0.0.1:8080", Some("http://[::1]:8080"), Some("[::1]:8080"), true),
            (
                "http://127.0.0.1:8080",
                Some("http://rebound.example:8080"),
                Some("rebound.example:8080"),
                false,
            ),
        ];
        for (public, origin, host, expected) in cases {
            let public: PublicUrl = public.parse().unwrap();
            assert_eq!(public.admits(origin, host), expected, "{public:?} {origin:?} {host:?}");
        }
    }
}
