"""A fleet, of the demo image unless another is named, and what a person does with its applications."""

import time
from pathlib import Path

from . import wait
from .browser import Page
from .server import Server

SOON = {"Delay": 1, "MaxAttempts": 60}
EDITOR = "editor"
# "File", where openbox and mousepad put it.
MENU = (19, 31)


class Desk:
    """A stack with a running fleet."""

    def __init__(
        self,
        server: Server,
        name: str,
        fleet_type: str = "ON_DEMAND",
        instances: int = 1,
        stack: dict | None = None,
        fleet: dict | None = None,
        image: str = "demo",
    ) -> None:
        self.server, self.name, self.aws = server, name, server.client()
        self.aws.create_stack(Name=name, Tags={"purpose": "test"}, **stack or {})
        self.aws.create_fleet(
            Name=name,
            InstanceType="stream.standard.medium",
            FleetType=fleet_type,
            ImageName=image,
            ComputeCapacity={"DesiredInstances": instances},
            Tags={"purpose": "test"},
            **fleet or {},
        )
        self.aws.associate_fleet(FleetName=name, StackName=name)
        self.aws.start_fleet(Name=name)
        self.aws.get_waiter("fleet_started").wait(Names=[name], WaiterConfig=SOON)

    def url(self, application: str | None = EDITOR, user: str = "ann", **more: str) -> str:
        """A streaming URL; without an application it leads to the catalogue or the desktop."""
        more |= {"ApplicationId": application} if application else {}
        return self.aws.create_streaming_url(StackName=self.name, FleetName=self.name, UserId=user, Validity=600, **more)["StreamingURL"]

    def sessions(self) -> list[dict]:
        """The sessions that are not over."""
        sessions = self.aws.describe_sessions(StackName=self.name, FleetName=self.name)["Sessions"]
        return [session for session in sessions if session["State"] != "EXPIRED"]

    def counts(self) -> dict:
        return self.aws.describe_fleets(Names=[self.name])["Fleets"][0]["ComputeCapacityStatus"]

    def wait_counts(self, seconds: float = 30, **expected: int) -> None:
        wait.until(
            lambda: all(self.counts().get(name, 0) == count for name, count in expected.items()),
            seconds=seconds,
            what=f"{expected}",
            detail=self.counts,
        )

    def wait_connection(self, state: str, seconds: float = 20) -> dict:
        """The one session, once it is CONNECTED or NOT_CONNECTED."""
        return wait.until(
            lambda: (sessions := self.sessions()) and sessions[0]["ConnectionState"] == state and sessions[0],
            seconds=seconds,
            what=f"the session to be {state}",
            detail=self.sessions,
        )

    def remove(self) -> None:
        self.aws.stop_fleet(Name=self.name)
        self.aws.get_waiter("fleet_stopped").wait(Names=[self.name], WaiterConfig=SOON)
        self.aws.disassociate_fleet(FleetName=self.name, StackName=self.name)
        self.aws.delete_fleet(Name=self.name)
        self.aws.delete_stack(Name=self.name)


def open_editor(page: Page, desk: Desk) -> None:
    """Opens a streaming URL and waits until the editor's empty page covers the middle of the screen."""
    page.goto(desk.url())
    page.wait_state("connected")
    wait_editor(page)


def wait_editor(page: Page) -> None:
    middle = """() => {
        const { width, height } = millraceScreen.size();
        return width < 8 ? { share: 0 } : millraceScreen.look({ x: width >> 2, y: height >> 2, width: width >> 1, height: height >> 1 });
    }"""
    wait.until(
        lambda: (look := page.evaluate(middle))["share"] > 0.9 and look["common"] in ("ffffff", "fefefe", "fcfcfc", "fafafa"),
        seconds=30,
        what="the editor's window",
        detail=lambda: (page.state(), page.words(), page.evaluate(middle), page.said()),
    )


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.call("keyboard.press", key)


def file_of(server: Server, path: str, seconds: float = 20) -> Path:
    """A file that was written in an instance, found in its upper directory on the host."""
    return wait.until(
        lambda: next((found for found in server.data_dir.rglob(path) if found.is_file() and found.stat().st_size), None),
        seconds=seconds,
        what=f"{path} in an instance",
    )


def save(page: Page, path: str) -> None:
    """Ctrl+S and the name, in the editor's own dialogue."""
    area = {"x": 0, "y": 0, **{side: page.look()[side] for side in ("width", "height")}}
    page.keep("before the dialogue", area)
    press(page, "Control+s")
    wait.until(lambda: page.changed("before the dialogue", area) > 10_000, seconds=20, what="the dialogue for saving")
    page.screenshot("editor-dialogue")
    press(page, "Control+a")
    page.type(path)

    def closed() -> bool:
        # The editor's window tells the name once it has saved. Without one, what was there before is there again.
        titles = "() => [...document.querySelectorAll('[data-window]')].map((one) => one.innerText || one.title)"
        return any(path.rsplit("/", 1)[-1] in title for title in page.evaluate(titles)) or page.changed("before the dialogue", area) < 10_000

    def accepted() -> bool:
        # The dialogue takes Enter only once it has looked at the name: as a person would, press it again.
        press(page, "Enter")
        start = time.monotonic()
        wait.until(lambda: closed() or time.monotonic() - start > 2, seconds=20, what="the dialogue to close")
        return closed()

    wait.until(accepted, seconds=20, what="the dialogue to close")


def steady(page: Page, area: dict) -> bool:
    """Nothing but a caret changes between two looks."""
    page.keep("steady", area)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.changed("steady", area) < 200


def _grid(page: Page) -> list[int]:
    return page.evaluate("() => millraceScreen.grid(64, 36)")


def _alike(one: list[int], other: list[int]) -> bool:
    """But for a caret."""
    return sum(a != b for a, b in zip(one, other, strict=True)) <= 4


def at_rest(page: Page) -> list[int]:
    """The picture, as a grid of colours, once nothing has changed for two seconds: what moves comes as a likeness, and is made exact a moment later."""
    last, since = _grid(page), time.monotonic()

    def rests() -> bool:
        nonlocal last, since
        now = _grid(page)
        if not _alike(last, now):
            last, since = now, time.monotonic()
        return time.monotonic() - since > 2

    wait.until(rests, seconds=30, what="a picture that rests")
    return last


def wait_same_picture(page: Page, grid: list[int]) -> None:
    """Waits for the picture that `at_rest` has told."""
    wait.until(lambda: _alike(grid, _grid(page)), seconds=15, what="the same picture as before", detail=lambda: page.screenshot("another-picture"))
