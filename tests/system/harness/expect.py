"""What an answer must look like, whatever the operation."""

import re
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Of every AWS JSON service, whatever the model lists for the operation.
COMMON = {
    "AccessDeniedException",
    "IncompleteSignatureException",
    "InvalidParameterValueException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "OperationNotPermittedException",
    "RequestEntityTooLargeException",
    "RequestExpired",
    "SerializationException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
}
OTHER_STATUS = {"ResourceNotFoundException": 404, "DryRunOperationException": 412, "RequestEntityTooLargeException": 413}
# Those of the IAM and STS query APIs.
OTHER_STATUS |= {"AccessDenied": 403, "NoSuchEntity": 404, "DeleteConflict": 409, "EntityAlreadyExists": 409, "LimitExceeded": 409}


def error(call: Callable[[], object], *codes: str, says: str = "") -> str:
    """`call` must fail with one of `codes`; returns the message. Status, request id and the model's list are checked too."""
    with pytest.raises(ClientError) as raised:
        call()
    response = raised.value.response
    code, message = response["Error"]["Code"], response["Error"]["Message"]
    assert code in codes, f"{code}: {message}"
    meta = response["ResponseMetadata"]
    assert meta["HTTPStatusCode"] == OTHER_STATUS.get(code, 400)
    assert UUID.fullmatch(meta["RequestId"]), meta
    assert message, "an error says what is wrong"
    assert says in message, message
    return message


def fields(actual: dict, **expected: object) -> None:
    """Each named member has exactly the value; `...` asks only that it is there, None that it is absent."""
    for name, value in expected.items():
        if value is None:
            assert name not in actual, f"{name} should be absent: {actual[name]!r}"
        elif value is ...:
            assert name in actual, f"{name} is missing"
        else:
            assert actual.get(name) == value, f"{name}: {actual.get(name)!r}, not {value!r}"
