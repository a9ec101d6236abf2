//! Bodies that are broken, by accident or on purpose: an error, never a panic.

use millrace_wire::{Operation, Protocol, validate_only};
use proptest::prelude::{Strategy, any, prop, proptest};
use serde_json::json;

use crate::samples;

fn code(protocol: Protocol, body: &[u8]) -> Option<&'static str> {
    validate_only(Operation::CreateFleet, protocol, body).err().map(|error| error.code().name())
}

#[test]
fn broken_bodies_are_serialization_errors() {
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let json: [&[u8]; 9] = [
        b"{",
        b"[]",
        b"null",
        b"7",
        b"{} {}",
        b"{\"Name\":\"\xff\"}",
        b"{\"Name\":\"\\ud800\"}",
        b"{\"Name\":NaN}",
        &deep,
    ];
    for body in json {
        assert_eq!(
            code(Protocol::Json, body),
            Some("SerializationException"),
            "{:?}",
            &body[..body.len().min(40)]
        );
    }
    let deep = vec![0x81; 100_000];
    let cbor: [&[u8]; 16] = [
        b"\xbf",
        b"\x80",
        b"\xf6",
        b"\x07",
        b"\xa0\xa0",
        b"\xff",
        // {"Name": bytes}, {1: 2}, {"Name": undefined}, a string that is not UTF-8, one that is longer than the body
        b"\xa1\x64Name\x41a",
        b"\xa1\x01\x02",
        b"\xa1\x64Name\x61\xff",
        b"\xa1\x64Name\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
        // a list and a map that say they are huge, a tag as the name, a negative beyond 64 bits
        b"\xa1\x64Name\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\xa1\x64Name\xc1\x01",
        b"\xa1\x78\x18DisconnectTimeoutSeconds",
        b"\xa1\x78\x1aDisconnectTimeoutInSeconds\x3b\xff\xff\xff\xff\xff\xff\xff\xff",
        &deep,
    ];
    for body in cbor {
        assert_eq!(
            code(Protocol::Cbor, body),
            Some("SerializationException"),
            "{:x?}",
            &body[..body.len().min(40)]
        );
    }
}

#[test]
fn a_body_cut_anywhere_is_a_serialization_error() {
    let body =
        json!({ "Name": "a", "InstanceType": "b", "Tags": { "c": "d" }, "UsbDeviceFilterStrings": [] });
    for protocol in samples::PROTOCOLS {
        let whole = samples::bytes(protocol, &body);
        assert_eq!(code(protocol, &whole), None);
        for end in 1..whole.len() {
            assert_eq!(code(protocol, &whole[..end]), Some("SerializationException"), "{protocol:?} {end}");
        }
    }
}

/// A body that was right until some bytes were changed: it gets further in than random bytes do.
fn mutated() -> impl Strategy<Value = (Operation, Protocol, Vec<u8>)> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    (prop::sample::select(Operation::ALL), prop::sample::select(&samples::PROTOCOLS[..]), changes).prop_map(
        |(operation, protocol, changes)| {
            let mut bytes = samples::bytes(protocol, &samples::structure(operation.input_structure()));
            for (index, byte) in changes {
                let index = index.index(bytes.len());
                bytes[index] = byte;
            }
            (operation, protocol, bytes)
        },
    )
}

proptest! {
    #[test]
    fn random_bytes_do_not_panic(
        operation in prop::sample::select(Operation::ALL),
        body in prop::collection::vec(any::<u8>(), 0..200),
        major in opening(),
    ) {
        for protocol in samples::PROTOCOLS {
            let _ = validate_only(operation, protocol, &body);
            let _ = validate_only(operation, protocol, &[&[major], &body[..]].concat());
        }
    }

    #[test]
    fn changed_bytes_do_not_panic((operation, protocol, body) in mutated()) {
        if let Err(error) = validate_only(operation, protocol, &body) {
            assert!(["SerializationException", "ValidationException"].contains(&error.code().name()), "{error}");
        }
    }
}

/// The first byte of a map or list, or a brace: otherwise most random bodies end at once.
fn opening() -> impl Strategy<Value = u8> {
    prop::sample::select(vec![0xbf, 0xa2, 0x9f, 0x83, 0xc1, b'{', b'['])
}
