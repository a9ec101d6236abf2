"""Clients without rights, or with a single link, who try to occupy the server: everybody else is still answered."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from harness import viewer, wait
from harness.desk import Desk

# Everything is answered by then, with both cores busy.
SECONDS = 5.0


def answers(server) -> None:
    """The server's health, and a call that writes."""
    began = time.monotonic()
    assert server.http_status("/healthz") == 200
    client = server.client(connect_timeout=SECONDS, read_timeout=SECONDS)
    client.create_stack(Name="beside-the-flood")
    client.delete_stack(Name="beside-the-flood")
    assert time.monotonic() - began < 2 * SECONDS


@contextmanager
def connections(server, count: int, sent: bytes, source):
    """Connections that say this and no more. Those that the server closes stay closed."""
    host, port = server.endpoint.removeprefix("http://").split(":")
    with ExitStack() as stack:
        for number in range(count):
            connection = stack.enter_context(socket.create_connection((host, int(port)), timeout=SECONDS, source_address=(source(number), 0)))
            try:
                connection.sendall(sent)
            except OSError:
                # It has made way for a later one.
                continue
        yield


def test_idle_and_slow_connections(own_server):
    admit = b"POST /session/admit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    one = lambda number: "127.0.0.9"  # noqa: E731
    many = lambda number: f"127.0.{1 + number % 200}.{1 + number // 200}"  # noqa: E731
    for sent in (b"", b"GET / HTTP/1.1\r\nHost: ", b"\x16\x03\x01\x02\x00\x01\x00", admit):
        for source in (one, many):
            with connections(own_server, 2000, sent, source):
                answers(own_server)


def test_links_that_wait(own_server, unique):
    """A fleet without a free instance: its users wait, and whoever else comes is served. Of one link, one page waits."""
    desk = Desk(own_server, unique, fleet_type="ALWAYS_ON", image="tiny", fleet={"MaxUserDurationInSeconds": 3600})
    assert viewer.admit(desk.url(None, "first"))[-1]["state"] == "ready"

    def post(url: str) -> bytes:
        parameters, signature = viewer.ticket(url)
        body = json.dumps({"parameters": parameters, "signature": signature}).encode()
        head = f"POST /session/admit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    second = desk.url(None, "second")
    with connections(own_server, 1030, post(second), lambda number: "127.0.0.9"):
        answers(own_server)
    # The newest page of the link waits, and gets the place.
    with ThreadPoolExecutor(2) as pool:
        older = pool.submit(viewer.admit, second)
        newer = pool.submit(viewer.admit, second)
        assert wait.until(lambda: older.done() or newer.done(), seconds=10, what="one of two pages is told that the other waits")
        desk.aws.expire_session(SessionId=desk.sessions()[0]["Id"])
        outcomes = sorted((page.result()[-1] for page in (older, newer)), key=lambda line: line["state"])
        assert [line["state"] for line in outcomes] == ["ready", "refused"]
        assert outcomes[1]["reason"] == "opened_again"
    links = [desk.url(None, f"user-{number}") for number in range(400)]
    with ExitStack() as stack:
        for number, link in enumerate(links):
            stack.enter_context(connections(own_server, 1, post(link), lambda _, number=number: f"127.0.{1 + number % 200}.1"))
        answers(own_server)
