"""Debian's nginx and Caddy in front of the real server, with the documented configuration: signatures hold, streams run, queries stay out of the log."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from harness import clients, wait
from harness.proxy import HOST, Proxy
from harness.server import REGION, Server, free_port
from test_iam import client as client_of
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


# Addresses of this machine that are no proxies'.
HERE, ELSEWHERE = "127.0.0.2", "127.0.0.3"
ONLY_FROM_HERE = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "appstream:CreateStack",
        "Resource": "*",
        "Condition": {"IpAddress": {"aws:SourceIp": f"{HERE}/32"}, "Bool": {"aws:SecureTransport": "true"}},
    },
}


def test_who_asks_is_who_asks_the_proxy(proxied, resolved, unique):
    """For policies and in the audit trail; whatever the client says of itself, and whoever says so that is not the proxy."""
    server, proxy = proxied
    iam = client_of(server, "iam")
    iam.create_user(UserName=unique)
    iam.put_user_policy(UserName=unique, PolicyName="from-here", PolicyDocument=json.dumps(ONLY_FROM_HERE))
    key = iam.create_access_key(UserName=unique)["AccessKey"]

    def create(name: str, endpoint: str, source: str, authority=None, **claims: str):
        """A stack of that name, and what the audit trail says of the call."""
        asked = clients.sign(clients.request(endpoint, "CreateStack", {"Name": name}), key["AccessKeyId"], key["SecretAccessKey"], REGION)
        # Not signed, or a proxy that replaces them would break the signature.
        for header, value in claims.items():
            asked.headers[header.replace("_", "-")] = value
        reply = clients.send(asked, source=source, authority=authority)
        # What was refused is answered before its line is on the disk.
        return reply, wait.until(lambda: told(reply.headers["x-amzn-requestid"]), seconds=10, what="a line of the audit trail")

    def told(request_id: str) -> dict | None:
        trail = server.data_dir / "server" / "audit"
        lines = [line for file in trail.iterdir() for line in file.read_text().splitlines() if request_id in line and line.endswith("}")]
        return json.loads(lines[0])["event"] if lines else None

    through = {"endpoint": server.public_url, "authority": proxy.certificate}
    reply, event = create(f"{unique}-here", source=HERE, **through)
    assert reply.status == 200, reply.body
    assert event["sourceIPAddress"] == HERE, event
    reply, event = create(f"{unique}-elsewhere", source=ELSEWHERE, **through)
    assert reply.error == "AccessDeniedException" and event["sourceIPAddress"] == ELSEWHERE, event
    # A client that says it is somebody else, to the proxy ...
    reply, event = create(f"{unique}-claimed", source=ELSEWHERE, X_Forwarded_For=HERE, X_Forwarded_Proto="https", **through)
    assert reply.error == "AccessDeniedException" and event["sourceIPAddress"] == ELSEWHERE, event
    # ... and past it; and one that is whom it says, but did not come over TLS.
    reply, event = create(f"{unique}-past", server.endpoint, ELSEWHERE, X_Forwarded_For=HERE, X_Forwarded_Proto="https")
    assert reply.error == "AccessDeniedException" and event["sourceIPAddress"] == ELSEWHERE, event
    reply, event = create(f"{unique}-plain", server.endpoint, HERE, X_Forwarded_Proto="https")
    assert reply.error == "AccessDeniedException" and event["sourceIPAddress"] == HERE, event
    server.client().delete_stack(Name=f"{unique}-here")
