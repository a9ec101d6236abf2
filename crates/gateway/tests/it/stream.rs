//! Streams: who is let in, what passes, who may take over, and how each end is told.

use std::time::Duration;

use futures_util::StreamExt;
use millrace_gateway::Limits;
use millrace_gateway::ports::EndReason;
use millrace_stream::SigningKey;
use millrace_stream::admission::{Grant, ResumeToken, UserSettings};
use millrace_stream::clipboard::ClipboardPart;
use millrace_stream::frame::{FrameHeader, FrameWriter, Operation, Rect, TileCodec};
use millrace_stream::message::{
    AgentMessage, AgentRequest, ApplicationPhase, ApplicationState, ClientMessage, Credential, EndedReason,
    InputEvent, NoticeKind, ServerMessage, SessionMessage, StartApplication, WindowAction, WindowState,
};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

use crate::fixture::{Fixture, Got, ICON, Lack, Told, grant, key, limits, now, soon};

const SCREEN: AgentMessage<'_> = AgentMessage::Screen { width: 1280, height: 720 };

#[tokio::test]
async fn frames_come_and_input_goes() {
    let mut fixture = Fixture::new().await;
    let (mut browser, mut agent, _) = fixture.attach("s-1").await;
    assert_eq!(fixture.gateway.viewers(), 1);
    let screen = agent.say(&SCREEN).await;
    assert_eq!(browser.next().await, Got::Bytes(screen));
    let mut framed = Vec::new();
    let mut writer =
        FrameWriter::new(FrameHeader { frame: 1, whole_picture: true, ..FrameHeader::default() });
    let to = Rect { x: 0, y: 0, width: 1280, height: 720 };
    writer.push(&Operation::Fill { to, colour: [1, 2, 3] }, 0, &mut framed).unwrap();
    writer.finish(5, &mut framed).unwrap();
    agent.stream.write_all(&framed).await.unwrap();
    assert_eq!(browser.next().await, Got::Bytes(framed[4..].to_vec()));
    browser.input(InputEvent::Key { code: 30, pressed: true }).await;
    browser.input(InputEvent::PointerMove { x: 5000, y: 100 }).await;
    let ping = SessionMessage::Ping { nonce: 1, time: 2 };
    browser.say(&ClientMessage::Session(ping.clone())).await;
    assert_eq!(agent.event().await, InputEvent::Key { code: 30, pressed: true });
    assert_eq!(agent.event().await, InputEvent::PointerMove { x: 1279, y: 100 });
    assert_eq!(agent.read().await, Some(AgentRequest::Session(ping)));
    drop(browser);
    assert_eq!(agent.event().await, InputEvent::ReleaseAll);
    assert_eq!(agent.read().await, None);
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
    // What the audit trail is told: from where, why, and how much.
    let streams = fixture.sessions.streams.lock().unwrap().clone();
    let [(session, streamed)] = streams.as_slice() else { panic!("{streams:?}") };
    assert_eq!((session.as_str(), streamed.why), ("s-1", "lost"));
    assert_eq!(streamed.client, Some(std::net::Ipv4Addr::LOCALHOST.into()));
    assert!(streamed.bytes_to_browser >= framed.len() as u64 - 4, "{streamed:?}");
    assert!((1..200).contains(&streamed.bytes_from_browser), "{streamed:?}");
}

#[tokio::test]
async fn applications_start_once_and_by_name() {
    let mut fixture = Fixture::new().await;
    let launching = Grant { launch: vec!["editor".into()], ..grant("s-1") };
    let token = launching.sign(&key()).unwrap();
    let mut browser = fixture.open().await;
    browser.hello(Credential::Grant(token)).await;
    let mut agent = fixture.agent().await;
    assert!(matches!(agent.read().await, Some(AgentRequest::Attach { .. })));
    let Some(AgentRequest::StartApplication(started)) = agent.read().await else { panic!() };
    let expected = StartApplication {
        id: started.id,
        argv: vec!["/usr/bin/editor".into(), "--new".into()],
        environment: vec!["APPSTREAM_SESSION_CONTEXT=a=b".into()],
        working_directory: String::new(),
    };
    assert_eq!(started, expected);
    let welcome = browser.welcome().await;
    assert_eq!(welcome["started"][started.id.to_string()], "editor");
    assert_eq!(welcome["applications"][0]["display_name"], "Text Editor");
    assert_eq!(welcome["applications"][0].get("argv"), None);
    assert_eq!(welcome["applications"][0]["icon"], format!("/icons/{ICON}.png"));
    assert_eq!((&welcome["view"], &welcome["not_yet"][0]), (&"applications".into(), &"FILE_UPLOAD".into()));
    browser.say(&ClientMessage::Launch { name: "/bin/sh".into() }).await;
    browser.say(&ClientMessage::Launch { name: "editor".into() }).await;
    let Some(AgentRequest::StartApplication(second)) = agent.read().await else { panic!() };
    assert_ne!(second.id, started.id);
    let launching = ServerMessage::Launching { id: second.id, name: "editor".into() };
    assert_eq!(browser.next().await, Got::Bytes(encoded(&launching)));
    // News of an application that nobody started does not reach the browser.
    let news = |id| {
        let phase = ApplicationPhase::Exited;
        AgentMessage::Application(ApplicationState { id, phase, status: 0, message: String::new() })
    };
    agent.say(&news(77)).await;
    let bytes = agent.say(&news(second.id)).await;
    assert_eq!(browser.next().await, Got::Bytes(bytes));
    let resume = welcome["resume_token"].as_str().unwrap().to_owned();
    drop(browser);
    assert_eq!(fixture.told().await, Told::Connected("s-1".into()));
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
    // What was to be started at once is not started again.
    let (mut browser, mut agent, _) = fixture.attach_with(Credential::ResumeToken(resume), "s-1").await;
    browser.input(InputEvent::ReleaseAll).await;
    assert_eq!(agent.event().await, InputEvent::ReleaseAll);
}

#[tokio::test]
async fn windows_are_told_and_acted_on() {
    let mut fixture = Fixture::new().await;
    let (mut browser, mut agent, _) = fixture.attach("s-1").await;
    let window =
        WindowState { id: 7, application: 1, active: true, minimised: false, title: "A title".into() };
    let bytes = agent.say(&AgentMessage::Windows(vec![window])).await;
    assert_eq!(browser.next().await, Got::Bytes(bytes));
    let close = SessionMessage::Window { id: 7, action: WindowAction::Close };
    browser.say(&ClientMessage::Session(close.clone())).await;
    assert_eq!(agent.read().await, Some(AgentRequest::Session(close)));
}

#[tokio::test]
async fn what_was_prepared_is_adopted_or_ended() {
    let fixture = Fixture::new().await;
    let editor = || vec!["editor".to_owned()];
    // An agent that goes away would be looked for.
    let mut kept = Vec::new();
    for (session, may_adopt, launch, scale_percent, adopts) in [
        ("s-1", true, editor(), 100, true),
        ("s-2", true, editor(), 200, false),
        ("s-3", false, editor(), 100, false),
        ("s-4", true, Vec::new(), 100, false),
    ] {
        let starts = !launch.is_empty();
        let token = Grant { launch, may_adopt, ..grant(session) }.sign(&key()).unwrap();
        let mut browser = fixture.open().await;
        browser.hello_scaled(Credential::Grant(token), scale_percent).await;
        let mut agent = fixture.agent().await;
        assert!(matches!(agent.read_any().await, Some(AgentRequest::Attach { .. })));
        let request = agent.read_any().await;
        if adopts {
            assert!(matches!(request, Some(AgentRequest::AdoptApplication(_))), "{session}: {request:?}");
        } else {
            assert_eq!(request, Some(AgentRequest::EndPrepared), "{session}");
            if starts {
                assert!(matches!(agent.read_any().await, Some(AgentRequest::StartApplication(_))));
            }
        }
        let started = browser.welcome().await["started"].as_object().unwrap().len();
        assert_eq!(started, usize::from(starts), "{session}");
        kept.push((browser, agent));
    }
}

#[tokio::test]
async fn credentials_that_are_not_valid_are_refused() {
    let mut fixture = Fixture::new().await;
    let forged = grant("s-1").sign(&SigningKey::new([8; 32])).unwrap();
    let expired = Grant { expires_epoch_seconds: now(), ..grant("s-1") }.sign(&key()).unwrap();
    let good = grant("s-1").sign(&key()).unwrap();
    for credential in [
        Credential::Grant(forged),
        Credential::Grant(expired),
        Credential::ResumeToken(good),
        Credential::Grant(String::new()),
    ] {
        let mut browser = fixture.open().await;
        browser.hello(credential).await;
        assert_eq!(browser.ended().await, EndedReason::Credential);
    }
    assert!(fixture.told.try_recv().is_err());
}

#[tokio::test]
async fn a_stream_needs_a_hello_in_time_and_in_form() {
    let fixture = Fixture::new().await;
    let mut silent = fixture.open().await;
    assert_eq!(silent.ended().await, EndedReason::Protocol);
    let bad = [
        Message::binary(Vec::new()),
        Message::binary(vec![0xff; 100]),
        Message::text("hello"),
        Message::binary(vec![0x50]),
    ];
    for message in bad {
        let mut browser = fixture.open().await;
        browser.send(message).await;
        assert_eq!(browser.ended().await, EndedReason::Protocol);
    }
    let mut oversized = fixture.open().await;
    oversized.send(Message::binary(vec![0x01; 65 * 1024])).await;
    assert!(matches!(oversized.next().await, Got::Closed | Got::Ended(EndedReason::Protocol, _)));
}

#[tokio::test]
async fn only_the_gateways_own_page_opens_a_stream() {
    let fixture = Fixture::new().await;
    for origin in [None, Some("https://evil.example"), Some("http://127.0.0.1:9"), Some("null")] {
        let error = fixture.open_from(origin).await.err().expect("it must be refused");
        assert!(error.to_string().contains("403"), "{error}");
    }
    let public = Fixture::with(limits(), "https://desk.example").await;
    assert!(public.open_from(Some("https://desk.example")).await.is_ok());
    assert!(public.open_from(Some(&format!("http://{}", public.address))).await.is_err());
}

#[tokio::test]
async fn what_breaks_the_protocol_ends_the_attach_but_not_the_session() {
    let mut fixture = Fixture::new().await;
    let key_event = |sequence: u32, code: u8| {
        let mut bytes = vec![0x13];
        bytes.extend(sequence.to_le_bytes());
        bytes.extend([0; 8]);
        bytes.extend([code, 0, 1]);
        bytes
    };
    let bad = [
        key_event(2, 30),
        key_event(1, 0),
        key_event(1, 248),
        vec![0x21, 0],
        vec![0x31, 0, 0],
        vec![0x81],
        vec![0x22, 0, 0, 0, 0, 0, 0],
    ];
    for (number, bytes) in bad.into_iter().enumerate() {
        let session = format!("s-{number}");
        let (mut browser, mut agent, _) = fixture.attach(&session).await;
        browser.send(Message::binary(bytes)).await;
        assert_eq!(browser.ended().await, EndedReason::Protocol);
        assert_eq!(agent.event().await, InputEvent::ReleaseAll);
        assert_eq!(agent.read().await, None);
        assert_eq!(fixture.told().await, Told::Disconnected(session));
    }
}

#[tokio::test]
async fn an_agent_that_breaks_the_protocol_ends_the_session() {
    let mut fixture = Fixture::new().await;
    let frame_without_screen = {
        let mut framed = Vec::new();
        let mut writer = FrameWriter::new(FrameHeader::default());
        let to = Rect { x: 0, y: 0, width: 1, height: 1 };
        writer.push(&Operation::Fill { to, colour: [0; 3] }, 0, &mut framed).unwrap();
        writer.finish(0, &mut framed).unwrap();
        framed
    };
    let bad = [
        frame_without_screen,
        u32::MAX.to_le_bytes().to_vec(),
        vec![0, 0, 0, 0],
        vec![1, 0, 0, 0, 0x55],
        [&[3, 0, 0, 0, 0x81][..], &[0, 0]].concat(),
    ];
    for (number, bytes) in bad.into_iter().enumerate() {
        let session = format!("s-{number}");
        let (mut browser, mut agent, _) = fixture.attach(&session).await;
        agent.stream.write_all(&bytes).await.unwrap();
        assert_eq!(browser.next().await, Got::Ended(EndedReason::Instance, "https://example.com/bye".into()));
        assert_eq!(fixture.told().await, Told::Ended(session, EndReason::Instance));
    }
}

#[tokio::test]
async fn a_resume_token_brings_back_and_is_good_for_one_attach() {
    let mut fixture = Fixture::new().await;
    let (browser, _agent, first) = fixture.attach("s-1").await;
    drop(browser);
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
    let (mut browser, mut agent, second) =
        fixture.attach_with(Credential::ResumeToken(first.clone()), "s-1").await;
    assert_ne!(first, second);
    browser.input(InputEvent::ReleaseAll).await;
    agent.event().await;
    let mut thief = fixture.open().await;
    thief.hello(Credential::ResumeToken(first)).await;
    assert_eq!(thief.ended().await, EndedReason::Credential);
    // A server that was started anew knows nothing of the session, and lets it come back all the same.
    let mut restarted = Fixture::new().await;
    let (_browser, _agent, third) = restarted.attach_with(Credential::ResumeToken(second), "s-1").await;
    assert_eq!(ResumeToken::verify(&third, &key()).unwrap().counter, 3);
}

#[tokio::test]
async fn a_second_attach_takes_over() {
    let mut fixture = Fixture::new().await;
    let (mut first, mut first_agent, first_token) = fixture.attach("s-1").await;
    // The same user with a new link: another grant for the same session.
    let another = Grant { expires_epoch_seconds: now() + 59, ..grant("s-1") }.sign(&key()).unwrap();
    let (mut second, mut second_agent, _) =
        fixture.attach_with(Credential::Grant(another.clone()), "s-1").await;
    assert_eq!(first.ended().await, EndedReason::TakenOver);
    assert_eq!(first_agent.read().await, None);
    second.input(InputEvent::Key { code: 1, pressed: true }).await;
    assert_eq!(second_agent.event().await, InputEvent::Key { code: 1, pressed: true });
    for credential in [Credential::ResumeToken(first_token), Credential::Grant(another)] {
        let mut late = fixture.open().await;
        late.hello(credential).await;
        assert_eq!(late.ended().await, EndedReason::Credential);
    }
    assert_eq!(fixture.gateway.viewers(), 1);
    assert!(fixture.told.try_recv().is_err(), "nobody is told that the first one left");
}

#[tokio::test]
async fn the_user_ends_the_session() {
    let mut fixture = Fixture::new().await;
    let (mut browser, mut agent, _) = fixture.attach("s-1").await;
    browser.say(&ClientMessage::End).await;
    assert_eq!(browser.next().await, Got::Ended(EndedReason::User, "https://example.com/bye".into()));
    assert_eq!(agent.read().await, None);
    assert_eq!(fixture.told().await, Told::Ended("s-1".into(), EndReason::User));
}

#[tokio::test]
async fn the_owner_ends_the_session_at_once() {
    let mut fixture = Fixture::new().await;
    let (mut browser, _agent, token) = fixture.attach("s-1").await;
    assert!(fixture.gateway.end_session("s-1", EndReason::Owner));
    assert_eq!(browser.next().await, Got::Ended(EndedReason::Owner, "https://example.com/bye".into()));
    assert!(!fixture.gateway.end_session("s-1", EndReason::Owner));
    fixture.session_is_over(EndReason::Owner);
    let mut late = fixture.open().await;
    late.hello(Credential::ResumeToken(token)).await;
    assert_eq!(late.ended().await, EndedReason::Owner);
    assert_eq!(fixture.told().await, Told::Connected("s-1".into()));
    assert!(fixture.told.try_recv().is_err(), "who ended it is not told so");
}

#[tokio::test]
async fn a_dead_instance_ends_the_session() {
    let mut fixture = Fixture::new().await;
    let (mut browser, agent, _) = fixture.attach("s-1").await;
    fixture.instance_lacks(Some(Lack::Gone));
    drop(agent);
    assert_eq!(browser.ended().await, EndedReason::Instance);
    assert_eq!(fixture.told().await, Told::Ended("s-1".into(), EndReason::Instance));
    let mut late = fixture.open().await;
    late.hello(Credential::Grant(grant("s-2").sign(&key()).unwrap())).await;
    assert_eq!(late.ended().await, EndedReason::Instance);
}

#[tokio::test]
async fn a_session_outlives_whoever_could_reach_its_instance() {
    let mut fixture = Fixture::new().await;
    let (mut browser, agent, token) = fixture.attach("s-1").await;
    fixture.instance_lacks(Some(Lack::NotKnown));
    drop(agent);
    assert_eq!(browser.ended().await, EndedReason::ServerStopping);
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
    // One that comes at that moment waits, too.
    let mut early = fixture.open().await;
    early.hello(Credential::ResumeToken(token.clone())).await;
    assert_eq!(early.ended().await, EndedReason::ServerStopping);
    assert_eq!(fixture.told().await, Told::Connected("s-1".into()));
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
    fixture.instance_lacks(None);
    fixture.attach_with(Credential::ResumeToken(token), "s-1").await;
}

#[tokio::test]
async fn an_agent_that_can_be_reached_again_costs_a_reconnect() {
    let mut fixture = Fixture::new().await;
    let (mut browser, agent, token) = fixture.attach("s-1").await;
    drop(agent);
    assert_eq!(browser.next().await, Got::Closed);
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
    // The attempt that found the agent alive.
    let mut probe = fixture.agent().await;
    assert_eq!(probe.read().await, None);
    fixture.attach_with(Credential::ResumeToken(token), "s-1").await;
}

#[tokio::test]
async fn a_stopping_server_announces_it_and_ends_no_session() {
    let mut fixture = Fixture::new().await;
    let (mut browser, mut agent, _) = fixture.attach("s-1").await;
    let stopped = fixture.gateway.clone();
    let stopping = tokio::spawn(async move { stopped.shutdown().await });
    assert_eq!(browser.ended().await, EndedReason::ServerStopping);
    soon(stopping).await.unwrap();
    assert_eq!(agent.event().await, InputEvent::ReleaseAll);
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
    assert!(fixture.open_from(Some(&format!("http://{}", fixture.address))).await.is_err());
}

#[tokio::test]
async fn a_browser_that_reads_nothing_holds_up_the_agent_and_is_given_up() {
    let short = Limits { stall: Duration::from_millis(800), ..limits() };
    let mut fixture = Fixture::with(short, "http://127.0.0.1:1").await;
    let (browser, mut agent, _) = fixture.attach("s-1").await;
    agent.say(&SCREEN).await;
    let noise = vec![7; 200_000];
    let mut framed = Vec::new();
    let to = Rect { x: 0, y: 0, width: 256, height: 256 };
    for frame in 1.. {
        framed.clear();
        let mut writer = FrameWriter::new(FrameHeader { frame, ..FrameHeader::default() });
        writer.push(&Operation::Tile { to, codec: TileCodec::Zstd, data: &noise }, 0, &mut framed).unwrap();
        writer.finish(0, &mut framed).unwrap();
        // The kernel's buffers take some megabytes; then the gateway reads no more.
        assert!(frame < 400, "80 MB were taken for a browser that reads nothing");
        let write = agent.stream.write_all(&framed);
        if !matches!(tokio::time::timeout(Duration::from_millis(300), write).await, Ok(Ok(()))) {
            break;
        }
    }
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
    drop(browser);
}

#[tokio::test]
async fn a_browser_that_gives_no_sign_of_life_is_given_up() {
    let silence = Limits { ping: Duration::from_millis(50), silence: Duration::from_millis(200), ..limits() };
    let mut fixture = Fixture::with(silence, "http://127.0.0.1:1").await;
    let (mut browser, _agent, _) = fixture.attach("s-1").await;
    // One that reads answers the pings and stays …
    for _ in 0..10 {
        assert!(matches!(soon(browser.socket.next()).await, Some(Ok(Message::Ping(_)))));
    }
    assert!(fixture.told.try_recv().is_err());
    // … and one that does not is a half-open connection.
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
}

fn copied(text: &str) -> ClipboardPart {
    ClipboardPart { first: true, last: true, text: text.into() }
}

#[tokio::test]
async fn the_clipboard_goes_both_ways_within_its_length() {
    let mut fixture = Fixture::new().await;
    let (mut browser, mut agent, _) = fixture.attach("s-1").await;
    // Twenty characters, whatever their bytes.
    let most = SessionMessage::Clipboard(copied(&"€".repeat(20)));
    browser.say(&ClientMessage::Session(most.clone())).await;
    assert_eq!(agent.read().await, Some(AgentRequest::Session(most)));
    let bytes = agent.say(&AgentMessage::Clipboard(copied(&"€".repeat(20)))).await;
    assert_eq!(browser.next().await, Got::Bytes(bytes));
    // A longer one is announced instead, and its later parts are dropped.
    let long = ClipboardPart { last: false, ..copied(&"x".repeat(21)) };
    agent.say(&AgentMessage::Clipboard(long)).await;
    agent.say(&AgentMessage::Clipboard(ClipboardPart { first: false, ..copied("y") })).await;
    let notice = ServerMessage::Notice { kind: NoticeKind::ClipboardTooLong, seconds: 0 };
    assert_eq!(browser.next().await, Got::Bytes(encoded(&notice)));
    let screen = agent.say(&SCREEN).await;
    assert_eq!(browser.next().await, Got::Bytes(screen));
    // A browser that sends a longer one is not our page.
    browser.say(&ClientMessage::Session(SessionMessage::Clipboard(copied(&"x".repeat(21))))).await;
    assert_eq!(browser.ended().await, EndedReason::Protocol);
    assert_eq!(agent.event().await, InputEvent::ReleaseAll);
}

fn encoded(message: &ServerMessage<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn a_clipboard_that_is_not_allowed_is_stopped_by_the_gateway() {
    let mut fixture = Fixture::new().await;
    let forbidden = Grant { user_settings: UserSettings::default(), ..grant("s-1") }.sign(&key()).unwrap();
    let (mut browser, mut agent, _) = fixture.attach_with(Credential::Grant(forbidden), "s-1").await;
    agent.say(&AgentMessage::Clipboard(copied("secret"))).await;
    let screen = agent.say(&SCREEN).await;
    assert_eq!(browser.next().await, Got::Bytes(screen), "nothing of the clipboard comes before");
    browser.say(&ClientMessage::Session(SessionMessage::Clipboard(copied("")))).await;
    assert_eq!(browser.ended().await, EndedReason::Protocol);
    assert_eq!(agent.event().await, InputEvent::ReleaseAll);
    assert_eq!(agent.read().await, None);
}

#[tokio::test]
async fn who_does_nothing_is_warned_and_disconnected_and_may_come_back() {
    let mut fixture = Fixture::new().await;
    // Long enough that a busy machine, which lets this test wait for a second or two, does not make it late with its input.
    let timeout = Duration::from_secs(8);
    let idle = Grant { idle_disconnect_seconds: 8, ..grant("s-1") }.sign(&key()).unwrap();
    let (mut browser, _agent, token) = fixture.attach_with(Credential::Grant(idle), "s-1").await;
    let began = std::time::Instant::now();
    browser.idle_notice(timeout / 2).await;
    // Input counts, and an acknowledgement does not.
    browser.input(InputEvent::ReleaseAll).await;
    browser.say(&ClientMessage::Session(SessionMessage::Refresh)).await;
    browser.idle_notice(timeout / 2).await;
    browser.say(&ClientMessage::Session(SessionMessage::Refresh)).await;
    assert_eq!(browser.ended().await, EndedReason::Idle);
    assert!(began.elapsed() >= timeout * 3 / 2 - Duration::from_millis(100), "{:?}", began.elapsed());
    assert_eq!(fixture.told().await, Told::Disconnected("s-1".into()));
    fixture.attach_with(Credential::ResumeToken(token), "s-1").await;
}

#[tokio::test]
async fn the_end_of_the_longest_duration_is_announced() {
    let mut fixture = Fixture::new().await;
    let ending =
        Grant { session_ends_epoch_seconds: Some(now() + 200), ..grant("s-1") }.sign(&key()).unwrap();
    let (mut browser, _agent, _) = fixture.attach_with(Credential::Grant(ending), "s-1").await;
    let Got::Bytes(bytes) = browser.next().await else { panic!() };
    let Ok(ServerMessage::Notice { kind, seconds }) = ServerMessage::decode(&bytes) else { panic!() };
    assert_eq!(kind, NoticeKind::Time);
    assert!((190..=200).contains(&seconds), "{seconds}");
}
