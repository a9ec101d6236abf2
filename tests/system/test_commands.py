"""The operator's commands: configuration errors, images, doctor."""

import hashlib
import io
import json
import subprocess
import tarfile

import pytest
from harness import expect
from harness.server import program


def run(*arguments):
    return subprocess.run([program("MILLRACE_BIN"), *map(str, arguments)], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


def test_an_unknown_key_is_named_with_its_file(server, tmp_path):
    config = tmp_path / "millrace.toml"
    config.write_text(server.config.read_text().replace("public_url", "publik_url"))
    result = run("serve", "--config", config)
    assert result.returncode != 0
    assert str(config) in result.stderr and "publik_url" in result.stderr, result.stderr
    assert server.account.secret_access_key not in result.stderr + result.stdout


def test_a_missing_file_is_named(tmp_path):
    result = run("serve", "--config", tmp_path / "nowhere.toml")
    assert result.returncode != 0 and "nowhere.toml" in result.stderr


def test_without_tls_only_loopback(server, tmp_path):
    config = tmp_path / "millrace.toml"
    config.write_text(server.config.read_text().replace('listen = "127.0.0.1', 'listen = "0.0.0.0'))
    result = run("serve", "--config", config)
    assert result.returncode != 0 and "must begin with https://: the port speaks TLS" in result.stderr


def test_the_list_of_images(server):
    assert "tiny" in server.command("image", "list").stdout


def layer(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode, entry.size = 0o755, len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def oci(path, layers: list[bytes], *, archive: bool, spoil=None):
    """Writes an OCI layout, as a directory or as an archive. `spoil` changes the blobs after their digests were taken."""
    blobs = {}

    def add(content: bytes, media_type: str) -> dict:
        digest = hashlib.sha256(content).hexdigest()
        blobs[digest] = content
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    descriptors = [add(one, "application/vnd.oci.image.layer.v1.tar") for one in layers]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": ["/usr/bin/editor"]},
        "rootfs": {"type": "layers", "diff_ids": [one["digest"] for one in descriptors]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": add(json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"),
        "layers": descriptors,
    }
    index = {"schemaVersion": 2, "manifests": [add(json.dumps(manifest).encode(), "application/vnd.oci.image.manifest.v1+json")]}
    if spoil:
        blobs = spoil(blobs, descriptors)
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}', "index.json": json.dumps(index).encode()}
    files |= {f"blobs/sha256/{digest}": content for digest, content in blobs.items()}
    if archive:
        path.write_bytes(layer(files))
    else:
        for name, content in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    return path


@pytest.mark.parametrize("archive", [True, False], ids=["archive", "layout"])
def test_an_oci_image(server, tmp_path, unique, archive):
    path = oci(tmp_path / "image", [layer({"usr/bin/editor": b"#!/bin/sh\n"}), layer({"etc/second": b"x"})], archive=archive)
    server.import_image(path, unique)
    image = server.client().describe_images(Names=[unique])["Images"][0]
    expect.fields(image, Name=unique, State="AVAILABLE")
    for region in ("us-east-1", "eu-central-1"):
        assert unique in [one["Name"] for one in server.client(region=region).describe_images()["Images"]] or region != "us-east-1"


def spoiled(blobs, descriptors):
    digest = descriptors[0]["digest"].split(":")[1]
    return blobs | {digest: blobs[digest][:-1] + b"X"}


def hostile(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname, entry.size = kind, target, 0
        archive.addfile(entry)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "case", ["not-an-archive", "missing", "wrong-digest", "dot-dot", "device"]
)
@pytest.mark.sandbox
def test_images_that_are_refused(empty_sandbox, tmp_path, unique, case):
    """By the real driver, which unpacks them: the simulated one never looks at layers."""
    server, path = empty_sandbox, tmp_path / "image.tar"
    match case:
        case "not-an-archive":
            path.write_bytes(b"this is no archive" * 100)
        case "wrong-digest":
            oci(path, [layer({"usr/bin/editor": b"#!/bin/sh\n"})], archive=True, spoil=spoiled)
        case "dot-dot":
            path.write_bytes(hostile("../../../escaped"))
        case "device":
            path.write_bytes(hostile("dev/sda", tarfile.BLKTYPE))
    result = server.command("image", "import", path, "--name", unique, check=False)
    if case == "device" and result.returncode == 0:
        return  # leaving devices out is as good as refusing them
    assert result.returncode != 0 and result.stderr, result
    expect.error(lambda: server.client().describe_images(Names=[unique]), "ResourceNotFoundException")


@pytest.mark.parametrize("name", ["Amazon-x", "AWSx", "AppStream-x", "a b", ""])
def test_image_names_that_are_refused(server, tiny_image, name):
    assert server.command("image", "import", tiny_image, "--name", name, check=False).returncode != 0


def test_an_image_name_is_taken_once(server, tiny_image, tmp_path):
    """The same content again is harmless; another one needs another name."""
    server.import_image(tiny_image, "tiny")
    other = oci(tmp_path / "image", [layer({"usr/bin/editor": b"another"})], archive=True)
    result = server.command("image", "import", other, "--name", "tiny", check=False)
    assert result.returncode != 0 and "tiny" in result.stderr, result


def test_doctor_says_what_it_finds(server):
    result = server.command("doctor", check=False)
    assert result.returncode in (0, 1)
    assert result.stdout.strip(), result.stderr
