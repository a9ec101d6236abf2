"""A published image becomes one of Millrace's: fetched from a registry, and used with one application named."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from harness import expect, registry, wait
from harness.desk import Desk

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
