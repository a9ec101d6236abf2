"""The audit trail of a server, as its operator reads it."""

import json
from pathlib import Path

from . import wait
from .server import Server


def files(server: Server) -> list[Path]:
    """The files of the trail, the oldest first (a day's first file has no number)."""

    def order(path: Path) -> tuple[str, int]:
        day, *part = path.name.removesuffix(".jsonl").split(".")
        return day, int(part[0]) if part else 0

    return sorted((server.data_dir / "server" / "audit").glob("*.jsonl"), key=order)


def events(server: Server) -> list[dict]:
    """All events that are written so far."""
    return [json.loads(line)["event"] for path in files(server) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def some(server: Server, what: str, **wanted: object) -> list[dict]:
    """The events with these members, once there is one: those of calls that only read come a little after their answer."""

    def look() -> list[dict]:
        return [event for event in events(server) if all(event.get(name) == value for name, value in wanted.items())]

    return wait.until(look, seconds=10, what=what)


def find(server: Server, what: str, **wanted: object) -> dict:
    """The only event with these members."""
    found = some(server, what, **wanted)
    assert len(found) == 1, found
    return found[0]


def verify(server: Server, *, whole: bool = True) -> str:
    """What `millrace audit verify` says."""
    result = server.command("audit", "verify", check=whole)
    assert (result.returncode == 0) == whole, result
    return result.stdout + result.stderr
