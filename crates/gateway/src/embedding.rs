//! Which pages may embed the page of a session: none, or those of the stack's EmbedHostDomains.
//!
//! The page itself is the same for everybody; what differs is one header, `frame-ancestors`. For that the address is looked at: its ticket (which
//! is not spent by that, and may have expired), or the stack's token, which the page puts in the ticket's place.

use http::uri::PathAndQuery;
use millrace_stream::admission::StackToken;
use millrace_stream::ticket::Ticket;

use crate::Context;

/// Longest query that is looked at, in bytes: a ticket, percent-encoded.
const LONGEST_QUERY: usize = 32 * 1024;

/// The sources of `frame-ancestors`; none: the page may not be embedded.
pub(crate) async fn ancestors(context: &Context, address: Option<&PathAndQuery>) -> Vec<String> {
    let query = address.and_then(PathAndQuery::query).filter(|query| query.len() <= LONGEST_QUERY);
    let Some(stack) = query.and_then(|query| stack_of(query, context)) else { return Vec::new() };
    let domains = context.sessions.embed_host_domains(&stack).await;
    domains.iter().filter(|domain| is_host(domain)).map(|domain| format!("https://{domain}")).collect()
}

fn stack_of(query: &str, context: &Context) -> Option<StackToken> {
    let key = &context.shared.config.signing_key;
    let value = |name: &str| {
        let pair = query.split('&').filter_map(|pair| pair.split_once('='));
        pair.into_iter().find(|(key, _)| *key == name).map(|(_, value)| decoded(value))
    };
    if let Some(token) = value("stack") {
        return StackToken::verify(&token, key).ok();
    }
    let ticket = Ticket::verify_whenever(&value("parameters")?, &value("signature")?, key).ok()?;
    let stack = ticket.destination.stack()?.to_owned();
    Some(StackToken { account_id: ticket.account_id, region: ticket.region, stack })
}

/// Percent-encoding undone; what is not encoded as it should be stays as it is, and no signature fits it.
fn decoded(value: &str) -> String {
    let digit = |at: usize| value.as_bytes().get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(byte) = value.as_bytes().get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A host name, as AppStream's rule for EmbedHostDomains wants it: nothing that could end the header's directive.
fn is_host(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.split('.').all(label)
}

/// `frame-ancestors` of a Content-Security-Policy.
pub(crate) fn directive(ancestors: &[String]) -> String {
    if ancestors.is_empty() {
        return "frame-ancestors 'none'".to_owned();
    }
    format!("frame-ancestors {}", ancestors.join(" "))
}

/// Marks an answer whose page may be embedded; [`crate::headers`] makes the headers of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ancestors(pub(crate) Vec<String>);

#[cfg(test)]
mod tests {
    use super::{decoded, directive, is_host};

    #[test]
    fn only_hosts_get_into_the_header() {
        for good in ["portal.example.org", "a-b.example.org"] {
            assert!(is_host(good), "{good}");
        }
        for bad in
            ["", "*", "*.a.b", "a b", "a;script-src *", "https://a", "a..b", "a:1", "'self'", "a/b", "a,b"]
        {
            assert!(!is_host(bad), "{bad}");
        }
        assert_eq!(directive(&["https://a.b".to_owned()]), "frame-ancestors https://a.b");
        assert_eq!(directive(&[]), "frame-ancestors 'none'");
    }

    #[test]
    fn addresses_are_decoded() {
        assert_eq!(decoded("a%2Bb%3d%zz%4"), "a+b=%zz%4");
    }
}
