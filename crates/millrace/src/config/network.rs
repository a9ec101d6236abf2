//! Where the server is reached: `listen`, `public_url`, `[tls]` and `trusted_proxies`, which must fit together.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use toml::Spanned;

use super::check::resolve;
use super::{ConfigError, Source, Tls, file};

/// What was found.
pub(super) struct Network {
    pub(super) listen: SocketAddr,
    pub(super) public_url: String,
    pub(super) tls: Option<Tls>,
    pub(super) trusted_proxies: Vec<IpNet>,
}

pub(super) fn check(
    source: &Source<'_>,
    listen: &Spanned<String>,
    public_url: Option<Spanned<String>>,
    tls: Option<file::Tls>,
    trusted_proxies: &[Spanned<String>],
) -> Result<Network, ConfigError> {
    let address: SocketAddr = listen.get_ref().parse().map_err(|_| {
        source.error("listen", listen.span(), "must be an IP address and a port, such as \"127.0.0.1:7070\"")
    })?;
    // Without it anybody on the way could read keys, passwords and screens; and browsers give the clipboard and video decoders to secure pages only.
    let tls = if address.ip().is_loopback() { tls } else { Some(tls.unwrap_or_default()) };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let public = match public_url {
        Some(public_url) => parse_public_url(source, &public_url, tls.is_some())?,
        None if address.ip().is_unspecified() => {
            let message =
                "is needed when the server listens on all addresses: under which name do browsers reach it?";
            return Err(source.error("public_url", 0..0, message));
        }
        None => format!("{scheme}://{address}"),
    };
    let tls = tls.map(|tls| certificate(source, tls, &public, address.ip())).transpose()?;
    Ok(Network {
        listen: address,
        public_url: public,
        tls,
        trusted_proxies: networks(source, "trusted_proxies", trusted_proxies)?,
    })
}

fn parse_public_url(
    source: &Source<'_>,
    public_url: &Spanned<String>,
    tls: bool,
) -> Result<String, ConfigError> {
    let wrong = |message: &str| source.error("public_url", public_url.span(), message);
    let malformed = || {
        wrong(
            "must be http:// or https://, a host, and a port if need be, such as \"https://apps.example.org\", without path or query",
        )
    };
    let uri: http::Uri = public_url.get_ref().parse().map_err(|_| malformed())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(malformed());
    };
    let plain_path = uri.path().is_empty() || uri.path() == "/";
    if !matches!(scheme, "http" | "https")
        || !plain_path
        || uri.query().is_some()
        || authority.as_str().contains('@')
        || authority.host().is_empty()
    {
        return Err(malformed());
    }
    if tls && scheme == "http" {
        return Err(wrong("must begin with https://: the port speaks TLS"));
    }
    Ok(format!("{scheme}://{authority}"))
}

fn certificate(
    source: &Source<'_>,
    tls: file::Tls,
    public_url: &str,
    listen: IpAddr,
) -> Result<Tls, ConfigError> {
    match (tls.certificate, tls.key) {
        (Some(certificate), Some(key)) => {
            if let Some(name) = tls.names.first() {
                let message = "is for certificates that the server makes: your own has its names in it";
                return Err(source.error("tls.names", name.span(), message));
            }
            Ok(Tls::Files {
                certificate: resolve(source, certificate.into_inner()),
                key: resolve(source, key.into_inner()),
            })
        }
        (None, None) => Ok(Tls::Generated { names: names(source, &tls.names, public_url, listen)? }),
        (Some(present), None) | (None, Some(present)) => {
            let message =
                "certificate and key are needed together; without both, the server makes a certificate";
            Err(source.error("tls", present.span(), message))
        }
    }
}

/// All that clients may call this server.
fn names(
    source: &Source<'_>,
    configured: &[Spanned<String>],
    public_url: &str,
    listen: IpAddr,
) -> Result<Vec<String>, ConfigError> {
    let public: Option<http::Uri> = public_url.parse().ok();
    let host = public.as_ref().and_then(http::Uri::host).unwrap_or_default();
    let mut names = vec![host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase()];
    for (index, name) in configured.iter().enumerate() {
        let text = name.get_ref().to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte);
        let is_name = (1..=253).contains(&text.len()) && text.bytes().all(plain);
        if !is_name && text.parse::<IpAddr>().is_err() {
            let message =
                "must be a host name or an IP address, such as \"apps.example.org\" or \"192.0.2.1\"";
            return Err(source.error(format!("tls.names[{index}]"), name.span(), message));
        }
        names.push(text);
    }
    if !listen.is_unspecified() {
        names.push(listen.to_string());
    }
    names.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned));
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(names)
}

/// Networks, or single addresses, under this key.
pub(super) fn networks(
    source: &Source<'_>,
    key: &str,
    networks: &[Spanned<String>],
) -> Result<Vec<IpNet>, ConfigError> {
    let network = |(index, written): (usize, &Spanned<String>)| {
        let text = written.get_ref();
        let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        network.ok_or_else(|| {
            let message = "must be an IP address or a network, such as \"127.0.0.1\" or \"10.0.0.0/8\"";
            source.error(format!("{key}[{index}]"), written.span(), message)
        })
    };
    networks.iter().enumerate().map(network).collect()
}
