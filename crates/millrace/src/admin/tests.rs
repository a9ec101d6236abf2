use std::io::{Read, Seek, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::client;
use super::protocol::{Command, ImageImport, Outcome, Status};
use super::server::{AdminSocket, Asked, Handler};
use crate::data_dir::DataDir;

struct Echo;

#[async_trait]
impl Handler for Echo {
    async fn run(&self, asked: Asked, progress: mpsc::Sender<String>) -> Result<Outcome, String> {
        match asked.command {
            Command::Status => {
                Ok(Outcome::Status(Status { version: "1".into(), listen: "here".into(), pid: 1 }))
            }
            Command::ImageList => Ok(Outcome::Images(Vec::new())),
            Command::ImageExport(_) | Command::ImageAddApplication(_) => Err("there are no images".into()),
            Command::ImageImport(import) => {
                progress.send("one".into()).await.unwrap();
                progress.send("two".into()).await.unwrap();
                let mut content = String::new();
                std::fs::File::from(asked.file.unwrap()).read_to_string(&mut content).unwrap();
                Err(format!("no image at {}: {content}", import.path.display()))
            }
        }
    }
}

/// A server in a data directory of its own; runs `test` with its path on a thread of its own, and stops.
async fn with_server(test: impl FnOnce(&Path) + Send + 'static) {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = DataDir::open(directory.path()).unwrap();
    let socket = AdminSocket::bind(&data_dir).unwrap();
    let stop = CancellationToken::new();
    let path = directory.path().to_owned();
    let server = tokio::spawn({
        let stop = stop.clone();
        async move { socket.serve(Arc::new(Echo), stop).await }
    });
    let tested = path.clone();
    tokio::task::spawn_blocking(move || test(&tested)).await.unwrap();
    stop.cancel();
    server.await.unwrap().unwrap();
    super::remove_socket(&path).unwrap();
    assert!(!path.join("admin.sock").exists());
}

/// What the server says to these bytes.
fn raw(data_dir: &Path, bytes: &[u8]) -> String {
    let mut stream = UnixStream::connect(data_dir.join("admin.sock")).unwrap();
    stream.write_all(bytes).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test]
async fn commands_are_answered_with_progress() {
    with_server(|path| {
        assert_eq!(std::fs::metadata(path.join("admin.sock")).unwrap().mode() & 0o777, 0o600);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let outcome = client::call(path, Command::Status, None, |_| {}).await.unwrap();
            assert!(matches!(outcome, Outcome::Status(status) if status.listen == "here"));
            let import = ImageImport { path: "/none".into(), name: "n".into(), account: None, region: None };
            let mut lines = Vec::new();
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"content").unwrap();
            file.rewind().unwrap();
            let command = Command::ImageImport(import);
            let error = client::call(path, command, Some(file.as_fd()), |line| lines.push(line.to_owned()))
                .await
                .unwrap_err();
            assert_eq!(lines, ["one", "two"]);
            assert_eq!(error.to_string(), "no image at /none: content");
        });
    })
    .await;
}

#[tokio::test]
async fn what_is_not_a_request_is_refused_with_a_reason() {
    with_server(|path| {
        assert!(raw(path, b"hello\n").contains("cannot be understood"));
        assert!(raw(path, b"{\"version\":4,\"command\":\"status\"").contains("not a whole line"));
        assert!(raw(path, b"{\"version\":1,\"command\":\"other\"}\n").contains("speaks version 4"));
        assert!(raw(path, b"{\"version\":4,\"command\":\"fly\"}\n").contains("fly"));
        assert!(raw(path, &vec![b'x'; super::protocol::LONGEST_REQUEST]).contains("longer than 65536"));
        assert!(raw(path, b"{\"version\":4,\"command\":\"image_list\"}\n").contains("\"done\""));
    })
    .await;
}

#[tokio::test]
async fn without_a_server_the_client_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let error = client::call(directory.path(), Command::Status, None, |_| {}).await.unwrap_err().to_string();
    assert!(error.contains("millrace serve"), "{error}");
}

#[tokio::test]
async fn long_paths_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("d".repeat(120));
    let data_dir = DataDir::open(&path).unwrap();
    let socket = AdminSocket::bind(&data_dir).unwrap();
    let stop = CancellationToken::new();
    let server = tokio::spawn({
        let stop = stop.clone();
        async move { socket.serve(Arc::new(Echo), stop).await }
    });
    assert!(client::call(&path, Command::Status, None, |_| {}).await.is_ok());
    stop.cancel();
    server.await.unwrap().unwrap();
}
