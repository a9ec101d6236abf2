//! A minimal agent: a screen of one colour, and an answer to everything that is asked, in the bytes of `docs/stream-protocol.md`.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::ScreenSize;

/// The longest message to an agent, in bytes (docs/stream-protocol.md, Encoding).
const LONGEST_MESSAGE: u32 = 64 * 1024;

/// Answers messages until the other end closes or sends something that is too long.
pub(super) async fn serve(mut stream: UnixStream, screen: ScreenSize) {
    while let Ok(length) = stream.read_u32_le().await {
        if length == 0 || length > LONGEST_MESSAGE {
            return;
        }
        let mut message = vec![0; length as usize];
        if stream.read_exact(&mut message).await.is_err() {
            return;
        }
        let Some(answer) = answer(&message, screen) else { return };
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// What the minimal agent says to one message (empty: nothing); `None` ends the connection.
fn answer(message: &[u8], screen: ScreenSize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match message[0] {
        // Attach: version u16, secret bytes16, width u16, height u16, scale u16.
        0x02 => {
            let secret_length = usize::from(u16::from_le_bytes([*message.get(3)?, *message.get(4)?]));
            let at = 5 + secret_length;
            let size = message.get(at..at + 4)?;
            let width = u16::from_le_bytes([size[0], size[1]]).min(screen.width);
            let height = u16::from_le_bytes([size[2], size[3]]).min(screen.height);
            frame_message(&mut out, &screen_message(width, height));
            frame_message(&mut out, &fill_frame(width, height));
        }
        // Probe: AgentReady, and the end of the connection comes from the other side.
        0x03 => {
            let version = b"simulated";
            let mut ready = vec![0x89];
            ready.extend_from_slice(&(version.len() as u16).to_le_bytes());
            ready.extend_from_slice(version);
            ready.extend_from_slice(&screen.width.to_le_bytes());
            ready.extend_from_slice(&screen.height.to_le_bytes());
            frame_message(&mut out, &ready);
        }
        // Ping: nonce u32, time u64 come back with a time of the agent's.
        0x40 => {
            let mut pong = vec![0x86];
            pong.extend_from_slice(message.get(1..13)?);
            pong.extend_from_slice(&0u64.to_le_bytes());
            frame_message(&mut out, &pong);
        }
        // StartApplication: Application {id, started, 0, ""}.
        0x31 => {
            let mut started = vec![0x87];
            started.extend_from_slice(message.get(1..5)?);
            started.push(1);
            started.extend_from_slice(&0i32.to_le_bytes());
            started.extend_from_slice(&0u16.to_le_bytes());
            frame_message(&mut out, &started);
        }
        _ => {}
    }
    Some(out)
}

pub(super) fn frame_message(out: &mut Vec<u8>, message: &[u8]) {
    out.extend_from_slice(&(message.len() as u32).to_le_bytes());
    out.extend_from_slice(message);
}

fn screen_message(width: u16, height: u16) -> Vec<u8> {
    let mut message = vec![0x82];
    message.extend_from_slice(&width.to_le_bytes());
    message.extend_from_slice(&height.to_le_bytes());
    message
}

/// Frame 1, whole and last part, with one Fill of the whole screen.
fn fill_frame(width: u16, height: u16) -> Vec<u8> {
    let mut message = vec![0x83];
    message.extend_from_slice(&1u32.to_le_bytes());
    message.push(0b11);
    message.extend_from_slice(&0u32.to_le_bytes());
    message.extend_from_slice(&[0; 5 * 8]);
    message.extend_from_slice(&1u16.to_le_bytes());
    message.push(2);
    for value in [0, 0, width, height] {
        message.extend_from_slice(&value.to_le_bytes());
    }
    message.extend_from_slice(&[0x30, 0x60, 0x90]);
    message
}
