//! From a request's parts to its operation.

use http::Request;
use http::request::Parts;
use millrace_wire::{Operation, Protocol, Route, route};

fn parts(method: &str, path: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

const CBOR_PATH: &str = "/service/PhotonAdminProxyService/operation/CreateFleet";
const SMITHY: (&str, &str) = ("smithy-protocol", "rpc-v2-cbor");
const JSON_TYPE: (&str, &str) = ("content-type", "application/x-amz-json-1.1");

#[test]
fn every_operation_is_found_in_both_protocols() {
    for &operation in Operation::ALL {
        let target = format!("PhotonAdminProxyService.{operation}");
        let json = parts("POST", "/", &[("x-amz-target", &target), JSON_TYPE]);
        assert_eq!(route(&json), Ok(Route { protocol: Protocol::Json, operation }));
        let path = format!("/service/PhotonAdminProxyService/operation/{operation}");
        let cbor = parts("POST", &path, &[SMITHY, ("content-type", "application/cbor")]);
        assert_eq!(route(&cbor), Ok(Route { protocol: Protocol::Cbor, operation }));
    }
}

#[test]
fn other_requests_are_refused_in_the_protocol_of_the_client() {
    let check = |method: &str, path: &str, headers: &[(&str, &str)], protocol: Protocol, code: &str| {
        let refusal = route(&parts(method, path, headers)).expect_err("it is refused");
        assert_eq!(
            (refusal.protocol, refusal.error.code().name()),
            (protocol, code),
            "{method} {path} {headers:?}"
        );
    };
    let target = ("x-amz-target", "PhotonAdminProxyService.CreateFleet");
    let unknown = "UnknownOperationException";
    check("POST", "/", &[], Protocol::Json, unknown);
    check("GET", "/", &[target], Protocol::Json, unknown);
    check("POST", "/other", &[target], Protocol::Json, unknown);
    check("POST", "/", &[("x-amz-target", "PhotonAdminProxyService.Create")], Protocol::Json, unknown);
    check("POST", "/", &[("x-amz-target", "OtherService.CreateFleet")], Protocol::Json, unknown);
    check("POST", "/", &[target, target], Protocol::Json, unknown);
    check("POST", "/", &[target, ("content-type", "text/plain")], Protocol::Json, "SerializationException");
    check("POST", CBOR_PATH, &[], Protocol::Cbor, unknown);
    check("POST", CBOR_PATH, &[("smithy-protocol", "rpc-v3")], Protocol::Cbor, unknown);
    check("POST", "/service/Other/operation/CreateFleet", &[SMITHY], Protocol::Cbor, unknown);
    check("POST", &format!("{CBOR_PATH}/"), &[SMITHY], Protocol::Cbor, unknown);
    check("GET", CBOR_PATH, &[SMITHY], Protocol::Cbor, unknown);
    check("POST", CBOR_PATH, &[SMITHY, JSON_TYPE], Protocol::Cbor, "SerializationException");
}
