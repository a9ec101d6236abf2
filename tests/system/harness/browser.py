"""Debian's Chromium, driven by playwright-core through tests/e2e/bridge.mjs."""

import itertools
import json
import os
import queue
import subprocess
import threading
from pathlib import Path

from . import wait
from .node import E2E

CALL_SECONDS = 60
LINE_END = None
# What a US keyboard writes with Shift, by the key's place.
SHIFTED = dict(zip('!@#$%^&*()', (f"Digit{digit}" for digit in "1234567890"), strict=True)) | {
    "_": "Minus",
    "+": "Equal",
    "{": "BracketLeft",
    "}": "BracketRight",
    "|": "Backslash",
    ":": "Semicolon",
    '"': "Quote",
    "<": "Comma",
    ">": "Period",
    "?": "Slash",
    "~": "Backquote",
}


class BrowserError(AssertionError):
    """What playwright-core said."""


class Browser:
    """One Chromium; every `open` gives a page in a context of its own."""

    def __init__(self, display: str | None = None) -> None:
        """`display`: the X display on which it is to have a window; headless without."""
        environment = os.environ | ({"MILLRACE_DISPLAY": display} if display else {})
        self._process = subprocess.Popen(
            ["node", str(E2E / "bridge.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment
        )
        self._numbers = itertools.count(1)
        self._answers: queue.Queue[dict | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(LINE_END)

    def call(self, target: str | None, method: str, *arguments):
        """Calls a method of a handle (of the bridge itself, if None)."""
        number = next(self._numbers)
        request = {"id": number, "target": target, "method": method, "arguments": arguments}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._answers.get(timeout=CALL_SECONDS)
        if answer is LINE_END:
            raise BrowserError("the browser's bridge ended")
        assert answer["id"] == number
        if "error" in answer:
            raise BrowserError(answer["error"])
        return answer["value"]

    def open(self, *, width: int = 1280, height: int = 720, **more) -> "Page":
        """A new page in a new context; `more` are options of playwright's newContext."""
        return Page(self, self.call(None, "open", {"width": width, "height": height, **more})["handle"])

    def close(self) -> None:
        """Ends Chromium; nothing of it is left."""
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise


class Page:
    """A page, as a person sees and uses it."""

    def __init__(self, browser: Browser, handle: str) -> None:
        self.browser, self.handle = browser, handle

    def call(self, method: str, *arguments):
        """A method of playwright's Page, such as `mouse.click`."""
        return self.browser.call(self.handle, method, *arguments)

    def type(self, text: str) -> None:
        """Types on a US keyboard, key by key, Shift included: playwright's own `type` sends capitals without it."""
        for character in text:
            if character == "\n":
                self.call("keyboard.press", "Enter")
            elif character in SHIFTED or character.isupper():
                self.call("keyboard.press", f"Shift+{SHIFTED.get(character, f'Key{character}')}")
            else:
                self.call("keyboard.press", character)

    def protocol(self, method: str, **parameters):
        """A method of Chromium's own protocol."""
        return self.browser.call(None, "protocol", self.handle, method, parameters)

    def goto(self, url: str) -> None:
        self.call("goto", url)

    def close(self) -> None:
        """Closes the page's context: the tab is gone."""
        self.browser.call(None, "closeContext", self.handle)

    def said(self) -> list[str]:
        """What the page wrote to the console."""
        return self.browser.call(None, "said", self.handle)

    def evaluate(self, function: str, argument=None):
        """Runs `function` (JavaScript) in the page."""
        return self.call("evaluate", {"function": function}, argument)

    def look(self, area: dict | None = None) -> dict:
        """What the remote picture, or a part of it, looks like (tests/e2e/screen.js)."""
        return self.evaluate("(area) => millraceScreen.look(area)", area)

    def keep(self, name: str, area: dict) -> None:
        self.evaluate("([name, area]) => millraceScreen.keep(name, area)", [name, area])

    def changed(self, name: str, area: dict) -> int:
        """Pixels that differ from what was kept."""
        return self.evaluate("([name, area]) => millraceScreen.changed(name, area)", [name, area])

    def judge(self, *, axe: bool) -> dict:
        """`words` that can be read now, and `faults` of the page (tests/e2e/judge.js), those that axe-core finds among them if it is asked."""
        return self.browser.call(None, "judge", self.handle, axe)

    def state(self) -> str:
        return self.evaluate("() => document.body.dataset.state")

    def words(self) -> str:
        """What the page says to the user at this moment."""
        return self.evaluate("() => document.querySelector('#notice').innerText")

    def cursor(self) -> str:
        """The mouse pointer's shape over the picture, as CSS."""
        return self.evaluate("""() => getComputedStyle(document.querySelector('[data-testid="screen"]')).cursor""")

    def wait_state(self, *states: str, seconds: float = 20) -> str:
        return wait.until(
            lambda: (state := self.state()) in states and state,
            seconds=seconds,
            what=f"the page to be {' or '.join(states)}",
            detail=lambda: (self.state(), self.words(), self.said()),
        )

    def wait_picture(self, *, colours: int = 16, seconds: float = 20) -> dict:
        """Waits until the screen shows a real picture: one of at least so many colours."""
        return wait.until(
            lambda: (look := self.look())["colours"] >= colours and look,
            seconds=seconds,
            what=f"a picture of {colours} colours",
            detail=lambda: (self.state(), self.look(), self.said()),
        )

    def screenshot(self, name: str) -> Path | None:
        """Saves what the user sees, if MILLRACE_SCREENSHOTS names a directory."""
        directory = os.environ.get("MILLRACE_SCREENSHOTS")
        if not directory:
            return None
        path = Path(directory) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.call("screenshot", {"path": str(path)})
        return path
