"""Programs of tests/e2e that run by themselves, in Node.js."""

import os
import signal
import subprocess
from pathlib import Path

E2E = Path(__file__).parents[2] / "e2e"
# For a program that is told to end: the time in which it ends its browser.
ENDING_SECONDS = 30


def run(script: str, *arguments: str, seconds: float, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end; one that takes longer than `seconds` is ended, with what it started, and fails with all that it said."""
    command = ["node", str(E2E / script), *arguments]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ if environment is None else environment,
    )
    try:
        output, errors = process.communicate(timeout=seconds)
    except BaseException as reason:
        output, errors = _end(process)
        if isinstance(reason, subprocess.TimeoutExpired):
            raise AssertionError(f"{script} took more than {seconds} s:\n{output}{errors}") from None
        raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _end(process: subprocess.Popen) -> tuple[str, str]:
    """Ends a program that goes on; what it said."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.communicate(timeout=ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()
