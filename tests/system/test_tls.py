"""TLS of the server's own: certificates of its making and of the owner's, in the eyes of boto3 and of Chromium."""

import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import SSLError
from harness import wait
from harness.server import Server
from test_page import SOON, url

# In a network namespace, an address of the loopback interface that is none of loopback's.
OTHER_ADDRESS = "192.0.2.10"


def authority(server: Server) -> str:
    return str(server.data_dir / "tls" / "ca.pem")


@pytest.fixture(scope="module")
def made(tiny_image: Path) -> Iterator[Server]:
    """A server with a certificate of its own making."""
    server = Server("simulated", settings="tls = {}")
    server.scheme = "https"
    try:
        yield server.start()
    finally:
        server.close()


def test_clients_that_trust_the_authority_are_served_and_others_refuse(made, monkeypatch):
    with pytest.raises(SSLError):
        made.client().describe_stacks()
    (hint,) = {line.split("hint=")[1].split('"')[1] for line in made.log_tail(500).splitlines() if "hint=" in line}
    name, path = hint.removeprefix("export ").split("=")
    assert path == authority(made)
    monkeypatch.setenv(name, path)
    for protocol in ("json", "cbor"):
        assert made.client(protocol).describe_stacks()["Stacks"] == []


def test_both_versions_of_tls_are_spoken_for_its_names_only(made):
    def connect(name: str, **settings) -> str:
        context = ssl.create_default_context(cafile=authority(made))
        for key, value in settings.items():
            setattr(context, key, value)
        with socket.create_connection(("127.0.0.1", made.port), timeout=10) as plain, context.wrap_socket(plain, server_hostname=name) as wrapped:
            return wrapped.version()

    assert connect("127.0.0.1") == connect("localhost") == "TLSv1.3"
    assert connect("localhost", maximum_version=ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    with pytest.raises(ssl.SSLCertVerificationError):
        connect("apps.example.org")


@pytest.mark.browser
def test_a_stream_runs_over_tls(made, tiny_image, unique, browser, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", authority(made))
    made.import_image(tiny_image, "tiny")
    aws = made.client()
    aws.create_stack(Name=unique)
    aws.create_fleet(Name=unique, InstanceType="stream.standard.medium", ImageName="tiny", ComputeCapacity={"DesiredInstances": 1})
    aws.associate_fleet(FleetName=unique, StackName=unique)
    aws.start_fleet(Name=unique)
    aws.get_waiter("fleet_started").wait(Names=[unique], WaiterConfig=SOON)
    page = browser.open(ignoreHTTPSErrors=True)
    try:
        page.goto(url(aws, unique))
        page.wait_state("connected")
        assert page.evaluate("() => [location.protocol, window.isSecureContext]") == ["https:", True]
    finally:
        page.close()


def certificate(directory: Path, name: str) -> None:
    """A self-signed one, in place of what was there."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
        + ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", directory / "key.pem", "-out", directory / "certificate.pem"],
        check=True,
        capture_output=True,
    )
    (directory / "key.pem").chmod(0o600)


def shown(server: Server) -> str:
    return ssl.get_server_certificate(("127.0.0.1", server.port), timeout=10).strip()


def test_the_owner_s_certificate_is_read_again(tmp_path):
    """Also by a server that may not read the key itself any more: the file is root's alone."""
    certificate(tmp_path, "first")
    server = Server("simulated", settings=f'tls = {{ certificate = "{tmp_path}/certificate.pem", key = "{tmp_path}/key.pem" }}')
    server.scheme = "https"
    current = lambda: (tmp_path / "certificate.pem").read_text().strip()  # noqa: E731
    try:
        server.start()
        first = current()
        assert shown(server) == first
        # It is valid for two days.
        wait.until(lambda: "the certificate expires soon" in server.log_tail(), seconds=10, what="a warning in the log")
        status = server.command("doctor", check=False)
        assert "warning  certificate" in status.stdout and "is valid for 1 more days" in status.stdout, status.stdout
        certificate(tmp_path, "second")
        server.process.send_signal(signal.SIGHUP)
        wait.until(lambda: shown(server) == current(), seconds=10, what="the second certificate")
        second = current()
        (tmp_path / "key.pem").write_text("broken")
        server.process.send_signal(signal.SIGHUP)
        wait.until(lambda: "the old one stays" in server.log_tail(), seconds=10, what="a word in the log")
        assert shown(server) == second != first
        status = server.command("doctor", check=False)
        assert "FAIL     certificate" in status.stdout and "no private key" in status.stdout, status.stdout
    finally:
        server.close()


IN_NAMESPACE = """
import os, subprocess, sys
for command in ("ip link set lo up", "ip address add ADDRESS/32 dev lo"):
    subprocess.run(command.split(), check=True)
sys.path.insert(0, "HARNESS")
from harness.server import Server
server = Server("simulated")
server.scheme, server.host = "https", "ADDRESS"
try:
    server.start()
    os.environ["AWS_CA_BUNDLE"] = str(server.data_dir / "tls" / "ca.pem")
    server.client().create_stack(Name="far")
    print(server.client().describe_stacks()["Stacks"][0]["Name"])
finally:
    server.close()
"""


def test_any_other_address_gets_tls_by_itself():
    """Nothing about TLS is configured; the address alone asks for it."""
    script = IN_NAMESPACE.replace("ADDRESS", OTHER_ADDRESS).replace("HARNESS", str(Path(__file__).parent))
    ran = subprocess.run(["unshare", "--net", sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0 and ran.stdout.strip() == "far", ran.stdout + ran.stderr
