"""Image builders: their life through both protocols with simulated instances, and the whole of it with real ones, in Chromium."""

import json

import pytest
from harness import expect, inside, packages, viewer, wait
from harness.desk import Desk
from harness.server import Server


def described(aws, name: str) -> dict | None:
    """The builder; None if there is none of that name (any more)."""
    try:
        return aws.describe_image_builders(Names=[name])["ImageBuilders"][0]
    except aws.exceptions.ResourceNotFoundException:
        return None


def wait_builder(aws, name: str, state: str, seconds: float = 60) -> dict:
    return wait.until(
        lambda: (builder := described(aws, name)) and builder["State"] == state and builder,
        seconds=seconds,
        what=f"the image builder to be {state}",
        detail=lambda: described(aws, name),
    )


def wait_gone(aws, name: str, seconds: float = 60) -> None:
    wait.until(lambda: described(aws, name) is None, seconds=seconds, what="the image builder to be gone", detail=lambda: described(aws, name))


def wait_image(aws, name: str, state: str, seconds: float = 120) -> dict:
    def look() -> dict | None:
        try:
            image = aws.describe_images(Names=[name])["Images"][0]
        except aws.exceptions.ResourceNotFoundException:
            return None
        return image if image["State"] == state else None

    return wait.until(look, seconds=seconds, what=f"the image to be {state}")


def test_create_stop_start_update_delete(aws, server, unique):
    tags = {"Team": "Blue", "Cost": "7"}
    made = aws.create_image_builder(Name=unique, ImageName="tiny", InstanceType="stream.standard.medium", DisplayName="B", Tags=tags)["ImageBuilder"]
    arn = f"arn:aws:appstream:us-east-1:{server.account.id}:image-builder/{unique}"
    expect.fields(made, Name=unique, Arn=arn, State="PENDING", DisplayName="B", InstanceType="stream.standard.medium")
    assert aws.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags
    wait_builder(aws, unique, "RUNNING")
    expect.error(lambda: aws.update_image_builder(Name=unique, DisplayName="C"), "OperationNotPermittedException")
    assert aws.stop_image_builder(Name=unique)["ImageBuilder"]["State"] == "STOPPING"
    wait_builder(aws, unique, "STOPPED")
    expect.error(lambda: aws.stop_image_builder(Name=unique), "ResourceNotAvailableException")
    assert aws.update_image_builder(Name=unique, Description="D")["ImageBuilder"]["Description"] == "D"
    assert aws.start_image_builder(Name=unique, AppstreamAgentVersion="LATEST")["ImageBuilder"]["State"] == "PENDING"
    wait_builder(aws, unique, "RUNNING")
    assert unique in [builder["Name"] for builder in aws.describe_image_builders(MaxResults=100)["ImageBuilders"]]
    # Straight from RUNNING, as Terraform does.
    assert aws.delete_image_builder(Name=unique)["ImageBuilder"]["State"] == "DELETING"
    wait_gone(aws, unique)
    expect.error(lambda: aws.list_tags_for_resource(ResourceArn=arn), "ResourceNotFoundException")


def test_a_streaming_url_for_an_administrator(aws, server, unique):
    aws.create_image_builder(Name=unique, ImageName="tiny", InstanceType="stream.standard.medium")
    wait_builder(aws, unique, "RUNNING")
    url = aws.create_image_builder_streaming_url(Name=unique)["StreamingURL"]
    content = viewer.content(url)
    expect.fields(content, type="ADMIN", userId="admin", catalogSource=f"image-builder/{unique}", fleetRef=f"image-builder/{unique}")
    assert viewer.admit(url)[-1].get("grant"), "the administrator is let in"
    assert not viewer.admit(url)[-1].get("grant"), "once"
    aws.delete_image_builder(Name=unique)
    wait_gone(aws, unique)


def test_a_builder_and_its_tags_survive_the_server_s_sigkill(own_server):
    aws = own_server.client()
    aws.create_image_builder(Name="b", ImageName="tiny", InstanceType="stream.standard.medium", Tags={"a": "b"})
    own_server.kill()
    own_server.start()
    aws = own_server.client()
    arn = wait_builder(aws, "b", "RUNNING")["Arn"]
    assert aws.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "b"}
    aws.delete_image_builder(Name="b")
    wait_gone(aws, "b")


def in_terminal(page, server: Server, line: str, seconds: float = 60) -> str:
    """Types a line into the terminal that has the focus, and gives back what it printed."""
    marker = f"m{abs(hash(line)) % 10**8}"
    page.type(f"({line}) > /home/user/{marker} 2>&1; echo $? >> /home/user/{marker}.done\n")

    def look() -> str | None:
        for done in server.data_dir.glob(f"run/instances/*/files/home/user/{marker}.done"):
            if done.read_text().strip():
                output = done.with_suffix("").read_text()
                assert done.read_text().strip() == "0", f"{line}: {done.read_text()}: {output}"
                return output or "\n"
        return None

    return wait.until(look, seconds=seconds, what=f"{line!r} in the terminal", detail=lambda: (page.state(), page.words()))


def open_builder(page, aws, name: str) -> None:
    page.goto(aws.create_image_builder_streaming_url(Name=name)["StreamingURL"])
    page.wait_state("connected", seconds=60)
    page.wait_picture(seconds=60)


@pytest.mark.sandbox
@pytest.mark.browser
def test_the_whole_life(own_sandbox, page, unique, tmp_path):
    """A builder is opened, software is installed and named, the image is made, the builder goes, a fleet streams the new program."""
    server, aws = own_sandbox, own_sandbox.client()
    aws.create_image_builder(Name=unique, ImageName="demo", InstanceType="stream.standard.medium", Tags={"Team": "Blue"})
    wait_builder(aws, unique, "RUNNING")
    open_builder(page, aws, unique)
    assert in_terminal(page, server, "sudo id -u").strip() == "0"
    # What is on the disk stays, over a stop and over the end of the server.
    in_terminal(page, server, "sudo sh -c 'echo kept > /etc/kept'")
    aws.stop_image_builder(Name=unique)
    wait_builder(aws, unique, "STOPPED")
    aws.start_image_builder(Name=unique)
    wait_builder(aws, unique, "RUNNING")
    server.kill()
    server.start()
    aws = server.client()
    wait_builder(aws, unique, "RUNNING")
    open_builder(page, aws, unique)
    assert in_terminal(page, server, "cat /etc/kept").strip() == "kept"

    # A package from a directory repository.
    instance = inside.builder(server)
    packages.prepare(server, instance)
    packages.publish(server, instance, packages.package(tmp_path, "1.0"))
    in_terminal(page, server, "sudo apt-get -q update && sudo apt-get -q install --yes bluebox")
    assert in_terminal(page, server, "stat -c '%a %u %g' /usr/bin/bluegroup").strip() == "6755 33 60"
    listed = json.loads(in_terminal(page, server, "image-assistant list-applications"))
    assert "mousepad" in json.dumps(listed["installed"])
    in_terminal(page, server, "image-assistant add-application --name bluebox --display-name 'Blue Box' --absolute-app-path /usr/bin/bluebox")
    page.screenshot("image-builder")
    image = f"{unique}-image"
    page.type(f"image-assistant create-image --name {image} --tags Team=Blue --description Mine\n")
    made = wait_image(aws, image, "AVAILABLE")
    expect.fields(made, ImageBuilderName=unique, Description="Mine")
    assert "bluebox" in [application["Name"] for application in made["Applications"]]
    assert aws.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"] == {"Team": "Blue"}
    wait_builder(aws, unique, "STOPPED")
    aws.delete_image_builder(Name=unique)
    wait_gone(aws, unique)
    assert not list((server.data_dir / "run/disks").iterdir())

    desk = Desk(server, unique, image=image)
    page.goto(desk.url("bluebox"))
    page.wait_state("connected", seconds=60)
    wait.until(lambda: page.look()["common"] == "0000ff", seconds=60, what="the blue box", detail=page.look)
    page.screenshot("image-builder-application")
