//! Reaching an instance's agent through the socket that it makes.

use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::time::Duration;

use millrace_stream::PROTOCOL_VERSION;
use millrace_stream::message::{AgentMessage, AgentRequest, PREPARED_APPLICATION, StartApplication};
use rustix::fs::{FileType, Mode, OFlags};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::Preparation;

/// The longest AgentReady that is believed, in bytes.
const LONGEST_ANSWER: u32 = 4096;
/// Between looks for the socket.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Connects to `directory/agent.sock`.
///
/// The directory belongs to the instance, which is not trusted: what lies there may be a link to some other socket of the host. So the file is held
/// first, without following anything, looked at, and then connected to by its handle (which also avoids the 108 bytes that a socket's path may have).
pub(crate) async fn connect(directory: &Path) -> io::Result<UnixStream> {
    let held = rustix::fs::open(
        directory.join("agent.sock"),
        OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    if FileType::from_raw_mode(rustix::fs::fstat(&held)?.st_mode) != FileType::Socket {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "agent.sock is not a socket"));
    }
    UnixStream::connect(format!("/proc/self/fd/{}", held.as_raw_fd())).await
}

/// Returns when the agent has said that everything is up. The caller bounds the time and watches the containers; until the socket is there, and again
/// when a connection fails, this looks again every 2 ms.
pub(crate) async fn wait_ready(directory: &Path, secret: &[u8]) -> io::Result<()> {
    loop {
        match probe(directory, secret).await {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(error),
            Err(_) => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

/// Returns when the agent has said that the application shows itself, or that it does not.
pub(crate) async fn prepare(directory: &Path, secret: &[u8], program: &Preparation) -> io::Result<()> {
    let Preparation { argv, environment, working_directory } = program.clone();
    let application = StartApplication { id: PREPARED_APPLICATION, argv, environment, working_directory };
    let secret = secret.to_owned();
    ask(directory, AgentRequest::Prepare { version: PROTOCOL_VERSION, secret, application }).await
}

async fn probe(directory: &Path, secret: &[u8]) -> io::Result<()> {
    ask(directory, AgentRequest::Probe { version: PROTOCOL_VERSION, secret: secret.to_owned() }).await
}

/// Asks something that is answered by AgentReady.
async fn ask(directory: &Path, request: AgentRequest) -> io::Result<()> {
    let mut message = Vec::new();
    request
        .encode_framed(&mut message)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
    let mut stream = connect(directory).await?;
    stream.write_all(&message).await?;
    let length = stream.read_u32_le().await?;
    if length == 0 || length > LONGEST_ANSWER {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the agent's answer has a wrong length"));
    }
    let mut answer = vec![0; length as usize];
    stream.read_exact(&mut answer).await?;
    check_answer(&answer)
}

fn check_answer(answer: &[u8]) -> io::Result<()> {
    match AgentMessage::decode(answer) {
        Ok(AgentMessage::Ready { .. }) => Ok(()),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the agent answered something else than AgentReady",
        )),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn readiness_waits_for_the_socket_and_the_answer() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("agent.sock");
        let agent = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let listener = tokio::net::UnixListener::bind(path).unwrap();
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut message = vec![0; stream.read_u32_le().await.unwrap() as usize];
            stream.read_exact(&mut message).await.unwrap();
            let mut answer = Vec::new();
            AgentMessage::Ready { agent_version: "1".into(), width: 1280, height: 720 }
                .encode_framed(&mut answer)
                .unwrap();
            stream.write_all(&answer).await.unwrap();
            message
        });
        wait_ready(directory.path(), &[7; 32]).await.unwrap();
        let message = agent.await.unwrap();
        assert_eq!(
            AgentRequest::decode(&message).unwrap(),
            AgentRequest::Probe { version: PROTOCOL_VERSION, secret: vec![7; 32] }
        );
    }

    #[tokio::test]
    async fn a_link_in_the_place_of_the_socket_is_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let _elsewhere = std::os::unix::net::UnixListener::bind(directory.path().join("other")).unwrap();
        std::os::unix::fs::symlink("other", directory.path().join("agent.sock")).unwrap();
        assert_eq!(connect(directory.path()).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
