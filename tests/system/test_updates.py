"""UpdateFleet, UpdateStack, the lists of associations, ExpireSession."""

from harness import expect, viewer, wait

SOON = {"Delay": 1, "MaxAttempts": 60}


def one_fleet(aws, name):
    return aws.describe_fleets(Names=[name])["Fleets"][0]


def test_a_stopped_fleet_takes_everything(aws, fleet):
    change = {
        "DisplayName": "New",
        "Description": "Described",
        "InstanceType": "stream.compute.large",
        "MaxUserDurationInSeconds": 600,
        "DisconnectTimeoutInSeconds": 60,
        "StreamView": "DESKTOP",
        "EnableDefaultInternetAccess": True,
    }
    updated = aws.update_fleet(Name=fleet, ComputeCapacity={"DesiredInstances": 3}, IdleDisconnectTimeoutInSeconds=90, **change)["Fleet"]
    expect.fields(updated, Name=fleet, State="STOPPED", ImageName="tiny", IdleDisconnectTimeoutInSeconds=120, **change)
    assert updated["ComputeCapacityStatus"]["Desired"] == 3
    assert one_fleet(aws, fleet) == updated
    # What is not named stays.
    assert aws.update_fleet(Name=fleet, DisplayName="Newer")["Fleet"] == updated | {"DisplayName": "Newer"}


def test_updates_that_are_refused(aws, fleet):
    before = one_fleet(aws, fleet)
    expect.error(lambda: aws.update_fleet(Name=f"{fleet}-missing", DisplayName="x"), "ResourceNotFoundException")
    expect.error(lambda: aws.update_fleet(DisplayName="x"), "InvalidParameterCombinationException", "ValidationException")
    expect.error(lambda: aws.update_fleet(Name=fleet, ImageName="nothing"), "ResourceNotFoundException")
    expect.error(lambda: aws.update_fleet(Name=fleet, InstanceType="stream.standard.enormous"), "InvalidParameterValueException")
    expect.error(lambda: aws.update_stack(Name=f"{fleet}-missing", DisplayName="x"), "ResourceNotFoundException")
    expect.error(lambda: aws.update_stack(Name=fleet, RedirectURL="javascript:x"), "InvalidParameterValueException", "ValidationException")
    assert one_fleet(aws, fleet) == before


def test_a_running_fleet_takes_a_few(aws, fleet):
    aws.start_fleet(Name=fleet)
    aws.get_waiter("fleet_started").wait(Names=[fleet], WaiterConfig=SOON)
    expect.error(
        lambda: aws.update_fleet(Name=fleet, InstanceType="stream.compute.large"),
        "ResourceInUseException",
        says=f"for fleet {fleet} when it is ACTIVE. The fleet must be stopped to complete this action.",
    )
    updated = aws.update_fleet(Name=fleet, DisplayName="Busy", DisconnectTimeoutInSeconds=120, ComputeCapacity={"DesiredInstances": 2})["Fleet"]
    expect.fields(updated, DisplayName="Busy", DisconnectTimeoutInSeconds=120, State="RUNNING")
    wait.until(lambda: one_fleet(aws, fleet)["ComputeCapacityStatus"]["Available"] == 2, seconds=10, what="the new capacity")


def test_a_stack_comes_back_whole(aws, stack):
    first = aws.update_stack(Name=stack, DisplayName="A", RedirectURL="https://example.org/", FeedbackURL="https://example.org/f")["Stack"]
    expect.fields(first, Name=stack, DisplayName="A", RedirectURL="https://example.org/", FeedbackURL="https://example.org/f")
    second = aws.update_stack(Name=stack, AttributesToDelete=["REDIRECT_URL", "IAM_ROLE_ARN", "EMBED_HOST_DOMAINS"])["Stack"]
    expect.fields(second, DisplayName="A", RedirectURL=None, FeedbackURL="https://example.org/f")
    assert aws.describe_stacks(Names=[stack])["Stacks"][0] == second


def test_lists_of_associations(aws, fleet, stack):
    def names():
        stacks = [name for page in aws.get_paginator("list_associated_stacks").paginate(FleetName=fleet) for name in page["Names"]]
        fleets = [name for page in aws.get_paginator("list_associated_fleets").paginate(StackName=stack) for name in page["Names"]]
        return stacks, fleets

    assert names() == ([], [])
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    assert names() == ([stack], [fleet])
    aws.disassociate_fleet(FleetName=fleet, StackName=stack)
    assert names() == ([], [])


def test_a_session_expires_at_once(aws, fleet, stack):
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    aws.start_fleet(Name=fleet)
    aws.get_waiter("fleet_started").wait(Names=[fleet], WaiterConfig=SOON)
    url = aws.create_streaming_url(StackName=stack, FleetName=fleet, UserId="ann")["StreamingURL"]
    assert viewer.admit(url)[-1]["state"] == "ready"
    session = aws.describe_sessions(StackName=stack, FleetName=fleet)["Sessions"][0]
    aws.expire_session(SessionId=session["Id"])
    left = aws.describe_sessions(StackName=stack, FleetName=fleet)["Sessions"]
    assert [one for one in left if one["State"] != "EXPIRED"] == []
    wait.until(lambda: not one_fleet(aws, fleet)["ComputeCapacityStatus"].get("InUse"), seconds=10, what="the instance to be free of it")
    aws.expire_session(SessionId=session["Id"])  # again: harmless
