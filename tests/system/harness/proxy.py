"""Debian's nginx and Caddy in front of a server, with the blocks of docs/network.md as they stand there but for ports and paths."""

import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from . import wait
from .server import free_port, program

DOCUMENT = Path(__file__).parents[3] / "docs" / "network.md"
# As it stands in the document; and a name that browsers take for this machine without asking anybody.
DOCUMENTED_HOST = "apps.example.org"
HOST = "apps.localhost"


def documented(language: str) -> str:
    """The one block of this language in the document."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    return block


def replaced(text: str, replacements: dict[str, str]) -> str:
    """Each of them must be there."""
    for old, new in replacements.items():
        assert old in text, f"{old} is not in the documented block"
        text = text.replace(old, new)
    return text


class Proxy:
    """One proxy process with a certificate for HOST, on a free port of loopback. `close` ends it."""

    def __init__(self, kind: str, server_port: int, port: int | None = None) -> None:
        self.kind = kind
        self.port = port or free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="mr-proxy-", dir=os.environ.get("MILLRACE_TEST_DIR") or "/tmp"))
        self.log, self.certificate, key = (self.directory / name for name in ("access.log", "certificate.pem", "key.pem"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
            + ["-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1", "-keyout", key, "-out", self.certificate],
            check=True,
            capture_output=True,
        )
        paths = {
            "127.0.0.1:7070": f"127.0.0.1:{server_port}",
            f"/etc/ssl/{DOCUMENTED_HOST}.pem": str(self.certificate),
            f"/etc/ssl/private/{DOCUMENTED_HOST}.key": str(key),
        }
        command = getattr(self, f"_{kind}")(paths)
        with (self.directory / "output").open("wb") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={"HOME": str(self.directory), "PATH": os.environ["PATH"]}
            )
        wait.until(self._answers, seconds=20, what=f"{kind} to answer", detail=self.output)

    def _nginx(self, paths: dict[str, str]) -> list[str]:
        block = replaced(
            documented("nginx"), paths | {"listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl", "/var/log/nginx/millrace.log": str(self.log), DOCUMENTED_HOST: HOST}
        )
        config = self.directory / "nginx.conf"
        own = "\n".join(f"{name}_temp_path {self.directory}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config.write_text(f"daemon off; master_process off; pid {self.directory}/pid;\nevents {{}}\nhttp {{\n{own}\n{block}}}\n")
        return [program("MILLRACE_NGINX"), "-c", str(config), "-e", str(self.directory / "errors")]

    def _caddy(self, paths: dict[str, str]) -> list[str]:
        block = replaced(
            documented("caddy"), paths | {f"{DOCUMENTED_HOST} {{": f"https://{HOST}:{self.port} {{\n\tbind 127.0.0.1", "/var/log/caddy/millrace.log": str(self.log)}
        )
        config = self.directory / "Caddyfile"
        config.write_text(f"{{\n\tadmin off\n\tauto_https off\n\tskip_install_trust\n\tdefault_sni {HOST}\n}}\n{block}")
        return [program("MILLRACE_CADDY"), "run", "--adapter", "caddyfile", "--config", str(config)]

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.output()
        context = ssl.create_default_context(cafile=self.certificate)
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}/healthz", headers={"Host": HOST})
        try:
            with urllib.request.urlopen(request, timeout=5, context=context) as response:
                return response.status == 200
        except OSError:
            return False

    def output(self) -> str:
        """All that it said."""
        return "".join(path.read_text(errors="replace") for path in (self.directory / "output", self.directory / "errors") if path.exists())

    def close(self) -> None:
        """Ends it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)
        shutil.rmtree(self.directory)
