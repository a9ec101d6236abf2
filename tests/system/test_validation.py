"""Every constraint of the model, from both sides, for all operations."""

import pytest
from botocore.exceptions import ClientError
from harness import expect, generate

import botocore.session

MODEL = botocore.session.get_session().get_service_model("appstream")
BUILT = {
    "AssociateFleet",
    "CopyImage",
    "CreateExportImageTask",
    "CreateFleet",
    "CreateImageBuilder",
    "CreateImportedImage",
    "CreateImageBuilderStreamingURL",
    "CreateStack",
    "CreateStreamingURL",
    "CreateUpdatedImage",
    "DeleteFleet",
    "DeleteImage",
    "DeleteImageBuilder",
    "DeleteImagePermissions",
    "DeleteStack",
    "DescribeFleets",
    "DescribeImageBuilders",
    "DescribeImagePermissions",
    "DescribeImages",
    "DescribeSessions",
    "DescribeStacks",
    "DisassociateFleet",
    "ExpireSession",
    "GetExportImageTask",
    "ListAssociatedFleets",
    "ListAssociatedStacks",
    "ListExportImageTasks",
    "ListTagsForResource",
    "StartFleet",
    "StartImageBuilder",
    "StopFleet",
    "StopImageBuilder",
    "TagResource",
    "UntagResource",
    "UpdateFleet",
    "UpdateImageBuilder",
    "UpdateImagePermissions",
    "UpdateStack",
}
# Edges of the model that AWS's documents cut off.
NARROWER = {("ListExportImageTasks", "MaxResults smallest")}
# A limit that stands in AWS's documents but not in the model.
DOCUMENTED = [
    ("CreateFleet", "MaxUserDurationInSeconds", 599),
    ("CreateFleet", "MaxUserDurationInSeconds", 432001),
    ("CreateFleet", "DisconnectTimeoutInSeconds", 59),
    ("CreateFleet", "DisconnectTimeoutInSeconds", 57601),
    ("CreateFleet", "IdleDisconnectTimeoutInSeconds", -1),
    ("CreateFleet", "IdleDisconnectTimeoutInSeconds", 36001),
    ("CreateStreamingURL", "Validity", 0),
    ("CreateStreamingURL", "Validity", 604801),
    ("CreateImageBuilderStreamingURL", "Validity", 0),
    ("CreateImageBuilderStreamingURL", "Validity", 604801),
]


def snake(name: str) -> str:
    return botocore.xform_name(name)


@pytest.mark.parametrize("operation", sorted(MODEL.operation_names))
def test_constraints_of_the_model(server, protocol, operation):
    """Errors of shape come first, whether the operation is built or not."""
    client = server.client(protocol, parameter_validation=False)
    failures = []
    for label, parameters in generate.violations(MODEL.operation_model(operation)):
        try:
            expect.error(lambda parameters=parameters: getattr(client, snake(operation))(**parameters), "ValidationException")
        except (AssertionError, pytest.fail.Exception) as failure:
            failures.append(f"{label}: {failure}")
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("operation", sorted(MODEL.operation_names))
def test_the_edges_of_the_model_are_allowed(server, protocol, operation):
    """Whatever else may be wrong with such a request, its shape is not."""
    client = server.client(protocol, parameter_validation=False)
    failures = []
    for label, parameters in generate.edges(MODEL.operation_model(operation)):
        if (operation, label) in NARROWER:
            continue
        try:
            getattr(client, snake(operation))(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("ValidationException", "SerializationException"):
                failures.append(f"{label}: {error}")
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize(("operation", "member", "value"), DOCUMENTED)
def test_documented_limits(aws, operation, member, value):
    parameters = generate.parameters(MODEL.operation_model(operation)) | {member: value}
    expect.error(lambda: getattr(aws, snake(operation))(**parameters), "ValidationException", "InvalidParameterValueException")


def test_the_message_names_the_member(aws):
    message = expect.error(lambda: aws.create_stack(Name="-no"), "ValidationException")
    assert "1 validation error detected" in message and "name" in message.lower() and "-no" in message


@pytest.mark.parametrize("name", ["a", "A.b_c-9", "x" * 101])
def test_names_that_are_allowed(aws, name):
    aws.create_stack(Name=name)
    aws.delete_stack(Name=name)


@pytest.mark.parametrize("name", ["", "x" * 102, ".a", "a b", "ä", "a\n"])
def test_names_that_are_not(server, protocol, name):
    client = server.client(protocol, parameter_validation=False)
    expect.error(lambda: client.create_stack(Name=name), "ValidationException")


@pytest.mark.parametrize("user", ["a", "x" * 33, "a b", "a/b", "ä@b"])
def test_user_ids_of_streaming_urls(server, protocol, user):
    client = server.client(protocol, parameter_validation=False)
    expect.error(lambda: client.create_streaming_url(StackName="s", FleetName="f", UserId=user), "ValidationException")
