//! Request ids on what the HTTP library answers by itself: 400 and 431 to heads that are no requests. No service sees those, and the library lets nobody add to
//! them; so what it writes is looked at on its way out.
//!
//! Only a write that is such an answer from its first byte to its last, while no response of ours is under way, is touched. (It may also be written together
//! with the end of an earlier answer that the client has not read yet. Then it goes out as it is.)

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Longer than any answer of the library's own: status, length 0, `connection: close`, date.
const LONGEST: usize = 256;
/// As the library writes the names of headers: in lower case.
const REQUEST_ID: &str = "x-amzn-requestid";

/// Whether a service is at work on a request, or its response on its way; and whether it waits for the request's body meanwhile.
#[derive(Clone, Default)]
pub(super) struct Busy(Arc<AtomicBool>, Arc<AtomicBool>);

impl Busy {
    /// A request has come.
    pub(super) fn begin(&self) -> UnderWay {
        self.0.store(true, Ordering::Relaxed);
        UnderWay(self.0.clone())
    }

    /// Whether the whole of a request has come, and its response is not out yet.
    pub(super) fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed) && !self.1.load(Ordering::Relaxed)
    }

    /// The body of the request that has come: until its end, the client is waited for.
    pub(super) fn reading(&self, body: Incoming) -> RequestBody {
        self.1.store(!body.is_end_stream(), Ordering::Relaxed);
        RequestBody { body, reading: self.1.clone() }
    }
}

/// A request or its response, until it is dropped.
pub(super) struct UnderWay(Arc<AtomicBool>);

impl UnderWay {
    /// The response's body, with which this ends.
    pub(super) fn with(self, body: Body) -> ResponseBody {
        ResponseBody { body, _under_way: self }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// A body that a client sends.
pub(super) struct RequestBody {
    body: Incoming,
    reading: Arc<AtomicBool>,
}

impl hyper::body::Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = ready!(Pin::new(&mut self.body).poll_frame(context));
        if polled.is_none() || self.body.is_end_stream() {
            self.reading.store(false, Ordering::Relaxed);
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A body that is under way.
pub(super) struct ResponseBody {
    body: Body,
    _under_way: UnderWay,
}

impl hyper::body::Body for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection on which the library's own answers have a request id.
pub(super) struct OwnAnswers<Stream, NewId> {
    stream: Stream,
    busy: Busy,
    new_id: NewId,
    /// What goes out in the place of an answer, and how much of it is out.
    instead: Option<(Vec<u8>, usize)>,
}

/// The function is never pinned.
impl<Stream: Unpin, NewId> Unpin for OwnAnswers<Stream, NewId> {}

impl<Stream, NewId: Fn() -> String> OwnAnswers<Stream, NewId> {
    pub(super) fn new(stream: Stream, busy: Busy, new_id: NewId) -> Self {
        Self { stream, busy, new_id, instead: None }
    }

    /// The answer with an id, if that is what is being written.
    fn with_id(&self, written: &[u8]) -> Option<Vec<u8>> {
        let own = written.len() <= LONGEST
            && written.starts_with(b"HTTP/1.1 4")
            && written.ends_with(b"\r\n\r\n")
            && !self.busy.0.load(Ordering::Relaxed)
            // A response of ours without a body has ended before it is written. It has its id.
            && !written.windows(REQUEST_ID.len()).any(|part| part == REQUEST_ID.as_bytes());
        let end_of_status = written.windows(2).position(|two| two == b"\r\n").filter(|_| own)? + 2;
        let (status, rest) = written.split_at(end_of_status);
        let id = format!("{REQUEST_ID}: {}\r\n", (self.new_id)());
        tracing::debug!(
            status = String::from_utf8_lossy(status).trim_end(),
            "something that is no request was refused"
        );
        Some([status, id.as_bytes(), rest].concat())
    }
}

impl<Stream: AsyncWrite + Unpin, NewId: Fn() -> String> OwnAnswers<Stream, NewId> {
    /// Writes all of what goes out instead, then tells that `length` bytes were written.
    fn poll_instead(&mut self, context: &mut Context<'_>, length: usize) -> Poll<io::Result<usize>> {
        while let Some((bytes, out)) = &mut self.instead {
            if *out == bytes.len() {
                self.instead = None;
                break;
            }
            match ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[*out..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                more => *out += more,
            }
        }
        Poll::Ready(Ok(length))
    }
}

impl<Stream: AsyncWrite + Unpin, NewId: Fn() -> String> AsyncWrite for OwnAnswers<Stream, NewId> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        written: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.instead.is_none() {
            match self.with_id(written) {
                Some(answer) => self.instead = Some((answer, 0)),
                None => return Pin::new(&mut self.stream).poll_write(context, written),
            }
        }
        self.poll_instead(context, written.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        written: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut parts = written.iter().filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some(only), None) => self.poll_write(context, only),
            _ => Pin::new(&mut self.stream).poll_write_vectored(context, written),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<Stream: AsyncRead + Unpin, NewId> AsyncRead for OwnAnswers<Stream, NewId> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const ANSWER: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n";

    /// What comes out of a narrow pipe when these are written, one after the other.
    async fn out(busy: Busy, writes: &[&[u8]]) -> String {
        let (near, mut far) = tokio::io::duplex(7);
        let mut connection = OwnAnswers::new(near, busy, || "id-1".to_owned());
        let mut read = String::new();
        let write = async {
            for bytes in writes {
                connection.write_all(bytes).await.unwrap();
            }
            drop(connection);
        };
        tokio::join!(write, async { far.read_to_string(&mut read).await.unwrap() });
        read
    }

    #[tokio::test]
    async fn only_the_library_s_own_answers_get_an_id() {
        let with_id = "HTTP/1.1 431 Request Header Fields Too Large\r\nx-amzn-requestid: id-1\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(out(Busy::default(), &[ANSWER]).await, with_id);
        let busy = Busy::default();
        let response = busy.begin();
        assert_eq!(out(busy.clone(), &[ANSWER]).await.as_bytes(), ANSWER, "a body may say anything");
        drop(response);
        assert_eq!(
            out(busy, &[b"HTTP/1.1 200 OK\r\n\r\n", ANSWER]).await,
            format!("HTTP/1.1 200 OK\r\n\r\n{with_id}")
        );
        assert_eq!(out(Busy::default(), &[with_id.as_bytes()]).await, with_id, "one is enough");
        let long = [ANSWER, &[b'x'; 400]].concat();
        assert_eq!(out(Busy::default(), &[&long]).await.as_bytes(), long);
    }
}
