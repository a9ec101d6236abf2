"""Fixtures: running servers, clients of both protocols, names that no other test uses."""

import io
import itertools
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from harness.browser import Browser, Page
from harness.desk import Desk
from harness.server import Server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def tiny_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root filesystem tarball that imports in no time: the simulated driver never runs it."""
    path = tmp_path_factory.mktemp("image") / "tiny.tar"
    with tarfile.open(path, "w") as archive:
        for directory in ("etc", "usr", "usr/bin", "usr/share", "usr/share/applications"):
            entry = tarfile.TarInfo(directory)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        files = {
            "etc/os-release": (0o644, b'ID=debian\nPRETTY_NAME="A tiny image for tests"\n'),
            "usr/bin/editor": (0o755, b"#!/bin/sh\n"),
            "usr/share/applications/editor.desktop": (0o644, b"[Desktop Entry]\nType=Application\nName=Editor\nExec=/usr/bin/editor %F\n"),
        }
        for name, (mode, content) in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode, entry.size = mode, len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@contextmanager
def _running(driver: str, image: str | os.PathLike | None = None, name: str = "") -> Iterator[Server]:
    """A server that runs, with that image if one is named."""
    running = Server(driver)
    try:
        running.start()
        if image:
            running.import_image(image, name)
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def server(tiny_image: Path) -> Iterator[Server]:
    """The real server with simulated instances and the image `tiny`; one for each module."""
    with _running("simulated", tiny_image, "tiny") as running:
        yield running


@pytest.fixture
def own_server(tiny_image: Path) -> Iterator[Server]:
    """As `server`, for one test alone: it may be killed."""
    with _running("simulated", tiny_image, "tiny") as running:
        yield running


def _needed(variable: str) -> str:
    """What the sandbox needs besides root."""
    if os.geteuid() != 0:
        pytest.skip("the sandbox needs root")
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: run by `cargo xtask test`")
    return value


@pytest.fixture(scope="module")
def empty_sandbox() -> Iterator[Server]:
    """The real server with the real driver, and no image."""
    _needed("MILLRACE_RUNTIME_IMAGE")
    with _running("sandbox") as running:
        yield running


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Server]:
    """The real server with real instances and the image `demo`; one for the whole run, since the image is large."""
    _needed("MILLRACE_RUNTIME_IMAGE")
    with _running("sandbox", _needed("MILLRACE_DEMO_IMAGE"), "demo") as running:
        yield running


@pytest.fixture
def own_sandbox() -> Iterator[Server]:
    """As `sandbox`, for one test alone: it may be killed, and have images of its own."""
    _needed("MILLRACE_RUNTIME_IMAGE")
    with _running("sandbox", _needed("MILLRACE_DEMO_IMAGE"), "demo") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run; each page has a context of its own."""
    chromium = Browser()
    yield chromium
    chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of 1280 by 720."""
    opened = browser.open()
    yield opened
    opened.close()


@pytest.fixture
def desk(sandbox: Server, unique: str) -> Iterator[Desk]:
    """A running ON_DEMAND fleet of one instance."""
    made = Desk(sandbox, unique)
    yield made
    made.remove()


@pytest.fixture(params=["json", "cbor"])
def protocol(request: pytest.FixtureRequest) -> str:
    """Both protocols of the API."""
    return request.param


@pytest.fixture
def aws(server: Server, protocol: str):
    """A boto3 client of the module's server, in each protocol."""
    return server.client(protocol)


@pytest.fixture
def unique() -> str:
    """A name that no other test of this process uses."""
    return f"t{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def stack(aws, unique: str) -> Iterator[str]:
    """A stack of the test's own."""
    aws.create_stack(Name=unique)
    yield unique
    _ignore("ResourceNotFoundException", lambda: aws.delete_stack(Name=unique))


@pytest.fixture
def fleet(aws, stack: str, unique: str) -> Iterator[str]:
    """A stopped fleet of the test's own, of the same name as `stack`, which outlives it."""
    aws.create_fleet(Name=unique, InstanceType="stream.standard.medium", ImageName="tiny", ComputeCapacity={"DesiredInstances": 1})
    yield unique
    _ignore("ResourceNotFoundException", lambda: _remove_fleet(aws, unique))


def _remove_fleet(aws, name: str) -> None:
    aws.stop_fleet(Name=name)
    aws.get_waiter("fleet_stopped").wait(Names=[name], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    _ignore(
        ("ResourceNotFoundException", "OperationNotPermittedException"),
        lambda: aws.disassociate_fleet(FleetName=name, StackName=name),
    )
    aws.delete_fleet(Name=name)


def _ignore(codes: str | tuple[str, ...], call) -> None:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] not in codes:
            raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """A failed test shows the end of the log of each server that it used, and a picture of its page."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Page) and report.when == "call":
                value.screenshot(f"failed-{item.name}")
            if isinstance(value, Server):
                report.sections.append((f"log of {name}", value.log_tail()))
    return report


def pytest_report_header() -> list[str]:
    """Which builds are judged."""
    names = [name for name in os.environ if name.startswith("MILLRACE_")]
    return [json.dumps({name: os.environ[name] for name in sorted(names)})]
