"""The whole life of an image without a browser: made by hand in an image builder, given to a running fleet, brought up to date; with real instances."""

import json
from pathlib import Path

import pytest
from harness import expect, inside, packages, viewer, wait
from harness.desk import Desk
from harness.server import Server
from harness.stream import FRAME, GRANT, Stream
from test_image_builders import wait_builder, wait_gone, wait_image

APT = ["sudo", "apt-get", "-q"]


def assistant(server: Server, instance: str, *words: str, status: int = 0) -> dict:
    """What image-assistant says: one line of JSON, and an exit status that says the same."""
    done = inside.run(server, instance, "image-assistant", *words, check=False)
    assert done.returncode == status, done
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 1, lines
    said = json.loads(lines[0])
    assert said["status"] == status and said["message"], said
    return said


def admitted(aws, stack: str, fleet: str, user: str, **more: str) -> tuple[str, str]:
    """A user comes: the grant of the stream, and the session's instance."""
    url = aws.create_streaming_url(StackName=stack, FleetName=fleet, UserId=user, **more)["StreamingURL"]
    outcome = viewer.admit(url, timeout=120)[-1]
    assert outcome["state"] == "ready", outcome
    (session,) = aws.describe_sessions(StackName=stack, FleetName=fleet, UserId=user, AuthenticationType="API")["Sessions"]
    return outcome["grant"], session["InstanceId"]


def make_image(server: Server, aws, name: str, tmp_path: Path) -> None:
    """A builder from `demo`, a package from a directory repository with a newer one in it, the catalogue, the image; and the builder goes."""
    aws.create_image_builder(Name=name, ImageName="demo", InstanceType="stream.standard.medium", Tags={"Team": "Blue"})
    arn = wait_builder(aws, name, "RUNNING")["Arn"]
    assert aws.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"Team": "Blue"}
    instance = inside.builder(server)
    old, new = packages.package(tmp_path, "1.0"), packages.package(tmp_path, "2.0")
    packages.prepare(server, instance)
    packages.publish(server, instance, old)
    inside.run(server, instance, *APT, "update")
    inside.run(server, instance, *APT, "install", "--yes", "bluebox")
    packages.publish(server, instance, old, new)
    # One line of JSON and a true exit status for every command.
    assistant(server, instance, "add-application", "--name", "bluebox", "--absolute-app-path", "/nowhere", status=1)
    assistant(server, instance, "add-application", "--name", "bluebox", "--absolute-app-path", "/usr/bin/bluebox", "--display-name", "Blue Box")
    assistant(server, instance, "add-application", "--name", "bluebox", "--absolute-app-path", "/usr/bin/bluebox", status=1)
    assistant(server, instance, "remove-application", "--name", "unheard-of", status=1)
    assistant(server, instance, "remove-application", status=2)
    assistant(server, instance, "paint", status=2)
    assert "bluebox" in [entry["name"] for entry in assistant(server, instance, "list-applications")["applications"]]
    assistant(server, instance, "create-image", "--name", "demo", "--dry-run", status=1)
    inside.run(server, instance, "sudo", "sh", "-c", "echo typed > /root/.bash_history; mkdir -m 700 /var/tmp/closed; touch /var/tmp/closed/a /var/tmp/closed/b")
    left_out = {kind["what"]: kind for kind in assistant(server, instance, "create-image", "--name", f"{name}-1", "--dry-run")["left_out"]}
    expect.fields(left_out["shell history"], files=1, examples=["/root/.bash_history"])
    assert {"/var/tmp/closed/a", "/var/tmp/closed/b"} <= set(left_out["temporary file"]["examples"]), left_out
    assert left_out["package cache"]["files"] > 0, "the lists of apt"
    expect.error(lambda: aws.describe_images(Names=[f"{name}-1"]), "ResourceNotFoundException")
    assistant(server, instance, "create-image", "--name", f"{name}-1", "--tags", "Team=Blue")
    wait_image(aws, f"{name}-1", "AVAILABLE")
    wait_builder(aws, name, "STOPPED")
    aws.delete_image_builder(Name=name)
    wait_gone(aws, name)


@pytest.mark.sandbox
def test_an_image_is_made_and_a_running_fleet_moves_to_it(own_sandbox, unique, tmp_path):
    server, aws = own_sandbox, own_sandbox.client()
    Desk(server, unique, instances=2)
    make_image(server, aws, unique, tmp_path)

    # A session in progress keeps its image, with its stream; the next one has the new image.
    grant, before = admitted(aws, unique, unique, "ann")
    stream = Stream(server.endpoint)
    stream.hello(GRANT, grant)
    stream.welcome()
    assert not inside.has(server, before, "/usr/bin/bluebox")
    assert aws.update_fleet(Name=unique, ImageName=f"{unique}-1")["Fleet"]["State"] == "RUNNING"
    grant, after = admitted(aws, unique, unique, "bob", ApplicationId="bluebox")
    assert inside.run(server, after, "stat", "-c", "%a %u %g", "/usr/bin/bluegroup").stdout == b"6755 33 60\n"
    assert inside.has(server, after, "/usr/bin/bluebox") and not inside.has(server, before, "/usr/bin/bluebox")
    second = Stream(server.endpoint)
    second.hello(GRANT, grant)
    second.welcome()
    assert second.receive_until(FRAME, seconds=60)
    wait.until(lambda: b"-bg\0blue" in inside.run(server, after, "sh", "-c", "cat /proc/[0-9]*/cmdline").stdout, seconds=60, what="the new application to run")
    stream.ping(7)
    sessions = aws.describe_sessions(StackName=unique, FleetName=unique)["Sessions"]
    assert {session["UserId"]: session["State"] for session in sessions} == {"ann": "ACTIVE", "bob": "ACTIVE"}
    stream.close()
    second.close()
    aws.stop_fleet(Name=unique)


@pytest.mark.sandbox
def test_an_image_is_brought_up_to_date(own_sandbox, unique, tmp_path):
    server, aws = own_sandbox, own_sandbox.client(read_timeout=90)
    make_image(server, aws, unique, tmp_path)
    asked = {"existingImageName": f"{unique}-1", "newImageName": f"{unique}-2"}
    assert aws.create_updated_image(**asked, dryRun=True)["canUpdateImage"] is True
    made = aws.create_updated_image(**asked, newImageTags={"Team": "Blue"})["image"]
    assert made["State"] == "PENDING"
    image = wait_image(aws, f"{unique}-2", "AVAILABLE")
    assert aws.list_tags_for_resource(ResourceArn=image["Arn"])["Tags"] == {"Team": "Blue"}
    assert "bluebox" in [application["Name"] for application in image["Applications"]]
    asked = {"existingImageName": f"{unique}-2", "newImageName": f"{unique}-3"}
    assert aws.create_updated_image(**asked, dryRun=True)["canUpdateImage"] is False
    wait.until(lambda: not list((server.data_dir / "run/disks").iterdir()), seconds=60, what="the end of the builders that nobody saw")
    aws.create_image_builder(Name=unique, ImageName=f"{unique}-2", InstanceType="stream.standard.medium")
    wait_builder(aws, unique, "RUNNING")
    program = inside.run(server, inside.builder(server), "cat", "/usr/bin/bluebox").stdout
    assert b"# 2.0" in program
    aws.delete_image_builder(Name=unique)
    wait_gone(aws, unique)
