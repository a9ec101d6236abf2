"""The JavaScript SDK, unmodified: tests/e2e/sdk-life.mjs lives a whole life."""

import os
import subprocess
from pathlib import Path

import pytest

E2E = Path(__file__).parent.parent / "e2e"


def test_a_whole_life(server, unique):
    if not (E2E / "node_modules/@aws-sdk/client-appstream").is_dir():
        pytest.fail("the JavaScript SDK is not installed: npm ci in tests/e2e (cargo xtask test does so)")
    result = subprocess.run(
        ["node", E2E / "sdk-life.mjs", unique, "tiny"],
        env=server.environment() | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert result.returncode == 0, result.stdout + result.stderr
