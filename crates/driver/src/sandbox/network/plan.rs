//! Names, addresses and rules: pure.
//!
//! ```text
//! instance 10.213.0.2 ── eth0 ══ mr12ab34-0 ──┐ routes of one address each, no bridge
//! instance 10.213.0.3 ── eth0 ══ mr12ab34-1 ──┴── host ── NAT ── internet
//!                                   mr12ab34dns 10.213.0.1: the gateway's address, and the DNS forwarder's
//! ```

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

/// The addresses that instances get: an IPv4 network, its first address being the gateway's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    base: Ipv4Addr,
    prefix: u8,
}

/// The text is not a network that instances can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a network of private addresses such as \"10.213.0.0/16\", with 8 to 28 bits in front")]
pub struct InvalidSubnet;

impl Subnet {
    /// The usual one.
    pub const DEFAULT: Self = Self { base: Ipv4Addr::new(10, 213, 0, 0), prefix: 16 };

    /// The address of gateway and DNS forwarder.
    #[must_use]
    pub fn gateway(self) -> Ipv4Addr {
        self.at(1)
    }

    /// The address of the instance with this slot; `None` if the network has no more.
    #[must_use]
    pub fn address(self, slot: u32) -> Option<Ipv4Addr> {
        // The last address is the network's broadcast address.
        let last = (1_u32 << (32 - self.prefix)) - 1;
        slot.checked_add(2).filter(|number| *number < last).map(|number| self.at(number))
    }

    fn at(self, number: u32) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.base) + number)
    }

    /// Whether the address is one of these.
    #[must_use]
    pub fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) >> (32 - self.prefix) == u32::from(self.base) >> (32 - self.prefix)
    }

    /// Whether another network has addresses of this one. A default route (a prefix of 0) has not.
    #[must_use]
    pub fn overlaps(self, base: Ipv4Addr, prefix: u8) -> bool {
        let bits = 32 - u32::from(prefix.min(self.prefix).max(1));
        prefix > 0 && u32::from(base) >> bits == u32::from(self.base) >> bits
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.base, self.prefix)
    }
}

impl FromStr for Subnet {
    type Err = InvalidSubnet;

    fn from_str(text: &str) -> Result<Self, InvalidSubnet> {
        let (base, prefix) = text.split_once('/').ok_or(InvalidSubnet)?;
        let base: Ipv4Addr = base.parse().map_err(|_| InvalidSubnet)?;
        let prefix: u8 = prefix.parse().map_err(|_| InvalidSubnet)?;
        let whole = (8..=28).contains(&prefix) && u32::from(base).trailing_zeros() >= u32::from(32 - prefix);
        // RFC 6598 is for what lies behind a provider's NAT, and would do too.
        let shared = base.octets()[0] == 100 && base.octets()[1] & 0xc0 == 64;
        if whole && (base.is_private() || shared) { Ok(Self { base, prefix }) } else { Err(InvalidSubnet) }
    }
}

/// What one installation's parts are called on the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// What all links to instances begin with.
    prefix: String,
    /// The nftables table, of the family inet.
    pub(crate) table: String,
}

impl Names {
    /// `digest`: at least eight hexadecimal digits that no other installation of the host has.
    pub(crate) fn new(digest: &str) -> Self {
        Self { prefix: format!("mr{}", &digest[..6]), table: format!("millrace_{}", &digest[..8]) }
    }

    /// The host's end of an instance's link. Within the kernel's 15 bytes for slots below 1,000,000.
    pub(crate) fn link(&self, slot: u32) -> String {
        format!("{}-{slot}", self.prefix)
    }

    /// The link that has the gateway's address.
    pub(crate) fn gateway(&self) -> String {
        format!("{}dns", self.prefix)
    }
}

/// What no instance may reach: private, shared, link-local (with the metadata services of clouds), reserved and multicast addresses (the IPv4 special-purpose
/// address registry of IANA, RFC 6890). The host's own addresses are kept by the chain `input`, whatever they are.
const REFUSED: [&str; 16] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    // Azure's metadata service. Those of the other clouds are in the networks above. (Requests of the server: `registry::reach`.)
    "168.63.129.16",
];
/// Connections that one instance may have at once, so that it cannot take all that the host's connection tracking has.
const CONNECTIONS: u32 = 4096;

/// The whole table, for `nft -f`: replaces an older one in one step, so that no packet meets half of the rules.
///
/// A link's only address is known to the host by its route, so asking for the way back to a source address (`fib`) checks the source. The chains come
/// before the usual ones (priority filter); what they let pass, another firewall of the host may still refuse.
pub(crate) fn rules(names: &Names, subnet: Subnet) -> String {
    let (table, prefix) = (&names.table, &names.prefix);
    let refused = REFUSED.join(", ");
    let gateway = subnet.gateway();
    format!(
        r#"table inet {table}
delete table inet {table}
table inet {table} {{
    comment "Millrace: instances and the internet"
    set refused {{ type ipv4_addr; flags interval; elements = {{ {refused} }}; }}
    set connections {{ type ipv4_addr; size 65536; flags dynamic; }}
    chain source {{
        type filter hook prerouting priority raw; policy accept;
        iifname "{prefix}-*" meta nfproto != ipv4 drop
        iifname "{prefix}-*" fib saddr . iif oif 0 drop
    }}
    chain input {{
        type filter hook input priority filter - 10; policy accept;
        iifname "{prefix}-*" ip daddr {gateway} meta l4proto {{ tcp, udp }} th dport 53 accept
        iifname "{prefix}-*" reject with icmpx admin-prohibited
    }}
    chain forward {{
        type filter hook forward priority filter - 10; policy accept;
        iifname "{prefix}-*" oifname "{prefix}-*" reject with icmpx admin-prohibited
        iifname "{prefix}-*" ip daddr @refused reject with icmpx admin-prohibited
        iifname "{prefix}-*" ct state new add @connections {{ ip saddr ct count over {CONNECTIONS} }} reject with icmpx admin-prohibited
        oifname "{prefix}-*" ct state established,related accept
        oifname "{prefix}-*" drop
    }}
    chain output {{
        type filter hook output priority filter - 10; policy accept;
        oifname "{prefix}-*" ct state established,related accept
        oifname "{prefix}-*" drop
    }}
    chain postrouting {{
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr {subnet} oifname != "{prefix}*" masquerade
    }}
}}
"#
    )
}

/// Takes the table away, if it is there.
pub(crate) fn no_rules(names: &Names) -> String {
    format!("table inet {0}\ndelete table inet {0}\n", names.table)
}

/// The file that tells an instance's programs whom to ask for names.
pub(crate) fn resolver_file(subnet: Subnet) -> String {
    format!("# Made by Millrace for this instance.\nnameserver {}\n", subnet.gateway())
}

#[cfg(test)]
mod tests {
    use super::{Names, Subnet, no_rules, resolver_file, rules};

    fn subnet(text: &str) -> Subnet {
        text.parse().unwrap()
    }

    #[test]
    fn networks_are_private_and_whole() {
        assert_eq!(subnet("10.213.0.0/16"), Subnet::DEFAULT);
        assert_eq!(subnet("172.31.4.0/24").to_string(), "172.31.4.0/24");
        for wrong in [
            "",
            "10.0.0.0",
            "10.0.0.0/7",
            "10.0.0.0/29",
            "10.0.0.1/24",
            "8.8.0.0/16",
            "fd00::/64",
            "100.0.0.0/10",
        ] {
            assert!(wrong.parse::<Subnet>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_slot_has_an_address_of_its_own() {
        let small = subnet("10.9.8.0/28");
        assert_eq!(small.gateway().to_string(), "10.9.8.1");
        assert_eq!(small.address(0).unwrap().to_string(), "10.9.8.2");
        assert_eq!(small.address(12).unwrap().to_string(), "10.9.8.14");
        assert_eq!(small.address(13), None, "the broadcast address");
        assert_eq!(small.address(u32::MAX), None);
        assert!(
            small.contains("10.9.8.15".parse().unwrap()) && !small.contains("10.9.8.16".parse().unwrap())
        );
    }

    #[test]
    fn networks_overlap_either_way() {
        let subnet = subnet("10.213.0.0/16");
        let overlaps = |base: &str, prefix| subnet.overlaps(base.parse().unwrap(), prefix);
        assert!(overlaps("10.0.0.0", 8) && overlaps("10.213.7.0", 24) && overlaps("10.213.0.0", 16));
        assert!(!overlaps("10.212.0.0", 16) && !overlaps("192.168.0.0", 24) && !overlaps("0.0.0.0", 0));
    }

    #[test]
    fn names_fit_the_kernel() {
        let names = Names::new("0123456789abcdef");
        assert_eq!(names.link(999_999), "mr012345-999999");
        assert!(names.link(999_999).len() <= 15 && names.gateway().len() <= 15);
        assert_eq!(names.table, "millrace_01234567");
    }

    #[test]
    fn rules_name_what_they_are_about() {
        let names = Names::new("0123456789abcdef");
        let text = rules(&names, Subnet::DEFAULT);
        assert!(text.starts_with("table inet millrace_01234567\ndelete table inet millrace_01234567\n"));
        for part in [
            "iifname \"mr012345-*\"",
            "169.254.0.0/16",
            "168.63.129.16",
            "ip daddr 10.213.0.1",
            "ip saddr 10.213.0.0/16",
        ] {
            assert!(text.contains(part), "{part}");
        }
        assert!(no_rules(&names).contains("delete table inet millrace_01234567"));
        assert!(resolver_file(Subnet::DEFAULT).ends_with("nameserver 10.213.0.1\n"));
    }
}
