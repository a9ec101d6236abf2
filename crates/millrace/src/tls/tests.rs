use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;

/// A certificate for localhost that clients trust as it is.
pub(crate) fn self_signed() -> Pem {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    Pem { certificates: certificate.pem(), key: key.serialize_pem() }
}

/// A client's connection to a server that shows this certificate.
pub(crate) async fn connect(stream: TcpStream, pem: &Pem) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.certificates.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

struct Changing(Mutex<Result<Pem, String>>);

#[async_trait]
impl Files for Changing {
    async fn tls(&self) -> Result<Pem, String> {
        self.0.lock().unwrap().clone()
    }

    async fn remove_admin_socket(&self) -> Result<(), String> {
        Ok(())
    }
}

#[tokio::test]
async fn a_new_certificate_is_taken_and_a_bad_one_is_not() {
    install_provider();
    let (first, second) = (self_signed(), self_signed());
    let files = Changing(Mutex::new(Ok(first.clone())));
    let certificates = Certificates::load(&files).await.unwrap();
    let shown = || certificates.lock().0.clone();
    for (found, expected) in [
        (Err("gone".to_owned()), &first),
        (Ok(Pem { key: second.key.clone(), ..first.clone() }), &first),
        (Ok(Pem { key: String::new(), ..second.clone() }), &first),
        (Ok(second.clone()), &second),
    ] {
        *files.0.lock().unwrap() = found;
        certificates.look_again(&files).await;
        assert_eq!(&shown(), expected);
    }
}

#[test]
fn what_is_wrong_is_said_without_the_key() {
    install_provider();
    let good = self_signed();
    let message = |certificates: &str, key: &str| {
        let pem = Pem { certificates: certificates.into(), key: key.into() };
        format!("{:#}", server_config(&pem).unwrap_err())
    };
    assert!(message("nothing", &good.key).contains("no certificate"));
    assert!(message(&good.certificates, "secret").contains("no private key"));
    assert!(!message(&good.certificates, "secret").contains("secret"));
    assert!(message(&good.certificates, &self_signed().key).contains("together"));
    assert_eq!(format!("{good:?}"), "Pem(…)");
}
