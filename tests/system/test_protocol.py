"""The two protocols on one port, byte by byte."""

import concurrent.futures
import socket

import cbor2
import pytest
from botocore.exceptions import ClientError
from harness import clients, expect


@pytest.fixture
def call(server, protocol):
    """Sends a correctly signed request."""

    def call(operation, body, protocol=protocol, **headers):
        request = clients.request(server.endpoint, operation, body, protocol, **headers)
        clients.sign(request, server.account.access_key_id, server.account.secret_access_key, "us-east-1")
        return clients.send(request)

    return call


def check_head(reply, protocol):
    assert expect.UUID.fullmatch(reply.headers["x-amzn-requestid"])
    assert reply.headers["content-type"] == ("application/x-amz-json-1.1" if protocol == "json" else "application/cbor")
    assert ("smithy-protocol" in reply.headers) == (protocol == "cbor")
    if protocol == "cbor":
        assert reply.headers["smithy-protocol"] == "rpc-v2-cbor"  # Go's SDK refuses an answer without it
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert "date" in reply.headers


def test_heads_of_answers(call, protocol):
    good, bad = call("DescribeStacks", {}), call("DescribeStacks", {"Names": ["missing"]})
    assert (good.status, bad.status) == (200, 404)
    check_head(good, protocol)
    check_head(bad, protocol)
    assert good.headers["x-amzn-requestid"] != bad.headers["x-amzn-requestid"]
    assert bad.error == "ResourceNotFoundException"
    assert bad.value["Message"]
    if protocol == "cbor":
        assert bad.value["__type"] == "com.amazonaws.appstream#ResourceNotFoundException"


def test_times(call, protocol, unique):
    body = call("CreateStack", {"Name": unique}).value
    if protocol == "json":
        assert isinstance(body["Stack"]["CreatedTime"], int | float)
    else:
        assert body["Stack"]["CreatedTime"].year >= 2025  # cbor2 made a time of tag 1
    call("DeleteStack", {"Name": unique})


def test_cbor_of_indefinite_length(server, call):
    """The Rust SDK sends nothing else; an empty input is `bf ff`."""
    empty = call("DescribeStacks", b"\xbf\xff", "cbor")
    assert empty.status == 200 and "Stacks" in empty.value
    names = b"\xbf" + cbor2.dumps("Names") + b"\x9f" + cbor2.dumps("missing") + b"\xff\xff"
    assert call("DescribeStacks", names, "cbor").error == "ResourceNotFoundException"


def test_unknown_members_are_ignored_and_null_is_absent(call, unique):
    assert call("CreateStack", {"Name": unique, "Description": None, "OfTheFuture": {"a": [1, None]}}).status == 200
    assert "Description" not in call("DescribeStacks", {"Names": [unique]}).value["Stacks"][0]
    call("DeleteStack", {"Name": unique})


BAD = {
    "json": [b"", b"{", b"[]", b'"x"', b"null", b"{}{}", b'{"Name": 7}', b'{"Names": "x"}', b"\xff\xfe", b'{"Name":"a","Name":"b"', b"[" * 100_000],
    "cbor": [b"", b"\xa1", b"\x80", b"\xff", b"\xbf\x64Name\x07\xff", b"\xa1\x64Name\x64abc", b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", b"\x9f" * 100_000, b"\x7b\x7f\xff\xff\xff\xff\xff\xff\xff"],
}


@pytest.mark.parametrize("index", range(11))
def test_broken_bodies(server, call, protocol, index):
    if index >= len(BAD[protocol]):
        pytest.skip("the other protocol has more of them")
    reply = call("CreateStack", BAD[protocol][index])
    assert reply.status == 400, reply
    assert reply.error in ("SerializationException", "ValidationException"), reply
    check_head(reply, protocol)
    assert server.http_status("/healthz") == 200


def test_a_body_that_is_too_large(server, call, protocol):
    reply = call("CreateStack", b" " * (1024 * 1024 + 1))
    assert (reply.status, reply.error) == (413, "RequestEntityTooLargeException"), reply
    check_head(reply, protocol)
    assert server.http_status("/healthz") == 200
    assert call("CreateStack", b" " * (1024 * 1024)).status == 400, "as long as may be, and nonsense"


def raw(server, text: bytes, then=lambda connection: None) -> bytes:
    """Sends bytes as they are; what comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(text)
        then(connection)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no-such-page", 404),
        ("GET", "/session/admit", 405),
        ("POST", "/authenticate", 405),
        ("POST", "/healthz", 405),
        ("GET", "/healthz", 200),
        ("PUT", "/", 400),
        ("DELETE", "/service/PhotonAdminProxyService/operation/DeleteStack", 400),
        ("POST", "/service/Other/operation/DeleteStack", 400),
        ("POST", "/", 400),
    ],
)
def test_every_answer_has_a_request_id(server, method, path, status):
    ids = set()
    for _ in range(2):
        answer = raw(server, f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        head = answer.split(b"\r\n\r\n")[0].decode().lower().split("\r\n")
        assert head[0].split()[1] == str(status), head
        values = [line.split(": ")[1] for line in head if line.startswith("x-amzn-requestid: ")]
        assert len(values) == 1 and expect.UUID.fullmatch(values[0]), head
        ids.add(values[0])
    assert len(ids) == 2


def test_a_body_that_breaks_off(server, protocol):
    """The client says that more will come, and closes its side."""
    path = "/" if protocol == "json" else "/service/PhotonAdminProxyService/operation/CreateStack"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Amz-Target: PhotonAdminProxyService.CreateStack\r\nContent-Length: 50\r\n\r\n{{".encode()
    answer = raw(server, head, lambda connection: connection.shutdown(socket.SHUT_WR))
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ") and b"SerializationException" in answer, answer
    assert server.http_status("/healthz") == 200


@pytest.mark.parametrize("framing", ["Content-Length: 2\r\nTransfer-Encoding: chunked", "Content-Length: 2\r\nContent-Length: 3", "Content-Length: -1"])
def test_contradictory_lengths(server, framing):
    answer = raw(server, f"POST / HTTP/1.1\r\nHost: x\r\n{framing}\r\nConnection: close\r\n\r\n{{}}".encode(), lambda connection: connection.shutdown(socket.SHUT_WR))
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert server.http_status("/healthz") == 200


def test_health(server):
    assert server.http_status("/healthz") == 200
    assert server.http_status("/readyz") == 200
    assert server.http_status("/no-such-page") == 404


def test_many_at_once(server, protocol, unique):
    """40 clients create, describe and delete at the same time: no answer is lost or crossed."""

    def life(number):
        client, name = server.client(protocol), f"{unique}-{number}"
        assert client.create_stack(Name=name, Tags={"n": str(number)})["Stack"]["Name"] == name
        arn = client.describe_stacks(Names=[name])["Stacks"][0]["Arn"]
        assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"n": str(number)}
        client.delete_stack(Name=name)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(life, range(40)))


def test_only_one_of_many_gets_the_name(server, protocol, unique):
    def create(_):
        try:
            server.client(protocol).create_stack(Name=unique)
            return "created"
        except ClientError as error:
            return error.response["Error"]["Code"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(create, range(8)))
    assert sorted(outcomes) == ["ResourceAlreadyExistsException"] * 7 + ["created"], outcomes
    server.client().delete_stack(Name=unique)
