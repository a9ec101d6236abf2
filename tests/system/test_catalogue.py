"""What a user sees without an ApplicationId: the catalogue of applications or a desktop, with several windows open."""

import json
import urllib.request

import pytest
from harness import wait
from harness.browser import Page
from harness.desk import Desk, file_of, save, steady, wait_editor

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]

SCREEN = {"x": 0, "y": 0, "width": 1200, "height": 600}


def windows(page: Page, bar: str = "#window-list") -> list[dict]:
    """The session's windows, as the page lists them."""
    script = """(bar) => [...document.querySelectorAll(bar + " .window")].map((item) => ({
        id: item.querySelector(".main").dataset.window,
        title: item.querySelector(".main").innerText.trim() || item.querySelector(".main").title,
        icon: item.querySelector("img.picture")?.getAttribute("src") ?? null,
        active: item.classList.contains("active"),
        minimised: item.classList.contains("minimised"),
    }))"""
    return page.evaluate(script, bar)


def wait_windows(page: Page, wanted, what: str, bar: str = "#window-list") -> list[dict]:
    return wait.until(
        lambda: (found := windows(page, bar)) is not None and wanted(found) and (found or True),
        seconds=30,
        what=what,
        detail=lambda: (windows(page, bar), page.state(), page.said()),
    )


def shown(page: Page, selector: str) -> bool:
    return page.evaluate("(selector) => document.querySelector(selector).checkVisibility()", selector)


def wait_shown(page: Page, selector: str, is_shown: bool = True) -> None:
    wait.until(lambda: shown(page, selector) == is_shown, seconds=20, what=f"{selector} {'' if is_shown else 'not '}to be seen", detail=page.said)


def start(page: Page, application: str) -> None:
    """By the toolbar's catalogue."""
    page.call("click", "#handle")
    page.call("click", "#applications")
    page.call("click", f"[data-application={application}]")


def switch(page: Page, window: str) -> None:
    page.call("click", "#handle")
    page.call("click", "#windows-button")
    page.call("click", f'#window-list [data-window="{window}"]')
    wait_windows(page, lambda found: any(one["id"] == window and one["active"] for one in found), "the other window in front")


def test_several_applications_are_started_and_switched(page, desk, sandbox):
    context = 'a "context", with Ümlauts = and $signs'
    page.goto(desk.url(None, SessionContext=context))
    page.wait_state("connected")
    wait_shown(page, "#catalogue")
    icons = "() => [...document.querySelectorAll('#application-list img')].map((icon) => icon.naturalWidth)"
    wait.until(lambda: page.evaluate(icons) == [96] * 3, seconds=10, what="the applications' icons", detail=lambda: page.evaluate(icons))
    # The terminal's is a drawing of letters only, which no font is there for: its own first letter stands for it.
    assert page.evaluate("() => document.querySelector('[data-application=terminal] .letter').textContent") == "T"
    page.screenshot("catalogue")
    assert not shown(page, "#catalogue-close"), "there is nothing to go back to"

    # By keyboard alone: the first entry has the focus.
    page.call("keyboard.press", "Enter")
    wait_editor(page)
    [editor] = wait_windows(page, lambda found: len(found) == 1 and found[0]["active"], "the editor's window")
    assert "Mousepad" in editor["title"] and editor["icon"], editor
    assert not shown(page, "#catalogue")
    page.type("first ")

    start(page, "terminal")
    both = wait_windows(page, lambda found: len(found) == 2 and found[1]["active"], "the terminal's window")
    wait.until(lambda: steady(page, SCREEN), seconds=10, what="a prompt")
    page.type('printenv APPSTREAM_SESSION_CONTEXT > "$HOME/context.txt"\n')
    assert file_of(sandbox, "home/user/context.txt").read_text() == context + "\n"

    switch(page, editor["id"])
    page.type("second")
    save(page, "/home/user/switched.txt")
    assert file_of(sandbox, "home/user/switched.txt").read_text() == "first second", "into the right one"
    page.call("click", "#handle")
    page.call("click", "#windows-button")
    page.screenshot("windows-menu")
    # Closing the last window brings the catalogue back.
    for window in both:
        page.call("click", f'li:has([data-window="{window["id"]}"]) .close')
        wait_windows(page, lambda found, window=window: all(one["id"] != window["id"] for one in found), "the window to close")
        if windows(page):
            page.call("click", "#handle") if shown(page, "#handle") else None
            page.call("click", "#windows-button") if not shown(page, "#windows-menu") else None
    wait_shown(page, "#catalogue")


def test_a_desktop_has_a_bar_of_windows(page, sandbox, unique):
    desk = Desk(sandbox, unique, fleet={"StreamView": "DESKTOP"})
    try:
        page.goto(desk.url(None))
        page.wait_state("connected")
        wait_shown(page, "#taskbar")
        assert not shown(page, "#catalogue"), "a desktop is empty at first"
        # The remote screen ends where the bar begins.
        size = "() => millraceScreen.size()"
        wait.until(lambda: page.evaluate(size) == {"width": 1280, "height": 676}, seconds=15, what="the screen above the bar", detail=page.look)
        for application, count in (("calculator", 1), ("editor", 2)):
            page.call("click", "#start")
            page.screenshot("desktop-menu")
            page.call("click", f"[data-application={application}]")
            wait_windows(page, lambda found, count=count: len(found) == count and found[-1]["active"], application, "#taskbar")
        wait_editor(page)
        wait.until(lambda: steady(page, SCREEN), seconds=10, what="a steady picture")
        page.screenshot("desktop")
        calculator, editor = windows(page, "#taskbar")
        button = '#taskbar [data-window="{}"]'.format
        # A click on the window in front hides it, another one brings it back.
        page.keep("editor", SCREEN)
        page.call("click", button(editor["id"]))
        wait_windows(page, lambda found: found[1]["minimised"], "the editor hidden", "#taskbar")
        wait.until(lambda: page.changed("editor", SCREEN) > 100_000, seconds=10, what="the editor to be gone")
        page.call("click", button(editor["id"]))
        wait_windows(page, lambda found: found[1]["active"] and not found[1]["minimised"], "the editor again", "#taskbar")
        page.call("click", button(calculator["id"]))
        wait_windows(page, lambda found: found[0]["active"], "the calculator in front", "#taskbar")
    finally:
        desk.remove()


def test_the_application_id_desktop_asks_for_the_desktop(page, desk):
    page.goto(desk.url("Desktop"))
    page.wait_state("connected")
    wait_shown(page, "#taskbar")
    assert windows(page, "#taskbar") == []


def test_describe_images_tells_the_icons(sandbox):
    [image] = sandbox.client().describe_images(Names=["demo"])["Images"]
    urls = {application["Name"]: application["IconURL"] for application in image["Applications"] if "IconURL" in application}
    assert set(urls) == {"editor", "calculator", "drawing"}, json.dumps(urls)
    for url in urls.values():
        assert url.startswith(f"{sandbox.endpoint}/icons/"), url
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert answer.read(8) == b"\x89PNG\r\n\x1a\n" and answer.headers["content-type"] == "image/png"
