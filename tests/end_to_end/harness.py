# SPDX-License-Identifier: Apache-2.0
"""Runs real `gyre` processes on free loopback ports, and real clients against them."""

import atexit
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GYRE_BUILD", ROOT / "build" / "release"))
GYRE = str(BUILD / "gyre")
COUNTRY_COUNTER = str(BUILD / "examples" / "plugins" / "country_counter.so")
REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"]

CLIENT_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": tempfile.gettempdir(),
    "AWS_ACCESS_KEY_ID": "gyre",
    "AWS_SECRET_ACCESS_KEY": "gyre",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_PAGER": "",
}


def free_ports(count):
    """Ports that were free a moment ago; all are held until all are known, so they differ."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def wait_until(condition, what, seconds=60):
    """Polls until `condition()` is true; answers what it answered."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.02)


class Program:
    """One process with its output kept; killed at the latest when the tests end."""

    def __init__(self, arguments, environment=None):
        self.lines = []
        self.process = subprocess.Popen(
            arguments,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        atexit.register(self.kill)

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def output(self):
        return "\n".join(self.lines)

    def wait_for_line(self, text, seconds=60):
        def found():
            if any(text in line for line in list(self.lines)):
                return True
            if self.process.poll() is not None:
                self._reader.join(5)
                if any(text in line for line in self.lines):
                    return True
                raise AssertionError(f"the process ended with {self.process.returncode}:\n{self.output()}")
            return False

        wait_until(found, f"line with '{text}' in:\n{self.output()}", seconds)

    def stop(self, seconds=30):
        """SIGTERM; answers the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self._reader.join(5)
        self.process.stdout.close()
        return code

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Topology:
    """`gyre up` with three regions (or those named) in a directory of its own."""

    def __init__(self, regions=REGIONS, latency_ms=0, consumers=(), directory=None, options=None):
        self.directory = directory or tempfile.mkdtemp(prefix="gyre-test-")
        self.regions = list(regions)
        ports = free_ports(2 * len(self.regions))
        self.http = dict(zip(self.regions, ports[: len(self.regions)]))
        self.stream = dict(zip(self.regions, ports[len(self.regions) :]))
        self.data = os.path.join(self.directory, "data")
        self.file = os.path.join(self.directory, "topology.toml")
        self.program = None
        self.clients = {}
        text = ""
        for region in self.regions:
            text += f'[[region]]\nname = "{region}"\nhttp = "127.0.0.1:{self.http[region]}"\n'
            text += f'stream = "tcp://127.0.0.1:{self.stream[region]}"\n'
            text += "".join(f"{name} = {json.dumps(value)}\n" for name, value in (options or {}).items()) + "\n"
        for i, first in enumerate(self.regions):
            for second in self.regions[i + 1 :]:
                if latency_ms:
                    text += f'[[link]]\nbetween = ["{first}", "{second}"]\nlatency_ms = {latency_ms}\njitter_ms = 1\n\n'
        for consumer in consumers:
            text += "[[consumer]]\n" + "".join(f'{name} = "{value}"\n' for name, value in consumer.items()) + "\n"
        pathlib.Path(self.file).write_text(text)

    def start(self):
        self.program = Program([GYRE, "up", self.file, "--data", self.data])
        self.program.wait_for_line("ready")
        return self

    def stop(self):
        code = self.program.stop()
        self.program = None
        return code

    def close(self):
        for client in self.clients.values():
            client.close()
        if self.program:
            self.program.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, region):
        return f"http://127.0.0.1:{self.http[region]}"

    def pid(self, region):
        return int(pathlib.Path(self.data, region, "pid").read_text())

    def gyre(self, *arguments, check=True, seconds=60):
        """A `gyre` subcommand on this topology; answers the finished process."""
        done = subprocess.run(
            [GYRE, *arguments, "--data", self.data], capture_output=True, text=True, timeout=seconds
        )
        if check and done.returncode != 0:
            raise AssertionError(f"gyre {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def aws(self, region, *arguments, service="dynamodb", check=True):
        """The stock AWS CLI; answers its JSON, or the finished process if check is off."""
        done = subprocess.run(
            ["/usr/bin/aws", service, *arguments, "--endpoint-url", self.url(region)],
            capture_output=True,
            text=True,
            env={**CLIENT_ENVIRONMENT, "AWS_DEFAULT_REGION": region},
            timeout=120,
        )
        if not check:
            return done
        if done.returncode != 0:
            raise AssertionError(f"aws {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def boto3(self, region, service="dynamodb"):
        import boto3
        from botocore.config import Config

        if (region, service) in self.clients:
            return self.clients[region, service]
        self.clients[region, service] = boto3.client(
            service,
            endpoint_url=self.url(region),
            region_name=region,
            aws_access_key_id="gyre",
            aws_secret_access_key="gyre",
            config=Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=30),
        )
        return self.clients[region, service]

    def verify(self, table, seconds=60):
        return self.gyre("verify", table, "--wait", str(seconds), seconds=seconds + 30)

    def create_table(self, name, region="us-east-1", replicas=(), sort_key=None):
        client = self.boto3(region)
        attributes = [{"AttributeName": "pk", "AttributeType": "S"}]
        schema = [{"AttributeName": "pk", "KeyType": "HASH"}]
        if sort_key:
            attributes.append({"AttributeName": sort_key, "AttributeType": "S"})
            schema.append({"AttributeName": sort_key, "KeyType": "RANGE"})
        client.create_table(
            TableName=name, AttributeDefinitions=attributes, KeySchema=schema, BillingMode="PAY_PER_REQUEST"
        )
        for replica in replicas:
            self.add_replica(name, replica, region)
        return client

    def add_replica(self, name, replica, region="us-east-1"):
        client = self.boto3(region)
        client.update_table(TableName=name, ReplicaUpdates=[{"Create": {"RegionName": replica}}])

        def active():
            replicas = client.describe_table(TableName=name)["Table"].get("Replicas", [])
            return any(r["RegionName"] == replica and r["ReplicaStatus"] == "ACTIVE" for r in replicas)

        wait_until(active, f"replica of {name} in {replica} to be ACTIVE")


class TopologyTest(unittest.TestCase):
    """A test class on one topology of three regions, started once for all of its tests."""

    regions = REGIONS
    latency_ms = 0
    options = {}  # more of each region in the topology file

    @classmethod
    def setUpClass(cls):
        cls.topology = Topology(cls.regions, cls.latency_ms, options=cls.options).start()

    @classmethod
    def tearDownClass(cls):
        cls.topology.close()
