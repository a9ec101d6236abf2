"""A relay between page and server that can stop the play: requests are held back by their address, and the page is told what a server would tell it."""

import contextlib
import selectors
import socket
import struct
import threading
from collections.abc import Iterator

from .relay import BYTES, Relay

ADMISSION, STREAM = b"POST /session/admit", b"GET /session/stream"


class _Frames:
    """Follows the server's bytes on one connection: is what was passed on whole frames of a WebSocket?"""

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._frame = b""
        self._left = 0
        self.is_stream = False

    @property
    def whole(self) -> bool:
        return self.is_stream and self._left == 0 and not self._frame

    def passed(self, data: bytes) -> None:
        if self._head is not None:
            self._head += data
            if b"\r\n\r\n" not in self._head:
                return
            head, data = self._head.split(b"\r\n\r\n", 1)
            self._head, self.is_stream = None, head.startswith(b"HTTP/1.1 101 ")
        while data and self.is_stream:
            if self._left:
                skipped = min(self._left, len(data))
                self._left, data = self._left - skipped, data[skipped:]
                continue
            self._frame, data = self._frame + data[:1], data[1:]
            self._left = self._length() or 0

    def _length(self) -> int | None:
        """Of the payload, once the frame's head is whole."""
        if len(self._frame) < 2:
            return None
        short = self._frame[1] & 0x7F
        more = {126: 2, 127: 8}.get(short, 0)
        if len(self._frame) < 2 + more:
            return None
        length = int.from_bytes(self._frame[2:]) if more else short
        self._frame = b""
        return length


class Stage(Relay):
    """Between a page and its server."""

    def __init__(self, port: int) -> None:
        self._held: set[bytes] = set()
        self._answers: dict[bytes, bytes] = {}
        self._refuses = False
        self._changed = threading.Condition()
        self._streams: dict[socket.socket, _Frames] = {}
        super().__init__(port)

    def hold_request(self, begin: bytes) -> None:
        """From now on requests that begin so do not arrive."""
        with self._changed:
            self._held.add(begin)

    def release_request(self, begin: bytes) -> None:
        with self._changed:
            self._held.discard(begin)
            self._changed.notify_all()

    def refuse(self) -> None:
        """From now on every connection breaks, those that are there and new ones."""
        self._refuses = True
        self.cut()

    def accept(self) -> None:
        self._refuses = False

    def answer(self, begin: bytes, answer: bytes) -> None:
        """From now on requests that begin so are answered here."""
        with self._changed:
            self._answers[begin] = answer

    def answer_admission(self, line: bytes) -> None:
        """Whoever asks for admission is told this line, and nothing after it."""
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n"
        self.answer(ADMISSION, head + b"%x\r\n%s\r\n" % (len(line), line))

    def leave_admission(self) -> None:
        """From now on the server answers again."""
        with self._changed:
            self._answers.pop(ADMISSION, None)

    def say(self, message: bytes) -> None:
        """A message of docs/stream-protocol.md to the page, as if the server had sent it."""
        length = len(message)
        head = struct.pack("!BB", 0x82, length) if length < 126 else struct.pack("!BBH", 0x82, 126, length)
        with self._changed:
            assert self._changed.wait_for(lambda: any(frames.whole for frames in self._streams.values()), timeout=10), "no stream is open"
            for near, frames in self._streams.items():
                if frames.whole:
                    near.sendall(head + message)

    def close(self) -> None:
        with self._changed:
            self._held.clear()
            self._changed.notify_all()
        super().close()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        frames = _Frames()
        with contextlib.suppress(OSError), selectors.DefaultSelector() as selector, near, far:
            for end in (near, far):
                selector.register(end, selectors.EVENT_READ)
            try:
                while not self._refuses:
                    for key, _ in selector.select():
                        read = key.fileobj.recv(BYTES)
                        if not read:
                            return
                        self._passing.wait()
                        if key.fileobj is near:
                            self._ask(near, far, read)
                        else:
                            self._answer(near, read, frames)
            finally:
                with self._changed:
                    self._streams.pop(near, None)

    def _ask(self, near: socket.socket, far: socket.socket, read: bytes) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not any(read.startswith(begin) for begin in self._held))
            answer = next((answer for begin, answer in self._answers.items() if read.startswith(begin)), None)
        if answer is None:
            far.sendall(read)
        else:
            near.sendall(answer)

    def _answer(self, near: socket.socket, read: bytes, frames: _Frames) -> None:
        with self._changed:
            near.sendall(read)
            frames.passed(read)
            if frames.is_stream:
                self._streams[near] = frames
            self._changed.notify_all()


@contextlib.contextmanager
def stage(port: int) -> Iterator[Stage]:
    made = Stage(port)
    try:
        yield made
    finally:
        made.close()


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<H", len(data)) + data


def ended(reason: int, redirect_url: str = "") -> bytes:
    return struct.pack("<BB", 0x88, reason) + _text("") + _text(redirect_url)


def notice(kind: int, seconds: int) -> bytes:
    return struct.pack("<BBI", 0x8B, kind, seconds)


def application(number: int, state: int, status: int = 0, message: str = "") -> bytes:
    return struct.pack("<BIBi", 0x87, number, state, status) + _text(message)


def windows(*listed: tuple[int, int, int, str]) -> bytes:
    """Each: its id, its application's, flags, title."""
    return struct.pack("<BH", 0x8C, len(listed)) + b"".join(struct.pack("<IIB", *numbers) + _text(title) for *numbers, title in listed)


def answered_frame(number: int, input_time: int) -> bytes:
    """A frame of one fill that answers an input of that moment of the page's clock (microseconds), with stages of a few milliseconds."""
    injected = 1_000_000
    stages = struct.pack("<QQQQ", injected, injected + 6_300, injected + 7_100, injected + 9_800)
    fill = struct.pack("<BHHHHBBB", 2, 0, 0, 200, 100, 0x40, 0x70, 0xA0)
    return struct.pack("<BIBIQ", 0x83, number, 1, 1, input_time) + stages + struct.pack("<H", 1) + fill
