"""A journal of acknowledged calls: what must be there after a crash, and what may be."""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

# A call that was answered with one of these did nothing, and says so.
REFUSALS = {"ResourceInUseException", "OperationNotPermittedException", "ConcurrentModificationException", "ResourceNotAvailableException"}
FLEET = {"InstanceType": "stream.standard.small", "ImageName": "tiny", "FleetType": "ALWAYS_ON"}


@dataclass
class State:
    """What one writer's resources are: names are its own, so nobody else changes them."""

    # Name to description and tags.
    stacks: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    # Name to description, tags, and whether it is to run.
    fleets: dict[str, tuple[str, dict[str, str], bool]] = field(default_factory=dict)
    # Stack to fleet.
    associations: dict[str, str] = field(default_factory=dict)


class Writer:
    """Makes random calls that its state allows, one after the other, and remembers what was acknowledged."""

    def __init__(self, name: str, seed: int, account: str) -> None:
        self.name = name
        self._account = account
        self.state = State()
        # What the state is as well possible to be: a call was sent and never answered.
        self.perhaps: State | None = None
        self.calls = 0
        self._random = random.Random(seed)
        self._number = 0

    def step(self, client) -> bool:
        """One call. False if the server went away: then nothing more may be called before `settle`."""
        after = copy.deepcopy(self.state)
        call = self._choose(client, after)
        try:
            call()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in REFUSALS:
                raise AssertionError(f"{self.name}: {error}") from error
            return True
        except BotoCoreError:
            self.perhaps = after
            return False
        self.calls += 1
        self.state = after
        return True

    def settle(self, found: State) -> None:
        """After a crash: what was found must be what was acknowledged, or that and the call that was never answered; nothing in between."""
        if found != self.state:
            assert found == self.perhaps, f"{self.name}: acknowledged {self.state}, perhaps {self.perhaps}, found {found}"
            self.state = self.perhaps
        self.perhaps = None

    def _tags(self) -> dict[str, str]:
        return {f"k{number}": str(self._random.randrange(100)) for number in range(self._random.randrange(1, 30))}

    def _choose(self, client, after: State) -> Callable[[], object]:
        stacks, fleets = sorted(after.stacks), sorted(after.fleets)
        possible: list[Callable[[State], Callable[[], object]]] = []
        if len(stacks) < 4:
            possible += [self._create_stack] * 3
        if len(fleets) < 2:
            possible += [self._create_fleet] * 3
        if stacks:
            possible += [self._tag_stack, self._untag_stack, self._update_stack, self._delete_stack, self._disassociate]
        if fleets:
            possible += [self._start, self._stop, self._tag_fleet, self._delete_fleet]
        if stacks and fleets:
            possible += [self._associate] * 2
        return self._random.choice(possible)(client, after)

    def _new_name(self) -> str:
        self._number += 1
        return f"{self.name}-{self._number}"

    def _create_stack(self, client, after: State):
        name, tags = self._new_name(), self._tags()
        after.stacks[name] = ("new", tags)
        return lambda: client.create_stack(Name=name, Description="new", Tags=tags)

    def _create_fleet(self, client, after: State):
        name, tags = self._new_name(), self._tags()
        after.fleets[name] = ("new", tags, False)
        capacity = {"DesiredInstances": self._random.randrange(1, 3)}
        return lambda: client.create_fleet(Name=name, Description="new", Tags=tags, ComputeCapacity=capacity, **FLEET)

    def _tag_stack(self, client, after: State):
        name, more = self._random.choice(sorted(after.stacks)), {"extra": str(self._random.random()), "one": "1"}
        description, tags = after.stacks[name]
        after.stacks[name] = (description, tags | more)
        arn = self._arn(client, "stack", name)
        return lambda: client.tag_resource(ResourceArn=arn, Tags=more)

    def _tag_fleet(self, client, after: State):
        name, more = self._random.choice(sorted(after.fleets)), {"extra": str(self._random.random())}
        description, tags, running = after.fleets[name]
        after.fleets[name] = (description, tags | more, running)
        arn = self._arn(client, "fleet", name)
        return lambda: client.tag_resource(ResourceArn=arn, Tags=more)

    def _untag_stack(self, client, after: State):
        name = self._random.choice(sorted(after.stacks))
        description, tags = after.stacks[name]
        gone = [key for key in sorted(tags) if self._random.random() < 0.5] or ["k0"]
        after.stacks[name] = (description, {key: value for key, value in tags.items() if key not in gone})
        arn = self._arn(client, "stack", name)
        return lambda: client.untag_resource(ResourceArn=arn, TagKeys=gone)

    def _update_stack(self, client, after: State):
        name, text = self._random.choice(sorted(after.stacks)), str(self._random.random())
        after.stacks[name] = (text, after.stacks[name][1])
        return lambda: client.update_stack(Name=name, Description=text)

    def _delete_stack(self, client, after: State):
        name = self._random.choice(sorted(after.stacks))
        # Refused as long as a fleet is associated; then this state is never taken.
        del after.stacks[name]
        return lambda: client.delete_stack(Name=name)

    def _delete_fleet(self, client, after: State):
        name = self._random.choice(sorted(after.fleets))
        del after.fleets[name]
        return lambda: client.delete_fleet(Name=name)

    def _start(self, client, after: State):
        name = self._random.choice(sorted(after.fleets))
        after.fleets[name] = (*after.fleets[name][:2], True)
        return lambda: client.start_fleet(Name=name)

    def _stop(self, client, after: State):
        name = self._random.choice(sorted(after.fleets))
        after.fleets[name] = (*after.fleets[name][:2], False)
        return lambda: client.stop_fleet(Name=name)

    def _associate(self, client, after: State):
        stack, fleet = self._random.choice(sorted(after.stacks)), self._random.choice(sorted(after.fleets))
        if after.associations.get(stack, fleet) != fleet:
            return self._disassociate(client, after)
        after.associations[stack] = fleet
        return lambda: client.associate_fleet(FleetName=fleet, StackName=stack)

    def _disassociate(self, client, after: State):
        if not after.associations:
            return self._update_stack(client, after)
        stack = self._random.choice(sorted(after.associations))
        fleet = after.associations.pop(stack)
        return lambda: client.disassociate_fleet(FleetName=fleet, StackName=stack)

    def _arn(self, client, kind: str, name: str) -> str:
        return f"arn:aws:appstream:{client.meta.region_name}:{self._account}:{kind}/{name}"


def look(client, names: list[str]) -> dict[str, State]:
    """What the server says of each writer's resources."""
    found = {name: State() for name in names}

    def owner(name: str) -> State | None:
        return found.get(name.rsplit("-", 1)[0])

    def tags(arn: str) -> dict[str, str]:
        return client.list_tags_for_resource(ResourceArn=arn)["Tags"]

    for page in client.get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            if state := owner(stack["Name"]):
                state.stacks[stack["Name"]] = (stack.get("Description", ""), tags(stack["Arn"]))
                for fleet in client.list_associated_fleets(StackName=stack["Name"])["Names"]:
                    state.associations[stack["Name"]] = fleet
    for page in client.get_paginator("describe_fleets").paginate():
        for fleet in page["Fleets"]:
            if state := owner(fleet["Name"]):
                running = fleet["State"] in ("STARTING", "RUNNING")
                state.fleets[fleet["Name"]] = (fleet.get("Description", ""), tags(fleet["Arn"]), running)
    return found
