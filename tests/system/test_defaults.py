"""What a resource says of itself when little was said (api-behaviour: names and defaults), and that what was said is returned."""

import pytest
from harness import expect

SETTINGS = {
    "CLIPBOARD_COPY_FROM_LOCAL_DEVICE": "ENABLED",
    "CLIPBOARD_COPY_TO_LOCAL_DEVICE": "ENABLED",
    "FILE_UPLOAD": "ENABLED",
    "FILE_DOWNLOAD": "ENABLED",
    "PRINTING_TO_LOCAL_DEVICE": "ENABLED",
    "DOMAIN_PASSWORD_SIGNIN": "ENABLED",
    "DOMAIN_SMART_CARD_SIGNIN": "DISABLED",
    "AUTO_TIME_ZONE_REDIRECTION": "DISABLED",
}


def test_a_bare_stack(server, aws, stack):
    described = aws.describe_stacks(Names=[stack])["Stacks"][0]
    expect.fields(described, Name=stack, Arn=f"arn:aws:appstream:us-east-1:{server.account.id}:stack/{stack}", CreatedTime=..., RedirectURL=None, FeedbackURL=None)
    settings = described["ApplicationSettings"]
    assert settings["Enabled"] is False and settings.get("SettingsGroup", "") == ""
    found = {setting["Action"]: setting["Permission"] for setting in described["UserSettings"]}
    assert {action: found.get(action) for action in SETTINGS} == SETTINGS
    assert not described.get("StackErrors")


def test_a_bare_fleet(server, aws, unique):
    account = server.account.id
    created = aws.create_fleet(Name=unique, InstanceType="stream.standard.small", ImageName="tiny", ComputeCapacity={"DesiredInstances": 1})["Fleet"]
    described = aws.describe_fleets(Names=[unique])["Fleets"][0]
    assert created == described
    image = aws.describe_images(Names=["tiny"])["Images"][0]
    expect.fields(
        described,
        Name=unique,
        Arn=f"arn:aws:appstream:us-east-1:{account}:fleet/{unique}",
        ImageName="tiny",
        ImageArn=image["Arn"],
        InstanceType="stream.standard.small",
        FleetType="ON_DEMAND",
        State="STOPPED",
        MaxUserDurationInSeconds=57600,
        DisconnectTimeoutInSeconds=900,
        IdleDisconnectTimeoutInSeconds=0,
        StreamView="APP",
        EnableDefaultInternetAccess=False,
        CreatedTime=...,
        VpcConfig=None,
        IamRoleArn=None,
    )
    assert described["ComputeCapacityStatus"]["Desired"] == 1
    assert not described.get("FleetErrors")
    aws.delete_fleet(Name=unique)


def test_what_was_said_is_returned(aws, unique):
    said = {
        "DisplayName": "Büro",
        "Description": "Ein Text mit \"Anführung\" und 日本語",
        "FleetType": "ALWAYS_ON",
        "MaxUserDurationInSeconds": 600,
        "DisconnectTimeoutInSeconds": 60,
        "IdleDisconnectTimeoutInSeconds": 600,
        "StreamView": "DESKTOP",
        "EnableDefaultInternetAccess": True,
        "InstanceType": "stream.compute.large",
        "ImageName": "tiny",
    }
    aws.create_fleet(Name=unique, ComputeCapacity={"DesiredInstances": 3}, **said)
    expect.fields(aws.describe_fleets(Names=[unique])["Fleets"][0], **said)
    aws.delete_fleet(Name=unique)

    said = {
        "DisplayName": "Ein Stapel",
        "Description": "Text",
        "RedirectURL": "https://example.org/bye?a=b&c=d",
        "FeedbackURL": "http://example.org/feedback",
        "EmbedHostDomains": ["portal.example.org"],
    }
    aws.create_stack(Name=unique, UserSettings=[{"Action": "CLIPBOARD_COPY_TO_LOCAL_DEVICE", "Permission": "DISABLED"}], ApplicationSettings={"Enabled": True}, **said)
    described = aws.describe_stacks(Names=[unique])["Stacks"][0]
    expect.fields(described, **said)
    found = {setting["Action"]: setting["Permission"] for setting in described["UserSettings"]}
    assert found["CLIPBOARD_COPY_TO_LOCAL_DEVICE"] == "DISABLED"
    expect.fields(described["ApplicationSettings"], Enabled=True, SettingsGroup=unique)
    aws.delete_stack(Name=unique)


@pytest.mark.parametrize(("given", "stored"), [(0, 0), (60, 60), (89, 60), (90, 120), (91, 120), (3599, 3600), (36000, 36000)])
def test_idle_is_rounded_to_the_nearest_minute_half_up(aws, unique, given, stored):
    created = aws.create_fleet(
        Name=unique, InstanceType="stream.standard.small", ImageName="tiny", ComputeCapacity={"DesiredInstances": 1}, IdleDisconnectTimeoutInSeconds=given
    )["Fleet"]
    assert created["IdleDisconnectTimeoutInSeconds"] == stored
    assert aws.describe_fleets(Names=[unique])["Fleets"][0]["IdleDisconnectTimeoutInSeconds"] == stored
    aws.delete_fleet(Name=unique)


def test_an_image_by_its_arn(aws, unique):
    arn = aws.describe_images(Names=["tiny"])["Images"][0]["Arn"]
    created = aws.create_fleet(Name=unique, InstanceType="stream.standard.small", ImageArn=arn, ComputeCapacity={"DesiredInstances": 1})["Fleet"]
    expect.fields(created, ImageArn=arn)
    aws.delete_fleet(Name=unique)


def test_the_image(server, aws):
    image = aws.describe_images(Names=["tiny"])["Images"][0]
    expect.fields(image, Name="tiny", Arn=f"arn:aws:appstream:us-east-1:{server.account.id}:image/tiny", State="AVAILABLE", Visibility="PRIVATE", CreatedTime=...)
    assert image in aws.describe_images()["Images"]
    assert image in aws.describe_images(Type="PRIVATE")["Images"]
    assert image not in aws.describe_images(Type="PUBLIC")["Images"]
    assert aws.describe_images(Arns=[image["Arn"]])["Images"] == [image]
    expect.error(lambda: aws.describe_images(Names=["no-such-image"]), "ResourceNotFoundException")
