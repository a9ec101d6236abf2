//! Open files that travel over Unix sockets (SCM_RIGHTS): to the server with `admin.sock`'s requests, and between the server's two processes.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use tokio::io::Interest;
use tokio::net::UnixStream;

/// Writes all of `bytes`, which must not be empty; `file` arrives with the first of them.
///
/// # Errors
/// The other end is gone.
pub(crate) async fn send(stream: &UnixStream, bytes: &[u8], file: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let mut file = file;
    let mut sent = 0;
    while sent < bytes.len() {
        stream.writable().await?;
        let some = stream.try_io(Interest::WRITABLE, || send_some(stream, &bytes[sent..], file));
        match some {
            Ok(count) => {
                sent += count;
                file = None;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn send_some(stream: &UnixStream, bytes: &[u8], file: Option<BorrowedFd<'_>>) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let files = file.as_slice();
    if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(io::Error::other("no space for a descriptor"));
    }
    Ok(sendmsg(stream, &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL)?)
}

/// Reads some bytes, and the file that came with them. 0: the other end has closed.
///
/// # Errors
/// More than one file came, or the system refuses.
pub(crate) async fn receive(stream: &UnixStream, buffer: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    loop {
        stream.readable().await?;
        match stream.try_io(Interest::READABLE, || receive_some(stream, buffer)) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            received => return received,
        }
    }
}

fn receive_some(stream: &UnixStream, buffer: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(stream, &mut [IoSliceMut::new(buffer)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut files = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            files.extend(rights);
        }
    }
    // The kernel closes what does not fit.
    if received.flags.contains(ReturnFlags::CTRUNC) || files.len() > 1 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "more files than are wanted"));
    }
    Ok((received.bytes, files.pop()))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};
    use std::os::fd::AsFd;

    use super::*;

    #[tokio::test]
    async fn a_file_arrives_with_its_bytes() {
        let (one, other) = UnixStream::pair().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"content").unwrap();
        file.rewind().unwrap();
        send(&one, b"hello", Some(file.as_fd())).await.unwrap();
        send(&one, b"again", None).await.unwrap();
        drop(one);
        let mut buffer = [0; 64];
        let (count, received) = receive(&other, &mut buffer).await.unwrap();
        assert_eq!(&buffer[..5], b"hello");
        let mut text = String::new();
        std::fs::File::from(received.unwrap()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "content");
        let mut rest = count - 5;
        while rest < 5 {
            let (count, none) = receive(&other, &mut buffer).await.unwrap();
            assert!(none.is_none() && count > 0);
            rest += count;
        }
        assert_eq!(receive(&other, &mut buffer).await.unwrap().0, 0);
    }
}
