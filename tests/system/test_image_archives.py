"""Exports of images into the object storage, read back by programs of others, over a SIGKILL too; and imports from there."""

import io
import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from harness import expect, wait


def role(server) -> str:
    return f"arn:aws:iam::{server.account.id}:role/archives"


def archives(server) -> Path:
    """Where archives of the first region lie."""
    return server.data_dir / "objects" / server.account.id / "images" / "us-east-1"


def wait_task(aws, task: dict, state: str, seconds: float = 60) -> dict:
    def look() -> dict | None:
        found = aws.get_export_image_task(TaskId=task["TaskId"])["ExportImageTask"]
        return found if found["State"] != "EXPORTING" else None

    found = wait.until(look, seconds=seconds, what="the end of the export")
    assert found["State"] == state, found
    return found


def skopeo(*arguments: str) -> str:
    done = subprocess.run(["skopeo", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{arguments}: {done.stderr} (apt install skopeo)"
    return done.stdout


def half_written(server) -> list[Path]:
    return list((server.data_dir / "objects" / ".new").iterdir())


def test_an_export_is_an_archive_that_others_read(aws, server, unique, tmp_path):
    asked = {"ImageName": "tiny", "AmiName": unique, "IamRoleArn": role(server), "AmiDescription": "Tiny", "TagSpecifications": {"Team": "Blue"}}
    task = aws.create_export_image_task(**asked)["ExportImageTask"]
    arn = f"arn:aws:appstream:us-east-1:{server.account.id}:image/tiny"
    expect.fields(task, State="EXPORTING", AmiName=unique, AmiDescription="Tiny", ImageArn=arn, TagSpecifications={"Team": "Blue"}, CreatedDate=...)
    done = wait_task(aws, task, "COMPLETED")
    archive = archives(server) / f"{done['AmiId']}.tar"
    config = json.loads(skopeo("inspect", "--config", f"oci-archive:{archive}"))
    assert (config["os"], config["rootfs"]["type"]) == ("linux", "layers")
    skopeo("copy", f"oci-archive:{archive}", f"oci:{tmp_path}/layout:copy")
    subprocess.run(["umoci", "unpack", "--image", f"{tmp_path}/layout:copy", f"{tmp_path}/bundle"], check=True, capture_output=True, timeout=60)
    assert (tmp_path / "bundle/rootfs/etc/os-release").read_text() == 'ID=debian\nPRETTY_NAME="A tiny image for tests"\n'
    assert os.stat(tmp_path / "bundle/rootfs/usr/bin/editor").st_mode == 0o100755
    assert [found["TaskId"] for found in aws.list_export_image_tasks(Filters=[{"Name": "AmiName", "Values": [unique]}])["ExportImageTasks"]] == [task["TaskId"]]
    # An archive of that name is there; once somebody took it away, it is not.
    expect.error(lambda: aws.create_export_image_task(**asked), "OperationNotPermittedException", says=unique)
    archive.unlink()
    wait_task(aws, aws.create_export_image_task(**asked)["ExportImageTask"], "COMPLETED")


def test_errors_of_exports(aws, server, unique):
    asked = {"ImageName": "tiny", "AmiName": unique, "IamRoleArn": role(server)}
    expect.error(lambda: aws.create_export_image_task(**asked | {"ImageName": unique}), "ResourceNotFoundException", says=unique)
    expect.error(lambda: aws.create_export_image_task(**asked | {"IamRoleArn": "arn:aws:iam::000000000000:role/r"}), "InvalidRoleException")
    other = server.client(account=server.other_account)
    task = aws.create_export_image_task(**asked)["ExportImageTask"]
    expect.error(lambda: other.get_export_image_task(TaskId=task["TaskId"]), "ResourceNotFoundException")
    assert task["TaskId"] not in [found["TaskId"] for found in other.list_export_image_tasks()["ExportImageTasks"]]
    wait_task(aws, task, "COMPLETED")


def put(server, ami: str, archive: bytes) -> None:
    """Puts an archive where an operator would."""
    archives(server).mkdir(parents=True, exist_ok=True)
    new = archives(server) / f".{ami}"
    new.write_bytes(archive)
    new.rename(archives(server) / f"{ami}.tar")


def wait_image(aws, name: str, state: str) -> dict:
    def look() -> dict | None:
        found = aws.describe_images(Names=[name])["Images"][0]
        return found if found["State"] not in ("PENDING", "IMPORTING") else None

    found = wait.until(look, seconds=60, what="the end of the import")
    assert found["State"] == state, found
    return found


def stored(server) -> set[str]:
    """All that the image store holds."""
    return {str(path.relative_to(server.data_dir)) for name in ("images", "layers", "tmp") for path in (server.data_dir / "images" / name).iterdir()}


def test_what_was_exported_comes_back_by_its_id(aws, server, unique):
    task = aws.create_export_image_task(ImageName="tiny", AmiName=unique, IamRoleArn=role(server))["ExportImageTask"]
    ami = wait_task(aws, task, "COMPLETED")["AmiId"]
    asked = {"Name": unique, "SourceAmiId": ami, "IamRoleArn": role(server), "Tags": {"Team": "Blue"}, "Description": "Back again"}
    assert expect.error(lambda: aws.create_imported_image(**asked, DryRun=True), "DryRunOperationException")
    made = aws.create_imported_image(**asked)["Image"]
    expect.fields(made, Name=unique, State="PENDING", ImageType="CUSTOM", Description="Back again")
    assert aws.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"] == {"Team": "Blue"}
    found = wait_image(aws, unique, "AVAILABLE")
    assert [application["Name"] for application in found["Applications"]] == ["editor"]
    other = server.client(account=server.other_account)
    expect.error(lambda: other.create_imported_image(Name=unique, SourceAmiId=ami), "ResourceNotFoundException", says=ami)


def test_an_import_has_the_catalogue_that_was_asked_for(aws, server, unique, tiny_image):
    put(server, "ami-catalogue", tiny_image.read_bytes())
    before = stored(server)
    catalogue = [{"Name": "one", "DisplayName": "The One", "AbsoluteAppPath": "/usr/bin/editor", "LaunchParameters": "--new 'a b'"}]
    aws.create_imported_image(Name=unique, SourceAmiId="ami-catalogue", AppCatalogConfig=catalogue)
    found = wait_image(aws, unique, "AVAILABLE")["Applications"]
    expect.fields(found[0], Name="one", DisplayName="The One", LaunchPath="/usr/bin/editor", LaunchParameters="--new 'a b'")
    assert len(found) == 1
    aws.delete_image(Name=unique)
    wait.until(lambda: stored(server) == before, seconds=30, what="the end of its files", detail=lambda: stored(server) ^ before)


@pytest.mark.parametrize("kind", ["no-archive", "climbs", "broken"])
def test_a_hostile_archive_fails_and_leaves_nothing(aws, server, unique, kind):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("../../escaped" if kind == "climbs" else "file"))
    hostile = {"no-archive": b"x" * 5000, "broken": content.getvalue()[:700] + b"\xff" * 3000}.get(kind, content.getvalue())
    ami = f"ami-{kind.replace('-', '')}0000"
    put(server, ami, hostile)
    before = stored(server)
    aws.create_imported_image(Name=unique, SourceAmiId=ami, Tags={"a": "b"})
    failed = wait_image(aws, unique, "FAILED")
    expect.fields(failed["StateChangeReason"], Code="IMAGE_IMPORT_FAILURE", Message=...)
    assert failed["ImageErrors"][0]["ErrorMessage"] == failed["StateChangeReason"]["Message"]
    assert stored(server) == before
    expect.error(lambda: aws.create_fleet(Name=unique, ImageName=unique, InstanceType="stream.standard.small", ComputeCapacity={"DesiredInstances": 1}), "ResourceNotAvailableException")
    aws.delete_image(Name=unique)


def test_devices_of_an_archive_are_left_out(aws, server, unique):
    """Root filesystems hold some, such as var/spool/postfix/dev/null."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in ("var/spool/postfix/dev/null", "disk"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.devmajor, entry.devminor = tarfile.CHRTYPE, 1, 3
            archive.addfile(entry)
        archive.addfile(tarfile.TarInfo("file"))
    put(server, "ami-devices0000", content.getvalue())
    aws.create_imported_image(Name=unique, SourceAmiId="ami-devices0000")
    wait_image(aws, unique, "AVAILABLE")
    for name in ("null", "disk"):
        assert not [path for path in (server.data_dir / "images" / "layers").rglob(name) if path.is_char_device()]
    aws.delete_image(Name=unique)


@pytest.fixture
def large(own_server, tmp_path):
    """An image whose export takes a while."""
    path = tmp_path / "large.tar"
    with tarfile.open(path, "w") as archive:
        content = os.urandom(1 << 20)
        for number in range(400):
            entry = tarfile.TarInfo(f"file-{number}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    own_server.import_image(path, "large")
    return "large"


def test_an_export_goes_on_after_a_sigkill(own_server, large):
    aws = own_server.client()
    task = aws.create_export_image_task(ImageName=large, AmiName="large", IamRoleArn=role(own_server))["ExportImageTask"]
    wait.until(lambda: half_written(own_server), seconds=30, what="the export to begin")
    own_server.kill()
    assert not archives(own_server).exists() or not list(archives(own_server).iterdir()), "half an archive has no name"
    own_server.start()
    aws = own_server.client()
    done = wait_task(aws, task, "COMPLETED")
    assert half_written(own_server) == []
    assert [path.name for path in archives(own_server).iterdir()] == [f"{done['AmiId']}.tar"]
    assert skopeo("inspect", f"oci-archive:{archives(own_server)}/{done['AmiId']}.tar")
    aws.delete_image(Name=large)


def test_an_import_goes_on_after_a_sigkill(own_server, large, tmp_path):
    put(own_server, "ami-largeimage", (tmp_path / "large.tar").read_bytes())
    for name in (large, "tiny"):
        for region in ("us-east-1", "eu-central-1"):
            own_server.client(region=region).delete_image(Name=name)
    wait.until(lambda: not stored(own_server), seconds=30, what="the end of what was there")
    aws = own_server.client()
    aws.create_imported_image(Name="back", SourceAmiId="ami-largeimage", Tags={"a": "b"})
    wait.until(lambda: any("/tmp/" in path for path in stored(own_server)), seconds=30, what="the import to begin")
    own_server.kill()
    own_server.start()
    aws = own_server.client()
    arn = wait_image(aws, "back", "AVAILABLE")["Arn"]
    assert aws.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "b"}
    assert not any("/tmp/" in path for path in stored(own_server))
