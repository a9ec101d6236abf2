//! The real server with simulated instances, from outside: its port, its socket, its signals.

mod server;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use server::Server;

#[test]
fn health_and_readiness() {
    let server = Server::start();
    assert_eq!(server.get("/healthz").0, 200);
    assert_eq!(server.get("/readyz").0, 200);
    let (status, _) = server
        .exchange(b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert_eq!(status, 405);
}

#[test]
fn a_signed_call_is_answered_and_an_unsigned_one_is_not() {
    let server = Server::start();
    let (status, body) = server.call("DescribeFleets", "{}");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("\"Fleets\":[]"), "{body}");
    let unsigned = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: PhotonAdminProxyService.DescribeFleets\r\n\
        Content-Type: application/x-amz-json-1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    let (status, body) = server.exchange(unsigned.as_bytes());
    assert_eq!(status, 400, "{body}");
    assert!(body.contains("MissingAuthenticationTokenException"), "{body}");
}

#[test]
fn the_page_is_served_and_other_paths_are_not() {
    let server = Server::start();
    assert_eq!(server.get("/authenticate").0, 200);
    assert_eq!(server.get("/nowhere").0, 404);
}

#[test]
fn slow_heads_are_sent_away() {
    let server = Server::start();
    let mut slow = server.connect();
    slow.write_all(b"POST / HTTP/1.1\r\nHost:").unwrap();
    let began = Instant::now();
    // A reset is an end as well.
    let _ = slow.read_to_end(&mut Vec::new());
    // The test's server has a limit of one second.
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[test]
fn oversized_and_slow_bodies_are_refused() {
    let server = Server::start();
    let head = |length: usize| {
        format!(
            "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: PhotonAdminProxyService.CreateStack\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        )
    };
    let mut stream = server.connect();
    stream.write_all(head(2 << 20).as_bytes()).unwrap();
    let chunk = vec![b' '; 64 * 1024];
    for _ in 0..32 {
        // The server may answer and close before all is sent.
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");

    let mut stream = server.connect();
    stream.write_all(head(10).as_bytes()).unwrap();
    stream.write_all(b"abc").unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[test]
fn a_second_server_is_refused() {
    let server = Server::start();
    let output = Command::new(env!("CARGO_BIN_EXE_millrace"))
        .args(["serve", "--config"])
        .arg(server.config_with_another_port())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("another millrace server"), "{said}");
}

#[test]
fn files_are_private_and_sigterm_leaves_nothing_open() {
    let mut server = Server::start();
    let data = server.data_dir();
    let mode = |name: &str| std::fs::metadata(data.join(name)).unwrap().mode() & 0o777;
    assert_eq!(std::fs::metadata(&data).unwrap().mode() & 0o777, 0o700);
    assert_eq!(mode("admin.sock"), 0o600);
    assert_eq!(mode("signing.key"), 0o600);
    let open = server.connect();
    let status = server.terminate();
    assert!(status.success(), "{status}\n{}", server.log());
    drop(open);
    assert!(TcpStream::connect(server.address()).is_err());
    assert!(!data.join("admin.sock").exists());
    assert!(!server.log().contains(server::SECRET), "the secret is in the log");
}

#[test]
fn the_end_of_standard_input_stops_it_if_asked() {
    let mut server = Server::start_with(&["--stop-with-stdin"], Stdio::piped());
    server.close_stdin();
    let status = server.wait();
    assert!(status.success(), "{status}\n{}", server.log());
}

#[test]
fn status_and_images_through_the_socket() {
    let server = Server::start();
    let run = |arguments: &[&str]| server.command(arguments);
    let status = run(&["status"]);
    assert!(status.status.success());
    assert!(String::from_utf8_lossy(&status.stdout).contains(&server.address().to_string()));
    let list = run(&["image", "list", "--json"]);
    assert_eq!(String::from_utf8_lossy(&list.stdout).trim(), "[]");
    let import = run(&["image", "import", "/nowhere.tar", "--name", "x"]);
    assert!(!import.status.success());
    assert!(String::from_utf8_lossy(&import.stderr).contains("/nowhere.tar"));
}

#[test]
fn doctor_knows_its_own_server() {
    let server = Server::start();
    let doctor = server.command(&["doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success(), "{said}");
    assert!(said.contains("is this server's, which runs"), "{said}");
}

#[test]
fn half_closed_and_silent_connections_do_no_harm() {
    let server = Server::start();
    let silent: Vec<_> = (0..20).map(|_| server.connect()).collect();
    let half = server.connect();
    half.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.get("/healthz").0, 200);
    drop(silent);
}
