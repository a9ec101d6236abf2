"""Debian's Firefox, which has no MediaStreamTrackGenerator: the page opens, the editor appears, and what is typed arrives."""

import os
from pathlib import Path

import pytest
from harness import node
from harness.desk import file_of

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]


def test_typed_text_arrives_from_firefox(desk, sandbox):
    screenshots = os.environ.get("MILLRACE_SCREENSHOTS")
    more = [str(Path(screenshots) / "firefox.png")] if screenshots else []
    done = node.run("firefox.mjs", desk.url(), "/home/user/firefox.txt", *more, seconds=240)
    assert done.returncode == 0, done.stdout + done.stderr + sandbox.log_tail()
    assert "firefox" in done.stdout.lower(), done.stdout
    assert file_of(sandbox, "home/user/firefox.txt").read_text() == "Grüße, Firefox"
