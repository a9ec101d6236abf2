//! An image builder: what its user may do and what not, what of it stays, and what it becomes.

use std::fs;

use millrace_driver::sandbox::{RuntimeChoice, SandboxDriver};
use millrace_driver::{
    BuilderSpec, DiskId, Driver, DriverError, InstanceId, InstanceSpec, SnapshotApplication, SnapshotSpec,
};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::{Host, Setup, Viewer, block_on, spec};

/// What must be true in a builder; each is a script that succeeds.
const CHECKS: [(&str, &str); 20] = [
    ("the user is the image's", "[ $(id -u) = 1000 ]"),
    ("the user becomes root", "[ $(sudo id -u) = 0 ] && [ $(sudo -u user id -u) = 1000 ]"),
    ("no capability without that", "grep -q 'CapEff:\t0000000000000000' /proc/self/status"),
    // chown, dac_override, dac_read_search, fowner, fsetid, kill, setgid, setuid, setfcap
    ("root has the listed capabilities", "sudo grep -q 'CapEff:\t00000000800000ff' /proc/self/status"),
    ("and can get no others", "sudo grep -q 'CapBnd:\t00000000800000ff' /proc/self/status"),
    ("system calls are filtered", "sudo grep -q 'Seccomp:\t2' /proc/self/status"),
    ("all ids but one", "[ $(sudo awk '{ ids += $3 } END { print ids }' /proc/self/uid_map) = 65535 ]"),
    ("the display's id is not root's", "! sudo chown 900 /etc/passwd 2>/dev/null"),
    (
        "root installs",
        "sudo sh -c 'echo one > /etc/made-by-root && chown 33:33 /etc/made-by-root && chmod 4755 /etc/made-by-root'",
    ),
    ("root removes", "sudo rm /usr/bin/mtpaint && sudo rm -r /usr/share/mime && sudo mkdir /usr/share/mime"),
    ("root renames a directory of the image", "sudo mv /usr/share/themes /usr/share/themes-moved"),
    ("root reaches no agent", "! sudo test -e /run/millrace/agent && ! sudo test -e /usr/bin/millrace-agent"),
    (
        "root does not change what is shared",
        "! sudo touch /run/millrace/pod/x 2>/dev/null && ! sudo rm -f /run/millrace/pod/launcher.sock 2>/dev/null",
    ),
    (
        "root does not reach the X server's files",
        "! sudo touch /tmp/.X11-unix/x 2>/dev/null && ! sudo chmod 0 /tmp/.X11-unix/X0 2>/dev/null",
    ),
    (
        "root makes no further namespace",
        "! sudo unshare --user true 2>/dev/null && ! sudo unshare --mount true 2>/dev/null",
    ),
    ("root mounts nothing", "! sudo mount -t tmpfs x /mnt 2>/dev/null"),
    ("root changes no kernel setting", "! sudo sh -c 'echo 1 > /proc/sys/kernel/ns_last_pid' 2>/dev/null"),
    (
        "root makes no device",
        "! sudo mknod /dev/evil b 8 0 2>/dev/null && ! sudo mknod /evil c 1 1 2>/dev/null",
    ),
    ("the X server answers root too", "sudo xterm -e true"),
    (
        "the user's own, and what must not be in an image",
        "echo mine > ~/mine && echo secret > ~/.bash_history && echo x > /tmp/x && sudo sh -c 'echo 0123 > /etc/machine-id; echo k > /etc/ssh_host_x; mkdir -p /etc/ssh; echo key > /etc/ssh/ssh_host_rsa_key; ln /etc/made-by-root /etc/link; ln -s \"/a//b/\" /etc/odd; truncate -s 100M /opt/sparse; mkfifo /opt/pipe; mkdir -p /var/lib/apt/lists; echo l > /var/lib/apt/lists/l'",
    ),
];

/// What must be true in an instance of the image that the builder became.
const AFTERWARDS: [(&str, &str); 9] = [
    (
        "what root wrote",
        "[ $(cat /etc/made-by-root) = one ] && [ \"$(stat -c %u:%g:%a:%h /etc/made-by-root)\" = 33:33:4755:2 ]",
    ),
    ("hard links", "[ $(stat -c %i /etc/link) = $(stat -c %i /etc/made-by-root) ]"),
    ("links as they were", "[ \"$(readlink /etc/odd)\" = /a//b/ ]"),
    (
        "what root removed",
        "! [ -e /usr/bin/mtpaint ] && [ -d /usr/share/mime ] && [ -z \"$(ls /usr/share/mime)\" ]",
    ),
    ("what root renamed", "! [ -e /usr/share/themes ] && [ -e /usr/share/themes-moved ]"),
    (
        "holes",
        "[ $(stat -c %s /opt/sparse) = 104857600 ] && [ $(stat -c %b /opt/sparse) -lt 100 ] && [ -p /opt/pipe ]",
    ),
    ("the user's own", "[ $(cat ~/mine) = mine ] && [ $(stat -c %u ~/mine) = 1000 ]"),
    (
        "what must not be in an image",
        "[ -e /etc/machine-id ] && ! [ -s /etc/machine-id ] && ! [ -e ~/.bash_history ] && ! [ -e /etc/ssh/ssh_host_rsa_key ] && ! [ -e /var/lib/apt/lists/l ] && ! [ -e /tmp/x ]",
    ),
    (
        "nobody becomes root there",
        "! sudo true 2>/dev/null && ! [ -e /run/millrace/bin ] && ! [ -e /run/millrace/builder ]",
    ),
];

pub(crate) fn a_builder_keeps_its_disk_and_becomes_an_image(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    block_on(async {
        let driver = host.driver();
        let first = builder("ib-1");
        driver.ensure(&first).await.unwrap();
        let mut viewer = Viewer::attach(driver.connect(&first.id).await.unwrap()).await;
        for (what, script) in CHECKS {
            assert_eq!(viewer.run(script).await, 0, "{what}: {script}");
        }
        the_assistant_reaches_the_server(&driver, &first.id, &mut viewer).await;
        assert!(matches!(driver.remove_disk(&disk()).await, Err(DriverError::DiskInUse(_))));
        assert!(matches!(driver.snapshot(&disk(), &snapshot()).await, Err(DriverError::DiskInUse(_))));

        // Another instance, the same disk.
        driver.destroy(&first.id).await.unwrap();
        let second = builder("ib-2");
        driver.ensure(&second).await.unwrap();
        let mut viewer = Viewer::attach(driver.connect(&second.id).await.unwrap()).await;
        assert_eq!(viewer.run("[ $(cat ~/mine) = mine ] && [ $(cat /etc/made-by-root) = one ]").await, 0);
        let one_name = "getent hosts ib-2 && ! getent hosts ib-1 && [ $(grep -c 'this instance' /etc/hosts) = 1 ] && [ $(stat -c %u:%a /etc/hosts) = 0:644 ]";
        assert_eq!(viewer.run(one_name).await, 0, "{one_name}");
        driver.destroy(&second.id).await.unwrap();

        let taken = driver.snapshot(&disk(), &snapshot()).await.unwrap();
        let again = driver.snapshot(&disk(), &snapshot()).await.unwrap();
        assert_eq!(taken.image, again.image, "the same disk gives the same image");
        let cleaned: Vec<_> = taken.cleaned.iter().map(|cleaned| cleaned.what.as_str()).collect();
        for what in ["host key", "machine id", "package cache", "shell history", "temporary file"] {
            assert!(cleaned.contains(&what), "{what}: {cleaned:?}");
        }
        // The disk is its own: the image stays when it goes.
        driver.remove_disk(&disk()).await.unwrap();
        driver.remove_disk(&disk()).await.unwrap();
        assert!(matches!(driver.snapshot(&disk(), &snapshot()).await, Err(DriverError::NoSuchDisk(_))));

        let user = spec("user", &taken.image);
        driver.ensure(&user).await.unwrap();
        let mut viewer = Viewer::attach(driver.connect(&user.id).await.unwrap()).await;
        for (what, script) in AFTERWARDS {
            assert_eq!(viewer.run(script).await, 0, "{what}: {script}");
        }
        driver.destroy(&user.id).await.unwrap();
    });
    assert_eq!(fs::read_dir(host.directory.join("run/disks")).unwrap().count(), 0);
    host.assert_nothing_left();
}

/// One word each way, and a new listener in the place of an old one.
async fn the_assistant_reaches_the_server(driver: &SandboxDriver, id: &InstanceId, viewer: &mut Viewer) {
    let _of_an_earlier_server = driver.assistant(id).await.unwrap();
    let listener = driver.assistant(id).await.unwrap();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (reader, mut writer) = stream.into_split();
        let mut line = String::new();
        BufReader::new(reader).read_line(&mut line).await.unwrap();
        writer.write_all(b"{\"status\":1,\"message\":\"no\"}\n").await.unwrap();
        line
    });
    let script = "image-assistant remove-application --name x > ~/said; [ $? = 1 ] && grep -q '\"message\":\"no\"' ~/said";
    assert_eq!(viewer.run(script).await, 0);
    assert_eq!(server.await.unwrap(), "{\"command\":\"remove-application\",\"name\":\"x\"}\n");
    // Now nobody listens any more.
    assert_eq!(viewer.run("image-assistant list-applications; [ $? = 3 ]").await, 0);
    assert_eq!(viewer.run("image-assistant frobnicate; [ $? = 2 ]").await, 0);
    let missing = "image-assistant add-application --name x --absolute-app-path /nowhere; [ $? = 1 ]";
    assert_eq!(viewer.run(missing).await, 0);
}

fn disk() -> DiskId {
    DiskId::new("d-1").unwrap()
}

fn builder(id: &str) -> InstanceSpec {
    let builder = Some(BuilderSpec { disk: disk(), disk_bytes: 1 << 30 });
    InstanceSpec { builder, ..spec(id, &Setup::get().image) }
}

fn snapshot() -> SnapshotSpec {
    SnapshotSpec {
        applications: vec![SnapshotApplication {
            name: "shell".into(),
            display_name: "Shell".into(),
            argv: vec!["/bin/sh".into()],
            working_directory: String::new(),
            icon: None,
            start_ahead: false,
        }],
        created: "2026-01-01T00:00:00Z".into(),
        created_by: "a test".into(),
    }
}
