//! A whole instance on this machine: agent, X server, window manager, launcher and applications are the real ones; only the gateway is played
//! by the test. Needs Xvfb and openbox (Debian's packages xvfb and openbox), which `cargo xtask test` installs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod client;
mod films;
mod instance;
mod keys;

use std::io::{Read, Write};
use std::time::Duration;

use client::{Client, Seen, application};
use instance::{Instance, PATIENCE, program, wait_until};
use millrace_stream::message::{
    AgentRequest, ApplicationPhase, InputEvent, PREPARED_APPLICATION, ScreenSize, SessionMessage,
    WindowAction, WindowState,
};
use rustix::process::{Pid, Signal, kill_process};

const KEY_A: u16 = 30;
const YELLOW: u32 = 0xeb_e13c;
const BLUE: u32 = 0x19_1e82;

/// Starts the benchmark application as this number.
fn start_benchmark(client: &mut Client, id: u32, arguments: &[&str]) {
    let program = program("millrace-bench-app");
    let mut argv = vec![program.to_str().unwrap()];
    argv.extend(arguments);
    client.start(id, &argv);
}

/// A viewer whose benchmark application shows its yellow block, with nothing else going on.
fn with_benchmark(instance: &Instance) -> Client {
    let mut client = Client::attach(instance.connect());
    start_benchmark(&mut client, 1, &[]);
    client.wait_for("the yellow block", |client, seen| {
        (matches!(seen, Seen::Frame(_)) && client.pixel(100, 100) == YELLOW).then_some(())
    });
    // The window manager makes its window fill the screen.
    while client.next_within(Duration::from_millis(500)).is_some() {}
    client
}

/// Follows frames until the viewer's picture is the X server's, pixel for pixel.
fn wait_for_equal_pictures(client: &mut Client, x: &instance::X) {
    client.wait_for("the viewer's picture equals the screen", |client, _| {
        client.shows(&x.screen()).then_some(())
    });
}

#[test]
fn ready_once_everything_is_up() {
    let mut instance = Instance::without_launcher("640x480");
    let mut probe = Client::probe(instance.connect());
    assert_eq!(probe.next_within(Duration::from_millis(200)), None, "there is no launcher yet");
    instance.start_launcher();
    assert_eq!(probe.next_within(PATIENCE), Some(Seen::Ready));
    assert_eq!(probe.next_within(PATIENCE), Some(Seen::Closed));
}

/// Waits until an application is told to be in this phase.
fn wait_for_phase(client: &mut Client, id: u32, phase: ApplicationPhase) {
    client.wait_for("news of the application", |_, seen| match seen {
        Seen::Application(state) if (state.id, state.phase) == (id, phase) => Some(()),
        _ => None,
    });
}

#[test]
fn a_prepared_application_is_adopted_as_it_stands() {
    let instance = Instance::start("1280x720");
    let program = program("millrace-bench-app");
    let argv = [program.to_str().unwrap()];
    let mut prepare = Client::prepare(instance.connect(), &argv);
    assert_eq!(prepare.next_within(PATIENCE), Some(Seen::Ready), "its window shows itself");
    assert_eq!(prepare.next_within(PATIENCE), Some(Seen::Closed));
    // Once more is harmless: another server may have come.
    let mut again = Client::prepare(instance.connect(), &["xterm"]);
    assert_eq!(again.next_within(PATIENCE), Some(Seen::Ready));

    let mut client = Client::attach(instance.connect());
    client.send(&AgentRequest::AdoptApplication(application(7, &argv)));
    wait_for_phase(&mut client, 7, ApplicationPhase::Started);
    client.wait_for("the yellow block", |client, seen| {
        (matches!(seen, Seen::Frame(_)) && client.pixel(100, 100) == YELLOW).then_some(())
    });
    // It is one of the viewer's own from here on: another attach hears of it, and of its end.
    let mut client = Client::attach(instance.connect());
    wait_for_phase(&mut client, 7, ApplicationPhase::Started);
    kill_process(instance.application(), Signal::TERM).unwrap();
    wait_for_phase(&mut client, 7, ApplicationPhase::Exited);
    let mut late = Client::prepare(instance.connect(), &argv);
    assert_eq!(late.next_within(PATIENCE), Some(Seen::Ready), "after a user nothing is prepared");
    client.start(8, &["true"]);
    wait_for_phase(&mut client, 8, ApplicationPhase::Exited);
}

#[test]
fn a_prepared_application_that_is_not_wanted_ends() {
    let program = program("millrace-bench-app");
    let argv = [program.to_str().unwrap()];
    for request in [
        AgentRequest::EndPrepared,
        AgentRequest::AdoptApplication(application(3, &[argv[0], "--seconds=600"])),
    ] {
        let instance = Instance::start("640x480");
        let mut prepare = Client::prepare(instance.connect(), &argv);
        assert_eq!(prepare.next_within(PATIENCE), Some(Seen::Ready));
        let mut client = Client::attach(instance.connect());
        client.send(&request);
        // In whatever order they are told.
        let (mut ended, mut started) = (false, request == AgentRequest::EndPrepared);
        client.wait_for("one has ended, the other runs", |_, seen| {
            if let Seen::Application(state) = seen {
                ended |= (state.id, state.phase) == (PREPARED_APPLICATION, ApplicationPhase::Exited);
                started |= (state.id, state.phase) == (3, ApplicationPhase::Started);
            }
            (ended && started).then_some(())
        });
    }
}

#[test]
fn the_picture_is_exact_and_a_key_is_answered() {
    let instance = Instance::start("1280x720");
    let mut client = with_benchmark(&instance);
    let x = instance.x();
    for round in 0..4 {
        client.key(KEY_A, true);
        let colour = if round % 2 == 0 { BLUE } else { YELLOW };
        let header = client.wait_for("the block's other colour", |client, seen| match seen {
            Seen::Frame(header) if client.pixel(100, 100) == colour => Some(header),
            _ => None,
        });
        assert_eq!(header.input_sequence, round * 2 + 1);
        assert_eq!(header.input_time, 1001 + u64::from(round) * 2);
        let stages = [header.injected, header.damaged, header.captured, header.encoded];
        assert!(stages.is_sorted() && stages[0] > 0, "{header:?}");
        client.key(KEY_A, false);
    }
    let mut second = Client::attach(instance.connect());
    wait_for_equal_pictures(&mut second, &x);
}

#[test]
fn a_busy_screen_stays_exact() {
    let instance = Instance::start("800x600");
    let x = instance.x();
    for (id, mode) in (1..).zip(["--scroll", "--animate=window", "--animate=full"]) {
        let mut client = Client::attach(instance.connect());
        start_benchmark(&mut client, id, &[mode, "--seconds=2"]);
        let status = client.wait_for("the application ends", |_, seen| match seen {
            Seen::Application(state) if (state.id, state.phase) == (id, ApplicationPhase::Exited) => {
                Some(state.status)
            }
            _ => None,
        });
        assert_eq!(status, 0);
        assert!(client.frames > 20, "{} frames", client.frames);
        // A last change, so that there is a frame to compare after.
        client.input(InputEvent::ReleaseAll);
        client.send(&AgentRequest::Session(SessionMessage::Refresh));
        wait_for_equal_pictures(&mut client, &x);
    }
}

#[test]
fn the_screen_follows_the_page() {
    let instance = Instance::start("1600x1000");
    let x = instance.x();
    let mut client = Client::attach_sized(instance.connect(), 1000, 700);
    // No picture of another size comes before.
    assert_eq!(client.next_within(PATIENCE), Some(Seen::Screen(1000, 700)));
    client.start(
        1,
        &["xterm", "-geometry", "120x40", "-e", "while :; do ls -l /usr/bin | head -200; sleep 0.2; done"],
    );
    client.start(2, &["mousepad"]);
    let resize = |client: &mut Client, width, height| {
        let size = ScreenSize { width, height, scale_percent: 100 };
        client.send(&AgentRequest::Session(SessionMessage::Resize(size)));
    };
    // The largest is the X server's at its start, the smallest what a window is of use in.
    for (asked, given) in [
        ((1400, 900), (1400, 900)),
        ((1000, 700), (1000, 700)),
        ((333, 777), (333, 777)),
        ((5000, 5000), (1600, 1000)),
        ((10, 10), (320, 200)),
        ((1280, 720), (1280, 720)),
    ] {
        resize(&mut client, asked.0, asked.1);
        client.wait_for("the screen's new size", |_, seen| {
            (seen == Seen::Screen(given.0, given.1)).then_some(())
        });
        let header = client.wait_for("its picture", |_, seen| match seen {
            Seen::Frame(header) => Some(header),
            _ => None,
        });
        assert!(header.whole_picture);
        // The window manager fits the window that has the screen to it.
        wait_until("a window is as wide as the screen", || {
            while client.next_within(Duration::from_millis(1)).is_some() {}
            x.window_widths().contains(&given.0)
        });
        wait_for_equal_pictures(&mut client, &x);
        client.input(InputEvent::PointerMove { x: 9999, y: 9999 });
        let corner = (given.0.cast_signed() - 1, given.1.cast_signed() - 1);
        wait_until("the pointer is in the corner", || (x.pointer().0, x.pointer().1) == corner);
    }
    // Many at once: the last counts.
    for width in 400..800 {
        resize(&mut client, width, 600);
    }
    client.wait_for("the last size", |_, seen| (seen == Seen::Screen(799, 600)).then_some(()));
    wait_for_equal_pictures(&mut client, &x);
    // A viewer that attaches gets its own size.
    let mut second = Client::attach_sized(instance.connect(), 900, 650);
    assert_eq!(second.next_within(PATIENCE), Some(Seen::Screen(900, 650)));
    wait_for_equal_pictures(&mut second, &x);
}

#[test]
fn an_idle_screen_sends_nothing() {
    let instance = Instance::start("640x480");
    let mut client = with_benchmark(&instance);
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/status", instance.agent.id())).unwrap();
        let line = stat.lines().find(|line| line.starts_with("voluntary_ctxt_switches")).unwrap();
        line.split_whitespace().next_back().unwrap().parse::<u64>().unwrap()
    };
    let before = ticks();
    assert_eq!(client.next_within(Duration::from_secs(1)), None);
    assert_eq!(ticks(), before, "the agent woke up while nothing happened");
}

#[test]
fn what_is_held_is_released() {
    let instance = Instance::start("640x480");
    let mut client = Client::attach(instance.connect());
    let x = instance.x();
    let press = |client: &mut Client| {
        client.key(KEY_A, true);
        client.input(InputEvent::PointerButton { x: 600, y: 400, button: 3, pressed: true });
        wait_until("key and button are down", || x.is_down(KEY_A) && x.pointer() == (600, 400, 0x400));
    };
    let released = || wait_until("key and button are up", || !x.is_down(KEY_A) && x.pointer().2 == 0);
    press(&mut client);
    client.input(InputEvent::ReleaseAll);
    released();
    press(&mut client);
    drop(client);
    released();
    let mut first = Client::attach(instance.connect());
    press(&mut first);
    let mut second = Client::attach(instance.connect());
    released();
    first.wait_for("the first is closed", |_, seen| (seen == Seen::Closed).then_some(()));
    // Its numbers begin anew, and it gets all of the picture.
    press(&mut second);
    let header = second.wait_for("a whole picture", |_, seen| match seen {
        Seen::Frame(header) => Some(header),
        _ => None,
    });
    assert!(header.whole_picture && header.frame == 1);
    assert_eq!(second.cursors.min(1), 1, "the pointer's shape comes first");
}

#[test]
fn a_ping_is_answered_and_a_refresh_sends_everything() {
    let instance = Instance::start("640x480");
    let mut client = Client::attach(instance.connect());
    assert_eq!(client.next_within(PATIENCE), Some(Seen::Screen(640, 480)));
    client.send(&AgentRequest::Session(SessionMessage::Ping { nonce: 5, time: 6 }));
    client.wait_for("the pong", |_, seen| (seen == Seen::Pong(5, 6)).then_some(()));
    while client.frames == 0 {
        client.next_within(PATIENCE).unwrap();
    }
    let size = ScreenSize { width: 320, height: 240, scale_percent: 200 };
    client.send(&AgentRequest::Session(SessionMessage::Resize(size)));
    client.send(&AgentRequest::Session(SessionMessage::Refresh));
    client.wait_for("a later whole picture", |_, seen| match seen {
        Seen::Frame(header) if header.whole_picture && header.frame > 1 => Some(()),
        _ => None,
    });
    wait_until("the pointer's shape", || {
        client.next_within(Duration::from_millis(10));
        client.cursors > 0
    });
}

#[test]
fn strangers_and_garbage_are_turned_away() {
    let mut instance = Instance::start("640x480");
    let size = ScreenSize { width: 1, height: 1, scale_percent: 100 };
    let wrong_secret = AgentRequest::Attach { version: 1, secret: vec![0; 32], size };
    let wrong_version = AgentRequest::Attach { version: 2, secret: instance::SECRET.into(), size };
    let no_attach = AgentRequest::Session(SessionMessage::Refresh);
    for first in [wrong_secret, wrong_version, no_attach] {
        let mut client = Client::new(instance.connect());
        client.send(&first);
        assert_eq!(client.next_within(PATIENCE), Some(Seen::Closed), "{first:?}");
    }
    for garbage in [&[0xff; 64][..], &[0; 4], &[1, 0, 0, 0, 0x99]] {
        let mut stream = instance.connect();
        stream.write_all(garbage).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // Closed with bytes unread, a Unix socket is reset.
        assert!(matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_)));
    }
    // A viewer who breaks the protocol is cut off, and the next one is served.
    let mut client = Client::attach(instance.connect());
    assert_eq!(client.next_within(PATIENCE), Some(Seen::Screen(640, 480)));
    let ack = SessionMessage::FrameAck { frame: 77, received: 0, decoded: 0, presented: 0 };
    client.send(&AgentRequest::Session(ack));
    client.wait_for("it is cut off", |_, seen| (seen == Seen::Closed).then_some(()));
    let mut client = Client::attach(instance.connect());
    client.wait_for("a frame", |_, seen| matches!(seen, Seen::Frame(_)).then_some(()));
    assert!(instance.agent.try_wait().unwrap().is_none());
}

#[test]
fn a_viewer_that_does_not_read_blocks_nothing() {
    let instance = Instance::start("1280x720");
    let mut client = Client::attach(instance.connect());
    start_benchmark(&mut client, 1, &["--animate=full"]);
    let memory = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", instance.agent.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let x = instance.x();
    for _ in 0..20 {
        client.key(KEY_A, true);
        wait_until("the key is down", || x.is_down(KEY_A));
        client.key(KEY_A, false);
        wait_until("the key is up", || !x.is_down(KEY_A));
        std::thread::sleep(Duration::from_millis(50));
    }
    // The framebuffer, two pictures, two frames and the program itself.
    assert!(memory() < 60 * 1024, "{} KiB", memory());
}

#[test]
fn applications_are_started_and_their_end_is_told() {
    let instance = Instance::start("640x480");
    let mut client = Client::attach(instance.connect());
    let outcome = |client: &mut Client, id: u32, argv: &[&str]| {
        client.start(id, argv);
        client.wait_for("the application's end", |_, seen| match seen {
            Seen::Application(state) if state.id == id && state.phase != ApplicationPhase::Started => {
                Some(state)
            }
            _ => None,
        })
    };
    let ended = |state: &millrace_stream::message::ApplicationState| (state.phase, state.status);
    let exited = ApplicationPhase::Exited;
    assert_eq!(ended(&outcome(&mut client, 1, &["sh", "-c", "exit 7"])), (exited, 7));
    assert_eq!(ended(&outcome(&mut client, 2, &["sh", "-c", "kill -9 $$"])), (exited, 137));
    let environment = r#"test "$MILLRACE_TEST" = a=b && test -n "$DISPLAY" && test "$PWD" = "$HOME""#;
    assert_eq!(ended(&outcome(&mut client, 3, &["sh", "-c", environment])), (exited, 0));
    let missing = outcome(&mut client, 4, &["/no/such/program"]);
    assert_eq!(missing.phase, ApplicationPhase::Failed);
    assert!(missing.message.contains("/no/such/program"), "{missing:?}");
    // An application that writes without end neither waits nor fills the log.
    let writes = "yes | head -c 3000000; exit 5";
    assert_eq!(ended(&outcome(&mut client, 5, &["sh", "-c", writes])), (exited, 5));
    let bound = 256 * 1024;
    let logged = || std::fs::metadata(instance.launcher_log()).unwrap().len();
    wait_until("the log is full", || logged() >= bound);
    assert!(logged() < bound + 4096, "{} bytes in the log", logged());
    // Orphans are reaped, and whoever attaches next hears what became of all.
    assert_eq!(ended(&outcome(&mut client, 6, &["sh", "-c", "sleep 0.05 & exit 0"])), (exited, 0));
    let mut next = Client::attach(instance.connect());
    let mut told = Vec::new();
    next.wait_for("the states", |_, seen| match seen {
        Seen::Application(state) => {
            told.push((state.id, state.phase));
            (told.len() == 6).then_some(())
        }
        _ => None,
    });
    assert_eq!(told[3], (4, ApplicationPhase::Failed));
    let launcher = instance.launcher.as_ref().unwrap().id();
    wait_until("no child of the launcher is left", || {
        let children = std::fs::read_to_string(format!("/proc/{launcher}/task/{launcher}/children")).unwrap();
        children.trim().is_empty()
    });
}

/// Follows what is told of the windows until it is as wanted.
fn wait_for_windows(
    client: &mut Client,
    what: &str,
    wanted: impl Fn(&[WindowState]) -> bool,
) -> Vec<WindowState> {
    client.wait_for(what, |_, seen| match seen {
        Seen::Windows(windows) if wanted(&windows) => Some(windows),
        _ => None,
    })
}

#[test]
fn windows_are_told_and_switched() {
    let instance = Instance::start("1280x720");
    let mut client = Client::attach(instance.connect());
    assert_eq!(wait_for_windows(&mut client, "an empty screen", |_| true), []);
    client.start(7, &["xterm", "-T", "Größe", "-e", "sleep 1000"]);
    let windows = wait_for_windows(&mut client, "a window", |windows| {
        windows.iter().any(|window| window.active && window.title == "Größe")
    });
    assert_eq!((windows.len(), windows[0].application, windows[0].minimised), (1, 7, false));
    client.start(8, &["xterm", "-T", "second", "-e", "sleep 1000"]);
    let windows = wait_for_windows(&mut client, "two windows", |windows| {
        windows.len() == 2 && windows[1].active && !windows[0].active && windows[1].title == "second"
    });
    assert_eq!(windows[1].application, 8);
    let (first, second) = (windows[0].id, windows[1].id);
    let act = |client: &mut Client, id, action| {
        client.send(&AgentRequest::Session(SessionMessage::Window { id, action }));
    };
    act(&mut client, first, WindowAction::Activate);
    wait_for_windows(&mut client, "the first in front", |windows| windows[0].active);
    act(&mut client, first, WindowAction::Minimise);
    wait_for_windows(&mut client, "the second in front", |windows| windows[0].minimised && windows[1].active);
    act(&mut client, first, WindowAction::Activate);
    wait_for_windows(&mut client, "the first again", |windows| windows[0].active && !windows[0].minimised);
    // A window that is none of the session's, and one that is gone, are left alone.
    act(&mut client, 1, WindowAction::Close);
    act(&mut client, second, WindowAction::Close);
    act(&mut client, second, WindowAction::Close);
    let windows = wait_for_windows(&mut client, "one window", |windows| windows.len() == 1);
    assert_eq!(windows[0].id, first);
    // Who attaches later is told at once.
    let mut other = Client::attach(instance.connect());
    assert_eq!(wait_for_windows(&mut other, "the windows", |_| true), windows);
}

#[test]
fn without_x_server_or_launcher_the_agent_ends() {
    for victim in ["x server", "launcher"] {
        let mut instance = Instance::start("640x480");
        let mut probe = Client::probe(instance.connect());
        assert_eq!(probe.next_within(PATIENCE), Some(Seen::Ready));
        if victim == "launcher" {
            instance.launcher.as_mut().unwrap().kill().unwrap();
        } else {
            let child = instance.children()[0];
            kill_process(Pid::from_raw(child.cast_signed()).unwrap(), Signal::TERM).unwrap();
        }
        let mut status = None;
        wait_until("the agent ends", || {
            // Looked at without reaping: the instance's end wants to reap it.
            status = instance.agent.try_wait().unwrap();
            status.is_some()
        });
        assert_eq!(status.unwrap().code(), Some(1), "{victim}");
    }
}
