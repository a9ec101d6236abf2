//! The API: routing, signatures, bodies in both protocols.

use std::fmt::Debug;

use millrace_wire::{
    ApiError, Op, Operation, Protocol, Timestamp, WireShape, decode, decode_reply, encode, operations, sigv4,
    validate_only,
};

use crate::http_text;

/// An error's message may quote what is wrong, but not all of a body. AWS quotes whole values; bodies have at most 1 MiB.
const LONGEST_MESSAGE: usize = 64 << 10;
/// What any clock says here.
const NOW: i64 = 1_760_000_000_000;

pub(super) fn json(input: &[u8]) {
    body(Protocol::Json, input);
}

pub(super) fn cbor(input: &[u8]) {
    body(Protocol::Cbor, input);
}

/// The first byte chooses the operation, the rest is the body.
fn body(protocol: Protocol, input: &[u8]) {
    let Some((&choice, body)) = input.split_first() else { return };
    let operation = Operation::ALL[usize::from(choice) % Operation::ALL.len()];
    match validate_only(operation, protocol, body) {
        Ok(()) => {}
        Err(error) => told(&error, protocol),
    }
    // The operations whose inputs say most.
    match choice % 6 {
        0 => typed::<operations::CreateFleet>(protocol, body),
        1 => typed::<operations::UpdateStack>(protocol, body),
        2 => typed::<operations::CreateStreamingURL>(protocol, body),
        3 => typed::<operations::TagResource>(protocol, body),
        4 => typed::<operations::CreateApplication>(protocol, body),
        _ => typed::<operations::DescribeImages>(protocol, body),
    }
}

/// Reading the type and only checking agree, and what was read is the same after a journey through either protocol.
fn typed<O: Op<Input: PartialEq + Debug>>(protocol: Protocol, body: &[u8]) {
    let checked = validate_only(O::OPERATION, protocol, body);
    match decode::<O::Input>(protocol, body) {
        Ok(value) => {
            assert_eq!(checked, Ok(()));
            for way in [Protocol::Json, Protocol::Cbor] {
                let bytes = encode(way, &value).expect("what was read can be written");
                assert_eq!(decode::<O::Input>(way, &bytes).as_ref(), Ok(&value), "{way:?}");
            }
        }
        Err(error) => {
            told(&error, protocol);
            assert!(checked.is_err(), "checked: {checked:?}, read: {error}");
        }
    }
    reply::<O::Input>(protocol, body);
}

/// As the constraints do not matter, more gets through here.
fn reply<T: WireShape + PartialEq + Debug>(protocol: Protocol, body: &[u8]) {
    if let Ok(value) = decode_reply::<T>(protocol, body) {
        let bytes = encode(protocol, &value).expect("what was read can be written");
        assert_eq!(decode_reply::<T>(protocol, &bytes), Ok(value));
    }
}

/// An error is one of those that a shape can have, and its answer can be written.
fn told(error: &ApiError, protocol: Protocol) {
    assert!(["SerializationException", "ValidationException"].contains(&error.code().as_str()), "{error}");
    assert!(error.message().len() <= LONGEST_MESSAGE, "a message of {} bytes", error.message().len());
    let answer = error.render(protocol, "00000000-0000-0000-0000-000000000000");
    assert_eq!(answer.status(), 400);
    assert!(!answer.body().is_empty());
}

pub(super) fn routing(input: &[u8]) {
    let Some(request) = http_text::request(input) else { return };
    let (parts, _) = request.into_parts();
    match millrace_wire::route(&parts) {
        Ok(route) => {
            assert_eq!(parts.method, http::Method::POST);
            let name = route.operation.as_str();
            let named = match route.protocol {
                Protocol::Json => {
                    parts.headers["x-amz-target"].to_str().is_ok_and(|target| target.ends_with(name))
                }
                Protocol::Cbor => parts.uri.path().ends_with(name),
            };
            assert!(named, "{name} is nowhere in the request");
        }
        Err(refusal) => {
            assert!(!refusal.error.message().is_empty());
            let _ = refusal.error.render(refusal.protocol, "00000000-0000-0000-0000-000000000000");
        }
    }
}

/// Nobody guesses a signature; and a message never tells the right one.
pub(super) fn signature(input: &[u8]) {
    let Some(request) = http_text::request(input) else { return };
    let (parts, body) = request.into_parts();
    let error = match sigv4::parse(&parts, &["appstream", "iam", "sts"]) {
        Ok(credential) => {
            assert!(!credential.access_key_id().is_empty());
            // Signed "now", whatever the request says, so that the time is no reason to refuse.
            let times = [NOW, 1_700_000_000_000, 0, i64::MAX, i64::MIN];
            let refused = times.map(|now| {
                let now = Timestamp::from_epoch_milliseconds(now);
                credential.verify(&parts, &body, "the secret of the fuzzer's account", now)
            });
            for refusal in &refused {
                assert!(refusal.is_err(), "a signature was forged");
            }
            let [Err(error), ..] = refused else { return };
            error
        }
        Err(error) => error,
    };
    assert_eq!(error.render(Protocol::Json, "").status(), 400);
    assert!(error.message().len() <= LONGEST_MESSAGE, "a message of {} bytes", error.message().len());
}
