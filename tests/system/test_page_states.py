"""Every state of the page, in both languages, by day and by night, on the smallest window that it is made for and on a larger one: what it says can be read,
nothing is cut off or lies over something else, and every control has a name and a place among the keys. With MILLRACE_SCREENSHOTS each is a picture to be looked at.

The server and its sessions are real; what would take minutes or a defect to happen, the stage between page and server says in the server's place.
"""

import io
import json
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import stage as staged
from harness import tickets, wait
from harness.browser import Browser, Page
from harness.desk import Desk, press
from harness.server import Server
from harness.stage import ADMISSION, STREAM, Stage

pytestmark = pytest.mark.browser

# Each language by day and by night, and each of these in both sizes.
LOOKS = {
    "en": [("light", 1024, 768), ("dark", 1440, 900)],
    "de": [("dark", 1024, 768), ("light", 1440, 900)],
}
LOCALES = {"en": "en-GB", "de": "de-DE"}
LONG_NAME = "Donaudampfschifffahrtsgesellschaftskapitänsverzeichnis"
APPLICATIONS = [
    "Archive", "Browser", "Calculator", "Calendar", "Drawing", "Editor", "Files", "Image Viewer", "Mail", "Music Notation", "Presentation", "Spreadsheet", LONG_NAME,
    "Terminal",
]  # fmt: skip
MENU, FIGURES, CATALOGUE = (f"Control+Alt+Shift+{key}" for key in "mia")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an image of many applications, and one of none. It keeps nobody waiting for long."""
    server = Server("simulated")
    try:
        server.start()
        for name, applications in (("office", APPLICATIONS), ("bare", [])):
            path = tmp_path_factory.mktemp("image") / f"{name}.tar"
            pack(path, applications)
            server.import_image(path, name)
        yield server
    finally:
        server.close()


def pack(path: Path, applications: list[str]) -> None:
    files = {"etc/os-release": b"ID=debian\n", "usr/bin/true": b"#!/bin/sh\n"} | {
        f"usr/share/applications/application-{number}.desktop": f"[Desktop Entry]\nType=Application\nName={name}\nExec=/usr/bin/true\n".encode()
        for number, name in enumerate(applications)
    }
    with tarfile.open(path, "w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode, entry.size = 0o755, len(content)
            archive.addfile(entry, io.BytesIO(content))


@pytest.fixture
def stage(office: Server) -> Iterator[Stage]:
    with staged.stage(office.port) as made:
        yield made


@pytest.fixture(params=sorted(LOOKS))
def language(request: pytest.FixtureRequest) -> str:
    return request.param


class Eye:
    """Looks at a page of one language."""

    def __init__(self, browser: Browser, language: str) -> None:
        self.language, self.browser = language, browser
        self.page = self.open()
        self.faults: list[str] = []

    def open(self) -> Page:
        _, width, height = LOOKS[self.language][0]
        return self.browser.open(width=width, height=height, locale=LOCALES[self.language], permissions=["local-network-access"])

    def see(self, name: str, english: str, german: str, *, page: Page | None = None) -> None:
        """Waits until the page says this, and judges it in every look of its language."""
        page, said, other = page or self.page, english, german
        if self.language == "de":
            said, other = german, english
        wait.until(
            lambda: said in page.judge(axe=False)["words"], seconds=15, what=f"the page to say {said!r}", detail=lambda: (page.judge(axe=False), page.said())
        )
        for number, (scheme, width, height) in enumerate(LOOKS[self.language]):
            page.call("setViewportSize", {"width": width, "height": height})
            page.call("emulateMedia", {"colorScheme": scheme})
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            judged = page.judge(axe=number == 0)
            page.screenshot(f"states/{name}-{self.language}-{scheme}-{width}")
            assert said in judged["words"], judged
            assert other == said or other not in judged["words"], judged
            self.faults += [f"{name}, {scheme}, {width} wide: {fault}" for fault in judged["faults"]]


@pytest.fixture
def eye(browser: Browser, language: str) -> Iterator[Eye]:
    made = Eye(browser, language)
    yield made
    made.page.close()
    assert not made.faults, "\n".join(made.faults)


def through(url: str, stage: Stage) -> str:
    before, after = url.split("//", 1)
    return f"{before}//127.0.0.1:{stage.port}/{after.split('/', 1)[1]}"


@pytest.fixture
def office_desk(office: Server, unique: str) -> Iterator[Desk]:
    made = Desk(office, f"{unique}-accounts-and-reports", image="office", stack={"FeedbackURL": "https://example.org/feedback"})
    yield made
    made.remove()


def test_the_way_into_a_session(eye, office_desk, stage):
    page = eye.page
    url = through(office_desk.url(None), stage)
    stage.hold_request(ADMISSION)
    page.goto(url)
    eye.see("opening", "Opening your session", "Ihre Sitzung wird geöffnet")
    stage.answer_admission(b'{"state":"starting"}\n')
    stage.release_request(ADMISSION)
    eye.see("starting", "Starting your computer", "Ihr Rechner startet")
    stage.leave_admission()
    stage.hold_request(STREAM)
    page.call("reload")
    eye.see("connecting", "The picture will be here any moment.", "Das Bild erscheint gleich.")

    other = eye.open()
    other.goto(through(office_desk.url(None, user="bob"), stage))
    eye.see("waiting", "All computers are in use", "Alle Rechner sind belegt", page=other)
    other.close()

    stage.release_request(STREAM)
    page.wait_state("connected")
    stage.hold_request(STREAM)
    page.call("reload")
    eye.see("resuming", "Resuming your session", "Ihre Sitzung wird fortgesetzt")
    stage.release_request(STREAM)
    page.wait_state("connected")


def test_refusals(eye, office, office_desk, stage, unique):
    page, url = eye.page, through(office_desk.url(None), stage)
    page.goto(url.split("?")[0])
    eye.see("no-link", "No session to open", "Keine Sitzung zu öffnen")
    page.goto(url[:-20])
    eye.see("refused-invalid", "This link is not valid", "Dieser Link ist ungültig")
    page.goto(through(tickets.changed(office, url, expires=str(int(time.time()) - 10)), stage))
    eye.see("refused-expired", "This link has expired", "Dieser Link ist abgelaufen")
    page.goto(url)
    page.wait_state("connected")
    page.goto(url)
    eye.see("refused-spent", "This link was used already", "Dieser Link wurde schon benutzt")
    for reason, english, german in (
        ("capacity", "No computer is free", "Kein Rechner ist frei"),
        ("instance_failed", "Your computer could not start", "Ihr Rechner konnte nicht starten"),
        ("not_associated", "Nothing to open", "Nichts zu öffnen"),
        ("opened_again", "This link is open in another tab", "Dieser Link ist in einem anderen Tab geöffnet"),
        ("home_folder", "Your home folder cannot be opened", "Ihr Basisordner kann nicht geöffnet werden"),
        ("home_folder_full", "There is no room to open your home folder", "Für Ihren Basisordner ist kein Platz"),
        ("unavailable", "The service cannot be reached", "Der Dienst ist nicht erreichbar"),
    ):
        stage.answer_admission(json.dumps({"state": "refused", "reason": reason, "message": "in the server's own language"}).encode() + b"\n")
        page.goto(through(office_desk.url(None, user="bob"), stage))
        eye.see(f"refused-{reason}", english, german)
    stage.leave_admission()
    office_desk.aws.stop_fleet(Name=office_desk.name)
    press(page, "Enter")
    eye.see("refused-not-running", "Not running right now", "Zurzeit nicht in Betrieb")


def connect(eye: Eye, desk: Desk, stage: Stage, application: str | None = None) -> None:
    eye.page.goto(through(desk.url(application), stage))
    eye.page.wait_state("connected")


WINDOWS = [
    (1, 0, 1, "Quarterly figures – Spreadsheet"),
    (2, 0, 0, "A very long title of a document that somebody has named with great care and at some length.odt – Editor"),
    (3, 0, 2, "Brief an Müller – Editor"),
]


def test_a_session(eye, office_desk, stage):
    page = eye.page
    connect(eye, office_desk, stage)
    stage.say(staged.windows())
    eye.see("catalogue", "Your applications", "Ihre Anwendungen")
    page.call("keyboard.type", "zzz")
    eye.see("catalogue-none-found", "No application has that name.", "Keine Anwendung hat diesen Namen.")
    page.call("fill", "#search", "donau")
    press(page, "Enter")
    eye.see("launching", f"Opening {LONG_NAME}", f"{LONG_NAME} wird geöffnet")
    stage.say(staged.windows(*WINDOWS))

    press(page, MENU)
    eye.see("toolbar", "End session", "Sitzung beenden")
    for _, width, height in LOOKS[eye.language]:
        page.call("setViewportSize", {"width": width, "height": height})
        assert page.evaluate("() => document.querySelector('#bar').offsetHeight") < 60, f"one row, {width} wide"
    walked = walk(page)
    assert walked == ["applications", "windows-button", "keys-button", "paste", "figures-button", "full-screen", "more-button", "feedback", "end", "hide"], walked
    for menu, english, german in (
        ("windows", "Brief an Müller – Editor", "Brief an Müller – Editor"),
        ("keys", "Ctrl + Alt + Del", "Strg + Alt + Entf"),
        ("more", "Upload files", "Dateien hochladen"),
    ):
        page.call("focus", f"#{menu}-button")
        press(page, "Enter")
        eye.see(f"menu-{menu}", english, german)
    press(page, "Escape")
    assert page.evaluate("() => document.activeElement.id") == "more-button", "Escape closes the menu first"
    page.call("focus", "#full-screen")
    press(page, "Enter", MENU)
    wait.until(lambda: page.evaluate("() => document.querySelector('#full-screen').ariaPressed") == "true", seconds=5, what="the full screen to be told")
    eye.see("toolbar-full-screen", "Full screen", "Vollbild")
    page.evaluate("() => document.exitFullscreen()")

    press(page, "Escape", FIGURES)
    eye.see("figures-none", "Press a key to measure the delay.", "Drücken Sie eine Taste, um die Verzögerung zu messen.")
    stage.say(staged.notice(1, 30))
    eye.see("warning-idle", "You will be disconnected in", "werden Sie getrennt")
    stage.say(staged.notice(2, 300))
    eye.see("warning-time", "Your session ends in 5 minutes", "In 5 Minuten endet Ihre Sitzung")
    # By keys alone: from the menu to what lies before it.
    press(page, MENU, "Shift+Tab", "Enter")
    assert page.evaluate("() => [document.querySelector('#warning').hidden, document.activeElement.id]") == [True, "keyboard"]

    for number, (name, message, english, german) in enumerate((
        ("failed", staged.application(99, 3, 0, "No such file or directory"), "could not be started: No such file", "konnte nicht gestartet werden: No such file"),
        ("exited", staged.application(99, 2, 139), "stopped unexpectedly (status 139)", "wurde unerwartet beendet (Status 139)"),
        ("copy-too-long", staged.notice(3, 0), "too long to be passed on", "zu lang für die Übergabe"),
    )):  # fmt: skip
        stage.say(message)
        eye.see(f"toast-{number}-{name}", english, german)
    press(page, MENU)
    page.call("focus", "#paste")
    press(page, "Enter")
    eye.see("toast-3-cannot-read", "press Ctrl+V", "drücken Sie Strg+V")

    press(page, CATALOGUE)
    eye.see("catalogue-over-windows", "Your applications", "Ihre Anwendungen")
    press(page, MENU)
    assert page.evaluate("() => document.activeElement.id") == "applications", "the menu's keys work in the catalogue, too"
    press(page, "Escape", "Escape")
    page.call("keyboard.press", MENU)
    page.call("focus", "#end")
    press(page, "Enter")
    eye.see("confirm", "End this session?", "Diese Sitzung beenden?")
    press(page, "Tab", "Enter")
    eye.see("ended-user", "You ended the session.", "Sie haben die Sitzung beendet.")


def walk(page: Page) -> list[str]:
    """Through the toolbar by Tab alone; each control must show that it has the focus."""
    page.call("focus", "#bar button")
    walked = []
    while (focus := page.evaluate("() => ({ ...millraceJudge.focus(), inside: !!document.activeElement.closest('#bar') })"))["inside"]:
        assert focus["ring"], focus
        walked.append(focus["id"])
        press(page, "Tab")
    press(page, "Shift+Tab")
    return walked


def test_the_figures_of_a_key(eye, office_desk, stage):
    page = eye.page
    connect(eye, office_desk, stage)
    press(page, FIGURES)
    # What the page would say of such a frame is not for the real server.
    now = page.evaluate("() => Math.round((performance.timeOrigin + performance.now()) * 1000)")
    stage.say(staged.answered_frame(2, now - 40_000))
    eye.see("figures", "Key to picture", "Taste bis Bild")


def test_a_desktop_and_whoever_takes_it_over(eye, office, stage, unique):
    page, desk = eye.page, Desk(office, unique, image="office", fleet={"StreamView": "DESKTOP"})
    try:
        connect(eye, desk, stage)
        stage.say(staged.windows(*WINDOWS, *((number, 0, 0, f"Terminal {number}") for number in range(4, 12))))
        eye.see("desktop", "Applications", "Anwendungen")
        press(page, FIGURES)
        stage.say(staged.notice(2, 90))
        stage.say(staged.application(99, 2, 1))
        eye.see("desktop-with-words", "stopped unexpectedly", "wurde unerwartet beendet")
        page.call("click", "#start")
        eye.see("desktop-catalogue", "Your applications", "Ihre Anwendungen")
        other = eye.open()
        other.goto(through(desk.url(None), stage))
        other.wait_state("connected")
        eye.see("ended-taken-over", "Opened somewhere else", "Anderswo geöffnet")
        desk.aws.expire_session(SessionId=desk.wait_connection("CONNECTED")["Id"])
        eye.see("ended-owner", "An administrator ended this session.", "Ein Administrator hat diese Sitzung beendet.", page=other)
        other.close()
    finally:
        desk.remove()


def test_the_ends_of_a_stream(eye, office, office_desk, stage):
    page = eye.page
    page.goto(tickets.changed(office, through(office_desk.url(None), stage), maxUserDurationInSecs=2))
    eye.see("ended-time", "Time is up", "Die Zeit ist um")
    for number, name, english, german in (
        (3, "instance", "has stopped", "läuft nicht mehr"),
        (7, "credential", "This session is over", "Diese Sitzung ist vorbei"),
        (6, "protocol", "Something went wrong", "Etwas ist schiefgegangen"),
        (9, "idle", "Disconnected while you were away", "Getrennt, während Sie abwesend waren"),
    ):
        connect(eye, office_desk, stage)
        stage.say(staged.ended(number))
        eye.see(f"ended-{name}", english, german)
    press(page, "Enter")
    page.wait_state("connected")

    stage.hold_request(STREAM)
    stage.cut()
    eye.see("reconnecting", "Connection lost, reconnecting", "Verbindung verloren, neuer Versuch")
    stage.release_request(STREAM)
    page.wait_state("connected")
    # Nobody listens any more.
    stage.refuse()
    eye.see("reconnecting-for-long", "Reconnect now", "Jetzt neu verbinden")
    page.evaluate("() => { const now = performance.now.bind(performance); performance.now = () => now() + 600_000; }")
    page.wait_state("ended")
    page.evaluate("() => { delete performance.now; }")
    eye.see("ended-lost", "The connection could not be restored", "Die Verbindung ließ sich nicht wiederherstellen")
    stage.accept()

    connect(eye, office_desk, stage)
    # A page that is not there, so that this one stays to be looked at.
    stage.answer(b"GET /elsewhere", b"HTTP/1.1 204 No Content\r\n\r\n")
    stage.say(staged.ended(1, f"http://127.0.0.1:{stage.port}/elsewhere"))
    eye.see("ended-redirecting", f"You are being taken to 127.0.0.1:{stage.port}.", f"Sie werden zu 127.0.0.1:{stage.port} weitergeleitet.")
    page.goto("about:blank")


def test_a_browser_that_cannot(eye, office, stage):
    eye.page.call("addInitScript", "delete globalThis.HTMLDialogElement")
    eye.page.goto(f"{office.endpoint}/authenticate")
    eye.see("unsupported", "This browser is too old", "Dieser Browser ist zu alt")
    # One that cannot run the script at all is told so in both languages.
    stage.answer(b"GET /assets/main-", b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
    eye.page.goto(f"http://127.0.0.1:{stage.port}/authenticate")
    eye.see("not-started", "It needs JavaScript", "It needs JavaScript")


def test_zoomed_to_twice_the_size(browser, office_desk, stage):
    """A window of 1280 × 800 shows no more than 640 × 400 then, and forced colours and a wish for less motion may come with it."""
    page = browser.open(width=640, height=400, locale="de-DE", deviceScaleFactor=2, forcedColors="active", reducedMotion="reduce")

    def look(name: str) -> None:
        page.screenshot(f"states/zoomed-{name}")
        assert not (faults := page.judge(axe=False)["faults"]), (name, faults)

    stage.hold_request(STREAM)
    page.goto(through(office_desk.url(None), stage))
    page.wait_state("connecting")
    look("connecting")
    stage.release_request(STREAM)
    page.wait_state("connected")
    stage.say(staged.windows())
    wait.until(lambda: "Ihre Anwendungen" in page.judge(axe=False)["words"], seconds=10, what="the catalogue")
    look("catalogue")
    stage.say(staged.windows(*WINDOWS))
    stage.say(staged.notice(2, 300))
    press(page, MENU)
    wait.until(lambda: "endet Ihre Sitzung" in page.judge(axe=False)["words"], seconds=10, what="the warning")
    look("toolbar")
    page.call("focus", "#more-button")
    press(page, "Enter")
    look("menu")
    page.call("focus", "#end")
    press(page, "Enter")
    look("confirm")
    page.close()


def test_an_image_without_applications(eye, office, stage, unique):
    desk = Desk(office, unique, image="bare")
    try:
        connect(eye, desk, stage)
        stage.say(staged.windows())
        eye.see("catalogue-empty", "There are none here.", "Hier gibt es keine.")
    finally:
        desk.remove()
