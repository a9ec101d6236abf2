"""The JavaScript SDK, unmodified: tests/e2e/sdk-life.mjs lives a whole life."""

import os

import pytest
from harness import node


def test_a_whole_life(server, unique):
    if not (node.E2E / "node_modules/@aws-sdk/client-appstream").is_dir():
        pytest.fail("the JavaScript SDK is not installed: npm ci in tests/e2e (cargo xtask test does so)")
    environment = server.environment() | {"PATH": os.environ["PATH"]}
    result = node.run("sdk-life.mjs", unique, "tiny", seconds=120, environment=environment)
    assert result.returncode == 0, result.stdout + result.stderr
