"""End to end, everything real: boto3, the sandbox, the demo image's applications, Chromium."""

import os
import time

import pytest
from harness import expect, tickets, wait
from harness.desk import MENU, SOON, Desk, at_rest, file_of, open_editor, press, save, steady, wait_editor, wait_same_picture

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]


def test_typed_text_arrives_in_the_file_that_the_editor_saves(page, desk, sandbox):
    open_editor(page, desk)
    look = page.look()
    assert look["colours"] > 16 and look["share"] < 0.995, "a real picture, not one colour"
    page.screenshot("editor-empty")
    expect.fields(desk.wait_connection("CONNECTED"), UserId="ann", StackName=desk.name, FleetName=desk.name, State="ACTIVE")
    desk.wait_counts(InUse=1, Running=1, Available=0)

    text = "Hello, Millrace 123"
    page.type(text)
    save(page, "/home/user/note.txt")
    assert file_of(sandbox, "home/user/note.txt").read_text().rstrip("\n") == text.rstrip("\n")
    page.screenshot("editor-saved")

    press(page, "Control+Alt+Shift+i")
    page.type("x")
    figures = "() => figures.innerText"
    for words in ("Key to picture", "Network", "Encoding", "Painting", "Sent as"):
        wait.until(lambda words=words: words in page.evaluate(figures), seconds=10, what=words, detail=lambda: page.evaluate(figures))
    page.screenshot("figures")


def test_text_arrives_whatever_makes_the_keys(page, desk, sandbox):
    """Capitals without Shift, characters that the remote keymap lacks, and text without any key, as input methods put it in."""
    open_editor(page, desk)
    text = 'Hello! (1+2) = 3; {a: "b"} <c@d.e> ~#\\ äöü ÄÖÜ ß € é è ñ ¿ 你好 😀 the End'
    page.call("keyboard.type", text + "\n")
    page.call("keyboard.insertText", "composed: 日本語 and Ω\n")
    # More characters at once than there are free key codes.
    greek = "αβγδεζηθικλμνξοπρστυφχψωабвгдежзийклмнопрстуфхцчшщъыьэюя"
    page.call("keyboard.insertText", greek)
    save(page, "/home/user/typed.txt")
    assert file_of(sandbox, "home/user/typed.txt").read_text() == f"{text}\ncomposed: 日本語 and Ω\n{greek}"


def test_text_is_copied_and_pasted_both_ways(browser, desk, sandbox):
    """By the keys alone: what was copied here is pasted there, and what was copied there can be pasted here."""
    page = browser.open(permissions=["clipboard-read", "clipboard-write"])
    try:
        open_editor(page, desk)
        mine = "from this computer: ä€你\n" * 20_000
        page.evaluate("(text) => navigator.clipboard.writeText(text)", mine)
        press(page, "Control+v")
        area = {"x": 0, "y": 60, "width": 900, "height": 500}
        wait.until(lambda: page.look(area)["colours"] > 8 and steady(page, area), seconds=20, what="the pasted text")
        page.call("keyboard.type", "from the session: ß")
        press(page, "Shift+Home", "Control+c")
        copied = "() => navigator.clipboard.readText()"
        wait.until(lambda: page.evaluate(copied) == "from the session: ß", seconds=20, what="the copied text", detail=page.said)
        press(page, "End", "Control+v")
        save(page, "/home/user/pasted.txt")
        assert file_of(sandbox, "home/user/pasted.txt").read_text() == mine + "from the session: ß" * 2
    finally:
        page.close()


def test_a_clipboard_that_the_stack_forbids_stays_where_it_is(browser, sandbox, unique):
    forbidden = [{"Action": f"CLIPBOARD_COPY_{way}_LOCAL_DEVICE", "Permission": "DISABLED"} for way in ("FROM", "TO")]
    desk = Desk(sandbox, unique, stack={"UserSettings": forbidden})
    page = browser.open(permissions=["clipboard-read", "clipboard-write"])
    try:
        open_editor(page, desk)
        page.evaluate("() => navigator.clipboard.writeText('mine')")
        press(page, "Control+v")
        said = "() => document.querySelector('#toast').innerText"
        wait.until(lambda: "does not allow" in page.evaluate(said), seconds=20, what="the page to say why", detail=page.said)
        page.call("keyboard.type", "theirs")
        press(page, "Shift+Home", "Control+c", "End", "Control+v")
        save(page, "/home/user/forbidden.txt")
        assert file_of(sandbox, "home/user/forbidden.txt").read_text() == "theirstheirs", "within the session it works"
        assert page.evaluate("() => navigator.clipboard.readText()") == "mine"
    finally:
        page.close()
        desk.remove()


def test_the_end_of_the_longest_time_is_announced(page, desk, sandbox):
    """Five minutes before, with what is left counting down; work goes on meanwhile."""
    # Shorter than a fleet's may be (600 s).
    page.goto(tickets.changed(sandbox, desk.url(), maxUserDurationInSecs=310))
    page.wait_state("connected")
    warning = "() => document.querySelector('#warning').innerText"
    wait.until(lambda: "Your session ends in" in page.evaluate(warning), seconds=60, what="the warning", detail=page.said)
    page.screenshot("warning-time")
    wait_editor(page)
    first = page.evaluate(warning)
    wait.until(lambda: page.evaluate(warning) != first, seconds=70, what="the time to count down")
    page.type("x")
    assert "Your session ends in" in page.evaluate(warning), "what is done does not put off the end"
    page.call("click", "#warning-close")
    assert page.evaluate("() => document.querySelector('#warning').hidden")
    assert page.state() == "connected"


def test_who_does_nothing_is_warned_and_disconnected(page, sandbox, unique):
    desk = Desk(sandbox, unique, fleet={"IdleDisconnectTimeoutInSeconds": 60, "DisconnectTimeoutInSeconds": 600})
    try:
        open_editor(page, desk)
        session = desk.wait_connection("CONNECTED")["Id"]
        warning = "() => document.querySelector('#warning').innerText"
        wait.until(lambda: "You will be disconnected in" in page.evaluate(warning), seconds=45, what="the warning", detail=page.said)
        page.screenshot("warning-idle")
        # Its button is a sign of life, so that it takes another half minute until the next one.
        page.call("click", "#warning-close")
        hidden = "() => document.querySelector('#warning').hidden"
        assert page.evaluate(hidden)
        wait.until(lambda: not page.evaluate(hidden), seconds=45, what="another warning", detail=page.state)
        assert page.state() == "connected"
        page.wait_state("ended", seconds=45)
        assert "while you were away" in page.words(), page.words()
        page.screenshot("ended-idle")
        assert desk.wait_connection("NOT_CONNECTED")["Id"] == session, "the session goes on"
        page.call("click", "#action")
        page.wait_state("connected")
        assert desk.wait_connection("CONNECTED")["Id"] == session
    finally:
        desk.remove()


def test_the_stack_s_addresses_are_in_the_page(page, sandbox, unique):
    addresses = {"RedirectURL": f"{sandbox.endpoint}/authenticate", "FeedbackURL": "https://example.org/feedback"}
    desk = Desk(sandbox, unique, stack=addresses)
    try:
        open_editor(page, desk)
        page.call("click", "#handle")
        assert page.evaluate("() => [feedback.hidden, feedback.href]") == [False, "https://example.org/feedback"]
        # The keys that the browser keeps for itself: this one closes the editor, and with it the last window.
        area = {"x": 0, "y": 0, "width": 1280, "height": 700}
        page.keep("editor", area)
        page.call("click", "#keys-button")
        page.call("click", '[data-keys="alt+F4"]')
        wait.until(lambda: page.changed("editor", area) > 100_000, seconds=15, what="the editor to close")
        page.call("click", "#handle")
        page.call("click", "#figures-button")
        wait.until(lambda: "Mbit/s" in page.evaluate("() => figures.innerText"), seconds=20, what="figures")
        page.call("click", "#end")
        page.call("click", "#confirm-end")
        # playwright's own waiting lasts over the change of page.
        there = "() => document.querySelector('#notice').innerText.includes('No session to open')"
        page.call("waitForFunction", {"function": there}, None, {"timeout": 15_000})
    finally:
        desk.remove()


def test_the_mouse_and_the_cursor(page, desk):
    open_editor(page, desk)
    over_text = {"x": 640, "y": 400}
    menu = {"x": 0, "y": 0, "width": 300, "height": 220}
    shapes = {}

    def differ() -> bool:
        """Looked at until it is so: an editor that has just appeared sets its shapes a moment later."""
        for place in (tuple(over_text.values()), MENU):
            page.call("mouse.move", *place)
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            shapes[place] = page.cursor()
        return len(set(shapes.values())) == 2 and all("url(" in shape for shape in shapes.values())

    wait.until(differ, seconds=20, what="the remote cursor's shapes over text and over the menu", detail=lambda: shapes)
    at_rest(page)
    page.keep("closed", menu)
    page.call("mouse.click", *MENU)
    wait.until(lambda: page.changed("closed", menu) > 3000, seconds=10, what="the menu to open where it was clicked")
    page.screenshot("editor-menu")
    press(page, "Escape")
    wait.until(lambda: page.changed("closed", menu) < 3000, seconds=10, what="the menu to close", detail=lambda: page.screenshot("menu-open-still"))

    # The wheel scrolls a long text.
    page.call("mouse.click", *over_text.values())
    for line in range(100):
        page.type(f"line {line}\n")
    text = {"x": 0, "y": 100, "width": 120, "height": 500}
    page.call("mouse.move", *over_text.values())
    wait.until(lambda: steady(page, text), seconds=10, what="a steady picture")
    page.keep("scrolled down", text)
    page.call("mouse.wheel", 0, -600)
    wait.until(lambda: page.changed("scrolled down", text) > 500, seconds=10, what="the text to scroll")


def test_the_remote_screen_follows_the_window(page, desk):
    """Pixel for pixel, so that text is as sharp as on a screen of one's own."""
    open_editor(page, desk)
    for width, height in ((1280, 720), (1100, 800), (1600, 900)):
        page.call("setViewportSize", {"width": width, "height": height})
        wait.until(
            lambda size={"width": width, "height": height}: page.evaluate("() => millraceScreen.size()") == size,
            seconds=15,
            what=f"a remote screen of {width} × {height}",
            detail=page.look,
        )
        wait_editor(page)
    page.screenshot("editor-1600x900")


def test_a_reload_resumes_the_same_session(page, desk):
    open_editor(page, desk)
    page.type("It is still here.")
    grid = at_rest(page)
    before, address = desk.sessions()[0]["Id"], page.evaluate("() => location.href")
    assert "signature" not in address and "parameters" not in address, "the ticket is out of the address bar"
    page.call("reload")
    page.wait_state("connected")
    wait_same_picture(page, grid)
    assert [session["Id"] for session in desk.sessions()] == [before]
    desk.wait_connection("CONNECTED")


def test_a_closed_page_leaves_the_session_and_its_url_is_spent(browser, page, desk):
    first, url = browser.open(), desk.url()
    first.goto(url)
    first.wait_state("connected")
    desk.wait_connection("CONNECTED")
    first.close()
    desk.wait_connection("NOT_CONNECTED")

    page.goto(url)
    page.wait_state("refused")
    assert "used already" in page.words(), page.words()
    page.screenshot("refused-spent")


def test_a_url_of_nobody_says_so(page, sandbox):
    page.goto(f"{sandbox.endpoint}/authenticate?parameters=bm90aGluZw%3D%3D&signature=bm90aGluZw%3D%3D")
    page.wait_state("refused")
    assert "not valid" in page.words(), page.words()
    page.screenshot("refused-invalid")


def test_the_user_ends_the_session(page, desk, sandbox):
    open_editor(page, desk)
    desk.wait_connection("CONNECTED")
    page.call("click", "#handle")
    page.screenshot("toolbar")
    page.call("click", "#end")
    page.screenshot("confirm-end")
    page.call("click", "#confirm-end")
    page.wait_state("ended")
    assert "You ended the session" in page.words(), page.words()
    page.screenshot("ended-user")
    wait.until(lambda: not desk.sessions(), seconds=20, what="the session to be gone", detail=desk.sessions)
    desk.wait_counts(InUse=0, Available=1)
    # Another one starts on an instance of its own, with nothing of the first.
    page.goto(desk.url())
    page.wait_state("connected")


def test_stop_fleet_ends_the_session_and_the_page_says_why(page, desk):
    open_editor(page, desk)
    desk.aws.stop_fleet(Name=desk.name)
    page.wait_state("ended")
    assert "administrator ended" in page.words(), page.words()
    page.screenshot("ended-owner")
    desk.aws.get_waiter("fleet_stopped").wait(Names=[desk.name], WaiterConfig=SOON)
    assert desk.sessions() == []


def test_an_instance_that_dies_is_replaced(sandbox, unique, page):
    """ALWAYS_ON: the user's instance is killed from outside; the page says so, and the fleet gets another one."""
    desk = Desk(sandbox, unique, "ALWAYS_ON")
    try:
        desk.wait_counts(Available=1, Running=1)
        open_editor(page, desk)
        sandbox.tracer.observe(sandbox.process.pid)
        agents = [pid for pid, text in sandbox.tracer.processes().items() if "Xvfb" in text]
        assert agents, sandbox.tracer.processes()
        for pid in agents:
            os.kill(pid, 9)
        page.wait_state("ended", "reconnecting", seconds=30)
        page.wait_state("ended", seconds=60)
        page.screenshot("ended-instance")
        desk.wait_counts(Available=1, InUse=0, seconds=60)
    finally:
        desk.remove()


def test_a_full_fleet_lets_the_page_wait(browser, page, desk):
    """The second user waits, is told so, and gets in as soon as the first one ends."""
    first = browser.open()
    first.goto(desk.url())
    first.wait_state("connected")
    page.goto(desk.url(user="bob"))
    page.wait_state("waiting")
    page.screenshot("waiting")
    first.call("click", "#handle")
    first.call("click", "#end")
    first.call("click", "#confirm-end")
    first.wait_state("ended")
    first.close()
    page.wait_state("connected", seconds=40)


def test_nothing_runs_when_nothing_changes(page, desk):
    """An idle picture of a program that does not blink: no frame comes."""
    page.goto(desk.url("calculator"))
    page.wait_state("connected")
    page.wait_picture()
    area = {"x": 0, "y": 0, "width": 1280, "height": 700}
    page.keep("still", area)
    start = time.monotonic()

    def still_for_two_seconds() -> bool:
        nonlocal start
        if page.changed("still", area):
            page.keep("still", area)
            start = time.monotonic()
        return time.monotonic() - start > 2

    wait.until(still_for_two_seconds, seconds=20, what="two seconds in which not one pixel changes")


def test_a_killed_server_loses_no_instance(sandbox, desk, page):
    """SIGKILL, then a new server: it adopts the instance, and the page comes back to the same session by itself."""
    open_editor(page, desk)
    page.type("before")
    session = desk.wait_connection("CONNECTED")["Id"]
    sandbox.kill()
    page.wait_state("reconnecting", seconds=30)
    page.screenshot("reconnecting")
    sandbox.start()
    page.wait_state("connected", seconds=60)
    assert [one["Id"] for one in desk.sessions()] == [session]
    page.type(" and after")
    save(page, "/home/user/killed.txt")
    assert file_of(sandbox, "home/user/killed.txt").read_text().strip() == "before and after"


def test_the_log_keeps_secrets(sandbox):
    """What the tests did left no streaming URL or signature in the log."""
    log = sandbox.log_path.read_text(errors="replace")
    assert "signature=" not in log and "AWS4-HMAC-SHA256" not in log


README_TEXT = """Hello from Millrace.

This is Mousepad, an ordinary program of Debian, unchanged. It runs in an instance
of a fleet on our own host; the browser shows its picture and sends it the keys.

The fleet is managed with the AppStream API, by the AWS CLI for example:

    aws appstream create-fleet --name writers --tags team=apps ...
    aws appstream start-fleet --name writers
    aws appstream create-streaming-url --stack-name writers ...

Whatever changes is sent as lossless tiles, so every letter stays exact.
"""


def test_the_picture_of_the_readme(sandbox, page):
    path = os.environ.get("MILLRACE_SCREENSHOT")
    if not path:
        pytest.skip("MILLRACE_SCREENSHOT does not name a file")
    desk = Desk(sandbox, "writers")
    try:
        open_editor(page, desk)
        press(page, *["Control+Shift+Equal"] * 5)
        # Below the menu that the picture shows too.
        page.type("\n" * 9 + README_TEXT)
        save(page, "/home/user/hello.txt")
        page.call("click", "#handle")
        page.call("click", "#windows-button")
        area = {"x": 0, "y": 0, "width": 1280, "height": 700}
        wait.until(lambda: steady(page, area), seconds=10, what="a steady picture")
        page.call("screenshot", {"path": path})
    finally:
        desk.remove()
