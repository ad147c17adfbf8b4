# SPDX-License-Identifier: Apache-2.0
"""The country counter: exact counts, however often its process or its region is killed."""

import os
import pathlib
import random
import signal
import subprocess
import threading
import unittest

from harness import COUNTRY_COUNTER, Topology, wait_until


def child_of(topology, part):
    """The process whose command line holds `part`, below this topology's `gyre up`."""
    for directory in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = directory.joinpath("cmdline").read_bytes().decode().split("\0")
            parent = int(directory.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            continue
        if part in words and parent == topology.program.process.pid:
            return int(directory.name)
    return None


class CountryCounter(unittest.TestCase):
    def test_counts_are_exact_when_plugin_and_region_are_killed(self):
        topology = Topology(
            ["us-east-1", "eu-west-1"],
            consumers=[
                {"name": "country_counter", "region": "eu-west-1", "table": "cities", "library": COUNTRY_COUNTER}
            ],
        )
        self.addCleanup(topology.close)
        topology.start()
        topology.boto3("eu-west-1").create_table(
            TableName="country_counts", BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "country", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "country", "KeyType": "HASH"}],
        )  # fmt: skip
        topology.create_table("cities", replicas=["eu-west-1"])
        wanted, writing = {}, threading.Event()

        def write():
            client, chance, countries = topology.boto3("us-east-1"), random.Random(5), {}
            for i in range(3000):
                key = f"city{chance.randrange(800)}"
                if chance.random() < 0.2:
                    client.delete_item(TableName="cities", Key={"pk": {"S": key}})
                    countries.pop(key, None)
                else:
                    countries[key] = chance.choice(["JP", "US", "FR", "CH"])
                    client.put_item(TableName="cities", Item={"pk": {"S": key}, "country": {"S": countries[key]}})
            for country in countries.values():
                wanted[country] = wanted.get(country, 0) + 1
            writing.set()

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        chance, kills = random.Random(6), 0
        while not writing.wait(0.3 * chance.random()) or kills < 6:
            plugin = wait_until(lambda: child_of(topology, "consume"), "the plugin's process")
            try:
                os.kill(plugin if chance.random() < 0.6 else topology.pid("eu-west-1"), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                continue  # it is down already
            kills += 1
            writing.wait(0.5)
        writer.join()
        print(f"{kills} kills")

        def counts():
            try:
                items = topology.boto3("eu-west-1").scan(TableName="country_counts")["Items"]
            except Exception:  # the region was killed a moment ago
                return None
            return {item["country"]["S"]: int(item["cities"]["N"]) for item in items if item["cities"]["N"] != "0"}

        wait_until(lambda: counts() == wanted, f"counts to be {wanted}", seconds=60)
        # Nothing more arrives: what is exact now stays so.
        topology.verify("cities")
        self.assertEqual(counts(), wanted)

    def test_a_plugin_that_cannot_work_is_not_started_again_and_again(self):
        topology = Topology(["us-east-1"])
        self.addCleanup(topology.close)
        topology.start()
        done = topology.gyre(
            "consume", COUNTRY_COUNTER, "--name", "x" * 500, "--region", "us-east-1", "--table", "t", check=False
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("128", done.stderr)


if __name__ == "__main__":
    unittest.main()
