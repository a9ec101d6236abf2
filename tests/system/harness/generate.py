"""Requests made from the service model: the least valid parameters of an operation, and values just outside each constraint."""

from collections.abc import Iterator

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

# One value that matches, for each pattern that a plain name does not match.
BY_SHAPE = {
    "AmiName": "an-ami",
    "Arn": "arn:aws:appstream:us-east-1:123456789012:app-block/block",
    "AwsAccountId": "123456789012",
    "EmbedHostDomain": "portal.example.org",
    "InstanceType": "stream.standard.small.small",
    "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/0",
    "PhotonAmiId": "ami-12345678",
    "S3BucketArn": "arn:aws:s3:::bucket",
    "UUID": "01234567-89ab-cdef-0123-456789abcdef",
    "UrlPattern": "https://example.org/",
    "UsbDeviceFilterString": "name,1,2,3,4,5,1,1",
    "WorkspaceImageId": "wsi-12345678",
}


def least(shape: Shape) -> object:
    """The least value that the model takes."""
    if isinstance(shape, StructureShape):
        return {name: least(member) for name, member in shape.members.items() if name in shape.required_members}
    if isinstance(shape, ListShape):
        return [least(shape.member)] * max(1, shape.metadata.get("min", 0))
    if isinstance(shape, MapShape):
        return {str(least(shape.key)): least(shape.value)}
    match shape.type_name:
        case "string":
            return shape.enum[0] if shape.enum else BY_SHAPE.get(shape.name, "name")
        case "boolean":
            return False
        case "integer" | "long":
            return max(1, shape.metadata.get("min", 1))
        case "double" | "float":
            return 1.0
        case "timestamp":
            return 1_700_000_000
        case "blob":
            return b""
    raise AssertionError(f"{shape.name} is of type {shape.type_name}")


def parameters(operation: OperationModel) -> dict:
    """The least valid parameters of an operation."""
    return least(operation.input_shape) if operation.input_shape else {}


def violations(operation: OperationModel) -> Iterator[tuple[str, dict]]:
    """For each top-level constraint: its name, and parameters that break it and nothing else."""
    shape = operation.input_shape
    if shape is None:
        return
    valid = parameters(operation)
    for name in shape.required_members:
        yield f"{name} missing", {key: value for key, value in valid.items() if key != name}
    for name, member in shape.members.items():
        for label, value in _bad(member):
            yield f"{name} {label}", valid | {name: value}


def _bad(shape: Shape) -> Iterator[tuple[str, object]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name == "string":
        if shape.enum:
            yield "enum", "NO_SUCH_VALUE"
        if low:
            yield "short", "a" * (low - 1)
        if high:
            yield "long", "a" * (high + 1)
        if shape.metadata.get("pattern") and shape.name != "Username":
            yield "pattern", "\u0007 no\n"
    elif shape.type_name == "integer":
        if low is not None:
            yield "small", low - 1
        if high is not None:
            yield "large", high + 1
    elif isinstance(shape, ListShape):
        if low:
            yield "few", []
        if high:
            yield "many", [least(shape.member)] * (high + 1)
        if not isinstance(shape.member, StructureShape):
            for label, value in _bad(shape.member):
                yield f"item {label}", [value]
    elif isinstance(shape, MapShape):
        if low:
            yield "none", {}
        if high:
            yield "many", {f"key{number}": "v" for number in range(high + 1)}
