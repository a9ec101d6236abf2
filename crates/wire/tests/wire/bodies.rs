//! Bodies byte for byte.

use millrace_wire::operations::{CreateFleet, DeleteFleet, DescribeSessions};
use millrace_wire::shapes::{
    CreateFleetRequest, DeleteFleetResult, DescribeSessionsResult, FleetType, Session, SessionState,
};
use millrace_wire::{Op, Protocol, Timestamp, decode, decode_reply, encode};

fn sessions(start: Timestamp) -> DescribeSessionsResult {
    let mut session = Session::new("i", "u", "s", "f", SessionState::Active);
    session.start_time = Some(start);
    DescribeSessionsResult { sessions: Some(vec![session]), ..Default::default() }
}

#[test]
fn indefinite_maps_and_strings_are_read() {
    // {_ "Name": (_ "fl", "eet"), "InstanceType": "s", "FleetType": "ON_DEMAND", "Tags": {_ "a": "b"}, "Names": [_ 1]}
    let body = b"\xbf\x64Name\x7f\x62fl\x63eet\xff\x6cInstanceType\x61s\x69FleetType\x69ON_DEMAND\
                 \x64Tags\xbf\x61a\x61b\xff\x65Names\x9f\x01\xff\xff";
    let input: CreateFleetRequest = decode::<<CreateFleet as Op>::Input>(Protocol::Cbor, body).unwrap();
    assert_eq!((input.name.as_str(), input.instance_type.as_str()), ("fleet", "s"));
    assert_eq!(input.fleet_type, Some(FleetType::OnDemand));
    assert_eq!(input.tags, Some([("a".to_owned(), "b".to_owned())].into()));
}

#[test]
fn timestamps_have_tag_1_in_cbor() {
    let check = |milliseconds: i64, time: &[u8]| {
        let sessions = sessions(Timestamp::from_epoch_milliseconds(milliseconds));
        let body = encode(Protocol::Cbor, &sessions).unwrap();
        let mut expected =
            b"\xa1\x68Sessions\x81\xa6\x69FleetName\x61f\x62Id\x61i\x69StackName\x61s\x69StartTime".to_vec();
        expected.extend_from_slice(time);
        expected.extend_from_slice(b"\x65State\x66ACTIVE\x66UserId\x61u");
        assert_eq!(body, expected);
        let read: <DescribeSessions as Op>::Output = decode_reply(Protocol::Cbor, &body).unwrap();
        assert_eq!(read, sessions);
    };
    check(1_795_448_400_000, b"\xc1\x1a\x6b\x04\x5e\x50");
    let fraction: f64 = 1_795_448_400.123;
    check(1_795_448_400_123, &[&b"\xc1\xfb"[..], &fraction.to_be_bytes()].concat());
}

#[test]
fn timestamps_are_numbers_in_json() {
    let check = |milliseconds: i64, time: &str| {
        let body =
            encode(Protocol::Json, &sessions(Timestamp::from_epoch_milliseconds(milliseconds))).unwrap();
        let expected = format!(
            r#"{{"Sessions":[{{"FleetName":"f","Id":"i","StackName":"s","StartTime":{time},"State":"ACTIVE","UserId":"u"}}]}}"#
        );
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    };
    check(1_795_448_400_000, "1795448400");
    check(1_795_448_400_123, "1795448400.123");
    check(1_795_448_400_001, "1795448400.001");
}

#[test]
fn empty_outputs_are_empty_maps() {
    let empty: <DeleteFleet as Op>::Output = DeleteFleetResult {};
    assert_eq!(encode(Protocol::Json, &empty).unwrap(), b"{}");
    assert_eq!(encode(Protocol::Cbor, &empty).unwrap(), b"\xa0");
}

#[test]
fn every_kind_of_cbor_time_is_read() {
    let check = |time: &[u8], milliseconds: i64| {
        let body = [
            b"\xa1\x68Sessions\x81\xbf\x69FleetName\x61f\x62Id\x61i\x69StackName\x61s\x65State\x66ACTIVE\
                      \x66UserId\x61u\x69StartTime",
            time,
            b"\xff",
        ]
        .concat();
        let read: DescribeSessionsResult = decode_reply(Protocol::Cbor, &body).unwrap();
        assert_eq!(read, sessions(Timestamp::from_epoch_milliseconds(milliseconds)));
    };
    check(b"\xc1\x01", 1000);
    check(b"\x01", 1000);
    check(b"\xc1\xf9\x3e\x00", 1500);
    check(b"\xc1\xfa\x3f\xc0\x00\x00", 1500);
    check(b"\xc1\x20", -1000);
}
