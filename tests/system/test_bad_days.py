"""Days on which the host lets the server down: the disk is full, the database is held by another program. A clear error, and no lie."""

import os
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from harness import expect, trail, wait
from harness.server import Server

SOON = {"Delay": 1, "MaxAttempts": 60}
FLEET = {"InstanceType": "stream.standard.small", "ImageName": "tiny", "FleetType": "ALWAYS_ON", "ComputeCapacity": {"DesiredInstances": 1}}


class Disk:
    """A disk in memory, which can be made smaller and larger."""

    # More than an import leaves free for everything else.
    ROOMY = "3g"

    def __init__(self) -> None:
        # Beside the servers' directories: a mount in one of those would be a leftover.
        self.path = Path(tempfile.mkdtemp(prefix="disk-", dir=os.environ.get("MILLRACE_TEST_DIR") or "/tmp"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.ROOMY},mode=0700", "tmpfs", self.path], check=True)

    def resize(self, size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", self.path], check=True)

    def fill(self) -> None:
        """Leaves 24 MiB to all that is there, and takes the last byte of them."""
        self.resize("24m")
        with (self.path / "filler").open("ab", buffering=0) as file:
            for piece in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"x" * piece)
                except OSError:
                    pass

    def make_room(self) -> None:
        (self.path / "filler").unlink(missing_ok=True)
        self.resize(self.ROOMY)

    def remove(self) -> None:
        subprocess.run(["umount", self.path], check=True)
        self.path.rmdir()


@pytest.fixture
def disk():
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    made = Disk()
    yield made
    made.remove()


@pytest.fixture
def cramped(disk, tiny_image):
    """A server with its data on the disk."""
    server = Server("simulated", data_dir=disk.path / "data")
    try:
        server.start().import_image(tiny_image, "tiny")
        yield server
    finally:
        disk.make_room()
        server.close()


def create_until_refused(client, prefix: str) -> tuple[list[str], ClientError]:
    """Creates stacks until one is refused: what was acknowledged, and the refusal."""
    made = []
    for number in range(10_000):
        name = f"{prefix}-{number}"
        try:
            client.create_stack(Name=name, Description="d" * 200, Tags={f"k{key}": "v" * 200 for key in range(40)})
        except ClientError as error:
            return made, error
        made.append(name)
    raise AssertionError("the disk was never full")


def names(client) -> list[str]:
    return [stack["Name"] for page in client.get_paginator("describe_stacks").paginate() for stack in page["Stacks"]]


def test_a_full_disk(cramped, disk):
    client = cramped.client(read_timeout=60)
    client.create_stack(Name="before", Tags={"a": "1"})
    disk.fill()
    made, error = create_until_refused(client, "full")
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 503, error
    assert "disk" in error.response["Error"]["Message"], error
    assert expect.UUID.fullmatch(error.response["ResponseMetadata"]["RequestId"])
    assert "the disk of the database is full" in cramped.log_tail()
    # Reading goes on, and shows exactly what was acknowledged.
    assert sorted(names(client)) == sorted(["before", *made])
    assert cramped.http_status("/healthz") == 200

    # Killed and started on the full disk: either it serves what was acknowledged, or it says why it cannot start.
    cramped.kill()
    cramped.spawn()
    if wait.until(lambda: cramped.process.poll() is not None or cramped.http_status("/readyz") == 200, seconds=30, what="a start or an end") and cramped.process.poll() is None:
        assert sorted(names(cramped.client())) == sorted(["before", *made])
        cramped.kill()
    else:
        assert "full" in cramped.log_tail(5) or "No space left" in cramped.log_tail(5), cramped.log_tail()

    disk.make_room()
    cramped.start()
    client = cramped.client()
    assert sorted(names(client)) == sorted(["before", *made])
    assert client.list_tags_for_resource(ResourceArn=client.describe_stacks(Names=["before"])["Stacks"][0]["Arn"])["Tags"] == {"a": "1"}
    client.create_stack(Name="after")
    for name in made:
        client.delete_stack(Name=name)


def test_the_audit_trail_on_a_full_disk(cramped, disk):
    """What is refused is recorded, in room that was kept; once that runs short, nothing is even tried, and the trail says later what it lacks."""
    client = cramped.client(read_timeout=60)
    client.create_stack(Name="before")
    disk.fill()
    tags = {f"k{key}": "v" * 250 for key in range(45)}
    made = []
    for number in range(3000):
        try:
            client.create_stack(Name=f"s{number}", Tags=tags)
        except ClientError as error:
            if "audit trail" in error.response["Error"]["Message"]:
                assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 503, error
                break
        else:
            made.append(f"s{number}")
    else:
        raise AssertionError("the trail always had room")
    # Reading goes on.
    assert sorted(names(client)) == sorted(["before", *made])
    trail.verify(cramped)
    disk.make_room()

    def works_again() -> bool:
        try:
            client.create_stack(Name="after")
        except ClientError:
            return False
        return True

    wait.until(works_again, seconds=30, what="room for the trail")
    left_out = trail.some(cramped, "what is left out", eventName="CallsLeftOut")
    assert sum(event["serviceEventDetails"]["whileTheDiskWasFull"] for event in left_out) >= 1
    trail.verify(cramped)


def test_an_image_on_a_full_disk(cramped, disk, tiny_image):
    disk.fill()
    refused = cramped.command("image", "import", tiny_image, "--name", "other", check=False)
    assert refused.returncode != 0
    assert "room" in refused.stderr or "full" in refused.stderr or "No space left" in refused.stderr, refused.stderr
    assert [image["Name"] for image in cramped.client().describe_images()["Images"]] == ["tiny"]
    assert list((cramped.data_dir / "images" / "tmp").iterdir()) == []
    disk.make_room()
    cramped.import_image(tiny_image, "other")


def test_a_fleet_on_a_full_disk(cramped, disk):
    """Its instances cannot be made: that shows, and passes when there is room again."""
    client = cramped.client()
    client.create_fleet(Name="cramped", **FLEET)
    disk.fill()
    try:
        client.start_fleet(Name="cramped")
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 503, error
        disk.make_room()
        client.start_fleet(Name="cramped")
    else:
        assert client.describe_fleets(Names=["cramped"])["Fleets"][0]["State"] == "STARTING"
        disk.make_room()
    client.get_waiter("fleet_started").wait(Names=["cramped"], WaiterConfig=SOON)
    client.stop_fleet(Name="cramped")
    client.get_waiter("fleet_stopped").wait(Names=["cramped"], WaiterConfig=SOON)


def test_a_database_that_another_program_holds(own_server):
    client = own_server.client()
    client.create_stack(Name="before")
    other = sqlite3.connect(own_server.database, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(ClientError) as refused:
            client.create_stack(Name="refused")
        assert time.monotonic() - began < 20, "it does not wait for ever"
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503, refused.value
        assert "busy" in refused.value.response["Error"]["Message"], refused.value
        assert names(client) == ["before"], "who only reads need not wait"
        assert "the database is busy" in own_server.log_tail()
        other.execute("ROLLBACK")
    finally:
        other.close()
    client.create_stack(Name="after")
    assert sorted(names(client)) == ["after", "before"]


def test_a_start_while_another_program_holds_the_database(own_server):
    own_server.client().create_stack(Name="before")
    own_server.kill()
    other = sqlite3.connect(own_server.database, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        own_server.spawn()
        assert own_server.process.wait(30) != 0
        assert "the database is busy" in own_server.log_tail(5), own_server.log_tail()
        other.execute("ROLLBACK")
    finally:
        other.close()
    own_server.start()
    assert names(own_server.client()) == ["before"]
