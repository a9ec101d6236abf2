"""What Terraform's AWS provider asks of IAM and STS, in its order: create, read, change, plan again, destroy."""

import json

import pytest
from harness import expect, identities
from harness.identities import allow, policy

DOCUMENT = policy(allow("appstream:Describe*"))
CHANGED = policy(allow(["appstream:Describe*", "appstream:List*"]))


@pytest.fixture
def iam(server):
    # Before anything else the provider asks who it is.
    identity = identities.client(server, "sts").get_caller_identity()
    assert identity["Account"] == server.account.id and identity["Arn"] == f"arn:aws:iam::{server.account.id}:root"
    return identities.client(server, "iam")


def tags(**all_of_them: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in all_of_them.items()]


def test_a_user_with_key_and_policies(iam, unique):
    # aws_iam_user, aws_iam_access_key, aws_iam_user_policy, aws_iam_user_policy_attachment, aws_iam_user_group_membership
    iam.create_user(UserName=unique, Path="/terraform/", Tags=tags(Team="blue"))
    assert iam.get_user(UserName=unique)["User"]["Tags"] == tags(Team="blue")
    key = iam.create_access_key(UserName=unique)["AccessKey"]["AccessKeyId"]
    assert [found["Status"] for found in iam.list_access_keys(UserName=unique)["AccessKeyMetadata"]] == ["Active"]
    iam.put_user_policy(UserName=unique, PolicyName="inline", PolicyDocument=DOCUMENT)
    assert iam.get_user_policy(UserName=unique, PolicyName="inline")["PolicyDocument"] == json.loads(DOCUMENT)
    iam.attach_user_policy(UserName=unique, PolicyArn="arn:aws:iam::aws:policy/AmazonAppStreamReadOnlyAccess")
    attached = iam.list_attached_user_policies(UserName=unique)["AttachedPolicies"]
    assert [one["PolicyName"] for one in attached] == ["AmazonAppStreamReadOnlyAccess"]
    iam.create_group(GroupName=unique)
    iam.add_user_to_group(GroupName=unique, UserName=unique)
    assert [one["GroupName"] for one in iam.list_groups_for_user(UserName=unique)["Groups"]] == [unique]

    # Changes: tags, an inactive key, another document, another name.
    iam.tag_user(UserName=unique, Tags=tags(Team="red", Note="x"))
    iam.untag_user(UserName=unique, TagKeys=["Note"])
    iam.update_access_key(UserName=unique, AccessKeyId=key, Status="Inactive")
    iam.put_user_policy(UserName=unique, PolicyName="inline", PolicyDocument=CHANGED)
    renamed = f"{unique}-renamed"
    iam.update_user(UserName=unique, NewUserName=renamed, NewPath="/")
    user = iam.get_user(UserName=renamed)["User"]
    assert user["Tags"] == tags(Team="red") and user["Path"] == "/"
    assert iam.get_user_policy(UserName=renamed, PolicyName="inline")["PolicyDocument"] == json.loads(CHANGED)
    assert [found["Status"] for found in iam.list_access_keys(UserName=renamed)["AccessKeyMetadata"]] == ["Inactive"]

    # Destroyed, with force_destroy.
    iam.remove_user_from_group(GroupName=unique, UserName=renamed)
    iam.delete_group(GroupName=unique)
    iam.detach_user_policy(UserName=renamed, PolicyArn="arn:aws:iam::aws:policy/AmazonAppStreamReadOnlyAccess")
    iam.delete_user_policy(UserName=renamed, PolicyName="inline")
    expect.error(lambda: iam.get_user_policy(UserName=renamed, PolicyName="inline"), "NoSuchEntity")
    expect.error(lambda: iam.delete_user(UserName=renamed), "DeleteConflict")
    assert iam.list_groups_for_user(UserName=renamed)["Groups"] == []
    for found in iam.list_access_keys(UserName=renamed)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=renamed, AccessKeyId=found["AccessKeyId"])
    assert iam.list_ssh_public_keys(UserName=renamed)["SSHPublicKeys"] == []
    assert iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"] == []
    assert iam.list_mfa_devices(UserName=renamed)["MFADevices"] == []
    expect.error(lambda: iam.delete_login_profile(UserName=renamed), "NoSuchEntity")
    assert iam.list_signing_certificates(UserName=renamed)["Certificates"] == []
    assert iam.list_service_specific_credentials(UserName=renamed)["ServiceSpecificCredentials"] == []
    iam.delete_user(UserName=renamed)
    expect.error(lambda: iam.get_user(UserName=renamed), "NoSuchEntity")


def test_a_policy_and_its_versions(iam, server, unique):
    # aws_iam_policy: the provider keeps five versions at most, and deletes the oldest before it makes a sixth.
    made = iam.create_policy(PolicyName=unique, PolicyDocument=DOCUMENT, Description="a team's own", Tags=tags(Team="blue"))["Policy"]
    arn = made["Arn"]
    assert arn == f"arn:aws:iam::{server.account.id}:policy/{unique}"
    for number in range(2, 8):
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        if len(versions) == 5:
            oldest = min((one for one in versions if not one["IsDefaultVersion"]), key=lambda one: int(one["VersionId"][1:]))
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=CHANGED, SetAsDefault=True)
        policy_now = iam.get_policy(PolicyArn=arn)["Policy"]
        assert policy_now["DefaultVersionId"] == f"v{number}" and policy_now["Tags"] == tags(Team="blue")
        document = iam.get_policy_version(PolicyArn=arn, VersionId=policy_now["DefaultVersionId"])["PolicyVersion"]["Document"]
        assert document == json.loads(CHANGED)
    iam.tag_policy(PolicyArn=arn, Tags=tags(Team="red"))
    iam.untag_policy(PolicyArn=arn, TagKeys=["Team"])
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)
    expect.error(lambda: iam.get_policy(PolicyArn=arn), "NoSuchEntity")


def test_a_role(iam, server, unique):
    # aws_iam_role, aws_iam_role_policy, aws_iam_role_policy_attachment
    def trust(principal: str) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": principal}}]})

    root, other = f"arn:aws:iam::{server.account.id}:root", f"arn:aws:iam::{server.other_account.id}:root"
    iam.create_role(RoleName=unique, AssumeRolePolicyDocument=trust(root), MaxSessionDuration=3600, Path="/", Tags=tags(Team="blue"))
    role = iam.get_role(RoleName=unique)["Role"]
    assert role["AssumeRolePolicyDocument"] == json.loads(trust(root)) and role["Tags"] == tags(Team="blue")
    assert iam.list_role_policies(RoleName=unique)["PolicyNames"] == []
    assert iam.list_attached_role_policies(RoleName=unique)["AttachedPolicies"] == []
    iam.put_role_policy(RoleName=unique, PolicyName="inline", PolicyDocument=DOCUMENT)
    assert iam.get_role_policy(RoleName=unique, PolicyName="inline")["PolicyDocument"] == json.loads(DOCUMENT)
    iam.attach_role_policy(RoleName=unique, PolicyArn="arn:aws:iam::aws:policy/AmazonAppStreamFullAccess")
    # Changes.
    iam.update_assume_role_policy(RoleName=unique, PolicyDocument=trust(other))
    iam.update_role(RoleName=unique, Description="changed", MaxSessionDuration=7200)
    iam.tag_role(RoleName=unique, Tags=tags(Note="x"))
    iam.untag_role(RoleName=unique, TagKeys=["Team"])
    role = iam.get_role(RoleName=unique)["Role"]
    assert (role["Description"], role["MaxSessionDuration"], role["Tags"]) == ("changed", 7200, tags(Note="x"))
    assert role["AssumeRolePolicyDocument"] == json.loads(trust(other))
    # Destroyed.
    iam.detach_role_policy(RoleName=unique, PolicyArn="arn:aws:iam::aws:policy/AmazonAppStreamFullAccess")
    iam.delete_role_policy(RoleName=unique, PolicyName="inline")
    assert iam.list_instance_profiles_for_role(RoleName=unique)["InstanceProfiles"] == []
    iam.delete_role(RoleName=unique)
    expect.error(lambda: iam.get_role(RoleName=unique), "NoSuchEntity")


def test_whatever_else_there_is_answers_clearly(iam, server):
    said = expect.error(lambda: iam.get_account_summary(), "InvalidAction")
    assert said == "The action GetAccountSummary is not supported by this installation."
    expect.error(lambda: iam.list_open_id_connect_providers(), "InvalidAction")
    expect.error(lambda: identities.client(server, "sts").get_session_token(), "InvalidAction")
