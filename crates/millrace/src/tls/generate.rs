//! A certificate of the server's own making, for owners who have none: a certificate authority that clients are told to trust once, and a certificate
//! of it that is made anew before it expires, or when the server gets other names.
//!
//! ```text
//! data_dir/tls/
//!   ca.pem        for the clients: AWS_CA_BUNDLE, a browser's list of authorities
//!   ca-key.pem    never leaves the process of root's
//!   server.pem    certificate and key, after lines that say for which names, and until when it is used
//! ```

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};

use super::{Pem, read_file};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Browsers take no certificate that is valid for much more than a year.
const VALID: Duration = DAY.saturating_mul(390);
/// Made anew when it is valid for no longer than this.
const RENEW_BEFORE: Duration = DAY.saturating_mul(60);
const CA_VALID: Duration = DAY.saturating_mul(3650);
/// Clocks of clients may be behind.
const BACKDATED: Duration = DAY;

/// Where the authority's certificate is, for clients.
pub(crate) fn ca_path(data_dir: &Path) -> PathBuf {
    data_dir.join("tls/ca.pem")
}

/// The certificate for these names and IP addresses: the one that is there, if it will do.
pub(super) fn certificate(data_dir: &Path, names: &[String]) -> anyhow::Result<Pem> {
    let directory = data_dir.join("tls");
    let path = directory.join("server.pem");
    let now = SystemTime::now();
    if let Ok(text) = read_file(&path)
        && let Some(pem) = still_good(&text, names, now)
        && ca_path(data_dir).exists()
    {
        return Ok(pem);
    }
    let make = || -> anyhow::Result<Pem> {
        DirBuilder::new().mode(0o755).recursive(true).create(&directory)?;
        let issuer = authority(&directory, now)?;
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names.to_vec())?;
        params.distinguished_name = name(names.first().map_or("millrace", String::as_str));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now, VALID);
        let certificate = params.signed_by(&key, &issuer)?;
        let pem = Pem { certificates: certificate.pem(), key: key.serialize_pem() };
        let renew = seconds(now + VALID - RENEW_BEFORE);
        let Pem { certificates, key } = &pem;
        let text = format!("names: {}\nrenew: {renew}\n{certificates}{key}", names.join(" "));
        write(&path, 0o600, &text)?;
        tracing::info!(names = names.join(" "), "made a certificate");
        Ok(pem)
    };
    make().with_context(|| format!("a certificate cannot be made in {}", directory.display()))
}

/// The certificate in `server.pem`, if it is for these names and not to be renewed yet.
fn still_good(text: &str, names: &[String], now: SystemTime) -> Option<Pem> {
    let (first, rest) = text.split_once('\n')?;
    let (second, pem) = rest.split_once('\n')?;
    let renew: u64 = second.strip_prefix("renew: ")?.parse().ok()?;
    if first.strip_prefix("names: ")? != names.join(" ") || seconds(now) >= renew {
        return None;
    }
    let key = pem.find("-----BEGIN PRIVATE KEY-----")?;
    Some(Pem { certificates: pem[..key].to_owned(), key: pem[key..].to_owned() })
}

/// The authority: that of an earlier start, or a new one. All that its certificates say of it follows from its key.
fn authority(directory: &Path, now: SystemTime) -> anyhow::Result<Issuer<'static, KeyPair>> {
    let (path, key_path) = (directory.join("ca.pem"), directory.join("ca-key.pem"));
    let known = path.exists() && key_path.exists();
    let key = if known { KeyPair::from_pem(&read_file(&key_path)?)? } else { KeyPair::generate()? };
    let mut params = CertificateParams::default();
    // Owners of several installations tell their authorities apart.
    let number: String =
        params.key_identifier(&key).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    params.distinguished_name = name(&format!("Millrace CA {number}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    if !known {
        set_validity(&mut params, now, CA_VALID);
        let certificate = params.self_signed(&key)?;
        write(&key_path, 0o600, &key.serialize_pem())?;
        write(&path, 0o644, &certificate.pem())?;
    }
    Ok(Issuer::new(params, key))
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    // As long as X.509 allows.
    name.push(DnType::CommonName, common.chars().take(64).collect::<String>());
    name
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn set_validity(params: &mut CertificateParams, now: SystemTime, valid: Duration) {
    let at = |time| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds(time));
    params.not_before = at(now - BACKDATED);
    params.not_after = at(now + valid);
}

/// The file is there whole or not at all.
fn write(path: &Path, mode: u32, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(mode).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn it_is_made_once_and_again_for_other_names() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let first = certificate(path, &names(&["apps.example.org", "192.0.2.1"])).unwrap();
        let ca = fs::read_to_string(ca_path(path)).unwrap();
        assert_eq!(certificate(path, &names(&["apps.example.org", "192.0.2.1"])).unwrap(), first);
        assert_ne!(certificate(path, &names(&["apps.example.org"])).unwrap(), first);
        assert_eq!(fs::read_to_string(ca_path(path)).unwrap(), ca, "clients go on trusting");
        for (name, mode) in [("ca.pem", 0o644), ("ca-key.pem", 0o600), ("server.pem", 0o600)] {
            assert_eq!(fs::metadata(path.join("tls").join(name)).unwrap().mode() & 0o777, mode);
        }
        super::super::server_config(&first).unwrap();
    }

    #[test]
    fn it_is_renewed_in_time() {
        let directory = tempfile::tempdir().unwrap();
        let wanted = names(&["localhost"]);
        let made = certificate(directory.path(), &wanted).unwrap();
        let text = fs::read_to_string(directory.path().join("tls/server.pem")).unwrap();
        let now = SystemTime::now();
        assert_eq!(still_good(&text, &wanted, now + VALID - RENEW_BEFORE - DAY), Some(made));
        assert_eq!(still_good(&text, &wanted, now + VALID - RENEW_BEFORE + DAY), None);
        assert_eq!(still_good("damaged", &wanted, now), None);
    }
}
