"""A browser's side of a stream, without a browser: a WebSocket made by hand, so that a test can also send what no browser would (docs/stream-protocol.md)."""

import base64
import json
import os
import socket
import struct
import time
import urllib.parse

from . import planted

SUBPROTOCOL = "millrace.stream.v1"
GRANT, RESUME_TOKEN = 1, 2
# Types of messages.
HELLO, KEY, END, PING = 0x01, 0x13, 0x50, 0x40
WELCOME, SCREEN, FRAME, PONG, ENDED = 0x81, 0x82, 0x83, 0x86, 0x88
TEXT, BINARY, CLOSE, WS_PING, WS_PONG = 1, 2, 8, 9, 10


class StreamClosed(Exception):
    """The other side is gone, in order or not."""


class Stream:
    """One WebSocket. Bounded: every wait ends after `timeout` seconds."""

    def __init__(self, endpoint: str, *, timeout: float = 20, receive_buffer: int | None = None) -> None:
        parts = urllib.parse.urlsplit(endpoint)
        self._socket = socket.socket()
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._timeout = timeout
        self._socket.settimeout(timeout)
        self._buffer = b""
        self._sequence = 0
        try:
            self._socket.connect((parts.hostname, parts.port))
            key = base64.b64encode(os.urandom(16)).decode()
            self._socket.sendall(
                f"GET /session/stream HTTP/1.1\r\nHost: {parts.netloc}\r\nOrigin: {endpoint}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n".encode()
            )
            while b"\r\n\r\n" not in self._buffer:
                self._more()
        except OSError as error:
            self._socket.close()
            raise StreamClosed(str(error)) from error
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101 "), head

    def _more(self) -> None:
        try:
            got = self._socket.recv(65536)
        except OSError as error:
            raise StreamClosed(str(error)) from error
        if not got:
            raise StreamClosed("end of file")
        self._buffer += got

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def raw(self, data: bytes) -> None:
        """Bytes as they are, below the WebSocket's frames."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise StreamClosed(str(error)) from error

    def frame(self, payload: bytes, opcode: int = BINARY) -> None:
        """One frame of a browser: masked, whole."""
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
        elif length < 1 << 16:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
        # A mask of zeros is a mask.
        self.raw(head + bytes(4) + payload)

    def hello(self, kind: int, credential: str, *, version: int = 1) -> None:
        text = credential.encode()
        self.frame(struct.pack("<BHBH", HELLO, version, kind, len(text)) + text + struct.pack("<HHH", 1280, 720, 100))

    def key(self, code: int, pressed: bool) -> None:
        self._sequence += 1
        self.frame(struct.pack("<BIQHB", KEY, self._sequence, self._sequence, code, pressed))

    def ping(self, nonce: int) -> None:
        self.frame(struct.pack("<BIQ", PING, nonce, 0))

    def receive(self) -> bytes:
        """The next message: type byte and fields. Pings of the WebSocket are answered on the way, and are no reason to wait longer."""
        message = b""
        deadline = time.monotonic() + self._timeout
        while True:
            if time.monotonic() > deadline:
                raise StreamClosed(f"nothing but pings for {self._timeout} s")
            first, second = self._take(2)
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack("!H", self._take(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self._take(8))
            payload = self._take(length)
            match first & 0x0F:
                case 9:
                    self.frame(payload, WS_PONG)
                    continue
                case 8:
                    raise StreamClosed("closed in order")
                case 10:
                    continue
            message += payload
            if first & 0x80:
                return message

    def receive_until(self, kind: int, *, seconds: float = 20) -> bytes:
        """The next message of a type; others are passed over."""
        deadline = time.monotonic() + seconds
        while True:
            message = self.receive()
            if message[0] == kind:
                return message
            if message[0] == ENDED:
                raise StreamClosed(f"ended for reason {message[1]}")
            assert time.monotonic() < deadline, f"no message of type {kind:#x} within {seconds} s"

    def welcome(self) -> dict:
        """What the first message of an attach says."""
        message = self.receive_until(WELCOME)
        said = json.loads(message[3:])
        planted.note(said["resume_token"])
        return said

    def reason(self, *, seconds: float = 20) -> int:
        """Why the stream ended: the reason of Ended; whatever comes before is passed over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            message = self.receive()
            if message[0] == ENDED:
                return message[1]
        raise AssertionError(f"the stream did not end within {seconds} s")

    def close(self) -> None:
        self._socket.close()
