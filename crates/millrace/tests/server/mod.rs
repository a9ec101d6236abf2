//! Starts and stops one server for a test.
// Helpers of tests fail by panicking, as tests do.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use tempfile::TempDir;

const KEY: &str = "AKIAMILLRACETESTKEY1";
/// Made up for these tests.
pub(crate) const SECRET: &str = "a-secret-of-the-tests-and-no-other";
/// Longer than anything here should take.
const BOUND: Duration = Duration::from_secs(20);

/// A server in a directory of its own; ended, if need be by force, when dropped.
pub(crate) struct Server {
    directory: TempDir,
    address: SocketAddr,
    child: Child,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(&[], Stdio::null())
    }

    pub(crate) fn start_with(more: &[&str], stdin: Stdio) -> Self {
        let directory = tempfile::Builder::new().prefix("mr-").tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = directory.path().join("millrace.toml");
        std::fs::write(&config, configuration(address)).unwrap();
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_millrace"))
            .args(["serve", "--config"])
            .arg(&config)
            .args(more)
            .stdin(stdin)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { directory, address, child };
        let end = Instant::now() + BOUND;
        while server.try_get("/readyz") != Some(200) {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < end, "not ready ({ended:?}):\n{}", server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    pub(crate) fn config_with_another_port(&self) -> PathBuf {
        let other = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let path = self.directory.path().join("other.toml");
        std::fs::write(&path, configuration(other)).unwrap();
        path
    }

    /// `millrace …` for this server.
    pub(crate) fn command(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_millrace"))
            .args(arguments)
            .arg("--config")
            .arg(self.directory.path().join("millrace.toml"))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(BOUND)).unwrap();
        stream.set_write_timeout(Some(BOUND)).unwrap();
        stream
    }

    fn try_get(&self, path: &str) -> Option<u16> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(BOUND)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.get(9..12)?.parse().ok()
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.exchange(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
    }

    /// Status and body of the answer to these bytes, which must ask for the connection's end.
    pub(crate) fn exchange(&self, request: &[u8]) -> (u16, String) {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status =
            answer.get(9..12).and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{answer:?}"));
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        (status, body)
    }

    /// A signed call in AWS JSON.
    pub(crate) fn call(&self, operation: &str, body: &str) -> (u16, String) {
        let identity = Credentials::new(KEY, SECRET, None, None, "test").into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name("appstream")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let host = self.address.to_string();
        let target = format!("PhotonAdminProxyService.{operation}");
        let headers = [
            ("host", host.as_str()),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target.as_str()),
        ];
        let signable = SignableRequest::new(
            "POST",
            format!("http://{host}/"),
            headers.into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        )
        .unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        let mut request = String::from("POST / HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers.into_iter().chain(instructions.headers()) {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        self.exchange(request.as_bytes())
    }

    /// SIGTERM, and how the server ended.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.wait()
    }

    pub(crate) fn close_stdin(&mut self) {
        drop(self.child.stdin.take());
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + BOUND;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < end, "the server does not end:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that fails must not leave a server either. Errors mean that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configuration(listen: SocketAddr) -> String {
    format!(
        r#"
listen = "{listen}"
data_dir = "data"
[log]
level = "debug"
[instances]
driver = "simulated"
on_shutdown = "end"
[limits]
header_timeout_seconds = 1
body_timeout_seconds = 1
[[account]]
id = "123456789012"
[[account.access_key]]
access_key_id = "{KEY}"
secret_access_key = "{SECRET}"
"#
    )
}
