//! Signature Version 4 for the two kinds of requests that the benchmark sends.

use std::net::SocketAddr;
use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Signs for one key.
#[derive(Clone)]
pub(crate) struct Signer {
    access_key_id: String,
    secret: String,
    region: String,
    address: SocketAddr,
}

impl Signer {
    pub(crate) fn new(access_key_id: &str, secret: &str, region: &str, address: SocketAddr) -> Self {
        let (access_key_id, secret) = (access_key_id.to_owned(), secret.to_owned());
        Self { access_key_id, secret, region: region.to_owned(), address }
    }

    /// The same for another key.
    pub(crate) fn with(&self, access_key_id: &str, secret: &str) -> Self {
        Self::new(access_key_id, secret, &self.region, self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A whole request: head and body. `extra` is one more signed header (name in lower case).
    pub(crate) fn request(
        &self,
        service: &str,
        content_type: &str,
        extra: Option<(&str, &str)>,
        body: &str,
    ) -> Vec<u8> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let date = basic(i64::try_from(since.as_secs()).unwrap_or(0));
        let (host, day) = (self.address.to_string(), &date[..8]);
        let mut headers =
            vec![("content-type", content_type), ("host", host.as_str()), ("x-amz-date", date.as_str())];
        headers.extend(extra);
        let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let canonical = format!("POST\n/\n\n{lines}\n{names}\n{}", hex::encode(Sha256::digest(body)));
        let scope = format!("{day}/{}/{service}/aws4_request", self.region);
        let to_sign =
            format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
        let start = format!("AWS4{}", self.secret).into_bytes();
        let key =
            [day, &self.region, service, "aws4_request"].iter().fold(start, |key, part| mac(&key, part));
        let signature = hex::encode(mac(&key, &to_sign));
        let head: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!(
            "POST / HTTP/1.1\r\n{head}authorization: AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}\r\n\
             content-length: {}\r\n\r\n{body}",
            self.access_key_id,
            body.len()
        )
        .into_bytes()
    }
}

/// `20261125T193000Z`.
fn basic(seconds: i64) -> String {
    millrace_policy::iso8601(seconds * 1000).replace(['-', ':'], "")
}

fn mac(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
