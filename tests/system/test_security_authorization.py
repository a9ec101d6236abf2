"""Attacks on authorization that once succeeded, replayed with boto3."""

import json

import pytest
from harness import expect, identities
from harness.server import REGION

DENIED = "AccessDenied"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **condition):
    return {"Effect": "Allow", "Action": action, "Resource": resource} | ({"Condition": condition} if condition else {})


def deny(action, resource):
    return {"Effect": "Deny", "Action": action, "Resource": resource}


@pytest.fixture(scope="module")
def owner(server):
    return identities.client(server, "iam")


def arn(server, what):
    return f"arn:aws:iam::{server.account.id}:{what}"


def test_another_spelling_of_a_protected_user(server, owner, unique):
    boss, me = f"Boss-{unique}", f"me-{unique}"
    owner.create_user(UserName=boss)
    guarded = document(allow("iam:*"), deny("iam:*", [arn(server, f"user/{boss}"), arn(server, f"user/{me}")]))
    mine = identities.user(server, me, guarded).client("iam")
    for name in (boss, boss.lower(), boss.upper()):
        expect.error(lambda name=name: mine.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(allow("*"))), DENIED)
        expect.error(lambda name=name: mine.create_access_key(UserName=name), DENIED)
    expect.error(lambda: mine.delete_user_policy(UserName=me.upper(), PolicyName="p"), DENIED)
    expect.error(lambda: mine.create_access_key(), DENIED)


def test_a_parameter_that_the_action_does_not_have(server, owner, unique):
    boundary = owner.create_policy(PolicyName=f"Boundary-{unique}", PolicyDocument=document(allow("appstream:*")))["Policy"]["Arn"]
    bounded = f"bounded-{unique}"
    owner.create_user(UserName=bounded, PermissionsBoundary=boundary)
    delegate = identities.user(
        server, f"delegate-{unique}", document(allow("iam:PutUserPolicy", StringEquals={"iam:PermissionsBoundary": boundary}))
    ).client("iam")

    def add_parameter(params, **_):
        params["body"]["PermissionsBoundary"] = boundary

    delegate.put_user_policy(UserName=bounded, PolicyName="p", PolicyDocument=document(allow("*")))
    delegate.meta.events.register("before-call.iam.PutUserPolicy", add_parameter)
    put = lambda: delegate.put_user_policy(UserName=f"delegate-{unique}", PolicyName="q", PolicyDocument=document(allow("*")))  # noqa: E731
    expect.error(put, DENIED)


def test_a_name_that_a_role_trusts(server, owner, unique):
    oncall, intern = f"oncall-{unique}", f"intern-{unique}"
    trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": arn(server, f"user/{oncall}")}})
    role = f"Glass-{unique}"
    expect.error(lambda: owner.create_role(RoleName=role, AssumeRolePolicyDocument=trust), "MalformedPolicyDocument")
    owner.create_user(UserName=oncall)
    role_arn = owner.create_role(RoleName=role, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    owner.delete_user(UserName=oncall)
    user = identities.user(server, intern, document(allow("iam:UpdateUser", arn(server, "user/intern-*")), allow("sts:AssumeRole")))
    expect.error(lambda: user.client("iam").update_user(UserName=intern, NewUserName=oncall), DENIED)
    owner.update_user(UserName=intern, NewUserName=oncall)
    expect.error(lambda: user.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="session"), DENIED)
    shown = owner.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"]["AWS"].startswith("AIDA")


def test_tags_and_images_that_are_denied(server, unique):
    image = f"arn:aws:appstream:{REGION}:{server.account.id}:image/secret"
    guarded = document(allow("appstream:*"), deny("appstream:TagResource", "*"), deny("appstream:*", image))
    client = identities.user(server, f"guarded-{unique}", guarded).client("appstream")
    denied = "AccessDeniedException"
    expect.error(lambda: client.create_stack(Name=unique, Tags={"a": "b"}), denied)
    client.create_stack(Name=unique)
    client.delete_stack(Name=unique)
    role = arn(server, "role/any")
    expect.error(lambda: client.create_export_image_task(ImageName="secret", AmiName=unique, IamRoleArn=role), denied)
    expect.error(
        lambda: client.copy_image(SourceImageName="secret", DestinationImageName=unique, DestinationRegion=REGION), denied
    )


def test_a_wildcard_in_the_service_of_an_action(owner, unique):
    for action in ("app*:UpdateStack", "*:UpdateStack", "appstrea?:*"):
        expect.error(lambda action=action: owner.create_policy(PolicyName=unique, PolicyDocument=document(allow(action))), "MalformedPolicyDocument")
