"""Debian's docker-registry, and an image for it that other tools make: a graphical program of this machine with the libraries it needs."""

import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from . import wait
from .server import free_port, program

CONFIGURATION = """version: 0.1
log: {{level: error}}
storage:
  filesystem: {{rootdirectory: {directory}/blobs}}
http: {{addr: "127.0.0.1:{port}"}}
"""
PROGRAMS = ("/usr/bin/xterm", "/bin/sh", "/bin/cat")


class Registry:
    """A registry on a free port of loopback. `close` ends it."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="mr-registry-", dir=os.environ.get("MILLRACE_TEST_DIR") or "/tmp"))
        self.port = free_port()
        configuration = self.directory / "config.yml"
        configuration.write_text(CONFIGURATION.format(directory=self.directory, port=self.port))
        self.log = self.directory / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([program("MILLRACE_REGISTRY"), "serve", configuration], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait.until(self._answers, seconds=20, what="the registry to answer", detail=self.log.read_text)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(f"http://{self.address}/v2/", timeout=5) as response:
                return response.status == 200
        except OSError:
            return False

    def push(self, layout: Path, name: str, *options: str) -> str:
        """By skopeo; the digest that it got."""
        digest = self.directory / "digest"
        command = ["skopeo", "copy", "--quiet", "--insecure-policy", "--dest-tls-verify=false", f"--digestfile={digest}", *options]
        run([*command, f"oci:{layout}", f"docker://{self.address}/{name}"])
        return digest.read_text().strip()

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            shutil.rmtree(self.directory)


def make_image(directory: Path, *further: str) -> str:
    """An OCI layout with the image `app`, as umoci makes it: `DIRECTORY:app`. It has no label of anybody's and no users."""
    layout = directory / "layout"
    directory.mkdir(exist_ok=True)
    run(["umoci", "init", "--layout", layout])
    run(["umoci", "new", "--image", f"{layout}:app"])
    run(["umoci", "unpack", "--image", f"{layout}:app", directory / "bundle"])
    root = directory / "bundle" / "rootfs"
    for program_path in (*PROGRAMS, *further):
        linked = run(["ldd", program_path]).stdout
        for path in [program_path, *re.findall(r"(?:=> )?(/\S+) \(0x", linked)]:
            target = root / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    blue = root / "usr/local/bin/blue"
    blue.parent.mkdir(parents=True)
    blue.write_text("#!/bin/sh\nexec /usr/bin/xterm -bg blue -fg blue -cr blue -geometry 200x100 -e /bin/cat\n")
    blue.chmod(0o755)
    # (`umoci insert` of Debian 12 leaves out the end of its archive.)
    run(["umoci", "repack", "--image", f"{layout}:app", directory / "bundle"])
    run(["umoci", "config", "--image", f"{layout}:app", "--config.env", "TERM=xterm", "--author", "another tool"])
    return f"{layout}:app"


def run(command: list) -> subprocess.CompletedProcess[str]:
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
    assert result.returncode == 0, f"{command} ended with {result.returncode}:\n{result.stdout}{result.stderr}"
    return result
