//! Requests that do not come as far as an operation.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use super::harness::Installation;
use crate::{LONGEST_BODY_BYTES, NoBody};

fn request(protocol: &str, body: Vec<u8>) -> Request<Bytes> {
    let request = match protocol {
        "json" => Request::post("/").header("x-amz-target", "PhotonAdminProxyService.CreateStack"),
        _ => Request::post("/service/PhotonAdminProxyService/operation/CreateStack")
            .header("smithy-protocol", "rpc-v2-cbor"),
    };
    request.body(Bytes::from(body)).unwrap()
}

/// Status and error of a response, which has all that every response has.
fn error(protocol: &str, response: &Response<Bytes>) -> (u16, String) {
    let id = response.headers()["x-amzn-requestid"].to_str().unwrap();
    assert!(uuid::Uuid::try_parse(id).is_ok(), "{id}");
    assert_eq!(response.headers().contains_key("smithy-protocol"), protocol == "cbor");
    let body: Value = match protocol {
        "json" => serde_json::from_slice(response.body()).unwrap(),
        _ => ciborium::from_reader(&response.body()[..]).unwrap(),
    };
    assert!(!body["message"].as_str().unwrap().is_empty());
    let name = body["__type"].as_str().unwrap();
    (response.status().as_u16(), name.rsplit('#').next().unwrap().to_owned())
}

#[tokio::test]
async fn bodies_that_do_not_come_whole() {
    let installation = Installation::new().await;
    for protocol in ["json", "cbor"] {
        let parts = request(protocol, Vec::new()).into_parts().0;
        for (why, status, name) in [
            (NoBody::TooLong, 413, "RequestEntityTooLargeException"),
            (NoBody::Broken, 400, "SerializationException"),
            (NoBody::Late, 408, "RequestTimeoutException"),
        ] {
            let refused = installation.control.refuse(&parts, why).await;
            assert_eq!(error(protocol, &refused), (status, name.to_owned()), "{protocol} {why:?}");
        }
        let long = installation.control.handle(request(protocol, vec![b' '; LONGEST_BODY_BYTES + 1])).await;
        assert_eq!(error(protocol, &long), (413, "RequestEntityTooLargeException".to_owned()));
        let unsigned = installation.control.handle(request(protocol, vec![b' '; LONGEST_BODY_BYTES])).await;
        assert_eq!(error(protocol, &unsigned), (400, "MissingAuthenticationTokenException".to_owned()));
    }
}
