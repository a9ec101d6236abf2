"""The tour of the README, with the unmodified AWS CLI."""

import json
import os
import subprocess

import pytest
from harness import wait
from harness.server import program


CLIS = {"version 1": "MILLRACE_AWS_CLI", "version 2": "MILLRACE_AWS_CLI_2"}


@pytest.fixture(params=CLIS.values(), ids=CLIS.keys())
def cli(request, server):
    """Runs `aws appstream …` of either version; returns its parsed output."""

    def cli(*arguments: str, check: bool = True):
        result = subprocess.run(
            # Debian's version 2 is older than the environment variables for endpoints.
            [program(request.param), "--endpoint-url", server.endpoint, "appstream", *arguments, "--output", "json"],
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


def test_the_versions_are_two():
    shown = [subprocess.run([program(variable), "--version"], capture_output=True, text=True, timeout=60, check=True).stdout for variable in CLIS.values()]
    assert [text.split()[0].split("/")[1].split(".")[0] for text in shown] == ["1", "2"], shown


def test_the_tour(request, cli, server, unique):
    name = unique
    waits = request.node.callspec.params["cli"] == CLIS["version 1"]
    stack = cli("create-stack", "--name", name, "--tags", "team=apps,stage=test")["Stack"]
    fleet = cli(
        *("create-fleet", "--name", name, "--image-name", "tiny", "--instance-type", "stream.standard.medium", "--fleet-type", "ON_DEMAND"),
        *("--compute-capacity", "DesiredInstances=1", "--tags", "team=apps"),
    )["Fleet"]
    assert fleet["State"] == "STOPPED"
    assert cli("list-tags-for-resource", "--resource-arn", stack["Arn"])["Tags"] == {"team": "apps", "stage": "test"}
    assert cli("list-tags-for-resource", "--resource-arn", fleet["Arn"])["Tags"] == {"team": "apps"}
    updated = cli("update-fleet", "--name", name, "--display-name", "Editors", "--idle-disconnect-timeout-in-seconds", "90")["Fleet"]
    assert (updated["DisplayName"], updated["IdleDisconnectTimeoutInSeconds"]) == ("Editors", 120)
    updated = cli("update-stack", "--name", name, "--redirect-url", "https://example.org/bye")["Stack"]
    assert updated["RedirectURL"] == "https://example.org/bye"
    updated = cli("update-stack", "--name", name, "--attributes-to-delete", "REDIRECT_URL", "FEEDBACK_URL")["Stack"]
    assert "RedirectURL" not in updated
    cli("tag-resource", "--resource-arn", fleet["Arn"], "--tags", "stage=test")
    cli("untag-resource", "--resource-arn", fleet["Arn"], "--tag-keys", "team")
    assert cli("list-tags-for-resource", "--resource-arn", fleet["Arn"])["Tags"] == {"stage": "test"}

    cli("associate-fleet", "--fleet-name", name, "--stack-name", name)
    cli("start-fleet", "--name", name)
    # The CLI's waiter looks every 30 s; once the fleet runs it returns at its first look. That of Debian's version 2 waits for ACTIVE, which no fleet ever is.
    wait.until(lambda: cli("describe-fleets", "--names", name)["Fleets"][0]["State"] == "RUNNING", seconds=60, what="RUNNING", interval=0.3)
    if waits:
        cli("wait", "fleet-started", "--names", name)
    url = cli("create-streaming-url", "--stack-name", name, "--fleet-name", name, "--user-id", "ann", "--validity", "300")
    assert url["StreamingURL"].startswith(server.endpoint)
    assert cli("describe-stacks", "--names", name)["Stacks"][0]["Name"] == name
    assert cli("describe-images", "--names", "tiny")["Images"][0]["State"] == "AVAILABLE"
    assert cli("list-associated-stacks", "--fleet-name", name)["Names"] == [name]
    assert cli("describe-sessions", "--stack-name", name, "--fleet-name", name)["Sessions"] == []

    cli("stop-fleet", "--name", name)
    wait.until(lambda: cli("describe-fleets", "--names", name)["Fleets"][0]["State"] == "STOPPED", seconds=60, what="STOPPED", interval=0.3)
    if waits:
        cli("wait", "fleet-stopped", "--names", name)
    cli("disassociate-fleet", "--fleet-name", name, "--stack-name", name)
    cli("delete-fleet", "--name", name)
    cli("delete-stack", "--name", name)
    gone = cli("describe-fleets", "--names", name, check=False)
    assert gone.returncode != 0 and "ResourceNotFoundException" in gone.stderr


def test_what_is_not_built_says_so(cli):
    refused = cli("describe-users", "--authentication-type", "USERPOOL", check=False)
    assert "OperationNotPermittedException" in refused.stderr and "DescribeUsers" in refused.stderr


def test_pages(cli, server, unique):
    """More than one reply holds: the CLI follows the tokens by itself, and hands out its own when it is told to stop."""
    client, names = server.client(), [f"{unique}-{number:02}" for number in range(55)]
    for name in names:
        client.create_stack(Name=name)
    listed = cli("describe-stacks", "--query", "Stacks[].Name")
    assert [name for name in listed if name.startswith(f"{unique}-")] == names
    first = cli("describe-stacks", "--max-items", "52")
    rest = cli("describe-stacks", "--starting-token", first["NextToken"])
    assert [stack["Name"] for page in (first, rest) for stack in page["Stacks"]] == listed
    assert [image["Name"] for image in cli("describe-images", "--page-size", "1")["Images"]] == ["tiny"]
    for name in names:
        client.delete_stack(Name=name)


def test_errors_reach_the_user(cli, unique):
    cases = [
        (("delete-stack", "--name", unique), "ResourceNotFoundException", f"The stack {unique} for account"),
        (("create-stack", "--name", "_no"), "ValidationException", "failed to satisfy constraint"),
        (("tag-resource", "--resource-arn", "nothing", "--tags", "a=b"), "ValidationException", "resourceArn"),
    ]
    for arguments, code, words in cases:
        refused = cli(*arguments, check=False)
        # 254 is what both versions end with when the service refuses; 255 what version 1 did once.
        assert refused.returncode in (254, 255), refused
        assert f"({code})" in refused.stderr and words in refused.stderr, refused.stderr
