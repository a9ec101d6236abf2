"""What a user saves is there in the next session, which has another instance; and a folder that cannot be used is refused, and left alone."""

import json

import pytest
from harness import wait
from harness.desk import Desk, file_of, save, wait_editor
from harness.server import REGION

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]

STACK = {"StorageConnectors": [{"ConnectorType": "HOMEFOLDERS"}]}
TEXT = "kept for tomorrow"
FOLDER = "home/user/MyFiles/HomeFolder"


@pytest.fixture
def with_homes(sandbox, unique):
    desk = Desk(sandbox, unique, stack=STACK)
    yield desk
    desk.remove()


def volumes(server) -> set:
    return set((server.data_dir / "volumes").glob("*/*/home/*/*"))


def begin(page, desk, user: str) -> None:
    page.goto(desk.url(user=user))
    page.wait_state("connected")
    wait_editor(page)


def end_sessions(desk) -> None:
    for session in desk.sessions():
        desk.aws.expire_session(SessionId=session["Id"])
    desk.wait_counts(InUse=0)


def test_a_file_outlives_its_session(with_homes, sandbox, browser):
    desk = with_homes
    stack = desk.aws.describe_stacks(Names=[desk.name])["Stacks"][0]
    assert stack["StackErrors"] == []
    assert stack["StorageConnectors"][0]["ResourceIdentifier"] == f"appstream2-36fb080bb8-{REGION}-{sandbox.account.id}"
    before = volumes(sandbox)
    page = browser.open()
    try:
        begin(page, desk, "jane")
        page.type(TEXT)
        save(page, f"/{FOLDER}/note.txt")
        assert file_of(sandbox, f"{FOLDER}/note.txt").read_text().strip() == TEXT
        instance = file_of(sandbox, f"{FOLDER}/note.txt")
    finally:
        page.close()
    end_sessions(desk)
    assert len(volumes(sandbox) - before) == 1
    for user in ("joe", "jane"):
        page = browser.open()
        try:
            begin(page, desk, user)
            if user == "jane":
                found = file_of(sandbox, f"{FOLDER}/note.txt")
                assert found.read_text().strip() == TEXT and found != instance
            else:
                # The folder of another user is there, and empty.
                [folder] = [path for path in sandbox.data_dir.rglob(FOLDER) if path.is_dir()]
                assert list(folder.iterdir()) == []
        finally:
            page.close()
        end_sessions(desk)
    assert len(volumes(sandbox) - before) == 2


def test_a_damaged_folder_is_told_and_left_alone(with_homes, sandbox, browser):
    desk = with_homes
    before = volumes(sandbox)
    page = browser.open()
    try:
        begin(page, desk, "ann-of-the-damaged")
        end_sessions(desk)
        [folder] = volumes(sandbox) - before
        record = folder / "volume.json"
        wait.until(lambda: not json.loads(record.read_text())["in_use"], seconds=20, what="the folder is given back")
        image = folder / "volume.ext4"
        size = image.stat().st_size
        image.write_bytes(b"")
        with image.open("r+b") as file:
            file.truncate(size)
        page.goto(desk.url(user="ann-of-the-damaged"))
        wait.until(lambda: "Your home folder cannot be opened" in page.words(), seconds=20, what="the page tells", detail=page.words)
        page.screenshot("home-folder-damaged")
        assert image.read_bytes()[:4096] == bytes(4096), "nothing was made in its place"
    finally:
        page.close()
    end_sessions(desk)
