//! Whole pods on this host, under each OCI runtime that it has. Needs root, and the images and programs that `cargo xtask test` names in the environment
//! (see `support::Setup::paths`). Without them every test here is reported as ignored, with the reason.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "this is a test, though it has a harness of its own"
)]

mod support;

use std::fs;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use millrace_driver::sandbox::{DiskLimit, RuntimeChoice, SandboxDriver};
use millrace_driver::{
    Driver, DriverError, ImageDigest, InstanceEvent, InstanceId, InstanceState, Preparation,
};
use support::{Host, Setup, Viewer, attempts, block_on, builder, homes, hostile, internet, runtimes, spec};

type Test = fn(&RuntimeChoice);

const TESTS: [(&str, Test); 17] = [
    ("a_home_folder_outlives_instances", homes::a_home_folder_outlives_instances),
    ("damaged_volumes_are_refused", homes::damaged_volumes_are_refused),
    ("two_sessions_share_a_home_folder", homes::two_sessions_share_a_home_folder),
    ("a_frozen_instance_waits_and_goes_on", a_frozen_instance_waits_and_goes_on),
    ("all_disks_together_are_bounded", all_disks_together_are_bounded),
    ("a_prepared_application_waits_frozen", a_prepared_application_waits_frozen),
    (
        "instances_reach_the_internet_and_nothing_else",
        internet::instances_reach_the_internet_and_nothing_else,
    ),
    ("bombs_hurt_only_their_instance", hostile::bombs_hurt_only_their_instance),
    ("nothing_escapes", hostile::nothing_escapes),
    ("a_full_disk_hurts_only_its_instance", a_full_disk_hurts_only_its_instance),
    ("a_pod_starts_is_isolated_and_goes", a_pod_starts_is_isolated_and_goes),
    ("a_builder_keeps_its_disk_and_becomes_an_image", builder::a_builder_keeps_its_disk_and_becomes_an_image),
    ("an_end_by_itself_is_announced", an_end_by_itself_is_announced),
    ("a_killed_server_s_instance_is_adopted", a_killed_server_s_instance_is_adopted),
    ("a_start_killed_half_way_leaves_nothing_unknown", a_start_killed_half_way_leaves_nothing_unknown),
    ("starting_is_quick", starting_is_quick),
    ("what_cannot_start_is_cleared_away", what_cannot_start_is_cleared_away),
];

fn main() -> ExitCode {
    // Inside an instance, this program is the one that tries to escape.
    match std::env::args().nth(1).as_deref() {
        Some(attempts::ESCAPE) => std::process::exit(attempts::escape()),
        Some(attempts::EAT_MEMORY) => std::process::exit(attempts::eat_memory()),
        Some(internet::INTERNET) => std::process::exit(internet::be_the_internet()),
        Some(internet::SERVER) => {
            let words: Vec<String> = std::env::args().skip(2).collect();
            std::process::exit(internet::be_a_server(&words));
        }
        _ => {}
    }
    if let Ok(text) = std::env::var("MILLRACE_TEST_SERVER") {
        server(&text);
    }
    let missing = Setup::paths().err();
    if let Some(reason) = &missing {
        eprintln!("the tests of whole pods are ignored: {reason}");
    }
    let trials = runtimes()
        .into_iter()
        .flat_map(|(name, choice)| {
            TESTS.map(|(test, run)| {
                let choice = choice.clone();
                Trial::test(format!("{name}::{test}"), move || {
                    run(&choice);
                    Ok(())
                })
                .with_ignored_flag(missing.is_some())
            })
        })
        .collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    if missing.is_none() {
        Setup::remove();
    }
    conclusion.exit_code()
}

fn a_pod_starts_is_isolated_and_goes(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    block_on(async {
        let driver = host.driver();
        let one = spec("one", &Setup::get().image);
        driver.ensure(&one).await.unwrap();
        driver.ensure(&one).await.unwrap();
        assert_eq!(driver.list().await.unwrap()[0].state, InstanceState::Ready);

        let mut viewer = Viewer::attach(driver.connect(&one.id).await.unwrap()).await;
        for (what, script) in CHECKS {
            assert_eq!(viewer.run(script).await, 0, "{what}: {script}");
        }
        // An application that computes does not hold up keys and pictures.
        assert!(host.cpu_weight("one", "display") >= 4 * host.cpu_weight("one", "app"));

        // What it writes can be read on the host while it runs, though it is mounted nowhere there.
        let home = host.instance("one").join("files/home/user");
        assert_eq!(fs::read_to_string(home.join("mine")).unwrap(), "1000\n");
        let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(home.join("mine")).unwrap());
        assert_eq!(owner, host.id_base + 1000);

        driver.destroy(&one.id).await.unwrap();
        driver.destroy(&one.id).await.unwrap();
        assert!(driver.list().await.unwrap().is_empty());
        assert!(matches!(driver.connect(&one.id).await, Err(DriverError::NoSuchInstance(_))));
    });
    host.assert_nothing_left();
}

/// What must be true inside the app container; each is a script that succeeds.
const CHECKS: [(&str, &str); 20] = [
    ("the user is the image's", "[ $(id -u) = 1000 ] && id -u > ~/mine"),
    ("no capabilities", "grep -q 'CapEff:\t0000000000000000' /proc/self/status"),
    ("no capabilities to gain", "grep -q 'CapBnd:\t0000000000000000' /proc/self/status"),
    ("no new privileges", "grep -q 'NoNewPrivs:\t1' /proc/self/status"),
    ("system calls are filtered", "grep -q 'Seccomp:\t2' /proc/self/status"),
    ("no network but lo", "[ $(grep -c : /proc/net/dev) = 1 ] && grep -q lo: /proc/net/dev"),
    ("the agent's files are not there", "[ ! -e /run/millrace/agent ] && [ ! -e /usr/bin/millrace-agent ]"),
    ("the shared directory is read-only", "! touch /run/millrace/pod/x 2>/dev/null"),
    ("the X socket's directory is read-only", "! touch /tmp/.X11-unix/x 2>/dev/null"),
    ("the launcher cannot be changed", "! touch /run/millrace/launcher 2>/dev/null"),
    ("no user namespaces", "! unshare --user true 2>/dev/null"),
    ("no mounts", "! mount -t tmpfs x /mnt 2>/dev/null"),
    (
        "the host's processes are not there",
        "[ $(cat /proc/1/comm) = millrace-launch ] || cat /proc/1/cmdline | grep -q launcher",
    ),
    ("the host name is the instance's", "[ $(cat /proc/sys/kernel/hostname) = one ]"),
    (
        "localhost and its own name have addresses",
        "getent hosts localhost | grep -Eq '^(127.0.0.1|::1) ' && getent hosts one | grep -q '^127.0.1.1 '",
    ),
    ("the file system is its own", "! [ -e /etc/millrace ] && touch /tmp/x /dev/shm/x"),
    (
        "root is nobody outside",
        "grep -q ' 65536$' /proc/self/uid_map && ! grep -q ' 0  *0 ' /proc/self/uid_map",
    ),
    ("kernel settings cannot be changed", "! echo 1 2>/dev/null > /proc/sys/kernel/ns_last_pid"),
    ("the X server answers", "xterm -e true"),
    // GTK 2 makes its shared memory with mode 0600 (1600: to be removed with its last user), under another uid (field 8) than the X server's; when both
    // have it attached, field 7 is 2. Without CAP_IPC_OWNER the X server cannot, and the program falls back to sending pictures.
    (
        "pictures go through shared memory",
        "mtpaint >/dev/null 2>&1 & for i in $(seq 100); do awk '$3 == 1600 && $7 == 2 && $8 == 1000 { found = 1 } END { exit !found }' /proc/sysvipc/shm && exit 0; sleep 0.1; done; exit 1",
    ),
];

fn an_end_by_itself_is_announced(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    block_on(async {
        let driver = host.driver();
        let mut events = driver.events();
        let one = spec("one", &Setup::get().image);
        driver.ensure(&one).await.unwrap();
        kill_container(&host, "one", "display");
        let event = tokio::time::timeout(Duration::from_secs(5), events.recv()).await.unwrap().unwrap();
        assert_eq!(event, InstanceEvent::Exited { id: one.id.clone() });
        assert_eq!(driver.list().await.unwrap()[0].state, InstanceState::Exited);
        assert!(matches!(driver.ensure(&one).await, Err(DriverError::Ended { .. })));
    });
    host.assert_nothing_left();
}

fn a_killed_server_s_instance_is_adopted(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    let mut server = start_server(&host);
    wait_until("the server has an instance", || {
        fs::read_to_string(host.instance("one").join("instance.json"))
            .is_ok_and(|text| text.contains("\"ready\":true"))
    });
    server.kill().unwrap();
    server.wait().unwrap();
    block_on(async {
        let driver = host.driver();
        let mut events = driver.events();
        assert_eq!(driver.list().await.unwrap()[0].state, InstanceState::Ready);
        let one = spec("one", &Setup::get().image);
        driver.ensure(&one).await.unwrap();
        let mut viewer = Viewer::attach(driver.connect(&one.id).await.unwrap()).await;
        assert_eq!(viewer.run("exit 7").await, 7);
        // The slot of the first is still taken.
        driver.ensure(&spec("two", &Setup::get().image)).await.unwrap();
        let three = driver.ensure(&spec("three", &Setup::get().image)).await;
        assert!(matches!(three, Err(DriverError::NoRoom(_))), "{three:?}");
        kill_container(&host, "one", "app");
        let event = tokio::time::timeout(Duration::from_secs(5), events.recv()).await.unwrap().unwrap();
        assert_eq!(event, InstanceEvent::Exited { id: one.id.clone() });
        for id in ["one", "two"] {
            driver.destroy(&InstanceId::new(id).unwrap()).await.unwrap();
        }
    });
    host.assert_nothing_left();
}

fn a_start_killed_half_way_leaves_nothing_unknown(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    for files in ["instance.json", "display.plan.json", "display.pid", "app.plan.json", "app.pid"] {
        let mut server = start_server(&host);
        wait_until(files, || host.instance("one").join(files).exists());
        server.kill().unwrap();
        server.wait().unwrap();
        block_on(async {
            let driver = host.driver();
            let one = spec("one", &Setup::get().image);
            assert_eq!(driver.list().await.unwrap().len(), 1);
            // Half of the time the instance is carried on with, half of the time it is given up.
            if files.contains("plan") {
                driver.ensure(&one).await.unwrap();
            }
            driver.destroy(&one.id).await.unwrap();
        });
        host.assert_nothing_left();
    }
}

fn what_cannot_start_is_cleared_away(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    let setup = Setup::get();
    block_on(async {
        let missing = ImageDigest(format!("sha256:{}", "0".repeat(64)));
        let driver = host.driver();
        let result = driver.ensure(&spec("one", &missing)).await;
        assert!(matches!(result, Err(DriverError::ImageMissing(_))), "{result:?}");
        host.assert_nothing_left();

        // Destroyed while it starts.
        let one = spec("one", &setup.image);
        let (started, ()) = tokio::join!(driver.ensure(&one), async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            driver.destroy(&one.id).await.unwrap();
        });
        assert!(matches!(started, Err(DriverError::Ended { .. })), "{started:?}");
        host.assert_nothing_left();
    });
    for (agent, seconds) in [("/bin/false", 30), ("/bin/cat", 1)] {
        block_on(async {
            let mut config = host.config(agent.into(), setup.launcher.clone(), &setup.runtime);
            config.ready_timeout = Duration::from_secs(seconds);
            let driver = SandboxDriver::new(config).unwrap();
            let result = driver.ensure(&spec("one", &setup.image)).await;
            // An agent that ends, and one that never answers (cat waits on nothing: its input is empty, so it ends as well).
            assert!(
                matches!(result, Err(DriverError::Ended { .. } | DriverError::Program { .. })),
                "{result:?}"
            );
        });
        host.assert_nothing_left();
    }
}

fn a_frozen_instance_waits_and_goes_on(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    block_on(async {
        let driver = host.driver();
        let one = spec("one", &Setup::get().image);
        assert!(matches!(driver.set_frozen(&one.id, true).await, Err(DriverError::NoSuchInstance(_))));
        driver.ensure(&one).await.unwrap();
        let mut viewer = Viewer::attach(driver.connect(&one.id).await.unwrap()).await;
        assert_eq!(viewer.run("(while :; do date +%s%N > $HOME/time; done) & exit 0").await, 0);
        let time = host.instance("one").join("files/home/user/time");
        wait_until("time passes", || time.exists());
        let passes = || {
            let before = fs::read_to_string(&time).unwrap();
            let deadline = Instant::now() + Duration::from_millis(300);
            while Instant::now() < deadline {
                if fs::read_to_string(&time).unwrap() != before {
                    return true;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            false
        };
        let mut took = Vec::new();
        for frozen in [true, true, false, true] {
            let began = Instant::now();
            driver.set_frozen(&one.id, frozen).await.unwrap();
            took.push(began.elapsed());
            assert_eq!(passes(), !frozen);
            assert_eq!(driver.list().await.unwrap()[0].state, InstanceState::Ready);
        }
        eprintln!("frozen in {:.1?}, thawed in {:.1?}", took[0], took[2]);
        // Frozen as it is, and by another server.
        drop(driver);
    });
    block_on(async {
        let driver = host.driver();
        driver.set_frozen(&InstanceId::new("one").unwrap(), false).await.unwrap();
        let mut viewer =
            Viewer::attach(driver.connect(&InstanceId::new("one").unwrap()).await.unwrap()).await;
        assert_eq!(viewer.run("true").await, 0);
        driver.set_frozen(&InstanceId::new("one").unwrap(), true).await.unwrap();
        // One that is killed in its sleep is not given to anybody.
        kill_container(&host, "one", "app");
        assert_eq!(driver.list().await.unwrap()[0].state, InstanceState::Exited);
        driver.destroy(&InstanceId::new("one").unwrap()).await.unwrap();
    });
    host.assert_nothing_left();
}

fn all_disks_together_are_bounded(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    let setup = Setup::get();
    block_on(async {
        let mut config = host.config(setup.agent.clone(), setup.launcher.clone(), &setup.runtime);
        // More than half of what is free: one such instance is possible, two are not.
        let stat = rustix::fs::statvfs(&host.directory).unwrap();
        let free = stat.f_bavail * stat.f_frsize - (1 << 30);
        config.disk = Some(DiskLimit { bytes: ((free / 100 * 60) >> 20) << 20, inodes: 20_000 });
        config.disk_overcommit = 1.0;
        let driver = SandboxDriver::new(config).unwrap();
        driver.ensure(&spec("one", &setup.image)).await.unwrap();
        let second = driver.ensure(&spec("two", &setup.image)).await;
        assert!(matches!(&second, Err(DriverError::NoRoom(why)) if why.contains("promised")), "{second:?}");
        assert_eq!(driver.list().await.unwrap().len(), 1);
        driver.destroy(&InstanceId::new("one").unwrap()).await.unwrap();
    });
    host.assert_nothing_left();
}

fn a_prepared_application_waits_frozen(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    block_on(async {
        let driver = host.driver();
        let one = spec("one", &Setup::get().image);
        driver.ensure(&one).await.unwrap();
        let idle = host.unshared_kib();
        // Agent, X server, window manager and launcher, without an application.
        eprintln!("an idle instance has {} MiB of its own", idle / 1024);
        assert!(idle < 60 * 1024, "{idle} KiB");
        let xterm = Preparation {
            argv: vec!["xterm".into()],
            environment: vec!["MILLRACE_AHEAD=yes".into()],
            working_directory: String::new(),
        };
        driver.prepare(&one.id, &xterm).await.unwrap();
        driver.prepare(&one.id, &xterm).await.unwrap();
        driver.set_frozen(&one.id, true).await.unwrap();
        assert!(driver.list().await.unwrap()[0].frozen);
        // A connection lets it go on.
        let mut viewer = Viewer::attach(driver.connect(&one.id).await.unwrap()).await;
        assert!(!driver.list().await.unwrap()[0].frozen);
        let runs = "[ $(cat /proc/*/comm | grep -c '^xterm$') = 1 ] && cat /proc/*/environ 2>/dev/null | grep -q MILLRACE_AHEAD=yes";
        assert_eq!(viewer.run(runs).await, 0, "it runs, once");
        driver.destroy(&one.id).await.unwrap();
        assert!(matches!(driver.prepare(&one.id, &xterm).await, Err(DriverError::NoSuchInstance(_))));
    });
    host.assert_nothing_left();
}

fn a_full_disk_hurts_only_its_instance(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    let setup = Setup::get();
    block_on(async {
        let mut config = host.config(setup.agent.clone(), setup.launcher.clone(), &setup.runtime);
        config.disk = Some(DiskLimit { bytes: 96 << 20, inodes: 2000 });
        let driver = SandboxDriver::new(config).unwrap();
        for id in ["one", "two"] {
            driver.ensure(&spec(id, &setup.image)).await.unwrap();
        }
        let viewer = |id| {
            let (driver, id) = (&driver, InstanceId::new(id).unwrap());
            async move { Viewer::attach(driver.connect(&id).await.unwrap()).await }
        };
        let (mut one, mut two) = (viewer("one").await, viewer("two").await);
        let image = host.instance("one").join("upper.ext4");
        let written = || std::os::unix::fs::MetadataExt::blocks(&fs::metadata(&image).unwrap()) * 512;

        let bytes = "dd if=/dev/zero of=$HOME/full bs=1M count=500 2>/dev/null";
        assert_ne!(one.run(bytes).await, 0, "500 MiB fit into 96");
        assert_eq!(one.run("[ $(stat -c %s $HOME/full) -gt 60000000 ] && sync $HOME/full").await, 0);
        // The host's own file system counts blocks once it has written them.
        wait_until("what was written is on the host's disk", || written() > 60_000_000);
        assert!(written() <= 97 << 20, "{}", written());
        assert_eq!(two.run("echo x > $HOME/mine && [ -s $HOME/mine ]").await, 0, "the other can still write");
        // What is deleted is the host's again.
        assert_eq!(one.run("rm $HOME/full && sync -f $HOME").await, 0);
        wait_until("the host has its room back", || written() < 30_000_000);

        let files = "for i in $(seq 2500); do : > $HOME/file$i || exit 9; done 2>/dev/null";
        assert_ne!(one.run(files).await, 0, "2,500 files fit into 2,000 inodes");
        assert_eq!(two.run("for i in $(seq 500); do : > $HOME/file$i || exit 9; done").await, 0);
        assert_eq!(driver.list().await.unwrap().len(), 2);
        for id in ["one", "two"] {
            driver.destroy(&InstanceId::new(id).unwrap()).await.unwrap();
        }
    });
    host.assert_nothing_left();
}

/// Prints the figures; fails only when something is badly wrong, since a busy machine is slow.
fn starting_is_quick(choice: &RuntimeChoice) {
    for bounded in [true, false] {
        measure_start(choice, bounded);
    }
}

fn measure_start(choice: &RuntimeChoice, bounded: bool) {
    let host = Host::new(choice);
    let setup = Setup::get();
    let (mut starts, mut ends, mut memory) = (Vec::new(), Vec::new(), 0);
    block_on(async {
        let mut config = host.config(setup.agent.clone(), setup.launcher.clone(), &setup.runtime);
        if !bounded {
            config.disk = None;
        }
        let driver = SandboxDriver::new(config).unwrap();
        for number in 0..10 {
            let spec = spec(&format!("i{number}"), &Setup::get().image);
            let begin = Instant::now();
            driver.ensure(&spec).await.unwrap();
            starts.push(begin.elapsed());
            memory = host.memory_kib();
            let begin = Instant::now();
            driver.destroy(&spec.id).await.unwrap();
            ends.push(begin.elapsed());
        }
    });
    starts.sort();
    ends.sort();
    let name = if matches!(choice, RuntimeChoice::Crun(_)) { "crun" } else { "runc" };
    eprintln!(
        "{name}, writable layer bounded: {bounded}: ready after {:.0?} (median of 10; {:.0?} to {:.0?}), gone after {:.0?}, {} MiB of memory (PSS) when idle",
        starts[5],
        starts[0],
        starts[9],
        ends[5],
        memory / 1024
    );
    assert!(starts[5] < Duration::from_secs(5), "{starts:?}");
    host.assert_nothing_left();
}

fn kill_container(host: &Host, id: &str, container: &str) {
    let pid = fs::read_to_string(host.instance(id).join(format!("{container}.pid"))).unwrap();
    let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

/// Another process with a driver that starts the instance `one`, and then waits to be killed.
fn start_server(host: &Host) -> std::process::Child {
    let setup = Setup::get();
    let (kind, program) = match &host.choice {
        RuntimeChoice::Crun(path) => ("crun", path),
        RuntimeChoice::Runc(path) => ("runc", path),
        RuntimeChoice::Auto => unreachable!("tests name their runtime"),
    };
    let words = [
        host.directory.display().to_string(),
        host.id_base.to_string(),
        kind.to_owned(),
        program.display().to_string(),
        setup.agent.display().to_string(),
        setup.launcher.display().to_string(),
        setup.runtime.0.clone(),
        setup.image.0.clone(),
    ];
    Command::new(std::env::current_exe().unwrap())
        .env("MILLRACE_TEST_SERVER", words.join("\n"))
        .stdin(Stdio::null())
        .spawn()
        .unwrap()
}

fn server(text: &str) -> ! {
    let words: Vec<&str> = text.split('\n').collect();
    let [directory, id_base, kind, program, agent, launcher, runtime, image] = words[..] else {
        panic!("eight words are needed")
    };
    let choice = match kind {
        "crun" => RuntimeChoice::Crun(program.into()),
        _ => RuntimeChoice::Runc(program.into()),
    };
    let host = Host::at(directory.into(), id_base.parse().unwrap(), choice);
    block_on(async {
        let config = host.config(agent.into(), launcher.into(), &ImageDigest(runtime.to_owned()));
        let driver = SandboxDriver::new(config).unwrap();
        driver.ensure(&spec("one", &ImageDigest(image.to_owned()))).await.unwrap();
        std::future::pending::<()>().await;
    });
    unreachable!("it waits to be killed")
}

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < deadline, "timed out: {what}");
        std::thread::sleep(Duration::from_micros(200));
    }
}
