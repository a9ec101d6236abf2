//! How far into the network a registry may lead whoever fetches from it: to storage, to who gives out its tokens.
//!
//! A person who fetches an image has the rights to look at what their machine reaches. A server that fetches for its users must not become their way to
//! what only the server reaches. So nothing that a registry says leads further inside than the registry itself is, and to this machine only who is
//! called by a name of this machine.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::Reference;

/// Where an address is, the nearest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Anybody reaches it.
    Internet,
    /// A network of the owner's.
    Private,
    /// This machine alone.
    Loopback,
    /// The machine's own link (where clouds keep credentials), everybody at once, or nobody.
    Nowhere,
}

/// Where clouds answer a machine about itself (credentials, user data), beside the link-local networks: Azure, Alibaba Cloud and Oracle Cloud. The rules
/// of instances have the same (`driver::sandbox::network::plan`).
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)];
/// Likewise: AWS, Google Cloud, Scaleway.
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
];

/// Where it is, by the registries of special addresses of IANA.
pub(crate) fn place(address: IpAddr) -> Place {
    match address.to_canonical() {
        IpAddr::V4(address) => place_v4(address),
        IpAddr::V6(address) => place_v6(address),
    }
}

fn place_v4(address: Ipv4Addr) -> Place {
    let [first, second, ..] = address.octets();
    if address.is_loopback() {
        Place::Loopback
    } else if first == 0 || first >= 224 || address.is_link_local() || METADATA_V4.contains(&address) {
        Place::Nowhere
    } else if address.is_private()
        || address.octets()[..3] == [192, 0, 0]
        || (first == 100 && (64..128).contains(&second))
        || (first == 198 && (18..20).contains(&second))
    {
        Place::Private
    } else {
        Place::Internet
    }
}

fn place_v6(address: Ipv6Addr) -> Place {
    let [first, second, .., high, low] = address.segments();
    // What these translate to is an IPv4 address.
    let inner = Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (first, second) {
        _ if address.is_loopback() => Place::Loopback,
        _ if address.is_unspecified()
            || address.is_multicast()
            || address.is_unicast_link_local()
            || METADATA_V6.contains(&address) =>
        {
            Place::Nowhere
        }
        _ if address.is_unique_local() || (first & 0xffc0) == 0xfec0 => Place::Private,
        // NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380).
        (0x64, 0xff9b) => place_v4(inner),
        (0x2002 | 0, _) | (0x2001, 0) => Place::Nowhere,
        _ => Place::Internet,
    }
}

/// The nearest place that is reached on behalf of one registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach(Place);

impl Reach {
    /// That of a registry, from where its name leads now.
    ///
    /// # Errors
    /// For people: there is no such host, or it is a place where no registry may be.
    pub(crate) async fn of(reference: &Reference) -> Result<Self, String> {
        let host = reference.host();
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().unwrap_or(443)),
            _ => (host, 443),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::net::lookup_host((host, port)).await.map_err(|error| error.to_string())?;
        let nearest = found.map(|address| place(address.ip())).max();
        let nearest = nearest.ok_or_else(|| format!("{host} has no address"))?;
        let farthest_in = if reference.is_loopback() { Place::Loopback } else { Place::Private };
        if nearest > farthest_in {
            return Err(format!("{host} leads to this machine itself, or to its link"));
        }
        Ok(Self(nearest))
    }

    /// Refuses a URL whose host is an address out of reach. Where names lead is looked at as they are asked for.
    pub(crate) fn check(self, url: &Url) -> Result<(), OutOfReach> {
        let host = url.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match address {
            Ok(address) if place(address) > self.0 => Err(OutOfReach { host: host.to_owned() }),
            _ => Ok(()),
        }
    }
}

/// Names lead to addresses within reach alone.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let within: Vec<SocketAddr> = found.filter(|address| place(address.ip()) <= reach.0).collect();
            if within.is_empty() {
                let error: Box<dyn Error + Send + Sync> =
                    Box::new(OutOfReach { host: name.as_str().to_owned() });
                return Err(error);
            }
            let addresses: Addrs = Box::new(within.into_iter());
            Ok(addresses)
        })
    }
}

/// The registry leads to where it must not.
#[derive(Debug, thiserror::Error)]
#[error("it leads to {host}, which is further inside the network than the registry is")]
pub(crate) struct OutOfReach {
    host: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        for (address, expected) in [
            ("8.8.8.8", Place::Internet),
            ("2600::1", Place::Internet),
            ("10.0.0.1", Place::Private),
            ("172.31.0.1", Place::Private),
            ("192.168.1.1", Place::Private),
            ("100.64.0.1", Place::Private),
            ("fd00::1", Place::Private),
            ("127.0.0.2", Place::Loopback),
            ("::1", Place::Loopback),
            ("::ffff:127.0.0.1", Place::Loopback),
            ("64:ff9b::7f00:1", Place::Loopback),
            ("::ffff:169.254.169.254", Place::Nowhere),
            ("169.254.169.254", Place::Nowhere),
            ("fe80::1", Place::Nowhere),
            ("168.63.129.16", Place::Nowhere),
            ("::ffff:168.63.129.16", Place::Nowhere),
            ("64:ff9b::a83f:8110", Place::Nowhere),
            ("168.63.129.17", Place::Internet),
            ("100.100.100.200", Place::Nowhere),
            ("192.0.0.192", Place::Nowhere),
            ("fd00:ec2::254", Place::Nowhere),
            ("fd20:ce::254", Place::Nowhere),
            ("fd00:42::42", Place::Nowhere),
            ("0.0.0.0", Place::Nowhere),
            ("::", Place::Nowhere),
            ("::7f00:1", Place::Nowhere),
            ("2002:7f00:1::", Place::Nowhere),
            ("224.0.0.1", Place::Nowhere),
            ("ff02::1", Place::Nowhere),
            ("255.255.255.255", Place::Nowhere),
        ] {
            assert_eq!(place(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn addresses_in_urls() {
        let check = |reach, url: &str| Reach(reach).check(&Url::parse(url).unwrap()).is_ok();
        assert!(check(Place::Internet, "https://example.org/"));
        assert!(check(Place::Internet, "https://8.8.8.8/"));
        assert!(!check(Place::Internet, "https://10.0.0.1/"));
        assert!(check(Place::Private, "https://10.0.0.1/"));
        assert!(!check(Place::Private, "http://[::1]:5000/"));
        // As URLs write addresses in other ways, too.
        assert!(!check(Place::Private, "http://2130706433/") && !check(Place::Private, "http://0x7f.1/"));
        assert!(check(Place::Loopback, "http://127.0.0.1:5000/"));
        assert!(!check(Place::Loopback, "http://169.254.169.254/"));
    }

    #[tokio::test]
    async fn registries() {
        let of = async |text: &str| Reach::of(&text.parse().unwrap()).await;
        assert_eq!(of("127.0.0.1:5000/a").await, Ok(Reach(Place::Loopback)));
        assert_eq!(of("[::1]:5000/a").await, Ok(Reach(Place::Loopback)));
        assert_eq!(of("10.0.0.1/a").await, Ok(Reach(Place::Private)));
        assert!(of("169.254.169.254/a").await.is_err());
        assert!(of("0.0.0.0:5000/a").await.is_err());
    }
}
