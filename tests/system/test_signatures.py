"""Signature Version 4 is always verified: each way of getting it wrong has its own answer, and nothing is done."""

import datetime

import pytest
from botocore.exceptions import ClientError
from harness import clients

NOW = datetime.datetime.now


def utc(**delta):
    return (NOW(datetime.UTC) + datetime.timedelta(**delta)).replace(tzinfo=None)


@pytest.fixture
def send(server, protocol, unique):
    """Sends a CreateStack that was signed as the keywords say, and asserts that it did nothing unless it succeeded."""

    def send(change=lambda request: None, *, key=None, secret=None, region="us-east-1", **options):
        account = server.account
        request = clients.request(server.endpoint, "CreateStack", {"Name": unique}, protocol)
        clients.sign(request, key or account.access_key_id, secret or account.secret_access_key, region, **options)
        change(request)
        reply = clients.send(request)
        names = [stack["Name"] for stack in server.client().describe_stacks()["Stacks"]]
        assert (unique in names) == (reply.status == 200), reply
        return reply

    yield send
    try:
        server.client().delete_stack(Name=unique)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ResourceNotFoundException"


def replace(name, value):
    def change(request):
        del request.headers[name]
        request.headers[name] = value

    return change


def test_a_good_signature(send):
    assert send().status == 200


@pytest.mark.parametrize("minutes", [-4, 4])
def test_clocks_may_differ_by_five_minutes(send, minutes):
    assert send(at=utc(minutes=minutes)).status == 200


@pytest.mark.parametrize("delta", [{"minutes": -6}, {"minutes": 6}, {"days": -1}, {"days": 400}])
def test_but_not_by_more(send, delta):
    reply = send(at=utc(**delta))
    assert reply.status == 400 and reply.error in ("InvalidSignatureException", "RequestExpired"), reply


def test_an_unknown_key(send):
    reply = send(key="AKIAAAAAAAAAAAAAAAAA")
    assert (reply.status, reply.error) == (400, "UnrecognizedClientException")
    assert reply.message == "The security token included in the request is invalid."


def test_a_wrong_secret(send):
    reply = send(secret="x" * 40)
    assert (reply.status, reply.error) == (400, "InvalidSignatureException")


def test_an_altered_body(send, protocol):
    def alter(request):
        name_ends = len(request.data) - (2 if protocol == "json" else 0)
        request.data = request.data[: name_ends - 1] + b"X" + request.data[name_ends:]

    reply = send(alter)
    assert (reply.status, reply.error) == (400, "InvalidSignatureException"), reply


def test_another_operation_under_the_same_signature(send, protocol):
    def alter(request):
        if protocol == "json":
            replace("X-Amz-Target", "PhotonAdminProxyService.DeleteStack")(request)
        else:
            request.url = request.url.replace("CreateStack", "DeleteStack")

    assert send(alter).error == "InvalidSignatureException"


def test_another_host(send):
    assert send(lambda request: request.headers.__setitem__("Host", "elsewhere.example.org")).error == "InvalidSignatureException"


def test_a_region_that_is_not_served(send):
    reply = send(region="mars-north-1")
    assert reply.status == 400 and reply.error in ("InvalidSignatureException", "UnrecognizedClientException", "AccessDeniedException"), reply


def test_another_service(send):
    assert send(service="s3").error == "InvalidSignatureException"


def test_no_signature(send):
    assert send(lambda request: request.headers.__delitem__("Authorization")).error == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("value", ["AWS4-HMAC-SHA256 Credential=", "AWS4-HMAC-SHA256", "Basic dXNlcjpwYXNz", "Bearer x", "AWS4-HMAC-SHA256 " + "x" * 4000])
def test_half_a_signature(send, value):
    reply = send(replace("Authorization", value))
    assert reply.status == 400
    assert reply.error in ("IncompleteSignatureException", "MissingAuthenticationTokenException", "InvalidSignatureException"), reply


def test_presigned_queries_are_refused(send):
    assert send(presign=60).status == 400


def test_an_unsigned_payload_is_refused(send):
    reply = send(lambda request: request.headers.__setitem__("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"))
    assert reply.status == 400, reply


@pytest.mark.parametrize("digest", ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_bodies_signed_piece_by_piece_are_refused(send, digest):
    def chunked(request):
        request.headers["X-Amz-Content-Sha256"] = digest
        request.headers["Content-Encoding"] = "aws-chunked"

    reply = send(chunked)
    assert reply.status == 400, reply


def test_a_signature_in_the_header_and_one_in_the_query(send):
    def also(request):
        request.url += "?X-Amz-Signature=" + "0" * 64

    assert send(also).error == "IncompleteSignatureException"


@pytest.fixture
def answer(server, protocol):
    """The answer to a DescribeStacks that was signed after `prepare` changed it."""

    def answer(prepare):
        request = clients.request(server.endpoint, "DescribeStacks", {}, protocol)
        prepare(request)
        clients.sign(request, server.account.access_key_id, server.account.secret_access_key, "us-east-1")
        return clients.send(request)

    return answer


@pytest.mark.parametrize("query", ["a=b", "b=2&a=1&a=0&A=%20", "empty", "empty=", "plus=a%2Bb", "slash=%2F&%C3%A4=%E2%82%AC", "tilde=~&star=%2A"])
def test_queries_are_signed(answer, query):
    """No client of this API has any; a signature that covers one is good all the same."""

    def add(request):
        request.url += f"?{query}"

    reply = answer(add)
    assert reply.status == 200, reply


@pytest.mark.parametrize("value", ["  two   spaces  ", "a,b", '"quoted   text"', "ends with comma,", "x" * 4000])
def test_headers_are_folded_as_the_signers_do(answer, value):
    def add(request):
        request.headers["X-Amz-Meta-Test"] = value

    reply = answer(add)
    assert reply.status == 200, reply


def test_an_old_request_cannot_be_replayed(server, protocol, unique):
    """The very same bytes are good again within the window, and refused after it."""
    account = server.account
    request = clients.request(server.endpoint, "DescribeStacks", {}, protocol)
    clients.sign(request, account.access_key_id, account.secret_access_key, "us-east-1", at=utc(minutes=-4))
    assert [clients.send(request).status for _ in range(2)] == [200, 200]
    late = clients.request(server.endpoint, "DescribeStacks", {}, protocol)
    clients.sign(late, account.access_key_id, account.secret_access_key, "us-east-1", at=utc(minutes=-5, seconds=-2))
    reply = clients.send(late)
    assert reply.error == "InvalidSignatureException" and reply.message.startswith("Signature expired: "), reply


def test_no_date(send):
    reply = send(lambda request: request.headers.__delitem__("X-Amz-Date"))
    assert reply.status == 400 and reply.error in ("IncompleteSignatureException", "InvalidSignatureException", "MissingAuthenticationTokenException"), reply
