"""DeleteImage: refused while a fleet uses the image, and then its files are really gone."""

import io
import tarfile

import pytest
from harness import expect, wait

FLEET = {"InstanceType": "stream.standard.small", "ComputeCapacity": {"DesiredInstances": 1}}


@pytest.fixture
def image(server, tmp_path, unique):
    """An image with content that no other image has; returns its name."""
    path = tmp_path / "image.tar"
    with tarfile.open(path, "w") as archive:
        for number in range(500):
            entry = tarfile.TarInfo(f"file-{number}")
            entry.size = len(unique)
            archive.addfile(entry, io.BytesIO(unique.encode()))
    server.import_image(path, unique)
    return unique


def layers(server):
    return {path.name for path in (server.data_dir / "images" / "layers").iterdir()}


def until_gone(aws, name):
    def gone():
        images = [image["Name"] for page in aws.get_paginator("describe_images").paginate() for image in page["Images"]]
        return name not in images

    wait.until(gone, seconds=30, what=f"the end of image {name}")


def test_an_image_that_a_fleet_uses_stays(aws, image):
    aws.create_fleet(Name=image, ImageName=image, **FLEET)
    expect.error(lambda: aws.delete_image(Name=image), "ResourceInUseException", says=image)
    assert aws.describe_images(Names=[image])["Images"][0]["State"] == "AVAILABLE"
    aws.delete_fleet(Name=image)
    expect.fields(aws.delete_image(Name=image)["Image"], Name=image, State="DELETING", Arn=...)
    until_gone(aws, image)


def test_files_go_with_the_last_image_that_has_them(server, aws, image):
    here, there = server.client(), server.client(region="eu-central-1")
    before = layers(server)
    arn = here.describe_images(Names=[image])["Images"][0]["Arn"]
    here.tag_resource(ResourceArn=arn, Tags={"a": "b"})
    here.delete_image(Name=image)
    until_gone(here, image)
    assert layers(server) == before, "the image of the other region has them"
    assert there.describe_images(Names=[image])["Images"][0]["State"] == "AVAILABLE"
    expect.error(lambda: here.list_tags_for_resource(ResourceArn=arn), "ResourceNotFoundException")
    there.delete_image(Name=image)
    until_gone(there, image)
    assert len(layers(server)) == len(before) - 1
    assert list((server.data_dir / "images" / "tmp").iterdir()) == []
    assert image not in server.command("image", "list").stdout


def test_a_name_is_free_again(server, aws, image, tmp_path):
    for client in (server.client(), server.client(region="eu-central-1")):
        client.delete_image(Name=image)
        until_gone(client, image)
    server.import_image(tmp_path / "image.tar", image)
    aws.create_fleet(Name=image, ImageName=image, **FLEET)
    aws.delete_fleet(Name=image)


def test_errors(aws, unique):
    expect.error(lambda: aws.delete_image(Name=unique), "ResourceNotFoundException", says=f"The image {unique} for account")
    aws.create_fleet(Name=unique, ImageName="tiny", **FLEET)
    expect.error(lambda: aws.delete_image(Name="tiny"), "ResourceInUseException", says=unique)
    aws.delete_fleet(Name=unique)


def test_a_deletion_outlives_a_kill(own_server, tmp_path, unique):
    client = own_server.client()
    for other in ("eu-central-1", "us-east-1"):
        own_server.client(region=other).delete_image(Name="tiny")
    own_server.kill()
    own_server.start()
    until_gone(client, "tiny")
    wait.until(lambda: not layers(own_server), seconds=30, what="the end of the files")
