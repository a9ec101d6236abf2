"""The audit trail of the real server: every call is in it, nothing secret is, and whatever is done to it is found."""

import json
import re
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from harness import clients, identities, planted, trail, viewer, wait
from harness.desk import Desk
from harness.server import REGION, Server
from harness.stream import END, ENDED, GRANT, PONG, Stream
from harness.writers import writers

SOON = {"Delay": 1, "MaxAttempts": 60}
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def agent(name: str) -> str:
    """A User-Agent that names one call."""
    return f"{name}/{uuid.uuid4().hex}"


def call(server: Server, operation: str, body: dict, name: str, *, key=None, secret=None, region=REGION, protocol="json", change=lambda request: None):
    """A call with a User-Agent of its own, and its event."""
    own = agent(name)
    request = clients.request(server.endpoint, operation, body, protocol, User_Agent=own)
    clients.sign(request, key or server.account.access_key_id, secret or server.account.secret_access_key, region)
    change(request)
    reply = clients.send(request)
    return reply, trail.find(server, name, userAgent=own)


def test_every_call_is_an_event(server, unique, protocol):
    account = server.account

    reply, event = call(server, "CreateStack", {"Name": unique, "Tags": {"Team": "blue"}}, "create", protocol=protocol)
    assert reply.status == 200
    assert event["eventSource"] == "appstream.amazonaws.com" and event["eventName"] == "CreateStack" and event["readOnly"] is False
    assert event["userIdentity"] == {
        "type": "Root",
        "principalId": account.id,
        "arn": f"arn:aws:iam::{account.id}:root",
        "accountId": account.id,
        "accessKeyId": account.access_key_id,
    }
    assert event["sourceIPAddress"] == "127.0.0.1" and event["awsRegion"] == REGION and event["recipientAccountId"] == account.id
    assert event["requestParameters"] == {"name": unique, "tags": {"Team": "blue"}}
    assert event["responseElements"]["stack"]["name"] == unique
    assert event["requestID"] == reply.headers["x-amzn-requestid"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["eventTime"])

    _, event = call(server, "DescribeStacks", {"Names": [unique]}, "read", protocol=protocol)
    assert event["readOnly"] is True and event["responseElements"] is None and "errorCode" not in event

    _, event = call(server, "CreateStack", {"Name": unique}, "refused", protocol=protocol)
    assert event["errorCode"] == "ResourceAlreadyExistsException" and event["errorMessage"]

    _, event = call(server, "CreateStack", {"Name": "-"}, "malformed", protocol=protocol)
    assert event["errorCode"] == "ValidationException"


def test_calls_that_nobody_signed_are_events_too(server, unique, protocol):
    account = server.account
    body = {"Name": unique}
    nobody = {"type": "Unknown", "accessKeyId": account.access_key_id}

    _, event = call(server, "CreateStack", body, "bad-secret", secret="x" * 30, protocol=protocol)
    assert event["errorCode"] == "InvalidSignatureException" and event["userIdentity"] == nobody
    assert event["recipientAccountId"] == account.id, "whose key was tried is known"
    assert event["eventName"] == "CreateStack" and event["sourceIPAddress"] == "127.0.0.1"
    assert event["requestParameters"] is None, "what it asked for is nobody's word"

    _, event = call(server, "CreateStack", body, "no-such-key", key="AKIAAAAAAAAAAAAAAAAA", protocol=protocol)
    assert event["errorCode"] == "UnrecognizedClientException" and event["recipientAccountId"] is None

    _, event = call(server, "CreateStack", body, "no-such-region", region="eu-west-9", protocol=protocol)
    assert event["errorCode"] == "InvalidSignatureException"

    _, event = call(server, "MakeCoffee", {}, "no-such-operation", protocol=protocol)
    assert event["errorCode"] == "UnknownOperationException" and event["eventName"] == "MakeCoffee"

    def unsign(request):
        del request.headers["Authorization"]

    _, event = call(server, "CreateStack", body, "unsigned", change=unsign, protocol=protocol)
    assert event["errorCode"] == "MissingAuthenticationTokenException" and event["userIdentity"] == {"type": "Unknown"}

    client = boto3.Session().client(
        "iam",
        endpoint_url=server.endpoint,
        region_name=REGION,
        aws_access_key_id=account.access_key_id,
        aws_secret_access_key="y" * 30,
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )
    with pytest.raises(ClientError):
        client.list_users()
    for event in trail.some(server, "a call of IAM", eventSource="iam.amazonaws.com", errorCode="SignatureDoesNotMatch"):
        assert event["userIdentity"] == nobody and event["sourceIPAddress"] == "127.0.0.1"


def test_no_secret_is_in_the_trail(server, unique):
    iam, sts = identities.client(server, "iam"), identities.client(server, "sts")
    iam.create_user(UserName=unique)
    key = iam.create_access_key(UserName=unique)["AccessKey"]
    event = trail.find(server, "CreateAccessKey", eventName="CreateAccessKey", requestParameters={"userName": unique})
    assert event["eventSource"] == "iam.amazonaws.com"
    assert event["responseElements"]["AccessKey"]["AccessKeyId"] == key["AccessKeyId"]
    assert event["responseElements"]["AccessKey"]["SecretAccessKey"] == HIDDEN

    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": server.account.id}}]}
    role = iam.create_role(RoleName=unique, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    may = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}]}
    iam.put_user_policy(UserName=unique, PolicyName="may", PolicyDocument=json.dumps(may))
    own = identities.client(server, "sts", key["AccessKeyId"], key["SecretAccessKey"])
    session = own.assume_role(RoleArn=role, RoleSessionName=unique)["Credentials"]
    event = trail.find(server, "AssumeRole", eventName="AssumeRole", requestParameters={"roleArn": role, "roleSessionName": unique})
    assert event["userIdentity"]["type"] == "IAMUser" and event["userIdentity"]["userName"] == unique
    assert event["responseElements"]["Credentials"]["SecretAccessKey"] == event["responseElements"]["Credentials"]["SessionToken"] == HIDDEN
    sts.get_caller_identity()
    assert wait.until(lambda: [e for e in trail.events(server) if e["eventName"] == "GetCallerIdentity"], seconds=10, what="GetCallerIdentity")

    url = Desk(server, unique, image="tiny").url(SessionContext="a user's own words")
    # Other tests ask this server for such addresses too.
    [event] = [e for e in trail.some(server, "CreateStreamingURL", eventName="CreateStreamingURL") if (e["requestParameters"] or {}).get("stackName") == unique]
    assert event["responseElements"]["streamingURL"] == HIDDEN and event["requestParameters"]["sessionContext"] == HIDDEN
    assert event["requestParameters"]["userId"]
    person = {"UserName": "ann@example.org", "AuthenticationType": "USERPOOL", "FirstName": "Ann", "LastName": "Other"}
    _, event = call(server, "CreateUser", person, "create-user")
    assert event["errorCode"] == "OperationNotPermittedException" and event["requestParameters"]["firstName"] == HIDDEN

    whole = "".join(path.read_text() for path in trail.files(server))
    secrets = [key["SecretAccessKey"], session["SecretAccessKey"], session["SessionToken"], url, url.split("parameters=")[1][:40], "a user's own words"]
    for secret in [*secrets, server.account.secret_access_key]:
        assert secret not in whole
    planted.assert_unseen("the audit trail", whole.encode())


def open_stream(desk: Desk, user: str) -> Stream:
    """As the page does it."""
    stream = Stream(desk.server.endpoint)
    stream.hello(GRANT, viewer.admit(desk.url(user=user))[-1]["grant"])
    stream.welcome()
    return stream


def test_streams_are_told_without_their_content(server, unique):
    desk = Desk(server, unique, "ALWAYS_ON", 2, image="tiny")
    client = desk.aws

    def of(user: str, name: str) -> list[dict]:
        return [e for e in trail.events(server) if e["eventName"] == name and e["serviceEventDetails"].get("userId") == user]

    def until(user: str, name: str) -> dict:
        return wait.until(lambda: of(user, name), seconds=20, what=f"{name} of {user}")[0]

    # One that is lost, and then ended by the owner.
    lost = open_stream(desk, "lost")
    begin = until("lost", "StreamBegin")
    assert begin["sourceIPAddress"] == "127.0.0.1" and begin["recipientAccountId"] == server.account.id and begin["eventType"] == "AwsServiceEvent"
    details = begin["serviceEventDetails"]
    assert (details["stack"], details["fleet"]) == (unique, unique)
    lost.key(30, True)
    # What is answered has been read.
    lost.ping(1)
    lost.receive_until(PONG)
    lost.close()
    end = until("lost", "StreamEnd")
    assert end["sourceIPAddress"] == "127.0.0.1"
    assert end["serviceEventDetails"]["reason"] == "lost" and end["serviceEventDetails"]["sessionId"] == details["sessionId"]
    assert end["serviceEventDetails"]["bytesFromClient"] > 0 and end["serviceEventDetails"]["bytesToClient"] >= 0
    assert end["serviceEventDetails"]["milliseconds"] >= 0
    assert not of("lost", "SessionEnd"), "the session goes on"
    client.expire_session(SessionId=details["sessionId"])
    assert until("lost", "SessionEnd")["serviceEventDetails"]["reason"] == "Owner"

    # One that its user ends.
    ended = open_stream(desk, "ended")
    ended.frame(bytes([END]))
    assert ended.receive_until(ENDED)
    ended.close()
    assert until("ended", "StreamEnd")["serviceEventDetails"]["reason"] == "ended by the user"
    assert until("ended", "SessionEnd")["serviceEventDetails"]["reason"] == "User"
    assert trail.verify(server).endswith("whole\n")


def test_streams_that_a_killed_server_had_are_told_to_be_over(own_sandbox, unique):
    stream = open_stream(Desk(own_sandbox, unique), "ann")
    [begin] = trail.some(own_sandbox, "StreamBegin", eventName="StreamBegin")
    own_sandbox.kill()
    stream.close()
    own_sandbox.start()
    details = trail.find(own_sandbox, "StreamEnd", eventName="StreamEnd")["serviceEventDetails"]
    assert details == {**begin["serviceEventDetails"], "reason": "the server was killed"}
    # Once only.
    own_sandbox.stop()
    own_sandbox.start()
    assert trail.find(own_sandbox, "StreamEnd", eventName="StreamEnd")["serviceEventDetails"] == details
    assert "whole" in trail.verify(own_sandbox)


def test_whatever_is_done_to_the_trail_is_found(own_server):
    client = own_server.client()
    for number in range(5):
        client.create_stack(Name=f"s{number}")
    assert "whole" in trail.verify(own_server), "beside the server that writes it"
    own_server.stop()
    [path] = trail.files(own_server)
    good = path.read_bytes()
    lines = good.splitlines(keepends=True)

    def refused(changed: list[bytes]) -> str:
        path.write_bytes(b"".join(changed))
        said = trail.verify(own_server, whole=False)
        path.write_bytes(good)
        return said

    position = len(lines) - 3
    altered = lines[position].replace(b"CreateStack", b"DeleteStack", 1)
    assert altered != lines[position]
    assert f":{position + 1}:" in refused([*lines[:position], altered, *lines[position + 1 :]])
    assert "missing" in refused(lines[:position] + lines[position + 1 :])
    assert "missing" in refused(lines[1:])
    assert refused([*lines[:position], lines[position + 1], lines[position], *lines[position + 2 :]])
    assert "had come to line" in refused(lines[:-1])
    assert refused([*lines[:position], lines[position], *lines[position:]])
    elsewhere = path.rename(own_server.directory / "elsewhere")
    assert "had come to line" in trail.verify(own_server, whole=False)
    elsewhere.rename(path)
    assert "whole" in trail.verify(own_server)

    # Nor does a server that goes on with what was cut off cover it up.
    path.write_bytes(b"".join(lines[:-1]))
    own_server.start()
    own_server.client().create_stack(Name="later")
    assert "missing" in trail.verify(own_server, whole=False)


def test_the_chain_outlives_kills(own_server):
    """SIGKILL in the middle of writes: the chain verifies, before and after a restart, and what was acknowledged is in it."""
    acknowledged: set[str] = set()

    def write(client, name: str) -> None:
        client.create_stack(Name=name, Tags={"a": "b" * 200})
        client.describe_stacks(Names=[name])

    for round_number in range(2):
        with writers(own_server, f"s-{round_number}", write) as writing:
            writing.wait_for(40)
            own_server.kill()
        acknowledged |= writing.acknowledged
        trail.verify(own_server)
        own_server.start()
        trail.verify(own_server)
    created = {e["requestParameters"]["name"] for e in trail.events(own_server) if e["eventName"] == "CreateStack" and "errorCode" not in e}
    assert acknowledged <= created, acknowledged - created


def test_a_stop_in_order_loses_nothing(own_server):
    client = own_server.client()
    for _ in range(20):
        client.describe_fleets()
    own_server.stop()
    assert len([e for e in trail.events(own_server) if e["eventName"] == "DescribeFleets"]) == 20
    trail.verify(own_server)
    own_server.start()


def test_files_are_rotated_and_bounded(tiny_image):
    bounded = Server("simulated", settings="[audit]\nfile_mib = 1\nfiles = 2\n")
    try:
        client = bounded.start().client()
        tags = {f"k{number}": "v" * 250 for number in range(50)}

        client.create_stack(Name="one")
        for _ in range(400):
            client.tag_resource(ResourceArn=f"arn:aws:appstream:{REGION}:{bounded.account.id}:stack/one", Tags=tags)
            files = trail.files(bounded)
            assert len(files) <= 2, files
            if files[0].name.count(".") == 2:
                # The day's first file is gone.
                break
        else:
            raise AssertionError("nothing was rotated away")
        assert all(path.stat().st_size < 2 << 20 for path in trail.files(bounded))
        said = trail.verify(bounded)
        assert "whole" in said and "from line 1 on" not in said, said
    finally:
        bounded.close()
