"""Errors that have a meaning: state, names, parameters that exclude each other. (Shapes are in test_validation.)"""

import pytest
from harness import expect, wait

SOON = {"Delay": 1, "MaxAttempts": 60}
FLEET = {"InstanceType": "stream.standard.small", "ImageName": "tiny", "ComputeCapacity": {"DesiredInstances": 1}}


def started(aws, fleet):
    aws.start_fleet(Name=fleet)
    aws.get_waiter("fleet_started").wait(Names=[fleet], WaiterConfig=SOON)


def test_names_are_taken_once(aws, fleet, stack):
    assert stack in expect.error(lambda: aws.create_stack(Name=stack), "ResourceAlreadyExistsException")
    assert fleet in expect.error(lambda: aws.create_fleet(Name=fleet, **FLEET), "ResourceAlreadyExistsException")


def test_unknown_names(aws, fleet, stack, unique):
    missing = f"{unique}-missing"
    calls = [
        lambda: aws.describe_stacks(Names=[missing]),
        lambda: aws.describe_stacks(Names=[stack, missing]),
        lambda: aws.delete_stack(Name=missing),
        lambda: aws.describe_fleets(Names=[missing]),
        lambda: aws.describe_fleets(Names=[fleet, missing]),
        lambda: aws.start_fleet(Name=missing),
        lambda: aws.stop_fleet(Name=missing),
        lambda: aws.delete_fleet(Name=missing),
        lambda: aws.associate_fleet(FleetName=missing, StackName=stack),
        lambda: aws.associate_fleet(FleetName=fleet, StackName=missing),
        lambda: aws.disassociate_fleet(FleetName=missing, StackName=stack),
        lambda: aws.disassociate_fleet(FleetName=fleet, StackName=missing),
        lambda: aws.create_streaming_url(StackName=missing, FleetName=fleet, UserId="ann"),
        lambda: aws.create_streaming_url(StackName=stack, FleetName=missing, UserId="ann"),
    ]
    for call in calls:
        assert missing in expect.error(call, "ResourceNotFoundException")


def test_an_unknown_image(server, aws, unique):
    says = f"The image nothing for account {server.account.id} does not exist."
    expect.error(lambda: aws.create_fleet(Name=unique, **FLEET | {"ImageName": "nothing"}), "ResourceNotFoundException", says=says)


def test_what_is_in_use_stays(aws, fleet, stack):
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    expect.error(
        lambda: aws.delete_stack(Name=stack),
        "ResourceInUseException",
        says=f"Cannot delete stack {stack}. This stack has fleets associated with it. Only stacks with no fleets associated with it can be deleted.",
    )
    expect.error(
        lambda: aws.delete_fleet(Name=fleet),
        "ResourceInUseException",
        says=f"The fleet {fleet} is associated with a stack. To delete the fleet, you must dissociate it from the stack.",
    )
    aws.disassociate_fleet(FleetName=fleet, StackName=stack)
    started(aws, fleet)
    expect.error(lambda: aws.delete_fleet(Name=fleet), "ResourceInUseException")


def test_one_fleet_for_a_stack(aws, fleet, stack, unique):
    other = f"{unique}-other"
    aws.create_fleet(Name=other, **FLEET)
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    expect.error(lambda: aws.associate_fleet(FleetName=other, StackName=stack), "LimitExceededException")
    expect.error(lambda: aws.create_streaming_url(StackName=stack, FleetName=other, UserId="ann"), "ResourceNotAvailableException", "OperationNotPermittedException")
    aws.delete_fleet(Name=other)


def test_a_pair_that_is_not_associated(aws, fleet, stack):
    expect.error(lambda: aws.disassociate_fleet(FleetName=fleet, StackName=stack), "ResourceNotFoundException", "OperationNotPermittedException")
    started(aws, fleet)
    expect.error(lambda: aws.create_streaming_url(StackName=stack, FleetName=fleet, UserId="ann"), "OperationNotPermittedException")


def test_a_streaming_url_wants_a_running_fleet(aws, fleet, stack):
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    expect.error(lambda: aws.create_streaming_url(StackName=stack, FleetName=fleet, UserId="ann"), "ResourceNotAvailableException")
    started(aws, fleet)
    expect.error(
        lambda: aws.create_streaming_url(StackName=stack, FleetName=fleet, UserId="ann", ApplicationId="no-such-app"), "ResourceNotFoundException"
    )


def test_sessions_of_a_user_need_its_kind(aws, fleet, stack):
    expect.error(lambda: aws.describe_sessions(StackName=stack, FleetName=fleet, UserId="ann"), "InvalidParameterCombinationException")
    assert aws.describe_sessions(StackName=stack, FleetName=fleet, UserId="ann", AuthenticationType="API")["Sessions"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"ImageName": None},
        {"ImageArn": "arn:aws:appstream:us-east-1::image/tiny"},
        {"ComputeCapacity": {"DesiredInstances": 1, "DesiredSessions": 1}},
        {"ComputeCapacity": {"DesiredSessions": 1}},
        {"MaxSessionsPerInstance": 2},
        {"FleetType": "ELASTIC", "ImageName": None, "Platform": "AMAZON_LINUX2", "MaxConcurrentSessions": 1},
        {"FleetType": "ELASTIC", "ComputeCapacity": None, "Platform": "AMAZON_LINUX2", "MaxConcurrentSessions": 1},
        {"FleetType": "ELASTIC", "ComputeCapacity": None, "ImageName": None, "MaxConcurrentSessions": 1},
        {"FleetType": "ELASTIC", "ComputeCapacity": None, "ImageName": None, "Platform": "AMAZON_LINUX2"},
    ],
    ids=[
        "no-image",
        "both-images",
        "instances-and-sessions",
        "sessions-without-share",
        "share-without-sessions",
        "elastic-with-capacity",
        "elastic-with-image",
        "elastic-without-platform",
        "elastic-without-sessions",
    ],
)
def test_parameters_that_exclude_each_other(aws, unique, change):
    parameters = {name: value for name, value in (FLEET | change).items() if value is not None}
    expect.error(lambda: aws.create_fleet(Name=unique, **parameters), "InvalidParameterCombinationException")
    expect.error(lambda: aws.describe_fleets(Names=[unique]), "ResourceNotFoundException")


@pytest.mark.parametrize(
    "change",
    [{"InstanceType": "stream.standard.enormous"}, {"InstanceType": "m5.large"}, {"IdleDisconnectTimeoutInSeconds": 20}],
    ids=["no-such-size", "not-streaming", "idle-in-the-gap"],
)
def test_values_that_mean_nothing(aws, unique, change):
    expect.error(lambda: aws.create_fleet(Name=unique, **FLEET | change), "InvalidParameterValueException", "ValidationException")


@pytest.mark.parametrize("member", ["RedirectURL", "FeedbackURL"])
@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "//example.org", "not a url"])
def test_only_web_addresses(aws, unique, member, url):
    expect.error(lambda: aws.create_stack(Name=unique, **{member: url}), "InvalidParameterValueException", "ValidationException")


@pytest.mark.parametrize(
    ("named", "change"),
    [
        ("VpcConfig", {"VpcConfig": {"SubnetIds": ["subnet-1"]}}),
        ("DomainJoinInfo", {"DomainJoinInfo": {"DirectoryName": "example.org", "OrganizationalUnitDistinguishedName": "OU=x,DC=example,DC=org"}}),
        ("IamRoleArn", {"IamRoleArn": "arn:aws:iam::123456789012:role/x"}),
        ("MaxSessionsPerInstance", {"MaxSessionsPerInstance": 2, "ComputeCapacity": {"DesiredSessions": 2}}),
        ("InstanceType", {"InstanceType": "stream.graphics.g4dn.xlarge"}),
    ],
)
def test_a_fleet_that_asks_for_what_is_not_built_says_so(aws, unique, named, change):
    """It is stored and returned exactly; starting it shows why it cannot run (api-behaviour, decisions)."""
    aws.create_fleet(Name=unique, **FLEET | change)
    described = aws.describe_fleets(Names=[unique])["Fleets"][0]
    for member, value in change.items():
        if member != "ComputeCapacity":
            assert described[member] == value
    aws.start_fleet(Name=unique)
    # Not the waiter for STOPPED: it takes STARTING for a failure.
    wait.until(lambda: aws.describe_fleets(Names=[unique])["Fleets"][0]["State"] == "STOPPED", seconds=30, what="STOPPED")
    errors = aws.describe_fleets(Names=[unique])["Fleets"][0]["FleetErrors"]
    codes = aws.meta.service_model.shape_for("FleetErrorCode").enum
    assert any(named in error["ErrorMessage"] for error in errors), errors
    assert all(error["ErrorCode"] in codes for error in errors), errors
    aws.delete_fleet(Name=unique)


def test_an_empty_domain_join_means_none(aws, unique):
    """Terraform sends empty strings."""
    empty = {"DirectoryName": "", "OrganizationalUnitDistinguishedName": ""}
    aws.create_fleet(Name=unique, DomainJoinInfo=empty, **FLEET)
    started(aws, unique)
    aws.stop_fleet(Name=unique)
    aws.get_waiter("fleet_stopped").wait(Names=[unique], WaiterConfig=SOON)
    aws.delete_fleet(Name=unique)


def test_on_demand_without_capacity_does_not_start(aws, unique):
    aws.create_fleet(Name=unique, **FLEET | {"ComputeCapacity": {"DesiredInstances": 0}})
    modelled = [shape.name for shape in aws.meta.service_model.operation_model("StartFleet").error_shapes]
    expect.error(lambda: aws.start_fleet(Name=unique), *modelled)
    aws.delete_fleet(Name=unique)
