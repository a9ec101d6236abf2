//! Who a request comes from when a reverse proxy brings it.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The client: the last address that a trusted proxy saw and that is not a trusted proxy itself. What stands before it in the header may be invented,
/// and so may the whole header where the peer is nobody to be believed. The port is 0 where it is not known.
pub(super) fn client(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> SocketAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    if !is_trusted(peer.ip()) {
        return peer;
    }
    let mut client = peer;
    for value in headers.get_all(X_FORWARDED_FOR).iter().rev() {
        let Ok(text) = value.to_str() else { return client };
        for hop in text.rsplit(',') {
            let Some(address) = parse(hop.trim()) else { return client };
            client = SocketAddr::new(address, 0);
            if !is_trusted(address) {
                return client;
            }
        }
    }
    client
}

/// Whether the peer is a proxy that is to be believed.
pub(super) fn is_trusted(peer: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&peer.to_canonical()))
}

/// Whether the request came over TLS to a trusted proxy, which says so; nobody else is believed.
pub(super) fn secure(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> bool {
    is_trusted(peer.ip(), trusted)
        && headers.get(X_FORWARDED_PROTO).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"))
}

/// An address, perhaps with a port.
fn parse(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bare = hop.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    bare.or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_tell_of_tls() {
        let trusted: Vec<IpNet> = vec!["127.0.0.1/32".parse().unwrap()];
        let mut headers = HeaderMap::new();
        let check = |headers: &HeaderMap, peer: &str| secure(peer.parse().unwrap(), headers, &trusted);
        assert!(!check(&headers, "127.0.0.1:5"));
        headers.insert(X_FORWARDED_PROTO, http::HeaderValue::from_static("https"));
        assert!(check(&headers, "127.0.0.1:5") && !check(&headers, "198.51.100.1:5"));
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<IpNet> =
            ["127.0.0.1/32", "10.0.0.0/8", "::1/128"].iter().map(|text| text.parse().unwrap()).collect();
        let cases: [(&str, &[&str], &str); 12] = [
            ("198.51.100.1:5", &["203.0.113.9"], "198.51.100.1:5"),
            ("127.0.0.1:5", &[], "127.0.0.1:5"),
            ("127.0.0.1:5", &["203.0.113.9"], "203.0.113.9:0"),
            ("[::1]:5", &["203.0.113.9"], "203.0.113.9:0"),
            ("127.0.0.1:5", &["6.6.6.6, 203.0.113.9"], "203.0.113.9:0"),
            ("127.0.0.1:5", &["6.6.6.6, 203.0.113.9, 10.1.2.3"], "203.0.113.9:0"),
            ("127.0.0.1:5", &["6.6.6.6", "203.0.113.9,10.1.2.3"], "203.0.113.9:0"),
            ("127.0.0.1:5", &["203.0.113.9:4711"], "203.0.113.9:0"),
            ("127.0.0.1:5", &["[2001:db8::1]:80"], "[2001:db8::1]:0"),
            ("127.0.0.1:5", &["2001:db8::1"], "[2001:db8::1]:0"),
            ("127.0.0.1:5", &["nonsense, 10.1.2.3"], "10.1.2.3:0"),
            ("127.0.0.1:5", &["203.0.113.9, unknown"], "127.0.0.1:5"),
        ];
        for (peer, values, expected) in cases {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(X_FORWARDED_FOR, value.parse().unwrap());
            }
            let found = client(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found.to_string(), expected, "{peer} {values:?}");
        }
    }
}
