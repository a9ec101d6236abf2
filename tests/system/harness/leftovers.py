"""What a server leaves on the host: processes, mounts, cgroups and files that can be traced back to its data directory.

The tests run beside other servers on the same machine, so nothing here counts what exists in all: everything is attributed, by the data directory's path
(it stands in the command lines, environments and mount tables of all that the server starts) and by the processes that were seen below it.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from . import wait

CGROUP_ROOT = Path("/sys/fs/cgroup")


@dataclass
class Footprint:
    """What was found. Empty means: nothing is left."""

    processes: dict[int, str] = field(default_factory=dict)
    mounts: list[str] = field(default_factory=list)
    cgroups: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.processes or self.mounts or self.cgroups or self.files)


class Tracer:
    """Remembers what belonged to one server, so that it is still recognised when the server is gone."""

    def __init__(self, directory: Path, data_dir: Path | None = None) -> None:
        """`directory`: holds all that the server is told of; `data_dir`: its data directory, if that is another."""
        self.directory = directory
        # What stands beside is the installation's own (a lock, mount points, the template of the writable layer), and is used again.
        run = (data_dir or directory) / "run"
        self.instances = [run / "instances", run / "simulated"]
        self._cgroups: set[str] = set()
        self._network_namespaces: set[str] = set()

    def observe(self, server_pid: int) -> None:
        """Call while the server runs: notes the cgroups and network namespaces of its descendants."""
        own = set(_cgroups_of(os.getpid()))
        own_network = _link(f"/proc/{os.getpid()}/ns/net")
        for pid in descendants(server_pid) | set(self.processes()):
            if pid == server_pid:
                continue
            self._cgroups.update(path for path in _cgroups_of(pid) if path not in own and path.strip("/"))
            network = _link(f"/proc/{pid}/ns/net")
            if network and network != own_network:
                self._network_namespaces.add(network)

    @property
    def network_namespaces(self) -> set[str]:
        """The network namespaces that were seen, as `net:[inode]`."""
        return set(self._network_namespaces)

    def processes(self) -> dict[int, str]:
        """Processes that carry the data directory in their command line, environment or mount table, or sit in a noted network namespace."""
        marker = str(self.directory).encode()
        found = {}
        for pid in _pids():
            if pid == os.getpid():
                continue
            if _link(f"/proc/{pid}/ns/net") in self._network_namespaces or any(
                marker in _read(f"/proc/{pid}/{name}") for name in ("cmdline", "environ")
            ):
                found[pid] = _describe(pid)
            elif _link(f"/proc/{pid}/ns/mnt") != _link("/proc/self/ns/mnt") and marker in _read(f"/proc/{pid}/mountinfo"):
                found[pid] = _describe(pid)
        return found

    def left(self) -> Footprint:
        """All that is still there now."""
        processes = {pid: text for pid, text in self.processes().items() if not _is_test_process(pid)}
        mounts = [line for line in _read("/proc/self/mountinfo").decode().splitlines() if str(self.directory) in line]
        cgroups = [path for path in sorted(self._cgroups_on_disk())]
        # The simulated driver keeps the disks of image builders in a directory of its own: that one stays, what is in it does not.
        files = sorted(str(path) for directory in self.instances for path in directory.rglob("*") if path.name != ".disks")
        return Footprint(processes, mounts, cgroups, files)

    def _cgroups_on_disk(self) -> list[str]:
        """Noted cgroups that belonged to instances (not the ones that the test itself runs in) and still exist in some hierarchy."""
        hierarchies = [CGROUP_ROOT, *(path for path in CGROUP_ROOT.iterdir() if path.is_dir())] if CGROUP_ROOT.is_dir() else []
        test_groups = set(_cgroups_of(os.getpid()))
        left = []
        for group in self._cgroups - test_groups:
            relative = group.lstrip("/")
            left += [str(base / relative) for base in hierarchies if relative and (base / relative).is_dir()]
        return left

    def assert_nothing_left(self, *, seconds: float = 10) -> None:
        """Fails with a list if something is still there after `seconds`: the kernel may take a moment to reap."""
        wait.until(lambda: not self.left(), seconds=seconds, what="the server's leftovers to go away", detail=self.left)


def descendants(pid: int) -> set[int]:
    """All processes below `pid`, itself included."""
    children: dict[int, list[int]] = {}
    for other in _pids():
        stat = _read(f"/proc/{other}/stat").decode(errors="replace")
        if ")" in stat:
            parent = int(stat.rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(other)
    found, queue = {pid}, [pid]
    while queue:
        for child in children.get(queue.pop(), []):
            if child not in found:
                found.add(child)
                queue.append(child)
    return found


def _is_test_process(pid: int) -> bool:
    """The test runner, its ancestors and workers mention the directory themselves; they are not the server's."""
    return os.getpid() in descendants(pid)


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _describe(pid: int) -> str:
    return _read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode(errors="replace")[:300] or _read(f"/proc/{pid}/comm").decode().strip()


def _cgroups_of(pid: int) -> list[str]:
    return [line.split(":", 2)[2] for line in _read(f"/proc/{pid}/cgroup").decode().splitlines() if line.count(":") >= 2]


def _read(path: str) -> bytes:
    """Processes come and go while we read: one that is gone has nothing to say."""
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
