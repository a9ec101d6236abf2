"""Policies against the real server, through boto3: what a team may touch, what narrows a caller, and what becomes of keys."""

import json
import sqlite3

import pytest
from harness import expect, identities
from harness.identities import allow, policy
from harness.server import REGION

OWN_TEAM = "${aws:PrincipalTag/Team}"


@pytest.fixture
def iam(server):
    return identities.client(server, "iam")


def arn(server, kind: str, name: str) -> str:
    return f"arn:aws:appstream:{REGION}:{server.account.id}:{kind}/{name}"


def test_create_only_with_your_teams_tag_and_touch_only_what_bears_it(server, unique):
    document = policy(
        allow("appstream:CreateStack", StringEquals={"aws:RequestTag/Team": OWN_TEAM}, **{"ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Note"]}}),
        allow(["appstream:UpdateStack", "appstream:DeleteStack"], arn(server, "stack", "*"), StringEquals={"aws:ResourceTag/Team": OWN_TEAM}),
        allow("appstream:TagResource", StringEquals={"aws:ResourceTag/Team": OWN_TEAM}, **{"ForAllValues:StringNotEquals": {"aws:TagKeys": "Team"}}),
        # Tags at creation need the right to tag what has none yet.
        allow("appstream:TagResource", StringEquals={"aws:RequestTag/Team": OWN_TEAM}, Null={"aws:ResourceTag/Team": "true"}),
        allow("appstream:UntagResource", **{"ForAllValues:StringEquals": {"aws:TagKeys": "Note"}}),
    )
    blue = identities.user(server, f"{unique}-blue", document, Team="blue").client("appstream")
    red = identities.user(server, f"{unique}-red", document, Team="red").client("appstream")
    stack = arn(server, "stack", unique)
    denied = "AccessDeniedException"

    said = expect.error(lambda: blue.create_stack(Name=unique), denied)
    assert said == (
        f"User: arn:aws:iam::{server.account.id}:user/{unique}-blue is not authorized to perform: appstream:CreateStack on resource: {stack} "
        "because no identity-based policy allows the appstream:CreateStack action"
    )
    expect.error(lambda: blue.create_stack(Name=unique, Tags={"Team": "red"}), denied)
    expect.error(lambda: blue.create_stack(Name=unique, Tags={"team": "blue"}), denied)
    expect.error(lambda: blue.create_stack(Name=unique, Tags={"Team": "blue", "CostCenter": "1"}), denied)
    blue.create_stack(Name=unique, Tags={"Team": "blue", "Note": "x"})

    # Who may not, learns nothing of what there is.
    there = expect.error(lambda: red.update_stack(Name=unique, Description="x"), denied)
    nowhere = expect.error(lambda: red.update_stack(Name=f"{unique}-no", Description="x"), denied)
    assert there.replace(unique, "N") == nowhere.replace(f"{unique}-no", "N").replace(unique, "N")
    blue.update_stack(Name=unique, Description="changed")

    expect.error(lambda: blue.tag_resource(ResourceArn=stack, Tags={"Team": "red"}), denied)
    expect.error(lambda: red.tag_resource(ResourceArn=stack, Tags={"Note": "y"}), denied)
    blue.tag_resource(ResourceArn=stack, Tags={"Note": "y"})
    expect.error(lambda: blue.untag_resource(ResourceArn=stack, TagKeys=["Team"]), denied)
    blue.untag_resource(ResourceArn=stack, TagKeys=["Note"])
    # The tags decide as they are now.
    server.client().tag_resource(ResourceArn=stack, Tags={"Team": "red"})
    expect.error(lambda: blue.delete_stack(Name=unique), denied)
    red.delete_stack(Name=unique)


def test_a_boundary_narrows(server, iam, unique):
    boundary = iam.create_policy(PolicyName=unique, PolicyDocument=policy(allow("appstream:Describe*")))["Policy"]["Arn"]
    user = identities.user(server, unique, policy(allow("*")))
    client = user.client("appstream")
    client.create_stack(Name=unique)
    iam.put_user_permissions_boundary(UserName=unique, PermissionsBoundary=boundary)
    assert iam.get_user(UserName=unique)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    client.describe_stacks(Names=[unique])
    expect.error(lambda: client.delete_stack(Name=unique), "AccessDeniedException", says="because no permissions boundary allows the appstream:DeleteStack action")
    expect.error(lambda: user.client("iam").list_users(), "AccessDenied", says="because no permissions boundary allows the iam:ListUsers action")
    expect.error(lambda: iam.delete_policy(PolicyArn=boundary), "DeleteConflict")
    iam.delete_user_permissions_boundary(UserName=unique)
    client.delete_stack(Name=unique)
    iam.delete_policy(PolicyArn=boundary)


def test_a_session_policy_narrows(server, iam, unique):
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": server.account.id}}]})
    role = iam.create_role(RoleName=unique, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=unique, PolicyName="all", PolicyDocument=policy(allow("appstream:*")))
    user = identities.user(server, unique, policy(allow("sts:AssumeRole", role)))
    sts = user.client("sts")
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{server.account.id}:user/{unique}"

    def session(**more):
        given = sts.assume_role(RoleArn=role, RoleSessionName="work", **more)["Credentials"]
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        identity = identities.client(server, "sts", *keys).get_caller_identity()
        assert identity["Arn"] == f"arn:aws:sts::{server.account.id}:assumed-role/{unique}/work"
        assert identity["UserId"].endswith(":work") and identity["Account"] == server.account.id
        return identities.client(server, "appstream", *keys)

    whole, narrow = session(), session(Policy=policy(allow("appstream:Describe*")))
    whole.create_stack(Name=unique)
    narrow.describe_stacks(Names=[unique])
    expect.error(lambda: narrow.delete_stack(Name=unique), "AccessDeniedException", says="because no session policy allows the appstream:DeleteStack action")
    whole.delete_stack(Name=unique)
    # A deny takes effect at once, in sessions that there are.
    iam.put_role_policy(RoleName=unique, PolicyName="all", PolicyDocument=policy({"Effect": "Deny", "Action": "*", "Resource": "*"}))
    expect.error(lambda: whole.describe_stacks(), "AccessDeniedException", says="with an explicit deny in an identity-based policy")
    expect.error(lambda: sts.assume_role(RoleArn=role, RoleSessionName="work", Policy="{}"), "MalformedPolicyDocument")
    expect.error(lambda: sts.assume_role(RoleArn=role, RoleSessionName="no spaces", DurationSeconds=900), "ValidationError")


def test_keys_are_rotated(server, iam, unique):
    user = identities.user(server, unique, policy(allow("appstream:Describe*")))
    old = user.client("appstream")
    old.describe_stacks()
    second = iam.create_access_key(UserName=unique)["AccessKey"]
    expect.error(lambda: iam.create_access_key(UserName=unique), "LimitExceeded")
    new = identities.client(server, "appstream", second["AccessKeyId"], second["SecretAccessKey"])
    new.describe_stacks()
    iam.update_access_key(UserName=unique, AccessKeyId=user.key, Status="Inactive")
    expect.error(lambda: old.describe_stacks(), "UnrecognizedClientException")
    assert {key["AccessKeyId"]: key["Status"] for key in iam.list_access_keys(UserName=unique)["AccessKeyMetadata"]} == {
        user.key: "Inactive",
        second["AccessKeyId"]: "Active",
    }
    iam.update_access_key(UserName=unique, AccessKeyId=user.key, Status="Active")
    old.describe_stacks()
    iam.delete_access_key(UserName=unique, AccessKeyId=user.key)
    expect.error(lambda: old.describe_stacks(), "UnrecognizedClientException")
    new.describe_stacks()
    expect.error(lambda: identities.client(server, "appstream", second["AccessKeyId"], "x" * 40).describe_stacks(), "InvalidSignatureException")


def test_what_cannot_be_understood_is_refused_as_it_is_put(server, iam, unique):
    iam.create_user(UserName=unique)

    def put(document: str):
        return lambda: iam.put_user_policy(UserName=unique, PolicyName="own", PolicyDocument=document)

    for document in (
        policy(allow("appstream:*", StringEqualls={"aws:RequestTag/Team": "x"})),
        policy({"Effect": "allow", "Action": "*", "Resource": "*"}),
        policy({"Effect": "Allow", "Action": "*"}),
        policy(allow("appstream:*", "stack/x")),
        policy(allow("appstream:*", DateLessThan={"aws:CurrentTime": "tomorrow"})),
        policy(allow("appstream:*")).replace("2012-10-17", "2026-01-01"),
        "{",
    ):
        expect.error(put(document), "MalformedPolicyDocument")
    assert iam.list_user_policies(UserName=unique)["PolicyNames"] == []


def test_a_stolen_database_yields_no_secret(own_server, tmp_path):
    user = identities.user(own_server, "jane", policy(allow("appstream:Describe*")))
    user.client("appstream").describe_stacks()
    own_server.stop()
    stolen = own_server.database.read_bytes() + b"".join(path.read_bytes() for path in own_server.database.parent.glob("millrace.db-*"))
    assert user.key.encode() in stolen, "its id is no secret"
    assert user.secret.encode() not in stolen
    with sqlite3.connect(own_server.database) as database:
        [body] = database.execute("SELECT body FROM identities WHERE kind = 'user'").fetchone()
    assert user.secret not in body and "sealed" in body

    # Nor does a server with another key file let anybody in by it; with the right one again, it does.
    vault = own_server.data_dir / "vault.key"
    right = vault.read_bytes()
    trail = own_server.data_dir / "server" / "audit"
    trail.rename(tmp_path / "audit")
    vault.write_bytes(bytes(32))
    own_server.start()
    expect.error(lambda: user.client("appstream").describe_stacks(), "UnrecognizedClientException")
    assert "is the key file another one?" in own_server.log_tail()
    own_server.stop()
    vault.write_bytes(right)
    for path in trail.iterdir():
        path.unlink()
    own_server.start()
    user.client("appstream").describe_stacks()
