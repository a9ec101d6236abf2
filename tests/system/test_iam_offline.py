"""`millrace iam`: identities while no server runs, as an operator needs it who has lost every key."""

import json

from harness import identities, trail
from harness.identities import allow, policy


def test_only_while_the_server_does_not_run(own_server):
    refused = own_server.command("iam", "ListUsers", check=False)
    assert refused.returncode != 0
    assert "AWS_ENDPOINT_URL_IAM" in refused.stderr and "another millrace server" in refused.stderr
    assert own_server.http_status("/readyz") == 200

    own_server.stop()
    made = json.loads(own_server.command("iam", "CreateUser", "UserName=jane", "Tags.member.1.Key=Team", "Tags.member.1.Value=blue").stdout)
    assert made["User"]["Arn"] == f"arn:aws:iam::{own_server.account.id}:user/jane"
    own_server.command("iam", "PutUserPolicy", "UserName=jane", "PolicyName=own", "PolicyDocument=" + policy(allow("appstream:Describe*")))
    key = json.loads(own_server.command("iam", "CreateAccessKey", "UserName=jane").stdout)["AccessKey"]
    for wrong, says in (
        (["CreateUser", "UserName=jane"], "EntityAlreadyExists"),
        (["MakeCoffee"], "MakeCoffee"),
        (["CreateUser", "jane"], "UserName=jane"),
        (["CreateUser", "UserName=x", "--account", "999999999999"], "999999999999"),
    ):
        result = own_server.command("iam", *wrong, check=False)
        assert result.returncode != 0 and says in result.stderr, result
    trail.verify(own_server)

    # What was made is there, and the server can go on with its files.
    own_server.start()
    jane = identities.client(own_server, "appstream", key["AccessKeyId"], key["SecretAccessKey"])
    jane.describe_stacks()
    own_server.client().create_stack(Name="after")
    events = [event for event in trail.events(own_server) if event.get("userAgent") == "millrace iam"]
    assert [(event["eventName"], event.get("errorCode")) for event in events] == [
        ("CreateUser", None),
        ("PutUserPolicy", None),
        ("CreateAccessKey", None),
        ("CreateUser", "EntityAlreadyExists"),
    ]
    assert events[2]["responseElements"]["AccessKey"]["SecretAccessKey"] == "HIDDEN_DUE_TO_SECURITY_REASONS"
    assert events[0]["userIdentity"]["type"] == "Root"
    trail.verify(own_server)
