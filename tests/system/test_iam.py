"""Users, groups, roles and policies with the official clients: boto3 and the AWS CLI, through the query APIs on the server's own port."""

import json
import os
import subprocess

import pytest
from botocore.exceptions import ClientError
from harness.identities import client
from harness.server import REGION

TEAM = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["appstream:CreateStack", "appstream:TagResource"],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestTag/Team": "${aws:PrincipalTag/Team}"}},
            },
            {
                "Effect": "Allow",
                "Action": "appstream:DeleteStack",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:ResourceTag/Team": "${aws:PrincipalTag/Team}"}},
            },
            {"Effect": "Allow", "Action": "appstream:Describe*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}},
        ],
    }
)


def code_of(call, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"]


def test_the_life_of_a_user(server):
    iam = client(server, "iam")
    user = iam.create_user(UserName="jane", Path="/people/", Tags=[{"Key": "Team", "Value": "blue"}])["User"]
    assert user["Arn"] == f"arn:aws:iam::{server.account.id}:user/people/jane"
    assert iam.get_user(UserName="jane")["User"]["Tags"] == [{"Key": "Team", "Value": "blue"}]
    policy = iam.create_policy(PolicyName="team", PolicyDocument=TEAM, Description="a team's own")["Policy"]
    assert iam.get_policy(PolicyArn=policy["Arn"])["Policy"]["DefaultVersionId"] == "v1"
    document = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId="v1")["PolicyVersion"]["Document"]
    assert document == json.loads(TEAM)
    iam.create_group(GroupName="team")
    iam.attach_group_policy(GroupName="team", PolicyArn=policy["Arn"])
    iam.add_user_to_group(GroupName="team", UserName="jane")
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="jane")["Groups"]] == ["team"]
    key = iam.create_access_key(UserName="jane")["AccessKey"]
    jane = server_client = client(server, "appstream", key["AccessKeyId"], key["SecretAccessKey"])
    assert code_of(jane.create_stack, Name="bare") == "AccessDeniedException"
    jane.create_stack(Name="blue", Tags={"Team": "blue"})
    assert [stack["Name"] for stack in jane.describe_stacks()["Stacks"]] == ["blue"]
    jane.delete_stack(Name="blue")
    with pytest.raises(ClientError) as error:
        jane.delete_fleet(Name="x")
    assert error.value.response["Error"]["Message"] == (
        f"User: {user['Arn']} is not authorized to perform: appstream:DeleteFleet on resource: "
        f"arn:aws:appstream:{REGION}:{server.account.id}:fleet/x because no identity-based policy allows the appstream:DeleteFleet action"
    )
    iam.update_access_key(UserName="jane", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert code_of(server_client.describe_stacks) == "UnrecognizedClientException"
    # The order in which Terraform takes everything away.
    iam.delete_access_key(UserName="jane", AccessKeyId=key["AccessKeyId"])
    iam.remove_user_from_group(GroupName="team", UserName="jane")
    iam.detach_group_policy(GroupName="team", PolicyArn=policy["Arn"])
    iam.delete_group(GroupName="team")
    assert code_of(iam.get_group, GroupName="team") == "NoSuchEntity"
    assert [version["VersionId"] for version in iam.list_policy_versions(PolicyArn=policy["Arn"])["Versions"]] == ["v1"]
    iam.delete_policy(PolicyArn=policy["Arn"])
    iam.delete_user(UserName="jane")
    assert code_of(iam.get_user, UserName="jane") == "NoSuchEntity"


def test_roles_and_sessions(server):
    iam = client(server, "iam")
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{server.account.id}:root"}}],
        }
    )
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trust, MaxSessionDuration=3600)["Role"]
    assert iam.get_role(RoleName="reader")["Role"]["AssumeRolePolicyDocument"] == json.loads(trust)
    iam.attach_role_policy(RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/AmazonAppStreamReadOnlyAccess")
    iam.create_user(UserName="bob")
    may = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role["Arn"]}]}
    key = iam.create_access_key(UserName="bob")["AccessKey"]
    bob = client(server, "sts", key["AccessKeyId"], key["SecretAccessKey"])
    assert code_of(bob.assume_role, RoleArn=role["Arn"], RoleSessionName="work") == "AccessDenied"
    iam.put_user_policy(UserName="bob", PolicyName="may", PolicyDocument=json.dumps(may))
    session = bob.assume_role(RoleArn=role["Arn"], RoleSessionName="work", DurationSeconds=900)
    credentials = session["Credentials"]
    given = (credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
    assert client(server, "sts", *given).get_caller_identity()["Arn"] == session["AssumedRoleUser"]["Arn"]
    appstream = client(server, "appstream", *given)
    appstream.describe_fleets()
    assert code_of(appstream.create_stack, Name="x") == "AccessDeniedException"
    assert code_of(iam.create_saml_provider, SAMLMetadataDocument="x" * 1000, Name="x") == "InvalidAction"
    iam.detach_role_policy(RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/AmazonAppStreamReadOnlyAccess")
    assert iam.list_instance_profiles_for_role(RoleName="reader")["InstanceProfiles"] == []
    iam.delete_role(RoleName="reader")
    assert code_of(appstream.describe_fleets) == "UnrecognizedClientException"
    iam.delete_user_policy(UserName="bob", PolicyName="may")
    iam.delete_access_key(UserName="bob", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="bob")


def test_the_aws_cli(server):
    environment = server.environment() | {
        "AWS_ENDPOINT_URL_IAM": server.endpoint,
        "AWS_ENDPOINT_URL_STS": server.endpoint,
        "AWS_MAX_ATTEMPTS": "1",
    }

    def aws(*arguments):
        result = subprocess.run(
            [os.environ["MILLRACE_AWS_CLI"], *arguments, "--output", "json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout) if result.stdout else None

    assert aws("sts", "get-caller-identity")["Arn"] == f"arn:aws:iam::{server.account.id}:root"
    aws("iam", "create-user", "--user-name", "cli")
    aws("iam", "put-user-policy", "--user-name", "cli", "--policy-name", "team", "--policy-document", TEAM)
    shown = aws("iam", "get-user-policy", "--user-name", "cli", "--policy-name", "team")
    assert shown["PolicyDocument"] == json.loads(TEAM)
    assert [user["UserName"] for user in aws("iam", "list-users")["Users"]] == ["cli"]
    aws("iam", "delete-user-policy", "--user-name", "cli", "--policy-name", "team")
    aws("iam", "delete-user", "--user-name", "cli")
