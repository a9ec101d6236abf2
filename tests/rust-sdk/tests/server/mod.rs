//! Starts the real server with simulated instances, to judge it from outside.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use aws_sdk_appstream::Client;
use aws_sdk_appstream::config::retry::RetryConfig;
use aws_sdk_appstream::config::{BehaviorVersion, Credentials, Region};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

const READY_WITHIN: Duration = Duration::from_secs(30);
const STOP_WITHIN: Duration = Duration::from_secs(30);
/// Made up for these tests, and only ever known to a server on loopback that they start themselves.
const ACCESS_KEY: &str = "AKIAMILLRACETESTKEY1";
const SECRET_KEY: &str = "a-secret-of-the-tests-and-no-other";

/// A server in a directory of its own.
pub(crate) struct Server {
    program: PathBuf,
    directory: TempDir,
    child: Child,
    port: u16,
}

impl Server {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start() -> Self {
        let program = program();
        let directory = tempfile::Builder::new().prefix("mr-").tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        std::fs::write(directory.path().join("millrace.toml"), configuration(port)).unwrap();
        let log = std::fs::File::create(directory.path().join("server.log")).unwrap();
        let child = Command::new(&program)
            .args(["serve", "--config"])
            .arg(directory.path().join("millrace.toml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut server = Self { program, directory, child, port };
        let deadline = Instant::now() + READY_WITHIN;
        while !server.is_ready().await {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < deadline, "not ready ({ended:?}):\n{}", server.log());
            sleep(Duration::from_millis(50)).await;
        }
        server
    }

    async fn is_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)).await else { return false };
        let request = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let mut answer = Vec::new();
        let exchange = async {
            stream.write_all(request).await?;
            stream.read_to_end(&mut answer).await
        };
        matches!(timeout(Duration::from_secs(5), exchange).await, Ok(Ok(_)))
            && answer.starts_with(b"HTTP/1.1 200")
    }

    /// Imports a root filesystem of nothing but one program, as `name`.
    pub(crate) async fn import_image(&self, name: &str) {
        let path = self.directory.path().join("image.tar");
        std::fs::write(&path, tarball(b"#!/bin/sh\n")).unwrap();
        let output = Command::new(&self.program)
            .args(["image", "import"])
            .arg(&path)
            .args(["--name", name, "--config"])
            .arg(self.directory.path().join("millrace.toml"))
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stderr), self.log());
    }

    /// An SDK client that never retries.
    pub(crate) fn client(&self) -> Client {
        let config = aws_sdk_appstream::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(format!("http://127.0.0.1:{}", self.port))
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Client::from_conf(config)
    }

    /// SIGTERM; the server must end by itself, in time and without an error.
    pub(crate) async fn stop(mut self) {
        let id = self.child.id().expect("the server still runs").to_string();
        assert!(Command::new("kill").arg(id).status().await.unwrap().success());
        let status = timeout(STOP_WITHIN, self.child.wait()).await.expect("SIGTERM ends the server").unwrap();
        assert!(status.success(), "{status}:\n{}", self.log());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("server.log")).unwrap_or_default()
    }
}

/// What `MILLRACE_BIN` names (`cargo xtask test` sets it), or the program that was last built into the directory that this test is in.
fn program() -> PathBuf {
    let built = || std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("millrace");
    let program = std::env::var_os("MILLRACE_BIN").map_or_else(built, PathBuf::from);
    assert!(program.is_file(), "{} is not there: cargo build, or cargo xtask test", program.display());
    program
}

fn configuration(port: u16) -> String {
    format!(
        r#"
listen = "127.0.0.1:{port}"
data_dir = "{data}"
regions = ["us-east-1"]
[instances]
driver = "simulated"
on_shutdown = "end"
[[account]]
id = "123456789012"
[[account.access_key]]
access_key_id = "{ACCESS_KEY}"
secret_access_key = "{SECRET_KEY}"
"#,
        data = Path::new("data").display()
    )
}

/// A tar archive (POSIX ustar) of the one file `usr/bin/editor`.
fn tarball(content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, "usr/bin/editor");
    put(100, "0000755");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{:011o}", content.len()));
    put(136, "00000000000");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut archive = header.to_vec();
    archive.extend_from_slice(content);
    // The file fills whole blocks of 512 bytes, and two empty ones end the archive.
    archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    archive
}
