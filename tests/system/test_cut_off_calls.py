"""Calls whose client closes the connection at any moment: what is done is recorded, and what is recorded is done.

`MILLRACE_CUT_OFF_CALLS` sets how many calls there are.
"""

import os
import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from botocore.awsrequest import AWSRequest
from harness import clients, identities, trail, wait
from harness.server import REGION

CALLS = int(os.environ.get("MILLRACE_CUT_OFF_CALLS", "400"))
# Longest time between the last byte sent and the end of the connection, in seconds: from "not read yet" to "answered long ago".
PATIENCE = 0.010


def wire(request: AWSRequest, host: str) -> bytes:
    body = request.body if isinstance(request.body, bytes) else request.body.encode()
    head = {"Host": host, "Content-Length": str(len(body))} | dict(request.headers.items())
    return b"POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode() + b"\r\n" + body


def iam_request(endpoint: str, action: str, **params: str) -> AWSRequest:
    body = urlencode({"Action": action, "Version": "2010-05-08"} | params)
    return AWSRequest(method="POST", url=endpoint + "/", data=body, headers={"Content-Type": "application/x-www-form-urlencoded"})


def test_what_is_done_is_recorded(own_server):
    server, account = own_server, own_server.account
    host, port = server.endpoint.removeprefix("http://").split(":")
    chance = random.Random(7)

    def cut_off(unsigned: AWSRequest, service: str) -> None:
        clients.sign(unsigned, account.access_key_id, account.secret_access_key, REGION, service=service)
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(wire(unsigned.prepare(), f"{host}:{port}"))
            time.sleep(chance.random() * PATIENCE)

    def one(number: int) -> None:
        name = f"n{number}"
        match number % 4:
            case 0 | 1:
                cut_off(clients.request(server.endpoint, "CreateStack", {"Name": name, "Tags": {"k": "v"}}), "appstream")
            case 2:
                cut_off(iam_request(server.endpoint, "CreateUser", UserName=name), "iam")
            case _:
                cut_off(clients.request(server.endpoint, "DescribeStacks", {"Names": [name]}), "appstream")
        if number % 4 == 1:
            cut_off(clients.request(server.endpoint, "DeleteStack", {"Name": name}), "appstream")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(CALLS)))
    # Behind these, nothing of the calls is under way any more.
    wait.until(lambda: server.http_status("/readyz") == 200, seconds=10, what="the server is ready")
    last = server.client()
    last.create_stack(Name="last")

    def state() -> tuple[set[str], set[str]]:
        stacks, token = set(), None
        while True:
            page = server.client().describe_stacks(**({"NextToken": token} if token else {}))
            stacks |= {stack["Name"] for stack in page["Stacks"]}
            token = page.get("NextToken")
            if not token:
                break
        users = identities.client(server, "iam").get_paginator("list_users").paginate()
        return stacks, {user["UserName"] for page in users for user in page["Users"]}

    def recorded() -> tuple[set[str], set[str]]:
        done = [event for event in trail.events(server) if "errorCode" not in event]
        names = lambda action, member: {e["requestParameters"][member] for e in done if e["eventName"] == action}  # noqa: E731
        return names("CreateStack", "name") - names("DeleteStack", "name"), names("CreateUser", "userName")

    def settled() -> bool:
        return state() == recorded()

    # A call that was read in the last moment may still be under way.
    wait.until(settled, seconds=20, what="the trail tells what there is")
    stacks, users = state()
    assert len(stacks) > CALLS // 8 and len(users) > CALLS // 8, "calls were done although their clients had gone"
    server.stop()
    assert "whole" in trail.verify(server)
    server.start()
    assert state() == (stacks, users) == recorded()
