"""A session survives its network: connections that break, that die without a word, that stall, and a second window."""

import time

import pytest
from harness import wait
from harness.desk import at_rest, file_of, open_editor, save, wait_editor, wait_same_picture
from harness.relay import relay

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]

SCREEN = {"x": 0, "y": 0, "width": 1280, "height": 700}
TITLE = {"x": 540, "y": 0, "width": 200, "height": 18}


def through(url: str, port: int) -> str:
    """The same URL by another port, as at the far end of an `ssh -L`."""
    before, after = url.split("//", 1)
    return f"{before}//127.0.0.1:{port}/{after.split('/', 1)[1]}"


@pytest.fixture
def network(sandbox):
    with relay(sandbox.port) as made:
        yield made


@pytest.mark.parametrize("failure", ["cut", "half-open"])
def test_a_broken_connection_comes_back_whole_with_no_key_down(page, desk, sandbox, network, failure):
    page.goto(through(desk.url(), network.port))
    page.wait_state("connected")
    wait_editor(page)
    # The title shows it last: there is something to save.
    page.keep("title", TITLE)
    page.type("before")
    wait.until(lambda: page.changed("title", TITLE) > 20, seconds=10, what="the title of a changed text")
    grid = at_rest(page)
    session = desk.wait_connection("CONNECTED")["Id"]
    page.call("keyboard.down", "Control")
    if failure == "cut":
        network.hold()
        network.cut()
    else:
        # Nobody is told: the page finds out by itself, after a key that nothing answers.
        network.hold()
    page.call("keyboard.down", "Shift")
    page.wait_state("reconnecting", seconds=40)
    page.screenshot(f"reconnecting-{failure}")
    # The server finds out as well.
    desk.wait_connection("NOT_CONNECTED", seconds=70)
    for key in ("Control", "Shift"):
        page.call("keyboard.up", key)
    network.release()
    page.wait_state("connected", seconds=60)
    assert desk.wait_connection("CONNECTED")["Id"] == session
    wait_same_picture(page, grid)
    page.type(" and after")
    save(page, f"/home/user/{failure}.txt")
    assert file_of(sandbox, f"home/user/{failure}.txt").read_text() == "before and after"


def test_keys_type_as_often_as_the_user_saw(page, desk, sandbox, network):
    """A key whose release is late is no held one, and a held one repeats at the rate of the user's own keyboard."""
    page.goto(through(desk.url(), network.port))
    page.wait_state("connected")
    wait_editor(page)
    page.keep("empty", SCREEN)
    page.call("keyboard.down", "x")
    wait.until(lambda: page.changed("empty", SCREEN) > 5, seconds=20, what="the letter")
    network.hold()
    page.call("keyboard.up", "x")
    # Not a wait for anything: this is how late the release comes. X.Org's own repeat begins after 0.66 s and then types 25 a second.
    time.sleep(1.5)
    network.resume()
    # Each but the first is what a browser says of a key that is held.
    for _ in range(6):
        page.call("keyboard.down", "y")
    page.call("keyboard.up", "y")
    save(page, "/home/user/repeats.txt")
    assert file_of(sandbox, "home/user/repeats.txt").read_text() == "xyyyyyy"


def test_a_lid_that_was_closed_opens_on_the_whole_picture_with_no_key_down(page, desk, sandbox, network):
    """The page is frozen with a key down, as by a lid; meanwhile the network forgets the connection, and the text on the screen goes on."""
    page.goto(through(desk.url(), network.port))
    page.wait_state("connected")
    wait_editor(page)
    page.call("keyboard.down", "Control")
    page.protocol("Page.setWebLifecycleState", state="frozen")
    network.hold()
    network.cut()
    desk.wait_connection("NOT_CONNECTED", seconds=70)
    network.release()
    page.protocol("Page.setWebLifecycleState", state="active")
    # Whether the key was let go while the lid was closed nobody told the page.
    page.call("keyboard.up", "Control")
    wait.until(lambda: desk.wait_connection("CONNECTED") and page.state() == "connected", seconds=60, what="the session to go on", detail=page.said)
    # With Control down, "s" would open a dialogue.
    page.type("awake so")
    save(page, "/home/user/lid.txt")
    assert file_of(sandbox, "home/user/lid.txt").read_text() == "awake so"


def test_a_second_window_takes_over_and_tells_the_first(browser, page, desk):
    open_editor(page, desk)
    session = desk.wait_connection("CONNECTED")["Id"]
    second = browser.open()
    try:
        second.goto(desk.url())
        second.wait_state("connected")
        page.wait_state("ended")
        assert "Opened somewhere else" in page.words(), page.words()
        page.screenshot("ended-taken-over")
        wait_editor(second)
        assert [one["Id"] for one in desk.sessions()] == [session]
        desk.wait_connection("CONNECTED")
    finally:
        second.close()


def test_a_display_of_many_pixels_is_used(browser, desk):
    """The remote screen has the window's device pixels; applications that start on it draw larger, and so do the titles of windows."""
    page = browser.open(width=900, height=600, deviceScaleFactor=2)
    try:
        page.goto(desk.url())
        page.wait_state("connected")
        wait.until(
            lambda: page.evaluate("() => millraceScreen.size()") == {"width": 1800, "height": 1200},
            seconds=15,
            what="a remote screen of 1800 × 1200",
            detail=page.look,
        )
        wait_editor(page)
        # With titles as large as where a device pixel is one of the page's, the menu would be here.
        wait.until(lambda: is_blue(page.evaluate("() => millraceScreen.colour(200, 26)")), seconds=15, what="a larger title", detail=page.look)
        page.screenshot("device-pixel-ratio-2")
    finally:
        page.close()


def is_blue(colour):
    red, green, blue = bytes.fromhex(colour)
    return blue > red + 40


def test_full_screen(page, desk):
    open_editor(page, desk)
    # Chromium gives Escape, Alt+Tab and their like to a page that asks for them.
    page.evaluate("""() => {
        globalThis.asked = [];
        for (const what of ["lock", "unlock"]) {
            const real = navigator.keyboard[what].bind(navigator.keyboard);
            navigator.keyboard[what] = () => (asked.push(what), real());
        }
    }""")
    for words, full in (("full screen", True), ("the window again", False)):
        page.call("click", "#handle")
        page.call("click", "#full-screen")
        wait.until(lambda full=full: page.evaluate("() => document.fullscreenElement !== null") == full, seconds=20, what=words)
        pressed = "() => document.querySelector('#full-screen').ariaPressed"
        wait.until(lambda full=full: page.evaluate(pressed) == str(full).lower(), seconds=20, what="the button to say how it is")
    wait.until(lambda: page.evaluate("() => asked") == ["lock", "unlock"], seconds=20, what="the keys to be asked for and given back")
    assert page.state() == "connected"
