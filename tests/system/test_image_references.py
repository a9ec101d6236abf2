"""Random lives of images: imported, copied, shared, exported, given to fleets and image builders, deleted, with the server killed in between. Layers are on the disk
exactly as long as an image has them."""

import hashlib
import io
import json
import os
import random
import tarfile

from botocore.exceptions import ClientError
from harness import wait
from test_image_archives import archives, put, role

REGIONS = ("us-east-1", "eu-central-1")
# Archives, and which of the layers each has.
ARCHIVES = {"ami-archive00": [0], "ami-archive01": [0, 1], "ami-archive02": [0, 1, 2], "ami-archive03": [3, 1]}
NAMES = [f"image-{number}" for number in range(5)]
STEPS = 40
FLEET = {"InstanceType": "stream.standard.small", "ComputeCapacity": {"DesiredInstances": 1}}


def tar(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return content.getvalue()


def layer(number: int) -> bytes:
    return tar({f"file-{number}": f"layer {number} ".encode() * 10_000})


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def oci_archive(layers: list[bytes]) -> bytes:
    """An OCI archive, by the specification and nothing else."""
    blobs = {digest(data): data for data in layers}

    def add(media_type: str, data: bytes) -> dict:
        blobs[digest(data)] = data
        return {"mediaType": f"application/vnd.oci.image.{media_type}", "digest": f"sha256:{digest(data)}", "size": len(data)}

    machine = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    config = {"architecture": machine, "os": "linux", "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest(data)}" for data in layers]}}
    manifest = {
        "schemaVersion": 2,
        "config": add("config.v1+json", json.dumps(config).encode()),
        "layers": [add("layer.v1.tar", data) for data in layers],
    }
    index = {"schemaVersion": 2, "manifests": [add("manifest.v1+json", json.dumps(manifest).encode())]}
    files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": json.dumps(index).encode()}
    return tar(files | {f"blobs/sha256/{name}": data for name, data in blobs.items()})


class Life:
    """What should be there, and the steps that change it."""

    def __init__(self, server, seed: int) -> None:
        self.server, self.random = server, random.Random(seed)
        # (region, name) of each image: its archive.
        self.images: dict[tuple[str, str], str] = {}
        self.shared: set[tuple[str, str]] = set()
        self.fleets: dict[str, tuple[str, str]] = {}

    def aws(self, region: str):
        return self.server.client(region=region)

    def pick(self):
        return self.random.choice(sorted(self.images))

    def create(self) -> None:
        ami, name = self.random.choice(sorted(ARCHIVES)), self.random.choice(NAMES)
        # Archives are in the first region alone.
        if self.call(REGIONS[0], "create_imported_image", Name=name, SourceAmiId=ami):
            self.images[REGIONS[0], name] = ami

    def copy(self) -> None:
        (region, name), target = self.pick(), self.random.choice(REGIONS)
        copied = self.random.choice(NAMES)
        if self.call(region, "copy_image", SourceImageName=name, DestinationImageName=copied, DestinationRegion=target):
            self.images[target, copied] = self.images[region, name]

    def share(self) -> None:
        region, name = self.pick()
        if self.call(region, "update_image_permissions", Name=name, SharedAccountId=self.server.other_account.id, ImagePermissions={"allowFleet": True}):
            self.shared.add((region, name))

    def unshare(self) -> None:
        region, name = self.pick()
        if self.call(region, "delete_image_permissions", Name=name, SharedAccountId=self.server.other_account.id):
            self.shared.discard((region, name))

    def use(self) -> None:
        region, name = self.pick()
        fleet = f"fleet-{len(self.fleets)}"
        if fleet not in self.fleets and self.call(region, "create_fleet", Name=fleet, ImageName=name, **FLEET):
            self.fleets[fleet] = (region, name)

    def free(self) -> None:
        if self.fleets:
            fleet, (region, _) = self.fleets.popitem()
            assert self.call(region, "delete_fleet", Name=fleet)

    def export(self) -> None:
        region, name = self.pick()
        self.call(region, "create_export_image_task", ImageName=name, AmiName=f"export-{self.random.random()}", IamRoleArn=role(self.server))

    def delete(self) -> None:
        region, name = self.pick()
        used = (region, name) in self.shared or (region, name) in self.fleets.values()
        if self.call(region, "delete_image", Name=name):
            assert not used, f"{name} of {region} was in use"
            del self.images[region, name]

    def kill(self) -> None:
        self.server.kill(self.random.choice(["front", "host", "both"]))
        self.server.start()

    def call(self, region: str, operation: str, **parameters) -> bool:
        """Whether it was done; refusals are part of life."""
        try:
            getattr(self.aws(region), operation)(**parameters)
            return True
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] < 500, error
            return False

    def step(self) -> None:
        steps = [self.create] if not self.images else [
            self.create, self.create, self.copy, self.copy, self.share, self.unshare, self.use, self.free, self.export, self.delete, self.delete, self.delete, self.kill
        ]
        self.random.choice(steps)()

    def settled(self) -> bool:
        """All images are what was asked for, and the disk holds what they have."""
        for region in REGIONS:
            found = {image["Name"]: image["State"] for page in self.aws(region).get_paginator("describe_images").paginate(Type="PRIVATE") for image in page["Images"]}
            wanted = {name: "AVAILABLE" for (place, name) in self.images if place == region}
            if {name: state for name, state in found.items() if name != "tiny"} != wanted:
                return False
        needed = {digest(layer(number)) for archive in self.images.values() for number in ARCHIVES[archive]}
        return self.layers() == needed and not list((self.server.data_dir / "images/tmp").iterdir())

    def layers(self) -> set[str]:
        return {path.name for path in (self.server.data_dir / "images/layers").iterdir()} - self.others

    # Layers of the image that every server of the tests has.
    others: set[str] = set()

    def what(self) -> object:
        return self.images, self.layers(), self.server.log_tail(20)


def test_layers_are_there_as_long_as_an_image_has_them(own_server):
    seed = int(os.environ.get("MILLRACE_IMAGES_SEED", random.randrange(1 << 30)))
    print(f"MILLRACE_IMAGES_SEED={seed}")
    life = Life(own_server, seed)
    life.others = life.layers()
    for ami, numbers in ARCHIVES.items():
        put(own_server, ami, oci_archive([layer(number) for number in numbers]))
    for number in range(STEPS):
        life.step()
        # Not after every step: what happens at the same time is worth most.
        if number % 4 == 3:
            wait.until(life.settled, seconds=60, what=f"step {number} of seed {seed}", detail=life.what)
    for fleet, (region, _) in list(life.fleets.items()):
        life.call(region, "delete_fleet", Name=fleet)
    for region, name in sorted(life.shared):
        life.call(region, "delete_image_permissions", Name=name, SharedAccountId=own_server.other_account.id)
    for region, name in sorted(life.images):
        wait.until(lambda region=region, name=name: life.call(region, "delete_image", Name=name), seconds=60, what=f"{name} to be deleted")
    life.images.clear()
    wait.until(life.settled, seconds=60, what=f"an empty store after seed {seed}", detail=life.what)
    assert archives(own_server).exists()
