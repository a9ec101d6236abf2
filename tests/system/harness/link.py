"""A thin, far and lossy link: a relay in front of a server's port that carries bytes as such a link would.

Each direction takes so many bits a second, and what is sent arrives half a round trip later. A segment that is lost comes a round trip later still,
and what was sent after it waits for it, as TCP has it. At most 50 ms of bytes wait in the link; more stays with the sender, whose buffers are small on
this side, so that its own queue is what grows. What TCP's congestion control would do besides (halve its window) is left out.

Also a program: `python link.py --to PORT` writes its own port and serves until its standard input ends.
"""

import argparse
import asyncio
import collections
import random
import socket
import sys
import threading
from dataclasses import dataclass

SEGMENT_BYTES = 1448
QUEUE_SECONDS = 0.05
BUFFER_BYTES = 16 * 1024


@dataclass(frozen=True)
class Link:
    """What the link is like, each way."""

    bits_per_second: float = 2e6
    round_trip_seconds: float = 0.15
    loss: float = 0.01


class Direction:
    """One direction of the link, which all connections share."""

    def __init__(self, link: Link) -> None:
        self._link, self._free, self._random = link, 0.0, random.Random(1)

    async def carry(self, source: socket.socket, target: socket.socket) -> None:
        """Carries one connection's bytes until its end."""
        loop = asyncio.get_running_loop()
        arrivals: collections.deque[tuple[float, bytes]] = collections.deque()
        changed = asyncio.Event()
        delivery = asyncio.create_task(self._deliver(arrivals, changed, target))
        try:
            last = 0.0
            while data := await loop.sock_recv(source, SEGMENT_BYTES):
                self._free = max(self._free, loop.time()) + len(data) * 8 / self._link.bits_per_second
                sent = self._free
                arrival = sent + self._link.round_trip_seconds / 2
                if self._random.random() < self._link.loss:
                    arrival += self._link.round_trip_seconds
                last = max(last, arrival)
                arrivals.append((last, data))
                changed.set()
                await asyncio.sleep(max(0.0, sent - QUEUE_SECONDS - loop.time()))
            arrivals.append((last, b""))
            changed.set()
            await delivery
        finally:
            delivery.cancel()

    async def _deliver(self, arrivals: collections.deque, changed: asyncio.Event, target: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not arrivals:
                changed.clear()
                await changed.wait()
            arrival, data = arrivals.popleft()
            await asyncio.sleep(max(0.0, arrival - loop.time()))
            if not data:
                target.shutdown(socket.SHUT_WR)
                return
            await loop.sock_sendall(target, data)


class Relay:
    """A relay to a port of this host, in a thread of its own."""

    def __init__(self, port: int, link: Link | None = None) -> None:
        self._target = port
        self._listener = socket.socket()
        # Inherited by the connections that it accepts.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        link = link or Link()
        self._down, self._up = Direction(link), Direction(link)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._accept())
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    async def _accept(self) -> None:
        connections: set[asyncio.Task] = set()
        self._task = asyncio.current_task()
        try:
            while True:
                near, _ = await self._loop.sock_accept(self._listener)
                task = asyncio.create_task(self._serve(near))
                connections.add(task)
                task.add_done_callback(connections.discard)
        finally:
            for task in connections:
                task.cancel()
            await asyncio.gather(*connections, return_exceptions=True)
            self._listener.close()

    async def _serve(self, near: socket.socket) -> None:
        far = socket.socket()
        far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        with near, far:
            for end in (near, far):
                end.setblocking(False)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                await self._loop.sock_connect(far, ("127.0.0.1", self._target))
                await asyncio.gather(self._up.carry(near, far), self._down.carry(far, near))
            except OSError:
                # One side is gone; so is now the other.
                return

    def close(self) -> None:
        """Breaks all connections."""
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the relay does not end"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--mbit", type=float, default=2.0)
    parser.add_argument("--rtt-ms", type=float, default=150.0)
    parser.add_argument("--loss", type=float, default=0.01)
    given = parser.parse_args()
    relay = Relay(given.to, Link(given.mbit * 1e6, given.rtt_ms / 1000, given.loss))
    print(relay.port, flush=True)
    sys.stdin.read()
    relay.close()


if __name__ == "__main__":
    main()
