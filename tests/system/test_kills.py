"""SIGKILL at random moments under load: nothing acknowledged is lost, nothing is written by half, nothing runs that is not known, streams come back.

The seed is printed; `MILLRACE_KILL_SEED` sets it, `MILLRACE_KILL_ROUNDS` the number of kills.
"""

import http.client
import os
import random
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError
from harness import host, journal, viewer, wait
from harness.server import Server
from harness.stream import GRANT, PONG, RESUME_TOKEN, Stream, StreamClosed

SEED = int(os.environ.get("MILLRACE_KILL_SEED") or random.SystemRandom().randrange(1 << 32))
ROUNDS = int(os.environ.get("MILLRACE_KILL_ROUNDS") or 50)
WRITERS = 3
# What is killed: the process that faces the network, the one that makes instances, or both.
PARTS = ["front", "front", "host", "both"]
SOON = {"Delay": 1, "MaxAttempts": 60}


class Watcher:
    """A user with a stream that is to survive everything. What it was told last is what it comes back with, as a browser does."""

    def __init__(self, user: str, stack: str, fleet: str) -> None:
        self.user, self.stack, self.fleet = user, stack, fleet
        self.token: str | None = None
        self.attaches = 0
        self.spent: list[str] = []
        self.unspent: list[str] = []

    def enter(self, client) -> None:
        """A new streaming URL, admission, the first attach."""
        url = client.create_streaming_url(StackName=self.stack, FleetName=self.fleet, UserId=self.user, Validity=3600)["StreamingURL"]
        self.unspent.append(url)
        outcome = viewer.admit(url)[-1]
        assert outcome["state"] == "ready", outcome
        self.unspent.remove(url)
        self.spent.append(url)
        self._attach(client.meta.endpoint_url, GRANT, outcome["grant"])

    def come_back(self, endpoint: str) -> None:
        """With the newest resume token, as often as the server goes away."""
        self._attach(endpoint, RESUME_TOKEN, self.token)

    def _attach(self, endpoint: str, kind: int, credential: str) -> None:
        stream = Stream(endpoint)
        try:
            stream.hello(kind, credential)
            self.token = stream.welcome()["resume_token"]
            self.attaches += 1
            for nonce in range(1 << 30):
                stream.ping(nonce)
                assert stream.receive_until(PONG)[1:5] == nonce.to_bytes(4, "little")
                # As a person types: some of it is always on the way.
                stream.key(30, nonce % 2 == 0)
                time.sleep(0.005)
        finally:
            stream.close()


class Load:
    """Threads that call, and threads that stream, until the server is gone."""

    def __init__(self, server: Server, writers: list[journal.Writer], watchers: list[Watcher]) -> None:
        self._stop = threading.Event()
        self.failures: list[BaseException] = []
        works = [(self._write, server, writer) for writer in writers] + [(self._watch, server, watcher) for watcher in watchers]
        self._threads = [threading.Thread(target=self._guarded, args=work) for work in works]
        for thread in self._threads:
            thread.start()

    def _guarded(self, work, server: Server, one) -> None:
        try:
            work(server.client(random.choice(["json", "cbor"])), one)
        except (StreamClosed, BotoCoreError, OSError, http.client.HTTPException):
            pass  # The server is gone: that is what this is about.
        except BaseException as error:  # noqa: BLE001
            self.failures.append(error)

    def _write(self, client, writer: journal.Writer) -> None:
        while not self._stop.is_set() and writer.step(client):
            pass

    def _watch(self, client, watcher: Watcher) -> None:
        if watcher.token is None:
            watcher.enter(client)
        else:
            watcher.come_back(client.meta.endpoint_url)

    def end(self) -> None:
        """After the kill."""
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive(), "a client hangs"
        if self.failures:
            raise self.failures[0]


def start_again(server: Server, chance: random.Random) -> None:
    """Starts the server; now and then it is killed while it starts, too."""
    while chance.random() < 0.2:
        server.spawn()
        time.sleep(chance.uniform(0, 0.4))
        server.kill(chance.choice(PARTS))
    server.start()


def check_streams(server: Server, watchers: list[Watcher]) -> None:
    """Every one who was let in still has the session, and comes back; a spent ticket stays spent."""
    client = server.client()
    for watcher in watchers:
        for url in watcher.spent[-2:]:
            assert viewer.admit(url)[-1].get("reason") == "spent", "a spent ticket stays spent"
        if watcher.token is None:
            continue
        sessions = client.describe_sessions(StackName=watcher.stack, FleetName=watcher.fleet)["Sessions"]
        live = [session for session in sessions if session["UserId"] == watcher.user and session["State"] == "ACTIVE"]
        assert len(live) == 1, f"{watcher.user} had a stream, and has {len(live)} sessions"
        stream = Stream(server.endpoint)
        stream.hello(RESUME_TOKEN, watcher.token)
        watcher.token = stream.welcome()["resume_token"]
        stream.ping(7)
        stream.receive_until(PONG)
        stream.close()


def adopted(before: dict[str, list[int]], after: dict[str, list[int]]) -> None:
    """An instance that is there before and after is the same process: it was adopted, not made again."""
    for name in set(before) & set(after):
        assert before[name] == after[name], f"{name} was {before[name]} and is {after[name]}"


def test_kills_under_load(own_server):
    print(f"seed {SEED}, {ROUNDS} kills: MILLRACE_KILL_SEED={SEED} MILLRACE_KILL_ROUNDS={ROUNDS}")
    chance = random.Random(SEED)
    client = own_server.client()
    client.create_stack(Name="streams")
    client.create_fleet(Name="streams", ComputeCapacity={"DesiredInstances": 3}, **journal.FLEET)
    client.associate_fleet(FleetName="streams", StackName="streams")
    client.start_fleet(Name="streams")
    client.get_waiter("fleet_started").wait(Names=["streams"], WaiterConfig=SOON)
    writers = [journal.Writer(f"w{number}", chance.randrange(1 << 32), own_server.account.id) for number in range(WRITERS)]
    watchers = [Watcher(f"user{number}", "streams", "streams") for number in range(2)]
    places = host.running(own_server)
    for _ in range(ROUNDS):
        load = Load(own_server, writers, watchers)
        time.sleep(chance.uniform(0.02, 0.6))
        own_server.kill(chance.choice(PARTS))
        load.end()
        start_again(own_server, chance)
        client = own_server.client()
        found = journal.look(client, [writer.name for writer in writers])
        for writer in writers:
            writer.settle(found[writer.name])
        before, places = places, host.wait_in_order(own_server, client)
        adopted(before, places)
        check_streams(own_server, watchers)
    calls, attaches = sum(writer.calls for writer in writers), sum(watcher.attaches for watcher in watchers)
    print(f"{calls} acknowledged calls, {attaches} attaches")
    # Or nothing was under load.
    assert calls > ROUNDS and attaches >= ROUNDS / 2


@pytest.mark.sandbox
def test_kills_with_real_instances(sandbox):
    """The same with pods: they are adopted, streams resume on them, and one that was being made or ended at the moment of the kill is not left by half."""
    print(f"seed {SEED}: MILLRACE_KILL_SEED={SEED}")
    chance = random.Random(SEED)
    client = sandbox.client()
    fleet = journal.FLEET | {"ImageName": "demo"}
    client.create_stack(Name="pods")
    for name, count in (("pods", 2), ("churn", 1)):
        client.create_fleet(Name=name, ComputeCapacity={"DesiredInstances": count}, **fleet)
    client.associate_fleet(FleetName="pods", StackName="pods")
    client.start_fleet(Name="pods")
    client.get_waiter("fleet_started").wait(Names=["pods"], WaiterConfig=SOON)
    watchers = [Watcher("user", "pods", "pods")]
    places = host.wait_in_order(sandbox, client, seconds=60)
    for number in range(max(6, ROUNDS // 8)):
        load = Load(sandbox, [], watchers)
        # A start or an end is under way when the kill comes.
        (client.start_fleet if number % 2 == 0 else client.stop_fleet)(Name="churn")
        time.sleep(chance.uniform(0.02, 0.8))
        sandbox.kill(chance.choice(PARTS))
        load.end()
        start_again(sandbox, chance)
        client = sandbox.client()
        before, places = places, host.wait_in_order(sandbox, client, seconds=60)
        adopted({name: pids for name, pids in before.items() if name in places}, places)
        check_streams(sandbox, watchers)
    assert watchers[0].attaches >= 3
    for name in ("pods", "churn"):
        client.stop_fleet(Name=name)
        client.get_waiter("fleet_stopped").wait(Names=[name], WaiterConfig=SOON)
    client.disassociate_fleet(FleetName="pods", StackName="pods")
    for name in ("pods", "churn"):
        client.delete_fleet(Name=name)
    client.delete_stack(Name="pods")
    wait.until(lambda: not host.rows(sandbox) and not host.running(sandbox), seconds=30, what="all instances to be gone", detail=lambda: host.running(sandbox))
