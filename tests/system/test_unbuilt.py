"""The operations of the model that are not built yet say so; names outside the model are unknown."""

import pytest
from harness import clients, expect, generate
from test_validation import BUILT, MODEL, snake

NOT_BUILT = sorted(set(MODEL.operation_names) - BUILT)


def test_the_model_has_all_90_operations():
    assert len(MODEL.operation_names) == 90
    assert BUILT <= set(MODEL.operation_names)


@pytest.mark.parametrize("operation", NOT_BUILT)
def test_an_operation_that_is_not_built_says_so(server, protocol, operation):
    client = server.client(protocol, parameter_validation=False)
    parameters = generate.parameters(MODEL.operation_model(operation))
    expect.error(lambda: getattr(client, snake(operation))(**parameters), "OperationNotPermittedException", says=operation)


def test_a_name_outside_the_model_is_unknown(server, protocol):
    account = server.account
    for name in ("DescribeWeather", "createFleet", "CreateFleet2"):
        signed = clients.sign(
            clients.request(server.endpoint, name, {}, protocol), account.access_key_id, account.secret_access_key, "us-east-1"
        )
        reply = clients.send(signed)
        assert (reply.status, reply.error) == (400, "UnknownOperationException") or (protocol == "cbor" and reply.status == 404), reply
