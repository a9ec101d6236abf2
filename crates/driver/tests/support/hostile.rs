//! Whole pods in which somebody tries to get out, or to take more than his share.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use millrace_driver::sandbox::RuntimeChoice;
use millrace_driver::{Driver, ImageDigest, InstanceId, InstanceSpec, InstanceState, Limits};

use crate::support::{Host, Setup, Viewer, attempts, block_on, spec};

const PROGRAM: &str = "/usr/local/bin/attempts";

/// The demo's image with this very program in it, run by `uid`.
pub(crate) fn hostile_image(host: &Host, uid: u32) -> ImageDigest {
    let images = host.directory.join("images");
    let (layer, digest) = (hex::encode([uid as u8; 32]), hex::encode([uid as u8 ^ 0xff; 32]));
    let target = images.join("layers").join(&layer).join("rootfs");
    let program = target.join(&PROGRAM[1..]);
    fs::create_dir_all(program.parent().expect("a directory")).expect("the layer can be made");
    fs::copy(std::env::current_exe().expect("this program has a path"), &program)
        .expect("the program can be copied");
    let hex = Setup::get().image.0.strip_prefix("sha256:").expect("a digest");
    let text =
        fs::read(images.join("images").join(format!("{hex}.json"))).expect("the demo's image is there");
    let mut record: serde_json::Value = serde_json::from_slice(&text).expect("a record");
    record["digest"] = format!("sha256:{digest}").into();
    record["layers"].as_array_mut().expect("layers").push(layer.into());
    if uid == 0 {
        record["user"] =
            serde_json::json!({"uid": 0, "gid": 0, "groups": [], "name": "root", "home": "/root"});
    }
    fs::write(images.join("images").join(format!("{digest}.json")), record.to_string())
        .expect("the record can be written");
    ImageDigest(format!("sha256:{digest}"))
}

fn log_of(host: &Host, id: &str) -> String {
    fs::read_to_string(host.instance(id).join("logs/app.log")).unwrap_or_default()
}

async fn viewer(driver: &impl Driver, spec: &InstanceSpec) -> Viewer {
    driver.ensure(spec).await.expect("an instance starts");
    Viewer::attach(driver.connect(&spec.id).await.expect("the agent answers")).await
}

/// That the attempts are real is seen where some of them work: an ordinary user in namespaces of its own, which is harmless.
fn attempts_are_real() {
    let program =
        fs::File::open(std::env::current_exe().expect("this program has a path")).expect("it can be read");
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "unshare", "--map-root-user"])
        .args(["--mount", "--pid", "--ipc", "--net", "--uts", "--fork", "/proc/self/fd/0", attempts::ESCAPE])
        .stdin(program)
        .output()
        .expect("setpriv and unshare are there");
    let said = String::from_utf8_lossy(&output.stderr);
    for name in ["mount", "unshare", "sethostname", "a raw socket"] {
        assert!(said.lines().any(|line| line == format!("ESCAPE: {name}")), "{name}: {said}");
    }
    assert_eq!(output.status.code(), Some(1));
}

pub(crate) fn nothing_escapes(choice: &RuntimeChoice) {
    attempts_are_real();
    let host = Host::new(choice);
    let images = [1000, 0].map(|uid| (uid, hostile_image(&host, uid)));
    block_on(async {
        let driver = host.driver();
        let mut neighbour = viewer(&driver, &spec("neighbour", &Setup::get().image)).await;
        assert_eq!(
            neighbour.run("echo secret > $HOME/neighbour-secret; echo > /tmp/neighbour-secret").await,
            0
        );
        for (uid, image) in &images {
            let id = format!("uid{uid}");
            let mut one = viewer(&driver, &spec(&id, image)).await;
            assert_eq!(one.run(&format!("[ $(id -u) = {uid} ]")).await, 0);
            let status = one.run(&format!("{PROGRAM} {}", attempts::ESCAPE)).await;
            assert_eq!(status, 0, "as {uid}: {}", log_of(&host, &id));
            let search = "! find / -name neighbour-secret -not -path '/proc/*' 2>/dev/null | grep -q .";
            assert_eq!(one.run(search).await, 0, "as {uid}: the neighbour's files");
            // The host's first process would be seen with the host's name and namespaces.
            assert_eq!(one.run("[ $(readlink /proc/1/ns/pid) = $(readlink /proc/self/ns/pid) ]").await, 0);
            driver.destroy(&InstanceId::new(id).expect("an id")).await.expect("it ends");
        }
        driver.destroy(&InstanceId::new("neighbour").expect("an id")).await.expect("it ends");
    });
    host.assert_nothing_left();
}

pub(crate) fn bombs_hurt_only_their_instance(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    let image = hostile_image(&host, 1000);
    block_on(async {
        let driver = host.driver();
        let mut neighbour = viewer(&driver, &spec("neighbour", &Setup::get().image)).await;
        let limits = Limits { memory_bytes: 256 << 20, cpu_millis: 500, processes: 60 };
        let bomber = InstanceSpec { limits, ..spec("bomber", &image) };
        let mut one = viewer(&driver, &bomber).await;

        // Out of memory: the program ends, the instance goes on.
        assert_ne!(one.run(&format!("{PROGRAM} {}", attempts::EAT_MEMORY)).await, 0);
        assert_eq!(one.run("true").await, 0, "the instance goes on");
        assert_eq!(neighbour.run("true").await, 0);

        // As many processes as it may have, all of them busy.
        let bomb = "bomb() { while :; do bomb & done; }; bomb 2>/dev/null & sleep 2; exit 0";
        one.run(bomb).await;
        let began = Instant::now();
        assert_eq!(neighbour.run("echo x > $HOME/x && xterm -e true").await, 0);
        assert!(began.elapsed() < Duration::from_secs(10), "the neighbour waited {:?}", began.elapsed());
        assert!(pids_of(&host, "bomber") <= 60);
        let states = driver.list().await.expect("instances can be listed");
        let state =
            |id: &str| states.iter().find(|status| status.id.as_str() == id).map(|status| status.state);
        assert_eq!(state("neighbour"), Some(InstanceState::Ready));
        let began = Instant::now();
        for id in ["bomber", "neighbour"] {
            driver.destroy(&InstanceId::new(id).expect("an id")).await.expect("it ends");
        }
        assert!(began.elapsed() < Duration::from_secs(15), "ending took {:?}", began.elapsed());
    });
    host.assert_nothing_left();
}

/// How many processes the pod's cgroup counts.
fn pids_of(host: &Host, id: &str) -> u32 {
    let group = host.group();
    ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"]
        .iter()
        .find_map(|root| fs::read_to_string(Path::new(root).join(&group).join(id).join("pids.current")).ok())
        .expect("the pod's processes are counted")
        .trim()
        .parse()
        .expect("a number")
}
