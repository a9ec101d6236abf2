//! The bytes of every message: against the golden file that the web client's tests read too, and against random values and bytes.
//!
//! `UPDATE_GOLDEN=1 cargo test -p millrace-stream` writes the golden file anew after a change of the protocol.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::path::Path;

use millrace_stream::clipboard::ClipboardPart;
use millrace_stream::frame::{FrameHeader, FrameWriter, Operation, Rect, TileCodec};
use millrace_stream::framing::Deframer;
use millrace_stream::launch::{LauncherCommand, LauncherReport};
use millrace_stream::message::{
    AgentMessage, AgentRequest, ApplicationPhase, ApplicationState, ClientMessage, Credential, Cursor,
    EndedReason, Hello, Input, InputEvent, NoticeKind, ScreenSize, ServerMessage, SessionMessage,
    StartApplication, WindowAction, WindowState,
};
use millrace_stream::wire::{MAX_FROM_AGENT_BYTES, MAX_TO_AGENT_BYTES, ProtocolError};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const SIZE: ScreenSize = ScreenSize { width: 1280, height: 720, scale_percent: 150 };

fn input(event: InputEvent) -> ClientMessage {
    let input = Input { sequence: 7, time: 1_760_000_000_123_456, event };
    ClientMessage::Session(SessionMessage::Input(input))
}

fn part(text: &str) -> ClipboardPart {
    ClipboardPart { first: true, last: false, text: text.into() }
}

fn client_messages() -> Vec<(&'static str, ClientMessage)> {
    let hello = |credential| ClientMessage::Hello(Hello { version: 1, credential, size: SIZE });
    vec![
        ("hello_grant", hello(Credential::Grant("eyJ9.c2ln".into()))),
        ("hello_resume", hello(Credential::ResumeToken("Größe".into()))),
        ("launch", ClientMessage::Launch { name: "editor".into() }),
        ("end", ClientMessage::End),
        ("pointer_move", input(InputEvent::PointerMove { x: 640, y: 359 })),
        ("pointer_button", input(InputEvent::PointerButton { x: 1, y: 2, button: 9, pressed: true })),
        ("wheel", input(InputEvent::Wheel { x: 1, y: 2, dx: -120, dy: 240 })),
        ("key", input(InputEvent::Key { code: 30, pressed: false })),
        ("release_all", input(InputEvent::ReleaseAll)),
        ("text", input(InputEvent::Text { text: "ä€你\n".into() })),
        (
            "frame_ack",
            ClientMessage::Session(SessionMessage::FrameAck {
                frame: 3,
                received: 1_760_000_000_000_001,
                decoded: 1_760_000_000_000_002,
                presented: 1_760_000_000_000_003,
            }),
        ),
        ("refresh", ClientMessage::Session(SessionMessage::Refresh)),
        ("resize", ClientMessage::Session(SessionMessage::Resize(SIZE))),
        ("decoders", ClientMessage::Session(SessionMessage::Decoders { h264: true })),
        ("clipboard", ClientMessage::Session(SessionMessage::Clipboard(part("ä\n")))),
        (
            "window",
            ClientMessage::Session(SessionMessage::Window { id: 0x0040_0007, action: WindowAction::Close }),
        ),
        ("ping", ClientMessage::Session(SessionMessage::Ping { nonce: 0xdead_beef, time: 5 })),
    ]
}

fn header() -> FrameHeader {
    FrameHeader {
        frame: 258,
        last_part: true,
        whole_picture: true,
        input_sequence: 7,
        input_time: 1_760_000_000_123_456,
        injected: 11,
        damaged: 12,
        captured: 13,
        encoded: 14,
    }
}

fn operations() -> [Operation<'static>; 7] {
    let to = Rect { x: 64, y: 32, width: 2, height: 1 };
    [
        Operation::Copy { source_x: 0, source_y: 16, to: Rect { x: 0, y: 0, width: 1280, height: 704 } },
        Operation::Fill { to, colour: [0xeb, 0xe1, 0x3c] },
        // zstd frames written by hand: a raw block of 8 and of 2 bytes.
        Operation::Tile {
            to,
            codec: TileCodec::Zstd,
            data: b"\x28\xb5\x2f\xfd\x20\x08\x41\x00\x00\x01\x02\x03\xff\x04\x05\x06\xff",
        },
        Operation::Tile {
            to,
            codec: TileCodec::Palette,
            data: b"\x01\x01\x02\x03\x04\x05\x06\x28\xb5\x2f\xfd\x20\x02\x11\x00\x00\x00\x01",
        },
        // Nobody but a decoder looks into a JPEG.
        Operation::Tile { to, codec: TileCodec::Jpeg, data: b"\xff\xd8\xff\xd9" },
        // Nor into a picture of H.264.
        Operation::Video {
            to: Rect { x: 32, y: 64, width: 640, height: 360 },
            begins: true,
            data: b"\x00\x00\x00\x01\x67",
        },
        Operation::EndVideo { to: Rect { x: 32, y: 64, width: 640, height: 360 } },
    ]
}

fn frame_bytes(header: FrameHeader, operations: &[Operation<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = FrameWriter::new(header);
    for operation in operations {
        writer.push(operation, header.encoded, &mut out).unwrap();
    }
    writer.finish(header.encoded, &mut out).unwrap();
    out.split_off(4)
}

fn windows() -> Vec<WindowState> {
    let window = |id, application, active, minimised, title: &str| WindowState {
        id,
        application,
        active,
        minimised,
        title: title.into(),
    };
    vec![window(7, 1, true, false, "Größe – Editor"), window(8, 0, false, true, "")]
}

fn server_messages(frame: &[u8]) -> Vec<(&'static str, ServerMessage<'_>)> {
    let cursor =
        Cursor { width: 2, height: 1, hotspot_x: 1, hotspot_y: 0, rgba: &[1, 2, 3, 255, 4, 5, 6, 0] };
    let hidden = Cursor { width: 0, height: 0, hotspot_x: 0, hotspot_y: 0, rgba: &[] };
    let application =
        ApplicationState { id: 2, phase: ApplicationPhase::Exited, status: -1, message: "ended".into() };
    let agent = ServerMessage::Agent;
    vec![
        ("welcome", ServerMessage::Welcome { json: r#"{"stack":"Desk"}"#.into() }),
        (
            "ended",
            ServerMessage::Ended {
                reason: EndedReason::TakenOver,
                message: "elsewhere".into(),
                redirect_url: String::new(),
            },
        ),
        ("notice", ServerMessage::Notice { kind: NoticeKind::Time, seconds: 300 }),
        ("agent_clipboard", agent(AgentMessage::Clipboard(ClipboardPart { last: true, ..part("€") }))),
        ("screen", agent(AgentMessage::Screen { width: 1280, height: 720 })),
        ("frame", agent(AgentMessage::decode(frame).unwrap())),
        ("cursor", agent(AgentMessage::Cursor(cursor))),
        ("cursor_hidden", agent(AgentMessage::Cursor(hidden))),
        ("pong", agent(AgentMessage::Pong { nonce: 1, time: 2, agent_time: 3 })),
        ("application", agent(AgentMessage::Application(application))),
        ("windows", agent(AgentMessage::Windows(windows()))),
        ("no_windows", agent(AgentMessage::Windows(Vec::new()))),
        ("launching", ServerMessage::Launching { id: 4097, name: "editor".into() }),
    ]
}

#[test]
fn golden() {
    let mut golden = Map::new();
    for (name, message) in client_messages() {
        let mut bytes = Vec::new();
        message.encode(&mut bytes).unwrap();
        assert_eq!(ClientMessage::decode(&bytes).unwrap(), message, "{name}");
        golden.insert(name.into(), json!({"from": "browser", "hex": hex::encode(bytes), "fields": message}));
    }
    let frame = frame_bytes(header(), &operations());
    for (name, message) in server_messages(&frame) {
        let mut bytes = Vec::new();
        message.encode(&mut bytes).unwrap();
        assert_eq!(ServerMessage::decode(&bytes).unwrap(), message, "{name}");
        golden.insert(name.into(), json!({"from": "gateway", "hex": hex::encode(bytes), "fields": message}));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/messages.json");
    let golden = Value::Object(golden);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&golden).unwrap() + "\n").unwrap();
    }
    // Compared as values: the order of fields in the text depends on serde_json's features, which the workspace unites.
    let expected: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(golden == expected, "the bytes changed: see {} (UPDATE_GOLDEN=1 writes it anew)", path.display());
}

#[test]
fn what_only_the_gateway_sends_round_trips() {
    let application = StartApplication {
        id: 1,
        argv: vec!["/bin/true".into(), String::new()],
        environment: vec!["A=".into(), "B=c=d".into()],
        working_directory: "/".into(),
    };
    let requests = [
        AgentRequest::Attach { version: 1, secret: vec![1; 32], size: SIZE },
        AgentRequest::Probe { version: 1, secret: vec![] },
        AgentRequest::Prepare { version: 1, secret: vec![2; 32], application: application.clone() },
        AgentRequest::StartApplication(application.clone()),
        AgentRequest::AdoptApplication(application),
        AgentRequest::EndPrepared,
        AgentRequest::Session(SessionMessage::Refresh),
    ];
    for request in requests {
        let mut bytes = Vec::new();
        request.encode_framed(&mut bytes).unwrap();
        assert_eq!(AgentRequest::decode(&bytes[4..]).unwrap(), request);
    }
    let ready = AgentMessage::Ready { agent_version: "0.1.0".into(), width: 1, height: 2 };
    let mut bytes = Vec::new();
    ready.encode(&mut bytes).unwrap();
    assert_eq!(AgentMessage::decode(&bytes).unwrap(), ready);
    assert_eq!(ServerMessage::decode(&bytes), Err(ProtocolError::UnknownType(0x89)));
}

#[test]
fn values_out_of_range_are_refused() {
    let refused = |hex: &str| ClientMessage::decode(&hex::decode(hex).unwrap()).unwrap_err();
    assert_eq!(refused(""), ProtocolError::Truncated);
    assert_eq!(refused("99"), ProtocolError::UnknownType(0x99));
    assert_eq!(refused("02"), ProtocolError::UnknownType(0x02));
    assert_eq!(refused("5000"), ProtocolError::LeftOver);
    // A key: sequence 0, code 0, code 248, pressed 2.
    let key =
        |sequence: &str, code: &str, pressed: &str| refused(&format!("13{sequence}{:016}{code}{pressed}", 0));
    assert_eq!(key("00000000", "1e00", "01"), ProtocolError::OutOfRange("sequence"));
    assert_eq!(key("01000000", "0000", "01"), ProtocolError::OutOfRange("code"));
    assert_eq!(key("01000000", "f800", "01"), ProtocolError::OutOfRange("code"));
    assert_eq!(key("01000000", "1e00", "02"), ProtocolError::OutOfRange("pressed"));
    // The wheel's buttons are not buttons; a page has a size.
    assert_eq!(refused(&format!("1101000000{:016}000000000401", 0)), ProtocolError::OutOfRange("button"));
    // A text has at least one character and at most 1024 bytes, and no control characters but line feed and tab.
    let text = |bytes: &[u8]| {
        let length = u16::try_from(bytes.len()).unwrap().to_le_bytes();
        refused(&format!("1501000000{:016}{}{}", 0, hex::encode(length), hex::encode(bytes)))
    };
    for bad in [&b""[..], &[b'x'; 1025], b"a\x1b", b"\r", b"\x7f", "\u{85}".as_bytes()] {
        assert_eq!(text(bad), ProtocolError::OutOfRange("text"));
    }
    assert_eq!(text(b"\xff"), ProtocolError::NotUtf8);
    assert_eq!(refused("2200000100640a"), ProtocolError::OutOfRange("width"));
    assert_eq!(refused("2302"), ProtocolError::OutOfRange("decoders"));
    let long = vec![0; MAX_TO_AGENT_BYTES + 1];
    assert_eq!(ClientMessage::decode(&long), Err(ProtocolError::TooLong));
    let long = vec![0; MAX_FROM_AGENT_BYTES + 1];
    assert_eq!(ServerMessage::decode(&long), Err(ProtocolError::TooLong));
    // A text that is too long for its length is refused before it is sent.
    assert!(ClientMessage::Launch { name: "x".repeat(65_536) }.encode(&mut Vec::new()).is_err());
}

#[test]
fn windows_out_of_range_are_refused() {
    let encoded = |windows: Vec<WindowState>| {
        let mut bytes = Vec::new();
        AgentMessage::Windows(windows).encode(&mut bytes).unwrap();
        bytes
    };
    let decode = |bytes: &[u8]| AgentMessage::decode(bytes).map(drop);
    let one = windows().swap_remove(0);
    let many = |count| encoded(vec![one.clone(); count]);
    assert_eq!(decode(&many(256)), Ok(()));
    assert_eq!(decode(&many(257)), Err(ProtocolError::OutOfRange("windows")));
    let long = WindowState { title: "x".repeat(513), ..one.clone() };
    assert_eq!(decode(&encoded(vec![long])), Err(ProtocolError::OutOfRange("title")));
    let mut flags = many(1);
    flags[11] = 4;
    assert_eq!(decode(&flags), Err(ProtocolError::OutOfRange("flags")));
    assert_eq!(ClientMessage::decode(&[0x32, 7, 0, 0, 0, 4]), Err(ProtocolError::OutOfRange("action")));
}

#[test]
fn a_long_frame_goes_in_parts() {
    let data = vec![7; 300];
    let tile = |x| Operation::Tile {
        to: Rect { x, y: 0, width: 1, height: 1 },
        codec: TileCodec::Zstd,
        data: &data,
    };
    let mut out = Vec::new();
    let mut writer = FrameWriter::with_bound(header(), 1000);
    for x in 0..7 {
        writer.push(&tile(x), u64::from(x), &mut out).unwrap();
    }
    let too_long = Operation::Tile {
        to: Rect { x: 0, y: 0, width: 1, height: 1 },
        codec: TileCodec::Zstd,
        data: &[0; 1000],
    };
    assert!(writer.push(&too_long, 0, &mut out).is_err());
    writer.finish(99, &mut out).unwrap();
    let mut deframer = Deframer::new(1000);
    deframer.push(&out);
    let mut places = Vec::new();
    let mut parts = Vec::new();
    while let Some(message) = deframer.next().unwrap() {
        let AgentMessage::Frame(frame) = AgentMessage::decode(message).unwrap() else { panic!() };
        assert_eq!(frame.header().frame, 258);
        places.extend(frame.operations().map(|operation| operation.to().x));
        parts.push((frame.len(), frame.header().last_part));
    }
    assert_eq!(places, (0..7).collect::<Vec<_>>());
    assert_eq!(parts, [(3, false), (3, false), (1, true)]);
}

#[test]
fn a_video_region_has_even_sides() {
    for (width, height, valid) in [(2, 2, true), (3, 2, false), (2, 3, false)] {
        let to = Rect { x: 1, y: 1, width, height };
        let bytes = frame_bytes(header(), &[Operation::Video { to, begins: false, data: &[1] }]);
        assert_eq!(AgentMessage::decode(&bytes).is_ok(), valid, "{to:?}");
    }
}

#[test]
fn a_frame_knows_what_it_touches() {
    let bytes = frame_bytes(header(), &operations());
    let AgentMessage::Frame(frame) = AgentMessage::decode(&bytes).unwrap() else { panic!() };
    assert_eq!((frame.len(), frame.is_empty()), (7, false));
    assert!(frame.is_within(1280, 720));
    assert!(!frame.is_within(1279, 720));
    assert!(!frame.is_within(1280, 719));
    assert_eq!(frame.operations().collect::<Vec<_>>(), operations());
}

fn any_event() -> impl Strategy<Value = InputEvent> {
    let button = prop::sample::select(vec![1_u8, 2, 3, 8, 9]);
    prop_oneof![
        any::<(u16, u16)>().prop_map(|(x, y)| InputEvent::PointerMove { x, y }),
        (any::<(u16, u16, bool)>(), button).prop_map(|((x, y, pressed), button)| InputEvent::PointerButton {
            x,
            y,
            button,
            pressed
        }),
        any::<(u16, u16, i16, i16)>().prop_map(|(x, y, dx, dy)| InputEvent::Wheel { x, y, dx, dy }),
        (1_u16..=247, any::<bool>()).prop_map(|(code, pressed)| InputEvent::Key { code, pressed }),
        Just(InputEvent::ReleaseAll),
        "[ -~ä€你\n\t]{1,100}".prop_map(|text| InputEvent::Text { text }),
    ]
}

proptest! {
    #[test]
    fn inputs_round_trip(sequence in 1_u32.., time: u64, event in any_event()) {
        let message = ClientMessage::Session(SessionMessage::Input(Input { sequence, time, event }));
        let mut bytes = Vec::new();
        message.encode(&mut bytes).unwrap();
        prop_assert_eq!(ClientMessage::decode(&bytes).unwrap(), message.clone());
        // The agent reads the same bytes.
        let ClientMessage::Session(inner) = message else { unreachable!() };
        prop_assert_eq!(AgentRequest::decode(&bytes).unwrap(), AgentRequest::Session(inner));
        // A message cut short or with something behind it is none.
        prop_assert!(ClientMessage::decode(&bytes[..bytes.len() - 1]).is_err());
        bytes.push(0);
        prop_assert_eq!(ClientMessage::decode(&bytes), Err(ProtocolError::LeftOver));
    }

    #[test]
    fn random_bytes_never_make_a_decoder_panic(
        kind: u8,
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut bytes = bytes;
        bytes.insert(0, kind);
        // Whether they are a message is not the question here; what is one must survive being written again.
        let mut again = Vec::new();
        if let Ok(message) = ClientMessage::decode(&bytes) {
            message.encode(&mut again).unwrap();
            prop_assert_eq!(&again, &bytes);
        }
        again.clear();
        if let Ok(message) = ServerMessage::decode(&bytes) {
            message.encode(&mut again).unwrap();
            prop_assert_eq!(&again, &bytes);
        }
        let _ = AgentRequest::decode(&bytes);
        let _ = LauncherReport::decode(&bytes);
        let _ = LauncherCommand::decode(&bytes);
    }

    #[test]
    fn a_damaged_frame_never_makes_the_decoder_panic(at in 0_usize..200, value: u8) {
        let mut bytes = frame_bytes(header(), &operations());
        let at = at % bytes.len();
        bytes[at] = value;
        if let Ok(AgentMessage::Frame(frame)) = AgentMessage::decode(&bytes) {
            prop_assert_eq!(frame.operations().count(), frame.len());
        }
    }
}
