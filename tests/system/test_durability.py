"""SIGKILL at any moment: what was acknowledged is there afterwards, whole."""

import os
import random

from harness import expect, viewer
from harness.writers import writers

SOON = {"Delay": 1, "MaxAttempts": 60}
FLEET = {"InstanceType": "stream.standard.small", "ImageName": "tiny"}


def test_acknowledged_writes_outlive_a_kill(own_server, protocol):
    client = own_server.client(protocol)
    client.create_stack(Name="kept", Description="kept", Tags={"a": "1"})
    fleet = client.create_fleet(Name="kept", ComputeCapacity={"DesiredInstances": 1}, FleetType="ALWAYS_ON", Tags={"b": "2"}, **FLEET)["Fleet"]
    client.associate_fleet(FleetName="kept", StackName="kept")
    client.start_fleet(Name="kept")
    client.get_waiter("fleet_started").wait(Names=["kept"], WaiterConfig=SOON)
    url = client.create_streaming_url(StackName="kept", FleetName="kept", UserId="ann", Validity=600)["StreamingURL"]
    client.create_stack(Name="gone")
    client.delete_stack(Name="gone")
    before = client.describe_stacks(Names=["kept"])["Stacks"]

    own_server.kill()
    own_server.start()
    client = own_server.client(protocol)

    assert client.describe_stacks(Names=["kept"])["Stacks"] == before
    assert client.list_tags_for_resource(ResourceArn=before[0]["Arn"])["Tags"] == {"a": "1"}
    assert client.list_tags_for_resource(ResourceArn=fleet["Arn"])["Tags"] == {"b": "2"}
    assert client.describe_images(Names=["tiny"])["Images"][0]["State"] == "AVAILABLE"
    expect.error(lambda: client.describe_stacks(Names=["gone"]), "ResourceNotFoundException")
    # The fleet was to run, so it runs again; and the ticket of before is good, once.
    client.get_waiter("fleet_started").wait(Names=["kept"], WaiterConfig=SOON)
    assert viewer.admit(url)[-1]["state"] == "ready"
    assert viewer.admit(url)[-1]["reason"] == "spent"

    own_server.kill()
    own_server.start()
    assert viewer.admit(url)[-1]["reason"] == "spent", "a spent ticket stays spent"


def test_kills_while_clients_write(own_server):
    """Several kills while threads create stacks with tags: each acknowledged one is there with all of its tags, each other one wholly or not at all."""
    tags = {f"k{number}": "v" for number in range(20)}
    random_source = random.Random(7)
    acknowledged: set[str] = set()
    for round_number in range(4):
        with writers(own_server, f"s-{round_number}", lambda client, name: client.create_stack(Name=name, Tags=tags)) as writing:
            writing.wait_for(random_source.randrange(10, 60))
            own_server.kill()
        acknowledged |= writing.acknowledged
        own_server.start()
        client = own_server.client()
        stacks = {stack["Name"]: stack["Arn"] for page in client.get_paginator("describe_stacks").paginate() for stack in page["Stacks"]}
        assert acknowledged <= set(stacks), acknowledged - set(stacks)
        for name in [name for name in stacks if name.startswith(f"s-{round_number}-")]:
            assert client.list_tags_for_resource(ResourceArn=stacks[name])["Tags"] == tags


def test_two_servers_do_not_share_a_data_directory(own_server):
    second = own_server.command("serve", check=False, timeout=30)
    assert second.returncode != 0
    assert second.stderr or second.stdout
    assert own_server.http_status("/readyz") == 200


def test_the_admin_socket_is_the_owners(own_server):
    socket = own_server.data_dir / "admin.sock"
    assert socket.is_socket()
    assert os.stat(socket).st_mode & 0o777 == 0o600
