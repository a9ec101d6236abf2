"""What one account may ask for: quotas, and rates that SDKs wait for by themselves."""

import concurrent.futures

import pytest
from harness import clients, expect, identities, trail
from harness.server import REGION, Server


@pytest.fixture(scope="module")
def limited():
    """A server of which an account may ask little."""
    small = Server("simulated", settings="[limits]\nreads_per_second = 10\nwrites_per_second = 10\n[quotas]\nstacks = 2\nfleets = 1\n")
    try:
        yield small.start()
    finally:
        small.close()


def flood(server: Server, operation: str) -> clients.Reply:
    """Calls until one is refused for its rate."""

    def call(_: int) -> clients.Reply:
        request = clients.request(server.endpoint, operation, {})
        return clients.send(clients.sign(request, server.account.access_key_id, server.account.secret_access_key, REGION))

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for _ in range(20):
            refused = [reply for reply in pool.map(call, range(32)) if reply.status != 200]
            if refused:
                return refused[0]
    raise AssertionError("nothing was refused")


def test_too_many_calls_are_refused_until_later(limited):
    refused = flood(limited, "DescribeStacks")
    assert (refused.status, refused.error, refused.message) == (400, "ThrottlingException", "Rate exceeded")
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    event = trail.some(limited, "a throttled call", errorCode="ThrottlingException", eventName="DescribeStacks")[0]
    assert event["userIdentity"]["type"] == "Root" and event["recipientAccountId"] == limited.account.id
    # Another account, and another class of operations, has buckets of its own.
    limited.client(account=limited.other_account).describe_stacks()
    limited.client().create_stack(Name="written")
    limited.client().delete_stack(Name="written")


def test_boto3_waits_by_itself(limited):
    client = limited.client(retries={"mode": "standard", "total_max_attempts": 10}, max_pool_connections=12)
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda _: client.describe_fleets(), range(48)))
    attempts = [reply["ResponseMetadata"]["RetryAttempts"] for reply in replies]
    assert len(replies) == 48 and max(attempts) > 0, "nothing was throttled"


def test_the_query_apis_are_throttled_too(limited):
    iam = identities.client(limited, "iam", max_pool_connections=16)

    def call(_: int) -> str:
        try:
            iam.list_users()
            return ""
        except iam.exceptions.ClientError as error:
            return error.response["Error"]["Code"]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        codes = {code for _ in range(4) for code in pool.map(call, range(32))}
    assert codes == {"", "Throttling"}
    waiting = identities.client(limited, "iam", retries={"mode": "standard", "total_max_attempts": 10})
    assert waiting.list_users()["Users"] == []


def test_quotas(limited):
    client = limited.client(retries={"mode": "standard", "total_max_attempts": 10})
    for name in ("one", "two"):
        client.create_stack(Name=name)
    expect.error(lambda: client.create_stack(Name="three"), "LimitExceededException")
    # A name that is taken is told first; and each account has its own.
    expect.error(lambda: client.create_stack(Name="one"), "ResourceAlreadyExistsException")
    limited.client(account=limited.other_account).create_stack(Name="three")
    client.delete_stack(Name="one")
    client.create_stack(Name="three")
    for name in ("two", "three"):
        client.delete_stack(Name=name)
