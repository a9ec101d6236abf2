"""Clients of the IAM and STS query APIs, and users made for a test."""

import json
from dataclasses import dataclass

import boto3
from botocore.config import Config

from . import planted
from .server import REGION, Server


def client(server: Server, service: str, key: str = "", secret: str = "", token: str | None = None, **config):
    """A boto3 client without retries; the root's of the server's first account, unless another key is given."""
    defaults = {"retries": {"total_max_attempts": 1}, "connect_timeout": 5, "read_timeout": 60, "proxies": {}}
    return boto3.Session().client(
        service,
        endpoint_url=server.endpoint,
        region_name=REGION,
        aws_access_key_id=key or server.account.access_key_id,
        aws_secret_access_key=secret or server.account.secret_access_key,
        aws_session_token=token,
        config=Config(**(defaults | config)),
    )


def policy(*statements: dict) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: str | list[str], resources: str | list[str] = "*", **condition: dict) -> dict:
    """A statement that allows."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Condition": condition} if condition else {})


@dataclass(frozen=True)
class User:
    """A user with a key."""

    server: Server
    name: str
    key: str
    secret: str

    def client(self, service: str, **config):
        return client(self.server, service, self.key, self.secret, **config)


def user(server: Server, name: str, document: str = "", **tags: str) -> User:
    """Makes a user with a key, an inline policy, and tags."""
    iam = client(server, "iam")
    iam.create_user(UserName=name, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    if document:
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    planted.note(key["SecretAccessKey"])
    return User(server, name, key["AccessKeyId"], key["SecretAccessKey"])
