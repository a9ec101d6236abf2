"""Paginators: nothing twice, nothing missing, and an end."""

import pytest
from harness import expect


@pytest.fixture(scope="module")
def many(server):
    client = server.client()
    names = [f"page-{number:03}" for number in range(60)]
    for name in names:
        client.create_stack(Name=name)
        client.create_fleet(Name=name, InstanceType="stream.standard.small", ImageName="tiny", ComputeCapacity={"DesiredInstances": 1})
    return names


@pytest.mark.parametrize(("operation", "member"), [("describe_stacks", "Stacks"), ("describe_fleets", "Fleets")])
def test_all_of_many(aws, many, operation, member):
    pages = list(aws.get_paginator(operation).paginate())
    found = [one["Name"] for page in pages for one in page[member]]
    assert sorted(found) == sorted(many)
    assert "NextToken" not in pages[-1]


@pytest.mark.parametrize(("operation", "member"), [("describe_stacks", "Stacks"), ("describe_fleets", "Fleets")])
def test_those_that_are_named(aws, many, operation, member):
    wanted = many[10:13]
    assert sorted(one["Name"] for one in getattr(aws, operation)(Names=wanted)[member]) == wanted


def test_images_by_pages(aws):
    pages = list(aws.get_paginator("describe_images").paginate(PaginationConfig={"PageSize": 1}))
    assert [image["Name"] for page in pages for image in page["Images"]] == ["tiny"]


def test_sessions_of_a_quiet_fleet(aws, many):
    pages = list(aws.get_paginator("describe_sessions").paginate(StackName=many[0], FleetName=many[0], PaginationConfig={"PageSize": 50}))
    assert [session for page in pages for session in page["Sessions"]] == []


def test_limits_of_pages(server, protocol, many):
    client = server.client(protocol, parameter_validation=False)
    expect.error(lambda: client.describe_images(MaxResults=26), "ValidationException", "InvalidParameterValueException")


@pytest.mark.parametrize("token", ["garbage", "A" * 3000, "bm90IG91cnM="])
def test_a_made_up_token(aws, token):
    for call in (aws.describe_stacks, aws.describe_fleets, aws.describe_images):
        expect.error(lambda call=call: call(NextToken=token), "InvalidParameterValueException", "ValidationException", "InvalidParameterCombinationException")
