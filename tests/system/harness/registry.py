"""Debian's docker-registry, a registry of ours that makes others wait, and an image that other tools make: a graphical program of this machine with the libraries it needs."""

import hashlib
import http.server
import json
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import threading
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
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
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


class HeldRegistry:
    """A registry of ours that has one image, `a/b:1`, of one layer, and gives the layer out once `open` was called. `close` ends it."""

    def __init__(self, layer: bytes) -> None:
        digest = lambda content: "sha256:" + hashlib.sha256(content).hexdigest()  # noqa: E731
        architecture = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
        config = json.dumps({"os": "linux", "architecture": architecture, "rootfs": {"type": "layers", "diff_ids": [digest(layer)]}}).encode()
        described = lambda kind, content: {"mediaType": f"application/vnd.oci.image.{kind}", "digest": digest(content), "size": len(content)}  # noqa: E731
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": described("config.v1+json", config), "layers": [described("layer.v1.tar", layer)]})
        self.digest = digest(manifest.encode())
        self.answers = {"/v2/a/b/manifests/1": manifest.encode(), f"/v2/a/b/blobs/{digest(config)}": config, f"/v2/a/b/blobs/{digest(layer)}": layer}
        self.held = f"/v2/a/b/blobs/{digest(layer)}"
        self.opened = threading.Event()
        # Who waits for the layer, and who went away waiting.
        self.waiting, self.gone = 0, 0
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = registry.answers.get(self.path)
                self.send_response(200 if content else 404)
                self.send_header("Content-Type", MANIFEST)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                if self.path == registry.held and not self.held_open():
                    return
                self.wfile.write(content or b"")

            def held_open(self) -> bool:
                registry.waiting += 1
                while not registry.opened.wait(0.05):
                    if self.is_closed():
                        registry.gone += 1
                        return False
                return True

            def is_closed(self) -> bool:
                try:
                    return bool(select.select([self.connection], [], [], 0)[0]) and not self.connection.recv(1, socket.MSG_PEEK)
                except ConnectionResetError:
                    return True

            def log_message(self, *_arguments) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def open(self) -> None:
        self.opened.set()

    def close(self) -> None:
        self.opened.set()
        self._server.shutdown()
        self._server.server_close()


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
