"""A published image becomes one of Millrace's: fetched from a registry, and used with one application named."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness import expect, registry, wait
from harness.desk import Desk
from harness.leftovers import descendants
from harness.server import Server

pytestmark = pytest.mark.skipif(not os.environ.get("MILLRACE_REGISTRY"), reason="MILLRACE_REGISTRY is not set: run by `cargo xtask test`")

FLEET = {"InstanceType": "stream.standard.medium", "FleetType": "ON_DEMAND", "ComputeCapacity": {"DesiredInstances": 1}}


@pytest.fixture(scope="module")
def layout(tmp_path_factory) -> str:
    """An image that umoci made."""
    return registry.make_image(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def published() -> Iterator[registry.Registry]:
    """A registry."""
    made = registry.Registry()
    yield made
    made.close()


@pytest.fixture(scope="module")
def fetching(published, tiny_image) -> Iterator[Server]:
    """A server that may fetch from a part of the registry, and from one that is not there."""
    with allowed(f"{published.address}/tools", "127.0.0.1:1") as running:
        running.import_image(tiny_image, "tiny")
        yield running


@contextmanager
def allowed(*registries: str) -> Iterator[Server]:
    """A server with simulated instances, that may fetch from these registries."""
    running = Server("simulated", settings=f"[registries]\nallow = {json.dumps(registries)}\n")
    try:
        yield running.start()
    finally:
        running.close()


def ended(aws, name: str, state: str) -> dict:
    """The image, once its import is over."""

    def look() -> dict | None:
        found = aws.describe_images(Names=[name])["Images"][0]
        return found if found["State"] not in ("PENDING", "IMPORTING") else None

    found = wait.until(look, seconds=120, what="the end of the import")
    assert found["State"] == state, found
    return found


def cmdline(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def digests(server, name: str) -> set[str]:
    listed = server.command("image", "list").stdout.splitlines()
    return {line.split()[-1] for line in listed if line.split()[0] == name}


def test_every_form_that_tools_push(server, aws, published, layout, unique):
    forms = {
        "oci": ("--format", "oci"),
        "docker": ("--format", "v2s2"),
        "zstd": ("--format", "oci", "--dest-compress-format", "zstd", "--dest-compress"),
        "plain": ("--format", "oci", "--dest-decompress"),
    }
    for tag, options in forms.items():
        digest = published.push(layout, f"tools/{unique}:{tag}", *options)
        fetched = server.command("image", "import", f"{published.address}/tools/{unique}:{tag}")
        assert f"is {digest}" in fetched.stderr and "layer 1 of" in fetched.stderr, fetched.stderr
        assert digests(server, f"{unique}-{tag}") == {digest[:19]}
        image = aws.describe_images(Names=[f"{unique}-{tag}"])["Images"][0]
        expect.fields(image, State="AVAILABLE", Applications=[])
    by_digest = f"{published.address}/tools/{unique}@{digest}"
    assert server.command("image", "import", by_digest, "--name", f"{unique}-again").stdout
    assert digests(server, f"{unique}-again") == {digest[:19]}


def test_what_cannot_be_fetched(server, published, unique, tmp_path):
    def refused(source: str, *options: str) -> str:
        result = server.command("image", "import", source, "--name", unique, *options, check=False)
        assert result.returncode == 1 and not result.stdout
        return result.stderr

    assert "404" in refused(f"{published.address}/tools/none:1")
    assert "is no image of a registry" in refused("no-such-file.tar")
    # TLS is wanted wherever the registry is not this machine's own; this one speaks none.
    host = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
    if host:
        assert "cannot be reached" in refused(f"{host[0]}:{published.port}/tools/none:1")
    authfile = tmp_path / "auth.json"
    authfile.write_text('{"auths": {"' + published.address + '": {"auth": "%%%"}}}')
    assert "cannot be read" in refused(f"{published.address}/tools/none:1", "--authfile", str(authfile))


def test_an_application_is_named_afterwards(server, aws, published, layout, unique):
    published.push(layout, f"tools/{unique}:1")
    server.command("image", "import", f"{published.address}/tools/{unique}:1", "--name", unique)
    before = digests(server, unique)

    def add(name: str, path: str, *options: str, check: bool = True):
        return server.command("image", "add-application", unique, "--name", name, "--absolute-app-path", path, *options, check=check)

    assert "the image has no /usr/bin/none" in add("none", "/usr/bin/none", check=False).stderr
    assert "is no program" in add("none", "/usr/local", check=False).stderr
    assert add("blue", "/usr/local/bin/blue", "--display-name", "Blue Box").stdout.startswith("arn:aws:appstream:")
    assert "there is an application blue already" in add("blue", "/usr/local/bin/blue", check=False).stderr
    add("cat", "/bin/cat", "--launch-parameters=-n 'a b'", "--start-ahead")
    image = aws.describe_images(Names=[unique])["Images"][0]
    assert [(app["Name"], app["DisplayName"]) for app in image["Applications"]] == [("blue", "Blue Box"), ("cat", "cat")]
    assert image["Applications"][1]["LaunchPath"] == "/bin/cat"
    assert digests(server, unique).isdisjoint(before), "another catalogue is another image"

    aws.create_fleet(Name=unique, ImageName=unique, **FLEET)
    assert f"the fleet {unique} uses it" in add("sh", "/bin/sh", check=False).stderr
    aws.delete_fleet(Name=unique)


def test_the_api_imports_from_a_registry_that_is_allowed(fetching, published, layout, unique):
    aws = fetching.client()
    digest = published.push(layout, f"tools/{unique}:1")
    asked = {"Name": unique, "SourceAmiId": f"{published.address}/tools/{unique}:1", "Tags": {"Team": "Blue"}}
    asked["AppCatalogConfig"] = [{"Name": "blue", "DisplayName": "Blue Box", "AbsoluteAppPath": "/usr/local/bin/blue"}]
    assert expect.error(lambda: aws.create_imported_image(**asked, DryRun=True), "DryRunOperationException")
    made = aws.create_imported_image(**asked)["Image"]
    expect.fields(made, Name=unique, State="PENDING", ImageType="CUSTOM")
    assert aws.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"] == {"Team": "Blue"}
    found = ended(aws, unique, "AVAILABLE")
    assert [(app["Name"], app["LaunchPath"]) for app in found["Applications"]] == [("blue", "/usr/local/bin/blue")]
    # By its digest, in the other protocol; without a catalogue it is the very image that was pushed.
    other = fetching.client("cbor")
    other.create_imported_image(Name=f"{unique}-same", SourceAmiId=f"{published.address}/tools/{unique}@{digest}")
    ended(other, f"{unique}-same", "AVAILABLE")
    assert digests(fetching, f"{unique}-same") == {digest[:19]}


def test_the_api_fetches_from_nowhere_else(server, fetching, published, unique):
    aws = fetching.client()

    for source in (f"{published.address}/other/x:1", "169.254.169.254/tools/x:1", "registry.example.org/x"):
        for more in ({}, {"DryRun": True}):
            expect.error(lambda: aws.create_imported_image(Name=unique, SourceAmiId=source, **more), "InvalidParameterValueException", says="registries.allow")
    expect.error(lambda: aws.create_imported_image(Name=unique, SourceAmiId="tools/x:1"), "InvalidParameterValueException", says="no registry")
    # Where nothing is configured, nothing is fetched.
    source = f"{published.address}/tools/x:1"
    expect.error(lambda: server.client().create_imported_image(Name=unique, SourceAmiId=source), "InvalidParameterValueException", says="registries.allow")
    # What is allowed and cannot be had.
    for name, source, says in ((unique, source, "404"), (f"{unique}-unreachable", "127.0.0.1:1/x:1", "cannot be reached")):
        aws.create_imported_image(Name=name, SourceAmiId=source)
        failed = ended(aws, name, "FAILED")
        expect.fields(failed["StateChangeReason"], Code="IMAGE_IMPORT_FAILURE", Message=...)
        assert says in failed["StateChangeReason"]["Message"], failed
        aws.delete_image(Name=name)


def test_a_fetch_goes_on_after_a_sigkill(tiny_image, unique):
    held = registry.HeldRegistry(tiny_image.read_bytes())
    try:
        with allowed(held.address) as server:
            server.client().create_imported_image(Name=unique, SourceAmiId=f"{held.address}/a/b:1", Tags={"a": "b"})
            wait.until(lambda: held.waiting == 1, seconds=60, what="the fetch to begin")
            if os.geteuid() == 0:
                (status,) = [text for pid in descendants(server.process.pid) if "\0fetch-image\0" in cmdline(pid) for text in [Path(f"/proc/{pid}/status").read_text()]]
                fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
                assert "0" not in fields["Uid"].split() and int(fields["CapEff"], 16) == 0 and (fields["NoNewPrivs"], fields["Seccomp"]) == ("1", "2"), status
            server.kill()
            wait.until(lambda: held.gone == 1, seconds=30, what="the end of who fetched")
            assert not list(server.data_dir.glob("tmp*")), "what was fetched has no name"
            held.open()
            server.start()
            aws = server.client()
            arn = ended(aws, unique, "AVAILABLE")["Arn"]
            assert aws.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "b"}
            assert digests(server, unique) == {held.digest[:19]}
    finally:
        held.close()


@pytest.mark.sandbox
@pytest.mark.browser
def test_a_published_image_is_streamed(sandbox, published, layout, page, unique):
    published.push(layout, f"tools/{unique}:1")
    sandbox.command("image", "import", f"{published.address}/tools/{unique}:1", "--name", unique)
    sandbox.command("image", "add-application", unique, "--name", "blue", "--absolute-app-path", "/usr/local/bin/blue")
    desk = Desk(sandbox, unique, image=unique)
    page.goto(desk.url("blue"))
    page.wait_state("connected", seconds=60)
    wait.until(lambda: page.look()["common"] == "0000ff", seconds=60, what="the blue window", detail=page.look)
    page.screenshot("image-of-a-registry")
    desk.remove()
