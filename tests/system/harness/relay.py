"""A network between browser and server that can fail: bytes are passed on, held back without a word (a half-open connection), or cut."""

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator

BYTES = 256 * 1024


class Relay:
    """Listens on a port of its own and passes on to another one of this host."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._passing = threading.Event()
        self._passing.set()
        self._closed = False
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self) -> None:
        """From now on nothing arrives, on any connection, and nobody is told."""
        self._passing.clear()

    def resume(self) -> None:
        """What was held arrives, late."""
        self._passing.set()

    def release(self) -> None:
        """What is sent from now on arrives; connections that were held are dead, as behind a router that forgot them."""
        self.cut()
        self._passing.set()

    def cut(self) -> None:
        """Ends all connections."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._closed = True
        self._passing.set()
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to), timeout=10)
            except OSError:
                continue
            far.settimeout(None)
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._pairs.append((near, far))
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        with contextlib.suppress(OSError), selectors.DefaultSelector() as selector, near, far:
            for end in other:
                selector.register(end, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    read = key.fileobj.recv(BYTES)
                    if not read:
                        return
                    self._passing.wait()
                    other[key.fileobj].sendall(read)


@contextlib.contextmanager
def relay(port: int) -> Iterator[Relay]:
    made = Relay(port)
    try:
        yield made
    finally:
        made.close()
