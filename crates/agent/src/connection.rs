//! A socket that is never waited for: bytes in, whole messages out, and a buffer for what it does not take yet.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use anyhow::{Context, Result, ensure};
use millrace_stream::framing::Deframer;
use rustix::event::PollFlags;

/// Most bytes that wait for the other side to read. Two whole frames of a large screen fit; who lets more pile up is cut off.
const MAX_WAITING_BYTES: usize = 64 * 1024 * 1024;
/// Most bytes kept allocated while nothing waits.
const KEPT_BYTES: usize = 1024 * 1024;
/// Most bytes taken from a socket before others get their turn.
const READ_BYTES: usize = 64 * 1024;

/// One end of a Unix socket.
pub(crate) struct Connection {
    stream: UnixStream,
    deframer: Deframer,
    waiting: Vec<u8>,
    /// How many of the waiting bytes have been written.
    written: usize,
}

impl Connection {
    /// For messages of at most `max_bytes` from the other side.
    pub(crate) fn new(stream: UnixStream, max_bytes: usize) -> Result<Self> {
        stream.set_nonblocking(true).context("making a socket non-blocking")?;
        Ok(Self { stream, deframer: Deframer::new(max_bytes), waiting: Vec::new(), written: 0 })
    }

    /// What to wait for.
    pub(crate) const fn interest(&self) -> PollFlags {
        if self.waiting.is_empty() { PollFlags::IN } else { PollFlags::IN.union(PollFlags::OUT) }
    }

    /// The socket, to be waited for.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    /// Takes what has come; false if the other side has closed.
    pub(crate) fn read(&mut self) -> Result<bool> {
        let mut buffer = [0; READ_BYTES];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    self.deframer.push(&buffer[..count]);
                    return Ok(true);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error).context("reading from a socket"),
            }
        }
    }

    /// The next whole message (type byte and fields).
    pub(crate) fn message(&mut self) -> Result<Option<&[u8]>> {
        Ok(self.deframer.next()?)
    }

    /// Where messages are appended, to be written by [`Connection::flush`].
    pub(crate) const fn out(&mut self) -> &mut Vec<u8> {
        &mut self.waiting
    }

    /// How many bytes wait for the other side.
    pub(crate) const fn waiting_bytes(&self) -> usize {
        self.waiting.len() - self.written
    }

    /// Writes as much as the socket takes.
    pub(crate) fn flush(&mut self) -> Result<()> {
        while self.written < self.waiting.len() {
            match self.stream.write(&self.waiting[self.written..]) {
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    ensure!(self.waiting_bytes() <= MAX_WAITING_BYTES, "the other side does not read");
                    return Ok(());
                }
                Err(error) => return Err(error).context("writing to a socket"),
            }
        }
        self.waiting.clear();
        self.waiting.shrink_to(KEPT_BYTES);
        self.written = 0;
        Ok(())
    }
}
