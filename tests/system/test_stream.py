"""The pixels in Chromium, everything real: what moves becomes exact once it rests, and nobody who types waits behind a film."""

import array
import io
import itertools
import os
import re
import statistics
import subprocess
import tarfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import node, wait
from harness import stage as staged
from harness.browser import Page
from harness.link import Link, Relay
from harness.server import Server
from harness.stage import Stage

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]

SOON = {"Delay": 1, "MaxAttempts": 60}
NAME = "moving"
PROGRAM = "/usr/bin/millrace-bench-app"
APPLICATIONS = {"film": "--animate=full --still-after=8", "endless": "--animate=full", "scroll": "--scroll --still-after=8", "both": "--both"}
WIDTH, HEIGHT = 1280, 720

# The step that the application wrote into its corner: 16 bits of 16 × 16 pixels each.
STEP = """([x, y]) => {
  const data = millraceScreen.read(x, y + 8, 256, 1);
  let step = 0;
  for (let bit = 0; bit < 16; bit++) step = step * 2 + (data[4 * (bit * 16 + 8) + 1] > 127 ? 1 : 0);
  return step;
}"""
# FNV-1a over the picture's pixels as 0xRRGGBB.
HASH = """() => {
  const { width, height } = millraceScreen.size();
  const data = millraceScreen.read(0, 0, width, height);
  let hash = 0x811c9dc5;
  for (let i = 0; i < data.length; i += 4) {
    hash = Math.imul(hash ^ ((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]), 0x01000193) >>> 0;
  }
  return hash;
}"""


def image(path: Path, program: str) -> Path:
    """A root filesystem with nothing but the benchmark's application."""
    with tarfile.open(path, "w") as archive:
        for directory in ("dev", "etc", "home", "home/user", "proc", "run", "sys", "tmp", "usr", "usr/bin", "usr/share", "usr/share/applications", "var"):
            entry = tarfile.TarInfo(directory)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        files = {
            "etc/passwd": (0o644, b"root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:User:/home/user:/bin/sh\n"),
            "etc/group": (0o644, b"root:x:0:\nuser:x:1000:\n"),
            PROGRAM.removeprefix("/"): (0o755, Path(program).read_bytes()),
        }
        for name, arguments in APPLICATIONS.items():
            text = f"[Desktop Entry]\nType=Application\nName={name}\nExec={PROGRAM} {arguments}\n"
            files[f"usr/share/applications/{name}.desktop"] = (0o644, text.encode())
        for name, (mode, content) in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode, entry.size = mode, len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def drawn(scene: str, step: int) -> int:
    """The hash of what the application drew at a step."""
    command = [os.environ["MILLRACE_BENCH_APP"], "--dump", scene, "--steps", str(step), "--width", str(WIDTH), "--height", str(HEIGHT)]
    pixels = subprocess.run(command, check=True, capture_output=True).stdout
    assert len(pixels) == WIDTH * HEIGHT * 4
    value = 0x811C9DC5
    for pixel in array.array("I", pixels):
        value = ((value ^ (pixel & 0xFFFFFF)) * 0x01000193) & 0xFFFFFFFF
    return value


@pytest.fixture(scope="module")
def moving(sandbox: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running ON_DEMAND fleet whose applications move."""
    if not os.environ.get("MILLRACE_BENCH_APP"):
        pytest.skip("MILLRACE_BENCH_APP is not set: run by `cargo xtask test`")
    sandbox.import_image(image(tmp_path_factory.mktemp("image") / "moving.tar", os.environ["MILLRACE_BENCH_APP"]), NAME)
    aws = sandbox.client()
    aws.create_stack(Name=NAME)
    aws.create_fleet(
        Name=NAME, InstanceType="stream.standard.medium", FleetType="ON_DEMAND", ImageName=NAME, ComputeCapacity={"DesiredInstances": 1}
    )
    aws.associate_fleet(FleetName=NAME, StackName=NAME)
    aws.start_fleet(Name=NAME)
    aws.get_waiter("fleet_started").wait(Names=[NAME], WaiterConfig=SOON)
    yield sandbox
    aws.stop_fleet(Name=NAME)
    aws.get_waiter("fleet_stopped").wait(Names=[NAME], WaiterConfig=SOON)
    aws.disassociate_fleet(FleetName=NAME, StackName=NAME)
    aws.delete_fleet(Name=NAME)
    aws.delete_stack(Name=NAME)


def opened(server: Server, page: Page, application: str, port: int | None = None) -> None:
    """Opens a session on an application, by another port if one is given."""
    url = server.client().create_streaming_url(StackName=NAME, FleetName=NAME, UserId=application, Validity=600, ApplicationId=application)["StreamingURL"]
    page.goto(url.replace(f":{server.port}/", f":{port or server.port}/", 1))
    page.wait_state("connected", seconds=60)
    wait.until(
        lambda: page.evaluate("() => millraceScreen.size()") == {"width": WIDTH, "height": HEIGHT},
        seconds=30,
        what="the screen to have the page's size",
    )


def ended(server: Server, page: Page) -> None:
    """Ends the session, so that the next test finds the fleet free."""
    page.evaluate("() => ['#handle', '#end', '#confirm-end'].forEach((button) => document.querySelector(button).click())")
    page.wait_state("ended")
    wait.until(lambda: not sessions(server), seconds=30, what="the session to be over", detail=lambda: sessions(server))


def sessions(server: Server) -> list[dict]:
    """Those that are not over."""
    found = server.client().describe_sessions(StackName=NAME, FleetName=NAME)["Sessions"]
    return [session for session in found if session["State"] != "EXPIRED"]


def worker_of(server: Server) -> str:
    """Where the page's worker is, as its script says."""
    page = urllib.request.urlopen(f"{server.endpoint}/authenticate").read().decode()
    script = re.search(r"/assets/main-[^\"']+", page)[0]
    return re.search(r"/assets/worker-[^\"'`]+", urllib.request.urlopen(server.endpoint + script).read().decode())[0]


@pytest.fixture
def stage(moving: Server) -> Iterator[Stage]:
    with staged.stage(moving.port) as made:
        yield made


# Whether an element of the page's own shows the film, not the canvas.
FILM_ELEMENT = """() => !!document.querySelector('video[data-testid="screen"]')"""


@pytest.mark.parametrize("scene", ["film", "film without MediaStreamTrackGenerator", "film without WebCodecs", "scroll"])
def test_what_rests_becomes_exact(moving: Server, page: Page, stage: Stage, scene: str) -> None:
    scene, _, lacks = scene.partition(" without ")
    port = None
    if lacks == "MediaStreamTrackGenerator":
        page.call("addInitScript", "delete globalThis.MediaStreamTrackGenerator;")
    if lacks == "WebCodecs":
        # They are the worker's, which no script of the page's comes before.
        worker = urllib.request.urlopen(f"{moving.endpoint}{worker_of(moving)}").read()
        without = b"delete globalThis.VideoDecoder;" + worker
        stage.answer(b"GET /assets/worker-", b"HTTP/1.1 200 OK\r\ncontent-type: text/javascript\r\ncontent-length: %d\r\n\r\n%s" % (len(without), without))
        port = stage.port
    opened(moving, page, scene, port)
    wait.until(lambda: page.evaluate(STEP, [0, 0]) > 30, seconds=60, what="the picture to move", detail=page.said)
    steps: list[int] = []
    had_element = False

    def rests() -> bool:
        nonlocal had_element
        had_element |= page.evaluate(FILM_ELEMENT)
        steps.append(page.evaluate(STEP, [0, 0]))
        return len(steps) > 10 and len(set(steps[-10:])) == 1

    wait.until(rests, seconds=60, interval=0.1, what="the picture to rest")
    expected = drawn(scene, steps[-1])
    wait.until(lambda: page.evaluate(HASH) == expected, seconds=5, what="the picture to be exact", detail=page.said)
    assert not [line for line in page.said() if "H.264" in line or "video region" in line], "decoder and element worked"
    assert had_element == (scene == "film" and not lacks)
    # It would lie over what is now exact.
    assert not page.evaluate("() => !!document.querySelector('video')")
    ended(moving, page)


@pytest.mark.parametrize("lacks", ["nothing", "MediaStreamTrackGenerator"])
def test_a_film_over_a_thin_link_fills_its_place(moving: Server, page: Page, lacks: str) -> None:
    """There its pictures have fewer pixels than their place on the screen: what they show is where it belongs all the same."""
    if lacks != "nothing":
        page.call("addInitScript", f"delete globalThis.{lacks};")
    relay = Relay(moving.port)
    try:
        opened(moving, page, "endless", relay.port)
        wait.until(lambda: page.evaluate(STEP, [0, 0]) > 30, seconds=60, what="the picture to move", detail=page.said)
        if lacks == "nothing":
            wait.until(lambda: page.evaluate(FILM_ELEMENT), seconds=30, what="the element", detail=page.said)
            assert page.evaluate("() => [document.querySelector('video').videoWidth, document.querySelector('video').videoHeight]") == [WIDTH, HEIGHT]
        steps: list[int] = []

        def plays() -> bool:
            steps.append(page.evaluate(STEP, [0, 0]))
            return len(set(steps)) > 30

        wait.until(plays, seconds=60, interval=0.1, what="the film to play", detail=lambda: (steps, page.said()))
        # The application draws 60 a second, for as long as this can take: what is read elsewhere than at the mark is no such number. (A region that begins
        # anew may show a picture or two again.)
        assert all(later > earlier - 30 for earlier, later in itertools.pairwise(steps)) and steps[-1] < 60 * 300, steps
        assert not [line for line in page.said() if "H.264" in line or "video region" in line], "decoder and element worked"
        ended(moving, page)
    finally:
        relay.close()


def test_a_film_plays_in_firefox(moving: Server) -> None:
    """Whoever looks at its pictures does not stop them."""
    url = moving.client().create_streaming_url(StackName=NAME, FleetName=NAME, UserId="firefox", Validity=600, ApplicationId="endless")["StreamingURL"]
    done = node.run("firefox-film.mjs", url, "100", seconds=240)
    assert done.returncode == 0, done.stdout + done.stderr + moving.log_tail()
    for session in sessions(moving):
        moving.client().expire_session(SessionId=session["Id"])
    wait.until(lambda: not sessions(moving), seconds=30, what="the session to be over", detail=lambda: sessions(moving))


# From a key's own time stamp to the first animation frame that shows the block's other colour, in ms.
ARM = """([x, y]) => {
  const before = millraceScreen.colour(x, y);
  globalThis.answered = new Promise((done) => addEventListener("keydown", ({ timeStamp }) => {
    const look = () => (millraceScreen.colour(x, y) === before ? requestAnimationFrame(look) : done(performance.now() - timeStamp));
    requestAnimationFrame(look);
  }, { capture: true, once: true }));
}"""
BLOCK = [64 + 128, 64 + 128]


def test_typing_does_not_wait_behind_a_film_on_a_thin_link(moving: Server, page: Page) -> None:
    """2 Mbit/s, 150 ms, 1 % loss. The film alone would take more than that: were it queued, answers would take ever longer. (An agent that sent
    as many frames as there are answered after 21 s in the middle of nine keys.)"""
    link = Link()
    relay = Relay(moving.port, link)
    try:
        opened(moving, page, "both", relay.port)
        wait.until(lambda: page.evaluate("(at) => millraceScreen.colour(...at)", BLOCK) in ("ebe13c", "191e82"), seconds=60, what="the block")
        film = [560, 300]
        wait.until(lambda: page.evaluate(STEP, film) > 30, seconds=60, what="the film to play", detail=page.said)
        answers = []
        for _ in range(9):
            page.evaluate(ARM, BLOCK)
            page.call("keyboard.press", "b")
            answers.append(page.evaluate("() => globalThis.answered"))
        before = page.evaluate(STEP, film)
        wait.until(lambda: page.evaluate(STEP, film) != before, seconds=20, what="the film to play on")
        # A round trip, and as much as five more for a busy machine.
        assert statistics.median(answers) < 6000 * link.round_trip_seconds, answers
        ended(moving, page)
    finally:
        relay.close()
