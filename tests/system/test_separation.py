"""Whom root is for: the part that faces the network is an ordinary user without any privilege, and the part that is root does not face the network."""

import os
import shutil
import signal
import subprocess
import tarfile
from pathlib import Path

import pytest
from harness import wait
from harness.desk import at_rest
from harness.leftovers import descendants
from harness.server import Server, free_port, program
from test_browser import Desk, file_of, open_editor, save

NOBODY = 65534
CAPABILITY_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
# Numbers of linux/capability.h: what the driver's work takes (crates/driver/src/confine/needed.rs says what for).
NEEDED = {
    "CHOWN": 0, "DAC_OVERRIDE": 1, "DAC_READ_SEARCH": 2, "FOWNER": 3, "FSETID": 4, "SETGID": 6, "SETUID": 7,
    "NET_BIND_SERVICE": 10, "NET_ADMIN": 12, "SYS_CHROOT": 18, "SYS_PTRACE": 19, "SYS_ADMIN": 21, "SETFCAP": 31,
}  # fmt: skip


def status(pid: int) -> dict[str, list[str]]:
    """/proc/PID/status, each line as a list of words."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.split() for name, value in (line.split(":", 1) for line in lines)}


def host_process(server: Server) -> int:
    """The child of the server that is still root."""
    found = [pid for pid in descendants(server.process.pid) if Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:3] == [b"internal", b"host"]]
    assert len(found) == 1, found
    return found[0]


def sockets(pid: int) -> set[str]:
    """The inodes of all sockets that a process has open."""
    links = []
    for entry in os.scandir(f"/proc/{pid}/fd"):
        links.append(os.readlink(entry.path))
    return {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}


def network_sockets(pid: int) -> set[str]:
    """Those of them that belong to TCP or UDP, in the process's own network namespace."""
    known = set()
    for name in ("tcp", "tcp6", "udp", "udp6"):
        table = Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
        known |= {line.split()[9] for line in table}
    return sockets(pid) & known


def assert_powerless(server: Server) -> int:
    """Looks at every thread of the server's front; its user id."""
    pid = server.process.pid
    (user,) = set(status(pid)["Uid"])
    assert user != "0"
    threads = [int(name) for name in os.listdir(f"/proc/{pid}/task")]
    assert len(threads) > 1
    for thread in threads:
        found = status(thread)
        assert set(found["Uid"]) == {user} and len(set(found["Gid"])) == 1 and found["Gid"][0] != "0", found
        assert found["Groups"] == [], found
        assert capabilities(found) == dict.fromkeys(CAPABILITY_SETS, set())
        assert found["NoNewPrivs"] == ["1"] and found["Seccomp"] == ["2"], found
    # The kernel gives these files to root where a process may not be looked into by its own user.
    assert os.stat(f"/proc/{pid}/environ").st_uid == 0
    return int(user)


def capabilities(found: dict[str, list[str]]) -> dict[str, set[int]]:
    """What /proc/PID/status says of them, as numbers."""
    return {name: {number for number in range(64) if int(found[name][0], 16) >> number & 1} for name in CAPABILITY_SETS}


def assert_has_what_it_needs(pid: int) -> None:
    """The host process, every thread of it: root, with the capabilities that its work takes (as far as this test's own root has them) and no others."""
    needed = set(NEEDED.values()) & capabilities(status(os.getpid()))["CapPrm"]
    threads = os.listdir(f"/proc/{pid}/task")
    assert len(threads) > 1
    for thread in threads:
        found = status(int(thread))
        assert set(found["Uid"]) == {"0"}
        assert capabilities(found) == {"CapInh": set(), "CapPrm": needed, "CapEff": needed, "CapBnd": needed, "CapAmb": set()}, found


def assert_sees_only_its_own(server: Server) -> None:
    """Its file tree holds the server's own directory, and nothing else that is a file."""
    root = Path(f"/proc/{server.process.pid}/root")
    own = server.data_dir / "server"
    below = [path for path in root.rglob("*") if not path.is_dir()]
    inside = root / own.relative_to("/")
    assert below and all(path.is_relative_to(inside) for path in below), below


@pytest.mark.sandbox
@pytest.mark.browser
class TestWithAnInstance:
    """The sandbox, while somebody works in an instance."""

    @pytest.fixture
    def desk(self, sandbox: Server, unique: str):
        made = Desk(sandbox, unique)
        yield made
        made.remove()

    def test_neither_process_has_more_than_it_needs(self, sandbox, desk, page):
        open_editor(page, desk)
        user = assert_powerless(sandbox)
        assert_sees_only_its_own(sandbox)
        host = host_process(sandbox)
        assert_has_what_it_needs(host)
        assert network_sockets(host) == set(), "root does not face the network"
        assert network_sockets(sandbox.process.pid), "the front does"
        owners = {name: (sandbox.data_dir / name).stat().st_uid for name in ("", "server", "server/millrace.db", "signing.key", "images", "run", "admin.sock")}
        assert owners == {"": 0, "server": user, "server/millrace.db": user, "signing.key": 0, "images": 0, "run": 0, "admin.sock": 0}
        assert (sandbox.data_dir.stat().st_mode & 0o777, (sandbox.data_dir / "server").stat().st_mode & 0o777) == (0o700, 0o700)
        assert page.state() == "connected"

    def test_the_host_process_takes_the_front_along_and_no_instance(self, sandbox, desk, page):
        open_editor(page, desk)
        # What is still on its way in the browser would be lost with the connection.
        area = {"x": 0, "y": 0, **{side: page.look()[side] for side in ("width", "height")}}
        page.keep("empty", area)
        page.type("before")
        wait.until(lambda: page.changed("empty", area) > 60, seconds=20, what="the text to be seen")
        at_rest(page)
        session = desk.wait_connection("CONNECTED")["Id"]
        os.kill(host_process(sandbox), signal.SIGKILL)
        assert sandbox.process.wait(30) == 1
        assert "the host process ended by itself" in sandbox.log_tail()
        sandbox.start()
        page.wait_state("connected", seconds=60)
        assert [one["Id"] for one in desk.sessions()] == [session]
        page.type(" and after")
        save(page, "/home/user/host-killed.txt")
        assert file_of(sandbox, "home/user/host-killed.txt").read_text().strip() == "before and after"

    def test_a_killed_front_takes_the_host_process_along(self, sandbox):
        host = host_process(sandbox)
        sandbox.kill()
        wait.until(lambda: not Path(f"/proc/{host}").exists(), seconds=5, what="the end of the host process")
        sandbox.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up privileges")
def test_simulated_instances_make_no_difference(own_server):
    assert_powerless(own_server)
    assert_sees_only_its_own(own_server)
    assert_has_what_it_needs(host_process(own_server))
    assert network_sockets(host_process(own_server)) == set()
    own_server.client().create_stack(Name="written")
    own_server.kill()
    own_server.start()
    assert own_server.client().describe_stacks()["Stacks"][0]["Name"] == "written"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root unpacks for others")
def test_images_are_unpacked_by_nobody(own_server, tmp_path):
    """What strangers packed is read by a process of ids that nothing else has, in a user namespace of its own, with its target as its root."""
    image = tmp_path / "large.tar"
    with tarfile.open(image, "w") as archive:
        entry = tarfile.TarInfo("large")
        entry.size = 512 << 20
        with open("/dev/zero", "rb") as zeros:
            archive.addfile(entry, zeros)
    importing = subprocess.Popen(
        [program("MILLRACE_BIN"), "image", "import", image, "--name", "large", "--config", own_server.config], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )

    def reader() -> dict[str, list[str]] | None:
        for pid, command in own_server.tracer.processes().items():
            try:
                if "unpack-layer" in command and (found := status(pid))["Seccomp"] == ["2"]:
                    assert os.readlink(f"/proc/{pid}/ns/user") != os.readlink("/proc/self/ns/user")
                    assert os.readlink(f"/proc/{pid}/root").startswith(str(own_server.data_dir / "images" / "tmp"))
                    return found
            except OSError:
                # It has just ended.
                continue
        return None

    try:
        found = wait.until(reader, seconds=30, what="the process that unpacks", interval=0.01)
    finally:
        _, said = importing.communicate(timeout=120)
    assert importing.returncode == 0, said
    first = own_server._id_base - 65536
    assert set(found["Uid"]) == set(found["Gid"]) == {str(first)} and found["Groups"] == [], found
    assert found["NoNewPrivs"] == ["1"]


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is needed")
def test_a_server_that_is_not_root_is_one_process():
    server = Server("simulated")
    # A program and a directory that everybody may use.
    directory = server.directory
    directory.chmod(0o755)
    millrace = directory / "millrace"
    shutil.copy(program("MILLRACE_BIN"), millrace)
    server.port = free_port()
    server._write_config()
    os.chown(server.config, NOBODY, NOBODY)
    server.data_dir.mkdir(mode=0o700)
    os.chown(server.data_dir, NOBODY, NOBODY)
    with server.log_path.open("ab") as log:
        server.process = subprocess.Popen(
            [millrace, "serve", "--config", server.config], stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=NOBODY, group=NOBODY, extra_groups=[]
        )
    try:
        assert server._becomes_ready()
        assert descendants(server.process.pid) == {server.process.pid}
        assert set(status(server.process.pid)["Uid"]) == {str(NOBODY)}
        server.client().create_stack(Name="written")
    finally:
        server.close()
