//! What an instance costs without gateway and browser: from a key to its frame, and CPU and bytes of the test application's modes.
//!
//! `cargo bench -p millrace-agent`. The viewer's own decoding takes CPU too; what is counted is the agent's and the X server's.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for developers, which prints its results"
)]

#[path = "../tests/session/client.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod client;
#[path = "../tests/session/instance.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod instance;

use std::thread;
use std::time::{Duration, Instant};

use client::{Client, Seen};
use instance::{Instance, program};

const KEY_A: u16 = 30;
const SAMPLES: usize = 300;

fn main() {
    for size in [(1280, 720), (1920, 1080)] {
        // As instances are started: at the largest size, to follow the viewer's.
        let instance = Instance::start("2560x1440");
        println!("{}x{}", size.0, size.1);
        keys(&instance, size);
        for mode in ["--scroll", "--animate=window", "--animate=full"] {
            busy(&instance, size, mode);
        }
        let all = instance.children().into_iter().chain([instance.agent.id()]);
        println!(
            "  memory of agent, X server and window manager (PSS): {} MiB",
            all.map(pss_kib).sum::<u64>() / 1024
        );
    }
}

/// From a key to the frame that answers it, with the application drawing in between.
fn keys(instance: &Instance, size: (u16, u16)) {
    let mut client = Client::attach_sized(instance.connect(), size.0, size.1);
    client.start(1, &[program("millrace-bench-app").to_str().unwrap()]);
    while client.next_within(Duration::from_secs(1)).is_some() {}
    let mut stages: [Vec<u64>; 5] = Default::default();
    for sample in 0..SAMPLES {
        let start = Instant::now();
        let sequence = client.key(KEY_A, true);
        let header = client.wait_for("the key's frame", |_, seen| match seen {
            Seen::Frame(header) if header.input_sequence >= sequence => Some(header),
            _ => None,
        });
        let received = start.elapsed().as_micros() as u64;
        client.key(KEY_A, false);
        let since = |later: u64, earlier: u64| later.saturating_sub(earlier);
        for (stage, value) in stages.iter_mut().zip([
            since(header.damaged, header.injected),
            since(header.captured, header.damaged),
            since(header.encoded, header.captured),
            since(header.encoded, header.injected),
            received,
        ]) {
            stage.push(value);
        }
        // Not in step with anything.
        thread::sleep(Duration::from_millis(25 + (sample as u64 * 37) % 41));
    }
    let names = [
        "injected → damaged",
        "damaged → captured",
        "captured → encoded",
        "injected → encoded",
        "key sent → frame received",
    ];
    for (name, stage) in names.iter().zip(&mut stages) {
        stage.sort_unstable();
        let at = |percent: usize| stage[(stage.len() - 1) * percent / 100];
        println!("  {name}: p50 {} µs, p95 {} µs, p99 {} µs", at(50), at(95), at(99));
    }
    let before = ticks(instance.agent.id());
    let idle = client.next_within(Duration::from_secs(3));
    println!(
        "  idle for 3 s: {} CPU ticks, {}",
        ticks(instance.agent.id()) - before,
        if idle.is_none() { "no message" } else { "a message" }
    );
    drop(client);
    // Its window would lie under the next ones.
    let benchmark = instance.launcher.as_ref().unwrap().id();
    for child in std::fs::read_to_string(format!("/proc/{benchmark}/task/{benchmark}/children"))
        .unwrap()
        .split_whitespace()
    {
        let pid = rustix::process::Pid::from_raw(child.parse().unwrap()).unwrap();
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

fn busy(instance: &Instance, size: (u16, u16), mode: &str) {
    let mut client = Client::attach_sized(instance.connect(), size.0, size.1);
    let id = 2 + u32::try_from(mode.len()).unwrap();
    client.start(id, &[program("millrace-bench-app").to_str().unwrap(), mode, "--seconds=7"]);
    // The first pictures are of the window that opens.
    let warm = Instant::now();
    while warm.elapsed() < Duration::from_secs(1) {
        client.next_within(Duration::from_millis(50));
    }
    let x_server = instance.children()[0];
    let (agent_before, x_before) = (ticks(instance.agent.id()), ticks(x_server));
    let (frames, bytes, start) = (client.frames, client.bytes, Instant::now());
    while start.elapsed() < Duration::from_secs(5) {
        client.next_within(Duration::from_millis(50));
    }
    let seconds = start.elapsed().as_secs_f64();
    // A tick is 1/100 s, so ticks a second are percent of a core.
    let percent = |before: u64, after: u64| (after - before) as f64 / seconds;
    println!(
        "  {mode}: {:.1} frames/s, {:.2} Mbit/s, agent {:.1} %, X server {:.1} %",
        (client.frames - frames) as f64 / seconds,
        (client.bytes - bytes) as f64 * 8.0 / 1e6 / seconds,
        percent(agent_before, ticks(instance.agent.id())),
        percent(x_before, ticks(x_server)),
    );
    while start.elapsed() < Duration::from_secs(8) {
        client.next_within(Duration::from_millis(50));
    }
}

/// User and system time of a process, in ticks.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields = stat.rsplit_once(") ").unwrap().1;
    fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

fn pss_kib(pid: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let line = rollup.lines().find(|line| line.starts_with("Pss:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
