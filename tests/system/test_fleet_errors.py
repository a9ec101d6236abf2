"""What keeps instances from being made: the fleet says so, the log says why, attempts become rarer, and all is well once the host is mended."""

import itertools
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import wait
from harness.server import Server

pytestmark = pytest.mark.sandbox

SOON = {"Delay": 1, "MaxAttempts": 60}
PROVISIONING = "FLEET_INSTANCE_PROVISIONING_FAILURE"


class Runtime:
    """An OCI runtime in the path, which notes when it was asked to start something, and fails when it is told to."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.program = directory / "crun"
        self.asked = directory / "asked"
        self.mend()

    def _write(self, then: str) -> None:
        new = self.directory / "new"
        new.write_text(f'#!/bin/sh\ncase "$*" in *" display") date +%s.%N >> {self.asked} ;; esac\n{then}\n')
        new.chmod(0o755)
        new.rename(self.program)

    def mend(self) -> None:
        self._write('exec /usr/bin/crun "$@"')

    def fail(self) -> None:
        self.asked.unlink(missing_ok=True)
        self._write("echo this runtime is out of order >&2\nexit 1")

    def remove(self) -> None:
        self.program.unlink()

    def times(self) -> list[float]:
        """Of the attempts to start an instance."""
        return [float(line) for line in self.asked.read_text().splitlines()] if self.asked.exists() else []


class Disk:
    """A small file system, which can be filled to the last byte."""

    def __init__(self, directory: Path) -> None:
        self.path, image = directory / "disk", directory / "disk.ext4"
        self.path.mkdir()
        with image.open("wb") as file:
            file.truncate(4 << 30)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True, stdin=subprocess.DEVNULL)
        subprocess.run(["mount", "-o", "loop", image, self.path], check=True)

    def fill(self) -> None:
        room = os.statvfs(self.path)
        with (self.path / "filler").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - (16 << 20))

    def make_room(self) -> None:
        (self.path / "filler").unlink(missing_ok=True)

    def remove(self) -> None:
        subprocess.run(["umount", self.path], check=True)


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    return Runtime(tmp_path_factory.mktemp("runtime"))


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    if os.geteuid() != 0 or not os.environ.get("MILLRACE_RUNTIME_IMAGE"):
        pytest.skip("the sandbox needs root and MILLRACE_RUNTIME_IMAGE: run by `cargo xtask test`")
    made = Disk(tmp_path_factory.mktemp("mnt"))
    yield made
    made.remove()


@pytest.fixture(scope="module")
def frail(runtime: Runtime, disk: Disk, tiny_image: Path) -> Iterator[Server]:
    """A server with real instances, on the disk and with the runtime."""
    server = Server("sandbox", data_dir=disk.path / "data", instance_settings="pool = { freeze = false }")
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{runtime.directory}:{path}"
    try:
        server.start()
        server.import_image(tiny_image, "tiny")
        yield server
    finally:
        os.environ["PATH"] = path
        disk.make_room()
        server.close()


class Fleet:
    """An ALWAYS_ON fleet, and what it and the log say."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name, self.aws = server, name, server.client()
        self.logged_before = server.log_path.stat().st_size
        self.aws.create_fleet(
            Name=name,
            InstanceType="stream.standard.small",
            ImageName="tiny",
            FleetType="ALWAYS_ON",
            ComputeCapacity={"DesiredInstances": 1},
        )

    def start(self) -> None:
        self.aws.start_fleet(Name=self.name)

    def described(self) -> dict:
        return self.aws.describe_fleets(Names=[self.name])["Fleets"][0]

    def wait_error(self, code: str, said: str) -> dict:
        """The one error, once it is there."""
        errors = wait.until(lambda: self.described().get("FleetErrors"), seconds=30, what="an error of the fleet", detail=self.server.log_tail)
        assert [error["ErrorCode"] for error in errors] == [code] and said in errors[0]["ErrorMessage"], errors
        return errors[0]

    def log(self) -> str:
        """What was logged since the fleet was made."""
        with self.server.log_path.open(errors="replace") as log:
            log.seek(self.logged_before)
            return log.read()

    def wait_running(self) -> None:
        def well() -> bool:
            fleet = self.described()
            return fleet["State"] == "RUNNING" and fleet["ComputeCapacityStatus"].get("Available") == 1 and not fleet.get("FleetErrors")

        wait.until(well, seconds=60, what="an instance and no error", detail=lambda: (self.described(), self.server.log_tail()))

    def remove(self) -> None:
        self.aws.stop_fleet(Name=self.name)
        self.aws.get_waiter("fleet_stopped").wait(Names=[self.name], WaiterConfig=SOON)
        self.aws.delete_fleet(Name=self.name)


@pytest.fixture
def fleet(frail: Server, unique: str) -> Iterator[Fleet]:
    made = Fleet(frail, unique)
    yield made
    made.remove()


def test_a_runtime_that_fails(fleet: Fleet, runtime: Runtime):
    runtime.fail()
    try:
        fleet.start()
        error = fleet.wait_error(PROVISIONING, "The log of the server says why")
        # The owner is told nothing of the host; its operator is.
        assert "out of order" not in error["ErrorMessage"]
        assert fleet.described()["State"] == "STARTING"
        # 2 s after the first failure, 4 s after the second, and not more often.
        wait.until(lambda: len(runtime.times()) >= 3, seconds=30, what="three attempts", detail=runtime.times)
        waits = [later - earlier for earlier, later in itertools.pairwise(runtime.times())]
        assert waits[0] > 1.9 and waits[1] > 3.9, waits
        assert "this runtime is out of order" in fleet.log()
    finally:
        runtime.mend()
    fleet.wait_running()


def test_a_runtime_that_is_gone(fleet: Fleet, runtime: Runtime):
    runtime.remove()
    try:
        fleet.start()
        fleet.wait_error(PROVISIONING, "The log of the server says why")
        assert str(runtime.program) in fleet.log() and "No such file" in fleet.log(), fleet.log()
    finally:
        runtime.mend()
    fleet.wait_running()


def test_an_image_that_is_gone(fleet: Fleet):
    """From the host's disk, while the API still has it: a backup that was restored in part."""
    (record,) = [path for path in (fleet.server.data_dir / "images" / "images").iterdir() if "Editor" in path.read_text()]
    away = record.with_name("away")
    record.rename(away)
    try:
        fleet.start()
        fleet.wait_error("IMAGE_NOT_FOUND", "is not on the host")
        assert "is not on this host" in fleet.log()
    finally:
        away.rename(record)
    fleet.wait_running()


def test_a_disk_that_is_full(fleet: Fleet, disk: Disk):
    disk.fill()
    try:
        started = time.monotonic()
        fleet.start()
        fleet.wait_error(PROVISIONING, "MiB of disk are free")
        assert "MiB of disk are free" in fleet.log()
        assert time.monotonic() - started < 20
    finally:
        disk.make_room()
    fleet.wait_running()
