"""Debian's Firefox, which has no MediaStreamTrackGenerator: the page opens, the editor appears, and what is typed arrives."""

import os
import subprocess
from pathlib import Path

import pytest
from harness.browser import E2E
from harness.desk import file_of

pytestmark = [pytest.mark.sandbox, pytest.mark.browser]


def test_typed_text_arrives_from_firefox(desk, sandbox):
    screenshots = os.environ.get("MILLRACE_SCREENSHOTS")
    more = [str(Path(screenshots) / "firefox.png")] if screenshots else []
    command = ["node", str(E2E / "firefox.mjs"), desk.url(), "/home/user/firefox.txt", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr + sandbox.log_tail()
    assert "firefox" in done.stdout.lower(), done.stdout
    assert file_of(sandbox, "home/user/firefox.txt").read_text() == "Grüße, Firefox"
