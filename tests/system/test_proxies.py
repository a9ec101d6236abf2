"""Debian's nginx and Caddy in front of the real server, with the documented configuration: signatures hold, streams run, queries stay out of the log."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from harness import clients, wait
from harness.proxy import HOST, Proxy
from harness.server import REGION, Server, free_port
from test_page import SOON, url

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxied(request: pytest.FixtureRequest, tiny_image: Path) -> Iterator[tuple[Server, Proxy]]:
    """A server on loopback that browsers reach by the proxy's name only."""
    if not os.environ.get(f"MILLRACE_{request.param.upper()}"):
        pytest.skip(f"MILLRACE_{request.param.upper()} is not set: run by `cargo xtask test`")
    port = free_port()
    server = Server("simulated", settings='trusted_proxies = ["127.0.0.1", "::1"]')
    server.public_url = f"https://{HOST}:{port}"
    proxy = None
    try:
        server.start().import_image(tiny_image, "tiny")
        proxy = Proxy(request.param, server.port, port)
        yield server, proxy
    finally:
        if proxy:
            proxy.close()
        server.close()


@pytest.fixture
def resolved() -> Iterator[None]:
    """The name leads to this machine, as the DNS of an installation would have it."""
    look = socket.getaddrinfo
    with mock.patch("socket.getaddrinfo", lambda host, *more, **named: look("127.0.0.1" if host == HOST else host, *more, **named)):
        yield


@pytest.mark.parametrize("protocol", ["json", "cbor"])
def test_signatures_for_the_proxy_s_name_hold_and_streams_run(proxied, resolved, protocol, unique, browser, monkeypatch):
    server, proxy = proxied
    monkeypatch.setenv("AWS_CA_BUNDLE", str(proxy.certificate))
    account = server.account
    aws = clients.boto(server.public_url, account.access_key_id, account.secret_access_key, REGION, protocol)
    aws.create_stack(Name=unique, Tags={"way": proxy.kind})
    aws.create_fleet(Name=unique, InstanceType="stream.standard.medium", ImageName="tiny", ComputeCapacity={"DesiredInstances": 1})
    aws.associate_fleet(FleetName=unique, StackName=unique)
    aws.start_fleet(Name=unique)
    aws.get_waiter("fleet_started").wait(Names=[unique], WaiterConfig=SOON)
    address = url(aws, unique)
    assert address.startswith(f"https://{HOST}:{proxy.port}/authenticate?")
    page = browser.open(ignoreHTTPSErrors=True)
    try:
        page.goto(address)
        page.wait_state("connected")
        assert page.evaluate("() => window.isSecureContext") is True
        session = aws.describe_sessions(StackName=unique, FleetName=unique)["Sessions"][0]
        assert session["ConnectionState"] == "CONNECTED"
    finally:
        page.close()
    log = wait.until(lambda: proxy.log.exists() and "/authenticate" in proxy.log.read_text() and proxy.log.read_text(), seconds=10, what="a line in the proxy's log")
    for text in (log, proxy.output()):
        assert "signature=" not in text and "parameters=" not in text, text
