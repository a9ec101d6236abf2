"""Clients that send too little, too much, nonsense, or never listen: each gets a clear answer or none, and nothing of it stays in the server."""

import contextlib
import os
import random
import socket
import struct
import time
from pathlib import Path

import pytest
from harness import clients, expect, viewer, wait
from harness.server import Server
from harness.stream import BINARY, GRANT, PING, PONG, RESUME_TOKEN, TEXT, Stream, StreamClosed

SOON = {"Delay": 1, "MaxAttempts": 60}
PROTOCOL, CREDENTIAL = 6, 7
# What memory may stay with the allocator after everything is over, in bytes.
KEPT_MEMORY = 64 << 20
# Sockets, timers and pools that a server opens by and by.
KEPT_FILES = 8


@pytest.fixture(scope="module")
def server(tiny_image):
    """One whose bounds are short, so that a test sees them pass."""
    settings = "[limits]\nheader_timeout_seconds = 2\nbody_timeout_seconds = 2\n"
    hurried = Server("simulated", settings=settings)
    try:
        hurried.start().import_image(tiny_image, "tiny")
        client = hurried.client()
        client.create_stack(Name="desk")
        client.create_fleet(Name="desk", InstanceType="stream.standard.small", ImageName="tiny", FleetType="ALWAYS_ON", ComputeCapacity={"DesiredInstances": 8})
        client.associate_fleet(FleetName="desk", StackName="desk")
        client.start_fleet(Name="desk")
        client.get_waiter("fleet_started").wait(Names=["desk"], WaiterConfig=SOON)
        yield hurried
    finally:
        hurried.close()


def footing(server: Server) -> tuple[int, int]:
    """Open files and resident bytes of all processes of the server (not of its instances)."""
    files = memory = 0
    for pid in server.parts():
        files += len(os.listdir(f"/proc/{pid}/fd"))
        memory += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return files, memory


@pytest.fixture(autouse=True)
def nothing_stays(server):
    """After each test: no more open files than before, no more memory than an allocator keeps, and the server answers."""
    server.client().describe_stacks()
    files, memory = footing(server)
    yield
    wait.until(lambda: footing(server)[0] <= files + KEPT_FILES, seconds=40, what="files to be closed", detail=lambda: (files, footing(server)))
    assert footing(server)[1] <= memory + KEPT_MEMORY
    assert server.http_status("/readyz") == 200


def connect(server: Server) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    return connection


def until_closed(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    got = b""
    try:
        while chunk := connection.recv(65536):
            got += chunk
            assert len(got) < 1 << 20, "far more of an answer than anybody asked for"
    except ConnectionError:
        pass
    finally:
        connection.close()
    return got


def test_heads_that_come_too_slowly(server):
    slow = [connect(server) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: ")
    began = time.monotonic()
    for connection in slow:
        until_closed(connection)
    assert time.monotonic() - began < 20, "each is sent away after two seconds, side by side"


def test_bodies_that_never_end(server):
    slow = [connect(server) for _ in range(20)]
    for connection in slow:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: PhotonAdminProxyService.CreateStack\r\nContent-Length: 1000\r\n\r\n{")
    for connection in slow:
        assert b" 408 " in until_closed(connection)


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
def test_bodies_that_are_far_too_large(server, announced):
    connection = connect(server)
    length = b"Content-Length: 100000000000\r\n" if announced else b"Transfer-Encoding: chunked\r\n"
    connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: PhotonAdminProxyService.CreateStack\r\n" + length + b"\r\n")
    piece = b" " * 65536
    sent = 0
    try:
        # Until the server has had enough.
        while sent < 64 << 20:
            connection.sendall(piece if announced else b"%x\r\n" % len(piece) + piece + b"\r\n")
            sent += len(piece)
    except ConnectionError:
        pass
    assert sent < 64 << 20, "the server reads on and on"
    until_closed(connection)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"\x00" * 1000,
        b"GET /\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
    ],
    ids=["tls", "nul", "no-version", "version", "two-lengths", "header", "http2", "chunk", "long-header", "many-headers"],
)
def test_what_is_not_http(server, nonsense):
    connection = connect(server)
    # It may have had enough before all is sent.
    with contextlib.suppress(OSError):
        connection.sendall(nonsense)
        connection.shutdown(socket.SHUT_WR)
    answer = until_closed(connection)
    assert not answer or answer.startswith(b"HTTP/1."), answer[:100]
    assert b" 200 " not in answer.split(b"\r\n", 1)[0] and b" 500 " not in answer.split(b"\r\n", 1)[0], answer[:100]
    # Also where no request was understood, the answer has an id that the client can name.
    assert not answer or answer.lower().split(b"\r\n\r\n", 1)[0].count(b"\r\nx-amzn-requestid: ") == 1, answer[:200]


def test_connections_that_break(server):
    """Reset in the middle of a request, again and again."""
    chance = random.Random(7)
    whole = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: PhotonAdminProxyService.CreateStack\r\nContent-Length: 2\r\n\r\n{}"
    for _ in range(300):
        connection = connect(server)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(whole[: chance.randrange(len(whole))])
        connection.close()


def admitted(server: Server, user: str) -> str:
    url = server.client().create_streaming_url(StackName="desk", FleetName="desk", UserId=user, Validity=600)["StreamingURL"]
    outcome = viewer.admit(url)[-1]
    assert outcome["state"] == "ready", outcome
    return outcome["grant"]


def end(stream: Stream) -> None:
    """The user ends the session, and the instance goes with it."""
    stream.frame(b"\x50")
    assert stream.reason() == 1
    stream.close()


BROKEN_FRAMES = {
    "unmasked": b"\x82\x05hello",
    "reserved-bits": b"\xf2\x80\0\0\0\0",
    "unknown-opcode": b"\x83\x80\0\0\0\0",
    "endless": b"\x82\xff" + b"\x7f" + b"\xff" * 7 + bytes(4) + b"x" * 1000,
    "negative": b"\x82\xff" + b"\xff" * 8 + bytes(4),
    "large": b"\x82\xff" + struct.pack("!Q", 1 << 20) + bytes(4) + b"x" * (1 << 20),
    "long-ping": b"\x89\xfe" + struct.pack("!H", 200) + bytes(4) + b"x" * 200,
    "continuation-of-nothing": b"\x80\x81\0\0\0\0x",
    "half": b"\x82\xfe\x10\x00",
    "text-that-is-none": b"\x81\x82\0\0\0\0\xff\xfe",
    "close-with-nonsense": b"\x88\x83\0\0\0\0\x00\x01\xff",
}


@pytest.mark.parametrize("name", BROKEN_FRAMES)
@pytest.mark.parametrize("greeted", [False, True], ids=["at-once", "after-hello"])
def test_a_websocket_that_breaks_its_own_rules(server, name, greeted):
    stream = Stream(server.endpoint)
    if greeted:
        stream.hello(GRANT, admitted(server, "breaker"))
        stream.welcome()
    with pytest.raises(StreamClosed):
        stream.raw(BROKEN_FRAMES[name])
        if name == "half":
            stream.close()
            raise StreamClosed
        while True:
            stream.receive()
    stream.close()


MESSAGES = {
    "empty": b"",
    "unknown": b"\xee",
    "from-the-server": b"\x82\0\0\0\0",
    "second-hello": b"\x01\x01\x00\x01\x00\x00" + bytes(6),
    "left-over": b"\x21\x00",
    "short": b"\x13\x01",
    "sequence": struct.pack("<BIQHB", 0x13, 99, 0, 30, 1),
    "key": struct.pack("<BIQHB", 0x13, 1, 0, 999, 1),
    "boolean": struct.pack("<BIQHB", 0x13, 1, 0, 30, 2),
    "screen": b"\x22" + struct.pack("<HHH", 0, 0, 100),
    "not-utf-8": b"\x15" + struct.pack("<IQH", 1, 0, 2) + b"\xff\xfe",
    "control-characters": b"\x15" + struct.pack("<IQH", 1, 0, 1) + b"\x1b",
    "frame-that-is-not-there": struct.pack("<BIQQQ", 0x20, 12345, 0, 0, 0),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_that_break_the_protocol_end_the_stream_not_the_session(server, name):
    stream = Stream(server.endpoint)
    stream.hello(GRANT, admitted(server, "babbler"))
    token = stream.welcome()["resume_token"]
    stream.frame(MESSAGES[name])
    try:
        assert stream.reason() == PROTOCOL
    except StreamClosed:
        # What only the agent finds wrong costs its connection: the browser is to come back.
        assert name in ("frame-that-is-not-there",)
    finally:
        stream.close()
    again = Stream(server.endpoint)
    again.hello(RESUME_TOKEN, token)
    again.welcome()
    end(again)


def test_an_application_that_is_not_offered_is_not_started(server):
    """The page may know an older catalogue: no reason to end anything."""
    stream = Stream(server.endpoint)
    stream.hello(GRANT, admitted(server, "wisher"))
    stream.welcome()
    stream.frame(b"\x30\x04\x00none")
    stream.ping(5)
    assert stream.receive_until(PONG)[1:5] == b"\x05\0\0\0"
    end(stream)


@pytest.mark.parametrize(
    ("kind", "credential", "reason"),
    [
        (GRANT, "", CREDENTIAL),
        (GRANT, "x.y", CREDENTIAL),
        (RESUME_TOKEN, "e30." + "A" * 43, CREDENTIAL),
        (GRANT, "a" * 60_000, CREDENTIAL),
        (3, "x", PROTOCOL),
    ],
    ids=["empty", "short", "forged", "long", "unknown-kind"],
)
def test_credentials_that_are_none(server, kind, credential, reason):
    stream = Stream(server.endpoint)
    stream.hello(kind, credential)
    assert stream.reason() == reason
    stream.close()


def test_an_altered_grant(server):
    """Each tenth character changed: no other than the whole one lets in."""
    grant = admitted(server, "forger")
    for at in range(0, len(grant), max(1, len(grant) // 20)):
        other = "A" if grant[at] != "A" else "B"
        if at == len(grant) - 1:
            break  # The last one's lower bits are padding.
        stream = Stream(server.endpoint)
        stream.hello(GRANT, grant[:at] + other + grant[at + 1 :])
        assert stream.reason() == CREDENTIAL, at
        stream.close()
    stream = Stream(server.endpoint)
    stream.hello(GRANT, grant)
    stream.welcome()
    end(stream)


def test_streaming_urls_that_are_not_ours(server):
    url = server.client().create_streaming_url(StackName="desk", FleetName="desk", UserId="thief", Validity=600)["StreamingURL"]
    parameters, signature = viewer.ticket(url)
    for wrong in ({"parameters": " "}, {"signature": " "}, {"parameters": "%%%"}, {"signature": parameters}, {"parameters": "A" * 9000}):
        outcome = viewer.admit(url, **{"parameters": parameters, "signature": signature} | wrong)[-1]
        assert outcome["reason"] == "invalid_ticket", (wrong, outcome)
    for at in range(0, len(parameters) - 4, max(1, len(parameters) // 20)):
        other = "A" if parameters[at] != "A" else "B"
        assert viewer.admit(url, parameters=parameters[:at] + other + parameters[at + 1 :])[-1]["reason"] == "invalid_ticket"
    assert viewer.admit(url)[-1]["state"] == "ready", "the true one is still good"


def test_a_viewer_that_never_reads(server):
    """It asks and asks, and reads no answer: it is held back, and the server does not store what it does not take."""
    stream = Stream(server.endpoint, timeout=3, receive_buffer=4096)
    stream.hello(GRANT, admitted(server, "mute"))
    _, before = footing(server)
    message = struct.pack("<BIQ", PING, 1, 0)
    sent = 0
    try:
        while sent < 1 << 20:
            stream.frame(message)
            sent += 1
    except (StreamClosed, TimeoutError):
        pass
    assert sent < 1 << 20, "nobody holds it back"
    assert footing(server)[1] - before < KEPT_MEMORY
    stream.close()


def test_a_crowd_that_says_nothing(server):
    """Two hundred WebSockets without Hello: they are sent away after their time, and others come through meanwhile."""
    crowd = [Stream(server.endpoint, timeout=30) for _ in range(200)]
    assert server.client().describe_stacks(Names=["desk"])["Stacks"]
    stream = Stream(server.endpoint)
    stream.hello(GRANT, admitted(server, "patient"))
    stream.welcome()
    end(stream)
    for silent in crowd:
        assert silent.reason(seconds=30) == PROTOCOL
        silent.close()


def test_random_bytes_at_every_door(server):
    """Seeded: at the API in both protocols, at admission, at the stream."""
    chance = random.Random(11)
    for number in range(150):
        body = chance.randbytes(chance.randrange(300))
        for protocol in ("json", "cbor"):
            request = clients.request(server.endpoint, "CreateFleet", body, protocol)
            clients.sign(request, server.account.access_key_id, server.account.secret_access_key, "us-east-1")
            reply = clients.send(request)
            assert reply.status == 400 and expect.UUID.fullmatch(reply.headers["x-amzn-requestid"]), (number, reply)
        stream = Stream(server.endpoint)
        stream.frame(body, chance.choice([TEXT, BINARY]))
        assert stream.reason() == PROTOCOL
        stream.close()
