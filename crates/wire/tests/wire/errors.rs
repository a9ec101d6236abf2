//! Error answers in both protocols.

use millrace_wire::{ApiError, ErrorCode, Operation, Protocol, respond};
use serde_json::{Value, json};

fn header<'a>(response: &'a http::Response<bytes::Bytes>, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[test]
fn json_errors() {
    let response = ApiError::resource_not_found("No such fleet.").render(Protocol::Json, "id-1");
    assert_eq!(response.status(), 404);
    assert_eq!(header(&response, "content-type"), Some("application/x-amz-json-1.1"));
    assert_eq!(header(&response, "x-amzn-requestid"), Some("id-1"));
    assert_eq!(header(&response, "x-amzn-errortype"), Some("ResourceNotFoundException"));
    assert_eq!(header(&response, "smithy-protocol"), None);
    assert_eq!(
        serde_json::from_slice::<Value>(response.body()).unwrap(),
        json!({ "__type": "ResourceNotFoundException", "Message": "No such fleet.", "message": "No such fleet." })
    );
}

#[test]
fn cbor_errors() {
    let response = ApiError::validation("Wrong.").render(Protocol::Cbor, "id-2");
    assert_eq!(response.status(), 400);
    assert_eq!(header(&response, "content-type"), Some("application/cbor"));
    assert_eq!(header(&response, "smithy-protocol"), Some("rpc-v2-cbor"));
    assert_eq!(
        ciborium::from_reader::<Value, _>(&response.body()[..]).unwrap(),
        json!({ "__type": "com.amazonaws.appstream#ValidationException", "message": "Wrong." })
    );
}

#[test]
fn successes() {
    let response = respond(Protocol::Cbor, "id-3", vec![0xa0]);
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "smithy-protocol"), Some("rpc-v2-cbor"));
    assert_eq!(header(&respond(Protocol::Json, "id-4", Vec::new()), "x-amzn-requestid"), Some("id-4"));
}

#[test]
fn statuses_are_those_of_the_model() {
    for code in ErrorCode::ALL {
        let expected = match code.name() {
            "ResourceNotFoundException" => 404,
            "DryRunOperationException" => 412,
            "RequestEntityTooLargeException" => 413,
            "RequestTimeoutException" => 408,
            "InternalFailure" => 500,
            "ServiceUnavailable" => 503,
            _ => 400,
        };
        assert_eq!(code.http_status(), expected, "{code}");
    }
}

#[test]
fn operations_know_their_errors() {
    assert_eq!(Operation::ALL.len(), 90);
    assert_eq!(Operation::ExpireSession.errors(), []);
    assert_eq!(
        Operation::StopFleet.errors(),
        [ErrorCode::ConcurrentModification, ErrorCode::ResourceNotFound]
    );
    assert!(Operation::CreateImportedImage.errors().contains(&ErrorCode::DryRunOperation));
}
