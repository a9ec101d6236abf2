//! Signatures made by AWS's own signer are accepted; anything changed afterwards is not.

use std::time::{Duration, UNIX_EPOCH};

use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderValue, Request};
use millrace_wire::{ApiError, Timestamp, sigv4};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const BODY: &[u8] = br#"{"Name":"fleet"}"#;
const SIGNED_AT: i64 = 1_795_448_400;

/// What is signed, and how.
struct Signer {
    uri: &'static str,
    service: &'static str,
    token: Option<&'static str>,
    checksum: bool,
}

impl Default for Signer {
    fn default() -> Self {
        Self { uri: "http://127.0.0.1:8080/", service: "appstream", token: None, checksum: false }
    }
}

impl Signer {
    fn sign(&self) -> Parts {
        let credentials = aws_credential_types::Credentials::new(
            "AKIDEXAMPLE",
            SECRET,
            self.token.map(str::to_owned),
            None,
            "test",
        );
        let identity = credentials.into();
        let mut settings = SigningSettings::default();
        if self.checksum {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let signed_at = UNIX_EPOCH + Duration::from_secs(SIGNED_AT.unsigned_abs());
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-west-1")
            .name(self.service)
            .time(signed_at)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let mut request = Request::builder()
            .method("POST")
            .uri(self.uri)
            .header("host", "127.0.0.1:8080")
            .header("x-amz-target", "PhotonAdminProxyService.StartFleet")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-spaces", "  a   b ")
            .body(())
            .unwrap();
        let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let signable = SignableRequest::new("POST", self.uri, headers, SignableBody::Bytes(BODY)).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        instructions.apply_to_request_http1x(&mut request);
        request.into_parts().0
    }
}

fn now(offset_seconds: i64) -> Timestamp {
    Timestamp::from_epoch_seconds(SIGNED_AT + offset_seconds)
}

fn verify(parts: &Parts) -> Result<(), ApiError> {
    sigv4::parse(parts, &["appstream"])?.verify(parts, BODY, SECRET, now(0))
}

/// The code of the refusal of a good request after `change`.
fn refused(change: impl FnOnce(&mut Parts)) -> (&'static str, String) {
    let mut parts = Signer::default().sign();
    verify(&parts).unwrap();
    change(&mut parts);
    let error = verify(&parts).expect_err("it is refused");
    (error.code().name(), error.message().to_owned())
}

fn replace(parts: &mut Parts, from: &str, to: &str) {
    let value = parts.headers[AUTHORIZATION].to_str().unwrap();
    assert!(value.contains(from), "{value}");
    let value = HeaderValue::from_str(&value.replace(from, to)).unwrap();
    parts.headers.insert(AUTHORIZATION, value);
}

#[test]
fn signatures_of_the_official_signer_are_accepted() {
    for uri in [
        "http://127.0.0.1:8080/",
        "http://127.0.0.1:8080/service/PhotonAdminProxyService/operation/StartFleet",
        "http://127.0.0.1:8080/a%20b/c?z=1&a=%C3%A4%20b&a=0&empty",
    ] {
        for token in [None, Some("a token")] {
            for checksum in [false, true] {
                let parts = Signer { uri, token, checksum, ..Signer::default() }.sign();
                let credential = sigv4::parse(&parts, &["appstream"]).unwrap();
                assert_eq!((credential.access_key_id(), credential.region()), ("AKIDEXAMPLE", "eu-west-1"));
                assert_eq!(credential.session_token(), token);
                assert!(!format!("{credential:?}").contains("a token"));
                credential.verify(&parts, BODY, SECRET, now(0)).unwrap();
            }
        }
    }
}

#[test]
fn whatever_is_changed_breaks_the_signature() {
    let changes: [fn(&mut Parts); 8] = [
        |parts| parts.method = http::Method::PUT,
        |parts| parts.uri = "http://127.0.0.1:8080/other".parse().unwrap(),
        |parts| parts.uri = "http://127.0.0.1:8080/?a=b".parse().unwrap(),
        |parts| drop(parts.headers.insert("host", HeaderValue::from_static("other"))),
        |parts| {
            let target = HeaderValue::from_static("PhotonAdminProxyService.DeleteFleet");
            parts.headers.insert("x-amz-target", target);
        },
        |parts| assert!(parts.headers.append("x-amz-target", HeaderValue::from_static("more"))),
        |parts| drop(parts.headers.remove("x-amz-target")),
        |parts| replace(parts, "eu-west-1", "us-east-1"),
    ];
    for change in changes {
        assert_eq!(refused(change).0, "InvalidSignatureException");
    }
    let parts = Signer::default().sign();
    let credential = sigv4::parse(&parts, &["appstream"]).unwrap();
    let message = credential.verify(&parts, b"{}", SECRET, now(0)).unwrap_err();
    assert!(message.message().starts_with("The request signature we calculated does not match"), "{message}");
    assert!(credential.verify(&parts, BODY, "another secret", now(0)).is_err());
    let parts = Signer { checksum: true, ..Signer::default() }.sign();
    assert!(sigv4::parse(&parts, &["appstream"]).unwrap().verify(&parts, b"{}", SECRET, now(0)).is_err());
}

#[test]
fn the_clock_may_be_five_minutes_off() {
    let parts = Signer::default().sign();
    let credential = sigv4::parse(&parts, &["appstream"]).unwrap();
    let at = |offset| credential.verify(&parts, BODY, SECRET, now(offset));
    at(300).unwrap();
    at(-300).unwrap();
    let check = |offset, message: &str| {
        let error = at(offset).unwrap_err();
        assert_eq!((error.code().name(), error.message()), ("InvalidSignatureException", message));
    };
    check(
        301,
        "Signature expired: 20261123T154000Z is now earlier than 20261123T154001Z (20261123T154501Z - 5 min.)",
    );
    check(
        -301,
        "Signature not yet current: 20261123T154000Z is still later than 20261123T153959Z (20261123T153459Z + 5 min.)",
    );
}

#[test]
fn what_is_no_signature_is_named() {
    let check = |change: fn(&mut Parts), code: &str, part: &str| {
        let (refused, message) = refused(change);
        assert!(refused == code && message.contains(part), "{refused}: {message}");
    };
    let incomplete = "IncompleteSignatureException";
    check(
        |parts| drop(parts.headers.remove(AUTHORIZATION)),
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    );
    check(|parts| replace(parts, "Signature=", "Other="), incomplete, "requires 'Signature'");
    check(|parts| replace(parts, "Credential=", "Credential=a/b,Credential="), incomplete, "'Credential'");
    check(|parts| replace(parts, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), incomplete, "algorithm");
    check(|parts| replace(parts, "host;", ""), incomplete, "'Host'");
    check(|parts| replace(parts, ";x-amz-target", ""), incomplete, "'x-amz-target'");
    check(|parts| replace(parts, "/aws4_request", ""), incomplete, "5 slash-delimited");
    check(|parts| drop(parts.headers.remove("x-amz-date")), incomplete, "X-Amz-Date");
    check(
        |parts| drop(parts.headers.insert("x-amz-date", HeaderValue::from_static("today"))),
        incomplete,
        "ISO-8601",
    );
    check(
        |parts| assert!(parts.headers.append(AUTHORIZATION, HeaderValue::from_static("Basic YTpi"))),
        incomplete,
        "once",
    );
    let invalid = "InvalidSignatureException";
    check(|parts| replace(parts, "/appstream/", "/s3/"), invalid, "correct service: 'appstream'");
    check(|parts| replace(parts, "aws4_request", "aws5_request"), invalid, "valid terminator");
    check(|parts| replace(parts, "/20261123/", "/20261122/"), invalid, "Date in Credential scope");
    check(|parts| replace(parts, "Signature=", "Signature=00"), invalid, "does not match");
}

#[test]
fn presigned_and_unsigned_bodies_are_refused() {
    let (code, _) = refused(|parts| {
        parts.headers.remove(AUTHORIZATION);
        parts.uri = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00".parse().unwrap();
    });
    assert_eq!(code, "IncompleteSignatureException");
    for query in ["X-Amz-Signature=00", "a=b&x%2Damz%2dsignature=00", "X-Amz-Signature"] {
        let (code, _) = refused(|parts| parts.uri = format!("/?{query}").parse().unwrap());
        assert_eq!(code, "IncompleteSignatureException", "{query}, beside a header");
    }
    for claim in
        ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ""]
    {
        let mut parts = Signer { checksum: true, ..Signer::default() }.sign();
        parts.headers.insert("x-amz-content-sha256", HeaderValue::from_static(claim));
        let refused = verify(&parts).unwrap_err();
        assert_eq!(refused.code().name(), "InvalidSignatureException");
        assert!(refused.message().contains("X-Amz-Content-Sha256"), "{refused}");
        let mut parts = Signer { checksum: true, ..Signer::default() }.sign();
        parts.headers.append("x-amz-content-sha256", HeaderValue::from_static(claim));
        assert_eq!(
            verify(&parts).unwrap_err().code().name(),
            "InvalidSignatureException",
            "beside the right one"
        );
    }
    let parts = Signer { service: "s3", ..Signer::default() }.sign();
    assert_eq!(verify(&parts).unwrap_err().code().name(), "InvalidSignatureException");
}

proptest::proptest! {
    #[test]
    fn random_headers_do_not_panic(
        fields in "[ -~]{0,80}",
        credential in "[a-zA-Z0-9/é]{0,30}",
        date in "[0-9TZ]{0,18}",
    ) {
        for authorization in [&fields, &format!("AWS4-HMAC-SHA256 {fields}"),
            &format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;{fields}, Signature={fields}")] {
            let mut parts = Signer::default().sign();
            if let Ok(value) = HeaderValue::from_str(authorization) {
                parts.headers.insert(AUTHORIZATION, value);
            }
            parts.headers.insert("x-amz-date", HeaderValue::from_str(&date).unwrap());
            proptest::prop_assert!(verify(&parts).is_err());
        }
    }
}
