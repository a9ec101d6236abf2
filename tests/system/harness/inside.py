"""Commands inside a real instance, by the host's root: what a person would type, without a browser to type it in."""

import json
import subprocess

from .server import Server

# What the image's own user has.
USER = "1000"


def run(server: Server, instance: str, *command: str, data: bytes | None = None, check: bool = True, timeout: float = 120) -> subprocess.CompletedProcess[bytes]:
    """Runs a command as the user of the instance's app container, in all of its namespaces."""
    record = json.loads((server.data_dir / "run/instances" / instance / "instance.json").read_text())
    pid = str(record["app"]["pid"])
    words = ["nsenter", "--target", pid, "--user", "--mount", "--pid", "--net", "--ipc", "--uts", f"--setuid={USER}", f"--setgid={USER}", "--root", "--wd=/"]
    path = "PATH=/run/millrace/bin:/usr/local/bin:/usr/bin:/bin"
    done = subprocess.run([*words, "/usr/bin/env", "-i", path, "HOME=/tmp", *command], input=data, capture_output=True, timeout=timeout)
    if check and done.returncode != 0:
        raise AssertionError(f"{command} in {instance} ended with {done.returncode}: {done.stdout!r} {done.stderr!r}")
    return done


def builder(server: Server) -> str:
    """The instance of the only image builder that runs."""
    (instance,) = [path.name for path in (server.data_dir / "run/instances").iterdir() if path.name.startswith("ib-")]
    return instance


def has(server: Server, instance: str, path: str) -> bool:
    return run(server, instance, "test", "-e", path, check=False).returncode == 0
