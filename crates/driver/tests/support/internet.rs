//! Instances that reach the internet, in namespaces of the test's own: one is the host, the other the internet, and a link joins them.
//!
//! ```text
//! instances ── "host" 5.5.5.1 ════ 5.5.5.2 "internet": 9.9.9.9, and what nobody may reach: 10.0.0.1, 169.254.169.254 …
//! ```
//!
//! The driver runs in a process of its own in "host", and so does everything of its that is not in an instance.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use millrace_driver::sandbox::{NetworkConfig, RuntimeChoice, SandboxDriver};
use millrace_driver::{BuilderSpec, DiskId, Driver, DriverError, ImageDigest, InstanceId, InstanceSpec};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::support::{Host, Setup, Viewer, attempts, block_on, hostile, spec};

/// What this program is told to be, by its first argument.
pub(crate) const INTERNET: &str = "be-the-internet";
pub(crate) const SERVER: &str = "be-a-server-with-internet";

const PUBLIC: Ipv4Addr = Ipv4Addr::new(9, 9, 9, 9);
/// Addresses that are there, and that the host reaches.
const FORBIDDEN: [&str; 7] =
    ["10.0.0.1", "100.64.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "198.18.0.1", "168.63.129.16"];
/// A service of the host.
const HOST_PORT: u16 = 7777;
/// A service of an instance.
const INSTANCE_PORT: u16 = 9999;
const WEB: u16 = 80;

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("the program is there");
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The two namespaces, and the process that is the internet.
struct World {
    host: String,
    internet: String,
    server: Option<Child>,
}

impl World {
    fn new(host: &Host) -> Self {
        let name = |what: &str| format!("mrt-{what}-{:x}", host.id_base);
        let mut world = Self { host: name("h"), internet: name("i"), server: None };
        run("ip", &["netns", "add", &world.host]);
        run("ip", &["netns", "add", &world.internet]);
        let (here, there) = (world.host.clone(), world.internet.clone());
        run(
            "ip",
            &["-n", &here, "link", "add", "up0", "type", "veth", "peer", "name", "down0", "netns", &there],
        );
        run("ip", &["-n", &here, "address", "add", "5.5.5.1/24", "dev", "up0"]);
        run("ip", &["-n", &there, "address", "add", "5.5.5.2/24", "dev", "down0"]);
        for address in FORBIDDEN.iter().copied().chain([PUBLIC.to_string().as_str()]) {
            run("ip", &["-n", &there, "address", "add", &format!("{address}/32"), "dev", "lo"]);
        }
        for (namespace, links) in [(&here, ["lo", "up0"]), (&there, ["lo", "down0"])] {
            links.iter().for_each(|link| drop(run("ip", &["-n", namespace, "link", "set", link, "up"])));
        }
        run("ip", &["-n", &here, "route", "add", "default", "via", "5.5.5.2"]);
        let own = std::env::current_exe().expect("this program has a path");
        let mut server = in_namespace(&there, &own.display().to_string())
            .arg(INTERNET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("nsenter is there");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("a pipe"))
            .read_line(&mut line)
            .expect("it says something");
        assert_eq!(line, "ready\n");
        world.server = Some(server);
        world
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // It ends with its input.
            drop(server.stdin.take());
            let _ = server.wait();
        }
        for namespace in [&self.host, &self.internet] {
            let _ = Command::new("ip").args(["netns", "delete", namespace]).status();
        }
    }
}

fn in_namespace(namespace: &str, program: &str) -> Command {
    let mut command = Command::new("nsenter");
    command.arg(format!("--net=/run/netns/{namespace}")).arg(program);
    command
}

/// Answers on every address: a connection is told where it seems to come from, a query is told one address.
pub(crate) fn be_the_internet() -> i32 {
    let web = TcpListener::bind(("0.0.0.0", WEB)).expect("nobody else is here");
    let names = UdpSocket::bind((PUBLIC, 53)).expect("nobody else is here");
    std::thread::spawn(move || {
        for stream in web.incoming().flatten() {
            let (mut stream, peer) = (&stream, stream.peer_addr());
            let _ = writeln!(stream, "{}", peer.expect("a peer").ip());
        }
    });
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, peer)) = names.recv_from(&mut buffer) {
            let _ = names.send_to(&answer(&buffer[..length]), peer);
        }
    });
    writeln!(std::io::stdout(), "ready").expect("somebody waits");
    let _ = std::io::stdin().read(&mut [0]);
    0
}

/// The query with one address of four bytes; without one for what asks otherwise.
fn answer(query: &[u8]) -> Vec<u8> {
    let end = query.iter().skip(12).position(|byte| *byte == 0).map_or(query.len(), |at| 12 + at + 5);
    let asks_for_ipv4 = query.get(end - 4..end) == Some(&[0, 1, 0, 1]);
    let mut message = query[..end].to_vec();
    message[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, u8::from(asks_for_ipv4), 0, 0, 0, 0]);
    if asks_for_ipv4 {
        message.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        message.extend(PUBLIC.octets());
    }
    message
}

pub(crate) fn instances_reach_the_internet_and_nothing_else(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    let world = World::new(&host);
    let image = hostile::hostile_image(&host, 1000);
    // The second one finds what the first one, which does not end in order, has left.
    for part in ["first", "second"] {
        let setup = Setup::get();
        let (kind, program) = match choice {
            RuntimeChoice::Crun(path) => ("crun", path),
            RuntimeChoice::Runc(path) => ("runc", path),
            RuntimeChoice::Auto => unreachable!("tests name their runtime"),
        };
        let words = [
            part.to_owned(),
            host.directory.display().to_string(),
            host.id_base.to_string(),
            kind.to_owned(),
            program.display().to_string(),
            setup.agent.display().to_string(),
            setup.launcher.display().to_string(),
            setup.runtime.0.clone(),
            image.0.clone(),
        ];
        let own = std::env::current_exe().expect("this program has a path");
        let mut command = in_namespace(&world.host, &own.display().to_string());
        let status = command.arg(SERVER).args(words).status().expect("nsenter is there");
        assert!(status.success(), "the {part} server failed");
    }
    let links = run("ip", &["-n", &world.host, "-o", "link"]);
    assert!(!links.contains(": mr"), "{links}");
    let rules = in_namespace(&world.host, "nft").args(["list", "ruleset"]).output().expect("nft is there");
    assert_eq!(String::from_utf8_lossy(&rules.stdout), "");
    assert!(!host.directory.join("run/network").exists());
    host.assert_nothing_left();
}

/// In the namespace "host": a driver with instances.
pub(crate) fn be_a_server(words: &[String]) -> i32 {
    let [part, directory, id_base, kind, program, agent, launcher, runtime, image] = words else {
        panic!("nine words are needed")
    };
    let choice = match kind.as_str() {
        "crun" => RuntimeChoice::Crun(program.into()),
        _ => RuntimeChoice::Runc(program.into()),
    };
    let host = Host::at(directory.into(), id_base.parse().expect("a number"), choice);
    let image = ImageDigest(image.clone());
    block_on(async {
        let mut config = host.config(agent.into(), launcher.into(), &ImageDigest(runtime.clone()));
        config.max_instances = 4;
        config.network = NetworkConfig { resolvers: vec![PUBLIC.into()], ..NetworkConfig::default() };
        let driver = SandboxDriver::new(config).expect("the driver starts");
        match part.as_str() {
            "first" => first(&host, &driver, &image).await,
            _ => second(&driver).await,
        }
    });
    // As a server that is killed: nothing is cleared away.
    std::process::exit(0)
}

fn with_internet(id: &str, image: &ImageDigest) -> InstanceSpec {
    InstanceSpec { internet: true, ..spec(id, image) }
}

fn disk() -> DiskId {
    DiskId::new("d-1").expect("an id")
}

/// Whoever is root in an image builder reaches what others reach, and no more.
async fn builders_reach_the_same(driver: &SandboxDriver, image: &ImageDigest) {
    let builder = Some(BuilderSpec { disk: disk(), disk_bytes: 1 << 30 });
    driver.ensure(&InstanceSpec { builder, ..with_internet("b-1", image) }).await.expect("a builder starts");
    let mut builder = viewer(driver, "b-1").await;
    reaches_the_internet(&mut builder).await;
    let as_root = |address: &str, port: u16| {
        format!("sudo timeout 2 bash -c '< /dev/tcp/{address}/{port}' 2>/dev/null")
    };
    assert_eq!(builder.run(&as_root(&PUBLIC.to_string(), WEB)).await, 0, "as root");
    for (address, port) in [(FORBIDDEN[0], WEB), (FORBIDDEN[2], WEB), ("10.213.0.1", HOST_PORT)] {
        assert_eq!(builder.run(&format!("! {}", as_root(address, port))).await, 0, "{address} was reached");
    }
    driver.destroy(&InstanceId::new("b-1").expect("an id")).await.expect("it ends");
    driver.remove_disk(&disk()).await.expect("its disk goes");
}

async fn viewer(driver: &SandboxDriver, id: &str) -> Viewer {
    let id = InstanceId::new(id).expect("an id");
    Viewer::attach(driver.connect(&id).await.expect("the agent answers")).await
}

async fn first(host: &Host, driver: &SandboxDriver, image: &ImageDigest) {
    // Somebody else's network.
    run("ip", &["route", "add", "10.213.7.0/24", "dev", "up0"]);
    let refused = driver.ensure(&with_internet("one", image)).await;
    assert!(
        matches!(&refused, Err(DriverError::Network(why)) if why.contains("10.213.7.0/24")),
        "{refused:?}"
    );
    run("ip", &["route", "delete", "10.213.7.0/24"]);

    for id in ["one", "two"] {
        driver.ensure(&with_internet(id, image)).await.expect("an instance starts");
    }
    driver.ensure(&spec("offline", image)).await.expect("an instance starts");
    let mut offline = viewer(driver, "offline").await;
    assert_eq!(offline.run("[ $(grep -c : /proc/net/dev) = 1 ] && ! getent hosts example.test").await, 0);
    let mut one = viewer(driver, "one").await;
    reaches_the_internet(&mut one).await;

    let host_service = TcpListener::bind(("0.0.0.0", HOST_PORT)).expect("nobody else is here");
    let neighbour = in_instance(host, "two", || TcpListener::bind(("0.0.0.0", INSTANCE_PORT)));
    for (address, port) in forbidden() {
        // What cannot be reached from the instance is there, and whoever may can reach it.
        if address != "10.213.0.3" {
            connect(&address, port).expect("the host reaches it");
        }
        let script = format!("! timeout 2 bash -c '< /dev/tcp/{address}/{port}' 2>/dev/null");
        assert_eq!(one.run(&script).await, 0, "{address}:{port} was reached");
    }
    assert!(connect("10.213.0.3", INSTANCE_PORT).is_err(), "the host opens connections to instances");
    let from_two = in_instance(host, "two", || connect("127.0.0.1", INSTANCE_PORT).map(drop));
    from_two.expect("the neighbour's service is there");
    builders_reach_the_same(driver, image).await;
    drop((host_service, neighbour));

    assert_eq!(one.run("[ ! -s /proc/net/if_inet6 ]").await, 0, "IPv6");
    assert_eq!(one.run("! touch /etc/resolv.conf && ! ip link set lo down").await, 0);
    let escapes = format!("/usr/local/bin/attempts {}", attempts::ESCAPE);
    let log = host.instance("one").join("logs/app.log");
    assert_eq!(one.run(&escapes).await, 0, "{}", fs::read_to_string(log).unwrap_or_default());
    sources_are_checked(host, &mut one).await;
}

/// Even somebody with all rights in the instance's network namespace speaks for nobody else.
async fn sources_are_checked(host: &Host, one: &mut Viewer) {
    let inside = |arguments: &[&str]| {
        let pid = pid_of(host, "one");
        let status = Command::new("nsenter")
            .arg(format!("--net=/proc/{pid}/ns/net"))
            .arg("ip")
            .args(arguments)
            .status();
        assert!(status.expect("nsenter is there").success(), "{arguments:?}");
    };
    let reaches = format!("timeout 3 bash -c '< /dev/tcp/{PUBLIC}/{WEB}' 2>/dev/null");
    for address in ["10.213.0.3", "10.213.0.99", "5.5.5.1", "8.8.8.8"] {
        inside(&["address", "add", &format!("{address}/32"), "dev", "eth0"]);
        inside(&["route", "replace", "default", "via", "10.213.0.1", "dev", "eth0", "src", address]);
        assert_eq!(one.run(&format!("! {reaches}")).await, 0, "as {address}");
        inside(&["route", "replace", "default", "via", "10.213.0.1", "dev", "eth0"]);
        inside(&["address", "delete", &format!("{address}/32"), "dev", "eth0"]);
    }
    assert_eq!(one.run(&reaches).await, 0, "as itself");
}

async fn second(driver: &SandboxDriver) {
    // Connections that are open, and new ones, go on; names are answered again as soon as the forwarder is up.
    let mut one = viewer(driver, "one").await;
    let again =
        "for i in $(seq 100); do getent hosts example.test >/dev/null && exit 0; sleep 0.1; done; exit 1";
    assert_eq!(one.run(again).await, 0, "names after a restart");
    reaches_the_internet(&mut one).await;
    let gateway = Path::new("/proc/sys/net/ipv4/ip_forward");
    assert_eq!(fs::read_to_string(gateway).expect("it can be read"), "1\n");
    for instance in driver.list().await.expect("instances can be listed") {
        assert!(in_use(), "the network is there as long as an instance is");
        driver.destroy(&instance.id).await.expect("it ends");
    }
    assert!(!in_use(), "nothing is left");
}

fn in_use() -> bool {
    run("nft", &["list", "tables"]).contains("millrace")
}

async fn reaches_the_internet(viewer: &mut Viewer) {
    let script =
        format!("timeout 5 bash -c 'read -r line < /dev/tcp/{PUBLIC}/{WEB}; [ \"$line\" = 5.5.5.1 ]'");
    assert_eq!(viewer.run(&script).await, 0, "the internet, by the host's address");
    let names = format!("getent ahostsv4 example.test | grep -q '^{PUBLIC} '");
    assert_eq!(viewer.run(&names).await, 0, "names");
    let through_names = format!("timeout 5 bash -c '< /dev/tcp/example.test/{WEB}'");
    assert_eq!(viewer.run(&through_names).await, 0, "the internet, by a name");
    assert_eq!(viewer.run("timeout 2 bash -c '< /dev/tcp/10.213.0.1/53'").await, 0, "names by TCP");
}

/// What an instance must not reach.
fn forbidden() -> Vec<(String, u16)> {
    let services = FORBIDDEN.map(|address| (address.to_owned(), WEB)).into_iter();
    services
        .chain([
            ("10.213.0.1".to_owned(), HOST_PORT),
            ("5.5.5.1".to_owned(), HOST_PORT),
            ("10.213.0.3".to_owned(), INSTANCE_PORT),
        ])
        .collect()
}

fn connect(address: &str, port: u16) -> std::io::Result<TcpStream> {
    let address: SocketAddr = format!("{address}:{port}").parse().expect("an address");
    TcpStream::connect_timeout(&address, Duration::from_secs(2))
}

fn pid_of(host: &Host, id: &str) -> String {
    fs::read_to_string(host.instance(id).join("display.pid")).expect("it runs").trim().to_owned()
}

/// Does something in an instance's network namespace, in a thread that ends.
fn in_instance<T: Send>(host: &Host, id: &str, work: impl FnOnce() -> T + Send) -> T {
    let namespace = fs::File::open(format!("/proc/{}/ns/net", pid_of(host, id))).expect("it runs");
    std::thread::scope(|scope| {
        let enter = || {
            use std::os::fd::AsFd;
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
                .expect("it can be entered");
            work()
        };
        scope.spawn(enter).join().expect("it ends")
    })
}
