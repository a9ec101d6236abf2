"""Threads that write while the server is killed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from . import wait
from .server import Server


class Writers:
    """Four clients that write under one name after the other, `PREFIX-WORKER-NUMBER`."""

    def __init__(self, server: Server, prefix: str, write: Callable) -> None:
        self.server, self.prefix, self.write = server, prefix, write
        # The names whose writes were answered as done.
        self.acknowledged: set[str] = set()
        self.stop = threading.Event()

    def work(self, worker: int) -> None:
        client, number = self.server.client(), 0
        while not self.stop.is_set():
            name = f"{self.prefix}-{worker}-{number}"
            number += 1
            try:
                self.write(client, name)
                self.acknowledged.add(name)
            except (BotoCoreError, ClientError):
                # The server is on its way down, or not up yet.
                self.stop.wait(0.01)

    def wait_for(self, count: int) -> None:
        """Until so many writes were acknowledged."""
        wait.until(lambda: len(self.acknowledged) >= count, seconds=60, what="writes", interval=0.002)


@contextmanager
def writers(server: Server, prefix: str, write: Callable) -> Iterator[Writers]:
    """`write(client, name)` is called again and again by several clients, until the end of the block."""
    made = Writers(server, prefix, write)
    threads = [threading.Thread(target=made.work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        made.stop.set()
        for thread in threads:
            thread.join(30)
