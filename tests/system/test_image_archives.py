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
