//! Until when a certificate is valid: whoever renews it should learn in time that the renewing has stopped.

use std::time::{Duration, SystemTime};

use anyhow::{Context, anyhow};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::Pem;

const DAY: u64 = 24 * 3600;
/// From so many days before its end on a certificate counts as one that expires soon: who renews at two thirds of 90 or of 47 days has done so by then.
const SOON_DAYS: u64 = 14;

/// How long a certificate is valid from some moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// So many whole days.
    Days(u64),
    /// So many whole days, which are few.
    EndsSoon(u64),
    /// Not any more.
    Expired,
    /// Not yet: the clock may be wrong.
    NotYet,
}

/// Of the server's own certificate, the first one: an authority's that has expired may be left in the file for old clients.
///
/// # Errors
/// It is no certificate.
pub(crate) fn validity(pem: &Pem, now: SystemTime) -> anyhow::Result<Validity> {
    let own = CertificateDer::from_pem_slice(pem.certificates.as_bytes())
        .map_err(|_| anyhow!("the certificate is not PEM"))?;
    let (_, certificate) =
        x509_parser::parse_x509_certificate(&own).context("the certificate cannot be understood")?;
    let at = |time: x509_parser::time::ASN1Time| {
        SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(time.timestamp()).unwrap_or(0))
    };
    let (from, to) = (at(certificate.validity().not_before), at(certificate.validity().not_after));
    if now < from {
        return Ok(Validity::NotYet);
    }
    Ok(match to.duration_since(now).map(|left| left.as_secs() / DAY) {
        Err(_) => Validity::Expired,
        Ok(days) if days < SOON_DAYS => Validity::EndsSoon(days),
        Ok(days) => Validity::Days(days),
    })
}

/// Says in the log what is wrong, and the same thing once.
#[derive(Default)]
pub(super) struct Told(Option<Validity>);

impl Told {
    /// Looks at the certificate that is in use.
    pub(super) fn look(&mut self, pem: &Pem, now: SystemTime) {
        // One that cannot be understood by us, but by rustls, is used as it is.
        let Ok(found) = validity(pem, now) else { return };
        if self.0.replace(found) == Some(found) {
            return;
        }
        match found {
            Validity::Days(_) => {}
            Validity::EndsSoon(days) => {
                tracing::warn!(days, "the certificate expires soon: put a new one in its place");
            }
            Validity::Expired => {
                tracing::error!("the certificate has expired: clients and browsers refuse it");
            }
            Validity::NotYet => tracing::error!("the certificate is not valid yet, or the clock is wrong"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn pem(from_day: u32, to_day: u32) -> Pem {
        let at = |day: u32| date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::from(day) * DAY);
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (at(from_day), at(to_day));
        Pem { certificates: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
    }

    #[test]
    fn the_end_is_seen_coming() {
        let pem = pem(1000, 1090);
        let on = |day: u64| validity(&pem, SystemTime::UNIX_EPOCH + Duration::from_secs(day * DAY)).unwrap();
        assert_eq!(on(999), Validity::NotYet);
        assert_eq!(on(1000), Validity::Days(90));
        assert_eq!(on(1076), Validity::Days(14));
        assert_eq!(on(1077), Validity::EndsSoon(13));
        assert_eq!(on(1090), Validity::EndsSoon(0));
        assert_eq!(on(1091), Validity::Expired);
    }

    #[test]
    fn what_is_no_certificate_is_an_error() {
        let broken = Pem {
            certificates: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into(),
            key: String::new(),
        };
        assert!(validity(&broken, SystemTime::now()).is_err());
    }
}
