"""`cargo xtask demo --json`, as a program uses it, with the programs that `cargo xtask test` built. Only where MILLRACE_XTASK names xtask's program."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from harness import clients, viewer
from harness.leftovers import Tracer
from harness.server import free_port

pytestmark = pytest.mark.sandbox

KEYS = {"endpoint", "ca_bundle", "region", "access_key_id", "secret_access_key", "account_id", "stack", "fleet", "image", "streaming_url", "config", "data_dir"}


def test_the_demo_for_programs(tmp_path):
    xtask = os.environ.get("MILLRACE_XTASK")
    if not xtask:
        pytest.skip("MILLRACE_XTASK is not set")
    data_dir, listen = tmp_path / "data", f"127.0.0.1:{free_port()}"
    tracer = Tracer(data_dir)
    with (tmp_path / "errors").open("w+") as errors:
        demo = subprocess.Popen(
            [xtask, "demo", "--json", "--development", "--data-dir", data_dir, "--listen", listen], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            line = demo.stdout.readline()
            errors.seek(0)
            assert line, errors.read()
            said = json.loads(line)
            assert set(said) == KEYS
            assert said["ca_bundle"] is None
            assert said["endpoint"] == f"http://{listen}" and said["data_dir"] == str(data_dir)
            client = clients.boto(said["endpoint"], said["access_key_id"], said["secret_access_key"], said["region"])
            fleet = client.describe_fleets(Names=[said["fleet"]])["Fleets"][0]
            assert (fleet["State"], fleet["ImageName"]) == ("RUNNING", said["image"])
            assert client.list_tags_for_resource(ResourceArn=fleet["Arn"])["Tags"]
            assert client.describe_stacks(Names=[said["stack"]])["Stacks"]
            assert viewer.admit(said["streaming_url"], timeout=60)[-1]["state"] == "ready"
            tracer.observe(demo.pid)
        finally:
            demo.send_signal(signal.SIGTERM)
            rest, _ = demo.communicate(timeout=60)
        assert rest == "", "exactly one line"
        assert demo.returncode == 0
    tracer.assert_nothing_left()
    # Once more with the same data, where others could reach it: an address of a network namespace of its own.
    listen = "192.0.2.10:7443"
    command = 'ip link set lo up && ip address add 192.0.2.10/32 dev lo && exec "$0" "$@"'
    demo = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", command, xtask, "demo", "--json", "--development", "--data-dir", data_dir, "--listen", listen],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = json.loads(demo.stdout.readline())
        assert said["endpoint"] == f"https://{listen}" and said["streaming_url"].startswith(f"https://{listen}/authenticate?")
        assert "BEGIN CERTIFICATE" in Path(said["ca_bundle"]).read_text()
        tracer.observe(demo.pid)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=60)
    assert demo.returncode == 0
    tracer.assert_nothing_left()
