# SPDX-License-Identifier: Apache-2.0
"""kill -9 of regions at random moments under load: nothing acknowledged is lost, log and table agree, regions converge."""

import argparse
import http.client
import json
import os
import random
import signal
import sys
import threading
import unittest

from botocore.exceptions import BotoCoreError
from harness import Topology, wait_until

KILLS = 25
SEED = None  # a new one each time


class Load(threading.Thread):
    """One client of one region that writes to keys of its own, and remembers what was acknowledged and what may be."""

    def __init__(self, region, port, table, name, seed):
        super().__init__(daemon=True)
        self.region, self.port, self.table, self.name_prefix = region, port, table, name
        self.random = random.Random(seed)
        self.stopping = threading.Event()
        self.acknowledged = {}  # key -> value (None = deleted)
        self.unsure = {}  # key -> values that may have been written since
        self.acknowledged_count = 0
        self.connection = None

    def call(self, operation, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        self.connection.request(
            "POST", "/", json.dumps(body),
            {
                "X-Amz-Target": f"DynamoDB_20120810.{operation}",
                "Content-Type": "application/x-amz-json-1.0",
                "Authorization": f"AWS4-HMAC-SHA256 Credential=gyre/20260101/{self.region}/dynamodb/aws4_request, "
                "SignedHeaders=host, Signature=0",
                "X-Amz-Date": "20260101T000000Z",
            },
        )  # fmt: skip
        reply = self.connection.getresponse()
        text = reply.read()
        return reply.status, text

    def run(self):
        counter = 0
        while not self.stopping.is_set():
            counter += 1
            key = f"{self.name_prefix}-{self.random.randrange(40)}"
            value = None if self.random.random() < 0.2 else str(counter)
            try:
                if value is None:
                    status, _ = self.call("DeleteItem", {"TableName": self.table, "Key": {"pk": {"S": key}}})
                else:
                    item = {"pk": {"S": key}, "value": {"N": value}, "pad": {"S": "x" * self.random.randrange(400)}}
                    status, _ = self.call("PutItem", {"TableName": self.table, "Item": item})
            except (OSError, http.client.HTTPException):
                self.connection.close()
                self.connection = None
                self.unsure.setdefault(key, set()).add(value)
                self.stopping.wait(0.02)
                continue
            if status == 200:
                self.acknowledged[key] = value
                self.unsure.pop(key, None)
                self.acknowledged_count += 1
            else:
                self.unsure.setdefault(key, set()).add(value)

    def finish(self):
        self.stopping.set()
        self.join(30)

    def check(self, test, client):
        """Each key holds its last acknowledged value, or a later one whose answer was lost."""
        for key in self.acknowledged.keys() | self.unsure.keys():
            found = client.get_item(TableName=self.table, Key={"pk": {"S": key}}, ConsistentRead=True).get("Item")
            value = found["value"]["N"] if found else None
            allowed = {self.acknowledged.get(key)} | self.unsure.get(key, set())
            test.assertIn(value, allowed, f"{key} holds {value}")


def fold(lines):
    """The table that a change log describes."""
    table = {}
    for line in lines:
        record = json.loads(line)
        key = record["keys"]["pk"]["S"]
        if record["event"] == "REMOVE":
            table.pop(key, None)
        else:
            table[key] = record["new_image"]
    return table


def scan(client, table):
    items, start = {}, {}
    while True:
        page = client.scan(TableName=table, ConsistentRead=True, **start)
        items.update({item["pk"]["S"]: item for item in page["Items"]})
        if "LastEvaluatedKey" not in page:
            return items
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


class Kills(unittest.TestCase):
    def test_nothing_acknowledged_is_lost_when_regions_are_killed_under_load(self):
        topology = Topology(["us-east-1", "eu-west-1", "ap-northeast-1"], latency_ms=2)
        self.addCleanup(topology.close)
        topology.start()
        topology.create_table("killed", replicas=["eu-west-1", "ap-northeast-1"])
        seed = random.SystemRandom().randrange(1 << 32) if SEED is None else SEED
        print(f"seed {seed}", flush=True)
        chance = random.Random(seed)
        loads = [
            Load(region, topology.http[region], "killed", f"{region}-{i}", chance.randrange(1 << 32))
            for region in topology.regions
            for i in range(2)
        ]
        for load in loads:
            load.start()
        for number in range(1, KILLS + 1):
            if number % 100 == 0:
                print(f"{number} of {KILLS} kills", flush=True)
            region = chance.choice(topology.regions)
            before = {load: load.acknowledged_count for load in loads}
            # A kill counts only between writes that were acknowledged: wait for some, then for a random moment.
            wait_until(
                lambda: all(load.acknowledged_count > before[load] + 3 for load in loads), "writes to be acknowledged"
            )
            loads[0].stopping.wait(chance.random() * 0.1)
            victim = topology.pid(region)
            os.kill(victim, signal.SIGKILL)
            wait_until(lambda: self.serves(topology, region, victim), f"{region} to come back")
        for load in loads:
            load.finish()
        total = sum(load.acknowledged_count for load in loads)
        print(f"{KILLS} kills, {total} acknowledged writes")
        topology.verify("killed", seconds=120)
        for load in loads:
            region = next(r for r in topology.regions if load.name_prefix.startswith(r))
            load.check(self, topology.boto3(region))
        for region in topology.regions:
            history = topology.gyre("replay", "killed", "--region", region).stdout.splitlines()
            self.assertEqual(fold(history), scan(topology.boto3(region), "killed"), f"log and table of {region}")

    def serves(self, topology, region, victim=None):
        """True once the region's process, another one than `victim`, answers."""
        try:
            if topology.pid(region) == victim:
                return False
            topology.boto3(region).list_tables()
            return True
        except (OSError, BotoCoreError):  # not yet: the pid file or the port is not there
            return False

    def test_a_region_stopped_on_purpose_stays_down_until_it_is_restarted(self):
        topology = Topology(["us-east-1", "eu-west-1"])
        self.addCleanup(topology.close)
        topology.start()
        client = topology.create_table("away", replicas=["eu-west-1"])
        topology.gyre("region", "kill", "eu-west-1")
        wait_until(lambda: "stopped" in topology.gyre("region", "list").stdout, "eu-west-1 to be listed as stopped")
        for i in range(50):
            client.put_item(TableName="away", Item={"pk": {"S": f"k{i}"}})
        topology.gyre("region", "restart", "eu-west-1")
        wait_until(lambda: self.serves(topology, "eu-west-1"), "eu-west-1 to serve")
        topology.verify("away")
        self.assertEqual(len(scan(topology.boto3("eu-west-1"), "away")), 50)


def crash():
    """Many more kills, by command: ./dev crash."""
    global KILLS, SEED
    parser = argparse.ArgumentParser(prog="./dev crash", description=__doc__)
    parser.add_argument("--cycles", type=int, default=2000, help="how often a region is killed")
    parser.add_argument("--seed", type=int, help="which region, and when; a new one unless said otherwise")
    options = parser.parse_args()
    KILLS, SEED = options.cycles, options.seed
    test = Kills("test_nothing_acknowledged_is_lost_when_regions_are_killed_under_load")
    sys.exit(not unittest.TextTestRunner().run(test).wasSuccessful())


if __name__ == "__main__":
    crash() if sys.argv[1:] else unittest.main()
