//! One connection that is kept, and whole answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::signer::Signer;

/// Longer than any answer should take.
const BOUND: Duration = Duration::from_secs(30);

pub(crate) struct Connection(BufReader<TcpStream>);

/// Status and body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    /// The body of an answer that must be good.
    pub(crate) fn ok(self, what: &str) -> anyhow::Result<String> {
        if self.status == 200 { Ok(self.body) } else { bail!("{what}: {} {}", self.status, self.body) }
    }
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).context("the server cannot be reached")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(BOUND))?;
        stream.set_write_timeout(Some(BOUND))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// A call in AWS JSON.
    pub(crate) fn call(&mut self, signer: &Signer, operation: &str, body: &str) -> anyhow::Result<Answer> {
        let target = format!("PhotonAdminProxyService.{operation}");
        self.exchange(&signer.request(
            "appstream",
            "application/x-amz-json-1.1",
            Some(("x-amz-target", &target)),
            body,
        ))
    }

    /// A call of IAM.
    pub(crate) fn query(
        &mut self,
        signer: &Signer,
        action: &str,
        params: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let mut body = format!("Action={action}&Version=2010-05-08");
        for (name, value) in params {
            body.push_str(&format!("&{name}="));
            for byte in value.bytes() {
                if byte.is_ascii_alphanumeric() {
                    body.push(char::from(byte));
                } else {
                    body.push_str(&format!("%{byte:02X}"));
                }
            }
        }
        self.exchange(&signer.request("iam", "application/x-www-form-urlencoded", None, &body))
    }

    fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.0.get_mut().write_all(request)?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().context("no length")?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
    }
}
