"""Clients: boto3 in either protocol, and requests that are signed by botocore but otherwise made by hand."""

import datetime
import functools
import http.client
import json
import ssl
import threading
import urllib.parse
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import boto3
import botocore.auth
import botocore.session
import cbor2
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from . import planted

PROTOCOLS = {"json": "json", "cbor": "smithy-rpc-v2-cbor"}


@functools.cache
def _session(protocol: str) -> boto3.Session:
    """botocore chooses JSON by itself; for `cbor` the model is left with only its other protocol. One session, since reading the model takes a while."""
    core = botocore.session.get_session()
    loader = core.get_component("data_loader")
    load = loader.load_service_model

    def load_with_protocol(service, type_name, api_version=None):
        model = load(service, type_name, api_version)
        if type_name != "service-2":
            return model
        return {**model, "metadata": {**model["metadata"], "protocols": [PROTOCOLS[protocol]], "protocol": PROTOCOLS[protocol]}}

    loader.load_service_model = load_with_protocol
    return boto3.Session(botocore_session=core)


# Sessions are not made for threads, clients are.
_making = threading.Lock()


def boto(endpoint: str, key: str, secret: str, region: str, protocol: str = "json", **config):
    """A boto3 client for the given protocol, without retries."""
    defaults = {"retries": {"total_max_attempts": 1}, "connect_timeout": 5, "read_timeout": 60, "proxies": {}}
    with _making:
        client = _session(protocol).client(
            "appstream",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(**(defaults | config)),
        )
    return planted.watch(client)


@dataclass(frozen=True)
class Reply:
    """An HTTP answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def value(self):
        """The parsed body."""
        if self.headers.get("content-type") == "application/cbor":
            return cbor2.loads(self.body)
        return json.loads(self.body or b"{}")

    @property
    def error(self) -> str:
        """The error's name without its namespace."""
        return str(self.value["__type"]).rsplit("#", 1)[-1]

    @property
    def message(self) -> str:
        return self.value.get("Message") or self.value.get("message") or ""


def request(endpoint: str, operation: str, body: bytes | dict = b"{}", protocol: str = "json", **headers: str) -> AWSRequest:
    """An unsigned API request."""
    if protocol == "json":
        path = "/"
        head = {"X-Amz-Target": f"PhotonAdminProxyService.{operation}", "Content-Type": "application/x-amz-json-1.1"}
        data = json.dumps(body).encode() if isinstance(body, dict) else body
    else:
        path = f"/service/PhotonAdminProxyService/operation/{operation}"
        head = {"smithy-protocol": "rpc-v2-cbor", "Accept": "application/cbor", "Content-Type": "application/cbor"}
        data = cbor2.dumps(body) if isinstance(body, dict) else body
    return AWSRequest(method="POST", url=endpoint + path, data=data, headers=head | {name.replace("_", "-"): value for name, value in headers.items()})


def sign(unsigned: AWSRequest, key: str, secret: str, region: str, *, at: datetime.datetime | None = None, service: str = "appstream", presign: int = 0) -> AWSRequest:
    """Signs in place, at the given time, in the headers or (`presign` seconds) in the query."""
    credentials = Credentials(key, secret)
    with _clock(at):
        if presign:
            _QueryAuth(credentials, service, region, expires=presign).add_auth(unsigned)
        else:
            botocore.auth.SigV4Auth(credentials, service, region).add_auth(unsigned)
    return unsigned


class _QueryAuth(botocore.auth.SigV4QueryAuth):
    """Signs in the query and leaves the body where it is: botocore's own would move it into the query."""

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        body, request.data = request.data, b""
        super()._modify_request_before_signing(request)
        request.data = body


@contextmanager
def _clock(at: datetime.datetime | None):
    if at is None:
        yield
        return
    with mock.patch("botocore.auth.get_current_datetime", return_value=at):
        yield


def send(prepared: AWSRequest, *, timeout: float = 30, source: str = "", authority: Path | None = None) -> Reply:
    """Sends exactly what the request holds: from an address of this machine's, over TLS to whom the authority vouches for."""
    frozen = prepared.prepare()
    parts = urllib.parse.urlsplit(frozen.url)
    own = (source, 0) if source else None
    if authority:
        context = ssl.create_default_context(cafile=authority)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, source_address=own, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout, source_address=own)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in frozen.headers.items()}
        connection.request(frozen.method, target, body=frozen.body, headers=headers)
        response = connection.getresponse()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()
