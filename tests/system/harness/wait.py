"""Bounded waiting: every wait of the tests ends, and says what it waited for."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def until(
    probe: Callable[[], Value | None],
    *,
    seconds: float,
    what: str,
    interval: float = 0.05,
    detail: Callable[[], object] | None = None,
) -> Value:
    """Polls `probe` until it gives something true, and returns that. After `seconds` it fails with `what` (and `detail`)."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() >= deadline:
            more = f": {detail()}" if detail else ""
            raise AssertionError(f"waited {seconds} s in vain for {what}{more}")
        time.sleep(interval)
