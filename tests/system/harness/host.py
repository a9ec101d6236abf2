"""What runs on the host against what the server has written down: no instance without a row, no row without an instance."""

import json
import os
import sqlite3
from pathlib import Path

from . import wait
from .server import Server

# A fleet that starts, or one whose instance died, takes this long at most to be what its owner intends.
SOON = 30


def rows(server: Server) -> dict[str, str]:
    """Id and state of each instance that the database knows. Read beside the server, as a backup would."""
    connection = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True, timeout=10)
    try:
        return dict(connection.execute("SELECT id, state FROM instances"))
    finally:
        connection.close()


def running(server: Server) -> dict[str, list[int]]:
    """Id of each instance that is on the host, with its first processes."""
    return _simulated(server) if server.driver == "simulated" else _sandboxed(server)


def _sandboxed(server: Server) -> dict[str, list[int]]:
    """From the driver's own records, as far as the processes that they name live; nothing for what is there by half."""
    found = {}
    for directory in (server.data_dir / "run" / "instances").glob("*"):
        try:
            record = json.loads((directory / "instance.json").read_text())
        except OSError:
            record = {}
        processes = [record[name]["pid"] for name in ("display", "app") if record.get(name)]
        found[directory.name] = [pid for pid in processes if Path(f"/proc/{pid}").exists()]
    return found


def _simulated(server: Server) -> dict[str, list[int]]:
    """From the host's table of processes."""
    marker = str(server.data_dir / "run" / "simulated") + "/"
    found: dict[str, list[int]] = {}
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        # Processes come and go while we read.
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if arguments[1:3] == ["internal", "simulated-instance"] and arguments[3].startswith(marker):
            found.setdefault(arguments[3].removeprefix(marker), []).append(pid)
    return found


def wait_in_order(server: Server, client, *, seconds: float = SOON) -> dict[str, list[int]]:
    """Waits until each row has its processes and each process a row, and every fleet has what its owner intends; returns the processes."""
    whole = 1 if server.driver == "simulated" else 2

    def in_order() -> bool:
        known, found = rows(server), running(server)
        if set(known) != set(found) or any(len(pids) != whole for pids in found.values()) or set(known.values()) & {"starting", "retiring"}:
            return False
        for fleet in client.describe_fleets()["Fleets"]:
            capacity = fleet["ComputeCapacityStatus"]
            wanted = capacity["Desired"] if fleet["State"] == "RUNNING" else 0
            if fleet["State"] not in ("RUNNING", "STOPPED") or capacity.get("Running", 0) != wanted:
                return False
        return True

    def differences() -> object:
        fleets = [(fleet["Name"], fleet["State"], fleet["ComputeCapacityStatus"]) for fleet in client.describe_fleets()["Fleets"]]
        return {"rows": rows(server), "processes": running(server), "fleets": fleets}

    wait.until(in_order, seconds=seconds, what="host and database to agree", interval=0.03, detail=differences)
    return running(server)
