"""The demo as an SDK client sees it: everything here goes over the wire, signed, as it would to AWS.

Reads lines of JSON from standard input, the first with the endpoint and keys (which so never stand in a command line), then commands; answers each with
a line of JSON. Ends with its input.
"""

import json
import signal
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

WAIT_SECONDS = 120


def missing(call):
    """Runs a Describe call; None where it says that there is no such thing."""
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise


class Demo:
    def __init__(self, settings):
        self.stack, self.fleet, self.image = settings["stack"], settings["fleet"], settings["image"]
        self.fleet_type, self.instances = settings["fleet_type"], settings["instances"]
        self.tags = settings["tags"]
        self.appstream = boto3.client(
            "appstream",
            endpoint_url=settings["endpoint"],
            verify=settings["ca_bundle"],
            region_name=settings["region"],
            aws_access_key_id=settings["access_key_id"],
            aws_secret_access_key=settings["secret_access_key"],
            config=Config(retries={"max_attempts": 3}, connect_timeout=5, read_timeout=30),
        )

    def has_image(self):
        found = missing(lambda: self.appstream.describe_images(Names=[self.image])["Images"])
        return bool(found) and found[0]["State"] == "AVAILABLE"

    def describe_fleet(self):
        found = missing(lambda: self.appstream.describe_fleets(Names=[self.fleet])["Fleets"])
        return found[0] if found else None

    def prepare(self):
        """Stack and fleet with tags, associated and started; returns when the fleet is RUNNING."""
        if not missing(lambda: self.appstream.describe_stacks(Names=[self.stack])["Stacks"]):
            self.appstream.create_stack(Name=self.stack, DisplayName=f"Millrace {self.stack}", Tags=self.tags)
        fleet = self.describe_fleet()
        if fleet and fleet.get("ImageName") != self.image:
            # The demo image was made anew since: a fleet keeps the image that it was made with.
            self.appstream.stop_fleet(Name=self.fleet)
            self.wait("STOPPED")
            missing(lambda: self.appstream.disassociate_fleet(FleetName=self.fleet, StackName=self.stack))
            self.appstream.delete_fleet(Name=self.fleet)
            fleet = None
        if not fleet:
            self.appstream.create_fleet(
                Name=self.fleet,
                DisplayName=f"Millrace {self.fleet}",
                ImageName=self.image,
                InstanceType="stream.standard.medium",
                FleetType=self.fleet_type,
                ComputeCapacity={"DesiredInstances": self.instances},
                # A tab that was closed gives its instance back soon: here one person tries many things.
                DisconnectTimeoutInSeconds=300,
                Tags=self.tags,
            )
        self.appstream.associate_fleet(FleetName=self.fleet, StackName=self.stack)
        self.appstream.start_fleet(Name=self.fleet)
        self.wait("RUNNING")

    def wait(self, state):
        """The SDK's own waiters look every 30 s; this is a machine of one's own."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            fleet = self.describe_fleet()
            if fleet["State"] == state:
                return
            if time.monotonic() > end:
                errors = json.dumps(fleet.get("FleetErrors", []))
                raise TimeoutError(f"the fleet is {fleet['State']}, not {state}, after {WAIT_SECONDS} s; FleetErrors: {errors}")
            time.sleep(0.1)

    def url(self):
        # The editor opens at once; without ApplicationId the page shows the catalogue first, as AppStream does.
        return self.appstream.create_streaming_url(
            StackName=self.stack, FleetName=self.fleet, UserId="demo", ApplicationId="editor", Validity=3600
        )["StreamingURL"]


def main():
    # Ctrl-C in a terminal reaches this process too; it is `cargo xtask demo` that decides when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    demo = Demo(json.loads(sys.stdin.readline()))
    commands = {"has_image": demo.has_image, "prepare": demo.prepare, "url": demo.url}
    for line in sys.stdin:
        try:
            answer = {"done": commands[json.loads(line)]()}
        except (BotoCoreError, ClientError, TimeoutError) as error:
            answer = {"failed": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
