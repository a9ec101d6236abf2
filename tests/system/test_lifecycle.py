"""The whole life of stack, fleet and session, in both protocols."""

import datetime
import urllib.request

from harness import expect, viewer, wait

SOON = {"Delay": 1, "MaxAttempts": 60}


def one_fleet(aws, name):
    return aws.describe_fleets(Names=[name])["Fleets"][0]


def test_from_creation_to_deletion(aws, unique):
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=2)
    created = aws.create_stack(Name=unique, DisplayName="A stack", Description="For a test")["Stack"]
    assert created["CreatedTime"] >= before
    fleet = aws.create_fleet(
        Name=unique,
        InstanceType="stream.standard.medium",
        FleetType="ALWAYS_ON",
        ImageName="tiny",
        ComputeCapacity={"DesiredInstances": 2},
    )["Fleet"]
    expect.fields(fleet, State="STOPPED", Name=unique)
    assert fleet["ComputeCapacityStatus"]["Desired"] == 2
    assert fleet["ComputeCapacityStatus"].get("Running", 0) == 0

    aws.associate_fleet(FleetName=unique, StackName=unique)
    aws.start_fleet(Name=unique)
    assert one_fleet(aws, unique)["State"] in ("STARTING", "RUNNING")
    aws.get_waiter("fleet_started").wait(Names=[unique], WaiterConfig=SOON)
    # RUNNING means that the first instance is ready; the others follow.
    counts = wait.until(
        lambda: (status := one_fleet(aws, unique)["ComputeCapacityStatus"]).get("Available") == 2 and status,
        seconds=20,
        what="both instances to be available",
        detail=lambda: one_fleet(aws, unique),
    )
    expect.fields(counts, Desired=2, Running=2, InUse=0, Available=2)
    assert aws.describe_sessions(StackName=unique, FleetName=unique)["Sessions"] == []

    url = aws.create_streaming_url(StackName=unique, FleetName=unique, UserId="ann", Validity=300)["StreamingURL"]
    lines = viewer.admit(url)
    assert lines[-1]["state"] == "ready", lines
    assert lines[-1]["stack"] == unique
    session = aws.describe_sessions(StackName=unique, FleetName=unique)["Sessions"][0]
    expect.fields(
        session, Id=..., UserId="ann", StackName=unique, FleetName=unique, AuthenticationType="API", ConnectionState="NOT_CONNECTED", StartTime=..., MaxExpirationTime=...
    )
    assert (session["MaxExpirationTime"] - session["StartTime"]).total_seconds() == 57600
    expect.fields(one_fleet(aws, unique)["ComputeCapacityStatus"], InUse=1, Available=1, Running=2)
    expect.error(lambda: aws.disassociate_fleet(FleetName=unique, StackName=unique), "ResourceInUseException")

    aws.stop_fleet(Name=unique)
    aws.get_waiter("fleet_stopped").wait(Names=[unique], WaiterConfig=SOON)
    live = [s for s in aws.describe_sessions(StackName=unique, FleetName=unique)["Sessions"] if s["State"] != "EXPIRED"]
    assert live == [], "StopFleet ends sessions"
    status = one_fleet(aws, unique)["ComputeCapacityStatus"]
    assert (status["Desired"], status.get("Running", 0), status.get("Available", 0), status.get("InUse", 0)) == (2, 0, 0, 0)

    aws.disassociate_fleet(FleetName=unique, StackName=unique)
    aws.delete_fleet(Name=unique)
    aws.delete_stack(Name=unique)
    expect.error(lambda: aws.describe_fleets(Names=[unique]), "ResourceNotFoundException")
    expect.error(lambda: aws.describe_stacks(Names=[unique]), "ResourceNotFoundException")


def test_on_demand_counts_instances_that_can_be_made(aws, fleet):
    aws.start_fleet(Name=fleet)
    aws.get_waiter("fleet_started").wait(Names=[fleet], WaiterConfig=SOON)
    expect.fields(one_fleet(aws, fleet)["ComputeCapacityStatus"], Desired=1, Running=0, InUse=0, Available=1)


def test_harmless_repeats_succeed(aws, fleet, stack):
    aws.stop_fleet(Name=fleet)  # Terraform does so before every delete
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    aws.start_fleet(Name=fleet)
    aws.start_fleet(Name=fleet)
    aws.get_waiter("fleet_started").wait(Names=[fleet], WaiterConfig=SOON)
    aws.start_fleet(Name=fleet)
    assert one_fleet(aws, fleet)["State"] == "RUNNING"
    aws.stop_fleet(Name=fleet)
    aws.stop_fleet(Name=fleet)
    aws.get_waiter("fleet_stopped").wait(Names=[fleet], WaiterConfig=SOON)


def test_the_streaming_url(server, aws, fleet, stack):
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    aws.start_fleet(Name=fleet)
    aws.get_waiter("fleet_started").wait(Names=[fleet], WaiterConfig=SOON)
    now = datetime.datetime.now(datetime.UTC)
    answer = aws.create_streaming_url(StackName=stack, FleetName=fleet, UserId="ann@example.org", SessionContext="a context")
    assert abs((answer["Expires"] - now).total_seconds() - 60) < 10, "Validity defaults to 60 s"
    url = answer["StreamingURL"]
    assert url.startswith(f"{server.endpoint}/authenticate?parameters="), "absolute, under public_url"
    content = viewer.content(url)
    expect.fields(
        content,
        type="END_USER",
        awsAccountId=server.account.id,
        userId="ann@example.org",
        catalogSource=f"stack/{stack}",
        fleetRef=f"fleet/{fleet}",
        userContext="a context",
    )
    assert isinstance(content["expires"], str)
    assert abs(int(content["expires"]) - answer["Expires"].timestamp()) <= 1

    with urllib.request.urlopen(url) as page:  # opening the page spends nothing
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["referrer-policy"] == "no-referrer"
    forged = viewer.admit(url, signature="A" * 43 + "=")
    assert forged[-1]["state"] == "refused" and forged[-1]["reason"] == "invalid_ticket", forged
    parameters = viewer.ticket(url)[0]
    # The first character stands for bits of its own, whichever it is: the text always changes, and so does what it means.
    altered = viewer.admit(url, parameters=("B" if parameters[0] == "A" else "A") + parameters[1:])
    assert altered[-1]["reason"] == "invalid_ticket", altered

    first, second = viewer.admit(url), viewer.admit(url)
    assert first[-1]["state"] == "ready", first
    assert second[-1] == second[-1] | {"state": "refused", "reason": "spent"}, second
    assert second[-1]["message"]


def test_a_streaming_url_ends(aws, fleet, stack):
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    aws.start_fleet(Name=fleet)
    aws.get_waiter("fleet_started").wait(Names=[fleet], WaiterConfig=SOON)
    url = aws.create_streaming_url(StackName=stack, FleetName=fleet, UserId="ann", Validity=1)["StreamingURL"]
    expires = int(viewer.content(url)["expires"])
    wait.until(lambda: datetime.datetime.now().timestamp() > expires + 0.1, seconds=5, what="the URL's end")
    assert viewer.admit(url)[-1] == viewer.admit(url)[-1] | {"state": "refused", "reason": "expired"}

    late = aws.create_streaming_url(StackName=stack, FleetName=fleet, UserId="ann")["StreamingURL"]
    aws.stop_fleet(Name=fleet)
    aws.get_waiter("fleet_stopped").wait(Names=[fleet], WaiterConfig=SOON)
    assert viewer.admit(late)[-1]["reason"] == "fleet_not_running"


def test_accounts_and_regions_share_nothing(server, aws, protocol, fleet, stack):
    elsewhere = server.client(protocol, region="eu-central-1")
    stranger = server.client(protocol, account=server.other_account)
    arn = one_fleet(aws, fleet)["Arn"]
    for other in (elsewhere, stranger):
        assert fleet not in [one["Name"] for one in other.describe_fleets()["Fleets"]]
        expect.error(lambda other=other: other.describe_fleets(Names=[fleet]), "ResourceNotFoundException")
        expect.error(lambda other=other: other.delete_stack(Name=stack), "ResourceNotFoundException")
        expect.error(lambda other=other: other.list_tags_for_resource(ResourceArn=arn), "ResourceNotFoundException", "AccessDeniedException")
        own = other.create_stack(Name=stack)["Stack"]  # the same name is free there
        assert own["Arn"] != aws.describe_stacks(Names=[stack])["Stacks"][0]["Arn"]
        other.delete_stack(Name=stack)
    assert aws.describe_stacks(Names=[stack])["Stacks"][0]["Name"] == stack
