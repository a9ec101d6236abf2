//! What applications see of keys that are held.

use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, EventMask, InputFocus, WindowClass};

use crate::KEY_A;
use crate::client::Client;
use crate::instance::{Instance, X, wait_until};

const KEY_LEFTSHIFT: u16 = 42;
/// Longer than any X server waits before it repeats: 0.66 s is X.Org's default.
const HELD: Duration = Duration::from_millis(1500);

/// Asks the X server to give every key event to a window of the test's own.
fn listen(x: &X) {
    let window = x.connection.generate_id().unwrap();
    let properties = CreateWindowAux::new()
        .override_redirect(1)
        .event_mask(EventMask::KEY_PRESS | EventMask::KEY_RELEASE | EventMask::EXPOSURE);
    let class = WindowClass::INPUT_OUTPUT;
    x.connection.create_window(0, window, x.root, 0, 0, 200, 200, 0, class, 0, &properties).unwrap();
    x.connection.map_window(window).unwrap();
    x.connection.flush().unwrap();
    wait_until("the window is seen", || {
        matches!(x.connection.poll_for_event().unwrap(), Some(Event::Expose(_)))
    });
    x.connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME).unwrap().check().unwrap();
}

/// How often a key (an X11 key code) was pressed until it was let go for good.
fn presses(x: &X, keycode: u8) -> usize {
    wait_until("the key is up", || !x.is_down(u16::from(keycode) - 8));
    // The X server told of every event before it answered that.
    let events = std::iter::from_fn(|| x.connection.poll_for_event().unwrap());
    events.filter(|event| matches!(event, Event::KeyPress(press) if press.detail == keycode)).count()
}

#[test]
fn a_held_key_types_as_often_as_the_viewer_says() {
    let instance = Instance::start("640x480");
    let mut client = Client::attach(instance.connect());
    let x = instance.x();
    listen(&x);
    // Its release comes late.
    client.key(KEY_A, true);
    wait_until("the key is down", || x.is_down(KEY_A));
    std::thread::sleep(HELD);
    assert!(x.is_down(KEY_A), "a game sees it held");
    client.key(KEY_A, false);
    assert_eq!(presses(&x, 38), 1);
    // The viewer repeats, and is not outdone.
    for _ in 0..5 {
        client.key(KEY_A, true);
    }
    std::thread::sleep(HELD);
    assert!(x.is_down(KEY_A));
    client.key(KEY_A, false);
    assert_eq!(presses(&x, 38), 5);
    // What only modifies does not repeat.
    for _ in 0..3 {
        client.key(KEY_LEFTSHIFT, true);
        wait_until("Shift is down", || x.is_down(KEY_LEFTSHIFT));
    }
    client.key(KEY_LEFTSHIFT, false);
    assert_eq!(presses(&x, 50), 1);
}
