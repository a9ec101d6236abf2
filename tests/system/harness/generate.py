"""Requests made from the service model: the least valid parameters of an operation, and values on both sides of each constraint."""

import re
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
    "ProcessImageName": "chrome.exe",
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
    """For each constraint, at whatever depth: its name, and parameters that break it and nothing else."""
    if operation.input_shape:
        yield from _bad(operation.input_shape)


def edges(operation: OperationModel) -> Iterator[tuple[str, dict]]:
    """The other side: parameters in which one value lies at the very edge of its constraint, and is allowed."""
    if operation.input_shape:
        yield from _edge(operation.input_shape)


def _inside(shape: StructureShape, values) -> Iterator[tuple[str, dict]]:
    valid = least(shape)
    for name, member in shape.members.items():
        for label, value in values(member):
            yield f"{name} {label}", valid | {name: value}


def _bad(shape: Shape) -> Iterator[tuple[str, object]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if isinstance(shape, StructureShape):
        valid = least(shape)
        for name in shape.required_members:
            yield f"{name} missing", {key: value for key, value in valid.items() if key != name}
        yield from _inside(shape, _bad)
    elif isinstance(shape, ListShape):
        if low:
            yield "few", []
        if high:
            yield "many", [least(shape.member)] * (high + 1)
        for label, value in _bad(shape.member):
            yield f"item {label}", [value]
    elif isinstance(shape, MapShape):
        if low:
            yield "none", {}
        if high:
            yield "many", {f"key{number}": "v" for number in range(high + 1)}
        for label, key in _bad(shape.key):
            yield f"key {label}", {key: least(shape.value)}
        for label, value in _bad(shape.value):
            yield f"value {label}", {str(least(shape.key)): value}
    elif shape.type_name == "string":
        if shape.enum:
            yield "enum", "NO_SUCH_VALUE"
        if low:
            yield "short", "a" * (low - 1)
        if high:
            yield "long", "a" * (high + 1)
        if shape.metadata.get("pattern") and not _matches(shape, "\u0007 no\n"):
            yield "pattern", "\u0007 no\n"
    elif shape.type_name in ("integer", "long"):
        if low is not None:
            yield "small", low - 1
        if high is not None:
            yield "large", high + 1


def _edge(shape: Shape) -> Iterator[tuple[str, object]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if isinstance(shape, StructureShape):
        yield "least", least(shape)
        yield from _inside(shape, _edge)
    elif isinstance(shape, ListShape):
        if low:
            yield "fewest", [least(shape.member)] * low
        if high:
            yield "most", [least(shape.member)] * high
        for label, value in _edge(shape.member):
            yield f"item {label}", [value]
    elif isinstance(shape, MapShape):
        if high:
            yield "most", {f"key{number}": "v" for number in range(high)}
        for label, key in _edge(shape.key):
            yield f"key {label}", {key: least(shape.value)}
        for label, value in _edge(shape.value):
            yield f"value {label}", {str(least(shape.key)): value}
    elif shape.type_name == "string":
        for value in shape.enum:
            yield f"enum {value}", value
        for label, size in (("shortest", low), ("longest", high)):
            if size is not None and not shape.enum and _matches(shape, "a" * size):
                yield label, "a" * size
    elif shape.type_name in ("integer", "long"):
        for label, value in (("smallest", low), ("largest", high)):
            if value is not None:
                yield label, value


def _matches(shape: Shape, value: str) -> bool:
    """Whether the pattern takes the value. Python has no classes of Unicode: those of ASCII do, since no other value is asked about."""
    pattern = shape.metadata.get("pattern")
    if pattern is None:
        return True
    for name, ascii_only in ((r"\p{L}", "a-zA-Z"), (r"\p{M}", ""), (r"\p{N}", "0-9"), (r"\p{S}", "$+<=>^`|~"), (r"\p{P}", "!-/:-@"), (r"\p{Z}", " ")):
        pattern = pattern.replace(name, ascii_only)
    return re.fullmatch(pattern, value, re.ASCII) is not None
