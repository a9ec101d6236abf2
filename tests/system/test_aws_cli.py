"""The tour of the README, with the unmodified AWS CLI."""

import json
import os
import subprocess

import pytest
from harness import wait
from harness.server import program


@pytest.fixture
def cli(server):
    """Runs `aws appstream …`; returns its parsed output."""

    def cli(*arguments: str, check: bool = True):
        result = subprocess.run(
            [program("MILLRACE_AWS_CLI"), "appstream", *arguments, "--output", "json"],
            env=server.environment() | {"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        if not check:
            return result
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout) if result.stdout.strip() else None

    return cli


def test_the_tour(cli, server, unique):
    name = unique
    stack = cli("create-stack", "--name", name, "--tags", "team=apps,stage=test")["Stack"]
    fleet = cli(
        *("create-fleet", "--name", name, "--image-name", "tiny", "--instance-type", "stream.standard.medium", "--fleet-type", "ON_DEMAND"),
        *("--compute-capacity", "DesiredInstances=1", "--tags", "team=apps"),
    )["Fleet"]
    assert fleet["State"] == "STOPPED"
    assert cli("list-tags-for-resource", "--resource-arn", stack["Arn"])["Tags"] == {"team": "apps", "stage": "test"}
    assert cli("list-tags-for-resource", "--resource-arn", fleet["Arn"])["Tags"] == {"team": "apps"}
    cli("tag-resource", "--resource-arn", fleet["Arn"], "--tags", "stage=test")
    cli("untag-resource", "--resource-arn", fleet["Arn"], "--tag-keys", "team")
    assert cli("list-tags-for-resource", "--resource-arn", fleet["Arn"])["Tags"] == {"stage": "test"}

    cli("associate-fleet", "--fleet-name", name, "--stack-name", name)
    cli("start-fleet", "--name", name)
    # The CLI's waiter looks every 30 s; once the fleet runs it returns at its first look.
    wait.until(lambda: cli("describe-fleets", "--names", name)["Fleets"][0]["State"] == "RUNNING", seconds=60, what="RUNNING", interval=0.3)
    cli("wait", "fleet-started", "--names", name)
    url = cli("create-streaming-url", "--stack-name", name, "--fleet-name", name, "--user-id", "ann", "--validity", "300")
    assert url["StreamingURL"].startswith(server.endpoint)
    assert cli("describe-stacks", "--names", name)["Stacks"][0]["Name"] == name
    assert cli("describe-images", "--names", "tiny")["Images"][0]["State"] == "AVAILABLE"
    assert cli("describe-sessions", "--stack-name", name, "--fleet-name", name)["Sessions"] == []

    cli("stop-fleet", "--name", name)
    wait.until(lambda: cli("describe-fleets", "--names", name)["Fleets"][0]["State"] == "STOPPED", seconds=60, what="STOPPED", interval=0.3)
    cli("wait", "fleet-stopped", "--names", name)
    cli("disassociate-fleet", "--fleet-name", name, "--stack-name", name)
    cli("delete-fleet", "--name", name)
    cli("delete-stack", "--name", name)
    gone = cli("describe-fleets", "--names", name, check=False)
    assert gone.returncode != 0 and "ResourceNotFoundException" in gone.stderr


def test_what_is_not_built_says_so(cli):
    refused = cli("describe-users", "--authentication-type", "USERPOOL", check=False)
    assert "OperationNotPermittedException" in refused.stderr and "DescribeUsers" in refused.stderr
