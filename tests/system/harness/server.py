"""One running `millrace serve`: configuration, start, clients, stop."""

import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from . import clients, planted, wait
from .leftovers import Tracer, descendants

READY_SECONDS = 30
STOP_SECONDS = 30
REGION = "us-east-1"
OTHER_REGION = "eu-central-1"


@dataclass(frozen=True)
class Account:
    """An account of the test's installation, with keys made up for this run."""

    id: str
    access_key_id: str
    secret_access_key: str

    @staticmethod
    def random() -> "Account":
        """Twelve digits, and keys in the form that AWS gives them."""
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        return Account(
            id=str(secrets.randbelow(9 * 10**11) + 10**11),
            access_key_id="AKIA" + "".join(secrets.choice(letters) for _ in range(16)),
            secret_access_key=secrets.token_urlsafe(30),
        )


def free_port() -> int:
    """A port that nobody had a moment ago; `Server.start` tries another one if somebody was quicker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Everything of one server lives in one directory, which `close` removes."""

    def __init__(self, driver: str, *, settings: str = "", instance_settings: str = "", data_dir: Path | None = None) -> None:
        self.driver = driver
        # Short, because the paths of Unix sockets below it must fit into 108 bytes.
        self.directory = Path(tempfile.mkdtemp(prefix="mr-", dir=os.environ.get("MILLRACE_TEST_DIR") or "/tmp"))
        self.data_dir = data_dir or self.directory / "data"
        self.config = self.directory / "millrace.toml"
        self.log_path = self.directory / "server.log"
        self.account = Account.random()
        self.other_account = Account.random()
        planted.note(self.account.secret_access_key, self.other_account.secret_access_key)
        self.port = 0
        # Another one behind a proxy, and `https` where the settings say so.
        self.scheme, self.host, self.public_url = "http", "127.0.0.1", ""
        self.process: subprocess.Popen[bytes] | None = None
        self.tracer = Tracer(self.directory, self.data_dir)
        self._settings = settings
        self._instance_settings = instance_settings
        # Servers that run at the same time need id ranges of their own: 256 instances each, far above what the host's users have.
        self._id_base = (4096 + 256 * random.randrange(40)) * 65536

    @property
    def endpoint(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.data_dir / "server" / "millrace.db"

    def environment(self, account: Account | None = None, region: str = REGION) -> dict[str, str]:
        """What an SDK or the AWS CLI needs, and nothing of the caller's own AWS set-up."""
        account = account or self.account
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return clean | {
            "AWS_ENDPOINT_URL_APPSTREAM": self.endpoint,
            "AWS_ACCESS_KEY_ID": account.access_key_id,
            "AWS_SECRET_ACCESS_KEY": account.secret_access_key,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_PAGER": "",
        }

    def client(self, protocol: str = "json", *, account: Account | None = None, region: str = REGION, **config):
        """A boto3 client that never retries, so that a test sees each answer."""
        account = account or self.account
        return clients.boto(self.endpoint, account.access_key_id, account.secret_access_key, region, protocol, **config)

    def start(self) -> "Server":
        """Starts the server and returns once /readyz says 200."""
        for _ in range(3):
            if self.port == 0:
                self.port = free_port()
            self._write_config()
            self.spawn()
            if self._becomes_ready():
                return self
            self.port = 0
        raise AssertionError(f"millrace serve did not start:\n{self.log_tail()}")

    def _write_config(self) -> None:
        accounts = "".join(
            f'[[account]]\nid = "{account.id}"\n[[account.access_key]]\naccess_key_id = "{account.access_key_id}"\n'
            f'secret_access_key = "{account.secret_access_key}"\n'
            for account in (self.account, self.other_account)
        )
        lines = [f'driver = "{self.driver}"', 'on_shutdown = "end"', f"id_base = {self._id_base}"]
        if "overcommit" not in self._instance_settings:
            # However small the machine, and however many servers run at the same time.
            lines.append("overcommit = { vcpus = 1000.0, memory = 1000.0, disk = 1000.0 }")
        if self.driver == "sandbox":
            for key, variable in (("runtime_image", "MILLRACE_RUNTIME_IMAGE"), ("agent", "MILLRACE_AGENT"), ("launcher", "MILLRACE_LAUNCHER")):
                if value := os.environ.get(variable):
                    lines.append(f'{key} = "{Path(value).resolve()}"')
        self.config.write_text(
            f'listen = "{self.host}:{self.port}"\npublic_url = "{self.public_url or self.endpoint}"\ndata_dir = "{self.data_dir}"\n'
            f'regions = ["{REGION}", "{OTHER_REGION}"]\n{self._settings}\n'
            # Reserved whole while a session has one: tests run beside each other on small disks.
            '[storage]\nhome_mib = 256\n'
            '[log]\nlevel = "info,millrace=debug"\n'
            "[instances]\n" + "\n".join(lines) + f"\n{self._instance_settings}\n{accounts}"
        )
        self.config.chmod(0o600)

    def spawn(self) -> None:
        """Starts the process, and waits for nothing."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [program("MILLRACE_BIN"), "serve", "--config", self.config],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A terminal's Ctrl-C is for the test runner, which then stops the server in order.
                start_new_session=True,
            )

    def _becomes_ready(self) -> bool:
        """False if the port was taken after all; any other early end is a failure."""

        def probe() -> str | None:
            if self.process.poll() is not None:
                return "ended"
            return "ready" if self.http_status("/readyz") == 200 else None

        outcome = wait.until(probe, seconds=READY_SECONDS, what="/readyz", detail=self.log_tail)
        if outcome == "ended" and "in use" not in self.log_tail():
            raise AssertionError(f"millrace serve ended with {self.process.returncode}:\n{self.log_tail()}")
        return outcome == "ready"

    def http_status(self, path: str) -> int | None:
        """The status of a plain GET; None while nobody listens."""
        try:
            # Whether the certificate is right is for the clients to say.
            anything = ssl._create_unverified_context()
            with urllib.request.urlopen(self.endpoint + path, timeout=5, context=anything) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def command(self, *arguments: str | Path, check: bool = True, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Runs `millrace …` with this server's configuration, as its operator does."""
        result = subprocess.run(
            [program("MILLRACE_BIN"), *map(str, arguments), "--config", str(self.config)],
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        planted.assert_unseen(f"millrace {arguments[0]}", (result.stdout + result.stderr).encode())
        if check and result.returncode != 0:
            raise AssertionError(f"millrace {arguments} ended with {result.returncode}:\n{result.stdout}{result.stderr}\n{self.log_tail()}")
        return result

    def import_image(self, path: Path | str, name: str) -> None:
        """When it returns, DescribeImages shows the image in every region of the account."""
        self.command("image", "import", path, "--name", name, timeout=600)

    def parts(self) -> list[int]:
        """The processes that the server consists of, without those of instances: the front, and behind it the host, if it runs as root."""
        return [self.process.pid, *(pid for pid in descendants(self.process.pid) if _is_host(pid))]

    def kill(self, part: str = "front") -> None:
        """SIGKILL, to the `front`, the `host` or `both` of them: the other one ends by itself then."""
        self.tracer.observe(self.process.pid)
        front, *hosts = self.parts()
        for pid in {"front": [front], "host": hosts or [front], "both": [front, *hosts]}[part]:
            # One may end because the other one did.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)
        wait.until(lambda: not any(_is_host(pid) for pid in hosts), seconds=STOP_SECONDS, what="the host process to end")

    def stop(self) -> None:
        """SIGTERM; asserts a clean end within the bound."""
        if self.process is None or self.process.poll() is not None:
            raise AssertionError(f"the server had ended by itself:\n{self.log_tail()}")
        self.tracer.observe(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            self.process.kill()
            self.process.wait(STOP_SECONDS)
            raise AssertionError(f"SIGTERM did not end the server within {STOP_SECONDS} s:\n{self.log_tail()}") from error
        assert status == 0, f"after SIGTERM the server ended with {status}:\n{self.log_tail()}"

    def close(self) -> None:
        """Stops, asserts that nothing is left and that no secret was logged, and removes the directory."""
        try:
            if self.process is not None:
                planted.assert_unseen_in_command_lines()
                # What instances say goes with them.
                planted.assert_unseen_in_files(self.data_dir / "run", "*.log*")
                self.stop()
                self.tracer.assert_nothing_left()
                planted.assert_unseen_in_files(self.directory, "*.log*")
                assert b"panicked" not in self.log_path.read_bytes(), f"a panic is in the log:\n{self.log_tail()}"
        finally:
            if self.process is not None and self.process.poll() is None:
                self.process.kill()
                self.process.wait(STOP_SECONDS)
            if not any(str(self.directory) in line for line in Path("/proc/self/mountinfo").read_text().splitlines()):
                shutil.rmtree(self.directory, ignore_errors=True)

    def log_tail(self, lines: int = 80) -> str:
        """The end of the server's log."""
        if not self.log_path.exists():
            return ""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    def describe(self) -> str:
        """For programs in other languages: one line of JSON with all that a client needs."""
        return json.dumps(
            {
                "endpoint": self.endpoint,
                "region": REGION,
                "access_key_id": self.account.access_key_id,
                "secret_access_key": self.account.secret_access_key,
                "account_id": self.account.id,
                "config": str(self.config),
                "data_dir": str(self.data_dir),
            }
        )


def _is_host(pid: int) -> bool:
    """Of a zombie nothing is left to read."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:3] == [b"internal", b"host"]
    except OSError:
        return False


def program(variable: str) -> str:
    """A program that `cargo xtask test` built and named in the environment."""
    path = os.environ.get(variable)
    if not path:
        raise AssertionError(f"{variable} is not set: run the tests by `cargo xtask test`")
    return path
