"""The calls of the Terraform AWS provider in its own order, in both protocols: create, change in place, change that stops the fleet, destroy."""

import pytest
from botocore.exceptions import ClientError
from harness import expect, wait

# A change of one of these stops the fleet first (the provider's resource aws_appstream_fleet).
STOPS = {"Description", "DomainJoinInfo", "EnableDefaultInternetAccess", "IamRoleArn", "InstanceType", "MaxUserDurationInSeconds", "StreamView", "VpcConfig"}


class Provider:
    """What the provider does for each resource; each method is one of its functions."""

    def __init__(self, aws) -> None:
        self.aws = aws

    def _state(self, name: str) -> str | None:
        try:
            fleets = self.aws.describe_fleets(Names=[name])["Fleets"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        return fleets[0]["State"] if fleets else None

    def _wait(self, name: str, pending: set[str | None], target: str | None) -> None:
        def reached() -> bool:
            state = self._state(name)
            assert state == target or state in pending, f"unexpected state '{state}', wanted target '{target}'"
            return state == target

        wait.until(reached, seconds=60, what=f"{name} to be {target}")

    def create_fleet(self, name: str, **settings: object) -> dict:
        self.aws.create_fleet(Name=name, **settings)
        self.aws.start_fleet(Name=name)
        self._wait(name, {"STARTING"}, "RUNNING")
        return self.read_fleet(name)

    def read_fleet(self, name: str) -> dict:
        fleet = self.aws.describe_fleets(Names=[name])["Fleets"][0]
        return fleet | {"Tags": self.aws.list_tags_for_resource(ResourceArn=fleet["Arn"])["Tags"]}

    def update_fleet(self, name: str, **changes: object) -> dict:
        stops = bool(STOPS & set(changes))
        if stops:
            self.aws.stop_fleet(Name=name)
            self._wait(name, {"STOPPING"}, "STOPPED")
        self.aws.update_fleet(Name=name, **changes)
        if stops:
            self.aws.start_fleet(Name=name)
            self._wait(name, {"STARTING"}, "RUNNING")
        return self.read_fleet(name)

    def delete_fleet(self, name: str) -> None:
        self.aws.stop_fleet(Name=name)
        self._wait(name, {"STOPPING"}, "STOPPED")
        self.aws.delete_fleet(Name=name)
        self._wait(name, {"STOPPED"}, None)

    def create_stack(self, name: str, **settings: object) -> dict:
        self.aws.create_stack(Name=name, **settings)
        return self.read_stack(name)

    def read_stack(self, name: str) -> dict:
        stack = self.aws.describe_stacks(Names=[name])["Stacks"][0]
        return stack | {"Tags": self.aws.list_tags_for_resource(ResourceArn=stack["Arn"])["Tags"]}

    def update_stack(self, name: str, **changes: object) -> dict:
        self.aws.update_stack(Name=name, **changes)
        return self.read_stack(name)

    def delete_stack(self, name: str) -> None:
        self.aws.delete_stack(Name=name)
        expect.error(lambda: self.aws.describe_stacks(Names=[name]), "ResourceNotFoundException")

    def update_tags(self, arn: str, old: dict, new: dict) -> None:
        if removed := sorted(set(old) - set(new)):
            self.aws.untag_resource(ResourceArn=arn, TagKeys=removed)
        if changed := {key: value for key, value in new.items() if old.get(key) != value}:
            self.aws.tag_resource(ResourceArn=arn, Tags=changed)

    def associate(self, fleet: str, stack: str) -> None:
        self.aws.associate_fleet(FleetName=fleet, StackName=stack)
        assert self.is_associated(fleet, stack)

    def is_associated(self, fleet: str, stack: str) -> bool:
        pages = self.aws.get_paginator("list_associated_stacks").paginate(FleetName=fleet)
        return stack in [name for page in pages for name in page["Names"]]

    def disassociate(self, fleet: str, stack: str) -> None:
        self.aws.disassociate_fleet(FleetName=fleet, StackName=stack)
        assert not self.is_associated(fleet, stack)


@pytest.fixture
def provider(aws) -> Provider:
    return Provider(aws)


USER_SETTINGS = [
    {"Action": action, "Permission": "ENABLED"}
    for action in (
        "CLIPBOARD_COPY_FROM_LOCAL_DEVICE",
        "CLIPBOARD_COPY_TO_LOCAL_DEVICE",
        "DOMAIN_PASSWORD_SIGNIN",
        "DOMAIN_SMART_CARD_SIGNIN",
        "FILE_DOWNLOAD",
        "FILE_UPLOAD",
        "PRINTING_TO_LOCAL_DEVICE",
    )
]


def test_a_whole_configuration(provider, unique):
    stack = provider.create_stack(
        unique,
        Description="stack description",
        DisplayName="stack display name",
        FeedbackURL="http://your-domain/feedback",
        RedirectURL="http://your-domain/redirect",
        StorageConnectors=[{"ConnectorType": "HOMEFOLDERS"}],
        UserSettings=USER_SETTINGS,
        ApplicationSettings={"Enabled": True, "SettingsGroup": "SettingsGroup"},
        Tags={"TagName": "TagValue"},
    )
    expect.fields(stack, Tags={"TagName": "TagValue"}, FeedbackURL="http://your-domain/feedback")
    assert {setting["Action"]: setting["Permission"] for setting in stack["UserSettings"]} == {setting["Action"]: "ENABLED" for setting in USER_SETTINGS} | {
        "AUTO_TIME_ZONE_REDIRECTION": "DISABLED"
    }
    fleet = provider.create_fleet(
        unique,
        InstanceType="stream.standard.small",
        ComputeCapacity={"DesiredInstances": 1},
        ImageName="tiny",
        FleetType="ON_DEMAND",
        EnableDefaultInternetAccess=False,
        IdleDisconnectTimeoutInSeconds=60,
        DisplayName="fleet",
        MaxUserDurationInSeconds=600,
        DomainJoinInfo={"DirectoryName": "", "OrganizationalUnitDistinguishedName": ""},
        Tags={"TagName": "tag-value"},
    )
    expect.fields(fleet, State="RUNNING", Tags={"TagName": "tag-value"}, DomainJoinInfo=None, ImageName="tiny", FleetErrors=[])
    provider.associate(unique, unique)

    # In place.
    changed = provider.update_fleet(unique, DisplayName="changed", ComputeCapacity={"DesiredInstances": 2}, IdleDisconnectTimeoutInSeconds=120)
    assert changed == fleet | {
        "DisplayName": "changed",
        "IdleDisconnectTimeoutInSeconds": 120,
        "ComputeCapacityStatus": changed["ComputeCapacityStatus"],
    }
    assert changed["ComputeCapacityStatus"]["Desired"] == 2
    # By way of a stop, though the fleet is associated.
    changed = provider.update_fleet(unique, Description="changed", InstanceType="stream.compute.large", StreamView="DESKTOP")
    expect.fields(changed, State="RUNNING", Description="changed", InstanceType="stream.compute.large", StreamView="DESKTOP", DisplayName="changed")
    provider.update_tags(fleet["Arn"], fleet["Tags"], {"TagName": "new", "More": ""})
    assert provider.read_fleet(unique)["Tags"] == {"TagName": "new", "More": ""}

    # What was taken out of the configuration is deleted, whether it was set or not.
    changed = provider.update_stack(
        unique,
        Description="changed",
        AttributesToDelete=["FEEDBACK_URL", "REDIRECT_URL", "STORAGE_CONNECTORS", "EMBED_HOST_DOMAINS", "ACCESS_ENDPOINTS", "IAM_ROLE_ARN", "THEME_NAME"],
        ApplicationSettings={"Enabled": False, "SettingsGroup": ""},
    )
    expect.fields(changed, Description="changed", DisplayName="stack display name", FeedbackURL=None, RedirectURL=None)
    assert not changed.get("StorageConnectors")
    assert changed["ApplicationSettings"]["Enabled"] is False
    provider.update_tags(stack["Arn"], stack["Tags"], {})
    assert provider.read_stack(unique)["Tags"] == {}

    # Destroyed in the order of dependence.
    provider.disassociate(unique, unique)
    provider.delete_fleet(unique)
    provider.delete_stack(unique)
    for arn in (fleet["Arn"], stack["Arn"]):
        expect.error(lambda arn=arn: provider.aws.list_tags_for_resource(ResourceArn=arn), "ResourceNotFoundException")


def test_a_second_plan_finds_nothing_to_change(provider, unique):
    """What was asked for is what is read back: else each plan would want to change it."""
    asked = {
        "InstanceType": "stream.standard.medium",
        "FleetType": "ALWAYS_ON",
        "ImageName": "tiny",
        "Description": "d",
        "DisplayName": "n",
        "DisconnectTimeoutInSeconds": 600,
        "IdleDisconnectTimeoutInSeconds": 600,
        "MaxUserDurationInSeconds": 57600,
        "EnableDefaultInternetAccess": False,
        "StreamView": "DESKTOP",
    }
    fleet = provider.create_fleet(unique, ComputeCapacity={"DesiredInstances": 1}, Tags={"a": ""}, **asked)
    expect.fields(fleet, Tags={"a": ""}, **asked)
    assert fleet["ComputeCapacityStatus"]["Desired"] == 1
    assert provider.read_fleet(unique) == fleet | {"ComputeCapacityStatus": provider.read_fleet(unique)["ComputeCapacityStatus"]}
    provider.delete_fleet(unique)


def test_a_fleet_that_was_stopped_by_hand_is_destroyed(provider, unique):
    provider.create_fleet(unique, InstanceType="stream.standard.small", ComputeCapacity={"DesiredInstances": 1}, ImageName="tiny")
    provider.aws.stop_fleet(Name=unique)
    provider.delete_fleet(unique)
