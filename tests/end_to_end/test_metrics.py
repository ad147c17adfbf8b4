# SPDX-License-Identifier: Apache-2.0
"""GET /metrics: a strict parser reads the page, and its sums are those of the requests that were made."""

import concurrent.futures
import math
import re
import unittest
import urllib.request

from harness import TopologyTest, wait_until

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
SUFFIXES = {"counter": [""], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}


def parse_labels(text):
    """The labels as a dictionary; all of the text must be labels."""
    labels, at = {}, 0
    while at < len(text):
        label = LABEL.match(text, at)
        assert label, f"no label at {text[at:]!r}"
        assert label[1] not in labels, f"{label[1]} comes twice in {text!r}"
        labels[label[1]] = re.sub(r"\\(.)", lambda escaped: {"n": "\n"}.get(escaped[1], escaped[1]), label[2])
        at = label.end()
    return labels


def parse(page):
    """Prometheus' text format, and nothing beside it: {family: (type, {(name, labels): value})}."""
    assert page.endswith("\n")
    families, family = {}, None
    lines = iter(page[:-1].split("\n"))
    for line in lines:
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            assert family not in families, f"{family} comes twice"
            kind = re.fullmatch(rf"# TYPE {family} (counter|gauge|histogram)", next(lines))
            assert kind, f"no type behind {line!r}"
            families[family] = (kind[1], {})
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, f"not a sample: {line!r}"
        kind, samples = families[family]
        assert sample[1] in [family + suffix for suffix in SUFFIXES[kind]], f"{sample[1]} is not of {family}"
        key = (sample[1], frozenset(parse_labels(sample[2] or "").items()))
        assert key not in samples, f"{line!r} comes twice"
        samples[key] = float(sample[3])
    for name, (kind, samples) in families.items():
        assert samples, f"{name} has no sample"
        if kind == "histogram":
            check_histogram(name, samples)
    return families


def check_histogram(family, samples):
    """Buckets grow to +Inf, which is the count."""
    series = {}
    for (name, labels), value in samples.items():
        labels = dict(labels)
        bound = labels.pop("le", None)
        series.setdefault(frozenset(labels.items()), {})[(name, bound)] = value
    for numbers in series.values():
        buckets = sorted((float(bound), value) for (name, bound), value in numbers.items() if bound)
        assert buckets[-1][0] == math.inf
        values = [value for _, value in buckets]
        assert values == sorted(values), f"{family}: buckets are not cumulative"
        assert values[-1] == numbers[(family + "_count", None)]
        assert numbers[(family + "_sum", None)] >= 0


class Metrics(TopologyTest):
    regions = ["us-east-1", "eu-west-1"]

    def scrape(self, region="us-east-1"):
        with urllib.request.urlopen(self.topology.url(region) + "/metrics", timeout=60) as reply:
            self.assertEqual(reply.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
            return parse(reply.read().decode())

    def total(self, families, name, **labels):
        """The sum of all samples that have these labels."""
        family = name.removesuffix("_count").removesuffix("_sum")
        kind, samples = families.get(family, (None, {}))
        return sum(value for (sample, has), value in samples.items() if sample == name and labels.items() <= dict(has).items())

    def test_sums_are_those_of_the_requests(self):
        client = self.topology.create_table("counted", replicas=["eu-west-1"])
        before = self.scrape()

        def work(worker):
            for i in range(20):
                client.put_item(TableName="counted", Item={"pk": {"S": f"{worker}/{i}"}})
                client.get_item(TableName="counted", Key={"pk": {"S": f"{worker}/{i}"}})
            for _ in range(5):
                with self.assertRaises(client.exceptions.ResourceNotFoundException):
                    client.get_item(TableName="nowhere", Key={"pk": {"S": "a"}})

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
        after = self.scrape()

        def grown(name, **labels):
            return self.total(after, name, **labels) - self.total(before, name, **labels)

        self.assertEqual(grown("gyre_requests_total", operation="PutItem", outcome="success"), 160)
        self.assertEqual(grown("gyre_requests_total", operation="GetItem", outcome="success"), 160)
        self.assertEqual(grown("gyre_requests_total", operation="GetItem", outcome="ResourceNotFoundException"), 40)
        self.assertEqual(grown("gyre_request_duration_seconds_count", operation="GetItem"), 200)
        self.assertGreater(grown("gyre_request_duration_seconds_sum", operation="PutItem"), 0)
        self.assertGreaterEqual(grown("gyre_writer_batch_requests_sum"), 160)
        self.assertGreaterEqual(grown("gyre_writer_syncs_total"), 1)
        self.assertGreaterEqual(grown("gyre_log_head_sequence"), 160)
        self.assertLessEqual(self.total(after, "gyre_log_floor_sequence"), self.total(after, "gyre_log_head_sequence"))
        for limited in ["gyre_http_connections_rejected_total", "gyre_writer_rejected_total"]:
            self.assertIn(limited, after)
            self.assertEqual(self.total(after, limited), 0)
        self.assertGreater(self.total(after, "process_resident_memory_bytes"), 0)
        self.assertGreater(self.total(after, "gyre_disk_free_bytes"), 0)

        def replicated():
            here = self.scrape("eu-west-1")
            applied = self.total(here, "gyre_replication_applied_total", peer="us-east-1")
            behind = self.total(here, "gyre_replication_table_lag_records", peer="us-east-1", table="counted")
            connected = self.total(here, "gyre_replication_connected", peer="us-east-1")
            return applied >= 160 and behind == 0 and connected == 1

        wait_until(replicated, "the other region to apply all records")

    def test_the_root_still_says_that_the_region_is_well(self):
        with urllib.request.urlopen(self.topology.url("us-east-1") + "/", timeout=60) as reply:
            self.assertTrue(reply.read().startswith(b"healthy: "))


if __name__ == "__main__":
    unittest.main()
