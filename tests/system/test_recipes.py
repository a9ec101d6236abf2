"""`millrace image build`: the same recipe gives the same digest, a change builds anew from there, and what is wrong is named."""

import json
import os
import signal
import subprocess
import tarfile
from pathlib import Path

import pytest
from harness import registry, wait
from harness.server import program

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(os.geteuid() != 0, reason="building images needs root"),
    pytest.mark.skipif(not os.environ.get("MILLRACE_RUNTIME_IMAGE"), reason="MILLRACE_RUNTIME_IMAGE is not set: run by `cargo xtask test`"),
]

RECIPE = """base = "base.tar"
commands = ["echo one > /one; chmod 4755 /one", {second}, "echo $SOURCE_DATE_EPOCH > /three; [ ! -e /sys/class ]"]
remove = ["tw*"]
[files]
"etc/a file" = "hello"
[[copy]]
from = "tool.sh"
to = "usr/local/bin/tool"
executable = true
[config]
user = "1000"
environment = ["A=b"]
[labels]
"org.opencontainers.image.title" = "Made"
[[application]]
name = "tool"
display_name = "Tool"
argv = ["/usr/local/bin/tool"]
start_ahead = true
"""


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory) -> Path:
    """A directory with a recipe, above a base with a shell and a few programs, that umoci made."""
    directory = tmp_path_factory.mktemp("recipes")
    layout = registry.make_image(directory / "made", "/bin/mkdir", "/bin/cp", "/bin/chmod", "/bin/rm", "/bin/sleep", "/usr/bin/dirname")
    registry.run(["skopeo", "--insecure-policy", "copy", f"oci:{layout}", f"oci-archive:{directory}/base.tar"])
    (directory / "tool.sh").write_text("#!/bin/sh\n")
    return directory


def build(kitchen: Path, recipe: str, cache: str = "cache", *options: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    path = kitchen / "recipe.toml"
    path.write_text(recipe)
    command = [program("MILLRACE_BIN"), "image", "build", path, "--output", kitchen / "out.tar", "--cache", kitchen / cache, *options]
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
    assert (result.returncode == 0) == check, result.stdout + result.stderr
    return result


def steps(result: subprocess.CompletedProcess[str]) -> list[bool]:
    """Of each step, whether it was run."""
    return [" (kept)" not in line for line in result.stderr.splitlines() if line.startswith("step ")]


def test_the_same_digest_and_only_what_changed(kitchen):
    recipe = RECIPE.format(second='"echo two > /two"')
    first = build(kitchen, recipe)
    archive = (kitchen / "out.tar").read_bytes()
    assert steps(first) == [True] * 5
    again = build(kitchen, recipe)
    assert again.stdout == first.stdout and steps(again) == [False] * 5
    # Another machine's, as good as: nothing is kept there.
    elsewhere = build(kitchen, recipe, "other-cache")
    assert elsewhere.stdout == first.stdout and steps(elsewhere) == [True] * 5
    assert (kitchen / "out.tar").read_bytes() == archive
    changed = build(kitchen, RECIPE.format(second='"echo 2 > /two; echo 2 > /new"'))
    assert changed.stdout != first.stdout and steps(changed) == [False, False, True, True, True]
    assert not list((kitchen / "cache").glob("tmp"))


def test_what_is_in_it(kitchen, tmp_path):
    build(kitchen, RECIPE.format(second='"echo two > /two; rm /one"'))
    layout = f"oci:{tmp_path}/layout:made"
    registry.run(["skopeo", "--insecure-policy", "copy", f"oci-archive:{kitchen}/out.tar", layout])
    registry.run(["umoci", "unpack", "--image", f"{tmp_path}/layout:made", tmp_path / "bundle"])
    root = tmp_path / "bundle" / "rootfs"
    assert (root / "etc/a file").read_text() == "hello\n"
    tool = (root / "usr/local/bin/tool").stat()
    assert (tool.st_mode & 0o7777, tool.st_uid, tool.st_mtime) == (0o755, 0, 1_700_000_000)
    assert (root / "three").read_text() == "1700000000\n"
    assert not (root / "two").exists() and not (root / "one").exists()
    config = json.loads(registry.run(["skopeo", "inspect", "--config", layout]).stdout)["config"]
    assert config["User"] == "1000" and set(config["Env"]) >= {"A=b", "TERM=xterm"}
    assert config["Labels"]["org.opencontainers.image.title"] == "Made"
    assert json.loads(config["Labels"]["dev.millrace.applications"])[0]["start_ahead"] is True


def test_an_image_of_the_server(kitchen, server, aws, unique):
    path = kitchen / "recipe.toml"
    path.write_text(RECIPE.format(second='"true"'))
    server.command("image", "build", path, "--name", unique, "--cache", kitchen / "cache")
    assert [application["Name"] for application in aws.describe_images(Names=[unique])["Images"][0]["Applications"]] == ["tool"]


def test_an_image_of_the_server_is_a_base(kitchen, server, aws, unique):
    server.import_image(kitchen / "base.tar", f"{unique}.base")
    path = kitchen / "above.toml"
    path.write_text(f'base = "{unique}.base"\ncommands = ["echo {unique} > /above"]\n[[application]]\nname = "sh"\ndisplay_name = "Shell"\nargv = ["/bin/sh"]')
    options = ("--name", unique, "--cache", kitchen / "cache")
    built = server.command("image", "build", path, *options)
    assert steps(built) == [True]
    assert [application["Name"] for application in aws.describe_images(Names=[unique])["Images"][0]["Applications"]] == ["sh"]
    # The same image is the same base.
    assert steps(server.command("image", "build", path, *options)) == [False]
    path.write_text('base = "no-such-image"')
    refused = server.command("image", "build", path, *options, check=False)
    assert refused.returncode == 1 and "the server has no image no-such-image that is AVAILABLE" in refused.stderr


def test_errors(kitchen):
    for recipe, says in {
        'base = "base.tar"\npakages = []': "pakages",
        'base = "base.tar"\ncommands = ["true", "exit 3"]': "step 2 (exit 3) failed",
        'base = "none.tar"': "none.tar",
        "commands = []": "suite or base",
        'base = "base.tar"\npackages = ["x"]': "step 1 (install x) failed",
    }.items():
        result = build(kitchen, recipe, check=False)
        assert says in result.stderr, result.stderr
        assert "recipe.toml" in result.stderr or "step" in result.stderr or "none.tar" in result.stderr
        assert not result.stdout


def test_an_interrupted_build_leaves_nothing(kitchen):
    path = kitchen / "recipe.toml"
    path.write_text('base = "base.tar"\ncommands = ["echo begun; sleep 1000"]')
    command = [program("MILLRACE_BIN"), "image", "build", path, "--output", kitchen / "never.tar", "--cache", kitchen / "cache"]
    with (kitchen / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    wait.until(lambda: "begun" in (kitchen / "log").read_text().splitlines(), seconds=60, what="the step", detail=lambda: (kitchen / "log").read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 1
    assert "interrupted" in (kitchen / "log").read_text()
    assert not (kitchen / "never.tar").exists() and not (kitchen / "cache" / "tmp").exists()
    assert not [pid for pid in Path("/proc").glob("[0-9]*") if b"sleep\x001000\x00" in _read(pid / "cmdline")]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_steps_have_no_rights_on_the_host(kitchen):
    lines = ["cat /proc/self/uid_map > /ids", "[ ! -e /proc/1/root/etc/shadow ] || ! cat /proc/1/root/etc/shadow > /dev/null", "cat /proc/net/dev > /links"]
    build(kitchen, f'base = "base.tar"\ncommands = {json.dumps(lines)}')
    with tarfile.open(kitchen / "out.tar") as archive:
        blobs = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
    text = b"".join(blobs.values())
    assert f"{0x1FFD0000}".encode() in text, "root of a step is nobody on the host"
    assert b"eth0" not in text, "there is no network"
