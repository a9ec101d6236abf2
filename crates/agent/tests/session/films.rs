//! Films: likenesses and pictures of H.264 that become exact, and keys beside them.

use std::time::{Duration, Instant};

use millrace_stream::message::{AgentRequest, SessionMessage};

use crate::client::{Client, Seen};
use crate::instance::Instance;
use crate::{BLUE, KEY_A, YELLOW, start_benchmark};

#[test]
fn a_film_that_stops_becomes_exact() {
    let instance = Instance::start("800x600");
    let x = instance.x();
    let mut client = Client::attach(instance.connect());
    start_benchmark(&mut client, 1, &["--animate=full", "--still-after=3"]);
    client.wait_for("likenesses of the film", |client, _| (client.likenesses > 20).then_some(()));
    let (mut likenesses, mut film, mut rest) = (0, Instant::now(), Instant::now());
    while let Some(seen) = client.next_within(Duration::from_secs(1)) {
        assert!(seen != Seen::Closed);
        rest = Instant::now();
        if client.likenesses > likenesses {
            (likenesses, film) = (client.likenesses, rest);
        }
    }
    assert!(client.shows(&x.screen()), "it stays a likeness");
    // Half a second is the goal, which `cargo xtask bench stream` measures; here other tests run beside this one.
    assert!(rest - film < Duration::from_secs(5), "{:?} from the film's end", rest - film);
}

#[test]
fn a_film_in_h264_becomes_exact_too() {
    let instance = Instance::start("1280x720");
    let x = instance.x();
    let mut client = Client::attach(instance.connect());
    client.send(&AgentRequest::Session(SessionMessage::Decoders { h264: true }));
    start_benchmark(&mut client, 1, &["--animate=full", "--still-after=8"]);
    client.wait_for("pictures of the film", |client, _| (client.videos > 10).then_some(()));
    while client.next_within(Duration::from_secs(1)).is_some() {}
    assert!(client.shows(&x.screen()), "it stays a likeness");
}

#[test]
fn a_key_beside_a_film_is_answered_without_the_film() {
    const KEYS: u32 = 20;
    let instance = Instance::start("1280x720");
    let mut client = Client::attach(instance.connect());
    client.send(&AgentRequest::Session(SessionMessage::Decoders { h264: true }));
    start_benchmark(&mut client, 1, &["--both"]);
    client.wait_for("pictures of the film", |client, _| (client.videos > 30).then_some(()));
    let mut alone = 0;
    for round in 0..KEYS {
        client.key(KEY_A, true);
        client.key(KEY_A, false);
        let colour = if round % 2 == 0 { BLUE } else { YELLOW };
        let videos = client.videos;
        client.wait_for("the block's other colour", |client, seen| match seen {
            Seen::Frame(header) if client.pixel(100, 100) == colour => {
                // What came with it may hold the film's next frame already.
                alone += u32::from(client.last_video != header.frame);
                Some(())
            }
            _ => None,
        });
        client.wait_for("the film to go on", |client, _| (client.videos > videos + 3).then_some(()));
    }
    // Now and then a frame of the film's own is due at that moment.
    assert!(alone * 2 > KEYS, "{alone} of {KEYS}");
}
